package scheduling

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about requests. Each has its words under "letter.KIND".
const (
	requestReceived  = "request.received"
	requestAccepted  = "request.accepted"
	requestUntimed   = "request.untimed" // accepted, but there is no common time
	requestDeclined  = "request.declined"
	requestCountered = "request.countered"
	requestWithdrawn = "request.withdrawn"
	requestExpired   = "request.expired" // to the one that did not answer
	requestLapsed    = "request.lapsed"  // to the one that got no answer
	requestReminder  = "request.reminder"
)

// contact is whom of e we write to: the first who manages it.
func (e *Entrant) contact() Delegate {
	for _, p := range e.People {
		if p.Manages {
			return p
		}
	}
	if len(e.People) > 0 {
		return e.People[0]
	}
	return Delegate{}
}

// requestRef names what mails about a request speak of.
func requestRef(q *Request) string { return "request/" + q.ID }

// tellRequest writes to one of the two about their request. What has not left
// of earlier mails about it is taken back.
func (d *Desk) tellRequest(tx *storage.Tx, x *exchange, kind string, to *Entrant) error {
	ref := requestRef(x.q)
	if _, err := d.Outbox.Withdraw(tx, ref); err != nil {
		return err
	}
	p, err := people.Get(tx, to.contact().PersonID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // erased
	}
	if err != nil {
		return err
	}
	m, err := d.requestMail(tx, x, kind, to, p)
	if err != nil {
		return err
	}
	m.ID, m.Ref, m.Order = fmt.Sprintf("%s/%s/%d/%s", kind, x.q.ID, x.q.Turns, p.ID), ref, ref
	return d.Outbox.Add(tx, *m)
}

func (d *Desk) requestMail(tx *storage.Tx, x *exchange, kind string, to *Entrant, p *Person) (*mailer.Mail, error) {
	q, l := x.q, d.Texts.In(p.Lang)
	with := x.me
	if with.ID == to.ID {
		with = x.other
	}
	w := roundLetter{kind: kind, to: p, args: []any{"with", with.Name}, button: d.RequestsURL(x.r), said: quotedIn(l, kind, q)}
	w.facts = d.requestFacts(l, x, with, to)
	if q.Turn == to.ID {
		w.button = d.BaseURL + "/b2b/" + d.requestLink(q, to, p.ID)
		w.links = []mailer.Link{{Label: l.Text("letter.request.yes"), URL: w.button + "?as=want"}, {Label: l.Text("letter.request.no"), URL: w.button + "?as=no"}}
	}
	m, err := d.roundMail(tx, x.r, w)
	if err == nil && q.Turn == to.ID {
		m.Expires = q.Deadline
	}
	return m, err
}

// requestFacts are at which round, when and where that is, with whom, and until
// when to answer.
func (d *Desk) requestFacts(l *templates.Lang, x *exchange, with, to *Entrant) []mailer.Fact {
	fs := d.roundFacts(x.r, l.Code())
	say := func(label, value string) {
		fs = append(fs, mailer.Fact{Label: l.Text("letter.fact." + label), Value: value})
	}
	if place := x.r.Place(); place != "" {
		say("where", place)
	}
	say("with", with.Name)
	if s, ok := x.r.Slot(x.q.Slot); ok && x.q.State.Live() {
		say("proposed", l.Range(s.Starts, s.Ends, x.r.Zone))
	}
	if x.q.Turn == to.ID {
		say("deadline", l.When(x.q.Deadline, x.r.Zone))
	}
	return fs
}

// quotedIn is what the other one wrote.
func quotedIn(l *templates.Lang, kind string, q *Request) []string {
	words := q.Reply
	if kind == requestReceived || kind == requestReminder && q.State == RequestSent {
		words = q.Message
	}
	if words == "" || kind == requestExpired || kind == requestLapsed || kind == requestWithdrawn {
		return nil
	}
	return []string{l.Text("letter.request.wrote", "text", words)}
}

// RequestsURL is where an entrant sees its requests.
func (d *Desk) RequestsURL(r *Round) string { return d.BaseURL + "/rounds/" + r.Slug + "/my/requests" }

// requestLink is the last part of the address at which one person answers one
// request without signing in. It is useless when the entrant's links are
// renewed, and when they are not of the entrant any more.
func (d *Desk) requestLink(q *Request, e *Entrant, personID string) string {
	return d.sign("b2b-request", q.ID+"-"+personID, e.Generation)
}

// A LinkedRequest is what the holder of a request's link may see and answer.
type LinkedRequest struct {
	RequestLine
	Round *Round
	Me    *Entrant
	By    Actor // acts for Me
}

// RequestByLink finds a request by a link out of a mail.
func (d *Desk) RequestByLink(ctx context.Context, link string) (out *LinkedRequest, err error) {
	both, mac, ok := splitLink(link)
	id, personID, two := strings.Cut(both, "-")
	if !ok || !two {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		q, err := requests.Get(tx, id)
		if err != nil {
			return err
		}
		for _, side := range []string{q.From, q.To} {
			e, err := entrants.Get(tx, side)
			if err != nil {
				return err
			}
			if p, ok := e.Delegate(personID); ok && p.Manages && d.signed("b2b-request", both, e.Generation, mac) {
				out, err = d.linked(tx, q, e, p)
				return err
			}
		}
		return errHidden
	})
	return out, err
}

func (d *Desk) linked(tx *storage.Tx, q *Request, e *Entrant, p Delegate) (*LinkedRequest, error) {
	person, err := people.Get(tx, p.PersonID)
	if err != nil {
		return nil, err
	}
	by := Actor{ID: p.PersonID, Name: p.Name, Email: person.Email, Lang: person.Lang, Via: "link"}
	x, err := d.exchangeOf(tx, by, e.ID, q.ID)
	if err != nil {
		return nil, err
	}
	line, err := d.lineOf(tx, x)
	return &LinkedRequest{RequestLine: *line, Round: x.r, Me: e, By: by}, err
}
