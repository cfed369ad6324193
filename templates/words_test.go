package templates

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// built are the beginnings of keys that code puts together, each with where.
var built = []string{
	"purpose.", "mydata.part.", "mydata.field.", "mydata.true", "mydata.false", "consents.where.", "consents.given.", // handlers: purposes, copies and their fields
	"retention.", "erasure.by.", "erasure.state.", "processing.", // pages: rules, proofs and the record, by key
	"activitylog.kind.", "activitylog.f.", "activitylog.shown.", // kinds of entries and of encounters; labels of a form, heads of a table
	"groupwork.role.", "groupwork.goal.", "groupwork.action.", "groupwork.horizon.", "groupwork.note_kind.", "groupwork.mark.", "groupwork.f.", "groupwork.figure.", // group pages
	"admin.scope.",                     // tokens: what a token may
	"admin.transport.",                 // overview.html: where mail goes
	"audit.action.",                    // handlers.auditWords
	"audit.via.",                       // audit.html
	"delivery.issue.", "delivery.why.", // outbox.html and copies.html: how an issue stands, and why it was paused
	"directory.group_kind.",                                                                      // group pages
	"directory.kind.",                                                                            // company pages
	"directory.lang.",                                                                            // handlers.showPerson
	"jobs.about.",                                                                                // handlers.jobLine
	"trip.to.", "trip.means.", "flash.trip_state.", "trip.direction.", "trip.view.", "trip.ask.", // trip pages: states, directions, what travellers are asked
	"outbox.kind.",                                                                                                                         // the kind of a mail
	"role.",                                                                                                                                // roles
	"flash.entrants.", "flash.round_phase.", "round.means.", "round.to.", "round.public.how_", "round.table.", "round.view.", "round.way.", // round pages: phases, ways, kinds of table
	"country.", "tongue.", // Lang.Country, Lang.Tongue
	"board.wish.",                                                           // pages of a round's schedule
	"action.registration.",                                                  // registration.html: what an entry of the audit log says
	"api.title.",                                                            // api: the title of a problem
	"calendar.deadline.", "calendar.kinds.", "feeds.alarm.", "feeds.scope.", // scheduling: feeds
	"feeds.public.",                                              // calendars.html: of what a calendar is
	"series.f.", "series.rule.", "series.on.", "series.weekday.", // handlers: the form of a series, its rule
	"calendarin.figure.",                                             // handlers.calendarImportPage
	"checkin.",                                                       // scheduling.CheckIn: the state that keeps somebody out
	"city.",                                                          // Lang.Zone
	"editor.preview.",                                                // editor.html: in which language
	"error.",                                                         // handlers.errorTexts
	"event.audience.", "event.mode.", "question.kind.", "regs.sort.", // handlers.options
	"field.",                                    // handlers.inForm
	"flash.added.", "flash.bulk.", "flash.reg.", // handlers: what an organiser did
	"import.figure.",                                                                         // handlers.importPage
	"lang.",                                                                                  // editor.html
	"letter.",                                                                                // scheduling.letter
	"outcome.figure.", "outcome.rating.", "outcome.step.", "outcome.why.", "outcome.column.", // handlers: what came of meetings
	"own_events.view.", // handlers.showOwnEvents
	"public.group.",    // cluster.html: the kind of a group
	"public.kind.",     // handlers.filter and pages: the kind of an event
	"public.mode.",     // the same, where it is
	"public.seats.",    // seats.text and the template "seats"
	"state.",           // Lang.state

	"entrants.half.", "entrants.all_", "entrants.none_", // entrant_availability.html
	"entrants.next.",                   // my_round.html: by the phase
	"entrants.side.", "entrants.sort.", // handlers.catalogueFilters

	"company.vat.", "merging.why.", "merging.kind.", "merging.came.", "merging.field.", // business ids, imports and merges of companies
	"webhooks.topic.", "webhooks.type.", "filters.kind.", "flash.webhook.", "flash.filters.", "directory.companies", "directory.people", // handlers: webhooks, saved lists
	"requests.list.", "wish.", // my_requests.html, handlers.wishes
	"b2b.aim.", "b2b.answer.", "b2b.do.", "b2b.to.", "b2b.f.", "visit.f.", // handlers: groups and visit days
	"delegation.criterion.", "delegation.topic.", "delegation.next.", "delegation.points.", "delegation.to.", "delegation.f.", "host.f.", // handlers: hosts and delegations
	"agreement.section.", "agreement.words.", "agreement.f.", // scheduling.Sections
	"lists.source.", "lists.figure.", "lists.came.", "suppressions.scope.", "suppressions.source.", // pages of mailing lists and stopped addresses
	"campaign.rule.", "campaign.way.", "campaign.type.", "campaign.group.", "campaign.f.", "campaign.field.", "campaign.out.", // handlers: rules of campaigns, their form
	"wording.part.", "wording.about.", "wording.field.", "wording.example.", "wording.subject.", // pages of the texts of mails
	"my.answer.", "my.answer_lead.", "reg.answer_via.", // my_answer.html, registration.html
	"chain.trigger.", "chain.why.", "chain.default.", "chain.when.", "chain.f.", "chain.anchor.", "chain.direction.", // chains: rules, times, forms
	"application.standing.", "application.f.", "application.do.", "application.sort.", "application.next.", "application.column.", // applications for trips
	"itinerary.",                                                                                                                                                              // scheduling: lines of itineraries
	"programme.fault.", "programme.asked.", "programme.fix.", "programme.f.", "programme.leg.", "programme.activity.", "programme.room.", "programme.new.", "programme.edit.", // a trip's programme
	"tripoutcome.figure.", "tripoutcome.column.", "tripreport.section.", "tripreport.figure.", // handlers and scheduling: what came of trips
	"tripoutcome.figure.", "tripoutcome.column.", "tripreport.section.", "tripreport.figure.", "tripreport.column.", // handlers and scheduling: what came of trips
	"plan.begin.", "plan.kind.", "plan.column.", "plan.flash.", "label.group.", "label.q.", "label.help.", "label.kind.", "label.f.", "report.begin.", "report.column.", "report.row.", "evidence.", // scheduling and handlers: reports, evidence, living documents
	"chain.place.", "chain.survey.", "chain.yesno.", "survey.f.", "survey.default.", // the same of conditions and surveys

	"record.f.", "poll.f.", "action.f.", "action.step.", "action.view.", // pages of groups' meetings, polls and action items
	"membership.f.", "membership.column.", "membership.field.", "membership.signed_by_", "membership.call.", // memberships: forms, files, the dashboard

	"traveller.role.", "traveller.field.", "traveller.diet.", "traveller.f.", "travel.data.", "room.", "manifest.kind.", // travellers, their rooms, print-outs

	"indicator.", "figures.by.", "figures.none.", "figures.set.", "figures.sum.", "figures.class.", "figures.rule.", "owncount.source.", "owncount.of.", "owncount.kinds.", // handlers: indicators, own counts
}

// checked are areas in which every literal of the Go code is a key.
var checked = regexp.MustCompile(`^(problem|flash|input)\.[a-z0-9_.]*[a-z0-9_]$`)

var keyForm = regexp.MustCompile(`^[a-z]+(\.[A-Za-z0-9_/]+)+$`)

func TestEveryKeyInEveryLanguage(t *testing.T) {
	texts := load(t)
	en := texts.In(Fallback)
	for _, code := range texts.Langs() {
		l := texts.In(code)
		for key := range en.keys {
			if !l.Has(key) {
				t.Errorf("%s: no text for %s", code, key)
			}
		}
		for key, m := range l.keys {
			if !en.Has(key) {
				t.Errorf("%s: %s is in no other language", code, key)
			}
			if strings.TrimSpace(m.Other) == "" && key != "common.thousands" {
				t.Errorf("%s: %s says nothing", code, key)
			}
		}
	}
}

// TestPluralForms counts to two hundred in every language and wants a text for
// every form that comes up.
func TestPluralForms(t *testing.T) {
	texts := load(t)
	for _, code := range texts.Langs() {
		l, tag := texts.In(code), language.Make(code)
		for key, m := range l.keys {
			if !counts(m) && !counts(texts.In(Fallback).keys[key]) {
				continue
			}
			has := map[plural.Form]string{plural.Zero: m.Zero, plural.One: m.One, plural.Two: m.Two, plural.Few: m.Few, plural.Many: m.Many, plural.Other: m.Other}
			for n := range 200 {
				if form := plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0); has[form] == "" {
					t.Errorf("%s: %s has no text for %d", code, key, n)
					break
				}
			}
		}
	}
}

var mention = regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)

// TestSameArguments finds a text that mentions what the others do not: it
// would fail where it is shown.
func TestSameArguments(t *testing.T) {
	texts := load(t)
	mentions := func(l *Lang, key string) string {
		m := l.keys[key]
		var names []string
		for _, s := range mention.FindAllStringSubmatch(m.One+m.Other, -1) {
			names = append(names, s[1])
		}
		slices.Sort(names)
		return strings.Join(slices.Compact(names), " ")
	}
	en := texts.In(Fallback)
	for _, code := range texts.Langs() {
		for key := range texts.In(code).keys {
			if strings.HasPrefix(key, "time.") || !en.Has(key) {
				continue // dates are written from different parts
			}
			if got, want := mentions(texts.In(code), key), mentions(en, key); got != want {
				t.Errorf("%s: %s mentions %q, in English %q", code, key, got, want)
			}
		}
	}
}

// usage is what pages and code say of keys.
type usage struct {
	must map[string]string // has to be a key → where
	may  map[string]bool   // literals that may be one
}

// TestKeys finds keys that are used and do not exist, and texts that nobody uses.
func TestKeys(t *testing.T) {
	en := load(t).In(Fallback)
	u := usage{map[string]string{}, map[string]bool{}}
	u.templates(t)
	u.code(t, "..")
	for _, key := range slices.Sorted(maps.Keys(u.must)) {
		if !en.Has(key) {
			t.Errorf("%s: there is no text %q", u.must[key], key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(en.keys)) {
		dynamic := slices.ContainsFunc(built, func(p string) bool { return strings.HasPrefix(key, p) })
		if !dynamic && !u.may[key] {
			t.Errorf("nobody uses the text %q", key)
		}
	}
}

func (u usage) templates(t *testing.T) {
	sets, err := parseAll("layouts", "partials", "pages")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range sets {
		for _, tree := range f.trees {
			walk(tree.Root, func(n parse.Node) {
				switch n := n.(type) {
				case *parse.StringNode:
					u.may[n.Text] = true
				case *parse.CommandNode:
					u.call(f.name, n)
				}
			})
		}
	}
	mails, err := fs.Glob(os.DirFS("."), "mail/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range mails {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`{{-?\s*t "([^"]+)"`).FindAllSubmatch(body, -1) {
			u.must[string(m[1])], u.may[string(m[1])] = file, true
		}
	}
}

// call notes {{t "key"}} and {{plural "key"}}.
func (u usage) call(page string, n *parse.CommandNode) {
	if len(n.Args) < 2 || n.Args[0].String() != "t" && n.Args[0].String() != "plural" {
		return
	}
	if s, ok := n.Args[1].(*parse.StringNode); ok {
		u.must[s.Text] = page + ".html"
	}
}

// walk visits every node that can hold a string.
func walk(n parse.Node, visit func(parse.Node)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, c := range n.Nodes {
			walk(c, visit)
		}
		return
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.TemplateNode:
		walk(n.Pipe, visit)
	case *parse.IfNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *parse.CommandNode:
		visit(n)
		for _, a := range n.Args {
			walk(a, visit)
		}
	case *parse.StringNode:
		visit(n)
	}
}

func walkBranch(n *parse.BranchNode, visit func(parse.Node)) {
	walk(n.Pipe, visit)
	walk(n.List, visit)
	walk(n.ElseList, visit)
}

// code reads the literals of all Go files but tests.
func (u usage) code(t *testing.T, root string) {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			u.node(n, func(n ast.Node) string { return fset.Position(n.Pos()).String() })
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// node notes literals; those given to Text, to the flash or as Key must be keys.
func (u usage) node(n ast.Node, at func(ast.Node) string) {
	switch n := n.(type) {
	case *ast.BasicLit:
		if s := literal(n); s != "" {
			u.may[s] = true
			if checked.MatchString(s) {
				u.must[s] = at(n)
			}
		}
	case *ast.CallExpr:
		name := fmt.Sprint(n.Fun)
		if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
			name = sel.Sel.Name
		}
		position, ok := map[string]int{"Text": 0, "seeOther": 2, "seeOtherBad": 2}[name]
		if ok && position < len(n.Args) {
			if s := literal(n.Args[position]); keyForm.MatchString(s) {
				u.must[s] = at(n)
			}
		}
	case *ast.KeyValueExpr:
		if id, ok := n.Key.(*ast.Ident); ok && (id.Name == "Key" || id.Name == "TitleKey") {
			if s := literal(n.Value); keyForm.MatchString(s) {
				u.must[s] = at(n)
			}
		}
	}
}

func literal(n ast.Expr) string {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

func TestWordsThatAreWrong(t *testing.T) {
	calendar := `"time.weekdays": "1 2 3 4 5 6 7", "time.months": "1 2 3 4 5 6 7 8 9 10 11 12"`
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a key in two files": {map[string]string{"a.en.json": `{"x.y": "1", ` + calendar + `}`, "b.en.json": `{"x": {"y": "2"}}`}, `b.en.json: the key "x.y" is already in another file`},
		"a key twice":        {map[string]string{"a.en.json": `{"x.y": "1", "x.y": "2"}`}, `a.en.json: the key "x.y" stands there twice`},
		"a nested key twice": {map[string]string{"a.en.json": `{"x": {"y": "1", "y": "2"}}`}, `a.en.json: the key "x.y" stands there twice`},
		"no json":            {map[string]string{"a.en.json": `{"x`}, `a.en.json: unexpected EOF`},
		"no English":         {map[string]string{"a.fi.json": `{` + calendar + `}`}, "no words in en"},
		"eleven months":      {map[string]string{"a.en.json": `{"time.weekdays": "1 2 3 4 5 6 7", "time.months": "1 2 3 4 5 6 7 8 9 10 11"}`}, "en: time.months names 11 months and time.weekdays 7 days"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "locales"), 0o700); err != nil {
				t.Fatal(err)
			}
			for file, body := range test.files {
				if err := os.WriteFile(filepath.Join(dir, "locales", file), []byte(body), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := loadWords(os.DirFS(dir))
			if err == nil || strings.TrimPrefix(err.Error(), "locales/") != test.want {
				t.Errorf("err = %v, want %s", err, test.want)
			}
		})
	}
}

func TestDifference(t *testing.T) {
	l := load(t).In("en")
	for n, want := range map[int]string{0: "", 3: "+3", -54: "−54", 12000: "+12,000"} {
		if got := l.Difference(n); got != want {
			t.Errorf("the difference of %d is %q, want %q", n, got, want)
		}
	}
}
