package scheduling

import (
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

// mailSubscription is the kind of the mail that asks whether a wish is one's own.
const mailSubscription = "subscription.confirm"

// A SubscribeForm is what somebody says who wants to be on lists.
type SubscribeForm struct {
	Email   string
	Name    string
	Lang    string
	Lists   []string // ids
	Wording string   // what they agreed to, as it was shown
}

// maxListsAsked is how many lists one form may name: its link has to fit.
const maxListsAsked = 12

func (in *SubscribeForm) check() error {
	f := faults{}
	in.Name, in.Wording = cleanLine(in.Name), cleanText(in.Wording)
	in.Email = f.address("email", in.Email)
	f.limit("name", in.Name, lineLimit)
	slices.Sort(in.Lists)
	in.Lists = slices.Compact(in.Lists)
	if len(in.Lists) == 0 {
		f.add("lists", "lists.choose")
	}
	if len(in.Lists) > maxListsAsked {
		f.add("lists", "lists.choose_fewer")
	}
	return f.problem()
}

// Subscribe notes that somebody wants to be on open lists, and sends the address
// a mail with a link to confirm it. Its answer is the same whoever is on which
// list: who types an address learns nothing of it. However often it is asked, an
// address is written to once an hour about a list.
func (d *Desk) Subscribe(ctx context.Context, in SubscribeForm) error {
	if err := in.check(); err != nil {
		return err
	}
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error { return d.subscribe(tx, in) })
	})
	if err != nil {
		return fmt.Errorf("subscribe: %w", changedMeanwhile(err))
	}
	return nil
}

func (d *Desk) subscribe(tx *storage.Tx, in SubscribeForm) error {
	var asked []*Subscription
	var about []*MailingList
	for _, id := range in.Lists {
		l, err := mailingLists.Get(tx, id)
		if errors.Is(err, storage.ErrNotFound) || err == nil && !l.Joinable() {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"lists": "problem.choice"}}
		}
		if err != nil {
			return err
		}
		s, err := d.subscriptionOf(tx, l.ID, in.Email)
		if err != nil {
			return err
		}
		if !s.ask(Proof{Source: ProofForm, Asked: tx.Now(), Wording: in.Wording}) {
			continue
		}
		if s.Rev == 0 || s.State == Unconfirmed { // of who is known, a stranger's form changes nothing
			s.Lang, s.Name = d.Texts.In(in.Lang).Code(), in.Name
		}
		if err := s.keep(tx); err != nil {
			return err
		}
		asked, about = append(asked, s), append(about, l)
	}
	if len(asked) == 0 {
		return nil
	}
	return d.askToConfirm(tx, in, asked, about)
}

// askToConfirm writes to the address about the lists that it was asked for.
func (d *Desk) askToConfirm(tx *storage.Tx, in SubscribeForm, asked []*Subscription, about []*MailingList) error {
	c, err := clusters.Get(tx, about[0].ClusterID)
	if err != nil {
		return err
	}
	l, from := d.Texts.In(in.Lang), sender{c}
	var names []string
	for _, list := range about {
		names = append(names, list.Name.In(l.Code()))
	}
	key := "letter." + mailSubscription
	args := []any{"lists", strings.Join(names, ", "), "house", from.name(l.Code(), d), "count", len(names)}
	err = d.Outbox.Add(tx, mailer.Mail{
		Meta: storage.Meta{ID: fmt.Sprintf("%s/%s/%d", mailSubscription, asked[0].ID, asked[0].Generation)},
		Kind: mailSubscription, Ref: asked[0].ID, Cluster: c.ID, To: in.Email, Lang: l.Code(),
		From: from.address(), FromName: from.name(l.Code(), d), ReplyTo: c.ReplyTo, Expires: tx.Now().Add(confirmKept),
		Letter: mailer.Letter{
			Subject: l.Text(key+".subject", args...), Preheader: l.Text(key+".preheader", args...), Heading: l.Text(key+".heading", args...),
			Paragraphs: []string{l.Text(key+".body", args...)},
			Facts:      []mailer.Fact{{Label: l.Text(key + ".lists"), Value: strings.Join(names, "\n")}},
			Button:     &mailer.Link{Label: l.Text(key + ".button"), URL: d.BaseURL + "/newsletters/confirm/" + d.confirmLink(asked)},
			Closing:    []string{l.Text(key + ".not_you")}, Brand: from.brand(d, l.Code()),
		},
	})
	if err != nil {
		return fmt.Errorf("ask to confirm: %w", err)
	}
	return nil
}

// confirmLink names subscriptions of one address with their generations.
func (d *Desk) confirmLink(asked []*Subscription) string {
	parts := []string{asked[0].Email}
	for _, s := range asked {
		parts = append(parts, s.ListID+":"+strconv.Itoa(s.Generation))
	}
	return d.sign("subscribe", base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "\x00"))), 0)
}

// A wished list is one of a link to confirm.
type wished struct {
	list       *MailingList
	s          *Subscription
	generation int
}

// wishesOf finds what a link to confirm names.
func (d *Desk) wishesOf(tx *storage.Tx, link string) (list []wished, err error) {
	id, mac, ok := splitLink(link)
	if !ok || !d.signed("subscribe", id, 0, mac) {
		return nil, errHidden
	}
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return nil, errHidden
	}
	parts := strings.Split(string(raw), "\x00")
	for _, part := range parts[1:] {
		listID, generation, _ := strings.Cut(part, ":")
		n, err := strconv.Atoi(generation)
		if err != nil {
			return nil, errHidden
		}
		w := wished{generation: n}
		if w.list, err = mailingLists.Get(tx, listID); err == nil {
			w.s, err = subscriptions.Get(tx, d.subscriptionID(listID, parts[0]))
		}
		if errors.Is(err, storage.ErrNotFound) {
			continue // it was not confirmed in time
		}
		if err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	if len(list) == 0 {
		return nil, &Problem{Kind: Closed, Key: "lists.link_old"}
	}
	return list, nil
}

// A ConfirmPage is what a link to confirm is about.
type ConfirmPage struct {
	Email       string
	Lists       []*MailingList
	Done        bool   // all of it is confirmed
	Preferences string // where they say what else they want, without the site
}

// WishByLink shows what a link to confirm is about. It changes nothing: mail
// programs and their guards open links too.
func (d *Desk) WishByLink(ctx context.Context, link string) (p *ConfirmPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err := d.wishesOf(tx, link)
		if err != nil {
			return err
		}
		p = d.confirmPage(list)
		for _, w := range list {
			trial := *w.s
			if _, err := trial.confirm(w.generation, tx.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}

func (d *Desk) confirmPage(list []wished) *ConfirmPage {
	p := &ConfirmPage{Email: list[0].s.Email, Done: true, Preferences: d.preferencesPath(list[0].s.Email)}
	for _, w := range list {
		p.Lists = append(p.Lists, w.list)
		p.Done = p.Done && w.s.On() && w.s.Generation == w.generation
	}
	return p
}

// ConfirmSubscriptions takes the wish of a link for true. Done twice it is done
// once. A link is no use any more after a newer one was asked for, after a week,
// or once its reader has left.
func (d *Desk) ConfirmSubscriptions(ctx context.Context, link string) (p *ConfirmPage, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		list, err := d.wishesOf(tx, link)
		if err != nil {
			return err
		}
		for _, w := range list {
			changed, err := w.s.confirm(w.generation, tx.Now())
			if err != nil {
				return err
			}
			if !changed {
				continue
			}
			if err := w.s.keep(tx); err != nil {
				return err
			}
			if err := d.log(tx, Actor{Via: "link"}, "subscription.join", w.s.ID, w.list.ID, w.list.Slug, ""); err != nil {
				return err
			}
			// The mail has arrived, and its reader wants more of them.
			if err := d.lift(tx, w.s.Key, mailer.Causes...); err != nil {
				return err
			}
		}
		p = d.confirmPage(list)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("confirm a subscription: %w", changedMeanwhile(err))
	}
	return p, nil
}

// forgotten is how many wishes one transaction forgets.
const forgotten = 500

// ForgetWishes removes wishes that nobody confirmed within a week, and says how
// many. Who left before stays known as that.
func (d *Desk) ForgetWishes(ctx context.Context, now time.Time) (done int, err error) {
	for {
		n := 0
		err = d.update(ctx, func(tx *storage.Tx) error {
			list, err := subscriptions.Find(tx, storage.Query{Where: []storage.Cond{
				{Field: "wish.asked", Op: storage.Lt, Value: now.Add(-confirmKept)}}, Limit: forgotten})
			for _, s := range list {
				if err := s.forget(tx); err != nil {
					return err
				}
			}
			n = len(list)
			return err
		})
		if err != nil {
			return done, fmt.Errorf("forget unconfirmed subscriptions: %w", err)
		}
		if done += n; n < forgotten {
			return done, nil
		}
	}
}

func (s *Subscription) forget(tx *storage.Tx) error {
	if s.State == Unconfirmed {
		return subscriptions.Delete(tx, s)
	}
	s.Wish = nil
	return s.keep(tx)
}
