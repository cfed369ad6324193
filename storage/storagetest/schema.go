package storagetest

import (
	"errors"
	"strings"
	"testing"

	"kohtaamo/storage"
)

var schemaTests = map[string]func(*testing.T, Place){
	"Migrations":      testMigrations,
	"MigrationFails":  testMigrationFails,
	"Newer":           testNewer,
	"IndexLater":      testIndexLater,
	"IndexGone":       testIndexGone,
	"UniqueLater":     testUniqueLater,
	"BadDeclarations": testBadDeclarations,
}

// steps makes migrations that note their names in *ran.
func steps(ran *string, names ...string) (out []storage.Migration) {
	for i, name := range names {
		out = append(out, storage.Migration{Version: i + 1, Name: name, Run: func(tx *storage.Tx) error {
			*ran += name
			return nil
		}})
	}
	return out
}

func testMigrations(t *testing.T, place Place) {
	reopen := place(t)
	ran := ""
	schema := storage.Schema{Specs: Specs, Migrations: steps(&ran, "a", "b")}
	schema.Migrations[1].Run = func(tx *storage.Tx) error {
		ran += "b"
		return events.Put(tx, newEvent("made"))
	}
	openAs(t, reopen(), schema)
	want(t, "ran", ran, "ab")
	openAs(t, reopen(), schema)
	want(t, "ran", ran, "ab")
	schema.Migrations = append(schema.Migrations, storage.Migration{Version: 7, Name: "c", Run: func(tx *storage.Tx) error {
		ran += "c"
		e, err := events.Get(tx, "made")
		if err != nil {
			return err
		}
		e.Seats = 7
		return events.Put(tx, e)
	}})
	db := openAs(t, reopen(), schema)
	want(t, "ran", ran, "abc")
	view(t, db, func(tx *storage.Tx) error {
		e, err := events.Get(tx, "made")
		want(t, "Seats", e.Seats, 7)
		return err
	})
}

func testMigrationFails(t *testing.T, place Place) {
	reopen := place(t)
	boom := errors.New("boom")
	ran := ""
	bad := storage.Schema{Specs: Specs, Migrations: steps(&ran, "a", "b", "c")}
	bad.Migrations[1].Run = func(tx *storage.Tx) error {
		must(t, events.Put(tx, newEvent("half")))
		return boom
	}
	e := reopen()
	_, err := storage.Open(t.Context(), e, bad)
	e.Close()
	wantErr(t, err, boom)
	if err != nil && !strings.Contains(err.Error(), "migration 2 (b)") {
		t.Errorf("the error does not say which: %v", err)
	}
	db := openAs(t, reopen(), storage.Schema{Specs: Specs, Migrations: steps(&ran, "a", "b", "c")})
	want(t, "ran", ran, "abc")
	wantNothing(t, db)
}

func testNewer(t *testing.T, place Place) {
	reopen := place(t)
	ran := ""
	openAs(t, reopen(), storage.Schema{Specs: Specs, Migrations: steps(&ran, "a", "b", "c")})
	e := reopen()
	defer e.Close()
	_, err := storage.Open(t.Context(), e, storage.Schema{Specs: Specs, Migrations: steps(&ran, "a", "b")})
	wantErr(t, err, storage.ErrNewer)
	if err != nil && !strings.Contains(err.Error(), "schema 3, this program knows 2") {
		t.Errorf("the error does not say which: %v", err)
	}
}

// The same collection in the shapes of several programs.
func seatsWith(ix ...storage.Index) storage.Collection[seat, *seat] {
	return storage.NewCollection[seat]("seats", ix...)
}

func schemaOf(s storage.Spec) storage.Schema { return storage.Schema{Specs: []storage.Spec{s}} }

func testIndexLater(t *testing.T, place Place) {
	reopen := place(t)
	bare := seatsWith()
	db := openAs(t, reopen(), schemaOf(bare.Spec))
	var all []*seat
	for i := range 450 {
		s := newSeat(number(i))
		s.State = []state{"confirmed", "waitlisted"}[i%2]
		s.Words = []string{"w" + number(i%10), "all"}
		all = append(all, s)
	}
	put(t, db, bare, all...)
	must(t, db.Close())

	db = openAs(t, reopen(), storage.Schema{Specs: Specs})
	view(t, db, func(tx *storage.Tx) error {
		n, err := seats.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("state", "waitlisted"), has("w00003")}})
		must(t, err)
		want(t, "waitlisted with a word", n, 45)
		first, err := seats.First(tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", "arena")}, Sort: "-email"})
		must(t, err)
		want(t, "last", first.ID, "00449")
		return nil
	})
	twin := newSeat("twin")
	twin.Email = all[7].Email
	wantErr(t, update(t, db, func(tx *storage.Tx) error { return seats.Put(tx, twin) }), storage.ErrDuplicate)
}

// testIndexGone: a field that is no longer declared cannot be asked for, and
// when it comes back it knows what happened meanwhile.
func testIndexGone(t *testing.T, place Place) {
	reopen := place(t)
	full, less := seatsWith(storage.Ordered("state"), storage.Many("words")), seatsWith(storage.Ordered("email"))
	s := newSeat("a")
	s.State, s.Words = "old", []string{"old"}
	for i, c := range []storage.Collection[seat, *seat]{full, less, full} {
		db := openAs(t, reopen(), schemaOf(c.Spec))
		if i == 1 {
			s.State, s.Words = "new", []string{"new"}
		}
		put(t, db, c, s)
		if i == 2 {
			view(t, db, func(tx *storage.Tx) error {
				for word, n := range map[string]int{"old": 0, "new": 1} {
					got, err := c.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("state", word), has(word)}})
					must(t, err)
					want(t, word, got, n)
				}
				return nil
			})
		}
		must(t, db.Close())
	}
}

func testUniqueLater(t *testing.T, place Place) {
	reopen := place(t)
	loose, strict := seatsWith(storage.Ordered("email")), seatsWith(storage.Unique("email"))
	db := openAs(t, reopen(), schemaOf(loose.Spec))
	a, b := newSeat("a"), newSeat("b")
	b.Email = a.Email
	put(t, db, loose, a, b)
	must(t, db.Close())

	e := reopen()
	_, err := storage.Open(t.Context(), e, schemaOf(strict.Spec))
	e.Close()
	if err == nil || !strings.Contains(err.Error(), "email") || !strings.Contains(err.Error(), "unique") {
		t.Errorf("two documents with one address: %v", err)
	}
	db = openAs(t, reopen(), schemaOf(loose.Spec)) // the old program still runs
	must(t, update(t, db, func(tx *storage.Tx) error { return loose.Delete(tx, b) }))
	must(t, db.Close())
	db = openAs(t, reopen(), schemaOf(strict.Spec))
	b.Rev = 0
	wantErr(t, update(t, db, func(tx *storage.Tx) error { return strict.Put(tx, b) }), storage.ErrDuplicate)
}

func testBadDeclarations(t *testing.T, place Place) {
	e := place(t)()
	defer e.Close()
	twice := storage.Migration{Version: 1, Run: func(*storage.Tx) error { return nil }}
	for name, schema := range map[string]storage.Schema{
		"twice":       {Specs: []storage.Spec{events.Spec, events.Spec}},
		"our own":     schemaOf(storage.Spec{Name: "schema"}),
		"name":        schemaOf(storage.Spec{Name: `a"b`}),
		"empty name":  schemaOf(storage.Spec{}),
		"underscores": schemaOf(storage.Spec{Name: "a__b"}),
		"body":        schemaOf(seatsWith(storage.Ordered("body")).Spec),
		"both":        schemaOf(seatsWith(storage.Ordered("words"), storage.Many("words")).Spec),
		"field":       schemaOf(seatsWith(storage.Ordered("a; --")).Spec),
		"no field":    schemaOf(seatsWith(storage.Ordered()).Spec),
		"versions":    {Migrations: []storage.Migration{twice, twice}},
	} {
		if _, err := storage.Open(t.Context(), e, schema); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
