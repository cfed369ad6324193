package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/storage"
)

const (
	maxKey   = 255            // characters of an Idempotency-Key
	keptFor  = 24 * time.Hour // from the first request under it
	patience = time.Minute    // after which a claim without an answer was a crash
)

// A claim is one Idempotency-Key of one token: taken before the request is
// done, finished with its answer. Its ID is a hash of both.
//
// A server that dies in between leaves it unfinished. Whoever sends the request
// again after a minute takes it over, with the id that a new document was to
// get: what was made already is then found, not made again.
type claim struct {
	storage.Meta `bson:",inline"`
	Request      string            `bson:"request"` // a hash of what was asked
	First        time.Time         `bson:"first"`
	Taken        time.Time         `bson:"taken"` // by its holder; zero: given back
	Holder       string            `bson:"holder"`
	Made         string            `bson:"made"` // id for what the request makes
	Done         bool              `bson:"done"`
	Status       int               `bson:"status"`
	Headers      map[string]string `bson:"headers"`
	Body         []byte            `bson:"body"`

	resumed bool // somebody else held it before
}

var claims = storage.NewCollection[claim]("idempotency", storage.Ordered("first"))

// Specs are the collections of this package, for whoever opens a database.
func Specs() []storage.Spec { return []storage.Spec{claims.Spec} }

var (
	errOtherRequest = errors.New("the key belongs to another request")
	errStillRuns    = errors.New("the first request under the key still runs")
)

// once does a POST under an Idempotency-Key at most once, and answers later
// ones as the first (draft-ietf-httpapi-idempotency-key-header).
func (a *API) once(c *fiber.Ctx, who *caller) error {
	key := c.Get("Idempotency-Key")
	if key == "" {
		return c.Next()
	}
	if len(key) > maxKey {
		p := who.newProblem(http.StatusBadRequest, "malformed", "api.malformed")
		p.Errors = []Fault{{Location: "header.Idempotency-Key", Key: "problem.too_long", Message: who.text("problem.too_long")}}
		return a.write(c, p)
	}
	cl, err := a.take(c.UserContext(), hash(who.actor.ID, key), fingerprint(c))
	switch {
	case errors.Is(err, errOtherRequest):
		return a.write(c, who.newProblem(http.StatusUnprocessableEntity, "key-reused", "api.key_reused"))
	case errors.Is(err, errStillRuns):
		p := who.newProblem(http.StatusConflict, "in-progress", "api.in_progress")
		p.header(fiber.HeaderRetryAfter, "1")
		return a.write(c, p)
	case err != nil:
		return err
	case cl.Done:
		return cl.replay(c)
	}
	who.claim = cl
	return a.under(c, cl)
}

// under does the request and keeps its answer. What failed or panicked on our
// side is given back, to be tried again under the same key.
func (a *API) under(c *fiber.Ctx, cl *claim) error {
	kept := false
	defer func() {
		if !kept {
			a.settle(c.UserContext(), cl, func(cl *claim) { cl.Taken = time.Time{} })
		}
	}()
	if err := c.Next(); err != nil || c.Response().StatusCode() >= 500 {
		return err
	}
	kept = true
	a.settle(c.UserContext(), cl, func(cl *claim) { cl.keep(c) })
	return nil
}

// hash is of texts, none of which runs into the next.
func hash(texts ...string) string {
	h := sha256.New()
	for _, s := range texts {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// fingerprint tells one request from another.
func fingerprint(c *fiber.Ctx) string {
	return hash(c.Method(), address(c), c.Get(fiber.HeaderIfMatch), string(c.Request().Body()))
}

// take claims a key, or gives the claim with the answer that it has.
func (a *API) take(ctx context.Context, id, request string) (cl *claim, err error) {
	attempt := func() error {
		return a.cfg.DB.Update(ctx, func(tx *storage.Tx) error {
			cl, err = takeIn(tx, id, request)
			return err
		})
	}
	err = attempt()
	if errors.Is(err, storage.ErrDuplicate) { // somebody else came first
		err = attempt()
	}
	if err != nil {
		return nil, fmt.Errorf("claim an idempotency key: %w", err)
	}
	return cl, nil
}

func takeIn(tx *storage.Tx, id, request string) (*claim, error) {
	now := tx.Now()
	cl, err := claims.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		cl, err = &claim{Meta: storage.Meta{ID: id}}, nil
	}
	switch {
	case err != nil:
		return nil, err
	case cl.Rev == 0 || !now.Before(cl.First.Add(keptFor)):
		*cl = claim{Meta: cl.Meta, Request: request, First: now, Made: storage.NewID()}
	case cl.Request != request:
		return nil, errOtherRequest
	case cl.Done:
		return cl, nil
	case now.Before(cl.Taken.Add(patience)):
		return nil, errStillRuns
	default:
		cl.resumed = true
	}
	cl.Taken, cl.Holder = now, storage.NewID()
	return cl, claims.Put(tx, cl)
}

// settle writes what became of a claim, unless somebody took it over. The
// request is done by then: that it cannot be noted is no error of it.
func (a *API) settle(ctx context.Context, cl *claim, set func(*claim)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := a.cfg.DB.Update(ctx, func(tx *storage.Tx) error {
		now, err := claims.Get(tx, cl.ID)
		if err != nil || now.Holder != cl.Holder {
			return err
		}
		set(now)
		return claims.Put(tx, now)
	})
	if err != nil {
		a.cfg.Log.WarnContext(ctx, "keep the answer under an idempotency key", "error", err)
	}
}

// keptHeaders are given again with the answer.
var keptHeaders = []string{fiber.HeaderContentType, fiber.HeaderLocation, fiber.HeaderETag, fiber.HeaderWWWAuthenticate}

func (cl *claim) keep(c *fiber.Ctx) {
	cl.Done, cl.Status, cl.Headers = true, c.Response().StatusCode(), map[string]string{}
	for _, name := range keptHeaders {
		if v := string(c.Response().Header.Peek(name)); v != "" {
			cl.Headers[name] = v
		}
	}
	cl.Body = append([]byte{}, c.Response().Body()...)
}

func (cl *claim) replay(c *fiber.Ctx) error {
	for name, v := range cl.Headers {
		c.Set(name, v)
	}
	c.Set("Idempotency-Replayed", "true")
	return c.Status(cl.Status).Send(cl.Body)
}

// made is the id for a document that the request makes: the same one whenever
// the request is sent again under its key.
func (w *caller) made() string {
	if w.claim != nil {
		return w.claim.Made
	}
	return storage.NewID()
}

// resumed reports whether the request may have been done before, by a server
// that died before it could answer.
func (w *caller) resumed() bool { return w.claim != nil && w.claim.resumed }

// Purge forgets keys that are a day old, and returns how many. It is a job's to
// call now and then; nothing depends on it but the size of the file.
func Purge(ctx context.Context, db *storage.DB, now time.Time) (n int, err error) {
	for {
		some := 0
		err := db.Update(ctx, func(tx *storage.Tx) error {
			old, err := claims.Find(tx, storage.Query{
				Where: []storage.Cond{{Field: "first", Op: storage.Le, Value: now.Add(-keptFor)}}, Sort: "first", Limit: 200,
			})
			if err != nil {
				return err
			}
			for _, cl := range old {
				if err := claims.Delete(tx, cl); err != nil {
					return err
				}
			}
			some = len(old)
			return nil
		})
		if err != nil {
			return n, fmt.Errorf("purge idempotency keys: %w", err)
		}
		if n += some; some == 0 {
			return n, nil
		}
	}
}
