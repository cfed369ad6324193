package scheduling

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

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

// ownFeed is the feed of somebody's B2B meetings.
func (h *testHouse) ownFeed(t testing.TB, e *Entrant, n int) *Feed {
	t.Helper()
	id := "feed" + e.People[n].PersonID
	var address *FeedAddress
	h.write(t, func(tx *storage.Tx) (err error) {
		if address, err = feedTokens.Get(tx, id); errors.Is(err, storage.ErrNotFound) {
			address = &FeedAddress{Meta: storage.Meta{ID: id}, PersonID: e.People[n].PersonID, Lang: "en", Scopes: []string{"meetings"}, Restyled: t0}
			return feedTokens.Put(tx, address)
		}
		return err
	})
	f, err := h.PersonalFeed(t.Context(), h.sign("feed", id, address.Generation))
	must(t, err)
	return f
}

// TestMeetingsInFeeds changes one of two meetings, and wants that entry to
// differ and nothing else; what is cancelled stays for sixty days.
func TestMeetingsInFeeds(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, func(r *Round) { r.Tables[1].Kind, r.Tables[1].Link = ByVideo, "https://meet.example/secret" })
	m := h.meets(t, r, 0, "t1", a, b)
	h.meets(t, r, 3, "t2", a, b)
	before := h.ownFeed(t, a, 0)
	if n := bytes.Count(before.Body, []byte("BEGIN:VEVENT")); n != 2 {
		t.Fatalf("%d entries:\n%s", n, before.Body)
	}
	for _, name := range []string{"Borealis A", "@example.org"} {
		if bytes.Contains(before.Body, []byte(name)) {
			t.Errorf("the feed names %s", name)
		}
	}
	if again := h.ownFeed(t, a, 0); again.ETag != before.ETag || !again.Modified.Equal(before.Modified) {
		t.Error("it is another one when nothing has changed")
	}
	h.at(t0.Add(time.Hour))
	h.write(t, func(tx *storage.Tx) error { return h.moveMeeting(tx, h.boss, r, m, slot(r, 1), "t3") })
	after := h.ownFeed(t, a, 0)
	old, now := entriesByUID(t, before), entriesByUID(t, after)
	for uid, entry := range now {
		if same := old[uid] == entry; same == (uid == m.UID) {
			t.Errorf("entry %s is the same: %v\n%s", uid, same, entry)
		}
	}
	if !strings.Contains(now[m.UID], "SEQUENCE:1") || !after.Modified.After(before.Modified) {
		t.Errorf("%s, changed %s", now[m.UID], after.Modified)
	}
	h.write(t, func(tx *storage.Tx) error {
		m, err := meetings.Get(tx, m.ID)
		if err != nil {
			return err
		}
		return h.cancelMeeting(tx, h.boss, r, m, "")
	})
	for _, test := range []struct {
		after time.Duration
		there bool
	}{{time.Hour, true}, {59 * 24 * time.Hour, true}, {62 * 24 * time.Hour, false}} {
		h.at(t0.Add(time.Hour + test.after))
		entry, there := entriesByUID(t, h.ownFeed(t, a, 0))[m.UID]
		if there != test.there || there && !strings.Contains(entry, "STATUS:CANCELLED") {
			t.Errorf("after %s it is there: %v\n%s", test.after, there, entry)
		}
	}
}

// entriesByUID are the entries of a feed by their UID.
func entriesByUID(t testing.TB, f *Feed) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, part := range strings.Split(string(f.Body), "BEGIN:VEVENT")[1:] {
		entry, _, _ := strings.Cut(part, "END:VEVENT")
		_, rest, _ := strings.Cut(entry, "UID:")
		uid, _, _ := strings.Cut(rest, "\r\n")
		out[uid] = entry
	}
	return out
}

// TestAnotherTableName changes what is shown of a meeting with its round.
func TestAnotherTableName(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	m := h.meets(t, r, 0, "t1", a, b)
	other := h.meets(t, r, 1, "t2", a, b)
	h.sent(t)
	h.write(t, func(tx *storage.Tx) error {
		r.Tables[0].Name = "Sauna"
		if err := rounds.Put(tx, r); err != nil {
			return err
		}
		return h.showAgain(tx, r)
	})
	if got := h.meeting(t, m.ID); got.Sequence != 1 || got.Shown.Where != "Sauna" {
		t.Errorf("%+v", got)
	}
	if got := h.meeting(t, other.ID); got.Sequence != 0 {
		t.Errorf("%+v", got)
	}
	wantTold(t, h, a, 0, "meeting.booked REQUEST 0", "meeting.booked REQUEST 0", "meeting.moved REQUEST 1")
}

// TestAgendas sends one mail a person with everything in it, once.
func TestAgendas(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	c := h.entrant(t, r, "Corona", 1)
	h.write(t, func(tx *storage.Tx) error {
		for n, e := range []*Entrant{b, c} {
			m := &Meeting{Slot: slot(r, n), Table: "t1", Parties: []Party{{EntrantID: a.ID}, {EntrantID: e.ID}}}
			if err := h.placeMeeting(tx, h.boss, r, m); err != nil {
				return err
			}
		}
		a0, b0, c0 := a.People[0].PersonID, b.People[0].PersonID, c.People[0].PersonID
		return h.tellAgendas(tx, r, a0, b0, c0, a0, a.People[1].PersonID)
	})
	for range 2 {
		_, err := h.SendAgendas(t.Context(), t0)
		must(t, err)
	}
	wantTold(t, h, a, 0, "meeting.agenda")
	wantTold(t, h, a, 1) // has no meeting
	wantTold(t, h, b, 0, "meeting.agenda")
	mail := h.mailsTo(t, mailTo(a, 0))[0]
	if len(mail.Letter.Facts) != 2 || !strings.HasPrefix(mail.Letter.Facts[0].Value, "Borealis · ") {
		t.Errorf("%+v", mail.Letter.Facts)
	}
	link := strings.TrimSuffix(strings.TrimPrefix(mail.Letter.Links[0].URL, h.BaseURL+"/b2b/agenda/"), ".ics")
	body, err := h.AgendaByLink(t.Context(), link)
	must(t, err)
	if bytes.Count(body, []byte("BEGIN:VEVENT")) != 2 {
		t.Errorf("%s", body)
	}
	_, err = h.AgendaByLink(t.Context(), "x"+link)
	wantHidden(t, err)
}

// TestNoByCalendar keeps what a calendar answers: no ends nothing, and whoever
// manages the entrant and the organiser hear of it.
func TestNoByCalendar(t *testing.T) {
	h := newHouse(t)
	h.Inbound = "events@kohtaamo.example"
	r, a, b := h.pair(t, nil)
	m := h.meets(t, r, 0, "t1", a, b)
	_, err := h.HandOverMeeting(t.Context(), as(a, 0), a.ID, m.ID, "", a.People[1].PersonID)
	must(t, err)
	h.sent(t)
	invite := h.mailsTo(t, mailTo(a, 1))[0]
	_, organizer, _ := strings.Cut(strings.ReplaceAll(string(invite.Calendar.Body), "\r\n ", ""), "ORGANIZER")
	_, organizer, _ = strings.Cut(organizer, "mailto:")
	organizer, _, _ = strings.Cut(organizer, "\r\n")
	reply := func(from, answer string, stamp time.Time) Received {
		t.Helper()
		raw := "From: " + from + "\r\nTo: " + organizer + "\r\nSubject: " + answer + "\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n" +
			"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:" + m.UID +
			"\r\nSEQUENCE:0\r\nDTSTAMP:" + stamp.Format("20060102T150405Z") + "\r\nDTSTART:20270127T070000Z\r\nATTENDEE;PARTSTAT=" + answer + ":mailto:" + from +
			"\r\nORGANIZER:mailto:" + organizer + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		got, err := h.ReceiveMail(t.Context(), System("mail"), []byte(raw))
		must(t, err)
		return got
	}
	if got := reply(mailTo(b, 0), "DECLINED", t0); got.Reception != Refused {
		t.Errorf("somebody else's answer: %+v", got)
	}
	if got := reply(mailTo(a, 1), "DECLINED", t0); got.Reception != Recorded {
		t.Errorf("%+v", got)
	}
	if got := reply(mailTo(a, 1), "DECLINED", t0); got.Reception != Repeated {
		t.Errorf("%+v", got)
	}
	got := h.meeting(t, m.ID)
	if v := got.Invitee(a.People[1].PersonID); !got.State.Stands() || v.RSVP.Answer != AnswerNo {
		t.Errorf("%+v", got)
	}
	if kinds := h.mails(t, mailTo(a, 0)); !slices.Contains(kinds, meetingDeclined) {
		t.Errorf("who manages has %v", kinds)
	}
	if kinds := h.mails(t, r.ContactEmail); !slices.Equal(kinds, []string{meetingDeclined}) {
		t.Errorf("the organiser has %v", kinds)
	}
	if kinds := h.mails(t, mailTo(b, 0)); !slices.Equal(kinds, []string{"meeting.booked"}) {
		t.Errorf("the other side has %v", kinds)
	}
}

// TestCancelledRound ends all meetings of a round that was cancelled.
func TestCancelledRound(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	m := h.meets(t, r, 0, "t1", a, b)
	h.sent(t)
	h.write(t, func(tx *storage.Tx) error {
		r.Phase, r.CancelReason = RoundCancelled, "Storm"
		return rounds.Put(tx, r)
	})
	for _, want := range []int{1, 0} {
		n, err := h.EndMeetings(t.Context(), t0)
		must(t, err)
		if n != want {
			t.Errorf("%d meetings were ended, want %d", n, want)
		}
	}
	if got := h.meeting(t, m.ID); got.State != MeetingCancelled || got.Reason != "Storm" {
		t.Errorf("%+v", got)
	}
	wantTold(t, h, a, 0, "meeting.booked REQUEST 0", "meeting.cancelled CANCEL 1")
}
