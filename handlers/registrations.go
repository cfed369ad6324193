package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// regsPage is the data of templates/pages/registrations.html.
type regsPage struct {
	boardPage
	List   []*scheduling.Registration
	Chips  []chip
	State  scheduling.RegState
	Answer scheduling.Answer
	Query  string
	Sort   string

	Sorts, Answers []option

	Total  int
	Failed []bulkFailure
	Done   int
	Back   string // address of this list, for what comes back to it
}

// regsShown is how many registrations one page of the list has.
const regsShown = 100

// showRegistrations answers GET /organise/events/:id.
func (s *Server) showRegistrations(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	return s.registrations(c, &regsPage{boardPage: b, Query: c.Query("q"), Sort: c.Query("sort"),
		State: scheduling.RegState(c.Query("state")), Answer: scheduling.Answer(c.Query("answer"))})
}

// registrations shows the list that p asks for.
func (s *Server) registrations(c *fiber.Ctx, p *regsPage) error {
	ctx, by, id := c.UserContext(), actor(c), p.Event.ID
	counts, err := s.desk.StateCounts(ctx, by, id)
	if err != nil {
		return err
	}
	if p.State != "" && !p.State.Known() {
		p.State = ""
	}
	if !p.Answer.Known() {
		p.Answer = ""
	}
	f := scheduling.RegFilter{State: p.State, Answer: p.Answer, Text: p.Query, Queue: p.Sort == "queue", After: cursor(c), Limit: regsShown}
	list, next, err := s.desk.Registrations(ctx, by, id, f)
	if err != nil {
		return err
	}
	p.List, p.Pager, p.Wide = list, s.pager(c, next), true
	p.Sorts = s.options(c, "regs.sort", "name", "queue")
	for _, a := range scheduling.InviteAnswers {
		p.Answers = append(p.Answers, option{string(a), s.lang(c).Text("state.answer." + string(a))})
	}
	p.Chips = s.regChips(c, p, counts)
	p.Back = p.address(p.State)
	return s.page(c, "registrations", p)
}

// address is this list with another state.
func (p *regsPage) address(st scheduling.RegState) string {
	return withQuery(p.Base, "state", string(st), "answer", string(p.Answer), "q", p.Query, "sort", p.Sort)
}

// regChips are the states that somebody is in, with how many.
func (s *Server) regChips(c *fiber.Ctx, p *regsPage, counts map[scheduling.RegState]int) []chip {
	l := s.lang(c)
	for _, n := range counts {
		p.Total += n
	}
	out := []chip{{Label: l.Text("regs.all"), Count: p.Total, Counted: true, On: p.State == "", Path: p.address("")}}
	for _, st := range scheduling.RegStates {
		if counts[st] == 0 && st != p.State {
			continue
		}
		out = append(out, chip{Label: l.Text("state.registration." + string(st)), Count: counts[st], Counted: true, On: st == p.State, Path: p.address(st)})
	}
	return out
}

// A bulkFailure is one registration that an action on several did not fit.
type bulkFailure struct{ Name, Text string }

// bulkLimit is how many registrations one form may act on.
const bulkLimit = 500

// bulk answers POST /organise/events/:id/bulk: approve, reject or cancel what
// was ticked, each by itself. What did not work is said by name; the rest stands.
func (s *Server) bulk(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	ids, action, reason := f.List("ids"), f.Text("do"), f.Text("reason")
	if len(ids) == 0 {
		return s.seeOtherBad(c, b.Base, "flash.none_chosen")
	}
	if len(ids) > bulkLimit {
		return fiber.ErrRequestEntityTooLarge
	}
	p := &regsPage{boardPage: b, State: scheduling.RegState(f.Text("state")), Answer: scheduling.Answer(f.Text("answer")), Query: f.Text("q"), Sort: f.Text("sort")}
	for _, id := range ids {
		if err := s.bulkOne(c, p, id, action, reason); err != nil {
			return err
		}
	}
	if len(p.Failed) == 0 {
		return s.seeOther(c, p.address(p.State), "flash.bulk."+action, "count", p.Done)
	}
	return s.registrations(c, p)
}

// bulkOne does the action to one registration of the event.
func (s *Server) bulkOne(c *fiber.Ctx, p *regsPage, id, action, reason string) error {
	mine, err := s.desk.Registration(c.UserContext(), actor(c), id)
	if err != nil || mine.Event.ID != p.Event.ID {
		p.Failed = append(p.Failed, bulkFailure{id, s.lang(c).Text("regs.gone")})
		return nil
	}
	err = s.decide(c, id, action, reason)
	switch problem := scheduling.ProblemIn(err); {
	case problem != nil:
		p.Failed = append(p.Failed, bulkFailure{mine.Registration.Name, s.lang(c).Text(problem.Key, problem.Args...)})
	case err != nil:
		return err
	default:
		p.Done++
	}
	return nil
}

// decide does what an organiser can do to one registration or to many.
func (s *Server) decide(c *fiber.Ctx, id, action, reason string) (err error) {
	ctx, by := c.UserContext(), actor(c)
	switch action {
	case "approve":
		_, err = s.desk.Approve(ctx, by, id)
	case "reject":
		_, err = s.desk.Reject(ctx, by, id, reason)
	case "cancel":
		_, err = s.desk.CancelRegistration(ctx, by, id, reason)
	default:
		err = fiber.ErrBadRequest
	}
	return err
}
