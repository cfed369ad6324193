package handlers

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// toured stores a trip of Anna's cluster on which Aino of a hostile company and
// Bea met a host yesterday.
func (s *staff) toured(t testing.TB) (trip *scheduling.Trip, aino, bea *scheduling.Traveller) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	by := scheduling.Actor{ID: "root", Grants: []scheduling.Grant{{Role: scheduling.Administrator}}}
	day := s.now.AddDate(0, 0, -1)
	trip, err := s.desk.SaveTrip(t.Context(), by, &scheduling.Trip{Slug: "spain", Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Spain", "fi": "Espanja"},
		ClusterIDs: []string{s.auto.ID}, Zone: houseZone, Currency: "EUR", Budget: []scheduling.BudgetLine{{Name: "Bus", Planned: 123450, Actual: 120000, Share: 50}},
		Stops: []scheduling.Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: day.Format(time.DateOnly), Until: day.AddDate(0, 0, 3).Format(time.DateOnly)}}})
	ok(err)
	for i, v := range []**scheduling.Traveller{&aino, &bea} {
		*v, err = s.desk.AddTraveller(t.Context(), by, trip.ID, &scheduling.Traveller{Name: []string{"Aino", "Bea"}[i], Company: []string{tag + " Oy", "Borealis Oy"}[i],
			Email: []string{"aino@example.fi", "bea@example.fi"}[i], Lang: "en", Role: scheduling.AsDelegate})
		ok(err)
	}
	_, err = s.desk.SaveProgramme(t.Context(), by, trip.ID, &scheduling.Programme{
		Hosts: []scheduling.Host{{ID: "seat", StopID: "madrid", Name: "Talleres Uno", Lang: "en", Contacts: []scheduling.HostContact{{Name: "Carmen", Email: "carmen@example.es"}}}},
		Activities: []scheduling.Activity{{ID: "v1", Crowd: scheduling.Crowd{Everyone: true}, Kind: scheduling.HostVisit, StopID: "madrid", HostID: "seat", Title: scheduling.Text{"en": "Visit"},
			Starts: day, Ends: day.Add(time.Hour)}}})
	ok(err)
	return trip, aino, bea
}

// A traveller answers with one click and tells more; a host answers by its own
// link; those who lead the trip see both, ask and write down.
func TestTripOutcomeJourney(t *testing.T) {
	s := newStaff(t)
	trip, aino, bea := s.toured(t)
	mine := strings.TrimPrefix(s.desk.OutcomesURL(aino), s.desk.BaseURL)
	s.nobody.get(mine).want(t, 200, "What came of your visits", "Talleres Uno", "1 host waits for your answer", "NDA")
	s.nobody.get(mine+"/nowhere").want(t, 404)
	s.nobody.get(strings.Replace(mine, "/outcomes", "x/outcomes", 1)).want(t, 404)
	s.nobody.get(mine+"/seat").want(t, 200, "Your visit to Talleres Uno")
	click := url.Values{"click": {"nda"}, "from": {"list"}}
	for range 2 {
		s.nobody.post(mine+"/seat", click).leads(t, mine)
	}
	s.nobody.get(mine).want(t, 200, "You said: NDA.", "You have answered everything")
	form := filled(s.nobody.get(mine+"/seat"), "step", "pilot", "next", tag, "owner", aino.PersonID, "due", "2026-12-01", "story", tag, "quote", "1")
	s.nobody.post(mine+"/seat", form).leads(t, mine+"/seat")
	form.Set("due", "soon")
	form.Set("next", "Kept as it was typed")
	s.nobody.post(mine+"/seat", form).want(t, 422, "#f-due", "Kept as it was typed")
	s.nobody.post(mine+"/seat", url.Values{"click": {"moon"}}).want(t, 422)

	grid := "/organise/trips/" + trip.ID + "/outcomes"
	notThere(t, grid, s.ben, s.door, s.member)
	s.anna.get(grid).want(t, 200, "2 pairs of a delegate and a host have met so far", "Pilot or offer", "They have not answered: Bea", "&lt;b onclick=")
	s.anna.get(grid+"?show=waiting").want(t, 200, "Borealis Oy")
	s.anna.post(grid+"/remind", nil).leads(t, grid)
	s.anna.post(grid+"/ask-hosts", nil).leads(t, grid)
	s.member.post(grid+"/remind", nil).want(t, 404)
	host := s.mailedPath(t, "carmen@example.es")
	s.nobody.get(host+"x").want(t, 404)
	page := s.nobody.get(host).want(t, 200, "What came of the visit", "Borealis Oy", "&lt;b onclick=")
	for _, path := range hrefs(page, host+"/") {
		s.nobody.get(path).want(t, 200, "The visit of")
		s.nobody.post(path, url.Values{"click": {"contact"}}).leads(t, path)
	}
	s.nobody.get(mine+"/seat").want(t, 200, "Talleres Uno said: Contact made.", "differs from what you said")

	for _, path := range hrefs(s.anna.get(grid), grid+"/seat/") {
		s.anna.get(path).want(t, 200, "In the name of")
		s.anna.post(path, url.Values{"click": {"agreement"}}).leads(t, path)
		s.anna.get(path+"?side=host").want(t, 200, "In the name of Talleres Uno")
		notThere(t, path, s.ben, s.member)
	}
	other := strings.TrimPrefix(s.desk.OutcomesURL(bea), s.desk.BaseURL)
	s.nobody.get(other).want(t, 200, "You said: Agreement or funding.")
	csv := s.anna.get(grid+".csv").want(t, 200, "Talleres Uno", "Agreement or funding", "2026-12-01").Body
	if n := strings.Count(csv, "Talleres Uno"); n != 2 {
		t.Errorf("%d lines:\n%s", n, csv)
	}
	notThere(t, grid+".csv", s.ben, s.member)
}

func TestTripReportPages(t *testing.T) {
	s := newStaff(t)
	trip, aino, _ := s.toured(t)
	report := "/organise/trips/" + trip.ID + "/report"
	for _, path := range []string{report, report + ".docx", report + ".csv"} {
		notThere(t, path, s.ben, s.member)
	}
	s.anna.get(report).want(t, 200, "Trip report", "EUR\u00a01,234.50", "&lt;b onclick=")
	s.anna.lang = "fi"
	s.anna.get(report).want(t, 200, "Matkaraportti", "1\u00a0234,50\u00a0EUR")
	if got := s.anna.get(report+".docx").want(t, 200); !strings.HasPrefix(got.Body, "PK") || !strings.Contains(got.Header.Get("Content-Disposition"), "spain-report-fi.docx") {
		t.Errorf("headers %v", got.Header)
	}
	s.anna.get(report+".csv").want(t, 200, "odottaa vastausta", "Talo maksaa, EUR", "600.00")
	s.anna.post(report+"/done", nil).want(t, 409)
	s.nobody.get(strings.TrimPrefix(s.desk.TravelURL(aino), s.desk.BaseURL)+"/certificate").want(t, 409, "once the trip is over")
}
