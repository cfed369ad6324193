package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// tripPrint shows a print-out of a trip, with the emblem of the project that pays
// for it.
func (s *Server) tripPrint(c *fiber.Ctx, name string, data paged, t *scheduling.Trip) error {
	project, err := s.desk.TripProject(c.UserContext(), t)
	if err != nil {
		return err
	}
	data.base().Emblem = s.emblem(c, project)
	return s.page(c, name, data)
}

// dietsPage is the data of templates/pages/trip_diets.html.
type dietsPage struct {
	Page
	*scheduling.DietsPage
}

// showDiets answers GET /organise/trips/:id/diets: what caterers get.
func (s *Server) showDiets(c *fiber.Ctx) error {
	found, err := s.desk.TripDiets(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &dietsPage{DietsPage: found}
	p.NoIndex, p.Back = true, "/organise/trips/"+found.Trip.ID+"/travellers"
	return s.tripPrint(c, "trip_diets", p, found.Trip)
}

// manifestPage is the data of templates/pages/trip_manifest.html.
type manifestPage struct {
	Page
	Trip *scheduling.Trip
	Legs []manifestLeg
}

// A manifestLeg is a leg with those who are on it.
type manifestLeg struct {
	scheduling.Leg
	People []*scheduling.Traveller
}

// showManifest answers GET /organise/trips/:id/manifest: who is on which leg, for
// drivers and carriers.
func (s *Server) showManifest(c *fiber.Ctx) error {
	found, err := s.desk.Programme(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &manifestPage{Trip: found.Trip}
	p.NoIndex, p.Back = true, "/organise/trips/"+found.Trip.ID+"/travellers"
	for _, x := range found.Programme.Parts(found.Trip) {
		leg := found.Programme.Leg(x.ID)
		if x.Kind != scheduling.LegPart || leg == nil {
			continue
		}
		line := manifestLeg{Leg: *leg}
		for _, v := range found.Travellers {
			if leg.Has(v.ID) {
				line.People = append(line.People, v)
			}
		}
		p.Legs = append(p.Legs, line)
	}
	return s.tripPrint(c, "trip_manifest", p, found.Trip)
}

// briefingPage is the data of templates/pages/trip_briefing.html.
type briefingPage struct {
	Page
	*scheduling.Briefing
}

// showBriefing answers GET /organise/trips/:id/briefing.
func (s *Server) showBriefing(c *fiber.Ctx) error {
	found, err := s.desk.TripBriefing(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &briefingPage{Briefing: found}
	p.NoIndex, p.Back, p.Emblem = true, "/organise/trips/"+found.Trip.ID+"/travellers", s.emblem(c, found.Project)
	return s.page(c, "trip_briefing", p)
}
