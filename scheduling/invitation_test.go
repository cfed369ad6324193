package scheduling

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/mailer/mailtest"
)

// A received mail, as the standard library reads it.
type received struct {
	header mail.Header
	kinds  []string // of its parts, in order
	bodies []string
}

// post delivers what the outbox holds over a real SMTP conversation, and gives
// what arrived, oldest first.
func (h *testHouse) post(t *testing.T) (list []received) {
	t.Helper()
	sink, err := mailtest.Start(mailtest.Config{})
	must(t, err)
	defer sink.Close()
	transport, err := mailer.Open("smtp://"+sink.Addr()+"?tls=none", h.Log)
	must(t, err)
	defer transport.Close()
	w := &mailer.Worker{Outbox: h.Outbox, Transport: transport, Log: h.Log, Senders: 1}
	_, err = w.RunOnce(t.Context(), h.time())
	must(t, err)
	for _, m := range sink.Messages() {
		list = append(list, open(t, m.Raw))
	}
	return list
}

// to is the one mail of the list to an address.
func to(t *testing.T, list []received, email string) received {
	t.Helper()
	list = slices.DeleteFunc(slices.Clone(list), func(m received) bool { return !strings.Contains(m.header.Get("To"), "<"+email+">") })
	if len(list) != 1 {
		t.Fatalf("%d mails to %s", len(list), email)
	}
	return list[0]
}

func open(t *testing.T, raw []byte) received {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	must(t, err)
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	must(t, err)
	if kind != "multipart/alternative" {
		t.Fatalf("the mail is %s", kind)
	}
	got := received{header: m.Header}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return got
		}
		must(t, err)
		if d := p.Header.Get("Content-Disposition"); d != "" {
			t.Errorf("a part is disposed as %s", d)
		}
		var body io.Reader = p
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			body = quotedprintable.NewReader(p)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, p)
		}
		b, err := io.ReadAll(body)
		must(t, err)
		got.kinds, got.bodies = append(got.kinds, p.Header.Get("Content-Type")), append(got.bodies, string(b))
	}
}

// property gives the unfolded lines of a calendar that begin with a name.
func property(calendar, name string) (lines []string) {
	for line := range strings.SplitSeq(strings.ReplaceAll(calendar, "\r\n ", ""), "\r\n") {
		if strings.HasPrefix(line, name+":") || strings.HasPrefix(line, name+";") {
			lines = append(lines, line)
		}
	}
	return lines
}

// wantInvite checks a mail against what Outlook, Google and Apple want of an
// invite: the parts in their order, one method in both places, this attendee
// alone, an organizer to whom answers go.
func (h *testHouse) wantInvite(t *testing.T, m received, method, sequence, partstat, attendee string) {
	t.Helper()
	want := []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8", "text/calendar; method=" + method + "; charset=UTF-8"}
	if !slices.Equal(m.kinds, want) {
		t.Fatalf("parts %q, want %q", m.kinds, want)
	}
	calendar := m.bodies[2]
	rsvp := ""
	if method == "REQUEST" {
		rsvp = ";RSVP=TRUE"
	}
	for _, test := range []struct{ name, want string }{
		{"METHOD", "METHOD:" + method},
		{"SEQUENCE", "SEQUENCE:" + sequence},
		{"ATTENDEE", "ATTENDEE;CN=Person 001;CUTYPE=INDIVIDUAL;PARTSTAT=" + partstat + ";ROLE=REQ-PARTICIPANT" + rsvp + ":mailto:" + attendee},
		{"ORGANIZER", "ORGANIZER;CN=Outi Organiser:mailto:outi@kohtaamo.example"},
	} {
		if got := property(calendar, test.name); !slices.Equal(got, []string{test.want}) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	for _, name := range []string{"UID", "DTSTAMP", "DTSTART;TZID=Europe/Helsinki", "SUMMARY"} {
		if n := len(property(calendar, name)); n != 1 {
			t.Errorf("%d lines of %s in %s", n, name, calendar)
		}
	}
	if n := strings.Count(calendar, "mailto:"); n != 2 || strings.Count(calendar, "BEGIN:VEVENT") != 1 {
		t.Errorf("%d addresses in %s", n, calendar)
	}
	if got := m.header.Get("Reply-To"); got != "<outi@kohtaamo.example>" {
		t.Errorf("Reply-To is %q, the organizer another", got)
	}
	h.wantSameBytes(t, m, calendar)
}

// wantSameBytes finds the calendar as it was promised, byte by byte.
func (h *testHouse) wantSameBytes(t *testing.T, m received, calendar string) {
	t.Helper()
	to, err := m.header.AddressList("To")
	must(t, err)
	same := slices.ContainsFunc(h.mailsTo(t, to[0].Address), func(x *mailer.Mail) bool {
		return x.Calendar != nil && string(x.Calendar.Body) == calendar
	})
	if !same {
		t.Errorf("the way altered the calendar:\n%q", calendar)
	}
}

// The life of an invite as its reader's calendar gets it: invited, moved with
// the answer repeated, cancelled; one UID, a sequence that rises.
func TestInviteByMail(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Title = Text{"en": "Kiertotalous: ääniä, öitä 🙂"} })
	r := h.register(t, e, 1)
	h.register(t, e, 2)
	invited := to(t, h.post(t), r.Email)
	h.wantInvite(t, invited, "REQUEST", "0", "NEEDS-ACTION", r.Email)
	h.answer(t, r, AnswerMaybe)

	e.Starts, e.Ends = e.Starts.Add(time.Hour), e.Ends.Add(time.Hour)
	e, err := h.SaveEvent(t.Context(), h.boss, e)
	must(t, err)
	moved := to(t, h.post(t), r.Email)
	h.wantInvite(t, moved, "REQUEST", "1", "TENTATIVE", r.Email)
	if got := h.reload(t, r).Invite; got.Since != 1 || got.Sequence != 1 {
		t.Errorf("of the invite is known %+v", got)
	}

	h.answer(t, r, AnswerNo)
	gone := to(t, h.post(t), r.Email)
	h.wantInvite(t, gone, "CANCEL", "2", "DECLINED", r.Email)
	for _, m := range []received{invited, moved, gone} {
		if got := property(m.bodies[2], "UID"); !slices.Equal(got, []string{"UID:" + e.UID}) {
			t.Errorf("%q, want %s", got, e.UID)
		}
	}
	if got := property(gone.bodies[2], "STATUS"); !slices.Equal(got, []string{"STATUS:CANCELLED"}) {
		t.Errorf("the cancelled entry has %q", got)
	}
}

// What was promised and taken back before it left is not cancelled.
func TestNoCancelOfWhatWasNeverSent(t *testing.T) {
	cancels := func(list []received) (n int) {
		for _, m := range list {
			if strings.Contains(strings.Join(m.kinds, " "), "CANCEL") {
				n++
			}
		}
		return n
	}
	for _, test := range []struct {
		name string
		end  func(*testing.T, *testHouse, *Event, *Registration) error
	}{
		{"cancelled", func(t *testing.T, h *testHouse, _ *Event, r *Registration) error {
			_, err := h.CancelRegistration(t.Context(), r.Holder(), r.ID, "")
			return err
		}},
		{"handed over", func(t *testing.T, h *testHouse, _ *Event, r *Registration) error {
			_, err := h.HandOver(t.Context(), r.Holder(), r.ID, Guest{Name: "Bo", Email: "bo@example.org"})
			return err
		}},
		{"called off", func(t *testing.T, h *testHouse, e *Event, _ *Registration) error {
			_, err := h.CancelEvent(t.Context(), h.boss, e.ID, "")
			return err
		}},
	} {
		for sent, want := range []int{0, 1} {
			h := newHouse(t)
			e := h.event(t, nil)
			r := h.register(t, e, 1)
			if sent == 1 {
				h.post(t)
			}
			must(t, test.end(t, h, e, r))
			if got := cancels(h.post(t)); got != want {
				t.Errorf("%s, sent %d times before: %d CANCEL, want %d", test.name, sent, got, want)
			}
		}
	}
}

// Where an event names nobody, answers go to the address the mail is from.
func TestOrganizerIsTheSender(t *testing.T) {
	h := newHouse(t)
	c := *h.cluster
	c.Sender = "automotive@kohtaamo.example"
	must(t, h.SaveCluster(t.Context(), System("test"), &c))
	e := h.event(t, func(e *Event) { e.Contact, e.ContactEmail = "", "" })
	h.register(t, e, 1)
	got := h.post(t)[0]
	if line := property(got.bodies[2], "ORGANIZER"); len(line) != 1 || !strings.HasSuffix(line[0], ":mailto:automotive@kohtaamo.example") ||
		!strings.Contains(got.header.Get("From"), "<automotive@kohtaamo.example>") {
		t.Errorf("organizer %q, from %q", line, got.header.Get("From"))
	}
}

// Mails are kept for half a year, invites in calendars for longer: the end of
// one comes whether or not its mail is still there, and after a change too.
func TestCancelAfterTheMailWasPurged(t *testing.T) {
	for _, moved := range []bool{false, true} {
		h := newHouse(t)
		e := h.event(t, nil)
		r := h.register(t, e, 1)
		h.post(t)
		if n, err := h.Outbox.Purge(t.Context(), h.time().Add(time.Hour), 100); n != 1 || err != nil {
			t.Fatalf("purged %d, %v", n, err)
		}
		if moved {
			e.Starts, e.Ends = e.Starts.Add(time.Hour), e.Ends.Add(time.Hour)
			_, err := h.SaveEvent(t.Context(), h.boss, e)
			must(t, err)
		}
		_, err := h.CancelRegistration(t.Context(), r.Holder(), r.ID, "")
		must(t, err)
		gone := to(t, h.post(t), r.Email)
		if !strings.HasPrefix(gone.kinds[len(gone.kinds)-1], "text/calendar; method=CANCEL") {
			t.Errorf("moved %t: the last part is %s", moved, gone.kinds[len(gone.kinds)-1])
		}
	}
}
