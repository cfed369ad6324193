package match

import (
	"cmp"
	"slices"
)

// build fills the schedule: first with the meetings of the selection, then with
// what else can be held. Where there are two sides, and nothing but tables,
// limits and the number of slots is in the way, it holds all of the selection,
// and so has the greatest weight there is: to colour the edges of a bipartite
// graph takes no more colours than there are edges at a node (Kőnig), and the
// colours can be evened out until each has a table for all of its edges
// (de Werra).
func (s *schedule) build(x *exchange, chosen []int) {
	s.order(chosen)
	for _, m := range chosen {
		s.hold(x, int32(m), !s.ordered)
	}
	s.even(x)
	rest := make([]int, len(s.waiting))
	for i, m := range s.waiting {
		rest[i] = int(m)
	}
	s.order(rest)
	for _, m := range rest {
		s.hold(x, int32(m), false)
	}
	s.mark()
}

// order sorts meetings so that those come first that must be held, then those
// that are worth most, then those with the fewest slots.
func (s *schedule) order(list []int) {
	slices.SortFunc(list, func(a, b int) int {
		p, q := &s.in.meetings[a], &s.in.meetings[b]
		if p.required != q.required {
			if p.required {
				return -1
			}
			return 1
		}
		return cmp.Or(q.weight-p.weight, p.domain.count()-q.domain.count(), a-b)
	})
}

// hold holds m, if it is not, where a slot is open to it or one exchange opens
// one. Crowded: even where there is no table left.
func (s *schedule) hold(x *exchange, m int32, crowded bool) {
	domain := s.in.meetings[m].domain
	if !crowded {
		domain = domain.without(s.full)
	}
	if s.slotOf[m] != out || !s.below(m) {
		return
	}
	open := domain
	for _, p := range s.of(m) {
		open = open.without(s.busy[p])
	}
	if s.ordered {
		open = s.inOrder(m, open)
	}
	switch {
	case !open.empty():
		s.put(m, s.leastLoaded(open))
	case !s.ordered && len(s.of(m)) == 2:
		s.clear(x, m, domain, crowded)
	}
}

// below reports whether no participant of m is at their limit.
func (s *schedule) below(m int32) bool {
	for _, p := range s.of(m) {
		if int(s.held[p]) >= s.in.people[p].limit {
			return false
		}
	}
	return true
}

// inOrder leaves of open the slots in which m breaks no order.
func (s *schedule) inOrder(m int32, open slotSet) slotSet {
	var kept slotSet
	for t := range open.all() {
		if s.disorder(&s.in.meetings[m], t) == 0 {
			kept.add(t)
		}
	}
	return kept
}

// leastLoaded is the slot with the fewest meetings.
func (s *schedule) leastLoaded(open slotSet) int {
	best := -1
	for t := range open.all() {
		if best < 0 || len(s.inSlot[t]) < len(s.inSlot[best]) {
			best = t
		}
	}
	return best
}

// clear makes an exchange that frees both participants of m in one slot, and
// holds m there.
func (s *schedule) clear(x *exchange, m int32, domain slotSet, crowded bool) {
	one, two := s.of(m)[0], s.of(m)[1]
	for a := range domain.without(s.busy[one]).all() {
		for b := range s.in.people[two].free.without(s.busy[two]).all() {
			if x.find(s.at(two, a), b) && !x.gives(one, a) && (crowded || x.fits() && len(s.inSlot[a])-x.shift < s.in.tables) {
				x.do()
				s.put(m, a)
				return
			}
		}
	}
}

// even evens out the slots that have more meetings than tables, and lets the
// least of the meetings wait for which that is not enough.
func (s *schedule) even(x *exchange) {
	for from := range s.inSlot {
		for len(s.inSlot[from]) > s.in.tables {
			if s.relieve(x, from) {
				continue
			}
			s.lift(slices.MinFunc(s.inSlot[from], func(a, b int32) int {
				return cmp.Or(s.in.meetings[a].weight-s.in.meetings[b].weight, int(a-b))
			}))
		}
	}
}

// relieve moves a meeting more out of a slot than into it, and says whether it
// could.
func (s *schedule) relieve(x *exchange, from int) bool {
	slots := make([]int, 0, s.in.slots)
	for t := range s.inSlot {
		if len(s.inSlot[t]) < s.in.tables {
			slots = append(slots, t)
		}
	}
	slices.SortFunc(slots, func(a, b int) int { return cmp.Or(len(s.inSlot[a])-len(s.inSlot[b]), a-b) })
	for _, to := range slots {
		for _, m := range s.inSlot[from] {
			if x.find(m, to) && x.shift > 0 && len(s.inSlot[to])+x.shift <= s.in.tables {
				x.do()
				return true
			}
		}
	}
	return false
}
