package scheduling

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// mailData is the kind of mail with the link to what is kept under an address.
const mailData = "privacy.data"

// AskAddressData mails the link to what is kept under an address to whoever
// reads its mail, if it is nobody's who can sign in: they see their data there.
// Its answer is the same whatever is known of the address, and it looks through
// the same either way. However often it is asked, an address is written to once
// an hour.
func (d *Desk) AskAddressData(ctx context.Context, email, lang string) error {
	f := faults{}
	email = f.address("email", email)
	if err := f.problem(); err != nil {
		return err
	}
	known := false
	err := d.view(ctx, func(tx *storage.Tx) error {
		data, err := d.dataUnder(tx, email, lang)
		if err != nil {
			return err
		}
		_, err = PersonByEmail(tx, email)
		known = len(data.Parts) > 0 && errors.Is(err, storage.ErrNotFound)
		return ignoreMissing(err)
	})
	if err == nil {
		err = d.update(ctx, func(tx *storage.Tx) error {
			if !known {
				return nil
			}
			return d.Outbox.Add(tx, d.dataMail(email, lang, tx.Now()))
		})
	}
	if err != nil {
		return fmt.Errorf("ask for what is kept under an address: %w", err)
	}
	return nil
}

// dataLink is the last part of the address that shows what is kept under a mail
// address, good until a moment. The address is in it, coded: nothing is stored
// for somebody who only asks.
func (d *Desk) dataLink(email string, until time.Time) string {
	text := strconv.FormatInt(until.Unix(), 36) + "\x00" + email
	return d.sign("data", base64.RawURLEncoding.EncodeToString([]byte(text)), 0)
}

// AddressDataURL is where what is kept under a mail address is seen and erased,
// for a day from now on.
func (d *Desk) AddressDataURL(email string) string {
	return d.BaseURL + "/data/" + d.dataLink(email, d.now().Add(eraseFor))
}

// addressOfLink reads what dataLink wrote. One that has run out gives ErrGone.
func (d *Desk) addressOfLink(tx *storage.Tx, link string) (email string, err error) {
	id, mac, ok := splitLink(link)
	if !ok || !d.signed("data", id, 0, mac) {
		return "", errHidden
	}
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return "", errHidden
	}
	tail, email, _ := strings.Cut(string(raw), "\x00")
	until, err := strconv.ParseInt(tail, 36, 64)
	switch {
	case err != nil:
		return "", errHidden
	case tx.Now().Unix() >= until:
		return "", ErrGone
	}
	return email, nil
}

func (d *Desk) dataMail(email, lang string, now time.Time) mailer.Mail {
	l := d.Texts.In(lang)
	key, until := "letter."+mailData, now.Add(eraseFor)
	return mailer.Mail{
		Meta: storage.Meta{ID: fmt.Sprintf("%s/%s/%d", mailData, d.uid("data", email), now.Unix()/3600)},
		Kind: mailData, To: email, Lang: l.Code(), Priority: mailer.Urgent, Expires: until,
		Letter: mailer.Letter{
			Subject: l.Text(key+".subject", "house", d.House), Preheader: l.Text(key + ".preheader"), Heading: l.Text(key + ".heading"),
			Paragraphs: []string{l.Text(key + ".body")},
			Button:     &mailer.Link{Label: l.Text(key + ".button"), URL: d.BaseURL + "/data/" + d.dataLink(email, until)},
			Closing:    []string{l.Text(key + ".not_you")},
			Brand:      mailer.Brand{Name: d.House, URL: d.BaseURL + "/"},
		},
	}
}

// An AddressData is what is kept under an address of nobody who can sign in.
type AddressData struct {
	Email       string
	Preferences string // where they leave lists, without the site
	*DataCopy
}

// AddressDataByLink shows what is kept under the address of a link, with names in
// a language. Whoever can sign in with it by now, or is asking too late, gets
// ErrGone.
func (d *Desk) AddressDataByLink(ctx context.Context, link, lang string) (out *AddressData, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		email, err := d.addressOfLink(tx, link)
		if err != nil {
			return err
		}
		if _, err := PersonByEmail(tx, email); !errors.Is(err, storage.ErrNotFound) {
			return cmp.Or(err, ErrGone)
		}
		data, err := d.dataUnder(tx, email, lang)
		out = &AddressData{email, d.preferencesPath(email), data}
		return err
	})
	return out, err
}

// dataUnder gathers what is kept under an address alone: for that somebody is
// made up who has it, and an id that nothing knows.
func (d *Desk) dataUnder(tx *storage.Tx, email, lang string) (*DataCopy, error) {
	return d.copyOf(tx, &Person{Meta: storage.Meta{ID: storage.NewID()}, Email: email, Lang: lang})
}

// EraseByAddress erases what is kept under the address of a link. Whoever is
// known by an address alone becomes a person for that, with an id that rows which
// count go on naming, and is erased as one. Sent twice, it happens once.
func (d *Desk) EraseByAddress(ctx context.Context, link string) error {
	id := ""
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			email, err := d.addressOfLink(tx, link)
			if err != nil {
				return err
			}
			id, err = d.beginErasureUnder(tx, email)
			return err
		})
	})
	if err == nil && id != "" {
		_, err = d.carryOn(ctx, id)
	}
	if err != nil {
		return fmt.Errorf("erase what is kept under an address: %w", changedMeanwhile(err))
	}
	return nil
}

// beginErasureUnder begins to erase what is kept under an address, and gives the
// id of the erasure; "" where nothing is kept.
func (d *Desk) beginErasureUnder(tx *storage.Tx, email string) (id string, err error) {
	p, err := PersonByEmail(tx, email)
	if err == nil {
		if _, err := erasures.Get(tx, p.ID); err != nil {
			return "", cmp.Or(ignoreMissing(err), ErrGone) // they sign in by now
		}
		return p.ID, nil // the same button once more
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return "", err
	}
	data, err := d.dataUnder(tx, email, "")
	if err != nil || len(data.Parts) == 0 {
		return "", err
	}
	names, err := namesUnder(tx, email)
	if err != nil {
		return "", err
	}
	p = &Person{Meta: storage.Meta{ID: storage.NewID()}, Email: email, Name: nameless, Lang: d.Texts.In("").Code()}
	p.index()
	if err := people.Put(tx, p); err != nil {
		return "", err
	}
	return p.ID, d.beginErasure(tx, Actor{ID: p.ID, Via: "link"}, p.ID, ErasedByThemselves, names...)
}

// namesUnder are the names that somebody gave with an address.
func namesUnder(tx *storage.Tx, email string) (names []string, err error) {
	p := &Person{Meta: storage.Meta{ID: storage.NewID()}, Email: email}
	note := func(name string) {
		if name = strings.TrimSpace(name); name != "" && name != nameless && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, errors.Join(
		told(tx, registrations, having("email", email), func(r *Registration) { note(r.Name) }),
		told(tx, subscriptions, having("email", email), func(s *Subscription) { note(s.Name) }),
		told(tx, joinWishes, having("email", email), func(w *joinWish) { note(w.Application.Name) }),
		told(tx, delegationWishes, having("email", email), func(w *delegationWish) { note(w.Enquiry.Name) }),
		told(tx, memberships, having("application.email", email), func(m *Membership) { note(m.Application.Name) }),
		told(tx, agreements, having("email", email), func(a *Agreement) { note(a.Signatory) }),
		told(tx, entrants, including("invited", email), func(e *Entrant) {
			for _, i := range e.Invites {
				if i.Email == email {
					note(i.Name)
				}
			}
		}),
		told(tx, groupMemberships, unconfirmedMembers, func(m *GroupMembership) {
			if interestsOf(p)(m) && len(m.People) > 0 {
				note(m.People[0].Name)
			}
		}),
		told(tx, trips, enquired(tx), func(t *Trip) {
			if t.askedBy(p) {
				note(t.Enquiry.Name)
			}
		}),
		told(tx, programmes, storage.Query{}, func(x *Programme) {
			for _, h := range x.Hosts {
				for _, c := range h.Contacts {
					if hostContacts(p)(c) {
						note(c.Name)
					}
				}
			}
		}),
		told(tx, visitDays, storage.Query{}, func(v *VisitDay) {
			for _, g := range v.People {
				if strings.EqualFold(g.Email, email) {
					note(g.Name)
				}
			}
		}),
		appliedAs(tx, p, note))
}

// told tells one of each document that is asked for.
func told[T any](tx *storage.Tx, c shelf[T], q storage.Query, one func(*T)) error {
	for v, err := range c.Each(tx, q) {
		if err != nil {
			return err
		}
		one(v)
	}
	return nil
}

func appliedAs(tx *storage.Tx, p *Person, note func(string)) error {
	list, err := applicationsAbout(tx, p)
	for _, a := range list {
		note(a.Name)
	}
	return err
}
