package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// followItineraries notes on each traveller what changed for them, so that one
// mail tells it, and nothing on anybody else. Until the programme is published
// nobody knows anything of it; then everybody gets their own.
func (d *Desk) followItineraries(tx *storage.Tx, p *ProgrammePage, before *Programme) error {
	if p.Programme.PublishedAt.IsZero() {
		return nil
	}
	if before.PublishedAt.IsZero() {
		return d.publishItineraries(tx, p)
	}
	if err := d.freezeItineraries(tx, p.Trip, before); err != nil {
		return err
	}
	for _, v := range p.Travellers {
		if !v.follow(before.ownParts(p.Trip, v.ID), p.Programme.ownParts(p.Trip, v.ID), tx.Now()) {
			continue
		}
		if err := travellers.Put(tx, v); err != nil {
			return err
		}
	}
	return nil
}

// follow keeps what calendars of v have to know, between two versions of what v
// takes part in, and says whether anything changed for v.
func (v *Traveller) follow(was, is []OwnPart, now time.Time) (changed bool) {
	had := map[string]OwnPart{}
	for _, x := range was {
		had[x.Part.UID] = x
	}
	for _, x := range is {
		old, known := had[x.Part.UID]
		delete(had, x.Part.UID)
		switch {
		case !known:
			v.rejoin(x.Part, now)
		case old.Part.Sequence != x.Part.Sequence:
		case old.Room != x.Room || old.Number != x.Number: // for v alone
			v.ahead(x.Part.UID, v.Joined[x.Part.UID].By+1, now)
		default:
			continue
		}
		changed = true
	}
	for _, x := range was { // in their order
		if _, gone := had[x.Part.UID]; gone {
			v.leave(x, now)
			changed = true
		}
	}
	if changed {
		v.noteChange(now)
	}
	return changed
}

func (v *Traveller) noteChange(now time.Time) {
	v.ChangedAt = now
	if v.ChangedFrom.IsZero() {
		v.ChangedFrom = now
	}
}

// leave takes v out of a part: the entry that says so is one revision on.
func (v *Traveller) leave(x OwnPart, now time.Time) {
	v.Left = slices.DeleteFunc(v.Left, func(l Departed) bool { return l.Part.Part.UID == x.Part.UID || !stays(l.At, now) })
	v.Left = append(v.Left, Departed{Part: x, Sequence: v.sequenceOf(x.Part) + 1, At: now})
}

// rejoin puts v into a part. If v left it before, the entry goes on from where
// it was taken back.
func (v *Traveller) rejoin(x Part, now time.Time) {
	for _, l := range v.Left {
		if l.Part.Part.UID == x.UID {
			v.ahead(x.UID, max(v.Joined[x.UID].By, l.Sequence+1-x.Sequence), now)
		}
	}
	v.Left = slices.DeleteFunc(v.Left, func(l Departed) bool { return l.Part.Part.UID == x.UID })
}

func (v *Traveller) ahead(uid string, by int, now time.Time) {
	joined := map[string]Ahead{}
	for k, a := range v.Joined {
		joined[k] = a
	}
	joined[uid] = Ahead{By: by, At: now}
	v.Joined = joined
}

// freezeItineraries keeps what those who are out had when they went, before the
// programme goes on without them.
func (d *Desk) freezeItineraries(tx *storage.Tx, t *Trip, before *Programme) error {
	list, err := travellers.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", t.ID)}})
	if err != nil {
		return err
	}
	for _, v := range list {
		if v.Goes() || !v.OutAt.IsZero() {
			continue
		}
		at := v.Updated
		for _, x := range before.shownTo(t, v) {
			v.leave(x, at)
		}
		v.OutAt, v.ChangedAt, v.ChangedFrom = at, time.Time{}, time.Time{}
		if err := d.inviteParts(tx, t, v); err != nil {
			return err
		}
		if err := travellers.Put(tx, v); err != nil {
			return err
		}
	}
	return nil
}

// joinItinerary has a new traveller of a published programme get theirs. Whoever
// was on the trip before and comes back has the same entries, further on than
// the ones that took them back.
func (d *Desk) joinItinerary(tx *storage.Tx, t *Trip, v *Traveller) error {
	p, err := programmeOf(tx, t)
	if err != nil {
		return err
	}
	if err := d.freezeItineraries(tx, t, p); err != nil {
		return err
	}
	if err := v.takeOver(tx, t, p); err != nil {
		return err
	}
	if !p.PublishedAt.IsZero() {
		v.noteChange(tx.Now())
	}
	return nil
}

// takeOver goes on with the revisions of whom v was on the trip before.
func (v *Traveller) takeOver(tx *storage.Tx, t *Trip, p *Programme) error {
	list, err := travellers.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("person_id", v.PersonID)}})
	if err != nil {
		return err
	}
	for _, old := range list {
		if old.TripID != t.ID || old.ID == v.ID || old.Goes() {
			continue
		}
		v.ahead(t.UID, max(v.Joined[t.UID].By, old.Joined[t.UID].By+2), tx.Now())
		v.Left = append(v.Left, old.Left...)
	}
	for _, x := range p.ownParts(t, v.ID) {
		v.rejoin(x.Part, tx.Now())
	}
	return nil
}
