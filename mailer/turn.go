package mailer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// A turn is which program sends an issue. While one has it, no other takes up
// the issue's deliveries, so that claiming them writes nothing: they stay queued
// until what became of them is written down, once. What is written rests on the
// revision that was read: of two programs that both believed to have the turn,
// one writes.
type turn struct {
	storage.Meta `bson:",inline"` // the issue's id
	Run          string           `bson:"run"`
	Until        time.Time        `bson:"until"`
}

var turns = storage.NewCollection[turn]("mail_turns", storage.Ordered("run"))

// turnTime is how long a turn is good for. It is renewed while its program
// lives. A program that is started again on the same journal does not wait for
// it; others let it pass first, which gives that program the time to come back
// and say what had left.
const turnTime = 10 * time.Minute

// takeTurn asks for the turn of an issue and returns until when it is the run's
// own; zero if another one has it.
func (o *Outbox) takeTurn(ctx context.Context, issue, run string) (until time.Time, err error) {
	err = o.DB.Update(ctx, func(tx *storage.Tx) error {
		until = time.Time{}
		t, err := turns.Get(tx, issue)
		switch {
		case errors.Is(err, storage.ErrNotFound):
			t = &turn{Meta: storage.Meta{ID: issue}}
		case err != nil:
			return err
		case t.Run != run && tx.Now().Before(t.Until):
			return nil
		}
		t.Run, t.Until = run, tx.Now().Add(turnTime)
		until = t.Until
		return turns.Put(tx, t)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("take the turn of an issue: %w", err)
	}
	return until, nil
}

// endTurns gives back all turns of a run.
func (o *Outbox) endTurns(ctx context.Context, run string) error {
	err := o.DB.Update(ctx, func(tx *storage.Tx) error {
		mine, err := turns.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("run", run)}})
		for _, t := range mine {
			if err := turns.Delete(tx, t); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("give back the turns of issues: %w", err)
	}
	return nil
}
