package ical_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// foreignFile puts lines into a calendar as most programs end their lines.
func foreignFile(lines ...string) []byte {
	all := append(append([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN"}, lines...), "END:VCALENDAR", "")
	return []byte(strings.Join(all, "\r\n"))
}

// answer is a REPLY with one VEVENT of these lines.
func answer(lines ...string) []byte {
	return foreignFile(append(append([]string{"METHOD:REPLY", "BEGIN:VEVENT"}, lines...), "END:VEVENT")...)
}

// sample reads a file of testdata.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wantReadError holds err to be about a line, with these words.
func wantReadError(t *testing.T, err error, line int, words string) {
	t.Helper()
	var fault *ical.ReadError
	switch {
	case !errors.As(err, &fault):
		t.Errorf("error is %v, want a ReadError with %q", err, words)
	case fault.Line != line || !strings.Contains(fault.Reason, words):
		t.Errorf("error is %q, want line %d and %q", fault, line, words)
	}
}

const uid = "4f9c1c52-7f3a-4f0e-9b6d-0d6f2b3c9a11"

func TestRepliesOfPrograms(t *testing.T) {
	accepted := ical.Reply{
		UID: uid, Sequence: 2, Stamp: time.Date(2026, 10, 1, 8, 15, 30, 0, time.UTC),
		Attendee: "aino.makela@steel.example", Answer: ical.Accepted,
	}
	with := func(change func(*ical.Reply)) []ical.Reply {
		r := accepted
		change(&r)
		return []ical.Reply{r}
	}
	for _, test := range []struct {
		file string
		want []ical.Reply
	}{
		{"reply-google.ics", with(func(r *ical.Reply) { r.Name = "aino.makela@steel.example" })},
		{"reply-exchange.ics", with(func(r *ical.Reply) { // no ORGANIZER
			r.Name, r.Answer, r.Comment = "Mäkelä, Aino", ical.Maybe, "Olen junassa, ehdin ehkä.\nTerv. Aino"
		})},
		{"reply-exchange-instance.ics", with(func(r *ical.Reply) {
			r.Name, r.Answer = "Mäkelä, Aino", ical.Declined
			r.Instance, r.InstanceStarts = "20261027T090000", at(helsinki, "2026-10-27 09:00").UTC()
		})},
		{"reply-apple.ics", with(func(r *ical.Reply) { r.Name, r.Answer = "Aino Mäkelä", ical.Declined })},
		{"reply-thunderbird.ics", with(func(r *ical.Reply) { r.Name, r.Comment = `Aino "Ansku" Mäkelä`, "See you there, then" })},
	} {
		t.Run(test.file, func(t *testing.T) {
			got, err := ical.ReadReplies(sample(t, test.file))
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

// A series may be answered with its sixteen instances that were moved, all in
// one message.
func TestReplyToSeriesAndInstances(t *testing.T) {
	lines := []string{"METHOD:REPLY"}
	var want []ical.Reply
	for i := range 17 {
		lines = append(lines, "BEGIN:VEVENT", "UID:"+uid, "DTSTAMP:20261001T081530Z", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:aino@steel.example")
		r := ical.Reply{UID: uid, Stamp: time.Date(2026, 10, 1, 8, 15, 30, 0, time.UTC), Attendee: "aino@steel.example", Answer: ical.Accepted}
		if i > 0 {
			r.Instance = fmt.Sprintf("202611%02dT070000Z", i)
			r.InstanceStarts = time.Date(2026, 11, i, 7, 0, 0, 0, time.UTC)
			lines = append(lines, "RECURRENCE-ID:"+r.Instance)
		}
		lines = append(lines, "END:VEVENT")
		want = append(want, r)
	}
	got, err := ical.ReadReplies(foreignFile(lines...))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// What we send comes back as it was sent when the attendee's program fills in
// the answer and nothing else.
func TestReplyToOurInvitation(t *testing.T) {
	e := invitation()
	e.Attendee.Name, e.Sequence = `Mäkelä; Aino: "Ansku", DI`, 3
	b, err := ical.Invite(ical.Request, e)
	if err != nil {
		t.Fatal(err)
	}
	back := strings.NewReplacer("METHOD:REQUEST", "METHOD:REPLY", "NEEDS-ACTION", "ACCEPTED").Replace(strings.ReplaceAll(string(b), "\r\n ", ""))
	got, err := ical.ReadReplies([]byte(back))
	want := []ical.Reply{{UID: e.UID, Sequence: 3, Stamp: e.Modified, Attendee: "aino@steel.example", Name: `Mäkelä; Aino: 'Ansku', DI`, Answer: ical.Accepted}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestReplyAddresses(t *testing.T) {
	for attendee, want := range map[string]string{
		"ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:Aino.Makela@Steel.EXAMPLE":                                        "aino.makela@steel.example",
		"ATTENDEE;PARTSTAT=ACCEPTED:Mailto:aino%2Btag%40steel.example":                                       "aino+tag@steel.example",
		"ATTENDEE;PARTSTAT=ACCEPTED:mailto:aino@steel.example?subject=x":                                     "aino@steel.example",
		"ATTENDEE;PARTSTAT=ACCEPTED: mailto: aino@steel.example ":                                            "aino@steel.example",
		"ATTENDEE;PARTSTAT=ACCEPTED;EMAIL=aino@steel.example:urn:uuid:6f5a":                                  "aino@steel.example",
		"ATTENDEE;PARTSTAT=ACCEPTED;EMAIL=\"Aino@steel.example\":/aMTIzNA/principal/":                        "aino@steel.example",
		"ATTENDEE;CN=\"a;b:c,mailto:x@y.example\";PARTSTAT=ACCEPTED:mailto:aino@steel.example":               "aino@steel.example",
		"attendee;partstat=accepted:mailto:aino@steel.example":                                               "aino@steel.example",
		"ATTENDEE;MEMBER=\"mailto:a@b.example\",\"mailto:c@d.example\";PARTSTAT=ACCEPTED:mailto:e@f.example": "e@f.example",
		"ATTENDEE;PARTSTAT=ACCEPTED:mailto:\r\n aino@st\r\n\teel.example":                                    "aino@steel.example",
	} {
		got, err := ical.ReadReplies(answer("UID:"+uid, attendee))
		if err != nil || len(got) != 1 || got[0].Attendee != want || got[0].Answer != ical.Accepted {
			t.Errorf("%s: %+v, %v, want %s", attendee, got, err, want)
		}
	}
}

func TestReplyNames(t *testing.T) {
	for cn, want := range map[string]string{
		`"Matti ^'Masa^' Niemi^nDI ^^ x ^y"`: `Matti "Masa" Niemi DI ^ x ^y`,
		`Matti Niemi`:                        "Matti Niemi",
		`""`:                                 "",
		`"Niemi, Matti; DI: x"`:              "Niemi, Matti; DI: x",
	} {
		got, err := ical.ReadReplies(answer("UID:"+uid, "ATTENDEE;CN="+cn+";PARTSTAT=DECLINED:mailto:m@n.example"))
		if err != nil || got[0].Name != want {
			t.Errorf("%s: %+v, %v", cn, got, err)
		}
	}
}

func TestRepliesThatAreNone(t *testing.T) {
	const attendee = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:aino@steel.example"
	deep := strings.Repeat("BEGIN:A\r\n", 4_500_000)
	for _, test := range []struct {
		name  string
		file  []byte
		line  int
		words string
	}{
		{"nothing", nil, 0, "empty"},
		{"a page of the web", []byte("<!DOCTYPE html>\n<html>"), 1, `this is no calendar: it does not start with BEGIN:VCALENDAR but with "<!DOCTYPE html>"`},
		{"UTF-16", []byte("\xff\xfeB\x00E\x00"), 1, "UTF-16"},
		{"cut off", answer("UID:"+uid, attendee)[:120], 6, "the file ends before the VCALENDAR that begins in line 1 does: a part of it is missing"},
		{"an end too many", foreignFile("END:VEVENT"), 4, "END:VEVENT where END:VCALENDAR belongs"},
		{"a request", foreignFile("METHOD:REQUEST", "BEGIN:VEVENT", "END:VEVENT"), 4, "the METHOD is REQUEST"},
		{"a counter-proposal", foreignFile("METHOD:COUNTER"), 4, "the METHOD is COUNTER"},
		{"two methods", foreignFile("METHOD:REPLY", "METHOD:REQUEST"), 5, "more than one METHOD"},
		{"no method", foreignFile("BEGIN:VEVENT", "UID:"+uid, attendee, "END:VEVENT"), 1, "no METHOD"},
		{"no event", foreignFile("METHOD:REPLY", "BEGIN:VTODO", "UID:"+uid, attendee, "END:VTODO"), 0, "answers no event"},
		{"no UID", answer(attendee), 5, "the VEVENT has no UID"},
		{"a long UID", answer("UID:"+strings.Repeat("x", 256), attendee), 6, "256 octets"},
		{"a UID of two lines", answer(`UID:a\nb`, attendee), 6, "not plain text"},
		{"no attendee", answer("UID:" + uid), 5, "no ATTENDEE"},
		{"two attendees", answer("UID:"+uid, attendee, attendee), 8, "more than one ATTENDEE"},
		{"an address of Exchange's own", answer("UID:"+uid, "ATTENDEE;PARTSTAT=ACCEPTED:invalid:nomail"), 7, "no mail address"},
		{"a line in the address", answer("UID:"+uid, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example%0D%0Ax"), 7, "no mail address"},
		{"two addresses", answer("UID:"+uid, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example,c@d.example"), 7, "no mail address"},
		{"delegated", answer("UID:"+uid, "ATTENDEE;PARTSTAT=DELEGATED:mailto:a@b.example"), 7, "(DELEGATED)"},
		{"completed", answer("UID:"+uid, "ATTENDEE;PARTSTAT=COMPLETED:mailto:a@b.example"), 7, "the answer is COMPLETED"},
		{"from an instance on", answer("UID:"+uid, attendee, "RECURRENCE-ID;RANGE=THISANDFUTURE:20261024T060000Z"), 8, "one at a time"},
		{"no sequence", answer("UID:"+uid, attendee, "SEQUENCE:-1"), 8, "SEQUENCE"},
		{"a sequence beyond numbers", answer("UID:"+uid, attendee, "SEQUENCE:99999999999999999999"), 8, "SEQUENCE"},
		{"no time", answer("UID:"+uid, attendee, "DTSTAMP:2026-10-24T09:00:00Z"), 8, `"2026-10-24T09:00:00Z" is no date or time`},
		{"no colon", answer("A;B=C", "UID:"+uid, attendee), 6, "A: no colon after parameter B"},
		{"no colon at all", answer("A", "UID:"+uid, attendee), 6, "there is no colon"},
		{"text after a quotation mark", answer(`A;B="C"D:E`, "UID:"+uid, attendee), 6, "text after the quotation mark in parameter B"},
		{"an open quotation mark", answer(`A;B="C:E`, "UID:"+uid, attendee), 6, "no closing quotation mark in parameter B"},
		{"a quotation mark inside", answer(`A;B=C"D":E`, "UID:"+uid, attendee), 6, "a quotation mark inside parameter B"},
		{"a parameter without value", answer(`A;B:C`, "UID:"+uid, attendee), 6, "NAME=VALUE"},
		{"many parameters", answer("A"+strings.Repeat(";B=C", 33)+":D", "UID:"+uid, attendee), 6, "more than 32 parameters"},
		{"a long line that is asked for", answer("UID:"+uid, attendee, "COMMENT:"+strings.Repeat("x", 64<<10)), 8, "COMMENT is longer than 65536 octets"},
		{"many lines", answer(strings.Repeat("UID:"+uid+"\r\n", 2001)), 2006, "more than 2000 lines"},
		{"nested", foreignFile(strings.Repeat("BEGIN:A\r\n", 20_000)), 7, "more than 4 deep"},
		{"nested four and a half million times", []byte(deep), 0, "the file has 40500000 octets, more than 262144"},
		{"a large file", answer(strings.Repeat("X:"+strings.Repeat("y", 998)+"\n", 300)), 0, "more than 262144"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ical.ReadReplies(test.file)
			if got != nil {
				t.Errorf("got %+v", got)
			}
			wantReadError(t, err, test.line, test.words)
		})
	}
}

func TestMoreAnswersThanInstances(t *testing.T) {
	one := "BEGIN:VEVENT\nUID:u\nATTENDEE:mailto:a@b.example\nEND:VEVENT\n"
	got, err := ical.ReadReplies(foreignFile("METHOD:REPLY", strings.Repeat(one, 400)))
	if len(got) != 400 || err != nil {
		t.Errorf("%d answers, %v", len(got), err)
	}
	_, err = ical.ReadReplies(foreignFile("METHOD:REPLY", strings.Repeat(one, 401)))
	wantReadError(t, err, 4+400*4+1, "more than 400 answers")
}

// How a file got here may change its line ends, and put a mark in front.
func TestLineEnds(t *testing.T) {
	crlf := string(sample(t, "reply-exchange.ics"))
	want, err := ical.ReadReplies([]byte(crlf))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"LF":             strings.ReplaceAll(crlf, "\r\n", "\n"),
		"CR CR LF":       strings.ReplaceAll(crlf, "\r\n", "\r\r\n"),
		"mark":           "\ufeff" + crlf,
		"empty lines":    strings.ReplaceAll(crlf, "END:VEVENT", "\r\nEND:VEVENT\r\n"),
		"no last end":    strings.TrimSpace(crlf),
		"footer":         crlf + "-- \r\nYou are on the list\r\n",
		"small letters":  strings.NewReplacer("BEGIN", "begin", "VEVENT", "vevent", "PARTSTAT", "partstat", "REPLY", "reply").Replace(crlf),
		"trailing space": strings.NewReplacer("BEGIN:VEVENT", "BEGIN:VEVENT ", "SEQUENCE:2", "SEQUENCE:2 ").Replace(crlf),
	} {
		got, err := ical.ReadReplies([]byte(file))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Folds may be anywhere, between the octets of a letter too.
func TestFoldsAnywhere(t *testing.T) {
	line := "ATTENDEE;CN=\"Mäkelä, Aino 🏭\";PARTSTAT=DECLINED:mailto:aino@steel.example"
	for at := 1; at < len(line); at++ {
		got, err := ical.ReadReplies(answer("UID:"+uid, line[:at]+"\r\n "+line[at:]))
		if err != nil || got[0].Name != "Mäkelä, Aino 🏭" || got[0].Attendee != "aino@steel.example" {
			t.Errorf("fold at %d: %+v, %v", at, got, err)
		}
	}
}
