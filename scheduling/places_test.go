package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

func TestCancelPromotes(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	a := h.register(t, e, 1)
	h.letGo(t)
	b, c := h.register(t, e, 2), h.register(t, e, 3)

	_, err := h.CancelRegistration(t.Context(), a.Holder(), a.ID, "ill")
	must(t, err)

	h.wantState(t, a, Withdrawn)
	h.wantState(t, b, Confirmed)
	h.wantState(t, c, Waitlisted)
	mails := h.mailsTo(t, a.Email)
	if last := mails[len(mails)-1]; last.Kind != "registration.cancelled" || last.Calendar == nil || last.Calendar.Method != "CANCEL" {
		t.Errorf("last mail = %s %+v, want cancelled with a CANCEL", last.Kind, last.Calendar)
	}
	if got := h.mails(t, b.Email); !slices.Equal(got, []string{"registration.confirmed"}) {
		t.Errorf("mails to the promoted = %v", got)
	}
}

// A calendar ignores what is not newer: every invite and its end has a higher
// sequence than the one before, also when somebody registers again.
func TestSequenceRises(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	for range 3 {
		r := h.register(t, e, 1)
		h.letGo(t)
		_, err := h.CancelRegistration(t.Context(), r.Holder(), r.ID, "")
		must(t, err)
	}
	last := -1
	for _, m := range h.mailsTo(t, "person001@example.org") {
		_, rest, _ := strings.Cut(string(m.Calendar.Body), "\r\nSEQUENCE:")
		var seq int
		fmt.Sscan(rest, &seq)
		if seq <= last {
			t.Errorf("%s: sequence %d after %d", m.Kind, seq, last)
		}
		last = seq
	}
	if last != 5 {
		t.Errorf("last sequence = %d, want 5", last)
	}
}

func TestOffer(t *testing.T) {
	setup := func(t *testing.T) (*testHouse, *Event, []*Registration) {
		h := newHouse(t)
		e := h.event(t, func(e *Event) { e.Rules.Seats, e.Rules.OfferHours = 1, 24 })
		rs := []*Registration{h.register(t, e, 1), h.register(t, e, 2), h.register(t, e, 3)}
		_, err := h.CancelRegistration(t.Context(), rs[0].Holder(), rs[0].ID, "")
		must(t, err)
		h.wantState(t, rs[1], Offered)
		return h, e, rs
	}
	t.Run("accepted", func(t *testing.T) {
		h, _, rs := setup(t)
		_, err := h.AcceptOffer(t.Context(), rs[1].Holder(), rs[1].ID)
		must(t, err)
		h.wantState(t, rs[1], Confirmed)
		_, err = h.AcceptOffer(t.Context(), rs[1].Holder(), rs[1].ID)
		wantProblem(t, err, Closed)
	})
	t.Run("declined", func(t *testing.T) {
		h, _, rs := setup(t)
		_, err := h.DeclineOffer(t.Context(), rs[1].Holder(), rs[1].ID)
		must(t, err)
		h.wantState(t, rs[1], Left)
		h.wantState(t, rs[2], Offered)
	})
	t.Run("too late", func(t *testing.T) {
		h, _, rs := setup(t)
		h.at(h.reload(t, rs[1]).Deadline)
		_, err := h.AcceptOffer(t.Context(), rs[1].Holder(), rs[1].ID)
		wantProblem(t, err, Closed)
	})
	t.Run("let go by silence, twice", func(t *testing.T) {
		h, e, rs := setup(t)
		expire := func() {
			h.at(h.time().Add(24 * time.Hour))
			_, err := h.ExpireOffers(t.Context(), h.time())
			must(t, err)
		}
		expire()
		h.wantState(t, rs[1], Waitlisted) // at the end of the list now
		h.wantState(t, rs[2], Offered)
		expire()
		h.wantState(t, rs[2], Waitlisted)
		h.wantState(t, rs[1], Offered)
		expire()
		h.wantState(t, rs[1], Left)
		expire()
		h.wantState(t, rs[2], Left)
		if s := h.seating(t, e.ID); s.Taken != 0 || s.Waiting != 0 {
			t.Errorf("seating = %+v, want nobody", s)
		}
	})
}

func TestHandOver(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	r, waits := h.register(t, e, 1), h.register(t, e, 2)
	old := h.MyLink(r)

	_, err := h.HandOver(t.Context(), r.Holder(), r.ID, Guest{Name: "Kaisa Kollega", Email: "Kaisa@Example.org"})
	must(t, err)

	got := h.reload(t, r)
	if got.Email != "kaisa@example.org" || got.State != Confirmed || got.Ticket == r.Ticket {
		t.Errorf("after: %+v", got)
	}
	if _, err := h.MyPage(t.Context(), old); err == nil {
		t.Error("the old link still opens the registration")
	}
	if _, err := h.MyPage(t.Context(), h.MyLink(got)); err != nil {
		t.Errorf("the new link: %v", err)
	}
	if got := h.mails(t, "kaisa@example.org"); !slices.Equal(got, []string{"registration.confirmed"}) {
		t.Errorf("mails to the colleague = %v", got)
	}
	if got := h.mails(t, r.Email); !slices.Equal(got, []string{"registration.handed_over"}) {
		t.Errorf("mails to the one who handed over = %v", got)
	}
	h.wantState(t, waits, Waitlisted)
	if s := h.seating(t, e.ID); s.Taken != 1 {
		t.Errorf("%d seats taken, want 1", s.Taken)
	}
	_, err = h.HandOver(t.Context(), got.Holder(), r.ID, Guest{Name: "Person", Email: waits.Email})
	wantProblem(t, err, Exists)
}

func TestHandOverKeepsThePlaceInTheQueue(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	a, b, c := h.register(t, e, 1), h.register(t, e, 2), h.register(t, e, 3)
	_, err := h.HandOver(t.Context(), b.Holder(), b.ID, Guest{Name: "Kaisa", Email: "kaisa@example.org"})
	must(t, err)
	_, err = h.CancelRegistration(t.Context(), a.Holder(), a.ID, "")
	must(t, err)
	h.wantState(t, b, Confirmed)
	h.wantState(t, c, Waitlisted)
}

func TestEditUntilLocked(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) {
		e.Rules.LockAt = t0.Add(24 * time.Hour)
		e.Rules.Consents = []ConsentAsk{{"participants", Text{"en": "Show my name"}, false}}
	})
	r := h.register(t, e, 1)
	got, err := h.EditRegistration(t.Context(), r.Holder(), r.ID, Edit{Name: "New Name", Consents: map[string]bool{"participants": true}})
	must(t, err)
	if got.Name != "New Name" || !Agreed(got.Consents, "participants") || len(got.Consents) != 2 {
		t.Errorf("after: %s %+v", got.Name, got.Consents)
	}
	if got := h.mails(t, r.Email); len(got) != 1 {
		t.Errorf("editing sent mail: %v", got)
	}
	h.at(t0.Add(24 * time.Hour))
	_, err = h.EditRegistration(t.Context(), r.Holder(), r.ID, Edit{Name: "Later"})
	wantProblem(t, err, Closed)
	_, err = h.EditRegistration(t.Context(), h.boss, r.ID, Edit{Name: "Organiser"})
	must(t, err)
}

func TestStrangersChangeNothing(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 5 })
	mine, theirs := h.register(t, e, 1), h.register(t, e, 2)
	for name, by := range map[string]Actor{
		"the public": {}, "another registration's link": mine.Holder(), "another cluster's organiser": h.other,
		"another person signed in":           {ID: "x", Email: mine.Email, Via: "page"},
		"a link actor with the address only": {ID: "x", Via: "link"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.CancelRegistration(t.Context(), by, theirs.ID, "")
			wantHidden(t, err)
			_, err = h.EditRegistration(t.Context(), by, theirs.ID, Edit{Name: "Eve"})
			wantHidden(t, err)
			_, err = h.HandOver(t.Context(), by, theirs.ID, Guest{Name: "Eve", Email: "eve@example.org"})
			wantHidden(t, err)
			_, err = h.CheckIn(t.Context(), by, e.ID, theirs.Ticket)
			wantHidden(t, err)
			_, _, err = h.Registrations(t.Context(), by, e.ID, RegFilter{})
			wantHidden(t, err)
		})
	}
	h.wantState(t, theirs, Confirmed)
}

// TestSeating drives the pure rules through any order of what people do: never
// more seats than there are, never anybody passed, counts that are true.
func TestSeating(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seats := rapid.IntRange(1, 6).Draw(t, "seats")
		e := &Event{State: Published, Starts: t0.Add(time.Hour), Rules: EventRules{Seats: seats, OfferHours: rapid.IntRange(0, 1).Draw(t, "offer")}}
		m := &model{s: &Seating{Seats: seats}, e: e}
		t.Repeat(map[string]func(*rapid.T){
			"register": m.register,
			"end":      m.end,
			"accept":   m.accept,
			"lapse":    m.lapse,
			"check in": m.checkIn,
			"":         m.check,
		})
	})
}

type model struct {
	e   *Event
	s   *Seating
	all []*Registration
	n   int
}

func (m *model) in(states ...RegState) (out []*Registration) {
	for _, r := range m.all {
		if slices.Contains(states, r.State) {
			out = append(out, r)
		}
	}
	return out
}

func (m *model) pick(t *rapid.T, states ...RegState) *Registration {
	rs := m.in(states...)
	if len(rs) == 0 {
		t.Skip("nobody")
	}
	return rapid.SampledFrom(rs).Draw(t, "who")
}

func (m *model) register(t *rapid.T) {
	size := rapid.IntRange(1, 4).Draw(t, "size")
	split := rapid.Bool().Draw(t, "split")
	var party []*Registration
	for range size {
		m.n++
		r := &Registration{Meta: storage.Meta{ID: fmt.Sprint(m.n)}, Email: fmt.Sprint(m.n), Split: split}
		if size > 1 {
			r.Party = fmt.Sprint("party", m.n-len(party))
		}
		party = append(party, r)
	}
	waited := m.s.Waiting
	if !m.s.admit(party, true, split) {
		t.Fatal("refused although there is a waiting list")
	}
	if waited > 0 && party[0].State != Waitlisted {
		t.Fatal("somebody new passed those who wait")
	}
	m.all = append(m.all, party...)
}

// promoted does what places.go does after every change.
func (m *model) promoted(t *rapid.T) {
	queue := m.in(Waitlisted)
	slices.SortFunc(queue, func(a, b *Registration) int { return int(a.Queue - b.Queue) })
	up := m.s.next(queue)
	for i, r := range up {
		if r != queue[i] {
			t.Fatal("somebody was passed")
		}
		m.s.promote(r, m.e, t0)
	}
}

func (m *model) end(t *rapid.T) {
	m.s.move(m.pick(t, Confirmed, Offered, Waitlisted), Withdrawn)
	m.promoted(t)
}

func (m *model) accept(t *rapid.T) { m.s.move(m.pick(t, Offered), Confirmed) }

func (m *model) lapse(t *rapid.T) {
	m.s.enqueue(m.pick(t, Offered))
	m.promoted(t)
}

func (m *model) checkIn(t *rapid.T) { m.s.move(m.pick(t, Confirmed), Attended) }

func (m *model) check(t *rapid.T) {
	if got := len(m.in(Confirmed, Offered, Attended)); got != m.s.Taken || got > m.s.Seats {
		t.Fatalf("%d hold seats, %d counted, %d seats", got, m.s.Taken, m.s.Seats)
	}
	if got := len(m.in(Waitlisted)); got != m.s.Waiting {
		t.Fatalf("%d wait, %d counted", got, m.s.Waiting)
	}
	if got := len(m.in(Attended)); got != m.s.Attended {
		t.Fatalf("%d came, %d counted", got, m.s.Attended)
	}
	for _, r := range m.all {
		if (r.Live != "") != r.State.Live() || (r.Queue > 0) != (r.State == Waitlisted) {
			t.Fatalf("%s in state %s: live %q, queue %d", r.ID, r.State, r.Live, r.Queue)
		}
	}
}
