package api

import (
	"strings"
	"testing"
	"time"
)

func TestJourney(t *testing.T) {
	h := newHouse(t)
	created := h.do("organiser", "POST", "/events", h.draft()).is(201)
	id := created.text("id")
	if got := created.header.Get("Location"); got != "https://kohtaamo.example/api/v1/events/"+id {
		t.Errorf("location = %q", got)
	}
	if created.text("state") != "draft" || created.text("slug") != "circulararena" || created.header.Get("ETag") != `"1"` {
		t.Errorf("draft = %s, ETag %s", created.raw, created.header.Get("ETag"))
	}
	h.do("", "GET", "/events/"+id, nil).problem(404, "not-found")
	h.do("organiser", "POST", "/events/"+id+"/publish", nil).is(200)
	if got := h.do("", "GET", "/events/circulararena", nil).is(200); got.text("id") != id || got.object("booked")["free"] != 2.0 {
		t.Errorf("public page = %s", got.raw)
	}

	ids := map[string]string{}
	for i, want := range []struct {
		name, state string
		position    int
	}{{"Aino", "confirmed", 0}, {"Bertta", "confirmed", 0}, {"Cecilia", "waitlisted", 1}, {"Daavid", "waitlisted", 2}} {
		r := h.do("organiser", "POST", "/events/"+id+"/registrations", signup(want.name)).is(201)
		if r.text("state") != want.state || r.number("position") != want.position || r.body["repeated"] != false {
			t.Errorf("registration %d = %s", i, r.raw)
		}
		ids[want.name] = r.text("id")
	}
	again := h.do("organiser", "POST", "/events/"+id+"/registrations", signup("Cecilia")).is(200)
	if again.body["repeated"] != true || again.text("id") != ids["Cecilia"] || again.number("position") != 1 {
		t.Errorf("the same person again = %s", again.raw)
	}

	gone := h.do("organiser", "POST", "/registrations/"+ids["Aino"]+"/cancel", map[string]string{"reason": "ill"}).is(200)
	if gone.text("state") != "cancelled" || gone.text("reason") != "ill" || gone.text("ended_by") != "organiser" {
		t.Errorf("cancelled = %s", gone.raw)
	}
	promoted := h.do("organiser", "GET", "/registrations/"+ids["Cecilia"], nil).is(200)
	if promoted.text("state") != "confirmed" {
		t.Errorf("who waited longest = %s", promoted.raw)
	}
	if r := h.do("organiser", "GET", "/registrations/"+ids["Daavid"], nil).is(200); r.number("position") != 1 {
		t.Errorf("the next one = %s", r.raw)
	}

	h.at(time.Date(2027, 2, 3, 6, 30, 0, 0, time.UTC))
	code := promoted.text("ticket")
	in := h.do("door", "POST", "/events/"+id+"/check-in", map[string]string{"code": strings.ToLower(code[:4]) + " " + code[4:]}).is(200)
	if in.body["again"] != false || in.object("registration")["state"] != "attended" {
		t.Errorf("check-in = %s", in.raw)
	}
	if r := h.do("door", "POST", "/events/"+id+"/check-in", map[string]string{"code": code}).is(200); r.body["again"] != true {
		t.Errorf("second check-in = %s", r.raw)
	}
	h.do("door", "POST", "/registrations/"+ids["Cecilia"]+"/undo-check-in", nil).is(200)
	h.do("door", "POST", "/events/"+id+"/check-in", map[string]string{"code": code}).is(200)
	counts := h.do("organiser", "GET", "/events/"+id+"/counts", nil).is(200)
	if counts.object("states")["attended"] != 1.0 || counts.object("states")["waitlisted"] != 1.0 || counts.object("states")["offered"] != 0.0 {
		t.Errorf("counts = %s", counts.raw)
	}
	h.do("door", "POST", "/events/"+id+"/walk-in", map[string]string{"name": "Eetu"}).problem(409, "full")

	h.at(time.Date(2027, 2, 3, 15, 0, 0, 0, time.UTC))
	if r := h.do("door", "POST", "/registrations/"+ids["Bertta"]+"/no-show", nil).is(200); r.text("state") != "noshow" {
		t.Errorf("no-show = %s", r.raw)
	}
	mails := h.do("organiser", "GET", "/outbox?event="+id, nil).is(200).items()
	if len(mails) < 5 {
		t.Fatalf("%d mails", len(mails))
	}
	mail := h.do("organiser", "GET", "/outbox/"+mails[0]["id"].(string), nil).is(200)
	if mail.object("preview")["text"] == "" || mail.object("preview")["subject"] == "" {
		t.Errorf("mail = %s", mail.raw)
	}
	if got := h.do("admin", "GET", "/audit?about="+id, nil).is(200).items(); len(got) < 10 || got[0]["via"] != "api" {
		t.Errorf("audit log has %d entries, the last %v", len(got), got[0])
	}
}

func TestEventEditing(t *testing.T) {
	h := newHouse(t)
	id := h.published()
	read := h.do("organiser", "GET", "/events/"+id, nil).is(200)
	etag := read.header.Get("ETag")
	change := h.draft(func(e map[string]any) {
		e["venue"] = "Oulu Hall"
		e["agenda"] = []any{map[string]any{"title": map[string]string{"en": "Opening"}, "starts": "2027-02-03T07:00:00Z", "ends": "2027-02-03T08:00:00+00:00"}}
		e["registration"] = map[string]any{"seats": 5, "waitlist": false, "reminders": []int{}, "questions": []any{
			map[string]any{"key": "diet", "kind": "choice", "label": map[string]string{"en": "Diet"}, "options": []any{map[string]any{"key": "vegan", "label": map[string]string{"en": "Vegan"}}}},
		}}
	})
	h.do("organiser", "PUT", "/events/"+id, change).problem(428, "precondition-required")
	h.do("organiser", "PUT", "/events/"+id, change, "If-Match", `"1"`).problem(412, "changed")
	h.do("organiser", "PUT", "/events/"+id, change, "If-Match", "*").problem(412, "changed")
	got := h.do("organiser", "PUT", "/events/"+id, change, "If-Match", etag).is(200)
	reg := got.object("registration")
	if got.text("venue") != "Oulu Hall" || got.number("sequence") != 1 || reg["waitlist"] != false || reg["follow_up"] != true || len(reg["reminders"].([]any)) != 0 {
		t.Errorf("changed = %s", got.raw)
	}
	h.do("organiser", "PUT", "/events/"+id, change, "If-Match", etag).problem(412, "changed")
	h.do("other", "PUT", "/events/"+id, change, "If-Match", got.header.Get("ETag")).problem(404, "not-found")
	h.do("organiser", "DELETE", "/events/"+id, nil).problem(409, "closed")

	copied := h.do("organiser", "POST", "/events/"+id+"/copy", map[string]string{"starts": "2028-02-02T12:00:00Z"}).is(201)
	if copied.text("starts") != "2028-02-02T07:00:00Z" || copied.text("copied_from") != id || copied.text("state") != "draft" {
		t.Errorf("copy = %s", copied.raw)
	}
	h.do("organiser", "DELETE", "/events/"+copied.text("id"), nil).is(204)
	h.do("organiser", "GET", "/events/"+copied.text("id"), nil).problem(404, "not-found")
	off := h.do("organiser", "POST", "/events/"+id+"/cancel", map[string]string{"reason": "storm"}).is(200)
	if off.text("state") != "cancelled" || off.text("cancel_reason") != "storm" {
		t.Errorf("called off = %s", off.raw)
	}
}

// What only people with a seat may know is not on the public page.
func TestJoinLink(t *testing.T) {
	h := newHouse(t)
	id := h.published(func(e map[string]any) { e["mode"], e["link"] = "online", "https://meet.example/room" })
	for as, want := range map[string]string{"": "", "other": "", "guest": "", "organiser": "https://meet.example/room"} {
		if got := h.do(as, "GET", "/events/"+id, nil).is(200).text("link"); got != want {
			t.Errorf("%q sees the link %q, want %q", as, got, want)
		}
		for _, e := range h.do(as, "GET", "/events?view=public", nil).is(200).items() {
			if e["link"] != want {
				t.Errorf("%q sees the link %v in the list, want %q", as, e["link"], want)
			}
		}
	}
}

func TestRegistrationActions(t *testing.T) {
	h := newHouse(t)
	id := h.published(func(e map[string]any) {
		e["registration"] = map[string]any{"seats": 2, "approval": true, "offer_hours": 24}
	})
	person := func(name string) string {
		s := signup(name)
		s["as_person"] = true
		r := h.do("organiser", "POST", "/events/"+id+"/registrations", s).is(201)
		if r.text("state") != "pending" {
			t.Fatalf("by themselves = %s", r.raw)
		}
		return r.text("id")
	}
	act := func(id, name string, body any) *reply {
		return h.do("organiser", "POST", "/registrations/"+id+"/"+name, body)
	}
	a, b, c, d := person("Aino"), person("Bertta"), person("Cecilia"), person("Daavid")
	for _, r := range []string{a, b, c} {
		act(r, "approve", nil).is(200)
	}
	if r := act(d, "reject", map[string]string{"reason": "members only"}).is(200); r.text("state") != "rejected" {
		t.Errorf("rejected = %s", r.raw)
	}
	act(d, "approve", nil).problem(409, "closed")
	act(b, "cancel", nil).is(200)
	if r := h.do("organiser", "GET", "/registrations/"+c, nil); r.text("state") != "offered" || r.text("deadline") == "" {
		t.Errorf("offered = %s", r.raw)
	}
	if r := act(c, "accept-offer", nil).is(200); r.text("state") != "confirmed" {
		t.Errorf("accepted = %s", r.raw)
	}
	act(c, "decline-offer", nil).problem(409, "closed")
	act(a, "hand-over", map[string]string{"name": "Elli", "email": "cecilia@example.org"}).problem(409, "exists")
	if r := act(a, "hand-over", map[string]string{"name": "Elli", "email": "elli@example.org"}).is(200); r.text("email") != "elli@example.org" {
		t.Errorf("handed over = %s", r.raw)
	}
	read := h.do("organiser", "GET", "/registrations/"+a, nil).is(200)
	edit := map[string]any{"name": "Elli Esimerkki", "company": "Aava Oy", "note": "VIP"}
	if r := h.do("organiser", "PUT", "/registrations/"+a, edit, "If-Match", read.header.Get("ETag")).is(200); r.text("name") != "Elli Esimerkki" || r.text("note") != "VIP" {
		t.Errorf("edited = %s", r.raw)
	}
	h.do("organiser", "PUT", "/registrations/"+a, edit, "If-Match", read.header.Get("ETag")).problem(412, "changed")
	if r := h.do("door", "GET", "/registrations/"+a, nil).is(200); r.text("note") != "" {
		t.Errorf("the door reads the organisers' note: %s", r.raw)
	}
	for _, as := range []string{"other", "guest"} {
		h.do(as, "GET", "/registrations/"+a, nil).problem(404, "not-found")
		h.do(as, "POST", "/registrations/"+a+"/cancel", nil).problem(404, "not-found")
		h.do(as, "GET", "/events/"+id+"/registrations", nil).problem(404, "not-found")
		h.do(as, "POST", "/events/"+id+"/registrations", signup("Eetu")).problem(404, "not-found")
	}
}
