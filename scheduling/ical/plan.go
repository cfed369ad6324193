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

// add notes what e needs, and each instance of its course; what cannot be
// written needs nothing.
func (p *plan) add(e *Entry, c *course) {
	if e.AllDay || !inRange(e.Starts) || !inRange(e.end()) {
		return
	}
	p.note(e.StartZone, e.Starts.Unix())
	p.note(e.endZone(), e.end().Unix())
	if c != nil {
		p.note(e.endZone(), c.ends)
	}
	if !e.Instance.IsZero() {
		p.note(e.instanceZone(), e.Instance.Unix())
	}
}

func (p *plan) note(zone string, at int64) {
	if isUTC(zone) {
		return
	}
	n := p.need(zone)
	if n == nil {
		loc, _ := LoadZone(zone) // an unknown zone is reported with its entry
		p.needs = append(p.needs, need{zone: zone, loc: loc, first: at, last: at})
		return
	}
	n.first, n.last = min(n.first, at), max(n.last, at)
}

func (p *plan) need(zone string) *need {
	for i := range p.needs {
		if p.needs[i].zone == zone {
			return &p.needs[i]
		}
	}
	return nil
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
		if n.rules, n.fits = rulesOf(n.loc, anchor, time.Unix(n.last, 0).In(n.loc).Year()); n.fits {
			n.since = n.rules.usable(n.loc).Unix()
		}
	}
}

// local reports whether e can go out in its zones, which are then written.
func (p *plan) local(e *Entry) bool {
	if e.AllDay {
		return true
	}
	start, end := p.needFor(e.StartZone), p.needFor(e.endZone())
	if !start.holds(e.Starts) || !end.holds(e.end()) {
		return false
	}
	for _, n := range []*need{start, end} {
		if n != nil {
			n.used = true
		}
	}
	return true
}

// names reports whether the instance in whose place e stands can be named.
func (p *plan) names(e *Entry) bool {
	zone := e.instanceZone()
	n := p.needFor(zone)
	if e.Instance.IsZero() || e.AllDay || n == nil {
		return true
	}
	if !n.holds(e.Instance) {
		return false
	}
	n.used = true
	return true
}

func (p *plan) needFor(zone string) *need {
	if isUTC(zone) {
		return nil
	}
	return p.need(zone)
}

func (n *need) holds(t time.Time) bool {
	return n == nil || n.fits && t.Unix() >= n.since && !n.twice(t)
}

// twice reports whether the clock shows t twice.
func (n *need) twice(t time.Time) bool {
	if u := t.Unix(); n.calm <= u && u < n.stir {
		return false
	}
	t = t.In(n.loc)
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
