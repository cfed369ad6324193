package match

import (
	"context"
	"slices"

	"kohtaamo/scheduling/match/sat"
)

// What may be spent on a conflict, in the solver's: to find one, and to leave
// something out of it.
const (
	conflictWithin = 200_000
	leaveOutWithin = 2_000
)

// explain says why the required meetings of p, which is infeasible, cannot all
// be held: simply, if there are simple reasons; else whose meetings and which
// rules are in each other's way.
func explain(ctx context.Context, p *Problem) []Reason {
	if simple := Conflicts(p); len(simple) > 0 {
		return simple
	}
	in := prepare(p)
	in.settle()
	e := newGuardedEncoding(in)
	e.Pause(quantum, func() bool { return ctx.Err() == nil })
	guards := e.guards()
	if e.SolveWithin(conflictWithin, guards...) == sat.Unsatisfiable {
		guards = e.fewest(slices.Clone(e.Core()))
	}
	return []Reason{e.reason(guards)}
}

// newGuardedEncoding has only the required meetings, and a guard for every rule.
func newGuardedEncoding(in *instance) *encoding {
	for m := range in.meetings {
		if q := &in.meetings[m]; !q.required {
			q.domain = slotSet{}
		}
	}
	in.settle()
	e := &encoding{Solver: sat.New(), in: in, style: style{trees: true}}
	news := func(n int) []sat.Lit {
		guards := make([]sat.Lit, n)
		for i := range guards {
			guards[i] = e.NewVar()
		}
		return guards
	}
	e.who, e.order, e.rules = news(len(in.people)), news(len(in.meetings)), news(ruleCount)
	e.build()
	return e
}

// guards are those that stand for something.
func (e *encoding) guards() []sat.Lit {
	guards := []sat.Lit{e.rules[ruleTables]}
	if e.in.fairness >= 0 {
		guards = append(guards, e.rules[ruleFairness])
	}
	for m := range e.in.meetings {
		if len(e.in.meetings[m].after) > 0 {
			guards = append(guards, e.order[m])
		}
	}
	for p := range e.in.people {
		if len(e.in.people[p].meetings) > 0 || e.in.fairness >= 0 {
			guards = append(guards, e.who[p])
		}
	}
	return guards
}

// fewest leaves out of a conflict what it does not need, as far as that is
// quickly seen.
func (e *encoding) fewest(core []sat.Lit) []sat.Lit {
	for i := 0; i < len(core); {
		rest := slices.Delete(slices.Clone(core), i, i+1)
		if e.SolveWithin(leaveOutWithin, rest...) != sat.Unsatisfiable {
			i++
			continue
		}
		needed := e.Core()
		core = slices.DeleteFunc(rest, func(l sat.Lit) bool { return !slices.Contains(needed, l) })
		i = min(i, len(core))
	}
	return core
}

// reason names those that the guards are of.
func (e *encoding) reason(guards []sat.Lit) Reason {
	r := Reason{Kind: ReasonTogether}
	for p, g := range e.who {
		if slices.Contains(guards, g) {
			r.Participants = append(r.Participants, e.in.problem.Participants[p].ID)
		}
	}
	for m, g := range e.order {
		if slices.Contains(guards, g) {
			r.Meetings = append(r.Meetings, e.in.problem.Meetings[m].ID)
		}
	}
	if slices.Contains(guards, e.rules[ruleTables]) {
		r.Rules = append(r.Rules, ReasonTables)
	}
	if slices.Contains(guards, e.rules[ruleFairness]) {
		r.Rules = append(r.Rules, ReasonFairness)
	}
	return r
}
