package match

import "kohtaamo/scheduling/match/sat"

// seekWithin is how many conflicts a first try to find a schedule may take.
const seekWithin = 3_000

// A seeker looks for schedules with fewer gaps than the best there is.
type seeker struct {
	*prover
	count []sat.Lit // of all gaps beside the forced ones, as far as it matters
}

// seek looks for schedules with fewer gaps: half-way to the bound while that is
// quick, then at the bound, with more and more patience. What it proves not to
// be there raises the bound.
func (p *prover) seek() {
	p.raise(p.forced)
	s := &seeker{prover: p}
	for patience := int64(seekWithin); !p.over; patience += patience / 2 {
		if p.known.slots == nil || !p.ready() {
			p.solve(patience)
			continue
		}
		if s.count == nil {
			s.count = p.totalizer(p.costs(), p.known.worth.gaps-p.forced+1, false)
		}
		for s.try((p.lowest()+p.known.worth.gaps-1)/2, patience) {
		}
		s.try(p.lowest(), patience)
	}
}

// lowest is a number of gaps that the schedules left to this prover are not
// below.
func (p *prover) lowest() int {
	if p.moved == 0 {
		p.low = max(p.low, p.known.gapsBound)
	}
	return p.low
}

// try looks for a schedule with so many gaps at most. False: none was found.
func (s *seeker) try(gaps int, patience int64) bool {
	if s.lowest() >= s.known.worth.gaps {
		s.known.closed, s.over = true, true
	}
	at := gaps - s.forced
	if s.over || gaps < s.lowest() || at >= len(s.count) {
		return false
	}
	s.target = gaps + 1
	result := s.solve(patience, -s.count[at])
	s.target = 0
	if result == sat.Unsatisfiable {
		s.Add(s.count[at])
		s.raise(gaps + 1)
	}
	return result == sat.Satisfiable
}
