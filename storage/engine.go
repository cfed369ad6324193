package storage

import (
	"context"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Engine is a database. Its two implementations are held to the same
// behaviour by storagetest. An Engine is safe for concurrent use.
type Engine interface {
	// Prepare makes what specs need (tables or collections, indexes) and
	// fills new indexes from the documents already there. It may be called
	// again with further specs, by several processes at once, and be killed
	// at any moment: the next call does the rest.
	Prepare(ctx context.Context, specs []Spec) error
	// View runs fn to read. Each read sees only what was committed.
	View(ctx context.Context, fn func(EngineTx) error) error
	// Snapshot is View with all reads at the same moment.
	Snapshot(ctx context.Context, fn func(EngineTx) error) error
	// Update runs fn in a transaction that is durable when Update returns
	// without error and leaves no trace otherwise. It runs fn again when
	// another transaction got in the way. fn runs on the caller's goroutine;
	// a panic in it passes through and rolls back. When ctx ends before the
	// commit, Update returns an error that is ctx's.
	Update(ctx context.Context, fn func(EngineTx) error) error
	// Watch calls changed whenever other processes may have committed
	// something to a collection, "" meaning any of them, until ctx ends.
	Watch(ctx context.Context, changed func(collection string))
	// Backup writes a consistent copy to a new file.
	Backup(ctx context.Context, path string) error
	// Ping reports whether the database can be reached.
	Ping(ctx context.Context) error
	// Close frees the database; transactions that run are waited for.
	Close() error
}

// A Scrubber is an Engine whose files keep what was deleted until it is asked to
// remove it.
type Scrubber interface {
	Scrub(ctx context.Context) error
}

// EngineTx is one transaction of an Engine, bound to one context. Its queries
// have been checked: they name declared fields and carry normal values.
type EngineTx interface {
	// Get returns the document with the ID, or ErrNotFound.
	Get(s Spec, id string) (bson.Raw, error)
	// Find streams what p asks for; a document is valid until the next one.
	// It ends after the first error.
	Find(s Spec, p Plan) iter.Seq2[bson.Raw, error]
	// Count counts the documents that meet the conditions.
	Count(s Spec, where []Cond) (int, error)
	// CountBy counts them for each value of a declared field, see KeyOf; with
	// a Many field, for each string in the lists.
	CountBy(s Spec, where []Cond, field string) (map[string]int, error)
	// Insert adds a document, at the revision that it carries, or returns
	// ErrDuplicate.
	Insert(s Spec, id string, body bson.Raw) error
	// Replace replaces the document at revision rev, or returns ErrConflict.
	Replace(s Spec, id string, rev int64, body bson.Raw) error
	// Delete removes the document at revision rev, or returns ErrConflict.
	Delete(s Spec, id string, rev int64) error
}

// A Plan is a Query that was checked, in the words of an engine.
type Plan struct {
	Where []Cond
	Sort  string // a declared field or _id; ties by _id in the same direction
	Desc  bool
	Limit int       // 0 means all
	Skip  int       // never together with From
	From  *Position // go on after this place; nil means from the start
}

// A Position is the place of one document in an order: documents without the
// field (nil) come before all values.
type Position struct {
	Value any // of Plan.Sort: string, int64, float64, bool, time.Time or nil
	ID    string
}
