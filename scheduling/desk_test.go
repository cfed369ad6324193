package scheduling

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/storage/sqlite/sqlitetest"
	"kohtaamo/templates"
)

// t0 is the moment the tests begin at: a Wednesday morning in Oulu.
var t0 = time.Date(2027, 1, 13, 7, 0, 0, 0, time.UTC)

var texts = sync.OnceValue(func() *templates.Texts {
	t, err := templates.Load()
	if err != nil {
		panic(err)
	}
	return t
})

var openDB = sqlitetest.Opener(slices.Concat(Specs(), mailer.Specs)...)

// A testHouse is a desk over a database of its own, with a clock that tests move.
type testHouse struct {
	*Desk
	mu      sync.Mutex
	clock   time.Time
	cluster *Cluster
	boss    Actor // organises the cluster
	other   Actor // organises another one
}

func newHouse(t testing.TB) *testHouse {
	t.Helper()
	db := openDB(t)
	h := &testHouse{clock: t0}
	db.Now = h.time
	key, err := HouseKey(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	h.Desk = &Desk{
		DB: db, Texts: texts(), Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Key: key,
		BaseURL: "https://kohtaamo.example", House: "Kohtaamo",
		Outbox: &mailer.Outbox{DB: db, From: mailer.Address{Name: "Kohtaamo", Email: "events@kohtaamo.example"}},
	}
	h.cluster = h.newCluster(t, "automotive")
	elsewhere := h.newCluster(t, "circular")
	h.boss = Actor{ID: "boss", Name: "Outi Organiser", Email: "outi@kohtaamo.example", Via: "page", Grants: []Grant{{Role: Organiser, Cluster: h.cluster.ID}}}
	h.other = Actor{ID: "other", Name: "Oskari Other", Email: "oskari@kohtaamo.example", Via: "page", Grants: []Grant{{Role: Organiser, Cluster: elsewhere.ID}}}
	return h
}

// time goes on by a millisecond at every look, so that what happened one after
// the other can be told apart.
func (h *testHouse) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(time.Millisecond)
	return h.clock
}

// at moves the clock.
func (h *testHouse) at(t time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = t
}

func (h *testHouse) newCluster(t testing.TB, slug string) *Cluster {
	t.Helper()
	c := &Cluster{Slug: slug, Name: Text{"en": "Cluster " + slug, "fi": "Klusteri " + slug}, Zone: "Europe/Helsinki"}
	must(t, h.SaveCluster(t.Context(), System("test"), c))
	return c
}

// event publishes an event three weeks ahead, after set has had its way.
func (h *testHouse) event(t testing.TB, set func(*Event)) *Event {
	t.Helper()
	e := NewEvent(h.cluster, time.Date(2027, 2, 3, 7, 0, 0, 0, time.UTC))
	e.Title = Text{"en": "CircularArena", "fi": "CircularArena"}
	e.Venue, e.Address = "Oulu City Theatre", "Kaarlenväylä 2, Oulu"
	e.Contact, e.ContactEmail = "Outi Organiser", "outi@kohtaamo.example"
	e.Rules.OfferHours = 0
	if set != nil {
		set(e)
	}
	e, err := h.SaveEvent(t.Context(), h.boss, e)
	must(t, err)
	e, err = h.PublishEvent(t.Context(), h.boss, e.ID)
	must(t, err)
	return e
}

func signup(n int) Signup {
	return Signup{Name: fmt.Sprintf("Person %03d", n), Email: fmt.Sprintf("person%03d@example.org", n), Lang: "en"}
}

// register registers the nth person and gives their registration.
func (h *testHouse) register(t testing.TB, e *Event, n int) *Registration {
	t.Helper()
	rec, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, signup(n))
	must(t, err)
	return rec.Lead()
}

func (h *testHouse) seating(t testing.TB, id string) (s *Seating) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		s, err = seatings.Get(tx, id)
		return err
	}))
	return s
}

func (h *testHouse) reload(t testing.TB, r *Registration) (out *Registration) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		out, err = registrations.Get(tx, r.ID)
		return err
	}))
	return out
}

func (h *testHouse) wantState(t testing.TB, r *Registration, want RegState) {
	t.Helper()
	if got := h.reload(t, r); got.State != want {
		t.Errorf("%s is %s, want %s", got.Name, got.State, want)
	}
}

// mails lists the kinds of the mails to an address that have not been taken
// back, oldest first.
func (h *testHouse) mails(t testing.TB, to string) (kinds []string) {
	t.Helper()
	for _, m := range h.mailsTo(t, to) {
		if m.State != mailer.Withdrawn {
			kinds = append(kinds, m.Kind)
		}
	}
	return kinds
}

func wantProblem(t testing.TB, err error, want Kind) *Problem {
	t.Helper()
	p := ProblemIn(err)
	if p == nil || p.Kind != want {
		t.Fatalf("error = %v, want a problem of kind %s", err, want)
	}
	return p
}

func wantHidden(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("error = %v, want ErrNotFound", err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mailRows reads the outbox as it is stored.
var mailRows = storage.Collection[mailer.Mail, *mailer.Mail]{Spec: mailer.Specs[0]}

func (h *testHouse) mailsTo(t testing.TB, to string) (list []*mailer.Mail) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		for m, err := range mailRows.Each(tx, storage.Query{Sort: "created"}) {
			if err != nil {
				return err
			}
			if m.To == to {
				list = append(list, m)
			}
		}
		return nil
	}))
	slices.SortStableFunc(list, func(a, b *mailer.Mail) int { return a.Date.Compare(b.Date) })
	return list
}
