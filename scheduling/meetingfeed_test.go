package scheduling

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

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
	if seen, err := h.BoardMeeting(t.Context(), System("test"), r.ID, BasedOnPublished, Placed{RequestID: got.RequestID, MeetingID: got.ID}.Key()); err != nil || len(seen.Answers) != 1 || seen.Answers[0].RSVP.Answer != AnswerNo {
		t.Errorf("the board shows %+v, %v", seen, err)
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
