package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// suppressionsPage is the data of templates/pages/suppressions.html.
type suppressionsPage struct {
	Page
	Addresses []suppressionRow
	Query     string
	Cause     string
	Causes    []option
	Scopes    []option
	Filtered  bool
	Zone      string

	Email, Reason, Scope string // typed
}

// A suppressionRow is an address with what can be done about it.
type suppressionRow struct {
	*scheduling.SuppressedAddress
	Mark  string // what is shown where the address is not kept
	Mends bool   // an organiser may lift something of it
}

// showSuppressions answers GET /organise/suppressions.
func (s *Server) showSuppressions(c *fiber.Ctx) error {
	return s.suppressions(c, &suppressionsPage{Scope: string(mailer.ScopeAll)})
}

func (s *Server) suppressions(c *fiber.Ctx, p *suppressionsPage) error {
	problem := p.Problem
	p.Page = mailFrame()
	p.Problem, p.Zone, p.Query, p.Cause = problem, houseZone, text(c, "q"), c.Query("cause")
	f := scheduling.SuppressionFilter{Cause: mailer.Cause(p.Cause), Address: p.Query, After: cursor(c)}
	list, next, err := s.desk.Suppressions(c.UserContext(), actor(c), f)
	if err != nil {
		return err
	}
	for _, a := range list {
		row := suppressionRow{SuppressedAddress: a, Mark: a.ID[:min(6, len(a.ID))]}
		for i := range a.Holds {
			h := &a.Holds[i]
			row.Mends = row.Mends || h.Cause.Mends()
			if h.Cause == mailer.Complaint { // its note is the kind of mail that was called spam
				h.Note = s.kindName(c, h.Note)
			}
		}
		p.Addresses = append(p.Addresses, row)
	}
	for _, cause := range mailer.Causes {
		p.Causes = append(p.Causes, option{string(cause), s.lang(c).Text("state.hold." + string(cause))})
	}
	p.Scopes = s.options(c, "suppressions.scope", string(mailer.ScopeAll), string(mailer.ScopeBulk))
	p.Filtered, p.Pager = p.Query+p.Cause != "", s.pager(c, next)
	return s.page(c, "suppressions", p)
}

// stopAddress answers POST /organise/suppressions.
func (s *Server) stopAddress(c *fiber.Ctx) error {
	f := s.form(c)
	p := &suppressionsPage{Email: f.Text("email"), Reason: f.Text("reason"), Scope: f.Value("scope")}
	err := s.desk.StopAddress(c.UserContext(), actor(c), p.Email, mailer.Scope(p.Scope), p.Reason)
	if p.Problem = s.inForm(c, err, "email", "scope", "reason"); p.Problem != nil {
		return s.suppressions(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/suppressions", "suppressions.flash.added", "address", p.Email)
}

// liftSuppression answers POST /organise/suppressions/:id/lift.
func (s *Server) liftSuppression(c *fiber.Ctx) error {
	err := s.desk.LiftSuppression(c.UserContext(), actor(c), c.Params("id"), s.form(c).Text("reason"))
	p := &suppressionsPage{Scope: string(mailer.ScopeAll)}
	if p.Problem = s.inForm(c, err); p.Problem != nil {
		return s.suppressions(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/suppressions", "suppressions.flash.lifted")
}
