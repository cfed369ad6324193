package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// fewAnswers is how many answers an anonymous survey has before any is shown:
// of fewer, one could guess whose they are.
const fewAnswers = 3

// SurveyResults are how a survey was answered.
type SurveyResults struct {
	Event     *Event
	Survey    *Survey
	Few       bool // anonymous, and too few to show
	Questions []SurveyCount
}

// A SurveyCount is how one question was answered.
type SurveyCount struct {
	QuestionCount
	Keys  []string // of Counts, in the order of the form
	Mean  float64  // of a scale
	Score int      // of a scale: the share of 9 and 10 less that of 0 to 6, in percent
}

// Most is the largest count, for a plot.
func (q *SurveyCount) Most() int {
	most := 0
	for _, n := range q.Counts {
		most = max(most, n)
	}
	return most
}

// SurveyResults counts the answers to the survey of an event of by's.
func (d *Desk) SurveyResults(ctx context.Context, by Actor, eventID string) (out *SurveyResults, err error) {
	err = d.EachSurveySheet(ctx, by, eventID, func(res *SurveyResults, name string, a Answers) error {
		if out = res; a != nil {
			res.count(name, a)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out.finish()
	return out, nil
}

// EachSurveySheet calls fn first without answers, and then with those of each
// person who answered: by name, or in no order of an anonymous survey.
func (d *Desk) EachSurveySheet(ctx context.Context, by Actor, eventID string, fn func(res *SurveyResults, name string, a Answers) error) error {
	err := d.view(ctx, func(tx *storage.Tx) error {
		e, s, err := ownSurvey(tx, by, eventID)
		if err != nil || s == nil {
			return orHidden(err)
		}
		res := &SurveyResults{Event: e, Survey: s, Few: s.Anonymous && s.Answered < fewAnswers}
		for _, q := range s.Questions {
			res.Questions = append(res.Questions, SurveyCount{QuestionCount: QuestionCount{Question: q, Counts: map[string]int{}}, Keys: q.keys()})
		}
		if err := fn(res, "", nil); err != nil || res.Few {
			return err
		}
		return eachSheet(tx, s, func(name string, a Answers) error { return fn(res, name, a) })
	})
	if err != nil {
		return fmt.Errorf("read the answers to the survey of event %s: %w", eventID, err)
	}
	return nil
}

func eachSheet(tx *storage.Tx, s *Survey, fn func(name string, a Answers) error) error {
	for box, err := range surveyBoxes.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("survey_id", s.ID)}}) {
		if err != nil {
			return err
		}
		for _, a := range box.Sheets {
			if err := fn("", a); err != nil {
				return err
			}
		}
	}
	for r, err := range surveyReplies.Each(tx, storage.Query{Sort: "sort", Where: []storage.Cond{storage.Is("survey_id", s.ID), storage.Is("answered", true)}}) {
		if err != nil {
			return err
		}
		if r.Answers == nil {
			continue // anonymous
		}
		if err := fn(r.Name, r.Answers); err != nil {
			return err
		}
	}
	return nil
}

// keys are the answers that can be chosen, in their order.
func (q Question) keys() (out []string) {
	switch q.Kind {
	case AskScale:
		for n := range scaleMost + 1 {
			out = append(out, strconv.Itoa(n))
		}
	case AskYesNo:
		out = []string{"yes", "no"}
	}
	for _, o := range q.Options {
		out = append(out, o.Key)
	}
	return out
}

func (res *SurveyResults) count(name string, a Answers) {
	for i := range res.Questions {
		q := &res.Questions[i]
		vs := a[q.Question.Key]
		if len(vs) == 0 {
			continue
		}
		q.Answered++
		for _, v := range vs {
			switch {
			case len(q.Keys) > 0:
				q.Counts[v]++
			case len(q.Texts) < textsShown:
				q.Texts = append(q.Texts, WrittenBy{name, v})
			}
		}
	}
}

// finish works out what follows from the counts, and names answers to choices
// that are no more.
func (res *SurveyResults) finish() {
	for i := range res.Questions {
		q := &res.Questions[i]
		for key := range q.Counts {
			if !slices.Contains(q.Keys, key) {
				q.Keys = append(q.Keys, key)
			}
		}
		if q.Question.Kind == AskScale && q.Answered > 0 {
			q.Mean, q.Score = scaled(q.Counts, q.Answered)
		}
	}
}

func scaled(counts map[string]int, answered int) (mean float64, score int) {
	sum, net := 0, 0
	for key, n := range counts {
		v, _ := strconv.Atoi(key)
		sum += v * n
		switch {
		case v >= 9:
			net += n
		case v <= 6:
			net -= n
		}
	}
	return float64(sum) / float64(answered), net * 100 / answered
}

// SurveyHead names the columns of an export of the answers.
func (res *SurveyResults) SurveyHead(l *templates.Lang) (head []string) {
	if !res.Survey.Anonymous {
		head = append(head, l.Text("column.name"))
	}
	for _, q := range res.Survey.Questions {
		head = append(head, q.Label.In(l.Code()))
	}
	return head
}

// SurveyRow is one person's answers.
func (res *SurveyResults) SurveyRow(l *templates.Lang, name string, a Answers) (row []string) {
	if !res.Survey.Anonymous {
		row = append(row, name)
	}
	for _, q := range res.Survey.Questions {
		var said []string
		for _, v := range a[q.Key] {
			said = append(said, q.Words(v, l))
		}
		row = append(row, strings.Join(said, "; "))
	}
	return row
}
