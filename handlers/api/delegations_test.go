package api

import (
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// A delegation through the API: asked for, screened, taken in, with a host that
// says yes, and published.
func TestDelegationsOverTheAPI(t *testing.T) {
	h := newHouse(t)
	ask := map[string]any{"body": "Grand Est", "country": "FR", "name": "Gaëlle", "email": "gaelle@grandest.example", "topic": h.cluster.Slug, "about": "Batteries", "size": 12,
		"from": "2027-04-12", "until": "2027-04-30", "days": 2, "languages": []string{"en"}}
	h.do("organiser", "POST", "/delegations", changed(ask, "topic", "none")).problem(422, "invalid")
	h.do("organiser", "POST", "/delegations", ask, "Idempotency-Key", "d1").is(202)
	h.do("organiser", "POST", "/delegations", ask, "Idempotency-Key", "d1").is(202)
	if n := len(h.do("organiser", "GET", "/delegations", nil).is(200).items()); n != 0 {
		t.Errorf("%d delegations before the address was confirmed", n)
	}
	by := scheduling.System("test")
	mails, _, err := h.desk.Mails(t.Context(), by, mailer.Filter{Kind: "delegation.confirm_address"})
	must(t, err)
	link := mails[0].Letter.Button.URL
	trip, err := h.desk.ConfirmDelegation(t.Context(), link[strings.LastIndex(link, "/")+1:])
	must(t, err)
	one := "/delegations/" + trip.ID
	if n := len(h.do("organiser", "GET", "/delegations?state=requested", nil).is(200).items()); n != 1 {
		t.Errorf("%d delegations are requested, want 1", n)
	}
	h.do("guest", "GET", "/delegations", nil).problem(404, "not-found")
	h.do("other", "GET", one, nil).problem(404, "not-found")
	h.do("other", "POST", one+"/decline", map[string]any{"reason": "no"}).problem(404, "not-found")
	screened := h.do("organiser", "POST", one+"/screening", map[string]any{"marks": []any{map[string]any{"criterion": "topic", "points": 3}}, "note": "ours"}).is(200)
	if screened.text("state") != "screening" || len(screened.body["screening"].([]any)) != 1 {
		t.Errorf("screened: %s", screened.raw)
	}
	h.do("organiser", "POST", one+"/state", map[string]any{"state": "published"}).problem(409, "closed")
	dates := map[string]any{"from": "2027-04-13", "until": "2027-04-14", "seats": 8}
	h.do("organiser", "POST", one+"/accept", changed(dates, "until", "2027-04-01")).problem(422, "invalid")
	accepted := h.do("organiser", "POST", one+"/accept", dates).is(200)
	if accepted.text("state") != "accepted" || accepted.text("first_day") != "2027-04-13" || accepted.text("zone") != "Europe/Helsinki" || accepted.number("seats") != 8 {
		t.Errorf("accepted: %s", accepted.raw)
	}
	h.do("organiser", "POST", one+"/decline", map[string]any{"reason": "too late"}).problem(409, "closed")
	h.do("organiser", "POST", one+"/state", map[string]any{"state": "programme"}).is(200)
	h.do("organiser", "POST", one+"/state", map[string]any{"state": "hosts_confirmed"}).problem(409, "closed")
	h.do("organiser", "POST", one+"/clusters", map[string]any{"cluster_ids": []string{h.cluster.ID}}).is(204)
}

// Hosts through the API: added, changed by one at a time, asked and dropped.
func TestHostsOverTheAPI(t *testing.T) {
	h := newHouse(t)
	by := scheduling.System("test")
	trip, err := h.desk.SaveTrip(t.Context(), by, &scheduling.Trip{Slug: "spain", Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Spain"}, ClusterIDs: []string{h.cluster.ID}, Currency: "EUR",
		Stops: []scheduling.Stop{{ID: "porto", Country: "PT", City: "Porto", Zone: "Europe/Lisbon", From: "2027-02-10", Until: "2027-02-11"}}})
	must(t, err)
	hosts := "/trips/" + trip.ID + "/hosts"
	host := map[string]any{"stop_id": "porto", "name": "Longe", "lang": "en", "contacts": []any{map[string]any{"name": "Rui", "email": "rui@longe.example"}}}
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "GET", hosts, nil).problem(404, "not-found")
		h.do(stranger, "POST", hosts, host).problem(404, "not-found")
	}
	h.do("organiser", "POST", hosts, changed(host, "stop_id", "none")).problem(422, "invalid")
	made := h.do("organiser", "POST", hosts, host, "Idempotency-Key", "h1").is(201)
	if again := h.do("organiser", "POST", hosts, host, "Idempotency-Key", "h1").is(201); string(again.raw) != string(made.raw) {
		t.Error("sent twice it adds two")
	}
	one := made.items()[0]
	id := one["id"].(string)
	h.do("organiser", "POST", hosts+"/invite", map[string]any{"hosts": []string{id}}).problem(422, "invalid")
	h.do("organiser", "PUT", hosts+"/"+id, changed(host, "name", "Longe SA"), "If-Match", `"99"`).problem(412, "changed")
	h.do("organiser", "PUT", hosts+"/"+id, changed(host, "name", "Longe SA"), "If-Match", made.header.Get("ETag")).is(200)
	page, err := h.desk.Programme(t.Context(), by, trip.ID)
	must(t, err)
	page.Programme.Activities = []scheduling.Activity{{ID: "v", Kind: scheduling.HostVisit, StopID: "porto", HostID: id, Title: scheduling.Text{"en": "Visit"},
		Starts: time.Date(2027, 2, 10, 9, 0, 0, 0, time.UTC), Ends: time.Date(2027, 2, 10, 11, 0, 0, 0, time.UTC)}}
	_, err = h.desk.SaveProgramme(t.Context(), by, trip.ID, page.Programme)
	must(t, err)
	if got := h.do("organiser", "POST", hosts+"/invite", map[string]any{"hosts": []string{id}}).is(200).items()[0]; got["state"] != "invited" || got["name"] != "Longe SA" {
		t.Errorf("invited: %v", got)
	}
	if got := h.do("organiser", "POST", hosts+"/"+id+"/answer", map[string]any{"state": "confirmed", "comment": "Gate 3"}).is(200).items()[0]; got["state"] != "confirmed" || got["comment"] != "Gate 3" {
		t.Errorf("answered: %v", got)
	}
	h.do("organiser", "POST", hosts+"/"+id+"/drop", map[string]any{}).problem(409, "closed")
	if n := len(h.do("organiser", "POST", hosts+"/"+id+"/drop", map[string]any{"visits": true}).is(200).items()); n != 0 {
		t.Errorf("%d hosts are left", n)
	}
}
