package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

func upperCode(s string) string { return strings.ToUpper(cleanLine(s)) }

// SaveB2BGroup stores what a B2B group is for, for those who decide in it. A
// limit below what is taken keeps whoever is in.
func (d *Desk) SaveB2BGroup(ctx context.Context, by Actor, in *B2BGroup) (*B2BGroup, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return d.onB2B(ctx, by, in.ID, "b2b.save", "", func(_ *storage.Tx, b *B2BGroup) error {
		if b.Rev != in.Rev {
			return storage.ErrConflict
		}
		b.Aim, b.Country, b.Target, b.Public = in.Aim, in.Country, in.Target, in.Public
		b.Companies, b.People = in.Companies, in.People
		return nil
	})
}

// SetB2BState moves a group on: it stops recruiting, recruits again, or closes
// for good. Being there already is no error.
func (d *Desk) SetB2BState(ctx context.Context, by Actor, groupID string, state B2BState, reason string) (*B2BGroup, error) {
	return d.onB2B(ctx, by, groupID, "b2b."+string(state), reason, func(tx *storage.Tx, b *B2BGroup) error {
		if b.State == state {
			return errUnchanged
		}
		if !b.State.mayBecome(state) {
			return &Problem{Kind: Closed, Key: "b2b.no_such_step"}
		}
		b.State, b.StateAt, b.Reason = state, tx.Now(), cleanText(reason)
		return nil
	})
}

// SaveTarget stores a target of a group, a new one if in has no ID that is
// known. Members see how far the group has come with it.
func (d *Desk) SaveTarget(ctx context.Context, by Actor, groupID string, in GroupTarget) (*B2BGroup, error) {
	if in.State == "" {
		in.State = TargetToContact
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	return d.onB2B(ctx, by, groupID, "b2b.target", "", func(tx *storage.Tx, b *B2BGroup) error {
		in.ID = orNew(in.ID)
		i := slices.IndexFunc(b.Targets, func(t GroupTarget) bool { return t.ID == in.ID })
		if i < 0 {
			if len(b.Targets) >= maxTargets {
				return &Problem{Kind: Full, Key: "b2b.too_many_targets", Args: []any{"count", maxTargets}}
			}
			in.Changed = tx.Now()
			b.Targets = append(b.Targets, in)
			return nil
		}
		if in.Changed = b.Targets[i].Changed; b.Targets[i].State != in.State {
			in.Changed = tx.Now()
		}
		if b.Targets[i] == in {
			return errUnchanged
		}
		b.Targets[i] = in
		return nil
	})
}

// RemoveTarget takes a target off a group, and off the wishes for it when these
// are saved the next time. One that is not there is no error.
func (d *Desk) RemoveTarget(ctx context.Context, by Actor, groupID, targetID string) (*B2BGroup, error) {
	return d.onB2B(ctx, by, groupID, "b2b.target_remove", "", func(_ *storage.Tx, b *B2BGroup) error {
		n := len(b.Targets)
		b.Targets = slices.DeleteFunc(b.Targets, func(t GroupTarget) bool { return t.ID == targetID })
		if len(b.Targets) == n {
			return errUnchanged
		}
		return nil
	})
}

// errUnchanged ends a change that would change nothing; whoever asked gets what
// is there.
var errUnchanged = errors.New("unchanged")

// onB2B changes a group that is not closed, for those who decide in it.
func (d *Desk) onB2B(ctx context.Context, by Actor, groupID, action, reason string, change func(*storage.Tx, *B2BGroup) error) (out *B2BGroup, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			a, err := keptB2B(tx, by, groupID)
			if err != nil {
				return err
			}
			out = a.b
			err = change(tx, a.b)
			switch {
			case errors.Is(err, errUnchanged):
				return nil
			case err != nil:
				return err
			case a.b.State == B2BClosed && action != "b2b.closed":
				return &Problem{Kind: Closed, Key: "b2b.is_closed"}
			}
			if err := b2bGroups.Put(tx, a.b); err != nil {
				return err
			}
			return d.log(tx, by, action, a.g.ID, a.g.ID, a.g.Slug, cleanText(reason))
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, groupID, changedMeanwhile(err))
	}
	return out, nil
}
