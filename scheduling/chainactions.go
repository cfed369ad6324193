package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// chainReach is how long after its end an event is looked at when a chain is
// switched on or changed.
const chainReach = 30 * 24 * time.Hour

// Chains lists the chains of by's clusters, those of single events among them,
// by cluster and trigger.
func (d *Desk) Chains(ctx context.Context, by Actor) (list []*Chain, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = chains.Find(tx, storage.Query{})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list chains: %w", err)
	}
	list = slices.DeleteFunc(list, func(c *Chain) bool { return !by.Organises(c.ClusterID) })
	sortChains(list)
	return list, nil
}

func sortChains(list []*Chain) {
	key := func(c *Chain) string {
		return fmt.Sprintf("%s %d %s %s", c.ClusterID, slices.Index(Triggers, c.Trigger), c.EventID, c.ID)
	}
	slices.SortFunc(list, func(a, b *Chain) int { return strings.Compare(key(a), key(b)) })
}

// An EventChain is a chain that an event has, or could have.
type EventChain struct {
	*Chain
	Own bool // the event's, not the cluster's
}

// EventChains are those of an event of by's: its own, and its first cluster's
// that it has no copy of, whether on or off.
func (d *Desk) EventChains(ctx context.Context, by Actor, eventID string) (out []EventChain, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		e, err := events.Get(tx, eventID)
		if err != nil {
			return err
		}
		if !by.Organises(e.ClusterIDs...) {
			return errHidden
		}
		out, err = eventChains(tx, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the chains of event %s: %w", eventID, err)
	}
	return out, nil
}

func eventChains(tx *storage.Tx, e *Event) (out []EventChain, err error) {
	own, err := chains.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", e.ID)}})
	if err != nil || len(e.ClusterIDs) == 0 {
		return nil, err
	}
	shared, err := chains.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", e.ClusterIDs[0]), storage.Is("event_id", "")}})
	if err != nil {
		return nil, err
	}
	shared = slices.DeleteFunc(shared, func(c *Chain) bool {
		return !c.Trigger.OfEvents() || slices.ContainsFunc(own, func(o *Chain) bool { return o.CopyOf == c.ID })
	})
	all := append(own, shared...)
	slices.SortStableFunc(all, func(a, b *Chain) int { return slices.Index(Triggers, a.Trigger) - slices.Index(Triggers, b.Trigger) })
	for _, c := range all {
		out = append(out, EventChain{c, c.EventID != ""})
	}
	return out, nil
}

// A ChainPage is a chain as its organisers see it.
type ChainPage struct {
	Chain   *Chain
	Cluster *Cluster
	Event   *Event // of a chain of one event
	Counts  map[RunState]int
}

// Chain shows one of by's.
func (d *Desk) Chain(ctx context.Context, by Actor, id string) (p *ChainPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err := ownChain(tx, by, id)
		if err != nil {
			return err
		}
		p = &ChainPage{Chain: c, Counts: map[RunState]int{}}
		if p.Cluster, err = clusters.Get(tx, c.ClusterID); err != nil {
			return err
		}
		if c.EventID != "" {
			if p.Event, err = events.Get(tx, c.EventID); err != nil {
				return err
			}
		}
		counts, err := chainRuns.CountBy(tx, storage.Query{Where: []storage.Cond{storage.Is("chain_id", id)}}, "state")
		for state, n := range counts {
			p.Counts[RunState(state)] = n
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show chain %s: %w", id, err)
	}
	return p, nil
}

func ownChain(tx *storage.Tx, by Actor, id string) (*Chain, error) {
	c, err := chains.Get(tx, id)
	if err == nil && !by.Organises(c.ClusterID) {
		return nil, errHidden
	}
	return c, err
}

// CreateChain stores a new chain, off, under in.ID if that is set: of a cluster,
// or of one event, whose first cluster it is then. Asked for twice under one ID,
// it is made once.
func (d *Desk) CreateChain(ctx context.Context, by Actor, in *Chain) (c *Chain, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if len(in.Steps) > maxSteps {
		return nil, &Problem{Kind: Invalid, Key: "chain.too_many"}
	}
	for i := range in.Steps {
		if err := in.checkStep(&in.Steps[i]); err != nil {
			return nil, err
		}
		in.Steps[i].ID = orNew(in.Steps[i].ID)
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		if c, err = chains.Get(tx, in.ID); err == nil && by.Organises(c.ClusterID) {
			return nil
		}
		c, err = d.createChain(tx, by, in)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("create chain: %w", err)
	}
	return c, nil
}

func (d *Desk) createChain(tx *storage.Tx, by Actor, in *Chain) (*Chain, error) {
	c := &Chain{Meta: storage.Meta{ID: orNew(in.ID)}, ClusterID: in.ClusterID, EventID: in.EventID, CopyOf: in.CopyOf, Name: in.Name,
		Trigger: in.Trigger, UntilAnswered: in.UntilAnswered, Steps: in.Steps}
	if c.EventID != "" {
		e, err := events.Get(tx, c.EventID)
		switch {
		case err != nil:
			return nil, err
		case len(e.ClusterIDs) == 0 || !c.Trigger.OfEvents():
			return nil, &Problem{Kind: Invalid, Key: "chain.no_event"}
		}
		c.ClusterID = e.ClusterIDs[0]
	}
	if !by.Organises(c.ClusterID) || c.ClusterID == "" {
		return nil, errHidden
	}
	if _, err := clusters.Get(tx, c.ClusterID); err != nil {
		return nil, err
	}
	if err := chains.Put(tx, c); err != nil {
		return nil, err
	}
	if err := d.chainChanged(tx, c); err != nil {
		return nil, err
	}
	return c, d.log(tx, by, "chain.create", c.ID, c.EventID, c.label(), "")
}

// label is what the audit log calls it.
func (c *Chain) label() string { return c.Name.In("en") }

// CopyChain makes an event its own copy of its cluster's chain, off: from here on
// only the copy counts there. A second time it gives the one there is.
func (d *Desk) CopyChain(ctx context.Context, by Actor, id, eventID string) (c *Chain, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		src, err := ownChain(tx, by, id)
		if err != nil {
			return err
		}
		own, err := chains.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", eventID)}})
		if err != nil {
			return err
		}
		for _, o := range own {
			if o.CopyOf == src.ID {
				c = o
				return nil
			}
		}
		in := *src
		in.Meta, in.EventID, in.CopyOf = storage.Meta{}, eventID, src.ID
		if in.EventID == "" || src.EventID != "" {
			return &Problem{Kind: Invalid, Key: "chain.no_event"}
		}
		e, err := events.Get(tx, eventID)
		if err != nil || len(e.ClusterIDs) == 0 || e.ClusterIDs[0] != src.ClusterID {
			return orHidden(err)
		}
		c, err = d.createChain(tx, by, &in)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("copy chain %s: %w", id, err)
	}
	d.sendSoon(ctx)
	return c, nil
}
