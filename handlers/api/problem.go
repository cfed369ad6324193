package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A Problem is what went wrong (RFC 9457).
type Problem struct {
	Type     string  `json:"type" format:"uri-reference" example:"/problems/full" doc:"What sort of problem it is; stable, to decide by"`
	Title    string  `json:"title" doc:"The sort in a few words, in the caller's language"`
	Status   int     `json:"status" minimum:"400" maximum:"599"`
	Detail   string  `json:"detail" doc:"What happened and what to do, in the caller's language"`
	Instance string  `json:"instance" format:"uri-reference" doc:"The address that was asked"`
	Request  string  `json:"request_id,omitempty" doc:"To find it in the server's log"`
	Errors   []Fault `json:"errors,omitempty" doc:"Every field at fault"`

	headers http.Header
}

// A Fault is one field of the request that is wrong.
type Fault struct {
	Location string `json:"location" example:"body.party[0].email" doc:"Where: from body, query, path or header"`
	Message  string `json:"message" doc:"What is wrong, in the caller's language"`
	Key      string `json:"key" example:"problem.required" doc:"What is wrong; stable, to decide by"`
	Rule     string `json:"rule,omitempty" doc:"The rule of the schema that was broken, in English"`
}

// Error is for logs: it names fields, never what was in them.
func (p *Problem) Error() string {
	out := strconv.Itoa(p.Status) + " " + p.Type
	for _, f := range p.Errors {
		out += " " + f.Location + "=" + f.Key
	}
	return out
}

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are the headers that go with it.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType says that an answer of it is a problem.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

func (p *Problem) header(name, value string) {
	if p.headers == nil {
		p.headers = http.Header{}
	}
	p.headers.Set(name, value)
}

// newProblem says a text of ours to the caller.
func (w *caller) newProblem(status int, kind, key string, args ...any) *Problem {
	p := &Problem{
		Type: "/problems/" + kind, Status: status, Instance: instance(w.url),
		Title: w.text("api.title." + strings.ReplaceAll(kind, "-", "_")), Detail: w.text(key, args...),
	}
	if status >= 500 {
		p.Request = w.id
	}
	return p
}

// instance is the address without its query, in which people may be named.
func instance(url string) string {
	path, _, _ := strings.Cut(url, "?")
	return path
}

// text is empty only for a caller who did not come through outermost.
func (w *caller) text(key string, args ...any) string {
	if w.lang == nil {
		return key
	}
	return w.lang.Text(key, args...)
}

// cause is why something happened, in the caller's language.
func (w *caller) cause(c scheduling.Cause) string {
	if w.lang == nil {
		return c.Key
	}
	return c.In(w.lang)
}

// statuses are what the kinds of a scheduling.Problem become.
var statuses = map[scheduling.Kind]int{
	scheduling.Invalid:   http.StatusUnprocessableEntity,
	scheduling.Forbidden: http.StatusForbidden,
	scheduling.Closed:    http.StatusConflict,
	scheduling.Full:      http.StatusConflict,
	scheduling.Changed:   http.StatusConflict, // 412 where If-Match came along
	scheduling.Exists:    http.StatusConflict,
}

// problem is what the caller is told of an error. This is the only place that
// decides about statuses.
func (a *API) problem(ctx context.Context, err error) *Problem {
	who := callerIn(ctx)
	var done *Problem
	switch p := scheduling.ProblemIn(err); {
	case errors.As(err, &done):
		return done
	case p != nil:
		return who.fromDesk(p)
	case errors.Is(err, storage.ErrNotFound):
		return who.newProblem(http.StatusNotFound, "not-found", "api.not_found")
	case errors.Is(err, storage.ErrConflict):
		return who.fromDesk(&scheduling.Problem{Kind: scheduling.Changed, Key: "problem.changed"})
	case errors.Is(err, storage.ErrCursor):
		p := who.newProblem(http.StatusUnprocessableEntity, "invalid", "problem.invalid")
		p.Errors = []Fault{{Location: "query.after", Key: "api.cursor", Message: who.text("api.cursor")}}
		return p
	case errors.Is(err, storage.ErrBusy), errors.Is(err, storage.ErrClosed), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		a.cfg.Log.WarnContext(ctx, "the API was too slow", "request", who.id, "error", err)
		p := who.newProblem(http.StatusServiceUnavailable, "busy", "api.busy")
		p.header(fiber.HeaderRetryAfter, "5")
		return p
	}
	a.cfg.Log.ErrorContext(ctx, "the API failed", "request", who.id, "error", err)
	return who.newProblem(http.StatusInternalServerError, "internal", "api.internal")
}

// fromDesk tells a problem of the desk, with each field where the caller wrote it.
func (w *caller) fromDesk(p *scheduling.Problem) *Problem {
	status := statuses[p.Kind]
	if p.Kind == scheduling.Changed && w.match != "" {
		status = http.StatusPreconditionFailed
	}
	out := w.newProblem(status, string(p.Kind), p.Key, p.Args...)
	for _, field := range slices.Sorted(maps.Keys(p.Fields)) {
		key := p.Fields[field]
		out.Errors = append(out.Errors, Fault{Location: location(field), Key: key, Message: w.text(key, p.Args...)})
	}
	return out
}

// inRules are the fields of an event that stand under "registration" here.
var inRules = []string{"seats", "opens_at", "closes_at", "lock_at", "party_max", "offer_hours", "reminders", "questions", "consents"}

// location is where in the body a field of the desk stands: "party.0.email" is
// body.party[0].email.
func location(field string) string {
	parts := strings.Split(field, ".")
	switch first := parts[0]; {
	case first == "answer":
		parts[0] = "answers"
	case first == "consent":
		parts[0] = "consents"
	case slices.Contains(inRules, first):
		parts = append([]string{"registration"}, parts...)
	case first == "role":
		parts = []string{"grants"}
	}
	out := "body"
	for _, part := range parts {
		if _, err := strconv.Atoi(part); err == nil {
			out += "[" + part + "]"
		} else {
			out += "." + part
		}
	}
	return out
}

// Fail answers an error that no operation answered, such as a body that is too
// large for the server: the app's ErrorHandler calls it for addresses under Root.
func (a *API) Fail(c *fiber.Ctx, err error) error {
	who := callerIn(c.UserContext())
	if who.lang == nil { // it never came to outermost
		who = &caller{lang: a.language(c.Get(fiber.HeaderAcceptLanguage)), id: requestID(c), url: address(c)}
	}
	var fe *fiber.Error
	if !errors.As(err, &fe) {
		return a.write(c, a.problem(context.WithValue(c.UserContext(), callerKey{}, who), err))
	}
	kind, key := "malformed", "api.malformed"
	for _, known := range []struct {
		status    int
		kind, key string
	}{
		{http.StatusNotFound, "not-found", "api.not_found"},
		{http.StatusRequestEntityTooLarge, "too-large", "api.too_large"},
		{http.StatusTooManyRequests, "too-many-requests", "api.too_many"},
		{http.StatusForbidden, "forbidden", "api.forbidden"},
		{http.StatusServiceUnavailable, "busy", "api.busy"},
		{http.StatusInternalServerError, "internal", "api.internal"},
	} {
		if fe.Code == known.status {
			kind, key = known.kind, known.key
		}
	}
	return a.write(c, who.newProblem(fe.Code, kind, key))
}

// write answers with a problem outside an operation.
func (a *API) write(c *fiber.Ctx, p *Problem) error {
	for name, values := range p.headers {
		for _, v := range values {
			c.Set(name, v)
		}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, problemType)
	return c.Status(p.Status).Send(body)
}

// answer is write inside huma's chain.
func (a *API) answer(ctx huma.Context, p *Problem) {
	for name, values := range p.headers {
		for _, v := range values {
			ctx.SetHeader(name, v)
		}
	}
	ctx.SetHeader("Content-Type", problemType)
	ctx.SetStatus(p.Status)
	if err := json.NewEncoder(ctx.BodyWriter()).Encode(p); err != nil {
		a.cfg.Log.WarnContext(ctx.Context(), "answer a problem", "error", err)
	}
}
