package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// gatheringRoutes are the meetings of B2B groups that need a quorum: for their
// coordinators to plan, for those who are asked to answer, by a page or a link.
func (s *Server) gatheringRoutes() []route {
	const all, one = "/groups/:id/meetings", "/groups/:id/meetings/:meeting"
	return []route{
		get("/group-meetings/:link", Link, s.showGatheringLink),
		post("/group-meetings/:link", Link, s.answerGatheringLink),
		get(all, SignedIn, s.showGatherings),
		get(all+"/new", SignedIn, s.showNewGathering),
		post(all+"/new", SignedIn, s.saveGathering),
		get(one, SignedIn, s.showGathering),
		get(one+"/edit", SignedIn, s.showEditGathering),
		post(one+"/edit", SignedIn, s.saveGathering),
		post(one+"/answer", SignedIn, s.answerGathering),
		post(one+"/confirm", SignedIn, s.confirmGathering),
		post(one+"/move", SignedIn, s.moveGathering),
		post(one+"/cancel", SignedIn, s.cancelGathering),
		post(one+"/hold", SignedIn, s.holdGathering),
	}
}

// gatheringsPage is the data of templates/pages/gatherings.html.
type gatheringsPage struct {
	Page
	*scheduling.GatheringsPage
	Visits []*scheduling.VisitDay
}

// showGatherings answers GET /groups/:id/meetings.
func (s *Server) showGatherings(c *fiber.Ctx) error {
	found, err := s.desk.Gatherings(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &gatheringsPage{GatheringsPage: found}
	p.NoIndex = true
	if found.Manage {
		if p.Visits, err = s.desk.VisitDays(c.UserContext(), actor(c), found.Group.ID); err != nil {
			return err
		}
	}
	return s.page(c, "gatherings", p)
}

// gatheringPage is the data of templates/pages/gathering.html and
// gathering_answer.html.
type gatheringPage struct {
	Page
	*scheduling.GatheringPage
	Base    string // where answers go
	Counts  []scheduling.TimeCount
	Best    scheduling.TimeCount
	HasBest bool
	Answers []option
	As      string // the answer that a link asks for
	Zone    string // the reader's
	Zones   []string
	Hints   []scheduling.TimeHint
	From    string
	F       values
}

func (s *Server) gatheringPage(c *fiber.Ctx, found *scheduling.GatheringPage, base string, problem *FormProblem) *gatheringPage {
	p := &gatheringPage{GatheringPage: found, Base: base, Counts: found.Gathering.Counts(), Zones: zones, F: values{}, Zone: found.Gathering.Zone}
	p.NoIndex, p.Problem = true, s.labelled(c, "b2b.f.", problem)
	p.Best, p.HasBest = found.Gathering.Best()
	if chosen := found.Gathering.Chosen; chosen != "" {
		p.Counts = slices.DeleteFunc(p.Counts, func(n scheduling.TimeCount) bool { return n.Time.ID != chosen })
	}
	slices.SortFunc(p.Counts, func(a, b scheduling.TimeCount) int { return a.Time.Starts.Compare(b.Time.Starts) })
	if found.Person != nil {
		p.Zone = found.Person.ZoneOf(found.Gathering)
	}
	var answers []string
	for _, a := range scheduling.GroupAnswers {
		answers = append(answers, string(a))
	}
	p.Answers = s.options(c, "b2b.answer", answers...)
	return p
}

// showGathering answers GET /groups/:id/meetings/:meeting; with ?from= it looks
// for times that suit most.
func (s *Server) showGathering(c *fiber.Ctx) error { return s.gathering(c, nil) }

func (s *Server) gathering(c *fiber.Ctx, problem *FormProblem) error {
	found, err := s.ownGathering(c)
	if err != nil {
		return err
	}
	p := s.gatheringPage(c, found, "/groups/"+found.Group.ID+"/meetings/"+found.Gathering.ID+"/answer", problem)
	if day, ok := parseDay(text(c, "from")); ok && found.Manage {
		p.From = day.Format(time.DateOnly)
		if p.Hints, err = s.desk.TimeHints(c.UserContext(), actor(c), found.Gathering.ID, day); err != nil {
			return err
		}
	}
	return s.page(c, "gathering", p)
}

// ownGathering finds the one of the address, in its own group only.
func (s *Server) ownGathering(c *fiber.Ctx) (*scheduling.GatheringPage, error) {
	p, err := s.desk.Gathering(c.UserContext(), actor(c), c.Params("meeting"))
	if err == nil && p.Group.ID != c.Params("id") {
		return nil, storage.ErrNotFound
	}
	return p, err
}

// gatheringDone answers a change of a gathering.
func (s *Server) gatheringDone(c *fiber.Ctx, err error, said string) error {
	if p := s.inForm(c, err); p != nil {
		return s.gathering(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+c.Params("id")+"/meetings/"+c.Params("meeting"), said)
}

// readAnswer reads what a form says about the times.
func (f *form) readAnswer() scheduling.GatheringAnswer {
	busy := f.Check("use_busy")
	in := scheduling.GatheringAnswer{Answers: map[string]scheduling.GroupAnswer{}, Zone: f.Text("zone"), UseBusy: &busy}
	for _, id := range f.inOrder("answer") {
		in.Answers[id] = scheduling.GroupAnswer(f.Value("answer." + id))
	}
	return in
}

// answerGathering answers POST …/meetings/:meeting/answer: one's own answer, or
// by who decides that of somebody.
func (s *Server) answerGathering(c *fiber.Ctx) error {
	f := s.form(c)
	in, who := f.readAnswer(), cmp.Or(f.Value("person"), actor(c).ID)
	_, err := s.desk.AnswerGathering(c.UserContext(), actor(c), c.Params("meeting"), who, in)
	return s.gatheringDone(c, err, "b2b.flash.answered")
}

// showGatheringLink answers GET /group-meetings/:link. A link in a mail says an
// answer with ?as=; it only leads here, where one button says it.
func (s *Server) showGatheringLink(c *fiber.Ctx) error { return s.gatheringLink(c, nil) }

func (s *Server) gatheringLink(c *fiber.Ctx, problem *FormProblem) error {
	secret(c)
	found, _, err := s.desk.GatheringByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	p := s.gatheringPage(c, found, "/group-meetings/"+c.Params("link"), problem)
	if as := scheduling.GroupAnswer(c.Query("as")); slices.Contains(scheduling.GroupAnswers, as) {
		p.As = string(as)
	}
	return s.page(c, "gathering_answer", p)
}

// answerGatheringLink answers POST /group-meetings/:link.
func (s *Server) answerGatheringLink(c *fiber.Ctx) error {
	found, by, err := s.desk.GatheringByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	_, err = s.desk.AnswerGathering(c.UserContext(), by, found.Gathering.ID, by.ID, s.form(c).readAnswer())
	if p := s.inForm(c, err); p != nil {
		return s.gatheringLink(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/group-meetings/"+c.Params("link"), "b2b.flash.answered")
}

// confirmGathering answers POST …/meetings/:meeting/confirm.
func (s *Server) confirmGathering(c *fiber.Ctx) error {
	_, err := s.desk.ConfirmGathering(c.UserContext(), actor(c), c.Params("meeting"), s.form(c).Value("time"))
	return s.gatheringDone(c, err, "b2b.flash.confirmed")
}

// moveGathering answers POST …/meetings/:meeting/move.
func (s *Server) moveGathering(c *fiber.Ctx) error {
	found, err := s.ownGathering(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	starts := f.Moment("starts", found.Gathering.Zone)
	if err = f.Err(); err == nil {
		_, err = s.desk.MoveGathering(c.UserContext(), actor(c), found.Gathering.ID, starts)
	}
	return s.gatheringDone(c, err, "b2b.flash.moved")
}

// cancelGathering answers POST …/meetings/:meeting/cancel.
func (s *Server) cancelGathering(c *fiber.Ctx) error {
	_, err := s.desk.CancelGathering(c.UserContext(), actor(c), c.Params("meeting"), short(s.form(c).Text("reason")))
	return s.gatheringDone(c, err, "b2b.flash.cancelled")
}

// holdGathering answers POST …/meetings/:meeting/hold.
func (s *Server) holdGathering(c *fiber.Ctx) error {
	_, err := s.desk.HoldGathering(c.UserContext(), actor(c), c.Params("meeting"))
	return s.gatheringDone(c, err, "b2b.flash.held")
}

// gatheringFormPage is the data of templates/pages/gathering_form.html.
type gatheringFormPage struct {
	Page
	F         values
	Group     *scheduling.Group
	Gathering *scheduling.Gathering         // as stored; nil for a new one
	Companies []*scheduling.GroupMembership // that are in
	Lines     []string                      // numbers of the times
	Zones     []string
}

// timeLines is how many times a form has room for at least.
const timeLines = 4

func (s *Server) gatheringForm(c *fiber.Ctx, v values, found *scheduling.B2BPage, g *scheduling.Gathering, problem *FormProblem) error {
	p := &gatheringFormPage{F: v, Group: found.Group, Gathering: g, Companies: found.In(), Zones: zones}
	p.NoIndex, p.Problem = true, s.labelled(c, "b2b.f.", problem)
	for i := range max(timeLines, v.rows("times")+1) {
		p.Lines = append(p.Lines, fmt.Sprint(i))
	}
	return s.page(c, "gathering_form", p)
}

// showNewGathering answers GET /groups/:id/meetings/new.
func (s *Server) showNewGathering(c *fiber.Ctx) error {
	p, err := s.keptB2B(c)
	if err != nil {
		return err
	}
	v := values{}
	v.set("id", storage.NewID())
	v.set("zone", p.Cluster.Zone)
	v.number("minutes", 60)
	for _, m := range p.In() {
		v["members"] = append(v["members"], m.ID)
	}
	return s.gatheringForm(c, v, p, nil, nil)
}

// showEditGathering answers GET …/meetings/:meeting/edit.
func (s *Server) showEditGathering(c *fiber.Ctx) error {
	p, err := s.keptB2B(c)
	if err != nil {
		return err
	}
	found, err := s.ownGathering(c)
	if err != nil {
		return err
	}
	return s.gatheringForm(c, gatheringValues(found.Gathering), p, found.Gathering, nil)
}

// gatheringValues are the fields of the form for a gathering.
func gatheringValues(g *scheduling.Gathering) values {
	v := values{}
	loc, err := time.LoadLocation(g.Zone)
	if err != nil {
		loc = time.UTC
	}
	v.set("rev", number64(g.Rev))
	v.text("title", g.Title)
	v.text("about", g.About)
	v.set("place", g.Place)
	v.set("link", g.Link)
	v.set("zone", g.Zone)
	v.number("minutes", g.Minutes)
	v.number("need", g.Need)
	v.moment("answer_by", g.AnswerBy, loc)
	for i, t := range g.Times {
		v.moment(fmt.Sprintf("times.%d.at", i), t.Starts, loc)
	}
	for _, p := range g.Parties {
		if p.Required && !p.Outside {
			v["required"] = append(v["required"], p.ID)
		}
		if !p.Outside {
			v["members"] = append(v["members"], p.ID)
			continue
		}
		v.set("outside_id", p.ID)
		v.set("outside", p.Name)
		v.tick("outside_required", p.Required)
		var lines []string
		for _, who := range p.People {
			lines = append(lines, who.Name+", "+who.Email)
		}
		v.set("outside_people", strings.Join(lines, "\n"))
	}
	return v
}

// saveGathering answers the form of a new meeting or of one that is there. Sent
// twice, it makes one.
func (s *Server) saveGathering(c *fiber.Ctx) error {
	p, err := s.keptB2B(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	in := scheduling.GatheringInput{ID: f.NewID(), GroupID: p.Group.ID}
	var g *scheduling.Gathering
	if id := c.Params("meeting"); id != "" {
		found, err := s.ownGathering(c)
		if err != nil {
			return err
		}
		g, in.ID, in.Rev = found.Gathering, id, f.EditRevision()
	}
	if in.Rev < 0 {
		return s.gatheringForm(c, f.typed, p, g, s.inForm(c, &scheduling.Problem{Kind: scheduling.Changed, Key: "problem.changed"}))
	}
	f.readGathering(&in)
	if err = f.Err(); err == nil {
		_, err = s.desk.SaveGathering(c.UserContext(), actor(c), in)
	}
	if problem := s.inForm(c, err, "title", "times", "zone", "minutes", "need", "place", "link", "answer_by", "parties", "outside"); problem != nil {
		if g != nil {
			values(f.typed).set("rev", number64(g.Rev))
		}
		return s.gatheringForm(c, f.typed, p, g, problem)
	}
	if err != nil {
		return err
	}
	said := "b2b.flash.asked"
	if g != nil {
		said = "b2b.flash.meeting"
	}
	return s.seeOther(c, "/groups/"+p.Group.ID+"/meetings/"+in.ID, said)
}

// readGathering reads what the form says; what could not be understood is noted.
func (f *form) readGathering(in *scheduling.GatheringInput) {
	in.Title, in.About, in.Place, in.Link, in.Zone = f.Langs("title"), f.Langs("about"), f.Text("place"), f.Text("link"), f.Text("zone")
	in.Minutes, in.Need = f.Int("minutes", 0, 24*60), f.Int("need", 0, 1000)
	in.AnswerBy = f.Moment("answer_by", in.Zone)
	in.Members, in.Required = f.List("members"), f.List("required")
	for i := range values(f.typed).rows("times") {
		at := f.Moment(fmt.Sprintf("times.%d.at", i), in.Zone)
		if !at.IsZero() {
			in.Starts = append(in.Starts, at)
		}
	}
	if f.Text("outside") != "" || f.Text("outside_people") != "" {
		in.Outside = []scheduling.OutsideParty{{ID: f.Value("outside_id"), Name: f.Text("outside"), Required: f.Check("outside_required"), People: guestLines(f.Text("outside_people"))}}
	}
}

// guestLines are people, one a line: name, comma, address.
func guestLines(s string) (out []scheduling.Guest) {
	for _, line := range strings.Split(s, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		g := scheduling.Guest{Name: line}
		if i := strings.LastIndexByte(line, ','); i >= 0 {
			g.Name, g.Email = strings.TrimSpace(line[:i]), strings.TrimSpace(line[i+1:])
		}
		out = append(out, g)
	}
	return out
}
