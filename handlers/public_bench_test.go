package handlers

import (
	"bufio"
	"log/slog"
	"net"
	"testing"

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
			b.Run(name+"/ours", func(b *testing.B) { ours.hammer(b, path, header, 200) })
			b.Run(name+"/fiber", func(b *testing.B) { limit.hammer(b, path, header, 200) })
			b.Run(name+"/ours 304", func(b *testing.B) { ours.hammer(b, path, known, 304) })
			b.Run(name+"/fiber 304", func(b *testing.B) { limit.hammer(b, path, known, 304) })
		}
	}
}

// bare is Fiber that answers every request with the bytes of first, or with 304
// to whoever sends any tag.
func bare(first *fasthttp.Response) *fiber.App {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Use(func(c *fiber.Ctx) error {
		c.Response().Header.SetBytesV("ETag", first.Header.Peek("ETag"))
		if len(c.Request().Header.Peek("If-None-Match")) > 0 {
			return c.SendStatus(304)
		}
		c.Response().Header.SetBytesV("Content-Type", first.Header.Peek("Content-Type"))
		if enc := first.Header.Peek("Content-Encoding"); len(enc) > 0 {
			c.Response().Header.SetBytesV("Content-Encoding", enc)
		}
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
		if err := app.Shutdown(); err != nil {
			b.Error(err)
		}
		<-done
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

// hammer asks again and again over one connection.
func (w wire) hammer(b *testing.B, path string, header map[string]string, want int) {
	conn, err := w.ln.Dial()
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	r, req, res := bufio.NewReaderSize(conn, 64<<10), request(path, header), &fasthttp.Response{}
	b.ReportAllocs()
	for b.Loop() {
		if exchange(b, conn, r, req, res); res.StatusCode() != want {
			b.Fatalf("status %d, want %d", res.StatusCode(), want)
		}
	}
}
