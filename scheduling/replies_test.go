package scheduling

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func (h *testHouse) answer(t testing.TB, r *Registration, a Answer) {
	t.Helper()
	_, err := h.AnswerInvite(t.Context(), r.Holder(), r.ID, a)
	must(t, err)
}

func (h *testHouse) wantAnswer(t testing.TB, r *Registration, want Answer) {
	t.Helper()
	if got := h.reload(t, r); got.RSVP.Answer != want {
		t.Errorf("%s answered %q, want %q", got.Name, got.RSVP.Answer, want)
	}
}

// actions lists what the audit log says happened to r, by the alphabet: what one
// transaction did has no order.
func (h *testHouse) actions(t testing.TB, r *Registration) (list []string) {
	t.Helper()
	entries, err := h.History(t.Context(), h.boss, r.ID)
	must(t, err)
	for _, x := range entries {
		list = append(list, strings.TrimPrefix(x.Action, "registration."))
	}
	slices.Sort(list)
	return list
}

func (h *testHouse) wantActions(t testing.TB, r *Registration, want ...string) {
	t.Helper()
	if got := h.actions(t, r); !slices.Equal(got, want) {
		t.Errorf("the audit log of %s says %v, want %v", r.Name, got, want)
	}
}

// A no gives the place up as the person's own page does: the same state, the
// same mail, and the seat goes to whoever waits.
func TestAnswerNo(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	byPage := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	r, next := h.register(t, e, 1), h.register(t, e, 2)
	own := h.register(t, byPage, 3)

	h.answer(t, r, AnswerNo)
	_, err := h.CancelRegistration(t.Context(), own.Holder(), own.ID, "")
	must(t, err)

	h.wantState(t, next, Confirmed)
	got, want := h.reload(t, r), h.reload(t, own)
	if got.State != want.State || got.EndedBy != "person" || got.EndedBy != want.EndedBy || got.Sequence != want.Sequence {
		t.Errorf("by an answer %+v, by the page %+v", got, want)
	}
	if a, b := h.mails(t, r.Email), h.mails(t, own.Email); !slices.Equal(a, b) {
		t.Errorf("mails after an answer %v, after the page %v", a, b)
	}
	h.wantAnswer(t, r, AnswerNo)
	h.wantActions(t, r, "answer_declined", "cancel", "create")

	_, err = h.AnswerInvite(t.Context(), r.Holder(), r.ID, AnswerYes)
	wantProblem(t, err, Closed)
	h.wantAnswer(t, r, AnswerNo)
}

func TestAnswerToAnOffer(t *testing.T) {
	for _, test := range []struct {
		answer Answer
		want   RegState
		next   RegState
	}{
		{AnswerYes, Confirmed, Waitlisted},
		{AnswerMaybe, Offered, Waitlisted},
		{AnswerNo, Left, Offered},
	} {
		t.Run(string(test.answer), func(t *testing.T) {
			h := newHouse(t)
			e := h.event(t, func(e *Event) { e.Rules.Seats, e.Rules.OfferHours = 1, 24 })
			first, r, next := h.register(t, e, 1), h.register(t, e, 2), h.register(t, e, 3)
			h.answer(t, first, AnswerNo)
			h.wantState(t, r, Offered)

			h.answer(t, r, test.answer)

			h.wantState(t, r, test.want)
			h.wantState(t, next, test.next)
			h.wantAnswer(t, r, test.answer)
		})
	}
}

// Who waits and says no leaves the list; a maybe changes nothing but what is known.
func TestAnswerWhileWaiting(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	seated, waits := h.register(t, e, 1), h.register(t, e, 2)
	h.answer(t, waits, AnswerMaybe)
	h.answer(t, waits, AnswerMaybe)
	h.answer(t, seated, AnswerMaybe)
	h.wantState(t, waits, Waitlisted)
	h.wantActions(t, waits, "answer_tentative", "create")
	h.answer(t, waits, AnswerNo)
	h.wantState(t, waits, Left)
	h.wantState(t, seated, Confirmed)
	h.wantAnswer(t, seated, AnswerMaybe)
}

// After the start an answer is for the organiser to know, and nothing else.
func TestAnswerTooLate(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	r, waits := h.register(t, e, 1), h.register(t, e, 2)
	h.at(e.Starts.Add(time.Minute))
	before := len(h.mailsTo(t, r.Email))
	h.answer(t, r, AnswerNo)
	h.wantState(t, r, Confirmed)
	h.wantState(t, waits, Waitlisted)
	h.wantAnswer(t, r, AnswerNo)
	if n := len(h.mailsTo(t, r.Email)); n != before {
		t.Errorf("%d mails, want %d", n, before)
	}
	h.wantActions(t, r, "answer_declined", "create")
}

func TestAnswerIsOnesOwn(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r, other := h.register(t, e, 1), h.register(t, e, 2)
	for _, by := range []Actor{{}, h.boss, h.other, other.Holder()} {
		_, err := h.AnswerInvite(t.Context(), by, r.ID, AnswerNo)
		wantHidden(t, err)
	}
	_, err := h.AnswerInvite(t.Context(), r.Holder(), r.ID, "perhaps")
	wantProblem(t, err, Invalid)
	_, err = h.AnswerInvite(t.Context(), r.Holder(), "none", AnswerNo)
	wantHidden(t, err)
	h.wantAnswer(t, r, "")
}

// Whoever takes a place over has answered nothing yet.
func TestHandOverForgetsTheAnswer(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	h.answer(t, r, AnswerMaybe)
	_, err := h.HandOver(t.Context(), r.Holder(), r.ID, Guest{Name: "Bo", Email: "bo@example.org"})
	must(t, err)
	h.wantAnswer(t, r, "")
}
