package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// publicRoundsPage is the data of templates/pages/rounds.html.
type publicRoundsPage struct {
	Page
	Rounds []*scheduling.Round
	Past   bool
}

// showRounds answers GET /rounds: those to come, or with when=past the others.
func (s *Server) showRounds(c *fiber.Ctx) (err error) {
	p := &publicRoundsPage{Past: c.Query("when") == "past"}
	f := scheduling.RoundFilter{From: s.desk.DB.Now(), Limit: 30, After: cursor(c)}
	if p.Past {
		f = scheduling.RoundFilter{Until: s.desk.DB.Now(), Latest: true, Limit: 30, After: cursor(c)}
	}
	var next string
	if p.Rounds, next, err = s.desk.Rounds(c.UserContext(), actor(c), f, false); err != nil {
		return err
	}
	p.Pager = s.pager(c, next)
	p.Description = s.lang(c).Text("round.public.lead")
	return s.page(c, "rounds", p)
}

// publicRoundPage is the data of templates/pages/round.html.
type publicRoundPage struct {
	Page
	*scheduling.RoundPage
	Steps []phaseStep
	Days  []slotDay
	Step  string // what the reader can do now: "enter", "mine", "sign_in", "early", "late"
}

// showRound answers GET /rounds/:slug.
func (s *Server) showRound(c *fiber.Ctx) error {
	found, err := s.desk.RoundBySlug(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return err
	}
	if found.Round.Slug != c.Params("slug") {
		return storage.ErrNotFound // its number is not an address of the page
	}
	return s.fundedRound(c, "round", s.publicRound(found), found.Round)
}

func (s *Server) publicRound(found *scheduling.RoundPage) *publicRoundPage {
	r := found.Round
	p := &publicRoundPage{RoundPage: found, Steps: phaseSteps(r), Days: slotDays(r)}
	p.NoIndex = !r.Open
	switch {
	case found.Mine != nil:
		p.Step = "mine"
	case r.Entering():
		p.Step = "enter"
	case r.Phase == scheduling.RoundDraft:
		p.Step = "early"
	default:
		p.Step = "late"
	}
	return p
}
