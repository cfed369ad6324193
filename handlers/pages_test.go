package handlers

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"kohtaamo/handlers/auth"
	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// A long Finnish title with an apostrophe, quotes and a tag: what samples say,
// so that every page is seen with it.
const hostile = `Kiertotalouden "sivuvirrat" & O'Neillin <b>kokemuksia</b> – hyvin pitkäotsikkoisestapalvelualustastakin`

// samples are data for every page, by its name and, after a space, what the
// sample shows of it. Whoever adds a page adds its samples from a test file of
// their own: func init() { samples["event"] = func() paged { … } }.
var samples = map[string]func() paged{
	"error": func() paged {
		return &errorPage{Status: 500, TitleKey: "error.500_title", Text: hostile, Retry: "1 min", Request: "x"}
	},
	"login":      func() paged { return &loginPage{Page: Page{Problem: wrong("email")}, Email: hostile, Next: "/x"} },
	"login sent": func() paged { return &loginPage{Email: hostile, Sent: true, Minutes: 30} },
	"enter":      func() paged { return &enterPage{Token: "abc"} },
	"enter setup": func() paged {
		return &enterPage{Page: Page{Problem: wrong("name", "email")}, Token: "abc", Setup: true, Name: hostile}
	},
	"enter dead":    func() paged { return &enterPage{} },
	"sessions":      func() paged { return sampleSessions() },
	"accessibility": func() paged { return &wordsPage{House: hostile} },
}

func sampleSessions() paged {
	one := &auth.Session{Meta: storage.Meta{ID: "a", Created: t0}, Seen: t0, Agent: hostile}
	two := &auth.Session{Meta: storage.Meta{ID: "b", Created: t0}, Seen: t0}
	return &sessionsPage{Sessions: []*auth.Session{one, two}, Current: "b", Zone: houseZone}
}

// wrong is a problem with the inputs, for samples.
func wrong(inputs ...string) *FormProblem {
	p := &FormProblem{Text: hostile, status: 422}
	for _, name := range inputs {
		p.Faults = append(p.Faults, Fault{Name: name, Label: hostile, Text: hostile})
	}
	return p
}

// TestPages shows every page in every language and looks at what came out.
func TestPages(t *testing.T) {
	texts, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, sample := range slices.Sorted(maps.Keys(samples)) {
		name, _, _ := strings.Cut(sample, " ")
		seen[name] = true
		for _, lang := range texts.Langs() {
			t.Run(lang+" "+sample, func(t *testing.T) {
				data := samples[sample]()
				p := data.base()
				p.Brand, p.Path = Brand{Name: hostile, Path: "/"}, "/x"
				p.Actor = scheduling.Actor{ID: "x", Name: hostile}
				p.Emblem = &Emblem{Project: hostile}
				p.Flash = &Flash{Text: hostile, Tone: "good", Icon: "check"}
				p.Languages = []Language{{Code: "fi", Name: "Suomeksi", Path: "/x?lang=fi", URL: "https://x/x?lang=fi"}}
				body, err := texts.Page(lang, name, data)
				if err != nil {
					t.Fatal(err)
				}
				inspect(t, string(body))
				if len(body) > 60_000 {
					t.Errorf("the page has %d bytes", len(body))
				}
			})
		}
	}
	for _, name := range texts.Pages() {
		if !seen[name] {
			t.Errorf("there is no sample of the page %q", name)
		}
	}
}

var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// closedAlone are parts of drawings that are written <path/>.
var closedAlone = []string{"path", "rect", "circle", "g"}

// A sheet is what inspect gathers of a page.
type sheet struct {
	ids, targets, labels []string
	inputs               map[string]bool // id → named by itself
	headings             int
}

// inspect finds what browsers forgive and people do not: tags that do not
// match, inline code, ids twice, links to no id, inputs without a label, more
// or fewer than one h1, texts that were shown as their key.
func inspect(t *testing.T, page string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	var open []string
	s := &sheet{inputs: map[string]bool{}}
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("never closed: %s", open)
			}
			s.check(t)
			return
		case html.StartTagToken:
			tok := z.Token()
			s.element(t, tok)
			if !slices.Contains(void, tok.Data) && tok.Data != "option" { // the end of an option may be left out
				open = append(open, tok.Data)
			}
		case html.SelfClosingTagToken:
			tok := z.Token()
			s.element(t, tok)
			if !slices.Contains(closedAlone, tok.Data) && !slices.Contains(void, tok.Data) {
				t.Errorf("<%s/> is no way to write it", tok.Data)
			}
		case html.EndTagToken:
			name := z.Token().Data
			if name == "option" {
				continue
			}
			if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("</%s> inside %s", name, open)
			}
			open = open[:len(open)-1]
		case html.TextToken:
			if text := strings.TrimSpace(string(z.Text())); bareKey.MatchString(text) && !strings.HasSuffix(text, ".fi") {
				t.Errorf("a text is shown as its key: %s", text)
			}
		}
	}
}

var bareKey = regexp.MustCompile(`^[a-z]{3,}\.[a-z0-9_]+(\.[a-z0-9_]+)*$`)

func (s *sheet) element(t *testing.T, tok html.Token) {
	t.Helper()
	at := map[string]string{}
	for _, a := range tok.Attr {
		at[a.Key] = a.Val
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
			t.Errorf("inline code: %s=%q", a.Key, a.Val)
		}
		if strings.Contains(a.Val, "ZgotmplZ") {
			t.Errorf("an address that is none: %s of <%s>", a.Key, tok.Data)
		}
	}
	if id, ok := at["id"]; ok {
		s.ids = append(s.ids, id)
	}
	switch tok.Data {
	case "h1":
		s.headings++
	case "a":
		if to, ok := strings.CutPrefix(at["href"], "#"); ok {
			s.targets = append(s.targets, to)
		}
	case "label":
		s.labels = append(s.labels, at["for"])
	case "script":
		if at["src"] == "" {
			t.Error("inline script")
		}
	case "input", "select", "textarea":
		if at["type"] != "hidden" && at["type"] != "radio" && at["type"] != "checkbox" {
			s.inputs[at["id"]] = at["aria-label"] != ""
		}
	}
	for _, attr := range []string{"aria-describedby", "aria-labelledby"} {
		s.targets = append(s.targets, strings.Fields(at[attr])...)
	}
}

func (s *sheet) check(t *testing.T) {
	t.Helper()
	if s.headings != 1 {
		t.Errorf("%d h1", s.headings)
	}
	slices.Sort(s.ids)
	for i := 1; i < len(s.ids); i++ {
		if s.ids[i] == s.ids[i-1] {
			t.Errorf("the id %q is there twice", s.ids[i])
		}
	}
	for _, to := range s.targets {
		if !slices.Contains(s.ids, to) {
			t.Errorf("nothing has the id %q", to)
		}
	}
	for id, named := range s.inputs {
		if !named && !slices.Contains(s.labels, id) {
			t.Errorf("the input %q has no label", id)
		}
	}
}

func TestEveryStateHasItsSign(t *testing.T) {
	for _, s := range scheduling.RegStates {
		if !templates.StateKnown("registration", string(s)) {
			t.Errorf("registration %s has no sign", s)
		}
	}
	for _, s := range mailer.States {
		if !templates.StateKnown("mail", string(s)) {
			t.Errorf("mail %s has no sign", s)
		}
	}
	for _, p := range []scheduling.Phase{scheduling.PhaseDraft, scheduling.PhasePublished, scheduling.PhaseUnderWay, scheduling.PhaseEnded, scheduling.PhaseCancelled} {
		if !templates.StateKnown("event", string(p)) {
			t.Errorf("event %s has no sign", p)
		}
	}
}
