package handlers

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// Page is what every page has; a page's own struct embeds it. A handler sets
// what it knows (Tabs, Problem, Wide, …), s.page fills in the rest.
type Page struct {
	Brand       Brand
	Nav         []NavLink // the site's, by what the actor may
	Menu        []NavLink // behind the actor's name
	Tabs        []NavLink // of a section; see s.tabs
	Languages   []Language
	Actor       scheduling.Actor
	Flash       *Flash
	Problem     *FormProblem
	Emblem      *Emblem // of a funded project
	Pager       *Pager
	Feeds       []Feed
	Path        string // of this page, without what is after "?"
	Section     string // what the navigation marks as current, where Path does not tell
	Description string // for search engines
	Back        string // for print pages
	Live        string // address that live counters ask
	NoIndex     bool
	NoSignIn    bool   // no "Sign in" in the head
	Wide        bool   // tables want the whole width
	Manifest    string // of the page, where it can be installed by itself
	Again       int    // seconds after which the page asks for itself again; 0: never
}

func (p *Page) base() *Page { return p }

// A Brand is whose page it is: the house's, or a cluster's.
type Brand struct {
	Name  string
	Path  string
	Theme string // address of a stylesheet with the cluster's colours
}

// A NavLink leads somewhere; Key is its text. Current is "page" or "true".
// Alone says that the pages below it are not its section.
type NavLink struct {
	Key, Path, Current string
	Count              int
	Alone              bool
}

// A Language is this page in a language; URL is absolute, Path is not.
type Language struct {
	Code, Name, Path, URL string
	Current               bool
}

// An Emblem is what pages of a funded project show.
type Emblem struct{ Project string }

// A Feed is a calendar of what is on the page.
type Feed struct{ Path, Title string }

// A Pager leads through a list.
type Pager struct{ First, Next string }

// A FormProblem is what is wrong with a form, in words.
type FormProblem struct {
	Text   string
	Faults []Fault
	status int
}

// A Fault is what is wrong with one input.
type Fault struct{ Name, Label, Text string }

// Fault is what is wrong with the input of that name, or "".
func (p Page) Fault(name string) string {
	if p.Problem == nil {
		return ""
	}
	for _, f := range p.Problem.Faults {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

// paged is a pointer to a struct that embeds Page.
type paged interface{ base() *Page }

// page shows templates/pages/NAME.html with its data. With a Problem in it, the
// status says so.
func (s *Server) page(c *fiber.Ctx, name string, data paged) error {
	body, err := s.render(c, name, data)
	if err != nil {
		return err
	}
	if p := data.base(); p.Problem != nil {
		c.Status(p.Problem.status)
	}
	if len(c.Response().Header.Peek(fiber.HeaderCacheControl)) == 0 {
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(body)
}

// render writes the page without answering.
func (s *Server) render(c *fiber.Ctx, name string, data paged) ([]byte, error) {
	s.fill(c, data.base())
	return s.texts.Page(s.lang(c).Code(), name, data)
}

// fill sets what a page has not said itself.
func (s *Server) fill(c *fiber.Ctx, p *Page) {
	p.Actor = actor(c)
	p.Path = c.Path()
	p.Languages = s.languages(c)
	p.Brand.Name = cmp.Or(p.Brand.Name, s.desk.House)
	p.Brand.Path = cmp.Or(p.Brand.Path, "/")
	p.Flash = s.takeFlash(c)
	if p.Nav == nil {
		p.Nav = s.nav(p.Actor)
	}
	p.Nav = currentIn(p.Nav, cmp.Or(p.Section, p.Path))
	p.Menu = s.menu(p.Actor)
	p.Tabs = currentIn(p.Tabs, p.Path)
}

// languages are this page's addresses in every language.
func (s *Server) languages(c *fiber.Ctx) []Language {
	var out []Language
	query, _ := url.ParseQuery(string(c.Request().URI().QueryString()))
	for _, code := range s.texts.Langs() {
		query.Set("lang", code)
		path := c.Path() + "?" + query.Encode()
		out = append(out, Language{
			Code: code, Name: s.texts.In(code).Text("common.language_name"),
			Path: path, URL: s.BaseURL + path, Current: code == s.lang(c).Code(),
		})
	}
	return out
}

// currentIn marks the link of this page, or the one of the section it is in.
func currentIn(links []NavLink, path string) []NavLink {
	links = slices.Clone(links)
	best := -1
	for i, l := range links {
		l.Path, _, _ = strings.Cut(l.Path, "?")
		if l.Path == path {
			links[i].Current = "page"
			return links
		}
		if !l.Alone && strings.HasPrefix(path, l.Path+"/") && (best < 0 || len(l.Path) > len(links[best].Path)) {
			best = i
		}
	}
	if best >= 0 {
		links[best].Current = "true"
	}
	return links
}

// inTab marks the tab under which a page stands whose address is not below it.
func (p *Page) inTab(path string) {
	for i := range p.Tabs {
		if p.Tabs[i].Path == path {
			p.Tabs[i].Current = "true"
		}
	}
}

// nav is the site's navigation for a. A subject that has a page for everybody,
// or for everybody of a role, has its link here; organisers, who have so many
// that they would not stand in one line, find the public pages in their menu.
func (s *Server) nav(a scheduling.Actor) []NavLink {
	links := slices.Concat(organiseNav(a), roundNav(a), tripNav(a), staffNav(a))
	if !a.OrganisesAny() {
		links = append(links, NavLink{Key: "public.nav.events", Path: "/events"}, NavLink{Key: "public.nav.clusters", Path: "/clusters"})
	}
	return links
}

// menu is behind the name of whoever is signed in.
func (s *Server) menu(a scheduling.Actor) []NavLink {
	if !a.SignedIn() {
		return nil
	}
	links := []NavLink{{Key: "member.title", Path: "/account"}, {Key: "calendarin.busy", Path: "/account/busy"}, {Key: "account.sessions", Path: "/account/sessions"}}
	if a.OrganisesAny() {
		links = append(links, NavLink{Key: "public.menu.events", Path: "/events"}, NavLink{Key: "public.menu.clusters", Path: "/clusters"})
	}
	return links
}

// inForm gives the problem that err is, in words, for the form to be shown again
// with what was typed; nil if err is none that a form can show. The order names
// the inputs as they stand in the form; others follow. An input's label is the
// text "field.NAME" where there is one.
func (s *Server) inForm(c *fiber.Ctx, err error, order ...string) *FormProblem {
	p := scheduling.ProblemIn(err)
	if p == nil {
		return nil
	}
	l := s.lang(c)
	out := &FormProblem{Text: l.Text(p.Key, p.Args...), status: statusOfKind(p.Kind)}
	for name, key := range p.Fields {
		f := Fault{Name: name, Text: l.Text(key)}
		if label := "field." + name; l.Has(label) {
			f.Label = l.Text(label)
		}
		out.Faults = append(out.Faults, f)
	}
	rank := func(f Fault) int {
		if i := slices.Index(order, f.Name); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortFunc(out.Faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// pager gives the links of a list that goes on after next ("" if it does not).
func (s *Server) pager(c *fiber.Ctx, next string) *Pager {
	query, _ := url.ParseQuery(string(c.Request().URI().QueryString()))
	p := &Pager{}
	if query.Get("after") != "" {
		query.Del("after")
		p.First = strings.TrimSuffix(c.Path()+"?"+query.Encode(), "?")
	}
	if next != "" {
		query.Set("after", next)
		p.Next = c.Path() + "?" + query.Encode()
	}
	return p
}
