package scheduling

import (
	"cmp"
	"slices"
	"time"
)

// The limits of a step's time.
const (
	maxStepMonths = 24
	maxStepDays   = 366
	maxStepHours  = 72
	letterLimit   = 10_000
)

// check cleans c and says everything that is wrong with it, but for its steps.
func (c *Chain) check() error {
	f := faults{}
	c.Name = c.Name.trimmed()
	if c.Name.Empty() {
		f.add("name", "problem.required")
	}
	if c.Name.longest() > titleLimit {
		f.add("name", "problem.too_long")
	}
	if !slices.Contains(Triggers, c.Trigger) {
		f.add("trigger", "problem.choice")
	}
	return f.problem()
}

// checkStep cleans a step of c and says everything that is wrong with it, of
// fields with the words and the line of the first fault.
func (c *Chain) checkStep(s *ChainStep) error {
	f := faults{}
	s.Subject, s.Body = s.Subject.trimmed(), s.Body.trimmed()
	for lang, t := range s.Subject {
		s.Subject[lang] = cleanLine(t)
	}
	f.words("subject", s.Subject, subjectLimit)
	f.words("body", s.Body, letterLimit)
	rule := triggers[c.Trigger]
	bad := cmp.Or(f.pattern("subject", s.Subject, rule.kind.fields), f.pattern("body", s.Body, rule.kind.fields))
	f.stepTime(rule, s.When)
	f.stepOnly(s.Only)
	if !rule.kind.events {
		s.Ask, s.Late, s.Instead = false, false, false
		s.Only.Place, s.Only.FirstTime, s.Only.Agenda = "", "", ""
		if s.Only.Survey == "none" {
			s.Only.Survey = ""
		}
	}
	s.Late = s.Late && s.When.beforeStart()
	s.Instead = s.Instead && rule.thanks != ""
	s.Ask = s.Ask && rule.surveys
	return f.patternProblem(bad)
}

// words notes a text that has to be there, and one that is too long.
func (f faults) words(field string, t Text, limit int) {
	if t.Empty() {
		f.add(field, "problem.required")
	}
	if t.longest() > limit {
		f.add(field, "problem.too_long")
	}
}

func (f faults) stepTime(rule triggerRule, w StepTime) {
	if !slices.Contains(rule.anchors, w.Anchor) {
		f.add("anchor", "problem.choice")
	}
	if w.Before && w.Anchor != FromStart {
		f.add("anchor", "chain.before_what")
	}
	if w.Months < 0 || w.Months > maxStepMonths {
		f.add("months", "problem.number")
	}
	if w.Days < 0 || w.Days > maxStepDays {
		f.add("days", "problem.number")
	}
	if w.Hours < 0 || w.Hours > maxStepHours {
		f.add("hours", "problem.number")
	}
	if _, err := time.Parse("15:04", w.At); w.At != "" && err != nil {
		f.add("at", "input.time")
	}
}

func (f faults) stepOnly(o StepOnly) {
	for field, known := range map[string]bool{
		"only_lang":       len(o.Lang) <= 3,
		"only_kind":       o.Kind == "" || slices.Contains(CompanyKinds, o.Kind),
		"only_place":      o.Place == "" || slices.Contains(StepPlaces, o.Place),
		"only_survey":     o.Survey == "" || slices.Contains(StepSurveys, o.Survey),
		"only_first_time": slices.Contains([]YesNo{"", OnlyYes, OnlyNo}, o.FirstTime),
		"only_agenda":     slices.Contains([]YesNo{"", OnlyYes, OnlyNo}, o.Agenda),
	} {
		if !known {
			f.add(field, "problem.choice")
		}
	}
}
