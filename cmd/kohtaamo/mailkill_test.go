package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

// A mailing is a newsletter and some invites, promised in a database, and the
// server that they go to.
type mailing struct {
	t                *testing.T
	db               string
	sink             *mailtest.Sink
	readers, invited int
}

const (
	mailingHands = 10
	mailingIssue = "mailing1"
)

func newMailing(t *testing.T, db string, readers int) *mailing {
	sink, err := mailtest.Start(mailtest.Config{Discard: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sink.Close)
	m := &mailing{t, db, sink, readers, readers / 20}
	h := openHouse(t, db)
	defer h.db.Close()
	m.update(h, func(tx *storage.Tx) error {
		return h.outbox.Pin(tx, &mailer.Issue{Meta: storage.Meta{ID: mailingIssue}, Kind: "campaign", Lang: "en",
			Sheets: map[string]mailer.Sheet{"en": {Subject: "News", Text: "Hello {{n}}", HTML: "<p>Hello {{n}}</p>"}}})
	})
	for from := 0; from < readers; from += 1000 {
		m.update(h, func(tx *storage.Tx) error {
			var ds []mailer.Delivery
			for n := from; n < min(readers, from+1000); n++ {
				ds = append(ds, mailer.Delivery{To: fmt.Sprintf("reader%d@example.com", n), Lang: "en", Params: map[string]string{"n": fmt.Sprint(n)}})
			}
			_, err := h.outbox.Deliver(tx, mailingIssue, ds)
			return err
		})
	}
	m.update(h, func(tx *storage.Tx) error {
		for n := range m.invited {
			if err := h.outbox.Add(tx, invite(n)); err != nil {
				return err
			}
		}
		return nil
	})
	return m
}

func invite(n int) mailer.Mail {
	return mailer.Mail{
		Meta: storage.Meta{ID: fmt.Sprintf("invite/%d", n)}, Kind: "meeting.booked", To: fmt.Sprintf("invited%d@example.com", n), Lang: "en",
		Letter:   mailer.Letter{Subject: "Meeting", Paragraphs: []string{"See you."}},
		Calendar: &mailer.Calendar{Method: "REQUEST", Body: []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")},
	}
}

func (m *mailing) update(h *house, fn func(*storage.Tx) error) {
	m.t.Helper()
	if err := h.db.Update(m.t.Context(), fn); err != nil {
		m.t.Fatal(err)
	}
}

// spawn starts a server that sends.
func (m *mailing) spawn() *process {
	return spawn(m.t, m.db, "--mail=smtp://"+m.sink.Addr()+"?tls=none", "--mail-from=news@kohtaamo.example", fmt.Sprint("--bulk-workers=", mailingHands))
}

// until waits for the sink to have taken so many.
func (m *mailing) until(n int) {
	m.t.Helper()
	for begun := time.Now(); m.sink.Counts().Accepted < n; time.Sleep(time.Millisecond) {
		if time.Since(begun) > 2*time.Minute {
			m.t.Fatalf("%d of %d have left", m.sink.Counts().Accepted, n)
		}
	}
}

// finish waits until nothing is under way, and gives the states of the copies.
func (m *mailing) finish() map[mailer.State]int {
	m.t.Helper()
	h := openHouse(m.t, m.db)
	defer h.db.Close()
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		copies, err := h.outbox.IssueCounts(m.t.Context(), mailingIssue)
		if err != nil {
			m.t.Fatal(err)
		}
		single, err := h.outbox.Counts(m.t.Context(), nil)
		if err != nil {
			m.t.Fatal(err)
		}
		if copies[mailer.Sent]+copies[mailer.Assumed] == m.readers && single[mailer.Sent] == m.invited {
			return copies
		}
		if time.Since(begun) > 2*time.Minute {
			m.t.Fatalf("copies %v, invites %v", copies, single)
		}
	}
}

// check compares what arrived with what was promised. Copies arrive once; an
// invite may be repeated so many times in all, as the same message.
func (m *mailing) check(repeats int) {
	m.t.Helper()
	copies, invites, again := 0, map[string]string{}, 0
	for key, n := range m.sink.Deliveries() {
		to, id, _ := strings.Cut(key, " ")
		if strings.HasPrefix(to, "reader") {
			copies++
			if n != 1 {
				m.t.Errorf("%s has its copy %d times", to, n)
			}
			continue
		}
		if other := invites[to]; other != "" {
			m.t.Errorf("%s has two invites, %s and %s", to, other, id)
		}
		invites[to] = id
		again += n - 1
	}
	if copies != m.readers || len(invites) != m.invited {
		m.t.Errorf("%d of %d readers and %d of %d invited have theirs", copies, m.readers, len(invites), m.invited)
	}
	if again > repeats {
		m.t.Errorf("%d invites came again, at most %d may", again, repeats)
	}
	m.t.Logf("%d copies arrived once, %d invites, %d of them again", copies, len(invites), again)
}

func mailingSize() int {
	if testing.Short() || raceDetector {
		return 2000
	}
	return 20_000
}

// TestKillMailing kills the server five times in the midst of a newsletter and of
// invites: nobody is left out, nobody has the newsletter twice.
func TestKillMailing(t *testing.T) {
	engines(t, func(t *testing.T, db string) {
		const kills = 5
		m := newMailing(t, db, mailingSize())
		t.Setenv("KOHTAAMO_MAIL_JOURNAL", t.TempDir())
		for k := range kills {
			p := m.spawn()
			m.until(m.readers * (k + 1) / (kills + 1))
			if err := p.cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
			p.cmd.Wait()
		}
		p := m.spawn()
		got := m.finish()
		p.terminate(t)
		if got[mailer.Assumed] > kills*mailingHands {
			t.Errorf("%d copies are assumed to have left", got[mailer.Assumed])
		}
		t.Logf("states %v", got)
		m.check(kills * 4)
	})
}

// TestTerminateMailing ends the server as systems do: all is known, nothing is
// repeated.
func TestTerminateMailing(t *testing.T) {
	engines(t, func(t *testing.T, db string) {
		const ends = 3
		m := newMailing(t, db, mailingSize()/4)
		t.Setenv("KOHTAAMO_MAIL_JOURNAL", t.TempDir())
		for k := range ends {
			p := m.spawn()
			m.until(m.readers * (k + 1) / (ends + 1))
			p.terminate(t)
		}
		p := m.spawn()
		if got := m.finish(); got[mailer.Sent] != m.readers {
			t.Errorf("states %v, want all to be sent", got)
		}
		p.terminate(t)
		m.check(0)
	})
}
