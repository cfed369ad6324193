package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

const (
	remindOffer  = 24 * time.Hour // before the deadline of an offer
	remindCommit = 72 * time.Hour // before what is accepted binds
)

// ExpireApplicationOffers takes back the seats that were offered until a moment
// before now, gives them to the next in reserve, and reminds those whose offer
// ends within a day, or who are to commit themselves within three. Doing it
// twice does nothing twice.
func (d *Desk) ExpireApplicationOffers(ctx context.Context, now time.Time) (done int, err error) {
	for {
		late, err := d.offersUntil(ctx, now)
		if len(late) == 0 || err != nil {
			break
		}
		for _, a := range late {
			if err := d.expireOffer(ctx, a, now); err != nil && !errors.Is(err, storage.ErrNotFound) {
				return done, fmt.Errorf("expire application offers: %w", err)
			}
			done++
		}
	}
	if err != nil {
		return done, fmt.Errorf("expire application offers: %w", err)
	}
	n, err := d.remindApplicants(ctx, now)
	if err != nil {
		err = fmt.Errorf("remind applicants: %w", err)
	}
	return done + n, err
}

// offersUntil are the first of the offers whose deadline is at a moment or before.
func (d *Desk) offersUntil(ctx context.Context, at time.Time) (list []*Application, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = applications.Find(tx, storage.Query{Sort: "deadline", Limit: 200, Where: []storage.Cond{
			storage.Is("state", string(ApplicationOffered)), {Field: "deadline", Op: storage.Le, Value: at}}})
		return err
	})
	return list, err
}

// expireOffer ends one offer, unless it was answered or extended meanwhile.
func (d *Desk) expireOffer(ctx context.Context, late *Application, now time.Time) error {
	return d.onSelection(ctx, System("applications"), late.TripID, func(s *selection) error {
		a, err := s.application(late.ID)
		if err != nil {
			return err
		}
		if a.State == ApplicationOffered && !a.Deadline.After(now) {
			s.end(a, ApplicationExpired, endedByDeadline, "application.expire", "")
		}
		return nil
	})
}

// remindApplicants reminds of offers and of commitments, once each.
func (d *Desk) remindApplicants(ctx context.Context, now time.Time) (done int, err error) {
	offers, err := d.offersUntil(ctx, now.Add(remindOffer))
	if err != nil {
		return 0, err
	}
	accepted, err := d.commitmentsDue(ctx, now)
	if err != nil {
		return 0, err
	}
	for _, a := range append(offers, accepted...) {
		told, err := d.remindApplicant(ctx, a.ID, now)
		if err != nil {
			return done, err
		}
		if told {
			done++
		}
	}
	return done, nil
}

// commitmentsDue are accepted applications that are to commit themselves soon.
func (d *Desk) commitmentsDue(ctx context.Context, now time.Time) (out []*Application, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		out = nil
		open, err := trips.Find(tx, storage.Query{Where: []storage.Cond{{Field: "state", Op: storage.In, Value: []string{string(TripSelection), string(TripConfirmed), string(TripLocked)}}}})
		for _, t := range open {
			if by := t.Selection.CommitBy; by.IsZero() || now.Before(by.Add(-remindCommit)) || !now.Before(by) {
				continue
			}
			list, err := applications.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", t.ID), storage.Is("state", string(ApplicationAccepted))}})
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		return err
	})
	return out, err
}

func (d *Desk) remindApplicant(ctx context.Context, id string, now time.Time) (told bool, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		told = false
		a, err := applications.Get(tx, id)
		if err != nil {
			return ignoreMissing(err)
		}
		t, err := trips.Get(tx, a.TripID)
		if err != nil {
			return ignoreMissing(err)
		}
		kind := a.reminderDue(t, now)
		if kind == "" {
			return nil
		}
		if err := a.tell(tx, kind); err != nil {
			return err
		}
		told = true
		return d.tellApplicant(tx, t, a, kind)
	})
	return told, err
}

// reminderDue is the kind of reminder that is due for a; "" for none. What was
// asked for within the time of the reminder needs none.
func (a *Application) reminderDue(t *Trip, now time.Time) string {
	kind, since, from, until := "", time.Time{}, time.Time{}, time.Time{}
	switch by := t.Selection.CommitBy; {
	case a.canAnswer(t, now) == nil:
		kind, since, from, until = applicationReminder, a.StateAt, a.Deadline.Add(-remindOffer), a.Deadline
	case a.canCommit(t, now) == nil && !by.IsZero():
		kind, since, from, until = applicationCommitAsked, a.StateAt, by.Add(-remindCommit), by
	}
	if kind == "" || now.Before(from) || !now.Before(until) || !since.Before(from) || !a.Told[kind].IsZero() {
		return ""
	}
	return kind
}
