package match

import "slices"

// pace is how much longer a piece of work takes where the schedule does not fit
// the caches of a processor.
func (in *instance) pace() int { return 1 + min(3, len(in.people)*in.slots/80_000) }

// searching is a job: to find schedules, from the best known on.
func searching(in *instance, seed uint64, plan int) job {
	return func(k *known, rest func() bool) {
		pace := in.pace()
		w := newSearch(in, seed, plan/pace)
		w.begin(k.slots)
		w.tell(k)
		for w.possible > 0 && rest() && !k.settled() {
			if w.packed(k) {
				w.unpack(k.slots)
			}
			w.step(quantum / pace)
			w.tell(k)
		}
	}
}

// tell tells of the best schedule found, if it is better than what is known.
func (w *search) tell(k *known) {
	if w.best != nil && (k.slots == nil || w.worth.betterThan(k.worth)) {
		k.find(w.in, slices.Clone(w.best))
	}
}

// A sharing is of a large schedule between two searches: each changes half of
// the slots, and after each quantum both have what both have changed. The halves
// are others each time, so that in the end anything can go anywhere.
type sharing struct {
	in   *instance
	left [2][2]leaving // by search, and by whether the number of the quantum is odd
}

// A leaving is what a search leaves for the other after a quantum.
type leaving struct {
	n     int     // number of the quantum
	slots []int16 // its schedule
	best  []int16 // the best it found; nil: none
	worth worth   // of best
}

// sharedSearching is two jobs that find schedules together.
func sharedSearching(in *instance, seed uint64, plan int) [2]job {
	h := &sharing{in: in}
	return [2]job{h.job(0, seed, plan), h.job(1, seed, plan)}
}

// job is the one search or the other. Each reads what the other left in a
// quantum only in the next, and leaves its own elsewhere meanwhile.
func (h *sharing) job(side int, seed uint64, plan int) job {
	return func(k *known, rest func() bool) {
		pace := h.in.pace()
		w := newSearch(h.in, seed+uint64(side), plan/pace)
		w.begin(k.slots)
		w.tell(k)
		var before []int16
		for n := 0; w.possible > 0 && rest() && !k.settled(); n++ {
			if n > 0 {
				w.adopt(h.join(before, (n-1)&1))
			}
			w.work = n * quantum / pace // to the point as much as the other
			if w.packed(k) {
				w.unpack(h.best((n - 1) & 1))
			}
			before = slices.Clone(w.s.slotOf)
			w.restrict(h.in.half(n, side), side)
			w.step(quantum / pace)
			h.left[side][n&1] = leaving{n, slices.Clone(w.s.slotOf), slices.Clone(w.best), w.worth}
			w.tell(k)
		}
	}
}

// best is the better of the best schedules that both have found; nil: none.
func (h *sharing) best(odd int) []int16 {
	one, two := &h.left[0][odd], &h.left[1][odd]
	if one.best == nil || two.best != nil && two.worth.betterThan(one.worth) {
		return two.best
	}
	return one.best
}

// half is the slots that one side may change in the n-th quantum.
func (in *instance) half(n, side int) slotSet {
	from := n % 4 * in.slots / 4
	to := from + in.slots/2
	half := firstSlots(min(to, in.slots)).without(firstSlots(from)).or(firstSlots(max(0, to-in.slots)))
	if side == 1 {
		return firstSlots(in.slots).without(half)
	}
	return half
}

// restrict has the search change the slots of window only. Of the meetings that
// wait, it may hold every other.
func (w *search) restrict(window slotSet, side int) {
	w.window = window
	w.barred = make([]bool, len(w.s.slotOf))
	for m, t := range w.s.slotOf {
		w.barred[m] = t == out && m&1 != side
	}
}

// join is what both sides have made of a schedule. Where they have given somebody
// more meetings than that person may have, the last ones wait.
func (h *sharing) join(before []int16, odd int) []int16 {
	if h.left[0][odd].n != h.left[1][odd].n {
		panic("match: two searches that share a schedule are out of step")
	}
	both := slices.Clone(h.left[0][odd].slots)
	for m, t := range h.left[1][odd].slots {
		if t != before[m] {
			both[m] = t
		}
	}
	held := make([]int, len(h.in.people))
	for m, t := range both {
		if t == out {
			continue
		}
		for _, p := range h.in.meetings[m].people {
			if held[p]++; held[p] > h.in.people[p].limit {
				both[m] = out
			}
		}
	}
	return both
}

// adopt makes the schedule at hand one that breaks no rule of one slot.
func (w *search) adopt(slots []int16) {
	var other []int32
	for m, t := range slots {
		if now := w.s.slotOf[m]; now != t {
			other = append(other, int32(m))
			if now != out {
				w.s.lift(int32(m))
			}
		}
	}
	for _, m := range other {
		if t := slots[m]; t != out {
			w.s.put(m, int(t))
		}
	}
	w.s.mark()
	w.ahead = true
	w.keep()
}
