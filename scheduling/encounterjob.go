package scheduling

import (
	"context"
	"fmt"
	"iter"
	"time"

	"kohtaamo/storage"
)

// A counted says up to when encounters were gathered from what they come of.
type counted struct {
	storage.Meta `bson:",inline"`
	Through      time.Time `bson:"through"`
}

var encounterCounts = storage.NewCollection[counted]("encounter_counts")

// recountDays is how long after it ended a thing is looked at again.
const recountDays = 60

// CountEncounters gathers the encounters of what ended lately; the first run of
// a database, those of all that ever was. It is a net below what keeps them with
// every change: for what was stored by an older program or brought in from a
// file.
func (d *Desk) CountEncounters(ctx context.Context, now time.Time) (n int, err error) {
	var mark *counted
	err = d.view(ctx, func(tx *storage.Tx) (err error) {
		mark, err = encounterCounts.Get(tx, "all")
		return err
	})
	if err := ignoreMissing(err); err != nil {
		return 0, fmt.Errorf("count encounters: %w", err)
	}
	if mark == nil {
		mark = &counted{Meta: storage.Meta{ID: "all"}}
	} else {
		mark.Through = mark.Through.AddDate(0, 0, -recountDays)
	}
	between := func(field string) storage.Query {
		return storage.Query{Where: []storage.Cond{{Field: field, Op: storage.Gt, Value: mark.Through}, {Field: field, Op: storage.Le, Value: now}}}
	}
	for _, step := range []func() (int, error){
		func() (int, error) {
			return recountAll(ctx, d, between("ends"), events.Each, func(e *Event) string { return e.ID }, events.Get, recountEvent)
		},
		func() (int, error) {
			return recountAll(ctx, d, between("starts"), trips.Each, func(t *Trip) string { return t.ID }, trips.Get, recountTrip)
		},
		func() (int, error) {
			return recountAll(ctx, d, between("ends"), rounds.Each, func(r *Round) string { return r.ID }, rounds.Get, recountRound)
		},
		func() (int, error) {
			return recountAll(ctx, d, between("starts"), meetingRecords.Each, func(r *MeetingRecord) string { return r.ID }, meetingRecords.Get, meetInGroup)
		},
		func() (int, error) {
			over := between("last")
			over.Where = append(over.Where, storage.Is("open", false))
			return recountAll(ctx, d, over, gatherings.Each, func(g *Gathering) string { return g.ID }, gatherings.Get, meetAtGathering)
		},
		func() (int, error) {
			return recountAll(ctx, d, between("at"), works.Each, func(w *Work) string { return w.ID }, works.Get, meetByWork)
		},
	} {
		done, err := step()
		n += done
		if err != nil {
			return n, fmt.Errorf("count encounters: %w", err)
		}
	}
	mark.Through = now
	return n, d.update(ctx, func(tx *storage.Tx) error { return encounterCounts.Put(tx, mark) })
}

// recountAll recounts each thing that q asks for in a transaction of its own: a
// run that is cut short is repeated.
func recountAll[T any](ctx context.Context, d *Desk, q storage.Query, each func(*storage.Tx, storage.Query) iter.Seq2[*T, error],
	id func(*T) string, get func(*storage.Tx, string) (*T, error), recount func(*storage.Tx, *T) error,
) (n int, err error) {
	var due []string
	err = d.view(ctx, func(tx *storage.Tx) error {
		for v, err := range each(tx, q) {
			if err != nil {
				return err
			}
			due = append(due, id(v))
		}
		return nil
	})
	for _, id := range due {
		if err != nil {
			return n, err
		}
		n++
		err = d.update(ctx, func(tx *storage.Tx) error {
			v, err := get(tx, id)
			if err != nil {
				return ignoreMissing(err)
			}
			return recount(tx, v)
		})
	}
	return n, err
}

func recountRound(tx *storage.Tx, r *Round) error {
	list, err := meetings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID), storage.Is("state", string(MeetingHeld))}})
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := meetB2B(tx, m); err != nil {
			return err
		}
	}
	return nil
}
