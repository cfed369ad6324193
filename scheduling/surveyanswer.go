package scheduling

import (
	"context"
	"fmt"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// A SurveyPage is a survey as somebody who took part sees it.
type SurveyPage struct {
	Event        *Event
	Survey       *Survey
	Registration *Registration
	Answered     bool
	Answers      Answers // given before; none of an anonymous survey
	Open         bool
	Link         string
}

// CanAnswer reports whether the form is of use: an anonymous survey is answered
// once, as nobody knows which answers are whose.
func (p *SurveyPage) CanAnswer() bool { return p.Open && !(p.Answered && p.Survey.Anonymous) }

// Intro is what stands above the questions in a language, with the values of
// its fields.
func (p *SurveyPage) Intro(l *templates.Lang) string {
	e := p.Event
	return withValues(l, p.Survey.Intro.In(l.Code()), map[string]string{"event": e.Title.In(l.Code()), "when": l.Range(e.Starts, e.Ends, e.Zone)})
}

// SurveyURL is where r's person answers the survey of their event, without
// signing in. Handing the registration over ends the link.
func (d *Desk) SurveyURL(r *Registration) string {
	return d.BaseURL + "/survey/" + d.sign("survey", r.ID, r.Generation)
}

// SurveyByLink shows a survey to the holder of a link that SurveyURL made. Only
// those who took part have one.
func (d *Desk) SurveyByLink(ctx context.Context, link string) (p *SurveyPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = d.surveyPage(tx, link)
		return err
	})
	return p, err
}

func (d *Desk) surveyPage(tx *storage.Tx, link string) (*SurveyPage, error) {
	id, mac, ok := splitLink(link)
	if !ok {
		return nil, errHidden
	}
	r, err := registrations.Get(tx, id)
	if err != nil || !d.signed("survey", id, r.Generation, mac) {
		return nil, orHidden(err)
	}
	p := &SurveyPage{Registration: r, Link: link}
	if p.Event, err = events.Get(tx, r.EventID); err != nil {
		return nil, err
	}
	part, err := came(tx, p.Event, r, tx.Now())
	if err != nil || !part {
		return nil, orHidden(err)
	}
	if p.Survey, err = surveys.Get(tx, r.EventID); err != nil || p.Survey.State == SurveyDraft {
		return nil, orHidden(err)
	}
	p.Open = p.Survey.Open(tx.Now())
	reply, err := surveyReplies.Get(tx, replyID(r))
	if err == nil {
		p.Answered, p.Answers = reply.Answered, reply.Answers
	}
	return p, ignoreMissing(err)
}

// AnswerSurvey stores what the holder of a link says; said again, it takes the
// place of what they said before, while the survey is open. Of an anonymous
// survey only that they answered is kept beside their name, and the first answer
// counts. An answer ends the chains that wait for it.
func (d *Desk) AnswerSurvey(ctx context.Context, link string, a Answers) (p *SurveyPage, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			if p, err = d.surveyPage(tx, link); err != nil {
				return err
			}
			return d.answerSurvey(tx, p, a)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("answer a survey: %w", changedMeanwhile(err))
	}
	return p, nil
}

func (d *Desk) answerSurvey(tx *storage.Tx, p *SurveyPage, a Answers) error {
	s := p.Survey
	switch {
	case !p.Open:
		return &Problem{Kind: Closed, Key: "survey.is_closed"}
	case p.Answered && s.Anonymous:
		return &Problem{Kind: Closed, Key: "survey.answered_once"}
	}
	f := faults{}
	clean := f.answers(s.Questions, a)
	if err := f.problem(); err != nil {
		return err
	}
	reply, err := asked(tx, s, p.Registration)
	if err != nil {
		return err
	}
	if s.Anonymous {
		err = putSheet(tx, s, clean)
	} else {
		reply.say(s, clean)
	}
	if err != nil {
		return err
	}
	if !reply.Answered {
		reply.Answered = true
		s.Answered++
	}
	if err := surveyReplies.Put(tx, reply); err != nil {
		return err
	}
	if err := surveys.Put(tx, s); err != nil {
		return err
	}
	p.Answered, p.Answers = true, reply.Answers
	return d.followRegistration(tx, p.Event, p.Registration)
}
