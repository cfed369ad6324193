package ical_test

import (
	"errors"
	"net/mail"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"kohtaamo/scheduling/ical"
)

// seed adds the files of programs, the worst ones in small, and pieces of
// grammar that the fuzzer would be long in finding.
func seed(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.ics"))
	if err != nil || len(files) < 11 {
		f.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, build := range worst(2 << 10) {
		f.Add(build())
	}
	const start = "DTSTART;TZID=Europe/Helsinki:20261020T090000"
	for _, lines := range [][]string{
		{"DTSTART:16010101T000000", "DURATION:P1W2DT3H4M5S", "RRULE:FREQ=YEARLY;INTERVAL=2;BYYEARDAY=-1,366;BYSETPOS=-1;WKST=SU"},
		{start, "DTEND;TZID=FLE Standard Time:20261020T100000", "RRULE:FREQ=MONTHLY;BYDAY=-1FR,2TU;BYMONTH=1,10;COUNT=9", "EXDATE;VALUE=DATE:20261020,20261030"},
		{"DTSTART;VALUE=DATE:99991231", "RDATE;VALUE=PERIOD:20261022T060000Z/PT2H,00010101T000000Z/99991231T235960Z", "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z"},
		{start, "GEO:-0;+180", "CATEGORIES:a\\,b,,c\\", "URL:https://a.example/?b", "CLASS:X", "SUMMARY;X=\"^n^'\":a\\nb\\N\\;\\"},
		{"ATTENDEE;EMAIL=\"a@b.example\";CN=^^;PARTSTAT=TENTATIVE:urn:x", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261020", "COMMENT:\\n"},
	} {
		f.Add(event(lines...))
		f.Add(answer(append(lines, "UID:a")...))
	}
}

// bounded holds a call to 100 MB in all, what it has let go of included.
func bounded(t *testing.T, do func()) {
	t.Helper()
	heap := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(heap)
	before := heap[0].Value.Uint64()
	do()
	metrics.Read(heap)
	if n := heap[0].Value.Uint64() - before; n > 100<<20 {
		t.Errorf("took %d MB", n>>20)
	}
}

// wantPlain holds a text to be clean, and of one line unless it may have more.
func wantPlain(t *testing.T, s string, lines bool) {
	t.Helper()
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && !(lines && (r == '\n' || r == '\t'))
	}) {
		t.Errorf("%q is not plain", s)
	}
}

func wantUID(t *testing.T, uid string) {
	t.Helper()
	if wantPlain(t, uid, false); uid == "" || len(uid) > 255 {
		t.Errorf("UID %q", uid)
	}
}

func wantFault(t *testing.T, err error) {
	t.Helper()
	var fault *ical.ReadError
	if !errors.As(err, &fault) || fault == nil || fault.Reason == "" || fault.Line < 0 || len(fault.Error()) > 2000 {
		t.Errorf("%#v says nothing", err)
	}
	wantPlain(t, err.Error(), false)
}

func FuzzReadReplies(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var replies []ical.Reply
		var err error
		bounded(t, func() { replies, err = ical.ReadReplies(b) })
		if (err == nil) != (len(replies) > 0) {
			t.Fatalf("%v, %v", replies, err)
		}
		if err != nil {
			wantFault(t, err)
		}
		for _, r := range replies {
			wantUID(t, r.UID)
			wantPlain(t, r.Instance, false)
			wantPlain(t, r.Name, false)
			wantPlain(t, r.Comment, true)
			a, err := mail.ParseAddress(r.Attendee)
			if err != nil || a.Address != r.Attendee || a.Name != "" || strings.ToLower(r.Attendee) != r.Attendee {
				t.Errorf("address %q", r.Attendee)
			}
			switch r.Answer {
			case ical.NeedsAction, ical.Accepted, ical.Maybe, ical.Declined:
			default:
				t.Errorf("answer %q", r.Answer)
			}
			if r.Sequence < 0 || r.Stamp.Location() != time.UTC || r.Instance == "" && !r.InstanceStarts.IsZero() {
				t.Errorf("%+v", r)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var got *ical.Foreign
		var err error
		bounded(t, func() { got, err = ical.Read(b) })
		if (err == nil) != (got != nil) {
			t.Fatalf("%v, %v", got, err)
		}
		if err != nil {
			wantFault(t, err)
			return
		}
		wantPlain(t, got.Name+got.Method, false)
		if len(got.Skipped) > 101 {
			t.Errorf("%d skipped", len(got.Skipped))
		}
		for _, fault := range got.Skipped {
			wantFault(t, fault)
		}
		for _, e := range got.Events {
			wantForeign(t, &e)
		}
	})
}

// wantForeign holds an event to be one that we could write.
func wantForeign(t *testing.T, f *ical.ForeignEvent) {
	t.Helper()
	wantPlain(t, f.Summary+f.Location+f.URL+strings.Join(f.Categories, "")+f.Instance, false)
	wantPlain(t, f.Description, true)
	e := ical.Entry{UID: f.UID, Sequence: f.Sequence, Modified: autumn, Starts: f.Starts, Ends: f.Ends, StartZone: f.Zone,
		AllDay: f.AllDay, Status: f.Status, Summary: f.Summary, Geo: f.Geo, URL: f.URL, Categories: f.Categories}
	if err := e.Check(); err != nil {
		t.Errorf("%v: %+v", err, f)
	}
	if f.AllDay && (f.Floating || f.Zone != "" || f.Starts.Hour() != 0 || f.Ends.Hour() != 0 || !f.Starts.Before(f.Ends)) {
		t.Errorf("days %+v", f)
	}
	if f.Floating && f.Zone != "" || f.Line < 1 || f.Repeat != "" && !f.Repeats {
		t.Errorf("%+v", f)
	}
}

func FuzzBusy(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var spans []ical.Span
		var skipped []*ical.ReadError
		var err error
		bounded(t, func() { spans, skipped, err = ical.Busy(b, "Europe/Helsinki", autumn, newYear) })
		if err != nil {
			if wantFault(t, err); spans != nil || skipped != nil {
				t.Errorf("%v, %v beside %v", spans, skipped, err)
			}
			return
		}
		last := autumn.Add(-1)
		for _, s := range spans {
			if !s.Starts.After(last) || !s.Starts.Before(s.Ends) || s.Ends.After(newYear) || s.Starts.Location() != time.UTC || s.Ends.Location() != time.UTC {
				t.Fatalf("%v after %v", s, last)
			}
			last = s.Ends
		}
		if len(skipped) > 101 {
			t.Errorf("%d skipped", len(skipped))
		}
		for _, fault := range skipped {
			wantFault(t, fault)
		}
	})
}
