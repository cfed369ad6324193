package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kohtaamo/storage"
)

// BenchmarkUpdate stores one registration in each Update: one writer, and 64
// or 256 that share commits. Compare with BenchmarkBareCommit.
func BenchmarkUpdate(b *testing.B) {
	for _, writers := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("group/%d", writers), func(b *testing.B) {
			db := open(b, filepath.Join(b.TempDir(), "b.db"))
			var next atomic.Int64
			b.SetParallelism(max(1, writers/2)) // times GOMAXPROCS
			one := func() error {
				r := newReg(int(next.Add(1)))
				return db.Update(context.Background(), func(tx *storage.Tx) error { return regs.Put(tx, r) })
			}
			b.ResetTimer()
			if writers == 1 {
				for b.Loop() {
					if err := one(); err != nil {
						b.Fatal(err)
					}
				}
			} else {
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := one(); err != nil {
							b.Error(err)
						}
					}
				})
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
		})
	}
}

// BenchmarkBareCommit is the limit: the same bytes into one plain table with
// one key, a commit each, with the same settings.
func BenchmarkBareCommit(b *testing.B) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "b.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE regs (id TEXT PRIMARY KEY, body BLOB)"); err != nil {
		b.Fatal(err)
	}
	insert, err := db.Prepare("INSERT INTO regs VALUES (?, ?)")
	if err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		i++
		r := newReg(i)
		body, err := bson.Marshal(r)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := insert.Exec(r.ID, body); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
}

// BenchmarkLarge reads from 100,000 registrations.
func BenchmarkLarge(b *testing.B) {
	path := filepath.Join(b.TempDir(), "b.db")
	db := open(b, path)
	for from := 0; from < 100_000; from += 2000 {
		var some []*reg
		for i := from; i < from+2000; i++ {
			some = append(some, newReg(i))
		}
		put(b, db, some...)
	}
	word := func(op storage.Op, v string) storage.Cond { return storage.Cond{Field: "words", Op: op, Value: v} }
	event := storage.Is("event_id", "event3")
	for _, q := range []struct {
		name  string
		where []storage.Cond
		sort  string
	}{
		{"list", nil, ""},
		{"event by name", []storage.Cond{event}, "name"},
		{"event by name down", []storage.Cond{event}, "-name"},
		{"event and state", []storage.Cond{event, storage.Is("state", "waitlisted")}, "name"},
		{"rare word", []storage.Cond{word(storage.Prefix, "heikkinen249")}, "name"},
		{"common word", []storage.Cond{event, word(storage.Has, "aino")}, "name"},
		{"two common", []storage.Cond{event, word(storage.Prefix, "ai"), word(storage.Prefix, "ko")}, "name"},
		{"two, few together", []storage.Cond{word(storage.Prefix, "ai"), word(storage.Prefix, "korhonen12")}, "name"},
		{"some that come late", []storage.Cond{word(storage.Prefix, "virtanen1")}, "name"},
		{"many that come late", []storage.Cond{word(storage.Prefix, "virtanen")}, "name"},
		{"two, never together", []storage.Cond{word(storage.Has, "aino"), word(storage.Has, "juha")}, "name"},
	} {
		b.Run("page/"+q.name, func(b *testing.B) {
			for b.Loop() {
				if err := db.View(b.Context(), func(tx *storage.Tx) error {
					_, _, err := regs.Page(tx, storage.Query{Where: q.where, Sort: q.sort, Limit: 50})
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("count/"+q.name, func(b *testing.B) {
			for b.Loop() {
				count(b, db, storage.Query{Where: q.where})
			}
		})
	}
	b.Run("countby", func(b *testing.B) {
		for b.Loop() {
			if err := db.View(b.Context(), func(tx *storage.Tx) error {
				_, err := regs.CountBy(tx, storage.Query{Where: []storage.Cond{event}}, "state")
				return err
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("get", func(b *testing.B) {
		for b.Loop() {
			if err := db.View(b.Context(), func(tx *storage.Tx) error {
				_, err := regs.Get(tx, newReg(777).ID)
				return err
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
	db.Close()
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			open(b, path).Close()
		}
	})
}
