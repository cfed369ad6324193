package api

import (
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// A working group through the API: a time is found, the meeting prepared, held,
// written up and approved, and what it gave is done.
func TestGroupRecordsOverTheAPI(t *testing.T) {
	h := newHouse(t)
	by := scheduling.System("test")
	p := &scheduling.Person{Name: "Aino", Email: "aino@example.org", Lang: "fi"}
	must(t, h.desk.SavePerson(t.Context(), by, p))
	g := &scheduling.Group{Slug: "construction", ClusterID: h.cluster.ID, Kind: "working", Name: scheduling.Text{"en": "Construction"}, Members: []string{p.ID}}
	must(t, h.desk.SaveGroup(t.Context(), by, g))
	group, now := "/groups/"+g.ID, h.desk.DB.Now()
	day := func(n int) string { return now.AddDate(0, 0, n).UTC().Truncate(time.Minute).Format(time.RFC3339) }
	poll := map[string]any{"title": map[string]string{"en": "Spring"}, "zone": "Europe/Helsinki", "minutes": 60, "times": []string{day(9), day(10)}, "answer_by": day(7)}
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "POST", group+"/polls", poll).problem(404, "not-found")
		h.do(stranger, "GET", group+"/records", nil).problem(404, "not-found")
		h.do(stranger, "GET", group+"/actions", nil).problem(404, "not-found")
	}
	made := h.do("organiser", "POST", group+"/polls", poll, "Idempotency-Key", "k1").is(201)
	if again := h.do("organiser", "POST", group+"/polls", poll, "Idempotency-Key", "k1").is(201); again.text("id") != made.text("id") {
		t.Error("sent twice it makes two")
	}
	one := "/polls/" + made.text("id")
	at := made.body["times"].([]any)[1].(map[string]any)["id"].(string)
	h.do("organiser", "POST", one+"/answers", map[string]any{"person_id": p.ID, "answers": map[string]string{at: "perhaps"}}).problem(422, "invalid")
	if said := h.do("organiser", "POST", one+"/answers", map[string]any{"person_id": p.ID, "answers": map[string]string{at: "yes"}}).is(200); said.body["times"].([]any)[0].(map[string]any)["id"] != at {
		t.Errorf("the best is not first: %s", said.raw)
	}
	r := h.do("organiser", "POST", one+"/close", map[string]any{"time_id": at}).is(200)
	h.do("organiser", "POST", one+"/cancel", map[string]any{"reason": "late"}).problem(409, "closed")
	rec := "/records/" + r.text("id")
	h.do("organiser", "POST", rec+"/agenda", map[string]any{"lines": []any{map[string]any{"title": "Opening", "minutes": 5}}}).is(200)
	h.do("organiser", "POST", rec+"/mail", map[string]any{"what": "agenda"}).is(200)
	h.do("organiser", "POST", rec+"/state", map[string]any{"state": "held"}).problem(409, "closed") // not yet
	got := h.do("organiser", "GET", rec, nil).is(200)
	move := map[string]any{"title": map[string]string{"en": "Spring"}, "starts": day(11), "minutes": 60, "zone": "Europe/Helsinki"}
	h.do("organiser", "POST", rec+"/move", move, "If-Match", `"77"`).problem(412, "changed")
	if moved := h.do("organiser", "POST", rec+"/move", move, "If-Match", got.header.Get("ETag")).is(200); moved.number("sequence") != 1 {
		t.Errorf("moved: %s", moved.raw)
	}
	h.do("organiser", "POST", rec+"/attendance", map[string]any{"people": []any{map[string]any{"person_id": p.ID, "state": "present"}, map[string]any{"name": "Guest", "state": "remote"}}}).is(200)
	h.do("organiser", "POST", rec+"/minutes", map[string]any{"minutes": "We met.", "decisions": []string{"Go on"}}).is(200)
	h.do("organiser", "POST", rec+"/mail", map[string]any{"what": "minutes"}).problem(409, "closed")

	item := map[string]any{"what": "Plan", "owner_id": p.ID, "due": day(20)[:10], "record_id": r.text("id")}
	h.do("organiser", "POST", group+"/actions", map[string]any{"what": "Plan", "owner_id": "nobody", "due": day(20)[:10]}).problem(422, "invalid")
	a := h.do("organiser", "POST", group+"/actions", item).is(201)
	action := "/actions/" + a.text("id")
	h.do("other", "GET", action, nil).problem(404, "not-found")
	item["due"] = day(25)[:10]
	h.do("organiser", "PUT", action, item, "If-Match", a.header.Get("ETag")).is(200)
	h.do("organiser", "POST", action+"/state", map[string]any{"state": "done", "note": "Written"}).is(200)
	if x := h.do("organiser", "GET", action, nil).is(200); x.text("state") != "done" || len(x.body["history"].([]any)) != 3 {
		t.Errorf("action = %s", x.raw)
	}
	if n := len(h.do("organiser", "GET", group+"/actions?state=open", nil).is(200).items()); n != 0 {
		t.Errorf("%d are open", n)
	}
	if n := len(h.do("organiser", "GET", group+"/records", nil).is(200).items()); n != 1 {
		t.Errorf("%d records", n)
	}
	h.do("organiser", "POST", rec+"/cancel", map[string]any{"reason": "snow"}).is(200)
	h.do("organiser", "POST", rec+"/minutes", map[string]any{"minutes": "No."}).problem(409, "closed")
}
