package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/auth"
	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// errCrossSite is the answer to a change that another site asked for.
var errCrossSite = errors.New("cross-site request")

// statusOf says what an error means in HTTP: the only place that knows. What
// nobody may see and what does not exist are the same.
func statusOf(err error) int {
	if p := scheduling.ProblemIn(err); p != nil {
		return statusOfKind(p.Kind)
	}
	var f *fiber.Error
	switch {
	case errors.As(err, &f):
		return f.Code
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrCursor):
		return http.StatusNotFound
	case errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrDuplicate):
		return http.StatusConflict
	case errors.Is(err, errCrossSite):
		return http.StatusForbidden
	case errors.Is(err, mailer.ErrAddress):
		return http.StatusUnprocessableEntity
	case errors.Is(err, storage.ErrBusy), errors.Is(err, storage.ErrClosed), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func statusOfKind(k scheduling.Kind) int {
	switch k {
	case scheduling.Invalid:
		return http.StatusUnprocessableEntity
	case scheduling.Forbidden:
		return http.StatusForbidden
	}
	return http.StatusConflict // Closed, Full, Changed, Exists: it is as it is
}

// errorPage is the data of templates/pages/error.html.
type errorPage struct {
	Page
	Status   int
	TitleKey string
	Text     string
	Retry    string // a duration in words
	Request  string // its number, for what is our fault
}

// fail answers an error: a page for people, problem+json for programs.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	status := statusOf(err)
	c.Locals(keyError, status)
	title, text := s.wording(c, err, status)
	c.Set(fiber.HeaderCacheControl, "no-store")
	if status == http.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	if wantsJSON(c) {
		return problemJSON(c, status, s.lang(c).Text(title), text)
	}
	p := &errorPage{Status: status, TitleKey: title, Text: text}
	p.NoIndex = true
	if seconds, err := strconv.Atoi(string(c.Response().Header.Peek(fiber.HeaderRetryAfter))); err == nil {
		p.Retry = s.lang(c).Duration(max(time.Minute, time.Duration(seconds)*time.Second))
	}
	if status >= 500 {
		p.Request = number(c)
	}
	c.Status(status)
	return s.page(c, "error", p)
}

// errorTexts are the statuses that have words of their own.
var errorTexts = map[int]string{
	400: "error.400", 403: "error.403", 404: "error.404", 409: "error.409", 413: "error.413",
	429: "error.429", 500: "error.500", 503: "error.503",
}

// wording is the title's key and the text of an error. A Problem brings its own text.
func (s *Server) wording(c *fiber.Ctx, err error, status int) (title, text string) {
	key, ok := errorTexts[status]
	switch {
	case ok:
	case status >= 500:
		key = "error.500"
	default:
		key = "error.400"
	}
	if p := scheduling.ProblemIn(err); p != nil {
		if status == http.StatusForbidden {
			key = "error.400"
		}
		return key + "_title", s.lang(c).Text(p.Key, p.Args...)
	}
	return key + "_title", s.lang(c).Text(key + "_text")
}

// wantsJSON reports whether a program asks.
func wantsJSON(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Path(), "/api/") ||
		c.Accepts(fiber.MIMETextHTML, fiber.MIMEApplicationJSON) == fiber.MIMEApplicationJSON
}

// problemJSON answers as RFC 9457 says.
func problemJSON(c *fiber.Ctx, status int, title, detail string) error {
	body, err := json.Marshal(map[string]any{"type": "about:blank", "status": status, "title": title, "detail": detail, "instance": number(c)})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return c.Status(status).Send(body)
}

// network is the address that limits count: an IPv4 address, or the /64 that a
// household or an office has of IPv6.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Unmap().Is4() {
		return ip
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return p.String()
}

// localPath is auth.LocalPath with a way out: where there is none, the front page.
func localPath(path string) string {
	if p := auth.LocalPath(path); p != "" {
		return p
	}
	return "/"
}
