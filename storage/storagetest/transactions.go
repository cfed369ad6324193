package storagetest

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"kohtaamo/storage"
)

var transactionTests = map[string]func(*testing.T, Place){
	"Rollback":          testRollback,
	"RevisionsFollow":   testRevisionsFollow,
	"SwallowedError":    testSwallowedError,
	"ReadsItsOwnWrites": testReadsItsOwnWrites,
	"Panic":             testPanic,
	"Goexit":            testGoexit,
	"Nested":            testNested,
	"Cancelled":         testCancelled,
	"LeakedTx":          testLeakedTx,
	"OneMoment":         testOneMoment,
	"Snapshot":          testSnapshot,
	"ViewInsideUpdate":  testViewInsideUpdate,
	"ViewsInsideViews":  testViewsInsideViews,
	"AfterClose":        testAfterClose,
}

func testRollback(t *testing.T, place Place) {
	db := open(t, place)
	boom := errors.New("boom")
	err := update(t, db, func(tx *storage.Tx) error {
		must(t, events.Put(tx, newEvent("a")))
		must(t, seats.Put(tx, newSeat("a")))
		return boom
	})
	wantErr(t, err, boom)
	wantNothing(t, db)
}

// wantNothing checks that there are no documents.
func wantNothing(t *testing.T, db *storage.DB) {
	t.Helper()
	view(t, db, func(tx *storage.Tx) error {
		n, err := events.Count(tx, storage.Query{})
		must(t, err)
		m, err := seats.Count(tx, storage.Query{})
		want(t, "documents", n+m, 0)
		return err
	})
}

func testRevisionsFollow(t *testing.T, place Place) {
	db := open(t, place)
	e := newEvent("a")
	update(t, db, func(tx *storage.Tx) error {
		must(t, events.Put(tx, e))
		must(t, events.Put(tx, e))
		return errors.New("boom")
	})
	want(t, "Meta after rollback", e.Meta, storage.Meta{ID: "a"})
	put(t, db, events, e)
	want(t, "Rev", e.Rev, 1)
}

func testSwallowedError(t *testing.T, place Place) {
	db := open(t, place)
	var inside error
	err := update(t, db, func(tx *storage.Tx) error {
		a, b := newEvent("a"), newEvent("b")
		b.Slug = a.Slug
		events.Put(tx, a)
		events.Put(tx, b) // a duplicate, ignored
		_, inside = events.Get(tx, "a")
		return nil
	})
	wantErr(t, err, storage.ErrDuplicate)
	wantErr(t, inside, storage.ErrDuplicate)
	wantNothing(t, db)
}

func testReadsItsOwnWrites(t *testing.T, place Place) {
	db := open(t, place)
	must(t, update(t, db, func(tx *storage.Tx) error {
		for i := range 5 {
			s := newSeat(number(i))
			s.Words = []string{"w"}
			must(t, seats.Put(tx, s))
		}
		n, err := seats.Count(tx, storage.Query{Where: []storage.Cond{has("w")}})
		must(t, err)
		want(t, "Count", n, 5)
		items, next, err := seats.Page(tx, storage.Query{Limit: 3})
		want(t, "page", len(items), 3)
		want(t, "more", next != "", true)
		want(t, "Now", tx.Now(), t0)
		return err
	}))
}

func testPanic(t *testing.T, place Place) {
	db := open(t, place)
	e := newEvent("a")
	func() {
		defer func() { want(t, "recovered", recover(), "boom") }()
		update(t, db, func(tx *storage.Tx) error {
			must(t, events.Put(tx, e))
			panic("boom")
		})
	}()
	want(t, "Rev after a panic", e.Rev, 0)
	wantNothing(t, db)
	put(t, db, events, e) // the database goes on
}

func testGoexit(t *testing.T, place Place) {
	db := open(t, place)
	done := make(chan struct{})
	go func() {
		defer close(done)
		update(t, db, func(tx *storage.Tx) error {
			events.Put(tx, newEvent("a"))
			runtime.Goexit() // as t.Fatal does
			return nil
		})
	}()
	<-done
	wantNothing(t, db)
	put(t, db, events, newEvent("a"))
}

func testNested(t *testing.T, place Place) {
	db := open(t, place)
	start := time.Now()
	must(t, update(t, db, func(tx *storage.Tx) error {
		err := update(t, db, func(*storage.Tx) error { return nil })
		wantErr(t, err, storage.ErrNested)
		return events.Put(tx, newEvent("a"))
	}))
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v to find out", took)
	}
	put(t, db, events, newEvent("b"))
}

func testCancelled(t *testing.T, place Place) {
	db := open(t, place)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Update(ctx, func(tx *storage.Tx) error {
		must(t, events.Put(tx, newEvent("a")))
		cancel()
		events.Put(tx, newEvent("b"))
		return nil
	})
	wantErr(t, err, context.Canceled)
	wantNothing(t, db)
	wantErr(t, db.Update(ctx, func(tx *storage.Tx) error { return nil }), context.Canceled)
	put(t, db, events, newEvent("a"))

	ctx, cancel = context.WithCancel(t.Context())
	err = db.View(ctx, func(tx *storage.Tx) error {
		cancel()
		_, err := events.Get(tx, "a")
		return err
	})
	wantErr(t, err, context.Canceled)
}

func testLeakedTx(t *testing.T, place Place) {
	db := open(t, place)
	var leaked *storage.Tx
	must(t, update(t, db, func(tx *storage.Tx) error {
		leaked = tx
		return nil
	}))
	if events.Put(leaked, newEvent("a")) == nil {
		t.Error("a transaction that is over stored a document")
	}
	wantNothing(t, db)
}

func testOneMoment(t *testing.T, place Place) {
	db := open(t, place)
	tick := 0
	db.Now = func() time.Time {
		tick++
		return t0.Add(time.Duration(tick)*time.Second + 123*time.Microsecond).In(time.FixedZone("x", 3600))
	}
	must(t, update(t, db, func(tx *storage.Tx) error {
		want(t, "Now", tx.Now(), t0.Add(time.Second))
		want(t, "Now again", tx.Now(), t0.Add(time.Second))
		return nil
	}))
}

// testSnapshot: what somebody stores meanwhile is not seen, and not held up.
func testSnapshot(t *testing.T, place Place) {
	db := open(t, place)
	put(t, db, events, newEvent("a"))
	count := func(tx *storage.Tx) int {
		n, err := events.Count(tx, storage.Query{})
		must(t, err)
		return n
	}
	must(t, db.Snapshot(t.Context(), func(tx *storage.Tx) error {
		want(t, "documents", count(tx), 1)
		done := make(chan error)
		go func() {
			done <- db.Update(t.Context(), func(tx *storage.Tx) error { return events.Put(tx, newEvent("b")) })
		}()
		must(t, <-done)
		want(t, "documents after one was stored", count(tx), 1)
		return nil
	}))
	wantErr(t, db.Snapshot(t.Context(), func(tx *storage.Tx) error {
		want(t, "documents of the next", count(tx), 2)
		return storage.ErrConflict
	}), storage.ErrConflict)
}

func testViewInsideUpdate(t *testing.T, place Place) {
	db := open(t, place)
	must(t, update(t, db, func(tx *storage.Tx) error {
		must(t, events.Put(tx, newEvent("a")))
		wantNothing(t, db) // not committed yet
		return nil
	}))
}

func testViewsInsideViews(t *testing.T, place Place) {
	db := open(t, place)
	deep := 0
	var dive func(*storage.Tx) error
	dive = func(tx *storage.Tx) error {
		if deep++; deep == 6 {
			return nil
		}
		return db.View(t.Context(), dive)
	}
	view(t, db, dive)
}

func testAfterClose(t *testing.T, place Place) {
	before := runtime.NumGoroutine()
	db, err := storage.Open(t.Context(), place(t)(), storage.Schema{Specs: Specs})
	must(t, err)
	put(t, db, events, newEvent("a"))
	must(t, db.Close())
	must(t, db.Close())
	if update(t, db, func(*storage.Tx) error { return nil }) == nil {
		t.Error("an Update after Close")
	}
	if err := db.View(t.Context(), func(tx *storage.Tx) error { _, err := events.Get(tx, "a"); return err }); err == nil {
		t.Error("a View after Close")
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after Close", before, runtime.NumGoroutine())
}
