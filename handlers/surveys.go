package handlers

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/spool"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// surveyRoutes are the surveys of events, and answering them by a link.
func (s *Server) surveyRoutes() []route {
	const one = "/organise/events/:id/survey"
	return []route{
		get(one, Organiser, s.showEventSurvey),
		post(one, Organiser, s.saveSurvey),
		post(one+"/start", Organiser, s.startSurvey),
		post(one+"/state", Organiser, s.setSurvey),
		get(one+"/results", Organiser, s.showSurveyResults),
		get(one+"/results.csv", Organiser, s.surveyCSV),
		get(one+"/results.xlsx", Organiser, s.surveyXLSX),
		get("/survey/:link", Link, s.showSurvey),
		post("/survey/:link", Link, s.answerSurvey),
	}
}

// eventSurveyPage is the data of templates/pages/event_survey.html.
type eventSurveyPage struct {
	boardPage
	Survey   *scheduling.Survey
	Chains   []scheduling.EventChain
	Others   []option // events whose questions can be taken
	F        values
	Asked    []askedRow
	AskKinds []option
	Fields   string // that the introduction can name
}

// eventSurvey reads the survey of the address's event.
func (s *Server) eventSurvey(c *fiber.Ctx) (*eventSurveyPage, error) {
	b, err := s.board(c)
	if err != nil {
		return nil, err
	}
	found, err := s.desk.Survey(c.UserContext(), actor(c), b.Event.ID)
	if err != nil {
		return nil, err
	}
	p := &eventSurveyPage{boardPage: b, Survey: found.Survey, Chains: found.Chains, F: values{}, Fields: inBraces(scheduling.SurveyFields)}
	for _, e := range found.Others {
		p.Others = append(p.Others, option{e.ID, e.Title.In(s.lang(c).Code())})
	}
	for _, k := range scheduling.SurveyKinds {
		p.AskKinds = append(p.AskKinds, s.options(c, "question.kind", string(k))...)
	}
	if p.Survey != nil {
		p.F = surveyValues(p.Survey, p.Event.Location())
	}
	return p, nil
}

func surveyValues(survey *scheduling.Survey, loc *time.Location) values {
	v := values{}
	v.set("rev", number64(survey.Rev))
	v.text("intro", survey.Intro)
	v.tick("anonymous", survey.Anonymous)
	v.moment("closes", survey.ClosesAt, loc)
	for i, q := range survey.Questions {
		v.question(fmt.Sprintf("questions.%d", i), q)
	}
	return v
}

// ask makes the lines of the form: those there are, and so many more.
func (p *eventSurveyPage) ask(more int) {
	for i := range p.F.rows("questions") + more {
		p.Asked = append(p.Asked, askedRow{N: i, Key: p.F.Get(fmt.Sprintf("questions.%d.key", i))})
	}
}

// showEventSurvey answers GET /organise/events/:id/survey.
func (s *Server) showEventSurvey(c *fiber.Ctx) error {
	p, err := s.eventSurvey(c)
	if err != nil {
		return err
	}
	p.ask(0)
	return s.page(c, "event_survey", p)
}

// saveSurvey answers POST /organise/events/:id/survey, or shows the form with
// another question.
func (s *Server) saveSurvey(c *fiber.Ctx) error {
	p, err := s.eventSurvey(c)
	if err != nil {
		return err
	}
	if p.Survey == nil {
		return s.seeOther(c, p.Base+"/survey", "")
	}
	f := s.eventForm(c)
	in := f.survey(p.Survey, p.Event.Zone)
	p.F = f.v
	if f.Value("do") == "question" {
		p.ask(1)
		return s.page(c, "event_survey", p)
	}
	if err = f.Err(); err == nil {
		_, err = s.desk.SaveSurvey(c.UserContext(), actor(c), p.Event.ID, in)
	}
	if p.Problem = s.labelled(c, "survey.f.", s.inForm(c, f.all(err), "intro", "questions")); p.Problem != nil {
		p.ask(0)
		return s.page(c, "event_survey", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base+"/survey", "survey.flash.saved")
}

// survey reads what was typed. Questions keep their keys, under which people
// have answered.
func (f *eventForm) survey(old *scheduling.Survey, zone string) scheduling.SurveyEdit {
	f.e = &scheduling.Event{Zone: zone, Rules: scheduling.EventRules{Questions: old.Questions}}
	f.readQuestions()
	if f.Text("closes_day") != "" {
		f.otherwise("closes_time", "23:59")
	}
	return scheduling.SurveyEdit{Rev: f.EditRevision(), Intro: f.Langs("intro"), Questions: f.e.Rules.Questions,
		Anonymous: f.Check("anonymous"), ClosesAt: f.Moment("closes", zone)}
}

// startSurvey answers POST /organise/events/:id/survey/start.
func (s *Server) startSurvey(c *fiber.Ctx) error {
	_, err := s.desk.StartSurvey(c.UserContext(), actor(c), c.Params("id"), s.form(c).Value("from"))
	if exists(err) {
		err = nil // pressed twice
	}
	return s.surveyDone(c, "survey.flash.started", err)
}

// setSurvey answers POST /organise/events/:id/survey/state.
func (s *Server) setSurvey(c *fiber.Ctx) error {
	to, key := scheduling.SurveyState(s.form(c).Value("to")), "survey.flash.closed"
	if to == scheduling.SurveyOpen {
		key = "survey.flash.open"
	}
	_, err := s.desk.SetSurvey(c.UserContext(), actor(c), c.Params("id"), to)
	return s.surveyDone(c, key, err)
}

// surveyDone goes back to the survey, saying what was done or what is in the way.
func (s *Server) surveyDone(c *fiber.Ctx, key string, err error) error {
	path := "/organise/events/" + c.Params("id") + "/survey"
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, path, p.Key, p.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, path, key)
}

// surveyResultsPage is the data of templates/pages/survey_results.html.
type surveyResultsPage struct {
	boardPage
	Survey *scheduling.Survey
	Few    bool
	Plots  []surveyPlot
}

// A surveyPlot is how one question was answered: a table that is a chart too.
type surveyPlot struct {
	Label       string
	Answered    int
	Mean, Score string // of a scale
	Bars        []surveyBar
	Texts       []scheduling.WrittenBy
}

// A surveyBar is one answer that could be chosen.
type surveyBar struct {
	Label          string
	N, Share, Most int
}

// showSurveyResults answers GET /organise/events/:id/survey/results.
func (s *Server) showSurveyResults(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	res, err := s.desk.SurveyResults(c.UserContext(), actor(c), b.Event.ID)
	if err != nil {
		return err
	}
	p := &surveyResultsPage{boardPage: b, Survey: res.Survey, Few: res.Few}
	for i := range res.Questions {
		p.Plots = append(p.Plots, s.surveyPlot(c, &res.Questions[i]))
	}
	return s.page(c, "survey_results", p)
}

func (s *Server) surveyPlot(c *fiber.Ctx, q *scheduling.SurveyCount) surveyPlot {
	l := s.lang(c)
	plot := surveyPlot{Label: q.Question.Label.In(l.Code()), Answered: q.Answered, Texts: q.Texts}
	if q.Question.Kind == scheduling.AskScale && q.Answered > 0 {
		plot.Mean, plot.Score = strings.Replace(fmt.Sprintf("%.1f", q.Mean), ".", l.Text("survey.decimal"), 1), fmt.Sprintf("%+d", q.Score)
	}
	for _, key := range q.Keys {
		n := q.Counts[key]
		plot.Bars = append(plot.Bars, surveyBar{q.Question.Words(key, l), n, n * 100 / max(1, q.Answered), max(1, q.Most())})
	}
	return plot
}

// surveyCSV answers GET /organise/events/:id/survey/results.csv.
func (s *Server) surveyCSV(c *fiber.Ctx) error {
	return s.exportSurvey(c, "csv", "text/csv; charset=utf-8", table.NewCSV)
}

// surveyXLSX answers GET /organise/events/:id/survey/results.xlsx.
func (s *Server) surveyXLSX(c *fiber.Ctx) error {
	name := s.lang(c).Text("survey.results")
	return s.exportSurvey(c, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		func(w io.Writer) (table.Writer, error) { return table.NewXLSX(w, name) })
}

// exportSurvey sends the answers, a row each.
func (s *Server) exportSurvey(c *fiber.Ctx, ext, mediaType string, open func(io.Writer) (table.Writer, error)) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), writeTimeout)
	defer cancel()
	file, err := spool.Of(func(w io.Writer) error { return s.writeSurvey(ctx, c, b.Event.ID, w, open) })
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+b.Event.Slug+"-survey."+ext+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Response().SetBodyStream(file, -1)
	return nil
}

func (s *Server) writeSurvey(ctx context.Context, c *fiber.Ctx, eventID string, file io.Writer, open func(io.Writer) (table.Writer, error)) error {
	w, err := open(file)
	if err != nil {
		return err
	}
	l := s.lang(c)
	err = s.desk.EachSurveySheet(ctx, actor(c), eventID, func(res *scheduling.SurveyResults, name string, a scheduling.Answers) error {
		if a == nil {
			return w.Write(res.SurveyHead(l))
		}
		return w.Write(res.SurveyRow(l, name, a))
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// surveyPage is the data of templates/pages/survey.html.
type surveyPage struct {
	Page
	*scheduling.SurveyPage
	Lead      string // its introduction
	Questions []asking
}

// showSurvey answers GET /survey/:link.
func (s *Server) showSurvey(c *fiber.Ctx) error {
	found, err := s.desk.SurveyByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	return s.survey(c, found, found.Answers, nil)
}

func (s *Server) survey(c *fiber.Ctx, found *scheduling.SurveyPage, given scheduling.Answers, problem *FormProblem) error {
	l := s.lang(c)
	p := &surveyPage{SurveyPage: found, Lead: found.Intro(l), Questions: questionsOf(found.Survey.Questions, given, l.Code(), l.Text)}
	p.NoIndex, p.NoSignIn, p.Problem = true, true, problem
	if problem != nil {
		for i := range problem.Faults {
			for _, q := range p.Questions {
				if q.Name == problem.Faults[i].Name {
					problem.Faults[i].Label = q.Label.In(l.Code())
				}
			}
		}
	}
	secret(c)
	return s.funded(c, "survey", p, found.Event.ID)
}

// answerSurvey answers POST /survey/:link. Sent twice, the answers count once.
func (s *Server) answerSurvey(c *fiber.Ctx) error {
	link := c.Params("link")
	found, err := s.desk.SurveyByLink(c.UserContext(), link)
	if err != nil {
		return err
	}
	f, given := s.form(c), scheduling.Answers{}
	for _, name := range f.Names("answer.") {
		given[strings.TrimPrefix(name, "answer.")] = f.List(name)
	}
	_, err = s.desk.AnswerSurvey(c.UserContext(), link, given)
	switch p := scheduling.ProblemIn(err); {
	case p != nil && len(p.Fields) > 0:
		return s.survey(c, found, given, s.inForm(c, err))
	case p != nil:
		return s.seeOtherBad(c, "/survey/"+link, p.Key, p.Args...)
	case err != nil:
		return err
	}
	return s.seeOther(c, "/survey/"+link, "survey.flash.answered")
}
