package mailer

import (
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
)

// part is one body of a mail as a mail program reads it.
type part struct{ contentType, body string }

// read parses a mail with the standard library alone.
func read(t *testing.T, raw []byte) (netmail.Header, []part) {
	t.Helper()
	msg, err := netmail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("Content-Type %q: %v", msg.Header.Get("Content-Type"), err)
	}
	var parts []part
	for r := multipart.NewReader(msg.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return msg.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{p.Header.Get("Content-Type"), decode(t, p)})
	}
}

func decode(t *testing.T, p *multipart.Part) string {
	t.Helper()
	var r io.Reader = p
	switch p.Header.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		r = quotedprintable.NewReader(p)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, p)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const invite = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Tapahtuma åäö\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func TestInviteArrives(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	m := letter("a", "Aino.Makela@Pörssi.example")
	m.ReplyTo = "jarjestaja@example.com"
	m.Letter.Paragraphs = []string{".rivi alkaa pisteellä", "ö < & >"}
	m.Calendar = &Calendar{Method: "REQUEST", Body: []byte(invite)}
	h.add(m)
	h.run(h.worker(s), 1)

	got := s.Messages()
	if len(got) != 1 {
		t.Fatalf("%d messages", len(got))
	}
	header, parts := read(t, got[0].Raw)
	stored := h.wantState("a", Sent)
	if got[0].MessageID != "<"+stored.MessageID+">" || got[0].To != "aino.makela@xn--prssi-jua.example" || got[0].UTF8 {
		t.Errorf("envelope: %+v", got[0])
	}
	for name, want := range map[string]string{
		"Date": "Tue, 20 Oct 2026 09:00:00 +0000", "Auto-Submitted": "auto-generated",
		"Reply-To": "<jarjestaja@example.com>", "Content-Language": "fi", "User-Agent": "", "X-Mailer": "",
	} {
		if header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, header.Get(name), want)
		}
	}
	to, err := header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Name != "Aino Mäkelä" {
		t.Errorf("To: %v, %v", to, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
	if err != nil || subject != "Paikkasi on vahvistettu" {
		t.Errorf("Subject: %q, %v", subject, err)
	}
	wantParts(t, parts)
}

func wantParts(t *testing.T, parts []part) {
	t.Helper()
	if len(parts) != 3 {
		t.Fatalf("%d parts, want 3", len(parts))
	}
	for i, want := range []struct{ kind, words string }{
		{"text/plain; charset=UTF-8", "\r\n.rivi alkaa pisteellä\r\n"},
		{"text/html; charset=UTF-8", "ö &lt; &amp; &gt;"},
		{"text/calendar; method=REQUEST; charset=UTF-8", invite},
	} {
		if parts[i].contentType != want.kind {
			t.Errorf("part %d is %q, want %q", i, parts[i].contentType, want.kind)
		}
		if !strings.Contains(parts[i].body, want.words) {
			t.Errorf("part %d has no %q:\n%s", i, want.words, parts[i].body)
		}
	}
	if parts[2].body != invite {
		t.Errorf("the calendar was altered:\n%q", parts[2].body)
	}
}

func TestConnectionIsKept(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	w := h.worker(s)
	w.Senders = 1
	h.add(letters(30)...)
	h.run(w, 30)
	if c := s.Counts(); c.Connections != 1 {
		t.Errorf("%d connections for 30 mails of one sender, want 1", c.Connections)
	}
	wantDeliveries(t, s, 30, 1)
}

func TestSeveralAtOnce(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{Latency: 20 * time.Millisecond}})
	w := h.worker(s)
	w.Batch = 2
	h.add(letters(40)...)
	h.run(w, 40)
	if c := s.Counts(); c.MostOpen != 4 || c.Connections != 4 {
		t.Errorf("%d connections, %d at once, want 4 and 4", c.Connections, c.MostOpen)
	}
	wantDeliveries(t, s, 40, 1)
}

func certificate(t *testing.T, s *mailtest.Sink) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, s.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEncryption(t *testing.T) {
	for _, test := range []struct {
		name   string
		sink   mailtest.Config
		scheme string
		query  string // %s is the certificate's file
		want   string // in the error; empty if the mail arrives
		tls    bool
	}{
		{"starttls", mailtest.Config{STARTTLS: true}, "smtp", "ca=%s", "", true},
		{"implicit", mailtest.Config{Implicit: true}, "smtps", "ca=%s", "", true},
		{"signed in", mailtest.Config{STARTTLS: true, User: "u", Pass: "p:@/ä"}, "smtp", "ca=%s", "", true},
		{"wrong password", mailtest.Config{STARTTLS: true, User: "u", Pass: "other"}, "smtp", "ca=%s", "535", false},
		{"nobody vouches", mailtest.Config{STARTTLS: true}, "smtp", "", "certificate", false},
		{"not offered", mailtest.Config{}, "smtp", "", "does not offer STARTTLS", false},
		{"if it can", mailtest.Config{}, "smtp", "tls=opportunistic", "", false},
		{"if it can, and it can", mailtest.Config{STARTTLS: true}, "smtp", "tls=opportunistic&ca=%s", "", true},
		{"none", mailtest.Config{STARTTLS: true}, "smtp", "tls=none", "", false},
		{"in the clear on this machine", mailtest.Config{User: "u", Pass: "p:@/ä"}, "smtp", "tls=none", "", false},
		{"must sign in", mailtest.Config{User: "u", Pass: "p"}, "smtp", "tls=none&nobody", "530", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSink(t, test.sink)
			query, user := test.query, ""
			if before, after, ok := strings.Cut(query, "%s"); ok {
				query = before + certificate(t, s) + after
			}
			query, nobody := strings.CutSuffix(query, "&nobody")
			if test.sink.User != "" && !nobody {
				user = "u:p%3A%40%2F%C3%A4@"
			}
			err := sendOne(t, test.scheme+"://"+user+s.Addr()+"?"+query)
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("error %v, want %q in it", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Messages(); len(got) != 1 || got[0].TLS != test.tls {
				t.Errorf("arrived: %+v, want one, encrypted %v", got, test.tls)
			}
		})
	}
}

func sendOne(t *testing.T, spec string) error {
	t.Helper()
	tr, err := Open(spec, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	return tr.Send(context.Background(), &Envelope{
		From: "a@example.com", To: "b@example.com", MessageID: "1@example.com",
		Body: []byte("Message-ID: <1@example.com>\r\n\r\nHi\r\n"),
	})
}

func TestSettingErrors(t *testing.T) {
	for _, test := range []struct{ spec, want string }{
		{"", "neither"},
		{"mail.example.com", "neither"},
		{"ftp://x", "neither"},
		{"dir:", "needs a path"},
		{"smtp://", "not of the form"},
		{"smtp://user:sec/ret@host:25", "not of the form"},
		{"smtp://user:sec%ret@host:25", "not of the form"},
		{"smtp://:secret@host", "without a user"},
		{"smtp://user:secret@host?tls=maybe", "tls=maybe"},
		{"smtp://user:secret@host?tls=none", "in the clear"},
		{"smtp://user:secret@host?tls=opportunistic", "in the clear"},
		{"smtps://user:secret@host?tls=none", "contradicts"},
		{"smtp://user:secret@host:465?tls=none", "contradicts"},
		{"smtp://user:secret@host?tsl=none", `"tsl"`},
		{"smtp://user:secret@host?ca=/does/not/exist", "ca:"},
		{"smtp://user:secret@host?helo=a%0Ab", "helo"},
	} {
		_, err := Open(test.spec, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Open(%q): %v, want %q in it", test.spec, err, test.want)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "ret@")) {
			t.Errorf("Open(%q) shows the password: %v", test.spec, err)
		}
	}
}

func TestRelayPorts(t *testing.T) {
	for spec, want := range map[string]string{
		"smtp://mail.example.com": "mail.example.com:587", "smtps://mail.example.com": "mail.example.com:465",
		"smtp://mail.example.com:25": "mail.example.com:25", "smtp://[::1]:25": "[::1]:25",
	} {
		s, err := parseRelay(spec)
		if err != nil || s.address() != want {
			t.Errorf("%s → %s, %v, want %s", spec, s.address(), err, want)
		}
	}
}

// A relay without PIPELINING is spoken to one command at a time; both ways have
// to leave a connection usable after each kind of refusal.
func TestConnectionAfterRefusals(t *testing.T) {
	for _, batch := range []bool{true, false} {
		s := newSink(t, mailtest.Config{Faults: mailtest.Faults{Refuse: map[string]string{"bad@example.com": "550 5.1.1 No"}}})
		setting, err := parseRelay("smtp://" + s.Addr() + "?tls=none")
		if err != nil {
			t.Fatal(err)
		}
		c, err := dial(t.Context(), &setting)
		if err != nil {
			t.Fatal(err)
		}
		if !c.batch {
			t.Fatal("the sink should offer PIPELINING")
		}
		c.batch = batch
		send := func(to string) (bool, error) {
			return c.send(t.Context(), &Envelope{From: "a@example.com", To: to, Body: []byte("Message-ID: <" + to + ">\r\n\r\n.\r\n..\r\nHi\r\n")})
		}
		for _, to := range []string{"a@example.com", "bad@example.com", "b@example.com"} {
			usable, err := send(to)
			if !usable || (err != nil) != (to == "bad@example.com") {
				t.Errorf("batch %v, to %s: usable %v, %v", batch, to, usable, err)
			}
		}
		s.SetFaults(mailtest.Faults{RefuseData: "554 5.7.1 Spam"})
		if usable, err := send("c@example.com"); !usable || asSendError(err).Stage != StageFinal {
			t.Errorf("batch %v: refused body: usable %v, %v", batch, usable, err)
		}
		s.SetFaults(mailtest.Faults{RefuseMail: "451 4.3.0 Later"})
		if usable, err := send("c@example.com"); !usable || asSendError(err).Stage != StageMail {
			t.Errorf("batch %v: refused sender: usable %v, %v", batch, usable, err)
		}
		c.quit()
		got := s.Messages()
		if len(got) != 2 || !strings.HasSuffix(string(got[1].Raw), "\r\n\r\n.\r\n..\r\nHi\r\n") {
			t.Errorf("batch %v: arrived %+v", batch, got)
		}
	}
}

// A server that says nothing does not keep a stop waiting.
func TestSendEndsWithContext(t *testing.T) {
	s := newSink(t, mailtest.Config{Faults: mailtest.Faults{Latency: 2 * time.Second}})
	tr, err := Open("smtp://"+s.Addr()+"?tls=none", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- tr.Send(ctx, &Envelope{From: "a@example.com", To: "b@example.com", Body: []byte("\r\n")})
	}()
	select {
	case err := <-done:
		if err == nil {
			t.Error("no error")
		}
	case <-time.After(time.Second):
		t.Error("Send did not end with its context")
	}
}
