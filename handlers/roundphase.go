package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// roundPhasePage is the data of templates/pages/round_phase.html: what a phase
// opens and closes, before it is entered.
type roundPhasePage struct {
	roundPage
	To     scheduling.RoundPhase
	Tell   int // how many entrants get mail
	Reason string
}

// showRoundPhase answers GET /organise/rounds/:id/phase?to=PHASE.
func (s *Server) showRoundPhase(c *fiber.Ctx) error {
	b, err := s.round(c)
	if err != nil {
		return err
	}
	return s.roundPhase(c, &roundPhasePage{roundPage: b, To: scheduling.RoundPhase(c.Query("to"))})
}

func (s *Server) roundPhase(c *fiber.Ctx, p *roundPhasePage) error {
	r := p.Round
	if !slices.Contains(r.Ways(p.Now), p.To) && p.To != scheduling.RoundDraft {
		return s.seeOtherBad(c, p.Base, "round.no_way")
	}
	if r.Tells(p.To) {
		p.Tell = p.In()
	}
	return s.page(c, "round_phase", p)
}

// setRoundPhase answers POST /organise/rounds/:id/phase.
func (s *Server) setRoundPhase(c *fiber.Ctx) error {
	b, err := s.round(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p := &roundPhasePage{roundPage: b, To: scheduling.RoundPhase(f.Text("to")), Reason: f.Text("reason")}
	if p.To == scheduling.RoundCancelled && p.Reason == "" && b.Round.Phase != p.To {
		f.wrong("reason", "problem.required")
	}
	if err = f.Err(); err == nil {
		_, err = s.desk.SetPhase(c.UserContext(), actor(c), b.Round.ID, p.To, p.Reason)
	}
	switch problem := scheduling.ProblemIn(err); {
	case problem != nil && len(problem.Fields) > 0:
		p.Problem = s.inForm(c, err)
		return s.roundPhase(c, p)
	case problem != nil:
		return s.seeOtherBad(c, p.Base, problem.Key, problem.Args...)
	case err != nil:
		return err
	}
	return s.seeOther(c, p.Base, "flash.round_phase."+string(p.To))
}

// freezeRound answers POST /organise/rounds/:id/freeze.
func (s *Server) freezeRound(c *fiber.Ctx) error {
	frozen := s.form(c).Check("frozen")
	r, err := s.desk.FreezeRound(c.UserContext(), actor(c), c.Params("id"), frozen)
	base := "/organise/rounds/" + c.Params("id")
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, base, p.Key)
	}
	if err != nil {
		return err
	}
	if r.Frozen {
		return s.seeOther(c, base, "flash.round_frozen")
	}
	return s.seeOther(c, base, "flash.round_thawed")
}
