package scheduling

import (
	"slices"
	"strings"
	"time"
)

// In names the part in a language.
func (x Part) In(lang string) string {
	switch {
	case !x.Title.Empty():
		return x.Title.In(lang)
	case x.From == x.To || x.To == "":
		return x.From
	}
	return x.From + " – " + x.To
}

// When is from its start to its end, each on the clock of its own zone.
func (x Part) When() Period { return Period{x.Starts, x.Ends, x.StartZone, x.EndZone} }

// overlaps reports whether two parts are at the same time, for a while at least.
func (x Part) overlaps(y Part) bool { return x.Starts.Before(y.Ends) && y.Starts.Before(x.Ends) }

// Part gives one by its ID.
func (p *Programme) Part(t *Trip, id string) (Part, bool) {
	list := p.Parts(t)
	i := slices.IndexFunc(list, func(x Part) bool { return x.ID == id })
	if i < 0 {
		return Part{}, false
	}
	return list[i], true
}

// crowd is whom a leg or an activity is for, to be changed; nil if p has neither.
func (p *Programme) crowd(id string) *Crowd {
	if a := p.Activity(id); a != nil {
		return &a.Crowd
	}
	if l := p.Leg(id); l != nil {
		return &l.Crowd
	}
	return nil
}

// Leads is the stop that a leg leads to: the one that was named, else the one of
// its arrival's zone and day whose city stands in the name of the place, or that
// begins that day. A leg home leads to none.
func (l *Leg) Leads(t *Trip) (Stop, bool) {
	if s, ok := t.Stop(l.StopID); ok {
		return s, true
	}
	var begin []Stop
	for _, s := range t.Stops {
		day := l.Arrives.In(s.Location()).Format(time.DateOnly)
		if s.Zone != l.To.Zone || day < s.From || day > s.Until {
			continue
		}
		if strings.Contains(strings.ToLower(l.To.Name), strings.ToLower(s.City)) {
			return s, true
		}
		if day == s.From {
			begin = append(begin, s)
		}
	}
	if len(begin) == 1 {
		return begin[0], true
	}
	return Stop{}, false
}
