package scheduling

import (
	"context"
	"errors"
	"fmt"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// Reception is what a message that came in led to.
type Reception string

// The receptions. Only the first changed anything.
const (
	Recorded Reception = "recorded" // an answer or a report counts
	Repeated Reception = "repeated" // it says what is known, or what was overtaken
	Ignored  Reception = "ignored"  // it is neither an answer to an invite nor a report that counts
	Refused  Reception = "refused"  // it is one, but not shown to be the person's or about a mail of ours
)

// A Received message, in one word and in one English line for a log. The line
// holds no address and nothing that the message says.
type Received struct {
	Reception Reception
	Detail    string
}

// ReceiveMail takes a message (RFC 5322) that came to the house's mailbox: an
// answer to an invite is kept, and so is what a mail server reports of a mail
// that came back or was called spam, with what follows from it; everything else
// is ignored with a word. The same message any number of times does the same once.
// Whoever hands messages in vouches for what their mail server wrote into them,
// so only administrators may. An error says that the message should be handed
// in again later.
func (d *Desk) ReceiveMail(ctx context.Context, by Actor, raw []byte) (out Received, err error) {
	if !by.Administers() {
		return out, errHidden
	}
	m, err := mailer.Receive(raw)
	if err != nil {
		return Received{Ignored, err.Error()}, nil
	}
	if m.Bounce != nil || m.Feedback != nil {
		return d.receiveOne(ctx, m)
	}
	replies, none := repliesIn(m)
	if none != "" {
		return Received{Ignored, none}, nil
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		out = Received{}
		for _, a := range replies {
			one, err := d.receive(tx, m, a)
			if err != nil {
				return err
			}
			out.add(one)
		}
		return nil
	})
	if err != nil {
		return Received{}, fmt.Errorf("receive a message: %w", err)
	}
	return out, nil
}

// receiveOne takes a message that is a report.
func (d *Desk) receiveOne(ctx context.Context, m *mailer.Incoming) (out Received, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		out, err = d.receiveReport(tx, m)
		return err
	})
	if err != nil {
		return Received{}, fmt.Errorf("receive a report: %w", err)
	}
	return out, nil
}

// add joins what one answer of a message led to with the others: a change is
// what has to be said first.
func (r *Received) add(one Received) {
	if r.Reception == "" || one.Reception == Recorded && r.Reception != Recorded {
		*r = one
	}
}

// repliesIn are the answers in a message, or why there are none. A calendar that
// comes twice, to be read and attached, is read once.
func repliesIn(m *mailer.Incoming) (replies []ical.Reply, none string) {
	line := 0
	for _, c := range m.Calendars {
		replies, err := ical.ReadReplies(c)
		if err == nil {
			return replies, ""
		}
		var fault *ical.ReadError
		if errors.As(err, &fault) {
			line = fault.Line
		}
	}
	switch {
	case m.Nature == mailer.Report:
		return nil, "a report that says of no mail that it failed"
	case len(m.Calendars) > 0:
		return nil, fmt.Sprintf("its calendar is no answer that can be read (line %d)", line)
	case m.Nature == mailer.Automatic:
		return nil, "an automatic reply"
	}
	return nil, "no answer to an invite is in it"
}

// receive takes one answer out of a message.
func (d *Desk) receive(tx *storage.Tx, m *mailer.Incoming, a ical.Reply) (Received, error) {
	for _, receive := range []func(*storage.Tx, *mailer.Incoming, ical.Reply) (Received, bool, error){d.receiveForMeeting, d.receiveForGathering} {
		if out, ours, err := receive(tx, m, a); ours || err != nil {
			return out, err
		}
	}
	p, why, err := d.answered(tx, m, a)
	if err != nil || why != "" {
		return Received{Refused, why}, err
	}
	said := RSVP{Answer: answerOf(a.Answer), Comment: a.Comment, Via: "mail", Sequence: a.Sequence, Stamp: a.Stamp}
	switch {
	case said.Answer == "":
		return Received{Ignored, "the answer is neither yes nor maybe nor no"}, nil
	case a.Instance != "":
		return Received{Ignored, "it answers one day of a series, and the event is none"}, nil
	}
	v, err := d.note(tx, p.r.sender(), p, said)
	return v.received(said.Answer), err
}

// received is a verdict in the words of a log.
func (v verdict) received(a Answer) Received {
	switch v {
	case counts:
		return Received{Recorded, "the answer is " + string(a)}
	case repeats:
		return Received{Repeated, "the answer is known"}
	case overtaken:
		return Received{Repeated, "a newer answer is known"}
	case outdated:
		return Received{Repeated, "it answers an invite to another time"}
	}
	return Received{Repeated, "the registration is over"}
}

// answered finds the registration whose person a message is shown to be from,
// or says why there is none: either it was sent to the registration's own
// address, or its sender is the attendee and our mail server vouches for that.
// In both cases the answer has to name the event and the one who was invited:
// invites are forwarded, and others answer to them.
func (d *Desk) answered(tx *storage.Tx, m *mailer.Incoming, a ical.Reply) (p *place, why string, err error) {
	attendee, _ := NormalEmail(a.Attendee)
	from, _ := NormalEmail(m.From)
	for _, to := range m.To {
		p, err := d.addressee(tx, to)
		switch {
		case errors.Is(err, storage.ErrNotFound):
			continue
		case err != nil:
			return nil, "", err
		case p.e.UID != a.UID:
			return nil, "the address belongs to another invite", nil
		case p.r.Email != attendee:
			return nil, "the answer is somebody else's than the one who was invited", nil
		}
		return p, "", nil
	}
	switch {
	case from == "" || from != attendee:
		return nil, "it was not sent to the address of an invite, and its sender is not the attendee", nil
	case !m.Vouched(d.Authserv):
		return nil, "it was not sent to the address of an invite, and nothing we trust vouches for its sender", nil
	}
	p, err = d.invitee(tx, a.UID, attendee)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, "there is no such invite", nil
	}
	return p, "", err
}

// addressee is whose own address a message was sent to.
func (d *Desk) addressee(tx *storage.Tx, to string) (*place, error) {
	id, signature, ok := d.replyToken(to)
	if !ok {
		return nil, storage.ErrNotFound
	}
	p, err := d.fetch(tx, id)
	if err == nil && !d.repliesTo(p.r, signature) {
		err = storage.ErrNotFound
	}
	return p, err
}

// invitee is the registration of an address for the event of a UID: the live
// one, if there is one.
func (d *Desk) invitee(tx *storage.Tx, uid, email string) (*place, error) {
	e, err := events.First(tx, storage.Query{Where: []storage.Cond{storage.Is("uid", uid)}})
	if err != nil {
		return nil, err
	}
	list, err := registrations.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("email", email), storage.Is("event_id", e.ID)}})
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		if r.State.Live() {
			return d.fetch(tx, r.ID)
		}
	}
	if len(list) == 0 {
		return nil, storage.ErrNotFound
	}
	return d.fetch(tx, list[0].ID)
}
