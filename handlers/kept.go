package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/templates"
)

// keptVary is what an event page hangs on besides its address.
const keptVary = "Accept-Language, Cookie, Accept-Encoding"

// kept answers event pages and public calendars out of memory, before anything
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
			c.Locals(keyRoute, "/events/:slug")
			return sendEvent(c, page)
		}
	}
	if file, ok := strings.CutPrefix(c.Path(), "/calendar/"); ok {
		if f := s.desk.KeptFeed(strings.TrimSuffix(file, ".ics"), templates.Fallback); f != nil && strings.HasSuffix(file, ".ics") {
			c.Locals(keyRoute, "/calendar/:cluster.ics")
			return sendFeed(c, f)
		}
	}
	return c.Next()
}
