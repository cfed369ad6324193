package scheduling

import (
	"slices"
	"strconv"
	"strings"

	"kohtaamo/storage"
)

// homeCountry is where the house stands: what is elsewhere is foreign. The house
// and its clusters have no setting for it.
const homeCountry = "FI"

func foreign(country string) bool { return country != "" && country != homeCountry }

// countEvents counts events that took place.
func countEvents(c *counting, emit func(*occurrence)) error {
	list, err := c.events()
	for _, e := range list {
		emit(&occurrence{kind: "event", id: e.ID, about: e.ID, at: e.Starts, year: e.year, place: c.where(e), class: e.Kind})
	}
	return err
}

// countParticipants counts people who came to events.
func countParticipants(c *counting, emit func(*occurrence)) error {
	return c.eachGuest(func(*companyBrief) bool { return true }, emit)
}

// countForeignParticipants counts those of them whose company is elsewhere.
func countForeignParticipants(c *counting, emit func(*occurrence)) error {
	return c.eachGuest(func(x *companyBrief) bool { return foreign(x.Country) }, emit)
}

// person says that o is about somebody with a key of a turnout.
func (o *occurrence) person(key string) {
	o.kind, o.id, o.about = "person", key, key
	if id, unknown := strings.CutPrefix(key, nobodyKnown); unknown {
		o.kind, o.about = "registration", id
	}
}

// A surveyBrief is as much of a survey as figures need.
type surveyBrief struct {
	storage.Brief `bson:",inline"`
	Questions     []Question `bson:"questions"`
	Anonymous     bool       `bson:"anonymous"`
	Asked         int        `bson:"asked"`
}

// A replyBrief is somebody's answer to a survey; in a named one, what they said.
type replyBrief struct {
	storage.Brief `bson:",inline"`
	Answers       storage.Lists `bson:"answers"`
}

var (
	surveyBriefs = storage.Collection[surveyBrief, *surveyBrief](surveys)
	replyBriefs  = storage.Collection[replyBrief, *replyBrief](surveyReplies)
)

// eachSurvey gives the surveys of the events in the scope.
func (c *counting) eachSurvey(fn func(e *eventBrief, s *surveyBrief) error) error {
	list, err := c.events()
	if err != nil {
		return err
	}
	if c.surveysBy == nil {
		by := map[string]*surveyBrief{}
		if err := ofEvents(c, surveyBriefs.Find, func(s *surveyBrief) { by[s.ID] = s }); err != nil {
			return err
		}
		c.surveysBy = by
	}
	for _, e := range list {
		if s := c.surveysBy[e.ID]; s != nil && c.s.Country == "" {
			if err := fn(e, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// askedAll is how many were asked by the surveys.
func askedAll(c *counting) (n int, err error) {
	err = c.eachSurvey(func(_ *eventBrief, s *surveyBrief) error {
		n += s.Asked
		return nil
	})
	return n, err
}

// countAnswers counts answers to surveys.
func countAnswers(c *counting, emit func(*occurrence)) error {
	return c.eachSurvey(func(e *eventBrief, s *surveyBrief) error {
		return c.eachReply(e, s, func(o *occurrence, _ *replyBrief) { emit(o) })
	})
}

// eachReply gives those who answered a survey.
func (c *counting) eachReply(e *eventBrief, s *surveyBrief, fn func(*occurrence, *replyBrief)) error {
	list, read := c.replies[s.ID]
	if !read {
		where := []storage.Cond{storage.Is("survey_id", s.ID), storage.Is("answered", true)}
		var err error
		if list, err = replyBriefs.Find(c.tx, storage.Query{Where: where}); err != nil {
			return err
		}
		if c.replies == nil {
			c.replies = map[string][]*replyBrief{}
		}
		c.replies[s.ID] = list
	}
	for _, r := range list {
		o := c.survey(e)
		o.id = r.ID
		fn(o, r)
	}
	return nil
}

func (c *counting) survey(e *eventBrief) *occurrence {
	c.once = occurrence{kind: "answer", about: e.ID, at: e.Starts, year: e.year, place: c.where(e), class: e.Kind}
	return &c.once
}

// countScores counts answers to the first question of a survey that is answered
// on the scale; their amount is what was said.
func countScores(c *counting, emit func(*occurrence)) error {
	return c.eachSurvey(func(e *eventBrief, s *surveyBrief) error {
		at := slices.IndexFunc(s.Questions, func(q Question) bool { return q.Kind == AskScale })
		switch {
		case at < 0:
			return nil
		case s.Anonymous:
			return c.eachSheet(e, s.Questions[at].Key, emit)
		}
		return c.eachReply(e, s, func(o *occurrence, r *replyBrief) {
			said, _ := r.Answers.First(s.Questions[at].Key)
			if n, err := strconv.Atoi(said); err == nil {
				o.amount = float64(n)
				emit(o)
			}
		})
	})
}

// eachSheet gives the scores of an anonymous survey. No row says whose it is.
func (c *counting) eachSheet(e *eventBrief, key string, emit func(*occurrence)) error {
	for b, err := range surveyBoxes.Each(c.tx, storage.Query{Where: []storage.Cond{storage.Is("survey_id", e.ID)}}) {
		if err != nil {
			return err
		}
		for i, sheet := range b.Sheets {
			if n, ok := sheet.score(key); ok {
				o := c.survey(e)
				o.id, o.amount = b.ID+"~"+strconv.Itoa(i), float64(n)
				emit(o)
			}
		}
	}
	return nil
}

// score is what was answered to a question on the scale.
func (a Answers) score(key string) (int, bool) {
	if len(a[key]) == 0 {
		return 0, false
	}
	n, err := strconv.Atoi(a[key][0])
	return n, err == nil
}
