package storagetest

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

var transferTests = map[string]func(*testing.T, Place){
	"Transfer":         testTransfer,
	"TransferRefused":  testTransferRefused,
	"TransferKilled":   testTransferKilled,
	"TransferMigrates": testTransferMigrates,
}

// house fills a database with something of every kind.
func house(t *testing.T, db *storage.DB) {
	e := newEvent("a")
	ends := t0.Add(time.Hour)
	e.Ends, e.Price, e.Picture, e.Title = &ends, math.MaxFloat64, []byte{0, 255}, "Päivä \x00 & <b> \u2028 🙂"
	e.Seats = math.MaxInt32 + 1
	put(t, db, events, e, newEvent("b"))
	put(t, db, events, e)
	for i := range 1100 { // more than one portion
		s := newSeat(number(i))
		s.Words, s.Answers = []string{"w" + number(i), "all"}, map[string]string{"q": "\"'$"}
		if i%2 == 0 {
			s.Ticket, s.Open = number(i), true
		}
		put(t, db, seats, s)
	}
}

func export(t *testing.T, db *storage.DB) string {
	t.Helper()
	var out bytes.Buffer
	must(t, db.Export(t.Context(), &out))
	return out.String()
}

// testTransfer: what is exported, imported and exported again is the same,
// byte by byte, and can be used as before.
func testTransfer(t *testing.T, place Place) {
	from, to := open(t, place), open(t, place)
	house(t, from)
	text := export(t, from)
	before := to.Changes(seats.Spec)
	must(t, to.Import(t.Context(), strings.NewReader(text)))
	if export(t, to) != text {
		t.Error("the export of the import differs")
	}
	if to.Changes(seats.Spec) <= before {
		t.Error("the import did not raise the counter")
	}
	asks(t, to, []storage.Cond{has("w00007"), has("all"), storage.Is("event_id", "arena")}, "00007")
	must(t, update(t, to, func(tx *storage.Tx) error {
		e, err := events.Get(tx, "a")
		must(t, err)
		want(t, "Rev", e.Rev, 2)
		want(t, "Created", e.Created, t0)
		return events.Put(tx, e)
	}))
	twin := newSeat("twin")
	twin.Email = "00003@example.org"
	wantErr(t, update(t, to, func(tx *storage.Tx) error { return seats.Put(tx, twin) }), storage.ErrDuplicate)
}

// testTransferRefused: a bad file is refused with the line, and leaves nothing.
func testTransferRefused(t *testing.T, place Place) {
	from := open(t, place)
	put(t, from, events, newEvent("a"), newEvent("b"))
	good := export(t, from)
	lines := strings.SplitAfter(good, "\n")
	wantErr(t, from.Import(t.Context(), strings.NewReader(good)), storage.ErrNotEmpty)

	db := open(t, place)
	for name, test := range map[string]struct{ text, says string }{
		"empty":      {"", "line 1"},
		"no export":  {"hello\n", "line 1"},
		"other JSON": {"{}\n", "line 1"},
		"newer":      {strings.Replace(good, `"version":1`, `"version":9`, 1), "newer"},
		"cut off":    {lines[0] + lines[1], "line 3"},
		"in a line":  {lines[0] + lines[1] + lines[2][:30], "line 3"},
		"one gone":   {lines[0] + lines[2] + lines[3], "line 3"},
		"twice":      {lines[0] + lines[1] + lines[1] + lines[3], "line 3"},
		"collection": {strings.Replace(good, `"events"`, `"secrets"`, 1), "line 2"},
		"no ID":      {strings.Replace(good, `"_id":"b"`, `"_id":""`, 1), "line 3"},
		"no slug":    {strings.Replace(good, `"slug":"slug-b"`, `"slug":null`, 1), "line 3"},
		"type":       {strings.Replace(good, `"slug":"slug-b"`, `"slug":["slug-b"]`, 1), "line 3"},
	} {
		err := db.Import(t.Context(), strings.NewReader(test.text))
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want something with %q", name, err, test.says)
		}
		wantNothing(t, db)
	}
	must(t, db.Import(t.Context(), strings.NewReader(good)))
	want(t, "export", export(t, db), good)
}

// dying is a reader that is killed in the middle: it never comes back.
type dying struct {
	text   *strings.Reader
	killed chan struct{}
}

func (d dying) Read(p []byte) (int, error) {
	if d.text.Len() == 0 {
		close(d.killed)
		select {}
	}
	return d.text.Read(p)
}

// testTransferKilled: after an import that was killed the database refuses
// work until the import was done again.
func testTransferKilled(t *testing.T, place Place) {
	from := open(t, place)
	house(t, from)
	text := export(t, from)

	reopen := place(t)
	e := reopen()
	db, err := storage.Open(t.Context(), e, storage.Schema{Specs: Specs})
	must(t, err)
	killed := make(chan struct{})
	go db.Import(t.Context(), dying{strings.NewReader(text[:len(text)*3/4]), killed})
	<-killed
	e.Close()

	db = openAs(t, reopen(), storage.Schema{Specs: Specs})
	wantErr(t, db.View(t.Context(), func(*storage.Tx) error { return nil }), storage.ErrUnfinished)
	wantErr(t, update(t, db, func(*storage.Tx) error { return nil }), storage.ErrUnfinished)
	wantErr(t, db.Export(t.Context(), &bytes.Buffer{}), storage.ErrUnfinished)
	must(t, db.Import(t.Context(), strings.NewReader(text)))
	if export(t, db) != text {
		t.Error("the second import differs")
	}
	openAs(t, reopen(), storage.Schema{Specs: Specs})
}

// testTransferMigrates: an export of an older program is brought up to date.
func testTransferMigrates(t *testing.T, place Place) {
	old := open(t, place)
	put(t, old, events, newEvent("a"))
	schema := storage.Schema{Specs: Specs, Migrations: []storage.Migration{{Version: 1, Name: "titles", Run: func(tx *storage.Tx) error {
		for e, err := range events.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			e.Title = "untitled"
			if err := events.Put(tx, e); err != nil {
				return err
			}
		}
		return nil
	}}}}
	db := openAs(t, place(t)(), schema)
	must(t, db.Import(t.Context(), strings.NewReader(export(t, old))))
	view(t, db, func(tx *storage.Tx) error {
		e, err := events.Get(tx, "a")
		must(t, err)
		want(t, "Title", e.Title, "untitled")
		return nil
	})
	err := old.Import(t.Context(), strings.NewReader(export(t, db)))
	wantErr(t, err, storage.ErrNewer)
}
