package main

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/api"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/jobs"
	"kohtaamo/storage"
)

// mountAPI adds the API to the website.
func (h *house) mountAPI(runner *jobs.Runner) func(*fiber.App) {
	return func(app *fiber.App) {
		api.Mount(app, api.Config{
			Desk: h.desk, Outbox: h.outbox, DB: h.db, BaseURL: h.cfg.BaseURL, Log: h.cfg.Log,
			Jobs: shownJobs{runner}, Actor: h.bearer,
		})
	}
}

// bearer gives who a token stands for, and its scopes.
func (h *house) bearer(ctx context.Context, plain string) (scheduling.Actor, []string, error) {
	who, t, err := h.auth.ByToken(ctx, plain)
	if err != nil {
		return who, nil, err
	}
	return who, t.Scopes, nil
}

// shownJobs is the table of jobs as the API shows it.
type shownJobs struct{ runner *jobs.Runner }

// runsShown is how many of its last runs a job is listed with.
const runsShown = 5

// List gives every job with its last runs.
func (s shownJobs) List(ctx context.Context) ([]api.Job, error) {
	if err := s.runner.Check(); err != nil {
		return nil, err
	}
	var out []api.Job
	for _, j := range s.runner.Jobs {
		last, err := s.runner.Last(ctx, j.Name, runsShown)
		if err != nil {
			return nil, err
		}
		next := s.runner.Next(j.Name, s.runner.Now())
		job := api.Job{Name: j.Name, Schedule: j.Schedule, Zone: s.runner.Zone.String(), Next: &next}
		for _, r := range last {
			job.Runs = append(job.Runs, shownRun(r))
		}
		out = append(out, job)
	}
	return out, nil
}

// Run does one job by hand; what went wrong with it is in the Run.
func (s shownJobs) Run(ctx context.Context, name string, now time.Time) (api.Run, error) {
	if s.runner.Next(name, now).IsZero() {
		return api.Run{}, storage.ErrNotFound
	}
	r, err := s.runner.RunNow(ctx, name, now)
	if r == nil {
		return api.Run{}, err
	}
	return shownRun(r), nil
}

func shownRun(r *jobs.Run) api.Run {
	run := api.Run{Started: r.Started, For: r.Slot, Done: r.Done, Error: r.Error}
	if !r.Finished.IsZero() {
		run.Ended = &r.Finished
	}
	if r.ByHand {
		run.By = r.Owner
	}
	return run
}
