package scheduling

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about a meeting, as tellMeeting takes them. Each has its
// words under "letter.meeting.KIND" in templates/locales.
const (
	tellBooked     = "booked"
	tellMoved      = "moved" // to another time or table
	tellCancelled  = "cancelled"
	tellPeople     = "people"      // those who came in or went
	tellHandedOver = "handed_over" // what those who went read
)

// tellMeeting promises everybody whom a change of m concerns their mail about
// it, each person once a change, with the invite, its update or its end for
// them alone. It stores m, whose invitees it notes it on. What has not left of
// earlier mails about m is taken back, and what is over is not told.
func (d *Desk) tellMeeting(tx *storage.Tx, r *Round, m *Meeting, kind string) error {
	if _, err := d.Outbox.Withdraw(tx, "meeting-ask/"+m.ID); err != nil {
		return err
	}
	for i := range m.Invitees {
		if err := d.tellInvitee(tx, r, m, &m.Invitees[i], kind); err != nil {
			return fmt.Errorf("tell of meeting %s: %w", m.ID, err)
		}
	}
	return meetings.Put(tx, m)
}

// tellInvitee tells one person, if they do not know yet.
func (d *Desk) tellInvitee(tx *storage.Tx, r *Round, m *Meeting, v *Invitee, kind string) error {
	kind = m.newsFor(v, kind)
	if kind == "" || !tx.Now().Before(m.Ends) {
		return nil
	}
	p, err := people.Get(tx, v.PersonID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // erased
	}
	if err != nil {
		return err
	}
	ref := m.ref(v)
	stale, err := d.Outbox.Withdraw(tx, ref)
	if err != nil {
		return err
	}
	if kind == tellMoved && stale > 0 { // the old time was never read
		kind = tellBooked
	}
	mail, err := d.meetingMail(tx, r, m, v, p, kind)
	if err != nil {
		return err
	}
	v.Told = m.sequenceOf(v) + 1
	mail.ID, mail.Ref, mail.Order = fmt.Sprintf("meeting.%s/%s/%d/%s", kind, m.ID, v.Told, p.ID), ref, ref
	return d.Outbox.Add(tx, *mail)
}

// newsFor is the kind of mail that v gets of a change: "" for none.
func (m *Meeting) newsFor(v *Invitee, kind string) string {
	switch known := v.Told == m.sequenceOf(v)+1; {
	case known, v.Left != nil && v.Told == 0:
		return ""
	case v.Left != nil:
		return tellHandedOver
	case v.Told == 0 && kind != tellCancelled:
		return tellBooked
	case kind == tellPeople:
		return ""
	}
	return kind
}

// ref names what mails to v about m speak of.
func (m *Meeting) ref(v *Invitee) string { return "meeting/" + m.ID + "/" + v.PersonID }

// sequenceOf is the SEQUENCE of v's entry.
func (m *Meeting) sequenceOf(v *Invitee) int {
	if v.Left != nil {
		return v.Left.Sequence
	}
	return m.Sequence + v.Sequence
}

// meetingMail writes to one of m's invitees, with what their calendar needs.
func (d *Desk) meetingMail(tx *storage.Tx, r *Round, m *Meeting, v *Invitee, p *Person, kind string) (*mailer.Mail, error) {
	l := d.Texts.In(p.Lang)
	with := strings.Join(m.Others(v.EntrantID), ", ")
	mail, err := d.roundMail(tx, r, roundLetter{
		kind: "meeting." + kind, to: p, button: d.MeetingURL(m),
		args:  []any{"with", with, "when", l.Range(m.Starts, m.Ends, m.Shown.Zone)},
		facts: m.facts(l, with), said: said(l, m.Reason),
	})
	if err != nil {
		return nil, err
	}
	if kind == tellCancelled || kind == tellHandedOver {
		return mail, d.uninviteFrom(tx, mail, r, m, v, p)
	}
	mail.Expires = m.Ends
	return mail, d.inviteTo(tx, mail, r, m, v, p)
}

// The kinds of mail about a meeting that go to whom of an entrant we write to.
const (
	meetingAsked    = "meeting.asked"    // the other side wants another time
	meetingStays    = "meeting.stays"    // the other side does not
	meetingDeclined = "meeting.declined" // somebody's calendar said no
)

// tellOthers writes to the other entrants of a meeting.
func (d *Desk) tellOthers(tx *storage.Tx, x *own, kind string) error {
	for _, id := range x.m.EntrantIDs {
		if id == x.me.ID {
			continue
		}
		e, err := entrants.Get(tx, id)
		if err != nil {
			return err
		}
		if err := d.tellContact(tx, x, e, kind); err != nil {
			return err
		}
	}
	return nil
}

// tellContact writes about a meeting to whom of e we write to.
func (d *Desk) tellContact(tx *storage.Tx, x *own, e *Entrant, kind string) error {
	p, err := people.Get(tx, e.contact().PersonID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // erased
	}
	if err != nil {
		return err
	}
	l, m := d.Texts.In(p.Lang), x.m
	with := strings.Join(m.Others(e.ID), ", ")
	w := roundLetter{kind: kind, to: p, button: d.MeetingURL(m), facts: m.facts(l, with),
		args: []any{"with", with, "when", l.Range(m.Starts, m.Ends, m.Shown.Zone)}}
	if m.Asked != nil {
		if s, ok := x.r.Slot(m.Asked.Slot); ok {
			w.facts = append(w.facts, mailer.Fact{Label: l.Text("letter.fact.proposed"), Value: l.Range(s.Starts, s.Ends, x.r.Zone)})
		}
		if m.Asked.Message != "" {
			w.said = []string{l.Text("letter.request.wrote", "text", m.Asked.Message)}
		}
	}
	ref := "meeting-ask/" + m.ID
	if _, err := d.Outbox.Withdraw(tx, ref); err != nil {
		return err
	}
	mail, err := d.roundMail(tx, x.r, w)
	if err != nil {
		return err
	}
	mail.ID, mail.Ref, mail.Expires = fmt.Sprintf("%s/%s/%d/%s", kind, m.ID, m.Rev, p.ID), ref, m.Ends
	return d.Outbox.Add(tx, *mail)
}

// facts are with whom, when and where.
func (m *Meeting) facts(l *templates.Lang, with string) []mailer.Fact {
	fs := []mailer.Fact{
		{Label: l.Text("letter.fact.with"), Value: with},
		{Label: l.Text("letter.fact.when"), Value: l.Range(m.Starts, m.Ends, m.Shown.Zone)},
	}
	if m.Shown.Where != "" {
		fs = append(fs, mailer.Fact{Label: l.Text("letter.fact.where"), Value: m.Shown.Where})
	}
	if m.Shown.Link != "" && m.State.Stands() {
		fs = append(fs, mailer.Fact{Label: l.Text("letter.fact.link"), Value: m.Shown.Link})
	}
	return fs
}

// said is a paragraph for a reason that somebody gave; none for none.
func said(l *templates.Lang, reason string) []string {
	if reason == "" {
		return nil
	}
	return []string{l.Text("letter.reason", "reason", reason)}
}

// inviteTo puts the invite for v's person into a mail, or its update.
func (d *Desk) inviteTo(tx *storage.Tx, mail *mailer.Mail, r *Round, m *Meeting, v *Invitee, p *Person) (err error) {
	if v.Invite.Left, err = d.meetingInviteLeft(tx, m, v, p); err != nil {
		return err
	}
	x, err := d.meetingPart(tx, mail, ical.Request, r, m, v, p)
	v.Invited, v.Invite = true, v.Invite.next(x.Sequence, m.Starts, m.Ends)
	return err
}

// uninviteFrom puts the end of the invite into a mail, if there can be one in
// its reader's calendar.
func (d *Desk) uninviteFrom(tx *storage.Tx, mail *mailer.Mail, r *Round, m *Meeting, v *Invitee, p *Person) error {
	left, err := d.meetingInviteLeft(tx, m, v, p)
	if err == nil && left {
		_, err = d.meetingPart(tx, mail, ical.Cancel, r, m, v, p)
	}
	v.Invited, v.Invite.Left = false, left
	return err
}

// meetingInviteLeft reports whether v's person may have an invite in their
// calendar.
func (d *Desk) meetingInviteLeft(tx *storage.Tx, m *Meeting, v *Invitee, p *Person) (bool, error) {
	if v.Invite.Left || !v.Invited {
		return v.Invite.Left, nil
	}
	return d.Outbox.InviteLeft(tx, m.ref(v), p.Email)
}

// meetingPart gives a mail its calendar part (RFC 5546), for this one person.
func (d *Desk) meetingPart(tx *storage.Tx, mail *mailer.Mail, method ical.Method, r *Round, m *Meeting, v *Invitee, p *Person) (ical.Entry, error) {
	x := d.ownMeeting(m, v, p.Lang)
	x.Modified, x.Private = tx.Now(), false
	x.Organizer = &ical.Party{
		Name:  cmp.Or(r.Contact, mail.FromName, d.House),
		Email: cmp.Or(d.meetingReplyTo(v), r.ContactEmail, mail.From, d.Outbox.From.Email),
	}
	x.Attendee = &ical.Attendee{Party: ical.Party{Name: p.Name, Email: p.Email}, Answer: v.RSVP.Answer.partstat()}
	body, err := ical.Invite(method, x)
	if err != nil {
		return x, err
	}
	mail.Calendar = &mailer.Calendar{Method: string(method), Body: body}
	return x, nil
}
