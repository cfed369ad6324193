package handlers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/templates"
)

// tripOutcomesPage is the data of templates/pages/trip_outcomes.html.
type tripOutcomesPage struct {
	tripPage
	Grid    *scheduling.TripGrid
	Filter  scheduling.TripOutcomeFilter
	Filters []figureLink
	Ladder  []figureLink
	Shown   []*scheduling.TripRow
	Cells   [][]*scheduling.TripRow // by delegate and host; nil where they did not meet
	Names   string                  // of who has not answered
}

// showTripOutcomes answers GET /organise/trips/:id/outcomes.
func (s *Server) showTripOutcomes(c *fiber.Ctx) error {
	t, err := s.trip(c)
	if err != nil {
		return err
	}
	g, err := s.desk.TripGrid(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &tripOutcomesPage{tripPage: t, Grid: g, Filter: tripOutcomeFilter(c)}
	p.Wide = true
	for _, f := range scheduling.TripOutcomeFilters {
		p.Filters = append(p.Filters, figureLink{"tripoutcome.figure." + string(f), string(f), g.Figure[f], p.Filter == f})
	}
	for _, l := range scheduling.Ladders {
		f := scheduling.TripOutcomeFilter(l)
		p.Ladder = append(p.Ladder, figureLink{"outcome.step." + string(l), string(f), g.Figure[f], p.Filter == f})
	}
	p.Shown = g.Shown(p.Filter)
	p.Shown = p.Shown[:min(len(p.Shown), shownOutcomes)]
	p.fillCells()
	return s.page(c, "trip_outcomes", p)
}

func (p *tripOutcomesPage) fillCells() {
	for _, d := range p.Grid.Delegates {
		var line []*scheduling.TripRow
		for _, h := range p.Grid.Hosts {
			line = append(line, p.Grid.Cell(d.Key, h.ID))
		}
		p.Cells = append(p.Cells, line)
	}
	var names []string
	for _, v := range p.Grid.Silent {
		names = append(names, v.Name)
	}
	p.Names = strings.Join(names, ", ")
}

// tripOutcomeFilter is the one that the address names; what it does not know
// shows all.
func tripOutcomeFilter(c *fiber.Ctx) scheduling.TripOutcomeFilter {
	f := scheduling.TripOutcomeFilter(c.Query("show"))
	if slices.Contains(scheduling.TripOutcomeFilters, f) || slices.Contains(scheduling.Ladders, scheduling.Ladder(f)) {
		return f
	}
	return scheduling.TripOutcomesAll
}

// remindTripOutcomes answers POST /organise/trips/:id/outcomes/remind.
func (s *Server) remindTripOutcomes(c *fiber.Ctx) error {
	n, err := s.desk.RemindTripOutcomes(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/outcomes", "tripoutcome.flash.reminded", "count", n)
}

// askTripHosts answers POST /organise/trips/:id/outcomes/ask-hosts.
func (s *Server) askTripHosts(c *fiber.Ctx) error {
	n, err := s.desk.AskTripHosts(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/outcomes", "tripoutcome.flash.hosts", "count", n)
}

// tripOutcomeColumns are the columns of an export.
var tripOutcomeColumns = []string{"company", "host", "people", "step", "host_step", "rating", "next", "owner", "due", "done", "story", "quote", "note", "host_note", "answered"}

// exportTripOutcomes answers GET /organise/trips/:id/outcomes.csv and .xlsx: a
// line for each delegate and host that the filter chooses.
func (s *Server) exportTripOutcomes(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		g, err := s.desk.TripGrid(c.UserContext(), actor(c), c.Params("id"))
		if err != nil {
			return err
		}
		l := s.lang(c)
		return s.sendTable(c, k, "tripoutcome.sheet", g.Trip.Slug+"-outcomes", func(w table.Writer) error {
			var head []string
			for _, name := range tripOutcomeColumns {
				head = append(head, l.Text("tripoutcome.column."+name))
			}
			if err := w.Write(head); err != nil {
				return err
			}
			for _, r := range g.Shown(tripOutcomeFilter(c)) {
				if err := w.Write(tripOutcomeCells(l, g, r)); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// tripOutcomeCells are a delegate and a host in the order of tripOutcomeColumns.
func tripOutcomeCells(l *templates.Lang, g *scheduling.TripGrid, r *scheduling.TripRow) []string {
	o, h := scheduling.TripOutcome{}, scheduling.TripOutcome{}
	answered := ""
	if r.Said != nil {
		o, answered = *r.Said, r.Said.AnsweredAt.In(g.Trip.Location()).Format("2006-01-02 15:04")
	}
	if r.HostSaid != nil {
		h = *r.HostSaid
	}
	step := func(s scheduling.Ladder) string {
		if s == "" {
			return ""
		}
		return l.Text("outcome.step." + string(s))
	}
	rating := ""
	if o.Rating > 0 {
		rating = strconv.Itoa(o.Rating)
	}
	said := func(on bool, of string) string {
		switch {
		case of == "":
			return ""
		case on:
			return l.Text("outcome.yes")
		}
		return l.Text("outcome.no")
	}
	return []string{r.Delegate.Name, r.Host.Name, r.Names(), step(o.Step), step(h.Step), rating, o.Next, g.Owners[o.Owner], o.Due, said(o.Done, o.Next),
		o.Story, said(o.Quote, o.Story), o.Note, h.Note, answered}
}
