package handlers

import "slices"

// publicRoutes are what anybody may see and do, and what whoever has a link of
// ours may: events, registering, one's own registration, clusters, calendars.
func (s *Server) publicRoutes() []route {
	return slices.Concat(
		[]route{
			get("/", Public, s.showHome),
			get("/events", Public, s.showEvents),
			get("/events/:slug.ics", Public, s.eventFile),
			get("/events/:slug", Public, s.showEvent),
			get("/events/:slug/seats", Public, s.showSeats),
			get("/events/:slug/register", Public, s.showRegister),
			post("/events/:slug/register", Public, s.register),
			get("/events/:slug/registered/:receipt", Link, s.showReceipt),
			get("/clusters", Public, s.showClusters),
			get("/clusters/:slug", Public, s.showCluster),
			get("/clusters/:slug/colours.css", Public, s.clusterColours),
		},
		s.calendarRoutes(),
		s.b2bRoutes(), s.gatheringRoutes(), s.visitRoutes(), s.agreementRoutes(),
		s.myRoutes(),
		s.memberRoutes(),
	)
}
