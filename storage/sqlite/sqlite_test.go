package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"kohtaamo/storage"
	"kohtaamo/storage/sqlite"
	"kohtaamo/storage/storagetest"
)

func TestEngine(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) func() storage.Engine {
		path := filepath.Join(t.TempDir(), "test.db")
		return func() storage.Engine {
			e, err := sqlite.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
	})
}

type reg struct {
	storage.Meta `bson:",inline"`
	EventID      string `bson:"event_id"`
	Email        string `bson:"email"`
	Name         string
	Diet         string
	Answers      map[string]string `bson:"answers"`
	At           time.Time         `bson:"at"`
}

var regs = storage.NewCollection[reg]("regs", storage.Unique("event_id", "email"))

func BenchmarkPut(b *testing.B) {
	e, _ := sqlite.Open(filepath.Join(b.TempDir(), "b.db"))
	db, err := storage.Open(context.Background(), e, storage.Schema{Specs: []storage.Spec{regs.Spec}})
	if err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		i++
		r := mk(i)
		if err := db.Update(context.Background(), func(tx *storage.Tx) error { return regs.Put(tx, r) }); err != nil {
			b.Fatal(err)
		}
	}
}

func mk(i int) *reg {
	return &reg{Meta: storage.Meta{ID: fmt.Sprintf("id%08d", i)}, EventID: "ev", Email: fmt.Sprintf("p%d@example.org", i), Name: "Päivi Example", Diet: "vegan", Answers: map[string]string{"company": "Northern Power Oy", "topic": "grid storage"}, At: time.Now()}
}

func BenchmarkFind5000(b *testing.B) {
	e, _ := sqlite.Open(filepath.Join(b.TempDir(), "b.db"))
	db, _ := storage.Open(context.Background(), e, storage.Schema{Specs: []storage.Spec{regs.Spec}})
	db.Update(context.Background(), func(tx *storage.Tx) error {
		for i := range 5000 {
			if err := regs.Put(tx, mk(i)); err != nil {
				b.Fatal(err)
			}
		}
		return nil
	})
	for b.Loop() {
		db.View(context.Background(), func(tx *storage.Tx) error {
			rs, err := regs.Find(tx, storage.Query{Where: []storage.Cond{{Field: "event_id", Op: storage.Eq, Value: "ev"}}, Sort: "email"})
			if err != nil || len(rs) != 5000 {
				b.Fatal(err, len(rs))
			}
			return nil
		})
	}
}
