package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/storage"
)

type thing struct {
	storage.Meta `bson:",inline"`
	Kind         string   `bson:"kind"`
	Rank         *int64   `bson:"rank,omitempty"`
	Words        []string `bson:"words,omitempty"`
}

var things = storage.NewCollection[thing]("things", storage.Ordered("kind", "rank"), storage.Ordered("rank"), storage.Many("words"))

func openThings(t *testing.T) (*Engine, *storage.DB) {
	t.Helper()
	e, err := Open(filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), e, storage.Schema{Specs: []storage.Spec{things.Spec}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return e, db
}

// write runs statements on the writing connection.
func write(t *testing.T, e *Engine, sql ...string) {
	t.Helper()
	err := e.exclusive(t.Context(), func(c *conn) error {
		for _, s := range sql {
			if err := c.exec(s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCommitFails: when the commit fails, all members of the group are told,
// nothing is stored, and the database goes on. A deferred foreign key makes
// SQLite find out only when it commits.
func TestCommitFails(t *testing.T) {
	e, db := openThings(t)
	write(t, e, `PRAGMA foreign_keys = on`,
		`CREATE TABLE parent (id INTEGER PRIMARY KEY)`,
		`CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)`,
		`CREATE TRIGGER bad AFTER INSERT ON things WHEN NEW.kind = 'bad' BEGIN INSERT INTO child VALUES (1); END`)

	first, others := make(chan struct{}), 20
	var wg sync.WaitGroup
	failed := 0
	var mu sync.Mutex
	put := func(kind string, during func()) {
		v := &thing{Kind: kind}
		err := db.Update(t.Context(), func(tx *storage.Tx) error {
			if during != nil {
				during()
			}
			return things.Put(tx, v)
		})
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			failed++
		}
		if (err == nil) != (v.Rev == 1) {
			t.Errorf("%v, but Rev %d", err, v.Rev)
		}
	}
	wg.Go(func() {
		put("bad", func() {
			close(first)
			time.Sleep(groupLeast / 2) // until the others wait
		})
	})
	<-first
	for range others {
		wg.Go(func() { put("good", nil) })
	}
	wg.Wait()
	if failed < 2 {
		t.Errorf("%d failed: nobody was in the group", failed)
	}
	stored := 0
	if err := db.View(t.Context(), func(tx *storage.Tx) (err error) {
		stored, err = things.Count(tx, storage.Query{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if stored != others+1-failed {
		t.Errorf("%d stored, %d failed, of %d", stored, failed, others+1)
	}
}

// TestDiskFull: a full disk, found in the middle of a group, is said so.
func TestDiskFull(t *testing.T) {
	e, db := openThings(t)
	write(t, e, `PRAGMA max_page_count = 60`)
	var err error
	n := 0
	for ; n < 1000 && err == nil; n++ {
		err = db.Update(t.Context(), func(tx *storage.Tx) error {
			return things.Put(tx, &thing{Kind: strings.Repeat("x", 2000)})
		})
	}
	if err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Fatalf("after %d: %v", n, err)
	}
	write(t, e, `PRAGMA max_page_count = 100000`)
	if err := db.Update(t.Context(), func(tx *storage.Tx) error { return things.Put(tx, &thing{}) }); err != nil {
		t.Error(err)
	}
	if err := db.View(t.Context(), func(tx *storage.Tx) error {
		got, err := things.Count(tx, storage.Query{})
		if got != n {
			t.Errorf("%d stored, want %d", got, n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// TestLocked: while another process holds the lock, an Update waits as long as
// its context lets it, and goes on when the lock is free.
func TestLocked(t *testing.T) {
	e, db := openThings(t)
	other, err := dial(e.path, writing)
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	if err := other.exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	put := func(ctx context.Context) error {
		return db.Update(ctx, func(tx *storage.Tx) error { return things.Put(tx, &thing{}) })
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := put(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("locked: %v", err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		time.Sleep(50 * time.Millisecond)
		other.exec("COMMIT")
	})
	if err := put(t.Context()); err != nil {
		t.Error(err)
	}
	wg.Wait()
}

// TestPlans: the lists that pages are made of read an index in order; nothing
// is sorted and no table is read through.
func TestPlans(t *testing.T) {
	e, db := openThings(t)
	if err := db.Update(t.Context(), func(tx *storage.Tx) error { return things.Put(tx, &thing{Kind: "a"}) }); err != nil {
		t.Fatal(err)
	}
	tab, err := e.table(things.Spec)
	if err != nil {
		t.Fatal(err)
	}
	kind := []storage.Cond{storage.Is("kind", "a")}
	from := &storage.Position{Value: int64(7), ID: "x"}
	for _, p := range []storage.Plan{
		{Sort: "_id"}, {Sort: "_id", Desc: true, From: from},
		{Sort: "rank"}, {Sort: "rank", From: from}, {Sort: "rank", Desc: true, From: from},
		{Sort: "rank", From: &storage.Position{ID: "x"}}, {Sort: "rank", Desc: true, From: &storage.Position{ID: "x"}},
		{Sort: "rank", Where: kind}, {Sort: "rank", Where: kind, From: from}, {Sort: "rank", Where: kind, Desc: true, From: from},
	} {
		p.Limit = 50
		for _, s := range steps(p) {
			query, args, err := tab.find(e.writer, s)
			if err != nil {
				t.Fatal(err)
			}
			var plan []string
			for r, err := range e.writer.rows("EXPLAIN QUERY PLAN "+query, args...) {
				if err != nil {
					t.Fatal(err)
				}
				plan = append(plan, fmt.Sprint(r[3]))
			}
			text := strings.Join(plan, "; ")
			if strings.Contains(text, "TEMP B-TREE") || strings.Contains(text, "SCAN t") && !strings.Contains(text, "USING") {
				t.Errorf("%+v: %s: %s", p, query, text)
			}
		}
	}
}

// TestScrubWhileSomebodyReads: what a reader can still see cannot go; that is
// said, and done at the next time.
func TestScrubWhileSomebodyReads(t *testing.T) {
	wait := scrubWait
	scrubWait = 20
	t.Cleanup(func() { scrubWait = wait })
	_, db := openThings(t)
	err := db.View(t.Context(), func(tx *storage.Tx) error {
		if _, err := things.Get(tx, "none"); !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err := db.Scrub(t.Context()); !errors.Is(err, storage.ErrBusy) {
			t.Errorf("scrubbed under a reader: %v", err)
		}
		return nil
	})
	if err := errors.Join(err, db.Scrub(t.Context())); err != nil {
		t.Error(err)
	}
}
