package handlers

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/mailer"
)

// About is what administrators see of the installation. What is not set is not
// shown.
type About struct {
	Version  string                               // "0.1.0 (1a2b3c)"
	Database string                               // "SQLite" or "MongoDB"
	Size     func(context.Context) (int64, error) // bytes that the database takes, if that can be told
	Mail     string                               // where mail goes, without secrets: "smtp", "dir", "log"
}

// adminRoutes are the administrators' front page.
func (s *Server) adminRoutes() []route {
	return []route{get("/admin", Administrator, s.showAdmin)}
}

// overviewPage is the data of templates/pages/overview.html. All figures are
// measured when it is asked for.
type overviewPage struct {
	Page
	About       About
	Megabytes   int64 // that the database takes, begun ones counted; 0 if unknown
	Up          bool  // the database answers
	Mail        mailer.Pulse
	Held        int
	Failed      int
	Jobs        int
	Late        []string // names of jobs
	FailedJobs  []string
	LastRun     time.Time
	Zone        string
	MailStopped bool
}

// stopped is how long due mail may wait before somebody should look.
const stopped = 5 * time.Minute

// showAdmin answers GET /admin.
func (s *Server) showAdmin(c *fiber.Ctx) (err error) {
	p := &overviewPage{Page: adminPage(), About: s.About, Zone: houseZone}
	p.measureDatabase(c.UserContext(), s)
	if p.Mail, err = s.desk.Outbox.Pulse(c.UserContext()); err != nil {
		return err
	}
	p.MailStopped = p.Mail.Due > 0 && s.desk.DB.Now().Sub(p.Mail.Since) > stopped
	counts, err := s.desk.MailCounts(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p.Held, p.Failed = counts[mailer.Held], counts[mailer.Failed]
	lines, err := s.jobLines(c)
	if err != nil {
		return err
	}
	p.readJobs(lines)
	return s.page(c, "overview", p)
}

func (p *overviewPage) measureDatabase(ctx context.Context, s *Server) {
	p.Up = s.desk.DB.Ping(ctx) == nil
	if s.About.Size == nil {
		return
	}
	size, err := s.About.Size(ctx)
	if err != nil {
		s.log.WarnContext(ctx, "measure the database", "err", err)
		return
	}
	p.Megabytes = (size + 1<<20 - 1) >> 20
}

func (p *overviewPage) readJobs(lines []jobLine) {
	p.Jobs = len(lines)
	for _, j := range lines {
		if j.Late {
			p.Late = append(p.Late, j.Name)
		}
		if j.Last == nil {
			continue
		}
		if j.Last.State == "failed" {
			p.FailedJobs = append(p.FailedJobs, j.Name)
		}
		if j.Last.Started.After(p.LastRun) {
			p.LastRun = j.Last.Started
		}
	}
}
