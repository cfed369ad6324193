//go:build unix

package handlers

import (
	"bufio"
	"bytes"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"kohtaamo/scheduling"
)

// BenchmarkEventPage asks for what is kept in memory: the event page, the feed
// of a cluster with one event and of one with a thousand, and a personal feed,
// whole and with a tag that is known, each beside the limit: bare Fiber with the
// same bytes, compressed the same way.
func BenchmarkEventPage(b *testing.B) {
	h := newHouse(b, func(c *Config) { c.Log = slog.New(slog.DiscardHandler) })
	e := h.published(b, func(e *scheduling.Event) {
		e.Rules.Seats = 100
		e.Body = scheduling.Text{"en": "Companies that meet.\n\n- one\n- two"}
	})
	large := h.newCluster(b, "large", "Large")
	for range 1000 {
		h.published(b, func(e *scheduling.Event) { e.ClusterIDs, e.Kind = []string{large.ID}, "visit" })
	}
	own := h.ownFeed(b, e)
	ours := listening(b, h.app)
	for _, path := range []string{"/events/" + e.Slug, "/calendar/types/seminar.ics", "/calendar/large.ics", own} {
		for _, header := range []map[string]string{{}, {"Accept-Encoding": "gzip"}} {
			name := strings.Replace(path, own, "/feeds/own.ics", 1) + map[bool]string{true: " gzip", false: " plain"}[len(header) > 0]
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

// ownFeed is the path of the feed of somebody who goes to an event.
func (h *house) ownFeed(b *testing.B, e *scheduling.Event) string {
	b.Helper()
	u := scheduling.Signup{Name: "Aino", Email: "aino@example.fi", Lang: "en"}
	rec, err := h.desk.Register(b.Context(), scheduling.Actor{}, e.ID, u)
	if err != nil {
		b.Fatal(err)
	}
	a := &scheduling.FeedAddress{Lang: "en", Scopes: scheduling.FeedScopes()}
	if err := h.desk.SaveFeed(b.Context(), scheduling.Actor{ID: rec.Lead().PersonID, Email: u.Email, Via: "page"}, a); err != nil {
		b.Fatal(err)
	}
	return strings.TrimPrefix(a.URL, h.BaseURL)
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

// A wire leads to an app over a socket of this machine, as from the proxy in
// front of it.
type wire struct{ net.Listener }

func (w wire) Dial() (net.Conn, error) { return net.Dial("tcp", w.Addr().String()) }

func listening(b *testing.B, app *fiber.App) wire {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(ln) }()
	b.Cleanup(func() {
		ln.Close() // Fiber may have been quicker
		<-done     // with the listener closed under it: no error of interest
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
	conn, err := w.Dial()
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

// batch is how many requests go one way before the other gets its turn.
const batch = 500

// compare asks both in turns and reports how much of the limit we reach, by the
// processor's time for a request, client included: what else the machine does
// meets both alike, and requests per second follow from it.
func compare(b *testing.B, ours, limit wire, req *fasthttp.Request, want int) {
	var spent [2]time.Duration
	for b.Loop() {
		for i, w := range []wire{ours, limit} {
			start := processorTime(b)
			w.hammer(b, req, want)
			spent[i] += processorTime(b) - start
		}
	}
	b.ReportMetric(float64(spent[0].Nanoseconds())/float64(b.N*batch), "ours-ns")
	b.ReportMetric(float64(spent[1].Nanoseconds())/float64(b.N*batch), "fiber-ns")
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "of-limit")
}

// hammer asks a batch over one connection.
func (w wire) hammer(b *testing.B, req *fasthttp.Request, want int) {
	conn, err := w.Dial()
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	r, res := bufio.NewReaderSize(conn, 64<<10), &fasthttp.Response{}
	for range batch {
		if exchange(b, conn, r, req, res); res.StatusCode() != want {
			b.Fatalf("status %d, want %d", res.StatusCode(), want)
		}
	}
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
