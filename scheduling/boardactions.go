package scheduling

import (
	"context"
	"fmt"

	"kohtaamo/storage"
)

// A RefusedMove is the Problem of a move that would break a rule: the first of what
// Breaks says.
type RefusedMove struct {
	Problem
	Breaks []Said
}

// Unwrap gives the Problem.
func (r *RefusedMove) Unwrap() error { return &r.Problem }

func refused(breaks []Said) error {
	return &RefusedMove{Problem{Kind: Closed, Key: breaks[0].Key, Args: breaks[0].Args()}, breaks}
}

// A BoardMove is a Move with where it is made, and what the board showed.
type BoardMove struct {
	Move
	Proposal string // "" or BasedOnPublished: the published schedule
	Rev      int64  // of the proposal, or of the published meeting; 0: whatever it is
	Reason   string // for those who are told of a published meeting's end
}

// MoveOnBoard makes a move by hand: of a draft, or of the published schedule, in
// which case all who are concerned are told, once. It is judged like every
// other: what breaks a rule is a RefusedMove and changes nothing. A board that
// somebody else has changed since is a Problem of kind Changed.
func (d *Desk) MoveOnBoard(ctx context.Context, by Actor, roundID string, m BoardMove) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		dr, p, err := d.onBoard(tx, by, roundID, m.Proposal)
		if err != nil {
			return err
		}
		return d.moveIn(tx, by, dr, p, m)
	})
	if err != nil {
		return fmt.Errorf("move on the board of round %s: %w", roundID, changedMeanwhile(err))
	}
	return nil
}

// PlaceBest gives a meeting without a place the best free one: few gaps, then
// early. The Problem of kind Full says that there is none.
func (d *Desk) PlaceBest(ctx context.Context, by Actor, roundID, proposalID, key string, rev int64) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		dr, p, err := d.onBoard(tx, by, roundID, proposalID)
		if err != nil {
			return err
		}
		x := dr.plan.byKey[key]
		if x == nil {
			return errHidden
		}
		if _, there := dr.at[key]; there { // pressed twice
			return nil
		}
		spots := dr.spots(x)
		if len(spots) == 0 {
			return &Problem{Kind: Full, Key: "board.no_spot"}
		}
		to := Move{Key: key, Slot: spots[0].Slot.ID, Table: spots[0].Table.ID}
		return d.moveIn(tx, by, dr, p, BoardMove{Move: to, Proposal: proposalID, Rev: rev})
	})
	if err != nil {
		return fmt.Errorf("place on the board of round %s: %w", roundID, changedMeanwhile(err))
	}
	return nil
}

// PlaceIn places a request of a proposal at a slot and table.
func (d *Desk) PlaceIn(ctx context.Context, by Actor, proposalID, requestID, slot, table string) error {
	p, err := d.Proposal(ctx, by, proposalID)
	if err != nil {
		return err
	}
	return d.MoveOnBoard(ctx, by, p.Round.ID, BoardMove{Move: Move{Key: requestID, Slot: slot, Table: table}, Proposal: proposalID})
}

// moveIn judges and makes a move.
func (d *Desk) moveIn(tx *storage.Tx, by Actor, dr *draft, p *Proposal, m BoardMove) error {
	x := dr.plan.byKey[m.Key]
	if x == nil {
		return errHidden
	}
	if p == nil {
		return d.movePublished(tx, by, dr, x, m)
	}
	if err := editable(p, m.Rev); err != nil {
		return err
	}
	if v := dr.judge(m.Move); !v.OK {
		return refused(v.Breaks)
	}
	after := dr.with(m.Move, dr.table[spot{m.Slot, m.Table}])
	return d.putEdited(tx, by, dr.plan.round, p, after)
}

// editable says why a draft cannot be changed by somebody who saw it at a
// revision.
func editable(p *Proposal, rev int64) error {
	if !p.Open() {
		return &Problem{Kind: Closed, Key: "board.not_open"}
	}
	if rev != 0 && rev != p.Rev {
		return &Problem{Kind: Changed, Key: "problem.changed"}
	}
	return nil
}

func (d *Desk) putEdited(tx *storage.Tx, by Actor, r *Round, p *Proposal, after *draft) error {
	p.take(after)
	p.Edited = true
	if err := proposals.Put(tx, p); err != nil {
		return err
	}
	return d.log(tx, by, "proposal.edit", p.ID, r.ID, p.Name, "")
}

// Pin has a meeting stay where it is, whatever the solver or a hand does, or
// lets it go again.
func (d *Desk) Pin(ctx context.Context, by Actor, roundID, proposalID, key string, on bool) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		dr, p, err := d.onBoard(tx, by, roundID, proposalID)
		if err != nil {
			return err
		}
		at, ok := dr.at[key]
		if !ok {
			return errHidden
		}
		if at.Pinned == on {
			return nil
		}
		if p == nil {
			return d.pinPublished(tx, by, dr.plan.byKey[key].meeting, on)
		}
		if err := editable(p, 0); err != nil {
			return err
		}
		at.Pinned = on
		dr.put(at)
		return d.putEdited(tx, by, dr.plan.round, p, dr)
	})
	if err != nil {
		return fmt.Errorf("pin on the board of round %s: %w", roundID, changedMeanwhile(err))
	}
	return nil
}

func (d *Desk) pinPublished(tx *storage.Tx, by Actor, m *Meeting, on bool) error {
	m.Pinned = on
	if err := meetings.Put(tx, m); err != nil {
		return err
	}
	action := "meeting.unpin"
	if on {
		action = "meeting.pin"
	}
	return d.log(tx, by, action, m.ID, m.RoundID, m.label(), "")
}
