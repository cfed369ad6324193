package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// tripRoutes are delegation trips: for everybody to see, and for organisers to
// plan and lead.
func (s *Server) tripRoutes() []route {
	return []route{}
}

// tripPage is what the pages of those who organise or lead one trip share.
type tripPage struct {
	Page
	Trip     *scheduling.Trip
	Organise bool   // the reader organises it, rather than leads it on the road
	Base     string // address of the trip's pages
}

// trip reads the trip of the address for those who organise or lead it. The
// tabs lead to its other pages.
func (s *Server) trip(c *fiber.Ctx) (tripPage, error) {
	t, err := s.desk.Trip(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return tripPage{}, err
	}
	p := tripPage{Trip: t, Organise: actor(c).Organises(t.ClusterIDs...), Base: "/organise/trips/" + t.ID}
	p.NoIndex, p.Tabs = true, tripTabs(&p)
	return p, nil
}

// tripTabs are the pages of a trip.
func tripTabs(p *tripPage) []NavLink {
	tabs := []NavLink{{Key: "trip.tab.overview", Path: p.Base, Alone: true}}
	if p.Organise && p.Trip.Direction == scheduling.Outgoing {
		tabs = append(tabs, NavLink{Key: "trip.tab.applications", Path: p.Base + "/applications"})
	}
	if p.Organise && p.Trip.Direction == scheduling.Incoming {
		tabs = append(tabs, NavLink{Key: "trip.tab.enquiry", Path: p.Base + "/enquiry"})
	}
	tabs = append(tabs,
		NavLink{Key: "trip.tab.travellers", Path: p.Base + "/travellers"},
		NavLink{Key: "trip.tab.hosts", Path: p.Base + "/hosts"},
		NavLink{Key: "trip.tab.programme", Path: p.Base + "/programme"},
		NavLink{Key: "trip.tab.rooms", Path: p.Base + "/rooms"},
		NavLink{Key: "trip.tab.day", Path: p.Base + "/day"},
		NavLink{Key: "trip.tab.outcomes", Path: p.Base + "/outcomes"})
	if p.Organise {
		tabs = append(tabs, NavLink{Key: "trip.tab.edit", Path: p.Base + "/edit"})
	}
	return tabs
}

// tripNav leads organisers to their trips, and everybody else to those that are
// open.
func tripNav(a scheduling.Actor) []NavLink {
	if !a.OrganisesAny() {
		return []NavLink{{Key: "trip.nav", Path: "/trips"}}
	}
	return []NavLink{{Key: "trip.nav", Path: "/organise/trips"}}
}
