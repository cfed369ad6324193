package api

import (
	"fmt"
	"testing"

	"kohtaamo/scheduling"
)

// What a program can do with a group's mandate, roles, notes and year.
func TestGroupWork(t *testing.T) {
	h := newHouse(t)
	ctx, root := t.Context(), scheduling.System("test")
	p := &scheduling.Person{Name: "Aino", Email: "aino@example.org", Lang: "fi", ClusterIDs: []string{h.cluster.ID}}
	must(t, h.desk.SavePerson(ctx, root, p))
	g := &scheduling.Group{Slug: "reuse", ClusterID: h.cluster.ID, Kind: "working", Name: scheduling.Text{"en": "Reuse"}, Members: []string{p.ID}}
	must(t, h.desk.SaveGroup(ctx, root, g))
	base := "/groups/" + g.ID
	body := map[string]any{"text": "Advises.", "from": "2027-01-01", "goals": []map[string]string{{"text": "Five pilots"}}}
	h.do("other", "POST", base+"/mandate", body).problem(404, "not-found")
	if got := h.do("organiser", "POST", base+"/mandate", body).is(200); got.number("version") != 1 {
		t.Errorf("saved %s", got.raw)
	}
	h.do("organiser", "POST", base+"/mandate", changed(body, "text", "Decides.")).problem(409, "changed")
	if got := h.do("organiser", "POST", base+"/mandate", changed(changed(body, "text", "Decides."), "after", 1)).is(200); got.number("version") != 2 {
		t.Errorf("saved %s", got.raw)
	}
	if n := len(h.do("organiser", "GET", base+"/mandate", nil).is(200).items()); n != 2 {
		t.Errorf("%d versions", n)
	}
	h.do("other", "GET", base+"/mandate", nil).problem(404, "not-found")

	role := h.do("organiser", "POST", base+"/members/"+p.ID+"/role", map[string]string{"role": "chair"}).is(200).items()
	if len(role) == 0 || fmt.Sprint(role[0]["role"], role[0]["until"]) != "chair<nil>" {
		t.Errorf("roles %v", role)
	}
	h.do("other", "GET", base+"/members", nil).problem(404, "not-found")
	h.do("other", "POST", base+"/members/"+p.ID+"/role", map[string]string{"role": "chair"}).problem(404, "not-found")
	_, err := h.desk.SaveForesightNote(ctx, p.Actor(), scheduling.ForesightNote{GroupID: g.ID, Kind: "trend", Title: "Cells", Horizon: scheduling.HorizonFar})
	must(t, err)
	if n := len(h.do("organiser", "GET", base+"/foresight?horizon=far", nil).is(200).items()); n != 1 {
		t.Errorf("%d notes", n)
	}
	h.do("other", "GET", base+"/foresight", nil).problem(404, "not-found")
	year := fmt.Sprintf("%s/years/%d", base, h.now().Year())
	if got := h.do("organiser", "GET", year, nil).is(200); got.number("foresight_notes") != 1 || got.number("meetings") != 0 {
		t.Errorf("year %s", got.raw)
	}
	h.do("other", "GET", year, nil).problem(404, "not-found")
}

// A program writes into the activity log, and asks whom nobody has met.
func TestActivities(t *testing.T) {
	h := newHouse(t)
	ctx, root := t.Context(), scheduling.System("test")
	var ids []string
	for _, name := range []string{"Aurora Oy", "Borealis Ltd"} {
		c := &scheduling.Company{Name: name, Kind: scheduling.SME, Country: "FI", ClusterIDs: []string{h.cluster.ID}}
		must(t, h.desk.SaveCompany(ctx, root, c))
		ids = append(ids, c.ID)
	}
	day := scheduling.HouseDay(h.now())
	body := map[string]any{"kind": "visit", "day": day, "company_ids": ids[:1], "note": "They want a pilot."}
	h.do("guest", "POST", "/activities", body).problem(404, "not-found")
	made := h.do("organiser", "POST", "/activities", body, "Idempotency-Key", "a1").is(201)
	if again := h.do("organiser", "POST", "/activities", body, "Idempotency-Key", "a1").is(201); again.text("id") != made.text("id") {
		t.Error("sent twice, it is there twice")
	}
	h.do("organiser", "POST", "/activities", changed(body, "day", "2099-01-01")).problem(422, "invalid")
	one := "/activities/" + made.text("id")
	h.do("other", "GET", one, nil).problem(404, "not-found")
	h.do("other", "DELETE", one, nil).problem(404, "not-found")
	contacts := func(query string) (names []string) {
		for _, c := range h.do("organiser", "GET", "/clusters/"+h.cluster.ID+"/contacts"+query, nil).is(200).items() {
			names = append(names, fmt.Sprint(c["name"], c["kind"]))
		}
		return names
	}
	if got := fmt.Sprint(contacts(""), contacts("?since="+day)); got != "[Borealis Ltd<nil> Aurora Oyvisit] [Borealis Ltd<nil>]" {
		t.Errorf("contacts %s", got)
	}
	h.do("other", "GET", "/clusters/"+h.cluster.ID+"/contacts", nil).problem(404, "not-found")
	edited := h.do("organiser", "PUT", one, changed(changed(body, "kind", "service"), "title", "A laboratory found"), "If-Match", `"1"`).is(200)
	if edited.text("kind") != "service" || len(contacts("?since="+day)) != 2 {
		t.Errorf("edited %s", edited.raw)
	}
	h.do("organiser", "PUT", one, body, "If-Match", `"1"`).problem(412, "changed")
	if n := len(h.do("organiser", "GET", "/activities?kind=service&from="+day, nil).is(200).items()); n != 1 {
		t.Errorf("%d entries", n)
	}
	h.do("organiser", "DELETE", one, nil).is(204)
	h.do("organiser", "GET", one, nil).problem(404, "not-found")
}
