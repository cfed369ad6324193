package match

import "slices"

// presolve takes from the meetings the slots that they can have in no
// schedule, until that changes nothing more; or it is seen that there is none.
func (in *instance) presolve() {
	in.hopeless = in.overfull()
	for changed := true; changed && !in.hopeless; {
		changed = in.orderMeetings()
		for i := range in.people {
			if in.hopeless {
				return
			}
			changed = in.spread(i) || changed
		}
		changed = in.fillTables() || changed
	}
}

// overfull reports whether there are more required meetings than places for
// them, or for one participant than they may have.
func (in *instance) overfull() bool {
	return in.required > in.slots*in.tables ||
		slices.ContainsFunc(in.people, func(q person) bool { return q.required > q.limit })
}

// requiredOf lists the required meetings of a participant; -1: of all.
func (in *instance) requiredOf(who int) []int {
	var list []int
	for m := range in.meetings {
		if in.meetings[m].required && (who < 0 || slices.Contains(in.meetings[m].people, who)) {
			list = append(list, m)
		}
	}
	return list
}

// narrow leaves m only the slots of keep, and says whether that took some.
func (in *instance) narrow(m int, keep slotSet) bool {
	q := &in.meetings[m]
	left := q.domain.and(keep)
	if left == q.domain {
		return false
	}
	in.hopeless = in.hopeless || left.empty() && q.required
	q.domain = left
	return true
}

// orderMeetings narrows by who is before whom. A meeting that may be left out
// says nothing about the others: only a required one does.
func (in *instance) orderMeetings() bool {
	changed := false
	for again := true; again && !in.hopeless; changed = changed || again {
		again = false
		for i := range in.meetings {
			m := &in.meetings[i]
			if !m.required {
				continue
			}
			if m.domain.empty() {
				in.hopeless = true
				return changed
			}
			for _, b := range m.before {
				again = in.narrow(b, firstSlots(in.slots).without(firstSlots(m.domain.first()+1))) || again
			}
			for _, a := range m.after {
				again = in.narrow(a, firstSlots(m.domain.last())) || again
			}
		}
	}
	return changed
}

// fillTables narrows where all tables of a slot are taken by meetings that can
// be nowhere else.
func (in *instance) fillTables() bool {
	fixed := make([]int, in.slots)
	for i := range in.meetings {
		if m := &in.meetings[i]; m.required && m.domain.count() == 1 {
			fixed[m.domain.first()]++
		}
	}
	var full slotSet
	for t, n := range fixed {
		in.hopeless = in.hopeless || n > in.tables
		if n >= in.tables {
			full.add(t)
		}
	}
	if full.empty() || in.hopeless {
		return false
	}
	changed := false
	for i := range in.meetings {
		m := &in.meetings[i]
		if !m.domain.empty() && !(m.required && m.domain.count() == 1) {
			changed = in.narrow(i, firstSlots(in.slots).without(full)) || changed
		}
	}
	return changed
}
