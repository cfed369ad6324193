package match

import "kohtaamo/scheduling/match/sat"

// descend looks for schedules with fewer and fewer gaps, from the best there is
// on, until there is none (as MaxSAT: Le Berre and Parrain, "The Sat4j library",
// 2010). What others find it goes on from.
func (p *prover) descend() {
	p.raise(p.forced)
	var count []sat.Lit // of all gaps beside the forced ones, as far as it matters
	for !p.over {
		if p.known.slots == nil || !p.ready() {
			p.solve(0)
			continue
		}
		gaps := p.known.worth.gaps
		if gaps <= p.low {
			p.raise(gaps)
			return
		}
		if count == nil {
			count = p.totalizer(p.costs(), gaps-p.forced, false)
		}
		p.prefer(p.known.slots)
		if p.fewer(count, gaps) == sat.Unsatisfiable {
			p.raise(gaps)
		}
	}
}

// fewer looks for a schedule with fewer gaps than that, and from then on for no
// other.
func (p *prover) fewer(count []sat.Lit, gaps int) sat.Result {
	p.fixed, p.target = true, gaps
	defer func() { p.target = 0 }()
	p.Add(-count[gaps-p.forced-1])
	return p.solve(0)
}

// outdone reports whether another has found what the call at hand looks for.
func (p *prover) outdone() bool { return p.target > 0 && p.known.worth.gaps < p.target }

// prefer has the solver begin with a schedule.
func (p *prover) prefer(slots []int16) {
	for i := range p.in.people {
		for t := range p.in.people[i].free.all() {
			p.Prefer(-p.busy[i][t])
		}
	}
	for m := range p.in.meetings {
		for t := range p.in.meetings[m].domain.all() {
			if int(slots[m]) != t {
				p.Prefer(-p.at[m][t])
				continue
			}
			p.Prefer(p.at[m][t])
			for _, i := range p.in.meetings[m].people {
				p.Prefer(p.busy[i][t])
			}
		}
	}
}
