package handlers

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// dropPart answers POST /organise/trips/:id/programme/parts/:part/drop.
func (s *Server) dropPart(c *fiber.Ctx) error {
	p, err := s.desk.Programme(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	x, ok := p.Part(c.Params("part"))
	if !ok {
		return storage.ErrNotFound
	}
	drop := s.desk.DropActivity
	switch x.Kind {
	case scheduling.LegPart:
		drop = s.desk.DropLeg
	case scheduling.StayPart:
		drop = s.desk.DropHotel
	}
	if _, err = drop(c.UserContext(), actor(c), p.Trip.ID, s.form(c).EditRevision(), x.ID); err != nil {
		return s.answerProgramme(c, err, s.partPath(c, x.ID), "")
	}
	return s.seeOther(c, "/organise/trips/"+p.Trip.ID+"/programme", "flash.programme.dropped")
}

// programmePartPage is the data of templates/pages/programme_part.html: one part,
// where it could be moved, and whom it is for.
type programmePartPage struct {
	programmePage
	X        programmeCard
	Leg      *scheduling.Leg
	Hotel    *scheduling.Hotel
	Activity *scheduling.Activity
	Host     *scheduling.Host
	Lines    []faultLine
	Stops    []option
	As       []option // other parts whose people can be taken over
	Day      string
	Clock    string
	Shifts   []option // minutes that it can be moved by at once
}

// Told is how many people hear of a change.
func (p *programmePartPage) Told() int {
	if !p.Published() {
		return 0
	}
	return p.X.Count
}

// NDA is the day on which somebody signed, or "".
func (p *programmePartPage) NDA(v *scheduling.Traveller) string { return v.NDAs[p.Activity.NDAOf()] }

// Goes reports whether somebody takes part.
func (p *programmePartPage) Goes(v *scheduling.Traveller) bool { return p.X.Has(v.ID) }

// showPart answers GET /organise/trips/:id/programme/parts/:part.
func (s *Server) showPart(c *fiber.Ctx) error {
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	x, ok := p.Part(c.Params("part"))
	if !ok {
		return storage.ErrNotFound
	}
	out := &programmePartPage{programmePage: p, X: cardOf(&p, x), Leg: p.Programme.Leg(x.ID), Hotel: p.Programme.Hotel(x.ID), Activity: p.Programme.Activity(x.ID),
		Lines: s.faultLines(c, &p, p.FaultsOf(x.ID))}
	l, local := s.lang(c), x.StartsAt()
	for _, n := range []int{60, 15} {
		out.Shifts = append(out.Shifts, option{strconv.Itoa(-n), l.Text("programme.earlier", "n", n)})
	}
	for _, n := range []int{15, 60} {
		out.Shifts = append(out.Shifts, option{strconv.Itoa(n), l.Text("programme.later", "n", n)})
	}
	out.Day, out.Clock = local.Format(time.DateOnly), local.Format("15:04")
	for _, stop := range p.Trip.Stops {
		out.Stops = append(out.Stops, option{stop.ID, stop.City})
	}
	for _, y := range p.Programme.Parts(p.Trip) {
		if y.Kind != scheduling.StayPart && y.ID != x.ID {
			out.As = append(out.As, option{y.ID, y.In(l.Code())})
		}
	}
	if out.Activity != nil {
		out.Host = p.Programme.Host(out.Activity.HostID)
	}
	return s.page(c, "programme_part", out)
}
