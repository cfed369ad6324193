// Package storagetest holds every engine to the same behaviour.
package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"kohtaamo/storage"
)

type event struct {
	storage.Meta `bson:",inline"`
	Slug         string    `bson:"slug"`
	Starts       time.Time `bson:"starts"`
	Seats        int       `bson:"seats"`
	Taken        int       `bson:"taken"`
}

type seat struct {
	storage.Meta `bson:",inline"`
	EventID      string `bson:"event_id"`
	Email        string `bson:"email"`
	Ticket       string `bson:"ticket,omitempty"`
	Open         bool   `bson:"open"`
}

var (
	events = storage.NewCollection[event]("events", storage.Unique("slug"), storage.Ordered("starts"))
	seats  = storage.NewCollection[seat]("seats", storage.Unique("event_id", "email"), storage.UniqueIf("ticket"), storage.Ordered("open"))
)

// Specs are the collections that the tests use.
var Specs = []storage.Spec{events.Spec, seats.Spec}

// Run runs the suite; open gives an empty database each time.
func Run(t *testing.T, engine func(*testing.T) storage.Engine) {
	open := func(t *testing.T) *storage.DB {
		db, err := storage.Open(t.Context(), engine(t), storage.Schema{Specs: Specs})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	ctx := context.Background()
	t0 := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)

	t.Run("RoundTrip", func(t *testing.T) {
		db := open(t)
		e := &event{Meta: storage.Meta{ID: "a"}, Slug: "arena", Starts: t0.Add(123456789), Seats: 2}
		must(t, db.Update(ctx, func(tx *storage.Tx) error { return events.Put(tx, e) }))
		if e.Rev != 1 {
			t.Fatalf("Rev = %d after insert, want 1", e.Rev)
		}
		must(t, db.View(ctx, func(tx *storage.Tx) error {
			got, err := events.Get(tx, "a")
			if err != nil {
				return err
			}
			if want := t0.Add(123 * time.Millisecond); !got.Starts.Equal(want) {
				t.Errorf("Starts = %v, want %v", got.Starts, want)
			}
			_, err = events.Get(tx, "nope")
			if !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("Get of nothing: %v", err)
			}
			return nil
		}))
	})

	t.Run("Unique", func(t *testing.T) {
		db := open(t)
		put := func(s *seat) error {
			return db.Update(ctx, func(tx *storage.Tx) error { return seats.Put(tx, s) })
		}
		must(t, put(&seat{Meta: storage.Meta{ID: "1"}, EventID: "a", Email: "x@x"}))
		must(t, put(&seat{Meta: storage.Meta{ID: "2"}, EventID: "b", Email: "x@x"}))
		if err := put(&seat{Meta: storage.Meta{ID: "3"}, EventID: "a", Email: "x@x"}); !errors.Is(err, storage.ErrDuplicate) {
			t.Errorf("same key: %v, want ErrDuplicate", err)
		}
		if err := put(&seat{Meta: storage.Meta{ID: "1"}, EventID: "c", Email: "y@x"}); !errors.Is(err, storage.ErrDuplicate) {
			t.Errorf("same id: %v, want ErrDuplicate", err)
		}
		must(t, put(&seat{Meta: storage.Meta{ID: "4"}, EventID: "d", Email: "1@x"}))
		if err := put(&seat{Meta: storage.Meta{ID: "5"}, EventID: "d", Email: "2@x"}); err != nil {
			t.Errorf("optional key absent twice: %v", err)
		}
		must(t, put(&seat{Meta: storage.Meta{ID: "6"}, EventID: "d", Email: "3@x", Ticket: "T"}))
		if err := put(&seat{Meta: storage.Meta{ID: "7"}, EventID: "d", Email: "4@x", Ticket: "T"}); !errors.Is(err, storage.ErrDuplicate) {
			t.Errorf("optional key present twice: %v, want ErrDuplicate", err)
		}
	})

	t.Run("Stale", func(t *testing.T) {
		db := open(t)
		e := &event{Meta: storage.Meta{ID: "a"}, Slug: "arena"}
		must(t, db.Update(ctx, func(tx *storage.Tx) error { return events.Put(tx, e) }))
		old := *e
		must(t, db.Update(ctx, func(tx *storage.Tx) error { return events.Put(tx, e) }))
		err := db.Update(ctx, func(tx *storage.Tx) error { return events.Put(tx, &old) })
		if !errors.Is(err, storage.ErrConflict) {
			t.Errorf("stale put: %v, want ErrConflict", err)
		}
	})

	t.Run("Find", func(t *testing.T) {
		db := open(t)
		must(t, db.Update(ctx, func(tx *storage.Tx) error {
			for i := range 10 {
				e := &event{Meta: storage.Meta{ID: fmt.Sprint(i)}, Slug: fmt.Sprint("s", i), Starts: t0.Add(time.Duration(i) * time.Hour)}
				if err := events.Put(tx, e); err != nil {
					return err
				}
			}
			return nil
		}))
		must(t, db.View(ctx, func(tx *storage.Tx) error {
			q := storage.Query{Where: []storage.Cond{{Field: "starts", Op: storage.Ge, Value: t0.Add(3 * time.Hour)}, {Field: "starts", Op: storage.Lt, Value: t0.Add(8 * time.Hour)}}, Sort: "-starts", Limit: 2, Skip: 1}
			got, err := events.Find(tx, q)
			if err != nil {
				return err
			}
			if len(got) != 2 || got[0].ID != "6" || got[1].ID != "5" {
				t.Errorf("Find: %v", got)
			}
			if n, _ := events.Count(tx, storage.Query{Where: q.Where}); n != 5 {
				t.Errorf("Count = %d, want 5", n)
			}
			if _, err := events.Find(tx, storage.Query{Where: []storage.Cond{{Field: "taken", Op: storage.Eq, Value: 1}}}); err == nil {
				t.Error("query on a field without an index was answered")
			}
			return nil
		}))
	})

	t.Run("Rollback", func(t *testing.T) {
		db := open(t)
		boom := errors.New("boom")
		err := db.Update(ctx, func(tx *storage.Tx) error {
			if err := events.Put(tx, &event{Meta: storage.Meta{ID: "a"}, Slug: "a"}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("err = %v", err)
		}
		db.View(ctx, func(tx *storage.Tx) error {
			if _, err := events.Get(tx, "a"); !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("after rollback: %v", err)
			}
			return nil
		})
	})

	t.Run("RevisionsFollowRollback", func(t *testing.T) {
		db := open(t)
		e := &event{Meta: storage.Meta{ID: "a"}, Slug: "a"}
		db.Update(ctx, func(tx *storage.Tx) error {
			must(t, events.Put(tx, e))
			must(t, events.Put(tx, e))
			return errors.New("boom")
		})
		if e.Rev != 0 || !e.Created.IsZero() {
			t.Errorf("after rollback: %+v", e.Meta)
		}
		must(t, db.Update(ctx, func(tx *storage.Tx) error { return events.Put(tx, e) }))
	})

	t.Run("SwallowedErrorStillRollsBack", func(t *testing.T) {
		db := open(t)
		err := db.Update(ctx, func(tx *storage.Tx) error {
			events.Put(tx, &event{Meta: storage.Meta{ID: "a"}, Slug: "a"})
			events.Put(tx, &event{Meta: storage.Meta{ID: "b"}, Slug: "a"}) // duplicate, ignored
			return nil
		})
		if !errors.Is(err, storage.ErrDuplicate) {
			t.Errorf("err = %v, want ErrDuplicate", err)
		}
	})

	t.Run("LastSeat", func(t *testing.T) {
		db := open(t)
		must(t, db.Update(ctx, func(tx *storage.Tx) error {
			return events.Put(tx, &event{Meta: storage.Meta{ID: "a"}, Slug: "a", Seats: 10})
		}))
		var wg sync.WaitGroup
		var mu sync.Mutex
		full := 0
		for i := range 40 {
			wg.Go(func() {
				err := db.Update(ctx, func(tx *storage.Tx) error {
					e, err := events.Get(tx, "a")
					if err != nil {
						return err
					}
					if e.Taken == e.Seats {
						mu.Lock()
						full++
						mu.Unlock()
						return nil
					}
					e.Taken++
					if err := seats.Put(tx, &seat{Meta: storage.Meta{ID: fmt.Sprint(i)}, EventID: "a", Email: fmt.Sprint(i)}); err != nil {
						return err
					}
					return events.Put(tx, e)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		must(t, db.View(ctx, func(tx *storage.Tx) error {
			n, err := seats.Count(tx, storage.Query{Where: []storage.Cond{{Field: "event_id", Op: storage.Eq, Value: "a"}}})
			e, _ := events.Get(tx, "a")
			if n != 10 || e.Taken != 10 {
				t.Errorf("%d seats given, %d counted, want 10", n, e.Taken)
			}
			return err
		}))
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
