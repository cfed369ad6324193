package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/jobs"
	"kohtaamo/storage"
)

// A Job runs by itself.
type Job struct {
	Name     string     `json:"name"`
	Schedule string     `json:"schedule" doc:"As cron writes it, or @every and a duration"`
	Zone     string     `json:"zone" doc:"IANA name of the zone that the schedule is in"`
	Next     *time.Time `json:"next,omitempty"`
	Runs     []Run      `json:"runs" doc:"The latest ten, newest first"`
}

// A Run is one time that a job ran.
type Run struct {
	ID       string     `json:"id"`
	For      time.Time  `json:"for" doc:"The time of the schedule; by hand, the moment it ran for"`
	Started  time.Time  `json:"started"`
	Finished *time.Time `json:"finished,omitempty"`
	State    string     `json:"state" enum:"running,done,failed,stopped"`
	Attempt  int        `json:"attempt" doc:"More than 1 if servers went away over it"`
	ByHand   bool       `json:"by_hand"`
	Done     int        `json:"done" doc:"How many things it did"`
	Error    string     `json:"error,omitempty"`
	Server   string     `json:"server"`
}

func run(r *jobs.Run) Run {
	return Run{
		r.ID, r.Slot.UTC(), r.Started.UTC(), timeOf(r.Finished), string(r.State), r.Attempt, r.ByHand, r.Done, r.Error, r.Owner,
	}
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
	add(a, o, a.listJobs)
	o = op{method: http.MethodPost, path: "/jobs/{name}/runs", id: "run-job", summary: "Run a job by hand, for any moment", subject: "jobs"}
	o.about = "Answers when the job is over; a job that fails is an answer too, with its error."
	add(a, o, a.runJob)
}

func (a *API) listJobs(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[Job], error) {
	if !by.Administers() {
		return nil, storage.ErrNotFound
	}
	if err := a.cfg.Jobs.Check(); err != nil {
		return nil, err
	}
	var found []Job
	for _, j := range a.cfg.Jobs.Jobs {
		last, err := a.cfg.Jobs.Last(ctx, j.Name, 10)
		if err != nil {
			return nil, err
		}
		found = append(found, Job{j.Name, j.Schedule, a.cfg.Jobs.Zone.String(), timeOf(a.cfg.Jobs.Next(j.Name, a.cfg.Now())), mapped(last, run)})
	}
	return listed(a, ctx, found, "", func(j Job) Job { return j }), nil
}

func (a *API) runJob(ctx context.Context, by scheduling.Actor, in *RunJob) (*Ran, error) {
	known := slices.ContainsFunc(a.cfg.Jobs.Jobs, func(j jobs.Job) bool { return j.Name == in.Name })
	if !by.Administers() || !known {
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
	if err := a.record(ctx, by, "job.run", in.Name, in.Name); err != nil {
		return nil, err
	}
	r, err := a.cfg.Jobs.RunNow(ctx, in.Name, now)
	switch {
	case errors.Is(err, jobs.ErrRunning):
		return nil, &scheduling.Problem{Kind: scheduling.Closed, Key: "api.job_runs"}
	case r == nil:
		return nil, err
	}
	return &Ran{run(r)}, nil
}
