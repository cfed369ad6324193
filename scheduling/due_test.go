package scheduling

import (
	"slices"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

func kinds(h *testHouse, t *testing.T, r *Registration, kind string) (n int) {
	for _, k := range h.mails(t, r.Email) {
		if k == "registration."+kind {
			n++
		}
	}
	return n
}

func TestReminders(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 2 })
	seated, cancels, waits := h.register(t, e, 1), h.register(t, e, 2), h.register(t, e, 3)
	h.at(e.Starts.AddDate(0, 0, -8))
	remind(t, h)
	if n := kinds(h, t, seated, "reminder"); n != 0 {
		t.Errorf("%d reminders eight days before, want none", n)
	}

	h.at(e.Starts.AddDate(0, 0, -7))
	remind(t, h)
	remind(t, h)
	late := h.register(t, e, 4) // waits: no reminder
	if n := kinds(h, t, seated, "reminder"); n != 1 {
		t.Errorf("%d reminders seven days before, want 1", n)
	}
	if n := kinds(h, t, waits, "reminder") + kinds(h, t, late, "reminder"); n != 0 {
		t.Errorf("%d reminders to somebody who waits", n)
	}

	_, err := h.CancelRegistration(t.Context(), cancels.Holder(), cancels.ID, "")
	must(t, err)
	if n := kinds(h, t, cancels, "reminder"); n != 0 {
		t.Error("a reminder that had not left yet outlived the registration")
	}

	h.at(e.Starts.AddDate(0, 0, -1))
	remind(t, h)
	if n := kinds(h, t, seated, "reminder"); n != 2 {
		t.Errorf("%d reminders in all, want 2", n)
	}
	if n := kinds(h, t, waits, "reminder"); n != 1 { // was promoted by the cancellation
		t.Errorf("%d reminders to the promoted one, want 1", n)
	}
}

func remind(t *testing.T, h *testHouse) {
	t.Helper()
	_, err := h.SendReminders(t.Context(), h.time())
	must(t, err)
}

// An event that is published five days before does not start with a reminder
// that was due seven days before.
func TestNoReminderFromBeforePublication(t *testing.T) {
	h := newHouse(t)
	h.at(time.Date(2027, 1, 29, 7, 0, 0, 0, time.UTC))
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	remind(t, h)
	if n := kinds(h, t, r, "reminder"); n != 0 {
		t.Errorf("%d reminders", n)
	}
}

func TestMovedEvent(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	seated, waits := h.register(t, e, 1), h.register(t, e, 2)
	h.letGo(t)

	e.Starts, e.Ends = e.Starts.AddDate(0, 0, 7), e.Ends.AddDate(0, 0, 7)
	e, err := h.SaveEvent(t.Context(), h.boss, e)
	must(t, err)

	if e.Sequence != 1 {
		t.Errorf("sequence = %d, want 1", e.Sequence)
	}
	mails := h.mailsTo(t, seated.Email)
	if last := mails[len(mails)-1]; last.Kind != "registration.changed" || last.Calendar == nil || last.Calendar.Method != "REQUEST" {
		t.Errorf("to a seat-holder: %s %v", last.Kind, last.Calendar)
	}
	mails = h.mailsTo(t, waits.Email)
	if last := mails[len(mails)-1]; last.Kind != "registration.changed" || last.Calendar != nil {
		t.Errorf("to somebody who waits: %s, calendar %t", last.Kind, last.Calendar != nil)
	}
}

// Where the mail with the old time has not left, only the right one goes.
func TestMovedBeforeTheMailLeft(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	e.Starts, e.Ends = e.Starts.Add(time.Hour), e.Ends.Add(time.Hour)
	_, err := h.SaveEvent(t.Context(), h.boss, e)
	must(t, err)
	if got := h.mails(t, r.Email); !slices.Equal(got, []string{"registration.confirmed"}) {
		t.Errorf("mails = %v", got)
	}
}

// A reminder that has not left is taken back by a move, and what says so is the
// word of the change: the seat itself is old news.
func TestMovedBeforeTheReminderLeft(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	h.letGo(t)
	h.at(e.Starts.AddDate(0, 0, -7))
	remind(t, h)
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		e, err = events.Get(tx, e.ID) // the reminder was noted on it
		return err
	}))
	e.Venue = "Another hall"
	_, err := h.SaveEvent(t.Context(), h.boss, e)
	must(t, err)
	if got := h.mails(t, r.Email); !slices.Equal(got, []string{"registration.confirmed", "registration.changed"}) {
		t.Errorf("mails = %v", got)
	}
}

// A change that no calendar shows tells nobody.
func TestEditedQuietly(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	e.Body = Text{"en": "More words"}
	e, err := h.SaveEvent(t.Context(), h.boss, e)
	must(t, err)
	if e.Sequence != 0 || len(h.mails(t, r.Email)) != 1 {
		t.Errorf("sequence %d, mails %v", e.Sequence, h.mails(t, r.Email))
	}
}

func TestCalledOff(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	seated, waits := h.register(t, e, 1), h.register(t, e, 2)
	h.letGo(t)
	_, err := h.CancelEvent(t.Context(), h.boss, e.ID, "The venue burnt down")
	must(t, err)
	for _, r := range []*Registration{seated, waits} {
		mails := h.mailsTo(t, r.Email)
		last := mails[len(mails)-1]
		if last.Kind != "registration.called_off" {
			t.Errorf("last mail = %s", last.Kind)
		}
		if got, want := last.Calendar != nil && last.Calendar.Method == "CANCEL", r == seated; got != want {
			t.Errorf("CANCEL part: %t, want %t", got, want)
		}
	}
	_, err = h.Register(t.Context(), Actor{}, e.ID, signup(9))
	wantProblem(t, err, Closed)
	h.at(e.Starts.AddDate(0, 0, -1))
	remind(t, h)
	if n := kinds(h, t, seated, "reminder"); n != 0 {
		t.Error("a reminder of an event that was called off")
	}
}

func TestWrapUp(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	came, missed := h.register(t, e, 1), h.register(t, e, 2)
	h.at(e.Starts)
	_, err := h.CheckIn(t.Context(), h.boss, e.ID, came.Ticket)
	must(t, err)
	_, err = h.MarkNoShow(t.Context(), h.boss, e.ID, missed.ID)
	wantProblem(t, err, Closed)

	h.at(e.Ends.Add(restAfter))
	for range 2 {
		_, err = h.WrapUp(t.Context(), h.time())
		must(t, err)
	}
	h.wantState(t, came, Attended)
	h.wantState(t, missed, NoShow)
	if kinds(h, t, came, "thanks") != 1 || kinds(h, t, came, "missed") != 0 {
		t.Errorf("to whoever came: %v", h.mails(t, came.Email))
	}
	if kinds(h, t, missed, "missed") != 1 || kinds(h, t, missed, "thanks") != 0 {
		t.Errorf("to whoever did not: %v", h.mails(t, missed.Email))
	}
	_, err = h.CheckIn(t.Context(), h.boss, e.ID, missed.Ticket) // was there after all
	must(t, err)
	h.wantState(t, missed, Attended)
}

// Where nobody was checked in, nobody is called absent.
func TestWrapUpWithoutCheckIn(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	h.at(e.Ends.Add(restAfter))
	_, err := h.WrapUp(t.Context(), h.time())
	must(t, err)
	h.wantState(t, r, Confirmed)
	if n := kinds(h, t, r, "thanks"); n != 1 {
		t.Errorf("%d thanks, want 1", n)
	}
}

// letGo sends everything in the outbox.
func (h *testHouse) letGo(t *testing.T) {
	t.Helper()
	transport, err := mailer.Open("dir:"+t.TempDir(), h.Log)
	must(t, err)
	w := &mailer.Worker{Outbox: h.Outbox, Transport: transport, Log: h.Log}
	_, err = w.RunOnce(t.Context(), h.time())
	must(t, err)
}
