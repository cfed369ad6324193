package storagetest

import (
	"fmt"
	"slices"
	"testing"

	"kohtaamo/storage"
)

var pageTests = map[string]func(*testing.T, Place){
	"Page":        testPage,
	"PageMoving":  testPageMoving,
	"PageCursors": testPageCursors,
}

// pages reads all pages of q.
func pages(t *testing.T, db *storage.DB, q storage.Query) (ids []string) {
	for {
		var items []*seat
		view(t, db, func(tx *storage.Tx) (err error) {
			items, q.After, err = seats.Page(tx, q)
			return err
		})
		for _, s := range items {
			ids = append(ids, s.ID)
		}
		if q.After == "" {
			return ids
		}
		if len(items) != q.Limit || len(ids) > 1000 {
			t.Fatalf("a page of %d with a next one, limit %d", len(items), q.Limit)
		}
	}
}

// testPage: many ties, and documents without the field, in both directions.
func testPage(t *testing.T, place Place) {
	db := open(t, place)
	var all []*seat
	for i := range 37 {
		s := newSeat(number(i))
		s.Open, s.State = i%2 == 0, state(fmt.Sprint("s", i%5))
		if q := int64(i % 4); q > 0 {
			s.Queue = &q
		}
		all = append(all, s)
	}
	put(t, db, seats, all...)
	arena := storage.Is("event_id", "arena")
	for _, where := range [][]storage.Cond{nil, {arena}, {arena, storage.Is("open", true)}} {
		for _, sort := range []string{"", "-_id", "queue", "-queue", "state", "-state", "open", "-open", "email"} {
			var expect []string
			view(t, db, func(tx *storage.Tx) error {
				found, err := seats.Find(tx, storage.Query{Where: where, Sort: sort})
				for _, s := range found {
					expect = append(expect, s.ID)
				}
				return err
			})
			for _, limit := range []int{1, 2, 3, 9, 36, 37, 38} {
				got := pages(t, db, storage.Query{Where: where, Sort: sort, Limit: limit})
				if !slices.Equal(got, expect) {
					t.Errorf("sort %q, pages of %d: %v, want %v", sort, limit, got, expect)
				}
			}
		}
	}
	// nothing comes first, then values, ties by ID
	got := pages(t, db, storage.Query{Sort: "queue", Limit: 5})
	if !slices.Equal(got[:2], []string{"00000", "00004"}) || got[len(got)-1] != "00035" {
		t.Errorf("order: %v", got)
	}
}

// testPageMoving: what is added or removed meanwhile hides and repeats nobody else.
func testPageMoving(t *testing.T, place Place) {
	db := open(t, place)
	for i := 100; i < 200; i += 2 {
		put(t, db, seats, newSeat(number(i)))
	}
	q := storage.Query{Sort: "email", Limit: 7}
	var got []string
	for round := 0; ; round++ {
		var items []*seat
		view(t, db, func(tx *storage.Tx) (err error) {
			items, q.After, err = seats.Page(tx, q)
			return err
		})
		for _, s := range items {
			got = append(got, s.ID)
		}
		if q.After == "" {
			break
		}
		put(t, db, seats, newSeat(number(round))) // before all of them
		must(t, update(t, db, func(tx *storage.Tx) error { return seats.Delete(tx, items[len(items)-1]) }))
	}
	want(t, "documents", len(got), 50)
	want(t, "sorted and each once", len(slices.Compact(slices.Sorted(slices.Values(got)))), 50)
}

func testPageCursors(t *testing.T, place Place) {
	db := open(t, place)
	for i := range 3 {
		put(t, db, seats, newSeat(number(i)))
	}
	var next string
	view(t, db, func(tx *storage.Tx) (err error) {
		_, next, err = seats.Page(tx, storage.Query{Limit: 2})
		return err
	})
	page := func(q storage.Query) error {
		return db.View(t.Context(), func(tx *storage.Tx) error {
			_, _, err := seats.Page(tx, q)
			return err
		})
	}
	must(t, page(storage.Query{After: next}))
	for _, bad := range []string{"x", "AAAA", next[1:], next[:len(next)-1], next + "A", next[:20] + "Z" + next[21:], "'; --", "\x00"} {
		wantErr(t, page(storage.Query{After: bad}), storage.ErrCursor)
	}
	wantErr(t, page(storage.Query{After: next, Sort: "email"}), storage.ErrCursor)
	wantErr(t, page(storage.Query{After: next, Sort: "-_id"}), storage.ErrCursor)
	if page(storage.Query{Skip: 1}) == nil {
		t.Error("a page was skipped into")
	}
}
