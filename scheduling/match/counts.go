package match

import "math"

// countBounds says how many meetings a participant has, at least and at most,
// until the end of each slot.
func (in *instance) countBounds(p int) (least, most []int) {
	q := &in.people[p]
	least, most = make([]int, in.slots), make([]int, in.slots)
	for t := range in.slots {
		early := firstSlots(t + 1)
		mustEarly, mustLate, canEarly := 0, 0, 0
		for _, i := range q.meetings {
			m := &in.meetings[i]
			if m.required && m.domain.last() <= t {
				mustEarly++
			}
			if m.required && m.domain.first() > t {
				mustLate++
			}
			if m.domain.first() <= t {
				canEarly++
			}
		}
		least[t] = max(mustEarly, q.required-q.free.without(early).count())
		most[t] = min(q.limit-mustLate, q.free.and(early).count(), canEarly)
	}
	return least, most
}

// mostGaps is more than, or as many as, the gaps that a participant can have.
func (in *instance) mostGaps(p int) int {
	q := &in.people[p]
	day := q.free.last() - q.free.first() + 1
	return max(0, min(q.limit-1, (day-1)/2, day-q.required))
}

// leastGaps is how many gaps a participant has at least, whatever the others
// do: their own slots, and how many meetings must be early or late, force them.
// Not possible: they cannot have their meetings at all.
func (in *instance) leastGaps(p int) (gaps int, possible bool) {
	const never = math.MaxInt / 2
	q := &in.people[p]
	low, high := in.countBounds(p)
	// By meetings until now, the fewest gaps: when busy in the slot, and when not.
	busy, idle := make([]int, q.limit+1), make([]int, q.limit+1)
	for n := range busy {
		busy[n], idle[n] = never, never
	}
	idle[0] = 0
	for t := range in.slots {
		for n := q.limit; n >= 0; n-- {
			rest := min(busy[n], idle[n])
			work := never
			switch {
			case !q.free.has(t) || n == 0:
			case n == 1:
				work = idle[0]
			default:
				work = min(busy[n-1], idle[n-1]+1)
			}
			busy[n], idle[n] = work, rest
			if n < low[t] || n > high[t] {
				busy[n], idle[n] = never, never
			}
		}
	}
	best := never
	for n := q.required; n <= q.limit; n++ {
		best = min(best, busy[n], idle[n])
	}
	return best, best < never
}

// clusters parts the meetings so that those of a part share a participant, and
// exclude each other: greedily, whoever has the most left.
func (in *instance) clusters() [][]int {
	taken := make([]bool, len(in.meetings))
	left := make([]int, len(in.people))
	for p := range in.people {
		left[p] = len(in.people[p].meetings)
	}
	var parts [][]int
	for {
		p := 0
		for i := range left {
			if left[i] > left[p] {
				p = i
			}
		}
		if len(left) == 0 || left[p] == 0 {
			return parts
		}
		var part []int
		for _, m := range in.people[p].meetings {
			if taken[m] {
				continue
			}
			taken[m] = true
			part = append(part, m)
			for _, q := range in.meetings[m].people {
				left[q]--
			}
		}
		parts = append(parts, part)
	}
}
