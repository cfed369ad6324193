package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// livePage is the data of templates/pages/live.html.
type livePage struct {
	schedulePage
	*scheduling.Live
	F        values
	Entrants []option // who can meet now
	Seats    []option // tables that are free
	Typed    bool     // the walk-in form is open
}

// Late reports whether a party of a meeting is late.
func (p *livePage) Late(m *scheduling.Meeting, id string) bool { return slices.Contains(m.Late, id) }

// Gone reports whether a party of a meeting did not come.
func (p *livePage) Gone(m *scheduling.Meeting, id string) bool { return slices.Contains(m.Absent, id) }

// showLive answers GET /organise/rounds/:id/live.
func (s *Server) showLive(c *fiber.Ctx) error { return s.live(c, values{}, nil) }

func (s *Server) live(c *fiber.Ctx, typed values, problem *FormProblem) error {
	l, err := s.desk.Live(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &livePage{schedulePage: newSchedulePage(l.Round), Live: l, F: typed, Typed: problem != nil}
	p.Again, p.Page.Problem = 20, problem
	for _, e := range l.Free {
		p.Entrants = append(p.Entrants, option{e.ID, e.Name})
	}
	for _, t := range l.Open {
		p.Seats = append(p.Seats, option{t.ID, t.Name})
	}
	return s.page(c, "live", p)
}

// markMeeting answers POST /organise/rounds/:id/live/mark: how a meeting goes.
// Of "late" and "absent" each press turns one entrant round.
func (s *Server) markMeeting(c *fiber.Ctx) error {
	f := s.form(c)
	l, err := s.desk.Live(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	m := meetingIn(l, f.Text("meeting"))
	if m == nil {
		return storage.ErrNotFound
	}
	mark := scheduling.LiveMark{State: m.State, Absent: m.Absent, Late: m.Late}
	switch do := f.Text("do"); do {
	case "held", "not_held", "published":
		mark.State = scheduling.MeetingState(do)
	case "late":
		mark.Late = turned(m.Late, f.Text("entrant"))
	case "absent":
		if mark.Absent = turned(m.Absent, f.Text("entrant")); len(mark.Absent) > 0 {
			mark.State = scheduling.MeetingNotHeld
		} else {
			mark.State = scheduling.MeetingPublished
		}
	default:
		return fiber.ErrBadRequest
	}
	_, err = s.desk.MarkMeeting(c.UserContext(), actor(c), m.ID, mark)
	return s.answerMove(c, err, "/organise/rounds/"+l.Round.ID+"/live", "board.flash.marked")
}

// meetingIn finds a meeting of the day by its id.
func meetingIn(l *scheduling.Live, id string) *scheduling.Meeting {
	i := slices.IndexFunc(l.Today, func(m *scheduling.Meeting) bool { return m.ID == id })
	if i < 0 {
		return nil
	}
	return l.Today[i]
}

// turned is list without s, or with it.
func turned(list []string, s string) []string {
	if slices.Contains(list, s) {
		return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return x == s })
	}
	return append(slices.Clone(list), s)
}

// walkInMeeting answers POST /organise/rounds/:id/live/walkin.
func (s *Server) walkInMeeting(c *fiber.Ctx) error {
	f := s.form(c)
	in := scheduling.WalkInMeeting{A: f.Text("a"), B: f.Text("b"), Slot: f.Text("slot"), Table: f.Text("table")}
	m, err := s.desk.BookWalkIn(c.UserContext(), actor(c), c.Params("id"), in)
	if problem := s.inForm(c, err, "a", "b", "table"); problem != nil {
		return s.live(c, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/rounds/"+m.RoundID+"/live", "board.flash.walk_in")
}
