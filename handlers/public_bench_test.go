package handlers

import (
	"bufio"
	"bytes"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"kohtaamo/scheduling"
)

// BenchmarkEventPage asks for what is kept in memory: the event page and the
// feed of a cluster, whole and with a tag that is known, each beside the limit:
// bare Fiber with the same bytes, compressed the same way.
func BenchmarkEventPage(b *testing.B) {
	h := newHouse(b, func(c *Config) { c.Log = slog.New(slog.DiscardHandler) })
	e := h.published(b, func(e *scheduling.Event) {
		e.Rules.Seats = 100
		e.Body = scheduling.Text{"en": "Companies that meet.\n\n- one\n- two"}
	})
	ours := listening(b, h.app)
	for _, path := range []string{"/events/" + e.Slug, "/calendar/all.ics"} {
		for _, header := range []map[string]string{{}, {"Accept-Encoding": "gzip"}} {
			name := path + map[bool]string{true: " gzip", false: " plain"}[len(header) > 0]
			first := ours.ask(b, path, header)
			limit := listening(b, bare(first))
			known := map[string]string{"If-None-Match": string(first.Header.Peek("ETag"))}
			for k, v := range header {
				known[k] = v
			}
			b.Run(name, func(b *testing.B) { compare(b, ours, limit, request(path, header), 200) })
			b.Run(name+" 304", func(b *testing.B) { compare(b, ours, limit, request(path, known), 304) })
		}
	}
}

// bare is Fiber that answers every request with the bytes of first, its headers
// too, or with 304 to whoever sends any tag.
func bare(first *fasthttp.Response) *fiber.App {
	app := fiber.New(fiber.Config{DisableStartupMessage: true, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout})
	same := make([][2][]byte, 0, 20)
	for k, v := range first.Header.All() {
		switch string(k) {
		case "Server", "Date", "Content-Length", "Content-Type":
		default:
			same = append(same, [2][]byte{bytes.Clone(k), bytes.Clone(v)})
		}
	}
	app.Use(func(c *fiber.Ctx) error {
		h := &c.Response().Header
		for _, f := range same {
			h.SetCanonical(f[0], f[1])
		}
		if len(c.Request().Header.Peek("If-None-Match")) > 0 {
			h.Del("Content-Encoding")
			return c.SendStatus(304)
		}
		h.SetContentTypeBytes(first.Header.ContentType())
		c.Response().SetBodyRaw(first.Body())
		return nil
	})
	return app
}

// A wire is a connection to an app, in memory, as one client keeps it open.
type wire struct {
	ln *fasthttputil.InmemoryListener
}

func listening(b *testing.B, app *fiber.App) wire {
	b.Helper()
	ln := fasthttputil.NewInmemoryListener()
	done := make(chan error, 1)
	go func() { done <- app.Listener(ln) }()
	b.Cleanup(func() {
		if err := ln.Close(); err != nil {
			b.Error(err)
		}
		<-done // of a listener that was closed under it: no error of interest
	})
	return wire{ln}
}

func request(path string, header map[string]string) *fasthttp.Request {
	req := fasthttp.AcquireRequest()
	req.SetRequestURI("https://talo.example.fi" + path)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	return req
}

func (w wire) ask(b *testing.B, path string, header map[string]string) *fasthttp.Response {
	b.Helper()
	conn, err := w.ln.Dial()
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	return exchange(b, conn, bufio.NewReader(conn), request(path, header), &fasthttp.Response{})
}

func exchange(b *testing.B, conn net.Conn, r *bufio.Reader, req *fasthttp.Request, res *fasthttp.Response) *fasthttp.Response {
	if _, err := req.WriteTo(conn); err != nil {
		b.Fatal(err)
	}
	if err := res.Read(r); err != nil {
		b.Fatal(err)
	}
	return res
}

// compare asks both in turns, so that what else the machine does meets both
// alike, and reports how much of the limit we reach.
func compare(b *testing.B, ours, limit wire, req *fasthttp.Request, want int) {
	var took [2]time.Duration
	var lines [2]func()
	for i, w := range []wire{ours, limit} {
		conn, err := w.ln.Dial()
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		r, res := bufio.NewReaderSize(conn, 64<<10), &fasthttp.Response{}
		lines[i] = func() {
			start := time.Now()
			if exchange(b, conn, r, req, res); res.StatusCode() != want {
				b.Fatalf("status %d, want %d", res.StatusCode(), want)
			}
			took[i] += time.Since(start)
		}
	}
	for b.Loop() {
		lines[0]()
		lines[1]()
	}
	b.ReportMetric(float64(took[0].Nanoseconds())/float64(b.N), "ours-ns/op")
	b.ReportMetric(float64(took[1].Nanoseconds())/float64(b.N), "fiber-ns/op")
	b.ReportMetric(float64(took[1])/float64(took[0]), "of-limit")
}
