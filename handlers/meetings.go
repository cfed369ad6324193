package handlers

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// meetingRoutes are the meetings of groups: for their members to see, for their
// coordinators and organisers to plan. Who is none of these gets the answer for
// what does not exist, from the desk.
func (s *Server) meetingRoutes() []route {
	const one, date = "/series/:id", "/series/:id/dates/:date"
	return []route{
		get("/groups/:id", SignedIn, s.showMeetings),
		get("/groups/:id/series/new", SignedIn, s.showNewSeries),
		post("/groups/:id/series/new", SignedIn, s.createSeries),
		get(one, SignedIn, s.showSeries),
		get(one+"/edit", SignedIn, s.showEditSeries),
		post(one+"/edit", SignedIn, s.editSeries),
		post(one+"/end", SignedIn, s.endSeries),
		get(date, SignedIn, s.showDate),
		post(date+"/move", SignedIn, s.moveDate),
		post(date+"/cancel", SignedIn, s.cancelDate),
		post(date+"/restore", SignedIn, s.restoreDate),
	}
}

// shownAhead is how many of the next meetings a page shows.
const shownAhead = 12

// meetingsPage is the data of templates/pages/meetings.html.
type meetingsPage struct {
	Page
	*scheduling.MeetingsPage
	Next []scheduling.GroupMeeting
	Now  time.Time
}

// showMeetings answers GET /groups/:id.
func (s *Server) showMeetings(c *fiber.Ctx) error {
	found, err := s.desk.GroupMeetings(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	now := s.desk.DB.Now()
	p := &meetingsPage{MeetingsPage: found, Next: found.Ahead(now, shownAhead), Now: now}
	p.NoIndex, p.Tabs = true, groupTabs(found.Group.ID)
	return s.page(c, "meetings", p)
}

// seriesPage is the data of templates/pages/series.html.
type seriesPage struct {
	Page
	*scheduling.SeriesPage
	Next []scheduling.GroupMeeting
	Over bool
	Last string // typed as the last day
}

// showSeries answers GET /series/:id.
func (s *Server) showSeries(c *fiber.Ctx) error { return s.series(c, "", nil) }

func (s *Server) series(c *fiber.Ctx, last string, problem *FormProblem) error {
	found, err := s.desk.OneSeries(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	now := s.desk.DB.Now()
	p := &seriesPage{SeriesPage: found, Next: found.Series.Ahead(now, 60), Over: found.Series.Over(now), Last: last}
	p.NoIndex, p.Problem = true, problem
	return s.page(c, "series", p)
}

// seriesFormPage is the data of templates/pages/series_form.html.
type seriesFormPage struct {
	Page
	F       values
	Group   *scheduling.Group
	Series  *scheduling.Series // as stored; nil for a new one
	Rules   []option
	Zones   []string
	Changed int // dates that were moved or cancelled
}

func (s *Server) seriesForm(c *fiber.Ctx, p *seriesFormPage, problem *FormProblem) error {
	p.NoIndex, p.Problem, p.Zones = true, problem, zones
	var rules []string
	for _, r := range scheduling.SeriesRules {
		rules = append(rules, string(r))
	}
	p.Rules = s.options(c, "series.rule", rules...)
	return s.page(c, "series_form", p)
}

// keptGroup gives a group whose meetings the actor may plan.
func (s *Server) keptGroup(c *fiber.Ctx, id string) (*scheduling.MeetingsPage, error) {
	p, err := s.desk.GroupMeetings(c.UserContext(), actor(c), id)
	if err == nil && !p.Manage {
		return nil, storage.ErrNotFound
	}
	return p, err
}

// showNewSeries answers GET /groups/:id/series/new. With ?follows= it goes on
// from another one of the group: this date and all after it, otherwise.
func (s *Server) showNewSeries(c *fiber.Ctx) error {
	p, err := s.keptGroup(c, c.Params("id"))
	if err != nil {
		return err
	}
	day := s.desk.DB.Now().AddDate(0, 0, 7).In(p.Cluster.Location())
	n := &scheduling.Series{Minutes: 60, Rule: scheduling.MonthlyWeekday, Every: 1, Zone: p.Cluster.Zone,
		Starts: time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, day.Location()), Until: day.AddDate(1, 0, 0).Format(time.DateOnly)}
	if i := slices.IndexFunc(p.Series, func(o *scheduling.Series) bool { return o.ID == c.Query("follows") }); i >= 0 {
		old := *p.Series[i]
		n = &old
		n.Follows, n.Rev = old.ID, 0
		if m, ok := old.On(c.Query("from")); ok {
			n.Starts = m.Was
		}
	}
	v := seriesValues(n)
	v.set("id", storage.NewID())
	return s.seriesForm(c, &seriesFormPage{F: v, Group: p.Group}, nil)
}

// createSeries answers POST /groups/:id/series/new. Sent twice, it makes one.
func (s *Server) createSeries(c *fiber.Ctx) error {
	p, err := s.keptGroup(c, c.Params("id"))
	if err != nil {
		return err
	}
	f := s.form(c)
	in := &scheduling.Series{Meta: storage.Meta{ID: f.NewID()}, GroupID: p.Group.ID, Follows: f.Value("follows")}
	err = f.readSeries(in)
	if err == nil {
		_, _, err = s.desk.SaveSeries(c.UserContext(), actor(c), in)
	} else {
		err = f.Join(in.Check())
	}
	if exists(err) && slices.ContainsFunc(p.Series, func(o *scheduling.Series) bool { return o.ID == in.ID }) {
		err = nil
	}
	if problem := s.seriesProblem(c, err); problem != nil {
		return s.seriesForm(c, &seriesFormPage{F: f.typed, Group: p.Group}, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/series/"+in.ID, "series.flash.made")
}

// seriesProblem is inForm with the form's own words for its inputs. The time of
// the first meeting is two of them.
func (s *Server) seriesProblem(c *fiber.Ctx, err error) *FormProblem {
	p := s.inForm(c, err, seriesFields...)
	if p == nil {
		return nil
	}
	for i := range p.Faults {
		f := &p.Faults[i]
		if label := "series.f." + f.Name; s.lang(c).Has(label) {
			f.Label = s.lang(c).Text(label)
		}
		if f.Name == "starts" {
			f.Name = "starts_day"
		}
	}
	return p
}

var seriesFields = []string{"title", "starts_day", "starts_time", "starts", "minutes", "zone", "rule", "every", "until", "place", "link"}

// keptSeries gives a series whose group the actor may plan for.
func (s *Server) keptSeries(c *fiber.Ctx) (*scheduling.SeriesPage, error) {
	p, err := s.desk.OneSeries(c.UserContext(), actor(c), c.Params("id"))
	if err == nil && !p.Manage {
		return nil, storage.ErrNotFound
	}
	return p, err
}

// showEditSeries answers GET /series/:id/edit.
func (s *Server) showEditSeries(c *fiber.Ctx) error {
	p, err := s.keptSeries(c)
	if err != nil {
		return err
	}
	return s.seriesForm(c, editSeriesPage(p, seriesValues(p.Series)), nil)
}

func editSeriesPage(p *scheduling.SeriesPage, v values) *seriesFormPage {
	return &seriesFormPage{F: v, Group: p.Group, Series: p.Series, Changed: len(p.Series.Exceptions)}
}

// editSeries answers POST /series/:id/edit.
func (s *Server) editSeries(c *fiber.Ctx) error {
	p, err := s.keptSeries(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	in := *p.Series
	in.Rev = f.EditRevision()
	gone := 0
	if err = f.readSeries(&in); err == nil {
		_, gone, err = s.desk.SaveSeries(c.UserContext(), actor(c), &in)
	} else {
		err = f.Join(in.Check())
	}
	if problem := s.seriesProblem(c, err); problem != nil {
		return s.seriesForm(c, editSeriesPage(p, f.typed), problem)
	}
	if err != nil {
		return err
	}
	if gone > 0 {
		return s.seeOther(c, "/series/"+in.ID, "series.flash.saved_gone", "count", gone)
	}
	return s.seeOther(c, "/series/"+in.ID, "series.flash.saved")
}

// seriesValues are the fields of the form for a series.
func seriesValues(n *scheduling.Series) values {
	v := values{}
	loc, err := time.LoadLocation(n.Zone)
	if err != nil {
		loc = time.UTC
	}
	v.set("rev", number64(n.Rev))
	v.set("follows", n.Follows)
	v.text("title", n.Title)
	v.moment("starts", n.Starts, loc)
	for name, s := range map[string]string{"place": n.Place, "link": n.Link, "zone": n.Zone, "rule": string(n.Rule), "until": n.Until} {
		v.set(name, s)
	}
	v.number("minutes", n.Minutes)
	v.number("every", n.Every)
	v.tick("public", n.Public)
	return v
}

// readSeries reads what the form says; what could not be understood is noted.
func (f *form) readSeries(n *scheduling.Series) error {
	n.Title, n.Place, n.Link, n.Public = f.Langs("title"), f.Text("place"), f.Text("link"), f.Check("public")
	n.Zone, n.Rule, n.Until = f.Text("zone"), scheduling.SeriesRule(f.Value("rule")), f.Day("until")
	n.Starts = f.Moment("starts", n.Zone)
	n.Minutes, n.Every = f.Int("minutes", 0, 24*60), f.Int("every", 1, 12)
	return f.Err()
}

// endSeries answers POST /series/:id/end.
func (s *Server) endSeries(c *fiber.Ctx) error {
	f := s.form(c)
	last := f.Day("last")
	_, err := s.desk.EndSeries(c.UserContext(), actor(c), c.Params("id"), last, "")
	if p := s.seriesProblem(c, err); p != nil {
		return s.series(c, f.Value("last"), p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/series/"+c.Params("id"), "series.flash.ended")
}

// datePage is the data of templates/pages/series_date.html.
type datePage struct {
	Page
	*scheduling.SeriesPage
	Meeting scheduling.GroupMeeting
	F       values
}

// showDate answers GET /series/:id/dates/:date: one meeting, to move or cancel.
func (s *Server) showDate(c *fiber.Ctx) error { return s.date(c, nil, nil) }

func (s *Server) date(c *fiber.Ctx, typed values, problem *FormProblem) error {
	found, m, err := s.keptDate(c)
	if err != nil {
		return err
	}
	if typed == nil {
		typed = values{}
		loc, err := time.LoadLocation(found.Series.Zone)
		if err != nil {
			loc = time.UTC
		}
		typed.moment("starts", m.Starts, loc)
		typed.set("place", m.Place)
	}
	p := &datePage{SeriesPage: found, Meeting: m, F: typed}
	p.NoIndex, p.Problem = true, problem
	return s.page(c, "series_date", p)
}

func (s *Server) keptDate(c *fiber.Ctx) (*scheduling.SeriesPage, scheduling.GroupMeeting, error) {
	p, err := s.keptSeries(c)
	if err != nil {
		return nil, scheduling.GroupMeeting{}, err
	}
	m, ok := p.Series.On(c.Params("date"))
	if !ok {
		err = storage.ErrNotFound
	}
	return p, m, err
}

// moveDate answers POST /series/:id/dates/:date/move.
func (s *Server) moveDate(c *fiber.Ctx) error {
	p, m, err := s.keptDate(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	starts, place := f.Moment("starts", p.Series.Zone), f.Text("place")
	if place == p.Series.Place {
		place = ""
	}
	if err = f.Err(); err == nil {
		_, err = s.desk.MoveMeeting(c.UserContext(), actor(c), p.Series.ID, m.Was, starts, place)
	}
	return s.dateDone(c, f, err, "series.flash.moved")
}

// cancelDate answers POST /series/:id/dates/:date/cancel.
func (s *Server) cancelDate(c *fiber.Ctx) error {
	p, m, err := s.keptDate(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	_, err = s.desk.CancelMeeting(c.UserContext(), actor(c), p.Series.ID, m.Was, f.Text("reason"))
	return s.dateDone(c, f, err, "series.flash.cancelled")
}

// restoreDate answers POST /series/:id/dates/:date/restore.
func (s *Server) restoreDate(c *fiber.Ctx) error {
	p, m, err := s.keptDate(c)
	if err != nil {
		return err
	}
	_, err = s.desk.RestoreMeeting(c.UserContext(), actor(c), p.Series.ID, m.Was)
	return s.dateDone(c, s.form(c), err, "series.flash.restored")
}

func (s *Server) dateDone(c *fiber.Ctx, f *form, err error, said string) error {
	if problem := s.seriesProblem(c, err); problem != nil {
		return s.date(c, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/series/"+c.Params("id"), said)
}
