// Package storagetest holds every engine to the same behaviour. A new promise
// of package storage is first a test here.
package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"kohtaamo/storage"
)

type event struct {
	storage.Meta `bson:",inline"`
	Slug         string     `bson:"slug"`
	Title        string     `bson:"title"`
	Starts       time.Time  `bson:"starts"`
	Ends         *time.Time `bson:"ends,omitempty"`
	Seats        int        `bson:"seats"`
	Taken        int        `bson:"taken"`
	Price        float64    `bson:"price"`
	Place        place      `bson:"place"`
	Picture      []byte     `bson:"picture,omitempty"`
}

type place struct {
	City string `bson:"city"`
}

// state has a type of its own, as in real collections.
type state string

type seat struct {
	storage.Meta `bson:",inline"`
	EventID      string            `bson:"event_id"`
	Email        string            `bson:"email"`
	Ticket       string            `bson:"ticket,omitempty"`
	State        state             `bson:"state"`
	Queue        *int64            `bson:"queue,omitempty"`
	Open         bool              `bson:"open"`
	Words        []string          `bson:"words,omitempty"`
	Clusters     []string          `bson:"cluster_ids"`
	Answers      map[string]string `bson:"answers,omitempty"`
}

var (
	events = storage.NewCollection[event]("events", storage.Unique("slug"), storage.Ordered("starts"),
		storage.Ordered("place.city"), storage.Ordered("seats"), storage.Ordered("price"))
	seats = storage.NewCollection[seat]("seats", storage.Unique("event_id", "email"), storage.UniqueIf("ticket"),
		storage.Ordered("event_id", "queue"), storage.Ordered("state"), storage.Ordered("open"),
		storage.Many("words"), storage.Many("cluster_ids"))
)

// Specs are the collections that the tests use.
var Specs = []storage.Spec{events.Spec, seats.Spec}

// t0 is when the clocks of the tests stand: half past midnight UTC on the day
// that summer time ends, 2026.
var t0 = time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)

// A Place makes a new, empty database; each call of open opens it once more,
// as another process would. The suite closes what it opens.
type Place func(t *testing.T) (open func() storage.Engine)

// Run runs the suite.
func Run(t *testing.T, place Place) {
	for _, group := range []map[string]func(*testing.T, Place){
		documentTests, queryTests, pageTests, listTests, transactionTests, stormTests, schemaTests, changeTests, transferTests,
	} {
		for _, name := range sortedKeys(group) {
			t.Run(name, func(t *testing.T) { group[name](t, place) })
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// open opens a new database with the collections of the suite.
func open(t *testing.T, place Place) *storage.DB {
	t.Helper()
	return openAs(t, place(t)(), storage.Schema{Specs: Specs})
}

func openAs(t *testing.T, e storage.Engine, schema storage.Schema) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), e, schema)
	if err != nil {
		e.Close()
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.Now = func() time.Time { return t0 }
	return db
}

// put stores documents in one transaction.
func put[T any](t *testing.T, db *storage.DB, c interface {
	Put(*storage.Tx, *T) error
}, docs ...*T) {
	t.Helper()
	must(t, update(t, db, func(tx *storage.Tx) error {
		for _, d := range docs {
			if err := c.Put(tx, d); err != nil {
				return err
			}
		}
		return nil
	}))
}

func update(t *testing.T, db *storage.DB, fn func(*storage.Tx) error) error {
	return db.Update(t.Context(), fn)
}

// view runs fn, which may not fail.
func view(t *testing.T, db *storage.DB, fn func(*storage.Tx) error) {
	t.Helper()
	must(t, db.View(t.Context(), fn))
}

func newEvent(id string) *event {
	return &event{Meta: storage.Meta{ID: id}, Slug: "slug-" + id, Starts: t0}
}

// newSeat is a seat at event "arena" for somebody else than all others.
func newSeat(id string) *seat {
	return &seat{Meta: storage.Meta{ID: id}, EventID: "arena", Email: id + "@example.org"}
}

func number(i int) string { return fmt.Sprintf("%05d", i) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v, want %v", err, want)
	}
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func wantIDs[T any](t *testing.T, what string, got []*T, id func(*T) string, want ...string) {
	t.Helper()
	var ids []string
	for _, v := range got {
		ids = append(ids, id(v))
	}
	if !slices.Equal(ids, want) {
		t.Errorf("%s: %v, want %v", what, ids, want)
	}
}

func eventID(e *event) string { return e.ID }
func seatID(s *seat) string   { return s.ID }
