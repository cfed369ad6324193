package api

import (
	"fmt"
	"testing"

	"kohtaamo/scheduling"
)

// TestSchedule makes, moves and publishes a schedule.
func TestSchedule(t *testing.T) {
	h := newHouse(t)
	root := scheduling.System("test")
	r := scheduling.NewRound(h.cluster, t0.AddDate(0, 0, 30))
	r.Title = scheduling.Text{"en": "Power"}
	r, err := h.desk.SaveRound(t.Context(), root, r)
	must(t, err)
	for _, phase := range []scheduling.RoundPhase{scheduling.RoundProfiles, scheduling.RoundRequests} {
		_, err = h.desk.SetPhase(t.Context(), root, r.ID, phase, "")
		must(t, err)
	}
	var es []*scheduling.Entrant
	for n := range 2 {
		c := &scheduling.Company{Name: fmt.Sprint("Company ", n), Kind: scheduling.SME, Country: "FI"}
		must(t, h.desk.SaveCompany(t.Context(), root, c))
		p := &scheduling.Person{Email: fmt.Sprintf("p%d@example.org", n), Name: "P", Lang: "en", CompanyID: c.ID}
		must(t, h.desk.SavePerson(t.Context(), root, p))
		e, err := h.desk.Enter(t.Context(), root, &scheduling.Entrant{RoundID: r.ID, CompanyID: c.ID, People: []scheduling.Delegate{{PersonID: p.ID}}})
		must(t, err)
		es = append(es, e)
	}
	q, err := h.desk.SendRequest(t.Context(), root, es[0].ID, scheduling.Ask{To: es[1].ID, Wish: scheduling.Must})
	must(t, err)
	_, err = h.desk.AnswerRequest(t.Context(), root, es[1].ID, q.ID, scheduling.Reply{Wish: scheduling.Want})
	must(t, err)

	base := "/rounds/" + r.ID
	h.do("other", "POST", base+"/proposals", map[string]any{}).problem(404, "not-found")
	made := h.do("organiser", "POST", base+"/proposals", map[string]any{"name": "First", "seconds": 5}).is(201)
	one := base + "/proposals/" + made.text("id")
	if made.text("state") != "queued" {
		t.Errorf("made = %s", made.raw)
	}
	if worked, err := h.desk.SolveNext(t.Context()); !worked || err != nil {
		t.Fatal(worked, err)
	}
	ready := h.do("organiser", "GET", one, nil).is(200)
	if ready.text("state") != "ready" || ready.text("status") != "optimal" || len(ready.body["meetings"].([]any)) != 1 {
		t.Errorf("ready = %s", ready.raw)
	}
	h.do("other", "GET", one, nil).problem(404, "not-found")
	h.do("organiser", "POST", one+"/stop", nil).is(200)
	if n := len(h.do("organiser", "GET", base+"/proposals", nil).is(200).items()); n != 1 {
		t.Errorf("%d proposals", n)
	}
	move := map[string]any{"proposal": made.text("id"), "meeting": q.ID, "slot": r.Slots[3].ID, "table": r.Tables[1].ID}
	h.do("other", "POST", base+"/schedule/moves", move).problem(404, "not-found")
	h.do("organiser", "POST", base+"/schedule/moves", move).is(204)
	move["slot"] = "nowhere"
	if p := h.do("organiser", "POST", base+"/schedule/moves", move); p.status != 409 {
		t.Errorf("a slot that is none: %s", p.raw)
	}
	if done := h.do("organiser", "POST", one+"/publish", nil).is(200); done.text("state") != "published" {
		t.Errorf("published = %s", done.raw)
	}
	h.do("organiser", "GET", base+"/schedule/room?meeting="+q.ID, nil).problem(409, "closed")
	h.do("organiser", "POST", base+"/schedule/moves", map[string]any{"meeting": q.ID}).is(204)
	room := h.do("organiser", "GET", base+"/schedule/room?meeting="+q.ID, nil).is(200)
	if room.body["found"] != true || room.body["fewest"] != true || len(room.body["moves"].([]any)) != 0 {
		t.Errorf("room = %s", room.raw)
	}
	h.do("other", "GET", base+"/schedule/room?meeting="+q.ID, nil).problem(404, "not-found")
	agreed := map[string]any{"meeting": q.ID, "seen": "something else"}
	h.do("organiser", "POST", base+"/schedule/room", agreed).problem(409, "changed")
	agreed["seen"] = room.text("seen")
	h.do("other", "POST", base+"/schedule/room", agreed).problem(404, "not-found")
	h.do("organiser", "POST", base+"/schedule/room", agreed).is(204)
	h.do("organiser", "POST", base+"/schedule/room", agreed).is(204)
	h.do("organiser", "POST", base+"/schedule/moves", map[string]any{"meeting": q.ID, "slot": r.Slots[3].ID, "table": r.Tables[1].ID}).is(204)
	list := h.do("organiser", "GET", base+"/schedule", nil).is(200).items()
	if len(list) != 1 || list[0]["slot"] != r.Slots[3].ID || list[0]["request_id"] != q.ID {
		t.Errorf("schedule = %v", list)
	}
	if wishes := h.do("organiser", "GET", base+"/matrix", nil).is(200).items(); len(wishes) != 1 || wishes[0]["wish"] != "must" || wishes[0]["meeting_id"] == "" {
		t.Errorf("matrix = %v", wishes)
	}
	if tables := h.do("organiser", "GET", base+"/live", nil).is(200).items(); len(tables) != 10 {
		t.Errorf("live = %v", tables)
	}
	h.do("other", "GET", base+"/schedule", nil).problem(404, "not-found")
	h.do("organiser", "DELETE", one, nil).is(204)
	h.do("organiser", "GET", one, nil).problem(404, "not-found")
}
