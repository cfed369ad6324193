package mailer

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

// overnight lets a worker try until nothing is open any more, time passing in
// between.
func (h *house) overnight(w *Worker, step time.Duration) map[State]int {
	h.t.Helper()
	for range 100 {
		if _, err := w.RunOnce(context.Background(), h.now()); err != nil && !strings.Contains(err.Error(), errResting.Error()) {
			h.t.Fatal(err)
		}
		counts, err := h.IssueCounts(context.Background(), issueID)
		if err != nil {
			h.t.Fatal(err)
		}
		open := 0
		for s, n := range counts {
			if s.Open() {
				open += n
			}
		}
		if open == 0 {
			return counts
		}
		h.pass(step)
	}
	h.t.Fatal("there is no end to it")
	return nil
}

func (h *house) issue() *Issue {
	h.t.Helper()
	var i *Issue
	h.update(func(tx *storage.Tx) (err error) {
		i, err = h.IssueIn(tx, issueID)
		return err
	})
	return i
}

// Whatever the relay does wrong, every reader's copy ends in the right state,
// the counts are those of the sink, and nobody has one twice whose first the
// relay did not take without telling us.
func TestFaults(t *testing.T) {
	for _, test := range []struct {
		name    string
		readers int
		faults  mailtest.Faults
		refuse  bool // some are refused for good
		again   bool // some come twice
	}{
		{"none", 300, mailtest.Faults{}, false, false},
		{"1 % refused for now", 300, mailtest.Faults{Temp: 0.01}, false, false},
		{"10 % refused for now", 300, mailtest.Faults{Temp: 0.1}, false, false},
		{"greylisting", 300, mailtest.Faults{Greylist: 1}, false, false},
		{"421 after 10 mails", 300, mailtest.Faults{PerConn: 10}, false, false},
		{"421 after 90 mails", 1500, mailtest.Faults{PerConn: 90}, false, false},
		{"50 ms to the relay", 60, mailtest.Faults{ReplyLatency: 50 * time.Millisecond}, false, false},
		{"cut before acceptance", 300, mailtest.Faults{CutBefore: 0.02}, false, false},
		{"cut after acceptance", 300, mailtest.Faults{CutAfter: 0.02}, false, true},
		{"1 % refused for good", 300, mailtest.Faults{Perm: 0.01}, true, false},
		{"all at once", 300, mailtest.Faults{Temp: 0.05, Perm: 0.01, PerConn: 50, CutBefore: 0.01, CutAfter: 0.01}, true, true},
	} {
		readers := test.readers
		if raceDetector {
			readers = min(readers, 150)
		}
		for _, wire := range []wireUse{wireChunks, wireBatch} {
			t.Run(test.name+" "+string(wire), func(t *testing.T) {
				h, s := newHouse(t), newSink(t, mailtest.Config{Faults: test.faults, Discard: true})
				h.campaign()
				h.readers(readers)
				w := h.workerAt("smtp://" + s.Addr() + "?tls=none&wire=" + string(wire))
				w.Journal, w.Bulk = newJournal(t, t.TempDir(), ""), 10
				counts := h.overnight(w, 7*time.Minute)
				got := s.Deliveries()
				if counts[Sent] != len(got) || counts[Sent]+counts[Failed] != readers || (counts[Failed] > 0) != test.refuse {
					t.Errorf("counts %v, %d at the sink", counts, len(got))
				}
				twice := 0
				for _, n := range got {
					twice += n - 1
				}
				if (twice > 0) != test.again {
					t.Errorf("%d came again", twice)
				}
				if i := h.issue(); i.State != IssueSending {
					t.Errorf("the issue was paused: %s", i.Why)
				}
			})
		}
	}
}

// Far too many refusals stop an issue. What has not left stays where it is, and
// goes on when somebody says so.
func TestIssueStopsItself(t *testing.T) {
	for _, test := range []struct {
		name   string
		faults mailtest.Faults
		why    string
	}{
		{"for good", mailtest.Faults{Perm: 0.2}, WhyRefused},
		{"for now", mailtest.Faults{Temp: 0.6}, WhyDeferred},
	} {
		t.Run(test.name, func(t *testing.T) {
			const readers = 1500
			h, s := newHouse(t), newSink(t, mailtest.Config{Faults: test.faults, Discard: true})
			h.campaign()
			h.readers(readers)
			w := h.worker(s)
			if _, err := w.RunOnce(t.Context(), h.now()); err != nil {
				t.Fatal(err)
			}
			i := h.issue()
			if i.State != IssuePaused || i.Why != test.why {
				t.Fatalf("%s, %q", i.State, i.Why)
			}
			counts, err := h.IssueCounts(t.Context(), issueID)
			if err != nil || counts[Queued] < readers/3 || counts[Sent] != len(s.Deliveries()) {
				t.Errorf("counts %v, %v, %d at the sink", counts, err, len(s.Deliveries()))
			}
			s.SetFaults(mailtest.Faults{})
			h.update(func(tx *storage.Tx) error { _, err := h.SetIssue(tx, issueID, IssueSending); return err })
			counts = h.overnight(w, 7*time.Minute)
			if counts[Sent]+counts[Failed] != readers || counts[Sent] != len(s.Deliveries()) {
				t.Errorf("in the end %v, %d at the sink", counts, len(s.Deliveries()))
			}
		})
	}
}

// What nobody may send leaves nothing: an address that is suppressed, a reader
// who has left, an issue out of date.
func TestDeliveryThatMustNotLeave(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.campaign()
	h.readers(4)
	left := DeliveryKey(issueID, reader(1).To)
	h.Refuses = func(_ *storage.Tx, d *Delivery) (string, error) {
		if d.ID == left {
			return "unsubscribed", nil
		}
		return "", nil
	}
	h.update(func(tx *storage.Tx) error {
		for range hardLimit {
			if _, err := accuse(tx, reader(2).To, accusation{source: FromRelay, reason: "No such user"}); err != nil {
				return err
			}
		}
		return nil
	})
	h.run(h.worker(s), 2)
	h.wantCounts(map[State]int{Sent: 2, Withdrawn: 1, Suppressed: 1})

	late := reader(9)
	h.update(func(tx *storage.Tx) error { _, err := h.Deliver(tx, issueID, []Delivery{late}); return err })
	h.pass(issueLife)
	h.run(h.worker(s), 0)
	h.wantCounts(map[State]int{Sent: 2, Withdrawn: 1, Suppressed: 1, Expired: 1})
}

// A copy that cannot be made fails alone, before anything of it is sent.
func TestDeliveryWithoutWords(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.campaign()
	h.readers(20)
	h.update(func(tx *storage.Tx) error {
		d := reader(100)
		d.Params = nil
		_, err := h.Deliver(tx, issueID, []Delivery{d})
		return err
	})
	h.run(h.worker(s), 20)
	h.wantCounts(map[State]int{Sent: 20, Failed: 1})
	if n := s.Counts().Tries; n != 20 {
		t.Errorf("%d tries", n)
	}
}

// Two programs on one database send each copy once.
func TestTwoPosts(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Discard: true})
	h.campaign()
	h.readers(600)
	dir := t.TempDir()
	var both sync.WaitGroup
	for range 2 {
		w := h.worker(s)
		w.Journal = newJournal(t, dir, "")
		both.Go(func() {
			if _, err := w.RunOnce(context.Background(), h.now()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	h.wantCounts(map[State]int{Sent: 600})
	wantDeliveries(t, s, 600, 1)
}

// A program that is gone without a trace keeps its turn for a while; then
// another one goes on. Coming back to life, it finds that its time is over.
func TestAbandonedTurn(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.campaign()
	h.readers(10)
	if until, err := h.takeTurn(t.Context(), issueID, "gone"); err != nil || !until.Equal(h.now().Add(turnTime)) {
		t.Fatal(until, err)
	}
	w := h.worker(s)
	h.run(w, 0)
	h.pass(turnTime - time.Second)
	h.run(w, 0)
	h.pass(time.Second)
	h.run(w, 10)
	wantDeliveries(t, s, 10, 1)
	if until, err := h.takeTurn(t.Context(), issueID, "gone"); err != nil || until.IsZero() {
		t.Error("the turn was not given back", until, err)
	}
}

// What was claimed and is written by somebody else meanwhile stays as that one
// wrote it.
func TestSettleMeetsAnother(t *testing.T) {
	h := newHouse(t)
	h.campaign()
	h.readers(3)
	var ds []*Delivery
	h.update(func(tx *storage.Tx) (err error) {
		ds, err = deliveries.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("issue", issueID)}})
		return err
	})
	h.update(func(tx *storage.Tx) error {
		d := *ds[0]
		d.State = Withdrawn
		return deliveries.Put(tx, &d)
	})
	var batch []outcome
	for _, d := range ds {
		batch = append(batch, outcome{d: d, verdict: verdict{fate: delivered}})
	}
	if err := h.settleCopies(t.Context(), batch, h.now()); err != nil {
		t.Fatal(err)
	}
	h.wantCounts(map[State]int{Withdrawn: 1, Sent: 2})
}

// A newsletter under way does not delay a ticket: the hands that send copies
// finish the one they have, and the ticket is next.
func TestTicketPassesNewsletter(t *testing.T) {
	const readers, tickets = 1000, 5
	for _, poke := range []bool{true, false} {
		h, s := newHouse(t), newSink(t, mailtest.Config{})
		h.campaign()
		h.readers(readers)
		w := h.worker(s)
		w.Bulk = 10
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { w.Serve(ctx); close(done) }()
		wait := func(n int) {
			for begun := time.Now(); s.Counts().Accepted < n; time.Sleep(time.Millisecond) {
				if time.Since(begun) > time.Minute {
					t.Fatalf("%d have left", s.Counts().Accepted)
				}
			}
		}
		before := map[string]int{}
		for n := range tickets {
			wait((n + 1) * readers / (tickets + 2))
			to := fmt.Sprintf("aino%d@ticket.example", n)
			h.add(letter(to, to))
			before[to] = s.Counts().Accepted
			if poke {
				w.Poke()
			}
		}
		wait(readers + tickets)
		stop()
		<-done
		for at, m := range s.Messages() {
			if from, ok := before[m.To]; ok && at-from > 2*w.Bulk {
				t.Errorf("poked %v: %d copies went before %s", poke, at-from, m.To)
			}
		}
		for to := range before {
			h.wantState(to, Sent)
		}
		h.wantCounts(map[State]int{Sent: readers})
	}
}

// However much single mail there is, newsletters have half of the time; while
// there is none, or its relay rests, nobody stands back.
func TestLull(t *testing.T) {
	var l lull
	if l.begin(1) != nil {
		t.Error("a lull although nobody serves single mail")
	}
	l.serve(true)
	over := l.begin(1)
	if over == nil || l.begin(2) != over {
		t.Fatal("new mail begins no lull, or two")
	}
	l.end(2)
	<-over
	if l.begin(2) != nil {
		t.Error("a lull although nothing is left")
	}
	<-l.begin(3) // nobody ends it
	if l.begin(3) != nil {
		t.Error("one long lull follows another")
	}
	l.rested()
	over = l.begin(3)
	l.serve(false)
	<-over
}

// A stop gives back what has not left; the next start goes on with it.
func TestServeStops(t *testing.T) {
	const readers = 900
	h, s := newHouse(t), newSink(t, mailtest.Config{Discard: true})
	h.campaign()
	h.readers(readers)
	dir := t.TempDir()
	for n := 1; n <= 3; n++ {
		w := h.worker(s)
		w.Journal = newJournal(t, dir, "")
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { w.Serve(ctx); close(done) }()
		for begun := time.Now(); s.Counts().Accepted < n*readers/3; time.Sleep(time.Millisecond) {
			if time.Since(begun) > time.Minute {
				t.Fatalf("%d have left", s.Counts().Accepted)
			}
		}
		stop()
		<-done
		counts, err := h.IssueCounts(t.Context(), issueID)
		if err != nil || counts[Sent] != len(s.Deliveries()) || counts[Sent]+counts[Queued] != readers {
			t.Errorf("counts %v, %v, %d at the sink", counts, err, len(s.Deliveries()))
		}
		if err := w.Journal.Close(); err != nil {
			t.Error(err)
		}
	}
	wantDeliveries(t, s, readers, 1)
	if left := names(t, dir); len(left) > 0 {
		t.Errorf("left in the folder: %v", left)
	}
}

// An issue with a limit of its own, and a relay with one, send no more than that.
func TestRates(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.campaign(func(i *Issue) { i.PerMinute = 120 })
	h.readers(300)
	w := h.workerAt("smtp://" + s.Addr() + "?tls=none&rate=10/s")
	sent := 0
	for range 60 {
		n, err := w.RunOnce(t.Context(), h.now())
		if err != nil {
			t.Fatal(err)
		}
		if sent += n; n > 2 {
			t.Errorf("%d left in a second", n)
		}
		h.pass(time.Second)
	}
	if sent < 118 || sent > 122 {
		t.Errorf("%d left in a minute", sent)
	}
}

func TestWorkersAreSeen(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	if list, err := h.Beats(t.Context()); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
	w := h.worker(s)
	w.init()
	w.throttle.complained("a@slow.example", h.now())
	for range 2 {
		if err := h.putBeat(t.Context(), w.state()); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Second)
	}
	list, err := h.Beats(t.Context())
	if err != nil || len(list) != 1 || len(list[0].Relays) != 1 || len(list[0].Slow) != 1 || list[0].Slow[0].Name != "slow.example" {
		t.Fatalf("%+v, %v", list, err)
	}
	h.pass(beatLife)
	if list, err := h.Beats(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("the silent count as living: %v, %v", list, err)
	}
	h.pass(beatTrace)
	other := h.worker(s)
	other.Log = slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	other.init()
	if err := h.putBeat(t.Context(), other.state()); err != nil {
		t.Fatal(err)
	}
	other.beat(ctx)
	h.update(func(tx *storage.Tx) error {
		if n, err := beats.Count(tx, storage.Query{}); n != 0 {
			t.Errorf("%d traces are left, %v", n, err)
		}
		return nil
	})
}
