package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// work does a run that was claimed, and gives the job's error.
func (r *Runner) work(ctx context.Context, e *entry, run *Run, token string, now time.Time) error {
	mine, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	var renewing sync.WaitGroup
	over := make(chan struct{})
	renewing.Go(func() { r.keep(mine, lose, e.Name, token, over) })
	done, err := r.safely(mine, e, now)
	close(over)
	renewing.Wait()

	r.settle(ctx, run, done, err)
	// The end is stored also when the program is told to stop.
	stored, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if lost := r.finish(stored, run, token); lost != nil {
		err = errors.Join(err, lost)
	}
	r.log(run, err)
	return err
}

func (r *Runner) settle(ctx context.Context, run *Run, done int, err error) {
	run.State, run.Done, run.Finished = Done, done, r.now()
	if err == nil {
		return
	}
	run.State, run.Error = Failed, brief(err.Error())
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		run.State = Stopped
	}
}

// brief keeps an error to what a table can show.
func brief(s string) string {
	const most = 500
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(s, "")
}

// safely makes a panic an error: one job must not end the program.
func (r *Runner) safely(ctx context.Context, e *entry, now time.Time) (done int, err error) {
	defer func() {
		if v := recover(); v != nil {
			r.Log.Error("job panicked", "job", e.Name, "panic", v, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return e.Do(ctx, now)
}

// keep renews the lease three times in its length until the work is over. If
// another server has the lease, the work is called off.
func (r *Runner) keep(ctx context.Context, lose context.CancelCauseFunc, job, token string, over <-chan struct{}) {
	tick := time.NewTicker(r.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-over:
			return
		case <-tick.C:
		}
		// A job that takes its time to stop still holds its lease.
		err := r.renew(context.WithoutCancel(ctx), job, token)
		if errors.Is(err, errLost) {
			lose(errLost)
			return
		}
		if err != nil {
			r.Log.Warn("job's lease not renewed", "job", job, "error", err)
		}
	}
}

func (r *Runner) log(run *Run, err error) {
	attrs := []any{"job", run.Job, "slot", run.Slot, "by_hand", run.ByHand, "done", run.Done, "took", run.Took(), "attempt", run.Attempt}
	switch {
	case err == nil && run.Done == 0 && !run.ByHand:
		r.Log.Debug("job had nothing to do", attrs...)
	case err == nil:
		r.Log.Info("job done", attrs...)
	case run.State == Stopped:
		r.Log.Info("job stopped with the server", attrs...)
	default:
		r.Log.Error("job failed", append(attrs, "error", err)...)
	}
}
