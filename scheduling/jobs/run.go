package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// ErrRunning is the answer to running by hand what runs already.
var ErrRunning = errors.New("the job is running already")

var errTaken = errors.New("another server has run this slot")

// A Run is one run of a job, kept to be looked at.
type Run struct {
	storage.Meta `bson:",inline"`
	Job          string    `bson:"job"`
	Slot         time.Time `bson:"slot"` // the time of the schedule; by hand, the moment it was run for
	SlotKey      string    `bson:"slot_key,omitempty"`
	Started      time.Time `bson:"started"`
	Finished     time.Time `bson:"finished,omitempty"`
	Owner        string    `bson:"owner"`   // which server
	Attempt      int       `bson:"attempt"` // 1, more if servers died over it
	ByHand       bool      `bson:"by_hand"`
	State        State     `bson:"state"`
	Done         int       `bson:"done"` // how many things the job says it did
	Error        string    `bson:"error,omitempty"`
}

// Took is how long the run took, nothing while it runs.
func (r *Run) Took() time.Duration {
	if r.Finished.IsZero() {
		return 0
	}
	return r.Finished.Sub(r.Started)
}

// A State says how far a run is.
type State string

// Running → Done | Failed; Stopped when its server was told to stop, until the
// next one goes on.
const (
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
	Stopped State = "stopped"
)

var runs = storage.NewCollection[Run]("job_runs",
	storage.UniqueIf("slot_key"), storage.Ordered("job", "started"), storage.Ordered("started"))

// A lease is the right to run a job. Its ID is the job's name, so that all who
// want to run it write the same document.
type lease struct {
	storage.Meta `bson:",inline"`
	Slot         time.Time `bson:"slot"`   // the last that was begun by the clock
	Token        string    `bson:"token"`  // who holds it, none if nobody
	RunID        string    `bson:"run_id"` // the run that is under way or was left
	Until        time.Time `bson:"until"`
}

var leases = storage.NewCollection[lease]("job_leases")

// Specs are the collections that a database of a Runner must have.
var Specs = []storage.Spec{runs.Spec, leases.Spec}

func (l *lease) held(now time.Time) bool { return now.Before(l.Until) }

func (l *lease) release() { l.Token, l.RunID, l.Until = "", "", time.Time{} }

func leaseOf(tx *storage.Tx, job string) (*lease, error) {
	l, err := leases.Get(tx, job)
	if errors.Is(err, storage.ErrNotFound) {
		return &lease{Meta: storage.Meta{ID: job}}, nil
	}
	return l, err
}

// claim begins a run: ErrRunning if the job runs, errTaken if the slot was
// begun before.
func (r *Runner) claim(ctx context.Context, job string, slot time.Time, byHand bool) (run *Run, token string, err error) {
	slot = slot.UTC().Truncate(time.Millisecond)
	token = storage.NewID()
	err = r.DB.Update(ctx, func(tx *storage.Tx) error {
		l, err := leaseOf(tx, job)
		switch {
		case err != nil:
			return err
		case l.held(r.now()):
			return ErrRunning
		case !byHand && !slot.After(l.Slot):
			return errTaken
		}
		if err := r.giveUp(tx, l.RunID); err != nil {
			return err
		}
		run = &Run{Meta: storage.Meta{ID: storage.NewID()}, Job: job, Slot: slot, Started: r.now(),
			Owner: r.Owner, Attempt: 1, ByHand: byHand, State: Running}
		if !byHand {
			l.Slot, run.SlotKey = slot, job+"/"+slot.Format(time.RFC3339Nano)
		}
		l.Token, l.RunID, l.Until = token, run.ID, r.now().Add(r.Lease)
		if err := leases.Put(tx, l); err != nil {
			return err
		}
		return runs.Put(tx, run)
	})
	if errors.Is(err, storage.ErrDuplicate) { // two servers made the first lease at once
		err = errTaken
	}
	return run, token, err
}

// giveUp closes a run that its server left behind, as a new one covers it.
func (r *Runner) giveUp(tx *storage.Tx, id string) error {
	if id == "" {
		return nil
	}
	run, err := runs.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil || run.State == Stopped {
		return err
	}
	run.State, run.Finished, run.Error = Failed, r.now(), "its server went away"
	return runs.Put(tx, run)
}

// maxAttempts is how many servers may die over one run before it is left.
const maxAttempts = 3

// takeOver goes on with the run of a job whose server went away; nil if there
// is none. What was run by hand, or has failed often, is not run again.
func (r *Runner) takeOver(ctx context.Context, job string) (run *Run, token string, err error) {
	token = storage.NewID()
	err = r.DB.Update(ctx, func(tx *storage.Tx) error {
		run = nil
		l, err := leaseOf(tx, job)
		if err != nil || l.RunID == "" || l.held(r.now()) {
			return err
		}
		left, err := runs.Get(tx, l.RunID)
		if errors.Is(err, storage.ErrNotFound) || err == nil && (left.ByHand || left.Attempt >= maxAttempts) {
			err = r.giveUp(tx, l.RunID)
			l.release()
			return errors.Join(err, leases.Put(tx, l))
		}
		if err != nil {
			return err
		}
		if left.State != Stopped {
			left.Attempt++
		}
		left.Owner, left.State, left.Started, left.Finished, left.Error = r.Owner, Running, r.now(), time.Time{}, ""
		l.Token, l.Until = token, r.now().Add(r.Lease)
		run = left
		return errors.Join(leases.Put(tx, l), runs.Put(tx, left))
	})
	return run, token, err
}

var errLost = errors.New("another server has taken this run over")

// renew lengthens a lease that is still ours.
func (r *Runner) renew(ctx context.Context, job, token string) error {
	return r.DB.Update(ctx, func(tx *storage.Tx) error {
		l, err := leaseOf(tx, job)
		if err != nil {
			return err
		}
		if l.Token != token {
			return errLost
		}
		l.Until = r.now().Add(r.Lease)
		return leases.Put(tx, l)
	})
}

// finish stores what came of a run, gives the lease back and drops old runs. A
// run that was stopped leaves its lease to be taken over at once.
func (r *Runner) finish(ctx context.Context, run *Run, token string) error {
	err := r.DB.Update(ctx, func(tx *storage.Tx) error {
		l, err := leaseOf(tx, run.Job)
		if err != nil {
			return err
		}
		if l.Token != token {
			return errLost
		}
		l.Token, l.Until = "", time.Time{}
		if run.State != Stopped || run.ByHand {
			l.release()
		}
		if err := errors.Join(leases.Put(tx, l), runs.Put(tx, run)); err != nil {
			return err
		}
		return r.trim(tx, run.Job)
	})
	if err != nil {
		return fmt.Errorf("store what came of %s: %w", run.Job, err)
	}
	return nil
}

func (r *Runner) trim(tx *storage.Tx, job string) error {
	old, err := runs.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("job", job)}, Sort: "-started", Skip: r.Keep, Limit: 100})
	if err != nil {
		return err
	}
	for _, run := range old {
		if err := runs.Delete(tx, run); err != nil {
			return err
		}
	}
	return nil
}
