package scheduling

import (
	"context"
	"fmt"

	"kohtaamo/storage"
)

// A place is a registration with what decides about it.
type place struct {
	e      *Event
	s      *Seating
	r      *Registration
	silent bool // nothing the person has to be told
}

// fetch reads the registration with its event and seating.
func (d *Desk) fetch(tx *storage.Tx, id string) (*place, error) {
	r, err := registrations.Get(tx, id)
	if err != nil {
		return nil, err
	}
	e, err := events.Get(tx, r.EventID)
	if err != nil {
		return nil, err
	}
	s, err := seatings.Get(tx, r.EventID)
	return &place{e: e, s: s, r: r}, err
}

// change fetches a registration, lets fn decide, stores what it did, gives a
// freed seat to whoever waits, and answers with the registration as it is then.
// Only its person by a signed link ("link" below) and organisers get this far;
// answers out of mails come another way (see note).
func (d *Desk) change(ctx context.Context, by Actor, id, action, reason string, fn func(tx *storage.Tx, p *place) error) (*Registration, error) {
	var out *Registration
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := d.fetch(tx, id)
		if err != nil {
			return err
		}
		if !d.mayChange(by, p) {
			return errHidden
		}
		out = p.r
		return d.apply(tx, by, p, action, reason, fn)
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return out, nil
}

// apply is change inside a transaction that is already open.
func (d *Desk) apply(tx *storage.Tx, by Actor, p *place, action, reason string, fn func(tx *storage.Tx, p *place) error) error {
	if err := fn(tx, p); err != nil {
		return err
	}
	var err error
	if p.silent {
		err = d.keep(tx, by, p.e, p.r, action, reason)
	} else {
		err = d.settle(tx, by, p, action, reason)
	}
	if err != nil {
		return err
	}
	return d.promoteQueue(tx, p.e, p.s)
}

// mayChange holds for organisers of the event and for whoever proved, by a
// signed link or a session, to be the registered person.
func (d *Desk) mayChange(by Actor, p *place) bool {
	return by.Organises(p.e.ClusterIDs...) || owns(by, p.r)
}

// owns holds for the holder of the registration's link and for its signed-in person.
func owns(by Actor, r *Registration) bool {
	proved := by.Via == "link" || by.Via == "mail"
	return proved && by.ID == r.ID || by.SignedIn() && r.Email != "" && by.Email == r.Email
}

// Holder is the actor who came by r's own link.
func (r *Registration) Holder() Actor {
	return Actor{ID: r.ID, Name: "", Email: r.Email, Lang: r.Lang, Via: "link"}
}

// sender is the actor whose mail answered r's invite.
func (r *Registration) sender() Actor {
	by := r.Holder()
	by.Via = "mail"
	return by
}

// promoteQueue gives free seats to those who wait, longest waiting first, and
// stores the seating. It is called wherever a seat can come free, inside that
// same transaction.
func (d *Desk) promoteQueue(tx *storage.Tx, e *Event, s *Seating) error {
	for s.Waiting > 0 && e.State == Published && tx.Now().Before(e.Starts) {
		queue, err := d.head(tx, s)
		if err != nil {
			return err
		}
		up := s.next(queue)
		for _, r := range up {
			s.promote(r, e, tx.Now())
			if err := d.settle(tx, System("waiting list"), &place{e: e, s: s, r: r}, "registration.promote", ""); err != nil {
				return err
			}
		}
		if len(up) == 0 {
			break
		}
	}
	return seatings.Put(tx, s)
}

// head reads as much of the queue as could be seated.
func (d *Desk) head(tx *storage.Tx, s *Seating) ([]*Registration, error) {
	free, limited := s.Free()
	if limited && free == 0 {
		return nil, nil
	}
	return registrations.Find(tx, storage.Query{
		Where: []storage.Cond{storage.Is("event_id", s.ID), storage.Is("state", string(Waitlisted))},
		Sort:  "queue", Limit: max(free, 200) + maxParty,
	})
}

// ConfirmAddress notes that the address of a registration answered. Only then
// does it get its seat, its place in the queue, or its turn with the organiser.
func (d *Desk) ConfirmAddress(ctx context.Context, by Actor, id string) (*Registration, error) {
	return d.change(ctx, by, id, "registration.confirm_address", "", func(tx *storage.Tx, p *place) error {
		if p.r.State != Pending || !p.r.Unconfirmed {
			return errNothingToDo
		}
		return d.confirmParty(tx, by, p)
	})
}

// Approve lets pending registrations in, each to a seat or the waiting list.
func (d *Desk) Approve(ctx context.Context, by Actor, id string) (*Registration, error) {
	return d.change(ctx, by, id, "registration.approve", "", func(tx *storage.Tx, p *place) error {
		if !by.Organises(p.e.ClusterIDs...) {
			return errHidden
		}
		if p.r.State != Pending {
			return errNothingToDo
		}
		return d.admitOne(tx, p, p.e.Rules.Waitlist)
	})
}

// errNothingToDo answers an action that does not fit the state any more.
var errNothingToDo = &Problem{Kind: Closed, Key: "registration.too_late"}

// admitOne seats a pending registration by itself.
func (d *Desk) admitOne(tx *storage.Tx, p *place, waitlist bool) error {
	p.r.Unconfirmed = false
	if !p.s.admit([]*Registration{p.r}, waitlist, false) {
		return &Problem{Kind: Full, Key: "register.full"}
	}
	return nil
}

// confirmParty confirms the sender's address for everybody they brought along:
// the party is seated together as its signup asked.
func (d *Desk) confirmParty(tx *storage.Tx, by Actor, p *place) error {
	party := []*Registration{p.r}
	if p.r.Party == p.r.ID {
		rest, err := partyOf(tx, p.r)
		if err != nil {
			return err
		}
		party = append(party, rest...)
	}
	for _, r := range party {
		r.Unconfirmed = false
	}
	if p.e.Rules.Approval {
		p.s.move(p.r, Pending) // ends the deadline
	} else if !p.s.admit(party, p.e.Rules.Waitlist, p.r.Split) {
		return &Problem{Kind: Full, Key: "register.full"}
	}
	for _, r := range party[1:] {
		if err := d.settle(tx, by, &place{e: p.e, s: p.s, r: r}, "registration.confirm_address", ""); err != nil {
			return err
		}
	}
	return nil
}

// Reject declines a pending registration, with a reason that its person reads.
func (d *Desk) Reject(ctx context.Context, by Actor, id, reason string) (*Registration, error) {
	return d.change(ctx, by, id, "registration.reject", reason, func(tx *storage.Tx, p *place) error {
		if !by.Organises(p.e.ClusterIDs...) {
			return errHidden
		}
		if p.r.State != Pending {
			return errNothingToDo
		}
		d.end(tx, by, p, Rejected, reason)
		return nil
	})
}

// CancelRegistration ends a live registration; its seat goes to whoever waits.
// Whoever waits or is offered a seat leaves the list.
func (d *Desk) CancelRegistration(ctx context.Context, by Actor, id, reason string) (*Registration, error) {
	return d.change(ctx, by, id, "registration.cancel", reason, d.giveUp(by, reason))
}

func (d *Desk) giveUp(by Actor, reason string) func(*storage.Tx, *place) error {
	return func(tx *storage.Tx, p *place) error {
		to := Withdrawn
		switch {
		case p.r.State == Attended || p.r.State == NoShow || !p.r.State.Live():
			return errNothingToDo
		case !by.Organises(p.e.ClusterIDs...) && !tx.Now().Before(p.e.Starts):
			return errNothingToDo
		case p.r.State == Waitlisted || p.r.State == Offered:
			to = Left
		}
		d.end(tx, by, p, to, reason)
		return nil
	}
}

// end takes r out of the event.
func (d *Desk) end(tx *storage.Tx, by Actor, p *place, to RegState, reason string) {
	p.s.move(p.r, to)
	p.r.Unconfirmed = false
	p.r.EndedBy, p.r.Reason, p.r.EndedAt = endedBy(by, p), cleanText(reason), tx.Now()
	p.r.Sequence++
}

// endedBy says in one word who ended a registration.
func endedBy(by Actor, p *place) string {
	switch {
	case by.Via == "job":
		return "deadline"
	case owns(by, p.r):
		return "person"
	}
	return "organiser"
}

// AcceptOffer takes an offered seat, for the whole party where it was offered
// to one. After the deadline it is too late, whether the job has run or not.
func (d *Desk) AcceptOffer(ctx context.Context, by Actor, id string) (*Registration, error) {
	return d.change(ctx, by, id, "registration.accept", "", d.takeOffer(by))
}

func (d *Desk) takeOffer(by Actor) func(*storage.Tx, *place) error {
	return func(tx *storage.Tx, p *place) error {
		if p.r.State != Offered || !tx.Now().Before(p.r.Deadline) {
			return errNothingToDo
		}
		p.s.move(p.r, Confirmed)
		return d.together(tx, by, p, Offered, "registration.accept", func(o *Registration) { p.s.move(o, Confirmed) })
	}
}

// DeclineOffer lets an offered seat go, or leaves the waiting list.
func (d *Desk) DeclineOffer(ctx context.Context, by Actor, id string) (*Registration, error) {
	return d.change(ctx, by, id, "registration.decline", "", d.letOfferGo(by, ""))
}

func (d *Desk) letOfferGo(by Actor, reason string) func(*storage.Tx, *place) error {
	return func(tx *storage.Tx, p *place) error {
		if p.r.State != Offered {
			return errNothingToDo
		}
		d.end(tx, by, p, Left, reason)
		return d.together(tx, by, p, Offered, "registration.decline", func(o *Registration) {
			d.end(tx, by, &place{e: p.e, s: p.s, r: o}, Left, "")
		})
	}
}

// together does to the rest of a party that stays together, as far as it is in
// the same state, what was done to p.
func (d *Desk) together(tx *storage.Tx, by Actor, p *place, in RegState, action string, do func(*Registration)) error {
	if p.r.Split {
		return nil
	}
	rest, err := partyOf(tx, p.r)
	if err != nil {
		return err
	}
	for _, o := range rest {
		if o.State != in {
			continue
		}
		do(o)
		if err := d.settle(tx, by, &place{e: p.e, s: p.s, r: o}, action, ""); err != nil {
			return err
		}
	}
	return nil
}
