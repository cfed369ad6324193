package match

import (
	"math"
	"slices"
)

// A selection is which meetings to hold for the greatest weight there could be
// if each participant, and all of them together, had only to have slots enough,
// no matter which. It is the b-matching of Edmonds without his odd sets: where
// people fall into two sides, it is exact; where not, a meeting may be held by
// half.
type selection struct {
	in      *instance
	room    []int // meetings that a participant can have beside the required ones
	all     int   // meetings that there can be beside the required ones
	pairs   []pair
	sides   []int8 // by participant, 1 or 2, if every meeting is between the two sides; nil: not so
	scale   int    // of weights: what the flow counts as one
	top     int    // the greatest weight, so scaled
	network *flow
}

// A pair is the two participants that count for an optional meeting.
type pair struct {
	meeting  int
	one, two int
}

// maxScaled limits how many prices the flow goes through.
const maxScaled = 1 << 10

// boundWeight is at least the weight of any schedule.
func (in *instance) boundWeight() int {
	s := in.selectMeetings()
	return s.bound()
}

// selectMeetings finds the selection.
func (in *instance) selectMeetings() *selection {
	s := &selection{in: in, room: make([]int, len(in.people)), all: in.places()}
	for p := range in.people {
		s.room[p] = max(in.spreadable(p)-in.people[p].required, 0)
	}
	for m := range in.meetings {
		q := &in.meetings[m]
		if q.required {
			s.all--
		} else if q.weight > 0 && !q.domain.empty() {
			s.pairs = append(s.pairs, s.pair(m))
			s.top = max(s.top, q.weight)
		}
	}
	s.all = max(s.all, 0)
	s.sides = s.twoSides()
	s.measure()
	s.run()
	return s
}

// places is how many meetings all slots together have room for: by the tables,
// and by the people who could have a meeting there.
func (in *instance) places() int {
	least := math.MaxInt
	there, wished := make([]int, in.slots), make([]int, in.slots)
	for p := range in.people {
		for t := range in.people[p].free.all() {
			there[t]++
		}
	}
	for m := range in.meetings {
		for t := range in.meetings[m].domain.all() {
			wished[t]++
		}
		least = min(least, len(in.meetings[m].people))
	}
	n := 0
	for t := range in.slots {
		n += min(in.tables, there[t]/max(least, 1), wished[t])
	}
	return n
}

// spreadable is how many meetings p can have: each in a slot of its own.
func (in *instance) spreadable(p int) int {
	q := &in.people[p]
	s := spreading{in: in, list: q.meetings}
	return min(q.limit, s.most())
}

// pair picks the two participants of m who have the least room for what they
// are wished for. That the others of a larger meeting need room too is left out.
func (s *selection) pair(m int) pair {
	people := slices.Clone(s.in.meetings[m].people)
	slices.SortStableFunc(people, func(a, b int) int {
		wishesA, wishesB := len(s.in.people[a].meetings), len(s.in.people[b].meetings)
		return s.room[a]*wishesB - s.room[b]*wishesA
	})
	return pair{m, people[0], people[1]}
}

// twoSides tells apart two sides such that each pair is of one from either.
func (s *selection) twoSides() []int8 {
	known := make([][]int, len(s.in.people))
	for _, q := range s.pairs {
		known[q.one] = append(known[q.one], q.two)
		known[q.two] = append(known[q.two], q.one)
	}
	sides := make([]int8, len(known))
	for p := range known {
		if sides[p] != 0 {
			continue
		}
		sides[p] = 1
		for todo := []int{p}; len(todo) > 0; {
			a := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, b := range known[a] {
				if sides[b] == sides[a] {
					return nil
				}
				if sides[b] == 0 {
					sides[b] = 3 - sides[a]
					todo = append(todo, b)
				}
			}
		}
	}
	return sides
}

// measure chooses the scale of the weights: the largest that loses nothing, or
// one that rounds them up a little.
func (s *selection) measure() {
	for _, q := range s.pairs {
		for a := s.in.meetings[q.meeting].weight; a != 0; {
			s.scale, a = a, s.scale%a
		}
	}
	s.scale = max(s.scale, 1)
	if s.top/s.scale > maxScaled {
		s.scale = (s.top + maxScaled - 1) / maxScaled
	}
	s.top = (s.top + s.scale - 1) / s.scale
}

// run sends each meeting from one of its participants to the other. Without
// sides everybody is on both, and each meeting goes either way: twice what can
// be held by halves.
func (s *selection) run() {
	const source, hall, sink = 0, 1, 2
	n := len(s.in.people)
	f := newFlow(3+2*n, source, sink)
	all, twice := s.all, s.sides == nil
	if twice {
		all *= 2
	}
	f.add(source, hall, all, 0)
	f.add(hall, sink, all, s.top) // not to hold any more
	for p, room := range s.room {
		if twice || s.sides[p] == 1 {
			f.add(hall, 3+p, room, 0)
		}
		if twice || s.sides[p] == 2 {
			f.add(3+n+p, sink, room, 0)
		}
	}
	for _, q := range s.pairs {
		cost := s.top - s.scaled(q.meeting)
		if twice || s.sides[q.one] == 1 {
			f.add(3+q.one, 3+n+q.two, 1, cost)
		}
		if twice || s.sides[q.two] == 1 {
			f.add(3+q.two, 3+n+q.one, 1, cost)
		}
	}
	f.run()
	s.network = f
}

func (s *selection) scaled(m int) int { return (s.in.meetings[m].weight + s.scale - 1) / s.scale }

// bound is at least the weight of any schedule.
func (s *selection) bound() int {
	total, required := 0, 0
	for i := range s.network.arcs {
		if a := &s.network.arcs[i]; s.isMeeting(a) && a.room == 0 {
			total += s.top - int(a.cost)
		}
	}
	if s.sides == nil {
		total /= 2
	}
	for i := range s.in.meetings {
		if s.in.meetings[i].required {
			required += s.in.meetings[i].weight
		}
	}
	return required + total*s.scale
}

// isMeeting reports whether a is one of the arcs for meetings.
func (s *selection) isMeeting(a *arc) bool {
	n := int32(len(s.in.people))
	return a.from >= 3 && a.from < 3+n && a.to >= 3+n
}

// each calls f for the arcs of each meeting: they leave a participant in the
// order in which run added them.
func (s *selection) each(f func(m int, a *arc)) {
	next := make([]int32, len(s.in.people))
	follow := func(from, m int) {
		for {
			a := &s.network.arcs[s.network.first[3+from]+next[from]]
			next[from]++
			if s.isMeeting(a) {
				f(m, a)
				return
			}
		}
	}
	for _, q := range s.pairs {
		if s.sides == nil || s.sides[q.one] == 1 {
			follow(q.one, q.meeting)
		}
		if s.sides == nil || s.sides[q.two] == 1 {
			follow(q.two, q.meeting)
		}
	}
}

// chosen lists the meetings that the flow holds, wholly if whole, else at least
// by half.
func (s *selection) chosen(whole bool) []int {
	ways := make([]int, len(s.in.meetings))
	s.each(func(m int, a *arc) {
		if a.room == 0 {
			ways[m]++
		}
	})
	need := 1
	if whole && s.sides == nil {
		need = 2
	}
	var list []int
	for m, n := range ways {
		if n >= need || s.in.meetings[m].required {
			list = append(list, m)
		}
	}
	return list
}

// tied says which meetings some selection of the greatest weight may hold: those
// that cost as much as the prices of their participants allow.
func (s *selection) tied() []bool {
	tied := make([]bool, len(s.in.meetings))
	s.each(func(m int, a *arc) {
		tied[m] = tied[m] || a.room == 0 || s.network.dearer(a) == 0
	})
	for m := range s.in.meetings {
		tied[m] = tied[m] || s.in.meetings[m].required
	}
	return tied
}
