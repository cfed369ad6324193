package mailer

import (
	"errors"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

// in does something in a transaction.
func (h *house) in(do func(*storage.Tx) error) {
	h.t.Helper()
	if err := h.DB.Update(h.t.Context(), do); err != nil {
		h.t.Fatal(err)
	}
}

// comesBack hands in a report about a mail that was sent, and reports whether
// that changed anything.
func (h *house) comesBack(id string, b Bounce) (changed bool) {
	h.t.Helper()
	m := h.get(id)
	h.in(func(tx *storage.Tx) error {
		s, err := h.Sent(tx, localPart(m.MessageID))
		if err != nil {
			return err
		}
		_, changed, err = h.CameBack(tx, s, &b)
		return err
	})
	return changed
}

func (h *house) against(address string) *Suppression {
	h.t.Helper()
	s, err := h.Suppressed(h.t.Context(), address)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

var gone = Bounce{Code: 550, Status: "5.1.1", Said: "550 5.1.1 no such user", Blame: "hard"}

// A relay takes every mail and reports later: what it took does not clear the
// address of what came back.
func TestMailThatComesBack(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	w := h.worker(s)
	for _, id := range []string{"1", "2"} {
		h.add(letter(id, "gone@example.com"))
		h.run(w, 1)
		if h.against("gone@example.com").Stops(false) {
			t.Fatal("one mail can be a mistake")
		}
		if !h.comesBack(id, gone) || h.comesBack(id, gone) {
			t.Error("a report counts, and counts once")
		}
		if m := h.get(id); m.State != Failed || m.LastCode != 550 || m.SentAt.IsZero() {
			t.Errorf("%+v", m)
		}
	}
	h.add(letter("3", "gone@example.com"))
	h.run(w, 0)
	h.wantState("3", Suppressed)
	if hold := h.against("Gone@example.com").Hold(HardBounce); hold == nil || hold.Source != FromReport {
		t.Errorf("held by %+v", hold)
	}
}

func TestSoftBouncesHoldForAWhile(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	w := h.worker(s)
	full := Bounce{Code: 552, Status: "5.2.2", Said: "full", Blame: "soft"}
	for i, id := range []string{"1", "2", "3", "4"} {
		h.add(letter(id, "full@example.com"))
		h.run(w, 1)
		h.comesBack(id, full)
		if got, want := h.against("full@example.com").Stops(false), i == 3; got != want {
			t.Errorf("after %d: stopped %v, want %v", i+1, got, want)
		}
		if i == 0 {
			h.pass(31 * 24 * time.Hour) // too long ago to count with the rest
		}
	}
	h.pass(softRest)
	if h.against("full@example.com").Stops(false) {
		t.Error("a soft hold ends by itself")
	}
	h.add(letter("5", "full@example.com"))
	h.run(w, 1)
}

func TestPolicyIsNotTheAddress(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	w := h.worker(s)
	for _, id := range []string{"1", "2", "3"} {
		h.add(letter(id, "a@example.com"))
		h.run(w, 1)
		h.comesBack(id, Bounce{Code: 550, Status: "5.7.1", Said: "no"})
	}
	if s := h.against("a@example.com"); s != nil {
		t.Errorf("held against the address: %+v", s)
	}
}

// What readers decided stops what is sent to many, and neither an arrival nor
// an organiser undoes it.
func TestReadersHoldsStay(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	w := h.worker(s)
	h.in(func(tx *storage.Tx) error {
		_, err := h.StopMail(tx, "a@example.com", Hold{Cause: Left, Scope: ScopeBulk, Source: FromReader})
		return err
	})
	h.add(letter("ticket", "a@example.com"))
	h.run(w, 1)
	if err := h.Allow(t.Context(), "a@example.com"); err != nil {
		t.Fatal(err)
	}
	if s := h.against("a@example.com"); !s.Stops(true) || s.Stops(false) {
		t.Errorf("holds: %+v", s)
	}
}

func TestComplaint(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	w := h.worker(s)
	m := letter("1", "a@example.com")
	m.Cluster = "c"
	h.add(m)
	h.run(w, 1)
	for _, want := range []bool{true, false} {
		h.in(func(tx *storage.Tx) error {
			sent, err := h.Sent(tx, localPart(h.get("1").MessageID))
			if err != nil {
				return err
			}
			_, changed, err := h.Complain(tx, sent)
			if changed != want {
				t.Errorf("changed = %v, want %v", changed, want)
			}
			return err
		})
	}
	list, _, err := h.Suppressions(t.Context(), SuppressionFilter{Clusters: []string{"c"}, Cause: Complaint})
	if err != nil || len(list) != 1 || !list[0].Stops(true) || list[0].Stops(false) {
		t.Errorf("%v, %v", list, err)
	}
	if list, _, _ = h.Suppressions(t.Context(), SuppressionFilter{Clusters: []string{"another", "third"}}); len(list) != 0 {
		t.Errorf("others see %v", list)
	}
}

// A report that comes while the mail is in a worker's hands waits.
func TestReportAboutMailUnderWay(t *testing.T) {
	h := newHouse(t)
	h.add(letter("1", "a@example.com"))
	if _, err := h.claim(t.Context(), "suppress-test", h.now(), 1); err != nil {
		t.Fatal(err)
	}
	err := h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		sent, err := h.Sent(tx, localPart(h.get("1").MessageID))
		if err != nil {
			return err
		}
		_, _, err = h.CameBack(tx, sent, &gone)
		return err
	})
	if !errors.Is(err, ErrUnsettled) {
		t.Errorf("error = %v", err)
	}
}

// Reports come back to an address of the mail's own, and answers do not.
func TestEnvelopeSender(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.Bounces, h.Key = "events@in.kohtaamo.example", []byte("key")
	h.add(letter("1", "a@example.com"))
	h.run(h.worker(s), 1)
	m, got := h.get("1"), s.Messages()[0]
	id, ok := h.BounceOf(got.From)
	if !ok || id != localPart(m.MessageID) {
		t.Errorf("sent from %s, which is of %q", got.From, id)
	}
	if _, ok := h.BounceOf("events+b-" + id + "-0123456789@in.kohtaamo.example"); ok {
		t.Error("a signature that is guessed counts")
	}
	h.Bounces = "a-name-that-leaves-no-room-for-what-comes-after@in.kohtaamo.example"
	if got := h.returnPath(m.From, m.MessageID); got != m.From {
		t.Errorf("an address of more than 64 letters: %s", got)
	}
}
