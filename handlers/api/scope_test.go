package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

// Every operation as every kind of token: a scope lets through to the roles, and
// nothing else does.
func TestScopes(t *testing.T) {
	h := newHouse(t)
	admin := scheduling.Actor{ID: "t-scoped", Name: "Scoped", Grants: grant(scheduling.Administrator, "")}
	for path, ops := range h.operations() {
		for method, o := range ops {
			subject := o["tags"].([]any)[0].(string)
			verb := map[bool]string{true: "read", false: "write"}[method == "GET"]
			address := strings.NewReplacer("{id}", "nothing", "{name}", "nothing").Replace(path)
			for _, test := range []struct {
				scopes []string
				passes bool
			}{
				{[]string{"*"}, true},
				{[]string{"write"}, true},
				{[]string{"read"}, verb == "read"},
				{[]string{subject + ":" + verb}, true},
				{[]string{subject + ":write"}, true},
				{[]string{subject + ":read"}, verb == "read"},
				{[]string{"another:write", subject, "events:readx"}, false},
				{nil, false},
			} {
				h.tokens["scoped"] = token{admin, test.scopes}
				r := h.do("scoped", method, address, nil)
				refused := r.status == http.StatusForbidden && r.text("type") == "/problems/insufficient-scope"
				if want := !test.passes && subject != "me"; refused != want {
					t.Errorf("%s %s with %v: %d %s", method, path, test.scopes, r.status, r.text("type"))
				}
			}
			open := method == "GET" && (subject == "events" || subject == "clusters" || slices.Contains([]string{"/rounds", "/rounds/{id}", "/trips", "/trips/{id}"}, path))
			if r := h.do("", method, address, nil); (r.status == 401) == open {
				t.Errorf("%s %s without a token: %d", method, path, r.status)
			}
		}
	}
}

// Roles hold whatever the scope: a stranger finds nothing of another's cluster.
func TestRoles(t *testing.T) {
	h := newHouse(t)
	id := h.do("organiser", "POST", "/events", h.draft()).is(201).text("id")
	h.do("organiser", "POST", "/events/"+id+"/publish", nil).is(200)
	reg := h.do("organiser", "POST", "/events/"+id+"/registrations", signup("Aino")).is(201).text("id")
	mail := h.do("organiser", "GET", "/outbox", nil).is(200).items()[0]["id"].(string)
	group := h.do("organiser", "POST", "/groups", map[string]any{"slug": "g", "cluster_id": h.cluster.ID, "kind": "working", "name": map[string]string{"en": "G"}}).is(201)
	for _, address := range []string{
		"GET /events/%s/registrations " + id, "GET /events/%s/counts " + id, "POST /events/%s/publish " + id, "POST /events/%s/cancel " + id,
		"DELETE /events/%s " + id, "GET /registrations/%s " + reg, "POST /registrations/%s/cancel " + reg, "POST /registrations/%s/approve " + reg,
		"POST /registrations/%s/undo-check-in " + reg, "POST /registrations/%s/no-show " + reg, "GET /outbox/%s " + mail,
		"POST /outbox/%s/hold " + mail, "POST /outbox/%s/release " + mail, "POST /outbox/%s/resend " + mail,
	} {
		method, rest, _ := strings.Cut(address, " ")
		form, arg, _ := strings.Cut(rest, " ")
		path := fmt.Sprintf(form, arg)
		for _, as := range []string{"other", "guest"} {
			h.do(as, method, path, nil).problem(404, "not-found")
		}
	}
	change := map[string]any{"slug": "g", "cluster_id": h.cluster.ID, "kind": "board", "name": map[string]string{"en": "Mine"}}
	h.do("other", "PUT", "/groups/"+group.text("id"), change, "If-Match", group.header.Get("ETag")).problem(404, "not-found")
	for _, path := range []string{"/audit", "/people", "/companies", "/outbox"} {
		h.do("guest", "GET", path, nil).problem(404, "not-found")
	}
	h.do("organiser", "GET", "/audit", nil).problem(404, "not-found")
	if got := h.do("other", "GET", "/outbox", nil).is(200).items(); len(got) != 0 {
		t.Errorf("another organiser sees %d of our mails", len(got))
	}
}
