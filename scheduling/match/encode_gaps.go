package match

import "kohtaamo/scheduling/match/sat"

// addGaps counts the gaps of a participant. A gap ends where they are busy, were
// not the slot before, but had been at some time.
func (e *encoding) addGaps(p int) {
	most := e.in.mostGaps(p)
	least, possible := e.in.leastGaps(p)
	if !possible || least > most {
		e.Add()
		most, least = 0, 0
	}
	e.forced += least
	e.least = append(e.least, least)
	if most == 0 {
		e.gaps = append(e.gaps, nil)
		return
	}
	var ends []sat.Lit
	last := -1 // the slot of the last of ends
	for t := range e.in.people[p].free.all() {
		if t == 0 || e.seen[p][t-1][1] == -e.yes {
			continue
		}
		end := e.gapEnd(p, t)
		if last == t-1 && len(ends) > 0 {
			e.Add(-end, -ends[len(ends)-1])
		}
		ends, last = append(ends, end), t
	}
	count := e.totalizer(ends, most+1, true)
	for i, l := range count {
		switch {
		case i < least:
			e.Add(l)
		case i >= most:
			e.Add(-l)
		}
	}
	count = count[:min(most, len(count))]
	e.gaps = append(e.gaps, count)
	e.addFirstGap(p)
}

// addFirstGap says of a participant without gaps that they are busy from their
// first meeting to their last, and have one meeting more after each slot in
// between: so when the last one is says when the first one was. That follows from
// the rest, but only once it is known where a gap ends.
func (e *encoding) addFirstGap(p int) {
	required := e.in.people[p].required
	if len(e.gaps[p]) == 0 || required == 0 {
		return
	}
	for t := range e.in.slots - 1 {
		begun, done := e.seen[p][t][1], countAt(e, e.seen[p][t], required)
		e.Add(e.gaps[p][0], -begun, done, e.busy[p][t+1])
		for k := 1; k < required; k++ {
			e.Add(e.gaps[p][0], -countAt(e, e.seen[p][t], k), countAt(e, e.seen[p][t+1], k+1))
		}
	}
}

// gapEnd is true if and only if a gap of p ends just before slot t.
func (e *encoding) gapEnd(p, t int) sat.Lit {
	end, busy, before, seen := e.NewVar(), e.busy[p][t], e.busy[p][t-1], e.seen[p][t-1][1]
	e.Add(-busy, before, -seen, end)
	e.Add(-end, seen)
	e.Add(-end, busy)
	e.Add(-end, -before)
	return end
}

// costs are literals of which each true one is a gap, beside the forced ones.
func (e *encoding) costs() []sat.Lit {
	var costs []sat.Lit
	for p := range e.gaps {
		costs = append(costs, e.gaps[p][min(e.least[p], len(e.gaps[p])):]...)
	}
	return costs
}

// addFairness has nobody with so many gaps more than another: for some number,
// everybody has that many or more, and nobody more than the fairness above.
func (e *encoding) addFairness() {
	d := e.in.fairness
	if d < 0 {
		return
	}
	most := e.in.slots
	for _, g := range e.gaps {
		most = min(most, len(g))
	}
	var numbers []sat.Lit
	for n := range most + 1 {
		choice := e.yes
		if most > 0 {
			choice = e.NewVar()
		}
		numbers = append(numbers, choice)
		for _, g := range e.gaps {
			if n > 0 {
				e.Add(-choice, g[n-1])
			}
			if n+d < len(g) {
				e.Add(-choice, -g[n+d])
			}
		}
	}
	e.Add(numbers...)
}
