package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// Why a campaign stopped by itself is said in the caller's language.
func TestWhyACampaignStopped(t *testing.T) {
	h := newHouse(t)
	root := scheduling.System("test")
	g := &scheduling.Group{Slug: "spain", ClusterID: h.cluster.ID, Kind: scheduling.GroupKinds[0], Name: scheduling.Text{"en": "Spain"}}
	must(t, h.desk.SaveGroup(t.Context(), root, g))
	body := map[string]any{
		"cluster_id": h.cluster.ID, "subject": map[string]string{"en": "Come"}, "body": map[string]string{"en": "To Spain:\n\n{group:spain}"},
		"rules": []map[string]any{{"kind": "cluster", "id": h.cluster.ID}},
	}
	made := h.do("organiser", "POST", "/campaigns", body).is(201)
	at := h.desk.DB.Now().Add(time.Hour)
	h.do("organiser", "POST", "/campaigns/"+made.text("id")+"/schedule", map[string]any{"revision": made.number("revision"), "at": at}).is(200)
	g.Slug = "portugal"
	must(t, h.desk.SaveGroup(t.Context(), root, g))
	_, err := h.desk.SendCampaigns(t.Context(), at)
	must(t, err)
	for lang, want := range map[string]string{"en": "{group:spain} names nothing", "fi": "{group:spain} ei viittaa"} {
		got := h.do("organiser", "GET", "/campaigns/"+made.text("id"), nil, "Accept-Language", lang).is(200)
		if got.text("state") != "paused" || !strings.Contains(got.text("why"), want) {
			t.Errorf("in %s: %s", lang, got.raw)
		}
	}
}
