package storage

import (
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Put inserts a v without a revision, giving it an ID if it has none, or
// replaces the revision that v was read at: ErrConflict if that is no longer
// the stored one. ErrDuplicate if its ID or a unique field is taken.
func (c Collection[T, P]) Put(tx *Tx, v *T) error {
	if err := tx.writing(c.Name); err != nil {
		return err
	}
	m := P(v).meta()
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
	if err := c.store(tx, v, old.Rev); err != nil {
		return tx.fail(fmt.Errorf("put %s %s: %w", c.Name, m.ID, err))
	}
	return nil
}

func (c Collection[T, P]) store(tx *Tx, v *T, rev int64) error {
	body, err := bson.Marshal(v)
	if err != nil {
		return err
	}
	if err := c.checkBody(body); err != nil {
		return err
	}
	id := P(v).meta().ID
	if rev == 0 {
		return tx.engine.Insert(c.Spec, id, body)
	}
	return tx.engine.Replace(c.Spec, id, rev, body)
}

// Delete removes v, which must be at the stored revision: else ErrConflict,
// also if it is already gone.
func (c Collection[T, P]) Delete(tx *Tx, v *T) error {
	if err := tx.writing(c.Name); err != nil {
		return err
	}
	m := P(v).meta()
	err := errors.New("it was never stored")
	if m.Rev > 0 {
		err = tx.engine.Delete(c.Spec, m.ID, m.Rev)
	}
	if err != nil {
		return tx.fail(fmt.Errorf("delete %s %s: %w", c.Name, m.ID, err))
	}
	return nil
}
