package scheduling

import (
	"cmp"
	"errors"
	"fmt"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// receiveForMeeting takes an answer to the invite of a meeting out of a
// message; ours says whether it is one. Who may answer is decided as for
// registrations: see answered.
func (d *Desk) receiveForMeeting(tx *storage.Tx, in *mailer.Incoming, a ical.Reply) (out Received, ours bool, err error) {
	m, v, why, err := d.meetingAnswered(tx, in, a)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return out, false, nil
	case err != nil:
		return out, true, err
	case why != "":
		return Received{Refused, why}, true, nil
	}
	said := RSVP{Answer: answerOf(a.Answer), Comment: a.Comment, Via: "mail", Sequence: a.Sequence, Stamp: a.Stamp}
	if said.Answer == "" {
		return Received{Ignored, "the answer is neither yes nor maybe nor no"}, true, nil
	}
	weighed, err := d.noteForMeeting(tx, m, v, said)
	return weighed.received(said.Answer), true, err
}

// meetingAnswered finds the invitee of a meeting whom a message is shown to be
// from, or says why there is none. ErrNotFound where it is no meeting's at all.
func (d *Desk) meetingAnswered(tx *storage.Tx, in *mailer.Incoming, a ical.Reply) (m *Meeting, v *Invitee, why string, err error) {
	m, err = meetings.First(tx, storage.Query{Where: []storage.Cond{storage.Is("uid", a.UID)}})
	if err != nil {
		return nil, nil, "", err
	}
	attendee, _ := NormalEmail(a.Attendee)
	from, _ := NormalEmail(in.From)
	v, email, err := inviteeBy(tx, m, attendee)
	if err != nil {
		return nil, nil, "", err
	}
	for _, to := range in.To {
		id, signature, ok := d.replyToken(to)
		if i := m.replying(id); ok && i != nil && d.repliesToMeeting(i, signature) {
			if v == nil || i.PersonID != v.PersonID {
				return nil, nil, "the answer is somebody else's than the one who was invited", nil
			}
			return m, v, "", nil
		}
	}
	switch {
	case v == nil:
		return nil, nil, "there is no such invite", nil
	case from == "" || from != email:
		return nil, nil, "it was not sent to the address of an invite, and its sender is not the attendee", nil
	case !in.Vouched(d.Authserv):
		return nil, nil, "it was not sent to the address of an invite, and nothing we trust vouches for its sender", nil
	}
	return m, v, "", nil
}

// inviteeBy is the invitee with an address; nil if nobody has it.
func inviteeBy(tx *storage.Tx, m *Meeting, email string) (*Invitee, string, error) {
	if email == "" {
		return nil, "", nil
	}
	p, err := personByEmail(tx, email)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	return m.Invitee(p.ID), p.Email, nil
}

// replying is the invitee whose answers' address has an id.
func (m *Meeting) replying(id string) *Invitee {
	for i := range m.Invitees {
		if m.Invitees[i].ReplyID == id {
			return &m.Invitees[i]
		}
	}
	return nil
}

// noteForMeeting weighs an answer and keeps it. A no ends nothing, as a
// colleague may come instead: whoever manages the entrant and the organiser are
// told.
func (d *Desk) noteForMeeting(tx *storage.Tx, m *Meeting, v *Invitee, a RSVP) (verdict, error) {
	a = a.sane(v.Invite, tx.Now())
	live := m.State.Stands() && v.Left == nil
	if w := a.against(v.RSVP, v.Invite, live); w != counts {
		return w, nil
	}
	known := v.RSVP
	v.RSVP = a
	if err := meetings.Put(tx, m); err != nil {
		return counts, err
	}
	if a.Answer == known.Answer && a.Comment == known.Comment {
		return repeats, nil
	}
	by := Actor{ID: v.PersonID, Via: "mail"}
	if err := d.log(tx, by, "meeting.answer_"+string(a.Answer), m.ID, m.RoundID, m.label(), a.Comment); err != nil {
		return counts, err
	}
	if a.Answer != AnswerNo || known.Answer == AnswerNo || !tx.Now().Before(m.Ends) {
		return counts, nil
	}
	return counts, d.tellOfNo(tx, m, v)
}

// tellOfNo tells whoever manages an entrant, and the organiser, that one of its
// people does not come. Whoever said it is not told.
func (d *Desk) tellOfNo(tx *storage.Tx, m *Meeting, v *Invitee) error {
	r, err := rounds.Get(tx, m.RoundID)
	if err != nil {
		return err
	}
	e, err := entrants.Get(tx, v.EntrantID)
	if err != nil {
		return err
	}
	to := []*Person{}
	if id := e.contact().PersonID; id != v.PersonID {
		p, err := people.Get(tx, id)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err == nil {
			to = append(to, p)
		}
	}
	if r.ContactEmail != "" {
		p, err := organiserOf(tx, r)
		if err != nil {
			return err
		}
		to = append(to, p)
	}
	who, _ := e.Delegate(v.PersonID)
	for _, p := range to {
		if err := d.sayNo(tx, r, m, e, p, who.Name, v); err != nil {
			return err
		}
	}
	return nil
}

// organiserOf is whom a round names to be written to: a contact of ours, or
// somebody we know no more of.
func organiserOf(tx *storage.Tx, r *Round) (*Person, error) {
	p, err := personByEmail(tx, r.ContactEmail)
	if errors.Is(err, storage.ErrNotFound) {
		return &Person{Email: r.ContactEmail, Name: r.Contact, Lang: templates.Fallback}, nil
	}
	return p, err
}

func (d *Desk) sayNo(tx *storage.Tx, r *Round, m *Meeting, e *Entrant, to *Person, who string, v *Invitee) error {
	l, with := d.Texts.In(to.Lang), m.label()
	w := roundLetter{kind: meetingDeclined, to: to, button: d.MeetingURL(m), facts: m.facts(l, with), said: said(l, v.RSVP.Comment),
		args: []any{"who", who, "company", e.Name, "with", with, "when", l.Range(m.Starts, m.Ends, m.Shown.Zone)}}
	mail, err := d.roundMail(tx, r, w)
	if err != nil {
		return err
	}
	mail.ID, mail.Ref, mail.Expires = fmt.Sprintf("%s/%s/%d/%s", meetingDeclined, m.ID, m.Rev, cmp.Or(to.ID, byOrganiser)), "meeting-no/"+m.ID, m.Ends
	return d.Outbox.Add(tx, *mail)
}
