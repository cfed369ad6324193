package matchtest

import (
	"slices"

	"kohtaamo/scheduling/match"
)

// An Optimum is the best there is of a problem.
type Optimum struct {
	Feasible bool // every required meeting can be held
	Weight   int  // the greatest
	Moved    int  // the fewest meetings of the previous schedule that are elsewhere or not held, at that weight
	Gaps     int  // the fewest at that
	Spread   int  // the smallest difference between two participants' gaps at that
}

// better reports whether a comes before b.
func (a Optimum) better(b Optimum) bool {
	switch {
	case a.Weight != b.Weight:
		return a.Weight > b.Weight
	case a.Moved != b.Moved:
		return a.Moved < b.Moved
	case a.Gaps != b.Gaps:
		return a.Gaps < b.Gaps
	}
	return a.Spread < b.Spread
}

// Best tries every schedule there is of a valid problem. It takes (slots + 1) to
// the power of the meetings: only for tiny ones. Previous is the schedule from
// which little is to be moved, empty where there is none.
func Best(p *match.Problem, previous ...match.Assignment) Optimum {
	t := &trial{p: p, slot: map[string]int{}, before: map[string]int{}}
	for _, a := range previous {
		t.before[a.Meeting] = a.Slot
	}
	t.from(0)
	return t.best
}

// Outcome is what a schedule of a tiny problem comes to, whatever the tables are,
// and whether it breaks no rule. What it comes to counts only then.
func Outcome(p *match.Problem, held []match.Assignment) (Optimum, bool) {
	at := map[string]int{}
	for _, a := range held {
		at[a.Meeting] = a.Slot
	}
	t := &trial{p: p, slot: map[string]int{}}
	for i := range p.Meetings {
		m := &p.Meetings[i]
		slot, holds := at[m.ID]
		if !holds && m.Required || holds && !t.may(m, slot) {
			return Optimum{}, false
		}
		if holds {
			t.slot[m.ID] = slot
		}
	}
	return t.outcome()
}

// A trial holds some of the meetings, and the best of what was tried.
type trial struct {
	p      *match.Problem
	slot   map[string]int // of the meetings held
	before map[string]int // the same in the previous schedule
	best   Optimum
}

// from tries everything with the meetings from the ith on.
func (t *trial) from(i int) {
	if i == len(t.p.Meetings) {
		if o, ok := t.outcome(); ok && (!t.best.Feasible || o.better(t.best)) {
			t.best = o
		}
		return
	}
	m := &t.p.Meetings[i]
	for slot := 1; slot <= t.p.Slots; slot++ {
		if t.may(m, slot) {
			t.slot[m.ID] = slot
			t.from(i + 1)
			delete(t.slot, m.ID)
		}
	}
	if !m.Required {
		t.from(i + 1)
	}
}

// may reports whether m can be in the slot beside the meetings held so far.
func (t *trial) may(m *match.Meeting, slot int) bool {
	if m.Slot != 0 && m.Slot != slot || len(m.Slots) > 0 && !slices.Contains(m.Slots, slot) {
		return false
	}
	for _, s := range t.p.Sessions {
		if s.Name == m.Session && (slot < s.From || slot > s.To) {
			return false
		}
	}
	for _, one := range t.p.Participants {
		if slices.Contains(m.Participants, one.ID) && slices.Contains(one.Unavailable, slot) {
			return false
		}
	}
	atOnce := 1
	for _, other := range t.p.Meetings {
		if t.slot[other.ID] != slot {
			continue
		}
		atOnce++
		for _, id := range other.Participants {
			if slices.Contains(m.Participants, id) {
				return false
			}
		}
	}
	return atOnce <= t.p.Tables
}

// outcome is what the schedule is worth, if it is one.
func (t *trial) outcome() (Optimum, bool) {
	o := Optimum{Feasible: true}
	for _, m := range t.p.Meetings {
		slot, held := t.slot[m.ID]
		if held {
			o.Weight += m.Worth()
		}
		if before, ok := t.before[m.ID]; ok && before != slot {
			o.Moved++
		}
		for _, id := range m.After {
			if earlier, ok := t.slot[id]; ok && held && earlier >= slot {
				return o, false
			}
		}
	}
	least, most := t.p.Slots, 0
	for _, one := range t.p.Participants {
		day := t.day(one.ID)
		if one.MaxMeetings != nil && len(day) > *one.MaxMeetings {
			return o, false
		}
		gaps := 0
		for i := 1; i < len(day); i++ {
			if day[i] > day[i-1]+1 {
				gaps++
			}
		}
		o.Gaps += gaps
		least, most = min(least, gaps), max(most, gaps)
	}
	o.Spread = max(0, most-least)
	return o, t.p.Fairness == nil || o.Spread <= *t.p.Fairness
}

// day lists the slots in which somebody has meetings, in order.
func (t *trial) day(id string) []int {
	var day []int
	for _, m := range t.p.Meetings {
		if slot, held := t.slot[m.ID]; held && slices.Contains(m.Participants, id) {
			day = append(day, slot)
		}
	}
	slices.Sort(day)
	return day
}
