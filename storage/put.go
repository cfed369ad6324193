package storage

import (
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// put is Collection.Put.
func (s Spec) put(tx *Tx, v document) error {
	if err := tx.writing(s.Name); err != nil {
		return err
	}
	m := v.meta()
	old := *m
	tx.undo = append(tx.undo, func() { *m = old })
	if m.ID == "" {
		m.ID = NewID()
	}
	if old.Rev == 0 {
		m.Created = tx.now
	}
	m.Rev++
	m.Updated = tx.now
	if err := s.store(tx, v, old.Rev); err != nil {
		return tx.fail(fmt.Errorf("put %s %s: %w", s.Name, m.ID, err))
	}
	return nil
}

func (s Spec) store(tx *Tx, v document, rev int64) error {
	body, err := bson.Marshal(v)
	if err != nil {
		return err
	}
	if err := s.checkBody(body); err != nil {
		return err
	}
	id := v.meta().ID
	if rev == 0 {
		return tx.engine.Insert(s, id, body)
	}
	return tx.engine.Replace(s, id, rev, body)
}

// remove is Collection.Delete.
func (s Spec) remove(tx *Tx, v document) error {
	if err := tx.writing(s.Name); err != nil {
		return err
	}
	m := v.meta()
	err := errors.New("it was never stored")
	if m.Rev > 0 {
		err = tx.engine.Delete(s, m.ID, m.Rev)
	}
	if err != nil {
		return tx.fail(fmt.Errorf("delete %s %s: %w", s.Name, m.ID, err))
	}
	return nil
}
