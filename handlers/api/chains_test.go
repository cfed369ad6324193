package api

import (
	"testing"

	"kohtaamo/scheduling"
)

// A chain and a survey through the API: made, tried, switched on, answered, counted.
func TestChainsAndSurveys(t *testing.T) {
	h := newHouse(t)
	by := scheduling.System("test")
	c := h.do("organiser", "POST", "/chains", map[string]any{"ready": "after", "cluster_id": h.cluster.ID}, "Idempotency-Key", "k").is(201)
	if again := h.do("organiser", "POST", "/chains", map[string]any{"ready": "after", "cluster_id": h.cluster.ID}, "Idempotency-Key", "k").is(201); again.text("id") != c.text("id") {
		t.Error("sent twice it makes two")
	}
	one := "/chains/" + c.text("id")
	e := scheduling.NewEvent(h.cluster, h.desk.DB.Now().AddDate(0, 0, 7))
	e.Title = scheduling.Text{"en": "Seminar"}
	e, err := h.desk.SaveEvent(t.Context(), by, e)
	must(t, err)
	_, err = h.desk.PublishEvent(t.Context(), by, e.ID)
	must(t, err)
	_, err = h.desk.Register(t.Context(), scheduling.Actor{}, e.ID, scheduling.Signup{Name: "Aino", Email: "aino@example.org", Lang: "fi"})
	must(t, err)
	survey := "/events/" + e.ID + "/survey"
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "GET", one, nil).problem(404, "not-found")
		h.do(stranger, "POST", one+"/on", nil).problem(404, "not-found")
		h.do(stranger, "GET", one+"/try?about="+e.ID, nil).problem(404, "not-found")
		h.do(stranger, "GET", survey, nil).problem(404, "not-found")
		h.do(stranger, "GET", survey+"/results", nil).problem(404, "not-found")
	}
	dry := h.do("organiser", "GET", one+"/try?about="+e.ID, nil).is(200).items()
	if len(dry) != 1 || dry[0]["why"] != "absent" {
		t.Errorf("tried: %v", dry)
	}
	step := map[string]any{"when": map[string]any{"anchor": "end", "days": 1}, "subject": map[string]string{"en": "Hello"}, "body": map[string]string{"en": "Hi {{nobody}}"}}
	body := map[string]any{"name": map[string]string{"en": "After"}, "steps": []any{step}}
	h.do("organiser", "PUT", one, body, "If-Match", `"1"`).problem(422, "invalid")
	step["body"] = map[string]string{"en": "Hi {{name}}"}
	if got := h.do("organiser", "PUT", one, body, "If-Match", `"1"`).is(200); len(got.body["steps"].([]any)) != 1 {
		t.Errorf("rewritten: %s", got.raw)
	}
	h.do("organiser", "PUT", one, body, "If-Match", `"1"`).problem(412, "changed")
	if got := h.do("organiser", "POST", one+"/on", nil).is(200); got.body["on"] != true {
		t.Errorf("on: %s", got.raw)
	}
	if own := h.do("organiser", "POST", one+"/copy", map[string]any{"event_id": e.ID}).is(201); own.text("event_id") != e.ID || own.body["on"] != false {
		t.Errorf("copy: %s", own.raw)
	}
	if n := len(h.do("organiser", "GET", "/chains", nil).is(200).items()); n != 2 {
		t.Errorf("%d chains", n)
	}

	h.do("organiser", "GET", survey, nil).problem(404, "not-found")
	questions := []any{map[string]any{"key": "recommend", "kind": "scale", "label": map[string]string{"en": "How likely?"}}}
	h.do("organiser", "POST", survey, map[string]any{"questions": questions, "closes_at": e.Ends.AddDate(1, 0, 0)}).is(200)
	h.do("organiser", "POST", survey, map[string]any{"questions": questions}).problem(409, "changed")
	if s := h.do("organiser", "POST", survey+"/open", nil).is(200); s.text("state") != "open" {
		t.Errorf("opened: %s", s.raw)
	}
	if res := h.do("organiser", "GET", survey+"/results", nil).is(200); res.number("asked") != 0 {
		t.Errorf("results: %s", res.raw)
	}
	h.do("organiser", "POST", one+"/off", nil).is(200)
	h.do("organiser", "POST", survey+"/close", nil).is(200)
}
