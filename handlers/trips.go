package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// tripRoutes are delegation trips: for everybody to see, and for organisers to
// plan and lead. Who leads a trip on the road sees it too: the desk decides.
func (s *Server) tripRoutes() []route {
	const one = "/organise/trips/:id"
	return []route{
		get("/trips", Public, s.showTrips),
		get("/trips/:slug.ics", Public, s.tripFile),
		get("/trips/:slug", Public, s.showTrip),

		get("/organise/trips", SignedIn, s.showOwnTrips),
		get("/organise/trips/new", Organiser, s.showNewTrip),
		post("/organise/trips/new", Organiser, s.createTrip),
		get(one, SignedIn, s.showTripOverview),
		get(one+"/edit", Organiser, s.showEditTrip),
		post(one+"/edit", Organiser, s.editTrip),
		get(one+"/copy", Organiser, s.showCopyTrip),
		post(one+"/copy", Organiser, s.copyTrip),
		get(one+"/state", Organiser, s.showTripState),
		post(one+"/state", Organiser, s.setTripState),
		post(one+"/delete", Organiser, s.deleteTrip),
	}
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
	return tripPageOf(t, actor(c).Organises(t.ClusterIDs...)), nil
}

func tripPageOf(t *scheduling.Trip, organise bool) tripPage {
	p := tripPage{Trip: t, Organise: organise, Base: "/organise/trips/" + t.ID}
	p.NoIndex, p.Tabs = true, tripTabs(&p)
	return p
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

// ownTripsPage is the data of templates/pages/own_trips.html.
type ownTripsPage struct {
	Page
	Trips     []tripRow
	Organise  bool // the reader can make one
	View      string
	Views     []chip
	States    []chip
	Query     string
	Cluster   string
	Direction string
	State     scheduling.TripState
	Clusters  []option
	Ways      []option // the directions
	New       bool     // there is nothing at all yet
}

// A tripRow is a trip in a list.
type tripRow struct {
	*scheduling.Trip
	Takes bool // applications, at this moment
}

func (s *Server) tripRows(list []*scheduling.Trip) (out []tripRow) {
	now := s.desk.DB.Now()
	for _, t := range list {
		out = append(out, tripRow{t, t.TakesApplications(now)})
	}
	return out
}

// showOwnTrips answers GET /organise/trips, the next to begin first.
func (s *Server) showOwnTrips(c *fiber.Ctx) (err error) {
	p := &ownTripsPage{View: c.Query("view"), Query: text(c, "q"), Cluster: c.Query("cluster"), Direction: c.Query("direction"),
		State: scheduling.TripState(c.Query("state")), Organise: actor(c).OrganisesAny()}
	p.NoIndex = true
	f := scheduling.TripFilter{Text: p.Query, Cluster: p.Cluster, Direction: scheduling.TripDirection(p.Direction), State: p.State, After: cursor(c)}
	switch now := s.desk.DB.Now(); p.View {
	case "past":
		f.Until, f.Latest = now, true
	default:
		p.View, f.From = "coming", now
	}
	list, next, err := s.desk.Trips(c.UserContext(), actor(c), f, true)
	if err != nil {
		return err
	}
	counts, err := s.desk.TripCounts(c.UserContext(), actor(c), f)
	if err != nil {
		return err
	}
	p.Trips, p.Pager = s.tripRows(list), s.pager(c, next)
	s.tripChips(c, p, counts)
	p.Ways = s.options(c, "trip.direction", string(scheduling.Outgoing), string(scheduling.Incoming))
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	return s.page(c, "own_trips", p)
}

// tripChips are the filters by time and by state. Those by state have the
// numbers of all times.
func (s *Server) tripChips(c *fiber.Ctx, p *ownTripsPage, counts map[scheduling.TripState]int) {
	l := s.lang(c)
	at := func(view string, state scheduling.TripState) string {
		return withQuery("/organise/trips", "view", view, "q", p.Query, "cluster", p.Cluster, "direction", p.Direction, "state", string(state))
	}
	for _, v := range []string{"coming", "past"} {
		p.Views = append(p.Views, chip{Label: l.Text("trip.view." + v), Path: at(v, p.State), On: v == p.View})
	}
	all := 0
	for _, st := range slices.Concat(scheduling.OutgoingStates, scheduling.IncomingStates[:len(scheduling.IncomingStates)-1],
		[]scheduling.TripState{scheduling.TripCancelled, scheduling.TripDeclined}) {
		all += counts[st]
		if counts[st] > 0 || st == p.State {
			path := at(p.View, st)
			if st == p.State {
				path = at(p.View, "")
			}
			p.States = append(p.States, chip{Label: l.Text("state.trip." + string(st)), Path: path, Count: counts[st], Counted: true, On: st == p.State})
		}
	}
	p.New = all == 0 && p.Query == "" && p.Cluster == "" && p.Direction == ""
}

// deleteTrip answers POST /organise/trips/:id/delete.
func (s *Server) deleteTrip(c *fiber.Ctx) error {
	err := s.desk.DeleteTrip(c.UserContext(), actor(c), c.Params("id"))
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, "/organise/trips/"+c.Params("id"), p.Key, p.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips", "flash.trip_deleted")
}
