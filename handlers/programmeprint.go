package handlers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// programmeTravelPage is the data of templates/pages/programme_travel.html:
// minutes from place to place.
type programmeTravelPage struct {
	programmePage
	F      values
	Lines  []string // numbers of the lines
	Places []string // that the programme names
}

// showWays answers GET /organise/trips/:id/programme/travel.
func (s *Server) showWays(c *fiber.Ctx) error {
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	v := values{}
	v.set("rev", number64(p.Programme.Rev))
	for i, x := range p.Programme.Travel {
		at := "travel." + strconv.Itoa(i)
		v.set(at+".a", x.A)
		v.set(at+".b", x.B)
		v.set(at+".minutes", strconv.Itoa(x.Minutes))
	}
	return s.travelForm(c, &p, v, nil)
}

// travelSpare is how many empty lines a form has.
const travelSpare = 4

func (s *Server) travelForm(c *fiber.Ctx, p *programmePage, v values, problem *FormProblem) error {
	out := &programmeTravelPage{programmePage: *p, F: v}
	out.Problem = problem
	for i := range min(300, v.rows("travel")+travelSpare) {
		out.Lines = append(out.Lines, strconv.Itoa(i))
	}
	for _, x := range p.Programme.Parts(p.Trip) {
		for _, place := range []string{x.From, x.To} {
			if place != "" && !slices.Contains(out.Places, place) {
				out.Places = append(out.Places, place)
			}
		}
	}
	slices.Sort(out.Places)
	return s.page(c, "programme_travel", out)
}

// editTravel answers POST /organise/trips/:id/programme/travel. Lines without a
// place are left out.
func (s *Server) editTravel(c *fiber.Ctx) error {
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	var ways []scheduling.TravelLeg
	for i := range values(f.typed).rows("travel") {
		at := "travel." + strconv.Itoa(i)
		if values(f.typed).blank(at, "a", "b") {
			continue
		}
		x := scheduling.TravelLeg{A: f.Text(at + ".a"), B: f.Text(at + ".b"), Minutes: f.Int(at+".minutes", 0, 24*60)}
		if x.A == "" {
			f.wrong(at+".a", "problem.required")
		}
		if x.B == "" {
			f.wrong(at+".b", "problem.required")
		}
		ways = append(ways, x)
	}
	if err = f.Err(); err == nil {
		_, err = s.desk.SaveTravel(c.UserContext(), actor(c), p.Trip.ID, f.Revision(), ways)
	}
	if problem := s.inForm(c, err); problem != nil {
		return s.travelForm(c, &p, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Home, "flash.programme.travel")
}

// programmePrintPage is the data of templates/pages/programme_print.html: by stop
// and day.
type programmePrintPage struct {
	programmePage
	Sheets []programmeSheet
}

// A programmeSheet is a day at a stop, or on the way.
type programmeSheet struct {
	Stop *scheduling.Stop // nil: none of the stops
	Day  time.Time        // midnight in UTC of the date
	Rows []programmeRow
}

// A programmeRow is a line of the sheet, with what helps those who lead.
type programmeRow struct {
	programmeCard
	Leg      *scheduling.Leg
	Hotel    *scheduling.Hotel
	Activity *scheduling.Activity
	HostOf   *scheduling.Host
}

// printProgramme answers GET /organise/trips/:id/programme/print.
func (s *Server) printProgramme(c *fiber.Ctx) error {
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	p.Back, p.Emblem = p.Home, s.emblem(c, p.Project)
	return s.page(c, "programme_print", &programmePrintPage{programmePage: p, Sheets: sheetsOf(&p)})
}

// sheetsOf are the days with something on them, in their order.
func sheetsOf(p *programmePage) (out []programmeSheet) {
	for _, x := range p.Programme.Parts(p.Trip) {
		day, _ := time.Parse(time.DateOnly, wallDay(x.StartsAt()))
		row := programmeRow{cardOf(p, x), p.Programme.Leg(x.ID), p.Programme.Hotel(x.ID), p.Programme.Activity(x.ID), nil}
		stopID := x.StopID
		if row.Leg != nil {
			if to, ok := row.Leg.Leads(p.Trip); ok {
				stopID = to.ID
			}
		}
		if row.Activity != nil {
			row.HostOf = p.Programme.Host(row.Activity.HostID)
		}
		i := slices.IndexFunc(out, func(s programmeSheet) bool {
			return s.Day.Equal(day) && (s.Stop == nil && stopID == "" || s.Stop != nil && s.Stop.ID == stopID)
		})
		if i < 0 {
			sheet := programmeSheet{Day: day}
			if stop, ok := p.Trip.Stop(stopID); ok {
				sheet.Stop = &stop
			}
			i, out = len(out), append(out, sheet)
		}
		out[i].Rows = append(out[i].Rows, row)
	}
	slices.SortStableFunc(out, func(a, b programmeSheet) int {
		return strings.Compare(a.Day.Format(time.DateOnly), b.Day.Format(time.DateOnly))
	})
	return out
}
