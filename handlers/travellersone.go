package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/templates"
)

// travellerPage is the data of templates/pages/traveller.html.
type travellerPage struct {
	tripPage
	One   *scheduling.TravellerPage
	F     values
	Roles []option
	Langs []option

	lang *templates.Lang
}

// MissingText is what they have not answered, in words.
func (p *travellerPage) MissingText() string { return missingText(p.lang, p.One.Missing) }

// showTraveller answers GET /organise/trips/:id/travellers/:traveller.
func (s *Server) showTraveller(c *fiber.Ctx) error { return s.oneTraveller(c, nil, nil) }

func (s *Server) oneTraveller(c *fiber.Ctx, typed values, problem *FormProblem) error {
	t, err := s.trip(c)
	if err != nil {
		return err
	}
	p := &travellerPage{tripPage: t, F: typed, Roles: s.travellerRoles(c, t), Langs: s.readingLangs(), lang: s.lang(c)}
	if p.One, err = s.desk.Traveller(c.UserContext(), actor(c), t.Trip.ID, c.Params("traveller")); err != nil {
		return err
	}
	v := p.One.Traveller
	if p.F == nil {
		p.F = travellerValues(v)
	}
	if v.Role == scheduling.AsLeader && !t.Organise {
		p.Roles = append(p.Roles, option{string(v.Role), s.lang(c).Text("traveller.role.leader")})
	}
	p.Problem = s.labelled(c, "traveller.f.", problem)
	return s.page(c, "traveller", p)
}

// travellerValues are the fields of the form for a traveller.
func travellerValues(x *scheduling.Traveller) values {
	v := values{}
	v.set("rev", number64(x.Rev))
	for name, s := range map[string]string{"name": x.Name, "company": x.Company, "title": x.Title, "phone": x.Phone, "lang": x.Lang, "role": string(x.Role), "goals": x.Goals} {
		v.set(name, s)
	}
	return v
}

// editTraveller answers POST /organise/trips/:id/travellers/:traveller.
func (s *Server) editTraveller(c *fiber.Ctx) error {
	f := s.form(c)
	in := f.readTraveller()
	in.ID, in.Rev = c.Params("traveller"), f.EditRevision()
	_, err := s.desk.EditTraveller(c.UserContext(), actor(c), c.Params("id"), in)
	return s.travellerDone(c, f, err, "traveller.flash.saved", "")
}

// releaseTraveller answers POST /organise/trips/:id/travellers/:traveller/release.
func (s *Server) releaseTraveller(c *fiber.Ctx) error {
	f := s.form(c)
	v, err := s.desk.ReleaseTraveller(c.UserContext(), actor(c), c.Params("id"), c.Params("traveller"), f.Text("reason"))
	name := ""
	if v != nil {
		name = v.Name
	}
	f.typed = nil
	return s.travellerDone(c, f, err, "traveller.flash.released", name)
}

// travellerDone answers a change of one traveller.
func (s *Server) travellerDone(c *fiber.Ctx, f *form, err error, said, name string) error {
	if p := s.inForm(c, err, travellerInputs...); p != nil {
		return s.oneTraveller(c, f.typed, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/travellers/"+c.Params("traveller"), said, "name", name)
}
