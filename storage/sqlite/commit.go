package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// Group commit. A commit must reach the disk, which takes a millisecond or
// more whatever its size. So Updates that wait at the same time share one:
// lead, the only user of the writing connection, opens a transaction, gives
// each waiting Update its turn inside a savepoint, commits once, and only then
// answers all of them. Those that failed wait for the commit too: what they
// saw ("the last seat is taken") must be as durable as their answer.
//
// An Update's function runs on its caller's goroutine, while lead waits: a
// panic there stays there, and takes only its own savepoint with it.

// Limits of one group, so that nobody waits long for others. Only a group that
// still finds others waiting meets them: then the more of them share a commit,
// the sooner all are served. Its turns may take as long as the last commit did:
// where the disk is slow, or others use it, a group that ended sooner would
// spend most of the time on committing little.
const (
	groupSize  = 256
	groupLeast = 100 * time.Millisecond
	groupMost  = 500 * time.Millisecond
)

// Other processes get a chance to write: SQLite's lock knows no queue, and a
// steady stream of groups leaves no gap.
const (
	courtesyEvery = 500 * time.Millisecond
	courtesyPause = 4 * time.Millisecond
	retryEvery    = 2 * time.Millisecond // how often begin tries to get the lock
)

// lookEvery is how soon commits of other processes are noticed.
const lookEvery = 400 * time.Millisecond

// A member is one Update in the queue. Or it wants the connection alone.
type member struct {
	ctx   context.Context
	alone func(*conn) error
	turn  chan *tx   // its turn has come; nil if the group could not begin
	ran   chan error // its function has returned
	done  chan error // how the group ended
}

// errAbandoned stands for a function that panicked or ended its goroutine.
var errAbandoned = errors.New("abandoned")

// Update runs fn in a transaction that may share its commit with others.
func (e *Engine) Update(ctx context.Context, fn func(storage.EngineTx) error) error {
	m := newMember(ctx)
	if err := e.enqueue(m); err != nil {
		return err
	}
	t := <-m.turn
	if t == nil {
		return <-m.done
	}
	err := m.run(t, fn)
	if lost := <-m.done; lost != nil {
		return lost
	}
	return err
}

// exclusive runs fn with the writing connection, outside any transaction.
func (e *Engine) exclusive(ctx context.Context, fn func(*conn) error) error {
	m := newMember(ctx)
	m.alone = fn
	if err := e.enqueue(m); err != nil {
		return err
	}
	return <-m.done
}

func newMember(ctx context.Context) *member {
	return &member{ctx: ctx, turn: make(chan *tx), ran: make(chan error), done: make(chan error, 1)}
}

// enqueue waits until lead takes m: in order of arrival, as Go's channels do.
func (e *Engine) enqueue(m *member) error {
	select {
	case e.queue <- m:
		return nil
	case <-m.ctx.Done():
		return fmt.Errorf("wait for others to write: %w", m.ctx.Err())
	case <-e.closing:
		return storage.ErrClosed
	}
}

// run is m's turn.
func (m *member) run(t *tx, fn func(storage.EngineTx) error) (err error) {
	err = errAbandoned
	defer func() {
		t.over = true
		m.ran <- err
	}()
	err = fn(t)
	if err == nil {
		err = m.ctx.Err()
	}
	return err
}

// lead serves the queue until the engine is closed.
func (e *Engine) lead() {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	courtesy := time.NewTicker(courtesyEvery)
	defer courtesy.Stop()
	for {
		select {
		case m := <-e.queue:
			if m.alone != nil {
				m.done <- m.alone(e.writer)
				continue
			}
			e.group(m)
			select {
			case <-courtesy.C:
				time.Sleep(courtesyPause)
			default:
			}
		case <-look.C:
			e.look()
		case <-e.closing:
			return
		}
	}
}

// group runs first and whoever else waits, and commits.
func (e *Engine) group(first *member) {
	if err := e.begin(first.ctx); err != nil {
		first.done <- err
		close(first.turn)
		return
	}
	members, rest, err := e.turns(first)
	if err == nil {
		begun := time.Now()
		err = e.writer.exec("COMMIT")
		e.commit = time.Since(begun)
	}
	if err != nil {
		e.writer.exec("ROLLBACK") // it may be gone already
		err = fmt.Errorf("commit: %w", explain(err))
	}
	for _, m := range members {
		m.done <- err
	}
	if rest != nil {
		rest.done <- rest.alone(e.writer)
	}
}

// turns lets first and those in the queue run, within the limits of a group.
// If it meets one that wants to be alone, that is the rest.
func (e *Engine) turns(first *member) (members []*member, rest *member, err error) {
	late := time.NewTimer(min(max(e.commit, groupLeast), groupMost))
	defer late.Stop()
	for m := first; ; {
		members = append(members, m)
		if err := e.turn(m); err != nil || len(members) == groupSize {
			return members, nil, err
		}
		select {
		case <-late.C:
			return members, nil, nil
		default:
		}
		select {
		case m = <-e.queue:
			if m.alone != nil {
				return members, m, nil
			}
		default:
			return members, nil, nil
		}
	}
}

// turn lets one member run inside a savepoint. An error is the whole group's:
// SQLite has then given up the transaction (a full disk, for instance).
func (e *Engine) turn(m *member) error {
	e.writer.last = nil
	if err := e.writer.exec("SAVEPOINT turn"); err != nil {
		close(m.turn)
		return err
	}
	m.turn <- &tx{ctx: m.ctx, c: e.writer, e: e}
	if err := <-m.ran; err != nil {
		cause := e.writer.last
		if err := e.writer.exec("ROLLBACK TO turn"); err != nil {
			return cmp.Or(cause, err)
		}
	}
	return e.writer.exec("RELEASE turn")
}

// begin gets the lock that only one process has, trying until ctx ends.
func (e *Engine) begin(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("wait for another process to finish writing: %w", err)
		}
		err := e.writer.exec("BEGIN IMMEDIATE")
		if err == nil {
			break
		}
		if !busy(err) {
			return fmt.Errorf("begin: %w", explain(err))
		}
		select {
		case <-time.After(retryEvery):
		case <-e.closing:
			return storage.ErrClosed
		case <-ctx.Done():
		}
	}
	if err := e.look(); err != nil {
		e.writer.exec("ROLLBACK")
		return err
	}
	return nil
}
