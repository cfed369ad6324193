package match

import (
	"slices"

	"kohtaamo/scheduling/match/sat"
)

// A style is a choice between encodings that are equally right. Each is quick
// where the other is slow, and which of them a problem likes cannot be told
// beforehand; so both are tried side by side.
type style struct {
	// crowd: no more people are busy in a slot than its tables hold. That
	// follows from the rest, but prunes earlier; it costs a large counter.
	crowd bool
	// trees: counters are totalizers (Bailleux and Boufkhad, "Efficient CNF
	// encoding of Boolean cardinality constraints", 2003), else sequential ones
	// (Sinz, "Towards an optimal CNF encoding of Boolean cardinality
	// constraints", 2005).
	trees bool
}

// An encoding is an instance in clauses: a solution of them is a schedule that
// keeps all rules.
type encoding struct {
	*sat.Solver
	in    *instance
	style style
	yes   sat.Lit // is true

	at   [][]sat.Lit   // meeting, slot: it is there
	held []sat.Lit     // meeting
	busy [][]sat.Lit   // person, slot
	seen [][][]sat.Lit // person, slot, k: k meetings or more until the end of that slot
	gaps [][]sat.Lit   // person, k: more than k gaps

	// Where it is asked which rules are in each other's way, each has a guard:
	// it is only kept while that is true.
	who, order, rules []sat.Lit // by person, by later meeting, by rule
	guard             sat.Lit   // of the clauses being added; 0: none

	forced int // gaps that there are in every schedule; they are not among costs
}

// newEncoding puts an instance into clauses. in has no fault.
func newEncoding(in *instance, st style) *encoding {
	e := &encoding{Solver: sat.New(), in: in, style: st}
	e.build()
	return e
}

// build adds all clauses.
func (e *encoding) build() {
	e.yes = e.NewVar()
	e.Add(e.yes)
	e.addMeetings()
	e.addPeople()
	e.addTables()
	for p := range e.in.people {
		e.guarded(e.who, p, func() { e.addGaps(p) })
	}
	e.guarded(e.rules, ruleFairness, e.addFairness)
	e.addOrder()
}

// Add adds a clause, under the guard of the rule at hand.
func (e *encoding) Add(clause ...sat.Lit) {
	if e.guard != 0 {
		clause = append(slices.Clip(clause), -e.guard)
	}
	e.Solver.Add(clause...)
}

// guarded runs add with the i-th of the guards; if there are none, with none.
func (e *encoding) guarded(guards []sat.Lit, i int, add func()) {
	if i < len(guards) {
		e.guard = guards[i]
	}
	add()
	e.guard = 0
}

// The rules that are nobody's and no meeting's, as guards know them.
const (
	ruleTables = iota
	ruleFairness
	ruleCount
)

// addMeetings has every meeting in one slot, or perhaps none.
func (e *encoding) addMeetings() {
	e.at = make([][]sat.Lit, len(e.in.meetings))
	e.held = make([]sat.Lit, len(e.in.meetings))
	for i := range e.in.meetings {
		m := &e.in.meetings[i]
		e.at[i] = slices.Repeat([]sat.Lit{-e.yes}, e.in.slots)
		var choices []sat.Lit
		for t := range m.domain.all() {
			e.at[i][t] = e.NewVar()
			choices = append(choices, e.at[i][t])
		}
		switch {
		case len(choices) == 0:
			e.held[i] = -e.yes
			continue
		case m.required:
			e.held[i] = e.yes
			e.Add(choices...)
		default:
			e.held[i] = e.either(choices)
		}
		e.atMostOne(choices)
	}
}

// either is a literal that is true if and only if one of ls is.
func (e *encoding) either(ls []sat.Lit) sat.Lit {
	y := e.NewVar()
	e.Add(append([]sat.Lit{-y}, ls...)...)
	for _, l := range ls {
		e.Add(-l, y)
	}
	return y
}

// addPeople has nobody in two meetings at once or in more than they may, and
// counts everybody's meetings.
func (e *encoding) addPeople() {
	e.busy = make([][]sat.Lit, len(e.in.people))
	e.seen = make([][][]sat.Lit, len(e.in.people))
	for p := range e.in.people {
		e.guarded(e.who, p, func() { e.addPerson(p) })
	}
}

func (e *encoding) addPerson(p int) {
	q := &e.in.people[p]
	e.busy[p] = slices.Repeat([]sat.Lit{-e.yes}, e.in.slots)
	for t := range q.free.all() {
		var here []sat.Lit
		for _, m := range q.meetings {
			if e.in.meetings[m].domain.has(t) {
				here = append(here, e.at[m][t])
			}
		}
		e.atMostOne(here)
		e.busy[p][t] = e.either(here)
	}
	e.seen[p] = e.addCounts(p)
}

// addCounts counts the meetings of a participant from the first slot on, both
// ways: so many and no more. What is known of a count beforehand is put in: how
// many must be early, and how many late.
func (e *encoding) addCounts(p int) [][]sat.Lit {
	q := &e.in.people[p]
	counts := make([][]sat.Lit, e.in.slots)
	least, most := e.in.countBounds(p)
	before := []sat.Lit{e.yes}
	for t := range counts {
		now := make([]sat.Lit, q.limit+2)
		now[0] = e.yes
		for k := 1; k < len(now); k++ {
			switch {
			case k <= least[t]:
				now[k] = e.yes
			case k > most[t]:
				now[k] = -e.yes
			case !q.free.has(t):
				now[k] = countAt(e, before, k)
			default:
				now[k] = e.NewVar()
			}
		}
		e.linkCounts(before, now, e.busy[p][t])
		counts[t], before = now, now
	}
	return counts
}

// countAt is the k-th count of a list that ends where it is impossible.
func countAt(e *encoding, counts []sat.Lit, k int) sat.Lit {
	if k < len(counts) {
		return counts[k]
	}
	return -e.yes
}

// linkCounts says that now counts one more than before if the slot is busy.
func (e *encoding) linkCounts(before, now []sat.Lit, busy sat.Lit) {
	for k := 1; k < len(now); k++ {
		same, less := countAt(e, before, k), countAt(e, before, k-1)
		e.Add(-same, now[k])
		e.Add(-less, -busy, now[k])
		e.Add(-now[k], same, busy)
		e.Add(-now[k], less)
		e.Add(-now[k], now[k-1])
	}
}

// addTables has no more meetings in a slot than there are tables.
func (e *encoding) addTables() {
	clusters := e.in.clusters()
	for t := range e.in.slots {
		e.guarded(e.rules, ruleTables, func() { e.addTablesAt(t, clusters) })
		if e.style.crowd {
			e.addCrowd(t)
		}
	}
}

// addTablesAt does it for a slot. Meetings of one person exclude each other
// anyhow, so one counts for all of them.
func (e *encoding) addTablesAt(t int, clusters [][]int) {
	var counted []sat.Lit
	for _, list := range clusters {
		var here []sat.Lit
		for _, m := range list {
			if e.in.meetings[m].domain.has(t) {
				here = append(here, e.at[m][t])
			}
		}
		switch len(here) {
		case 0:
		case 1:
			counted = append(counted, here[0])
		default:
			some := e.NewVar()
			for _, l := range here {
				e.Add(-l, some)
			}
			counted = append(counted, some)
		}
	}
	e.atMost(counted, e.in.tables)
}

// addCrowd has no more people busy in a slot than its tables hold.
func (e *encoding) addCrowd(t int) {
	var sizes []int
	for i := range e.in.meetings {
		if m := &e.in.meetings[i]; m.domain.has(t) {
			sizes = append(sizes, len(m.people))
		}
	}
	slices.SortFunc(sizes, func(a, b int) int { return b - a })
	most := 0
	for _, n := range sizes[:min(len(sizes), e.in.tables)] {
		most += n
	}
	var who []int
	for p := range e.in.people {
		if e.in.people[p].free.has(t) {
			who = append(who, p)
		}
	}
	slices.SortStableFunc(who, func(a, b int) int { return e.in.people[b].limit - e.in.people[a].limit })
	busy := make([]sat.Lit, len(who))
	for i, p := range who {
		busy[i] = e.busy[p][t]
	}
	if most < len(busy) {
		e.Add(-e.totalizer(busy, most+1, false)[most])
	}
}

// addOrder has a meeting later than those it comes after, where both are held.
func (e *encoding) addOrder() {
	for m := range e.in.meetings {
		for _, a := range e.in.meetings[m].after {
			e.guarded(e.order, m, func() { e.addAfter(m, a) })
		}
	}
}

// addAfter has m later than a.
func (e *encoding) addAfter(m, a int) {
	for t := range e.in.meetings[m].domain.all() {
		earlier := e.in.meetings[a].domain.and(firstSlots(t))
		e.addImplied(-e.at[m][t], a, earlier)
	}
	for t := range e.in.meetings[a].domain.all() {
		later := e.in.meetings[m].domain.without(firstSlots(t + 1))
		e.addImplied(-e.at[a][t], m, later)
	}
}

// addImplied has m, if it is held, in one of the slots, unless otherwise.
func (e *encoding) addImplied(otherwise sat.Lit, m int, slots slotSet) {
	clause := []sat.Lit{otherwise, -e.held[m]}
	for t := range slots.all() {
		clause = append(clause, e.at[m][t])
	}
	e.Add(clause...)
}

// schedule is the solution that the solver has found: by meeting its slot, or
// -1.
func (e *encoding) schedule() []int16 {
	slots := make([]int16, len(e.at))
	for m := range e.at {
		slots[m] = -1
		for t := range e.in.meetings[m].domain.all() {
			if e.Value(e.at[m][t]) {
				slots[m] = int16(t)
			}
		}
	}
	return slots
}

// suggest has the solver try a schedule first.
func (e *encoding) suggest(slots []int16) {
	for p := range e.busy {
		for t := range e.in.people[p].free.all() {
			e.Suggest(-e.busy[p][t])
		}
	}
	for m, t := range slots {
		for other := range e.in.meetings[m].domain.all() {
			e.Suggest(-e.at[m][other])
		}
		if t < 0 {
			continue
		}
		e.Suggest(e.at[m][t])
		for _, p := range e.in.meetings[m].people {
			e.Suggest(e.busy[p][t])
		}
	}
}
