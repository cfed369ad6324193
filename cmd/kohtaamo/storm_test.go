package main

import (
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// TestStorm lets 2,000 people register at once for 100 seats, by the form of
// the website, and asks each of them what they were told.
func TestStorm(t *testing.T) {
	people, seats := 2000, 100
	if testing.Short() || raceDetector {
		people, seats = 300, 30
	}
	engines(t, func(t *testing.T, db string) {
		e := newEvent(t, db, seats)
		s := start(t, db, "--mail=dir:"+filepath.Join(t.TempDir(), "mail"), "--proxy-header=X-Forwarded-For")
		begun := time.Now()
		told := storm(t, s.base, e.Slug, people)
		t.Logf("%d people registered and read their receipts in %v", people, time.Since(begun).Round(time.Millisecond))
		s.end(t)
		if t.Failed() {
			return
		}
		got := look(t, db, e)
		wantStorm(t, got, told, seats)
	})
}

// storm registers people, each on a connection to be had among 200.
func storm(t *testing.T, base, slug string, people int) []receipt {
	c := newCrowd(base, 200)
	defer c.close()
	told := make([]receipt, people)
	var wg sync.WaitGroup
	for n := range people {
		wg.Go(func() {
			path, err := c.register(n, slug)
			if err == nil {
				told[n], err = c.receipt(n, path)
			}
			if err != nil {
				t.Errorf("person %d: %v", n, err)
			}
		})
	}
	wg.Wait()
	return told
}

// wantStorm compares what people were told with what is stored.
func wantStorm(t *testing.T, got *stored, told []receipt, seats int) {
	t.Helper()
	waiting := len(told) - seats
	if n := got.count(scheduling.Confirmed); n != seats {
		t.Errorf("%d people have a seat, want %d", n, seats)
	}
	if n := got.count(scheduling.Waitlisted); n != waiting {
		t.Errorf("%d people wait, want %d", n, waiting)
	}
	if s := got.seating; s.Taken != seats || s.Waiting != waiting {
		t.Errorf("counted: %d seats taken, %d waiting", s.Taken, s.Waiting)
	}
	if len(got.registrations) != len(told) || len(got.mails) != len(told) {
		t.Errorf("%d registrations and mails about %d of them, want %d", len(got.registrations), len(got.mails), len(told))
	}
	var queue []int
	for n, told := range told {
		r := got.registrations[address(n)]
		if r == nil {
			t.Errorf("%s was told %q and is not there", address(n), told.state)
			continue
		}
		if r.State != told.state || int(r.Queue) != told.position {
			t.Errorf("%s was told %q, number %d, but is %q, number %d", r.Email, told.state, told.position, r.State, r.Queue)
		}
		if kinds := got.kinds(r); !slices.Equal(kinds, []string{string(told.state)}) {
			t.Errorf("%s, %s, has the mails %v", r.Email, r.State, kinds)
		}
		if told.position > 0 {
			queue = append(queue, told.position)
		}
	}
	slices.Sort(queue)
	for i, place := range queue {
		if place != i+1 {
			t.Fatalf("place %d in the queue is given to the person number %d", place, i+1)
		}
	}
}
