// Package sqlite keeps documents in one SQLite file.
//
// Each collection is a table: a document as BSON, and beside it a column for
// each declared field, so that SQLite can search and sort; the strings of a
// Many field are in a side table. Writers share commits (commit.go), readers
// have connections of their own and never wait for writers. Several processes
// may use the same file: one writes at a time, all notice.
//
// The package talks to the driver itself rather than through database/sql: it
// keeps prepared statements for each connection, which is most of the cost of
// a small query, and never interrupts a statement, which would roll back
// everybody's work.
package sqlite

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"kohtaamo/storage"
)

// Engine is one open file; see Open. It implements storage.Engine.
type Engine struct {
	path    string
	readers *pool
	writer  *conn         // used by lead alone
	commit  time.Duration // of the last group
	queue   chan *member
	closing chan struct{}
	closed  sync.Once
	led     sync.WaitGroup
	changed atomic.Pointer[func(string)] // told of other processes' commits

	mu     sync.RWMutex
	tables map[string]*table

	seen state // of the file, as far as lead knows
}

// Open opens the file at path, or creates it, readable by its owner alone. The
// error says what to do when the path is wrong, the folder cannot be written
// or the file is something else.
func Open(path string) (*Engine, error) {
	if err := checkFile(path); err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	w, err := dial(path, writing)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, explain(err))
	}
	e := &Engine{
		path:    path,
		writer:  w,
		readers: newPool(func() (*conn, error) { return dial(path, reading) }),
		queue:   make(chan *member),
		closing: make(chan struct{}),
		tables:  map[string]*table{},
	}
	if err := e.claim(); err != nil {
		w.close()
		return nil, fmt.Errorf("open database %s: %w", path, explain(err))
	}
	e.led.Go(e.lead)
	return e, nil
}

// Close waits for transactions under way and closes the file.
func (e *Engine) Close() error {
	e.closed.Do(func() {
		close(e.closing)
		e.led.Wait()
		e.readers.close()
		e.writer.close()
	})
	return nil
}

// View runs fn with all its reads at one moment.
func (e *Engine) View(ctx context.Context, fn func(storage.EngineTx) error) error {
	c, err := e.readers.get(ctx)
	if err != nil {
		return err
	}
	defer e.readers.put(c)
	if err := c.exec("BEGIN"); err != nil {
		return explain(err)
	}
	t := &tx{ctx: ctx, c: c, e: e}
	defer c.exec("ROLLBACK")
	defer func() { t.over = true }()
	return fn(t)
}

// Snapshot is View.
func (e *Engine) Snapshot(ctx context.Context, fn func(storage.EngineTx) error) error {
	return e.View(ctx, fn)
}

// Ping reads from the file.
func (e *Engine) Ping(ctx context.Context) error {
	c, err := e.readers.get(ctx)
	if err != nil {
		return err
	}
	defer e.readers.put(c)
	_, err = c.number("SELECT count(*) FROM sqlite_schema")
	return explain(err)
}

// Watch passes on what lead notices, until ctx ends.
func (e *Engine) Watch(ctx context.Context, changed func(string)) {
	e.changed.Store(&changed)
	<-ctx.Done()
	e.changed.Store(nil)
}

// table finds what Prepare made of a collection.
func (e *Engine) table(s storage.Spec) (*table, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if t := e.tables[s.Name]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("the database was not opened with the collection %s", s.Name)
}
