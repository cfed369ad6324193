package handlers

import (
	"fmt"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// pollRoutes are the date polls of groups: for who plans their meetings to ask,
// for members to answer, by a page or a link.
func (s *Server) pollRoutes() []route {
	const one = "/polls/:id"
	return []route{
		get("/poll/:link", Link, s.showPollLink),
		post("/poll/:link", Link, s.answerPollLink),
		get("/groups/:id/polls/new", SignedIn, s.showNewPoll),
		post("/groups/:id/polls/new", SignedIn, s.createPoll),
		get(one, SignedIn, s.showPoll),
		get(one+"/edit", SignedIn, s.showEditPoll),
		post(one+"/edit", SignedIn, s.editPoll),
		post(one+"/answer", SignedIn, s.answerPoll),
		post(one+"/close", SignedIn, s.closePoll),
		post(one+"/cancel", SignedIn, s.cancelPoll),
	}
}

// pollPage is the data of templates/pages/poll.html and poll_answer.html.
type pollPage struct {
	Page
	*scheduling.PollPage
	Base    string // where answers go
	Mine    string // id of whose answers the form has
	Answers []option
	Times   []scheduling.PollCount // in the order of time
	F       values
}

func (s *Server) pollPage(c *fiber.Ctx, found *scheduling.PollPage, base, personID string, problem *FormProblem) *pollPage {
	p := &pollPage{PollPage: found, Base: base, Mine: personID, Times: slices.Clone(found.Counts), F: values{}}
	p.NoIndex, p.Problem = true, problem
	slices.SortFunc(p.Times, func(a, b scheduling.PollCount) int { return a.Time.Starts.Compare(b.Time.Starts) })
	p.Answers = s.groupAnswers(c)
	return p
}

// groupAnswers are what can be said about a time.
func (s *Server) groupAnswers(c *fiber.Ctx) []option {
	var answers []string
	for _, a := range scheduling.GroupAnswers {
		answers = append(answers, string(a))
	}
	return s.options(c, "b2b.answer", answers...)
}

// showPoll answers GET /polls/:id.
func (s *Server) showPoll(c *fiber.Ctx) error { return s.poll(c, nil) }

func (s *Server) poll(c *fiber.Ctx, problem *FormProblem) error {
	found, err := s.desk.Poll(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.page(c, "poll", s.pollPage(c, found, "/polls/"+found.Poll.ID+"/answer", actor(c).ID, problem))
}

// pollDone answers a change of a poll.
func (s *Server) pollDone(c *fiber.Ctx, err error, to, said string) error {
	if p := s.inForm(c, err); p != nil {
		return s.poll(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, to, said)
}

// readVotes reads what a form says about the times.
func (f *form) readVotes() map[string]scheduling.GroupAnswer {
	out := map[string]scheduling.GroupAnswer{}
	for _, id := range f.inOrder("answer") {
		out[id] = scheduling.GroupAnswer(f.Value("answer." + id))
	}
	return out
}

// answerPoll answers POST /polls/:id/answer: one's own answer, or by who plans
// the meetings that of a member.
func (s *Server) answerPoll(c *fiber.Ctx) error {
	f := s.form(c)
	who := f.Value("person")
	if who == "" {
		who = actor(c).ID
	}
	_, err := s.desk.AnswerPoll(c.UserContext(), actor(c), c.Params("id"), who, f.readVotes())
	return s.pollDone(c, err, "/polls/"+c.Params("id"), "poll.flash.answered")
}

// showPollLink answers GET /poll/:link.
func (s *Server) showPollLink(c *fiber.Ctx) error { return s.pollLink(c, nil) }

func (s *Server) pollLink(c *fiber.Ctx, problem *FormProblem) error {
	secret(c)
	found, by, err := s.desk.PollByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	return s.page(c, "poll_answer", s.pollPage(c, found, "/poll/"+c.Params("link"), by.ID, problem))
}

// answerPollLink answers POST /poll/:link.
func (s *Server) answerPollLink(c *fiber.Ctx) error {
	found, by, err := s.desk.PollByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	_, err = s.desk.AnswerPoll(c.UserContext(), by, found.Poll.ID, by.ID, s.form(c).readVotes())
	if p := s.inForm(c, err); p != nil {
		return s.pollLink(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/poll/"+c.Params("link"), "poll.flash.answered")
}

// closePoll answers POST /polls/:id/close: a time is chosen.
func (s *Server) closePoll(c *fiber.Ctx) error {
	r, err := s.desk.ClosePoll(c.UserContext(), actor(c), c.Params("id"), s.form(c).Value("time"))
	to := "/"
	if r != nil {
		to = "/records/" + r.ID
	}
	return s.pollDone(c, err, to, "poll.flash.closed")
}

// cancelPoll answers POST /polls/:id/cancel.
func (s *Server) cancelPoll(c *fiber.Ctx) error {
	err := s.desk.CancelPoll(c.UserContext(), actor(c), c.Params("id"), short(s.form(c).Text("reason")))
	return s.pollDone(c, err, "/polls/"+c.Params("id"), "poll.flash.cancelled")
}

// pollFormPage is the data of templates/pages/poll_form.html.
type pollFormPage struct {
	Page
	F     values
	Group *scheduling.Group
	Poll  *scheduling.DatePoll // as stored; nil for a new one
	Lines []string             // numbers of the times
	Zones []string
}

func (s *Server) pollForm(c *fiber.Ctx, v values, g *scheduling.Group, poll *scheduling.DatePoll, problem *FormProblem) error {
	p := &pollFormPage{F: v, Group: g, Poll: poll, Zones: zones}
	p.NoIndex, p.Problem = true, s.labelled(c, "b2b.f.", problem)
	for i := range max(timeLines, v.rows("times")+1) {
		p.Lines = append(p.Lines, fmt.Sprint(i))
	}
	return s.page(c, "poll_form", p)
}

// pollDays is how long members have to answer, unless the coordinator says
// something else.
const pollDays = 7

// showNewPoll answers GET /groups/:id/polls/new.
func (s *Server) showNewPoll(c *fiber.Ctx) error {
	p, err := s.keptGroup(c, c.Params("id"))
	if err != nil {
		return err
	}
	v := values{}
	v.set("id", storage.NewID())
	v.set("zone", p.Cluster.Zone)
	v.number("minutes", 90)
	day := s.desk.DB.Now().In(p.Cluster.Location()).AddDate(0, 0, pollDays)
	v.moment("answer_by", time.Date(day.Year(), day.Month(), day.Day(), 16, 0, 0, 0, day.Location()), day.Location())
	return s.pollForm(c, v, p.Group, nil, nil)
}

// createPoll answers POST /groups/:id/polls/new. Sent twice, it makes one.
func (s *Server) createPoll(c *fiber.Ctx) error {
	p, err := s.keptGroup(c, c.Params("id"))
	if err != nil {
		return err
	}
	f := s.form(c)
	return s.savePoll(c, f, scheduling.PollInput{ID: f.NewID(), GroupID: p.Group.ID}, p.Group, nil)
}

// showEditPoll answers GET /polls/:id/edit.
func (s *Server) showEditPoll(c *fiber.Ctx) error {
	p, err := s.keptPoll(c)
	if err != nil {
		return err
	}
	return s.pollForm(c, pollValues(p.Poll), p.Group, p.Poll, nil)
}

func (s *Server) keptPoll(c *fiber.Ctx) (*scheduling.PollPage, error) {
	p, err := s.desk.Poll(c.UserContext(), actor(c), c.Params("id"))
	if err == nil && !p.Manage {
		return nil, storage.ErrNotFound
	}
	return p, err
}

// editPoll answers POST /polls/:id/edit.
func (s *Server) editPoll(c *fiber.Ctx) error {
	p, err := s.keptPoll(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	rev := f.EditRevision()
	if rev < 0 {
		return s.pollForm(c, f.typed, p.Group, p.Poll, s.inForm(c, &scheduling.Problem{Kind: scheduling.Changed, Key: "problem.changed"}))
	}
	return s.savePoll(c, f, scheduling.PollInput{ID: p.Poll.ID, Rev: rev, GroupID: p.Group.ID}, p.Group, p.Poll)
}

var pollFields = []string{"title", "about", "zone", "minutes", "times", "answer_by", "place", "link"}

func (s *Server) savePoll(c *fiber.Ctx, f *form, in scheduling.PollInput, g *scheduling.Group, poll *scheduling.DatePoll) error {
	in.Title, in.About, in.Place, in.Link, in.Zone = f.Langs("title"), f.Langs("about"), f.Text("place"), f.Text("link"), f.Text("zone")
	in.Minutes, in.AnswerBy = f.Int("minutes", 0, 24*60), f.Moment("answer_by", in.Zone)
	for i := range values(f.typed).rows("times") {
		if at := f.Moment(fmt.Sprintf("times.%d.at", i), in.Zone); !at.IsZero() {
			in.Starts = append(in.Starts, at)
		}
	}
	err := f.Err()
	if err == nil {
		_, err = s.desk.SavePoll(c.UserContext(), actor(c), in)
	}
	if problem := s.inForm(c, err, pollFields...); problem != nil {
		return s.pollForm(c, f.typed, g, poll, problem)
	}
	if err != nil {
		return err
	}
	said := "poll.flash.asked"
	if poll != nil {
		said = "poll.flash.saved"
	}
	return s.seeOther(c, "/polls/"+in.ID, said)
}

// pollValues are the fields of the form for a poll.
func pollValues(p *scheduling.DatePoll) values {
	v := values{}
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		loc = time.UTC
	}
	v.set("rev", number64(p.Rev))
	v.text("title", p.Title)
	v.text("about", p.About)
	v.set("place", p.Place)
	v.set("link", p.Link)
	v.set("zone", p.Zone)
	v.number("minutes", p.Minutes)
	v.moment("answer_by", p.AnswerBy, loc)
	for i, t := range p.Times {
		v.moment(fmt.Sprintf("times.%d.at", i), t.Starts, loc)
	}
	return v
}
