package ical

import (
	"maps"
	"strings"
	"testing"
	"time"
)

func TestNextDates(t *testing.T) {
	lines := []string{
		"BEGIN:VCALENDAR", // 1
		"BEGIN:VEVENT", "UID:weekly", "DTSTART;TZID=Europe/Helsinki:20240103T090000", "DTEND;TZID=Europe/Helsinki:20240103T100000", "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Helsinki:20270113T090000", "END:VEVENT",
		"BEGIN:VEVENT", "UID:weekly", "RECURRENCE-ID;TZID=Europe/Helsinki:20270120T090000", "DTSTART;TZID=Europe/Helsinki:20270121T120000", "END:VEVENT", // 9
		"BEGIN:VEVENT", "UID:days", "TRANSP:TRANSPARENT", "DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=DAILY", "END:VEVENT", // 14
		"BEGIN:VEVENT", "UID:over", "DTSTART:20240103T090000Z", "RRULE:FREQ=DAILY;COUNT=3", "END:VEVENT", // 20
		"BEGIN:VEVENT", "UID:once", "DTSTART:20270203T090000Z", "END:VEVENT",
		"BEGIN:VEVENT", "UID:odd", "DTSTART:20270203T090000Z", "RRULE:FREQ=SECONDLY", "END:VEVENT",
		"BEGIN:VEVENT", "UID:list", "DTSTART:20240203T090000Z", "DURATION:PT30M", "RDATE:20270301T090000Z,20270201T090000Z", "END:VEVENT", // 34
		"BEGIN:VEVENT", "UID:short", "DTSTART:20260101T090000", "RRULE:FREQ=YEARLY;BYMONTH=6", "END:VEVENT", // 40
		"BEGIN:VEVENT", "UID:empty", "DTSTART:20260101T090000Z", "DTEND:20260101T090000Z", "RRULE:FREQ=MONTHLY", "END:VEVENT", // 45
		"END:VCALENDAR",
	}
	now := time.Date(2027, 1, 13, 7, 0, 0, 0, time.UTC)
	got, err := NextDates([]byte(strings.Join(lines, "\r\n")), "Europe/Helsinki", now, now.AddDate(1, 0, 0))
	at := func(s string) time.Time {
		v, err := time.Parse("2006-01-02T15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	want := map[int]Span{
		2:  {at("2027-01-27T07:00"), at("2027-01-27T08:00")}, // the 13th is left out, the 20th was moved
		14: {at("2027-01-13T22:00"), at("2027-01-14T22:00")},
		40: {at("2027-06-01T06:00"), at("2027-06-01T07:00")},
		45: {at("2027-02-01T09:00"), at("2027-02-01T10:00")},
		34: {at("2027-02-01T09:00"), at("2027-02-01T09:30")},
	}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if _, err := NextDates([]byte("BEGIN:VCALENDAR"), "Europe/Helsinki", now, now); err == nil {
		t.Error("half a calendar is none")
	}
	if _, err := NextDates(nil, "Mars/Base", now, now); err == nil {
		t.Error("there is no such zone")
	}
}
