package scheduling

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// The kinds of mail to travellers about their place and what they are asked.
// Each has its words under "letter.KIND" in templates/locales. None of them says
// anything of what a traveller answered.
const (
	mailTravellerNamed    = "traveller.named"
	mailTravellerReminder = "traveller.reminder"
	mailTravellerReplaced = "traveller.replaced"
	mailTravellerReleased = "traveller.released"
)

// reminderDays are how many days before they are due answers are asked for again.
var reminderDays = []int{2, 7}

// askAgainAfter is how long a reminder by hand leaves people in peace.
const askAgainAfter = 20 * time.Hour

// A travellerLetter is what a mail says to one traveller.
type travellerLetter struct {
	kind string
	key  string // tells it from others of its kind to the same person
	args []any
	said []string
}

// tellTraveller promises a mail. It leads to the traveller's page, or to what
// they are asked where something is still to be answered; who does not go is led
// to what everybody sees.
func (d *Desk) tellTraveller(tx *storage.Tx, t *Trip, v *Traveller, w travellerLetter) error {
	l := d.Texts.In(v.Lang)
	letter := tripLetter{kind: w.kind, email: v.Email, name: v.Name, lang: v.Lang, args: w.args, said: w.said, facts: d.tripFacts(t, v.Lang)}
	letter.button = d.BaseURL + "/trips"
	if t.Listed {
		letter.button = d.TripURL(t)
	}
	if v.Goes() {
		letter.button = d.TravelURL(v)
		if v.asked(t, tx.Now()) && len(v.Missing(t)) > 0 {
			letter.button += "/data"
			letter.said = append(letter.said, l.Text("letter.traveller.asks", "days", t.Asks.longest()))
			if !t.Asks.DueAt.IsZero() {
				letter.facts = append(letter.facts, mailer.Fact{Label: l.Text("letter.fact.traveller.due"), Value: l.When(t.Asks.DueAt, t.Zone)})
			}
		}
	}
	m, err := d.tripMail(tx, t, letter)
	if err != nil {
		return err
	}
	m.ID = fmt.Sprintf("%s/%s/%d/%s", w.kind, v.ID, v.Generation, w.key)
	m.Ref, m.Order = v.ID, v.ID
	if w.kind == mailTravellerReminder {
		m.Expires = t.Starts
	}
	return d.Outbox.Add(tx, *m)
}

// tripFacts are when and where a trip goes.
func (d *Desk) tripFacts(t *Trip, lang string) []mailer.Fact {
	l := d.Texts.In(lang)
	return []mailer.Fact{
		{Label: l.Text("letter.fact.when"), Value: t.Days(l)},
		{Label: l.Text("letter.fact.where"), Value: t.Route()},
	}
}

// RemindTravellers asks those who have not answered what the trip has to know
// again, some days before it is due. Each reminder goes out once; one that was
// due before somebody was asked at all does not.
func (d *Desk) RemindTravellers(ctx context.Context, now time.Time) (done int, err error) {
	var ahead []*Trip
	err = d.view(ctx, func(tx *storage.Tx) error {
		ahead, err = trips.Find(tx, storage.Query{Sort: "starts", Where: []storage.Cond{{Field: "starts", Op: storage.Gt, Value: now}}})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("remind travellers: %w", err)
	}
	for _, t := range ahead {
		days, at := t.Asks.reminder(now, t.Location())
		if days == 0 {
			continue
		}
		n, err := d.remindOnTrip(ctx, t.ID, "reminder_"+strconv.Itoa(days), at)
		if done += n; err != nil {
			return done, fmt.Errorf("remind travellers of trip %s: %w", t.ID, err)
		}
	}
	return done, nil
}

// reminder is the one that is due, in days before the answers are, and since
// when; 0 for none. After the answers are due nobody is reminded.
func (a *TravellerAsks) reminder(now time.Time, loc *time.Location) (days int, at time.Time) {
	if a.DueAt.IsZero() || len(a.Fields) == 0 || !now.Before(a.DueAt) {
		return 0, at
	}
	for _, days := range reminderDays {
		if at = a.DueAt.In(loc).AddDate(0, 0, -days).UTC(); !now.Before(at) {
			return days, at
		}
	}
	return 0, at
}

// remindOnTrip reminds those of one trip whose answers are missing, unless they
// were told the same before, or were asked for the first time after at.
func (d *Desk) remindOnTrip(ctx context.Context, tripID, what string, at time.Time) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		done = 0
		t, err := trips.Get(tx, tripID)
		if err != nil {
			return ignoreMissing(err)
		}
		going, err := travellersOf(tx, t.ID)
		if err != nil {
			return err
		}
		for _, v := range going {
			if !v.asked(t, tx.Now()) || len(v.Missing(t)) == 0 || !v.Told[what].IsZero() || !v.Told[mailTravellerNamed].Before(at) {
				continue
			}
			if err := d.remindTraveller(tx, t, v, what); err != nil {
				return err
			}
			done++
		}
		return nil
	})
	return done, err
}

func (d *Desk) remindTraveller(tx *storage.Tx, t *Trip, v *Traveller, what string) error {
	if err := d.tellTraveller(tx, t, v, travellerLetter{kind: mailTravellerReminder, key: what}); err != nil {
		return err
	}
	return v.wasTold(tx, what)
}

// AskTravellersAgain reminds all whose answers are missing now, for the trip's
// organisers and leaders; not those who were reminded within the last day.
func (d *Desk) AskTravellersAgain(ctx context.Context, by Actor, tripID string) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		done = 0
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		going, err := travellersOf(tx, t.ID)
		if err != nil {
			return err
		}
		now := tx.Now()
		for _, v := range going {
			if !v.asked(t, now) || len(v.Missing(t)) == 0 || now.Before(v.lastTold().Add(askAgainAfter)) {
				continue
			}
			if err := d.remindTraveller(tx, t, v, "asked_"+now.UTC().Format("20060102T1504")); err != nil {
				return err
			}
			done++
		}
		if done == 0 {
			return nil
		}
		return d.log(tx, by, "traveller.remind", t.ID, t.ID, t.Title.In("en"), strconv.Itoa(done))
	})
	if err != nil {
		return 0, fmt.Errorf("ask travellers again: %w", err)
	}
	return done, nil
}

// travellersFollow takes back what was still to be asked of travellers when a trip
// is called off.
func (d *Desk) travellersFollow(tx *storage.Tx, _ Actor, t *Trip, _ TripState) error {
	if !t.Off() {
		return nil
	}
	going, err := travellersOf(tx, t.ID)
	if err != nil {
		return err
	}
	for _, v := range going {
		if _, err := d.Outbox.Withdraw(tx, v.ID, mailTravellerNamed, mailTravellerReminder); err != nil {
			return err
		}
	}
	return nil
}

// lastTold is when somebody was written to last about what they are asked.
func (v *Traveller) lastTold() (last time.Time) {
	for _, at := range v.Told {
		last = later(last, at)
	}
	return last
}
