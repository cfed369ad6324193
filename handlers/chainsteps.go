package handlers

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// stepPage is the data of templates/pages/chain_step.html.
type stepPage struct {
	chainPage
	New           bool
	ID            string
	F             values
	Subject, Body scheduling.Text
	Fields        string // that the texts can name
	Anchors       []option
	Directions    []option
	Only          stepChoices
}

// stepChoices are what the conditions of a step can be.
type stepChoices struct {
	Langs, Kinds, Places, Surveys, YesNo []option
}

// showStep answers GET /organise/chains/:chain/steps/:step; "new" is one to add.
func (s *Server) showStep(c *fiber.Ctx) error {
	p, err := s.step(c)
	if err != nil {
		return err
	}
	return s.page(c, "chain_step", p)
}

// step reads the step of the address.
func (s *Server) step(c *fiber.Ctx) (*stepPage, error) {
	found, err := s.chain(c)
	if err != nil {
		return nil, err
	}
	p := &stepPage{chainPage: *found, New: c.Params("step") == "new", ID: storage.NewID()}
	step := scheduling.ChainStep{When: scheduling.StepTime{Anchor: p.Chain.Trigger.Anchors()[0], Days: 1, At: "09:00"}}
	if !p.New {
		var there bool
		if step, there = p.Chain.Step(c.Params("step")); !there {
			return nil, storage.ErrNotFound
		}
		p.ID = step.ID
	}
	p.F, p.Subject, p.Body = stepValues(step), step.Subject, step.Body
	s.stepChoices(c, p)
	return p, nil
}

func (s *Server) stepChoices(c *fiber.Ctx, p *stepPage) {
	trigger := p.Chain.Trigger
	p.Fields = inBraces(trigger.Fields())
	for _, a := range trigger.Anchors() {
		p.Anchors = append(p.Anchors, s.options(c, "chain.anchor", string(a))...)
	}
	p.Directions = s.options(c, "chain.direction", "after", "before")
	o := &p.Only
	o.Langs, o.Kinds = s.options(c, "lang", languages...), s.companyKinds(c)
	if o.Surveys = s.options(c, "chain.survey", scheduling.StepSurveys...); !trigger.OfEvents() {
		o.Surveys = o.Surveys[:2]
		return
	}
	o.Places = s.options(c, "chain.place", scheduling.StepPlaces...)
	o.YesNo = s.options(c, "chain.yesno", "yes", "no")
}

// stepValues are the fields of the form for a step.
func stepValues(step scheduling.ChainStep) values {
	v := values{}
	v.set("anchor", string(step.When.Anchor))
	v.set("direction", "after")
	if step.When.Before {
		v["direction"] = []string{"before"}
	}
	v.number("months", step.When.Months)
	v.number("days", step.When.Days)
	v.number("hours", step.When.Hours)
	v.set("at", step.When.At)
	v.tick("ask", step.Ask)
	v.tick("late", step.Late)
	v.tick("instead", step.Instead)
	for name, s := range map[string]string{"lang": step.Only.Lang, "kind": string(step.Only.Kind), "place": step.Only.Place,
		"survey": step.Only.Survey, "first_time": string(step.Only.FirstTime), "agenda": string(step.Only.Agenda)} {
		v.set("only_"+name, s)
	}
	return v
}

// stepOf reads a step from the form.
func stepOf(f *form, id string) scheduling.ChainStep {
	step := scheduling.ChainStep{ID: id, Subject: f.Langs("subject"), Body: f.Langs("body"),
		Ask: f.Check("ask"), Late: f.Check("late"), Instead: f.Check("instead")}
	step.When = scheduling.StepTime{Anchor: scheduling.Anchor(f.Value("anchor")), Before: f.Value("direction") == "before",
		Months: f.Int("months", 0, 24), Days: f.Int("days", 0, 366), Hours: f.Int("hours", 0, 72)}
	if at := f.Text("at"); at != "" {
		hour, minute, ok := parseClock(at)
		if !ok {
			f.wrong("at", "input.time")
		}
		step.When.At = clockText(hour, minute)
	}
	step.Only = scheduling.StepOnly{Lang: f.Value("only_lang"), Kind: scheduling.CompanyKind(f.Value("only_kind")), Place: f.Value("only_place"),
		Survey: f.Value("only_survey"), FirstTime: scheduling.YesNo(f.Value("only_first_time")), Agenda: scheduling.YesNo(f.Value("only_agenda"))}
	return step
}

// saveStep answers POST /organise/chains/:chain/steps/:step. Sent twice, a new
// step is added once.
func (s *Server) saveStep(c *fiber.Ctx) error {
	p, err := s.step(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	if p.New {
		p.ID = f.NewID()
	}
	step, rev := stepOf(f, p.ID), int64(0) // a new step changes nothing that somebody saw
	if !p.New {
		rev = f.EditRevision()
	}
	if err = f.Err(); err == nil {
		_, err = s.desk.SaveStep(c.UserContext(), actor(c), p.Chain.ID, rev, step)
	}
	if p.Problem = s.chainProblem(c, err, "direction", "anchor", "months", "days", "hours", "at", "subject", "body"); p.Problem != nil {
		p.F, p.Subject, p.Body = f.typed, step.Subject, step.Body
		return s.page(c, "chain_step", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base, "chain.flash.saved")
}

// dropStep answers POST /organise/chains/:chain/steps/:step/drop.
func (s *Server) dropStep(c *fiber.Ctx) error {
	_, err := s.desk.DropStep(c.UserContext(), actor(c), c.Params("chain"), c.Params("step"))
	return s.chainDone(c, "/organise/chains/"+c.Params("chain"), "chain.flash.dropped", err)
}

// clockText is a time of day as it is stored: 09:00.
func clockText(hour, minute int) string { return fmt.Sprintf("%02d:%02d", hour, minute) }

// inBraces are fields as people write them.
func inBraces(fields []string) string { return "{{" + strings.Join(fields, "}}, {{") + "}}" }
