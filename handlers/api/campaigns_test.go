package api

import (
	"fmt"
	"testing"

	"kohtaamo/scheduling"
)

func TestCampaigns(t *testing.T) {
	h := newHouse(t)
	for i := range 3 {
		p := &scheduling.Person{Name: fmt.Sprintf("Person %d", i), Email: fmt.Sprintf("p%d@example.org", i), Lang: "en", ClusterIDs: []string{h.cluster.ID}}
		must(t, h.desk.SavePerson(t.Context(), scheduling.System("test"), p))
	}
	body := map[string]any{
		"cluster_id": h.cluster.ID, "subject": map[string]string{"en": "Come"}, "body": map[string]string{"en": "Dear {name}"},
		"rules": []map[string]any{{"kind": "cluster", "id": h.cluster.ID}},
	}
	h.do("other", "POST", "/campaigns", body).is(403)
	h.do("guest", "POST", "/campaigns", body).is(403)
	body["body"] = map[string]string{"en": "Dear {nobody}"}
	h.do("organiser", "POST", "/campaigns", body).is(422)
	body["body"] = map[string]string{"en": "Dear {name}"}
	made := h.do("organiser", "POST", "/campaigns", body, "Idempotency-Key", "once").is(201)
	again := h.do("organiser", "POST", "/campaigns", body, "Idempotency-Key", "once").is(201)
	id := made.text("id")
	if again.text("id") != id || made.text("state") != "draft" {
		t.Fatalf("made %s and %s", made.raw, again.raw)
	}
	one := "/campaigns/" + id
	for _, address := range []string{one, one + "/audience", one + "/results"} {
		h.do("other", "GET", address, nil).problem(404, "not-found")
	}
	for _, action := range []string{"pause", "cancel", "unschedule"} {
		h.do("other", "POST", one+"/"+action, nil).problem(404, "not-found")
	}
	h.do("other", "DELETE", one, nil).problem(404, "not-found")

	who := h.do("organiser", "GET", one+"/audience?search=person%201", nil).is(200)
	if who.number("people") != 3 || len(who.body["readers"].([]any)) != 1 || who.body["by_language"].(map[string]any)["en"] != 3.0 {
		t.Errorf("audience = %s", who.raw)
	}
	if sent := h.do("organiser", "POST", one+"/test", map[string]any{"to": []string{"me@example.org"}}).is(200); sent.number("sent") != 1 {
		t.Errorf("test = %s", sent.raw)
	}
	body["except"] = []map[string]any{{"kind": "language", "values": []string{"fi"}}}
	h.do("organiser", "PUT", one, body).problem(428, "precondition-required")
	changed := h.do("organiser", "PUT", one, body, "If-Match", made.header.Get("ETag")).is(200)
	h.do("organiser", "POST", one+"/schedule", map[string]any{"revision": made.number("revision")}).is(409)
	sent := h.do("organiser", "POST", one+"/schedule", map[string]any{"revision": changed.number("revision")}).is(200)
	if sent.text("state") != "sending" || sent.number("people") != 3 {
		t.Errorf("sent = %s", sent.raw)
	}
	h.do("organiser", "DELETE", one, nil).is(409)
	if paused := h.do("organiser", "POST", one+"/pause", nil).is(200); paused.text("state") != "paused" {
		t.Errorf("paused = %s", paused.raw)
	}
	h.do("organiser", "POST", one+"/resume", nil).is(200)
	if got := h.do("organiser", "GET", one+"/results", nil).is(200); got.number("open") != 3 || got.body["copies"].(map[string]any)["queued"] != 3.0 {
		t.Errorf("results = %s", got.raw)
	}
	if got := h.do("organiser", "POST", one+"/cancel", map[string]string{"reason": "wrong day"}).is(200); got.text("state") != "cancelled" {
		t.Errorf("cancelled = %s", got.raw)
	}
	if n := len(h.do("organiser", "GET", "/campaigns?state=cancelled", nil).is(200).items()); n != 1 {
		t.Errorf("%d are cancelled", n)
	}
	if n := len(h.do("other", "GET", "/campaigns", nil).is(200).items()); n != 0 {
		t.Errorf("the other organiser sees %d", n)
	}
}
