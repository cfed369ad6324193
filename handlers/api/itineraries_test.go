package api

import (
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// travelling stores a published trip of the cluster with one traveller.
func (h *house) travelling(t *testing.T) (trip, traveller string) {
	t.Helper()
	by := scheduling.System("test")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	in, err := h.desk.SaveTrip(t.Context(), by, &scheduling.Trip{Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Spain"}, ClusterIDs: []string{h.cluster.ID},
		Stops: []scheduling.Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: "2028-02-08", Until: "2028-02-09"}}})
	must(err)
	v, err := h.desk.AddTraveller(t.Context(), by, in.ID, &scheduling.Traveller{Name: "Matti Matkaaja", Email: "matti@example.org", Lang: "en"})
	must(err)
	starts := time.Date(2028, 2, 8, 5, 0, 0, 0, time.UTC)
	_, err = h.desk.SaveProgramme(t.Context(), by, in.ID, &scheduling.Programme{Legs: []scheduling.Leg{{ID: "out", Crowd: scheduling.Crowd{Everyone: true}, Kind: scheduling.ByAir, Number: "AY1661",
		From: scheduling.Terminal{Name: "Helsinki", Code: "HEL", Zone: "Europe/Helsinki"}, To: scheduling.Terminal{Name: "Madrid", Code: "MAD", Zone: "Europe/Madrid"},
		Departs: starts, Arrives: starts.Add(260 * time.Minute)}}})
	must(err)
	_, err = h.desk.PublishProgramme(t.Context(), by, in.ID)
	must(err)
	return in.ID, v.ID
}

func TestItineraries(t *testing.T) {
	h := newHouse(t)
	trip, traveller := h.travelling(t)
	base := "/trips/" + trip
	line := func() map[string]any {
		t.Helper()
		r := h.do("organiser", "GET", base+"/travellers/"+traveller+"/itinerary", nil, "Accept-Language", "en").is(200)
		lines, _ := r.body["lines"].([]any)
		if len(lines) != 1 {
			t.Fatalf("itinerary: %s", r.raw)
		}
		return lines[0].(map[string]any)
	}
	if x := line(); x["when"] != "Tue 8 Feb 2028, 07:00 Helsinki → 10:20 Madrid, 4 h 20 min" || x["starts"] != "2028-02-08T05:00:00Z" || x["end_zone"] != "Europe/Madrid" || x["mark"] != nil {
		t.Errorf("line: %v", x)
	}
	mark := map[string]any{"present": true, "at": "2020-01-01T09:00:00Z"}
	for range 2 {
		h.do("organiser", "PUT", base+"/marks/out/"+traveller, mark).is(200)
	}
	h.do("organiser", "PUT", base+"/marks/out/"+traveller, map[string]any{"present": false, "at": "2019-01-01T09:00:00Z"}).is(200)
	h.do("organiser", "PUT", base+"/delays/out", map[string]any{"minutes": 15}).is(200)
	h.do("organiser", "PUT", base+"/delays/out", map[string]any{"minutes": 1000}).problem(422, "invalid")
	if x := line(); x["late"] != 15.0 || x["starts"] != "2028-02-08T05:15:00Z" || x["mark"].(map[string]any)["present"] != true {
		t.Errorf("line: %v", x)
	}
	note := h.do("organiser", "POST", base+"/notes", map[string]any{"text": "Gate 22", "part": "out"}, "Idempotency-Key", "n").is(201)
	h.do("organiser", "POST", base+"/notes", map[string]any{"text": "Gate 22", "part": "out"}, "Idempotency-Key", "n").is(201)
	if list := h.do("organiser", "GET", base+"/notes", nil).is(200).items(); len(list) != 1 || list[0]["id"] != note.text("id") {
		t.Errorf("notes: %v", list)
	}
	for _, as := range []string{"other", "guest"} {
		h.do(as, "GET", base+"/travellers/"+traveller+"/itinerary", nil).problem(404, "not-found")
		h.do(as, "PUT", base+"/marks/out/"+traveller, mark).problem(404, "not-found")
		h.do(as, "PUT", base+"/delays/out", map[string]any{"minutes": 5}).problem(404, "not-found")
		h.do(as, "POST", base+"/notes", map[string]any{"text": "x"}).problem(404, "not-found")
		h.do(as, "GET", base+"/notes", nil).problem(404, "not-found")
	}
	h.do("organiser", "PUT", base+"/marks/none/"+traveller, mark).problem(404, "not-found")
}
