package storagetest

import (
	"errors"
	"maps"
	"testing"
	"time"

	"kohtaamo/storage"
)

var queryTests = map[string]func(*testing.T, Place){
	"Find":      testFind,
	"FindTypes": testFindTypes,
	"First":     testFirst,
	"Refused":   testRefused,
	"Each":      testEach,
	"EachPut":   testEachPut,
	"CountBy":   testCountBy,
}

// hours stores n events, one an hour, with IDs 0, 1, 2 … as five digits.
func hours(t *testing.T, db *storage.DB, n int) {
	var all []*event
	for i := range n {
		e := newEvent(number(i))
		e.Starts, e.Seats, e.Price = t0.Add(time.Duration(i)*time.Hour), i%3, float64(i)/2
		all = append(all, e)
	}
	put(t, db, events, all...)
}

func testFind(t *testing.T, place Place) {
	db := open(t, place)
	hours(t, db, 10)
	between := []storage.Cond{
		{Field: "starts", Op: storage.Ge, Value: t0.Add(3 * time.Hour)},
		{Field: "starts", Op: storage.Lt, Value: t0.Add(8 * time.Hour)},
	}
	view(t, db, func(tx *storage.Tx) error {
		got, err := events.Find(tx, storage.Query{Where: between, Sort: "-starts", Limit: 2, Skip: 1})
		must(t, err)
		wantIDs(t, "Find", got, eventID, "00006", "00005")
		n, err := events.Count(tx, storage.Query{Where: between})
		must(t, err)
		want(t, "Count", n, 5)
		got, err = events.Find(tx, storage.Query{Sort: "-_id", Limit: 1})
		must(t, err)
		wantIDs(t, "last", got, eventID, "00009")
		got, err = events.Find(tx, storage.Query{Where: []storage.Cond{{Field: "_id", Op: storage.Gt, Value: "00007"}}})
		must(t, err)
		wantIDs(t, "by ID", got, eventID, "00008", "00009")
		got, err = events.Find(tx, storage.Query{Sort: "seats", Skip: 7})
		must(t, err)
		wantIDs(t, "skipped", got, eventID, "00002", "00005", "00008")
		return nil
	})
}

func testFindTypes(t *testing.T, place Place) {
	db := open(t, place)
	hours(t, db, 10)
	two := int64(2)
	a, b := newSeat("a"), newSeat("b")
	a.State, a.Open, a.Queue = "waitlisted", true, &two
	put(t, db, seats, a, b)
	view(t, db, func(tx *storage.Tx) error {
		for _, c := range []storage.Cond{
			storage.Is("state", state("waitlisted")),
			storage.Is("open", true),
			storage.Is("queue", 2),
			storage.Is("queue", uint8(2)),
			storage.Is("queue", int64(2)),
			{Field: "queue", Op: storage.Le, Value: 2.5},
			{Field: "queue", Op: storage.Lt, Value: 3},
			{Field: "state", Op: storage.In, Value: []state{"x", "waitlisted", "y"}},
			{Field: "open", Op: storage.In, Value: []any{true, 7}},
		} {
			got, err := seats.Find(tx, storage.Query{Where: []storage.Cond{c}})
			must(t, err)
			wantIDs(t, string(c.Op)+" "+c.Field, got, seatID, "a")
		}
		for _, c := range []storage.Cond{storage.Is("queue", nil), {Field: "queue", Op: storage.In, Value: []any{nil, 1}}} {
			got, err := seats.Find(tx, storage.Query{Where: []storage.Cond{c}})
			must(t, err)
			wantIDs(t, "without", got, seatID, "b")
		}
		none, err := seats.Find(tx, storage.Query{Where: []storage.Cond{{Field: "state", Op: storage.In, Value: []string{}}}})
		must(t, err)
		wantIDs(t, "in nothing", none, seatID)
		dear, err := events.Find(tx, storage.Query{Where: []storage.Cond{{Field: "price", Op: storage.Ge, Value: 4.0}}, Sort: "-price"})
		must(t, err)
		wantIDs(t, "price", dear, eventID, "00009", "00008")
		return nil
	})
}

func testFirst(t *testing.T, place Place) {
	db := open(t, place)
	hours(t, db, 3)
	view(t, db, func(tx *storage.Tx) error {
		e, err := events.First(tx, storage.Query{Sort: "-starts"})
		must(t, err)
		want(t, "first", e.ID, "00002")
		_, err = events.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", "nope")}})
		wantErr(t, err, storage.ErrNotFound)
		_, err = events.Get(tx, "00001") // not finding does not end a transaction
		return err
	})
}

// testRefused: what is not declared cannot be asked for.
func testRefused(t *testing.T, place Place) {
	db := open(t, place)
	for _, q := range []storage.Query{
		{Where: []storage.Cond{storage.Is("taken", 1)}},
		{Where: []storage.Cond{storage.Is("slug; --", 1)}},
		{Where: []storage.Cond{{Field: "slug", Op: "like", Value: "x"}}},
		{Where: []storage.Cond{{Field: "slug", Op: storage.Lt, Value: nil}}},
		{Where: []storage.Cond{{Field: "slug", Op: storage.In, Value: "x"}}},
		{Where: []storage.Cond{storage.Is("slug", map[string]any{"$ne": ""})}},
		{Where: []storage.Cond{{Field: "slug", Op: storage.Has, Value: "x"}}},
		{Sort: "taken"}, {Sort: "-taken"}, {Sort: "-"},
	} {
		err := db.View(t.Context(), func(tx *storage.Tx) error {
			_, err := events.Find(tx, q)
			return err
		})
		if err == nil {
			t.Errorf("%+v was answered", q)
		}
	}
	for _, q := range []storage.Query{{Where: []storage.Cond{storage.Is("words", "x")}}, {Sort: "words"},
		{Where: []storage.Cond{{Field: "words", Op: storage.Has, Value: 1}}}} {
		err := db.View(t.Context(), func(tx *storage.Tx) error {
			_, err := seats.Find(tx, q)
			return err
		})
		if err == nil {
			t.Errorf("%+v was answered", q)
		}
	}
}

func testEach(t *testing.T, place Place) {
	db := open(t, place)
	hours(t, db, 1200)
	view(t, db, func(tx *storage.Tx) error {
		n := 0
		for e, err := range events.Each(tx, storage.Query{Sort: "-starts"}) {
			must(t, err)
			want(t, "ID", e.ID, number(1199-n))
			if n++; n%100 == 0 { // reads inside the loop, of the same kind
				for _, err := range events.Each(tx, storage.Query{Sort: "-starts"}) {
					must(t, err)
					break
				}
			}
		}
		want(t, "documents", n, 1200)
		for range events.Each(tx, storage.Query{}) {
			break
		}
		for _, err := range events.Each(tx, storage.Query{Sort: "taken"}) {
			if err == nil {
				t.Error("sorted by an undeclared field")
			}
		}
		return nil
	})
}

// testEachPut: a loop may change what it walks through and sees each document once.
func testEachPut(t *testing.T, place Place) {
	db := open(t, place)
	hours(t, db, 1300)
	for _, q := range []storage.Query{{}, {Sort: "starts"}, {Limit: 1100}} {
		n := 0
		must(t, update(t, db, func(tx *storage.Tx) error {
			n = 0
			for e, err := range events.Each(tx, q) {
				if err != nil {
					return err
				}
				n++
				e.Starts = e.Starts.Add(10000 * time.Hour)
				if err := events.Put(tx, e); err != nil {
					return err
				}
			}
			return nil
		}))
		expect := 1300
		if q.Limit > 0 {
			expect = q.Limit
		}
		want(t, "documents seen", n, expect)
	}
	boom := errors.New("boom")
	wantErr(t, update(t, db, func(tx *storage.Tx) error {
		for e := range events.Each(tx, storage.Query{}) {
			return errors.Join(boom, events.Delete(tx, e))
		}
		return nil
	}), boom)
}

func testCountBy(t *testing.T, place Place) {
	db := open(t, place)
	hours(t, db, 10)
	var all []*seat
	for i := range 10 {
		s := newSeat(number(i))
		s.State, s.Open = []state{"confirmed", "waitlisted", "confirmed"}[i%3], i < 4
		s.Clusters = []string{"auto", "auto"}
		if i%2 == 0 {
			s.Clusters = append(s.Clusters, "circular")
			s.Queue = new(int64)
		}
		all = append(all, s)
	}
	put(t, db, seats, all...)
	open := []storage.Cond{storage.Is("open", true)}
	view(t, db, func(tx *storage.Tx) error {
		check := func(field string, where []storage.Cond, expect map[string]int) {
			t.Helper()
			got, err := seats.CountBy(tx, storage.Query{Where: where}, field)
			must(t, err)
			if !maps.Equal(got, expect) {
				t.Errorf("by %s: %v, want %v", field, got, expect)
			}
		}
		check("state", nil, map[string]int{"confirmed": 7, "waitlisted": 3})
		check("state", open, map[string]int{"confirmed": 3, "waitlisted": 1})
		check("open", nil, map[string]int{"true": 4, "false": 6})
		check("queue", nil, map[string]int{"0": 5, "": 5})
		check("cluster_ids", nil, map[string]int{"auto": 10, "circular": 5})
		check("cluster_ids", open, map[string]int{"auto": 4, "circular": 2})
		check("state", []storage.Cond{{Field: "cluster_ids", Op: storage.Has, Value: "circular"}}, map[string]int{"confirmed": 4, "waitlisted": 1})
		got, err := events.CountBy(tx, storage.Query{Where: []storage.Cond{{Field: "starts", Op: storage.Lt, Value: t0.Add(time.Hour)}}}, "starts")
		must(t, err)
		if !maps.Equal(got, map[string]int{storage.KeyOf(t0): 1}) {
			t.Errorf("by starts: %v", got)
		}
		return nil
	})
	err := db.View(t.Context(), func(tx *storage.Tx) error {
		_, err := events.CountBy(tx, storage.Query{}, "taken")
		return err
	})
	if err == nil {
		t.Error("counted by an undeclared field")
	}
}
