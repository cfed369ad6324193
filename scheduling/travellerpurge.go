package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// purge deletes the answers to some fields, and reports which of them there were.
func (v *Traveller) purge(fields []string, now time.Time) (gone []string) {
	for _, f := range fields {
		cleared := v.Data != nil && v.Data.clear(f)
		if f == "phone" && v.Phone != "" {
			v.Phone, cleared = "", true
		}
		if cleared {
			gone = append(gone, f)
		}
	}
	if v.Data != nil && (len(fields) == len(TravellerFields) || v.Data.equal(&TravellerData{})) {
		v.Data = nil
	}
	if len(gone) > 0 {
		v.PurgedAt = now
	}
	v.index()
	return gone
}

// purgeable are the fields whose days are over.
func (v *Traveller) purgeable(t *Trip, now time.Time) (fields []string) {
	for _, f := range TravellerFields {
		if !v.Goes() || !now.Before(t.PurgeAt(f)) {
			fields = append(fields, f)
		}
	}
	return fields
}

// PurgeTravellers deletes what travellers answered, field by field, once the days
// are over that it is kept for, and then sees to it that it is gone from the
// database's files too. Who came and what came of it stays. What was done is in
// the audit log. It can be stopped and repeated at any point.
func (d *Desk) PurgeTravellers(ctx context.Context, now time.Time) (done int, err error) {
	tripIDs, err := d.tripsWithData(ctx)
	if err != nil {
		return 0, fmt.Errorf("purge travellers: %w", err)
	}
	for _, id := range tripIDs {
		n, err := d.purgeTrip(ctx, id, now)
		if done += n; err != nil {
			return done, fmt.Errorf("purge travellers of trip %s: %w", id, err)
		}
	}
	if err := d.scrubPurged(ctx); err != nil {
		return done, fmt.Errorf("purge travellers: %w", err)
	}
	return done, nil
}

// tripsWithData are those of whose travellers something is kept.
func (d *Desk) tripsWithData(ctx context.Context) (ids []string, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		ids = nil
		by, err := travellers.CountBy(tx, storage.Query{Where: []storage.Cond{storage.Is("kept", true)}}, "trip_id")
		for id := range by {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		return err
	})
	return ids, err
}

// purgeTrip deletes what is due on one trip.
func (d *Desk) purgeTrip(ctx context.Context, id string, now time.Time) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		done = 0
		t, err := trips.Get(tx, id)
		if err != nil {
			return err
		}
		kept, err := travellers.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("kept", true), storage.Is("trip_id", t.ID)}})
		if err != nil {
			return err
		}
		var fields []string
		for _, v := range kept {
			gone := v.purge(v.purgeable(t, now), tx.Now())
			if len(gone) == 0 {
				continue
			}
			if err := travellers.Put(tx, v); err != nil {
				return err
			}
			fields = append(fields, gone...)
			done++
		}
		if done == 0 {
			return nil
		}
		slices.Sort(fields)
		proof := fmt.Sprintf("%d: %s", done, strings.Join(slices.Compact(fields), ", "))
		return d.log(tx, System("traveller-data"), "traveller.purge", t.ID, t.ID, t.Title.In("en"), proof)
	})
	return done, err
}

// scrubPurged removes from the database's files what was purged since that was
// done last: by the job, or when somebody was taken off a trip. The audit log
// says when it was done.
func (d *Desk) scrubPurged(ctx context.Context) error {
	var due bool
	err := d.view(ctx, func(tx *storage.Tx) error {
		due = false
		newest, err := travellers.First(tx, storage.Query{Sort: "-purged_at"})
		if errors.Is(err, storage.ErrNotFound) || err == nil && newest.PurgedAt.IsZero() {
			return nil
		}
		if err != nil {
			return err
		}
		last, err := audit.First(tx, storage.Query{Where: []storage.Cond{storage.Is("action", "traveller.scrub")}, Sort: "-at"})
		due = err != nil || newest.PurgedAt.After(last.At)
		return ignoreMissing(err)
	})
	if err != nil || !due {
		return err
	}
	began := d.now()
	if err := d.DB.Scrub(ctx); err != nil {
		return err
	}
	return d.update(ctx, func(tx *storage.Tx) error {
		by := System("traveller-data")
		return audit.Put(tx, &Entry{Meta: storage.Meta{ID: storage.NewID()}, At: began, ActorName: by.Name, Via: by.Via, Action: "traveller.scrub"})
	})
}
