package storagetest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

var documentTests = map[string]func(*testing.T, Place){
	"RoundTrip":        testRoundTrip,
	"Unique":           testUnique,
	"UniqueMissing":    testUniqueMissing,
	"Stale":            testStale,
	"Delete":           testDelete,
	"Shared":           testShared,
	"Brief":            testBrief,
	"Hostile":          testHostile,
	"NotUTF8":          testNotUTF8,
	"WrongTypes":       testWrongTypes,
	"NewID":            testNewID,
	"ReadOnly":         testReadOnly,
	"UnknownElsewhere": testUnknownCollection,
	"Rewrite":          testRewrite,
}

func testRoundTrip(t *testing.T, place Place) {
	db := open(t, place)
	helsinki := time.FixedZone("EET", 2*60*60)
	ends := t0.Add(90 * time.Minute)
	e := newEvent("a")
	e.Starts, e.Ends = t0.Add(123456789).In(helsinki), &ends
	e.Seats, e.Price, e.Place.City, e.Picture = 2, 12.5, "Oulu", []byte{0, 1, 255}
	put(t, db, events, e)
	want(t, "Rev after insert", e.Rev, 1)
	want(t, "Created", e.Created, t0)
	db.Now = func() time.Time { return t0.Add(time.Hour) }
	put(t, db, events, e)
	want(t, "Rev after replace", e.Rev, 2)

	expect := *e
	expect.Starts = t0.Add(123 * time.Millisecond)
	expect.Updated = t0.Add(time.Hour)
	view(t, db, func(tx *storage.Tx) error {
		got, err := events.Get(tx, "a")
		if err == nil && !reflect.DeepEqual(*got, expect) {
			t.Errorf("got %+v\nwant %+v", *got, expect)
		}
		_, missing := events.Get(tx, "nope")
		wantErr(t, missing, storage.ErrNotFound)
		return err
	})
}

// testShared: all get one document as long as it is the stored one, also when
// a revision of the same number was rolled back.
func testShared(t *testing.T, place Place) {
	db := open(t, place)
	e := newEvent("a")
	put(t, db, events, e)
	shared := func(tx *storage.Tx) *event {
		got, err := events.Shared(tx, "a")
		must(t, err)
		return got
	}
	read := func() (got *event) {
		view(t, db, func(tx *storage.Tx) error {
			got = shared(tx)
			return nil
		})
		return got
	}
	first := read()
	if first != read() || !reflect.DeepEqual(first, e) {
		t.Errorf("shared %+v and %+v, want one %+v", first, read(), e)
	}
	_ = update(t, db, func(tx *storage.Tx) error {
		lost := *e
		lost.Seats = 1
		must(t, events.Put(tx, &lost))
		want(t, "Seats before the rollback", shared(tx).Seats, 1)
		return errors.New("roll back")
	})
	want(t, "Seats after it", read().Seats, e.Seats)
	e.Seats = 2
	put(t, db, events, e)
	want(t, "Seats after another", read().Seats, 2)
	view(t, db, func(tx *storage.Tx) error {
		_, err := events.Shared(tx, "nope")
		wantErr(t, err, storage.ErrNotFound)
		return nil
	})
}

func testUnique(t *testing.T, place Place) {
	db := open(t, place)
	try := func(s *seat) error {
		return update(t, db, func(tx *storage.Tx) error { return seats.Put(tx, s) })
	}
	one := func(id, event, email, ticket string) *seat {
		return &seat{Meta: storage.Meta{ID: id}, EventID: event, Email: email, Ticket: ticket}
	}
	must(t, try(one("1", "a", "x@x", "")))
	must(t, try(one("2", "b", "x@x", "")))
	wantErr(t, try(one("3", "a", "x@x", "")), storage.ErrDuplicate)
	wantErr(t, try(one("1", "c", "y@x", "")), storage.ErrDuplicate)
	must(t, try(one("4", "d", "1@x", "")))
	must(t, try(one("5", "d", "2@x", "")))
	six := one("6", "d", "3@x", "T")
	must(t, try(six))
	wantErr(t, try(one("7", "d", "4@x", "T")), storage.ErrDuplicate)
	six.Ticket = "" // given back: somebody else may have it
	must(t, try(six))
	must(t, try(one("8", "d", "5@x", "T")))
	six.Ticket = "T"
	wantErr(t, try(six), storage.ErrDuplicate)
}

func testUniqueMissing(t *testing.T, place Place) {
	type loose struct {
		storage.Meta `bson:",inline"`
		Slug         string  `bson:"slug,omitempty"`
		Code         *string `bson:"code"`
	}
	all := storage.NewCollection[loose]("loose", storage.Unique("slug"), storage.UniqueIf("code"))
	db := openAs(t, place(t)(), storage.Schema{Specs: []storage.Spec{all.Spec}})
	for _, l := range []*loose{{}, {Slug: "a"}} {
		if err := update(t, db, func(tx *storage.Tx) error { return all.Put(tx, l) }); err == nil {
			t.Errorf("%+v was stored", l)
		}
	}
}

func testStale(t *testing.T, place Place) {
	db := open(t, place)
	e := newEvent("a")
	put(t, db, events, e)
	old := *e
	put(t, db, events, e)
	err := update(t, db, func(tx *storage.Tx) error { return events.Put(tx, &old) })
	wantErr(t, err, storage.ErrConflict)
	want(t, "Rev after a conflict", old.Rev, 1)
	ghost := newEvent("ghost")
	ghost.Rev = 3
	wantErr(t, update(t, db, func(tx *storage.Tx) error { return events.Put(tx, ghost) }), storage.ErrConflict)
}

func testDelete(t *testing.T, place Place) {
	db := open(t, place)
	e := newEvent("a")
	put(t, db, events, e)
	old := *e
	put(t, db, events, e)
	remove := func(e *event) error {
		return update(t, db, func(tx *storage.Tx) error { return events.Delete(tx, e) })
	}
	wantErr(t, remove(&old), storage.ErrConflict)
	must(t, remove(e))
	wantErr(t, remove(e), storage.ErrConflict)
	if remove(newEvent("b")) == nil {
		t.Error("deleted what was never stored")
	}
	put(t, db, events, newEvent("a")) // its ID and slug are free again
}

// hostile are strings that a person, or a program, may send.
var hostile = []string{
	"", " ", "\x00", "a\x00b", "'; DROP TABLE events; --", `"quoted" \back\slash`, "$where", "$gt", "a.b.c", "{\"$ne\":null}",
	"päivä 日本 🙂 \u202e", "\u2028\r\n\t", "%_*?", "\U0010FFFF", strings.Repeat("x", 1<<20),
}

func testHostile(t *testing.T, place Place) {
	db := open(t, place)
	for i, text := range hostile {
		id := "id " + text
		if len(id) > 100 {
			id = "long"
		}
		s := &seat{Meta: storage.Meta{ID: id}, EventID: text, Email: number(i), Words: []string{text, "x"}, Answers: map[string]string{"a": text}}
		put(t, db, seats, s)
		view(t, db, func(tx *storage.Tx) error {
			got, err := seats.Get(tx, id)
			if err != nil || got.EventID != text || got.Answers["a"] != text {
				t.Errorf("%.20q came back otherwise (%v)", text, err)
			}
			for _, q := range []storage.Query{
				{Where: []storage.Cond{storage.Is("event_id", text)}},
				{Where: []storage.Cond{{Field: "event_id", Op: storage.In, Value: []string{text, "other"}}}},
				{Where: []storage.Cond{{Field: "words", Op: storage.Has, Value: text}, storage.Is("email", number(i))}},
				{Where: []storage.Cond{{Field: "words", Op: storage.Prefix, Value: text}, storage.Is("email", number(i))}},
			} {
				found, err := seats.Find(tx, q)
				must(t, err)
				wantIDs(t, "Find", found, seatID, id)
			}
			return nil
		})
	}
}

func testNotUTF8(t *testing.T, place Place) {
	db := open(t, place)
	s := newSeat("1")
	s.Answers = map[string]string{"a": "\xff"}
	if err := update(t, db, func(tx *storage.Tx) error { return seats.Put(tx, s) }); err == nil {
		t.Error("text that is not UTF-8 was stored")
	}
}

func testWrongTypes(t *testing.T, place Place) {
	type loose struct {
		storage.Meta `bson:",inline"`
		One          any `bson:"one,omitempty"`
		Many         any `bson:"many,omitempty"`
	}
	all := storage.NewCollection[loose]("loose", storage.Ordered("one"), storage.Many("many"))
	db := openAs(t, place(t)(), storage.Schema{Specs: []storage.Spec{all.Spec}})
	for _, l := range []*loose{{One: []string{"a"}}, {One: map[string]string{}}, {Many: "a"}, {Many: []int{1}}} {
		if err := update(t, db, func(tx *storage.Tx) error { return all.Put(tx, l) }); err == nil {
			t.Errorf("%+v was stored", l)
		}
	}
}

func testNewID(t *testing.T, place Place) {
	db := open(t, place)
	e := newEvent("")
	boom := errors.New("boom")
	wantErr(t, update(t, db, func(tx *storage.Tx) error {
		must(t, events.Put(tx, e))
		return boom
	}), boom)
	want(t, "ID after rollback", e.ID, "")
	put(t, db, events, e)
	want(t, "length of a new ID", len(e.ID), 16)
}

func testReadOnly(t *testing.T, place Place) {
	db := open(t, place)
	db.View(t.Context(), func(tx *storage.Tx) error {
		if events.Put(tx, newEvent("a")) == nil {
			t.Error("a View stored a document")
		}
		return nil
	})
}

func testUnknownCollection(t *testing.T, place Place) {
	db := openAs(t, place(t)(), storage.Schema{Specs: []storage.Spec{events.Spec}})
	want(t, "Specs", len(db.Specs()), 1)
	must(t, db.Ping(t.Context()))
}
