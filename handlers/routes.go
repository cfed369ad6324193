package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"

	"kohtaamo/scheduling"
)

// Who may use a route. It says who gets as far as the handler; which of the
// things behind it they may see is the desk's to answer.
type Who string

// From everybody to few.
const (
	Public        Who = "public"
	Link          Who = "link" // whoever has a link of ours; the handler checks it
	SignedIn      Who = "signed in"
	Door          Who = "door"      // checks people in somewhere, or organises
	Organiser     Who = "organiser" // of some cluster
	Administrator Who = "administrator"
)

// A route is one line of the table of all addresses.
type route struct {
	Method, Path string
	Who          Who
	Handler      fiber.Handler

	// What is rarely said:
	CrossSite bool // may be sent by other sites' pages or by mail programs (RFC 8058)
	Limit     int  // times a minute and network address; 0: no limit for GET, FormsPerMinute for public forms
	Body      int  // bytes taken in; 0: formLimit
}

// get and post are the usual routes.
func get(path string, who Who, h fiber.Handler) route {
	return route{Method: fiber.MethodGet, Path: path, Who: who, Handler: h}
}

func post(path string, who Who, h fiber.Handler) route {
	return route{Method: fiber.MethodPost, Path: path, Who: who, Handler: h}
}

// allRoutes is every address of the site, by subject. A subject adds its own
// here, from its own file.
func (s *Server) allRoutes() []route {
	return slices.Concat(
		s.healthRoutes(),
		s.accountRoutes(),
		s.busyRoutes(),
		s.calendarInRoutes(),
		s.chainRoutes(),
		s.delegationRoutes(),
		s.organiseRoutes(),
		s.outcomeRoutes(),
		s.listRoutes(),
		s.wordRoutes(),
		s.entrantRoutes(),
		s.followRoutes(),
		s.publicRoutes(),
		s.privacyRoutes(),
		s.addressDataRoutes(),
		s.roundRoutes(),
		s.requestRoutes(),
		s.scheduleRoutes(),
		s.staffRoutes(),
		s.itineraryRoutes(),
		s.daySheetRoutes(),
		s.travellerRoutes(),
		s.tripRoutes(),
		s.programmeRoutes(),
		s.tripOutcomeRoutes(),
		s.applicationRoutes(),
		s.tripHostRoutes(),
		s.newsletterRoutes(),
		s.surveyRoutes(),
		s.reportRoutes(),
		s.planRoutes(),
		s.labelRoutes(),
		s.recordRoutes(),
		s.figureRoutes(),
		s.membershipRoutes(),
		s.groupWorkRoutes(),
		s.foresightRoutes(),
		s.activityRoutes(),
		s.mergeRoutes(),
		s.companyImportRoutes(),
		s.webhookRoutes(),
		s.savedListRoutes(),
	)
}

// mount adds a route with what has to be asked before its handler: that a
// change comes from our own pages, not too often, not too much at once, and
// from somebody who may.
func (s *Server) mount(app *fiber.App, r route) {
	var chain []fiber.Handler
	if changes(r.Method) {
		if !r.CrossSite {
			chain = append(chain, s.sameSite)
		}
		chain = append(chain, limitBody(r.Body))
	}
	if n := s.limitOf(r); n > 0 {
		chain = append(chain, s.limit(n))
	}
	if r.Who != Public && r.Who != Link {
		chain = append(chain, guard(r.Who))
	}
	chain = append(chain, r.Handler)
	if r.Method == fiber.MethodGet {
		app.Get(r.Path, chain...) // answers HEAD too
		return
	}
	app.Add(r.Method, r.Path, chain...)
}

func changes(method string) bool {
	return method != fiber.MethodGet && method != fiber.MethodHead && method != fiber.MethodOptions
}

// sameSite refuses a change that another site's page asked a browser for. The
// browser itself says where a request comes from (Sec-Fetch-Site, or Origin),
// and a page cannot make it lie; net/http has the rules. So no form needs a
// token that could run out while somebody types, and a page is the same for
// everybody and can be kept. Browsers too old to say anything are held off by
// SameSite=Lax on the session's cookie.
func (s *Server) sameSite(c *fiber.Ctx) error {
	req := &http.Request{Method: c.Method(), Host: string(c.Request().Host()), URL: &url.URL{Path: c.Path()}, Header: http.Header{}}
	for _, h := range []string{"Sec-Fetch-Site", "Origin"} {
		if v := c.Get(h); v != "" {
			req.Header.Set(h, v)
		}
	}
	if err := s.origins.Check(req); err != nil {
		return fmt.Errorf("%w: %w", errCrossSite, err)
	}
	return c.Next()
}

func limitBody(n int) fiber.Handler {
	if n == 0 {
		n = formLimit
	}
	return func(c *fiber.Ctx) error {
		if len(c.Request().Body()) > n {
			return fiber.ErrRequestEntityTooLarge
		}
		return c.Next()
	}
}

func (s *Server) limitOf(r route) int {
	if r.Limit != 0 || !changes(r.Method) || r.Who != Public && r.Who != Link {
		return r.Limit
	}
	return s.FormsPerMinute
}

// limit lets n requests a minute through from one network address to one
// route; an IPv6 network counts as one address. It answers 429 and when to
// come back.
func (s *Server) limit(n int) fiber.Handler {
	return limiter.New(limiter.Config{
		Max: n, Expiration: time.Minute,
		KeyGenerator: func(c *fiber.Ctx) string { return network(c.IP()) },
		LimitReached: func(*fiber.Ctx) error { return fiber.ErrTooManyRequests },
	})
}

// guard lets through whoever may. Nobody signed in is asked to sign in first;
// somebody who may not gets the answer for what does not exist.
func guard(who Who) fiber.Handler {
	return func(c *fiber.Ctx) error {
		a := actor(c)
		switch {
		case may(a, who):
			return c.Next()
		case a.SignedIn():
			return fiber.ErrNotFound
		case c.Method() == fiber.MethodGet:
			return c.Redirect("/login?next="+url.QueryEscape(pathAndQuery(c)), fiber.StatusSeeOther)
		}
		return c.Redirect("/login", fiber.StatusSeeOther)
	}
}

// pathAndQuery is what was asked for, without the host that a client may say.
func pathAndQuery(c *fiber.Ctx) string {
	if q := string(c.Request().URI().QueryString()); q != "" {
		return c.Path() + "?" + q
	}
	return c.Path()
}

func may(a scheduling.Actor, who Who) bool {
	switch who {
	case Public, Link:
		return true
	case SignedIn:
		return a.SignedIn()
	case Door:
		return a.OrganisesAny() || a.Has(scheduling.Door)
	case Organiser:
		return a.OrganisesAny()
	case Administrator:
		return a.Administers()
	}
	return false
}
