package mailer

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

func TestKeyIsPromisedOnce(t *testing.T) {
	h := newHouse(t)
	h.add(letter("a", "a@example.com"))
	first := h.get("a")
	other := letter("a", "b@example.com")
	other.Letter.Subject = "Something else"
	h.pass(time.Hour)
	h.add(other)
	if got := h.get("a"); got.To != "a@example.com" || got.Rev != first.Rev || got.MessageID != first.MessageID {
		t.Errorf("changed by a second promise: %+v", got)
	}
}

func TestFailedTransactionLeavesNoMail(t *testing.T) {
	h := newHouse(t)
	wrong := errors.New("the change was refused")
	err := h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		if err := h.Add(tx, letter("a", "a@example.com")); err != nil {
			return err
		}
		return wrong
	})
	if !errors.Is(err, wrong) {
		t.Fatal(err)
	}
	s := newSink(t, mailtest.Config{})
	h.run(h.worker(s), 0)
	wantDeliveries(t, s, 0, 0)
}

// A wrong address does not spoil the transaction for whoever can do without
// the mail.
func TestWrongAddress(t *testing.T) {
	h := newHouse(t)
	err := h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		err := h.Add(tx, letter("bad", "aino at example.com"))
		if !errors.Is(err, ErrAddress) || strings.Contains(err.Error(), "aino") {
			t.Errorf("error %v, want ErrAddress without the address", err)
		}
		return h.Add(tx, letter("good", "aino@example.com"))
	})
	if err != nil {
		t.Fatal(err)
	}
	h.wantState("good", Queued)
}

func TestAddRefuses(t *testing.T) {
	h := newHouse(t)
	for want, alter := range map[string]func(*Mail){
		"a key":           func(m *Mail) { m.ID = "" },
		"a kind":          func(m *Mail) { m.Kind = "" },
		"a subject":       func(m *Mail) { m.Letter.Subject = "" },
		"sender":          func(m *Mail) { m.From = "x\r\nBcc: y@example.com" },
		"reply address":   func(m *Mail) { m.ReplyTo = "nobody" },
		"calendar method": func(m *Mail) { m.Calendar = &Calendar{Method: "REQUEST\r\nX: y"} },
	} {
		m := letter("a", "a@example.com")
		alter(&m)
		err := h.DB.Update(t.Context(), func(tx *storage.Tx) error { return h.Add(tx, m) })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}

func TestWithdraw(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	for _, kind := range []string{"confirmed", "reminder", "thanks"} {
		m := letter(kind, "a@example.com")
		m.Kind, m.Ref = kind, "reg-1"
		h.add(m)
	}
	stranger := letter("stranger", "b@example.com")
	stranger.Kind, stranger.Ref = "reminder", "reg-2"
	h.add(stranger)

	withdraw := func(want int, kinds ...string) {
		t.Helper()
		err := h.DB.Update(t.Context(), func(tx *storage.Tx) error {
			n, err := h.Withdraw(tx, "reg-1", kinds...)
			if n != want {
				t.Errorf("withdrew %d of %v, want %d", n, kinds, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	withdraw(2, "reminder", "thanks")
	withdraw(0, "reminder", "thanks")
	h.run(h.worker(s), 2)
	for id, want := range map[string]State{"confirmed": Sent, "reminder": Withdrawn, "thanks": Withdrawn, "stranger": Sent} {
		h.wantState(id, want)
	}
	withdraw(0)
	h.wantState("confirmed", Sent)
}

// What is withdrawn between the claim and the sending does not leave; what a
// relay already has is not tried again.
func TestWithdrawnWhileSending(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.add(letter("a", "a@example.com"), letter("b", "b@example.com"))
	c, err := h.claim(t.Context(), "test", h.now(), 2)
	if err != nil || len(c.mails) != 2 {
		t.Fatal(c, err)
	}
	err = h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		n, err := h.Withdraw(tx, "reg-a")
		if n != 1 {
			t.Errorf("withdrew %d", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w := h.worker(s)
	w.init()
	hands := sender{w: w, ctx: t.Context(), held: t.Context(), clock: h.now, sent: new(counter)}
	if err := hands.all(c); err != nil {
		t.Fatal(err)
	}
	h.wantState("a", Withdrawn)
	h.wantState("b", Sent)
	wantDeliveries(t, s, 1, 1)
}

func TestHoldReleaseResend(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	w := h.worker(s)
	h.add(letter("a", "a@example.com"), letter("b", "b@example.com"))
	held := letter("c", "c@example.com")
	held.State = Held
	h.add(held)

	count := func(want int) func(int, error) {
		return func(n int, err error) {
			t.Helper()
			if err != nil || n != want {
				t.Fatalf("%d changed, %v, want %d", n, err, want)
			}
		}
	}
	count(1)(h.Hold(t.Context(), "a", "c", "nobody"))
	h.run(w, 1)
	h.wantState("a", Held)
	h.wantState("c", Held)
	count(2)(h.Release(t.Context(), "a", "b", "c"))
	h.run(w, 2)
	count(0)(h.Hold(t.Context(), "a"))

	keys, err := h.Resend(t.Context(), "a", "nobody")
	if err != nil || len(keys) != 1 {
		t.Fatalf("resend: %v, %v", keys, err)
	}
	if twice, err := h.Resend(t.Context(), "a"); err != nil || len(twice) != 0 {
		t.Errorf("a second click sent again: %v, %v", twice, err)
	}
	h.run(w, 1)
	old, again := h.get("a"), h.wantState(keys[0], Sent)
	if again.ResendOf != "a" || again.MessageID == old.MessageID || again.To != old.To {
		t.Errorf("again: %+v", again)
	}
	if more, err := h.Resend(t.Context(), "a"); err != nil || len(more) != 1 {
		t.Errorf("once the repeat has left it can be sent again: %v, %v", more, err)
	}
	wantDeliveries(t, s, 4, 1)
}

func TestOrderIsKept(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{Greylist: 1}})
	w := h.worker(s)
	for _, id := range []string{"request", "update", "cancel"} {
		m := letter(id, "a@example.com")
		m.Order, m.Letter.Subject = "uid-1/a", id
		h.add(m)
	}
	urgent := letter("urgent", "a@example.com")
	urgent.Order, urgent.Priority = "uid-1/a", Urgent
	h.add(urgent)

	h.run(w, 0) // the first is greylisted, the others may not pass it
	h.wantState("request", Deferred)
	h.wantState("cancel", Queued)
	h.pass(10 * time.Minute)
	h.run(w, 4)
	var got []string
	for _, m := range s.Messages() {
		header, _ := read(t, m.Raw)
		got = append(got, header.Get("Subject"))
	}
	want := []string{"request", "update", "cancel", "Paikkasi on vahvistettu"}
	if !slices.Equal(got, want) {
		t.Errorf("arrived %q, want %q", got, want)
	}
}

// Whatever becomes of an earlier mail of an order, the next one goes on.
func TestOrderGoesOn(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{RefuseOnce: "550 5.7.1 No"}})
	w := h.worker(s)
	for _, id := range []string{"refused", "withdrawn", "expired", "held", "last"} {
		m := letter(id, "a@example.com")
		m.Order = "o"
		if id == "expired" {
			m.Expires = t0
		}
		h.add(m)
	}
	if _, err := h.Hold(t.Context(), "held"); err != nil {
		t.Fatal(err)
	}
	err := h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		_, err := h.Withdraw(tx, "reg-withdrawn")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.run(w, 0)
	h.wantState("refused", Failed)
	h.wantState("expired", Expired)
	h.wantState("last", Queued)
	if _, err := h.Release(t.Context(), "held"); err != nil {
		t.Fatal(err)
	}
	h.run(w, 2)
	h.wantState("last", Sent)
}

func TestPriorityAndTime(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	w := h.worker(s)
	w.Senders = 1
	for _, m := range []struct {
		id       string
		priority int
		after    time.Duration
	}{{"bulk", Bulk, -3 * time.Hour}, {"late", Normal, -time.Hour}, {"early", Normal, -2 * time.Hour}, {"login", Urgent, 0}, {"tomorrow", Urgent, 24 * time.Hour}} {
		l := letter(m.id, m.id+"@example.com")
		l.Priority, l.NotBefore = m.priority, t0.Add(m.after)
		h.add(l)
	}
	h.run(w, 4)
	var got []string
	for _, m := range s.Messages() {
		got = append(got, strings.TrimSuffix(m.To, "@example.com"))
	}
	if want := []string{"login", "early", "late", "bulk"}; !slices.Equal(got, want) {
		t.Errorf("arrived %q, want %q", got, want)
	}
	h.pass(24 * time.Hour)
	h.run(w, 1)
}

func TestExpiredIsNeverSent(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	m := letter("a", "a@example.com")
	m.Expires = t0.Add(time.Hour)
	h.add(m)
	h.pass(time.Hour)
	h.run(h.worker(s), 0)
	h.wantState("a", Expired)
	wantDeliveries(t, s, 0, 0)
}

func TestPurge(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.add(letter("old", "a@example.com"))
	h.run(h.worker(s), 1)
	held := letter("held", "a@example.com")
	held.State = Held
	h.add(held)
	h.pass(48 * time.Hour)
	h.add(letter("new", "a@example.com"))
	n, err := h.Purge(t.Context(), h.now().Add(-24*time.Hour), 100)
	if err != nil || n != 1 {
		t.Errorf("purged %d, %v, want the one that was sent long ago", n, err)
	}
	h.wantState("held", Held)
	h.wantState("new", Queued)
}
