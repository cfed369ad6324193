package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// answerPage is the data of templates/pages/my_answer.html. Mail scanners open
// the links in a mail before its reader does, so a link only leads here: one
// button says it.
type answerPage struct {
	myPage
	As      scheduling.Answer // what the button says; none: there is a choice of links
	Lead    string            // which words say what follows
	Answers []scheduling.Answer
}

// answerFlash is what a page says after an answer.
var answerFlash = map[scheduling.Answer]string{
	scheduling.AnswerYes:   "my.flash.answer.accepted",
	scheduling.AnswerMaybe: "my.flash.answer.tentative",
	scheduling.AnswerNo:    "my.flash.answer.declined",
}

// showAnswer answers GET /my/:link/answer?as=….
func (s *Server) showAnswer(c *fiber.Ctx) error {
	mine, err := s.mine(c)
	if err != nil {
		return err
	}
	if !mine.Registration.State.Live() {
		return s.seeOtherBad(c, mine.Base, "registration.too_late")
	}
	p := &answerPage{myPage: *mine, As: scheduling.Answer(c.Query("as")), Answers: scheduling.InviteAnswers}
	if !p.As.Known() {
		p.As = ""
	}
	p.Lead = p.leadOf(p.As)
	return s.funded(c, "my_answer", p, p.Event.ID)
}

// leadOf names the words that say what an answer does, by the same rules as the
// desk.
func (p *myPage) leadOf(a scheduling.Answer) string {
	switch {
	case a == scheduling.AnswerYes && p.CanAnswer:
		return "takes"
	case a == scheduling.AnswerNo && p.CanCancel:
		return "gives"
	}
	return string(a)
}

// answer answers POST /my/:link/answer.
func (s *Server) answer(c *fiber.Ctx) error {
	p, err := s.mine(c)
	if err != nil {
		return err
	}
	r, a := p.Registration, scheduling.Answer(s.form(c).Text("as"))
	_, err = s.desk.AnswerInvite(c.UserContext(), r.Holder(), r.ID, a)
	if problem := scheduling.ProblemIn(err); problem != nil {
		return s.seeOtherBad(c, p.Base, problem.Key, problem.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base, answerFlash[a])
}
