package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"kohtaamo/storage"
)

var stormTests = map[string]func(*testing.T, Place){
	"LastSeat":       testLastSeat,
	"StormOfTrouble": testStormOfTrouble,
	"TwoProcesses":   testTwoEngines,
}

var errFull = errors.New("full")

// take gives one person a seat at the event "arena", if there is one left.
func take(tx *storage.Tx, id string) error {
	e, err := events.Get(tx, "arena")
	if err != nil {
		return err
	}
	if e.Taken == e.Seats {
		return errFull
	}
	e.Taken++
	if err := seats.Put(tx, newSeat(id)); err != nil {
		return err
	}
	return events.Put(tx, e)
}

func arena(n int) *event {
	e := newEvent("arena")
	e.Seats = n
	return e
}

// wantTaken checks that exactly n seats are given, by both counts.
func wantTaken(t *testing.T, db *storage.DB, n int) {
	t.Helper()
	view(t, db, func(tx *storage.Tx) error {
		given, err := seats.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", "arena")}})
		must(t, err)
		e, err := events.Get(tx, "arena")
		must(t, err)
		want(t, "seats given", given, n)
		want(t, "seats counted", e.Taken, n)
		return nil
	})
}

func testLastSeat(t *testing.T, place Place) {
	for _, size := range []struct{ people, seats int }{{40, 10}, {400, 30}} {
		db := open(t, place)
		put(t, db, events, arena(size.seats))
		var wg sync.WaitGroup
		var got, full atomic.Int64
		for i := range size.people {
			wg.Go(func() {
				err := update(t, db, func(tx *storage.Tx) error { return take(tx, number(i)) })
				switch {
				case err == nil:
					got.Add(1)
				case errors.Is(err, errFull):
					full.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		want(t, "told yes", got.Load(), int64(size.seats))
		want(t, "told no", full.Load(), int64(size.people-size.seats))
		wantTaken(t, db, size.seats)
	}
}

// testStormOfTrouble: in a storm some go away in the middle, some panic, some
// fail, and some ask for what is taken. Nobody else notices.
func testStormOfTrouble(t *testing.T, place Place) {
	db := open(t, place)
	put(t, db, events, arena(1000))
	var wg sync.WaitGroup
	var got atomic.Int64
	for i := range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		wg.Go(func() {
			defer cancel()
			defer func() {
				if r := recover(); r != nil && i%5 != 1 {
					t.Errorf("%d: %v", i, r)
				}
			}()
			err := db.Update(ctx, func(tx *storage.Tx) error {
				if err := take(tx, number(i)); err != nil {
					return err
				}
				switch i % 5 {
				case 0:
					cancel()
				case 1:
					panic("trouble")
				case 2:
					return errFull
				case 3:
					return seats.Put(tx, &seat{EventID: "arena", Email: number(i) + "@example.org"})
				}
				return nil
			})
			switch expect := []error{context.Canceled, nil, errFull, storage.ErrDuplicate, nil}[i%5]; {
			case !errors.Is(err, expect):
				t.Errorf("%d: %v, want %v", i, err, expect)
			case err == nil:
				got.Add(1)
			}
		})
	}
	wg.Wait()
	want(t, "told yes", got.Load(), 40)
	wantTaken(t, db, 40)
}

// testTwoEngines: two programs on one database share the last seats.
func testTwoEngines(t *testing.T, place Place) {
	reopen := place(t)
	var dbs []*storage.DB
	for range 2 {
		dbs = append(dbs, openAs(t, reopen(), storage.Schema{Specs: Specs}))
	}
	put(t, dbs[0], events, arena(30))
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			err := update(t, dbs[i%2], func(tx *storage.Tx) error { return take(tx, fmt.Sprint(i)) })
			if err != nil && !errors.Is(err, errFull) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, db := range dbs {
		wantTaken(t, db, 30)
	}
}
