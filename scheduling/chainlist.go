package scheduling

import (
	"errors"
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
