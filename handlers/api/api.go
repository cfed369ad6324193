package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/language"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/jobs"
	"kohtaamo/storage"
)

// Root is where the API stands.
const Root = "/api/v1"

// Config is what the API works with. Desk (with its Texts), Outbox, DB, Actor
// and Log are required.
type Config struct {
	Desk   *scheduling.Desk
	Outbox *mailer.Outbox
	Jobs   *jobs.Runner // nil: there are none to list
	DB     *storage.DB
	// Actor gives who a bearer token stands for and its scopes (see Scopes), or
	// storage.ErrNotFound for one that was revoked or never was.
	Actor func(ctx context.Context, bearer string) (scheduling.Actor, []string, error)
	// Shoot renders public pages for evidence packs; nil: there are none to be had.
	Shoot scheduling.Shoot
	// WriteList writes a list that somebody keeps, of one of ListKinds, as CSV;
	// nil: there are none to be had.
	WriteList func(ctx context.Context, by scheduling.Actor, l *scheduling.SavedList, w io.Writer) error
	ListKinds []string
	BaseURL   string // without a slash at the end
	Log       *slog.Logger
	Rate      int              // requests a minute and token, or address where there is none; 600 if zero
	Now       func() time.Time // for what is not asked in a transaction; the database's clock if nil
}

// An API is mounted on an app.
type API struct {
	cfg   Config
	huma  huma.API
	langs language.Matcher
	codes []string
	paths []path
}

// ours makes huma speak of our own problems. It keeps these in variables of its
// package; nobody else uses it.
var ours = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.NewError = newError
	huma.NewErrorWithContext = newErrorWithContext
})

// Mount puts the API on app under Root, with everything below that address: an
// unknown one is answered there too. The app runs with Immutable, and gives its
// errors about addresses under Root to Fail.
func Mount(app *fiber.App, cfg Config) *API {
	ours()
	if cfg.Rate == 0 {
		cfg.Rate = 600
	}
	if cfg.Now == nil {
		cfg.Now = cfg.DB.Now
	}
	a := &API{cfg: cfg, codes: cfg.Desk.Texts.Langs()}
	tags := make([]language.Tag, len(a.codes))
	for i, code := range a.codes {
		tags[i] = language.Make(code)
	}
	a.langs = language.NewMatcher(tags)

	group := app.Group(Root, a.outermost, a.recognise, a.limit(), a.admit)
	a.huma = humafiber.NewWithGroup(app, withHead{group}, a.document())
	a.huma.UseMiddleware(a.checkScope)
	a.routes()
	a.serveSpec(group)
	group.Use(a.nowhere)
	return a
}

// routes are all operations, by subject.
func (a *API) routes() {
	a.meRoutes()
	a.clusterRoutes()
	a.projectRoutes()
	a.groupRoutes()
	a.seriesRoutes()
	a.recordRoutes()
	a.groupWorkRoutes()
	a.activityRoutes()
	a.outcomeRoutes()
	a.tripOutcomeRoutes()
	a.itineraryRoutes()
	a.requestRoutes()
	a.meetingRoutes()
	a.b2bRoutes()
	a.applicationRoutes()
	a.delegationRoutes()
	a.mergeRoutes()
	a.companyRoutes()
	a.personRoutes()
	a.eventRoutes()
	a.importRoutes()
	a.entrantRoutes()
	a.registrationRoutes()
	a.placeRoutes()
	a.doorRoutes()
	a.roundRoutes()
	a.tripRoutes()
	a.listRoutes()
	a.webhookRoutes()
	a.outboxRoutes()
	a.mailRoutes()
	a.wordingRoutes()
	a.jobRoutes()
	a.auditRoutes()
	a.privacyRoutes()
	a.scheduleRoutes()
	a.chainRoutes()
	a.figureRoutes()
	a.reportRoutes()
	a.savedListRoutes()
	a.surveyRoutes()
	a.campaignRoutes()
	a.programmeRoutes()
	a.travellerRoutes()
	a.planRoutes()
	a.membershipRoutes()
}

// withHead answers HEAD wherever there is a GET.
type withHead struct{ fiber.Router }

// Add registers a route; the server leaves the body out of answers to HEAD.
func (w withHead) Add(method, path string, handlers ...fiber.Handler) fiber.Router {
	if method == fiber.MethodGet {
		w.Router.Add(fiber.MethodHead, path, handlers...)
	}
	return w.Router.Add(method, path, handlers...)
}

// An op declares one operation.
type op struct {
	method, path, id, summary string
	about                     string // more than the summary says
	subject                   string // the first half of its scope; "" needs a token only
	open                      bool   // without a token too
	file                      string // the media type of a file that it answers with, see file
	status                    int    // of success; 200 if zero
	matches                   bool   // wants If-Match
	errors                    []int  // beside those that follow from the rest
}

// scope is what a token needs for o.
func (o op) scope() string {
	if o.subject == "" {
		return ""
	}
	if o.method == http.MethodGet {
		return o.subject + ":read"
	}
	return o.subject + ":write"
}

// add registers an operation whose function gets who asks as an argument and
// may return any error: what it becomes is decided by problem.
func add[I, O any](a *API, o op, do func(context.Context, scheduling.Actor, *I) (*O, error)) {
	a.paths = append(a.paths, newPath(o.method, o.path))
	huma.Register(a.huma, o.operation(), func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, callerIn(ctx).actor, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// none is the answer of operations that have nothing to say but that it is done.
type none struct{}
