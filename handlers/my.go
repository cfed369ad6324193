package handlers

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// myRoutes are for whoever has the link of a registration out of a mail.
func (s *Server) myRoutes() []route {
	return []route{
		get("/my/:link", Link, s.showMine),
		get("/my/:link/ticket", Link, s.showTicket),
		get("/my/:link/edit", Link, s.showEdit),
		post("/my/:link/edit", Link, s.edit),
		get("/my/:link/hand-over", Link, s.showHandOver),
		post("/my/:link/hand-over", Link, s.giveAway),
		get("/my/:link/cancel", Link, s.showCancel),
		post("/my/:link/cancel", Link, s.cancel),
		get("/my/:link/answer", Link, s.showAnswer),
		post("/my/:link/answer", Link, s.answer),
		post("/my/:link/confirm", Link, s.change((*scheduling.Desk).ConfirmAddress, "my.flash.address")),
		post("/my/:link/accept", Link, s.change((*scheduling.Desk).AcceptOffer, "my.flash.accepted")),
		post("/my/:link/decline", Link, s.change((*scheduling.Desk).DeclineOffer, "my.flash.declined")),
	}
}

// myPage is the data of templates/pages/my.html and of what hangs on it.
type myPage struct {
	Page
	*scheduling.MyPage
	Base      string // /my/LINK
	Phase     scheduling.Phase
	Calendar  []calendarLink
	Map       string
	CanEdit   bool
	CanCancel bool
	CanGive   bool // hand over
	CanAnswer bool // accept or decline
	Ticket    bool // shown
	Join      bool // the address of an online event is shown
	Unasked   bool // there are questions or consents nobody has answered
	Closed    bool // ended, by somebody or by the clock
}

// mine finds the registration of the link in the address.
func (s *Server) mine(c *fiber.Ctx) (*myPage, error) {
	secret(c)
	found, err := s.desk.MyPage(c.UserContext(), c.Params("link"))
	if err != nil {
		return nil, err
	}
	e, r, now := found.Event, found.Registration, s.desk.DB.Now()
	p := &myPage{MyPage: found, Base: "/my/" + c.Params("link"), Phase: e.Phase(now)}
	p.NoIndex = true
	p.Calendar, p.Map = s.calendarLinks(c, e), mapLink(e)
	p.may(e, r, now)
	return p, nil
}

// may says what can still be done, by the same rules as the desk.
func (p *myPage) may(e *scheduling.Event, r *scheduling.Registration, now time.Time) {
	ahead := e.State == scheduling.Published && now.Before(e.Starts)
	p.Closed = !r.State.Live() || p.Phase == scheduling.PhaseCancelled
	p.CanEdit = r.CanEdit(e, now)
	p.CanCancel = r.State.Live() && r.State != scheduling.Attended && r.State != scheduling.NoShow && ahead
	p.CanAnswer = r.State == scheduling.Offered && now.Before(r.Deadline) && ahead
	switch r.State {
	case scheduling.Confirmed, scheduling.Offered, scheduling.Waitlisted:
		p.CanGive = ahead
	}
	seated := r.State == scheduling.Confirmed || r.State == scheduling.Attended
	p.Ticket = seated && !p.Closed && p.Phase != scheduling.PhaseEnded
	p.Join = seated && e.Link != "" && !p.Closed && p.Phase != scheduling.PhaseEnded
	asks := len(e.Rules.Questions) > 0 || len(e.Rules.Consents) > 0
	p.Unasked = asks && p.CanEdit && len(r.Answers) == 0 && len(r.Consents) == 0
}

func (s *Server) showMine(c *fiber.Ctx) error {
	p, err := s.mine(c)
	if err != nil {
		return err
	}
	return s.funded(c, "my", p, p.Event.ID)
}

// showTicket is the ticket alone, for printing.
func (s *Server) showTicket(c *fiber.Ctx) error {
	p, err := s.mine(c)
	if err != nil {
		return err
	}
	if !p.Ticket {
		return fiber.ErrNotFound
	}
	p.Back = p.Base
	return s.funded(c, "ticket", p, p.Event.ID)
}

// An action is a method of the desk that a link's holder may ask for.
type action func(*scheduling.Desk, context.Context, scheduling.Actor, string) (*scheduling.Registration, error)

// change does one thing that needs no form, and says so on the page.
func (s *Server) change(do action, done string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, err := s.mine(c)
		if err != nil {
			return err
		}
		r := p.Registration
		_, err = do(s.desk, c.UserContext(), r.Holder(), r.ID)
		if problem := scheduling.ProblemIn(err); problem != nil {
			return s.seeOtherBad(c, p.Base, problem.Key, problem.Args...)
		}
		if err != nil {
			return err
		}
		return s.seeOther(c, p.Base, done)
	}
}

// editPage is the data of templates/pages/my_edit.html.
type editPage struct {
	myPage
	Form      scheduling.Signup
	Questions []asking
	Consents  []consent
}

func (s *Server) showEdit(c *fiber.Ctx) error {
	p, err := s.mine(c)
	if err != nil {
		return err
	}
	r := p.Registration
	if !p.CanEdit {
		return s.seeOtherBad(c, p.Base, "registration.locked")
	}
	form := scheduling.Signup{Name: r.Name, Email: r.Email, Company: r.Company, Title: r.Title, Answers: r.Answers, Consents: map[string]bool{}}
	for _, a := range p.Event.Rules.Consents {
		form.Consents[a.Purpose] = scheduling.Agreed(r.Consents, a.Purpose)
	}
	return s.editForm(c, p, form, nil)
}

func (s *Server) editForm(c *fiber.Ctx, mine *myPage, form scheduling.Signup, problem *FormProblem) error {
	lang := s.lang(c)
	p := &editPage{myPage: *mine, Form: form, Consents: consentsOf(mine.Event, form.Consents)}
	p.Questions = questionsOf(mine.Event.Rules.Questions, form.Answers, lang.Code(), lang.Text)
	p.Problem = (&registerPage{Questions: p.Questions}).labelled(problem, lang.Code(), lang.Text)
	return s.funded(c, "my_edit", p, p.Event.ID)
}

func (s *Server) edit(c *fiber.Ctx) error {
	p, err := s.mine(c)
	if err != nil {
		return err
	}
	f, r := s.form(c), p.Registration
	u := scheduling.Signup{Name: f.Value("name"), Email: r.Email, Company: f.Value("company"), Title: f.Value("title"),
		Answers: f.answers(p.Event), Consents: f.consents(p.Event)}
	if f.unasked(p.Event, u.Answers) {
		return s.editForm(c, p, u, &FormProblem{Text: s.lang(c).Text("public.register.more_questions"), status: fiber.StatusUnprocessableEntity})
	}
	_, err = s.desk.EditRegistration(c.UserContext(), r.Holder(), r.ID,
		scheduling.Edit{Name: u.Name, Company: u.Company, Title: u.Title, Answers: u.Answers, Consents: u.Consents})
	if problem := s.inForm(c, err, "name", "company", "title"); problem != nil {
		return s.editForm(c, p, u, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base, "my.flash.saved")
}

// handOverPage is the data of templates/pages/my_hand_over.html.
type handOverPage struct {
	myPage
	Form scheduling.Guest
}

func (s *Server) showHandOver(c *fiber.Ctx) error {
	p, err := s.mine(c)
	if err != nil {
		return err
	}
	if !p.CanGive {
		return s.seeOtherBad(c, p.Base, "registration.too_late")
	}
	return s.funded(c, "my_hand_over", &handOverPage{myPage: *p}, p.Event.ID)
}

// giveAway hands the registration away. Its link is useless from then on, so
// the page that follows is the event's.
func (s *Server) giveAway(c *fiber.Ctx) error {
	p, err := s.mine(c)
	if err != nil {
		return err
	}
	f, r := s.form(c), p.Registration
	to := scheduling.Guest{Name: f.Value("name"), Email: f.Value("email"), Title: f.Value("title")}
	_, err = s.desk.HandOver(c.UserContext(), r.Holder(), r.ID, to)
	if problem := s.inForm(c, err, "name", "email", "title"); problem != nil {
		page := &handOverPage{myPage: *p, Form: to}
		page.Problem = problem
		return s.funded(c, "my_hand_over", page, page.Event.ID)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/events/"+p.Event.Slug, "my.flash.handed_over")
}

func (s *Server) showCancel(c *fiber.Ctx) error {
	p, err := s.mine(c)
	if err != nil {
		return err
	}
	if !p.CanCancel {
		return s.seeOtherBad(c, p.Base, "registration.too_late")
	}
	return s.funded(c, "my_cancel", p, p.Event.ID)
}

func (s *Server) cancel(c *fiber.Ctx) error {
	p, err := s.mine(c)
	if err != nil {
		return err
	}
	r := p.Registration
	_, err = s.desk.CancelRegistration(c.UserContext(), r.Holder(), r.ID, short(s.form(c).Text("reason")))
	if problem := scheduling.ProblemIn(err); problem != nil {
		return s.seeOtherBad(c, p.Base, problem.Key, problem.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base, "my.flash.cancelled")
}
