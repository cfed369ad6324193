// Package handlers answers requests: pages for people. Programs are answered by
// handlers/api, and who asks is found out by handlers/auth.
//
// A page is made of three things. A route in a table that says who may
// (publicRoutes and its like; see route). A method of Server that reads the
// request with s.form, asks the desk, and shows a page with s.page or, after a
// change, sends the browser on with s.seeOther. And a struct that embeds Page
// and is the data of templates/pages/NAME.html.
//
// Handlers return errors; one function, s.fail, answers them all. What an
// error means in HTTP is in one table, statusOf. Whoever may not see a thing
// gets the same 404 as if it did not exist.
//
// Cross-site requests are refused by what the browser says of their origin
// (see sameSite), so forms carry no tokens.
package handlers

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/prometheus/client_golang/prometheus"

	"kohtaamo/handlers/auth"
	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/jobs"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// Config is what a Server works with. Desk, Auth, Texts and BaseURL are needed.
type Config struct {
	Desk    *scheduling.Desk
	Auth    *auth.Auth
	Outbox  *mailer.Outbox
	Texts   *templates.Texts
	BaseURL string // as people reach it: "https://events.example.fi", without a slash at the end
	Log     *slog.Logger

	// ProxyHeader names the header in which a proxy in front of us says who
	// asks ("X-Forwarded-For"). It is believed only from TrustedProxies.
	ProxyHeader    string
	TrustedProxies []string

	// FormsPerMinute is how often one network address may send each public
	// form: 120 if zero, for a company that registers from behind one address.
	FormsPerMinute int

	// Collectors add figures to /metrics.
	Collectors []prometheus.Collector

	Jobs  *jobs.Runner // what comes with time, to be looked at and run by hand; none if nil
	About About

	// Mount adds routes that this package does not know, which may need the
	// server: the API. It is called after all middleware, before the answer for
	// what does not exist.
	Mount func(*fiber.App, *Server)
}

// A Server answers for one desk. New makes it.
type Server struct {
	Config
	desk    *scheduling.Desk
	auth    *auth.Auth
	texts   *templates.Texts
	log     *slog.Logger
	secure  bool // people reach us over https
	origins *http.CrossOriginProtection
	metrics *metrics
	routes  []route

	eventPages eventCache
	feeds      feedAnswers
	numbers    numbers
}

// Limits on what is taken in and how long it may take.
const (
	bodyLimit    = 12 << 20 // the largest file somebody uploads, and some
	formLimit    = 512 << 10
	headerLimit  = 16 << 10
	readTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
	idleTimeout  = 2 * time.Minute
	deadline     = 15 * time.Second // of a handler's own work
)

// New makes a Server. It panics if BaseURL is no address, which cmd checks first.
func New(cfg Config) *Server {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.FormsPerMinute == 0 {
		cfg.FormsPerMinute = 120
	}
	cfg.BaseURL = strings.TrimSuffix(cfg.BaseURL, "/")
	s := &Server{
		Config: cfg, desk: cfg.Desk, auth: cfg.Auth, texts: cfg.Texts, log: cfg.Log,
		secure:  strings.HasPrefix(cfg.BaseURL, "https://"),
		origins: http.NewCrossOriginProtection(),
	}
	if err := s.origins.AddTrustedOrigin(origin(cfg.BaseURL)); err != nil {
		panic("handlers: base URL: " + err.Error())
	}
	s.numbers.prefix = storage.NewID()[:6] + "-"
	s.metrics = newMetrics(append(slices.Clip(cfg.Collectors), mailFigures{s}))
	s.routes = s.allRoutes()
	return s
}

// origin is the scheme and host of an address, as browsers send it.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}

// App is the server as something that can listen, or be tested.
func (s *Server) App() *fiber.App { return s.app(s.routes) }

func (s *Server) app(routes []route) *fiber.App {
	app := fiber.New(fiber.Config{
		// Strings out of a request stay good after it: we may keep them.
		Immutable:               true,
		BodyLimit:               bodyLimit,
		ReadBufferSize:          headerLimit,
		ReadTimeout:             readTimeout,
		WriteTimeout:            writeTimeout,
		IdleTimeout:             idleTimeout,
		ErrorHandler:            s.fail,
		DisableStartupMessage:   true,
		ProxyHeader:             s.ProxyHeader,
		EnableTrustedProxyCheck: s.ProxyHeader != "",
		TrustedProxies:          s.TrustedProxies,
		EnableIPValidation:      true,
		StrictRouting:           false,
	})
	s.middleware(app)
	app.Get("/static/*", s.static)
	for _, r := range routes {
		s.mount(app, r)
	}
	if s.Mount != nil {
		s.Mount(app, s)
	}
	app.Use(func(c *fiber.Ctx) error { return fiber.ErrNotFound })
	return app
}

// middleware runs in this order:
//
//  1. the request gets its number, because every later line of log has it;
//  2. observe measures and logs what all the rest did, panics included;
//  3. recovery turns a panic into an error, which observe then sees;
//  4. headers come before anything can answer, so that error pages have them;
//  5. what is kept in memory for everybody is answered at once;
//  6. compression wraps what is answered from here on;
//  7. the deadline starts before the first question to the database;
//  8. the language is known before an error is put into words;
//  9. the actor is found last: it is the first that asks the database.
//
// What depends on the route (who may, from where, how often, how much) is
// asked by mount.
func (s *Server) middleware(app *fiber.App) {
	app.Use(s.number, s.observe, s.recovered, s.headers, s.kept)
	app.Use(compress.New(compress.Config{Level: compress.LevelBestSpeed, Next: precompressed}))
	app.Use(s.deadline, s.language, s.actor)
}

// precompressed is what brings its own compressed form.
func precompressed(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Path(), "/static/") || strings.HasSuffix(c.Path(), ".ics")
}
