package api

import (
	"fmt"
	"testing"

	"kohtaamo/scheduling"
)

// TestWebhookJourney makes a webhook, tries it, and takes it away.
func TestWebhookJourney(t *testing.T) {
	h := newHouse(t)
	body := map[string]any{"name": "CRM", "address": "https://crm.example/hook", "cluster_id": h.cluster.ID, "topics": []string{"registration"}}
	made := h.do("organiser", "POST", "/webhooks", body).is(201)
	at := "/webhooks/" + fmt.Sprint(made.body["id"])
	h.do("organiser", "POST", at+"/test", nil).is(200)
	log := h.do("organiser", "GET", at+"/deliveries", nil).is(200)
	items := log.body["items"].([]any)
	if len(items) != 1 || items[0].(map[string]any)["type"] != "test.ping" {
		t.Errorf("the log: %s", log.raw)
	}
	first := h.do("organiser", "POST", at+"/secret", nil).is(200).body["secret"]
	if next := h.do("organiser", "POST", at+"/secret", nil).is(200).body["secret"]; next == first || next == nil {
		t.Errorf("the secret stayed %v", next)
	}
	if got := h.do("organiser", "POST", at+"/pause", nil).is(200); got.body["active"] != false {
		t.Errorf("paused: %s", got.raw)
	}
	h.do("organiser", "POST", at+"/test", nil).is(409)
	h.do("organiser", "DELETE", at, nil).is(204)
	h.do("organiser", "GET", at, nil).is(404)
}

// TestMergeJourney finds two companies that are one, looks, and merges them.
func TestMergeJourney(t *testing.T) {
	h := newHouse(t)
	var ids []string
	for _, name := range []string{"Polar Cells Oy", "Polar Cells Ltd"} {
		c := &scheduling.Company{Name: name, Kind: scheduling.SME, Country: "FI"}
		must(t, h.desk.SaveCompany(t.Context(), scheduling.System("test"), c))
		ids = append(ids, c.ID)
	}
	if got := h.do("organiser", "GET", "/companies/duplicates", nil).is(200); len(got.body["items"].([]any)) != 1 {
		t.Errorf("pairs: %s", got.raw)
	}
	body := map[string]any{"into": ids[1], "dry_run": true}
	h.do("organiser", "POST", "/companies/"+ids[0]+"/merge", body).is(200)
	h.do("organiser", "GET", "/companies/"+ids[0], nil).is(200)
	body["dry_run"] = false
	for range 2 {
		if got := h.do("organiser", "POST", "/companies/"+ids[0]+"/merge", body).is(200); got.body["id"] != ids[1] {
			t.Errorf("merged: %s", got.raw)
		}
	}
	if got := h.do("organiser", "GET", "/companies/"+ids[0], nil).is(200); got.body["id"] != ids[1] {
		t.Errorf("the old id: %s", got.raw)
	}
	if got := h.do("organiser", "GET", "/people/duplicates", nil).is(200); len(got.body["items"].([]any)) != 0 {
		t.Errorf("people: %s", got.raw)
	}
}
