package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// pipe runs a command with something on its standard input.
func pipe(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	c := &console{stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs, now: time.Now}
	status := run(t.Context(), c, args)
	return result{status, out.String(), errs.String()}
}

// published makes an event of one seat in a house.
func published(t *testing.T, h *house) *scheduling.Event {
	t.Helper()
	by := scheduling.System("test")
	c := &scheduling.Cluster{Slug: "circular", Name: tr("Circular Economy Cluster", "Kiertotalousklusteri"), Zone: "Europe/Helsinki"}
	if err := h.desk.SaveCluster(t.Context(), by, c); err != nil {
		t.Fatal(err)
	}
	e := scheduling.NewEvent(c, time.Now().AddDate(0, 0, 20))
	e.Title, e.Venue, e.ContactEmail = tr("Arena", "Areena"), "Oulu", organiserAt
	e.Rules.Seats, e.Rules.OfferHours = 1, 0
	e, err := h.desk.SaveEvent(t.Context(), by, e)
	if err == nil {
		e, err = h.desk.PublishEvent(t.Context(), by, e.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// replyTo is the answer that a mail program makes of an invite.
func replyTo(t *testing.T, invite letter, partstat string) string {
	t.Helper()
	find := func(pattern string) string {
		m := regexp.MustCompile(`(?m)^` + pattern + `\r?$`).FindStringSubmatch(invite.calendar)
		if m == nil {
			t.Fatalf("no %s in %s", pattern, invite.calendar)
		}
		return m[1]
	}
	attendee := find(`ATTENDEE;.*mailto:(.*?)`)
	return strings.ReplaceAll(fmt.Sprintf(`From: %s
To: %s
MIME-Version: 1.0
Content-Type: text/calendar; method=REPLY; charset=utf-8

BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Test//EN
METHOD:REPLY
BEGIN:VEVENT
UID:%s
SEQUENCE:%s
DTSTAMP:%s
ATTENDEE;PARTSTAT=%s:mailto:%s
END:VEVENT
END:VCALENDAR
`, attendee, find(`ORGANIZER.*:mailto:(.*?)`), find(`UID:(.*?)`), find(`SEQUENCE:(.*?)`), time.Now().UTC().Format("20060102T150405Z"), partstat, attendee), "\n", "\r\n")
}

// TestMailReceive answers an invite that a running server wrote, by the command
// that a mail server calls: twice, and the seat goes to the next person once.
func TestMailReceive(t *testing.T) {
	dir := t.TempDir()
	db, inbound := database(dir, "k.db"), "--inbound=answers@in.example.org"
	h := openHouse(t, db)
	e := published(t, h)
	s := &site{t: t, mail: filepath.Join(dir, "mail"), read: map[string]bool{}}
	s.base = start(t, db, inbound, "--mail=dir:"+s.mail).base
	register := func(name, email string) {
		resp, err := http.PostForm(s.base+"/events/"+e.Slug+"/register", url.Values{"name": {name}, "email": {email}, "lang": {"en"}, "once": {email}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	register("Aino Väisänen", "aino@example.org")
	invite := s.letter("aino@example.org")
	invite.invites(t, "aino@example.org")
	register("Bertta O'Hara", "bertta@example.org")
	s.letter("bertta@example.org")

	raw := replyTo(t, invite, "DECLINED")
	if !strings.Contains(raw, "To: answers+") {
		t.Fatalf("the answer goes elsewhere: %s", raw)
	}
	for i, want := range []string{"recorded: the answer is declined\n", "repeated: the registration is over\n"} {
		if r := pipe(t, raw, "mail", "receive", db, inbound); r.status != exitDone || r.out != want {
			t.Errorf("time %d: %+v", i, r)
		}
	}
	if gone := s.letter("aino@example.org"); gone.method != "CANCEL" {
		t.Errorf("the mail %q takes nothing out of the calendar", gone.subject)
	}
	next := s.letter("bertta@example.org")
	next.invites(t, "bertta@example.org")
	list, _, err := h.desk.Registrations(t.Context(), scheduling.System("test"), e.ID, scheduling.RegFilter{})
	if err != nil || len(list) != 2 || list[0].State != scheduling.Withdrawn || list[0].RSVP.Answer != scheduling.AnswerNo || list[1].State != scheduling.Confirmed {
		t.Errorf("%+v, %v", list, err)
	}
	s.hook(t, strings.TrimSpace(must(t, "token", "--name", "MTA", "--role", "administrator", "--scope", "mail:write", db)), raw)
	for what, message := range map[string]string{
		"ignored: no answer to an invite is in it": "Subject: Hello\r\n\r\nHello\r\n",
		"ignored: not a message":                   strings.Repeat("x", 2<<20),
		"refused: ":                                strings.Replace(replyTo(t, next, "DECLINED"), "To: answers+", "To: answers+x", 1),
	} {
		if r := pipe(t, message, "mail", "receive", db, inbound); r.status != exitDone || !strings.HasPrefix(r.out, what) || strings.Count(r.out, "\n") != 1 || strings.Contains(r.out, "@") {
			t.Errorf("%s: %+v", what, r)
		}
	}
}

// hook hands an answer that is known in by the API, with a token that may do
// nothing else.
func (s *site) hook(t *testing.T, token, raw string) {
	t.Helper()
	ask := func(method, path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, s.base+"/api/v1"+path, strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "message/rfc822")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	if status, body := ask(http.MethodPost, "/mail/received"); status != http.StatusOK || !strings.Contains(body, `"repeated"`) {
		t.Errorf("the hook answers %d %s", status, body)
	}
	if status, body := ask(http.MethodGet, "/people"); status != http.StatusForbidden {
		t.Errorf("a token for mail reads people: %d %s", status, body)
	}
}
