package ical

import (
	"fmt"
	"slices"

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

// Publish makes the file of one entry for a person to download, for a series
// with what stands in place of its instances. It names the Organizer, which
// RFC 5546 3.2.1 demands, and nobody else.
func Publish(e Entry, instead ...Entry) ([]byte, error) { return message(publish, e, instead) }

// Invite makes what the one attendee of e gets by mail, naming this attendee
// and the organizer and nobody else. The organizer's address should be a
// mailbox that is read: answers go there. m is Request or Cancel; e has the
// sequence this message is sent with, for Cancel one more than was sent before.
// It may be a series, told with what stands in place of its instances, or one
// such instance alone. What no rule can say of a series (it comes in the hour
// that comes twice, or in a zone of odd rules) is an error here.
func Invite(m Method, e Entry, instead ...Entry) ([]byte, error) {
	if m != Request && m != Cancel {
		return nil, e.faulty("%q is no method of an invitation", string(m))
	}
	for _, x := range append([]Entry{e}, instead...) {
		switch {
		case m == Request && x.Status == Cancelled:
			return nil, x.faulty("nobody can be invited to what is cancelled")
		case x.Attendee == nil:
			return nil, x.faulty("nobody to invite")
		}
	}
	return message(m, e, instead)
}

func message(m Method, e Entry, instead []Entry) ([]byte, error) {
	var p plan
	items, all, err := together(&p, &e, instead)
	if err != nil {
		return nil, err
	}
	p.settle()
	if s := all[e.UID]; s != nil && !s.whole(&p) {
		return nil, e.faulty("no rule says all the times of the series")
	}
	if !p.names(&e) {
		return nil, e.faulty("the clocks of its series cannot say which instance it is")
	}
	body := &folder{buf: make([]byte, 0, 2048)}
	for _, it := range items {
		if err := it.appendTo(body, form{m, !p.local(it.span), it.course}); err != nil {
			return nil, err
		}
	}
	f := &folder{buf: make([]byte, 0, 2048)}
	begin(f, "")
	f.say("METHOD:", string(m))
	if m == publish {
		f.say("X-MS-OLK-FORCEINSPECTOROPEN:TRUE") // Outlook shows it before it saves it
	}
	p.write(f)
	return slices.Concat(f.buf, body.buf, closing), nil
}

// together are the entries of one message: one thing, whose instances are
// answered for together (RFC 5546 3.2.2).
func together(p *plan, e *Entry, instead []Entry) ([]item, allSeries, error) {
	if err := e.Check(); err != nil {
		return nil, nil, err
	}
	if e.Repeat == nil && len(instead) > 0 {
		return nil, nil, e.faulty("what does not repeat has no instances")
	}
	if e.Repeat == nil {
		return []item{{Entry: e, span: p.add(e, nil)}}, nil, nil
	}
	for i := range instead {
		if instead[i].UID != e.UID || instead[i].Instance.IsZero() {
			return nil, nil, instead[i].faulty("is no instance of %q", e.UID)
		}
	}
	var none *Cache
	items, all, skipped := none.series(none.gather(append([]Entry{*e}, instead...), p), p)
	if len(skipped) > 0 {
		return nil, nil, skipped[0]
	}
	return items, all, nil
}

func (e *Entry) setParties(d *draft, m Method) *EntryError {
	if m == "" {
		return nil
	}
	address, err := e.Organizer.mailto()
	if err != nil {
		return e.faulty("organizer: %v", err)
	}
	d.set(ical.PropOrganizer, address, e.Organizer.params())
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
	d.set(ical.PropAttendee, address, params)
	return nil
}

func (p *Party) params() ical.Params {
	params := ical.Params{}
	if name := cleanParam(p.Name); name != "" {
		params.Set(ical.ParamCommonName, name)
	}
	return params
}

// params asks for an answer in an invitation, also when there is one already:
// without RSVP=TRUE some clients show no buttons.
func (a *Attendee) params(m Method) (ical.Params, error) {
	answer := a.Answer
	switch answer {
	case "":
		answer = NeedsAction
	case NeedsAction, Accepted, Maybe, Declined:
	default:
		return nil, fmt.Errorf("unknown answer %q", string(answer))
	}
	params := a.Party.params()
	params.Set("CUTYPE", "INDIVIDUAL")
	params.Set("ROLE", "REQ-PARTICIPANT")
	params.Set("PARTSTAT", string(answer))
	if m == Request {
		params.Set("RSVP", "TRUE")
	}
	return params, nil
}
