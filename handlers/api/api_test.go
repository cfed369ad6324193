package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/jobs"
	"kohtaamo/storage"
	"kohtaamo/storage/sqlite/sqlitetest"
	"kohtaamo/templates"
)

// t0 is the moment the tests begin at.
var t0 = time.Date(2027, 1, 13, 7, 0, 0, 0, time.UTC)

var texts = sync.OnceValue(func() *templates.Texts {
	t, err := templates.Load()
	if err != nil {
		panic(err)
	}
	return t
})

var openDB = sqlitetest.Opener(slices.Concat(scheduling.Specs(), mailer.Specs, jobs.Specs, Specs())...)

// A house is the API on an app of its own, over a database of its own.
type house struct {
	t       testing.TB
	app     *fiber.App
	api     *API
	desk    *scheduling.Desk
	db      *storage.DB
	cluster *scheduling.Cluster
	mu      sync.Mutex
	clock   time.Time
	tokens  map[string]token
}

type token struct {
	actor  scheduling.Actor
	scopes []string
}

func newHouse(t testing.TB, set ...func(*Config)) *house {
	t.Helper()
	db := openDB(t)
	h := &house{t: t, db: db, clock: t0, tokens: map[string]token{}}
	db.Now = h.now
	key, err := scheduling.HouseKey(t.Context(), db)
	must(t, err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	h.desk = &scheduling.Desk{
		DB: db, Texts: texts(), Log: log, Key: key, BaseURL: "https://kohtaamo.example", House: "Kohtaamo",
		Outbox: &mailer.Outbox{DB: db, From: mailer.Address{Name: "Kohtaamo", Email: "events@kohtaamo.example"}},
	}
	h.cluster = h.newCluster("automotive")
	other := h.newCluster("circular")
	h.tokens["admin"] = token{scheduling.Actor{ID: "t-admin", Name: "Admin", Grants: grant(scheduling.Administrator, "")}, []string{"*"}}
	h.tokens["organiser"] = token{scheduling.Actor{ID: "t-organiser", Name: "Organiser", Grants: grant(scheduling.Organiser, h.cluster.ID)}, []string{"write"}}
	h.tokens["other"] = token{scheduling.Actor{ID: "t-other", Name: "Other", Grants: grant(scheduling.Organiser, other.ID)}, []string{"write"}}
	h.tokens["door"] = token{scheduling.Actor{ID: "t-door", Name: "Door", Grants: grant(scheduling.Door, h.cluster.ID)}, []string{"events:read", "registrations:read", "checkin:write"}}
	h.tokens["guest"] = token{scheduling.Actor{ID: "t-guest", Name: "Guest"}, []string{"*"}}

	cfg := Config{Desk: h.desk, Outbox: h.desk.Outbox, DB: db, BaseURL: "https://kohtaamo.example", Log: log, Actor: h.actor, Rate: 1_000_000}
	for _, f := range set {
		f(&cfg)
	}
	h.app = fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true, ErrorHandler: func(c *fiber.Ctx, err error) error { return h.api.Fail(c, err) }})
	h.api = Mount(h.app, cfg)
	return h
}

func grant(r scheduling.Role, cluster string) []scheduling.Grant {
	return []scheduling.Grant{{Role: r, Cluster: cluster}}
}

// actor is the table of tokens that the tests use.
func (h *house) actor(_ context.Context, bearer string) (scheduling.Actor, []string, error) {
	if t, ok := h.tokens[bearer]; ok {
		return t.actor, t.scopes, nil
	}
	return scheduling.Actor{}, nil, storage.ErrNotFound
}

func (h *house) newCluster(slug string) *scheduling.Cluster {
	c := &scheduling.Cluster{Slug: slug, Name: scheduling.Text{"en": slug}, Zone: "Europe/Helsinki"}
	must(h.t, h.desk.SaveCluster(context.Background(), scheduling.System("test"), c))
	return c
}

// now goes on by a millisecond at every look.
func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(time.Millisecond)
	return h.clock
}

func (h *house) at(t time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = t
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A reply is what came back.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// do asks as somebody ("" for nobody); header are alternating names and values.
func (h *house) do(as, method, path string, body any, header ...string) *reply {
	h.t.Helper()
	r, err := h.try(as, method, path, body, header...)
	must(h.t, err)
	return r
}

func (h *house) try(as, method, path string, body any, header ...string) (*reply, error) {
	var content []byte
	switch b := body.(type) {
	case nil:
	case string:
		content = []byte(b)
	case []byte:
		content = b
	default:
		content, _ = json.Marshal(b)
	}
	req := httptest.NewRequest(method, "http://kohtaamo.example"+Root+path, bytes.NewReader(content))
	if len(content) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+as)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := h.app.Test(req, -1)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	r := &reply{t: h.t, status: res.StatusCode, header: res.Header}
	if r.raw, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	if len(r.raw) > 0 && strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(r.raw, &r.body); err != nil {
			return nil, errors.New("not JSON: " + string(r.raw))
		}
	}
	return r, nil
}

// is fails the test unless the status is that.
func (r *reply) is(status int) *reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status = %d, want %d: %s", r.status, status, r.raw)
	}
	return r
}

func (r *reply) text(name string) string {
	s, _ := r.body[name].(string)
	return s
}

func (r *reply) number(name string) int {
	n, _ := r.body[name].(float64)
	return int(n)
}

func (r *reply) items() []map[string]any {
	var out []map[string]any
	list, _ := r.body["items"].([]any)
	for _, v := range list {
		out = append(out, v.(map[string]any))
	}
	return out
}

func (r *reply) object(name string) map[string]any {
	m, _ := r.body[name].(map[string]any)
	return m
}

// problem fails unless the answer is a problem of that type and status, whole.
func (r *reply) problem(status int, kind string) *reply {
	r.t.Helper()
	r.is(status)
	if got := r.header.Get("Content-Type"); got != problemType {
		r.t.Errorf("content type = %q", got)
	}
	if r.text("type") != "/problems/"+kind || r.number("status") != status {
		r.t.Errorf("type = %q, status = %d, want %s", r.text("type"), r.number("status"), kind)
	}
	if !strings.HasPrefix(r.text("instance"), Root+"/") {
		r.t.Errorf("instance = %q", r.text("instance"))
	}
	for _, member := range []string{"title", "detail"} {
		if s := r.text(member); s == "" || strings.HasPrefix(s, "api.") || strings.HasPrefix(s, "problem.") {
			r.t.Errorf("%s = %q", member, s)
		}
	}
	return r
}

// faults are the locations at fault with their keys.
func (r *reply) faults() map[string]string {
	out := map[string]string{}
	list, _ := r.body["errors"].([]any)
	for _, v := range list {
		f := v.(map[string]any)
		out[f["location"].(string)] = f["key"].(string)
		if m, _ := f["message"].(string); m == "" || m == f["key"] {
			r.t.Errorf("%s has no message", f["location"])
		}
	}
	return out
}

// draft is an event that can be created.
func (h *house) draft(set ...func(map[string]any)) map[string]any {
	e := map[string]any{
		"title": map[string]string{"fi": "Kiertotalousareena", "en": "CircularArena"}, "kind": "conference", "mode": "room",
		"starts": "2027-02-03T07:00:00Z", "ends": "2027-02-03T14:00:00Z", "zone": "Europe/Helsinki",
		"venue": "Oulu City Theatre", "cluster_ids": []string{h.cluster.ID},
		"registration": map[string]any{"seats": 2, "offer_hours": 0},
	}
	for _, f := range set {
		f(e)
	}
	return e
}

// published is the id of a published event.
func (h *house) published(set ...func(map[string]any)) string {
	h.t.Helper()
	id := h.do("organiser", "POST", "/events", h.draft(set...)).is(201).text("id")
	h.do("organiser", "POST", "/events/"+id+"/publish", nil).is(200)
	return id
}

func signup(name string) map[string]any {
	return map[string]any{"name": name, "email": strings.ToLower(name) + "@example.org"}
}
