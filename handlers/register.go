package handlers

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// registerPage is the data of templates/pages/register.html.
type registerPage struct {
	Page
	*scheduling.EventPage
	Seats     seats
	Open      bool // the form is shown
	Form      scheduling.Signup
	Once      string
	Questions []asking
	Consents  []consent
	Guests    []guest
	MayAdd    bool // another guest
}

// An asking is a question of the form, with what was answered.
type asking struct {
	scheduling.Question
	Name   string // of its input
	Value  string
	Given  []string
	Shown  bool   // by the answers so far; the others wait for a script or the next try
	When   string // for the script: "answer.diet=other|none"
	Answer []choice
}

// A choice is an answer to choose.
type choice struct {
	Value, Label string
	On           bool
}

type consent struct {
	scheduling.ConsentAsk
	Name  string
	Given bool
}

// A guest is somebody whom the sender brings along.
type guest struct {
	scheduling.Guest
	N  int // from 1
	At string
}

// showRegister answers GET /events/:slug/register.
func (s *Server) showRegister(c *fiber.Ctx) error {
	form := scheduling.Signup{Lang: s.lang(c).Code()}
	if by := actor(c); by.SignedIn() {
		p, err := s.desk.Person(c.UserContext(), by, by.ID)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err == nil {
			form.Name, form.Email, form.Title = p.Person.Name, p.Person.Email, p.Person.Title
			if p.Company != nil {
				form.Company = p.Company.Name
			}
		}
	}
	return s.showForm(c, form, storage.NewID(), nil)
}

// showForm shows the form with what was typed, and with what is wrong with it.
func (s *Server) showForm(c *fiber.Ctx, form scheduling.Signup, once string, problem *FormProblem) error {
	found, err := s.desk.EventPage(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return err
	}
	e := found.Event
	p := &registerPage{EventPage: found, Form: form, Once: once, Seats: seatsOf(e, found.Seating, s.desk.DB.Now())}
	p.Seats.Live = ""
	switch p.Seats.Standing {
	case scheduling.StandOpen, scheduling.StandWaiting:
		p.Open = true
	case scheduling.StandEarly, scheduling.StandClosed:
		p.Open = found.Organise
	}
	lang := s.lang(c).Code()
	p.Questions = questionsOf(e.Rules.Questions, form.Answers, lang, s.lang(c).Text)
	p.Consents = consentsOf(e, form.Consents)
	for i, g := range form.Party {
		p.Guests = append(p.Guests, guest{g, i + 1, fmt.Sprintf("party.%d", i)})
	}
	p.MayAdd = len(form.Party)+1 < e.Rules.PartyMax
	p.Problem = p.labelled(problem, lang, s.lang(c).Text)
	p.NoIndex, p.Emblem = true, s.emblem(c, found.Project)
	c.Set(fiber.HeaderCacheControl, "no-store") // a form is for one registration
	return s.page(c, "register", p)
}

func questionsOf(qs []scheduling.Question, given scheduling.Answers, lang string, text func(string, ...any) string) []asking {
	shown := scheduling.Shown(qs, given)
	var out []asking
	for _, q := range qs {
		v := asking{Question: q, Name: "answer." + q.Key, Given: given[q.Key]}
		v.Shown = slices.ContainsFunc(shown, func(o scheduling.Question) bool { return o.Key == q.Key })
		if len(v.Given) > 0 {
			v.Value = v.Given[0]
		}
		if q.When != nil {
			v.When = "answer." + q.When.Question + "=" + strings.Join(q.When.Is, "|")
		}
		for _, o := range q.Options {
			v.Answer = append(v.Answer, choice{o.Key, o.Label.In(lang), slices.Contains(v.Given, o.Key)})
		}
		if q.Kind == scheduling.AskScale {
			for n := range 11 {
				s := strconv.Itoa(n)
				v.Answer = append(v.Answer, choice{s, s, v.Value == s})
			}
		}
		if q.Kind == scheduling.AskYesNo {
			v.Answer = []choice{{"yes", text("public.register.yes"), v.Value == "yes"}, {"no", text("public.register.no"), v.Value == "no"}}
		}
		out = append(out, v)
	}
	return out
}

func consentsOf(e *scheduling.Event, given map[string]bool) []consent {
	var out []consent
	for _, a := range e.Rules.Consents {
		out = append(out, consent{a, "consent." + a.Purpose, given[a.Purpose]})
	}
	return out
}

// labelled puts the event's own words beside the faults of its own inputs.
func (p *registerPage) labelled(problem *FormProblem, lang string, text func(string, ...any) string) *FormProblem {
	if problem == nil {
		return nil
	}
	for i := range problem.Faults {
		f := &problem.Faults[i]
		if rest, ok := strings.CutPrefix(f.Name, "party."); ok {
			at, field, _ := strings.Cut(rest, ".")
			n, _ := strconv.Atoi(at)
			f.Label = text("public.register.guest", "number", n+1) + ", " + text("field."+field)
		}
		for _, q := range p.Questions {
			if q.Name == f.Name {
				f.Label = q.Label.In(lang)
			}
		}
	}
	return problem
}

// signup reads the form. Guests without a word are none.
func (f *form) signup(e *scheduling.Event) scheduling.Signup {
	u := scheduling.Signup{
		Name: f.Value("name"), Email: f.Value("email"), Company: f.Value("company"), Title: f.Value("title"),
		Lang: f.Value("lang"), Split: f.Check("split"), Once: f.Value("once"),
	}
	if len(u.Once) > 64 {
		u.Once = ""
	}
	u.Answers, u.Consents = f.answers(e), f.consents(e)
	for i := range 100 {
		at := "party." + strconv.Itoa(i)
		g := scheduling.Guest{Name: f.Text(at + ".name"), Email: f.Text(at + ".email"), Title: f.Text(at + ".title")}
		if g != (scheduling.Guest{}) {
			u.Party = append(u.Party, g)
		}
	}
	return u
}

func (f *form) answers(e *scheduling.Event) scheduling.Answers {
	out := scheduling.Answers{}
	for _, q := range e.Rules.Questions {
		if given := f.List("answer." + q.Key); len(given) > 0 {
			out[q.Key] = given
		}
	}
	return out
}

func (f *form) consents(e *scheduling.Event) map[string]bool {
	out := map[string]bool{}
	for _, a := range e.Rules.Consents {
		out[a.Purpose] = f.Check("consent." + a.Purpose)
	}
	return out
}

// unasked reports whether the answers lead to questions that the form did not
// show: without a script they only come now. Programs that send no list of what
// they asked are taken at their word.
func (f *form) unasked(e *scheduling.Event, a scheduling.Answers) bool {
	asked := f.List("asked")
	return len(asked) > 0 && slices.ContainsFunc(scheduling.Shown(e.Rules.Questions, a), func(q scheduling.Question) bool {
		return !slices.Contains(asked, q.Key)
	})
}

// register answers POST /events/:slug/register.
func (s *Server) register(c *fiber.Ctx) error {
	found, err := s.desk.EventPage(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return err
	}
	f, e := s.form(c), found.Event
	u := f.signup(e)
	if !s.texts.Has(u.Lang) {
		u.Lang = s.lang(c).Code()
	}
	switch {
	case f.Value("website") != "": // people do not see this field; programs fill in everything
		return s.seeOther(c, "/events/"+e.Slug, "")
	case f.Has("add"):
		u.Party = append(u.Party, scheduling.Guest{})
		return s.showForm(c, u, u.Once, nil)
	case f.unasked(e, u.Answers):
		return s.showForm(c, u, u.Once, &FormProblem{Text: s.lang(c).Text("public.register.more_questions"), status: fiber.StatusUnprocessableEntity})
	}
	rec, err := s.desk.Register(c.UserContext(), actor(c), e.ID, u)
	if p := s.inForm(c, err, "name", "email", "company", "title"); p != nil {
		return s.showForm(c, u, u.Once, p)
	}
	if err != nil {
		return err
	}
	return c.Redirect("/events/"+e.Slug+"/registered/"+s.desk.ReceiptLink(rec), fiber.StatusSeeOther)
}

// receiptPage is the data of templates/pages/registered.html.
type receiptPage struct {
	Page
	*scheduling.ReceiptPage
	Calendar []calendarLink
}

// showReceipt answers GET /events/:slug/registered/:receipt: what came of a
// form, as it stands now.
func (s *Server) showReceipt(c *fiber.Ctx) error {
	found, err := s.desk.ReceiptPage(c.UserContext(), c.Params("receipt"))
	if errors.Is(err, scheduling.ErrGone) {
		return s.seeOther(c, "/events/"+found.Event.Slug, "public.receipt.gone")
	}
	if err != nil {
		return err
	}
	if found.Event.Slug != c.Params("slug") {
		return storage.ErrNotFound
	}
	p := &receiptPage{ReceiptPage: found, Calendar: s.calendarLinks(c, found.Event)}
	secret(c)
	p.NoIndex = true
	return s.funded(c, "registered", p, p.Event.ID)
}

// secret keeps a page that belongs to one person out of caches, search engines
// and other sites' logs.
func secret(c *fiber.Ctx) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set("X-Robots-Tag", "noindex")
}
