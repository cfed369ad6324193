// Package storage keeps the application's documents in one of two engines.
package storage

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

var (
	ErrNotFound  = errors.New("not found")
	ErrConflict  = errors.New("changed by someone else")
	ErrDuplicate = errors.New("already exists")
)

// Meta is embedded in every stored type.
type Meta struct {
	ID      string    `bson:"_id"`
	Rev     int64     `bson:"rev"`
	Created time.Time `bson:"created"`
	Updated time.Time `bson:"updated"`
}

func (m *Meta) meta() *Meta { return m }

// A Spec is what an engine needs to know of a collection.
type Spec struct {
	Name    string
	Indexes []Index
}

// An Index names the fields an engine keeps ordered, and perhaps unique.
type Index struct {
	Fields   []string
	Unique   bool
	Optional bool // documents that lack the fields are not compared
	Many     bool // the one field holds a list of strings; ask with Has or Prefix
}

// Fields lists every field that a query may use, once.
func (s Spec) Fields() []string {
	var fs []string
	for _, ix := range s.Indexes {
		for _, f := range ix.Fields {
			if !slices.Contains(fs, f) {
				fs = append(fs, f)
			}
		}
	}
	return fs
}

type Op string

const (
	Eq Op = "="
	In Op = "in"
	Lt Op = "<"
	Le Op = "<="
	Gt Op = ">"
	Ge Op = ">="

	Has    Op = "has"    // a Many field contains the string
	Prefix Op = "prefix" // a Many field contains a string that starts so
)

type Cond struct {
	Field string
	Op    Op
	Value any // string, int64, bool, time.Time; a []string for In
}

// Is is the condition met most often.
func Is(field string, v any) Cond { return Cond{field, Eq, v} }

type Query struct {
	Where []Cond
	Sort  string // a field, "-" in front for descending; ties by _id
	Limit int
	Skip  int
	After string // where Page goes on: the next it returned before
}

// Engine is a database. Its two implementations are tested by storagetest.
type Engine interface {
	Prepare(ctx context.Context, specs []Spec) error
	View(ctx context.Context, fn func(EngineTx) error) error
	Update(ctx context.Context, fn func(EngineTx) error) error
	Close() error
}

type EngineTx interface {
	Get(s Spec, id string) (bson.Raw, error)
	Find(s Spec, q Query) ([]bson.Raw, error)
	Count(s Spec, q Query) (int, error)
	Insert(s Spec, id string, body bson.Raw) error
	Replace(s Spec, id string, rev int64, body bson.Raw) error
	Delete(s Spec, id string, rev int64) error
}

type DB struct {
	engine Engine
	Now    func() time.Time
}

// A Schema is what the program expects of a database.
type Schema struct {
	Specs      []Spec
	Migrations []Migration // in order of Version
}

// A Migration changes the meaning of what is stored, once.
type Migration struct {
	Version int
	Name    string
	Run     func(*Tx) error
}

func Open(ctx context.Context, e Engine, schema Schema) (*DB, error) {
	if err := e.Prepare(ctx, schema.Specs); err != nil {
		return nil, err
	}
	return &DB{engine: e, Now: time.Now}, nil
}

func (db *DB) Close() error { return db.engine.Close() }

// Tx is one transaction. After an error it only repeats that error.
type Tx struct {
	engine EngineTx
	now    time.Time
	err    error
	undo   []func() // gives the documents that were put their old Meta back
}

func (tx *Tx) Now() time.Time { return tx.now }

func (tx *Tx) fail(err error) error {
	if err != nil && !errors.Is(err, ErrNotFound) {
		tx.err = err
	}
	return err
}

// View runs fn to read. Each read sees only what was committed; two reads need
// not see the same moment (they do on SQLite). To rely on both, use Update.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error {
	return db.engine.View(ctx, func(e EngineTx) error {
		return fn(&Tx{engine: e, now: db.now()})
	})
}

// patience is how long Update keeps trying.
const patience = 10 * time.Second

// Update runs fn in a transaction, again if another transaction got in its way:
// fn may run more than once, and should touch nothing but tx.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tx := new(Tx)
	err := db.engine.Update(ctx, func(e EngineTx) error {
		tx.rollback()
		*tx = Tx{engine: e, now: db.now()}
		if err := fn(tx); err != nil {
			return err
		}
		return tx.err
	})
	if err != nil {
		tx.rollback()
	}
	return err
}

func (tx *Tx) rollback() {
	for _, f := range slices.Backward(tx.undo) {
		f()
	}
}

func (db *DB) now() time.Time { return db.Now().UTC().Truncate(time.Millisecond) }

type document[T any] interface {
	*T
	meta() *Meta
}

// A Collection holds the documents of one type.
type Collection[T any, P document[T]] struct{ Spec }

func NewCollection[T any, P document[T]](name string, ix ...Index) Collection[T, P] {
	return Collection[T, P]{Spec{Name: name, Indexes: ix}}
}

// Unique fields are present in every document, and together in one only.
func Unique(fields ...string) Index { return Index{Fields: fields, Unique: true} }

// UniqueIf is Unique for the documents that have the field.
func UniqueIf(field string) Index {
	return Index{Fields: []string{field}, Unique: true, Optional: true}
}

// Many is a field with a list of strings; each can be asked for with Has and Prefix.
func Many(field string) Index { return Index{Fields: []string{field}, Many: true} }

// Ordered fields can be asked for and sorted by.
func Ordered(fields ...string) Index { return Index{Fields: fields} }

func (c Collection[T, P]) Get(tx *Tx, id string) (*T, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	raw, err := tx.engine.Get(c.Spec, id)
	if err != nil {
		return nil, tx.fail(fmt.Errorf("%s %s: %w", c.Name, id, err))
	}
	return c.decode(raw)
}

func (c Collection[T, P]) Find(tx *Tx, q Query) ([]*T, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	if err := c.check(q); err != nil {
		return nil, tx.fail(err)
	}
	raws, err := tx.engine.Find(c.Spec, q)
	if err != nil {
		return nil, tx.fail(fmt.Errorf("%s: %w", c.Name, err))
	}
	out := make([]*T, 0, len(raws))
	for _, raw := range raws {
		v, err := c.decode(raw)
		if err != nil {
			return nil, tx.fail(err)
		}
		out = append(out, v)
	}
	return out, nil
}

// Each reads what q asks for, one document at a time.
func (c Collection[T, P]) Each(tx *Tx, q Query) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		all, err := c.Find(tx, q)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func (c Collection[T, P]) Count(tx *Tx, q Query) (int, error) {
	if tx.err != nil {
		return 0, tx.err
	}
	if err := c.check(q); err != nil {
		return 0, tx.fail(err)
	}
	n, err := tx.engine.Count(c.Spec, q)
	return n, tx.fail(err)
}

// Put inserts a v without a revision, or replaces the revision that v was read
// at: ErrConflict if that is no longer the stored one.
func (c Collection[T, P]) Put(tx *Tx, v *T) error {
	if tx.err != nil {
		return tx.err
	}
	m := P(v).meta()
	old := *m
	m.Rev++
	m.Updated = tx.now
	if old.Rev == 0 {
		m.Created = tx.now
	}
	body, err := bson.Marshal(v)
	if err == nil {
		err = c.complete(body)
	}
	if err == nil {
		if old.Rev == 0 {
			err = tx.engine.Insert(c.Spec, m.ID, body)
		} else {
			err = tx.engine.Replace(c.Spec, m.ID, old.Rev, body)
		}
	}
	tx.undo = append(tx.undo, func() { *m = old })
	if err != nil {
		return tx.fail(fmt.Errorf("%s %s: %w", c.Name, m.ID, err))
	}
	return nil
}

func (c Collection[T, P]) Delete(tx *Tx, v *T) error {
	if tx.err != nil {
		return tx.err
	}
	m := P(v).meta()
	return tx.fail(tx.engine.Delete(c.Spec, m.ID, m.Rev))
}

func (c Collection[T, P]) decode(raw bson.Raw) (*T, error) {
	v := new(T)
	if err := bson.Unmarshal(raw, v); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	return v, nil
}

// complete refuses a document without a field that has to be unique: the
// engines do not agree on whether nothing equals nothing.
func (c Collection[T, P]) complete(body bson.Raw) error {
	for _, ix := range c.Indexes {
		for _, f := range ix.Fields {
			if _, err := body.LookupErr(strings.Split(f, ".")...); err != nil && ix.Unique && !ix.Optional {
				return fmt.Errorf("%s is missing", f)
			}
		}
	}
	return nil
}

// check refuses a query that an engine could only answer by reading everything.
func (c Collection[T, P]) check(q Query) error {
	known := append(c.Fields(), "_id", "")
	for _, w := range q.Where {
		if !slices.Contains(known, w.Field) {
			return fmt.Errorf("%s: no index on %q", c.Name, w.Field)
		}
	}
	if s := q.Sort; s != "" && !slices.Contains(known, trimMinus(s)) {
		return fmt.Errorf("%s: no index on %q", c.Name, s)
	}
	return nil
}

func trimMinus(s string) string {
	if s[0] == '-' {
		return s[1:]
	}
	return s
}

// SortField splits Sort into the field and its direction.
func (q Query) SortField() (field string, desc bool) {
	if q.Sort == "" {
		return "_id", false
	}
	return trimMinus(q.Sort), q.Sort[0] == '-'
}
