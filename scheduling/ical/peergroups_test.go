package ical_test

import (
	"bytes"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// A gathering is something that comes again, and what stands in place of some
// of its instances.
type gathering struct {
	head    ical.Entry
	starts  []time.Time // by its rule, as the clock on the wall has them
	instead []ical.Entry
	single  bool // no rule can say it, so that each instance is written by itself
}

// groups are gatherings in every city through all years of the borders.
func groups(t *testing.T) peerFeed {
	t.Helper()
	var all []gathering
	for _, name := range cities {
		near := bordersNear(t, name)
		all = append(all, weekly(name, near), fortnightly(name), lastSundays(name), sundays(name, near), overNight(name))
		all = append(all, aroundBorders(name, near)...)
	}
	all = append(all, weekly("UTC", bordersNear(t, "UTC")))
	var entries []ical.Entry
	for _, g := range all {
		entries = append(append(entries, g.head), g.instead...)
	}
	f := peerFeed{name: "groups", body: feed(t, entries...)}
	for _, g := range all {
		if written := bytes.Contains(f.body, []byte("\r\nUID:"+g.head.UID+"\r\n")); written == g.single {
			t.Errorf("%s: a rule says it: %t", g.head.UID, written)
		}
		f.want = append(f.want, g.meant()...)
	}
	return f
}

// meant is what has to be read in g.
func (g gathering) meant() []occurrence {
	places := map[time.Time]ical.Entry{}
	for _, x := range g.instead {
		places[x.Instance.UTC()] = x
	}
	for _, at := range g.head.Except {
		places[at.UTC()] = ical.Entry{}
	}
	var all []occurrence
	for _, at := range g.starts {
		x, other := places[at.UTC()]
		if !other {
			x = g.head
			x.Starts, x.Ends = at, at.Add(g.head.Ends.Sub(g.head.Starts))
		}
		if x.UID == "" {
			continue
		}
		o := meant(x)
		switch {
		case g.single:
			o.UID += at.UTC().Format("-20060102T150405Z")
		case g.head.AllDay:
			o.Recurrence = at.Format(time.DateOnly)
		default:
			o.Recurrence = at.UTC().Format(time.RFC3339)
		}
		all = append(all, o)
	}
	return all
}

// every gives the time of a day on the wall from a day of 2025 on, until a day.
func every(loc *time.Location, wall string, until time.Time, next func(t time.Time) time.Time) []time.Time {
	var all []time.Time
	for t := at(loc, wall); !t.After(until); t = next(t) {
		all = append(all, t)
	}
	return all
}

func daysLater(n int) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return t.AddDate(0, 0, n) }
}

var lastDay = "2030-12-31 23:59"

// newGathering is one that lasts so long each time.
func newGathering(uid, zoneName string, starts []time.Time, length time.Duration, rule ical.Repeat) gathering {
	rule.Until = starts[len(starts)-1]
	g := gathering{head: short(uid, zoneName, starts[0], length), starts: starts}
	g.head.Repeat = &rule
	return g
}

// change moves, cancels and excepts the instances next to each border, in turn.
func (g *gathering) change(near []time.Time) {
	for i, border := range near {
		n := 0
		for n < len(g.starts)-1 && g.starts[n].Before(border) {
			n++
		}
		before, after := g.starts[n-1], g.starts[n]
		switch i % 4 {
		case 0:
			g.head.Except = append(g.head.Except, after)
			g.move(before, border.Add(time.Hour), g.head.StartZone)
		case 1:
			g.move(after, border.Add(-2*time.Hour), "Europe/Madrid")
			g.cancel(before)
		case 2:
			g.cancel(after)
			g.head.Except = append(g.head.Except, before)
		case 3:
			g.move(before, border.Add(-time.Hour), "")
			g.move(after, border.Add(-time.Minute), "America/New_York")
		}
	}
}

func (g *gathering) place(instance time.Time) *ical.Entry {
	x := g.head
	x.Repeat, x.Except = nil, nil
	x.Instance, x.InstanceZone, x.Sequence = instance, g.head.StartZone, 1
	x.Starts, x.Ends = instance, instance.Add(g.head.Ends.Sub(g.head.Starts))
	g.instead = append(g.instead, x)
	return &g.instead[len(g.instead)-1]
}

func (g *gathering) move(instance, to time.Time, zoneName string) {
	x := g.place(instance)
	x.Summary = "moved " + x.Summary
	x.Starts, x.Ends, x.StartZone = to, to.Add(x.Ends.Sub(x.Starts)), zoneName
}

func (g *gathering) cancel(instance time.Time) {
	x := g.place(instance)
	x.Status, x.Sequence = ical.Cancelled, 2
}

// weekly meets on Tuesday mornings.
func weekly(name string, near []time.Time) gathering {
	loc := zone(name)
	g := newGathering(name+" weekly", name, every(loc, "2025-01-07 09:00", at(loc, lastDay), daysLater(7)), 90*time.Minute,
		ical.Repeat{Freq: ical.Weekly})
	g.change(near)
	return g
}

// fortnightly meets on Sunday and Monday of every second week from Monday on.
func fortnightly(name string) gathering {
	loc, until := zone(name), at(zone(name), "2030-12-31 00:00")
	var starts []time.Time
	for monday := at(loc, "2025-03-03 18:00"); monday.Before(until); monday = monday.AddDate(0, 0, 14) {
		starts = append(starts, monday, monday.AddDate(0, 0, 6))
	}
	return newGathering(name+" fortnightly", name, starts, time.Hour,
		ical.Repeat{Freq: ical.Weekly, Interval: 2, Days: []ical.Day{{Weekday: time.Sunday}, {Weekday: time.Monday}}})
}

// lastSundays meets late on the day on which Europe sets its clocks.
func lastSundays(name string) gathering {
	loc := zone(name)
	next := func(t time.Time) time.Time {
		last := time.Date(t.Year(), t.Month()+2, 0, t.Hour(), t.Minute(), 0, 0, loc)
		return last.AddDate(0, 0, -int(last.Weekday()))
	}
	return newGathering(name+" last Sunday", name, every(loc, "2025-01-26 20:15", at(loc, lastDay), next), 6*time.Hour,
		ical.Repeat{Freq: ical.Monthly, Days: []ical.Day{{Weekday: time.Sunday, Nth: -1}}})
}

// sundays are whole days, of 23 hours or 25 some of them.
func sundays(name string, near []time.Time) gathering {
	loc := zone(name)
	g := newGathering(name+" Sundays", name, every(loc, "2025-01-05 00:00", at(loc, lastDay), daysLater(7)), 24*time.Hour,
		ical.Repeat{Freq: ical.Weekly})
	g.head.AllDay = true
	for i, border := range near {
		y, m, d := border.In(loc).Date()
		sunday := time.Date(y, m, d, 0, 0, 0, 0, loc)
		switch i % 3 {
		case 0:
			g.head.Except = append(g.head.Except, sunday)
		case 1:
			g.cancel(sunday)
		case 2:
			g.move(sunday, sunday.AddDate(0, 0, 1), name)
		}
	}
	return g
}

// overNight is under way while the clocks are set: readers add up its length
// in two ways.
func overNight(name string) gathering {
	loc := zone(name)
	g := newGathering(name+" over night", name, every(loc, "2025-01-04 22:00", at(loc, lastDay), daysLater(7)), 8*time.Hour,
		ical.Repeat{Freq: ical.Weekly})
	g.single = name != "Asia/Tokyo"
	return g
}

// aroundBorders meet every day around each setting of the clocks, right after
// midnight, at noon and right before midnight.
func aroundBorders(name string, near []time.Time) []gathering {
	loc := zone(name)
	var all []gathering
	for _, border := range near {
		for _, clock := range []string{" 00:05", " 12:00", " 23:50"} {
			day := border.In(loc).AddDate(0, 0, -5).Format(time.DateOnly)
			starts := every(loc, day+clock, border.AddDate(0, 0, 5), daysLater(1))
			all = append(all, newGathering(name+" "+day+clock, name, starts, 5*time.Minute, ical.Repeat{Freq: ical.Daily}))
		}
	}
	return all
}
