package scheduling

import (
	"errors"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// A roundLetter is what a mail about a round's requests and meetings says to
// one person. Its words stand under "letter.KIND" in templates/locales.
type roundLetter struct {
	kind   string // "meeting.booked"
	to     *Person
	args   []any // what the words mention; the round and the reader's name are added
	facts  []mailer.Fact
	said   []string // paragraphs that somebody else wrote
	button string   // address; none where the links are what to do next
	links  []mailer.Link
}

// roundMail writes a letter of the round in its reader's language, under the
// name of the round's cluster. The caller gives it its key.
func (d *Desk) roundMail(tx *storage.Tx, r *Round, w roundLetter) (*mailer.Mail, error) {
	e, err := roundEvent(tx, r)
	if err != nil {
		return nil, err
	}
	from, err := d.senderOf(tx, e)
	if err != nil {
		return nil, err
	}
	l := d.Texts.In(w.to.Lang)
	words, err := d.words(tx, from.id(), w.kind, l, append([]any{"round", r.Title.In(w.to.Lang), "name", w.to.Name}, w.args...)...)
	if err != nil {
		return nil, err
	}
	letter := mailer.Letter{
		Subject: words.Subject, Preheader: words.Preheader, Heading: words.Heading,
		Paragraphs: append([]string{l.Text("letter.hello", "name", w.to.Name), words.Body}, w.said...),
		Facts:      w.facts, Links: w.links, Brand: from.brand(d, l.Code()),
	}
	if w.button != "" {
		letter.Button = &mailer.Link{Label: words.Button, URL: w.button}
	}
	if r.Contact != "" && r.ContactEmail != "" {
		letter.Closing = []string{l.Text("letter.contact", "name", r.Contact, "email", r.ContactEmail)}
	}
	if letter.Emblem, err = d.emblem(tx, l, e); err != nil {
		return nil, err
	}
	return &mailer.Mail{
		Kind: w.kind, About: r.ID, Cluster: from.id(), To: w.to.Email, ToName: w.to.Name, Lang: l.Code(),
		From: from.address(), FromName: from.name(l.Code(), d), ReplyTo: r.ContactEmail, Letter: letter,
	}, nil
}

// roundEvent is the event that r is part of, or one that has no more than r's
// clusters and what pays for the trip that r is on.
func roundEvent(tx *storage.Tx, r *Round) (*Event, error) {
	if r.EventID != "" {
		e, err := events.Get(tx, r.EventID)
		if !errors.Is(err, storage.ErrNotFound) {
			return e, err
		}
	}
	e := &Event{ClusterIDs: r.ClusterIDs}
	if r.TripID != "" {
		t, err := trips.Get(tx, r.TripID)
		if ignoreMissing(err) != nil {
			return nil, err
		}
		if t != nil && err == nil {
			e.ProjectID, e.Zone = t.ProjectID, t.Zone
		}
	}
	return e, nil
}
