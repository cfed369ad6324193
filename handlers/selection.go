package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// selectionPage is the data of templates/pages/trip_applications.html.
type selectionPage struct {
	tripPage
	List               *scheduling.SelectionPage
	Chips              []chip
	State, Query, Sort string
	Sorts, Bulk        []option
}

var (
	applicationSorts = []string{"total", "company", "created", "rank"}
	bulkDecisions    = []string{"shortlisted", "offered", "reserve", "declined"}
)

// applicationFilter is what the address of a list asks for.
func applicationFilter(c *fiber.Ctx) scheduling.ApplicationFilter {
	f := scheduling.ApplicationFilter{State: scheduling.ApplicationState(c.Query("state")), Text: text(c, "q"), Sort: c.Query("sort")}
	if !slices.Contains(scheduling.ApplicationStates, f.State) {
		f.State = ""
	}
	if !slices.Contains(applicationSorts, f.Sort) {
		f.Sort = applicationSorts[0]
	}
	return f
}

// showApplications answers GET /organise/trips/:id/applications.
func (s *Server) showApplications(c *fiber.Ctx) error { return s.applications(c, nil) }

func (s *Server) applications(c *fiber.Ctx, problem *FormProblem) error {
	b, err := s.trip(c)
	if err != nil {
		return err
	}
	f := applicationFilter(c)
	found, err := s.desk.Applications(c.UserContext(), actor(c), b.Trip.ID, f)
	if err != nil {
		return err
	}
	p := &selectionPage{tripPage: b, List: found, State: string(f.State), Query: f.Text, Sort: f.Sort}
	p.Wide, p.Problem = true, s.labelled(c, "application.f.", problem)
	p.Sorts, p.Bulk = s.options(c, "application.sort", applicationSorts...), s.options(c, "application.do", bulkDecisions...)
	p.chips(s.lang(c).Text)
	return s.page(c, "trip_applications", p)
}

// chips are the states that some application is in, with how many.
func (p *selectionPage) chips(text func(string, ...any) string) {
	address := func(state string) string {
		return withQuery(p.Base+"/applications", "state", state, "q", p.Query, "sort", p.Sort)
	}
	p.Chips = []chip{{Label: text("application.all"), Count: p.List.All, Counted: true, On: p.State == "", Path: address("")}}
	for _, st := range scheduling.ApplicationStates {
		if n := p.List.Counts[st]; n > 0 || string(st) == p.State {
			p.Chips = append(p.Chips, chip{Label: text("state.application." + string(st)), Count: n, Counted: true, On: string(st) == p.State, Path: address(string(st))})
		}
	}
}

// selectionDone answers a change of the list: with it and what is wrong, or by
// leading back to it.
func (s *Server) selectionDone(c *fiber.Ctx, err error, said string, args ...any) error {
	if p := s.inForm(c, err); p != nil {
		return s.applications(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/applications", said, args...)
}

// decideApplications answers POST /organise/trips/:id/applications: the same
// decision about all that were ticked, or about none if one does not allow it.
func (s *Server) decideApplications(c *fiber.Ctx) error {
	f := s.form(c)
	in := f.decision()
	err := f.Err()
	n := 0
	if err == nil {
		n, err = s.desk.DecideApplications(c.UserContext(), actor(c), c.Params("id"), f.List("ids"), in)
	}
	return s.selectionDone(c, err, "application.flash.decided", "count", n)
}

// decision reads what is decided.
func (f *form) decision() scheduling.Decision {
	return scheduling.Decision{State: scheduling.ApplicationState(f.Value("do")), Seats: f.Int("seats", 0, 1000), Reason: short(f.Text("reason")), Tell: f.Check("tell")}
}

// applySuggestion answers POST …/applications/suggestion.
func (s *Server) applySuggestion(c *fiber.Ctx) error {
	n, err := s.desk.ApplySuggestion(c.UserContext(), actor(c), c.Params("id"), s.form(c).Value("mark"))
	return s.selectionDone(c, err, "application.flash.suggested", "count", n)
}

// offerNext answers POST …/applications/next.
func (s *Server) offerNext(c *fiber.Ctx) error {
	f := s.form(c)
	seats := f.Int("seats", 0, 1000)
	err := f.Err()
	if err == nil {
		_, err = s.desk.OfferNext(c.UserContext(), actor(c), c.Params("id"), seats)
	}
	return s.selectionDone(c, err, "application.flash.next")
}

// rankApplication answers POST …/applications/:application/rank.
func (s *Server) rankApplication(c *fiber.Ctx) error {
	err := s.desk.MoveInReserve(c.UserContext(), actor(c), c.Params("id"), c.Params("application"), s.form(c).Value("way") == "up")
	return s.selectionDone(c, err, "")
}

// oneApplicationPage is the data of templates/pages/trip_application.html.
type oneApplicationPage struct {
	tripPage
	*scheduling.OneApplication
	Here      string // address of this page
	Decisions []option
	Criteria  []scoring
	F         values
}

// A scoring is one criterion with what the reader gave by it.
type scoring struct {
	scheduling.Criterion
	Input  string // its name
	Points string
	Note   string
}

// showApplication answers GET …/applications/:application.
func (s *Server) showApplication(c *fiber.Ctx) error { return s.application(c, nil) }

func (s *Server) application(c *fiber.Ctx, problem *FormProblem) error {
	b, err := s.trip(c)
	if err != nil {
		return err
	}
	found, err := s.desk.Application(c.UserContext(), actor(c), b.Trip.ID, c.Params("application"))
	if err != nil {
		return err
	}
	p := &oneApplicationPage{tripPage: b, OneApplication: found, Here: b.Base + "/applications/" + c.Params("application"), F: values{}}
	p.Problem = s.labelled(c, "application.f.", problem)
	p.Section = b.Base + "/applications"
	for _, to := range found.Application.Decisions() {
		p.Decisions = append(p.Decisions, option{string(to), s.lang(c).Text("application.do." + string(to))})
	}
	p.Criteria = scorings(found)
	if day := found.Application.Deadline; !day.IsZero() {
		at := day.In(b.Trip.Location())
		p.F.set("until_day", at.Format(time.DateOnly))
		p.F.set("until_time", at.Format("15:04"))
	}
	if problem != nil {
		p.F = s.form(c).typed
	}
	return s.page(c, "trip_application", p)
}

func scorings(a *scheduling.OneApplication) (out []scoring) {
	for _, k := range a.Trip.Selection.Criteria {
		x := scoring{Criterion: k, Input: "points." + k.ID}
		for _, s := range a.Mine {
			if s.Criterion == k.ID {
				x.Points, x.Note = strconv.Itoa(s.Points), s.Note
			}
		}
		out = append(out, x)
	}
	return out
}

// applicationDone answers a change of one application.
func (s *Server) applicationDone(c *fiber.Ctx, err error, said string) error {
	if p := s.inForm(c, err); p != nil {
		return s.application(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/applications/"+c.Params("application"), said)
}

// scoreApplication answers POST …/applications/:application/score. What is left
// empty is not scored.
func (s *Server) scoreApplication(c *fiber.Ctx) error {
	f, in := s.form(c), map[string]scheduling.ScoreInput{}
	for _, name := range f.Names("points.") {
		id := strings.TrimPrefix(name, "points.")
		if f.Text(name) != "" {
			in[id] = scheduling.ScoreInput{Points: f.Int(name, 0, 1000), Note: f.Text("note." + id)}
		}
	}
	err := f.Err()
	if err == nil {
		err = s.desk.ScoreApplication(c.UserContext(), actor(c), c.Params("id"), c.Params("application"), in)
	}
	return s.applicationDone(c, err, "application.flash.scored")
}

// noteApplication answers POST …/applications/:application/note.
func (s *Server) noteApplication(c *fiber.Ctx) error {
	err := s.desk.NoteApplication(c.UserContext(), actor(c), c.Params("id"), c.Params("application"), s.form(c).Text("note"))
	return s.applicationDone(c, err, "application.flash.noted")
}

// decideApplication answers POST …/applications/:application/decide.
func (s *Server) decideApplication(c *fiber.Ctx) error {
	f := s.form(c)
	in := f.decision()
	err := f.Err()
	if err == nil {
		_, err = s.desk.DecideApplications(c.UserContext(), actor(c), c.Params("id"), []string{c.Params("application")}, in)
	}
	return s.applicationDone(c, err, "application.flash.decided_one")
}

// extendOffer answers POST …/applications/:application/deadline.
func (s *Server) extendOffer(c *fiber.Ctx) error {
	b, err := s.trip(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	until := f.Moment("until", b.Trip.Zone)
	if err = f.Err(); err == nil {
		err = s.desk.ExtendOffer(c.UserContext(), actor(c), b.Trip.ID, c.Params("application"), until)
	}
	return s.applicationDone(c, err, "application.flash.extended")
}

// exportApplications answers GET /organise/trips/:id/applications.csv and .xlsx
// with those that the list's filter chooses, and their points.
func (s *Server) exportApplications(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		found, err := s.desk.Applications(c.UserContext(), actor(c), c.Params("id"), applicationFilter(c))
		if err != nil {
			return err
		}
		l := s.lang(c)
		return s.sendTable(c, k, "application.title", found.Trip.Slug+"-applications", func(w table.Writer) error {
			head := []string{}
			for _, name := range []string{"company", "state", "seats", "wanted", "total", "rank", "deadline", "business_id", "country", "website", "name", "email", "phone", "lang", "motivation", "goals", "partners", "reason", "created"} {
				head = append(head, l.Text("application.column."+name))
			}
			if err := w.Write(head); err != nil {
				return err
			}
			moment := func(t time.Time) string { return l.When(t, found.Trip.Zone) }
			for _, a := range found.Applications {
				if err := w.Write([]string{a.Company, l.Text("state.application." + string(a.State)), strconv.Itoa(a.Seats), strconv.Itoa(a.Wanted), thousandths(a.Total), rankText(a.Rank),
					moment(a.Deadline), a.BusinessID, a.Country, a.Website, a.Name, a.Email, a.Phone, a.Lang, a.Motivation, a.Goals, a.Partners, a.Reason, moment(a.Created)}); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// thousandths are a total with its decimal point: "0.750".
func thousandths(n int) string { return fmt.Sprintf("%d.%03d", n/1000, n%1000) }

func rankText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
