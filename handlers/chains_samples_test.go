package handlers

import (
	"maps"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func sampleChain(on bool) chainPage {
	step := func(id string, w scheduling.StepTime) scheduling.ChainStep {
		return scheduling.ChainStep{ID: id, When: w, Subject: scheduling.Text{"fi": hostile}, Body: scheduling.Text{"fi": hostile}}
	}
	c := &scheduling.Chain{Meta: storage.Meta{ID: "chain", Rev: 3}, ClusterID: "c", Name: scheduling.Text{"en": hostile}, Trigger: scheduling.OnCheckedIn, On: on, Since: t0,
		Steps: []scheduling.ChainStep{
			step("a", scheduling.StepTime{Anchor: scheduling.FromStart, Before: true, Days: 7, Hours: 1, At: "09:00"}),
			step("b", scheduling.StepTime{Anchor: scheduling.FromEnd, Hours: 2}), step("c", scheduling.StepTime{Anchor: scheduling.FromTrigger}),
			step("d", scheduling.StepTime{Anchor: scheduling.FromStart, Before: true}),
		}}
	c.Steps[1].Ask, c.Steps[1].Instead = true, true
	c.Steps[1].Only = scheduling.StepOnly{Lang: "fi", Kind: scheduling.SME, Place: "seat", Survey: "none", FirstTime: scheduling.OnlyYes, Agenda: scheduling.OnlyNo}
	return chainPage{Page: mailFrame(), ChainPage: &scheduling.ChainPage{Chain: c, Cluster: &scheduling.Cluster{Name: scheduling.Text{"en": hostile}, Zone: houseZone},
		Event: sampleOwn(scheduling.Published)}, Base: "/organise/chains/chain", Steps: c.Sorted(), Name: c.Name}
}

func sampleStep(p *stepPage) paged {
	one := []option{{"a", hostile}}
	p.chainPage, p.ID, p.Fields = sampleChain(true), "a", "{{name}}"
	p.Anchors, p.Directions, p.Only = one, one, stepChoices{one, one, one, one, one}
	p.Subject, p.Body = scheduling.Text{"fi": hostile}, scheduling.Text{"fi": hostile}
	return p
}

func sampleSurvey(state scheduling.SurveyState, anonymous bool) *scheduling.Survey {
	e := sampleOwn(scheduling.Published)
	qs := append([]scheduling.Question{{Key: "recommend", Kind: scheduling.AskScale, Required: true, Label: scheduling.Text{"en": hostile}, Help: scheduling.Text{"en": hostile}}}, e.Rules.Questions...)
	return &scheduling.Survey{Meta: storage.Meta{ID: "event", Rev: 2}, State: state, Intro: scheduling.Text{"en": hostile}, Questions: qs, Anonymous: anonymous, ClosesAt: t0, Asked: 3, Answered: 2}
}

func sampleSurveyForm(survey *scheduling.Survey, problem *FormProblem) paged {
	p := &eventSurveyPage{Fields: "{{event}}", boardPage: sampleBoard(scheduling.Published), Survey: survey, F: values{}, AskKinds: []option{{"scale", hostile}, {"choice", hostile}}}
	p.Problem = problem
	if survey == nil {
		p.Others = []option{{"e", hostile}}
		return p
	}
	p.Chains = []scheduling.EventChain{{Chain: sampleChain(true).Chain}, {Chain: sampleChain(false).Chain, Own: true}}
	p.F = surveyValues(survey, p.Event.Location())
	p.ask(1)
	return p
}

func sampleAnswer(p scheduling.SurveyPage) paged {
	p.Event, p.Link = sampleOwn(scheduling.Published), "r.mac"
	out := &surveyPage{SurveyPage: &p, Lead: hostile}
	for _, q := range p.Survey.Questions {
		out.Questions = append(out.Questions, asking{Question: q, Name: "answer." + q.Key, Shown: true, Answer: []choice{{"9", "9", true}}})
	}
	return out
}

func init() {
	steps := []scheduling.RunStepLine{
		{RunStep: scheduling.RunStep{State: scheduling.StepSent}, Subject: scheduling.Text{"en": hostile}, Mail: mailer.Sent},
		{RunStep: scheduling.RunStep{State: scheduling.StepWaiting, Due: t0}, Subject: scheduling.Text{"en": hostile}},
		{RunStep: scheduling.RunStep{State: scheduling.StepSkipped, Why: "lang"}, Subject: scheduling.Text{"en": hostile}},
	}
	run := func(state scheduling.RunState, why string) scheduling.RunLine {
		return scheduling.RunLine{ChainRun: &scheduling.ChainRun{State: state, Why: why}, Name: hostile, Email: "a@example.fi", About: scheduling.Text{"en": hostile}, Zone: houseZone, Steps: steps}
	}
	maps.Copy(samples, map[string]func() paged{
		"chains": func() paged {
			p := &chainsPage{Page: mailFrame(), Ready: scheduling.DefaultChains(), Clusters: []option{{"c", hostile}}, Triggers: []option{{"confirmed", hostile}}, NewID: "x", F: values{}}
			p.Groups = []chainGroup{{hostile, []chainRow{{sampleChain(true).Chain, hostile}, {sampleChain(false).Chain, ""}}}}
			p.Problem = wrong("name", "trigger")
			return p
		},
		"chains none": func() paged { return &chainsPage{Page: mailFrame(), F: values{}} },
		"chain":       func() paged { p := sampleChain(true); return &p },
		"chain off":   func() paged { p := sampleChain(false); p.Problem = wrong("name"); return &p },
		"chain empty": func() paged { p := sampleChain(false); p.Steps = nil; return &p },
		"chain_step":  func() paged { return sampleStep(&stepPage{F: stepValues(sampleChain(true).Steps[1])}) },
		"chain_step new": func() paged {
			p := &stepPage{New: true, F: values{}}
			out := sampleStep(p)
			p.Problem = wrong("days", "at", "subject", "body", "anchor", "direction")
			return out
		},
		"chain_runs": func() paged {
			return &chainRunsPage{chainPage: sampleChain(true), Chips: []chip{{Label: hostile, Path: "/x", Count: 3, On: true}},
				Lines: []scheduling.RunLine{run(scheduling.RunOn, ""), run(scheduling.RunStopped, "cancelled"), run(scheduling.RunDone, ""), {ChainRun: &scheduling.ChainRun{State: scheduling.RunDone}}}}
		},
		"chain_runs none": func() paged { return &chainRunsPage{chainPage: sampleChain(false)} },
		"chain_try": func() paged {
			p := &chainTryPage{chainPage: sampleChain(false), About: "e", Things: []option{{"e", hostile}}, Dry: &scheduling.DryRun{Zone: houseZone}}
			step := p.Chain.Steps[0]
			p.Dry.Lines = []scheduling.DryLine{
				{Name: hostile, Email: "a@example.fi", State: scheduling.Confirmed, Steps: []scheduling.DryStep{
					{ChainStep: step, RunStep: scheduling.RunStep{State: scheduling.StepWaiting, Due: t0.Add(time.Hour)}},
					{ChainStep: step, RunStep: scheduling.RunStep{State: scheduling.StepSkipped, Why: "past"}}}},
				{Name: hostile, State: scheduling.Waitlisted, Why: "waiting"}, {Name: hostile, Why: "left"}}
			return p
		},
		"chain_try none": func() paged { return &chainTryPage{chainPage: sampleChain(true)} },
		"event_chains": func() paged {
			return &eventChainsPage{sampleBoard(scheduling.Published), []scheduling.EventChain{{Chain: sampleChain(true).Chain}, {Chain: sampleChain(false).Chain, Own: true}}}
		},
		"event_chains none": func() paged { return &eventChainsPage{boardPage: sampleBoard(scheduling.Draft)} },
		"event_survey":      func() paged { return sampleSurveyForm(sampleSurvey(scheduling.SurveyOpen, false), nil) },
		"event_survey draft": func() paged {
			return sampleSurveyForm(sampleSurvey(scheduling.SurveyDraft, true), wrong("intro", "questions", "questions.0.label.fi", "anonymous", "closes_day"))
		},
		"event_survey none": func() paged { return sampleSurveyForm(nil, nil) },
		"survey_results": func() paged {
			return &surveyResultsPage{boardPage: sampleBoard(scheduling.Published), Survey: sampleSurvey(scheduling.SurveyClosed, false), Plots: []surveyPlot{
				{Label: hostile, Answered: 2, Mean: "8,5", Score: "+50", Bars: []surveyBar{{"9", 2, 100, 2}, {hostile, 0, 0, 2}}},
				{Label: hostile, Answered: 1, Texts: []scheduling.WrittenBy{{Name: hostile, Text: hostile}, {Text: hostile}}}, {Label: hostile}}}
		},
		"survey_results few": func() paged {
			return &surveyResultsPage{boardPage: sampleBoard(scheduling.Published), Survey: sampleSurvey(scheduling.SurveyOpen, true), Few: true}
		},
		"survey": func() paged {
			p := sampleAnswer(scheduling.SurveyPage{Survey: sampleSurvey(scheduling.SurveyOpen, true), Open: true})
			p.base().Problem = wrong("answer.recommend", "answer.why")
			return p
		},
		"survey change": func() paged {
			return sampleAnswer(scheduling.SurveyPage{Survey: sampleSurvey(scheduling.SurveyOpen, false), Open: true, Answered: true})
		},
		"survey done": func() paged {
			return sampleAnswer(scheduling.SurveyPage{Survey: sampleSurvey(scheduling.SurveyOpen, true), Open: true, Answered: true})
		},
		"survey closed": func() paged {
			return sampleAnswer(scheduling.SurveyPage{Survey: sampleSurvey(scheduling.SurveyClosed, false)})
		},
	})
}
