package scheduling

import (
	"context"
	"fmt"

	"kohtaamo/scheduling/match"
)

// solved is what came of solving a plan.
type solved struct {
	draft    *draft
	status   match.Status
	weight   int // bounds
	gaps     int
	conflict []Said
}

// solve asks the solver, and gives what it finds tables. from is a schedule to
// stay close to. Whoever has no table in their slot, because of booths and ways,
// gets another place where there is one; the bounds stay true, for they were
// found as if there were no booths and no ways.
func (p *plan) solve(ctx context.Context, q *Proposal, from []Placed, progress func(match.Progress)) (*solved, error) {
	o := match.Options{Seed: q.Seed, Budget: q.Budget, Workers: 1, Progress: progress}
	if len(from) > 0 {
		o.Previous = &match.Solution{Assignment: p.assignment(from)}
	}
	s, err := match.Solve(ctx, p.problem, o)
	if err != nil {
		return nil, fmt.Errorf("a malformed problem: %w", err)
	}
	out := &solved{draft: p.draftOf(nil), status: s.Status, weight: s.WeightBound, gaps: s.GapsBound}
	if s.Status == match.Infeasible {
		out.conflict = p.conflicts(s.Conflict)
	}
	if len(s.Assignment) == 0 {
		if s.Status == match.Unknown {
			out.conflict = []Said{saying("board.conflict.unknown")}
		}
		return out, nil
	}
	out.draft = p.seated(s.Assignment, from)
	return out, out.check(s)
}

// check holds the schedule against the judge once more: what breaks a rule is
// never stored, whoever made the mistake.
func (s *solved) check(found *match.Solution) error {
	p := s.draft.plan
	for _, v := range match.CheckSchedule(p.problem, p.assignment(s.draft.placed())) {
		if v.Rule != match.RuleRequired { // of those without a table, Left tells
			return fmt.Errorf("the schedule breaks a rule: %s", v)
		}
	}
	if len(s.draft.at) < len(found.Assignment) && s.status == match.Optimal {
		s.status = match.Feasible
	}
	return nil
}

// seated gives the meetings of an answer their tables: those of the answer where
// all are alike and nobody sits anywhere yet, else by a seating.
func (p *plan) seated(answer []match.Assignment, from []Placed) *draft {
	fixed, slotOf, wish := false, map[string]string{}, map[string]string{}
	for _, a := range answer {
		x := p.byKey[a.Meeting]
		slotOf[x.key] = p.round.Slots[a.Slot-1].ID
		fixed = fixed || x.fixed != ""
	}
	for _, x := range from {
		if slotOf[x.Key()] == x.Slot { // what moves anyway has no table of its own
			wish[x.Key()] = x.Table
		}
	}
	if p.hall.alike && !fixed && len(from) == 0 {
		d := p.draftOf(nil)
		for _, a := range answer {
			d.put(p.byKey[a.Meeting].placed(slotOf[a.Meeting], p.hall.tables[a.Table-1].ID))
		}
		return d
	}
	d := p.seat(slotOf, wish)
	d.fill(d.left())
	return d
}

// into writes what came out into the proposal.
func (s *solved) into(q *Proposal) {
	q.State, q.Status, q.Conflict = ProposalReady, s.status, s.conflict
	q.take(s.draft)
	q.Relaxed = s.draft.plan.options.soft
	q.WeightBound, q.GapsBound = s.weight, s.gaps
	if len(q.Placed) == 0 && len(s.draft.plan.items) > 0 {
		q.State = ProposalFailed
	}
}
