package scheduling

import (
	"context"
	"fmt"

	"kohtaamo/storage"
)

// AnswerInvite notes what the holder of a registration's link says to their
// invite, and does what follows: yes takes an offered seat, no gives the place
// up. The same answer twice is one.
func (d *Desk) AnswerInvite(ctx context.Context, by Actor, id string, a Answer) (*Registration, error) {
	if !a.Known() {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"as": "problem.choice"}}
	}
	var out *Registration
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := d.fetch(tx, id)
		if err != nil {
			return err
		}
		if !owns(by, p.r) {
			return errHidden
		}
		out = p.r
		v, err := d.note(tx, by, p, RSVP{Answer: a, Via: "link", Sequence: p.r.Invite.Sequence, Stamp: tx.Now()})
		if v == over {
			return errNothingToDo
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("answer the invite of %s: %w", id, changedMeanwhile(err))
	}
	return out, nil
}

// note weighs an answer and, if it counts, keeps it with all that follows. by
// has proved to be the registration's person.
func (d *Desk) note(tx *storage.Tx, by Actor, p *place, a RSVP) (verdict, error) {
	r, known := p.r, p.r.RSVP
	a = a.sane(r.Invite, tx.Now())
	if v := r.weigh(a); v != counts {
		return v, nil
	}
	does := a.Answer.effect(p.e, r, tx.Now())
	r.RSVP = a
	if a.Answer == known.Answer && a.Comment == known.Comment && does == noEffect {
		return repeats, registrations.Put(tx, r) // said again, later: nothing new but that
	}
	if err := d.log(tx, by, "registration.answer_"+string(a.Answer), r.ID, p.e.ID, r.Ticket, a.Comment); err != nil {
		return counts, err
	}
	switch does {
	case takesSeat:
		return counts, d.apply(tx, by, p, "registration.accept", "", d.takeOffer(by))
	case letsGo:
		return counts, d.apply(tx, by, p, "registration.decline", a.Comment, d.letOfferGo(by, a.Comment))
	case givesPlace:
		return counts, d.apply(tx, by, p, "registration.cancel", a.Comment, d.giveUp(by, a.Comment))
	}
	return counts, registrations.Put(tx, r)
}
