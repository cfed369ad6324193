package api

import (
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// What came of a trip through the API: who met whom, what they say, the figures.
func TestTripOutcomesOverTheAPI(t *testing.T) {
	h := newHouse(t)
	day := h.desk.DB.Now().AddDate(0, 0, -3)
	trip, err := h.desk.SaveTrip(t.Context(), scheduling.Actor{ID: "root", Grants: []scheduling.Grant{{Role: scheduling.Administrator}}}, &scheduling.Trip{Direction: scheduling.Outgoing,
		Title: scheduling.Text{"en": "Spain"}, ClusterIDs: []string{h.cluster.ID}, Zone: "Europe/Helsinki", Currency: "EUR",
		Stops:  []scheduling.Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: day.Format(time.DateOnly), Until: day.AddDate(0, 0, 4).Format(time.DateOnly)}},
		Budget: []scheduling.BudgetLine{{Name: "Bus", Planned: 1000, Actual: 1100, Share: 50}}})
	must(t, err)
	admin := scheduling.Actor{ID: "root", Grants: []scheduling.Grant{{Role: scheduling.Administrator}}}
	v, err := h.desk.AddTraveller(t.Context(), admin, trip.ID, &scheduling.Traveller{Name: "Aino", Company: "Aava Oy", Email: "aino@example.org", Lang: "en"})
	must(t, err)
	_, err = h.desk.SaveProgramme(t.Context(), admin, trip.ID, &scheduling.Programme{Hosts: []scheduling.Host{{ID: "seat", StopID: "madrid", Name: "Talleres Uno", Lang: "en"}},
		Activities: []scheduling.Activity{{ID: "v1", Crowd: scheduling.Crowd{Everyone: true}, Kind: scheduling.HostVisit, StopID: "madrid", HostID: "seat", Starts: day, Ends: day.Add(time.Hour)}}})
	must(t, err)

	base := "/trips/" + trip.ID
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "GET", base+"/outcomes", nil).problem(404, "not-found")
		h.do(stranger, "GET", base+"/report", nil).problem(404, "not-found")
		h.do(stranger, "PUT", base+"/outcomes/seat/x", map[string]any{"step": "nda"}).problem(404, "not-found")
		h.do(stranger, "POST", base+"/outcomes/remind", nil).problem(404, "not-found")
		h.do(stranger, "POST", base+"/reported", nil).problem(404, "not-found")
	}
	rows := h.do("organiser", "GET", base+"/outcomes", nil).is(200).items()
	if len(rows) != 1 {
		t.Fatalf("rows = %v", rows)
	}
	delegate := rows[0]["delegate"].(string)
	if n := h.do("organiser", "POST", base+"/outcomes/remind", nil).is(200).number("count"); n != 1 {
		t.Errorf("%v are asked", n)
	}
	one := base + "/outcomes/seat/" + delegate
	h.do("organiser", "PUT", one, map[string]any{"step": "nda", "next": "Call", "owner": "stranger"}).problem(422, "invalid")
	h.do("organiser", "PUT", base+"/outcomes/nobody/"+delegate, map[string]any{"step": "nda"}).problem(404, "not-found")
	for range 2 {
		h.do("organiser", "PUT", one, map[string]any{"step": "nda", "next": "Call", "owner": v.PersonID, "due": "2027-03-01"}).is(200)
	}
	h.do("organiser", "PUT", one, map[string]any{"step": "contact", "host_side": true}).is(200)
	rep := h.do("organiser", "GET", base+"/report", nil).is(200)
	figures := rep.body["figures"].(map[string]any)
	for key, want := range map[string]float64{"companies": 1, "pairs": 1, "answered": 1, "disagree": 1, "nda": 1, "next": 1, "waiting": 0} {
		if figures[key] != want {
			t.Errorf("%s is %v, want %v", key, figures[key], want)
		}
	}
	if c := rep.body["costs"].(map[string]any); c["companies"] != 550.0 || c["house"] != 550.0 {
		t.Errorf("costs = %v", c)
	}
	h.do("organiser", "POST", base+"/reported", nil).problem(409, "closed")
}
