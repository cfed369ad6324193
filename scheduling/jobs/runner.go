package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"kohtaamo/storage"
)

// A Job is something to be done again and again.
type Job struct {
	Name     string // unique, for people and the command line: reminders
	Schedule string // cron line of five fields on the Runner's clocks, or "@every 1m"
	// Do does what is due at now and says how many things it did. It stops
	// soon when ctx ends; what is left is done by the next run.
	Do func(ctx context.Context, now time.Time) (done int, err error)
}

// A Runner runs a table of jobs. DB and Jobs must be set, the rest may be.
type Runner struct {
	DB    *storage.DB
	Jobs  []Job
	Zone  *time.Location   // of the schedules; UTC if nil
	Log   *slog.Logger     // one line a run; nothing if nil
	Now   func() time.Time // the database's clock if nil
	Owner string           // names this server in the runs; host and process if empty
	Lease time.Duration    // how long a dead server keeps its jobs; a minute if 0
	Keep  int              // how many runs of each job are kept; 50 if 0

	once  sync.Once
	err   error
	table []*entry
}

// An entry is a job with its schedule read.
type entry struct {
	Job
	schedule cron.Schedule
}

// Check reads the table and reports every mistake in it at once.
func (r *Runner) Check() error {
	r.once.Do(func() {
		r.defaults()
		var mistakes []error
		seen := map[string]bool{}
		for i, job := range r.Jobs {
			s, err := parse(job.Schedule, r.Zone)
			switch {
			case job.Name == "":
				err = fmt.Errorf("job %d has no name", i+1)
			case seen[job.Name]:
				err = fmt.Errorf("job %s: there are two of this name", job.Name)
			case err != nil:
				err = fmt.Errorf("job %s: schedule %w", job.Name, err)
			case job.Do == nil:
				err = fmt.Errorf("job %s: nothing to do", job.Name)
			}
			seen[job.Name] = true
			mistakes = append(mistakes, err)
			r.table = append(r.table, &entry{job, s})
		}
		r.err = errors.Join(mistakes...)
	})
	return r.err
}

func (r *Runner) defaults() {
	if r.Zone == nil {
		r.Zone = time.UTC
	}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.Now == nil {
		r.Now = r.DB.Now
	}
	if r.Owner == "" {
		host, _ := os.Hostname() // only for people to read
		r.Owner = fmt.Sprintf("%s/%d", host, os.Getpid())
	}
	if r.Lease == 0 {
		r.Lease = time.Minute
	}
	if r.Keep == 0 {
		r.Keep = 50
	}
}

func (r *Runner) now() time.Time { return r.Now().UTC().Truncate(time.Millisecond) }

func (r *Runner) job(name string) (*entry, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	for _, e := range r.table {
		if e.Name == name {
			return e, nil
		}
	}
	return nil, fmt.Errorf("there is no job %q", name)
}

// Serve runs the jobs by the clock until ctx ends, and then waits for those
// under way, whose context has ended too. At its start it makes up for what was
// left or missed. It fails only if the table is wrong.
func (r *Runner) Serve(ctx context.Context) error {
	if err := r.Check(); err != nil {
		return err
	}
	clock := cron.New(cron.WithLocation(r.Zone), cron.WithLogger(cron.DiscardLogger))
	var others sync.WaitGroup
	for _, e := range r.table {
		var id cron.EntryID
		id = clock.Schedule(e.schedule, cron.FuncJob(func() { r.due(ctx, e, clock.Entry(id).Prev) }))
		others.Go(func() { r.catchUp(ctx, e) })
		clock.Schedule(every(max(r.Lease/2, time.Second)), cron.FuncJob(func() { r.resume(ctx, e) }))
	}
	clock.Start()
	<-ctx.Done()
	<-clock.Stop().Done()
	others.Wait()
	return nil
}

// due runs a slot unless it is, or the job still is, run elsewhere.
func (r *Runner) due(ctx context.Context, e *entry, slot time.Time) {
	if ctx.Err() != nil {
		return
	}
	run, token, err := r.claim(ctx, e.Name, slot, false)
	if errors.Is(err, errTaken) || errors.Is(err, ErrRunning) {
		r.Log.Debug("job not run here", "job", e.Name, "slot", slot, "why", err)
		return
	}
	if err != nil {
		if ctx.Err() == nil { // whoever stops us knows; the slot is caught up at the next start
			r.Log.Error("job could not start", "job", e.Name, "slot", slot, "error", err)
		}
		return
	}
	r.work(ctx, e, run, token, r.now())
}

// resume goes on with what a server left behind.
func (r *Runner) resume(ctx context.Context, e *entry) {
	if ctx.Err() != nil {
		return
	}
	run, token, err := r.takeOver(ctx, e.Name)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Error("job could not be taken over", "job", e.Name, "error", err)
		}
		return
	}
	if run != nil {
		r.work(ctx, e, run, token, r.now())
	}
}

func (r *Runner) catchUp(ctx context.Context, e *entry) {
	r.resume(ctx, e)
	if slot := latest(e.schedule, r.now()); !slot.IsZero() {
		r.due(ctx, e, slot)
	}
}

// RunNow runs one job by hand as if it were now, which may be any moment, and
// gives what came of it, with the job's own error. ErrRunning if it runs.
func (r *Runner) RunNow(ctx context.Context, name string, now time.Time) (*Run, error) {
	e, err := r.job(name)
	if err != nil {
		return nil, err
	}
	run, token, err := r.claim(ctx, name, now, true)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", name, err)
	}
	if err := r.work(ctx, e, run, token, now); err != nil {
		return run, fmt.Errorf("run %s: %w", name, err)
	}
	return run, nil
}

// RunAll runs every job by hand, in the order of the table, as if it were now.
// A job that fails does not keep the others from running.
func (r *Runner) RunAll(ctx context.Context, now time.Time) ([]*Run, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	var done []*Run
	var failed []error
	for _, e := range r.table {
		run, err := r.RunNow(ctx, e.Name, now)
		if run != nil {
			done = append(done, run)
		}
		failed = append(failed, err)
	}
	return done, errors.Join(failed...)
}

// Last gives the last n runs of a job, or of all if name is empty, newest first.
func (r *Runner) Last(ctx context.Context, name string, n int) (list []*Run, err error) {
	q := storage.Query{Sort: "-started", Limit: n}
	if name != "" {
		q.Where = []storage.Cond{storage.Is("job", name)}
	}
	err = r.DB.View(ctx, func(tx *storage.Tx) error {
		list, err = runs.Find(tx, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the last runs: %w", err)
	}
	return list, nil
}

// Next is when a job comes next after a moment; zero for an unknown job.
func (r *Runner) Next(name string, after time.Time) time.Time {
	e, err := r.job(name)
	if err != nil {
		return time.Time{}
	}
	return e.schedule.Next(after)
}
