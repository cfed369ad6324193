package match

import (
	"context"
	"time"
)

// Options say how to solve a problem.
type Options struct {
	Seed uint64 // what chance is drawn from
	// Budget is how much work may be done: counted in steps, of which a common
	// machine of 2026 does so many a second on one core. The clock is never
	// asked. 0: ten seconds.
	Budget time.Duration
	// Workers is how many cores may be used at once; 0: two. The answer does
	// not depend on it.
	Workers int
	// Previous is a schedule that people know. Then what counts is, in this
	// order: required meetings, weight, few meetings moved from their slots
	// there, few gaps.
	Previous *Solution
	// Progress, if not nil, is called now and then.
	Progress func(Progress)
}

// Progress says how far Solve is.
type Progress struct {
	Done        float64 // of the budget, 0 to 1
	Found       bool    // there is a schedule, of this weight and so many gaps
	Weight      int
	WeightBound int
	Gaps        int
	GapsBound   int
}

// Solve looks for the best schedule of p, and proves how good it is. When ctx is
// cancelled it returns the best so far. The error says where p is malformed.
//
// The same problem with the same options has the same answer, unless ctx ends it
// early.
func Solve(ctx context.Context, p *Problem, o Options) (*Solution, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if o.Budget <= 0 {
		o.Budget = 10 * time.Second
	}
	if o.Workers <= 0 {
		o.Workers = 2
	}
	in := compile(p)
	in.previous = in.slotsOf(o.Previous)
	team := newTeam(in, o)
	if !in.impossible() {
		team.run(ctx)
	} else {
		team.known.infeasible = true
	}
	return team.solution(ctx)
}

// slotsOf is a schedule by meeting.
func (in *instance) slotsOf(s *Solution) []int16 {
	if s == nil {
		return nil
	}
	slots := make([]int16, len(in.meetings))
	index := make(map[string]int, len(in.meetings))
	for m := range in.problem.Meetings {
		index[in.problem.Meetings[m].ID] = m
		slots[m] = -1
	}
	for _, a := range s.Assignment {
		if m, known := index[a.Meeting]; known && a.Slot >= 1 && a.Slot <= in.slots {
			slots[m] = int16(a.Slot - 1)
		}
	}
	return slots
}

// impossible reports whether it is plain without a search that there is no
// schedule.
func (in *instance) impossible() bool {
	if in.fault != nil {
		return true
	}
	for p := range in.people {
		if _, possible := in.leastGaps(p); !possible {
			return true
		}
	}
	return false
}

// solution is what the team knows, as an answer.
func (t *team) solution(ctx context.Context) (*Solution, error) {
	k := &t.known
	s := &Solution{
		Seed: t.options.Seed, Seconds: t.seconds(), Assignment: []Assignment{}, Conflict: []string{},
		WeightBound: k.weightBound, GapsBound: k.gapsBound,
	}
	switch {
	case k.infeasible:
		s.Status = Infeasible
		s.Reasons = explain(ctx, t.in.problem)
		for _, r := range s.Reasons {
			s.Conflict = append(s.Conflict, r.String())
		}
		s.WeightBound, s.GapsBound = 0, 0
		return s, nil
	case k.slots == nil:
		s.Status = Unknown
		return s, nil
	case k.optimal():
		s.Status = Optimal
	default:
		s.Status = Feasible
	}
	s.Weight, s.Gaps = k.worth.weight, k.worth.gaps
	var held []Assignment
	for m, slot := range k.slots {
		if slot >= 0 {
			held = append(held, Assignment{Meeting: t.in.problem.Meetings[m].ID, Slot: int(slot) + 1})
		}
	}
	seated, err := Seat(t.in.problem, held, t.seating())
	if err != nil {
		return nil, err
	}
	s.Assignment = append(s.Assignment, seated...)
	return s, nil
}

// seating has meetings that stay in their slots keep their tables.
func (t *team) seating() Seating {
	if t.options.Previous == nil {
		return Seating{}
	}
	return Seating{Previous: t.options.Previous.Assignment}
}
