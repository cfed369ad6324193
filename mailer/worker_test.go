package mailer

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
)

type counter = atomic.Int64

func TestGreylistedArrivesLater(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{Greylist: 2}})
	w := h.worker(s)
	h.add(letter("a", "a@example.com"))
	h.run(w, 0)
	m := h.wantState("a", Deferred)
	if wait := m.NotBefore.Sub(t0); wait < 4*time.Minute || wait > 6*time.Minute || m.Tries != 1 || m.LastCode != 451 {
		t.Errorf("tries %d, code %d, next in %v", m.Tries, m.LastCode, wait)
	}
	h.run(w, 0) // not yet
	h.pass(6 * time.Minute)
	h.run(w, 0)
	if m = h.wantState("a", Deferred); m.Tries != 2 {
		t.Errorf("tries %d, want 2", m.Tries)
	}
	if n, err := h.Release(t.Context(), "a"); n != 1 || err != nil { // somebody does not want to wait
		t.Fatal(n, err)
	}
	h.run(w, 1)
	if m = h.wantState("a", Sent); m.Tries != 3 || m.LastError != "" || !m.SentAt.Equal(h.now()) {
		t.Errorf("sent: %+v", m)
	}
	wantDeliveries(t, s, 1, 1)
}

func TestDeferredUntilItExpires(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{Greylist: 1000}})
	w := h.worker(s)
	h.add(letter("a", "a@example.com"))
	for range 200 {
		h.run(w, 0)
		if h.get("a").State != Deferred {
			break
		}
		h.pass(time.Hour)
	}
	m := h.wantState("a", Expired)
	if !strings.Contains(m.LastError, "Greylisted") || m.Tries < 5 || m.Tries > 10 {
		t.Errorf("tries %d, error %q", m.Tries, m.LastError)
	}
}

func TestRelaySays421(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{PerConn: 3}})
	h.add(letters(20)...)
	h.run(h.worker(s), 20)
	wantDeliveries(t, s, 20, 1)
	for _, m := range letters(20) {
		if got := h.get(m.ID); got.Tries != 1 {
			t.Errorf("%s: %d tries, want 1", m.ID, got.Tries)
		}
	}
}

func TestCutIsSentAgain(t *testing.T) {
	for _, test := range []struct {
		name   string
		faults mailtest.Faults
		each   int
	}{
		{"in the body", mailtest.Faults{CutMidBody: 1}, 1},
		{"before the reply", mailtest.Faults{CutAccepted: 1}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, s := newHouse(t), newSink(t, mailtest.Config{Faults: test.faults})
			w := h.worker(s)
			h.add(letter("a", "a@example.com"))
			h.run(w, 0)
			h.wantState("a", Deferred)
			h.pass(2 * time.Minute)
			h.run(w, 1)
			wantDeliveries(t, s, 1, test.each) // one key: the Message-ID is the same
			if got := s.Messages(); string(got[0].Raw) != string(got[len(got)-1].Raw) {
				t.Error("the repeat is not equal byte for byte")
			}
		})
	}
}

func TestRefusedForGoodAndSuppressed(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{Refuse: map[string]string{
		"gone@example.com": "550 5.1.1 No such user", "policy@example.com": "550 5.7.1 We do not like you",
	}}})
	w := h.worker(s)
	for _, id := range []string{"1", "2", "3"} {
		h.add(letter("gone"+id, "Gone@Example.com"), letter("policy"+id, "policy@example.com"))
		h.run(w, 0)
	}
	for id, want := range map[string]State{
		"gone1": Failed, "gone2": Failed, "gone3": Suppressed, "policy1": Failed, "policy2": Failed, "policy3": Failed,
	} {
		h.wantState(id, want)
	}
	if m := h.get("gone3"); !strings.Contains(m.LastError, "No such user") || m.Tries != 0 {
		t.Errorf("suppressed without its reason: %+v", m)
	}
	if s, err := h.Suppressed(t.Context(), "gone@example.com"); err != nil || s == nil || !s.Active || strings.Contains(s.ID, "gone") {
		t.Errorf("suppression %+v, %v", s, err)
	}
	s.SetFaults(mailtest.Faults{})
	if err := h.Allow(t.Context(), "gone@example.com"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Resend(t.Context(), "gone3"); err != nil {
		t.Fatal(err)
	}
	h.run(w, 1)
}

// A mail that arrives clears an address of one mistake of its relay.
func TestArrivalAbsolves(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{RefuseOnce: "550 5.1.1 Moment"}})
	w := h.worker(s)
	h.add(letter("a", "a@example.com"))
	h.run(w, 0)
	h.add(letter("b", "a@example.com"))
	h.run(w, 1)
	if s, err := h.Suppressed(t.Context(), "a@example.com"); err != nil || s != nil {
		t.Errorf("still held against it: %+v, %v", s, err)
	}
}

func TestTransportRests(t *testing.T) {
	h := newHouse(t)
	s := newSink(t, mailtest.Config{})
	s.Close()
	w := h.worker(s)
	h.add(letters(20)...)
	n, err := w.RunOnce(t.Context(), h.now())
	if n != 0 || err == nil || !strings.Contains(err.Error(), "connect") {
		t.Fatalf("RunOnce = %d, %v, want the relay's trouble", n, err)
	}
	for _, m := range letters(20) {
		if got := h.wantState(m.ID, Queued); got.Tries != 0 || got.NotBefore.After(h.now()) {
			t.Errorf("%s has %d tries, waits until %v", m.ID, got.Tries, got.NotBefore)
		}
	}
	if st := w.Status(); st.Resting.Sub(h.now()) != firstRest || !strings.Contains(st.Reason, "refused") {
		t.Errorf("status %+v", st)
	}
	if _, err := w.RunOnce(t.Context(), h.now()); err == nil {
		t.Error("it does not rest")
	}
	h.pass(firstRest)
	if _, err := w.RunOnce(t.Context(), h.now()); err == nil {
		t.Error("a relay that is gone sent mail")
	}
	if st := w.Status(); st.Resting.Sub(h.now()) != 2*firstRest {
		t.Errorf("status %+v, want a longer rest", st)
	}

	healthy := newSink(t, mailtest.Config{})
	w.Transport = h.worker(healthy).Transport
	h.pass(2 * firstRest)
	h.run(w, 20)
	if st := w.Status(); !st.Resting.IsZero() || st.Reason != "" {
		t.Errorf("status %+v after recovery", st)
	}
}

func TestTwoWorkers(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{Latency: time.Millisecond}})
	h.add(letters(120)...)
	var wg sync.WaitGroup
	var sent counter
	for range 2 {
		w := h.worker(s)
		wg.Go(func() {
			n, err := w.RunOnce(context.Background(), h.now())
			if err != nil {
				t.Error(err)
			}
			sent.Add(int64(n))
		})
	}
	wg.Wait()
	if sent.Load() != 120 {
		t.Errorf("%d sent", sent.Load())
	}
	wantDeliveries(t, s, 120, 1)
}

// A worker that is gone keeps its mails until its lease ends; then they go,
// with the Message-ID they had. Coming back to life it cannot interfere.
func TestAbandonedClaim(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	w := h.worker(s)
	h.add(letters(10)...)
	lost, err := h.claim(t.Context(), "test", h.now(), 4)
	if err != nil || len(lost.mails) != 4 {
		t.Fatal(lost, err)
	}
	before := map[string]string{}
	for _, m := range lost.mails {
		before[m.ID] = m.MessageID
	}
	h.run(w, 6)
	h.pass(leaseTime - time.Second)
	h.run(w, 0)
	h.pass(time.Second)
	h.run(w, 4)
	wantDeliveries(t, s, 10, 1)
	for id, messageID := range before {
		if m := h.wantState(id, Sent); m.MessageID != messageID {
			t.Errorf("%s went out under another Message-ID", id)
		}
	}
	w.init()
	hands := sender{w: w, ctx: t.Context(), held: t.Context(), clock: h.now, sent: new(counter)}
	if err := hands.all(lost); err != nil {
		t.Fatal(err)
	}
	wantDeliveries(t, s, 10, 1)
}

// now of RunOnce may lie ahead: what another worker holds stays its own.
func TestRunAheadOfTime(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.add(letters(3)...)
	if _, err := h.claim(t.Context(), "test", h.now(), 1); err != nil {
		t.Fatal(err)
	}
	later := letter("later", "later@example.com")
	later.NotBefore = t0.Add(24 * time.Hour)
	h.add(later)
	n, err := h.worker(s).RunOnce(t.Context(), t0.Add(25*time.Hour))
	if err != nil || n != 3 {
		t.Errorf("sent %d, %v, want 3", n, err)
	}
	wantDeliveries(t, s, 3, 1)
}

func TestRenewedLeaseLasts(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.add(letter("a", "a@example.com"))
	c, err := h.claim(t.Context(), "test", h.now(), 1)
	if err != nil {
		t.Fatal(err)
	}
	h.pass(leaseTime / 2)
	if err := h.renew(t.Context(), map[string]string{"a": c.token, "gone": "x"}); err != nil {
		t.Fatal(err)
	}
	h.pass(leaseTime / 2)
	h.run(h.worker(s), 0)
	h.wantState("a", Sending)
}

// A stop finishes what is under way and gives the rest back at once.
func TestStopLosesNothing(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{Latency: 5 * time.Millisecond}})
	h.add(letters(100)...)
	w := h.worker(s)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Serve(ctx) }()
	for s.Counts().Accepted < 20 {
		time.Sleep(time.Millisecond)
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	sent := s.Counts().Accepted
	if sent >= 100 {
		t.Fatal("too fast: nothing was left to give back")
	}
	h.run(h.worker(s), 100-sent)
	wantDeliveries(t, s, 100, 1)
}

// A relay that never answers cannot keep a stop waiting longer than its grace.
func TestStopCutsOff(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{Latency: 3 * time.Second}})
	h.add(letter("a", "a@example.com"))
	w := h.worker(s)
	w.Grace = 50 * time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Serve(ctx) }()
	for s.Counts().Tries < 1 {
		time.Sleep(time.Millisecond)
	}
	start := time.Now()
	stop()
	<-done
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("stopping took %v", took)
	}
	h.wantState("a", Queued)
}

// Serve sends what is added, whether or not anybody says so.
func TestServeNotices(t *testing.T) {
	for _, poke := range []bool{true, false} {
		h, s := newHouse(t), newSink(t, mailtest.Config{})
		w := h.worker(s)
		w.Every = time.Hour
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Serve(ctx) }()
		for i := range 3 {
			h.add(letter(string(rune('a'+i)), "a@example.com"))
			if poke {
				w.Poke()
			}
			for deadline := time.Now().Add(5 * time.Second); s.Counts().Accepted <= i; {
				if time.Now().After(deadline) {
					t.Fatalf("poked %v: nothing was sent", poke)
				}
				time.Sleep(time.Millisecond)
			}
		}
		stop()
		<-done
	}
}

func TestLogTransportNamesNobody(t *testing.T) {
	h := newHouse(t)
	var out strings.Builder
	tr, err := Open("log:", slog.New(slog.NewTextHandler(&out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	w := &Worker{Outbox: h.Outbox, Transport: tr, Log: slog.New(slog.DiscardHandler)}
	h.add(letter("a", "aino@example.com"))
	h.run(w, 1)
	got := out.String()
	if strings.Count(got, "\n") != 1 || strings.Contains(got, "aino") || strings.Contains(got, "Aino") || !strings.Contains(got, "registration.confirmed") {
		t.Errorf("logged %q", got)
	}
}
