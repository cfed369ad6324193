package match

import "kohtaamo/scheduling/match/sat"

// A prover decides a problem exactly, through clauses. First it finds the
// greatest weight, then the fewest gaps at that weight.
type prover struct {
	e     *encoding
	known known // what this prover knows: its own findings, and what it is told
	// rest waits for the others, and is told what they know; false: stop.
	rest    func() bool
	stopped bool
	fixed   bool // the clauses hold only schedules of the weight known.weightBound
	// chase: while the bound rises, schedules with fewer gaps are sought too.
}

// quantum is the work after which a prover waits for the others.
const quantum = 3_000_000

// newProver makes the clauses. in has no fault.
func newProver(in *instance, st style, so known, rest func() bool) *prover {
	p := &prover{known: so, rest: rest}
	p.e = encode(in, sat.New(), st)
	p.e.Pause(quantum, p.pause)
	return p
}

// pause ends the solver's call where there is no sense in going on.
func (p *prover) pause() bool {
	p.stopped = p.stopped || !p.rest() || p.known.settled()
	return !p.stopped
}

// solve is the solver's, with its answers noted. Without an answer the budget
// of conflicts is spent (0: there is none), or the prover stopped.
func (p *prover) solve(conflicts int64, assume ...sat.Lit) sat.Result {
	result := p.e.SolveWithin(conflicts, assume...)
	switch {
	case result == sat.Satisfiable:
		p.known.find(p.e.in, p.e.schedule())
	case result == sat.Unsatisfiable && len(p.e.Core()) == 0 && !p.fixed:
		p.known.infeasible = true
	}
	p.stopped = p.stopped || p.known.settled()
	return result
}

// climb proves by rising bounds: with cores.
func (p *prover) climb() {
	if !p.heaviest() {
		return
	}
	p.known.raiseGaps(p.known.weightBound, p.e.forced)
	c := newCores(p, p.e.forced, func(gaps int) { p.known.raiseGaps(p.known.weightBound, gaps) })
	for _, l := range p.e.costs() {
		c.add(l, 1)
	}
	c.run()
}

// heaviest leaves only the schedules of the greatest weight; false: the prover
// stopped before.
func (p *prover) heaviest() bool {
	total := 0
	for i := range p.e.in.meetings {
		total += p.e.in.meetings[i].weight
	}
	c := newCores(p, 0, func(lost int) { p.known.lowerWeight(total - lost) })
	for i := range p.e.in.meetings {
		if m := &p.e.in.meetings[i]; !m.required && m.weight > 0 {
			c.add(-p.e.held[i], m.weight)
		}
	}
	if !c.run() {
		return false
	}
	for _, l := range c.order {
		p.e.Add(-l)
	}
	p.fixed = true
	return true
}

// descend looks for better and better schedules, until there is none.
func (p *prover) descend() {
	if !p.heaviest() {
		return
	}
	costs := p.e.costs()
	var count []sat.Lit
	for {
		if p.known.slots != nil && p.known.weight == p.known.weightBound {
			most := p.known.gaps - p.e.forced
			if count == nil {
				count = p.e.totalizer(costs, most, false)
			}
			if most <= 0 {
				p.known.raiseGaps(p.known.weightBound, p.known.gaps)
				return
			}
			p.e.Add(-count[most-1])
		}
		switch p.solve(0) {
		case sat.Unknown:
			return
		case sat.Unsatisfiable:
			if p.known.slots != nil {
				p.known.raiseGaps(p.known.weightBound, p.known.gaps)
			}
			return
		}
	}
}
