package handlers

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling/jobs"
	"kohtaamo/storage"
)

// jobRoutes are the table of jobs.
func (s *Server) jobRoutes() []route {
	return []route{
		get("/admin/jobs", Administrator, s.showJobs),
		get("/admin/jobs/:name", Administrator, s.showJob),
		post("/admin/jobs/:name", Administrator, s.runJob),
	}
}

// jobsPage is the data of templates/pages/jobs.html.
type jobsPage struct {
	Page
	Jobs []jobLine
	Zone string
}

// A jobLine is a job with its last run, nil if it never ran, and its next.
type jobLine struct {
	jobs.Job
	About string
	Last  *jobs.Run
	Next  time.Time
	Late  bool // it should have run a while ago
}

// lateAfter is how long a job may be overdue before somebody should look.
const lateAfter = 5 * time.Minute

// jobLines are all jobs with how they stand now.
func (s *Server) jobLines(c *fiber.Ctx) ([]jobLine, error) {
	if s.Jobs == nil {
		return nil, nil
	}
	var out []jobLine
	for _, j := range s.Jobs.Jobs {
		line, err := s.jobLine(c, j)
		if err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}

func (s *Server) jobLine(c *fiber.Ctx, j jobs.Job) (jobLine, error) {
	now := s.desk.DB.Now()
	line := jobLine{Job: j, Next: s.Jobs.Next(j.Name, now)}
	if l := s.lang(c); l.Has("jobs.about." + j.Name) {
		line.About = l.Text("jobs.about." + j.Name)
	}
	runs, err := s.Jobs.Last(c.UserContext(), j.Name, 20)
	if err != nil || len(runs) == 0 {
		return line, err
	}
	line.Last = runs[0]
	if i := slices.IndexFunc(runs, func(r *jobs.Run) bool { return !r.ByHand }); i >= 0 {
		line.Late = now.Sub(s.Jobs.Next(j.Name, runs[i].Slot)) > lateAfter
	}
	return line, nil
}

// jobZone is the zone of the schedules.
func (s *Server) jobZone() string {
	if s.Jobs == nil || s.Jobs.Zone == nil {
		return "UTC"
	}
	return s.Jobs.Zone.String()
}

// showJobs answers GET /admin/jobs.
func (s *Server) showJobs(c *fiber.Ctx) (err error) {
	p := &jobsPage{Page: adminPage(), Zone: s.jobZone()}
	if p.Jobs, err = s.jobLines(c); err != nil {
		return err
	}
	return s.page(c, "jobs", p)
}

// jobPage is the data of templates/pages/job.html.
type jobPage struct {
	Page
	Job       jobLine
	Runs      []*jobs.Run
	Day, Time string // the moment that was typed
	Zone      string
}

// showJob answers GET /admin/jobs/:name.
func (s *Server) showJob(c *fiber.Ctx) error { return s.job(c, &jobPage{}) }

func (s *Server) job(c *fiber.Ctx, p *jobPage) error {
	j, err := s.jobOf(c)
	if err != nil {
		return err
	}
	problem := p.Problem
	p.Page, p.Zone = adminPage(), s.jobZone()
	p.Problem = problem
	if p.Job, err = s.jobLine(c, j); err != nil {
		return err
	}
	if p.Runs, err = s.Jobs.Last(c.UserContext(), j.Name, 50); err != nil {
		return err
	}
	return s.page(c, "job", p)
}

func (s *Server) jobOf(c *fiber.Ctx) (jobs.Job, error) {
	if s.Jobs != nil {
		if i := slices.IndexFunc(s.Jobs.Jobs, func(j jobs.Job) bool { return j.Name == c.Params("name") }); i >= 0 {
			return s.Jobs.Jobs[i], nil
		}
	}
	return jobs.Job{}, storage.ErrNotFound
}

// patience is how long a page waits for a job that somebody started; longest is
// how long that may then go on behind it.
const (
	patience = 5 * time.Second
	longest  = 30 * time.Minute
)

// runJob answers POST /admin/jobs/:name: the job runs by hand, now or as if it
// were another moment.
func (s *Server) runJob(c *fiber.Ctx) error {
	j, err := s.jobOf(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	now := f.Moment("now", s.jobZone())
	if p := s.inForm(c, f.Err()); p != nil {
		page := &jobPage{Day: f.Value("now_day"), Time: f.Value("now_time")}
		page.Problem = p
		return s.job(c, page)
	}
	if now.IsZero() {
		now = s.desk.DB.Now().UTC()
	}
	err = s.desk.DB.Update(c.UserContext(), func(tx *storage.Tx) error {
		return s.desk.Record(tx, actor(c), "job.run", j.Name, now.Format(time.RFC3339))
	})
	if err != nil {
		return err
	}
	return s.jobStarted(c, j.Name, s.startJob(c.UserContext(), j.Name, now))
}

// startJob runs a job on behalf of nobody's request in particular: whoever
// closes the browser does not stop it.
func (s *Server) startJob(ctx context.Context, name string, now time.Time) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
		defer cancel()
		run, err := s.Jobs.RunNow(ctx, name, now)
		done <- outcome{run, err}
	}()
	return done
}

// An outcome is what came of a job.
type outcome struct {
	run *jobs.Run
	err error
}

func (s *Server) jobStarted(c *fiber.Ctx, name string, done <-chan outcome) error {
	path := "/admin/jobs/" + name
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-wait.C:
		return s.seeOther(c, path, "jobs.flash.started")
	case o := <-done:
		switch {
		case errors.Is(o.err, jobs.ErrRunning):
			return s.seeOtherBad(c, path, "jobs.flash.running")
		case o.run == nil:
			return o.err
		case o.err != nil:
			return s.seeOtherBad(c, path, "jobs.flash.failed")
		}
		return s.seeOther(c, path, "jobs.flash.done", "count", o.run.Done)
	}
}
