package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// maxDelay is how many minutes later than planned something can begin; beyond
// that its times are changed.
const maxDelay = 12 * 60

// DelayPart says how many minutes later than planned a leg or an activity
// begins; 0 says as planned after all. Those who take part are told at once.
func (d *Desk) DelayPart(ctx context.Context, by Actor, tripID, partID string, minutes int) (p *ProgrammePage, err error) {
	if minutes < 0 || minutes > maxDelay {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"minutes": "daysheet.minutes"}}
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		before, err := programmeOf(tx, t)
		if err != nil {
			return err
		}
		if p, err = programmePage(tx, t); err != nil {
			return err
		}
		late := p.Programme.late(partID)
		if late == nil {
			return errHidden
		}
		if *late == minutes {
			return nil
		}
		*late = minutes
		if err := d.keepProgramme(tx, by, p, before, "programme.delay"); err != nil {
			return err
		}
		return d.tellLate(tx, p, partID)
	})
	if err != nil {
		return nil, fmt.Errorf("delay a part: %w", err)
	}
	return p, nil
}

// late is where the minutes of a part are kept; nil of what cannot be late.
func (p *Programme) late(partID string) *int {
	if l := p.Leg(partID); l != nil {
		return &l.Late
	}
	if a := p.Activity(partID); a != nil {
		return &a.Late
	}
	return nil
}

// tellLate tells those who take part in what begins later, each by one mail in
// the place of one that did not leave yet. What else changed for them is told
// in its own time.
func (d *Desk) tellLate(tx *storage.Tx, p *ProgrammePage, partID string) error {
	if p.Programme.PublishedAt.IsZero() || p.Trip.Off() {
		return nil
	}
	for _, v := range p.Travellers {
		own := p.Programme.ownParts(p.Trip, v.ID)
		i := slices.IndexFunc(own, func(x OwnPart) bool { return x.Part.ID == partID })
		if i < 0 || v.Told[mailItinerary].IsZero() || !own[i].Part.Ends.After(tx.Now()) {
			continue
		}
		if err := d.sayLate(tx, p.Trip, v, own[i]); err != nil {
			return err
		}
		v.Known = append(slices.DeleteFunc(slices.Clone(v.Known), func(x OwnPart) bool { return x.Part.UID == own[i].Part.UID }), own[i])
		if len(itineraryNews(v.Known, own, tx.Now())) == 0 {
			v.ChangedAt, v.ChangedFrom = time.Time{}, time.Time{}
		}
		if err := d.inviteParts(tx, p.Trip, v); err != nil {
			return err
		}
		if err := travellers.Put(tx, v); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) sayLate(tx *storage.Tx, t *Trip, v *Traveller, x OwnPart) error {
	l := d.Texts.In(v.Lang)
	line := lineOf(l, x)
	facts := []mailer.Fact{{Label: l.Text("letter.fact.when"), Value: line.When}}
	if line.Where != "" {
		facts = append(facts, mailer.Fact{Label: l.Text("letter.fact.where"), Value: line.Where})
	}
	m, err := d.itineraryMail(tx, t, v, mailItineraryLate, facts, "what", line.Title, "when", line.When)
	if err != nil {
		return err
	}
	m.Ref = lateRef(v, x.Part)
	if _, err := d.Outbox.Withdraw(tx, m.Ref); err != nil {
		return err
	}
	m.ID = fmt.Sprintf("%s/%s/%s/%d", mailItineraryLate, v.ID, x.Part.UID, v.sequenceOf(x.Part))
	m.Priority, m.Expires = mailer.Urgent, x.Part.Ends
	return d.promiseTo(tx, v, m)
}
