package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// errSameChain leaves a chain as it is.
var errSameChain = errors.New("the chain is so already")

// onChain changes a chain of by's; what that means for everybody concerned is
// worked out soon.
func (d *Desk) onChain(ctx context.Context, by Actor, id, action string, rev int64, fn func(tx *storage.Tx, c *Chain) error) (c *Chain, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if c, err = ownChain(tx, by, id); err != nil {
			return err
		}
		if rev != 0 && c.Rev != rev {
			return storage.ErrConflict
		}
		if err := fn(tx, c); errors.Is(err, errSameChain) {
			return nil
		} else if err != nil {
			return err
		}
		if err := chains.Put(tx, c); err != nil {
			return err
		}
		if err := d.chainChanged(tx, c); err != nil {
			return err
		}
		return d.log(tx, by, action, c.ID, c.EventID, c.label(), "")
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	d.sendSoon(ctx)
	return c, nil
}

// chainChanged promises that everybody at the events of c is looked at.
func (d *Desk) chainChanged(tx *storage.Tx, c *Chain) error {
	if !c.Trigger.OfEvents() {
		return nil // what runs is looked at when it is due
	}
	if c.EventID != "" {
		return d.promise(tx, &notice{EventID: c.EventID, Kind: noticeChains})
	}
	near, err := events.Find(tx, storage.Query{Where: []storage.Cond{
		{Field: "cluster_ids", Op: storage.Has, Value: c.ClusterID}, {Field: "ends", Op: storage.Gt, Value: tx.Now().Add(-chainReach)}}})
	if err != nil {
		return err
	}
	for _, e := range near {
		if e.State != Published || e.ClusterIDs[0] != c.ClusterID {
			continue
		}
		if err := d.promise(tx, &notice{EventID: e.ID, Kind: noticeChains}); err != nil {
			return err
		}
	}
	return nil
}

// SwitchChain switches a chain on or off. Switched on, it begins with whoever its
// trigger holds for, but makes up for nothing that was due before. Switched off,
// it sends nothing more.
func (d *Desk) SwitchChain(ctx context.Context, by Actor, id string, on bool) (*Chain, error) {
	action := "chain.off"
	if on {
		action = "chain.on"
	}
	return d.onChain(ctx, by, id, action, 0, func(tx *storage.Tx, c *Chain) error {
		switch {
		case c.On == on:
			return errSameChain
		case on && len(c.Steps) == 0:
			return &Problem{Kind: Closed, Key: "chain.no_steps"}
		}
		if c.On = on; on {
			c.Since = tx.Now()
		}
		return nil
	})
}

// SaveChain changes the name of a chain and what ends it.
func (d *Desk) SaveChain(ctx context.Context, by Actor, id string, rev int64, name Text, untilAnswered bool) (*Chain, error) {
	return d.onChain(ctx, by, id, "chain.edit", rev, func(_ *storage.Tx, c *Chain) error {
		c.Name, c.UntilAnswered = name, untilAnswered
		return c.check()
	})
}

// SaveStep changes a step of a chain, or adds one whose ID it has not yet. While
// the chain is on, a new step and a new time are only for what is still to come.
func (d *Desk) SaveStep(ctx context.Context, by Actor, id string, rev int64, step ChainStep) (*Chain, error) {
	return d.onChain(ctx, by, id, "chain.edit", rev, func(tx *storage.Tx, c *Chain) error {
		if err := c.checkStep(&step); err != nil {
			return err
		}
		step.ID = orNew(step.ID)
		c.putStep(step, tx.Now())
		if len(c.Steps) > maxSteps {
			return &Problem{Kind: Invalid, Key: "chain.too_many"}
		}
		return nil
	})
}

// RewriteChain changes all that can be changed about a chain at once. Steps keep
// what was sent by their IDs; those that are not among steps are dropped.
func (d *Desk) RewriteChain(ctx context.Context, by Actor, id string, rev int64, name Text, untilAnswered bool, steps []ChainStep) (*Chain, error) {
	return d.onChain(ctx, by, id, "chain.edit", rev, func(tx *storage.Tx, c *Chain) error {
		switch {
		case len(steps) > maxSteps:
			return &Problem{Kind: Invalid, Key: "chain.too_many"}
		case len(steps) == 0 && c.On:
			return &Problem{Kind: Closed, Key: "chain.no_steps"}
		}
		c.Name, c.UntilAnswered = name, untilAnswered
		kept := []ChainStep{}
		for _, step := range steps {
			if err := c.checkStep(&step); err != nil {
				return err
			}
			step.ID = orNew(step.ID)
			c.putStep(step, tx.Now())
			written, _ := c.Step(step.ID)
			kept = append(kept, written)
		}
		c.Steps = kept
		return c.check()
	})
}

// putStep puts a step where the one with its ID is, or at the end.
func (c *Chain) putStep(step ChainStep, now time.Time) {
	step.Since = now
	for i, old := range c.Steps {
		if old.ID == step.ID {
			if old.When == step.When {
				step.Since = old.Since
			}
			c.Steps[i] = step
			return
		}
	}
	c.Steps = append(c.Steps, step)
}

// DropStep takes a step out of a chain. What has been sent stays known.
func (d *Desk) DropStep(ctx context.Context, by Actor, id, stepID string) (*Chain, error) {
	return d.onChain(ctx, by, id, "chain.edit", 0, func(_ *storage.Tx, c *Chain) error {
		n := len(c.Steps)
		c.Steps = slices.DeleteFunc(c.Steps, func(s ChainStep) bool { return s.ID == stepID })
		if len(c.Steps) == n {
			return errSameChain
		}
		if len(c.Steps) == 0 && c.On {
			return &Problem{Kind: Closed, Key: "chain.no_steps"}
		}
		return nil
	})
}

// DeleteChain removes a chain that is off. Its runs stay, as what was sent.
func (d *Desk) DeleteChain(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		c, err := ownChain(tx, by, id)
		if err != nil {
			return err
		}
		if c.On {
			return &Problem{Kind: Closed, Key: "chain.is_on"}
		}
		if err := chains.Delete(tx, c); err != nil {
			return err
		}
		if err := d.chainChanged(tx, c); err != nil { // the cluster's own counts again where a copy stood for it
			return err
		}
		return d.log(tx, by, "chain.delete", c.ID, c.EventID, c.label(), "")
	})
	if err != nil {
		return fmt.Errorf("delete chain %s: %w", id, changedMeanwhile(err))
	}
	d.sendSoon(ctx)
	return nil
}
