package handlers

import (
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// periodsPage is the data of templates/pages/periods.html.
type periodsPage struct {
	Page
	Periods  []*scheduling.ReportPeriod
	Clusters map[string]string // names
	Projects map[string]string
	Zone     string
}

// showPeriods answers GET /organise/periods.
func (s *Server) showPeriods(c *fiber.Ctx) (err error) {
	p := &periodsPage{Page: figureFrame(), Zone: houseZone}
	if p.Periods, err = s.desk.Periods(c.UserContext(), actor(c)); err != nil {
		return err
	}
	if p.Clusters, err = s.clusterNames(c); err != nil {
		return err
	}
	p.Projects, err = s.projectNames(c)
	if err != nil {
		return err
	}
	return s.page(c, "periods", p)
}

func (s *Server) projectNames(c *fiber.Ctx) (map[string]string, error) {
	list, err := s.desk.Projects(c.UserContext())
	out := map[string]string{}
	for _, p := range list {
		out[p.ID] = p.Name.In(s.lang(c).Code())
	}
	return out, err
}

// periodPage is the data of templates/pages/period.html.
type periodPage struct {
	Page
	Period   *scheduling.ReportPeriod
	Lines    []periodLine
	Cluster  string
	Project  string
	Over     bool
	Changed  int // figures that were corrected
	Zone     string
	RowQuery template.URL // of the rows behind a figure
}

// A periodLine is a figure of a period in words.
type periodLine struct {
	figureLine
	Frozen    int
	Target    int
	Corrected int
	Changed   bool
	Reached   bool
}

// showPeriod answers GET /organise/periods/:id.
func (s *Server) showPeriod(c *fiber.Ctx) error {
	found, err := s.desk.Period(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &periodPage{Page: figureFrame(), Period: found.Period, Zone: houseZone, Over: !found.Period.Until.After(s.desk.DB.Now())}
	p.Wide, p.Tabs = true, nil
	clusters, err := s.clusterNames(c)
	if err != nil {
		return err
	}
	projects, err := s.projectNames(c)
	if err != nil {
		return err
	}
	p.Cluster, p.Project = clusters[found.Period.ClusterID], projects[found.Period.ProjectID]
	for _, x := range found.Lines {
		l := periodLine{figureLine: s.figureLine(c, x.Indicator, figureName(s.lang(c), x.Indicator.Key), x.Frozen, scheduling.Figure{}, false),
			Frozen: x.Frozen.N, Target: x.Target, Corrected: x.Corrected(), Changed: x.Changed(), Reached: x.Target > 0 && x.Frozen.N >= x.Target}
		l.N = x.Now.N
		if l.Changed {
			p.Changed++
		}
		p.Lines = append(p.Lines, l)
	}
	p.RowQuery = s.periodQuery(found.Period)
	return s.page(c, "period", p)
}

// periodQuery is the choice of figures that a period covers.
func (s *Server) periodQuery(p *scheduling.ReportPeriod) template.URL {
	return figureChoice{Cluster: p.ClusterID, Project: p.ProjectID, now: s.desk.DB.Now()}.between(p.From, p.Until).Query()
}

// periodFormPage is the data of templates/pages/period_form.html.
type periodFormPage struct {
	Page
	Period     *scheduling.ReportPeriod
	House      string // that it can be of the whole house; empty: not for who asks
	Until      string // the last day
	From       string
	Clusters   []option
	Projects   []option
	Indicators []periodTarget
}

// A periodTarget is what one figure should be.
type periodTarget struct{ Key, Name, Value string }

// showNewPeriod answers GET /organise/periods/new: this year, until something
// else is said.
func (s *Server) showNewPeriod(c *fiber.Ctx) error {
	year := s.desk.DB.Now().In(houseLocation()).Year()
	return s.periodForm(c, &scheduling.ReportPeriod{Meta: storage.Meta{ID: storage.NewID()}, Name: strconv.Itoa(year), From: yearBegins(year), Until: yearBegins(year + 1)}, nil)
}

func (s *Server) periodForm(c *fiber.Ctx, period *scheduling.ReportPeriod, problem *FormProblem) (err error) {
	p := &periodFormPage{Page: figureFrame(), Period: period}
	p.Problem, p.Tabs = problem, nil
	if !period.From.IsZero() {
		p.From = period.From.In(houseLocation()).Format(time.DateOnly)
	}
	if !period.Until.IsZero() {
		p.Until = period.Last().Format(time.DateOnly)
	}
	if actor(c).Organises() {
		p.House = s.lang(c).Text("period.house")
	}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	projects, err := s.desk.Projects(c.UserContext())
	for _, x := range projects {
		p.Projects = append(p.Projects, option{x.ID, x.Name.In(s.lang(c).Code())})
	}
	if err != nil {
		return err
	}
	for _, i := range scheduling.Indicators() {
		t := periodTarget{Key: i.Key, Name: figureName(s.lang(c), i.Key)}
		if n, ok := period.Targets[i.Key]; ok {
			t.Value = strconv.Itoa(n)
		}
		p.Indicators = append(p.Indicators, t)
	}
	return s.page(c, "period_form", p)
}

// createPeriod answers POST /organise/periods/new. Sent twice, it makes one.
func (s *Server) createPeriod(c *fiber.Ctx) error {
	f := s.form(c)
	p := &scheduling.ReportPeriod{Meta: storage.Meta{ID: f.NewID()}}
	f.readPeriod(p)
	return s.periodSaved(c, p, f, 0)
}

// showEditPeriod answers GET /organise/periods/:id/edit.
func (s *Server) showEditPeriod(c *fiber.Ctx) error {
	found, err := s.desk.Period(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.periodForm(c, found.Period, nil)
}

// editPeriod answers POST /organise/periods/:id/edit.
func (s *Server) editPeriod(c *fiber.Ctx) error {
	found, err := s.desk.Period(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f, p, now := s.form(c), found.Period, found.Period.Rev
	p.Rev = f.EditRevision()
	f.readPeriod(p)
	return s.periodSaved(c, p, f, now)
}

// periodSaved saves what was read; now is the revision that a form shows again,
// as whoever read what is wrong decides about the present version.
func (s *Server) periodSaved(c *fiber.Ctx, p *scheduling.ReportPeriod, f *form, now int64) error {
	err := f.Err()
	var saved *scheduling.ReportPeriod
	if err == nil {
		saved, err = s.desk.SavePeriod(c.UserContext(), actor(c), p)
	}
	fields := []string{"name", "from", "until", "cluster_id", "project_id"}
	for _, i := range scheduling.Indicators() {
		fields = append(fields, "target_"+i.Key)
	}
	if exists(err) { // the form came twice
		if again, found := s.desk.Period(c.UserContext(), actor(c), p.ID); found == nil {
			saved, err = again.Period, nil
		}
	}
	if problem := s.inForm(c, err, fields...); problem != nil {
		p.Rev = now
		return s.periodForm(c, p, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/periods/"+saved.ID, "directory.flash.saved", "name", saved.Name)
}

// readPeriod reads the form; of a closed period it has no dates.
func (f *form) readPeriod(p *scheduling.ReportPeriod) {
	p.Name = f.Text("name")
	if !p.Closed() {
		p.ClusterID, p.ProjectID = f.Value("cluster_id"), f.Value("project_id")
		p.From, p.Until = dayBegins(f.Day("from"), 0), dayBegins(f.Day("until"), 1)
	}
	p.Targets = map[string]int{}
	for _, name := range f.Names("target_") {
		if f.Text(name) != "" {
			p.Targets[strings.TrimPrefix(name, "target_")] = f.Int(name, 0, 10_000_000)
		}
	}
}

// dayBegins is midnight of a day on the house's clock, some days later; zero for
// none.
func dayBegins(day string, later int) time.Time {
	d, err := time.ParseInLocation(time.DateOnly, day, houseLocation())
	if err != nil {
		return time.Time{}
	}
	return d.AddDate(0, 0, later).UTC()
}

// closePeriod answers POST /organise/periods/:id/close.
func (s *Server) closePeriod(c *fiber.Ctx) error {
	path := "/organise/periods/" + c.Params("id")
	p, err := s.desk.ClosePeriod(c.UserContext(), actor(c), c.Params("id"))
	if problem := scheduling.ProblemIn(err); problem != nil {
		return s.seeOtherBad(c, path, problem.Key, problem.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, path, "period.flash.closed", "name", p.Name)
}
