package match

import "slices"

// presolve takes from the meetings the slots that they can have in no
// schedule, until that changes nothing more; or notes a fault.
func (in *instance) presolve() {
	if in.overfull() || in.circle() {
		return
	}
	for changed := true; changed && in.fault == nil; {
		changed = in.orderMeetings()
		for i := range in.people {
			if in.fault != nil {
				return
			}
			changed = in.spread(i) || changed
		}
		changed = in.fillTables() || changed
	}
}

// overfull notes a fault where there are more required meetings than places
// for them, or for one participant than they may have.
func (in *instance) overfull() bool {
	if in.required > in.slots*in.tables {
		in.fault = &fault{kind: tooFewTable, person: -1, meetings: in.requiredOf(-1), slots: firstSlots(in.slots)}
		return true
	}
	for i := range in.people {
		if q := &in.people[i]; q.required > q.limit {
			in.fault = &fault{kind: tooMany, person: i, meetings: in.requiredOf(i), slots: q.available}
			return true
		}
	}
	return false
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
	if left.empty() && q.required && in.fault == nil {
		in.fault = &fault{kind: noSlot, person: -1, meetings: []int{m}, slots: q.domain}
	}
	q.domain = left
	return true
}

// orderMeetings narrows by who is before whom. A meeting that may be left out
// says nothing about the others: only a required one does.
func (in *instance) orderMeetings() bool {
	changed := false
	for again := true; again && in.fault == nil; changed = changed || again {
		again = false
		for i := range in.meetings {
			m := &in.meetings[i]
			if !m.required {
				continue
			}
			if m.domain.empty() {
				in.fault = &fault{kind: noSlot, person: -1, meetings: []int{i}}
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

// circle notes a fault where required meetings are each before the next.
func (in *instance) circle() bool {
	const onPath, done = 1, 2
	state := make([]uint8, len(in.meetings))
	var path []int
	var visit func(m int) bool
	visit = func(m int) bool {
		state[m] = onPath
		path = append(path, m)
		for _, a := range in.meetings[m].after {
			if !in.meetings[a].required || state[a] == done {
				continue
			}
			if state[a] == onPath {
				in.fault = &fault{kind: inCircle, person: -1, meetings: slices.Clone(path[slices.Index(path, a):])}
				return true
			}
			if visit(a) {
				return true
			}
		}
		state[m] = done
		path = path[:len(path)-1]
		return false
	}
	for m := range in.meetings {
		if in.meetings[m].required && state[m] == 0 && visit(m) {
			return true
		}
	}
	return false
}

// fillTables narrows where all tables of a slot are taken by meetings that can
// be nowhere else.
func (in *instance) fillTables() bool {
	fixed := make([][]int, in.slots)
	for i := range in.meetings {
		if m := &in.meetings[i]; m.required && m.domain.count() == 1 {
			t := m.domain.first()
			fixed[t] = append(fixed[t], i)
		}
	}
	var full slotSet
	for t, list := range fixed {
		if len(list) < in.tables {
			continue
		}
		full.add(t)
		if len(list) > in.tables && in.fault == nil {
			var one slotSet
			one.add(t)
			in.fault = &fault{kind: tooFewTable, person: -1, meetings: list, slots: one}
		}
	}
	if full.empty() || in.fault != nil {
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
