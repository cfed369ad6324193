package storagetest

import (
	"errors"
	"testing"
	"time"

	"kohtaamo/storage"
)

var changeTests = map[string]func(*testing.T, Place){
	"Changes":          testChanges,
	"ChangesElsewhere": testChangesElsewhere,
}

func testChanges(t *testing.T, place Place) {
	db := open(t, place)
	settle(db)
	before, others := db.Changes(seats.Spec), db.Changes(events.Spec)
	put(t, db, seats, newSeat("a"))
	if db.Changes(seats.Spec) <= before {
		t.Error("a commit did not raise the counter before Update returned")
	}
	all := db.Changes()
	before = db.Changes(seats.Spec)
	view(t, db, func(tx *storage.Tx) error {
		_, err := seats.Get(tx, "a")
		return err
	})
	settle(db)
	want(t, "other collection", db.Changes(events.Spec), others)
	_ = update(t, db, func(tx *storage.Tx) error {
		return errors.New("nothing was written")
	})
	want(t, "after reading", db.Changes(seats.Spec), before)
	put(t, db, events, newEvent("a"))
	if db.Changes() <= all || db.Changes(seats.Spec, events.Spec) <= before+others {
		t.Error("the sum did not rise")
	}
}

// settle waits until the counters stand still: an engine may raise all of them
// when it connects.
func settle(db *storage.DB) {
	for last, same := db.Changes(), 0; same < 15; {
		time.Sleep(50 * time.Millisecond)
		if now := db.Changes(); now != last {
			last, same = now, 0
		} else {
			same++
		}
	}
}

func testChangesElsewhere(t *testing.T, place Place) {
	reopen := place(t)
	here := openAs(t, reopen(), storage.Schema{Specs: Specs})
	there := openAs(t, reopen(), storage.Schema{Specs: Specs})
	settle(here)
	for _, id := range []string{"a", "b"} {
		before := here.Changes(seats.Spec)
		put(t, there, seats, newSeat(id))
		deadline := time.Now().Add(time.Second)
		for here.Changes(seats.Spec) == before {
			if time.Now().After(deadline) {
				t.Fatal("not noticed within a second")
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}
