package scheduling

import (
	"context"
	"errors"
	"fmt"

	"kohtaamo/storage"
)

// Admitted is what became of somebody an organiser registered, or would.
type Admitted string

// The outcomes.
const (
	OutSeat    Admitted = "seat"    // has a seat
	OutWaiting Admitted = "waiting" // is on the waiting list
	OutKnown   Admitted = "known"   // was registered already; nothing changed
	OutWrong   Admitted = "wrong"   // cannot be registered, and the faults say why
)

// checkByHand is check for somebody whom an organiser writes down: what only
// the person can say, their consents and unanswered questions, is left to them
// and their link.
func (u *Signup) checkByHand(e *Event) error {
	u.Party, u.Consents = nil, nil
	lenient := *e
	lenient.Rules.Consents = nil
	lenient.Rules.Questions = make([]Question, len(e.Rules.Questions))
	for i, q := range e.Rules.Questions {
		q.Required = false
		lenient.Rules.Questions[i] = q
	}
	return u.check(&lenient)
}

// An Added answers AddRegistration.
type Added struct {
	Registration *Registration
	Outcome      Admitted
}

// AddRegistration registers somebody for an organiser of the event, outside the
// registration time too, but never beyond the seats. Done twice it registers
// once. tell says whether the person gets their mail.
func (d *Desk) AddRegistration(ctx context.Context, by Actor, eventID string, u Signup, note string, tell bool) (out *Added, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			e, err := d.organisedEvent(tx, by, eventID)
			if err != nil {
				return err
			}
			s, err := seatings.Get(tx, e.ID)
			if err != nil {
				return err
			}
			if out, err = d.add(tx, by, e, s, u, note, tell); err != nil {
				return err
			}
			return seatings.Put(tx, s)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("add to event %s: %w", eventID, err)
	}
	return out, nil
}

// again repeats what met somebody who registered at the same moment.
func (d *Desk) again(attempt func() error) error {
	err := attempt()
	if errors.Is(err, storage.ErrDuplicate) {
		err = attempt()
	}
	return err
}

// organisedEvent is a published event of by's that is not over.
func (d *Desk) organisedEvent(tx *storage.Tx, by Actor, eventID string) (*Event, error) {
	e, err := events.Get(tx, eventID)
	if err != nil {
		return nil, err
	}
	if !by.Organises(e.ClusterIDs...) {
		return nil, errHidden
	}
	return d.eventToRegister(tx, by, eventID)
}

// add registers one person and counts them on s, which the caller stores. A
// Problem says that nothing was changed.
func (d *Desk) add(tx *storage.Tx, by Actor, e *Event, s *Seating, u Signup, note string, tell bool) (*Added, error) {
	if err := u.checkByHand(e); err != nil {
		return nil, err
	}
	old, err := registrations.First(tx, storage.Query{Where: []storage.Cond{storage.Is("live", e.ID+"/"+u.Email)}})
	if err == nil {
		return &Added{old, OutKnown}, nil
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	r := u.registration(e, tx.Now())
	r.Consents, r.Note = nil, cleanText(note) // nobody asked them
	if !s.admit([]*Registration{r}, e.Rules.Waitlist, false) {
		return nil, &Problem{Kind: Full, Key: "register.full"}
	}
	if err := d.attach(tx, e, r); err != nil {
		return nil, err
	}
	out := &Added{r, outcomeOf(r.State)}
	if tell {
		return out, d.settle(tx, by, &place{e: e, s: s, r: r}, "registration.create", "")
	}
	return out, d.keep(tx, by, e, r, "registration.create", "")
}

func outcomeOf(s RegState) Admitted {
	if s == Waitlisted {
		return OutWaiting
	}
	return OutSeat
}
