package scheduling

import (
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// A tripLetter is what a mail about a trip says to one person. Its words stand
// under "letter.KIND" in templates/locales.
type tripLetter struct {
	kind              string // "application.offered"
	email, name, lang string
	args              []any // what the words mention; the trip and the reader's name are added
	facts             []mailer.Fact
	said              []string // paragraphs that somebody else wrote
	button            string   // address of the one next step
	links             []mailer.Link
}

// tripMail writes a letter of the trip in its reader's language, under the name
// of the trip's cluster. The caller gives it its key and what it speaks of.
func (d *Desk) tripMail(tx *storage.Tx, t *Trip, w tripLetter) (*mailer.Mail, error) {
	about := &Event{ClusterIDs: t.ClusterIDs, ProjectID: t.ProjectID, Zone: t.Zone}
	from, err := d.senderOf(tx, about)
	if err != nil {
		return nil, err
	}
	l := d.Texts.In(w.lang)
	words, err := d.words(tx, from.id(), w.kind, l, append([]any{"trip", t.Title.In(w.lang), "name", w.name}, w.args...)...)
	if err != nil {
		return nil, err
	}
	letter := mailer.Letter{
		Subject: words.Subject, Preheader: words.Preheader, Heading: words.Heading,
		Paragraphs: append([]string{l.Text("letter.hello", "name", w.name), words.Body}, w.said...),
		Facts:      w.facts, Links: w.links, Brand: from.brand(d, l.Code()),
	}
	if w.button != "" {
		letter.Button = &mailer.Link{Label: words.Button, URL: w.button}
	}
	if t.Contact != "" && t.ContactEmail != "" {
		letter.Closing = []string{l.Text("letter.contact", "name", t.Contact, "email", t.ContactEmail)}
	}
	if letter.Emblem, err = d.emblem(tx, l, about); err != nil {
		return nil, err
	}
	return &mailer.Mail{
		Kind: w.kind, About: t.ID, Cluster: from.id(), To: w.email, ToName: w.name, Lang: l.Code(),
		From: from.address(), FromName: from.name(l.Code(), d), ReplyTo: t.ContactEmail, Letter: letter,
	}, nil
}

// tripFunding is the project whose emblem what belongs to a trip has to show
// at a moment; nil for none.
func tripFunding(tx *storage.Tx, t *Trip, now time.Time) (*Project, error) {
	return fundedBy(tx, &Event{ProjectID: t.ProjectID, Zone: t.Zone}, now)
}
