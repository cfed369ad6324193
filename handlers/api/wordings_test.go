package api

import "testing"

func TestMailTexts(t *testing.T) {
	h := newHouse(t)
	address := "/clusters/" + h.cluster.ID + "/mail-texts/registration.confirmed/en"
	got := h.do("organiser", "GET", address, nil).is(200)
	if got.object("texts")["subject"] != "" || got.object("defaults")["heading"] != "You have a seat" || got.body["revision"] != 0.0 {
		t.Errorf("before: %s", got.raw)
	}
	write := func(revision int, subject string) map[string]any {
		return map[string]any{"revision": revision, "texts": map[string]string{"subject": subject}}
	}
	got = h.do("organiser", "PUT", address, write(0, "A seat for {{name}}: {{event}}")).is(200)
	if got.object("texts")["subject"] != "A seat for {{name}}: {{event}}" || got.object("texts")["body"] != "" || got.body["revision"] != 1.0 {
		t.Errorf("after: %s", got.raw)
	}
	h.do("organiser", "PUT", address, write(0, "{{event}}, mine")).problem(409, "changed")
	if p := h.do("organiser", "PUT", address, write(1, "{{nobody}}")).problem(422, "invalid"); p.faults()["body.texts.subject"] != "wording.fault.unknown" {
		t.Errorf("an unknown field: %s", p.raw)
	}
	own := 0
	for _, item := range h.do("organiser", "GET", "/clusters/"+h.cluster.ID+"/mail-texts", nil).is(200).items() {
		own += len(item["own"].([]any))
	}
	if own != 1 {
		t.Errorf("%d texts are the cluster's own", own)
	}
	for _, as := range []string{"other", "guest", "door"} {
		h.do(as, "GET", address, nil).is(map[string]int{"other": 404, "guest": 404, "door": 403}[as])
	}
	h.do("other", "PUT", address, write(1, "{{event}}")).problem(404, "not-found")
	if got = h.do("organiser", "PUT", address, write(1, "")).is(200); got.body["revision"] != 0.0 {
		t.Errorf("taken back: %s", got.raw)
	}
}
