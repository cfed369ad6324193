package scheduling

import (
	"cmp"
	"context"
	"slices"

	"kohtaamo/storage"
)

// A Comparison is what differs between two schedules of a round.
type Comparison struct {
	Round  *Round
	A, B   Compared
	Moved  []Difference // in both, at another time
	Tables []Difference // in both at the same time, at another table
	OnlyA  []Difference
	OnlyB  []Difference
	Gain   []Balance // entrants who have more meetings, or ones that they want more, in B
	Lose   []Balance
}

// A Compared is one of two schedules with what it comes to, both counted alike.
type Compared struct {
	ID       string // BasedOnPublished or of the proposal
	Proposal *Proposal
	Meetings int
	Weight   int
	Gaps     int
	Left     int
}

// A Difference is a meeting that is not in the same place in both.
type Difference struct {
	Names string
	From  Spot // in A; zero if it is not there
	To    Spot
}

// A Balance is how an entrant fares in B beside A.
type Balance struct {
	Entrant              *Entrant
	MeetingsA, MeetingsB int
	WeightA, WeightB     int
	GapsA, GapsB         int
}

// CompareProposals says what differs between two proposals of a round, either
// of which can be what is published.
func (d *Desk) CompareProposals(ctx context.Context, by Actor, roundID, a, b string) (c *Comparison, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, roundID)
		if err != nil {
			return err
		}
		p, err := d.scheduleOf(tx, r, a)
		if err != nil {
			return err
		}
		q, err := d.scheduleOf(tx, r, b)
		if err != nil {
			return err
		}
		plan, err := d.planOf(tx, r, solveOptions{unanswered: p.Unanswered || q.Unanswered})
		if err != nil {
			return err
		}
		c = compared(plan.draftOf(p.Placed), plan.draftOf(q.Placed))
		c.A.ID, c.A.Proposal, c.B.ID, c.B.Proposal = a, p, b, q
		return nil
	})
	return c, err
}

func compared(a, b *draft) *Comparison {
	c := &Comparison{Round: a.plan.round, A: a.compared(), B: b.compared()}
	for _, x := range a.plan.items {
		p, inA := a.at[x.key]
		q, inB := b.at[x.key]
		diff := Difference{Names: a.plan.meetingName(x.key), From: a.plan.spotOf(p), To: a.plan.spotOf(q)}
		switch {
		case !inA && !inB:
		case !inB:
			c.OnlyA = append(c.OnlyA, diff)
		case !inA:
			c.OnlyB = append(c.OnlyB, diff)
		case p.Slot != q.Slot:
			c.Moved = append(c.Moved, diff)
		case p.Table != q.Table:
			c.Tables = append(c.Tables, diff)
		}
	}
	c.balance(a, b)
	return c
}

func (d *draft) compared() Compared {
	weight, gaps := d.score()
	return Compared{Meetings: len(d.at), Weight: weight, Gaps: gaps, Left: len(d.plan.items) - len(d.at)}
}

// spotOf gives a place with its slot and table; the zero one for none.
func (p *plan) spotOf(x Placed) (s Spot) {
	s.Slot = p.slot(x.Slot)
	if i, ok := p.hall.index[x.Table]; ok {
		s.Table = p.hall.tables[i]
	}
	return s
}

// balance sorts the entrants into those who fare better in b and those who fare
// worse: by the worth of their meetings, then by their gaps.
func (c *Comparison) balance(a, b *draft) {
	for id, e := range a.plan.entrants {
		x := Balance{Entrant: e, MeetingsA: len(a.busy[id]), MeetingsB: len(b.busy[id]), GapsA: a.gaps(id), GapsB: b.gaps(id)}
		x.WeightA, x.WeightB = a.weightOf(id), b.weightOf(id)
		switch better := cmp.Or(cmp.Compare(x.WeightB, x.WeightA), cmp.Compare(x.GapsA, x.GapsB)); {
		case better > 0:
			c.Gain = append(c.Gain, x)
		case better < 0:
			c.Lose = append(c.Lose, x)
		}
	}
	for _, list := range [][]Balance{c.Gain, c.Lose} {
		slices.SortFunc(list, func(x, y Balance) int {
			return cmp.Or(cmp.Compare(y.change(), x.change()), cmp.Compare(x.Entrant.Sort, y.Entrant.Sort), cmp.Compare(x.Entrant.ID, y.Entrant.ID))
		})
	}
}

// change is how much an entrant's weight differs.
func (b Balance) change() int { return max(b.WeightA-b.WeightB, b.WeightB-b.WeightA) }

// weightOf is the worth of one entrant's meetings.
func (d *draft) weightOf(id string) (n int) {
	for _, key := range d.busy[id] {
		n += d.plan.byKey[key].weight
	}
	return n
}
