package ical

import (
	"fmt"

	"github.com/emersion/go-ical"
)

// A Method says what a message asks of its reader (RFC 5546). It stands in the
// calendar and, the same, in the MIME type of the mail part (RFC 6047).
type Method string

// Request invites, and tells of every later change; Cancel takes the entry
// back. (A change that is sent as a publication makes a second entry.)
const (
	Request Method = "REQUEST"
	Cancel  Method = "CANCEL"

	publish Method = "PUBLISH"
)

// Publish makes the file of one entry for a person to download. It names the
// Organizer, which RFC 5546 3.2.1 demands, and nobody else.
func Publish(e Entry) ([]byte, error) { return message(publish, &e) }

// Invite makes what the one attendee of e gets by mail, naming this attendee
// and the organizer and nobody else. The organizer's address should be a
// mailbox that is read: answers go there. m is Request or Cancel; e has the
// sequence this message is sent with, for Cancel one more than was sent before.
func Invite(m Method, e Entry) ([]byte, error) {
	switch {
	case m != Request && m != Cancel:
		return nil, e.faulty("%q is no method of an invitation", string(m))
	case m == Request && e.Status == Cancelled:
		return nil, e.faulty("nobody can be invited to what is cancelled")
	case e.Attendee == nil:
		return nil, e.faulty("nobody to invite")
	}
	return message(m, &e)
}

func message(m Method, e *Entry) ([]byte, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	var p plan
	p.add(e)
	p.settle()
	as := form{method: m, utc: !p.local(e)}
	f := &folder{buf: make([]byte, 0, 2048)}
	begin(f, "")
	f.say("METHOD:", string(m))
	if m == publish {
		f.say("X-MS-OLK-FORCEINSPECTOROPEN:TRUE") // Outlook shows it before it saves it
	}
	p.write(f)
	if err := e.appendTo(f, as); err != nil {
		return nil, err
	}
	f.say("END:VCALENDAR")
	return f.buf, nil
}

func (e *Entry) setParties(c *ical.Component, m Method) *EntryError {
	if m == "" {
		return nil
	}
	address, err := e.Organizer.mailto()
	if err != nil {
		return e.faulty("organizer: %v", err)
	}
	set(c, ical.PropOrganizer, address, e.Organizer.params()...)
	if m == publish {
		return nil
	}
	if address, err = e.Attendee.mailto(); err != nil {
		return e.faulty("attendee: %v", err)
	}
	params, err := e.Attendee.params(m)
	if err != nil {
		return e.faulty("attendee: %v", err)
	}
	set(c, ical.PropAttendee, address, params...)
	return nil
}

func (p *Party) params() []string {
	if name := cleanParam(p.Name); name != "" {
		return []string{"CN", name}
	}
	return nil
}

// params asks for an answer in an invitation, also when there is one already:
// without RSVP=TRUE some clients show no buttons.
func (a *Attendee) params(m Method) ([]string, error) {
	answer := a.Answer
	switch answer {
	case "":
		answer = NeedsAction
	case NeedsAction, Accepted, Maybe, Declined:
	default:
		return nil, fmt.Errorf("unknown answer %q", string(answer))
	}
	params := append(a.Party.params(), "CUTYPE", "INDIVIDUAL", "ROLE", "REQ-PARTICIPANT", "PARTSTAT", string(answer))
	if m == Request {
		params = append(params, "RSVP", "TRUE")
	}
	return params, nil
}
