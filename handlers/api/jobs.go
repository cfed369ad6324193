package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// Jobs is the table of jobs, as far as the API shows it.
type Jobs interface {
	// List gives every job with its latest runs, the newest first.
	List(ctx context.Context) ([]Job, error)
	// Run does a job once as if it were now, and gives the run. storage.ErrNotFound
	// if there is none of that name; an error of the job itself is in the Run.
	Run(ctx context.Context, name string, now time.Time) (Run, error)
}

// A Job runs by itself.
type Job struct {
	Name     string     `json:"name"`
	Schedule string     `json:"schedule" doc:"As cron writes it"`
	Zone     string     `json:"zone" doc:"IANA name of the zone that the schedule is in"`
	Next     *time.Time `json:"next,omitempty"`
	Runs     []Run      `json:"runs" doc:"The latest, newest first"`
}

// A Run is one time that a job ran.
type Run struct {
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended,omitempty"`
	For     time.Time  `json:"for" doc:"The moment it ran for"`
	By      string     `json:"by,omitempty" doc:"Who asked for it; empty for the clock"`
	Done    int        `json:"done" doc:"How many things it did"`
	Error   string     `json:"error,omitempty"`
}

// RunJob says for which moment.
type RunJob struct {
	Name string    `path:"name" maxLength:"64"`
	Now  time.Time `query:"now" doc:"As if it were that moment; the present if missing"`
}

// Ran is the answer of run-job.
type Ran struct{ Body Run }

func (a *API) jobRoutes() {
	if a.cfg.Jobs == nil {
		return
	}
	o := op{method: http.MethodGet, path: "/jobs", id: "list-jobs", summary: "List jobs with their last runs", subject: "jobs"}
	add(a, o, func(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[Job], error) {
		if !by.Administers() {
			return nil, storage.ErrNotFound
		}
		found, err := a.cfg.Jobs.List(ctx)
		return whole(a, ctx, found, func(j Job) Job { j.Runs = list(j.Runs); return j }, err)
	})
	o = op{method: http.MethodPost, path: "/jobs/{name}/runs", id: "run-job", summary: "Run a job by hand, for any moment", subject: "jobs"}
	add(a, o, a.runJob)
}

func (a *API) runJob(ctx context.Context, by scheduling.Actor, in *RunJob) (*Ran, error) {
	if !by.Administers() {
		return nil, storage.ErrNotFound
	}
	w := wrong{}
	now := w.instant("now", in.Now)
	if err := w.inQuery(callerIn(ctx)); err != nil {
		return nil, err
	}
	if now.IsZero() {
		now = a.cfg.Now().UTC()
	}
	run, err := a.cfg.Jobs.Run(ctx, in.Name, now)
	if err != nil {
		return nil, err
	}
	if err := a.record(ctx, by, "job.run", in.Name, in.Name); err != nil {
		return nil, err
	}
	return &Ran{run}, nil
}
