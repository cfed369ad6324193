package ical

import (
	"math"
	"time"
)

// A plan is what the entries of one calendar need of zones: each zone's rules
// are written once, ahead of the entries, and must hold for all that use them.
type plan struct{ needs []need }

// A need is one zone of a plan. Its rules are those at the last instant; an
// entry from before these rules goes out in UTC. So one entry of long ago
// cannot take the zone from all others.
type need struct {
	zone        string
	loc         *time.Location // nil for a name that is no zone
	first, last int64          // Unix seconds
	rules       rules
	fits, used  bool
	since       int64 // Unix seconds from when on rules are true
	// From calm to stir the clock shows each moment once. Entries come by their
	// start, so what holds for one mostly holds for the next.
	calm, stir int64
}

// A span is from when to when an entry lasts, and where, as a plan knows it.
type span struct {
	starts, ends int64 // Unix seconds
	from, to     int   // of the needs; none for UTC, and for what has days or makes no sense
}

const none = -1

// add notes what e needs, and each instance of its course; what cannot be
// written needs nothing.
func (p *plan) add(e *Entry, c *course) span {
	s := span{from: none, to: none}
	end := e.end()
	if e.AllDay || !inRange(e.Starts) || !inRange(end) {
		return s
	}
	s.starts, s.ends = e.Starts.Unix(), end.Unix()
	s.from = p.note(e.StartZone, s.starts)
	s.to = p.note(e.endZone(), s.ends)
	if c != nil {
		p.note(e.endZone(), c.ends)
	}
	if !e.Instance.IsZero() {
		p.note(e.instanceZone(), e.Instance.Unix())
	}
	return s
}

// note gives the place of the need of a zone.
func (p *plan) note(zone string, at int64) int {
	if isUTC(zone) {
		return none
	}
	for i := range p.needs {
		if n := &p.needs[i]; n.zone == zone {
			n.first, n.last = min(n.first, at), max(n.last, at)
			return i
		}
	}
	loc, _ := LoadZone(zone) // an unknown zone is reported with its entry
	p.needs = append(p.needs, need{zone: zone, loc: loc, first: at, last: at})
	return len(p.needs) - 1
}

// settle finds the rules, anchored a year before the first instant rather than
// at some moment of asking: the same entries always give the same calendar.
func (p *plan) settle() {
	for i := range p.needs {
		n := &p.needs[i]
		if n.loc == nil {
			continue
		}
		anchor := time.Unix(n.first, 0).In(n.loc).Year() - 1
		if n.rules, n.fits = keptRules(n.loc, anchor, time.Unix(n.last, 0).In(n.loc).Year()); n.fits {
			n.since = n.rules.usable(n.loc).Unix()
		}
	}
}

// local reports whether what lasts so can go out in its zones, which are then
// written. What has days can.
func (p *plan) local(s span) bool {
	if !p.holds(s.from, s.starts) || !p.holds(s.to, s.ends) {
		return false
	}
	for _, i := range [...]int{s.from, s.to} {
		if i != none {
			p.needs[i].used = true
		}
	}
	return true
}

func (p *plan) holds(i int, at int64) bool {
	if i == none {
		return true
	}
	n := &p.needs[i]
	return n.fits && at >= n.since && !n.twice(at)
}

// names reports whether the instance in whose place e stands can be named.
func (p *plan) names(e *Entry) bool {
	if e.Instance.IsZero() || e.AllDay {
		return true
	}
	at := e.Instance.Unix()
	zone := p.note(e.instanceZone(), at)
	return p.local(span{at, at, zone, zone})
}

// twice reports whether the clock shows a moment twice.
func (n *need) twice(at int64) bool {
	if n.calm <= at && at < n.stir {
		return false
	}
	t := time.Unix(at, 0).In(n.loc)
	n.calm, n.stir = math.MinInt64, math.MaxInt64
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		n.calm = start.Add(max(lost(start), 0)).Unix()
	}
	if !end.IsZero() {
		n.stir = end.Add(-max(lost(end), 0)).Unix()
	}
	return ambiguous(t)
}

func (p *plan) write(f *folder) {
	for i := range p.needs {
		if n := &p.needs[i]; n.used {
			n.rules.write(f, n.zone)
		}
	}
}
