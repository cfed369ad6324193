package api

import "testing"

func TestPrivacy(t *testing.T) {
	h := newHouse(t)
	made := h.do("admin", "POST", "/people", map[string]any{"name": "Pertti Privaatti", "email": "pertti@example.org", "lang": "fi"}).is(201)
	path := "/people/" + made.text("id") + "/erasure"
	for _, as := range []string{"organiser", "guest"} {
		h.do(as, "POST", path, nil).problem(404, "not-found")
		h.do(as, "GET", "/erasures", nil).problem(404, "not-found")
		h.do(as, "GET", "/retention", nil).problem(404, "not-found")
		h.do(as, "GET", "/retention/runs", nil).problem(404, "not-found")
	}
	for range 2 {
		if r := h.do("admin", "POST", path, nil).is(200); r.text("state") != "done" || r.text("by") != "administrator" {
			t.Errorf("the erasure is %s", r.raw)
		}
	}
	h.do("admin", "POST", "/people/nobody/erasure", nil).problem(404, "not-found")
	h.do("admin", "GET", "/people/"+made.text("id"), nil).problem(404, "not-found")
	if list := h.do("admin", "GET", "/erasures", nil).is(200).items(); len(list) != 1 || list[0]["id"] != made.text("id") {
		t.Errorf("erasures = %v", list)
	}
	if list := h.do("admin", "GET", "/retention", nil).is(200).items(); len(list) == 0 || list[0]["key"] != "answers" || list[0]["days"] != 180.0 {
		t.Errorf("rules = %v", list)
	}
	h.do("admin", "GET", "/retention/runs", nil).is(200)
	h.do("organiser", "GET", "/consents?given=yes", nil).is(200)
	h.do("guest", "GET", "/consents", nil).problem(404, "not-found")
}
