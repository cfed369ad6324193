package scheduling

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWeigh(t *testing.T) {
	said := RSVP{Answer: AnswerYes, Comment: "Hello", Sequence: 4, Stamp: t0}
	sent := Invite{Sequence: 5, Since: 3, Starts: t0, Ends: t0.Add(time.Hour)}
	for _, test := range []struct {
		name  string
		state RegState
		known RSVP
		in    RSVP
		want  verdict
	}{
		{"the first", Confirmed, RSVP{}, RSVP{Answer: AnswerNo, Sequence: 5, Stamp: t0}, counts},
		{"the first, without a time", Confirmed, RSVP{}, RSVP{Answer: AnswerNo, Sequence: 5}, counts},
		{"to an older invite to the same times", Confirmed, RSVP{}, RSVP{Answer: AnswerNo, Sequence: 3, Stamp: t0}, counts},
		{"to another time", Confirmed, RSVP{}, RSVP{Answer: AnswerNo, Sequence: 2, Stamp: t0.Add(time.Hour)}, outdated},
		{"a higher sequence", Confirmed, said, RSVP{Answer: AnswerNo, Sequence: 5, Stamp: t0.Add(-time.Hour)}, counts},
		{"a lower sequence", Confirmed, said, RSVP{Answer: AnswerNo, Sequence: 3, Stamp: t0.Add(time.Hour)}, overtaken},
		{"given later", Confirmed, said, RSVP{Answer: AnswerNo, Sequence: 4, Stamp: t0.Add(time.Second)}, counts},
		{"given earlier", Confirmed, said, RSVP{Answer: AnswerNo, Sequence: 4, Stamp: t0.Add(-time.Second)}, overtaken},
		{"the same again", Confirmed, said, said, repeats},
		{"in the same second, no wins over yes", Confirmed, said, RSVP{Answer: AnswerNo, Sequence: 4, Stamp: t0}, counts},
		{"after it was cancelled", Withdrawn, said, RSVP{Answer: AnswerNo, Sequence: 5, Stamp: t0.Add(time.Hour)}, over},
		{"after it was rejected", Rejected, RSVP{}, RSVP{Answer: AnswerYes, Sequence: 5, Stamp: t0}, over},
	} {
		r := &Registration{State: test.state, Invite: sent, RSVP: test.known}
		if got := r.weigh(test.in); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestEffect(t *testing.T) {
	starts := t0.Add(48 * time.Hour)
	for _, test := range []struct {
		answer Answer
		state  RegState
		event  EventState
		now    time.Time
		want   effect
	}{
		{AnswerYes, Offered, Published, t0, takesSeat},
		{AnswerNo, Offered, Published, t0, letsGo},
		{AnswerMaybe, Offered, Published, t0, noEffect},
		{AnswerYes, Offered, Published, t0.Add(25 * time.Hour), noEffect}, // after its deadline
		{AnswerNo, Offered, Published, t0.Add(25 * time.Hour), givesPlace},
		{AnswerYes, Confirmed, Published, t0, noEffect},
		{AnswerMaybe, Confirmed, Published, t0, noEffect},
		{AnswerNo, Confirmed, Published, t0, givesPlace},
		{AnswerNo, Waitlisted, Published, t0, givesPlace},
		{AnswerYes, Waitlisted, Published, t0, noEffect},
		{AnswerNo, Pending, Published, t0, givesPlace},
		{AnswerNo, Attended, Published, t0, noEffect},
		{AnswerNo, NoShow, Published, t0, noEffect},
		{AnswerNo, Withdrawn, Published, t0, noEffect},
		{AnswerNo, Confirmed, Published, starts, noEffect}, // it has begun
		{AnswerNo, Confirmed, Cancelled, t0, noEffect},
	} {
		e := &Event{State: test.event, Starts: starts, Ends: starts.Add(time.Hour)}
		r := &Registration{State: test.state, Deadline: t0.Add(24 * time.Hour)}
		if got := test.answer.effect(e, r, test.now); got != test.want {
			t.Errorf("%s to %s at an event that is %s, at %s: %q, want %q", test.answer, test.state, test.event, test.now, got, test.want)
		}
	}
}

// An answer to an earlier invite counts as long as the times are the same.
func TestInviteSince(t *testing.T) {
	ends := t0.Add(time.Hour)
	i := Invite{}.next(0, t0, ends).next(2, t0, ends)
	if i.Since != 0 || i.Sequence != 2 {
		t.Errorf("the same times again: %+v", i)
	}
	if i = i.next(3, t0, ends.Add(time.Hour)); i.Since != 3 {
		t.Errorf("another end: %+v", i)
	}
	if i = i.next(4, t0.Add(time.Hour), ends.Add(time.Hour)); i.Since != 4 {
		t.Errorf("another start: %+v", i)
	}
}

// Calendars deliver late, twice and in any order: what is known in the end is
// the same.
func TestAnswersInAnyOrder(t *testing.T) {
	sent := Invite{Sequence: 3, Since: 1}
	now := t0.Add(time.Hour)
	answer := rapid.Custom(func(t *rapid.T) RSVP {
		return RSVP{
			Answer:   rapid.SampledFrom(InviteAnswers).Draw(t, "answer"),
			Sequence: rapid.IntRange(0, 5).Draw(t, "sequence"),
			Stamp:    t0.Add(time.Duration(rapid.IntRange(-2, 5000).Draw(t, "second")) * time.Second).Truncate(20 * time.Minute),
			Comment:  rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "comment"),
			Via:      "mail",
		}
	})
	end := func(list []RSVP) RSVP {
		r := &Registration{State: Confirmed, Invite: sent}
		for _, a := range list {
			if a = a.sane(sent, now); r.weigh(a) == counts {
				r.RSVP = a
			}
		}
		return r.RSVP
	}
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(answer, 1, 8).Draw(t, "answers")
		other := append(rapid.Permutation(list).Draw(t, "order"), rapid.SliceOf(rapid.SampledFrom(list)).Draw(t, "again")...)
		if a, b := end(list), end(other); a != b {
			t.Fatalf("%+v ends as %+v, in another order as %+v", list, a, b)
		}
	})
}
