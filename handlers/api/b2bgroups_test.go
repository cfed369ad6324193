package api

import (
	"testing"

	"kohtaamo/scheduling"
)

// A B2B group through the API: set up, joined, and met with its quorum.
func TestB2BGroups(t *testing.T) {
	h := newHouse(t)
	by := scheduling.System("test")
	g := &scheduling.Group{Slug: "spain", ClusterID: h.cluster.ID, Kind: "b2b", Name: scheduling.Text{"en": "Spain"}}
	must(t, h.desk.SaveGroup(t.Context(), by, g))
	group := "/groups/" + g.ID
	c := &scheduling.Company{Name: "Aava Oy", Kind: scheduling.SME, Country: "FI"}
	must(t, h.desk.SaveCompany(t.Context(), by, c))
	p := &scheduling.Person{Name: "Aino", Email: "aino@example.org", Lang: "fi", CompanyID: c.ID}
	must(t, h.desk.SavePerson(t.Context(), by, p))
	settings := map[string]any{"aim": "country", "country": "ES", "companies": 1, "public": true, "revision": 0}
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "GET", group+"/b2b", nil).problem(404, "not-found")
		h.do(stranger, "POST", group+"/b2b", settings).problem(404, "not-found")
		h.do(stranger, "GET", group+"/memberships", nil).problem(404, "not-found")
		h.do(stranger, "GET", group+"/meetings", nil).problem(404, "not-found")
	}
	if b := h.do("organiser", "POST", group+"/b2b", settings).is(200); b.text("state") != "recruiting" || b.number("companies") != 1 {
		t.Errorf("settings = %s", b.raw)
	}
	h.do("organiser", "POST", group+"/b2b", settings).problem(409, "changed")
	h.do("organiser", "POST", group+"/targets", map[string]any{"name": "SEAT", "state": "result"}).problem(422, "invalid")
	h.do("organiser", "POST", group+"/targets", map[string]any{"name": "SEAT"}).is(200)
	m := h.do("organiser", "POST", group+"/memberships", map[string]any{"email": "aino@example.org"}).is(201)
	if m.text("state") != "accepted" || m.text("company") != "Aava Oy" {
		t.Errorf("membership = %s", m.raw)
	}
	h.do("other", "POST", "/memberships/"+m.text("id")+"/decision", map[string]any{"state": "left"}).problem(404, "not-found")

	meeting := map[string]any{"title": map[string]string{"en": "SEAT"}, "zone": "Europe/Helsinki", "minutes": 60, "need": 1, "times": []string{"2027-02-09T07:00:00Z", "2027-02-10T07:00:00Z"}}
	made := h.do("organiser", "POST", group+"/meetings", meeting, "Idempotency-Key", "k1").is(201)
	if again := h.do("organiser", "POST", group+"/meetings", meeting, "Idempotency-Key", "k1").is(201); again.text("id") != made.text("id") {
		t.Error("sent twice it makes two")
	}
	one := "/group-meetings/" + made.text("id")
	h.do("other", "GET", one, nil).problem(404, "not-found")
	at := made.body["times"].([]any)[1].(map[string]any)["id"].(string)
	h.do("organiser", "POST", one+"/answers", map[string]any{"person_id": p.ID, "answers": map[string]string{at: "perhaps"}}).problem(422, "invalid")
	done := h.do("organiser", "POST", one+"/answers", map[string]any{"person_id": p.ID, "answers": map[string]string{at: "yes"}}).is(200)
	if done.text("state") != "confirmed" || done.text("starts") != "2027-02-10T07:00:00Z" {
		t.Errorf("meeting = %s", done.raw)
	}
	if risk := h.do("organiser", "POST", one+"/answers", map[string]any{"person_id": p.ID, "answers": map[string]string{at: "no"}}).is(200); risk.text("state") != "at_risk" {
		t.Errorf("meeting = %s", risk.raw)
	}
	if moved := h.do("organiser", "POST", one+"/move", map[string]any{"starts": "2027-02-11T07:00:00Z"}).is(200); moved.text("state") != "tentative" {
		t.Errorf("meeting = %s", moved.raw)
	}
	h.do("organiser", "POST", one+"/cancel", map[string]any{"reason": "snow"}).is(200)
	h.do("organiser", "POST", one+"/confirm", map[string]any{"time_id": at}).problem(409, "closed")
	if n := len(h.do("organiser", "GET", group+"/meetings", nil).is(200).items()); n != 1 {
		t.Errorf("%d meetings", n)
	}
	h.do("organiser", "POST", group+"/b2b/state", map[string]any{"state": "closed"}).is(200)
}
