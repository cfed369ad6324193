package api

import (
	"slices"
	"testing"

	"kohtaamo/scheduling"
)

// A programme through the API: written whole, checked, changed part by part,
// published, and nobody in two places on the way.
func TestProgrammesOverTheAPI(t *testing.T) {
	h := newHouse(t)
	by := scheduling.System("test")
	trip, err := h.desk.SaveTrip(t.Context(), by, &scheduling.Trip{Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Madrid"}, ClusterIDs: []string{h.cluster.ID},
		Zone: "Europe/Helsinki", Currency: "EUR", Selection: scheduling.SelectionRules{Seats: 4, Minimum: 1, OfferHours: 48},
		Stops: []scheduling.Stop{{Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: "2027-02-08", Until: "2027-02-08"}}})
	must(t, err)
	v, err := h.desk.AddTraveller(t.Context(), by, trip.ID, &scheduling.Traveller{Name: "Aino", Email: "aino@example.org", Lang: "en"})
	must(t, err)
	one, stop := "/trips/"+trip.ID+"/programme", trip.Stops[0].ID
	visit := func(id, starts, ends string) map[string]any {
		return map[string]any{"id": id, "kind": "visit", "stop_id": stop, "title": map[string]string{"en": id}, "starts": starts, "ends": ends, "traveller_ids": []string{v.ID}}
	}
	body := map[string]any{"legs": []any{}, "stays": []any{}, "activities": []any{visit("a", "2027-02-08T09:00:00Z", "2027-02-08T10:00:00Z"), visit("b", "2027-02-08T11:00:00Z", "2027-02-08T12:00:00Z")}}
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "GET", one, nil).problem(404, "not-found")
		h.do(stranger, "PUT", one, body, "If-Match", `"1"`).problem(404, "not-found")
		h.do(stranger, "POST", one+"/publish", nil).problem(404, "not-found")
	}
	if n := h.do("organiser", "GET", one, nil).is(200).number("revision"); n != 1 {
		t.Errorf("a programme that was never stored has revision %v", n)
	}
	h.do("organiser", "PUT", one, body).problem(428, "precondition-required")
	h.do("organiser", "PUT", one, changed(body, "activities", []any{visit("a", "2027-02-10T09:00:00Z", "2027-02-10T10:00:00Z")}), "If-Match", `"1"`).problem(422, "invalid")
	stored := h.do("organiser", "PUT", one, body, "If-Match", `"1"`).is(200)
	h.do("organiser", "PUT", one, body, "If-Match", `"1"`).problem(412, "changed")
	if a := stored.body["activities"].([]any)[0].(map[string]any); a["zone"] != "Europe/Madrid" || a["uid"] == "" {
		t.Errorf("stored %v", a)
	}
	var kinds []string
	for _, f := range h.do("organiser", "GET", one+"/faults", nil).is(200).items() {
		kinds = append(kinds, f["kind"].(string))
	}
	if !slices.Equal(kinds, []string{"home"}) {
		t.Errorf("faults %q", kinds)
	}
	rev := h.do("organiser", "POST", one+"/publish", nil).is(200).number("revision")
	move := func(starts string) map[string]any {
		return map[string]any{"revision": rev, "activity_id": "a", "starts": starts}
	}
	h.do("organiser", "POST", one+"/move", move("2027-02-08T11:30:00Z")).problem(422, "invalid")
	moved := h.do("organiser", "POST", one+"/move", move("2027-02-08T09:30:00Z")).is(200)
	h.do("organiser", "POST", one+"/move", move("2027-02-08T09:45:00Z")).problem(409, "changed")
	for _, x := range moved.body["activities"].([]any) {
		a := x.(map[string]any)
		if want := map[string]float64{"a": 1, "b": 0}[a["id"].(string)]; a["sequence"] != want {
			t.Errorf("%s has sequence %v, want %v", a["id"], a["sequence"], want)
		}
	}
	rev = moved.number("revision")
	h.do("organiser", "POST", one+"/assign", map[string]any{"revision": rev, "part_id": "a", "traveller_ids": []string{"nobody"}}).problem(404, "not-found")
	off := h.do("organiser", "POST", one+"/assign", map[string]any{"revision": rev, "part_id": "a", "traveller_ids": []string{v.ID}, "out": true}).is(200)
	if ids := off.body["activities"].([]any)[0].(map[string]any)["traveller_ids"].([]any); len(ids) != 0 {
		t.Errorf("still on it: %v", ids)
	}
}
