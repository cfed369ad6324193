package api

import (
	"maps"
	"testing"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func roundBody(h *house, set ...func(map[string]any)) map[string]any {
	b := map[string]any{
		"title": map[string]string{"en": "Northern Power B2B"}, "zone": "Europe/Helsinki", "way": "solver", "cluster_ids": []string{h.cluster.ID},
		"minutes": 20, "buffer": 5,
		"days":   []map[string]any{{"date": "2027-03-28", "windows": []map[string]string{{"from": "9:00", "to": "10:10"}}}},
		"venues": []map[string]string{{"id": "hall", "name": "Oulu Hall"}},
		"tables": []map[string]string{{"name": "1", "kind": "table", "venue_id": "hall"}, {"name": "V", "kind": "video", "link": "https://video.example/v"}},
		"plan":   map[string]string{"requests_at": "2027-03-01T07:00:00Z"},
	}
	for _, f := range set {
		f(b)
	}
	return b
}

func TestRounds(t *testing.T) {
	h := newHouse(t)
	h.do("other", "POST", "/rounds", roundBody(h)).problem(403, "forbidden")
	made := h.do("organiser", "POST", "/rounds", roundBody(h), "Idempotency-Key", "r1").is(201)
	id := made.text("id")
	if again := h.do("organiser", "POST", "/rounds", roundBody(h), "Idempotency-Key", "r1").is(201); again.text("id") != id {
		t.Errorf("made twice: %s", again.raw)
	}
	slots := made.body["slots"].([]any)
	if len(slots) != 3 || slots[0].(map[string]any)["id"] != "20270328T0600Z" || made.text("phase") != "draft" || made.text("slug") != "northern-power-b2b" {
		t.Fatalf("made %s", made.raw)
	}
	for _, as := range []string{"", "other", "guest"} {
		h.do(as, "GET", "/rounds/"+id, nil).problem(404, "not-found")
		if n := len(h.do(as, "GET", "/rounds", nil).is(200).items()); n != 0 {
			t.Errorf("%q lists %d", as, n)
		}
	}
	for path, body := range map[string]map[string]string{"/phase": {"phase": "profiles"}, "/copy": {"day": "2028-01-01"}} {
		h.do("other", "POST", "/rounds/"+id+path, body).problem(404, "not-found")
	}
	h.do("other", "DELETE", "/rounds/"+id, nil).problem(404, "not-found")

	etag := made.header.Get("ETag")
	more := roundBody(h, func(b map[string]any) { b["minutes"] = 30; b["tables"] = made.body["tables"] })
	h.do("organiser", "PUT", "/rounds/"+id, more).problem(428, "precondition-required")
	changed := h.do("organiser", "PUT", "/rounds/"+id, more, "If-Match", etag).is(200)
	if n := len(changed.body["slots"].([]any)); n != 2 {
		t.Errorf("%d slots of half an hour", n)
	}
	was, is := made.body["tables"].([]any)[0].(map[string]any), changed.body["tables"].([]any)[0].(map[string]any)
	if was["id"] == "" || was["id"] != is["id"] {
		t.Errorf("the table became another: %v, %v", was, is)
	}
	h.do("organiser", "PUT", "/rounds/"+id, more, "If-Match", etag).problem(412, "changed")

	h.do("organiser", "POST", "/rounds/"+id+"/phase", map[string]string{"phase": "published"}).problem(409, "closed")
	open := h.do("organiser", "POST", "/rounds/"+id+"/phase", map[string]string{"phase": "profiles"}).is(200)
	h.do("organiser", "POST", "/rounds/"+id+"/phase", map[string]string{"phase": "profiles"}).is(200)
	if open.text("phase") != "profiles" {
		t.Errorf("is %s", open.text("phase"))
	}
	seen := h.do("", "GET", "/rounds/northern-power-b2b", nil).is(200)
	if link, ok := seen.body["tables"].([]any)[1].(map[string]any)["link"]; ok {
		t.Errorf("everybody reads the link %v", link)
	}
	if own := h.do("organiser", "GET", "/rounds/"+id, nil).is(200); own.body["tables"].([]any)[1].(map[string]any)["link"] != "https://video.example/v" {
		t.Errorf("its organiser does not: %s", own.raw)
	}
	h.do("organiser", "DELETE", "/rounds/"+id, nil).problem(409, "closed")
	copied := h.do("organiser", "POST", "/rounds/"+id+"/copy", map[string]string{"day": "2028-04-05"}).is(201)
	if copied.text("starts") != "2028-04-05T06:00:00Z" {
		t.Errorf("copied %s", copied.raw)
	}
	h.do("organiser", "DELETE", "/rounds/"+copied.text("id"), nil).is(204)
	h.do("organiser", "GET", "/rounds/"+copied.text("id"), nil).problem(404, "not-found")
}

func TestRoundFaults(t *testing.T) {
	h := newHouse(t)
	bad := roundBody(h, func(b map[string]any) {
		b["title"] = map[string]string{}
		b["days"] = []map[string]any{{"date": "2027-03-28", "windows": []map[string]string{{"from": "03:30", "to": "06:00"}}}}
		b["tables"] = []map[string]string{{"name": "1", "kind": "table"}, {"name": "1", "kind": "table"}}
	})
	want := map[string]string{"body.title": "problem.required", "body.days[0].windows[0]": "round.clock_gap", "body.tables[1].name": "problem.twice"}
	if got := h.do("organiser", "POST", "/rounds", bad).problem(422, "invalid").faults(); !maps.Equal(got, want) {
		t.Errorf("faults %v, want %v", got, want)
	}
}

func TestEntrantsOfARound(t *testing.T) {
	h := newHouse(t)
	id := h.do("organiser", "POST", "/rounds", roundBody(h)).is(201).text("id")
	system := scheduling.System("test")
	for i, name := range []string{"Aurora", "Bothnia", "Cedar"} {
		c := &scheduling.Company{Name: name, Kind: scheduling.SME, Country: "FI"}
		must(t, h.desk.SaveCompany(t.Context(), system, c))
		p := &scheduling.Person{Meta: storage.Meta{}, Email: scheduling.Slug(name) + "@example.org", Name: name, Lang: "en", CompanyID: c.ID}
		must(t, h.desk.SavePerson(t.Context(), system, p))
		e, err := h.desk.Enter(t.Context(), system, &scheduling.Entrant{RoundID: id, CompanyID: c.ID, People: []scheduling.Delegate{{PersonID: p.ID}}, Offers: []string{"Cells " + name}})
		must(t, err)
		if i == 2 {
			_, err = h.desk.RejectEntrant(t.Context(), system, e.ID, "Another field")
			must(t, err)
		}
	}
	h.do("other", "GET", "/rounds/"+id+"/entrants", nil).problem(404, "not-found")
	for query, want := range map[string]string{"": "Aurora Bothnia Cedar", "?limit=1": "Aurora Bothnia Cedar", "?state=in": "Aurora Bothnia", "?search=both": "Bothnia", "?state=rejected": "Cedar"} {
		got := ""
		for _, name := range h.walk("organiser", "/rounds/"+id+"/entrants"+query, "name") {
			got += " " + name
		}
		if got != " "+want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
	one := h.do("organiser", "GET", "/rounds/"+id+"/entrants?state=rejected", nil).is(200).items()[0]
	if entered, err := time.Parse(time.RFC3339, one["entered"].(string)); err != nil || entered.IsZero() || one["reason"] != "Another field" {
		t.Errorf("%v", one)
	}
}
