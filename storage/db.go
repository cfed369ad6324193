package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how long Update keeps trying.
const patience = 10 * time.Second

// A DB is an open database, safe for concurrent use. Close it when done.
type DB struct {
	// Now is the clock, for tests to set before the first transaction.
	Now func() time.Time

	engine     Engine
	schema     Schema
	changes    map[string]*atomic.Uint64
	inside     sync.Map // goroutines that run an Update's function
	shared     shared
	unfinished atomic.Bool
	stop       context.CancelFunc
	watching   sync.WaitGroup
	closing    sync.Once
}

// Open makes e ready for schema: it creates collections and indexes, fills new
// indexes from the documents already there, and runs the migrations that this
// database has not seen. ErrNewer if a newer program has migrated it. When
// Open fails, closing e is up to the caller; later DB.Close does it.
func Open(ctx context.Context, e Engine, schema Schema) (*DB, error) {
	db := &DB{Now: time.Now, engine: e, schema: schema, changes: map[string]*atomic.Uint64{}}
	if err := schema.check(); err != nil {
		return nil, err
	}
	for _, s := range append(db.Specs(), ledger.Spec) {
		db.changes[s.Name] = new(atomic.Uint64)
	}
	if err := db.prepare(ctx); err != nil {
		return nil, err
	}
	watch, stop := context.WithCancel(context.Background())
	db.stop = stop
	db.watching.Go(func() { e.Watch(watch, db.raise) })
	return db, nil
}

// prepare looks at the version before anything else: an older program's
// indexes must not replace a newer one's.
func (db *DB) prepare(ctx context.Context) error {
	if err := db.engine.Prepare(ctx, []Spec{ledger.Spec}); err != nil {
		return err
	}
	if err := db.checkVersion(ctx); err != nil {
		return err
	}
	if err := db.engine.Prepare(ctx, db.schema.Specs); err != nil {
		return err
	}
	return db.migrate(ctx)
}

// Close waits for running transactions and closes the engine.
func (db *DB) Close() (err error) {
	db.closing.Do(func() {
		db.stop()
		db.watching.Wait()
		err = db.engine.Close()
	})
	return err
}

// Specs are the collections that the database was opened with.
func (db *DB) Specs() []Spec { return slices.Clone(db.schema.Specs) }

// Ping reports whether the database can be reached now.
func (db *DB) Ping(ctx context.Context) error { return db.engine.Ping(ctx) }

// Backup writes a consistent copy of the whole database to a new file while
// others read and write. It refuses to overwrite. MongoDB has its own tools
// for that, which the error names.
func (db *DB) Backup(ctx context.Context, path string) error { return db.engine.Backup(ctx, path) }

// Scrub makes sure that what was deleted or replaced until now can be read no
// more, also not by who has the database's files. It writes all of them anew: it
// is for the small hours. An error that wraps ErrBusy says that others used the
// database all the time, and to try later. MongoDB looks after its files itself:
// there it does nothing.
func (db *DB) Scrub(ctx context.Context) error {
	if s, ok := db.engine.(Scrubber); ok {
		return s.Scrub(ctx)
	}
	return nil
}

// Changes is a number that rises whenever something in the collections (in any
// of them, if none is named) was committed: by this process before its Update
// returns, by another process within a second. It may rise without a change.
// It costs nothing: a cache asks for it on every use. Read it before the
// documents that are cached under it.
func (db *DB) Changes(specs ...Spec) (n uint64) {
	if len(specs) == 0 {
		specs = db.schema.Specs
	}
	for _, s := range specs {
		if c := db.changes[s.Name]; c != nil {
			n += c.Load()
		}
	}
	return n
}

// raise notes a change in a collection, "" meaning all.
func (db *DB) raise(collection string) {
	for name, c := range db.changes {
		if name == collection || collection == "" {
			c.Add(1)
		}
	}
}

// View runs fn to read. Each read sees only what was committed; two reads need
// not see the same moment (they do on SQLite). To rely on both, use Update.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error {
	if db.unfinished.Load() {
		return ErrUnfinished
	}
	return db.engine.View(ctx, func(e EngineTx) error {
		return fn(&Tx{engine: e, shared: &db.shared, now: db.now()})
	})
}

// Snapshot is View with all reads at the same moment, on both engines. It holds
// nobody up, and nobody's changes hold it up; it is for reading much that has to
// agree, and not for deciding what to write.
func (db *DB) Snapshot(ctx context.Context, fn func(*Tx) error) error {
	if db.unfinished.Load() {
		return ErrUnfinished
	}
	return db.engine.Snapshot(ctx, func(e EngineTx) error {
		return fn(&Tx{engine: e, shared: &db.shared, now: db.now()})
	})
}

// Update runs fn in a transaction, again if another transaction got in its way:
// fn may run more than once, and should touch nothing but tx and its own
// results. When Update returns nil, everything is durable; when it returns an
// error or fn panics, nothing was stored and the documents' Meta is as before.
// ErrBusy if it cannot get through for ten seconds.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	if db.unfinished.Load() {
		return ErrUnfinished
	}
	g := goroutine()
	if _, nested := db.inside.LoadOrStore(g, true); nested {
		return ErrNested
	}
	defer db.inside.Delete(g)
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := db.update(limited, fn)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("%w: gave up after %v: %w", ErrBusy, patience, err)
	}
	return err
}

// update is Update without its checks and its patience.
func (db *DB) update(ctx context.Context, fn func(*Tx) error) error {
	tx := new(Tx)
	stored := false
	defer func() { // also when fn panics
		if !stored {
			tx.rollback()
		}
		for _, name := range tx.wrote { // a failed commit may still have happened
			db.raise(name)
		}
	}()
	err := db.engine.Update(ctx, func(e EngineTx) error {
		tx.rollback()
		*tx = Tx{engine: e, shared: &db.shared, now: db.now(), writes: true}
		if err := fn(tx); err != nil {
			return err
		}
		return tx.err
	})
	stored = err == nil
	return err
}

func (db *DB) now() time.Time { return db.Now().UTC().Truncate(time.Millisecond) }
