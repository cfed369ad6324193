package handlers

import (
	"fmt"
	"net/url"
	"regexp"
	"testing"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// roles are those who try every route, with what they may.
var roles = []struct {
	name   string
	grants []scheduling.Grant
	in     bool
	may    []Who
}{
	{"public", nil, false, []Who{Public, Link}},
	{"signed in", nil, true, []Who{Public, Link, SignedIn}},
	{"coordinator", []scheduling.Grant{{Role: scheduling.Coordinator, Group: "g"}}, true, []Who{Public, Link, SignedIn}},
	{"door", []scheduling.Grant{{Role: scheduling.Door, Cluster: "c"}}, true, []Who{Public, Link, SignedIn, Door}},
	{"organiser", []scheduling.Grant{{Role: scheduling.Organiser, Cluster: "c"}}, true, []Who{Public, Link, SignedIn, Door, Organiser}},
	{"administrator", []scheduling.Grant{{Role: scheduling.Administrator}}, true, []Who{Public, Link, SignedIn, Door, Organiser, Administrator}},
}

var parameter = regexp.MustCompile(`[:*][A-Za-z]*`)

// TestWhoMay walks every route as every role. The handlers are replaced by one
// that says 204: what is tested is who gets as far as that. What a handler
// shows of which thing is tested beside it.
func TestWhoMay(t *testing.T) {
	h := newHouse(t)
	var routes []route
	for _, r := range h.routes {
		routes = append(routes, r)
		last := &routes[len(routes)-1]
		last.Limit = -1
		if r.Path != "/login" && r.Path != "/login/:token" {
			last.Handler = func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusNoContent) }
		}
	}
	h.app = h.Server.app(routes)
	for i, role := range roles {
		v := h.visitor(t)
		if role.in {
			v = h.person(t, fmt.Sprintf("role%d@example.fi", i), role.grants...)
		}
		for _, r := range routes {
			if r.Path == "/login" || r.Path == "/login/:token" {
				continue
			}
			path := parameter.ReplaceAllString(r.Path, "x")
			t.Run(role.name+" "+r.Method+" "+r.Path, func(t *testing.T) {
				got := v.send(r.Method, path, url.Values{}, nil)
				switch want := contains(role.may, r.Who); {
				case want && got.Status != fiber.StatusNoContent:
					t.Errorf("may, but got %d", got.Status)
				case !want && role.in && got.Status != fiber.StatusNotFound:
					t.Errorf("may not, but got %d instead of 404", got.Status)
				case !want && !role.in && (got.Status != fiber.StatusSeeOther || got.Header.Get("Location")[:6] != "/login"):
					t.Errorf("may not, but got %d instead of being asked to sign in", got.Status)
				}
			})
		}
	}
}

func contains(list []Who, w Who) bool {
	for _, x := range list {
		if x == w {
			return true
		}
	}
	return false
}

// TestCrossSite sends every change as another site's page would.
func TestCrossSite(t *testing.T) {
	h := newHouse(t)
	v := h.person(t, "root@example.fi", scheduling.Grant{Role: scheduling.Administrator})
	for _, r := range h.routes {
		if !changes(r.Method) || r.CrossSite {
			continue
		}
		path := parameter.ReplaceAllString(r.Path, "x")
		for _, header := range []map[string]string{
			{"Sec-Fetch-Site": "cross-site"},
			{"Sec-Fetch-Site": "same-site"},
			{"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
		} {
			if got := v.send(r.Method, path, url.Values{}, header); got.Status != fiber.StatusForbidden {
				t.Errorf("%s %s with %v: %d, want 403", r.Method, r.Path, header, got.Status)
			}
		}
	}
}
