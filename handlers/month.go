package handlers

import (
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// monthLimit is the most events that a month shows.
const monthLimit = 500

// A monthGrid is the events of a month, week by week from Monday on.
type monthGrid struct {
	Month          time.Time // its first day, UTC
	Previous, Next string
	PreviousMonth  time.Time
	NextMonth      time.Time
	Weeks          [][]monthDay
	Empty          bool
}

// A monthDay is a cell. Those of the months around are only there to fill the
// weeks.
type monthDay struct {
	Day     time.Time // midnight UTC of the calendar day
	Outside bool
	Today   bool
	Events  []*scheduling.Event
}

// fillMonth shows the month that the address names, or this one.
func (s *Server) fillMonth(c *fiber.Ctx, p *eventsPage, f scheduling.EventFilter, _ []*scheduling.Cluster) error {
	loc, err := time.LoadLocation(houseZone)
	if err != nil {
		return err
	}
	today := calendarDay(s.desk.DB.Now(), loc)
	first := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
	if m, err := time.Parse("2006-01", c.Query("month")); err == nil && m.Year() >= 1970 && m.Year() < 2200 {
		first = m
	}
	// A day more on both sides: the month of an event is that of its own zone.
	f.From, f.Until, f.Limit = first.AddDate(0, 0, -1), first.AddDate(0, 1, 1), monthLimit
	list, _, err := s.desk.Events(c.UserContext(), actor(c), f, false)
	if err != nil {
		return err
	}
	p.Grid = newMonthGrid(first, today, list)
	q, _ := url.ParseQuery(string(c.Request().URI().QueryString()))
	q.Del("lang")
	a := pageAddress{c.Path(), q}
	p.Grid.Previous = a.with("month", p.Grid.PreviousMonth.Format("2006-01"))
	p.Grid.Next = a.with("month", p.Grid.NextMonth.Format("2006-01"))
	return nil
}

// calendarDay is the day that the calendar of loc shows at t, as midnight UTC.
func calendarDay(t time.Time, loc *time.Location) time.Time {
	y, m, d := t.In(loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func newMonthGrid(first, today time.Time, list []*scheduling.Event) *monthGrid {
	g := &monthGrid{Month: first, PreviousMonth: first.AddDate(0, -1, 0), NextMonth: first.AddDate(0, 1, 0), Empty: true}
	sortedByStart(list)
	on := map[time.Time][]*scheduling.Event{}
	for _, e := range list {
		last := calendarDay(e.Ends.Add(-time.Nanosecond), e.Location())
		for d := calendarDay(e.Starts, e.Location()); !d.After(last); d = d.AddDate(0, 0, 1) {
			on[d] = append(on[d], e)
		}
	}
	monday := first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
	for day := monday; day.Before(g.NextMonth); {
		var week []monthDay
		for range 7 {
			cell := monthDay{Day: day, Outside: day.Month() != first.Month(), Today: day.Equal(today)}
			if !cell.Outside {
				cell.Events = on[day]
				g.Empty = g.Empty && len(cell.Events) == 0
			}
			week, day = append(week, cell), day.AddDate(0, 0, 1)
		}
		g.Weeks = append(g.Weeks, week)
	}
	return g
}
