package ical_test

import (
	"reflect"
	"strings"
	"testing"

	"kohtaamo/scheduling/ical"
)

// What go-ical's decoder and its rules stumble over, each tried there once:
// here it is read as it was meant, or said.
func TestWhatDecodersStumbleOver(t *testing.T) {
	const start = "DTSTART;TZID=Europe/Helsinki:20261025T090000"
	crlf := event(start, "SUMMARY:Hello, world")
	for name, file := range map[string][]byte{
		"line ends as LF":     []byte(strings.ReplaceAll(string(crlf), "\r\n", "\n")),
		"a mark in front":     append([]byte("\ufeff"), crlf...),
		"an unescaped comma":  crlf,
		"a colon escaped":     event(start, `SUMMARY:Hello\, world`, `LOCATION:a\:b`),
		"Outlook's zone":      event("DTSTART;TZID=FLE Standard Time:20261025T090000", "SUMMARY:Hello, world"),
		"Thunderbird's zone":  event("DTSTART;TZID=/mozilla.org/20070129_1/Europe/Helsinki:20261025T090000", "SUMMARY:Hello, world"),
		"escapes of RFC 6868": event(start, "SUMMARY;X-A=a^'b^n:Hello, world"),
	} {
		got, err := ical.Read(file)
		if err != nil || len(got.Skipped) > 0 || len(got.Events) != 1 || got.Events[0].Summary != "Hello, world" || !got.Events[0].Starts.Equal(at(helsinki, "2026-10-25 09:00")) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, lines := range map[string][]string{
		"no colon":                       {start, "A;B=C"},
		"text after a quoted parameter":  {start, `A;B="C"D:E`},
		"the zone of the server":         {"DTSTART;TZID=Local:20261025T090000"},
		"a parameter that is very long":  {start, "A;B=" + strings.Repeat(`"c",`, 60_000) + ":d"},
		"many parameters in a long line": {start, "A" + strings.Repeat(";B=C", 15_000) + ":d"},
	} {
		got, err := ical.Read(event(lines...))
		if err != nil || len(got.Events) != 0 || len(got.Skipped) != 1 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, file := range map[string][]byte{
		"nesting":    []byte(strings.Repeat("BEGIN:A\r\n", 4_500_000)),
		"truncation": crlf[:len(crlf)-20],
		"nothing":    {},
	} {
		if got, err := ical.Read(file); err == nil || got != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A day is as long as the clocks make it; P1D and the length of a day that
// nobody gives are not 24 hours.
func TestDaysAreNotHours(t *testing.T) {
	wantBusy(t, event("DTSTART;VALUE=DATE:20261025"), utcSpans("2026-10-24 21:00", "2026-10-25 22:00"))
	march, april := at(helsinki, "2026-03-01 00:00"), at(helsinki, "2026-04-01 00:00")
	got, skipped, err := ical.Busy(event("DTSTART;VALUE=DATE:20260329"), "Europe/Helsinki", march, april)
	if err != nil || len(skipped) > 0 || !reflect.DeepEqual(got, utcSpans("2026-03-28 22:00", "2026-03-29 21:00")) {
		t.Errorf("%v, %v, %v", got, skipped, err)
	}
}

// West of Greenwich the last day is not lost, of whichever kind its end is.
func TestTheLastDayWestOfGreenwich(t *testing.T) {
	azores := zone("Atlantic/Azores")
	from, to := at(azores, "2026-11-01 00:00"), at(azores, "2026-12-01 00:00")
	want := utcSpans("2026-11-03 01:00", "2026-11-05 01:00")
	for _, until := range []string{"20261103", "20261103T000000Z", "20261103T010000Z", "20261103T235959Z"} {
		got, skipped, err := ical.Busy(event("DTSTART;VALUE=DATE:20261102", "RRULE:FREQ=DAILY;UNTIL="+until), "Atlantic/Azores", from, to)
		if want := utcSpans("2026-11-02 01:00", "2026-11-04 01:00"); err != nil || len(skipped) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("days until %s: %v, %v, %v", until, got, skipped, err)
		}
	}
	got, skipped, err := ical.Busy(event("DTSTART;TZID=Atlantic/Azores:20261103T000000", "DURATION:P1D", "RRULE:FREQ=DAILY;UNTIL=20261104"), "", from, to)
	if err != nil || len(skipped) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("until a day: %v, %v, %v", got, skipped, err)
	}
}
