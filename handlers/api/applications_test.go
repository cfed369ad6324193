package api

import (
	"testing"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// Applications through the API: made, scored, offered, and the next in reserve.
func TestApplications(t *testing.T) {
	h := newHouse(t)
	day := func(n int) string { return t0.AddDate(0, 0, n).Format(time.DateOnly) }
	trip, err := h.desk.SaveTrip(t.Context(), scheduling.System("test"), &scheduling.Trip{Slug: "spain", Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Spain"},
		ClusterIDs: []string{h.cluster.ID}, Zone: "Europe/Helsinki", Currency: "EUR",
		Stops:     []scheduling.Stop{{Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: day(40), Until: day(43)}},
		Selection: scheduling.SelectionRules{Seats: 2, OfferHours: 72, Criteria: []scheduling.Criterion{{ID: "fit", Name: scheduling.Text{"en": "Fit"}, Weight: 1, Max: 5}}}})
	must(t, err)
	all := "/trips/" + trip.ID + "/applications"
	form := func(company string, seats int) map[string]any {
		return map[string]any{"company": company, "country": "FI", "name": "Maija", "email": "maija@example.org", "motivation": "Sensors.", "seats": seats}
	}
	h.do("organiser", "POST", all, form("Aava Oy", 2)).problem(409, "closed")
	h.selects(t, trip.ID)
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "GET", all, nil).problem(404, "not-found")
		h.do(stranger, "POST", all, form("Aava Oy", 2)).problem(404, "not-found")
	}
	h.do("organiser", "POST", all, form("Aava Oy", 3)).problem(422, "invalid")
	first := h.do("organiser", "POST", all, form("Aava Oy", 2)).is(201)
	if again := h.do("organiser", "POST", all, form("aava oy", 1)).is(201); again.text("id") != first.text("id") {
		t.Error("a company has applied twice")
	}
	second := h.do("organiser", "POST", all, form("Borealis Oy", 1)).is(201)
	one, two := all+"/"+first.text("id"), all+"/"+second.text("id")
	h.do("other", "POST", one+"/decision", map[string]any{"state": "offered"}).problem(404, "not-found")
	h.do("organiser", "POST", one+"/scores", map[string]any{"scores": []any{map[string]any{"criterion": "looks", "points": 1}}}).problem(422, "invalid")
	if b := h.do("organiser", "POST", one+"/scores", map[string]any{"scores": []any{map[string]any{"criterion": "fit", "points": 4, "note": "Sound."}}}).is(200); b.number("total") != 800 {
		t.Errorf("application = %s", b.raw)
	}
	h.do("organiser", "POST", all+"/next", nil).problem(409, "closed")
	h.do("organiser", "POST", two+"/decision", map[string]any{"state": "reserve"}).is(200)
	until := t0.AddDate(0, 0, 5).Format(time.RFC3339)
	if b := h.do("organiser", "POST", one+"/decision", map[string]any{"state": "offered", "seats": 2, "until": until}).is(200); b.text("state") != "offered" || b.text("deadline") != until {
		t.Errorf("application = %s", b.raw)
	}
	h.do("organiser", "POST", all+"/next", nil).problem(409, "full")
	h.do("organiser", "POST", one+"/deadline", map[string]any{"until": t0.AddDate(1, 0, 0).Format(time.RFC3339)}).problem(422, "invalid")
	h.do("organiser", "POST", one+"/deadline", map[string]any{"until": t0.AddDate(0, 0, 6).Format(time.RFC3339)}).is(200)
	h.do("organiser", "POST", one+"/decision", map[string]any{"state": "declined", "reason": "Too far."}).is(200)
	if b := h.do("organiser", "GET", two, nil).is(200); b.text("state") != "offered" {
		t.Errorf("the next in reserve = %s", b.raw)
	}
	if n := len(h.do("organiser", "GET", all+"?state=offered&q=bor&sort=rank", nil).is(200).items()); n != 1 {
		t.Errorf("%d applications", n)
	}
}

// selects brings a trip to its selection.
func (h *house) selects(t testing.TB, id string) {
	t.Helper()
	rows := storage.Collection[scheduling.Trip, *scheduling.Trip]{}
	for _, spec := range scheduling.Specs() {
		if spec.Name == "trips" {
			rows.Spec = spec
		}
	}
	must(t, h.desk.DB.Update(t.Context(), func(tx *storage.Tx) error {
		x, err := rows.Get(tx, id)
		if err != nil {
			return err
		}
		x.State, x.Listed = scheduling.TripSelection, true
		return rows.Put(tx, x)
	}))
}
