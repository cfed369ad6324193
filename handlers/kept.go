package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/templates"
)

// keptVary is what an event page hangs on besides its address.
const keptVary = "Accept-Language, Cookie, Accept-Encoding"

// kept answers event pages and calendars out of memory, before anything
// is asked of the database or set up for asking. Whoever has a cookie, or asks
// for more than the address, goes the whole way, and so does everybody where
// the page is not there yet.
func (s *Server) kept(c *fiber.Ctx) error {
	req := c.Request()
	if !req.Header.IsGet() && !req.Header.IsHead() || len(req.Header.Peek(fiber.HeaderCookie)) > 0 || len(req.URI().QueryString()) > 0 {
		return c.Next()
	}
	if slug, ok := strings.CutPrefix(c.Path(), "/events/"); ok {
		key := s.preferred(c.Get(fiber.HeaderAcceptLanguage)) + "/" + slug
		if page := s.eventPages.get(key, s.desk.EventChanges(), s.desk.DB.Now()); page != nil {
			c.Locals(keyRoute, keptEventRoute)
			return sendEvent(c, page)
		}
	}
	if file, ok := strings.CutSuffix(c.Path(), ".ics"); ok {
		if f, pattern := s.keptFeed(file); f != nil {
			c.Locals(keyRoute, pattern)
			return s.sendFeed(c, f)
		}
	}
	return c.Next()
}

// The routes of what is kept, as a request takes them with it: put into an
// interface once.
var (
	keptEventRoute    any = "/events/:slug"
	keptPersonalRoute any = "/feeds/:file"
	keptRoute         any = "/calendar/:slug.ics"
	keptRoutes            = map[string]any{"groups": "/calendar/groups/:slug.ics", "types": "/calendar/types/:slug.ics"}
)

// keptFeed is a calendar that is in memory, and its route.
func (s *Server) keptFeed(path string) (*scheduling.Feed, any) {
	if link, ok := strings.CutPrefix(path, "/feeds/"); ok {
		return s.desk.KeptPersonalFeed(link), keptPersonalRoute
	}
	name, ok := strings.CutPrefix(path, "/calendar/")
	if !ok {
		return nil, nil
	}
	f := s.desk.KeptFeed(name, templates.Fallback)
	if below, _, ok := strings.Cut(name, "/"); ok {
		return f, keptRoutes[below]
	}
	return f, keptRoute
}
