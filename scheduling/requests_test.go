package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

func (h *testHouse) ask(t testing.TB, from, to *Entrant, a Ask) *Request {
	t.Helper()
	a.To = to.ID
	if a.Wish == "" {
		a.Wish = Want
	}
	q, err := h.SendRequest(t.Context(), as(from, 0), from.ID, a)
	must(t, err)
	return q
}

func (h *testHouse) respond(t testing.TB, e *Entrant, q *Request, a Reply) *Request {
	t.Helper()
	out, err := h.AnswerRequest(t.Context(), as(e, 0), e.ID, q.ID, a)
	must(t, err)
	return out
}

func (h *testHouse) request(t testing.TB, id string) (q *Request) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		q, err = requests.Get(tx, id)
		return err
	}))
	return q
}

// pair is a round with two companies of two people each.
func (h *testHouse) pair(t testing.TB, set func(*Round)) (r *Round, a, b *Entrant) {
	r = h.morning(t, set)
	return r, h.entrant(t, r, "Aurora", 2), h.entrant(t, r, "Borealis", 2)
}

func bySolver(r *Round) { r.Way = BySolver }

func TestRequestAccepted(t *testing.T) {
	h := newHouse(t)
	_, a, b := h.pair(t, bySolver)
	q := h.ask(t, a, b, Ask{Wish: Must, Message: "Batteries?"})
	if q.State != RequestSent || q.Turn != b.ID || !q.Deadline.Equal(q.SentAt.Add(72*time.Hour)) {
		t.Errorf("sent: %+v", q)
	}
	if again := h.ask(t, a, b, Ask{Wish: Must, Message: "Batteries?"}); again.ID != q.ID || again.Rev != q.Rev {
		t.Errorf("sent twice it is %s rev %d, want %s rev %d", again.ID, again.Rev, q.ID, q.Rev)
	}
	h.sent(t)
	got := h.respond(t, b, q, Reply{Wish: Want, Text: "Gladly."})
	h.respond(t, b, q, Reply{Wish: Want, Text: "Gladly."})
	if got.State != RequestAccepted || got.Answer != Want || got.Reply != "Gladly." || got.Turn != "" || got.MeetingID != "" {
		t.Errorf("accepted: %+v", got)
	}
	if kinds := h.mails(t, mailTo(a, 0)); !slices.Equal(kinds, []string{requestAccepted}) {
		t.Errorf("the one that asked has the mails %v", kinds)
	}
	if kinds := h.mails(t, mailTo(b, 0)); !slices.Equal(kinds, []string{requestReceived}) {
		t.Errorf("the one that was asked has the mails %v", kinds)
	}
}

// TestMutual has both ask each other: there is one request, and it is accepted.
func TestMutual(t *testing.T) {
	h := newHouse(t)
	_, a, b := h.pair(t, bySolver)
	q := h.ask(t, a, b, Ask{Wish: Maybe})
	got := h.ask(t, b, a, Ask{Wish: Must})
	if got.ID != q.ID || got.State != RequestAccepted || got.Wish != Maybe || got.Answer != Must {
		t.Errorf("%+v", got)
	}
}

func TestMutualAtOnce(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, bySolver)
	var wg sync.WaitGroup
	for n := range 20 {
		from, to := a, b
		if n%2 == 1 {
			from, to = b, a
		}
		wg.Go(func() {
			if _, err := h.SendRequest(t.Context(), as(from, 0), from.ID, Ask{To: to.ID, Wish: Want}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		list, err := requests.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}})
		if len(list) != 1 || list[0].State != RequestAccepted {
			t.Errorf("%d requests, the first is %+v", len(list), list[0])
		}
		return err
	}))
}

// TestLimitsAtOnce sends more requests at once than one company may.
func TestLimitsAtOnce(t *testing.T) {
	h := newHouse(t)
	for _, test := range []struct {
		name        string
		limits      RoundLimits
		wish        Wish
		sent, musts int
	}{
		{"requests", RoundLimits{Requests: 7}, Want, 7, 0},
		{"musts", RoundLimits{Requests: 15, Musts: 3}, Must, 3, 3},
		{"none", RoundLimits{}, Must, 20, 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := h.morning(t, func(r *Round) { r.Way, r.Limits, r.Slug = BySolver, test.limits, test.name })
			a := h.entrant(t, r, "Aurora "+test.name, 1)
			var wg sync.WaitGroup
			for n := range 20 {
				other := h.entrant(t, r, fmt.Sprint(test.name, n), 1)
				wg.Go(func() {
					_, err := h.SendRequest(t.Context(), as(a, 0), a.ID, Ask{To: other.ID, Wish: test.wish})
					if p := ProblemIn(err); err != nil && (p == nil || p.Kind != Full) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			c, err := h.RequestCounts(t.Context(), as(a, 0), a.ID)
			must(t, err)
			if c.Sent != test.sent || c.Musts != test.musts {
				t.Errorf("%d requests are out, %d of them musts; want %d and %d", c.Sent, c.Musts, test.sent, test.musts)
			}
		})
	}
}

func TestDeclined(t *testing.T) {
	h := newHouse(t)
	_, a, b := h.pair(t, bySolver)
	q := h.ask(t, a, b, Ask{})
	h.respond(t, b, q, Reply{Wish: No, Text: "Not our field."})
	h.respond(t, b, q, Reply{Wish: No})
	_, err := h.SendRequest(t.Context(), as(a, 0), a.ID, Ask{To: b.ID, Wish: Want})
	if p := wantProblem(t, err, Closed); p.Key != "request.refused" {
		t.Errorf("asked anew after no thanks: %s", p.Key)
	}
	if kinds := h.mails(t, mailTo(a, 0)); !slices.Equal(kinds, []string{requestDeclined}) {
		t.Errorf("mails %v", kinds)
	}
	got := h.respond(t, b, q, Reply{Wish: Maybe}) // they change their mind
	if got.State != RequestAccepted || got.Pair == "" || !got.EndedAt.IsZero() {
		t.Errorf("reopened: %+v", got)
	}
}

func TestWithdrawn(t *testing.T) {
	h := newHouse(t)
	_, a, b := h.pair(t, bySolver)
	q := h.ask(t, a, b, Ask{})
	_, err := h.WithdrawRequest(t.Context(), as(b, 0), b.ID, q.ID)
	wantHidden(t, err)
	for range 2 {
		got, err := h.WithdrawRequest(t.Context(), as(a, 0), a.ID, q.ID)
		must(t, err)
		if got.State != RequestWithdrawn || got.Pair != "" {
			t.Errorf("%+v", got)
		}
	}
	if kinds := h.mails(t, mailTo(b, 0)); len(kinds) != 0 { // it never left
		t.Errorf("who never read that they were asked has the mails %v", kinds)
	}
	_, err = h.AnswerRequest(t.Context(), as(b, 0), b.ID, q.ID, Reply{Wish: Want})
	wantProblem(t, err, Closed)
	if anew := h.ask(t, a, b, Ask{}); anew.ID == q.ID {
		t.Error("a new request is the withdrawn one")
	}
}

func TestExpires(t *testing.T) {
	h := newHouse(t)
	_, a, b := h.pair(t, bySolver)
	q := h.ask(t, a, b, Ask{})
	follow := func(at time.Time, want int) {
		t.Helper()
		h.at(at)
		n, err := h.FollowRequests(t.Context(), at)
		must(t, err)
		if n != want {
			t.Errorf("at %s %d things were done, want %d", at, n, want)
		}
	}
	follow(q.Deadline.Add(-25*time.Hour), 0)
	follow(q.Deadline.Add(-23*time.Hour), 1)
	follow(q.Deadline.Add(-22*time.Hour), 0)
	follow(q.Deadline.Add(time.Minute), 1)
	follow(q.Deadline.Add(2*time.Minute), 0)
	if got := h.request(t, q.ID); got.State != RequestExpired || got.Pair != "" {
		t.Errorf("%+v", got)
	}
	if kinds := h.mails(t, mailTo(a, 0)); !slices.Equal(kinds, []string{requestLapsed}) {
		t.Errorf("the one that asked has %v", kinds)
	}
	if kinds := h.mails(t, mailTo(b, 0)); !slices.Equal(kinds, []string{requestExpired}) { // what had not left is taken back
		t.Errorf("the one that was asked has %v", kinds)
	}
	if got := h.respond(t, b, q, Reply{Wish: Want}); got.State != RequestAccepted {
		t.Errorf("late, but accepted: %+v", got)
	}
}

// Elsewhere a request that nobody answers ends without a word to who sent it.
func TestUnansweredRequestsSenderIsTold(t *testing.T) {
	h := newHouse(t)
	_, a, b := h.pair(t, bySolver)
	q := h.ask(t, a, b, Ask{})
	h.letGo(t)
	for range 2 {
		h.at(q.Deadline.Add(time.Minute))
		_, err := h.FollowRequests(t.Context(), h.time())
		must(t, err)
	}
	if kinds := h.mails(t, mailTo(a, 0)); !slices.Equal(kinds, []string{requestLapsed}) {
		t.Errorf("the sender has %v, want to be told once", kinds)
	}
}

// TestWhoMayAsk has those try who may not.
func TestWhoMayAsk(t *testing.T) {
	h := newHouse(t)
	_, a, b := h.pair(t, nil)
	c := h.entrant(t, h.morning(t, func(r *Round) { r.Slug = "other" }), "Corona", 1)
	q := h.ask(t, a, b, Ask{})
	for name, by := range map[string]Actor{"the public": {}, "a delegate who does not manage": as(b, 1), "a stranger": as(c, 0), "another organiser": h.other} {
		t.Run(name, func(t *testing.T) {
			_, err := h.SendRequest(t.Context(), by, b.ID, Ask{To: a.ID, Wish: Want})
			wantHidden(t, err)
			_, err = h.AnswerRequest(t.Context(), by, b.ID, q.ID, Reply{Wish: Want})
			wantHidden(t, err)
			_, err = h.Requests(t.Context(), by, b.ID)
			wantHidden(t, err)
		})
	}
	_, err := h.SendRequest(t.Context(), as(a, 0), a.ID, Ask{To: c.ID, Wish: Want})
	wantHidden(t, err)
	_, err = h.AnswerRequest(t.Context(), as(c, 0), c.ID, q.ID, Reply{Wish: Want})
	wantHidden(t, err)
	if _, err := h.AnswerRequest(t.Context(), h.boss, b.ID, q.ID, Reply{Wish: Want}); err != nil {
		t.Errorf("the organiser answers for an entrant: %v", err)
	}
}

func TestAskingHasItsTime(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, bySolver)
	h.write(t, func(tx *storage.Tx) error { r.Phase = RoundScheduling; return rounds.Put(tx, r) })
	_, err := h.SendRequest(t.Context(), as(a, 0), a.ID, Ask{To: b.ID, Wish: Want})
	wantProblem(t, err, Closed)
}

func TestRequestLink(t *testing.T) {
	h := newHouse(t)
	_, a, b := h.pair(t, bySolver)
	h.ask(t, a, b, Ask{Message: "Batteries?"})
	m := h.mailsTo(t, mailTo(b, 0))[0]
	link := strings.TrimPrefix(m.Letter.Button.URL, h.BaseURL+"/b2b/")
	got, err := h.RequestByLink(t.Context(), link)
	must(t, err)
	if got.Me.ID != b.ID || got.Other.ID != a.ID || !got.Yours || got.By.ID != b.People[0].PersonID {
		t.Errorf("%+v", got)
	}
	if _, err := h.AnswerRequest(t.Context(), got.By, got.Me.ID, got.Request.ID, Reply{Wish: Want}); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{link + "x", strings.Replace(link, b.People[0].PersonID, a.People[0].PersonID, 1), "x", ""} {
		_, err := h.RequestByLink(t.Context(), bad)
		wantHidden(t, err)
	}
	h.write(t, func(tx *storage.Tx) error { b.Generation++; return entrants.Put(tx, b) })
	_, err = h.RequestByLink(t.Context(), link)
	wantHidden(t, err)
}

// sent has the outbox send everything, as far as its mails are concerned.
func (h *testHouse) sent(t testing.TB) {
	t.Helper()
	h.write(t, func(tx *storage.Tx) error {
		for m, err := range mailRows.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			if m.State != mailer.Queued {
				continue
			}
			m.State, m.Open, m.Ready, m.SentAt = mailer.Sent, false, false, tx.Now()
			if err := mailRows.Put(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}
