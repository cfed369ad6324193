package scheduling

import (
	"fmt"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about registrations. Each has its words under
// "letter.KIND" in templates/locales.
const (
	mailAddress    = "confirm_address"
	mailReceived   = "received"
	mailConfirmed  = "confirmed"
	mailWaitlisted = "waitlisted"
	mailOffered    = "offered"
	mailCancelled  = "cancelled"
	mailLeft       = "left"
	mailExpired    = "expired"
	mailRejected   = "rejected"
	mailHandedOver = "handed_over"
	mailChanged    = "changed"
	mailCalledOff  = "called_off"
	mailReminder   = "reminder"
	mailThanks     = "thanks"
	mailMissed     = "missed"
)

// mailFor is the kind that says where r stands; "" where there is nothing to say.
func mailFor(r *Registration) string {
	switch r.State {
	case Pending:
		if r.Unconfirmed {
			return mailAddress
		}
		return mailReceived
	case Confirmed:
		return mailConfirmed
	case Waitlisted:
		return mailWaitlisted
	case Offered:
		return mailOffered
	case Withdrawn:
		return mailCancelled
	case Left:
		if r.EndedBy == "deadline" {
			return mailExpired
		}
		return mailLeft
	case Rejected:
		return mailRejected
	}
	return ""
}

// standing is the mail that says where r stands now, with the calendar part
// that goes with it; nil where there is nobody or nothing to tell. It notes on
// r that a calendar entry is on its way.
func (d *Desk) standing(tx *storage.Tx, p *place) (*mailer.Mail, error) {
	e, r, kind := p.e, p.r, mailFor(p.r)
	if kind == "" || r.Email == "" {
		return nil, nil
	}
	m, err := d.mail(tx, kind, e, r)
	if err != nil {
		return nil, err
	}
	if kind == mailWaitlisted {
		if err := d.sayPosition(tx, m, p); err != nil {
			return nil, err
		}
	}
	switch {
	case r.State == Confirmed:
		err = d.invite(tx, m, e, r)
	case r.Invited && !r.State.Live():
		err = d.uninvite(tx, m, e, r)
		r.Invited = false
	}
	return m, err
}

// mail writes to r's person about the event: what, when with its zone, where,
// and the one next step, in their language.
func (d *Desk) mail(tx *storage.Tx, kind string, e *Event, r *Registration) (*mailer.Mail, error) {
	sender, err := d.senderOf(tx, e)
	if err != nil {
		return nil, err
	}
	l := d.Texts.In(r.Lang)
	letter, err := d.letter(tx, sender.id(), l, kind, e, r)
	if err != nil {
		return nil, err
	}
	letter.Brand = sender.brand(d, l.Code())
	if letter.Emblem, err = d.emblem(tx, l, e); err != nil {
		return nil, err
	}
	return &mailer.Mail{
		Kind: "registration." + kind, Ref: r.ID, About: e.ID, Cluster: sender.id(), Order: r.ID,
		To: r.Email, ToName: r.Name, Lang: l.Code(),
		From: sender.address(), FromName: sender.name(l.Code(), d), ReplyTo: e.ContactEmail,
		Letter: letter, Priority: priority(kind), Expires: expiry(kind, e),
	}, nil
}

// letter writes the words of one kind.
func (d *Desk) letter(tx *storage.Tx, clusterID string, l *templates.Lang, kind string, e *Event, r *Registration) (mailer.Letter, error) {
	when := l.Range(e.Starts, e.Ends, e.Zone)
	w, err := d.words(tx, clusterID, "registration."+kind, l, "event", e.Title.In(r.Lang), "name", r.Name, "when", when)
	out := mailer.Letter{
		Subject:    w.Subject,
		Preheader:  w.Preheader,
		Heading:    w.Heading,
		Paragraphs: []string{l.Text("letter.hello", "name", r.Name), w.Body},
		Facts:      d.facts(l, kind, e, r, when),
		Button:     &mailer.Link{Label: w.Button, URL: d.nextStep(kind, e, r)},
	}
	if r.Reason != "" && (kind == mailCancelled || kind == mailRejected) {
		out.Paragraphs = append(out.Paragraphs, l.Text("letter.reason", "reason", r.Reason))
	}
	if kind == mailCalledOff && e.CancelReason != "" {
		out.Paragraphs = append(out.Paragraphs, l.Text("letter.reason", "reason", e.CancelReason))
	}
	if name := e.Contact; name != "" && e.ContactEmail != "" {
		out.Closing = []string{l.Text("letter.contact", "name", name, "email", e.ContactEmail)}
	}
	return out, err
}

// sayPosition adds the place in the queue to a mail to somebody who waits.
func (d *Desk) sayPosition(tx *storage.Tx, m *mailer.Mail, p *place) error {
	pos, err := position(tx, p.s, p.r)
	if err != nil {
		return err
	}
	label := d.Texts.In(p.r.Lang).Text("letter.fact.position")
	m.Letter.Facts = append(m.Letter.Facts, mailer.Fact{Label: label, Value: fmt.Sprint(pos)})
	return nil
}

// facts are when, where and what to have at hand.
func (d *Desk) facts(l *templates.Lang, kind string, e *Event, r *Registration, when string) []mailer.Fact {
	fs := []mailer.Fact{
		{Label: l.Text("letter.fact.event"), Value: e.Title.In(r.Lang)},
		{Label: l.Text("letter.fact.when"), Value: when},
	}
	if place := e.Place(); place != "" {
		fs = append(fs, mailer.Fact{Label: l.Text("letter.fact.where"), Value: place})
	}
	if e.Link != "" && r.Holds() && leadsThere(kind) {
		fs = append(fs, mailer.Fact{Label: l.Text("letter.fact.link"), Value: e.Link})
	}
	switch kind {
	case mailConfirmed, mailReminder, mailChanged:
		if r.Holds() {
			fs = append(fs, mailer.Fact{Label: l.Text("letter.fact.ticket"), Value: r.Ticket})
		}
	case mailOffered, mailAddress:
		fs = append(fs, mailer.Fact{Label: l.Text("letter.fact.deadline"), Value: l.When(r.Deadline, e.Zone)})
	}
	return fs
}

// leadsThere reports whether somebody who reads a mail of the kind can join.
func leadsThere(kind string) bool {
	switch kind {
	case mailOffered, mailCalledOff, mailThanks, mailMissed:
		return false
	}
	return true
}

// nextStep is where the one button of a mail leads.
func (d *Desk) nextStep(kind string, e *Event, r *Registration) string {
	switch kind {
	case mailCancelled, mailLeft, mailExpired, mailRejected, mailHandedOver, mailCalledOff, mailThanks, mailMissed:
		return d.EventURL(e)
	}
	return d.MyURL(r)
}

// priority lets what nobody waits for wait for the rest.
func priority(kind string) int {
	switch kind {
	case mailThanks, mailMissed:
		return mailer.Bulk
	}
	return mailer.Normal
}

// sender is whose name a mail about an event carries.
type sender struct{ cluster *Cluster }

// senderOf is the event's first cluster.
func (d *Desk) senderOf(tx *storage.Tx, e *Event) (sender, error) {
	if len(e.ClusterIDs) == 0 {
		return sender{}, nil
	}
	c, err := clusters.Shared(tx, e.ClusterIDs[0])
	return sender{c}, err
}

func (s sender) id() string {
	if s.cluster == nil {
		return ""
	}
	return s.cluster.ID
}

func (s sender) address() string {
	if s.cluster == nil {
		return ""
	}
	return s.cluster.Sender
}

func (s sender) name(lang string, d *Desk) string {
	if s.cluster == nil {
		return d.House
	}
	return s.cluster.Name.In(lang)
}

func (s sender) brand(d *Desk, lang string) mailer.Brand {
	b := mailer.Brand{Name: s.name(lang, d), URL: d.BaseURL + "/"}
	if s.cluster != nil {
		b.Colour, b.URL, b.Address = s.cluster.Colour, d.BaseURL+"/clusters/"+s.cluster.Slug, s.cluster.Address
	}
	return b
}

// emblem is what a funded project's mail has to show, between its dates only.
func (d *Desk) emblem(tx *storage.Tx, l *templates.Lang, e *Event) (*mailer.Emblem, error) {
	p, err := fundedBy(tx, e, tx.Now())
	if p == nil || err != nil {
		return nil, err
	}
	return &mailer.Emblem{Text: l.Text("common.cofunded"), Project: p.Name.In(l.Code())}, nil
}

// farewell tells the person who hands r over that their part is done. It
// speaks of who r was, so what is said of r from here on does not withdraw it.
func (d *Desk) farewell(tx *storage.Tx, p *place) error {
	if p.r.Email == "" {
		return nil
	}
	m, err := d.mail(tx, mailHandedOver, p.e, p.r)
	if err != nil {
		return err
	}
	if p.r.Invited {
		gone := *p.r
		gone.Sequence++
		gone.State = Withdrawn
		if err := d.uninvite(tx, m, p.e, &gone); err != nil {
			return err
		}
	}
	m.ID = fmt.Sprintf("%s/%s/%d", mailHandedOver, p.r.ID, p.r.Generation)
	m.Ref = m.ID
	return d.Outbox.Add(tx, *m)
}

// expiry is when a mail of the kind is of no use any more: what speaks of
// something ahead must not come after it.
func expiry(kind string, e *Event) time.Time {
	switch kind {
	case mailReminder, mailOffered, mailAddress:
		return e.Starts
	}
	return time.Time{}
}
