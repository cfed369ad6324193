package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// A path is one operation's method and address, taken apart.
type path struct {
	method   string
	segments []string // "{id}" stands for anything
}

func newPath(method, address string) path {
	return path{method, strings.Split(strings.Trim(address, "/"), "/")}
}

func (p path) fits(segments []string) bool {
	return slices.EqualFunc(p.segments, segments, func(want, got string) bool {
		return want == got || strings.HasPrefix(want, "{") && got != ""
	})
}

// methods are those that the address below Root can be asked with.
func (a *API) methods(address string) []string {
	segments := strings.Split(strings.Trim(address, "/"), "/")
	var out []string
	for _, p := range a.paths {
		if !p.fits(segments) {
			continue
		}
		out = append(out, p.method)
		if p.method == http.MethodGet {
			out = append(out, http.MethodHead)
		}
	}
	if len(out) > 0 {
		out = append(out, http.MethodOptions)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nowhere answers what no operation did: OPTIONS, a wrong method, an address
// that leads nowhere.
func (a *API) nowhere(c *fiber.Ctx) error {
	who := callerIn(c.UserContext())
	methods := a.methods(strings.TrimPrefix(c.Path(), Root))
	if len(methods) == 0 {
		return a.write(c, who.newProblem(http.StatusNotFound, "not-found", "api.not_found"))
	}
	c.Set(fiber.HeaderAllow, strings.Join(methods, ", "))
	if c.Method() == fiber.MethodOptions {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return a.write(c, who.newProblem(http.StatusMethodNotAllowed, "method-not-allowed", "api.method", "methods", strings.Join(methods, ", ")))
}
