package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A SurveyBoard is the survey of an event as its organisers see it.
type SurveyBoard struct {
	Event  *Event
	Survey *Survey      // nil: there is none yet
	Chains []EventChain // that ask people to answer it, on or off
	Others []*Event     // of by's, with surveys that can be copied, latest first
}

// surveysCopied is how many earlier surveys are offered to copy.
const surveysCopied = 20

// Survey shows the survey of an event of by's.
func (d *Desk) Survey(ctx context.Context, by Actor, eventID string) (b *SurveyBoard, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		b = &SurveyBoard{}
		if b.Event, b.Survey, err = ownSurvey(tx, by, eventID); err != nil {
			return err
		}
		all, err := eventChains(tx, b.Event)
		if err != nil {
			return err
		}
		for _, c := range all {
			if slices.ContainsFunc(c.Steps, func(s ChainStep) bool { return s.Ask }) {
				b.Chains = append(b.Chains, c)
			}
		}
		if b.Survey == nil {
			b.Others, err = surveyedEvents(tx, by)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show the survey of event %s: %w", eventID, err)
	}
	return b, nil
}

// ErrNoSurvey answers for the survey of an event that has none.
var ErrNoSurvey = errHidden

// ownSurvey gives an event of by's with its survey, if there is one.
func ownSurvey(tx *storage.Tx, by Actor, eventID string) (*Event, *Survey, error) {
	e, err := events.Get(tx, eventID)
	if err != nil {
		return nil, nil, err
	}
	if !by.Organises(e.ClusterIDs...) {
		return nil, nil, errHidden
	}
	s, err := surveys.Get(tx, eventID)
	if errors.Is(err, storage.ErrNotFound) {
		return e, nil, nil
	}
	return e, s, err
}

func surveyedEvents(tx *storage.Tx, by Actor) (out []*Event, err error) {
	for s, err := range surveys.Each(tx, storage.Query{}) {
		if err != nil {
			return nil, err
		}
		e, err := events.Get(tx, s.ID)
		if err != nil {
			return nil, err
		}
		if by.Organises(e.ClusterIDs...) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *Event) int { return b.Starts.Compare(a.Starts) })
	return out[:min(len(out), surveysCopied)], nil
}

// onSurvey changes the survey of an event of by's. fn gets a new draft where
// there is none yet.
func (d *Desk) onSurvey(ctx context.Context, by Actor, eventID, action string, fn func(tx *storage.Tx, e *Event, s *Survey) error) (s *Survey, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			var e *Event
			if e, s, err = ownSurvey(tx, by, eventID); err != nil {
				return err
			}
			if s == nil {
				s = &Survey{Meta: storage.Meta{ID: e.ID}, State: SurveyDraft}
			}
			if err := fn(tx, e, s); err != nil {
				return err
			}
			if err := surveys.Put(tx, s); err != nil {
				return err
			}
			return d.log(tx, by, action, e.ID, e.ID, e.Slug, "")
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, eventID, changedMeanwhile(err))
	}
	return s, nil
}

// A SurveyEdit is what an organiser writes of a survey.
type SurveyEdit struct {
	Rev       int64 // the revision that was edited; 0 of a new one
	Intro     Text
	Questions []Question
	Anonymous bool
	ClosesAt  time.Time
}

// SaveSurvey stores the survey of an event. Whether it is anonymous is settled
// once somebody was asked.
func (d *Desk) SaveSurvey(ctx context.Context, by Actor, eventID string, in SurveyEdit) (*Survey, error) {
	return d.onSurvey(ctx, by, eventID, "survey.save", func(tx *storage.Tx, _ *Event, s *Survey) error {
		if s.Rev != in.Rev {
			return storage.ErrConflict
		}
		if s.Asked > 0 && s.Anonymous != in.Anonymous {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"anonymous": "survey.anonymous_settled"}}
		}
		s.Intro, s.Questions, s.Anonymous, s.ClosesAt = in.Intro, in.Questions, in.Anonymous, in.ClosesAt
		if err := s.check(); err != nil || s.Asked == 0 {
			return err
		}
		return scoreAgain(tx, s)
	})
}

// StartSurvey gives an event that has no survey the questions of an earlier one,
// or the default ones where from is empty. One that is there already stays.
func (d *Desk) StartSurvey(ctx context.Context, by Actor, eventID, from string) (*Survey, error) {
	return d.onSurvey(ctx, by, eventID, "survey.save", func(tx *storage.Tx, _ *Event, s *Survey) error {
		if s.Rev > 0 {
			return &Problem{Kind: Exists, Key: "survey.exists"}
		}
		src := d.defaultSurvey()
		if from != "" {
			_, other, err := ownSurvey(tx, by, from)
			if err != nil || other == nil {
				return orHidden(err)
			}
			src = other
		}
		s.Intro, s.Questions, s.Anonymous = src.Intro, src.Questions, src.Anonymous
		return s.check()
	})
}

// SetSurvey opens a survey to answers, or closes it.
func (d *Desk) SetSurvey(ctx context.Context, by Actor, eventID string, to SurveyState) (*Survey, error) {
	action := "survey.close"
	if to == SurveyOpen {
		action = "survey.open"
	}
	return d.onSurvey(ctx, by, eventID, action, func(tx *storage.Tx, _ *Event, s *Survey) error {
		switch {
		case s.Rev == 0:
			return errHidden
		case to != SurveyOpen && to != SurveyClosed:
			return &Problem{Kind: Invalid, Key: "problem.choice"}
		}
		if s.State = to; to == SurveyOpen && !s.ClosesAt.IsZero() && !tx.Now().Before(s.ClosesAt) {
			s.ClosesAt = time.Time{} // it was to be closed by then; whoever opens it means it
		}
		return s.check()
	})
}

// inLangs is the text of a key in every language of the house.
func (d *Desk) inLangs(key string, args ...any) Text {
	t := Text{}
	for _, code := range d.Texts.Langs() {
		t[code] = d.Texts.In(code).Text(key, args...)
	}
	return t
}

// defaultSurvey has four short questions, in every language.
func (d *Desk) defaultSurvey() *Survey {
	const key = "survey.default."
	useful := Question{Key: "useful", Kind: AskChoice, Label: d.inLangs(key + "useful")}
	for _, o := range []string{"very", "somewhat", "little"} {
		useful.Options = append(useful.Options, Option{Key: o, Label: d.inLangs(key + "useful_" + o)})
	}
	return &Survey{Intro: d.inLangs(key + "intro"), Questions: []Question{
		{Key: "recommend", Kind: AskScale, Required: true, Label: d.inLangs(key + "recommend"), Help: d.inLangs(key + "recommend_help")},
		useful,
		{Key: "best", Kind: AskLong, Label: d.inLangs(key + "best")},
		{Key: "better", Kind: AskLong, Label: d.inLangs(key + "better")},
	}}
}
