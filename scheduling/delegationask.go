package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A delegationWish is a request for a visit whose address has not answered yet.
// It is no trip: nobody but its sender knows of it.
type delegationWish struct {
	storage.Meta `bson:",inline"`
	Enquiry      Enquiry   `bson:"enquiry"`
	Email        string    `bson:"email"`
	At           time.Time `bson:"at"`
}

var delegationWishes = storage.NewCollection[delegationWish]("delegation_wishes", storage.Ordered("at"), storage.Ordered("email", "at"))

const (
	delegationKept = 14 * 24 * time.Hour // that a request waits for its address to be confirmed
	delegationRest = time.Hour           // that an address is not written to again about the same topic
)

// RequestDelegation notes that somebody would visit the house with a
// delegation, under id, and sends the address a mail with a link to confirm it:
// until then it is nobody's request. The same form twice is one. What is
// answered does not tell what is known of an address.
func (d *Desk) RequestDelegation(ctx context.Context, id string, in Enquiry) error {
	if err := in.check(d.now()); err != nil {
		return err
	}
	in.Lang = d.Texts.In(in.Lang).Code()
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error { return d.requestDelegation(tx, orNew(id), in) })
	})
	if err != nil {
		return fmt.Errorf("request a delegation's visit: %w", changedMeanwhile(err))
	}
	return nil
}

func (d *Desk) requestDelegation(tx *storage.Tx, id string, in Enquiry) error {
	if _, known, err := topicClusters(tx, in.Topic); err != nil {
		return err
	} else if !known {
		return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"topic": "problem.choice"}}
	}
	for _, get := range []func() error{
		func() error { _, err := delegationWishes.Get(tx, id); return err },
		func() error { _, err := trips.Get(tx, id); return err },
	} {
		if err := get(); !errors.Is(err, storage.ErrNotFound) {
			return err // it is here already: nil
		}
	}
	recent, err := delegationWishes.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("email", in.Email), {Field: "at", Op: storage.Gt, Value: tx.Now().Add(-delegationRest)}}})
	if err != nil || slices.ContainsFunc(recent, func(w *delegationWish) bool { return w.Enquiry.Topic == in.Topic }) {
		return err
	}
	w := &delegationWish{Meta: storage.Meta{ID: id}, Enquiry: in.asked(), Email: in.Email, At: tx.Now()}
	w.Enquiry.AskedAt = tx.Now()
	if err := delegationWishes.Put(tx, w); err != nil {
		return err
	}
	t, err := d.tripOf(tx, w)
	if err != nil {
		return err
	}
	return d.tellDelegation(tx, t, mailDelegationAddress, w.ID, d.BaseURL+"/delegations/confirm/"+d.sign("delegation-wish", w.ID, 0), "")
}

// asked is what a body can say of its visit, without what others add to it.
func (q Enquiry) asked() Enquiry {
	return Enquiry{Body: q.Body, Country: q.Country, Website: q.Website, Name: q.Name, Email: q.Email, Phone: q.Phone, Lang: q.Lang, Topic: q.Topic, About: q.About,
		Size: q.Size, From: q.From, Until: q.Until, Days: q.Days, Hosts: q.Hosts, Languages: q.Languages}
}

// tripOf is the trip that a request becomes, not stored yet.
func (d *Desk) tripOf(tx *storage.Tx, w *delegationWish) (*Trip, error) {
	ids, _, err := topicClusters(tx, w.Enquiry.Topic)
	if err != nil {
		return nil, err
	}
	q := w.Enquiry
	q.Keys = q.delegationKeys()
	t := &Trip{Meta: storage.Meta{ID: w.ID}, Slug: "delegation-" + w.ID, Direction: Incoming, State: TripRequested, StateAt: tx.Now(), Title: d.delegationTitle(q.Body),
		ClusterIDs: ids, Zone: HouseZone, Currency: "EUR", Asks: TravellerAsks{Fields: []string{"diet", "access"}, RetainDays: 30},
		Enquiry: &q, UID: storage.NewUID(), Changed: tx.Now()}
	t.wished()
	return t, nil
}

// wished puts a trip that has no stops yet on the days that it is wished for,
// so that lists have it where it belongs.
func (t *Trip) wished() {
	t.Starts, t.Ends = t.Enquiry.Earliest(), midnight(t.Enquiry.Until, zoneOf(HouseZone)).AddDate(0, 0, 1)
}

// delegationTitle is what the visit of a body is called, in every language.
func (d *Desk) delegationTitle(body string) Text {
	t := Text{}
	for _, lang := range d.Texts.Langs() {
		t[lang] = d.Texts.In(lang).Text("delegation.trip_title", "body", body)
	}
	return t
}

// A DelegationWish is a request as its link to confirm shows it.
type DelegationWish struct {
	Enquiry Enquiry
	Done    bool   // it is a request already
	Link    string // last part of its page's address, once it is
}

// DelegationWishByLink shows what a link to confirm is about. It changes
// nothing: mail programs and their guards open links too. A Problem of kind
// Closed where the request was not confirmed in time.
func (d *Desk) DelegationWishByLink(ctx context.Context, link string) (p *DelegationWish, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		w, t, err := d.wishByLink(tx, link)
		switch {
		case err != nil:
			return err
		case t != nil:
			p = &DelegationWish{Enquiry: *t.Enquiry, Done: true, Link: d.DelegationLink(t)}
		default:
			p = &DelegationWish{Enquiry: w.Enquiry}
		}
		return nil
	})
	return p, err
}

// wishByLink finds the request of a link to confirm: as it waits, or as the
// trip it became.
func (d *Desk) wishByLink(tx *storage.Tx, link string) (*delegationWish, *Trip, error) {
	id, mac, ok := splitLink(link)
	if !ok || !d.signed("delegation-wish", id, 0, mac) {
		return nil, nil, errHidden
	}
	t, err := trips.Get(tx, id)
	if err == nil || !errors.Is(err, storage.ErrNotFound) {
		return nil, t, err
	}
	w, err := delegationWishes.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil, &Problem{Kind: Closed, Key: "delegation.link_old"}
	}
	return w, nil, err
}

// ConfirmDelegation takes the request of a link for true: it becomes a trip
// that the organisers of its topic look at, flagged where the same body asked
// for the same within two years. Done twice it is done once.
func (d *Desk) ConfirmDelegation(ctx context.Context, link string) (t *Trip, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			var w *delegationWish
			if w, t, err = d.wishByLink(tx, link); err != nil || t != nil {
				return err
			}
			if t, err = d.tripOf(tx, w); err != nil {
				return err
			}
			if t.Enquiry.Earlier, err = earlierRequests(tx, t.Enquiry, t.ID); err != nil {
				return err
			}
			if err := delegationWishes.Delete(tx, w); err != nil {
				return err
			}
			if err := d.putTrip(tx, t.Enquiry.actor(), t, "delegation.request", ""); err != nil {
				return err
			}
			return d.tellDelegation(tx, t, mailDelegationReceived, t.ID, d.DelegationURL(t), "")
		})
	})
	if err != nil {
		return nil, fmt.Errorf("confirm a delegation: %w", changedMeanwhile(err))
	}
	return t, nil
}

// actor is who asks, as the audit log shows it.
func (q *Enquiry) actor() Actor {
	return Actor{Name: q.Name, Email: q.Email, Lang: q.Lang, Via: "link"}
}

// KeepDelegations forgets requests that nobody confirmed within two weeks,
// brings visits that are over to their next state, and forgets after two years
// who asked. It says how many.
func (d *Desk) KeepDelegations(ctx context.Context, now time.Time) (n int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		n = 0
		list, err := delegationWishes.Find(tx, storage.Query{Where: []storage.Cond{{Field: "at", Op: storage.Lt, Value: now.Add(-delegationKept)}}, Sort: "at", Limit: 500})
		for _, w := range list {
			if err := delegationWishes.Delete(tx, w); err != nil {
				return err
			}
			n++
		}
		if err != nil {
			return err
		}
		gone, err := forgetAskers(tx, now)
		n += gone
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("keep delegations: %w", err)
	}
	return n, nil
}

// forgetAskers takes the person out of requests that came to an end and are
// older than a second one of the same body is looked for. What the body asked
// for stays, and no link leads to it any more.
func forgetAskers(tx *storage.Tx, now time.Time) (n int, err error) {
	list, err := trips.Find(tx, storage.Query{Where: []storage.Cond{{Field: "enquiry.asked_at", Op: storage.Lt, Value: now.AddDate(-delegationTwice, 0, 0)}}})
	for _, t := range list {
		if q := t.Enquiry; q != nil && q.Email != "" && (t.Off() || t.Past(TripVisited)) {
			q.Name, q.Email, q.Phone, q.Keys = "", "", "", nil
			q.Generation++
			if err := trips.Put(tx, t); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, err
}
