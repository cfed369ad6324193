package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/language"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// What middleware leaves for handlers, under keys of our own.
const (
	keyLang    = "kohtaamo.lang"
	keyActor   = "kohtaamo.actor"
	keySession = "kohtaamo.session"
	keyError   = "kohtaamo.error"
	keyRoute   = "kohtaamo.route" // of an answer that no route gave
)

// number gives the request a number of its own, for the log and for people who
// write to us about a mistake.
func (s *Server) number(c *fiber.Ctx) error {
	var room [32]byte
	id := strconv.AppendUint(append(room[:0], s.numbers.prefix...), s.numbers.last.Add(1), 36)
	c.Response().Header.SetCanonical(requestID, id)
	return c.Next()
}

var requestID = []byte("X-Request-Id")

// numbers counts requests. The prefix tells this run of the program from others.
type numbers struct {
	prefix string
	last   atomic.Uint64
}

func number(c *fiber.Ctx) string {
	return string(c.Response().Header.PeekBytes(requestID))
}

// observe logs one line a request and counts it. It says which route and which
// person's number, never a name, an address or a link.
func (s *Server) observe(c *fiber.Ctx) error {
	start := s.desk.DB.Now()
	err := c.Next()
	if err != nil {
		// The answer is made here, so that its status is known below.
		if answer := s.fail(c, err); answer != nil {
			return answer
		}
	}
	took := s.desk.DB.Now().Sub(start)
	pattern, status := c.Route().Path, c.Response().StatusCode()
	if c.Locals(keyError) == http.StatusNotFound && pattern == "/" {
		pattern = "(none)"
	}
	if route, ok := c.Locals(keyRoute).(string); ok {
		pattern = route
	}
	s.metrics.seen(c.Method(), pattern, status, took)
	if status < 500 && !s.log.Enabled(context.Background(), slog.LevelInfo) {
		return nil
	}
	attrs := []slog.Attr{
		slog.String("request", number(c)), slog.String("method", c.Method()), slog.String("path", s.redacted(c.Path(), pattern)),
		slog.Int("status", status), slog.Duration("took", took.Round(10*time.Microsecond)), slog.Int("bytes", len(c.Response().Body())),
	}
	if a := actor(c); a.SignedIn() {
		attrs = append(attrs, slog.String("actor", a.ID))
	}
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
		attrs = append(attrs, slog.Any("err", err))
	}
	s.log.LogAttrs(c.UserContext(), level, "request", attrs...)
	return nil
}

// secretPaths hold what must not be logged, whoever answers there and even if
// nobody does: whoever reads it could use it.
var secretPaths = []string{"/my/", "/feeds/", "/login/", "/unsubscribe/", "/preferences/", "/newsletters/confirm/", "/r/", "/o/", "/travel/"}

// redacted is the path, or only the route's pattern where the path is a secret:
// on every route for whoever has a link.
func (s *Server) redacted(path, pattern string) string {
	for _, r := range s.routes {
		if r.Path == pattern && r.Who == Link {
			return pattern
		}
	}
	for _, p := range secretPaths {
		if strings.HasPrefix(path, p) {
			return p + "…"
		}
	}
	return path
}

// recovered turns a panic into an error. The stack goes to the log, not to the
// person.
func (s *Server) recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.log.ErrorContext(c.UserContext(), "panic", "request", number(c), "value", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return c.Next()
}

// policy allows what our own pages need and nothing else: no inline code, no
// other hosts, no frames.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'"

func (s *Server) headers(c *fiber.Ctx) error {
	h := &c.Response().Header
	for _, f := range fixedHeaders {
		h.SetCanonical(f[0], f[1])
	}
	if s.secure {
		h.SetCanonical(hsts[0], hsts[1])
	}
	return c.Next()
}

// fixedHeaders are the same on every answer. Their names are written as HTTP
// has them, so that they need not be put into form each time.
var fixedHeaders = [][2][]byte{
	{[]byte("Content-Security-Policy"), []byte(policy)},
	{[]byte("X-Content-Type-Options"), []byte("nosniff")},
	{[]byte("X-Frame-Options"), []byte("DENY")},
	{[]byte("Referrer-Policy"), []byte("same-origin")}, // links in mails are secrets
	{[]byte("Cross-Origin-Opener-Policy"), []byte("same-origin")},
	{[]byte("Permissions-Policy"), []byte("camera=(self), geolocation=(), microphone=(), payment=(), usb=()")},
}

var hsts = [2][]byte{[]byte("Strict-Transport-Security"), []byte("max-age=31536000")}

// deadline ends what a request asks of the database: Fiber's own context is not
// cancelled when a client leaves.
func (s *Server) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), deadline)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

// language chooses: what the address says, what was chosen before, what the
// signed-in person reads, what the browser prefers. A choice is kept for a year.
func (s *Server) language(c *fiber.Ctx) error {
	code := c.Query("lang")
	switch {
	case s.texts.Has(code):
		s.cookie(c, "lang", code, 365*24*time.Hour)
	case s.texts.Has(c.Cookies(s.cookieName("lang"))):
		code = c.Cookies(s.cookieName("lang"))
	default:
		code = s.preferred(c.Get(fiber.HeaderAcceptLanguage))
	}
	c.Locals(keyLang, s.texts.In(code))
	c.Vary(fiber.HeaderAcceptLanguage)
	return c.Next()
}

// preferred is the language of ours that an Accept-Language header likes best.
func (s *Server) preferred(header string) string {
	if header == "" || len(header) > 500 {
		return templates.Fallback
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return templates.Fallback
	}
	for _, tag := range tags {
		base, _ := tag.Base()
		if s.texts.Has(base.String()) {
			return base.String()
		}
	}
	return templates.Fallback
}

// lang is the language of the answer.
func (s *Server) lang(c *fiber.Ctx) *templates.Lang {
	if l, ok := c.Locals(keyLang).(*templates.Lang); ok {
		return l
	}
	return s.texts.In(templates.Fallback)
}

// actor finds out who asks, by the session's cookie.
func (s *Server) actor(c *fiber.Ctx) error {
	cookie := c.Cookies(s.cookieName("session"))
	if cookie == "" || strings.HasPrefix(c.Path(), "/static/") {
		return c.Next()
	}
	who, session, err := s.auth.Actor(c.UserContext(), cookie)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		s.dropCookie(c, "session")
	case err != nil:
		return err
	default:
		c.Locals(keyActor, who)
		c.Locals(keySession, session)
	}
	return c.Next()
}

// actor is who asks; the public if nobody is signed in.
func actor(c *fiber.Ctx) scheduling.Actor {
	a, _ := c.Locals(keyActor).(scheduling.Actor)
	return a
}
