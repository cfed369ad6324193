package handlers

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// checkInPage is the data of templates/pages/checkin.html.
type checkInPage struct {
	boardPage
	Query   string
	List    []*scheduling.Registration
	Result  *arrival
	Counter string
	Scan    bool // the camera goes on
	F       values
	WalkIn  bool // the walk-in form is open
}

// An arrival is what the person at the door has to see.
type arrival struct {
	R     *scheduling.Registration
	Tone  string // "good", "wait", "bad"
	Text  string
	Again bool
}

// doorShown is how many people a search at the door shows.
const doorShown = 20

// showCheckIn answers GET /organise/events/:id/checkin.
func (s *Server) showCheckIn(c *fiber.Ctx) error {
	b, err := s.doorBoard(c)
	if err != nil {
		return err
	}
	p := &checkInPage{boardPage: b, Query: c.Query("q"), Scan: c.Query("scan") != ""}
	if id := c.Query("at"); id != "" {
		mine, err := s.desk.Registration(c.UserContext(), actor(c), id)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err == nil && mine.Event.ID == b.Event.ID {
			p.Result = s.arrival(c, b.Event, mine.Registration, c.Query("again") != "")
		}
	}
	return s.checkInPage(c, p)
}

func (s *Server) checkInPage(c *fiber.Ctx, p *checkInPage) (err error) {
	if p.Query != "" {
		f := scheduling.RegFilter{Text: p.Query, Limit: doorShown}
		if p.List, _, err = s.desk.Registrations(c.UserContext(), actor(c), p.Event.ID, f); err != nil {
			return err
		}
	}
	p.Counter = s.counter(c, p.Seating)
	return s.page(c, "checkin", p)
}

// counter is "142 of 180 here".
func (s *Server) counter(c *fiber.Ctx, st *scheduling.Seating) string {
	return s.lang(c).Text("checkin.counter", "here", st.Attended, "expected", st.Taken)
}

// arrival says how a registration stands, to the one at the door.
func (s *Server) arrival(c *fiber.Ctx, e *scheduling.Event, r *scheduling.Registration, again bool) *arrival {
	l := s.lang(c)
	a := &arrival{R: r, Tone: "good", Again: again}
	switch {
	case r.State != scheduling.Attended:
		a.Tone, a.Text = "wait", l.Text("checkin.taken_back")
	case again:
		a.Tone, a.Text = "wait", l.Text("checkin.again", "clock", l.Clock(r.CheckedInAt, e.Zone), "by", r.CheckedInBy)
		if l.Day(r.CheckedInAt, e.Zone) != l.Day(s.desk.DB.Now(), e.Zone) {
			a.Text = l.Text("checkin.again_day", "when", l.When(r.CheckedInAt, e.Zone), "by", r.CheckedInBy)
		}
	default:
		a.Text = l.Text("checkin.welcome")
	}
	return a
}

// checkInAnswer is what a script gets to know.
type checkInAnswer struct {
	Outcome string     `json:"outcome"` // "in", "again" or "no"
	Text    string     `json:"text"`
	Name    string     `json:"name,omitempty"`
	Company string     `json:"company,omitempty"`
	Ticket  string     `json:"ticket,omitempty"`
	At      *time.Time `json:"at,omitempty"`
	Counter string     `json:"counter"`
}

// checkIn answers POST /organise/events/:id/checkin: a code that was scanned or
// typed, a registration's id, or else the beginning of a name to look for.
func (s *Server) checkIn(c *fiber.Ctx) error {
	b, err := s.doorBoard(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	code, scan := f.Text("code"), f.Text("scan")
	path := b.Base + "/checkin"
	if code == "" {
		return c.Redirect(withQuery(path, "scan", scan), fiber.StatusSeeOther)
	}
	a, err := s.desk.CheckIn(c.UserContext(), actor(c), b.Event.ID, code)
	if wantsJSON(c) {
		return s.checkInJSON(c, &b, a, err)
	}
	problem := scheduling.ProblemIn(err)
	switch {
	case problem != nil && problem.Key == "checkin.unknown" && scan == "":
		return c.Redirect(withQuery(path, "q", code), fiber.StatusSeeOther)
	case problem != nil:
		p := &checkInPage{boardPage: b, Scan: scan != "", Result: &arrival{Tone: "bad", Text: s.lang(c).Text(problem.Key, problem.Args...)}}
		c.Status(statusOf(err))
		return s.checkInPage(c, p)
	case err != nil:
		return err
	}
	return s.arrived(c, path, a, scan)
}

// arrived sends the browser on to the page that says who has come.
func (s *Server) arrived(c *fiber.Ctx, path string, a *scheduling.Arrival, scan string) error {
	again := ""
	if a.Again {
		again = "1"
	}
	return c.Redirect(withQuery(path, "at", a.Registration.ID, "again", again, "scan", scan), fiber.StatusSeeOther)
}

func (s *Server) checkInJSON(c *fiber.Ctx, b *boardPage, a *scheduling.Arrival, err error) error {
	now, boardErr := s.desk.EventBoard(c.UserContext(), actor(c), b.Event.ID)
	if boardErr != nil {
		return boardErr
	}
	out := checkInAnswer{Counter: s.counter(c, now.Seating)}
	if problem := scheduling.ProblemIn(err); problem != nil {
		out.Outcome, out.Text = "no", s.lang(c).Text(problem.Key, problem.Args...)
		return c.Status(statusOf(err)).JSON(out)
	}
	if err != nil {
		return err
	}
	r := a.Registration
	out.Outcome, out.Name, out.Company, out.Ticket, out.At = "in", r.Name, r.Company, r.Ticket, &r.CheckedInAt
	if a.Again {
		out.Outcome = "again"
	}
	out.Text = s.arrival(c, b.Event, r, a.Again).Text
	return c.JSON(out)
}

// undoCheckIn answers POST /organise/events/:id/checkin/undo.
func (s *Server) undoCheckIn(c *fiber.Ctx) error {
	b, err := s.doorBoard(c)
	if err != nil {
		return err
	}
	f, path := s.form(c), b.Base+"/checkin"
	r, err := s.desk.UndoCheckIn(c.UserContext(), actor(c), b.Event.ID, f.Text("id"))
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, path, p.Key, p.Args...)
	}
	if err != nil {
		return err
	}
	return c.Redirect(withQuery(path, "at", r.ID), fiber.StatusSeeOther)
}

// walkIn answers POST /organise/events/:id/checkin/walkin.
func (s *Server) walkIn(c *fiber.Ctx) error {
	b, err := s.doorBoard(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	u := scheduling.Signup{Name: f.Text("name"), Email: f.Text("email"), Company: f.Text("company"), Lang: s.lang(c).Code()}
	a, err := s.desk.WalkIn(c.UserContext(), actor(c), b.Event.ID, u)
	if problem := s.inForm(c, err, "name", "email", "company"); problem != nil {
		p := &checkInPage{boardPage: b, F: f.typed, WalkIn: true}
		p.Problem = problem
		return s.checkInPage(c, p)
	}
	if err != nil {
		return err
	}
	return s.arrived(c, b.Base+"/checkin", a, "")
}

// countsAnswer is what GET /organise/events/:id/counts says.
type countsAnswer struct {
	Attended int    `json:"attended"`
	Taken    int    `json:"taken"` // seats, attended ones included
	Waiting  int    `json:"waiting"`
	Text     string `json:"text"` // "142 of 180 here"
}

// showCounts answers GET /organise/events/:id/counts.
func (s *Server) showCounts(c *fiber.Ctx) error {
	b, err := s.desk.EventBoard(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	st := b.Seating
	return c.JSON(countsAnswer{st.Attended, st.Taken, st.Waiting, s.counter(c, st)})
}
