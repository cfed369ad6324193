package scheduling

import (
	"slices"
	"strings"

	"kohtaamo/storage"
)

// freeSlots are the slots of a round in which somebody of e can be met: by what
// they said, by the busy calendars of those who want that, and without those
// that e has a meeting in.
func (d *Desk) freeSlots(tx *storage.Tx, r *Round, e *Entrant, taken map[string]bool) (map[string]bool, error) {
	free := map[string]bool{}
	for _, p := range e.People {
		can, err := d.freeIn(tx, r, p)
		if err != nil {
			return nil, err
		}
		for id, ok := range can {
			if ok && !taken[id] {
				free[id] = true
			}
		}
	}
	return free, nil
}

// takenSlots are the slots that entrants of a round have a meeting in, by their
// ids.
func takenSlots(tx *storage.Tx, r *Round) (map[string]map[string]bool, error) {
	out := map[string]map[string]bool{}
	for b, err := range bookings.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}}) {
		if err != nil {
			return nil, err
		}
		id, ok := strings.CutPrefix(b.Who, bookedEntrant(""))
		if !ok {
			continue
		}
		if out[id] == nil {
			out[id] = map[string]bool{}
		}
		out[id][slotID(b.At)] = true
	}
	return out, nil
}

// freeWith are those who are free in a slot in which the one who looks is too.
func (d *Desk) freeWith(tx *storage.Tx, b *beholder, from []*listing) (out []*listing, err error) {
	taken, err := takenSlots(tx, b.round)
	if err != nil {
		return nil, err
	}
	mine, err := d.freeSlots(tx, b.round, b.mine, taken[b.mine.ID])
	if err != nil {
		return nil, err
	}
	for _, e := range from {
		theirs, err := d.freeSlots(tx, b.round, e.Entrant, taken[e.ID])
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(b.round.Slots, func(s Slot) bool { return mine[s.ID] && theirs[s.ID] }) {
			out = append(out, e)
		}
	}
	return out, nil
}

// commonSlots are those of a round in which both are free, first to last.
func (d *Desk) commonSlots(tx *storage.Tx, r *Round, a, b *Entrant) (out []Slot, err error) {
	taken, err := takenSlots(tx, r)
	if err != nil {
		return nil, err
	}
	mine, err := d.freeSlots(tx, r, a, taken[a.ID])
	if err != nil {
		return nil, err
	}
	theirs, err := d.freeSlots(tx, r, b, taken[b.ID])
	for _, s := range r.Slots {
		if mine[s.ID] && theirs[s.ID] {
			out = append(out, s)
		}
	}
	return out, err
}
