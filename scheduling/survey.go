package scheduling

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kohtaamo/storage"
)

// AskScale is a question answered with a number from 0 to 10. Surveys have it.
const AskScale QuestionKind = "scale"

// scaleMost is the highest answer on a scale.
const scaleMost = 10

// SurveyKinds are the kinds of question that a survey can have.
var SurveyKinds = append([]QuestionKind{AskScale}, QuestionKinds...)

// SurveyFields are those that the introduction of a survey can name.
var SurveyFields = []string{"event", "when"}

// SurveyState is where a survey stands.
type SurveyState string

// The states of a survey. Only an open one is answered.
const (
	SurveyDraft  SurveyState = "draft"
	SurveyOpen   SurveyState = "open"
	SurveyClosed SurveyState = "closed"
)

// A Survey is the short form that those who took part in an event answer
// afterwards. It is kept under the event's own ID: an event has one.
type Survey struct {
	storage.Meta `bson:",inline"`
	State        SurveyState `bson:"state"`
	Intro        Text        `bson:"intro"` // with {{fields}}
	Questions    []Question  `bson:"questions"`
	Anonymous    bool        `bson:"anonymous"` // answers are not tied to names; it never changes once somebody was asked
	ClosesAt     time.Time   `bson:"closes_at,omitempty"`
	Asked        int         `bson:"asked"`
	Answered     int         `bson:"answered"`
}

// A SurveyReply is one person's part in a survey: that they were asked, and
// what they said unless the survey is anonymous. Its ID is that of the
// registration and its turn, so nobody counts twice.
type SurveyReply struct {
	storage.Meta `bson:",inline"`
	SurveyID     string  `bson:"survey_id"`
	Registration string  `bson:"registration"`
	Name         string  `bson:"name,omitempty"`
	Sort         string  `bson:"sort"`
	Answered     bool    `bson:"answered"`
	Answers      Answers `bson:"answers,omitempty"`
	Score        string  `bson:"score,omitempty"` // what Answers say to the survey's first question with a scale; see Survey.score
}

// A surveyBox keeps the answers of an anonymous survey, in the order of their
// words: neither an order nor a time says whose they are.
type surveyBox struct {
	storage.Meta `bson:",inline"` // the survey's ID and a number
	SurveyID     string           `bson:"survey_id"`
	Sheets       []Answers        `bson:"sheets"`
}

// boxRoom is how many sheets one box has room for.
const boxRoom = 200

var (
	surveys       = storage.NewCollection[Survey]("surveys")
	surveyReplies = storage.NewCollection[SurveyReply]("survey_replies",
		storage.Ordered("survey_id", "answered", "sort"), storage.Ordered("survey_id", "answered", "score"))
	surveyBoxes = storage.NewCollection[surveyBox]("survey_boxes", storage.Ordered("survey_id"))
)

// Open reports whether s can be answered at now.
func (s *Survey) Open(now time.Time) bool {
	return s.State == SurveyOpen && (s.ClosesAt.IsZero() || now.Before(s.ClosesAt))
}

// Rate is how many of a hundred who were asked have answered.
func (s *Survey) Rate() int {
	if s.Asked == 0 {
		return 0
	}
	return (s.Answered*100 + s.Asked/2) / s.Asked
}

// score is what was answered to the first question with a scale: that is how
// content somebody was, which figures count. Empty for none.
func (s *Survey) score(a Answers) string {
	if at := slices.IndexFunc(s.Questions, func(q Question) bool { return q.Kind == AskScale }); at >= 0 {
		if said := a[s.Questions[at].Key]; len(said) > 0 {
			return said[0]
		}
	}
	return ""
}

// say keeps what was answered to s.
func (r *SurveyReply) say(s *Survey, a Answers) { r.Answers, r.Score = a, s.score(a) }

// scoreAgain finds the score of every reply to s, after its questions have changed.
func scoreAgain(tx *storage.Tx, s *Survey) error {
	for r, err := range surveyReplies.Each(tx, having("survey_id", s.ID)) {
		if err != nil {
			return err
		}
		score := s.score(r.Answers)
		if score == r.Score {
			continue
		}
		r.Score = score
		if err := surveyReplies.Put(tx, r); err != nil {
			return err
		}
	}
	return nil
}

// scoreSurveys finds the scores of answers that were given before scores were kept.
func scoreSurveys(tx *storage.Tx) error {
	for s, err := range surveys.Each(tx, storage.Query{}) {
		if err != nil {
			return err
		}
		if err := scoreAgain(tx, s); err != nil {
			return fmt.Errorf("survey %s: %w", s.ID, err)
		}
	}
	return nil
}

// check cleans s and says everything that is wrong with it.
func (s *Survey) check() error {
	f := faults{}
	s.Intro = s.Intro.trimmed()
	if s.Intro.longest() > bodyLimit {
		f.add("intro", "problem.too_long")
	}
	if len(s.Questions) == 0 {
		f.add("questions", "survey.no_questions")
	}
	bad := f.pattern("intro", s.Intro, SurveyFields)
	f.questionsOf(s.Questions, SurveyKinds)
	return f.patternProblem(bad)
}

// replyID is the one place for what r's present person says.
func replyID(r *Registration) string { return r.ID + "~" + strconv.Itoa(r.Generation) }

// surveyOf says how r's person stands to the survey of an event: whether there
// is one to answer, and whether they have.
func surveyOf(tx *storage.Tx, eventID string, r *Registration) (open, answered bool, err error) {
	s, err := surveys.Shared(tx, eventID)
	if err != nil {
		return false, false, ignoreMissing(err)
	}
	reply, err := surveyReplies.Get(tx, replyID(r))
	if errors.Is(err, storage.ErrNotFound) {
		return s.Open(tx.Now()), false, nil
	}
	return s.Open(tx.Now()), err == nil && reply.Answered, err
}

// askSurvey counts whom a mail asks to answer, once.
func askSurvey(tx *storage.Tx, s *subject) error {
	survey, err := surveys.Get(tx, s.event.ID)
	if err != nil {
		return err
	}
	if _, err = asked(tx, survey, s.reg); err != nil {
		return err
	}
	return surveys.Put(tx, survey)
}

// asked gives r's part in a survey, and counts it if it is new. The caller
// stores the survey.
func asked(tx *storage.Tx, s *Survey, r *Registration) (*SurveyReply, error) {
	reply, err := surveyReplies.Get(tx, replyID(r))
	if !errors.Is(err, storage.ErrNotFound) {
		return reply, err
	}
	s.Asked++
	reply = &SurveyReply{Meta: storage.Meta{ID: replyID(r)}, SurveyID: s.ID, Registration: r.ID}
	if !s.Anonymous {
		reply.Name, reply.Sort = r.Name, r.Sort
	}
	return reply, surveyReplies.Put(tx, reply)
}

// putSheet adds the answers of somebody to those of an anonymous survey.
func putSheet(tx *storage.Tx, s *Survey, a Answers) error {
	id := s.ID + "~" + strconv.Itoa(s.Answered/boxRoom)
	box, err := surveyBoxes.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		box, err = &surveyBox{Meta: storage.Meta{ID: id}, SurveyID: s.ID}, nil
	}
	if err != nil {
		return err
	}
	box.Sheets = append(box.Sheets, a)
	slices.SortFunc(box.Sheets, func(a, b Answers) int { return slices.Compare(a.flat(s.Questions), b.flat(s.Questions)) })
	return surveyBoxes.Put(tx, box)
}

// flat are the answers to some questions in one row.
func (a Answers) flat(qs []Question) (out []string) {
	for _, q := range qs {
		out = append(append(out, q.Key), a[q.Key]...)
	}
	return out
}
