package api

import (
	"maps"
	"testing"
)

func tripBody(h *house, set ...func(map[string]any)) map[string]any {
	b := map[string]any{
		"title": map[string]string{"en": "Basque Country"}, "zone": "Europe/Helsinki", "cluster_ids": []string{h.cluster.ID}, "seats": 4, "minimum": 2,
		"stops":     []map[string]any{{"city": "Bilbao", "country": "ES", "zone": "Europe/Madrid", "from": "2028-06-05", "until": "2028-06-07"}},
		"closes_at": "2028-03-01T14:00:00Z",
		"criteria":  []map[string]any{{"name": map[string]string{"en": "Fit"}, "weight": 3, "max": 5}},
		"budget":    []map[string]any{{"name": "Flights", "planned": 40000, "per_seat": true, "share": 75}},
	}
	for _, f := range set {
		f(b)
	}
	return b
}

func TestTrips(t *testing.T) {
	h := newHouse(t)
	h.do("other", "POST", "/trips", tripBody(h)).problem(403, "forbidden")
	made := h.do("organiser", "POST", "/trips", tripBody(h), "Idempotency-Key", "t1").is(201)
	id := made.text("id")
	if again := h.do("organiser", "POST", "/trips", tripBody(h), "Idempotency-Key", "t1").is(201); again.text("id") != id {
		t.Errorf("made twice: %s", again.raw)
	}
	if made.text("state") != "draft" || made.text("slug") != "basque-country" || made.text("starts") != "2028-06-04T22:00:00Z" || made.body["seat_price"] != 30000.0 {
		t.Fatalf("made %s", made.raw)
	}
	for _, as := range []string{"", "other", "guest"} {
		h.do(as, "GET", "/trips/"+id, nil).problem(404, "not-found")
		if n := len(h.do(as, "GET", "/trips", nil).is(200).items()); n != 0 {
			t.Errorf("%q lists %d", as, n)
		}
	}
	for path, body := range map[string]map[string]string{"/state": {"state": "open"}, "/copy": {"day": "2029-01-01"}} {
		h.do("other", "POST", "/trips/"+id+path, body).problem(404, "not-found")
	}
	h.do("other", "DELETE", "/trips/"+id, nil).problem(404, "not-found")

	etag := made.header.Get("ETag")
	more := tripBody(h, func(b map[string]any) { b["seats"] = 6; b["stops"] = made.body["stops"] })
	h.do("organiser", "PUT", "/trips/"+id, more).problem(428, "precondition-required")
	changed := h.do("organiser", "PUT", "/trips/"+id, more, "If-Match", etag).is(200)
	if was, is := made.body["stops"].([]any)[0].(map[string]any), changed.body["stops"].([]any)[0].(map[string]any); was["id"] == "" || was["id"] != is["id"] || changed.body["free"] != 6.0 {
		t.Errorf("changed %s", changed.raw)
	}
	h.do("organiser", "PUT", "/trips/"+id, more, "If-Match", etag).problem(412, "changed")

	h.do("organiser", "POST", "/trips/"+id+"/state", map[string]string{"state": "confirmed"}).problem(409, "closed")
	open := h.do("organiser", "POST", "/trips/"+id+"/state", map[string]string{"state": "open"}).is(200)
	h.do("organiser", "POST", "/trips/"+id+"/state", map[string]string{"state": "open"}).is(200)
	seen := h.do("", "GET", "/trips/basque-country", nil).is(200)
	if open.text("state") != "open" || len(seen.body["budget"].([]any)) != 0 || len(open.body["budget"].([]any)) != 1 || len(seen.body["criteria"].([]any)) != 1 {
		t.Errorf("its organiser reads %s and everybody %s", open.raw, seen.raw)
	}
	if n := len(h.do("", "GET", "/trips?state=open&search=bilb", nil).is(200).items()); n != 1 {
		t.Errorf("everybody lists %d", n)
	}
	h.do("organiser", "DELETE", "/trips/"+id, nil).problem(409, "closed")
	h.do("organiser", "POST", "/trips/"+id+"/state", map[string]string{"state": "cancelled"}).problem(422, "invalid")
	if off := h.do("organiser", "POST", "/trips/"+id+"/state", map[string]string{"state": "cancelled", "reason": "No flights"}).is(200); off.text("cancel_reason") != "No flights" {
		t.Errorf("called off %s", off.raw)
	}
	copied := h.do("organiser", "POST", "/trips/"+id+"/copy", map[string]string{"day": "2029-01-08"}).is(201)
	if copied.text("starts") != "2029-01-07T23:00:00Z" || copied.text("state") != "draft" {
		t.Errorf("copied %s", copied.raw)
	}
	h.do("organiser", "DELETE", "/trips/"+copied.text("id"), nil).is(204)
	h.do("organiser", "GET", "/trips/"+copied.text("id"), nil).problem(404, "not-found")
}

func TestTripFaults(t *testing.T) {
	h := newHouse(t)
	bad := tripBody(h, func(b map[string]any) {
		b["title"], b["minimum"], b["currency"] = map[string]string{}, 5, "XXX"
		b["stops"] = []map[string]any{{"city": "Bilbao", "zone": "Europe/Atlantis", "from": "2028-06-05", "until": "2028-06-04"}}
	})
	want := map[string]string{"body.title": "problem.required", "body.minimum": "trip.minimum_above", "body.currency": "problem.choice",
		"body.stops[0].zone": "event.zone", "body.stops[0].until": "problem.date"}
	if got := h.do("organiser", "POST", "/trips", bad).problem(422, "invalid").faults(); !maps.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
}
