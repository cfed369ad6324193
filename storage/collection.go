package storage

import (
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// A document is what a collection holds: a struct with a Meta in it.
type document interface{ meta() *Meta }

// A Collection holds the documents of one type. Its methods are thin, since they
// are compiled for each type anew: what they do stands in stored.go.
type Collection[T any, P interface {
	*T
	document
}] struct{ Spec Spec }

// NewCollection declares a collection; the database it is used with must have
// been opened with its Spec.
func NewCollection[T any, P interface {
	*T
	document
}](name string, ix ...Index) Collection[T, P] {
	return Collection[T, P]{Spec{Name: name, Indexes: ix}}
}

// Get returns the document with the ID, or ErrNotFound.
func (c Collection[T, P]) Get(tx *Tx, id string) (*T, error) {
	raw, err := c.Spec.get(tx, id)
	if err != nil {
		return nil, err
	}
	return c.decode(tx, raw)
}

// First returns the first document that q asks for, or ErrNotFound.
func (c Collection[T, P]) First(tx *Tx, q Query) (*T, error) {
	raw, err := c.Spec.first(tx, q)
	if err != nil {
		return nil, err
	}
	return c.decode(tx, raw)
}

// Find returns all documents that q asks for; for long lists see Page and Each.
func (c Collection[T, P]) Find(tx *Tx, q Query) ([]*T, error) {
	out := []*T{}
	err := c.Spec.find(tx, q, c.into(tx, &out))
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Each reads what q asks for, one document at a time, and ends after an error.
// In an Update the loop may put and delete the documents it is given: without
// a Sort they come in portions by _id; with one they are all read first.
func (c Collection[T, P]) Each(tx *Tx, q Query) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for raw, err := range c.Spec.each(tx, q) {
			var v *T
			if err == nil {
				v, err = c.decode(tx, raw)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// Page returns up to q.Limit documents and, if there are more, what to put in
// q.After to read on: a short text that is safe in an address. Documents that
// come or go between two pages neither repeat nor hide the others, unless
// their own place in the order changed. ErrCursor if After is damaged.
func (c Collection[T, P]) Page(tx *Tx, q Query) (items []*T, next string, err error) {
	next, err = c.Spec.page(tx, q, c.into(tx, &items))
	if err != nil {
		return nil, "", err
	}
	return items, next, nil
}

// Count counts the documents that q's conditions ask for; it needs no Sort and
// minds no Limit.
func (c Collection[T, P]) Count(tx *Tx, q Query) (int, error) { return c.Spec.count(tx, q) }

// CountBy counts the documents that q's conditions ask for, for each value of
// a declared field: strings as they are, numbers in decimal, "true" and
// "false", instants as milliseconds since 1970, "" for none. A document counts
// once for each string in a Many field.
func (c Collection[T, P]) CountBy(tx *Tx, q Query, field string) (map[string]int, error) {
	return c.Spec.countBy(tx, q, field)
}

// Put inserts a v without a revision, giving it an ID if it has none, or
// replaces the revision that v was read at: ErrConflict if that is no longer
// the stored one. ErrDuplicate if its ID or a unique field is taken.
func (c Collection[T, P]) Put(tx *Tx, v *T) error { return c.Spec.put(tx, P(v)) }

// Delete removes v, which must be at the stored revision: else ErrConflict,
// also if it is already gone.
func (c Collection[T, P]) Delete(tx *Tx, v *T) error { return c.Spec.remove(tx, P(v)) }

// Shared is Get for a caller who only reads: as long as the document stays as
// it is, all who ask get the same *T, which nobody may change. It spares many
// who come for one document the work of decoding it for each.
func (c Collection[T, P]) Shared(tx *Tx, id string) (*T, error) {
	v, err := c.Spec.shared(tx, id, func() any { return new(T) })
	if err != nil {
		return nil, err
	}
	if v, ok := v.(*T); ok {
		return v, nil
	}
	return c.Get(tx, id) // it was shared as another type, which reads less of it
}

func (c Collection[T, P]) decode(tx *Tx, raw bson.Raw) (*T, error) {
	v := new(T)
	if err := c.Spec.decode(tx, raw, v); err != nil {
		return nil, err
	}
	return v, nil
}

// into decodes what it is given to the end of out.
func (c Collection[T, P]) into(tx *Tx, out *[]*T) func(bson.Raw) error {
	return func(raw bson.Raw) error {
		v, err := c.decode(tx, raw)
		*out = append(*out, v)
		return err
	}
}
