package storagetest

import (
	"slices"
	"testing"

	"kohtaamo/storage"
)

var listTests = map[string]func(*testing.T, Place){
	"Many":        testMany,
	"ManyChanges": testManyChanges,
	"ManyPages":   testManyPages,
}

func has(v string) storage.Cond {
	return storage.Cond{Field: "words", Op: storage.Has, Value: v}
}

func prefix(v string) storage.Cond {
	return storage.Cond{Field: "words", Op: storage.Prefix, Value: v}
}

// asks checks Find and Count in one.
func asks(t *testing.T, db *storage.DB, where []storage.Cond, ids ...string) {
	t.Helper()
	view(t, db, func(tx *storage.Tx) error {
		for _, limit := range []int{0, 100} {
			found, err := seats.Find(tx, storage.Query{Where: where, Limit: limit})
			must(t, err)
			wantIDs(t, "Find", found, seatID, ids...)
		}
		n, err := seats.Count(tx, storage.Query{Where: where})
		must(t, err)
		want(t, "Count", n, len(ids))
		return nil
	})
}

func testMany(t *testing.T, place Place) {
	db := open(t, place)
	for id, words := range map[string][]string{
		"a": {"matti", "meikäläinen", "oulu", "matti"},
		"b": {"maija", "meikäläinen", "helsinki"},
		"c": {"matilda", "ouluun"},
		"d": nil,
		"e": {"z\U0010FFFF", "z\U0010FFFFx", "zz"},
	} {
		s := newSeat(id)
		s.Words, s.Clusters, s.Open = words, []string{"auto"}, id > "a"
		put(t, db, seats, s)
	}
	where := func(c ...storage.Cond) []storage.Cond { return c }
	asks(t, db, where(has("matti")), "a")
	asks(t, db, where(has("mat")))
	asks(t, db, where(prefix("mat")), "a", "c")
	asks(t, db, where(prefix("ma")), "a", "b", "c")
	asks(t, db, where(prefix("mat"), prefix("oulu")), "a", "c")
	asks(t, db, where(prefix("mat"), has("oulu")), "a")
	asks(t, db, where(prefix("m"), prefix("h")), "b")
	asks(t, db, where(prefix("m"), prefix("m"), storage.Is("open", true)), "b", "c")
	asks(t, db, where(prefix("")), "a", "b", "c", "e")
	asks(t, db, where(prefix("z\U0010FFFF")), "e")
	asks(t, db, where(prefix("\U0010FFFF")))
	asks(t, db, where(storage.Cond{Field: "cluster_ids", Op: storage.Has, Value: "auto"}, prefix("me"), storage.Is("event_id", "arena")), "a", "b")
	asks(t, db, where(prefix("m"), storage.Cond{Field: "_id", Op: storage.In, Value: []string{"b", "c", "d"}}), "b", "c")
}

func testManyChanges(t *testing.T, place Place) {
	db := open(t, place)
	s, other := newSeat("a"), newSeat("b")
	s.Words, other.Words = []string{"one", "two"}, []string{"two"}
	put(t, db, seats, s, other)
	s.Words = []string{"two", "three"}
	put(t, db, seats, s)
	asks(t, db, []storage.Cond{has("one")})
	asks(t, db, []storage.Cond{has("two")}, "a", "b")
	asks(t, db, []storage.Cond{has("three")}, "a")
	update(t, db, func(tx *storage.Tx) error { // rolled back
		s.Words = []string{"four"}
		must(t, seats.Put(tx, s))
		return storage.ErrConflict
	})
	asks(t, db, []storage.Cond{has("four")})
	asks(t, db, []storage.Cond{has("three")}, "a")
	must(t, update(t, db, func(tx *storage.Tx) error { return seats.Delete(tx, s) }))
	asks(t, db, []storage.Cond{has("two")}, "b")
	asks(t, db, []storage.Cond{prefix("th")})
	s = newSeat("a")
	put(t, db, seats, s)
	asks(t, db, []storage.Cond{prefix("t")}, "b")
}

// testManyPages: the pages are the same whichever way an engine goes: enough
// documents that a common word takes another way than a rare one.
func testManyPages(t *testing.T, place Place) {
	db := open(t, place)
	const n = 6000
	for from := 0; from < n; from += 500 {
		var some []*seat
		for i := from; i < from+500; i++ {
			s := newSeat(number(i))
			s.Words = []string{"all", "all" + number(i)}
			for _, d := range []int{2, 3, 700} {
				if i%d == 0 {
					s.Words = append(s.Words, "by"+number(d))
				}
			}
			some = append(some, s)
		}
		put(t, db, seats, some...)
	}
	for _, test := range []struct {
		where []storage.Cond
		step  int
	}{
		{[]storage.Cond{has("all")}, 1},
		{[]storage.Cond{prefix("all")}, 1},
		{[]storage.Cond{has("by00002")}, 2},
		{[]storage.Cond{has("by00002"), has("by00003")}, 6},
		{[]storage.Cond{has("by00002"), has("by00003"), prefix("all0")}, 6},
		{[]storage.Cond{has("by00700"), prefix("all")}, 700},
	} {
		q := storage.Query{Where: test.where, Sort: "-email", Limit: 4}
		last := (n - 1) / test.step * test.step
		var got []string
		for range 2 {
			view(t, db, func(tx *storage.Tx) error {
				items, next, err := seats.Page(tx, q)
				for _, s := range items {
					got = append(got, s.ID)
				}
				q.After = next
				return err
			})
		}
		var expect []string
		for i := range 8 {
			expect = append(expect, number(last-i*test.step))
		}
		if !slices.Equal(got, expect) {
			t.Errorf("%v: %v, want %v", test.where, got, expect)
		}
	}
}
