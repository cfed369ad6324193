package api

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func (h *house) count(event string) int {
	h.t.Helper()
	n := 0
	for _, v := range h.do("organiser", "GET", "/events/"+event+"/counts", nil).is(200).object("states") {
		n += int(v.(float64))
	}
	return n
}

func TestOnce(t *testing.T) {
	h := newHouse(t)
	first := h.do("organiser", "POST", "/events", h.draft(), "Idempotency-Key", "k1").is(201)
	again := h.do("organiser", "POST", "/events", h.draft(), "Idempotency-Key", "k1").is(201)
	if string(again.raw) != string(first.raw) || again.header.Get("Idempotency-Replayed") != "true" || first.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("first %s\nagain %s", first.raw, again.raw)
	}
	for _, name := range []string{"Location", "ETag", "Content-Type"} {
		if got, want := again.header.Get(name), first.header.Get(name); got != want || want == "" {
			t.Errorf("%s = %q, at first %q", name, got, want)
		}
	}
	h.do("organiser", "POST", "/events", h.draft(func(e map[string]any) { e["venue"] = "Elsewhere" }), "Idempotency-Key", "k1").problem(422, "key-reused")
	h.do("organiser", "POST", "/companies", map[string]any{"name": "Aava"}, "Idempotency-Key", "k1").problem(422, "key-reused")
	if n := len(h.do("organiser", "GET", "/events", nil).is(200).items()); n != 1 {
		t.Errorf("%d events, want one", n)
	}
	// Another token's keys are its own.
	h.do("admin", "POST", "/events", h.draft(), "Idempotency-Key", "k1").is(201)
	// An error is answered again too.
	wrong := h.do("organiser", "POST", "/events", map[string]any{}, "Idempotency-Key", "k2").problem(422, "invalid")
	if got := h.do("organiser", "POST", "/events", map[string]any{}, "Idempotency-Key", "k2").problem(422, "invalid"); got.header.Get("Idempotency-Replayed") != "true" || string(got.raw) != string(wrong.raw) {
		t.Errorf("the error again: %s", got.raw)
	}
	p := h.do("organiser", "POST", "/events", h.draft(), "Idempotency-Key", strings.Repeat("k", 256)).problem(400, "malformed")
	if p.faults()["header.Idempotency-Key"] != "problem.too_long" {
		t.Errorf("long key: %s", p.raw)
	}
}

func TestOnceForADay(t *testing.T) {
	h := newHouse(t)
	h.do("organiser", "POST", "/events", h.draft(), "Idempotency-Key", "k").is(201)
	h.at(t0.Add(23 * time.Hour))
	if n, err := Purge(t.Context(), h.db, h.now()); n != 0 || err != nil {
		t.Errorf("purged %d too early (%v)", n, err)
	}
	h.at(t0.Add(25 * time.Hour))
	if got := h.do("organiser", "POST", "/events", h.draft(), "Idempotency-Key", "k").is(201); got.header.Get("Idempotency-Replayed") != "" {
		t.Error("a key of yesterday still holds")
	}
	h.at(t0.Add(50 * time.Hour))
	if n, err := Purge(t.Context(), h.db, h.now()); n != 1 || err != nil {
		t.Errorf("purged %d (%v), want one", n, err)
	}
}

// Twenty at once under one key are one registration; who is too early hears so.
func TestOnceAtOnce(t *testing.T) {
	h := newHouse(t)
	id := h.published()
	var wg sync.WaitGroup
	var done, busy, replayed atomic.Int32
	for range 20 {
		wg.Go(func() {
			r, err := h.try("organiser", "POST", "/events/"+id+"/registrations", signup("Aino"), "Idempotency-Key", "k")
			switch {
			case err != nil:
				t.Error(err)
			case r.status == 201 && r.header.Get("Idempotency-Replayed") != "":
				replayed.Add(1)
			case r.status == 201:
				done.Add(1)
			case r.status == 409 && r.text("type") == "/problems/in-progress" && r.header.Get("Retry-After") == "1":
				busy.Add(1)
			default:
				t.Errorf("%d %s", r.status, r.raw)
			}
		})
	}
	wg.Wait()
	if done.Load() != 1 || h.count(id) != 1 {
		t.Errorf("done %d times, replayed %d, too early %d; %d registrations, want one", done.Load(), replayed.Load(), busy.Load(), h.count(id))
	}
}

// Without a key, too, twenty at once are one registration.
func TestRegisterAtOnce(t *testing.T) {
	h := newHouse(t)
	id := h.published()
	var wg sync.WaitGroup
	var first atomic.Int32
	for range 20 {
		wg.Go(func() {
			r, err := h.try("organiser", "POST", "/events/"+id+"/registrations", signup("Aino"))
			if err != nil || r.status != 200 && r.status != 201 {
				t.Error(err, r.status)
			} else if r.status == 201 {
				first.Add(1)
			}
		})
	}
	wg.Wait()
	if first.Load() != 1 || h.count(id) != 1 {
		t.Errorf("%d were told they are first, %d registrations, want one", first.Load(), h.count(id))
	}
}

// crashed is a claim as a server leaves it that dies before it answers; it gives
// the id that the request was to use.
func (h *house) crashed(key, path string, body any) *claim {
	h.t.Helper()
	content, err := json.Marshal(body)
	must(h.t, err)
	request := hash("POST", Root+path, "", string(content))
	cl, err := h.api.take(context.Background(), hash("t-organiser", key), request)
	must(h.t, err)
	return cl
}

func TestResumeAfterCrash(t *testing.T) {
	h := newHouse(t)
	id := h.published()
	path := "/events/" + id + "/registrations"
	boss := h.tokens["organiser"].actor

	// The server died after it had registered Aino …
	cl := h.crashed("k", path, signup("Aino"))
	rec, err := h.desk.Register(t.Context(), boss, id, scheduling.Signup{Name: "Aino", Email: "aino@example.org", Lang: "en", Once: cl.Made})
	must(t, err)
	h.do("organiser", "POST", path, signup("Aino"), "Idempotency-Key", "k").problem(409, "in-progress")
	h.at(t0.Add(2 * time.Minute))
	got := h.do("organiser", "POST", path, signup("Aino"), "Idempotency-Key", "k").is(201)
	if got.text("id") != rec.Lead().ID || got.body["repeated"] != false || h.count(id) != 1 {
		t.Errorf("resumed = %s", got.raw)
	}
	if again := h.do("organiser", "POST", path, signup("Aino"), "Idempotency-Key", "k").is(201); again.header.Get("Idempotency-Replayed") != "true" {
		t.Error("the answer of the resumed request was not kept")
	}

	// … after it had made an event …
	cl = h.crashed("e", "/events", h.draft())
	_, err = h.desk.SaveEvent(t.Context(), boss, draftOf(t, h, cl.Made))
	must(t, err)
	h.at(t0.Add(4 * time.Minute))
	if got := h.do("organiser", "POST", "/events", h.draft(), "Idempotency-Key", "e").is(201); got.text("id") != cl.Made {
		t.Errorf("resumed = %s", got.raw)
	}
	if n := len(h.do("organiser", "GET", "/events", nil).items()); n != 2 {
		t.Errorf("%d events, want the two that were asked for", n)
	}

	// … after it had let somebody in at the door …
	walk := map[string]string{"name": "Väinö"}
	cl = h.crashed("w", "/events/"+id+"/walk-in", walk)
	_, err = h.desk.WalkIn(t.Context(), boss, id, scheduling.Signup{Name: "Väinö", ID: cl.Made})
	must(t, err)
	h.at(t0.Add(6 * time.Minute))
	h.do("organiser", "POST", "/events/"+id+"/walk-in", walk, "Idempotency-Key", "w").is(200)
	if n := h.count(id); n != 2 {
		t.Errorf("%d registrations, want Aino and Väinö", n)
	}

	// … and before it did anything.
	company := map[string]string{"name": "Aava Oy", "kind": "sme", "country": "FI"}
	cl = h.crashed("c", "/companies", company)
	h.at(t0.Add(8 * time.Minute))
	if got := h.do("organiser", "POST", "/companies", company, "Idempotency-Key", "c").is(201); got.text("id") != cl.Made {
		t.Errorf("resumed = %s", got.raw)
	}
}

func draftOf(t *testing.T, h *house, id string) *scheduling.Event {
	t.Helper()
	body, err := json.Marshal(h.draft())
	must(t, err)
	var in EventFields
	must(t, json.Unmarshal(body, &in))
	in.Audience = "all"
	e := &scheduling.Event{Meta: storage.Meta{ID: id}}
	must(t, in.into(e))
	return e
}

// A server that was too slow and comes back late does not write over the answer
// of the one that took over.
func TestLateHolder(t *testing.T) {
	h := newHouse(t)
	late := h.crashed("k", "/events", h.draft())
	h.at(t0.Add(2 * time.Minute))
	kept := h.do("organiser", "POST", "/events", h.draft(), "Idempotency-Key", "k").is(201)
	h.api.settle(t.Context(), late, func(cl *claim) { cl.Done, cl.Status, cl.Body = true, 500, nil })
	if got := h.do("organiser", "POST", "/events", h.draft(), "Idempotency-Key", "k").is(201); string(got.raw) != string(kept.raw) {
		t.Errorf("answer = %s", got.raw)
	}
}
