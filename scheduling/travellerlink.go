package scheduling

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"kohtaamo/storage"
)

// A TravelDataPage is what a traveller is asked, with what they answered.
type TravelDataPage struct {
	Trip      *Trip
	Traveller *Traveller
	Link      string
	Open      bool // it can still be answered or changed
	Purged    bool
	Project   *Project // whose emblem has to be shown; nil for none
}

// Seen tells the answers that a page shows from later ones; 0 for none.
func (p *TravelDataPage) Seen() int64 {
	if p.Traveller.DataAt.IsZero() {
		return 0
	}
	return p.Traveller.DataAt.UnixMilli()
}

// TravelData shows what a traveller is asked to the holder of their link. Who
// does not go is asked nothing.
func (d *Desk) TravelData(ctx context.Context, link string) (p *TravelDataPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = d.travelData(tx, link)
		return err
	})
	return p, err
}

func (d *Desk) travelData(tx *storage.Tx, link string) (*TravelDataPage, error) {
	v, t, err := d.travellerByLink(tx, link)
	if err != nil {
		return nil, err
	}
	if !v.Goes() || len(t.Asks.Fields) == 0 {
		return nil, errHidden
	}
	p := &TravelDataPage{Trip: t, Traveller: v, Link: link, Purged: !v.PurgedAt.IsZero(), Open: v.changes(t, tx.Now())}
	p.Project, err = tripFunding(tx, t, tx.Now())
	return p, err
}

// changes reports whether answers can be given or changed. What was answered
// rests when it was due; who has not answered by then still can.
func (v *Traveller) changes(t *Trip, now time.Time) bool {
	late := !t.Asks.DueAt.IsZero() && now.After(t.Asks.DueAt)
	return v.asked(t, now) && v.PurgedAt.IsZero() && (!late || len(v.Missing(t)) > 0)
}

// SaveTravelData stores what a traveller answered. seen is what TravelDataPage.Seen
// said of the page that they answered on: later answers, from another window, are
// not overwritten. The same answers twice are stored once.
func (d *Desk) SaveTravelData(ctx context.Context, link string, seen int64, in TravellerData) (p *TravelDataPage, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if p, err = d.travelData(tx, link); err != nil {
			return err
		}
		x, v := in, p.Traveller
		if !p.Open {
			return &Problem{Kind: Closed, Key: "traveller.data_rests"}
		}
		if x.Agreed != nil {
			x.Agreed = &Consent{Purpose: healthPurpose, Given: x.Agreed.Given, At: tx.Now(), Wording: x.Agreed.Wording}
		}
		if err := x.check(p.Trip, tx.Now()); err != nil {
			return err
		}
		if v.Data.equal(&x) {
			return nil
		}
		if p.Seen() != seen {
			return &Problem{Kind: Changed, Key: "problem.changed"}
		}
		return d.keepTravelData(tx, p.Trip, v, &x)
	})
	if err != nil {
		return nil, fmt.Errorf("save travel data: %w", err)
	}
	return p, nil
}

// equal reports whether the same was answered, whenever it was agreed to.
func (x *TravellerData) equal(y *TravellerData) bool {
	if x == nil {
		return false
	}
	a, b := *x, *y
	a.Agreed, b.Agreed = nil, nil
	return reflect.DeepEqual(a, b)
}

func (d *Desk) keepTravelData(tx *storage.Tx, t *Trip, v *Traveller, x *TravellerData) error {
	v.Data, v.DataAt = x, tx.Now()
	v.index()
	if err := travellers.Put(tx, v); err != nil {
		return err
	}
	if _, err := d.Outbox.Withdraw(tx, v.ID, mailTravellerReminder); err != nil {
		return err
	}
	by := Actor{ID: v.PersonID, Name: v.Name, Email: v.Email, Lang: v.Lang, Via: "link"}
	return d.log(tx, by, "traveller.data", v.ID, t.ID, v.Name, "")
}
