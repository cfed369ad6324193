package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// The kinds of mail about what came of a trip. Each has its words under
// "letter.KIND" in templates/locales.
const (
	mailTripOutcomes = "trip.outcomes"
	mailTripHost     = "trip.host_outcomes"
	mailTripNext     = "trip.next_step"
)

// outcomesTold is what a trip has noted once its travellers were asked.
const outcomesTold = "outcomes"

// tripAskReach is how long after a trip its travellers are still asked for the
// first time: the house may have stood still.
const tripAskReach = 14 * 24 * time.Hour

// AskTripOutcomes asks the travellers of trips that are over what came of their
// visits, once, at nine in the morning after the last day on the clock of the
// trip's home; and reminds of next steps on the day they are due. Each mail has
// a key, so it can be stopped and repeated at any point. Asking again is for
// chains, and for whoever leads the trip.
func (d *Desk) AskTripOutcomes(ctx context.Context, now time.Time) (done int, err error) {
	var over []*Trip
	err = d.view(ctx, func(tx *storage.Tx) error {
		over, err = trips.Find(tx, storage.Query{Sort: "ends", Where: []storage.Cond{
			{Field: "ends", Op: storage.Gt, Value: now.Add(-tripAskReach)}, {Field: "ends", Op: storage.Le, Value: now.AddDate(0, 0, 2)}}})
		return err
	})
	for _, t := range over {
		if err == nil && t.asksAt(now) {
			var n int
			n, err = d.askTravellers(ctx, t.ID, now)
			done += n
		}
	}
	if err != nil {
		return done, fmt.Errorf("ask for outcomes of trips: %w", err)
	}
	n, err := d.remindTripSteps(ctx, now)
	return done + n, err
}

// asksAt reports whether the travellers are to be asked now.
func (t *Trip) asksAt(now time.Time) bool {
	from := StepTime{Days: 1, At: "09:00"}.of(t.homecoming(), t.Location())
	return t.Back() && t.Told[outcomesTold].IsZero() && !now.Before(from)
}

func (d *Desk) askTravellers(ctx context.Context, tripID string, now time.Time) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		t, err := trips.Get(tx, tripID)
		if err != nil || !t.asksAt(now) {
			return ignoreMissing(err)
		}
		if done, err = d.askSilent(tx, t, "first"); err != nil {
			return err
		}
		told := map[string]time.Time{outcomesTold: tx.Now()}
		for k, at := range t.Told {
			told[k] = at
		}
		t.Told = told
		return trips.Put(tx, t)
	})
	return done, err
}

// RemindTripOutcomes asks those again who have not said what came of a trip; at
// most once a day each. It gives how many there are.
func (d *Desk) RemindTripOutcomes(ctx context.Context, by Actor, tripID string) (n int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		if p := t.outcomesClosed(tx.Now()); p != nil {
			return p
		}
		if n, err = d.askSilent(tx, t, t.today(tx.Now())); err != nil {
			return err
		}
		return d.log(tx, by, "trip.ask_outcomes", t.ID, t.ID, t.Title.In("en"), "")
	})
	if err != nil {
		return 0, fmt.Errorf("ask for the outcomes of trip %s: %w", tripID, err)
	}
	return n, nil
}

// askSilent writes to everybody whose side has not said what came of somebody
// they met, with a link for each.
func (d *Desk) askSilent(tx *storage.Tx, t *Trip, turn string) (n int, err error) {
	said, err := readSaid(tx, t)
	if err != nil {
		return 0, err
	}
	for _, v := range said.Travellers {
		var open []*TripRow
		for _, r := range said.Rows {
			if r.Waiting() && r.with(v.ID) {
				open = append(open, r)
			}
		}
		if len(open) == 0 || v.Email == "" {
			continue
		}
		if err := d.askTraveller(tx, t, v, open, turn); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (d *Desk) askTraveller(tx *storage.Tx, t *Trip, v *Traveller, open []*TripRow, turn string) error {
	w := tripLetter{kind: mailTripOutcomes, email: v.Email, name: v.Name, lang: v.Lang, args: []any{"count", len(open)}}
	for _, r := range open {
		w.links = append(w.links, mailer.Link{Label: r.Host.Name, URL: d.OutcomesURL(v) + "/" + r.Host.ID})
	}
	m, err := d.tripMail(tx, t, w)
	if err != nil {
		return err
	}
	m.ID = "trip_outcomes/" + t.ID + "/" + v.ID + "/" + turn
	return d.Outbox.Add(tx, *m)
}

// AskTripHosts asks the hosts of a trip that have not answered what came of the
// visits, at most once a day each. It gives how many there are.
func (d *Desk) AskTripHosts(ctx context.Context, by Actor, tripID string) (n int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		if p := t.outcomesClosed(tx.Now()); p != nil {
			return p
		}
		if n, err = d.askHosts(tx, t); err != nil {
			return err
		}
		return d.log(tx, by, "trip.ask_hosts", t.ID, t.ID, t.Title.In("en"), "")
	})
	if err != nil {
		return 0, fmt.Errorf("ask the hosts of trip %s: %w", tripID, err)
	}
	return n, nil
}

func (d *Desk) askHosts(tx *storage.Tx, t *Trip) (n int, err error) {
	said, err := readSaid(tx, t)
	if err != nil {
		return 0, err
	}
	var asked []string
	for _, r := range said.Rows {
		i := slices.IndexFunc(r.Host.Contacts, func(c HostContact) bool { return c.Email != "" })
		if r.HostSaid != nil || i < 0 || slices.Contains(asked, r.Host.ID) {
			continue
		}
		asked = append(asked, r.Host.ID) // once, for all who came
		to := r.Host.Contacts[i]
		m, err := d.tripMail(tx, t, tripLetter{kind: mailTripHost, email: to.Email, name: to.Name, lang: r.Host.Lang,
			args: []any{"host", r.Host.Name}, button: d.HostOutcomesURL(t, r.Host)})
		if err != nil {
			return n, err
		}
		m.ID = "trip_host_outcomes/" + t.ID + "/" + r.Host.ID + "/" + t.today(tx.Now())
		if err := d.Outbox.Add(tx, *m); errors.Is(err, mailer.ErrAddress) {
			continue
		} else if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// remindTripSteps reminds of the next steps that are due today, each once for
// the day.
func (d *Desk) remindTripSteps(ctx context.Context, now time.Time) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		done = 0
		due, err := tripOutcomes.Find(tx, storage.Query{Sort: "due", Where: []storage.Cond{
			storage.Is("open", true), {Field: "due", Op: storage.Ge, Value: now.AddDate(0, 0, -2).Format(time.DateOnly)},
			{Field: "due", Op: storage.Le, Value: now.AddDate(0, 0, 1).Format(time.DateOnly)}}})
		if err != nil {
			return err
		}
		for _, o := range due {
			told, err := d.remindTripStep(tx, o, now)
			if err != nil {
				return err
			}
			if told {
				done++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("remind of next steps of trips: %w", err)
	}
	return done, nil
}

// remindTripStep writes to the owner of a next step, or to whoever wrote it
// down where it has none, from seven in the morning of its day on.
func (d *Desk) remindTripStep(tx *storage.Tx, o *TripOutcome, now time.Time) (bool, error) {
	t, err := trips.Get(tx, o.TripID)
	if err != nil || t.Off() {
		return false, ignoreMissing(err)
	}
	today := t.today(now)
	if o.Reminded == o.Due || o.Due > today || o.Due == today && now.In(t.Location()).Hour() < 7 {
		return false, nil
	}
	w, err := d.stepReader(tx, t, o)
	if err != nil || w.email == "" {
		return false, err
	}
	w.kind, w.args = mailTripNext, []any{"next", o.Next, "with", o.Host}
	m, err := d.tripMail(tx, t, w)
	if err != nil {
		return false, err
	}
	m.ID = "trip_next_step/" + o.ID + "/" + o.Due
	o.Reminded = o.Due
	if err := tripOutcomes.Put(tx, o); err != nil {
		return false, err
	}
	return true, d.Outbox.Add(tx, *m)
}

// stepReader is who reads the reminder of a next step, and the page it leads
// to: a traveller's own, or that of those who lead the trip. There is nobody to
// write to if they are gone.
func (d *Desk) stepReader(tx *storage.Tx, t *Trip, o *TripOutcome) (w tripLetter, err error) {
	vs, err := travellersOf(tx, t.ID)
	if err != nil {
		return w, err
	}
	for _, id := range []string{o.Owner, o.By} {
		if id == "" {
			continue
		}
		if i := slices.IndexFunc(vs, func(v *Traveller) bool { return v.PersonID == id && v.delegating() }); i >= 0 {
			v := vs[i]
			return tripLetter{email: v.Email, name: v.Name, lang: v.Lang, button: d.OutcomesURL(v) + "/" + o.HostID}, nil
		}
		p, err := people.Get(tx, id)
		if err == nil && p.Email != "" && t.LedBy(p.Actor()) {
			return tripLetter{email: p.Email, name: p.Name, lang: p.Lang, button: d.BaseURL + "/organise/trips/" + t.ID + "/outcomes/" + o.HostID + "/" + o.Delegate}, nil
		}
		if err := ignoreMissing(err); err != nil {
			return w, err
		}
	}
	return w, nil
}
