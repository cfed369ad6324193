package handlers

import (
	"iter"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// printPage is the data of templates/pages/badges.html and names.html.
type printPage struct {
	boardPage
	People []*scheduling.Registration
}

// printLimit is how many people a print-out has at the most.
const printLimit = 5000

// printed reads those who have a seat, by name.
func (s *Server) printed(c *fiber.Ctx) (*printPage, error) {
	b, err := s.board(c)
	if err != nil {
		return nil, err
	}
	p := &printPage{boardPage: b}
	p.Back = b.Base
	only := c.Query("only")
	err = s.desk.EachRegistration(c.UserContext(), actor(c), b.Event.ID, scheduling.RegFilter{}, func(_ *scheduling.Event, all iter.Seq2[*scheduling.Registration, error]) error {
		p.People = nil
		for r, err := range all {
			if err != nil {
				return err
			}
			if r.Holds() && (only == "" || r.ID == only) {
				p.People = append(p.People, r)
			}
			if len(p.People) == printLimit {
				return nil
			}
		}
		return nil
	})
	return p, err
}

// showBadges answers GET /organise/events/:id/badges.
func (s *Server) showBadges(c *fiber.Ctx) error {
	p, err := s.printed(c)
	if err != nil {
		return err
	}
	return s.funded(c, "badges", p, p.Event.ID)
}

// showParticipants answers GET /organise/events/:id/participants: the list that can
// be given to everybody who comes, of those who agreed to be on it.
func (s *Server) showParticipants(c *fiber.Ctx) error {
	p, err := s.printed(c)
	if err != nil {
		return err
	}
	p.People = slices.DeleteFunc(p.People, func(r *scheduling.Registration) bool { return !scheduling.Agreed(r.Consents, "participants") })
	return s.funded(c, "participants", p, p.Event.ID)
}

// showNames answers GET /organise/events/:id/names.
func (s *Server) showNames(c *fiber.Ctx) error {
	p, err := s.printed(c)
	if err != nil {
		return err
	}
	return s.funded(c, "names", p, p.Event.ID)
}

// answersPage is the data of templates/pages/answers.html.
type answersPage struct {
	boardPage
	People    int
	Questions []answerCount
}

// An answerCount is one question with how often each answer was given.
type answerCount struct {
	Label    string
	Answered int
	Lines    []answerLine
	Texts    []scheduling.WrittenBy
}

// An answerLine is one answer and how many gave it.
type answerLine struct {
	Label string
	N     int
}

// showAnswers answers GET /organise/events/:id/answers.
func (s *Server) showAnswers(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	sum, err := s.desk.AnswerSummary(c.UserContext(), actor(c), b.Event.ID)
	if err != nil {
		return err
	}
	p := &answersPage{boardPage: b, People: sum.People}
	for _, q := range sum.Questions {
		p.Questions = append(p.Questions, s.answerCount(c, q))
	}
	return s.page(c, "answers", p)
}

// answerCount writes the answers in the order of the form; answers that are no
// longer among the options come last.
func (s *Server) answerCount(c *fiber.Ctx, q scheduling.QuestionCount) answerCount {
	l := s.lang(c)
	out := answerCount{Label: q.Question.Label.In(l.Code()), Answered: q.Answered, Texts: q.Texts}
	keys := []string{}
	for _, o := range q.Question.Options {
		keys = append(keys, o.Key)
	}
	if q.Question.Kind == scheduling.AskYesNo {
		keys = append(keys, "yes", "no")
	}
	var gone []string
	for key := range q.Counts {
		if !slices.Contains(keys, key) {
			gone = append(gone, key)
		}
	}
	slices.Sort(gone)
	for _, key := range append(keys, gone...) {
		out.Lines = append(out.Lines, answerLine{q.Question.Words(key, l), q.Counts[key]})
	}
	return out
}
