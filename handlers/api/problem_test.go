package api

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func TestProblems(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		known := c.Actor
		c.Actor = func(ctx context.Context, bearer string) (scheduling.Actor, []string, error) {
			switch bearer {
			case "broken":
				return scheduling.Actor{}, nil, errors.New("no such table: secret_words")
			case "slow":
				return scheduling.Actor{}, nil, storage.ErrBusy
			case "panics":
				panic("secret_words")
			}
			return known(ctx, bearer)
		}
	})
	id := h.published()
	for _, test := range []struct {
		name, as, method, path string
		body                   any
		header                 []string
		status                 int
		kind                   string
		faults                 map[string]string
	}{
		{name: "no token", method: "GET", path: "/me", status: 401, kind: "unauthorized"},
		{name: "an unknown token", as: "nobody", method: "GET", path: "/me", status: 401, kind: "unauthorized"},
		{name: "an unknown token for what is public", as: "nobody", method: "GET", path: "/events", status: 401, kind: "unauthorized"},
		{name: "another scheme", method: "GET", path: "/me", header: []string{"Authorization", "Basic YTpi"}, status: 401, kind: "unauthorized"},
		{name: "a scope that is missing", as: "door", method: "POST", path: "/events", body: "{}", status: 403, kind: "insufficient-scope"},
		{name: "nowhere", as: "admin", method: "GET", path: "/nowhere", status: 404, kind: "not-found"},
		{name: "nowhere, by nobody", method: "GET", path: "/nowhere", status: 404, kind: "not-found"},
		{name: "no such event", as: "admin", method: "GET", path: "/events/nowhere", status: 404, kind: "not-found"},
		{name: "a wrong method", as: "admin", method: "PATCH", path: "/events/" + id, status: 405, kind: "method-not-allowed"},
		{name: "not JSON", as: "admin", method: "POST", path: "/events", body: "{title:", status: 400, kind: "malformed", faults: map[string]string{"body": "api.malformed"}},
		{name: "no body", as: "admin", method: "POST", path: "/events", status: 400, kind: "malformed"},
		{name: "a form", as: "admin", method: "POST", path: "/events", body: "a=b", header: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, kind: "unsupported", faults: map[string]string{"body": "api.media"}},
		{name: "packed", as: "admin", method: "POST", path: "/events", body: "x", header: []string{"Content-Encoding", "gzip"}, status: 415, kind: "unsupported"},
		{name: "too much", as: "admin", method: "POST", path: "/events", body: strings.Repeat(" ", maxBody+1), status: 413, kind: "too-large"},
		{name: "nothing that is needed", as: "admin", method: "POST", path: "/events", body: "{}", status: 422, kind: "invalid", faults: map[string]string{
			"body.title": "problem.required", "body.kind": "problem.required", "body.mode": "problem.required",
			"body.starts": "problem.required", "body.ends": "problem.required", "body.zone": "problem.required",
		}},
		{name: "what the schema refuses", as: "admin", method: "POST", path: "/events", body: h.draft(func(e map[string]any) {
			e["kind"], e["starts"], e["colour"] = "party", "tomorrow", "red"
			e["registration"] = map[string]any{"seats": -1, "questions": []any{map[string]any{"key": "A B", "kind": "text", "label": 7}}}
		}), status: 422, kind: "invalid", faults: map[string]string{
			"body.kind": "problem.choice", "body.starts": "api.time", "body.colour": "api.unexpected", "body.registration.seats": "problem.number",
			"body.registration.questions[0].key": "api.form", "body.registration.questions[0].label": "api.type",
		}},
		{name: "what the desk refuses", as: "admin", method: "POST", path: "/events", body: h.draft(func(e map[string]any) {
			e["zone"], e["ends"], e["title"] = "Nowhere/Atall", "2027-02-03T06:00:00Z", map[string]string{"en": " "}
			e["registration"] = map[string]any{"reminders": []int{500}, "questions": []any{map[string]any{"key": "q", "kind": "choice", "label": map[string]string{"en": "Q"}}}}
		}), status: 422, kind: "invalid", faults: map[string]string{
			"body.zone": "event.zone", "body.ends": "event.ends_before", "body.title": "problem.required",
			"body.registration.reminders": "event.reminders", "body.registration.questions[0]": "event.no_options",
		}},
		{name: "a language that is none, a year that is none", as: "admin", method: "POST", path: "/events", body: h.draft(func(e map[string]any) {
			e["title"], e["ends"] = map[string]string{"en": "A", "$where": "B"}, "9999-12-31T23:00:00-11:00"
		}), status: 422, kind: "invalid", faults: map[string]string{"body.title": "api.language", "body.ends": "api.time_range"}},
		{name: "a party with a fault", as: "organiser", method: "POST", path: "/events/" + id + "/registrations", body: map[string]any{
			"name": "Aino", "email": "aino", "party": []any{map[string]any{"name": "B", "email": "b@example.org"}},
		}, status: 422, kind: "invalid", faults: map[string]string{"body.email": "problem.address", "body.party": "problem.party_too_large"}},
		{name: "an unknown query", as: "admin", method: "GET", path: "/events?colour=red", status: 422, kind: "invalid", faults: map[string]string{"query.colour": "api.unexpected"}},
		{name: "a wrong query", as: "admin", method: "GET", path: "/events?limit=201&from=soon", status: 422, kind: "invalid", faults: map[string]string{"query.limit": "problem.number", "query.from": "api.time"}},
		{name: "a year that is none in a query", as: "admin", method: "GET", path: "/events?from=9999-12-31T23:00:00-11:00", status: 422, kind: "invalid", faults: map[string]string{"query.from": "api.time_range"}},
		{name: "a damaged place in a list", as: "admin", method: "GET", path: "/events?after=AAAA", status: 422, kind: "invalid", faults: map[string]string{"query.after": "api.cursor"}},
		{name: "a cluster that is not there", as: "admin", method: "POST", path: "/events", body: h.draft(func(e map[string]any) { e["cluster_ids"] = []string{"nowhere"} }), status: 422, kind: "invalid", faults: map[string]string{"body.cluster_ids": "problem.choice"}},
		{name: "somebody else's cluster", as: "other", method: "POST", path: "/events", body: h.draft(), status: 403, kind: "forbidden", faults: map[string]string{"body.cluster_ids": "event.not_your_cluster"}},
		{name: "an address that is taken", as: "organiser", method: "POST", path: "/events", body: h.draft(func(e map[string]any) { e["slug"] = "circulararena" }), status: 409, kind: "exists", faults: map[string]string{"body.slug": "event.slug_taken"}},
		{name: "too late", as: "organiser", method: "POST", path: "/events/" + id + "/publish", status: 409, kind: "closed"},
		{name: "an unknown ticket", as: "door", method: "POST", path: "/events/" + id + "/check-in", body: map[string]string{"code": "XXXX"}, status: 422, kind: "invalid", faults: map[string]string{"body.code": "checkin.unknown"}},
		{name: "no revision", as: "organiser", method: "PUT", path: "/events/" + id, body: h.draft(), status: 428, kind: "precondition-required"},
		{name: "an old revision", as: "organiser", method: "PUT", path: "/events/" + id, body: h.draft(), header: []string{"If-Match", `"1"`}, status: 412, kind: "changed"},
		{name: "our mistake", as: "broken", method: "GET", path: "/me", status: 500, kind: "internal"},
		{name: "our panic", as: "panics", method: "GET", path: "/me", status: 500, kind: "internal"},
		{name: "a busy database", as: "slow", method: "GET", path: "/me", status: 503, kind: "busy"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h.t = t
			for _, lang := range []string{"en", "fi-FI, en;q=0.5"} {
				r := h.do(test.as, test.method, test.path, test.body, append(test.header, "Accept-Language", lang)...).problem(test.status, test.kind)
				if got := r.faults(); !maps.Equal(got, test.faults) {
					t.Errorf("at fault: %v, want %v", got, test.faults)
				}
				if strings.Contains(string(r.raw), "secret_words") {
					t.Errorf("the answer tells our insides: %s", r.raw)
				}
				if (r.text("request_id") != "") != (test.status >= 500) || r.header.Get("X-Request-Id") == "" {
					t.Errorf("request id = %q", r.text("request_id"))
				}
				if (r.header.Get("WWW-Authenticate") != "") != (test.status == 401 || test.kind == "insufficient-scope") {
					t.Errorf("WWW-Authenticate = %q", r.header.Get("WWW-Authenticate"))
				}
				if want := map[string]string{"en": "Not found", "fi-FI, en;q=0.5": "Ei löydy"}[lang]; test.status == 404 && r.text("title") != want {
					t.Errorf("title = %q, want %q", r.text("title"), want)
				}
			}
		})
	}
	h.t = t
}

func TestMethods(t *testing.T) {
	h := newHouse(t)
	id := h.published()
	if got := h.do("admin", "OPTIONS", "/events/"+id, nil).is(204).header.Get("Allow"); got != "DELETE, GET, HEAD, OPTIONS, PUT" {
		t.Errorf("allow = %q", got)
	}
	if got := h.do("admin", "TRACE", "/events", nil).problem(405, "method-not-allowed").header.Get("Allow"); got != "GET, HEAD, OPTIONS, POST" {
		t.Errorf("allow = %q", got)
	}
	head := h.do("admin", "HEAD", "/events/"+id, nil).is(200)
	if len(head.raw) != 0 || head.header.Get("ETag") == "" {
		t.Errorf("HEAD: %q, ETag %s", head.raw, head.header.Get("ETag"))
	}
	h.do("", "HEAD", "/openapi.json", nil).is(200)
}

func TestRate(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Rate = 5 })
	for range 5 {
		h.do("admin", "GET", "/me", nil).is(200)
		h.do("nobody", "GET", "/me", nil).is(401)
	}
	for _, as := range []string{"admin", "nobody"} {
		if r := h.do(as, "GET", "/me", nil).problem(429, "too-many-requests"); r.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	h.do("organiser", "GET", "/me", nil).is(200)
}

// Whatever a key is that the API can answer with, there are words for it in
// every language.
func TestWords(t *testing.T) {
	kinds := []string{
		"invalid", "forbidden", "closed", "full", "changed", "exists", "not_found", "unauthorized", "insufficient_scope", "method_not_allowed",
		"too_large", "unsupported", "malformed", "too_many_requests", "key_reused", "in_progress", "precondition_required", "busy", "internal",
	}
	for _, code := range texts().Langs() {
		for _, kind := range kinds {
			if key := "api.title." + kind; !texts().In(code).Has(key) {
				t.Errorf("%s lacks %s", code, key)
			}
		}
		for _, r := range rules {
			if !texts().In(code).Has(r.key) {
				t.Errorf("%s lacks %s", code, r.key)
			}
		}
	}
}
