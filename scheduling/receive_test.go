package scheduling

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// newInbound is a house with a mailbox for answers.
func newInbound(t testing.TB) *testHouse {
	h := newHouse(t)
	h.Inbound, h.Authserv = "events@in.kohtaamo.example", "mx.kohtaamo.example"
	return h
}

var mailto = regexp.MustCompile(`mailto:([^\r\n]+)$`)

// A replyMail is an answer that a mail program makes of an invite.
type replyMail struct {
	to, from, attendee, uid string
	sequence, partstat      string
	stamp                   time.Time
	comment, header         string
}

// replyMail makes the answer to an invite as it arrived, a second after now.
func (h *testHouse) replyMail(t *testing.T, invite received, a Answer) replyMail {
	t.Helper()
	calendar := invite.bodies[2]
	one := func(name string) string {
		lines := property(calendar, name)
		if len(lines) != 1 {
			t.Fatalf("%d lines of %s in %s", len(lines), name, calendar)
		}
		return lines[0]
	}
	address := func(name string) string { return mailto.FindStringSubmatch(one(name))[1] }
	return replyMail{
		to: address("ORGANIZER"), from: address("ATTENDEE"), attendee: address("ATTENDEE"),
		uid: strings.TrimPrefix(one("UID"), "UID:"), sequence: strings.TrimPrefix(one("SEQUENCE"), "SEQUENCE:"),
		partstat: string(a.partstat()), stamp: h.time(),
	}
}

// raw is the message as Exchange sends it: without ORGANIZER.
func (m replyMail) raw() []byte {
	return []byte(strings.ReplaceAll(m.header+fmt.Sprintf(`From: %s
To: %s
Subject: Answer
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

--b
Content-Type: text/calendar; charset=utf-8; method=REPLY

BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VEVENT
ATTENDEE;PARTSTAT=%s;CN=Somebody:MAILTO:%s
COMMENT;LANGUAGE=en-US:%s
UID:%s
DTSTAMP:%s
SEQUENCE:%s
END:VEVENT
END:VCALENDAR
--b--
`, m.from, m.to, m.partstat, m.attendee, m.comment, m.uid, m.stamp.UTC().Format("20060102T150405Z"), m.sequence), "\n", "\r\n"))
}

func (h *testHouse) receives(t testing.TB, raw []byte, want Reception) {
	t.Helper()
	got, err := h.ReceiveMail(t.Context(), System("mail"), raw)
	if err != nil || got.Reception != want || got.Detail == "" {
		t.Errorf("received: %+v, %v; want %s", got, err, want)
	}
	if strings.Contains(got.Detail, "@") {
		t.Errorf("the log would hold an address: %s", got.Detail)
	}
}

// The whole way of an answer: the invite leaves by SMTP, the reply is made of
// that very invite, comes in twice, and counts once.
func TestReplyByMail(t *testing.T) {
	h := newInbound(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	r := h.register(t, e, 1)
	invite := to(t, h.post(t), r.Email)
	next := h.register(t, e, 2)
	if got := invite.header.Get("Reply-To"); got != "<outi@kohtaamo.example>" {
		t.Errorf("people's answers go to %q", got)
	}

	maybe := h.replyMail(t, invite, AnswerMaybe)
	if !strings.HasPrefix(maybe.to, "events+") || !strings.HasSuffix(maybe.to, "@in.kohtaamo.example") {
		t.Fatalf("the organizer is %s", maybe.to)
	}
	maybe.comment = `Perhaps\, if the train runs`
	h.receives(t, maybe.raw(), Recorded)
	h.receives(t, maybe.raw(), Repeated)
	h.wantState(t, r, Confirmed)
	if got := h.reload(t, r).RSVP; got.Answer != AnswerMaybe || got.Via != "mail" || got.Comment != "Perhaps, if the train runs" {
		t.Errorf("known: %+v", got)
	}

	h.at(h.time().Add(time.Minute))
	no := h.replyMail(t, invite, AnswerNo)
	no.to = strings.ToUpper(no.to) // some servers do
	h.receives(t, no.raw(), Recorded)
	for range 2 {
		h.receives(t, no.raw(), Repeated)
		h.receives(t, maybe.raw(), Repeated)
	}
	h.wantState(t, r, Withdrawn)
	h.wantState(t, next, Confirmed)
	h.wantAnswer(t, r, AnswerNo)
	h.wantActions(t, r, "answer_declined", "answer_tentative", "cancel", "create")
	if s := h.seating(t, e.ID); s.Taken != 1 || s.Waiting != 0 {
		t.Errorf("%d seats taken, %d wait", s.Taken, s.Waiting)
	}
	if got := h.mails(t, next.Email); !slices.Equal(got, []string{"registration.confirmed"}) {
		t.Errorf("mails to the next in line: %v", got)
	}
	if entries, err := h.History(t.Context(), h.boss, r.ID); err != nil || entries[0].Via != "mail" && entries[1].Via != "mail" {
		t.Errorf("the audit log says %+v, %v", entries, err)
	}
}

// Mail servers deliver one message several times, at once too.
func TestReplyFiftyTimesAtOnce(t *testing.T) {
	h := newInbound(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	r := h.register(t, e, 1)
	invite := to(t, h.post(t), r.Email)
	next, last := h.register(t, e, 2), h.register(t, e, 3)
	raw := h.replyMail(t, invite, AnswerNo).raw()
	var all sync.WaitGroup
	results := make([]Received, 50)
	for i := range results {
		all.Go(func() {
			var err error
			if results[i], err = h.ReceiveMail(t.Context(), System("mail"), raw); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	counted := 0
	for _, got := range results {
		if got.Reception == Recorded {
			counted++
		} else if got.Reception != Repeated {
			t.Errorf("%+v", got)
		}
	}
	if counted != 1 {
		t.Errorf("counted %d times", counted)
	}
	h.wantActions(t, r, "answer_declined", "cancel", "create")
	h.wantState(t, next, Confirmed)
	h.wantState(t, last, Waitlisted)
}

// After the event moved, an answer to the old invite is not one to the new.
func TestReplyToAnotherTime(t *testing.T) {
	h := newInbound(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	old := to(t, h.post(t), r.Email)
	e.Starts, e.Ends = e.Starts.Add(time.Hour), e.Ends.Add(time.Hour)
	_, err := h.SaveEvent(t.Context(), h.boss, e)
	must(t, err)
	moved := to(t, h.post(t), r.Email)
	h.receives(t, h.replyMail(t, old, AnswerNo).raw(), Repeated)
	h.wantState(t, r, Confirmed)
	h.wantAnswer(t, r, "")
	h.receives(t, h.replyMail(t, moved, AnswerYes).raw(), Recorded)
	h.wantAnswer(t, r, AnswerYes)
	h.receives(t, h.replyMail(t, old, AnswerNo).raw(), Repeated)
	h.wantAnswer(t, r, AnswerYes)
}

const vouched = "Authentication-Results: mx.kohtaamo.example; dmarc=pass header.from=example.org\n"

// Without the address of the invite, the mail server has to vouch for the sender.
func TestReplyVouchedFor(t *testing.T) {
	h := newInbound(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	m := h.replyMail(t, to(t, h.post(t), r.Email), AnswerMaybe)
	m.to, m.header = "outi@kohtaamo.example", vouched
	m.from = "Somebody <" + strings.ToUpper(m.from) + ">"
	h.receives(t, m.raw(), Recorded)
	h.wantAnswer(t, r, AnswerMaybe)
}

// A forged answer changes nothing, whatever it pretends.
func TestForgedReplies(t *testing.T) {
	const us = "mx.kohtaamo.example"
	for name, forge := range map[string]func(m *replyMail, other replyMail){
		"a made-up token": func(m *replyMail, _ replyMail) { m.to = "events+" + strings.Repeat("a", 32) + "@in.kohtaamo.example" },
		"a token with another end": func(m *replyMail, _ replyMail) {
			m.to = strings.Replace(m.to, "@", "", 1)[:len("events+")+16] + strings.Repeat("q", 16) + "@in.kohtaamo.example"
		},
		"the mailbox alone":              func(m *replyMail, _ replyMail) { m.to = "events@in.kohtaamo.example" },
		"another domain":                 func(m *replyMail, _ replyMail) { m.to = strings.Replace(m.to, "in.kohtaamo", "evil", 1) },
		"one's own token":                func(m *replyMail, other replyMail) { m.to = other.to },
		"one's own, for the other's UID": func(m *replyMail, other replyMail) { m.to, m.attendee = other.to, other.attendee; m.uid = "another" },
		"another's answer":               func(m *replyMail, other replyMail) { m.attendee, m.from = other.attendee, other.from },
		"nobody vouches":                 func(m *replyMail, _ replyMail) { m.to = "outi@kohtaamo.example" },
		"from somebody else": func(m *replyMail, other replyMail) {
			m.to, m.from, m.header = "outi@kohtaamo.example", other.from, vouched
		},
		"two senders": func(m *replyMail, other replyMail) {
			m.to, m.from, m.header = "outi@kohtaamo.example", m.from+", "+other.from, vouched
		},
		"another server vouches": func(m *replyMail, _ replyMail) {
			m.to, m.header = "outi@kohtaamo.example", "Authentication-Results: mx.evil.example; dmarc=pass header.from=example.org\n"
		},
		"forged below ours": func(m *replyMail, _ replyMail) {
			m.to, m.header = "outi@kohtaamo.example", "Authentication-Results: "+us+"; dmarc=fail header.from=example.org\n"+vouched
		},
		"another domain passed": func(m *replyMail, _ replyMail) {
			m.to, m.header = "outi@kohtaamo.example", "Authentication-Results: "+us+"; dmarc=pass header.from=evil.example\n"
		},
		"an invite that never was": func(m *replyMail, _ replyMail) {
			m.to, m.header, m.uid = "outi@kohtaamo.example", vouched, "none"
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newInbound(t)
			e := h.event(t, nil)
			r, other := h.register(t, e, 1), h.register(t, e, 2)
			arrived := h.post(t)
			m, own := h.replyMail(t, to(t, arrived, r.Email), AnswerNo), h.replyMail(t, to(t, arrived, other.Email), AnswerNo)
			forge(&m, own)
			before, beside := h.reload(t, r), h.reload(t, other)
			h.receives(t, m.raw(), Refused)
			if a, b := h.reload(t, r), h.reload(t, other); a.Rev != before.Rev || b.Rev != beside.Rev {
				t.Errorf("%+v or %+v changed", a, b)
			}
		})
	}
}

// Whoever handed their place over cannot answer for it any more.
func TestReplyAfterHandOver(t *testing.T) {
	h := newInbound(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	m := h.replyMail(t, to(t, h.post(t), r.Email), AnswerNo)
	_, err := h.HandOver(t.Context(), r.Holder(), r.ID, Guest{Name: "Bo", Email: "bo@example.org"})
	must(t, err)
	for _, header := range []string{"", vouched} {
		m.header = header
		h.receives(t, m.raw(), Refused)
	}
	m.attendee, m.from, m.header = "bo@example.org", "bo@example.org", ""
	h.receives(t, m.raw(), Refused)
	h.wantState(t, r, Confirmed)
	h.wantAnswer(t, r, "")
}

// What is no answer is ignored with a word.
func TestReceiveOtherMail(t *testing.T) {
	h := newInbound(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	invite := to(t, h.post(t), r.Email)
	m := h.replyMail(t, invite, AnswerYes)
	rev := h.reload(t, r).Rev
	asking := m
	asking.partstat = string(ical.NeedsAction)
	sends := m
	sends.partstat = "DELEGATED"
	for name, raw := range map[string][]byte{
		"a letter":        []byte("From: a@example.org\r\nSubject: Hello\r\n\r\nHello\r\n"),
		"a holiday reply": []byte("From: a@example.org\r\nAuto-Submitted: auto-replied\r\n\r\nI am away\r\n"),
		"a bounce":        []byte("From: <>\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\n--b--\r\n"),
		"no message":      []byte("\x00\x01\x02"),
		"nothing":         nil,
		"the invite":      []byte("To: " + m.to + "\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n" + invite.bodies[2]),
		"no answer yet":   asking.raw(),
		"somebody sent":   sends.raw(),
	} {
		t.Run(name, func(t *testing.T) { h.receives(t, raw, Ignored) })
	}
	if got := h.reload(t, r); got.Rev != rev {
		t.Errorf("%+v changed", got)
	}
	for _, by := range []Actor{{}, h.boss, r.Holder()} {
		_, err := h.ReceiveMail(t.Context(), by, m.raw())
		wantHidden(t, err)
	}
	_, err := h.CancelRegistration(t.Context(), r.Holder(), r.ID, "")
	must(t, err)
	h.receives(t, m.raw(), Repeated)
	h.wantAnswer(t, r, "")
}

func TestReplyAddress(t *testing.T) {
	h := newInbound(t)
	r := &Registration{}
	r.ID = "abcdefgh12345678"
	address := h.replyTo(r)
	local, _, _ := strings.Cut(address, "@")
	if len(local) > 64 || address != strings.ToLower(address) {
		t.Errorf("address %s", address)
	}
	id, signature, ok := h.replyToken(strings.ToUpper(address))
	if !ok || id != r.ID || !h.repliesTo(r, signature) {
		t.Errorf("%s is read as %q, %t", address, id, ok)
	}
	r.Generation++
	if h.repliesTo(r, signature) {
		t.Error("the address outlives a hand-over")
	}
	for _, s := range []string{"", "events@in.kohtaamo.example", "events+@in.kohtaamo.example", "events+short@in.kohtaamo.example",
		"events+abcdefgh12345678!!!!!!!!!!!!!!!!@in.kohtaamo.example", "events+abcdefgh12345678aaaaaaaaaaaaaaaa@evil.example"} {
		if id, _, ok := h.replyToken(s); ok {
			t.Errorf("%q is the address of %q", s, id)
		}
	}
	for id, inbound := range map[string]string{"abcdefgh12345678": "", "Not An Id": "events@in.kohtaamo.example", "abcdefgh12345679": strings.Repeat("e", 40) + "@in.kohtaamo.example"} {
		r.ID, h.Inbound = id, inbound
		if got := h.replyTo(r); got != "" {
			t.Errorf("%s gets the address %s", id, got)
		}
		if _, _, ok := h.replyToken(address); ok && inbound == "" {
			t.Error("without a mailbox an address is read")
		}
	}
}
