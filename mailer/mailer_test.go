package mailer

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
	"kohtaamo/storage/sqlite"
)

var t0 = time.Date(2026, 10, 20, 9, 0, 0, 0, time.UTC)

// house is an outbox on a file of its own, with a clock that stands still.
type house struct {
	*Outbox
	t     testing.TB
	clock *atomic.Int64
}

func newHouse(t testing.TB) *house {
	t.Helper()
	e, err := sqlite.Open(filepath.Join(t.TempDir(), "mail.db"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), e, storage.Schema{Specs: Specs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := &house{t: t, clock: new(atomic.Int64)}
	h.clock.Store(t0.UnixMilli())
	db.Now = func() time.Time { return time.UnixMilli(h.clock.Load()) }
	h.Outbox = &Outbox{DB: db, From: Address{"Oulun tapahtumat", "tapahtumat@kohtaamo.example"}}
	return h
}

func (h *house) now() time.Time { return h.DB.Now().UTC() }

func (h *house) pass(d time.Duration) { h.clock.Add(d.Milliseconds()) }

func (h *house) add(ms ...Mail) {
	h.t.Helper()
	err := h.DB.Update(context.Background(), func(tx *storage.Tx) error {
		for _, m := range ms {
			if err := h.Add(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) get(id string) *Mail {
	h.t.Helper()
	var m *Mail
	err := h.DB.View(context.Background(), func(tx *storage.Tx) (err error) {
		m, err = mails.Get(tx, id)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

func (h *house) wantState(id string, want State) *Mail {
	h.t.Helper()
	m := h.get(id)
	if m.State != want {
		h.t.Fatalf("mail %s is %s (%s), want %s", id, m.State, m.LastError, want)
	}
	return m
}

// worker has one for a sink, without encryption.
func (h *house) worker(s *mailtest.Sink) *Worker {
	return h.workerAt("smtp://" + s.Addr() + "?tls=none")
}

func (h *house) workerAt(spec string) *Worker {
	h.t.Helper()
	tr, err := Open(spec, slog.New(slog.DiscardHandler))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { tr.Close() })
	return &Worker{Outbox: h.Outbox, Transport: tr, Log: slog.New(slog.DiscardHandler)}
}

func (h *house) run(w *Worker, want int) {
	h.t.Helper()
	n, err := w.RunOnce(context.Background(), h.now())
	if err != nil || n != want {
		h.t.Fatalf("RunOnce = %d, %v, want %d sent", n, err, want)
	}
}

func newSink(t testing.TB, c mailtest.Config) *mailtest.Sink {
	t.Helper()
	s, err := mailtest.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// letter is a short mail to somebody.
func letter(id, to string) Mail {
	return Mail{
		Meta: storage.Meta{ID: id}, Kind: "registration.confirmed", Ref: "reg-" + id, About: "event-1", Cluster: "c1",
		To: to, ToName: "Aino Mäkelä", Lang: "fi",
		Letter: Letter{Subject: "Paikkasi on vahvistettu", Paragraphs: []string{"Tervetuloa."}, Brand: Brand{Name: "Kiertotalousklusteri"}},
	}
}

func letters(n int) []Mail {
	out := make([]Mail, n)
	for i := range out {
		out[i] = letter(fmt.Sprintf("m%04d", i), fmt.Sprintf("person%d@example.com", i))
	}
	return out
}

func wantDeliveries(t testing.TB, s *mailtest.Sink, mails, each int) {
	t.Helper()
	got := s.Deliveries()
	if len(got) != mails {
		t.Errorf("%d different mails arrived, want %d", len(got), mails)
	}
	for key, n := range got {
		if n != each {
			t.Errorf("%s arrived %d times, want %d", key, n, each)
		}
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
