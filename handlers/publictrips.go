package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// tripsOnPages is how many trips other pages show of those to come.
const tripsOnPages = 4

// comingTrips are the next trips of a cluster, or of all for "".
func (s *Server) comingTrips(c *fiber.Ctx, clusterID string) ([]tripRow, error) {
	list, err := s.desk.OpenTrips(c.UserContext(), clusterID, tripsOnPages)
	return s.tripRows(list), err
}

// publicTripsPage is the data of templates/pages/trips.html.
type publicTripsPage struct {
	Page
	Trips []tripRow
	Past  bool
	Led   []*scheduling.Trip // that the reader leads on the road
}

// showTrips answers GET /trips: those to come, or with when=past the others.
func (s *Server) showTrips(c *fiber.Ctx) error {
	p := &publicTripsPage{Past: c.Query("when") == "past"}
	f := scheduling.TripFilter{From: s.desk.DB.Now(), Limit: 30, After: cursor(c)}
	if p.Past {
		f = scheduling.TripFilter{Until: s.desk.DB.Now(), Latest: true, Limit: 30, After: cursor(c)}
	}
	list, next, err := s.desk.Trips(c.UserContext(), actor(c), f, false)
	if err != nil {
		return err
	}
	if p.Led, err = s.desk.LedTrips(c.UserContext(), actor(c)); err != nil {
		return err
	}
	p.Trips, p.Pager = s.tripRows(list), s.pager(c, next)
	p.Description = s.lang(c).Text("trip.public.lead")
	return s.page(c, "trips", p)
}

// publicTripPage is the data of templates/pages/trip.html.
type publicTripPage struct {
	Page
	*scheduling.TripPage
	Step    string // what a company can do now: "apply", "early", "closed", "off", "over"
	PerSeat int64  // what a seat costs its company, in cents
	Covers  []string
}

// showTrip answers GET /trips/:slug.
func (s *Server) showTrip(c *fiber.Ctx) error {
	found, err := s.desk.TripBySlug(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return err
	}
	if found.Trip.Slug != c.Params("slug") {
		return storage.ErrNotFound // its number is not an address of the page
	}
	return s.page(c, "trip", s.publicTripOf(c, found))
}

// publicTripOf is the page of a trip for everybody.
func (s *Server) publicTripOf(c *fiber.Ctx, found *scheduling.TripPage) *publicTripPage {
	p := publicTrip(found)
	p.Emblem = s.emblem(c, found.Project)
	p.Description = found.Trip.Summary.In(s.lang(c).Code())
	p.Feeds = []Feed{{"/trips/" + found.Trip.Slug + ".ics", found.Trip.Title.In(s.lang(c).Code())}}
	return p
}

func publicTrip(found *scheduling.TripPage) *publicTripPage {
	t := found.Trip
	p := &publicTripPage{TripPage: found, Step: tripStepOf(found)}
	p.NoIndex = !t.Listed
	lines, planned, _ := t.Costs(0)
	p.PerSeat = planned.PerSeat()
	for _, l := range lines {
		if l.Share > 0 && l.Planned.Companies > 0 {
			p.Covers = append(p.Covers, l.Name)
		}
	}
	return p
}

// tripStepOf is what a company can do about a trip now.
func tripStepOf(p *scheduling.TripPage) string {
	t := p.Trip
	switch {
	case t.Off():
		return "off"
	case !p.Now.Before(t.Ends):
		return "over"
	case t.TakesApplications(p.Now):
		return "apply"
	case t.State == scheduling.TripDraft || t.State == scheduling.TripOpen && p.Now.Before(t.Selection.OpensAt):
		return "early"
	}
	return "closed"
}

// tripFile answers GET /trips/:slug.ics: its days and the end of applications.
func (s *Server) tripFile(c *fiber.Ctx) error {
	f, _, err := s.desk.TripFile(c.UserContext(), actor(c), c.Params("slug"), s.feedLang(c))
	if err != nil {
		return err
	}
	return s.sendFeed(c, f)
}
