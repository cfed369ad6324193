package handlers

import (
	"slices"
	"time"

	"kohtaamo/scheduling"
)

// gridDays is how many days a board shows at the most.
const gridDays = 45

// A programmeGrid is a programme as stops × days. Its first row are the ways.
type programmeGrid struct {
	Days []time.Time // midnights in UTC, of dates that each row reads on its own clock
	Rows []gridRow
}

// A gridRow is a stop with its days, or without a stop the legs.
type gridRow struct {
	Stop  *scheduling.Stop
	Cells []gridCell
}

// A gridCell is a day at a stop.
type gridCell struct {
	Day   string // 2006-01-02
	Here  bool   // the trip is at the stop
	Cards []programmeCard
}

// A programmeCard is a part of the programme on its day.
type programmeCard struct {
	scheduling.Part
	Path   string
	Faults int
	Count  int // people
	Who    scheduling.Names
	Places int // of a visit with a limit
	Host   scheduling.HostState
}

// Movable reports whether it can be taken to another time by hand.
func (c programmeCard) Movable() bool { return c.Kind == scheduling.ActivityPart }

// Stay reports whether it is a night in a hotel.
func (c programmeCard) Stay() bool { return c.Kind == scheduling.StayPart }

// Later reports whether it ends on another date than it begins.
func (c programmeCard) Later() bool { return wallDay(c.StartsAt()) != wallDay(c.EndsAt()) }

func wallDay(wall time.Time) string { return wall.Format(time.DateOnly) }

// gridOf lays a programme out.
func gridOf(p *programmePage) programmeGrid {
	g := programmeGrid{Days: gridSpan(p)}
	rows := map[string]int{}
	for i := range p.Trip.Stops {
		rows[p.Trip.Stops[i].ID] = len(g.Rows)
		g.Rows = append(g.Rows, g.row(&p.Trip.Stops[i]))
	}
	ways := g.row(nil)
	for _, x := range p.Programme.Parts(p.Trip) {
		card := cardOf(p, x)
		day := g.column(wallDay(x.StartsAt()))
		if day < 0 {
			continue
		}
		if row, ok := rows[x.StopID]; ok {
			g.Rows[row].Cells[day].Cards = append(g.Rows[row].Cells[day].Cards, card)
		} else {
			ways.Cells[day].Cards = append(ways.Cells[day].Cards, card)
		}
	}
	g.Rows = append([]gridRow{ways}, g.Rows...)
	return g
}

func cardOf(p *programmePage, x scheduling.Part) programmeCard {
	c := programmeCard{Part: x, Path: p.PartPath(x.ID), Faults: len(p.FaultsOf(x.ID)), Who: p.Names(x.Who(p.Travellers))}
	c.Count = len(c.Who)
	if a := p.Programme.Activity(x.ID); a != nil {
		c.Places = a.Capacity
		if h := p.Programme.Host(a.HostID); h != nil {
			c.Host = h.State
		}
	}
	return c
}

func (g *programmeGrid) row(s *scheduling.Stop) gridRow {
	r := gridRow{Stop: s}
	for _, d := range g.Days {
		day := d.Format(time.DateOnly)
		r.Cells = append(r.Cells, gridCell{Day: day, Here: s != nil && s.From <= day && day <= s.Until})
	}
	return r
}

func (g *programmeGrid) column(day string) int {
	return slices.IndexFunc(g.Days, func(d time.Time) bool { return d.Format(time.DateOnly) == day })
}

// gridSpan are the days from the first thing to the last.
func gridSpan(p *programmePage) (out []time.Time) {
	var days []string
	for _, s := range p.Trip.Stops {
		days = append(days, s.From, s.Until)
	}
	for _, x := range p.Programme.Parts(p.Trip) {
		days = append(days, wallDay(x.StartsAt()))
	}
	if len(days) == 0 {
		return nil
	}
	first, err := time.Parse(time.DateOnly, slices.Min(days))
	if err != nil {
		return nil
	}
	for d := first; d.Format(time.DateOnly) <= slices.Max(days) && len(out) < gridDays; d = d.AddDate(0, 0, 1) {
		out = append(out, d)
	}
	return out
}
