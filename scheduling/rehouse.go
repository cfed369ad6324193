package scheduling

import (
	"context"
	"slices"

	"kohtaamo/storage"
)

// rehouse finds other places for published meetings of r whose slot or table r
// does not have any more, or has at another time: the best free one for each,
// at the same time if there is a table. Whoever is concerned is told, once. It
// is refused, and nothing changes, if one of them has no place.
func (d *Desk) rehouse(tx *storage.Tx, by Actor, r *Round, lost []*Meeting) error {
	plan, err := d.planOf(tx, r, solveOptions{})
	if err != nil {
		return err
	}
	gone := map[string]bool{}
	for _, m := range lost {
		gone[m.ID] = true
	}
	dr := plan.draftOf(slices.DeleteFunc(plan.published(), func(x Placed) bool { return gone[x.MeetingID] }))
	c := &change{}
	for _, m := range lost {
		x := plan.byMeeting(m.ID)
		if x == nil || m.State != MeetingPublished {
			return &Problem{Kind: Closed, Key: "board.rehouse_over", Args: []any{"names", m.label()}}
		}
		to, ok := dr.newHome(x, m)
		if !ok {
			return &Problem{Kind: Full, Key: "board.rehouse_full", Args: []any{"names", m.label()}}
		}
		dr.put(x.placed(to.Slot.ID, to.Table.ID))
		c.move = append(c.move, move{x.meeting, to.Slot.ID, to.Table.ID})
	}
	if err := d.makeChange(tx, by, plan, c); err != nil {
		return clashInWords(err)
	}
	return d.tellChange(tx, r, c)
}

// newHome is the place for x that is nearest to where it was: another table at
// the same time, else the best of all.
func (d *draft) newHome(x *planned, m *Meeting) (Spot, bool) {
	spots := d.spots(x)
	if i := slices.IndexFunc(spots, func(s Spot) bool { return s.Slot.ID == m.Slot }); i >= 0 {
		return spots[i], true
	}
	if len(spots) == 0 {
		return Spot{}, false
	}
	return spots[0], true
}

// byMeeting finds what stands for a published meeting.
func (p *plan) byMeeting(id string) *planned {
	i := slices.IndexFunc(p.items, func(x *planned) bool { return x.meeting != nil && x.meeting.ID == id })
	if i < 0 {
		return nil
	}
	return p.items[i]
}

// SaveRoundMoving is SaveRound, and moves meetings that lose their slot or table
// by the change instead of refusing it; see rehouse.
func (d *Desk) SaveRoundMoving(ctx context.Context, by Actor, in *Round) (*Round, error) {
	return d.saveRound(ctx, by, in, (*Desk).rehouse)
}
