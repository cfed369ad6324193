package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"kohtaamo/scheduling"
)

// SurveyFields are what can be written about the survey of an event.
type SurveyFields struct {
	Intro     Text             `json:"intro" required:"false"`
	Questions []SurveyQuestion `json:"questions" minItems:"1" maxItems:"100"`
	Anonymous bool             `json:"anonymous" required:"false" doc:"Answers are not tied to names; settled once somebody was asked"`
	ClosesAt  *time.Time       `json:"closes_at,omitempty"`
	Revision  int64            `json:"revision" required:"false" minimum:"0" doc:"The revision that was read; 0 makes the survey"`
}

// A SurveyQuestion is something that those who took part are asked.
type SurveyQuestion struct {
	Key      string   `json:"key" pattern:"^[a-z0-9][a-z0-9_-]{0,59}$" doc:"Of the answers; stays when the label changes"`
	Kind     string   `json:"kind" enum:"scale,text,long,choice,many,yesno" doc:"A scale goes from 0 to 10"`
	Label    Text     `json:"label"`
	Help     Text     `json:"help" required:"false"`
	Required bool     `json:"required" required:"false"`
	Options  []Option `json:"options" required:"false" maxItems:"200" doc:"Of kinds choice and many"`
	When     *When    `json:"when,omitempty" doc:"Asked only of those who answered an earlier question so"`
}

// A Survey is what those who took part in an event are asked.
type Survey struct {
	State string `json:"state" enum:"draft,open,closed"`
	SurveyFields
	Asked    int `json:"asked"`
	Answered int `json:"answered"`
	Rate     int `json:"rate" doc:"How many of a hundred who were asked have answered"`
}

func survey(s *scheduling.Survey) Survey {
	return Survey{string(s.State), SurveyFields{textOf(s.Intro), mapped(s.Questions, func(q scheduling.Question) SurveyQuestion { return SurveyQuestion(question(q)) }),
		s.Anonymous, timeOf(s.ClosesAt), s.Rev}, s.Asked, s.Answered, s.Rate()}
}

func (a *API) surveyRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "chains"}
	}
	add(a, do(http.MethodGet, "/events/{id}/survey", "get-survey", "Show the survey of an event"), a.getSurvey)
	add(a, do(http.MethodPost, "/events/{id}/survey", "save-survey", "Make or change the survey of an event"), a.saveSurvey)
	add(a, do(http.MethodPost, "/events/{id}/survey/open", "open-survey", "Open a survey to answers"), a.setSurvey(scheduling.SurveyOpen))
	add(a, do(http.MethodPost, "/events/{id}/survey/close", "close-survey", "Close a survey"), a.setSurvey(scheduling.SurveyClosed))
	o := do(http.MethodGet, "/events/{id}/survey/results", "get-survey-results", "Count the answers to a survey")
	o.about = "Of an anonymous survey they are shown once there are three."
	add(a, o, a.surveyResults)
}

func (a *API) getSurvey(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Survey], error) {
	b, err := a.cfg.Desk.Survey(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if b.Survey == nil {
		return nil, scheduling.ErrNoSurvey
	}
	return one(b.Survey.Rev, survey(b.Survey)), nil
}

// SaveSurvey is the survey of an event.
type SaveSurvey struct {
	ByID
	Body SurveyFields
}

func (a *API) saveSurvey(ctx context.Context, by scheduling.Actor, in *SaveSurvey) (*One[Survey], error) {
	w, b := wrong{}, in.Body
	edit := scheduling.SurveyEdit{Rev: b.Revision, Intro: w.text("intro", b.Intro), Anonymous: b.Anonymous, ClosesAt: w.instant("closes_at", or(b.ClosesAt, time.Time{}))}
	for i, q := range b.Questions {
		edit.Questions = append(edit.Questions, Question(q).question(w, "questions."+strconv.Itoa(i)))
	}
	if err := w.problem(); err != nil {
		return nil, err
	}
	return changedSurvey(a.cfg.Desk.SaveSurvey(ctx, by, in.ID, edit))
}

func (a *API) setSurvey(to scheduling.SurveyState) func(context.Context, scheduling.Actor, *ByID) (*One[Survey], error) {
	return func(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Survey], error) {
		return changedSurvey(a.cfg.Desk.SetSurvey(ctx, by, in.ID, to))
	}
}

func changedSurvey(s *scheduling.Survey, err error) (*One[Survey], error) {
	if err != nil {
		return nil, err
	}
	return one(s.Rev, survey(s)), nil
}

// SurveyResults are how a survey was answered.
type SurveyResults struct {
	Asked     int           `json:"asked"`
	Answered  int           `json:"answered"`
	Rate      int           `json:"rate"`
	Few       bool          `json:"few" doc:"Anonymous, and too few answers to show"`
	Questions []SurveyCount `json:"questions"`
}

// A SurveyCount is how one question was answered.
type SurveyCount struct {
	Key      string         `json:"key"`
	Kind     string         `json:"kind"`
	Answered int            `json:"answered"`
	Counts   map[string]int `json:"counts" doc:"By what could be chosen"`
	Mean     *float64       `json:"mean,omitempty" doc:"Of a scale"`
	Score    *int           `json:"score,omitempty" doc:"Of a scale: the net promoter score"`
	Texts    []string       `json:"texts" doc:"What was written"`
}

func surveyCount(q scheduling.SurveyCount) SurveyCount {
	out := SurveyCount{Key: q.Question.Key, Kind: string(q.Question.Kind), Answered: q.Answered, Counts: q.Counts,
		Texts: mapped(q.Texts, func(w scheduling.WrittenBy) string { return w.Text })}
	if q.Question.Kind == scheduling.AskScale && q.Answered > 0 {
		out.Mean, out.Score = &q.Mean, &q.Score
	}
	return out
}

// ResultsOfSurvey is the answer of get-survey-results.
type ResultsOfSurvey struct{ Body SurveyResults }

func (a *API) surveyResults(ctx context.Context, by scheduling.Actor, in *ByID) (*ResultsOfSurvey, error) {
	res, err := a.cfg.Desk.SurveyResults(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	s := res.Survey
	return &ResultsOfSurvey{SurveyResults{s.Asked, s.Answered, s.Rate(), res.Few, mapped(res.Questions, surveyCount)}}, nil
}
