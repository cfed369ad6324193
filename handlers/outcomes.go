package handlers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/templates"
)

// outcomeRoutes are what came of meetings: for those who met to say, for
// organisers to see.
func (s *Server) outcomeRoutes() []route {
	const report = "/organise/rounds/:id/outcomes"
	return []route{
		get("/outcomes/:link", Link, s.showOutcome),
		post("/outcomes/:link", Link, s.saveOutcome),
		get("/rounds/:slug/my/outcomes", SignedIn, s.showMyOutcomes),
		get(report, Organiser, s.showOutcomes),
		get(report+".csv", Organiser, s.exportOutcomes(csvFile)),
		get(report+".xlsx", Organiser, s.exportOutcomes(xlsx)),
	}
}

// outcomePage is the data of templates/pages/outcome.html. Mail scanners open
// the links in a mail before its reader does, so a link only leads here: one
// button says it, and what there is more to say comes after.
type outcomePage struct {
	Page
	*scheduling.OutcomePage
	F       values
	Steps   []option
	Ratings []option
	Owners  []option
	Sides   []tick // who did not come
	Closed  bool   // too early, too late, or cancelled
}

// showOutcome answers GET /outcomes/:link.
func (s *Server) showOutcome(c *fiber.Ctx) error {
	p, _, err := s.desk.OutcomeByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	return s.outcome(c, p, outcomeValues(p.Mine), nil)
}

func (s *Server) outcome(c *fiber.Ctx, found *scheduling.OutcomePage, v values, problem *FormProblem) error {
	p := &outcomePage{OutcomePage: found, F: v}
	p.NoIndex, p.NoSignIn, p.Problem = true, true, problem
	p.Closed = found.Early || !found.Meeting.State.Stands()
	for _, l := range scheduling.Ladders {
		p.Steps = append(p.Steps, option{string(l), s.lang(c).Text("outcome.step." + string(l))})
	}
	for n := 1; n <= 5; n++ {
		p.Ratings = append(p.Ratings, option{strconv.Itoa(n), s.lang(c).Text("outcome.rating." + strconv.Itoa(n))})
	}
	for _, o := range found.Owners {
		p.Owners = append(p.Owners, option{o.PersonID, o.Name + " (" + o.Entrant + ")"})
	}
	for _, side := range found.Meeting.Parties {
		p.Sides = append(p.Sides, tick{option{side.EntrantID, side.Name}, v.Has("absent", side.EntrantID)})
	}
	return s.fundedRound(c, "outcome", p, p.Round)
}

// outcomeValues are the fields of the form for an outcome.
func outcomeValues(o *scheduling.Outcome) values {
	v := values{}
	if o == nil {
		return v
	}
	v.set("step", string(o.Step))
	v.set("note", o.Note)
	v.set("next", o.Next)
	v.set("owner", o.Owner)
	v.set("due", o.Due)
	v["absent"] = o.Absent
	if o.Rating > 0 {
		v.set("rating", strconv.Itoa(o.Rating))
	}
	if o.Done {
		v.set("done", "1")
	}
	return v
}

// outcomeFields are the inputs of the form, in their order.
var outcomeFields = []string{"absent", "step", "rating", "next", "owner", "due", "note"}

// saveOutcome answers POST /outcomes/:link: "met" and "not" say the one thing
// and leave the rest as it is, "save" brings the whole form.
func (s *Server) saveOutcome(c *fiber.Ctx) error {
	p, by, err := s.desk.OutcomeByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	f := s.form(c)
	in := scheduling.Outcome{Met: true}
	if p.Mine != nil {
		in = *p.Mine
	}
	switch f.Value("do") {
	case "met":
		in.Met = true
	case "not":
		in.Met = false
	default:
		f.readOutcome(&in)
	}
	err = f.Err()
	if err == nil {
		_, err = s.desk.SaveOutcome(c.UserContext(), by, p.Meeting.ID, p.Entrant.ID, in)
	}
	if problem := s.inForm(c, err, outcomeFields...); problem != nil {
		return s.outcome(c, p, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/outcomes/"+c.Params("link"), "outcome.flash.saved")
}

func (f *form) readOutcome(o *scheduling.Outcome) {
	if o.Met {
		o.Step = scheduling.Ladder(f.Value("step"))
		o.Rating = 0
		if f.Value("rating") != "" {
			o.Rating = f.Int("rating", 1, 5)
		}
	} else {
		o.Absent = f.List("absent")
	}
	o.Next, o.Owner, o.Note, o.Done = f.Text("next"), f.Value("owner"), f.Value("note"), f.Check("done")
	o.Due = f.Day("due")
}

// myOutcomesPage is the data of templates/pages/outcomes_mine.html.
type myOutcomesPage struct {
	Page
	Round *scheduling.Round
	Open  []*scheduling.OutcomePage // not answered yet
	Said  []*scheduling.OutcomePage
}

// showMyOutcomes answers GET /rounds/:slug/my/outcomes.
func (s *Server) showMyOutcomes(c *fiber.Ctx) error {
	r, list, err := s.desk.MyOutcomes(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return err
	}
	p := &myOutcomesPage{Round: r}
	p.NoIndex = true
	for _, o := range list {
		if o.Mine == nil {
			p.Open = append(p.Open, o)
		} else {
			p.Said = append(p.Said, o)
		}
	}
	return s.fundedRound(c, "outcomes_mine", p, p.Round)
}

// outcomesPage is the data of templates/pages/outcomes.html.
type outcomesPage struct {
	Page
	*scheduling.OutcomeReport
	Filter  scheduling.OutcomeFilter
	Filters []figureLink // with a figure of their own
	Ladder  []figureLink
	Shown   []*scheduling.OutcomeRow
	Base    string
	Now     time.Time
}

// A figureLink is a figure that leads to the rows it counts.
type figureLink struct {
	Key, Value string
	N          int
	Current    bool
}

// shownOutcomes is how many rows a page shows; exports hold all.
const shownOutcomes = 200

// showOutcomes answers GET /organise/rounds/:id/outcomes.
func (s *Server) showOutcomes(c *fiber.Ctx) error {
	rep, err := s.desk.OutcomeReport(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &outcomesPage{OutcomeReport: rep, Filter: outcomeFilter(c), Base: "/organise/rounds/" + rep.Round.ID, Now: s.desk.DB.Now()}
	p.NoIndex, p.Wide, p.Tabs = true, true, roundLinks("/organise/rounds/"+rep.Round.ID, 0)
	for _, f := range scheduling.OutcomeFilters {
		p.Filters = append(p.Filters, figureLink{"outcome.figure." + string(f), string(f), rep.Figure[f], p.Filter == f})
	}
	for _, l := range scheduling.Ladders {
		f := scheduling.OutcomeFilter(l)
		p.Ladder = append(p.Ladder, figureLink{"outcome.step." + string(l), string(f), rep.Figure[f], p.Filter == f})
	}
	p.Shown = rep.Shown(p.Filter)
	p.Shown = p.Shown[:min(len(p.Shown), shownOutcomes)]
	return s.page(c, "outcomes", p)
}

// outcomeFilter is the one that the address names; what it does not know shows all.
func outcomeFilter(c *fiber.Ctx) scheduling.OutcomeFilter {
	f := scheduling.OutcomeFilter(c.Query("show"))
	if slices.Contains(scheduling.OutcomeFilters, f) || slices.Contains(scheduling.Ladders, scheduling.Ladder(f)) {
		return f
	}
	return scheduling.OutcomesAll
}

// outcomeColumns are the columns of an export.
var outcomeColumns = []string{"starts", "table", "entrant", "other", "state", "met", "step", "rating", "next", "owner", "due", "done", "note", "answered"}

// exportOutcomes answers GET /organise/rounds/:id/outcomes.csv and .xlsx: a
// line for each side of each meeting that the filter chooses.
func (s *Server) exportOutcomes(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		rep, err := s.desk.OutcomeReport(c.UserContext(), actor(c), c.Params("id"))
		if err != nil {
			return err
		}
		l := s.lang(c)
		return s.sendTable(c, k, "outcome.sheet", rep.Round.Slug+"-outcomes", func(w table.Writer) error {
			var head []string
			for _, name := range outcomeColumns {
				head = append(head, l.Text("outcome.column."+name))
			}
			if err := w.Write(head); err != nil {
				return err
			}
			for _, row := range rep.Shown(outcomeFilter(c)) {
				for _, side := range row.Meeting.Parties {
					if err := w.Write(outcomeLine(l, rep, row, side)); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
}

// outcomeLine is one side of a meeting.
func outcomeLine(l *templates.Lang, rep *scheduling.OutcomeReport, row *scheduling.OutcomeRow, side scheduling.Party) []string {
	m, zone := row.Meeting, rep.Round.Location()
	const form = "2006-01-02 15:04"
	at, _ := rep.Round.Table(m.Table)
	out := []string{m.Starts.In(zone).Format(form), at.Name, side.Name, strings.Join(m.Others(side.EntrantID), ", "), l.Text("state.meeting." + string(m.State))}
	o := row.By(side.EntrantID)
	if o == nil {
		return append(out, make([]string, len(outcomeColumns)-len(out))...)
	}
	yesNo := map[bool]string{true: l.Text("outcome.yes"), false: l.Text("outcome.no")}
	step, rating := "", ""
	if o.Met {
		step = l.Text("outcome.step." + string(o.Step))
	}
	if o.Rating > 0 {
		rating = strconv.Itoa(o.Rating)
	}
	done := ""
	if o.Next != "" {
		done = yesNo[o.Done]
	}
	return append(out, yesNo[o.Met], step, rating, o.Next, rep.Owners[o.Owner], o.Due, done, o.Note, o.AnsweredAt.In(zone).Format(form))
}
