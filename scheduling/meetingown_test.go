package scheduling

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// told are the kinds of the mails to an address with the method and sequence of
// their calendar parts, as "meeting.moved REQUEST 1".
func (h *testHouse) told(t testing.TB, to string) (out []string) {
	t.Helper()
	for _, m := range h.mailsTo(t, to) {
		if m.State == mailer.Withdrawn {
			continue
		}
		line := m.Kind
		if m.Calendar != nil {
			line += " " + m.Calendar.Method + " " + lineOfPart(t, m, "SEQUENCE:")
			if n := bytes.Count(m.Calendar.Body, []byte("\nATTENDEE")); n != 1 || !bytes.Contains(m.Calendar.Body, []byte(to)) {
				t.Errorf("%s names %d attendees", line, n)
			}
		}
		out = append(out, line)
	}
	return out
}

func lineOfPart(t testing.TB, m *mailer.Mail, begin string) string {
	t.Helper()
	for line := range strings.Lines(string(m.Calendar.Body)) {
		if rest, ok := strings.CutPrefix(line, begin); ok {
			return strings.TrimSpace(rest)
		}
	}
	t.Fatalf("no %s in %s", begin, m.Calendar.Body)
	return ""
}

func wantTold(t testing.TB, h *testHouse, e *Entrant, n int, want ...string) {
	t.Helper()
	if got := h.told(t, mailTo(e, n)); !slices.Equal(got, want) {
		t.Errorf("%s was told %v, want %v", e.People[n].Name, got, want)
	}
}

// TestMoveByAgreement moves a meeting when the other side says yes, and not
// before.
func TestMoveByAgreement(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	m := h.meets(t, r, 0, "t1", a, b)
	h.sent(t)
	uid := m.UID
	for range 2 {
		_, err := h.AskToMove(t.Context(), as(a, 0), a.ID, m.ID, slot(r, 4), "My train is late")
		must(t, err)
	}
	if got := h.meeting(t, m.ID); got.Slot != slot(r, 0) || got.Asked.Slot != slot(r, 4) {
		t.Errorf("%+v", got)
	}
	_, err := h.AnswerMove(t.Context(), as(a, 0), a.ID, m.ID, true)
	wantProblem(t, err, Closed)
	_, err = h.AnswerMove(t.Context(), as(b, 0), b.ID, m.ID, true)
	must(t, err)
	got := h.meeting(t, m.ID)
	if got.Slot != slot(r, 4) || got.Asked != nil || got.MovedFrom != slot(r, 0) || got.UID != uid || got.Sequence != 1 {
		t.Errorf("%+v", got)
	}
	wantTold(t, h, a, 0, "meeting.booked REQUEST 0", "meeting.moved REQUEST 1")
	wantTold(t, h, b, 0, "meeting.booked REQUEST 0", "meeting.moved REQUEST 1") // the question had not left
	wantTold(t, h, a, 1)
}

func TestMoveRefused(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	m := h.meets(t, r, 0, "t1", a, b)
	h.sent(t)
	_, err := h.AskToMove(t.Context(), as(a, 0), a.ID, m.ID, slot(r, 4), "")
	must(t, err)
	_, err = h.AnswerMove(t.Context(), as(b, 0), b.ID, m.ID, false)
	must(t, err)
	if got := h.meeting(t, m.ID); got.Slot != slot(r, 0) || got.Asked != nil || got.Sequence != 0 {
		t.Errorf("%+v", got)
	}
	wantTold(t, h, a, 0, "meeting.booked REQUEST 0", "meeting.stays")
}

// TestMoveToWhatIsGone says which times are left, and leaves the meeting.
func TestMoveToWhatIsGone(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	c := h.entrant(t, r, "Corona", 1)
	m := h.meets(t, r, 0, "t1", a, b)
	_, err := h.AskToMove(t.Context(), as(a, 0), a.ID, m.ID, slot(r, 1), "")
	must(t, err)
	h.meets(t, r, 1, "t2", b, c)
	_, err = h.AnswerMove(t.Context(), as(b, 0), b.ID, m.ID, true)
	var gone *SlotGone
	if !errors.As(err, &gone) || len(gone.Next) != nextTimes || gone.Next[1].ID != slot(r, 2) {
		t.Errorf("%v, %+v", err, gone)
	}
	if got := h.meeting(t, m.ID); got.Slot != slot(r, 0) {
		t.Errorf("%+v", got)
	}
}

// TestCancelOwn frees the slot, ends the request and tells why, in a CANCEL to
// each who was invited.
func TestCancelOwn(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	q := h.ask(t, a, b, Ask{})
	h.sent(t)
	m := h.meeting(t, h.respond(t, b, q, Reply{Wish: Want}).MeetingID)
	h.sent(t)
	for range 2 {
		_, err := h.CancelOwnMeeting(t.Context(), as(a, 0), a.ID, m.ID, "We are ill")
		must(t, err)
	}
	got := h.meeting(t, m.ID)
	if got.State != MeetingCancelled || got.EndedBy != a.ID || got.Reason != "We are ill" || got.UID != m.UID {
		t.Errorf("%+v", got)
	}
	if q := h.request(t, q.ID); q.State != RequestWithdrawn || q.Pair != "" {
		t.Errorf("%+v", q)
	}
	wantTold(t, h, a, 0, "meeting.booked REQUEST 0", "meeting.cancelled CANCEL 1")
	wantTold(t, h, b, 0, requestReceived, "meeting.booked REQUEST 0", "meeting.cancelled CANCEL 1")
	mail := h.mailsTo(t, mailTo(b, 0))[2]
	if !slices.Contains(mail.Letter.Paragraphs, "The reason given: We are ill") {
		t.Errorf("the mail says %q", mail.Letter.Paragraphs)
	}
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		n, err := bookings.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}})
		if n != 0 {
			t.Errorf("%d bookings are left", n)
		}
		return err
	}))
}

// TestCancelledBeforeRead sends nobody the end of what they never got.
func TestCancelledBeforeRead(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	m := h.meets(t, r, 0, "t1", a, b)
	_, err := h.CancelOwnMeeting(t.Context(), as(a, 0), a.ID, m.ID, "")
	must(t, err)
	wantTold(t, h, b, 0, "meeting.cancelled")
}

// TestComesBack gives a request that an organiser took out of the schedule the
// same meeting again, which calendars see come back.
func TestComesBack(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	q := h.ask(t, a, b, Ask{})
	m := h.meeting(t, h.respond(t, b, q, Reply{Wish: Want}).MeetingID)
	h.sent(t)
	place := func() *Meeting {
		anew := &Meeting{RequestID: q.ID, Slot: slot(r, 2), Table: "t2", Parties: []Party{{EntrantID: a.ID}, {EntrantID: b.ID}}}
		h.write(t, func(tx *storage.Tx) error {
			if err := h.placeMeeting(tx, h.boss, r, anew); err != nil {
				return err
			}
			return h.tellMeeting(tx, r, anew, tellBooked)
		})
		return anew
	}
	h.write(t, func(tx *storage.Tx) error {
		if err := h.cancelMeeting(tx, h.boss, r, m, "Another plan"); err != nil {
			return err
		}
		return h.tellMeeting(tx, r, m, tellCancelled)
	})
	if q := h.request(t, q.ID); q.State != RequestAccepted || q.MeetingID != "" {
		t.Errorf("the request waits for another place: %+v", q)
	}
	h.sent(t)
	anew := place()
	if anew.ID != m.ID || anew.UID != m.UID {
		t.Errorf("%s is another meeting than %s", anew.ID, m.ID)
	}
	wantTold(t, h, a, 0, "meeting.booked REQUEST 0", "meeting.cancelled CANCEL 1", "meeting.booked REQUEST 2")
}

// TestHandOver sends a colleague: CANCEL to the one, REQUEST to the other, and
// nothing to anybody else.
func TestHandOverMeeting(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	m := h.meets(t, r, 0, "t1", a, b)
	h.sent(t)
	before := h.ownFeed(t, b, 0)
	for range 2 {
		_, err := h.HandOverMeeting(t.Context(), as(a, 0), a.ID, m.ID, a.People[0].PersonID, a.People[1].PersonID)
		must(t, err)
	}
	wantTold(t, h, a, 0, "meeting.booked REQUEST 0", "meeting.handed_over CANCEL 1")
	wantTold(t, h, a, 1, "meeting.booked REQUEST 0")
	wantTold(t, h, b, 0, "meeting.booked REQUEST 0")
	if after := h.ownFeed(t, b, 0); after.ETag != before.ETag || !after.Modified.Equal(before.Modified) {
		t.Errorf("the other side's feed changed:\n%s", after.Body)
	}
	h.sent(t)
	_, err := h.HandOverMeeting(t.Context(), as(a, 1), a.ID, m.ID, "", a.People[0].PersonID) // and back, by a delegate
	must(t, err)
	wantTold(t, h, a, 0, "meeting.booked REQUEST 0", "meeting.handed_over CANCEL 1", "meeting.booked REQUEST 2")
	wantTold(t, h, a, 1, "meeting.booked REQUEST 0", "meeting.handed_over CANCEL 1")
	_, err = h.HandOverMeeting(t.Context(), as(a, 1), a.ID, m.ID, "", a.People[1].PersonID)
	wantHidden(t, err) // it is not theirs any more
	_, err = h.HandOverMeeting(t.Context(), as(a, 0), a.ID, m.ID, "", b.People[1].PersonID)
	wantHidden(t, err)
}

func TestHandOverToSomebodyBooked(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	r2 := h.morning(t, func(r *Round) { r.Slug, r.Days[0].Windows[0].From = "other", "09:10" })
	c := h.entrant(t, r2, "Corona", 1)
	a2 := &Entrant{Meta: storage.Meta{ID: storage.NewID()}, RoundID: r2.ID, State: EntrantIn, Name: "Aurora", People: a.People[1:]}
	h.write(t, func(tx *storage.Tx) error { return entrants.Put(tx, a2) })
	h.meets(t, r2, 0, "t1", a2, c)
	m := h.meets(t, r, 0, "t1", a, b)
	_, err := h.HandOverMeeting(t.Context(), as(a, 0), a.ID, m.ID, "", a.People[1].PersonID)
	var clash *Clash
	if !errors.As(err, &clash) || clash.Who != bookedPerson(a.People[1].PersonID) {
		t.Errorf("%v", err)
	}
}

func TestLate(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	m := h.meets(t, r, 0, "t1", a, b)
	_, err := h.SayLate(t.Context(), as(a, 1), a.ID, m.ID, true)
	wantProblem(t, err, Closed)
	h.at(at9(-10))
	for range 2 {
		_, err = h.SayLate(t.Context(), as(a, 1), a.ID, m.ID, true)
		must(t, err)
	}
	if got := h.meeting(t, m.ID); !slices.Equal(got.Late, []string{a.ID}) {
		t.Errorf("%+v", got.Late)
	}
	page, err := h.MeetingPage(t.Context(), as(b, 0), b.ID, m.ID)
	must(t, err)
	if page.Late || !slices.Equal(page.Meeting.Late, []string{a.ID}) {
		t.Errorf("%+v", page)
	}
	_, err = h.SayLate(t.Context(), as(a, 0), a.ID, m.ID, false)
	must(t, err)
	if got := h.meeting(t, m.ID); len(got.Late) != 0 {
		t.Errorf("%+v", got.Late)
	}
}

func TestFrozen(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, func(r *Round) { r.Way, r.Phase, r.Frozen = BySolver, RoundPublished, true })
	m := h.meets(t, r, 0, "t1", a, b)
	_, err := h.CancelOwnMeeting(t.Context(), as(a, 0), a.ID, m.ID, "")
	if p := wantProblem(t, err, Closed); p.Key != "meeting.frozen" {
		t.Error(p.Key)
	}
	if _, err := h.HandOverMeeting(t.Context(), as(a, 0), a.ID, m.ID, "", a.People[1].PersonID); err != nil {
		t.Errorf("people may change in a frozen schedule: %v", err)
	}
}

// TestWhoSeesAMeeting has those look who may not, and shows addresses to those
// who meet alone.
func TestWhoSeesAMeeting(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	c := h.entrant(t, r, "Corona", 1)
	m := h.meets(t, r, 0, "t1", a, b)
	for name, by := range map[string]Actor{"the public": {}, "a stranger": as(c, 0), "another organiser": h.other} {
		_, err := h.MeetingPage(t.Context(), by, a.ID, m.ID)
		wantHidden(t, err)
		_, err = h.Agenda(t.Context(), by, a.ID)
		wantHidden(t, err)
		_, err = h.CancelOwnMeeting(t.Context(), by, a.ID, m.ID, "")
		wantHidden(t, err)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	_, err := h.MeetingPage(t.Context(), as(c, 0), c.ID, m.ID)
	wantHidden(t, err)
	_, err = h.CancelOwnMeeting(t.Context(), as(a, 1), a.ID, m.ID, "") // does not manage
	wantHidden(t, err)
	page, err := h.MeetingPage(t.Context(), as(a, 1), a.ID, m.ID)
	must(t, err)
	if page.Manages || len(page.Whom) != 1 || page.Whom[0].Email != mailTo(b, 0) || page.Times != nil {
		t.Errorf("%+v", page)
	}
}
