package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strconv"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// The kinds of mail that put a part of an itinerary into its traveller's
// calendar, or tell what became of it, and that take it back.
const (
	mailPartInvited   = "itinerary.invite"
	mailPartUninvited = "itinerary.uninvite"
)

func partRef(v *Traveller, uid string) string { return "itinerary-part/" + v.ID + "/" + uid }

// InviteToParts has the traveller of a link get each part of their itinerary as
// an invite (iMIP, RFC 6047), one mail for each, and from then on what becomes
// of it; or, with on false, none from then on. For calendars that cannot
// subscribe. Asked twice it is done once.
func (d *Desk) InviteToParts(ctx context.Context, link string, on bool) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		v, t, err := d.travellerByLink(tx, link)
		if err != nil || v.Invites == on {
			return err
		}
		if on && (!v.Goes() || v.Email == "") {
			return &Problem{Kind: Closed, Key: "travel.out"}
		}
		if v.Invites = on; on {
			if err := d.inviteParts(tx, t, v); err != nil {
				return err
			}
		}
		if err := travellers.Put(tx, v); err != nil {
			return err
		}
		action := "traveller.invites"
		if !on {
			action = "traveller.no_invites"
		}
		return d.log(tx, Actor{Name: v.Name, Via: "link"}, action, v.ID, t.ID, v.Name, "")
	})
	if err != nil {
		return fmt.Errorf("invite a traveller to the parts of a trip: %w", changedMeanwhile(err))
	}
	return nil
}

// inviteParts promises v the invites that their calendar lacks, the updates of
// those that changed, and takes back those that are over for v. It goes by the
// entries of v's feed, so that the two agree. The caller puts v.
func (d *Desk) inviteParts(tx *storage.Tx, t *Trip, v *Traveller) error {
	if !v.Invites || v.Email == "" {
		return nil
	}
	l := d.Texts.In(v.Lang)
	parts, err := d.partEntries(tx, t, v, l.Code(), tx.Now())
	if err != nil {
		return err
	}
	v.Invited = maps.Clone(v.Invited)
	if v.Invited == nil {
		v.Invited = map[string]int{}
	}
	for _, x := range parts {
		had, invited := v.Invited[x.entry.UID]
		over := x.entry.Status == ical.Cancelled
		switch {
		case !x.entry.Ends.After(tx.Now()):
			continue
		case over && invited:
			err = d.uninvitePart(tx, t, v, x)
		case !over && (!invited || had < x.entry.Sequence):
			err = d.invitePart(tx, t, v, x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) invitePart(tx *storage.Tx, t *Trip, v *Traveller, x partEntry) error {
	v.Invited[x.entry.UID] = x.entry.Sequence
	if _, err := d.Outbox.Withdraw(tx, partRef(v, x.entry.UID)); err != nil {
		return err
	}
	return d.tellPart(tx, t, v, x, ical.Request, mailPartInvited)
}

// uninvitePart takes an invite back, if it may have left.
func (d *Desk) uninvitePart(tx *storage.Tx, t *Trip, v *Traveller, x partEntry) error {
	delete(v.Invited, x.entry.UID)
	ref := partRef(v, x.entry.UID)
	if _, err := d.Outbox.Withdraw(tx, ref); err != nil {
		return err
	}
	left, err := d.Outbox.InviteLeft(tx, ref, v.Email)
	if err != nil || !left {
		return err
	}
	return d.tellPart(tx, t, v, x, ical.Cancel, mailPartUninvited)
}

// tellPart writes one mail with the calendar part of an entry.
func (d *Desk) tellPart(tx *storage.Tx, t *Trip, v *Traveller, x partEntry, method ical.Method, kind string) error {
	l, e := d.Texts.In(v.Lang), x.entry
	line := lineOf(l, x.own)
	facts := []mailer.Fact{{Label: l.Text("letter.fact.when"), Value: line.When}}
	if line.Where != "" {
		facts = append(facts, mailer.Fact{Label: l.Text("letter.fact.where"), Value: line.Where})
	}
	for _, f := range line.Facts {
		facts = append(facts, mailer.Fact{Label: f.Label, Value: f.Value})
	}
	m, err := d.tripMail(tx, t, tripLetter{kind: kind, email: v.Email, name: v.Name, lang: v.Lang, button: d.TravelURL(v),
		args: []any{"what", line.Title, "when", line.When}, facts: facts})
	if err != nil {
		return err
	}
	e.Modified, e.Private, e.Related = tx.Now(), false, ""
	e.Organizer = &ical.Party{Name: cmp.Or(t.Contact, m.FromName, d.House), Email: cmp.Or(t.ContactEmail, m.From, d.Outbox.From.Email)}
	e.Attendee = &ical.Attendee{Party: ical.Party{Name: v.Name, Email: v.Email}, Answer: ical.Accepted} // they go: nobody waits for an answer
	body, err := ical.Invite(method, e)
	if err != nil {
		return err
	}
	m.Calendar = &mailer.Calendar{Method: string(method), Body: body}
	m.ID = kind + "/" + v.ID + "/" + e.UID + "/" + strconv.Itoa(e.Sequence)
	m.Ref, m.Order, m.Expires = partRef(v, e.UID), partRef(v, e.UID), e.Ends
	return d.Outbox.Add(tx, *m)
}
