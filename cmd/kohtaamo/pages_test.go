package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"kohtaamo/scheduling/jobs"
)

// maxWeight is how many bytes a page may have with its style and script,
// uncompressed, before images. What a list has in rows comes on top.
const (
	maxWeight = 60_000
	rowWeight = 1_000
)

// heavy pages may weigh more: the event editor holds all questions of an event
// in all languages and every time zone, that of campaigns every rule there is;
// the trip editor is all that can be said of a trip, its day sheet works without a network; badges hold a drawn code each; the board
// and the matrix of a round have a cell for each table or company in a row; the
// copy of what is kept about somebody is all of it, and an entry of the log offers every company.
var heavy = regexp.MustCompile(`^(/account/data/copy|/data/[^/]+|/organise/(events/[a-z0-9]+(/edit|/copy|/badges)?|campaigns/(new|[a-z0-9]+/edit)|log/[a-z0-9]+|rounds/[a-z0-9]+/(board|matrix|live|print/[a-z]+)|trips/(new|[a-z0-9-]+/(edit|day|programme/people))))$`)

// TestEveryPage opens every page of the site over the demo's house, as everybody
// who may see it, the pages in turns in Finnish on a phone, light and dark, and
// in English on a desktop:
// axe finds nothing to complain about, nothing is wider than the phone, and the
// page is as light and as well-formed as we promise. The addresses come from
// the server's own table, so a new page is looked at without being named here.
func TestEveryPage(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "..", ".ci", "node_modules", "axe-core", "axe.min.js"))
	unless(t, err == nil, "axe-core is not there (npm ci --prefix .ci): the pages were not checked for accessibility")
	b := newChrome(t)
	dir := t.TempDir()
	if len(filledDemo) > 0 {
		if err := os.WriteFile(filepath.Join(dir, "k.db"), filledDemo, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := database(dir, "k.db")
	s := start(t, "--demo", db, "--mail=dir:"+filepath.Join(dir, "mail"))
	h := openHouse(t, db)
	link, err := h.auth.SignInLink(t.Context(), demoDelegate(t, h).Email)
	if err != nil {
		t.Fatal(err)
	}
	people := []*viewer{
		{name: "public"},
		signIn(t, "delegate", s.base+"/login/"+path.Base(link)),
		signIn(t, "organiser", s.says("Sign in as organiser")),
		signIn(t, "administrator", s.says("Sign in as administrator")),
	}
	pages := sitePages(t, h, s.base, people)
	type look struct {
		screen screen
		lang   string
	}
	looks := []look{{phone, "fi"}, {desktop, "en"}}
	for turn, look := range looks {
		for _, who := range people {
			t.Run(look.lang+"/"+who.name, func(t *testing.T) {
				t.Parallel() // one page is loaded while another is looked at
				v := b.tab(t, s.base, look.screen, look.lang)
				tell(v, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: string(axe)})
				if who.session != "" {
					v.cookie("session", who.session)
				}
				for i, path := range pages[who.name] {
					if i%len(looks) == turn {
						v.checkPage(path, look.lang, look.screen, look.screen.touch && i%3 == 0) // the colours of the dark are the same everywhere
					}
				}
			})
		}
	}
}

// A viewer is somebody who looks at pages; the public has no session.
type viewer struct{ name, session string }

// signIn uses a sign-in link up.
func signIn(t *testing.T, name, link string) *viewer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Jar: jar}).PostForm(link, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for _, c := range jar.Cookies(resp.Request.URL) {
		if c.Name == "session" {
			return &viewer{name, c.Value}
		}
	}
	t.Fatalf("the link of the %s signs nobody in: %s", name, resp.Status)
	return nil
}

// get asks for a page of ours, without following redirects.
func (w *viewer) get(t *testing.T, address string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if w.session != "" {
		req.AddCookie(&http.Cookie{Name: "session", Value: w.session})
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

var parameter = regexp.MustCompile(`[:*][A-Za-z]*`)

// morePages are those that the table does not show: lists that are narrowed or
// empty, errors, other views.
var morePages = []string{
	"/nowhere", "/events?view=month", "/events?when=past", "/events?q=nothinglikethis", "/events?kind=seminar&q=a",
}

// sitePages are the addresses of all pages that each viewer may open.
func sitePages(t *testing.T, h *house, base string, people []*viewer) map[string][]string {
	t.Helper()
	known := examples(t, h)
	pages := map[string][]string{}
	for _, pattern := range patterns(h) {
		addresses, ok := fill(pattern, known)
		if !ok {
			t.Errorf("%s: no example; name what stands for %q in examples", pattern, parameter.FindString(pattern))
			continue
		}
		if !seen(t, base, people, addresses, pages) {
			t.Errorf("%s: nobody can open any of %v", pattern, addresses)
		}
	}
	pages["public"] = append(pages["public"], morePages...)
	pages["organiser"] = append(pages["organiser"], "/", "/events", "/nowhere") // with the head of who is signed in
	return pages
}

// manyStates are the pages of one thing that are looked at in two of its states.
var manyStates = regexp.MustCompile(`^/organise/(events|registrations|trips)/`)

// seen notes who is to open which of the addresses, and reports whether somebody
// may. It is whoever may least. Of pages of one thing that few see, two
// examples are opened where it looks different in each of its states; those that
// hang on another (its form, its print) are opened for the first example that
// has one. What is no page (a calendar, an export) is seen by that.
func seen(t *testing.T, base string, people []*viewer, addresses []string, pages map[string][]string) (somebody bool) {
	shown := 0
	for _, path := range addresses {
		for _, who := range people {
			resp := who.get(t, base+path)
			if resp.StatusCode >= 300 && !slices.Contains([]int{http.StatusGone, http.StatusMovedPermanently, http.StatusFound}, resp.StatusCode) {
				continue
			}
			somebody = true
			shown++
			// What stands in a sandbox is a mail as others see it, no page of ours.
			sandbox := strings.Contains(resp.Header.Get("Content-Security-Policy"), "sandbox")
			if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") && !sandbox {
				pages[who.name] = append(pages[who.name], path)
			}
			break
		}
		if depth := strings.Count(path, "/"); somebody && (depth > 3 || depth == 3 && (shown == 2 || !manyStates.MatchString(path))) {
			break
		}
	}
	return somebody
}

// patterns are the addresses that are read, in the server's table.
func patterns(h *house) []string {
	found := map[string]bool{}
	for _, r := range h.server((*jobs.Runner)(nil)).App().GetRoutes(true) {
		if r.Method == http.MethodGet && !strings.HasPrefix(r.Path, "/api/") && !strings.HasPrefix(r.Path, "/static/") {
			found[r.Path] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// fill puts examples into a pattern. Each gives one address; some pages are
// told by what is behind "?".
func fill(pattern string, known map[string][]string) (addresses []string, ok bool) {
	at := parameter.FindStringIndex(pattern)
	if at == nil {
		if list := known[pattern]; list != nil {
			return []string{pattern + list[0]}, true
		}
		return []string{pattern}, true
	}
	for _, value := range known[pattern[:at[0]]] {
		some, ok := fill(pattern[:at[0]]+value+pattern[at[1]:], known)
		if !ok {
			return nil, false
		}
		addresses = append(addresses, some...)
	}
	return addresses, len(addresses) > 0
}

// checkPage opens a page and looks at it, in the dark too where that is asked for.
func (v *tab) checkPage(path, lang string, s screen, dark bool) {
	outer := v.t
	defer func() { v.t = outer }()
	outer.Run(strings.Trim(path, "/"), func(t *testing.T) {
		v.t = t
		v.scheme("light")
		v.open(path)
		v.checkAxe(`{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}`, "")
		v.checkForm(lang, s)
		v.checkWeight()
		if dark {
			v.scheme("dark")
			eval[bool](v, `Promise.all(document.getAnimations().map(a => a.finished)).then(() => true)`) // colours that fade
			v.checkAxe(`{runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}}`, " in the dark")
		}
		v.check()
	})
}

// A violation is what axe finds.
type violation struct {
	ID, Help string
	Nodes    []struct{ HTML, FailureSummary string }
}

func (v *tab) checkAxe(options, where string) {
	v.t.Helper()
	found := eval[json.RawMessage](v, `axe.run(document, Object.assign({resultTypes: ["violations"], preload: false, iframes: false}, `+options+`)).then(r => r.violations)`)
	var list []violation
	if err := json.Unmarshal(found, &list); err != nil {
		v.t.Fatal(err)
	}
	for _, x := range list {
		for i, n := range x.Nodes {
			if i < 3 {
				v.t.Errorf("axe%s: %s (%s)\n%.400s\n%.400s", where, x.Help, x.ID, n.HTML, n.FailureSummary)
			}
		}
	}
}

// checkForm asks what axe does not. A phone's innerWidth grows with a page that is
// too wide for it; clientWidth is that of the phone.
func (v *tab) checkForm(lang string, s screen) {
	v.t.Helper()
	got := eval[struct {
		Lang      string   `json:"lang"`
		Heads     int      `json:"heads"`
		Wide      []string `json:"wide"`
		Unlabeled []string `json:"unlabeled"`
	}](v, `({
		lang: document.documentElement.lang,
		heads: document.querySelectorAll("h1").length,
		wide: document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
			[...document.body.querySelectorAll("*")].filter(e => !e.parentElement.closest(".scroll, nav, .menu") && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 120)).slice(0, 4),
		unlabeled: [...document.querySelectorAll("input:not([type=hidden]), select, textarea")].filter(i =>
			![...i.labels].some(l => l.textContent.trim() !== "") && !i.ariaLabel && !i.hasAttribute("aria-labelledby")).map(i => i.outerHTML.slice(0, 120)),
	})`)
	if got.Lang != lang {
		v.t.Errorf("the page says it is in %q, wanted %q", got.Lang, lang)
	}
	if got.Heads != 1 {
		v.t.Errorf("%d headings are the first", got.Heads)
	}
	if s.touch && len(got.Wide) > 0 {
		v.t.Errorf("wider than %d pixels: %q", s.width, got.Wide)
	}
	if len(got.Unlabeled) > 0 {
		v.t.Errorf("without a label: %q", got.Unlabeled)
	}
}

// checkWeight adds up what the page needs to be shown.
func (v *tab) checkWeight() {
	v.t.Helper()
	sizes := eval[map[string]int](v, `Object.fromEntries([...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
		.filter(e => e.entryType === "navigation" || /[.](css|js)$/.test(e.name)).map(e => [e.name, e.decodedBodySize]))`)
	sum := 0
	for _, n := range sizes {
		sum += n
	}
	rows := eval[int](v, `document.querySelectorAll("tbody tr, .grid > li, .todo > li").length`)
	if sum > maxWeight+rows*rowWeight && !heavy.MatchString(v.path()) {
		v.t.Errorf("weighs %d bytes with %d rows: %v", sum, rows, sizes)
	}
}
