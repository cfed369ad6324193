package scheduling

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// mailErase is the kind of mail with the link that erases.
const mailErase = "privacy.erase"

// eraseFor is how long that link works.
const eraseFor = 24 * time.Hour

// AskErasure mails a signed-in person the link with which they erase themselves:
// a session that somebody left open is not enough for what cannot be undone.
func (d *Desk) AskErasure(ctx context.Context, by Actor) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := d.myself(tx, by)
		if err != nil {
			return err
		}
		if err := d.erasable(tx, p); err != nil {
			return err
		}
		return d.Outbox.Add(tx, d.erasureMail(p, tx.Now()))
	})
	if err != nil {
		return fmt.Errorf("ask to be erased: %w", err)
	}
	return nil
}

// erasable refuses the last administrator: a house that nobody can administer
// could not even erase them.
func (d *Desk) erasable(tx *storage.Tx, p *Person) error {
	if !p.Actor().Administers() {
		return nil
	}
	for o, err := range people.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("staff", true)}}) {
		if err != nil {
			return err
		}
		if o.ID != p.ID && o.Actor().Administers() {
			return nil
		}
	}
	return &Problem{Kind: Forbidden, Key: "person.last_administrator"}
}

// eraseLink is the last part of the address that erases p, good until a moment.
func (d *Desk) eraseLink(p *Person, until time.Time) string {
	return d.sign("erase", p.ID+"-"+strconv.FormatInt(until.Unix(), 36), 0)
}

// ErasureURL is the address that erases p, good for a day from now on.
func (d *Desk) ErasureURL(p *Person) string {
	return d.BaseURL + "/erase/" + d.eraseLink(p, d.now().Add(eraseFor))
}

func (d *Desk) erasureMail(p *Person, now time.Time) mailer.Mail {
	l := d.Texts.In(p.Lang)
	key, until := "letter."+mailErase, now.Add(eraseFor)
	return mailer.Mail{
		Meta: storage.Meta{ID: fmt.Sprintf("%s/%s/%d", mailErase, p.ID, now.Unix()/60)}, // one a minute, however often it is asked for
		Kind: mailErase, Ref: p.ID, To: p.Email, ToName: p.Name, Lang: l.Code(), Priority: mailer.Urgent, Expires: until,
		Letter: mailer.Letter{
			Subject: l.Text(key+".subject", "house", d.House), Preheader: l.Text(key + ".preheader"), Heading: l.Text(key + ".heading"),
			Paragraphs: []string{l.Text(key + ".body"), l.Text(key + ".stays")},
			Button:     &mailer.Link{Label: l.Text(key + ".button"), URL: d.BaseURL + "/erase/" + d.eraseLink(p, until)},
			Closing:    []string{l.Text(key + ".not_you")},
			Brand:      mailer.Brand{Name: d.House, URL: d.BaseURL + "/"},
		},
	}
}

// An ErasurePage is what the link that erases leads to.
type ErasurePage struct {
	Person *Person // nil once they are erased
	Lang   string
}

// ErasureByLink reads the link of an erasure. One that has run out gives ErrGone.
func (d *Desk) ErasureByLink(ctx context.Context, link string) (page *ErasurePage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := d.erasing(tx, link)
		if err != nil {
			return err
		}
		page = &ErasurePage{Person: p, Lang: p.Lang}
		if p.Erased() {
			page.Person = nil
		}
		return nil
	})
	return page, err
}

func (d *Desk) erasing(tx *storage.Tx, link string) (*Person, error) {
	text, mac, ok := splitLink(link)
	id, tail, marked := strings.Cut(text, "-")
	if !ok || !marked || !d.signed("erase", text, 0, mac) {
		return nil, errHidden
	}
	until, err := strconv.ParseInt(tail, 36, 64)
	if err != nil {
		return nil, errHidden
	}
	p, err := people.Get(tx, id)
	if err == nil && !p.Erased() && tx.Now().Unix() >= until {
		return nil, ErrGone
	}
	return p, err
}

// EraseByLink erases the person of a link. Sent twice, it happens once.
func (d *Desk) EraseByLink(ctx context.Context, link string) (*Erasure, error) {
	page, err := d.ErasureByLink(ctx, link)
	if err != nil {
		return nil, err
	}
	if page.Person == nil {
		text, _, _ := splitLink(link)
		id, _, _ := strings.Cut(text, "-")
		return d.erasure(ctx, id)
	}
	return d.erase(ctx, Actor{ID: page.Person.ID, Via: "link"}, page.Person.ID, ErasedByThemselves)
}
