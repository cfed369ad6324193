package api

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// walk follows the links of a list and gives every item's name for itself.
func (h *house) walk(as, path, name string) []string {
	h.t.Helper()
	var out []string
	for range 1000 {
		r := h.do(as, "GET", path, nil).is(200)
		for _, it := range r.items() {
			out = append(out, it[name].(string))
		}
		link := r.header.Get("Link")
		if (link == "") != (r.text("next") == "") {
			h.t.Fatalf("link %q, next %q", link, r.text("next"))
		}
		if link == "" {
			return out
		}
		address, ok := strings.CutSuffix(strings.TrimPrefix(link, "<https://kohtaamo.example"+Root), `>; rel="next"`)
		if !ok {
			h.t.Fatalf("link = %q", link)
		}
		path = address
	}
	h.t.Fatal("the list does not end")
	return nil
}

func TestPaging(t *testing.T) {
	h := newHouse(t)
	var want []string
	for i := range 23 {
		starts := time.Date(2027, 3, 1+i%5, 8, 0, 0, 0, time.UTC) // several at the same time
		e := h.draft(func(e map[string]any) {
			e["slug"] = fmt.Sprintf("event-%02d", i)
			e["starts"], e["ends"] = starts.Format(time.RFC3339), starts.Add(time.Hour).Format(time.RFC3339)
		})
		h.do("organiser", "POST", "/events", e).is(201)
		want = append(want, fmt.Sprintf("event-%02d", i))
	}
	for _, path := range []string{"/events?limit=1", "/events?limit=7", "/events?limit=200", "/events", "/events?sort=-starts&limit=4", "/events?search=circular&limit=5&state=draft"} {
		got := h.walk("organiser", path, "slug")
		if sorted := slices.Sorted(slices.Values(got)); !slices.Equal(sorted, want) {
			t.Errorf("%s gives %d: %v", path, len(got), sorted)
		}
	}
	if got := h.walk("organiser", "/events?limit=3&from=2027-03-05T00:00:00Z", "slug"); len(got) != 4 {
		t.Errorf("from the fifth on: %v", got)
	}
	if got := h.walk("", "/events?limit=3", "slug"); len(got) != 0 {
		t.Errorf("the public sees drafts: %v", got)
	}

	id := h.published(func(e map[string]any) { e["slug"], e["registration"] = "big", map[string]any{"seats": 0} })
	var people []string
	for i := range 21 {
		name := fmt.Sprintf("Person%02d", i/2) // names come twice
		h.do("organiser", "POST", "/events/"+id+"/registrations", map[string]any{"name": name, "email": fmt.Sprintf("p%d@example.org", i)}).is(201)
		people = append(people, name)
	}
	path := "/events/" + id + "/registrations?limit=4"
	if got := h.walk("organiser", path, "name"); !slices.Equal(got, people) {
		t.Errorf("registrations by name = %v", got)
	}
	if got := h.walk("organiser", path+"&state=confirmed&search="+url.QueryEscape("person1"), "name"); len(got) != 1 {
		t.Errorf("search = %v", got)
	}
	if got := h.walk("organiser", "/people?limit=5", "name"); !slices.Equal(got, people) {
		t.Errorf("people = %v", got)
	}
	mails := h.walk("organiser", "/outbox?limit=6", "id")
	if len(mails) != 21 || len(slices.Compact(slices.Sorted(slices.Values(mails)))) != 21 {
		t.Errorf("%d mails", len(mails))
	}
	if got := h.walk("admin", "/audit?limit=9&about="+id, "id"); len(got) != 23 {
		t.Errorf("%d entries in the audit log", len(got))
	}
}

func TestDirectory(t *testing.T) {
	h := newHouse(t)
	name := map[string]string{"fi": "Nimi", "en": "Name"}
	for _, test := range []struct {
		path   string
		body   map[string]any
		change map[string]any
	}{
		{"/clusters", map[string]any{"slug": "forest", "name": name, "zone": "Europe/Helsinki", "languages": []string{"fi", "en"}}, map[string]any{"website": "https://forest.example", "postal_address": "Metsätie 1, 90100 Oulu"}},
		{"/projects", map[string]any{"code": "A81", "name": name, "from": "2027-01-01", "until": "2028-12-31"}, map[string]any{"until": "2029-06-30"}},
		{"/groups", map[string]any{"slug": "reuse", "name": name, "kind": "working", "cluster_id": h.cluster.ID}, map[string]any{"kind": "board"}},
		{"/companies", map[string]any{"name": "Aava Oy", "kind": "sme", "country": "FI", "tags": []string{"steel"}}, map[string]any{"business_id": "0737546-2"}},
		{"/people", map[string]any{"name": "Aino Aalto", "email": "aino@example.org", "lang": "fi"}, map[string]any{"phone": "+358 40 1234567"}},
	} {
		t.Run(test.path, func(t *testing.T) {
			h.t = t
			made := h.do("admin", "POST", test.path, test.body).is(201)
			address := strings.TrimPrefix(made.header.Get("Location"), "https://kohtaamo.example"+Root)
			read := h.do("admin", "GET", address, nil).is(200)
			if string(read.raw) != string(made.raw) || read.header.Get("ETag") != `"1"` {
				t.Errorf("made %s\nread %s", made.raw, read.raw)
			}
			change := maps.Clone(test.body)
			maps.Copy(change, test.change)
			h.do("admin", "PUT", address, change).problem(428, "precondition-required")
			got := h.do("admin", "PUT", address, change, "If-Match", `"1"`).is(200)
			for field, v := range test.change {
				if got.text(field) != v {
					t.Errorf("%s = %q, want %v", field, got.text(field), v)
				}
			}
			h.do("admin", "PUT", address, change, "If-Match", `"1"`).problem(412, "changed")
			if ids := h.walk("admin", test.path, "id"); !slices.Contains(ids, made.text("id")) {
				t.Errorf("the list lacks it: %v", ids)
			}
			h.do("guest", "POST", test.path, test.body).problem(404, "not-found")
			if test.path != "/companies" { // names of companies may come twice
				h.do("admin", "POST", test.path, test.body).problem(409, "exists")
			}
		})
	}
	h.t = t
	aino := h.do("admin", "GET", "/people?search=aino", nil).is(200).items()[0]
	grants := map[string]any{"grants": []any{map[string]string{"role": "organiser", "cluster": h.cluster.ID}}}
	address := "/people/" + aino["id"].(string)
	h.do("organiser", "PUT", address+"/grants", grants, "If-Match", `"2"`).problem(404, "not-found")
	got := h.do("admin", "PUT", address+"/grants", grants, "If-Match", `"2"`).is(200)
	if gs := got.body["grants"].([]any); len(gs) != 1 || gs[0].(map[string]any)["role"] != "organiser" {
		t.Errorf("grants = %v", gs)
	}
	h.do("admin", "PUT", address+"/grants", grants, "If-Match", `"2"`).problem(412, "changed")
}

func TestGroupMembers(t *testing.T) {
	h := newHouse(t)
	aino := h.do("organiser", "POST", "/people", map[string]any{"name": "Aino", "email": "aino@example.org"}).is(201).text("id")
	body := map[string]any{"slug": "g", "cluster_id": h.cluster.ID, "kind": "working", "name": map[string]string{"en": "G"}, "members": []string{aino}}
	id := h.do("organiser", "POST", "/groups", body).is(201).text("id")
	for as, want := range map[string]int{"organiser": 1, "admin": 1, "other": 0, "guest": 0} {
		if got := h.do(as, "GET", "/groups/"+id, nil).is(200).body["members"].([]any); len(got) != want {
			t.Errorf("%s sees %d members, want %d", as, len(got), want)
		}
		if got := h.do(as, "GET", "/groups", nil).is(200).items()[0]["members"].([]any); len(got) != want {
			t.Errorf("%s sees %d members in the list, want %d", as, len(got), want)
		}
	}
}

func TestOutbox(t *testing.T) {
	h := newHouse(t)
	id := h.published()
	h.do("organiser", "POST", "/events/"+id+"/registrations", signup("Aino")).is(201)
	mails := h.do("organiser", "GET", "/outbox?search=aino&state=queued", nil).is(200).items()
	if len(mails) != 1 || mails[0]["to"] != "aino@example.org" || mails[0]["event_id"] != id {
		t.Fatalf("mails = %v", mails)
	}
	address := "/outbox/" + mails[0]["id"].(string)
	if r := h.do("organiser", "POST", address+"/hold", nil).is(200); r.text("state") != "held" {
		t.Errorf("held = %s", r.raw)
	}
	h.do("organiser", "POST", address+"/hold", nil).problem(409, "closed")
	h.do("organiser", "POST", address+"/resend", nil).problem(409, "closed")
	if r := h.do("organiser", "POST", address+"/release", nil).is(200); r.text("state") != "queued" || r.object("preview")["html"] == "" {
		t.Errorf("released = %s", r.raw)
	}
	got := h.do("admin", "GET", "/audit?action=mail.hold", nil).is(200).items()
	if len(got) != 1 || got[0]["actor_id"] != "t-organiser" {
		t.Errorf("audit = %v", got)
	}
}

func TestMe(t *testing.T) {
	h := newHouse(t)
	r := h.do("organiser", "GET", "/me", nil).is(200)
	if r.text("name") != "Organiser" || fmt.Sprint(r.body["scopes"]) != "[write]" || len(r.body["grants"].([]any)) != 1 {
		t.Errorf("me = %s", r.raw)
	}
}
