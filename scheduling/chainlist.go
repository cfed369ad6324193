package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// Who a chain can be tried on, a page at a time: the people that its trigger
// could ever hold for.

func listRegistered(d *Desk, tx *storage.Tx, c *Chain, eventID, after string) (out []*subject, next string, err error) {
	e, err := events.Get(tx, eventID)
	if err != nil {
		return nil, "", err
	}
	rs, next, err := registrations.Page(tx, storage.Query{
		Where: []storage.Cond{storage.Is("event_id", e.ID)}, Sort: "sort", Limit: dryPage, After: after})
	if err != nil {
		return nil, "", err
	}
	for _, r := range rs {
		s, err := d.registered(tx, c.Trigger, e, r)
		if err != nil {
			return nil, "", err
		}
		out = append(out, s)
	}
	return out, next, nil
}

func listMet(d *Desk, tx *storage.Tx, c *Chain, roundID, _ string) (out []*subject, next string, err error) {
	var ids []string
	for m, err := range meetings.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", roundID)}}) {
		if err != nil {
			return nil, "", err
		}
		if m.State.Stands() {
			ids = append(ids, m.PersonIDs...)
		}
	}
	return d.listPeople(tx, c, roundID, ids)
}

func listJoined(d *Desk, tx *storage.Tx, c *Chain, groupID, _ string) (out []*subject, next string, err error) {
	g, err := groups.Get(tx, groupID)
	if err != nil {
		return nil, "", err
	}
	return d.listPeople(tx, c, groupID, g.Members)
}

func listReturned(d *Desk, tx *storage.Tx, c *Chain, tripID, _ string) (out []*subject, next string, err error) {
	vs, err := travellersOf(tx, tripID)
	if err != nil {
		return nil, "", err
	}
	var ids []string
	for _, v := range vs {
		ids = append(ids, v.ID)
	}
	return d.listPeople(tx, c, tripID, ids)
}

func (d *Desk) listPeople(tx *storage.Tx, c *Chain, about string, ids []string) (out []*subject, next string, err error) {
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		s, err := triggers[c.Trigger].kind.load(d, tx, c.Trigger, []string{about, id})
		if errors.Is(err, storage.ErrNotFound) {
			continue // erased
		}
		if err != nil {
			return nil, "", err
		}
		out = append(out, s)
	}
	return out, "", nil
}

// A ChainThing is an event, a round, a group or a trip that a chain can be tried on.
type ChainThing struct {
	ID    string
	Title Text
}

// chainThings is how many are offered.
const chainThings = 50

// TriedOn are what a chain of by's can be tried on: the event it is of, or those
// of its cluster that are not long over, the next first; its rounds; its groups; its trips.
func (d *Desk) TriedOn(ctx context.Context, by Actor, c *Chain) (out []ChainThing, err error) {
	if !by.Organises(c.ClusterID) {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		of := storage.Cond{Field: "cluster_ids", Op: storage.Has, Value: c.ClusterID}
		switch triggers[c.Trigger].kind.name {
		case "registration":
			out, err = eventThings(tx, c, of)
		case "meetings":
			list, err := rounds.Find(tx, storage.Query{Where: []storage.Cond{of}, Sort: "-starts", Limit: chainThings})
			for _, r := range list {
				out = append(out, ChainThing{r.ID, r.Title})
			}
			return err
		case "trip":
			list, err := trips.Find(tx, storage.Query{Where: []storage.Cond{of}, Sort: "-starts", Limit: chainThings})
			for _, t := range list {
				out = append(out, ChainThing{t.ID, t.Title})
			}
			return err
		default:
			list, err := groups.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", c.ClusterID)}, Limit: chainThings})
			for _, g := range list {
				out = append(out, ChainThing{g.ID, g.Name})
			}
			return err
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list what chain %s can be tried on: %w", c.ID, err)
	}
	return out, nil
}

func eventThings(tx *storage.Tx, c *Chain, of storage.Cond) (out []ChainThing, err error) {
	if c.EventID != "" {
		e, err := events.Get(tx, c.EventID)
		if err != nil {
			return nil, err
		}
		return []ChainThing{{e.ID, e.Title}}, nil
	}
	list, err := events.Find(tx, storage.Query{Sort: "ends", Limit: chainThings,
		Where: []storage.Cond{of, {Field: "ends", Op: storage.Gt, Value: tx.Now().Add(-chainReach)}}})
	for _, e := range list {
		if e.ClusterIDs[0] == c.ClusterID && e.State == Published {
			out = append(out, ChainThing{e.ID, e.Title})
		}
	}
	return out, err
}
