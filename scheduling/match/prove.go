package match

import "kohtaamo/scheduling/match/sat"

// A prover decides a problem exactly, through clauses: first the greatest
// weight, then the fewest meetings moved from the previous schedule, then the
// fewest gaps.
type prover struct {
	*encoding
	known *known
	rest  func() bool // waits for the others, who may tell news; false: stop
	fixed bool        // the clauses leave out schedules that are worth less
	over  bool        // nothing is left to do
	moved int         // meetings that must be moved from their previous slots

	low    int // gaps that there are at least in what the clauses leave
	target int // the call at hand looks for fewer gaps than this; 0: it is for something else
}

// proving is the job of a prover with one style: in its way it raises the bound
// on the gaps, or looks for schedules with fewer.
func proving(in *instance, st style, way func(*prover)) job {
	return func(k *known, rest func() bool) {
		p := &prover{encoding: newEncoding(in, st), known: k, rest: rest}
		p.Pause(quantum, p.pause)
		if !p.heaviest() || !p.unmoved() {
			return
		}
		way(p)
	}
}

// pause ends the solver's call where there is no sense in going on.
func (p *prover) pause() bool {
	p.over = p.over || !p.rest() || p.known.settled()
	return !p.over && !p.outdone()
}

// ready reports whether the best schedule is worth as much as one can be, but
// for its gaps.
func (p *prover) ready() bool {
	return p.known.worth.weight == p.known.weightBound && p.known.worth.moved <= p.moved
}

// solve is the solver's, with its answers noted. Unknown means that the budget of
// conflicts is spent (0: there is none), or that the prover is over.
func (p *prover) solve(conflicts int64, assume ...sat.Lit) sat.Result {
	if p.over {
		return sat.Unknown
	}
	result := p.SolveWithin(conflicts, assume...)
	switch {
	case result == sat.Satisfiable:
		p.known.find(p.in, p.schedule())
	case result == sat.Unsatisfiable && len(p.Core()) == 0 && !p.fixed:
		p.known.infeasible = true
	}
	p.over = p.over || p.known.settled()
	return result
}

// heaviest leaves only the schedules of the greatest weight. Like all steps it
// is false where the prover was over before its end.
func (p *prover) heaviest() bool {
	total := 0
	c := newCores(p, 0, func(lost int) { p.known.lowerWeight(total - lost) })
	for i := range p.in.meetings {
		m := &p.in.meetings[i]
		total += m.weight
		if !m.required && m.weight > 0 {
			c.add(-p.held[i], m.weight)
		}
	}
	if len(c.order) == 0 {
		p.known.lowerWeight(total)
		return true
	}
	return c.run() && p.keep(c)
}

// unmoved leaves only the schedules with the fewest meetings moved from their
// previous slots.
func (p *prover) unmoved() bool {
	c := newCores(p, 0, func(moved int) { p.moved = moved })
	for m, t := range p.in.previous {
		if t >= 0 {
			c.add(-p.at[m][t], 1)
		}
	}
	return len(c.order) == 0 || c.run() && p.keep(c)
}

// keep leaves only the solutions that cost what has been paid.
func (p *prover) keep(c *cores) bool {
	for _, l := range c.order {
		p.Add(-l)
	}
	p.fixed = true
	return !p.over
}

// raise notes a bound on the gaps.
func (p *prover) raise(gaps int) {
	p.low = max(p.low, gaps)
	if p.moved == 0 {
		p.known.raiseGaps(p.known.weightBound, gaps)
	}
	p.known.closed = p.known.closed || p.known.slots != nil && p.ready() && p.known.worth.gaps <= p.low
	p.over = p.over || p.known.settled()
}

// climbs raises the bound on the gaps until there is a schedule at the bound.
func climbs(p *prover) {
	c := newCores(p, p.forced, func(gaps int) {
		p.raise(gaps)
		p.target = gaps + 2
	})
	for _, l := range p.costs() {
		c.add(l, 1)
	}
	if c.run() {
		p.known.closed = true
	} else if !p.over && p.outdone() {
		p.last(c)
	}
}

// last asks the only question that is left once a schedule is known with one gap
// more than the bound: is there one at the bound? Then what is not paid for need
// not be assumed any more, but can be left out for good, which is quicker.
func (p *prover) last(c *cores) {
	p.target = 0
	if !p.keep(c) {
		return
	}
	switch p.solve(0) {
	case sat.Satisfiable:
		p.known.closed = true
	case sat.Unsatisfiable:
		p.raise(c.paid + 1)
	}
}
