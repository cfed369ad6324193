package handlers

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// proposalRoutes are the draft schedules of a round.
func (s *Server) proposalRoutes() []route {
	const list, one = "/organise/rounds/:id/proposals", "/organise/rounds/:id/proposals/:proposal"
	return []route{
		get(list, Organiser, s.showProposals),
		post(list, Organiser, s.propose),
		get(list+"/compare", Organiser, s.showComparison),
		get(one, Organiser, s.showProposal),
		post(one+"/do", Organiser, s.actOnProposal),
	}
}

// budgets are how long a schedule may be worked on, in seconds of work.
var budgets = []int{5, 20, 60, 300}

// proposalsPage is the data of templates/pages/proposals.html.
type proposalsPage struct {
	schedulePage
	*scheduling.ProposalsPage
	Form    proposalForm
	Budgets []option
	Basis   []option
	Sides   []option // of a comparison
}

// proposalForm is what was typed.
type proposalForm struct {
	Once, Name, Budget, Seed, Based string
	Unanswered, Soft                bool
}

// showProposals answers GET /organise/rounds/:id/proposals.
func (s *Server) showProposals(c *fiber.Ctx) error {
	return s.proposals(c, proposalForm{Once: storage.NewID(), Budget: "20", Seed: "1"}, nil)
}

func (s *Server) proposals(c *fiber.Ctx, f proposalForm, problem *FormProblem) error {
	list, err := s.desk.Proposals(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &proposalsPage{schedulePage: newSchedulePage(list.Round), ProposalsPage: list, Form: f}
	p.Page.Problem = problem
	l := s.lang(c)
	for _, n := range budgets {
		p.Budgets = append(p.Budgets, option{strconv.Itoa(n), l.Text("board.budget", "count", n)})
	}
	if list.Published > 0 {
		p.Basis = append(p.Basis, option{scheduling.BasedOnPublished, l.Text("board.published")})
	}
	for _, x := range list.Proposals {
		if x.State == scheduling.ProposalReady {
			p.Basis = append(p.Basis, option{x.ID, l.Text("board.proposal_named", "name", x.Name)})
		}
	}
	p.Sides = p.Basis
	return s.page(c, "proposals", p)
}

// propose answers POST /organise/rounds/:id/proposals.
func (s *Server) propose(c *fiber.Ctx) error {
	f := s.form(c)
	typed := proposalForm{f.Text("once"), f.Text("name"), f.Text("budget"), f.Text("seed"), f.Text("based"), f.Check("unanswered"), f.Check("soft")}
	in := scheduling.ProposalInput{Name: typed.Name, Unanswered: typed.Unanswered, Soft: typed.Soft, Based: typed.Based, Once: typed.Once,
		Budget: time.Duration(f.Int("budget", 1, 300)) * time.Second, Seed: uint64(f.Int("seed", 1, 1_000_000))}
	p, err := (*scheduling.Proposal)(nil), f.Err()
	if err == nil {
		p, err = s.desk.Propose(c.UserContext(), actor(c), c.Params("id"), in)
	}
	if problem := s.inForm(c, err, "name", "budget", "seed", "based"); problem != nil {
		return s.proposals(c, typed, problem)
	}
	if err != nil {
		return err
	}
	return c.Redirect("/organise/rounds/"+p.RoundID+"/proposals/"+p.ID, fiber.StatusSeeOther)
}

// proposalPage is the data of templates/pages/proposal.html.
type proposalPage struct {
	schedulePage
	*scheduling.ProposalPage
	Path     string
	Percent  int
	Off      string // how far from the best it is, in words
	Conflict []string
}

// showProposal answers GET /organise/rounds/:id/proposals/:proposal. While the
// schedule is made, the page asks for itself again and again.
func (s *Server) showProposal(c *fiber.Ctx) error {
	found, err := s.proposalOf(c)
	if err != nil {
		return err
	}
	p := &proposalPage{schedulePage: newSchedulePage(found.Round), ProposalPage: found}
	x := found.Proposal
	p.Path = p.Base + "/proposals/" + x.ID
	p.Percent = int(x.Progress * 100)
	p.Conflict = s.said(c, x.Conflict)
	p.Off = s.offBy(c, x)
	if x.Live() || x.State == scheduling.ProposalPublishing {
		p.Again = 2
	}
	return s.page(c, "proposal", p)
}

// proposalOf reads the proposal of the address, which is of the round there.
func (s *Server) proposalOf(c *fiber.Ctx) (*scheduling.ProposalPage, error) {
	p, err := s.desk.Proposal(c.UserContext(), actor(c), c.Params("proposal"))
	if err == nil && p.Round.ID != c.Params("id") {
		err = storage.ErrNotFound
	}
	return p, err
}

// offBy says how far a proposal can be from the best possible schedule.
func (s *Server) offBy(c *fiber.Ctx, p *scheduling.Proposal) string {
	l := s.lang(c)
	off, known := p.OffBy()
	switch {
	case !known:
		return l.Text("board.off_unknown")
	case off == 0 && p.Gaps <= p.GapsBound:
		return l.Text("board.off_none")
	case off == 0:
		return l.Text("board.off_gaps", "count", p.Gaps-p.GapsBound)
	}
	return l.Text("board.off_by", "percent", l.Text("board.tenths", "whole", off/10, "tenth", off%10))
}

// proposalDone is what is said after an action on a proposal.
var proposalDone = map[string]string{
	"stop": "board.flash.stopping", "delete": "board.flash.deleted", "copy": "board.flash.copied",
	"rename": "board.flash.renamed", "publish": "board.flash.published",
}

// actOnProposal answers POST /organise/rounds/:id/proposals/:proposal/do.
func (s *Server) actOnProposal(c *fiber.Ctx) error {
	found, err := s.proposalOf(c)
	if err != nil {
		return err
	}
	f, base := s.form(c), "/organise/rounds/"+c.Params("id")
	do, id := f.Text("do"), found.Proposal.ID
	path := base + "/proposals/" + id
	switch ctx, by := c.UserContext(), actor(c); do {
	case "stop":
		_, err = s.desk.StopProposal(ctx, by, id)
	case "delete":
		if err = s.desk.DeleteProposal(ctx, by, id); err == nil {
			path = base + "/proposals"
		}
	case "copy":
		var copied *scheduling.Proposal
		if copied, err = s.desk.CopyProposal(ctx, by, found.Round.ID, id, ""); err == nil {
			path = base + "/proposals/" + copied.ID
		}
	case "rename":
		_, err = s.desk.RenameProposal(ctx, by, id, f.Text("name"))
	case "publish":
		_, err = s.desk.Publish(ctx, by, id)
	default:
		return fiber.ErrBadRequest
	}
	return s.answerMove(c, err, path, proposalDone[do])
}

// comparisonPage is the data of templates/pages/compare.html.
type comparisonPage struct {
	schedulePage
	*scheduling.Comparison
	NameA, NameB string
}

// showComparison answers GET /organise/rounds/:id/proposals/compare?a=…&b=….
func (s *Server) showComparison(c *fiber.Ctx) error {
	cmp, err := s.desk.CompareProposals(c.UserContext(), actor(c), c.Params("id"), c.Query("a"), c.Query("b"))
	if err != nil {
		return err
	}
	p := &comparisonPage{schedulePage: newSchedulePage(cmp.Round), Comparison: cmp}
	p.NameA, p.NameB = s.scheduleName(c, cmp.A), s.scheduleName(c, cmp.B)
	return s.page(c, "compare", p)
}

func (s *Server) scheduleName(c *fiber.Ctx, x scheduling.Compared) string {
	if x.Proposal.ID == "" {
		return s.lang(c).Text("board.published")
	}
	return s.lang(c).Text("board.proposal_named", "name", x.Proposal.Name)
}
