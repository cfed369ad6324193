package handlers

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// regPage is the data of templates/pages/registration.html.
type regPage struct {
	boardPage
	R        *scheduling.Registration
	Position int
	Party    []*scheduling.Registration
	Answers  []answered
	History  []*scheduling.Entry
	Mails    []*mailer.Mail
	F        values
	Asks     []askField
	CanEnd   bool // cancel or reject
	CanHand  bool
	CanCome  bool
	Ended    bool // the event is over
	Letters  bool // there is a mail to send again
}

// An answered question, as people read it.
type answered struct{ Label, Text string }

// An askField is a question as a field of a form.
type askField struct {
	scheduling.Question
	Name    string // of its input
	Choices []option
}

// askFields are the questions of an event as fields.
func (s *Server) askFields(c *fiber.Ctx, e *scheduling.Event) []askField {
	l := s.lang(c)
	var out []askField
	for _, q := range e.Rules.Questions {
		f := askField{Question: q, Name: "answer." + q.Key}
		for _, o := range q.Options {
			f.Choices = append(f.Choices, option{o.Key, o.Label.In(l.Code())})
		}
		if q.Kind == scheduling.AskYesNo {
			f.Choices = []option{{"yes", l.Text("answer.yes")}, {"no", l.Text("answer.no")}}
		}
		out = append(out, f)
	}
	return out
}

// answersOf reads the answers to an event's questions out of a form.
func answersOf(f *form, e *scheduling.Event) scheduling.Answers {
	a := scheduling.Answers{}
	for _, q := range e.Rules.Questions {
		if vs := f.List("answer." + q.Key); len(vs) > 0 {
			a[q.Key] = vs
		}
	}
	return a
}

// showRegistration answers GET /organise/registrations/:id.
func (s *Server) showRegistration(c *fiber.Ctx) error {
	p, err := s.regPage(c)
	if err != nil {
		return err
	}
	return s.page(c, "registration", p)
}

// regPage reads the registration of the address for its organisers.
func (s *Server) regPage(c *fiber.Ctx) (*regPage, error) {
	ctx, by := c.UserContext(), actor(c)
	mine, err := s.desk.Registration(ctx, by, c.Params("id"))
	if err != nil {
		return nil, err
	}
	if !by.Organises(mine.Event.ClusterIDs...) {
		return nil, storage.ErrNotFound
	}
	e, r := mine.Event, mine.Registration
	p := &regPage{R: r, Position: mine.Position, Party: mine.Party, Asks: s.askFields(c, e)}
	p.boardPage = boardPage{EventPage: &scheduling.EventPage{Event: e, Seating: mine.Seating, Organise: true},
		Phase: e.Phase(s.desk.DB.Now()), Base: "/organise/events/" + e.ID}
	p.NoIndex, p.Tabs = true, eventTabs(p.EventPage)
	if p.History, err = s.desk.History(ctx, by, r.ID); err != nil {
		return nil, err
	}
	if p.Mails, _, err = s.desk.Outbox.List(ctx, mailer.Filter{Ref: r.ID, Limit: 20}); err != nil {
		return nil, err
	}
	p.Answers, p.F = s.answersIn(c, e, r), regValues(r)
	p.can(s.desk.DB.Now().After(e.Ends))
	return p, nil
}

// can says which actions fit the state.
func (p *regPage) can(ended bool) {
	st := p.R.State
	p.Ended = ended
	p.CanEnd = st.Live() && st != scheduling.Attended && st != scheduling.NoShow
	p.CanHand = st == scheduling.Confirmed || st == scheduling.Offered || st == scheduling.Waitlisted
	p.CanCome = p.Event.State == scheduling.Published && (st == scheduling.Confirmed || st == scheduling.Offered || st == scheduling.NoShow)
	p.Letters = p.R.Email != "" && st != scheduling.Attended && st != scheduling.NoShow
}

func regValues(r *scheduling.Registration) values {
	v := values{}
	v.set("name", r.Name)
	v.set("company", r.Company)
	v.set("title", r.Title)
	v.set("note", r.Note)
	for key, list := range r.Answers {
		v["answer."+key] = list
	}
	return v
}

func (s *Server) answersIn(c *fiber.Ctx, e *scheduling.Event, r *scheduling.Registration) (out []answered) {
	l := s.lang(c)
	for _, q := range e.Rules.Questions {
		var words []string
		for _, v := range r.Answers[q.Key] {
			words = append(words, q.Words(v, l))
		}
		if len(words) > 0 {
			out = append(out, answered{q.Label.In(l.Code()), strings.Join(words, ", ")})
		}
	}
	return out
}

// editRegistration answers POST /organise/registrations/:id/edit.
func (s *Server) editRegistration(c *fiber.Ctx) error {
	p, err := s.regPage(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	note := f.Text("note")
	in := scheduling.Edit{Name: f.Text("name"), Company: f.Text("company"), Title: f.Text("title"), Answers: answersOf(f, p.Event), Note: &note}
	_, err = s.desk.EditRegistration(c.UserContext(), actor(c), p.R.ID, in)
	if p.Problem = s.inForm(c, err, "name", "company", "title"); p.Problem != nil {
		p.F = f.typed
		return s.page(c, "registration", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/registrations/"+p.R.ID, "flash.saved")
}

// passOn answers POST /organise/registrations/:id/handover.
func (s *Server) passOn(c *fiber.Ctx) error {
	p, err := s.regPage(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	to := scheduling.Guest{Name: f.Text("name"), Email: f.Text("email"), Title: f.Text("title")}
	_, err = s.desk.HandOver(c.UserContext(), actor(c), p.R.ID, to)
	if p.Problem = s.inForm(c, err, "name", "email", "title"); p.Problem != nil {
		p.F["to_name"], p.F["email"], p.F["to_title"] = f.typed["name"], f.typed["email"], f.typed["title"]
		return s.page(c, "registration", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/registrations/"+p.R.ID, "flash.handed_over", "name", to.Name)
}

// regActions are what the buttons of a registration's page do.
var regActions = []string{"approve", "reject", "cancel", "send", "checkin", "undo", "noshow"}

// actOnRegistration answers POST /organise/registrations/:id/do.
func (s *Server) actOnRegistration(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), actor(c)
	mine, err := s.desk.Registration(ctx, by, c.Params("id"))
	if err != nil {
		return err
	}
	f := s.form(c)
	id, event, action := mine.Registration.ID, mine.Event.ID, f.Text("do")
	if !by.Organises(mine.Event.ClusterIDs...) || !slices.Contains(regActions, action) {
		return storage.ErrNotFound
	}
	switch action {
	case "send":
		_, err = s.desk.SendAgain(ctx, by, id)
	case "checkin":
		_, err = s.desk.CheckIn(ctx, by, event, id)
	case "undo":
		_, err = s.desk.UndoCheckIn(ctx, by, event, id)
	case "noshow":
		_, err = s.desk.MarkNoShow(ctx, by, event, id)
	default:
		err = s.decide(c, id, action, f.Text("reason"))
	}
	path := "/organise/registrations/" + id
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, path, p.Key, p.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, path, "flash.reg."+action)
}

// addPage is the data of templates/pages/add.html.
type addPage struct {
	boardPage
	F     values
	Asks  []askField
	Langs []option
}

// showAdd answers GET /organise/events/:id/add.
func (s *Server) showAdd(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	return s.add(c, &addPage{boardPage: b, F: values{"tell": {"1"}, "lang": {s.lang(c).Code()}}})
}

func (s *Server) add(c *fiber.Ctx, p *addPage) error {
	p.Asks = s.askFields(c, p.Event)
	for _, code := range s.texts.Langs() {
		p.Langs = append(p.Langs, option{code, s.texts.In(code).Text("organise.language")})
	}
	return s.page(c, "add", p)
}

// addByHand answers POST /organise/events/:id/add.
func (s *Server) addByHand(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	u := scheduling.Signup{Name: f.Text("name"), Email: f.Text("email"), Company: f.Text("company"), Title: f.Text("title"),
		Lang: s.texts.In(f.Text("lang")).Code(), Answers: answersOf(f, b.Event)}
	added, err := s.desk.AddRegistration(c.UserContext(), actor(c), b.Event.ID, u, f.Text("note"), f.Check("tell"))
	p := &addPage{boardPage: b, F: f.typed}
	if p.Problem = s.inForm(c, err, "name", "email", "company", "title"); p.Problem != nil {
		return s.add(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/registrations/"+added.Registration.ID, "flash.added."+string(added.Outcome))
}
