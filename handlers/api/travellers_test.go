package api

import (
	"fmt"
	paths "path"
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

// A program takes people along, gives them rooms, replaces and releases them. It
// never reads what they said about themselves.
func TestTravellers(t *testing.T) {
	h := newHouse(t)
	ctx, root := t.Context(), scheduling.System("test")
	trip, err := h.desk.SaveTrip(ctx, root, &scheduling.Trip{Slug: "spain", Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Spain"}, ClusterIDs: []string{h.cluster.ID}, Zone: "Europe/Helsinki", Currency: "EUR",
		Stops: []scheduling.Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: h.now().AddDate(0, 1, 0).Format("2006-01-02"), Until: h.now().AddDate(0, 1, 2).Format("2006-01-02")}},
		Asks:  scheduling.TravellerAsks{Fields: []string{"diet"}, RetainDays: 30}})
	must(t, err)
	_, err = h.desk.SaveProgramme(ctx, root, trip.ID, &scheduling.Programme{Hotels: []scheduling.Hotel{{ID: "uno", StopID: "madrid", Name: "Hotel Uno", From: trip.Stops[0].From, Until: trip.Stops[0].Until,
		Block: []scheduling.RoomBlock{{Kind: scheduling.TwinRoom, Count: 1}}}}})
	must(t, err)
	base := "/trips/" + trip.ID
	add := func(name string) *reply {
		return h.do("organiser", "POST", base+"/travellers", map[string]any{"name": name, "email": strings.ToLower(name) + "@example.org", "company": "Aurora Oy"}, "Idempotency-Key", name).is(201)
	}
	aino, bea := add("Aino"), add("Bea")
	if again := add("Aino"); again.text("id") != aino.text("id") {
		t.Error("the same request made another traveller")
	}
	h.do("organiser", "POST", base+"/travellers", map[string]any{"name": "Aino", "email": "aino@example.org"}).is(409)
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "GET", base+"/travellers", nil).problem(404, "not-found")
		h.do(stranger, "GET", base+"/rooms", nil).problem(404, "not-found")
		h.do(stranger, "POST", base+"/travellers", map[string]any{"name": "X", "email": "x@example.org"}).problem(404, "not-found")
	}
	v, err := h.desk.TravellerName(ctx, root, trip.ID, aino.text("id"))
	must(t, err)
	link := paths.Base(h.desk.TravelURL(v))
	_, err = h.desk.SaveTravelData(ctx, link, 0, scheduling.TravellerData{Allergies: "Sesame", Agreed: &scheduling.Consent{Given: true}})
	must(t, err)
	list := h.do("organiser", "GET", base+"/travellers", nil).is(200)
	if items := list.items(); len(items) != 2 || items[0]["answered_at"] == nil || fmt.Sprint(items[1]["missing"]) != "[diet]" || strings.Contains(string(list.raw), "Sesame") {
		t.Errorf("travellers = %s", list.raw)
	}

	rooms := h.do("organiser", "GET", base+"/rooms", nil).is(200).items()[0]
	if fmt.Sprint(rooms["homeless"]) != fmt.Sprint([]string{aino.text("id"), bea.text("id")}) {
		t.Errorf("rooms = %v", rooms)
	}
	body := map[string]any{"rooms": []map[string]any{{"kind": "twin", "number": "7", "traveller_ids": []string{aino.text("id"), bea.text("id")}}}}
	etag := fmt.Sprintf(`"%v"`, rooms["revision"])
	h.do("organiser", "PUT", base+"/rooms/uno", body).problem(428, "precondition-required")
	given := h.do("organiser", "PUT", base+"/rooms/uno", body, "If-Match", etag).is(200)
	if len(given.body["homeless"].([]any)) != 0 {
		t.Errorf("given %s", given.raw)
	}
	h.do("organiser", "PUT", base+"/rooms/uno", body, "If-Match", etag).problem(412, "changed")

	one := base + "/travellers/" + aino.text("id")
	cia := h.do("organiser", "POST", one+"/replace", map[string]any{"name": "Cia", "email": "cia@example.org"}).is(200)
	if cia.text("company") != "Aurora Oy" || cia.text("state") != "going" {
		t.Errorf("instead travels %s", cia.raw)
	}
	h.do("organiser", "POST", one+"/release", map[string]string{"reason": "Ill"}).is(409)
	h.do("other", "POST", base+"/travellers/"+bea.text("id")+"/release", map[string]string{"reason": "Ill"}).problem(404, "not-found")
	h.do("organiser", "POST", base+"/travellers/"+bea.text("id")+"/release", map[string]string{}).problem(422, "invalid")
	if out := h.do("organiser", "POST", base+"/travellers/"+bea.text("id")+"/release", map[string]string{"reason": "Ill"}).is(200); out.text("state") != "out" {
		t.Errorf("released %s", out.raw)
	}
}
