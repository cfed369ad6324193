package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kohtaamo/storage"
)

const (
	maxReminder = 60            // days before the start
	restAfter   = 3 * time.Hour // between the end of an event and the thanks
	wrapUpFor   = 30 * 24 * time.Hour
)

// SendReminders promises the reminders that are due at now, days before the
// start as each event asks, to those who held a seat when they became due.
// Running it twice promises nothing twice; a moved event is reminded of anew.
func (d *Desk) SendReminders(ctx context.Context, now time.Time) (done int, err error) {
	due, err := d.eventsWhere(ctx, storage.Query{Sort: "starts", Where: []storage.Cond{
		storage.Is("state", string(Published)),
		{Field: "starts", Op: storage.Gt, Value: now},
		{Field: "starts", Op: storage.Le, Value: now.AddDate(0, 0, maxReminder+1)}}})
	if err != nil {
		return 0, fmt.Errorf("send reminders: %w", err)
	}
	for _, e := range due {
		if _, ok := e.reminderDue(now); !ok {
			continue
		}
		if err := d.remind(ctx, e.ID, now); err != nil {
			return done, fmt.Errorf("remind of event %s: %w", e.ID, err)
		}
		done++
	}
	_, err = d.SendNotices(ctx, now)
	return done, err
}

// reminderDue gives the reminder nearest to the start that is due and was not
// sent for this start. One that was due before anybody could register is not.
func (e *Event) reminderDue(now time.Time) (days int, ok bool) {
	for _, days := range slices.Sorted(slices.Values(e.Rules.Reminders)) {
		at := e.reminderAt(days)
		if now.Before(at) {
			continue
		}
		return days, at.After(e.PublishedAt) && !e.Reminded[strconv.Itoa(days)].Equal(e.Starts)
	}
	return 0, false
}

// reminderAt is the same time of the clock, days before the start.
func (e *Event) reminderAt(days int) time.Time {
	return e.Starts.In(e.Location()).AddDate(0, 0, -days)
}

func (d *Desk) remind(ctx context.Context, id string, now time.Time) error {
	return d.update(ctx, func(tx *storage.Tx) error {
		e, err := events.Get(tx, id)
		if err != nil {
			return err
		}
		days, ok := e.reminderDue(now)
		if !ok || e.State != Published {
			return nil
		}
		if e.Reminded == nil {
			e.Reminded = map[string]time.Time{}
		}
		e.Reminded[strconv.Itoa(days)] = e.Starts
		if err := events.Put(tx, e); err != nil {
			return err
		}
		return d.promise(tx, &notice{EventID: e.ID, Kind: mailReminder, Sequence: e.Sequence, Days: days, Since: e.reminderAt(days)})
	})
}

// WrapUp thanks those who came to events that ended some hours before now, and
// is sorry about those who did not; whoever was not checked in at an event
// where people were becomes a no-show. Each event once.
func (d *Desk) WrapUp(ctx context.Context, now time.Time) (done int, err error) {
	ended, err := d.eventsWhere(ctx, storage.Query{Sort: "ends", Where: []storage.Cond{
		{Field: "ends", Op: storage.Gt, Value: now.Add(-wrapUpFor)},
		{Field: "ends", Op: storage.Le, Value: now.Add(-restAfter)}}})
	if err != nil {
		return 0, fmt.Errorf("wrap up: %w", err)
	}
	for _, e := range ended {
		if e.WrappedUp || e.State != Published {
			continue
		}
		if err := d.wrapUp(ctx, e.ID); err != nil {
			return done, fmt.Errorf("wrap up event %s: %w", e.ID, err)
		}
		done++
	}
	_, err = d.SendNotices(ctx, now)
	return done, err
}

func (d *Desk) wrapUp(ctx context.Context, id string) error {
	return d.update(ctx, func(tx *storage.Tx) error {
		e, err := events.Get(tx, id)
		if err != nil || e.WrappedUp {
			return err
		}
		e.WrappedUp = true
		if err := events.Put(tx, e); err != nil {
			return err
		}
		return d.promise(tx, &notice{EventID: e.ID, Kind: mailThanks, Sequence: e.Sequence})
	})
}

func (d *Desk) eventsWhere(ctx context.Context, q storage.Query) (found []*Event, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		found, err = events.Find(tx, q)
		return err
	})
	return found, err
}

// ExpireOffers takes back the seats that were offered until a moment before
// now and gives them to the next in line. Whoever let a first offer pass goes
// to the end of the list; after a second they leave it. Addresses that were
// never confirmed end too.
func (d *Desk) ExpireOffers(ctx context.Context, now time.Time) (done int, err error) {
	for _, state := range []RegState{Offered, Pending} {
		n, err := d.expire(ctx, state, now)
		done += n
		if err != nil {
			return done, fmt.Errorf("expire offers: %w", err)
		}
	}
	return done, nil
}

func (d *Desk) expire(ctx context.Context, state RegState, now time.Time) (done int, err error) {
	for {
		late, err := d.late(ctx, state, now)
		if len(late) == 0 || err != nil {
			return done, err
		}
		for _, r := range late {
			if err := d.expireOne(ctx, r.ID, state, now); err != nil && !errors.Is(err, storage.ErrNotFound) {
				return done, err
			}
			done++
		}
	}
}

func (d *Desk) late(ctx context.Context, state RegState, now time.Time) (late []*Registration, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		late, err = registrations.Find(tx, storage.Query{Sort: "deadline", Limit: 100, Where: []storage.Cond{
			storage.Is("state", string(state)), {Field: "deadline", Op: storage.Le, Value: now}}})
		return err
	})
	return late, err
}

// expireOne ends one offer, unless it was answered meanwhile.
func (d *Desk) expireOne(ctx context.Context, id string, state RegState, now time.Time) error {
	by := System("deadlines")
	_, err := d.change(ctx, by, id, "registration.expire", "", func(tx *storage.Tx, p *place) error {
		if p.r.State != state || p.r.Deadline.IsZero() || p.r.Deadline.After(now) {
			return storage.ErrNotFound
		}
		lapse := func(r *Registration) { d.lapse(tx, by, &place{e: p.e, s: p.s, r: r}) }
		lapse(p.r)
		return d.together(tx, by, p, state, "registration.expire", lapse)
	})
	return err
}

// lapse is what becomes of somebody who did not answer in time.
func (d *Desk) lapse(tx *storage.Tx, by Actor, p *place) {
	if p.r.State == Offered && p.r.Passed == 0 && tx.Now().Before(p.e.Starts) {
		p.r.Passed++
		p.s.enqueue(p.r)
		return
	}
	d.end(tx, by, p, Left, "")
}
