package handlers

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

const calendarType = "text/calendar; charset=utf-8"

// feedLang is the language that a calendar's address names. What a client says
// it accepts does not matter: calendars are fetched by servers.
func (s *Server) feedLang(c *fiber.Ctx) string {
	if code := c.Query("lang"); s.texts.Has(code) {
		return code
	}
	return templates.Fallback
}

// asCalendar takes back what middleware set for pages: a calendar depends on
// its address alone.
func asCalendar(c *fiber.Ctx, private bool) {
	h := &c.Response().Header
	h.Del(fiber.HeaderSetCookie)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderCacheControl, "public, max-age=900")
	if private {
		c.Set(fiber.HeaderCacheControl, "private, max-age=900")
		c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	}
	c.Set("X-Robots-Tag", "noindex") // robots.txt has to let Google's calendar in
}

// clusterFeed answers GET /calendar/:cluster.ics, "all" being every event.
func (s *Server) clusterFeed(c *fiber.Ctx) error {
	f, err := s.desk.PublicFeed(c.UserContext(), c.Params("cluster"), s.feedLang(c))
	if err != nil {
		return err
	}
	return sendFeed(c, f)
}

// personalFeed answers GET /feeds/:token.ics. A rotated or revoked address is
// gone: clients that know what that means stop asking.
func (s *Server) personalFeed(c *fiber.Ctx) error {
	link, ok := strings.CutSuffix(c.Params("file"), ".ics")
	if !ok {
		return storage.ErrNotFound
	}
	f, err := s.desk.PersonalFeed(c.UserContext(), link)
	if errors.Is(err, scheduling.ErrGone) {
		return fiber.ErrGone
	}
	if err != nil {
		return err
	}
	return sendFeed(c, f)
}

func sendFeed(c *fiber.Ctx, f *scheduling.Feed) error {
	asCalendar(c, f.Private)
	return sendStored(c, &stored{Type: calendarType, Body: f.Body, Gzip: f.Gzip, Modified: f.Modified,
		ETag: `"` + f.ETag + `"`, GzipETag: `"` + f.GzipETag() + `"`})
}

// eventFile answers GET /events/:slug.ics.
func (s *Server) eventFile(c *fiber.Ctx) error {
	body, e, err := s.desk.EventFile(c.UserContext(), actor(c), c.Params("slug"), s.feedLang(c))
	if err != nil {
		return err
	}
	file, err := newStored(calendarType, body)
	if err != nil {
		return err
	}
	file.Modified = e.Changed
	asCalendar(c, e.State == scheduling.Draft)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+e.Slug+`.ics"`)
	return sendStored(c, file)
}
