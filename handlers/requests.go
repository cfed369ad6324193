package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// requestRoutes are for companies in a round: what they ask each other, their
// day, and their meetings. Links out of mails answer a request without signing
// in.
func (s *Server) requestRoutes() []route {
	const my, meeting = "/rounds/:slug/my", "/rounds/:slug/my/meetings/:id"
	return []route{
		get(my+"/requests", SignedIn, s.showRequests),
		get(my+"/requests/new", SignedIn, s.showAsk),
		post(my+"/requests/new", SignedIn, s.ask),
		get(my+"/requests/:id", SignedIn, s.showRequest),
		post(my+"/requests/:id/answer", SignedIn, s.answerRequest),
		post(my+"/requests/:id/counter", SignedIn, s.counterRequest),
		post(my+"/requests/:id/withdraw", SignedIn, s.withdrawRequest),
		get(my+"/agenda", SignedIn, s.showAgenda),
		get(my+"/agenda.ics", SignedIn, s.agendaFile),
		get(meeting, SignedIn, s.showMeeting),
		post(meeting+"/move", SignedIn, s.askToMove),
		post(meeting+"/answer", SignedIn, s.answerMove),
		post(meeting+"/cancel", SignedIn, s.cancelOwnMeeting),
		post(meeting+"/hand-over", SignedIn, s.handOverMeeting),
		post(meeting+"/late", SignedIn, s.sayLate),
		get("/b2b/agenda/:file", Link, s.linkedAgenda),
		get("/b2b/:link", Link, s.showLinkedRequest),
		post("/b2b/:link", Link, s.answerLinkedRequest),
	}
}

// entrant is the one of the round in the address that the actor is one of the
// people of, and where its pages begin.
func (s *Server) entrant(c *fiber.Ctx) (*scheduling.EntrantPage, string, error) {
	p, err := s.myRound(c)
	if err != nil {
		return nil, "", err
	}
	return p.EntrantPage, p.Base, nil
}

// managed is entrant for those who may act for it.
func (s *Server) managed(c *fiber.Ctx) (*scheduling.EntrantPage, string, error) {
	p, err := s.managing(c)
	if err != nil {
		return nil, "", err
	}
	return p.EntrantPage, p.Base, nil
}

// requestsPage is the data of templates/pages/my_requests.html.
type requestsPage struct {
	Page
	*scheduling.RequestsPage
	Base string
}

// Lists are the requests that go on, by what is to be done.
func (p *requestsPage) Lists() []requestList {
	return []requestList{{"answer", p.Answer}, {"waiting", p.Waiting}, {"agreed", p.Agreed}, {"over", p.Over}}
}

// A requestList is a part of requestsPage; its heading is "requests.list.NAME".
type requestList struct {
	Name  string
	Lines []*scheduling.RequestLine
}

// showRequests answers GET /rounds/:slug/my/requests.
func (s *Server) showRequests(c *fiber.Ctx) error {
	e, base, err := s.managed(c)
	if err != nil {
		return err
	}
	list, err := s.desk.Requests(c.UserContext(), actor(c), e.Entrant.ID)
	if err != nil {
		return err
	}
	return s.fundedRound(c, "my_requests", &requestsPage{Page: Page{NoIndex: true}, RequestsPage: list, Base: base}, list.Round)
}

// askPage is the data of templates/pages/my_ask.html.
type askPage struct {
	Page
	Round    *scheduling.Round
	Other    *scheduling.Entrant
	Base     string
	Form     scheduling.Ask
	Wishes   []option
	Sessions []option
	Times    []option // that suit both
}

// showAsk answers GET /rounds/:slug/my/requests/new?to=….
func (s *Server) showAsk(c *fiber.Ctx) error {
	return s.askForm(c, scheduling.Ask{To: c.Query("to"), Wish: scheduling.Want}, nil)
}

func (s *Server) askForm(c *fiber.Ctx, form scheduling.Ask, problem *FormProblem) error {
	e, base, err := s.managed(c)
	if err != nil {
		return err
	}
	other, times, err := s.desk.CommonTimes(c.UserContext(), actor(c), e.Entrant.ID, form.To)
	if err != nil {
		return err
	}
	p := &askPage{Page: Page{NoIndex: true, Problem: problem}, Round: e.Round, Other: other, Base: base, Form: form}
	p.Wishes, p.Times = s.options(c, "wish", wishes()...), s.times(c, e.Round, times)
	for _, name := range e.Round.Sessions() {
		p.Sessions = append(p.Sessions, option{Value: name, Label: name})
	}
	return s.fundedRound(c, "my_ask", p, p.Round)
}

// wishes are those a request can have, as names.
func wishes() (names []string) {
	for _, w := range scheduling.Wishes {
		names = append(names, string(w))
	}
	return names
}

// times are the times of a choice, in words.
func (s *Server) times(c *fiber.Ctx, r *scheduling.Round, list []scheduling.Vacancy) (out []option) {
	for _, v := range list {
		out = append(out, option{Value: v.Slot.ID, Label: s.lang(c).Range(v.Slot.Starts, v.Slot.Ends, r.Zone)})
	}
	return out
}

// ask answers POST /rounds/:slug/my/requests/new.
func (s *Server) ask(c *fiber.Ctx) error {
	e, base, err := s.managed(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	a := scheduling.Ask{To: f.Text("to"), Wish: scheduling.Wish(f.Text("wish")), Message: f.Value("message"), Session: f.Value("session"), Slot: f.Text("slot")}
	q, err := s.desk.SendRequest(c.UserContext(), actor(c), e.Entrant.ID, a)
	if problem := s.inForm(c, err, "wish", "message", "session", "slot"); problem != nil {
		return s.askForm(c, a, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, base+"/requests", flashOf(q, "requests.flash.sent"))
}

// flashOf says what became of a request.
func flashOf(q *scheduling.Request, otherwise string) string {
	switch {
	case q.State == scheduling.RequestAccepted && q.MeetingID != "":
		return "requests.flash.booked"
	case q.State == scheduling.RequestAccepted:
		return "requests.flash.accepted"
	case q.State == scheduling.RequestDeclined:
		return "requests.flash.declined"
	}
	return otherwise
}

// requestPage is the data of templates/pages/my_request.html.
type requestPage struct {
	Page
	*scheduling.RequestLine
	Round  *scheduling.Round
	Base   string
	Wishes []option
	Times  []option // that suit both
}

// showRequest answers GET /rounds/:slug/my/requests/:id.
func (s *Server) showRequest(c *fiber.Ctx) error { return s.requestForm(c, nil) }

func (s *Server) requestForm(c *fiber.Ctx, problem *FormProblem) error {
	e, base, err := s.managed(c)
	if err != nil {
		return err
	}
	line, err := s.desk.OneRequest(c.UserContext(), actor(c), e.Entrant.ID, c.Params("id"))
	if err != nil {
		return err
	}
	p := &requestPage{Page: Page{NoIndex: true, Problem: problem}, RequestLine: line, Round: e.Round, Base: base}
	p.Wishes = s.options(c, "wish", wishes()...)
	if line.MeetingID == "" {
		_, times, err := s.desk.CommonTimes(c.UserContext(), actor(c), e.Entrant.ID, line.Other.ID)
		if err != nil {
			return err
		}
		p.Times = s.times(c, e.Round, times)
	}
	return s.fundedRound(c, "my_request", p, p.Round)
}

// replied reads an answer out of a form.
func (f *form) replied() scheduling.Reply {
	return scheduling.Reply{Wish: scheduling.Wish(f.Text("wish")), Text: f.Value("text"), Slot: f.Text("slot")}
}

// answerRequest answers POST /rounds/:slug/my/requests/:id/answer.
func (s *Server) answerRequest(c *fiber.Ctx) error {
	return s.onRequest(c, "requests.flash.accepted", func(e *scheduling.Entrant, id string) (*scheduling.Request, error) {
		return s.desk.AnswerRequest(c.UserContext(), actor(c), e.ID, id, s.form(c).replied())
	})
}

// counterRequest answers POST /rounds/:slug/my/requests/:id/counter.
func (s *Server) counterRequest(c *fiber.Ctx) error {
	return s.onRequest(c, "requests.flash.countered", func(e *scheduling.Entrant, id string) (*scheduling.Request, error) {
		return s.desk.CounterRequest(c.UserContext(), actor(c), e.ID, id, s.form(c).replied())
	})
}

// withdrawRequest answers POST /rounds/:slug/my/requests/:id/withdraw.
func (s *Server) withdrawRequest(c *fiber.Ctx) error {
	return s.onRequest(c, "requests.flash.withdrawn", func(e *scheduling.Entrant, id string) (*scheduling.Request, error) {
		return s.desk.WithdrawRequest(c.UserContext(), actor(c), e.ID, id)
	})
}

// onRequest does something to a request; what cannot be is said on its page.
func (s *Server) onRequest(c *fiber.Ctx, done string, do func(*scheduling.Entrant, string) (*scheduling.Request, error)) error {
	e, base, err := s.managed(c)
	if err != nil {
		return err
	}
	q, err := do(e.Entrant, c.Params("id"))
	if problem := s.inForm(c, err, "wish", "text", "slot"); problem != nil {
		return s.requestForm(c, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, base+"/requests", flashOf(q, done))
}

// linkedPage is the data of templates/pages/b2b_answer.html. Mail scanners open
// the links in a mail before its reader does, so a link only leads here: one
// button says it.
type linkedPage struct {
	Page
	*scheduling.LinkedRequest
	As     scheduling.Wish // what the button says; none: there is a choice
	Link   string
	Wishes []option
}

// showLinkedRequest answers GET /b2b/:link?as=….
func (s *Server) showLinkedRequest(c *fiber.Ctx) error { return s.linkedForm(c, nil) }

func (s *Server) linkedForm(c *fiber.Ctx, problem *FormProblem) error {
	secret(c)
	found, err := s.desk.RequestByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	p := &linkedPage{Page: Page{NoIndex: true, Problem: problem}, LinkedRequest: found, Link: c.Params("link"), As: scheduling.Wish(c.Query("as"))}
	if p.As != scheduling.No && !slices.Contains(scheduling.Wishes, p.As) {
		p.As = ""
	}
	p.Wishes = s.options(c, "wish", wishes()...)
	return s.fundedRound(c, "b2b_answer", p, p.Round)
}

// answerLinkedRequest answers POST /b2b/:link.
func (s *Server) answerLinkedRequest(c *fiber.Ctx) error {
	found, err := s.desk.RequestByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	q, err := s.desk.AnswerRequest(c.UserContext(), found.By, found.Me.ID, found.Request.ID, s.form(c).replied())
	if problem := s.inForm(c, err, "wish", "text"); problem != nil {
		return s.linkedForm(c, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/b2b/"+c.Params("link"), flashOf(q, "requests.flash.accepted"))
}
