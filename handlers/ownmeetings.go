package handlers

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// agendaPage is the data of templates/pages/my_agenda.html.
type agendaPage struct {
	Page
	*scheduling.AgendaPage
	Base string
	Now  time.Time
	Days []gridDay
}

// A gridDay is one day of a round's grid.
type gridDay struct {
	Day  time.Time
	Rows []scheduling.AgendaRow
}

// showAgenda answers GET /rounds/:slug/my/agenda.
func (s *Server) showAgenda(c *fiber.Ctx) error {
	e, base, err := s.entrant(c)
	if err != nil {
		return err
	}
	a, err := s.desk.Agenda(c.UserContext(), actor(c), e.Entrant.ID)
	if err != nil {
		return err
	}
	p := &agendaPage{Page: Page{NoIndex: true}, AgendaPage: a, Base: base, Now: s.desk.DB.Now()}
	for _, row := range a.Rows {
		p.add(row)
	}
	return s.fundedRound(c, "my_agenda", p, p.Round)
}

// add puts a row under its day.
func (p *agendaPage) add(row scheduling.AgendaRow) {
	day := row.Slot.Starts.In(p.Round.Location()).Format(time.DateOnly)
	if n := len(p.Days); n > 0 && p.Days[n-1].Day.In(p.Round.Location()).Format(time.DateOnly) == day {
		p.Days[n-1].Rows = append(p.Days[n-1].Rows, row)
		return
	}
	row.Break = false
	p.Days = append(p.Days, gridDay{row.Slot.Starts, []scheduling.AgendaRow{row}})
}

// agendaFile answers GET /rounds/:slug/my/agenda.ics.
func (s *Server) agendaFile(c *fiber.Ctx) error {
	e, _, err := s.entrant(c)
	if err != nil {
		return err
	}
	body, err := s.desk.AgendaCalendar(c.UserContext(), actor(c), e.Entrant.ID, s.lang(c).Code())
	if err != nil {
		return err
	}
	return sendAgenda(c, body)
}

// linkedAgenda answers GET /b2b/agenda/LINK.ics.
func (s *Server) linkedAgenda(c *fiber.Ctx) error {
	secret(c)
	link, ok := strings.CutSuffix(c.Params("file"), ".ics")
	if !ok {
		return fiber.ErrNotFound
	}
	body, err := s.desk.AgendaByLink(c.UserContext(), link)
	if err != nil {
		return err
	}
	return sendAgenda(c, body)
}

func sendAgenda(c *fiber.Ctx, body []byte) error {
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set(fiber.HeaderContentType, calendarType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="agenda.ics"`)
	return c.Send(body)
}

// ownMeetingPage is the data of templates/pages/my_meeting.html.
type ownMeetingPage struct {
	Page
	*scheduling.MeetingPage
	Base  string
	Times []option
	Can   bool // move and cancel
}

// showMeeting answers GET /rounds/:slug/my/meetings/:id.
func (s *Server) showMeeting(c *fiber.Ctx) error { return s.meetingForm(c, nil) }

func (s *Server) meetingForm(c *fiber.Ctx, problem *FormProblem) error {
	e, base, err := s.entrant(c)
	if err != nil {
		return err
	}
	m, err := s.desk.MeetingPage(c.UserContext(), actor(c), e.Entrant.ID, c.Params("id"))
	if err != nil {
		return err
	}
	p := &ownMeetingPage{Page: Page{NoIndex: true, Problem: problem}, MeetingPage: m, Base: base, Times: s.times(c, m.Round, m.Times)}
	p.Can = m.Manages && m.Round.Changing() && m.Meeting.State.Stands() && s.desk.DB.Now().Before(m.Meeting.Starts)
	return s.fundedRound(c, "my_meeting", p, p.Round)
}

// onOwnMeeting does something to a meeting; what cannot be is said on its page.
func (s *Server) onOwnMeeting(c *fiber.Ctx, done string, do func(e *scheduling.Entrant, id string) error) error {
	e, base, err := s.entrant(c)
	if err != nil {
		return err
	}
	err = do(e.Entrant, c.Params("id"))
	if problem := s.inForm(c, err, "slot", "reason"); problem != nil {
		return s.meetingForm(c, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, base+"/meetings/"+c.Params("id"), done)
}

// askToMove answers POST /rounds/:slug/my/meetings/:id/move.
func (s *Server) askToMove(c *fiber.Ctx) error {
	return s.onOwnMeeting(c, "ownmeeting.flash.asked", func(e *scheduling.Entrant, id string) error {
		f := s.form(c)
		_, err := s.desk.AskToMove(c.UserContext(), actor(c), e.ID, id, f.Text("slot"), f.Value("message"))
		return err
	})
}

// answerMove answers POST /rounds/:slug/my/meetings/:id/answer.
func (s *Server) answerMove(c *fiber.Ctx) error {
	yes := s.form(c).Text("yes") == "1"
	done := "ownmeeting.flash.stays"
	if yes {
		done = "ownmeeting.flash.moved"
	}
	return s.onOwnMeeting(c, done, func(e *scheduling.Entrant, id string) error {
		_, err := s.desk.AnswerMove(c.UserContext(), actor(c), e.ID, id, yes)
		return err
	})
}

// cancelOwnMeeting answers POST /rounds/:slug/my/meetings/:id/cancel.
func (s *Server) cancelOwnMeeting(c *fiber.Ctx) error {
	return s.onOwnMeeting(c, "ownmeeting.flash.cancelled", func(e *scheduling.Entrant, id string) error {
		_, err := s.desk.CancelOwnMeeting(c.UserContext(), actor(c), e.ID, id, s.form(c).Value("reason"))
		return err
	})
}

// handOverMeeting answers POST /rounds/:slug/my/meetings/:id/hand-over.
func (s *Server) handOverMeeting(c *fiber.Ctx) error {
	return s.onOwnMeeting(c, "ownmeeting.flash.handed_over", func(e *scheduling.Entrant, id string) error {
		f := s.form(c)
		_, err := s.desk.HandOverMeeting(c.UserContext(), actor(c), e.ID, id, f.Text("from"), f.Text("to"))
		return err
	})
}

// sayLate answers POST /rounds/:slug/my/meetings/:id/late.
func (s *Server) sayLate(c *fiber.Ctx) error {
	late := s.form(c).Text("late") == "1"
	done := "ownmeeting.flash.on_time"
	if late {
		done = "ownmeeting.flash.late"
	}
	return s.onOwnMeeting(c, done, func(e *scheduling.Entrant, id string) error {
		_, err := s.desk.SayLate(c.UserContext(), actor(c), e.ID, id, late)
		return err
	})
}

// Comes names who of the entrant goes to a meeting.
func (p *agendaPage) Comes(m *scheduling.Meeting) string {
	var names []string
	side, _ := m.Party(p.Me.ID)
	for _, id := range side.PersonIDs {
		if who, ok := p.Me.Delegate(id); ok {
			names = append(names, who.Name)
		}
	}
	return strings.Join(names, ", ")
}
