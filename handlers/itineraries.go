package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// itineraryRoutes are what a traveller has behind their link.
func (s *Server) itineraryRoutes() []route {
	return []route{
		get("/travel/:link", Link, s.showTravelPage),
		get("/travel/:link/itinerary.ics", Link, s.travelCalendar),
		get("/travel/:link/print", Link, s.printTravel),
		post("/travel/:link/invites", Link, s.inviteToParts),
	}
}

// travelPage is the data of templates/pages/travel.html and travel_print.html.
type travelPage struct {
	Page
	*scheduling.TravelPage
	Base     string // address of the traveller's pages
	Calendar string // to subscribe to, without the webcal: in front
}

// travel reads the trip of a traveller's link.
func (s *Server) travel(c *fiber.Ctx) (*travelPage, error) {
	found, err := s.desk.Travel(c.UserContext(), c.Params("link"), s.lang(c).Code())
	if err != nil {
		return nil, err
	}
	p := &travelPage{TravelPage: found, Base: "/travel/" + c.Params("link")}
	p.NoIndex, p.NoSignIn, p.Back = true, true, p.Base
	p.Emblem = s.emblem(c, found.Project)
	_, host, _ := strings.Cut(s.BaseURL, "://")
	p.Calendar = "//" + host + p.Base + "/itinerary.ics?lang=" + s.lang(c).Code()
	return p, nil
}

// showTravelPage answers GET /travel/:link.
func (s *Server) showTravelPage(c *fiber.Ctx) error {
	p, err := s.travel(c)
	if err != nil {
		return err
	}
	return s.page(c, "travel", p)
}

// printTravel answers GET /travel/:link/print.
func (s *Server) printTravel(c *fiber.Ctx) error {
	p, err := s.travel(c)
	if err != nil {
		return err
	}
	return s.page(c, "travel_print", p)
}

// inviteToParts answers POST /travel/:link/invites: each part as an invite, or
// none from now on.
func (s *Server) inviteToParts(c *fiber.Ctx) error {
	on := c.FormValue("on") == "yes"
	if err := s.desk.InviteToParts(c.UserContext(), c.Params("link"), on); err != nil {
		return err
	}
	said := "travel.flash.invites"
	if !on {
		said = "travel.flash.no_invites"
	}
	return s.seeOther(c, "/travel/"+c.Params("link"), said)
}

// travelCalendar answers GET /travel/:link/itinerary.ics.
func (s *Server) travelCalendar(c *fiber.Ctx) error {
	f, err := s.desk.TravelCalendar(c.UserContext(), c.Params("link"), s.feedLang(c))
	if err != nil {
		return err
	}
	return s.sendFeed(c, f)
}
