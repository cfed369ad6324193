package handlers

import (
	"path"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// TestFundedTripPages opens what two funded trips show and print, one that takes
// applications and one that is over: between the dates of the project all of it
// carries the emblem, outside none.
func TestFundedTripPages(t *testing.T) {
	s := newStaff(t)
	fine := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	project := &scheduling.Project{Name: both("Kiertävä pohjoinen"), Code: "KP", From: t0.AddDate(0, 0, -1).Format(time.DateOnly), Until: t0.AddDate(1, 0, 0).Format(time.DateOnly)}
	fine(s.desk.SaveProject(t.Context(), root, project))
	fund := func(trip *scheduling.Trip, slug string, state scheduling.TripState) {
		t.Helper()
		in := *trip
		in.ProjectID, in.Slug = project.ID, slug
		saved, err := s.desk.SaveTrip(t.Context(), root, &in)
		fine(err)
		*trip = *saved
		s.becomes(t, trip, state)
	}
	over, aino, _ := s.toured(t)
	fund(over, "over", scheduling.TripCompleted)
	open := s.selectingTrip(t)
	fund(open, "open", scheduling.TripOpen)
	a, _, err := s.desk.Apply(t.Context(), scheduling.Actor{}, open.ID, scheduling.ApplicationForm{Once: "once", Company: tag + " Oy", Country: "FI", Name: "Nea", Email: "nea@example.fi", Lang: "en", Seats: 1, Motivation: "Sensors.", Terms: true})
	fine(err)
	programme, err := s.desk.Programme(t.Context(), root, over.ID)
	fine(err)
	host := &programme.Programme.Hosts[0]

	mine, base := "/travel/"+path.Base(s.desk.TravelURL(aino)), "/organise/trips/"+over.ID
	application := strings.TrimPrefix(s.desk.ApplicationURL(a), s.desk.BaseURL)
	pages := map[string]*visitor{
		"/trips/open": s.nobody, "/trips/over": s.nobody, "/trips/open/apply": s.nobody, application: s.nobody, application + "/edit": s.nobody, application + "/withdraw": s.nobody,
		mine: s.nobody, mine + "/print": s.nobody, mine + "/outcomes": s.nobody, mine + "/outcomes/" + host.ID: s.nobody, mine + "/certificate": s.nobody,
		strings.TrimPrefix(s.desk.HostOutcomesURL(over, host), s.desk.BaseURL): s.nobody,
		base + "/programme/print": s.anna, base + "/rooms/list": s.anna, base + "/diets": s.anna, base + "/manifest": s.anna, base + "/briefing": s.anna, base + "/report": s.anna,
	}
	carry := func(want bool) {
		t.Helper()
		for path, who := range pages {
			body := who.get(path).want(t, 200).Body
			if got := strings.Contains(body, "Kiertävä pohjoinen"); got != want {
				t.Errorf("%s names the project: %v, want %v", path, got, want)
			}
		}
	}
	carry(true)
	project.From, project.Until = t0.AddDate(0, 0, -9).Format(time.DateOnly), t0.AddDate(0, 0, -2).Format(time.DateOnly)
	fine(s.desk.SaveProject(t.Context(), root, project))
	carry(false)
}
