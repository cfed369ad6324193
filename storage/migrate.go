package storage

import (
	"context"
	"errors"
	"fmt"
)

// A Migration changes the meaning of what is stored, once for each database,
// in a transaction of its own (which MongoDB ends after a minute, so a large
// one is better cut into several). New collections and indexes need none: Open
// makes them, before the migrations run.
type Migration struct {
	Version int    // 1, 2, 3 …; rises, and never changes once released
	Name    string // what it does, in a few words
	Run     func(*Tx) error
}

// A step is a migration that was run, or the mark of an import under way.
type step struct {
	Meta    `bson:",inline"`
	Version int    `bson:"version"`
	Name    string `bson:"name"`
}

// ledger is our own collection: which migrations this database has seen.
var ledger = NewCollection[step]("schema")

// importMark is the ID of the step that stands while an import is under way.
const importMark = "import"

func stepID(version int) string { return fmt.Sprintf("%06d", version) }

// version is the newest migration that this program knows; 0 for none.
func (db *DB) version() int {
	if n := len(db.schema.Migrations); n > 0 {
		return db.schema.Migrations[n-1].Version
	}
	return 0
}

// checkVersion refuses a database that a newer program has migrated, and finds
// out about an import that did not finish.
func (db *DB) checkVersion(ctx context.Context) error {
	return db.engine.View(ctx, func(e EngineTx) error {
		steps, err := ledger.Find(&Tx{engine: e, shared: &db.shared}, Query{})
		if err != nil {
			return err
		}
		for _, s := range steps {
			if s.Version > db.version() {
				return fmt.Errorf("%w (schema %d, this program knows %d): start that newer program, or restore a backup made before the upgrade", ErrNewer, s.Version, db.version())
			}
			if s.ID == importMark {
				db.unfinished.Store(true)
			}
		}
		return nil
	})
}

// migrate runs what this database has not seen. Two programs that start at
// once agree: the second finds the step already there.
func (db *DB) migrate(ctx context.Context) error {
	for _, m := range db.schema.Migrations {
		err := db.update(ctx, func(tx *Tx) error {
			_, err := ledger.Get(tx, stepID(m.Version))
			if !errors.Is(err, ErrNotFound) {
				return err // nil: it was run before
			}
			if err := m.Run(tx); err != nil {
				return err
			}
			return ledger.Put(tx, &step{Meta: Meta{ID: stepID(m.Version)}, Version: m.Version, Name: m.Name})
		})
		if err != nil {
			return fmt.Errorf("migration %d (%s): %w", m.Version, m.Name, err)
		}
	}
	return nil
}
