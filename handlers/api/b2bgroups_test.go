package api

import (
	"maps"
	"strings"
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

// A visit day through the API: planned, proposed, confirmed into the meetings of
// its groups, and called off with them.
func TestVisitsOverTheAPI(t *testing.T) {
	h := newHouse(t)
	by := scheduling.System("test")
	var groups []string
	for i, slug := range []string{"spain", "batteries"} {
		g := &scheduling.Group{Slug: slug, ClusterID: h.cluster.ID, Kind: "b2b", Name: scheduling.Text{"en": slug}}
		must(t, h.desk.SaveGroup(t.Context(), by, g))
		c := &scheduling.Company{Name: slug + " Oy", Kind: scheduling.SME, Country: "FI"}
		must(t, h.desk.SaveCompany(t.Context(), by, c))
		p := &scheduling.Person{Name: "Person " + slug, Email: slug + "@example.org", Lang: "fi", CompanyID: c.ID}
		must(t, h.desk.SavePerson(t.Context(), by, p))
		h.do("organiser", "POST", "/groups/"+g.ID+"/b2b", map[string]any{"aim": "theme", "revision": 0}).is(200)
		if i == 0 {
			h.do("organiser", "POST", "/groups/"+g.ID+"/memberships", map[string]any{"email": p.Email}).is(201)
		}
		groups = append(groups, g.ID)
	}
	day := map[string]any{"cluster_id": h.cluster.ID, "title": map[string]string{"en": "SEAT in Oulu"}, "party": "SEAT", "people": []any{map[string]any{"name": "Ana", "email": "ana@example.es"}},
		"date": "2027-02-09", "zone": "Europe/Helsinki", "from": "09:00", "to": "12:00",
		"venues": []any{map[string]any{"id": "hall", "name": "Hall"}, map[string]any{"id": "lab", "name": "Lab"}}, "travel": []any{map[string]any{"a": "hall", "b": "lab", "minutes": 20}},
		"stops": []any{map[string]any{"group_id": groups[0], "venue_id": "hall", "minutes": 60, "need": 1}, map[string]any{"group_id": groups[1], "venue_id": "lab", "minutes": 60, "need": 1}}}
	h.do("other", "POST", "/visits", day).problem(404, "not-found")
	h.do("organiser", "POST", "/visits", changed(day, "to", "08:00")).problem(422, "invalid")
	made := h.do("organiser", "POST", "/visits", day, "Idempotency-Key", "v1").is(201)
	if again := h.do("organiser", "POST", "/visits", day, "Idempotency-Key", "v1").is(201); again.text("id") != made.text("id") {
		t.Error("sent twice it makes two")
	}
	one := "/visits/" + made.text("id")
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "GET", one, nil).problem(404, "not-found")
		h.do(stranger, "POST", one+"/confirm", nil).problem(404, "not-found")
	}
	h.do("organiser", "POST", one+"/confirm", nil).problem(409, "closed")

	// One group has nobody: it has no place, and that is said.
	found := h.do("organiser", "POST", one+"/propose", nil).is(200)
	if n := len(found.body["programme"].([]any)); n != 1 {
		t.Errorf("programme %s", found.raw)
	}
	if missing := found.body["missing"].([]any); len(missing) != 1 || missing[0].(map[string]any)["key"] != "visit.why.quorum" {
		t.Errorf("missing %v", missing)
	}
	stop := found.body["programme"].([]any)[0].(map[string]any)["stop_id"].(string)
	rev := found.number("revision")
	late := h.do("organiser", "POST", one+"/programme", map[string]any{"revision": rev, "starts": map[string]string{stop: "2027-02-09T10:30:00Z"}}).is(200)
	if faults := late.body["faults"].([]any); len(faults) != 1 || faults[0].(map[string]any)["key"] != "visit.fault.window" {
		t.Errorf("faults %v", faults)
	}
	h.do("organiser", "POST", one+"/programme", map[string]any{"revision": rev, "starts": map[string]string{}}).problem(409, "changed")
	h.do("organiser", "POST", one+"/propose", nil).is(200)
	confirmed := h.do("organiser", "POST", one+"/confirm", nil).is(200)
	meeting, _ := confirmed.body["programme"].([]any)[0].(map[string]any)["meeting_id"].(string)
	if confirmed.text("state") != "confirmed" || meeting == "" {
		t.Fatalf("confirmed %s", confirmed.raw)
	}
	h.do("organiser", "GET", "/group-meetings/"+meeting, nil).is(200)
	if n := len(h.do("organiser", "GET", "/groups/"+groups[0]+"/visits", nil).is(200).items()); n != 1 {
		t.Errorf("%d visit days", n)
	}
	h.do("organiser", "POST", one+"/cancel", map[string]any{"reason": "strike"}).is(200)
	if m := h.do("organiser", "GET", "/group-meetings/"+meeting, nil).is(200); m.text("state") != "cancelled" {
		t.Errorf("meeting %s", m.raw)
	}
}

func changed(m map[string]any, field string, v any) map[string]any {
	out := maps.Clone(m)
	out[field] = v
	return out
}

// The draft of an agreement is kept version by version, and nobody's words are
// overwritten by somebody who read an older one.
func TestCoDevelopmentOverTheAPI(t *testing.T) {
	h := newHouse(t)
	by := scheduling.System("test")
	g := &scheduling.Group{Slug: "battery", ClusterID: h.cluster.ID, Kind: "b2b", Name: scheduling.Text{"en": "Battery"}}
	must(t, h.desk.SaveGroup(t.Context(), by, g))
	h.do("organiser", "POST", "/groups/"+g.ID+"/b2b", map[string]any{"aim": "codevelopment", "revision": 0}).is(200)
	at := "/groups/" + g.ID + "/agreement"
	h.do("other", "GET", at, nil).problem(404, "not-found")
	if blank := h.do("organiser", "GET", at, nil).is(200); blank.number("version") != 0 {
		t.Errorf("blank %s", blank.raw)
	}
	draft := map[string]any{"version": 0, "title": "Second life", "parties": []any{map[string]any{"name": "Aava Oy"}, map[string]any{"name": "Bore Oy"}}, "clauses": map[string]string{"purpose": "Batteries, again"}}
	h.do("organiser", "POST", at, changed(draft, "clauses", map[string]string{"price": "1"})).problem(422, "invalid")
	saved := h.do("organiser", "POST", at, draft).is(200)
	if saved.number("version") != 1 || !strings.Contains(string(saved.raw), "Batteries, again") {
		t.Errorf("saved %s", saved.raw)
	}
	h.do("organiser", "POST", at, draft).problem(409, "changed")
	h.do("organiser", "POST", at, changed(changed(draft, "version", 1), "title", "Third life")).is(200)
	if old := h.do("organiser", "GET", at+"?version=1", nil).is(200); old.text("title") != "Second life" {
		t.Errorf("version 1 is now %s", old.raw)
	}
}
