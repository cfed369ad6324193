package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// ownMembershipRoutes are memberships as the person sees them who speaks for the
// company.
func (s *Server) ownMembershipRoutes() []route {
	return []route{
		get("/memberships/:id", SignedIn, s.showOwnMembership),
		post("/memberships/:id", SignedIn, s.saveListing),
		get("/memberships/:id/agreements/:agreement", SignedIn, s.ownAgreement),
	}
}

// ownMembershipPage is the data of templates/pages/own_membership.html.
type ownMembershipPage struct {
	Page
	*scheduling.OwnMembership
	F    values
	Zone string
}

// showOwnMembership answers GET /memberships/:id.
func (s *Server) showOwnMembership(c *fiber.Ctx) error { return s.ownMember(c, nil, nil) }

func (s *Server) ownMember(c *fiber.Ctx, typed values, problem *FormProblem) error {
	found, err := s.desk.MyMembership(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &ownMembershipPage{OwnMembership: found, F: typed, Zone: houseZone}
	if typed == nil {
		p.F = values{"profile": {found.Membership.Profile}}
		if found.Membership.Listed {
			p.F.set("listed", "1")
		}
	}
	p.NoIndex, p.Problem, p.Brand = true, s.labelled(c, "membership.f.", problem), s.brand(c, found.Cluster)
	secret(c)
	return s.page(c, "own_membership", p)
}

// saveListing answers POST /memberships/:id.
func (s *Server) saveListing(c *fiber.Ctx) error {
	f := s.form(c)
	in := scheduling.MemberListing{Rev: f.EditRevision(), Listed: f.Check("listed"), Wording: s.lang(c).Text("membership.list_words"), Profile: f.Text("profile")}
	_, err := s.desk.SaveListing(c.UserContext(), actor(c), c.Params("id"), in)
	if problem := s.inForm(c, err, "profile", "listed"); problem != nil {
		return s.ownMember(c, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/memberships/"+c.Params("id"), "membership.flash.saved")
}

// ownAgreement answers GET /memberships/:id/agreements/:agreement: a version to
// keep, as a file or for a word processor.
func (s *Server) ownAgreement(c *fiber.Ctx) error {
	p, err := s.desk.AgreementText(c.UserContext(), actor(c), c.Params("agreement"))
	if err != nil {
		return err
	}
	if p.Agreement.MembershipID != c.Params("id") {
		return fiber.ErrNotFound
	}
	return s.sendVersion(c, p)
}

// sendVersion answers with the file of a version that the actor may have, or its
// text for a word processor.
func (s *Server) sendVersion(c *fiber.Ctx, p *scheduling.SigningPage) error {
	if p.File == nil {
		return s.sendAgreement(c, p)
	}
	x, err := s.desk.AgreementFile(c.UserContext(), actor(c), p.Agreement.ID, p.File.ID)
	if err != nil {
		return err
	}
	return s.sendFile(c, x.File, x.Body)
}
