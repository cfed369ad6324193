package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/scheduling/match"
	"kohtaamo/storage"
)

// A market is a round of companies that have asked each other for meetings.
type market struct {
	*testHouse
	r  *Round
	es []*Entrant
}

// market makes a round in its scheduling phase, with so many entrants of one
// person each.
func newMarket(t testing.TB, companies int, set func(*Round)) *market {
	t.Helper()
	m := &market{testHouse: newHouse(t)}
	m.r = m.morning(t, func(r *Round) {
		r.Way, r.Phase = BySolver, RoundScheduling
		if set != nil {
			set(r)
		}
	})
	for n := range companies {
		m.es = append(m.es, m.entrant(t, m.r, fmt.Sprintf("Company %02d", n), 1))
	}
	return m
}

// asks stores a request of one entrant to another that was accepted, or that
// waits if answer is "".
func (m *market) asks(t testing.TB, from, to int, wish, answer Wish) *Request {
	t.Helper()
	q := &Request{RoundID: m.r.ID, From: m.es[from].ID, To: m.es[to].ID, State: RequestSent, Wish: wish, Answer: answer, SentAt: t0}
	if answer != "" {
		q.State = RequestAccepted
	}
	q.Pair = pairOf(m.r.ID, q.From, q.To)
	m.write(t, func(tx *storage.Tx) error { return requests.Put(tx, q) })
	return q
}

// solved proposes a schedule and has it made.
func (m *market) solved(t testing.TB, in ProposalInput) *Proposal {
	t.Helper()
	p, err := m.Propose(t.Context(), m.boss, m.r.ID, in)
	must(t, err)
	worked, err := m.SolveNext(t.Context())
	must(t, err)
	if !worked {
		t.Fatal("nothing was solved")
	}
	return m.proposal(t, p.ID)
}

func (m *market) proposal(t testing.TB, id string) *Proposal {
	t.Helper()
	p, err := m.Proposal(t.Context(), m.boss, id)
	must(t, err)
	return p.Proposal
}

// published are the standing meetings by request.
func (m *market) published(t testing.TB) map[string]*Meeting {
	t.Helper()
	out := map[string]*Meeting{}
	must(t, m.DB.View(t.Context(), func(tx *storage.Tx) error {
		list, err := standing(tx, m.r.ID)
		for _, x := range list {
			out[x.RequestID] = x
		}
		return err
	}))
	return out
}

// rules checks a schedule against the judge.
func (m *market) rules(t testing.TB, id string) {
	t.Helper()
	b, err := m.Board(t.Context(), m.boss, m.r.ID, BoardView{Proposal: id})
	must(t, err)
	for _, f := range b.Faults {
		if f.Key != "board.breaks.required" {
			t.Errorf("the schedule breaks a rule: %v", f)
		}
	}
}

func TestPropose(t *testing.T) {
	m := newMarket(t, 6, nil)
	var all []*Request
	for i := range 6 {
		for k := range i {
			all = append(all, m.asks(t, i, k, Want, Want))
		}
	}
	declined := m.asks(t, 0, 0, Want, "")
	m.write(t, func(tx *storage.Tx) error { declined.State = RequestDeclined; return requests.Put(tx, declined) })

	_, err := m.Propose(t.Context(), m.other, m.r.ID, ProposalInput{})
	wantHidden(t, err)
	p := m.solved(t, ProposalInput{Name: "First", Once: "form"})
	again, err := m.Propose(t.Context(), m.boss, m.r.ID, ProposalInput{Name: "First", Once: "form"})
	must(t, err)
	if again.ID != p.ID {
		t.Error("the same form made a second proposal")
	}
	if p.State != ProposalReady || len(p.Placed) != 15 || len(p.Left) != 0 || p.Weight != 15*8 || p.WeightBound < p.Weight || p.Progress != 1 {
		t.Errorf("proposal = %+v", p)
	}
	if off, known := p.OffBy(); !known || off != 0 {
		t.Errorf("off by %d, %v", off, known)
	}
	m.rules(t, p.ID)
	if len(m.published(t)) != 0 {
		t.Error("a proposal published meetings")
	}
	_, err = m.StopProposal(t.Context(), m.boss, p.ID)
	must(t, err)
	if got := m.proposal(t, p.ID); got.StopAsked || got.State != ProposalReady {
		t.Errorf("stopping what is over made it %+v", got)
	}
	_ = all
}

// TestMusts asks for more musts than one company has slots.
func TestMusts(t *testing.T) {
	m := newMarket(t, 9, nil) // six slots
	for i := 1; i < 9; i++ {
		m.asks(t, i, 0, Must, Want)
	}
	p := m.solved(t, ProposalInput{})
	if p.Status != match.Infeasible || len(p.Conflict) == 0 || p.State != ProposalReady || !p.Relaxed {
		t.Fatalf("proposal = %s, %s, %v", p.State, p.Status, p.Conflict)
	}
	if len(p.Placed) != 6 || len(p.Left) != 2 {
		t.Errorf("%d placed, %d left", len(p.Placed), len(p.Left))
	}
	for lang, want := range map[string]string{"en": "Company 00", "fi": "Company 00"} {
		said := p.Conflict[0]
		if text := texts().In(lang).Text(said.Key, said.Args()...); !strings.Contains(text, want) || !strings.Contains(text, "8") || !strings.Contains(text, "6") {
			t.Errorf("%s: %q", lang, text)
		}
	}
	m.rules(t, p.ID)
}

// TestWorth: one place, two requests; the one that both want wins over the one
// that waits for its answer, which is there only if it is asked for.
func TestWorth(t *testing.T) {
	m := newMarket(t, 3, func(r *Round) { r.Days[0].Windows[0].To = "09:20"; r.Tables = r.Tables[:1] })
	waiting, agreed := m.asks(t, 0, 1, Must, ""), m.asks(t, 1, 2, Want, Want)
	for _, unanswered := range []bool{false, true} {
		p := m.solved(t, ProposalInput{Unanswered: unanswered})
		if len(p.Placed) != 1 || p.Placed[0].RequestID != agreed.ID {
			t.Errorf("placed %v", p.Placed)
		}
		if slices.Contains(p.Left, waiting.ID) != unanswered {
			t.Errorf("left %v", p.Left)
		}
	}
}

func TestPublish(t *testing.T) {
	m := newMarket(t, 4, nil)
	for i := 1; i < 4; i++ {
		m.asks(t, i, 0, Want, Want)
	}
	p := m.solved(t, ProposalInput{})
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if _, err := m.Publish(context.Background(), m.boss, p.ID); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list := m.published(t)
	if len(list) != 3 {
		t.Fatalf("%d meetings", len(list))
	}
	for _, x := range list {
		if x.Sequence != 0 || len(x.PersonIDs) != 2 {
			t.Errorf("meeting = %+v", x)
		}
	}
	if r := m.roundNow(t); r.Phase != RoundPublished {
		t.Errorf("the round is %s", r.Phase)
	}
	_, err := m.SendAgendas(t.Context(), t0)
	must(t, err)
	for _, e := range m.es {
		if got := m.mails(t, mailTo(e, 0)); !slices.Equal(got, []string{"meeting.agenda"}) {
			t.Errorf("%s was told %v", e.Name, got)
		}
	}
}

func (m *market) roundNow(t testing.TB) (r *Round) {
	t.Helper()
	must(t, m.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		r, err = rounds.Get(tx, m.r.ID)
		return err
	}))
	return r
}

// TestPublishKilled has the transaction of a publication fail after all that it
// does: nothing of it is there, and another try does it all.
func TestPublishKilled(t *testing.T) {
	m := newMarket(t, 3, nil)
	m.asks(t, 1, 0, Want, Want)
	m.asks(t, 2, 0, Want, Want)
	p := m.solved(t, ProposalInput{})
	killed := errors.New("killed")
	err := m.DB.Update(t.Context(), func(tx *storage.Tx) error {
		p, r, err := ownProposal(tx, m.boss, p.ID)
		must(t, err)
		must(t, m.publish(tx, m.boss, r, p))
		return killed
	})
	if !errors.Is(err, killed) || len(m.published(t)) != 0 || m.roundNow(t).Phase != RoundScheduling {
		t.Fatalf("%v: %d meetings in %s", err, len(m.published(t)), m.roundNow(t).Phase)
	}
	_, err = m.Publish(t.Context(), m.boss, p.ID)
	must(t, err)
	if len(m.published(t)) != 2 {
		t.Error("the second try did not publish")
	}
}

// TestRepublish solves again after somebody got less time: what can stay stays,
// with its entry as it is, and only the others are told.
func TestRepublish(t *testing.T) {
	m := newMarket(t, 6, nil)
	m.asks(t, 1, 0, Want, Want)
	m.asks(t, 3, 2, Want, Want)
	m.asks(t, 5, 4, Want, Want)
	_, err := m.Publish(t.Context(), m.boss, m.solved(t, ProposalInput{}).ID)
	must(t, err)
	_, err = m.SendAgendas(t.Context(), t0)
	must(t, err)
	before := m.published(t)
	var moved *Meeting
	for _, x := range before {
		if slices.Contains(x.EntrantIDs, m.es[0].ID) {
			moved = x
		}
	}
	m.write(t, func(tx *storage.Tx) error {
		e, err := entrants.Get(tx, m.es[0].ID)
		must(t, err)
		e.People[0].Unavailable = []string{moved.Slot}
		return entrants.Put(tx, e)
	})
	if b, err := m.Board(t.Context(), m.boss, m.r.ID, BoardView{}); err != nil || len(b.Faults) != 1 || b.Faults[0].Key != "board.breaks.available" {
		t.Errorf("the board's faults are %v, %v", b.Faults, err)
	}
	late := m.asks(t, 2, 0, Want, Want)
	p := m.solved(t, ProposalInput{Based: BasedOnPublished})
	_, err = m.Publish(t.Context(), m.boss, p.ID)
	must(t, err)
	after := m.published(t)
	for id, was := range before {
		now := after[id]
		if id == moved.RequestID {
			if now.Slot == was.Slot || now.Sequence != 1 || now.UID != was.UID {
				t.Errorf("moved: %+v", now)
			}
		} else if now.Slot != was.Slot || now.Table != was.Table || now.Sequence != 0 || now.Rev != was.Rev {
			t.Errorf("a meeting that could stay changed: %+v, was %+v", now, was)
		}
	}
	if after[late.ID] == nil {
		t.Error("the late request has no meeting")
	}
	if got := m.mails(t, mailTo(m.es[4], 0)); len(got) != 1 {
		t.Errorf("somebody whom nothing concerned was told %v", got)
	}
	if got := m.mails(t, mailTo(m.es[1], 0)); !slices.Contains(got, "meeting.moved") || len(got) != 2 {
		t.Errorf("somebody who was moved was told %v", got)
	}
}

// TestSolverDies lets a server take a proposal and say nothing more.
func TestSolverDies(t *testing.T) {
	m := newMarket(t, 2, nil)
	m.asks(t, 1, 0, Want, Want)
	p, err := m.Propose(t.Context(), m.boss, m.r.ID, ProposalInput{})
	must(t, err)
	now := t0.Add(time.Hour)
	for range solveAttempts {
		m.at(now)
		claimed, err := m.claimProposal(t.Context())
		must(t, err)
		if claimed == nil || claimed.ID != p.ID {
			t.Fatalf("claimed %v", claimed)
		}
		if other, err := m.claimProposal(t.Context()); err != nil || other != nil {
			t.Errorf("two servers have it: %v, %v", other, err)
		}
		now = now.Add(2 * solveLease)
	}
	m.at(now)
	if worked, err := m.SolveNext(t.Context()); worked || err != nil {
		t.Errorf("solved once more: %v", err)
	}
	if got := m.proposal(t, p.ID); got.State != ProposalFailed || got.Conflict[0].Key != "board.conflict.interrupted" {
		t.Errorf("proposal = %+v", got)
	}
}

// TestSolverStops ends a server while it works: the proposal waits for the next
// one, which makes the same schedule.
func TestSolverStops(t *testing.T) {
	m := newMarket(t, 2, nil)
	m.asks(t, 1, 0, Want, Want)
	p, err := m.Propose(t.Context(), m.boss, m.r.ID, ProposalInput{})
	must(t, err)
	claimed, err := m.claimProposal(t.Context())
	must(t, err)
	gone, stop := context.WithCancel(t.Context())
	stop()
	if err := m.solve(gone, claimed); err != nil {
		t.Fatal(err)
	}
	if got := m.proposal(t, p.ID); got.State != ProposalQueued || got.Attempts != 0 {
		t.Fatalf("proposal = %+v", got)
	}
	worked, err := m.SolveNext(t.Context())
	must(t, err)
	if got := m.proposal(t, p.ID); !worked || got.State != ProposalReady || len(got.Placed) != 1 {
		t.Errorf("proposal = %+v", got)
	}
}

// TestDeletedWhileSolving: its server lets go of it.
func TestDeletedWhileSolving(t *testing.T) {
	m := newMarket(t, 2, nil)
	m.asks(t, 1, 0, Want, Want)
	p, err := m.Propose(t.Context(), m.boss, m.r.ID, ProposalInput{})
	must(t, err)
	claimed, err := m.claimProposal(t.Context())
	must(t, err)
	must(t, m.DeleteProposal(t.Context(), m.boss, p.ID))
	must(t, m.solve(t.Context(), claimed))
	_, err = m.Proposal(t.Context(), m.boss, p.ID)
	wantHidden(t, err)
}
