package storage

import (
	"fmt"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
)

type document[T any] interface {
	*T
	meta() *Meta
}

// A Collection holds the documents of one type.
type Collection[T any, P document[T]] struct{ Spec }

// NewCollection declares a collection; the database it is used with must have
// been opened with its Spec.
func NewCollection[T any, P document[T]](name string, ix ...Index) Collection[T, P] {
	return Collection[T, P]{Spec{Name: name, Indexes: ix}}
}

// Get returns the document with the ID, or ErrNotFound.
func (c Collection[T, P]) Get(tx *Tx, id string) (*T, error) {
	raw, err := c.raw(tx, id)
	if err != nil {
		return nil, err
	}
	v, err := c.decode(raw)
	return v, tx.fail(err)
}

// raw is Get before decoding.
func (c Collection[T, P]) raw(tx *Tx, id string) (bson.Raw, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	raw, err := tx.engine.Get(c.Spec, id)
	if err != nil {
		return nil, tx.fail(fmt.Errorf("%s %s: %w", c.Name, id, err))
	}
	return raw, nil
}

// First returns the first document that q asks for, or ErrNotFound.
func (c Collection[T, P]) First(tx *Tx, q Query) (*T, error) {
	q.Limit = 1
	all, err := c.Find(tx, q)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: %w", c.Name, ErrNotFound)
	}
	return all[0], nil
}

// Find returns all documents that q asks for; for long lists see Page and Each.
func (c Collection[T, P]) Find(tx *Tx, q Query) ([]*T, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	p, err := c.plan(q)
	if err != nil {
		return nil, tx.fail(err)
	}
	out := make([]*T, 0, min(p.Limit, 100))
	for v, err := range c.stream(tx, p) {
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// Each reads what q asks for, one document at a time, and ends after an error.
// In an Update the loop may put and delete the documents it is given: without
// a Sort they come in portions by _id; with one they are all read first.
func (c Collection[T, P]) Each(tx *Tx, q Query) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if tx.err != nil {
			yield(nil, tx.err)
			return
		}
		p, err := c.plan(q)
		if err != nil {
			yield(nil, tx.fail(err))
			return
		}
		read := c.stream
		if tx.writes {
			read = c.portions
		}
		for v, err := range read(tx, p) {
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// stream decodes what the engine streams.
func (c Collection[T, P]) stream(tx *Tx, p Plan) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for raw, err := range tx.engine.Find(c.Spec, p) {
			var v *T
			if err == nil {
				v, err = c.decode(raw)
			} else {
				err = fmt.Errorf("%s: %w", c.Name, err)
			}
			if !yield(v, tx.fail(err)) || err != nil {
				return
			}
		}
	}
}

// portion is how many documents Each holds at a time in an Update.
const portion = 500

// portions reads without an open query between two documents, so that the
// loop's own writes cannot make it see a document twice.
func (c Collection[T, P]) portions(tx *Tx, p Plan) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		step, left := p, p.Limit
		for {
			if p.Sort == "_id" && (p.Limit == 0 || left > portion) {
				step.Limit = portion
			} else {
				step.Limit = left
			}
			var got []*T
			for v, err := range c.stream(tx, step) {
				if err != nil {
					yield(nil, err)
					return
				}
				got = append(got, v)
			}
			for _, v := range got {
				step.From = &Position{P(v).meta().ID, P(v).meta().ID}
				if !yield(v, nil) {
					return
				}
			}
			left -= len(got)
			if step.Limit == 0 || len(got) < step.Limit || p.Limit > 0 && left == 0 {
				return
			}
			step.Skip = 0
		}
	}
}

// defaultPage is the length of a page when Query.Limit does not say.
const defaultPage = 50

// Page returns up to q.Limit documents and, if there are more, what to put in
// q.After to read on: a short text that is safe in an address. Documents that
// come or go between two pages neither repeat nor hide the others, unless
// their own place in the order changed. ErrCursor if After is damaged.
func (c Collection[T, P]) Page(tx *Tx, q Query) (items []*T, next string, err error) {
	if tx.err != nil {
		return nil, "", tx.err
	}
	p, err := c.pagePlan(q)
	if err != nil {
		return nil, "", tx.fail(err)
	}
	var last bson.Raw
	for raw, err := range tx.engine.Find(c.Spec, p) {
		if err != nil {
			return nil, "", tx.fail(fmt.Errorf("%s: %w", c.Name, err))
		}
		if len(items) == p.Limit-1 { // one more than asked for: there is a next page
			next, err = c.next(p, last)
			return items, next, tx.fail(err)
		}
		v, err := c.decode(raw)
		if err != nil {
			return nil, "", tx.fail(err)
		}
		items, last = append(items, v), append(last[:0], raw...)
	}
	return items, "", nil
}

func (c Collection[T, P]) pagePlan(q Query) (Plan, error) {
	p, err := c.plan(q)
	if err != nil {
		return p, err
	}
	if p.Skip > 0 {
		return p, fmt.Errorf("%s: a page goes on from After, not from Skip", c.Name)
	}
	if p.Limit == 0 {
		p.Limit = defaultPage
	}
	p.Limit++
	if q.After != "" {
		p.From, err = c.position(p, q.After)
	}
	return p, err
}

// Count counts the documents that q's conditions ask for; it needs no Sort and
// minds no Limit.
func (c Collection[T, P]) Count(tx *Tx, q Query) (int, error) {
	if tx.err != nil {
		return 0, tx.err
	}
	p, err := c.plan(q)
	if err != nil {
		return 0, tx.fail(err)
	}
	n, err := tx.engine.Count(c.Spec, p.Where)
	if err != nil {
		return 0, tx.fail(fmt.Errorf("count %s: %w", c.Name, err))
	}
	return n, nil
}

// CountBy counts the documents that q's conditions ask for, for each value of
// a declared field: strings as they are, numbers in decimal, "true" and
// "false", instants as milliseconds since 1970, "" for none. A document counts
// once for each string in a Many field.
func (c Collection[T, P]) CountBy(tx *Tx, q Query, field string) (map[string]int, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	p, err := c.plan(q)
	if err == nil {
		err = c.declared(field)
	}
	if err != nil {
		return nil, tx.fail(err)
	}
	by, err := tx.engine.CountBy(c.Spec, p.Where, field)
	if err != nil {
		return nil, tx.fail(fmt.Errorf("count %s by %s: %w", c.Name, field, err))
	}
	return by, nil
}

func (c Collection[T, P]) decode(raw bson.Raw) (*T, error) {
	v := new(T)
	if err := bson.Unmarshal(raw, v); err != nil {
		id, _ := raw.Lookup("_id").StringValueOK()
		return nil, fmt.Errorf("decode %s %s: %w", c.Name, id, err)
	}
	return v, nil
}
