package scheduling

import (
	"cmp"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// An Invite is what the newest invite that was promised to somebody said.
type Invite struct {
	Sequence int       `bson:"sequence"`
	Since    int       `bson:"since"` // the sequence that first said these times
	Starts   time.Time `bson:"starts"`
	Ends     time.Time `bson:"ends"`
	Left     bool      `bson:"left,omitempty"` // one before it may be in a calendar
}

// next is the invite that follows i with a sequence. An answer to an earlier
// one still counts as long as it was about the same times.
func (i Invite) next(sequence int, starts, ends time.Time) Invite {
	out := Invite{Sequence: sequence, Since: sequence, Starts: starts, Ends: ends, Left: i.Left}
	if i.Starts.Equal(starts) && i.Ends.Equal(ends) {
		out.Since = i.Since
	}
	return out
}

// invite puts an invite for m's one reader into m, or its update, with links to
// answer it where the mail program has no buttons. It notes on r, which the
// caller stores, what it said.
func (d *Desk) invite(tx *storage.Tx, m *mailer.Mail, e *Event, r *Registration) (err error) {
	if r.Invite.Left, err = d.inviteLeft(tx, r); err != nil {
		return err
	}
	x, err := d.entryFor(tx, m, ical.Request, e, r)
	if err != nil {
		return err
	}
	r.Invited = true
	m.Letter.Links = append(m.Letter.Links, d.answerLinks(r)...)
	r.Invite = r.Invite.next(x.Sequence, e.Starts, e.Ends)
	return nil
}

// answerLinks lead to the pages where r's person answers, one for each answer.
func (d *Desk) answerLinks(r *Registration) (links []mailer.Link) {
	l := d.Texts.In(r.Lang)
	for _, a := range InviteAnswers {
		links = append(links, mailer.Link{Label: l.Text("letter.answer." + string(a)), URL: d.MyURL(r) + "/answer?as=" + string(a)})
	}
	return links
}

// uninvite puts the end of the invite into m, if there can be one in its
// reader's calendar: whoever gets a CANCEL of what they never saw is shown an
// entry that says nothing to them.
func (d *Desk) uninvite(tx *storage.Tx, m *mailer.Mail, e *Event, r *Registration) error {
	left, err := d.inviteLeft(tx, r)
	if err != nil || !left {
		return err
	}
	_, err = d.entryFor(tx, m, ical.Cancel, e, r)
	return err
}

// inviteLeft reports whether r's person may have an invite in their calendar.
func (d *Desk) inviteLeft(tx *storage.Tx, r *Registration) (bool, error) {
	if r.Invite.Left || !r.Invited {
		return r.Invite.Left, nil
	}
	return d.Outbox.InviteLeft(tx, r.ID, r.Email)
}

// entryFor gives m its calendar part (RFC 5546): for this one person, whose
// last answer it repeats, and from a mailbox that answers can go to.
func (d *Desk) entryFor(tx *storage.Tx, m *mailer.Mail, method ical.Method, e *Event, r *Registration) (ical.Entry, error) {
	x := d.personalEntry(e, r, r.Lang)
	x.Modified, x.Private = tx.Now(), false
	x.Organizer = &ical.Party{ // where no mailbox is ours, as Reply-To, or else From
		Name:  cmp.Or(e.Contact, m.FromName, d.House),
		Email: cmp.Or(d.replyTo(r), e.ContactEmail, m.From, d.Outbox.From.Email),
	}
	x.Attendee = &ical.Attendee{Party: ical.Party{Name: r.Name, Email: r.Email}, Answer: r.RSVP.Answer.partstat()}
	body, err := ical.Invite(method, x)
	if err != nil {
		return x, err
	}
	m.Calendar = &mailer.Calendar{Method: string(method), Body: body}
	return x, nil
}
