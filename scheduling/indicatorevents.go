package scheduling

import (
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

// A replyBrief is somebody's answer to a survey; in a named one, how content they
// were.
type replyBrief struct {
	storage.Brief `bson:",inline"`
	Score         string `bson:"score"`
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
		return c.eachReply(e, s, func(o *occurrence, _ string) { emit(o) })
	})
}

// countScores counts answers to the first question of a survey that is answered
// on the scale; their amount is what was said.
func countScores(c *counting, emit func(*occurrence)) error {
	return c.eachSurvey(func(e *eventBrief, s *surveyBrief) error {
		each := c.eachReply
		if s.Anonymous {
			each = c.eachSheet
		}
		return each(e, s, func(o *occurrence, score string) {
			if n, err := strconv.Atoi(score); err == nil {
				o.amount = float64(n)
				emit(o)
			}
		})
	})
}

// eachReply gives the answers to a survey with their scores. Where nobody asks
// whose they are, they are counted by the store.
func (c *counting) eachReply(e *eventBrief, s *surveyBrief, fn func(o *occurrence, score string)) error {
	where := []storage.Cond{storage.Is("survey_id", s.ID), storage.Is("answered", true)}
	if c.detail == bare {
		return c.eachScore(e, where, fn)
	}
	for r, err := range replyBriefs.Each(c.tx, storage.Query{Where: where}) {
		if err != nil {
			return err
		}
		o := c.survey(e)
		o.id = r.ID
		fn(o, r.Score)
	}
	return nil
}

func (c *counting) eachScore(e *eventBrief, where []storage.Cond, fn func(o *occurrence, score string)) error {
	said := c.scores[e.ID]
	if said == nil {
		var err error
		if said, err = replyBriefs.CountBy(c.tx, storage.Query{Where: where}, "score"); err != nil {
			return err
		}
		if c.scores == nil {
			c.scores = map[string]map[string]int{}
		}
		c.scores[e.ID] = said
	}
	for score, n := range said {
		for range n {
			fn(c.survey(e), score)
		}
	}
	return nil
}

func (c *counting) survey(e *eventBrief) *occurrence {
	c.once = occurrence{kind: "answer", about: e.ID, at: e.Starts, year: e.year, place: c.where(e), class: e.Kind}
	return &c.once
}

// eachSheet gives the scores of an anonymous survey. No row says whose it is.
func (c *counting) eachSheet(e *eventBrief, s *surveyBrief, fn func(o *occurrence, score string)) error {
	asked := &Survey{Questions: s.Questions}
	for b, err := range surveyBoxes.Each(c.tx, storage.Query{Where: []storage.Cond{storage.Is("survey_id", s.ID)}}) {
		if err != nil {
			return err
		}
		for i, sheet := range b.Sheets {
			o := c.survey(e)
			o.id = b.ID + "~" + strconv.Itoa(i)
			fn(o, asked.score(sheet))
		}
	}
	return nil
}
