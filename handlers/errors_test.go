package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func TestStatusOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
	}{
		{fmt.Errorf("event: %w", storage.ErrNotFound), 404},
		{fiber.ErrNotFound, 404},
		{fiber.ErrMethodNotAllowed, 405},
		{storage.ErrConflict, 409},
		{storage.ErrDuplicate, 409},
		{fmt.Errorf("x: %w", errCrossSite), 403},
		{mailer.ErrAddress, 422},
		{storage.ErrBusy, 503},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), 503},
		{errors.New("anything"), 500},
		{&scheduling.Problem{Kind: scheduling.Invalid}, 422},
		{&scheduling.Problem{Kind: scheduling.Forbidden}, 403},
		{fmt.Errorf("x: %w", &scheduling.Problem{Kind: scheduling.Full}), 409},
	} {
		if got := statusOf(test.err); got != test.want {
			t.Errorf("status of %v = %d, want %d", test.err, got, test.want)
		}
	}
}

// failing is a house with routes that go wrong.
func failing(t *testing.T) *house {
	t.Helper()
	return newHouse(t, func(cfg *Config) {
		cfg.Mount = func(app *fiber.App, _ *Server) {
			app.Get("/panic", func(*fiber.Ctx) error { panic("secret of the inside") })
			app.Get("/broken", func(*fiber.Ctx) error { return errors.New("secret of the inside") })
			app.Get("/closed", func(*fiber.Ctx) error {
				return &scheduling.Problem{Kind: scheduling.Closed, Key: "register.closed"}
			})
			app.Get("/api/v1/broken", func(*fiber.Ctx) error { return storage.ErrNotFound })
		}
	})
}

func TestErrorPages(t *testing.T) {
	h := failing(t)
	v := h.visitor(t)
	v.get("/nowhere").want(t, 404, "There is no such page", "To the front page")
	v.send(http.MethodPut, "/login", nil, nil).want(t, 404)
	v.get("/closed").want(t, 409, "Registration is closed.")
	for _, path := range []string{"/panic", "/broken"} {
		got := v.get(path).want(t, 500, "Something went wrong with us", "mention the number")
		if strings.Contains(got.Body, "secret of the inside") {
			t.Errorf("%s tells what is inside", path)
		}
		if !strings.Contains(h.logs.String(), "secret of the inside") {
			t.Errorf("%s is not in the log", path)
		}
	}
	v.lang = "fi"
	v.get("/nowhere").want(t, 404, `<html lang="fi"`, "Sivua ei ole")
}

func TestErrorsForPrograms(t *testing.T) {
	h := failing(t)
	v := h.visitor(t)
	for _, got := range []answer{
		v.get("/api/v1/broken"),
		v.send(http.MethodGet, "/nowhere", nil, map[string]string{"Accept": "application/json"}),
	} {
		got.want(t, 404, `"status":404`, `"title":"There is no such page"`)
		if ct := got.Header.Get("Content-Type"); ct != "application/problem+json" {
			t.Errorf("content type = %s", ct)
		}
	}
}

func TestTooLarge(t *testing.T) {
	h := newHouse(t)
	h.visitor(t).post("/login", url.Values{"email": {strings.Repeat("x", formLimit)}}).want(t, 413, "That is too large")
}

func TestTooOften(t *testing.T) {
	h := newHouse(t)
	v := h.visitor(t)
	for range signInLimit {
		v.post("/login", url.Values{"email": {"aino@example.fi"}}).want(t, 200)
	}
	got := v.post("/login", url.Values{"email": {"aino@example.fi"}}).want(t, 429, "That was too often", "Try again in 1 min.")
	if got.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to come back")
	}
}

func TestHeaders(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/login", "/nowhere", "/healthz"} {
		got := h.visitor(t).get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy":   policy,
			"X-Content-Type-Options":    "nosniff",
			"Referrer-Policy":           "same-origin",
			"Strict-Transport-Security": "max-age=31536000",
		} {
			if got.Header.Get(name) != want {
				t.Errorf("%s: %s = %q", path, name, got.Header.Get(name))
			}
		}
	}
	plain := newHouse(t, func(cfg *Config) { cfg.BaseURL = "http://localhost:8080" })
	if got := plain.visitor(t).get("/login"); got.Header.Get("Strict-Transport-Security") != "" {
		t.Error("promises https where there is none")
	}
}

func TestCookies(t *testing.T) {
	h := newHouse(t)
	h.person(t, "aino@example.fi")
	h.now = h.now.Add(1e9)
	v := h.visitor(t)
	v.post("/login", url.Values{"email": {"aino@example.fi"}})
	got := v.post(h.mailedPath(t, "aino@example.fi"), nil)
	for _, c := range got.Header.Values("Set-Cookie") {
		for _, want := range []string{"__Host-", "HttpOnly", "secure", "SameSite=Lax", "path=/"} {
			if !strings.Contains(strings.ToLower(c), strings.ToLower(want)) {
				t.Errorf("cookie without %s: %s", want, c)
			}
		}
	}
	if n := len(got.Header.Values("Set-Cookie")); n != 2 {
		t.Errorf("%d cookies, want the session and the message", n)
	}
}

func TestForgedFlash(t *testing.T) {
	h := newHouse(t)
	v := h.visitor(t)
	v.cookies["__Host-flash"] = "eyJrIjoiZmxhc2guc2lnbmVkX2luIn0.AAAAAAAAAAAAAAAAAAAAAA"
	if got := v.get("/login").want(t, 200); strings.Contains(got.Body, "You are signed in.") {
		t.Error("a message that we did not write is shown")
	}
}

func TestLogTellsNoSecrets(t *testing.T) {
	h := newHouse(t)
	v := h.person(t, "aino@example.fi")
	v.get("/login/SECRETTOKEN")
	v.get("/my/SECRETLINK")
	v.get("/feeds/SECRETFEED.ics")
	v.get("/account/sessions")
	for _, secret := range []string{"SECRET", "aino@", "Aino"} {
		if strings.Contains(h.logs.String(), secret) {
			t.Errorf("the log has %s:\n%s", secret, h.logs)
		}
	}
	if !strings.Contains(h.logs.String(), "path=/account/sessions status=200") {
		t.Errorf("no line for the request:\n%s", h.logs)
	}
}

func TestLanguage(t *testing.T) {
	h := newHouse(t)
	v := h.visitor(t)
	for _, test := range []struct{ header, want string }{
		{"fi-FI,fi;q=0.9,en;q=0.5", "fi"}, {"sv, fi;q=0.5", "fi"}, {"de", "en"}, {"", "en"}, {"<script>", "en"},
	} {
		v.lang = test.header
		v.get("/login").want(t, 200, `<html lang="`+test.want+`"`)
	}
	v.lang = "en"
	v.get("/login?lang=fi").want(t, 200, `<html lang="fi"`, `href="/login?lang=en"`)
	v.get("/login").want(t, 200, `<html lang="fi"`) // it is remembered
}

func TestHealth(t *testing.T) {
	h := newHouse(t)
	v := h.visitor(t)
	v.get("/healthz").want(t, 200, "ok")
	v.get("/readyz").want(t, 200, "ok")
	v.get("/login")
	v.get("/login/abc")
	got := v.get("/metrics").want(t, 200, `kohtaamo_http_request_seconds_count{method="GET",route="/login/:token",status="410"} 1`, "kohtaamo_mail_due 0", "kohtaamo_mail_senders 0")
	if strings.Contains(got.Body, "abc") {
		t.Error("the figures tell addresses")
	}
	robots := v.get("/robots.txt")
	robots.want(t, 200, "Disallow: /my/")
	if strings.Contains(robots.Body, "/feeds") || strings.Contains(robots.Body, "/calendar") {
		t.Error("Google's calendar may not fetch calendars")
	}
	v.get("/manifest.webmanifest").want(t, 200, `"name":"Testitalo"`)
	h.desk.DB.Close()
	v.get("/healthz").want(t, 200)
	v.get("/readyz").want(t, 503)
}

func TestStatic(t *testing.T) {
	h := newHouse(t)
	path := h.texts.AssetPath("app.css")
	got := h.visitor(t).get(path).want(t, 200, "--spruce")
	if got.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || got.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("headers = %v", got.Header)
	}
	zipped := h.visitor(t).send(http.MethodGet, path, nil, map[string]string{"Accept-Encoding": "gzip"})
	if zipped.Header.Get("Content-Encoding") != "gzip" || len(zipped.Body) >= len(got.Body)/2 {
		t.Errorf("compressed: %v, %d bytes", zipped.Header, len(zipped.Body))
	}
	h.visitor(t).get("/static/0000000000000000/app.css").want(t, 404)
	h.visitor(t).get("/static/../server.go").want(t, 404)
}
