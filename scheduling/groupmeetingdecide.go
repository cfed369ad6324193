package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// keptGathering gives a gathering to those who decide in its group.
func keptGathering(tx *storage.Tx, by Actor, id string) (*b2bAccess, *Gathering, error) {
	g, err := gatherings.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	a, err := keptB2B(tx, by, g.GroupID)
	return a, g, err
}

// onGathering changes a gathering for those who decide in its group.
func (d *Desk) onGathering(ctx context.Context, by Actor, id, action, reason string, change func(*storage.Tx, *Group, *Gathering) error) (out *Gathering, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			a, g, err := keptGathering(tx, by, id)
			if err != nil {
				return err
			}
			out = g
			err = change(tx, a.g, g)
			if errors.Is(err, errUnchanged) {
				return nil
			}
			if err != nil {
				return err
			}
			return d.putGathering(tx, by, a.g, g, action, cleanText(reason))
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return out, nil
}

// ConfirmGathering lets a gathering take place below its quorum: at the time
// given where it has none yet, else at its own. It stands then as long as those
// come who come now.
func (d *Desk) ConfirmGathering(ctx context.Context, by Actor, id, timeID string) (*Gathering, error) {
	return d.onGathering(ctx, by, id, "gathering.confirm", "", func(tx *storage.Tx, grp *Group, g *Gathering) error {
		switch g.State {
		case GatheringConfirmed:
			return errUnchanged
		case GatheringAtRisk:
			if g.Stood = g.coming(g.Chosen); len(g.Stood) == 0 {
				return &Problem{Kind: Closed, Key: "b2b.nobody_comes"}
			}
			g.State = GatheringConfirmed // who comes knows it as confirmed already
			return nil
		case GatheringTentative:
		default:
			return &Problem{Kind: Closed, Key: "b2b.meeting_over"}
		}
		t, ok := g.TimeOf(timeID)
		if !ok || !t.Starts.After(tx.Now()) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"time": "problem.choice"}}
		}
		if err := d.excuse(tx, g, t); err != nil {
			return err
		}
		if g.Stood = g.coming(t.ID); len(g.Stood) == 0 {
			return &Problem{Kind: Closed, Key: "b2b.nobody_comes"}
		}
		if g.Count(t).Meets {
			g.Stood = nil
		}
		return d.confirm(tx, grp, g, t)
	})
}

// MoveGathering gives a gathering that has its time another one: one of its
// times, with the answers that it has, or a new one, about which everybody is
// asked again.
func (d *Desk) MoveGathering(ctx context.Context, by Actor, id string, starts time.Time) (*Gathering, error) {
	return d.onGathering(ctx, by, id, "gathering.move", "", func(tx *storage.Tx, grp *Group, g *Gathering) error {
		if !g.State.Open() || !g.State.Fixed() {
			return &Problem{Kind: Closed, Key: "b2b.not_fixed"}
		}
		if g.Starts.Equal(starts) {
			return errUnchanged
		}
		if err := free(tx, g.ID); err != nil {
			return err
		}
		g.State, g.Chosen, g.Starts, g.Ends, g.Stood, g.AnswerBy = GatheringTentative, "", time.Time{}, time.Time{}, nil, time.Time{}
		g.takeTimes([]time.Time{starts}, tx.Now())
		if err := g.check(tx.Now()); err != nil {
			return err
		}
		g.changed(tx.Now())
		state, t, err := d.following(tx, g)
		if err != nil {
			return err
		}
		if state == GatheringConfirmed {
			return d.confirm(tx, grp, g, t)
		}
		return d.askEverybody(tx, grp, g)
	})
}

// CancelGathering calls a gathering off and tells everybody who was asked.
// Done twice it is done once.
func (d *Desk) CancelGathering(ctx context.Context, by Actor, id, reason string) (*Gathering, error) {
	return d.onGathering(ctx, by, id, "gathering.cancel", reason, func(tx *storage.Tx, grp *Group, g *Gathering) error {
		switch g.State {
		case GatheringCancelled:
			return errUnchanged
		case GatheringHeld:
			return &Problem{Kind: Closed, Key: "b2b.meeting_over"}
		}
		return d.callOff(tx, grp, g, reason)
	})
}

func (d *Desk) callOff(tx *storage.Tx, grp *Group, g *Gathering, reason string) error {
	g.State, g.Reason, g.EndedAt = GatheringCancelled, cleanText(reason), tx.Now()
	g.changed(tx.Now())
	if err := free(tx, g.ID); err != nil {
		return err
	}
	return d.tellCancelled(tx, grp, g)
}

// HoldGathering notes that a gathering took place, once it has begun.
func (d *Desk) HoldGathering(ctx context.Context, by Actor, id string) (*Gathering, error) {
	return d.onGathering(ctx, by, id, "gathering.hold", "", func(tx *storage.Tx, _ *Group, g *Gathering) error {
		switch {
		case g.State == GatheringHeld:
			return errUnchanged
		case !g.State.Fixed() || tx.Now().Before(g.Starts):
			return &Problem{Kind: Closed, Key: "b2b.not_begun"}
		}
		g.State, g.EndedAt = GatheringHeld, tx.Now()
		return nil
	})
}
