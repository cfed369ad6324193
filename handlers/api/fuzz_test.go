package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// FuzzAPI sends anything at all to every operation that reads a body: whatever
// it is, the answer is not our mistake, and it is JSON.
func FuzzAPI(f *testing.F) {
	h := newHouse(f)
	event := h.published(func(e map[string]any) {
		e["registration"] = map[string]any{"seats": 50, "party_max": 5, "questions": []any{
			map[string]any{"key": "diet", "kind": "text", "label": map[string]string{"en": "Diet"}},
		}}
	})
	reg := h.do("organiser", "POST", "/events/"+event+"/registrations", signup("Aino")).is(201).text("id")
	ids := map[string]string{"events": event, "registrations": reg, "clusters": h.cluster.ID}
	for path, body := range map[string]map[string]any{
		"companies": {"name": "Aava", "kind": "sme", "country": "FI"}, "people": {"name": "Bo", "email": "bo@example.org"},
		"groups":   {"slug": "g", "kind": "board", "cluster_id": h.cluster.ID, "name": map[string]string{"en": "G"}},
		"projects": {"code": "A1", "name": map[string]string{"en": "P"}, "from": "2027-01-01", "until": "2027-12-31"},
	} {
		ids[path] = h.do("admin", "POST", "/"+path, body).is(201).text("id")
	}
	var targets []string
	for path, ops := range h.operations() {
		for method, o := range ops {
			if o["requestBody"] == nil {
				continue
			}
			subject, _, _ := strings.Cut(path[1:], "/")
			targets = append(targets, method+" "+strings.ReplaceAll(path, "{id}", ids[subject]))
		}
	}
	slices.Sort(targets)

	seeds := []any{
		h.draft(), signup("Bertta"), map[string]any{}, []any{}, nil, 7, "text",
		map[string]any{"name": "Aino", "kind": "sme", "country": "FI", "business_id": "0737546-2"},
		map[string]any{"name": map[string]string{"en": "N", "": "x", "$a.b\x00": "y"}, "slug": "n", "zone": "Europe/Oslo", "code": "c", "from": "2027-01-01", "until": "2027-01-02"},
		map[string]any{"grants": []any{map[string]string{"role": "door", "cluster": "\x00"}}},
		map[string]any{"code": "\x00/'\";--", "reason": "\u202e", "starts": "2027-02-29T99:00:00Z"},
	}
	hostile := h.draft(func(e map[string]any) {
		e["title"] = map[string]string{"en": "<script>\x00\ufffd"}
		e["starts"], e["ends"], e["zone"] = "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "../../etc/passwd"
		e["geo"] = map[string]any{"lat": 1e308, "lon": -1e-308}
		e["cluster_ids"] = []string{"", "\x00", strings.Repeat("x", 3000)}
	})
	for _, v := range append(seeds, hostile) {
		body, err := json.Marshal(v)
		must(f, err)
		for i := range targets {
			f.Add(uint8(i), body)
		}
	}
	for _, raw := range []string{``, `{`, `{"title":{"en":1e999}}`, `{"name":"\ud800","email":"a@b.c"}`, strings.Repeat(`[`, 20000), `{"a":1}{"a":2}`, "\xff\xfe{}"} {
		f.Add(uint8(len(raw)), []byte(raw))
	}

	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		h.t = t
		method, path, _ := strings.Cut(targets[int(which)%len(targets)], " ")
		var header []string
		if method == http.MethodPut {
			read := strings.TrimSuffix(path, "/grants")
			if etag := h.do("admin", http.MethodGet, read, nil).header.Get("ETag"); etag != "" {
				header = []string{"If-Match", etag}
			}
		}
		r := h.do("admin", method, path, body, header...)
		if r.status >= http.StatusInternalServerError {
			t.Fatalf("%s %s with %q: %d %s", method, path, body, r.status, r.raw)
		}
		if r.status >= 400 {
			r.problem(r.status, strings.TrimPrefix(r.text("type"), "/problems/"))
		}
	})
}
