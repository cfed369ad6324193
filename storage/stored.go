package storage

import (
	"bytes"
	"fmt"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// get is the document with the ID as it is stored, or ErrNotFound.
func (s Spec) get(tx *Tx, id string) (bson.Raw, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	raw, err := tx.engine.Get(s, id)
	if err != nil {
		return nil, tx.fail(fmt.Errorf("%s %s: %w", s.Name, id, err))
	}
	return raw, nil
}

// first is the first document that q asks for, or ErrNotFound.
func (s Spec) first(tx *Tx, q Query) (first bson.Raw, err error) {
	q.Limit = 1
	err = s.find(tx, q, func(raw bson.Raw) error {
		first = bytes.Clone(raw)
		return nil
	})
	if err == nil && first == nil {
		err = fmt.Errorf("%s: %w", s.Name, ErrNotFound)
	}
	return first, err
}

// find gives take each document that q asks for; take holds it no longer than
// that, and its error ends the reading.
func (s Spec) find(tx *Tx, q Query, take func(bson.Raw) error) error {
	if tx.err != nil {
		return tx.err
	}
	p, err := s.plan(q)
	if err != nil {
		return tx.fail(err)
	}
	for raw, err := range s.stream(tx, p) {
		if err == nil {
			err = take(raw)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// each is Collection.Each before decoding.
func (s Spec) each(tx *Tx, q Query) iter.Seq2[bson.Raw, error] {
	return func(yield func(bson.Raw, error) bool) {
		if tx.err != nil {
			yield(nil, tx.err)
			return
		}
		p, err := s.plan(q)
		if err != nil {
			yield(nil, tx.fail(err))
			return
		}
		read := s.stream
		if tx.writes {
			read = s.portions
		}
		for raw, err := range read(tx, p) {
			if !yield(raw, err) || err != nil {
				return
			}
		}
	}
}

// stream is what the engine streams.
func (s Spec) stream(tx *Tx, p Plan) iter.Seq2[bson.Raw, error] {
	return func(yield func(bson.Raw, error) bool) {
		for raw, err := range tx.engine.Find(s, p) {
			if err != nil {
				err = tx.fail(fmt.Errorf("%s: %w", s.Name, err))
			}
			if !yield(raw, err) || err != nil {
				return
			}
		}
	}
}

// portion is how many documents Each holds at a time in an Update.
const portion = 500

// portions reads without an open query between two documents, so that the
// loop's own writes cannot make it see a document twice.
func (s Spec) portions(tx *Tx, p Plan) iter.Seq2[bson.Raw, error] {
	return func(yield func(bson.Raw, error) bool) {
		step, left := p, p.Limit
		for {
			step.Limit = left
			if p.Sort == "_id" && (p.Limit == 0 || left > portion) {
				step.Limit = portion
			}
			var got []bson.Raw
			for raw, err := range s.stream(tx, step) {
				if err != nil {
					yield(nil, err)
					return
				}
				got = append(got, bytes.Clone(raw))
			}
			for _, raw := range got {
				id, err := idOf(raw)
				if !yield(raw, tx.fail(err)) || err != nil {
					return
				}
				step.From = &Position{id, id}
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

// page is Collection.Page before decoding, with a take as find has.
func (s Spec) page(tx *Tx, q Query, take func(bson.Raw) error) (next string, err error) {
	if tx.err != nil {
		return "", tx.err
	}
	p, err := s.pagePlan(q)
	if err != nil {
		return "", tx.fail(err)
	}
	var last bson.Raw
	n := 0
	for raw, err := range s.stream(tx, p) {
		if err != nil {
			return "", err
		}
		if n++; n == p.Limit { // one more than asked for: there is a next page
			next, err = s.next(p, last)
			return next, tx.fail(err)
		}
		if err := take(raw); err != nil {
			return "", err
		}
		last = append(last[:0], raw...)
	}
	return "", nil
}

func (s Spec) pagePlan(q Query) (Plan, error) {
	p, err := s.plan(q)
	if err != nil {
		return p, err
	}
	if p.Skip > 0 {
		return p, fmt.Errorf("%s: a page goes on from After, not from Skip", s.Name)
	}
	if p.Limit == 0 {
		p.Limit = defaultPage
	}
	p.Limit++
	if q.After != "" {
		p.From, err = s.position(p, q.After)
	}
	return p, err
}

// count is Collection.Count.
func (s Spec) count(tx *Tx, q Query) (int, error) {
	if tx.err != nil {
		return 0, tx.err
	}
	p, err := s.plan(q)
	if err != nil {
		return 0, tx.fail(err)
	}
	n, err := tx.engine.Count(s, p.Where)
	if err != nil {
		return 0, tx.fail(fmt.Errorf("count %s: %w", s.Name, err))
	}
	return n, nil
}

// countBy is Collection.CountBy.
func (s Spec) countBy(tx *Tx, q Query, field string) (map[string]int, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	p, err := s.plan(q)
	if err == nil {
		err = s.declared(field)
	}
	if err != nil {
		return nil, tx.fail(err)
	}
	by, err := tx.engine.CountBy(s, p.Where, field)
	if err != nil {
		return nil, tx.fail(fmt.Errorf("count %s by %s: %w", s.Name, field, err))
	}
	return by, nil
}

// decode reads a document into v, which points to a struct.
func (s Spec) decode(tx *Tx, raw bson.Raw, v any) error {
	var err error
	if _, brief := v.(interface{ brief() }); brief {
		err = decodeBrief(raw, v)
	} else {
		err = bson.Unmarshal(raw, v)
	}
	if err != nil {
		id, _ := raw.Lookup("_id").StringValueOK()
		return tx.fail(fmt.Errorf("decode %s %s: %w", s.Name, id, err))
	}
	return nil
}
