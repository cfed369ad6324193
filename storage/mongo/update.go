package mongo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"kohtaamo/storage"
)

// Labels of errors, as the server and the driver set them.
const (
	again       = "TransientTransactionError"      // run all of it again
	commitAgain = "UnknownTransactionCommitResult" // only commit again
)

// Pauses before a transaction that was aborted runs again.
const (
	firstPause   = 2 * time.Millisecond
	longestPause = 200 * time.Millisecond
)

var txOptions = options.Transaction().SetReadConcern(readconcern.Snapshot()).SetWriteConcern(writeconcern.Majority())

// Update runs fn in a transaction, again when another one was in its way,
// until ctx ends. The loop is our own rather than the driver's: it looks at the
// errors of the engine and not at fn's, which may have become something else,
// and it pauses, longer each time, so that one of two rivals gets through.
func (e *Engine) Update(ctx context.Context, fn func(storage.EngineTx) error) error {
	select {
	case e.places <- struct{}{}:
		defer func() { <-e.places }()
	case <-ctx.Done():
		return fmt.Errorf("wait for others to write: %w", ctx.Err())
	}
	s, err := e.client.StartSession()
	if err != nil {
		return explain(err)
	}
	defer s.EndSession(context.WithoutCancel(ctx))
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		retry, err := e.attempt(mongo.NewSessionContext(ctx, s), s, fn)
		if !retry {
			return err
		}
		select {
		case <-time.After(rand.N(pause)):
		case <-ctx.Done():
			return fmt.Errorf("others kept changing the same documents: %w (%w)", ctx.Err(), err)
		}
	}
}

// attempt runs fn and commits, once.
func (e *Engine) attempt(ctx context.Context, s *mongo.Session, fn func(storage.EngineTx) error) (retry bool, err error) {
	if err := s.StartTransaction(txOptions); err != nil {
		return false, err
	}
	committed := false
	defer func() { // also when fn panics
		if !committed {
			s.AbortTransaction(context.WithoutCancel(ctx))
		}
	}()
	t := &tx{ctx: ctx, db: e.db}
	err = fn(t)
	t.over = true
	if t.err != nil && labelled(t.err, again) {
		return true, explain(t.err)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return false, err
	}
	err = commit(ctx, s)
	committed = err == nil
	return labelled(err, again), explain(err)
}

// commit commits, again as long as the outcome is unknown.
func commit(ctx context.Context, s *mongo.Session) error {
	for {
		err := s.CommitTransaction(ctx)
		if !labelled(err, commitAgain) || ctx.Err() != nil {
			return err
		}
		time.Sleep(firstPause)
	}
}
