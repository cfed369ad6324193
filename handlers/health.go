package handlers

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// healthRoutes are for machines that watch us, and for browsers' own questions.
func (s *Server) healthRoutes() []route {
	return []route{
		get("/healthz", Public, s.healthz),
		get("/readyz", Public, s.readyz),
		get("/metrics", Public, adaptor.HTTPHandler(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))),
		get("/robots.txt", Public, s.robots),
		get("/manifest.webmanifest", Public, s.manifest),
		get("/favicon.ico", Public, func(c *fiber.Ctx) error {
			return c.Redirect(s.texts.AssetPath("icon.svg"), fiber.StatusMovedPermanently)
		}),
	}
}

// healthz says that the program runs, whatever its database does.
func (s *Server) healthz(c *fiber.Ctx) error { return c.SendString("ok\n") }

// readyz says that the database answers.
func (s *Server) readyz(c *fiber.Ctx) error {
	if err := s.desk.DB.Ping(c.UserContext()); err != nil {
		s.log.ErrorContext(c.UserContext(), "database does not answer", "err", err)
		return c.Status(fiber.StatusServiceUnavailable).SendString("database does not answer\n")
	}
	return c.SendString("ok\n")
}

// robots keeps searchers out of what is only for whoever has a link. Calendars
// are open: Google's keeps to this when it fetches one for its owner, and their
// answers say themselves that they are not to be found.
func (s *Server) robots(c *fiber.Ctx) error {
	return c.SendString("User-agent: *\nDisallow: /my/\nDisallow: /travel/\nDisallow: /login\nDisallow: /account/\nDisallow: /api/\n")
}

func (s *Server) manifest(c *fiber.Ctx) error {
	body, err := json.Marshal(map[string]any{
		"name": s.desk.House, "short_name": s.desk.House, "start_url": "/", "display": "browser",
		"background_color": "#ffffff", "theme_color": "#0b5d4e",
		"icons": []map[string]string{{"src": s.texts.AssetPath("icon.svg"), "sizes": "any", "type": "image/svg+xml"}},
	})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/manifest+json")
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.Send(body)
}

// static answers files under their checksum, compressed beforehand. An address
// without the right checksum does not exist.
func (s *Server) static(c *fiber.Ctx) error {
	f, ok := s.texts.Asset(c.Path())
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, f.Type)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Vary(fiber.HeaderAcceptEncoding)
	if f.Gzip != nil && strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(f.Gzip)
	}
	return c.Send(f.Body)
}

// metrics are the figures of /metrics, in a registry of their own.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	series   sync.Map // of prometheus.Observer by answerKind: finding one by its labels takes longer
}

// An answerKind is what requests are counted by.
type answerKind struct {
	method, route string
	status        int
}

func newMetrics(more []prometheus.Collector) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kohtaamo_http_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5, 15},
		}, []string{"method", "route", "status"}),
	}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(more...)
	return m
}

// knownMethods keeps made-up methods from making series of their own.
var knownMethods = map[string]bool{"GET": true, "HEAD": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true, "OPTIONS": true}

func (m *metrics) seen(method, route string, status int, took time.Duration) {
	if !knownMethods[method] {
		method = "other"
	}
	kind := answerKind{method, route, status}
	o, ok := m.series.Load(kind)
	if !ok {
		o, _ = m.series.LoadOrStore(kind, m.requests.WithLabelValues(method, route, strconv.Itoa(status)))
	}
	o.(prometheus.Observer).Observe(took.Seconds())
}
