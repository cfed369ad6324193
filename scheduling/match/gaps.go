package match

import "math"

// impossible is the least number of gaps of somebody whose meetings cannot all be
// held.
const impossible = math.MaxInt32 / 2

// boundGaps is a number of gaps that no schedule is below in which all the
// meetings are held that certain says: the sum of what is forced on each
// participant by themself, and by the rule of fairness.
func (in *instance) boundGaps(certain func(m int) bool) int {
	forced, most := make([]int, len(in.people)), 0
	for p := range in.people {
		forced[p] = in.forcedGaps(p, certain)
		most = max(most, forced[p])
	}
	if most >= impossible {
		return 0 // they cannot all be held: of such schedules nothing need be said
	}
	sum := 0
	for _, n := range forced {
		if in.fairness >= 0 {
			n = max(n, most-in.fairness)
		}
		sum += n
	}
	return sum
}

// certain says which meetings are held in every schedule of the weight bound
// or more.
func (in *instance) certain(bound int) func(m int) bool {
	all := 0
	for i := range in.meetings {
		if !in.meetings[i].domain.empty() {
			all += in.meetings[i].weight
		}
	}
	return func(m int) bool {
		q := &in.meetings[m]
		return q.required || bound >= all && q.weight > 0 && !q.domain.empty()
	}
}

// An alike is those meetings of a participant that can be in the same slots.
type alike struct {
	slots slotSet
	most  int // of them that are held
	least int
	step  int // of one more of them, in the numbering of states
}

// forcedGaps is the number of gaps that p has at least. Each kind of meetings
// is spread over its slots and none is in the way of another participant, so
// that a schedule may well need more.
func (in *instance) forcedGaps(p int, certain func(m int) bool) int {
	kinds, some := in.kinds(p, certain)
	if !some {
		return 0
	}
	d := newDays(kinds)
	for t := range in.slots {
		d.next(t)
	}
	blocks := d.fewest()
	if blocks >= impossible {
		return impossible
	}
	return max(blocks-1, 0)
}

// maxStates limits the work for one participant.
const maxStates = 1 << 12

// kinds sorts the meetings of p, as finely as can be handled, and says whether
// some of them are certain. Kinds thrown together can be where one of them
// can, which never forces more.
func (in *instance) kinds(p int, certain func(m int) bool) (kinds []alike, some bool) {
	index := map[slotSet]int{}
	for _, m := range in.people[p].meetings {
		slots, least := in.meetings[m].domain, 0
		if certain(m) {
			some, least = true, 1
		}
		at, ok := index[slots]
		if !ok {
			at = len(kinds)
			index[slots] = at
			kinds = append(kinds, alike{slots: slots})
		}
		kinds[at].most++
		kinds[at].least += least
	}
	if !some {
		return nil, false
	}
	for states(kinds) > maxStates && len(kinds) > 1 {
		kinds = mergeNearest(kinds)
	}
	return kinds, true
}

// states numbers the ways to have held some of each kind, and counts them.
func states(kinds []alike) int {
	n := 1
	for i := range kinds {
		kinds[i].step = n
		n *= kinds[i].most + 1
		if n > maxStates {
			return n
		}
	}
	return n
}

// mergeNearest throws the two kinds together that differ by the fewest slots.
func mergeNearest(kinds []alike) []alike {
	a, b, least := 0, 1, maxSlots+1
	for i := range kinds {
		for j := range i {
			k, l := kinds[i].slots, kinds[j].slots
			if n := k.or(l).without(k.and(l)).count(); n < least {
				a, b, least = j, i, n
			}
		}
	}
	kinds[a].slots = kinds[a].slots.or(kinds[b].slots)
	kinds[a].most += kinds[b].most
	kinds[a].least += kinds[b].least
	kinds[b] = kinds[len(kinds)-1]
	return kinds[:len(kinds)-1]
}

// days holds, of all the ways to have spent the slots so far, the fewest
// stretches of meetings: by what was held, and whether the last slot has a
// meeting.
type days struct {
	kinds []alike
	taken slotSet // slots with a meeting in any case
	now   [2][]int32
	then  [2][]int32
}

func newDays(kinds []alike) *days {
	d := &days{}
	for _, k := range kinds {
		if k.slots.count() == k.least {
			d.taken = d.taken.or(k.slots)
		} else {
			d.kinds = append(d.kinds, k)
		}
	}
	n := states(d.kinds)
	for i := range d.now {
		d.now[i], d.then[i] = make([]int32, n), make([]int32, n)
		for j := range n {
			d.now[i][j] = impossible
		}
	}
	d.now[0][0] = 0
	return d
}

// next spends slot t, without a meeting or with one of a kind.
func (d *days) next(t int) {
	for i, n := range d.now[0] {
		d.then[0][i] = min(n, d.now[1][i])
		d.then[1][i] = impossible
		if d.taken.has(t) {
			d.then[0][i], d.then[1][i] = impossible, min(d.now[1][i], d.now[0][i]+1)
		}
	}
	for _, k := range d.kinds {
		if !k.slots.has(t) || d.taken.has(t) {
			continue
		}
		for i := k.step; i < len(d.now[0]); i++ {
			if i/k.step%(k.most+1) == 0 {
				continue // none of this kind
			}
			d.then[1][i] = min(d.then[1][i], d.now[1][i-k.step], d.now[0][i-k.step]+1)
		}
	}
	d.now, d.then = d.then, d.now
}

// fewest is the fewest stretches with enough of each kind.
func (d *days) fewest() int {
	best := int32(impossible)
	for i, n := range d.now[0] {
		ok := true
		for _, k := range d.kinds {
			ok = ok && i/k.step%(k.most+1) >= k.least
		}
		if ok {
			best = min(best, n, d.now[1][i])
		}
	}
	return int(best)
}
