package handlers

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// recordFormPage is the data of templates/pages/record_agenda.html,
// record_minutes.html and record_move.html.
type recordFormPage struct {
	Page
	*scheduling.RecordPage
	F       values
	Lines   []string // numbers of the lines
	Zones   []string
	Preview string // Markdown to look at; not stored
}

// spareLines is how many empty lines a form has for more.
const spareLines = 3

func (s *Server) recordForm(c *fiber.Ctx, name, rows string, p *recordPage, v values, problem *FormProblem) error {
	out := &recordFormPage{RecordPage: p.RecordPage, F: v, Zones: zones}
	out.NoIndex, out.Problem = true, s.labelled(c, "record.f.", problem)
	for i := range v.rows(rows) + spareLines {
		out.Lines = append(out.Lines, fmt.Sprint(i))
	}
	if v.Get("preview") != "" {
		out.Preview = v.Get("minutes")
	}
	return s.page(c, name, out)
}

// showAgendaForm answers GET /records/:id/agenda.
func (s *Server) showAgendaForm(c *fiber.Ctx) error {
	p, err := s.keptRecord(c)
	if err != nil {
		return err
	}
	v := values{}
	v.set("seen", p.Record.AgendaMark())
	for i, l := range p.Record.Agenda {
		at := fmt.Sprintf("agenda.%d.", i)
		v.set(at+"id", l.ID)
		v.set(at+"title", l.Title)
		v.number(at+"minutes", l.Minutes)
		v.set(at+"who", l.Who)
	}
	return s.recordForm(c, "record_agenda", "agenda", p, v, nil)
}

// saveAgenda answers POST /records/:id/agenda.
func (s *Server) saveAgenda(c *fiber.Ctx) error {
	p, err := s.keptRecord(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	var lines []scheduling.AgendaLine
	for i := range values(f.typed).rows("agenda") {
		at := fmt.Sprintf("agenda.%d.", i)
		lines = append(lines, scheduling.AgendaLine{ID: f.Value(at + "id"), Title: f.Text(at + "title"), Minutes: f.Int(at+"minutes", 0, 24*60), Who: f.Text(at + "who")})
	}
	if err = f.Err(); err == nil {
		_, err = s.desk.SaveAgenda(c.UserContext(), actor(c), p.Record.ID, f.Value("seen"), lines)
	}
	if problem := s.inForm(c, err); problem != nil {
		return s.recordForm(c, "record_agenda", "agenda", p, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/records/"+p.Record.ID, "record.flash.saved")
}

// showMinutesForm answers GET /records/:id/minutes.
func (s *Server) showMinutesForm(c *fiber.Ctx) error {
	p, err := s.keptRecord(c)
	if err != nil {
		return err
	}
	v := values{}
	v.set("seen", p.Record.MinutesMark())
	v.set("minutes", p.Record.Minutes)
	for i, x := range p.Record.Decisions {
		v.set(fmt.Sprintf("decisions.%d.id", i), x.ID)
		v.set(fmt.Sprintf("decisions.%d", i), x.Text)
	}
	return s.recordForm(c, "record_minutes", "decisions", p, v, nil)
}

// saveMinutes answers POST /records/:id/minutes; with the button "preview" it
// shows what was typed, and stores nothing.
func (s *Server) saveMinutes(c *fiber.Ctx) error {
	p, err := s.keptRecord(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	if f.Check("preview") {
		return s.recordForm(c, "record_minutes", "decisions", p, f.typed, nil)
	}
	var decisions []scheduling.Resolution
	for i := range values(f.typed).rows("decisions") {
		at := fmt.Sprintf("decisions.%d", i)
		decisions = append(decisions, scheduling.Resolution{ID: f.Value(at + ".id"), Text: f.Text(at)})
	}
	_, err = s.desk.SaveMinutes(c.UserContext(), actor(c), p.Record.ID, f.Value("seen"), f.Value("minutes"), decisions)
	if problem := s.inForm(c, err); problem != nil {
		return s.recordForm(c, "record_minutes", "decisions", p, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/records/"+p.Record.ID, "record.flash.saved")
}

// showMoveRecord answers GET /records/:id/edit: when and where a polled meeting
// is.
func (s *Server) showMoveRecord(c *fiber.Ctx) error {
	p, err := s.keptRecord(c)
	if err != nil {
		return err
	}
	r, v := p.Record, values{}
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		loc = time.UTC
	}
	v.set("rev", number64(r.Rev))
	v.text("title", r.Title)
	v.moment("starts", r.Starts, loc)
	v.number("minutes", int(r.Length().Minutes()))
	v.set("zone", r.Zone)
	v.set("place", r.Place)
	v.set("link", r.Link)
	return s.recordForm(c, "record_move", "", p, v, nil)
}

// moveRecord answers POST /records/:id/edit.
func (s *Server) moveRecord(c *fiber.Ctx) error {
	p, err := s.keptRecord(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	in := scheduling.RecordInput{Rev: f.EditRevision(), Title: f.Langs("title"), Place: f.Text("place"), Link: f.Text("link"), Zone: f.Text("zone"), Minutes: f.Int("minutes", 0, 24*60)}
	in.Starts = f.Moment("starts", in.Zone)
	if err = f.Err(); err == nil {
		_, err = s.desk.MoveRecord(c.UserContext(), actor(c), p.Record.ID, in)
	}
	if problem := s.seriesProblem(c, err); problem != nil {
		return s.recordForm(c, "record_move", "", p, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/records/"+p.Record.ID, "record.flash.moved")
}
