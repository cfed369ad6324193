package api

import (
	"testing"

	"kohtaamo/scheduling"
)

func TestFiguresOverTheAPI(t *testing.T) {
	h := newHouse(t)
	c := h.cluster.ID
	period := map[string]any{"name": "2024", "cluster_id": c, "from": "2024-01-01", "until": "2024-12-31", "targets": map[string]int{"events": 3}}
	h.do("other", "POST", "/periods", period).problem(404, "not-found")
	h.do("organiser", "POST", "/periods", changed(period, "until", "2023-12-31")).problem(422, "invalid")
	made := h.do("organiser", "POST", "/periods", period, "Idempotency-Key", "p1").is(201)
	if again := h.do("organiser", "POST", "/periods", period, "Idempotency-Key", "p1").is(201); again.text("id") != made.text("id") {
		t.Error("sent twice it makes two")
	}
	one := "/periods/" + made.text("id")
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "GET", one, nil).problem(404, "not-found")
		h.do(stranger, "POST", one+"/close", nil).problem(404, "not-found")
	}
	h.do("organiser", "PUT", one, changed(period, "name", "Year 2024"), "If-Match", `"1"`).is(200)
	h.do("organiser", "POST", one+"/close", nil).is(200)
	h.do("organiser", "POST", one+"/close", nil).problem(409, "closed")
	h.do("organiser", "PUT", one, changed(period, "from", "2024-02-01"), "If-Match", `"3"`).problem(409, "closed")
	figures := h.do("organiser", "GET", one, nil).is(200).body["figures"].([]any)
	if len(figures) != len(scheduling.Indicators()) {
		t.Errorf("%d figures", len(figures))
	}
	h.do("organiser", "GET", "/periods", nil).is(200)
	all := h.do("organiser", "GET", "/figures?cluster_id="+c, nil).is(200).body["items"].([]any)
	if len(all) != len(scheduling.Indicators()) || all[0].(map[string]any)["name"] == "" {
		t.Errorf("figures %v", all)
	}
	h.do("other", "GET", "/figures?cluster_id="+c, nil).problem(404, "not-found")
	h.do("organiser", "GET", "/figures/events/parts?by=month&cluster_id="+c, nil).is(200)
	h.do("organiser", "GET", "/figures/events/rows?limit=1&cluster_id="+c, nil).is(200)
	h.do("organiser", "GET", "/figures/nothing/rows", nil).problem(404, "not-found")

	count := map[string]any{"cluster_id": c, "name": "Calls", "of": "works", "kinds": []string{"call"}}
	h.do("other", "POST", "/counts", count).problem(404, "not-found")
	h.do("organiser", "POST", "/counts", changed(count, "kinds", []string{"sme"})).problem(422, "invalid")
	own := h.do("organiser", "POST", "/counts", count).is(201)
	if rows := h.do("organiser", "GET", "/figures/"+own.text("key")+"/rows", nil).is(200).body["items"].([]any); len(rows) != 0 {
		t.Errorf("rows %v", rows)
	}
	h.do("organiser", "PUT", "/counts/"+own.text("id"), changed(count, "name", "Phone calls"), "If-Match", `"1"`).is(200)
	h.do("organiser", "GET", "/counts", nil).is(200)
	h.do("other", "GET", "/counts/"+own.text("id"), nil).problem(404, "not-found")
	h.do("organiser", "DELETE", "/counts/"+own.text("id"), nil).is(204)
	h.do("organiser", "GET", "/counts/"+own.text("id"), nil).problem(404, "not-found")
}
