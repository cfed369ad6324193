package api

import (
	"testing"

	"kohtaamo/scheduling"
)

func TestSeries(t *testing.T) {
	h := newHouse(t)
	g := &scheduling.Group{Slug: "reuse", ClusterID: h.cluster.ID, Kind: "working", Name: scheduling.Text{"en": "Reuse"}}
	must(t, h.desk.SaveGroup(t.Context(), scheduling.System("test"), g))
	h.tokens["coordinator"] = token{scheduling.Actor{ID: "t-coordinator", Grants: []scheduling.Grant{{Role: scheduling.Coordinator, Group: g.ID}}}, []string{"groups:write"}}
	body := map[string]any{
		"title": map[string]string{"en": "Monthly meeting"}, "starts": "2027-02-09T07:00:00Z", "minutes": 90, "zone": "Europe/Helsinki",
		"rule": "nth_weekday", "until": "2027-06-30", "link": "https://video.example/x",
	}
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "POST", "/groups/"+g.ID+"/series", body).problem(404, "not-found")
		h.do(stranger, "GET", "/groups/"+g.ID+"/series", nil).problem(404, "not-found")
	}
	made := h.do("coordinator", "POST", "/groups/"+g.ID+"/series", body).is(201)
	id := made.text("id")
	if got := made.body["meetings"].([]any); len(got) != 5 || got[1].(map[string]any)["date"] != "2027-03-09" || made.number("every") != 1 {
		t.Fatalf("series = %s", made.raw)
	}
	h.do("other", "GET", "/series/"+id, nil).problem(404, "not-found")
	h.do("other", "POST", "/series/"+id+"/end", map[string]string{"last": "2027-03-01"}).problem(404, "not-found")

	// By the clock on the wall: 9:00 in Helsinki, in winter and in summer.
	if at := made.body["meetings"].([]any)[2].(map[string]any)["starts"]; at != "2027-04-13T06:00:00Z" {
		t.Errorf("the meeting in April starts %v", at)
	}
	cancelled := h.do("coordinator", "POST", "/series/"+id+"/meetings/2027-03-09/cancel", map[string]string{"reason": "holiday"}).is(200)
	if m := cancelled.body["meetings"].([]any)[1].(map[string]any); m["cancelled"] != true || m["reason"] != "holiday" {
		t.Errorf("cancelled = %s", cancelled.raw)
	}
	moved := h.do("organiser", "POST", "/series/"+id+"/meetings/2027-04-13/move", map[string]string{"starts": "2027-04-14T10:00:00Z", "place": "Library"}).is(200)
	if m := moved.body["meetings"].([]any)[2].(map[string]any); m["moved"] != true || m["place"] != "Library" || m["starts"] != "2027-04-14T10:00:00Z" {
		t.Errorf("moved = %s", moved.raw)
	}
	h.do("organiser", "POST", "/series/"+id+"/meetings/2027-04-14/cancel", nil).problem(404, "not-found")
	back := h.do("organiser", "POST", "/series/"+id+"/meetings/2027-03-09/restore", nil).is(200)
	if m := back.body["meetings"].([]any)[1].(map[string]any); m["cancelled"] != false || m["moved"] != false {
		t.Errorf("restored = %s", back.raw)
	}

	etag := h.do("organiser", "GET", "/series/"+id, nil).is(200).header.Get("ETag")
	body["starts"], body["rule"] = "2027-02-10T07:00:00Z", "weekly"
	h.do("organiser", "PUT", "/series/"+id, body).problem(428, "precondition-required")
	h.do("organiser", "PUT", "/series/"+id, body, "If-Match", etag).is(200)
	h.do("organiser", "PUT", "/series/"+id, body, "If-Match", etag).problem(412, "changed")

	body["follows"], body["starts"] = id, "2027-05-05T06:00:00Z"
	h.do("organiser", "POST", "/groups/"+g.ID+"/series", body).is(201)
	if old := h.do("organiser", "GET", "/series/"+id, nil).is(200); old.text("until") != "2027-05-04" {
		t.Errorf("the one before = %s", old.raw)
	}
	if n := len(h.do("organiser", "GET", "/groups/"+g.ID+"/series", nil).is(200).items()); n != 2 {
		t.Errorf("%d series", n)
	}
}
