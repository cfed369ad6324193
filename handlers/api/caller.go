package api

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"
	"golang.org/x/text/language"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// A caller is who asks, and what answering needs to know of the request.
type caller struct {
	actor  scheduling.Actor
	scopes []string
	lang   *templates.Lang
	id     string // of the request
	url    string // path and query
	match  string // If-Match
	claim  *claim // of its Idempotency-Key; nil without one
	err    error  // why its token was not recognised
	bad    bool   // it sent something that is no token of ours
}

type callerKey struct{}

// callerIn is the caller of a request that came through outermost.
func callerIn(ctx context.Context) *caller {
	if who, ok := ctx.Value(callerKey{}).(*caller); ok {
		return who
	}
	return &caller{}
}

// named reports whether the caller showed a token.
func (w *caller) named() bool { return w.actor.ID != "" }

// may reports whether the caller's token has the scope "subject:read" or
// "subject:write".
func (w *caller) may(scope string) bool {
	subject, verb, _ := strings.Cut(scope, ":")
	return slices.ContainsFunc(w.scopes, func(s string) bool {
		return s == "*" || s == "write" || s == subject+":write" || verb == "read" && (s == "read" || s == scope)
	})
}

// outermost turns whatever comes back into an answer: errors and panics too.
func (a *API) outermost(c *fiber.Ctx) (err error) {
	who := &caller{lang: a.language(c.Get(fiber.HeaderAcceptLanguage)), id: requestID(c), url: address(c), match: c.Get(fiber.HeaderIfMatch)}
	c.SetUserContext(context.WithValue(c.UserContext(), callerKey{}, who))
	c.Set(fiber.HeaderXRequestID, who.id)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderVary, "Authorization, Accept-Language")
	defer func() {
		if v := recover(); v != nil {
			a.cfg.Log.ErrorContext(c.UserContext(), "panic in the API", "request", who.id, "panic", v, "stack", string(debug.Stack()))
			err = a.write(c, who.newProblem(http.StatusInternalServerError, "internal", "api.internal"))
		}
	}()
	if err := c.Next(); err != nil {
		return a.Fail(c, err)
	}
	return nil
}

// address is what was asked for, without the host that some clients send along.
func address(c *fiber.Ctx) string {
	u := c.Request().URI()
	out := string(u.PathOriginal())
	if q := u.QueryString(); len(q) > 0 {
		out += "?" + string(q)
	}
	return out
}

// requestID is the one that the app gave, or a new one.
func requestID(c *fiber.Ctx) string {
	if id := string(c.Response().Header.Peek(fiber.HeaderXRequestID)); id != "" {
		return id
	}
	return storage.NewID()
}

// language is the one of ours that fits an Accept-Language best.
func (a *API) language(accept string) *templates.Lang {
	if len(accept) > 200 {
		accept = ""
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return a.cfg.Desk.Texts.In(templates.Fallback)
	}
	_, i, confidence := a.langs.Match(tags...)
	if confidence == language.No {
		return a.cfg.Desk.Texts.In(templates.Fallback)
	}
	return a.cfg.Desk.Texts.In(a.codes[i])
}

// recognise finds out whose token came along. What it could not find is
// answered by admit, after the count of requests.
func (a *API) recognise(c *fiber.Ctx) error {
	who := callerIn(c.UserContext())
	header := c.Get(fiber.HeaderAuthorization)
	if header == "" {
		return c.Next()
	}
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	if who.bad = !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > 500; who.bad {
		return c.Next()
	}
	who.actor, who.scopes, who.err = a.cfg.Actor(c.UserContext(), token)
	if errors.Is(who.err, storage.ErrNotFound) {
		who.bad, who.err = true, nil
	}
	if who.bad || who.err != nil {
		who.actor, who.scopes = scheduling.Actor{}, nil
		return c.Next()
	}
	who.actor.Via = "api"
	who.actor.Lang = who.lang.Code()
	return c.Next()
}

// limit counts requests by token, and by address where there is none of ours.
func (a *API) limit() fiber.Handler {
	return limiter.New(limiter.Config{
		Max: a.cfg.Rate, Expiration: time.Minute,
		KeyGenerator: func(c *fiber.Ctx) string {
			if who := callerIn(c.UserContext()); who.named() {
				return "token " + who.actor.ID
			}
			return "address " + c.IP()
		},
		LimitReached: func(c *fiber.Ctx) error {
			return a.write(c, callerIn(c.UserContext()).newProblem(http.StatusTooManyRequests, "too-many-requests", "api.too_many"))
		},
	})
}

// admit refuses what no operation needs to see, and sees to it that a POST
// under a key is done once.
func (a *API) admit(c *fiber.Ctx) error {
	who := callerIn(c.UserContext())
	switch {
	case who.err != nil:
		return who.err
	case who.bad:
		return a.write(c, who.unauthorized("invalid_token"))
	case c.Get(fiber.HeaderContentEncoding) != "" && c.Get(fiber.HeaderContentEncoding) != "identity":
		// Unpacking costs the receiver, not the sender.
		return a.write(c, who.newProblem(http.StatusUnsupportedMediaType, "unsupported", "api.encoding"))
	case len(c.Request().Body()) > maxBody:
		return a.write(c, who.newProblem(http.StatusRequestEntityTooLarge, "too-large", "api.too_large"))
	}
	if c.Method() == fiber.MethodPost && who.named() {
		return a.once(c, who)
	}
	return c.Next()
}

// checkScope refuses whoever has no token, or one without the operation's scope.
func (a *API) checkScope(ctx huma.Context, next func(huma.Context)) {
	who := callerIn(ctx.Context())
	o, _ := ctx.Operation().Metadata["op"].(op)
	switch {
	case !who.named() && !o.open:
		a.answer(ctx, who.unauthorized(""))
	case who.named() && o.subject != "" && !who.may(o.scope()):
		p := who.newProblem(http.StatusForbidden, "insufficient-scope", "api.scope", "scope", o.scope())
		p.header(fiber.HeaderWWWAuthenticate, `Bearer error="insufficient_scope", scope="`+o.scope()+`"`)
		a.answer(ctx, p)
	default:
		next(ctx)
	}
}

// unauthorized asks for a token (RFC 6750, section 3).
func (w *caller) unauthorized(code string) *Problem {
	p := w.newProblem(http.StatusUnauthorized, "unauthorized", "api.unauthorized")
	challenge := `Bearer realm="kohtaamo"`
	if code != "" {
		challenge += `, error="` + code + `"`
	}
	p.header(fiber.HeaderWWWAuthenticate, challenge)
	return p
}
