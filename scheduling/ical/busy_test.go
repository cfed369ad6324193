package ical_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// event is a calendar with one VEVENT of these lines.
func event(lines ...string) []byte {
	return foreignFile(append(append([]string{"BEGIN:VEVENT", "UID:" + uid}, lines...), "END:VEVENT")...)
}

// utcSpans reads spans from pairs of times.
func utcSpans(walls ...string) []ical.Span {
	var all []ical.Span
	for i := 0; i < len(walls); i += 2 {
		all = append(all, ical.Span{Starts: at(time.UTC, walls[i]), Ends: at(time.UTC, walls[i+1])})
	}
	return all
}

var (
	autumn  = at(helsinki, "2026-10-01 00:00")
	newYear = at(helsinki, "2027-01-01 00:00")
)

func wantBusy(t *testing.T, b []byte, want []ical.Span) {
	t.Helper()
	got, skipped, err := ical.Busy(b, "Europe/Helsinki", autumn, newYear)
	for _, fault := range skipped {
		t.Errorf("skipped: %v", fault)
	}
	if err != nil || !reflect.DeepEqual(append([]ical.Span{}, got...), append([]ical.Span{}, want...)) {
		t.Errorf("got  %v, %v\nwant %v", got, err, want)
	}
}

func TestBusyCalendarsOfPrograms(t *testing.T) {
	for file, want := range map[string][]ical.Span{
		"busy-google.ics": utcSpans(
			"2026-10-05 06:00", "2026-10-05 06:30", "2026-10-12 06:00", "2026-10-12 06:30", "2026-10-22 07:00", "2026-10-22 08:00",
			"2026-10-23 21:00", "2026-10-25 22:00", // 49 hours: the clock is set back
			"2026-10-27 11:00", "2026-10-27 11:30", "2026-11-09 07:00", "2026-11-09 07:30",
			"2026-11-23 07:00", "2026-11-23 07:30", "2026-11-30 07:00", "2026-11-30 07:30"),
		"busy-outlook.ics": utcSpans(
			"2026-11-01 01:00", "2026-11-02 02:00", // 25 hours, by the rules in the file
			"2026-11-24 22:00", "2026-11-25 22:00", "2026-12-10 07:00", "2026-12-10 08:00"),
		"busy-freebusy.ics": utcSpans(
			"2026-10-20 06:00", "2026-10-20 07:30", "2026-10-21 06:00", "2026-10-21 07:00", "2026-10-23 06:00", "2026-10-24 06:00"),
	} {
		t.Run(file, func(t *testing.T) { wantBusy(t, sample(t, file), want) })
	}
}

func TestWhatTakesTime(t *testing.T) {
	hour := utcSpans("2026-10-20 06:00", "2026-10-20 07:00")
	for _, test := range []struct {
		name  string
		lines []string
		want  []ical.Span
	}{
		{"an hour", []string{"DTSTART:20261020T060000Z", "DTEND:20261020T070000Z"}, hour},
		{"an hour by its length", []string{"DTSTART:20261020T060000Z", "DURATION:PT1H"}, hour},
		{"an hour of no place", []string{"DTSTART:20261020T090000", "DTEND:20261020T100000"}, hour},
		{"an hour with a zone and Z", []string{"DTSTART;TZID=Europe/Helsinki:20261020T060000Z", "DTEND;TZID=Europe/Helsinki:20261020T070000Z"}, hour},
		{"tentative", []string{"DTSTART:20261020T060000Z", "DURATION:PT1H", "STATUS:TENTATIVE"}, hour},
		{"cancelled", []string{"DTSTART:20261020T060000Z", "DURATION:PT1H", "STATUS:CANCELLED"}, nil},
		{"canceled", []string{"DTSTART:20261020T060000Z", "DURATION:PT1H", "STATUS:CANCELED"}, nil},
		{"transparent", []string{"DTSTART:20261020T060000Z", "DURATION:PT1H", "TRANSP:transparent"}, nil},
		{"free for Outlook", []string{"DTSTART:20261020T060000Z", "DURATION:PT1H", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"}, nil},
		{"a moment", []string{"DTSTART:20261020T060000Z"}, nil},
		{"before", []string{"DTSTART:20260930T200000Z", "DURATION:PT1H"}, nil},
		{"after", []string{"DTSTART:20261231T220000Z", "DURATION:PT1H"}, nil},
		{"over the edge", []string{"DTSTART:20260930T200000Z", "DURATION:PT2H"}, utcSpans("2026-09-30 21:00", "2026-09-30 22:00")},
		{"a day", []string{"DTSTART;VALUE=DATE:20261020"}, utcSpans("2026-10-19 21:00", "2026-10-20 21:00")},
		{"a day that is not said to be one", []string{"DTSTART:20261020"}, utcSpans("2026-10-19 21:00", "2026-10-20 21:00")},
		{"a day that ends when it starts", []string{"DTSTART;VALUE=DATE:20261020", "DTEND;VALUE=DATE:20261020"}, utcSpans("2026-10-19 21:00", "2026-10-20 21:00")},
		{"the long day of October", []string{"DTSTART;VALUE=DATE:20261025", "DURATION:P1D"}, utcSpans("2026-10-24 21:00", "2026-10-25 22:00")},
		{"24 hours are not a day", []string{"DTSTART;TZID=Europe/Helsinki:20261024T120000", "DURATION:PT24H"}, utcSpans("2026-10-24 09:00", "2026-10-25 09:00")},
		{"a day is not 24 hours", []string{"DTSTART;TZID=Europe/Helsinki:20261024T120000", "DURATION:P1D"}, utcSpans("2026-10-24 09:00", "2026-10-25 10:00")},
		{"the hour that comes twice is the first", []string{"DTSTART;TZID=Europe/Helsinki:20261025T033000", "DURATION:PT15M"}, utcSpans("2026-10-25 00:30", "2026-10-25 00:45")},
		{"a journey", []string{"DTSTART;TZID=Europe/Helsinki:20261109T070000", "DTEND;TZID=Europe/Madrid:20261109T102000"}, utcSpans("2026-11-09 05:00", "2026-11-09 09:20")},
		{"alarms speak for themselves", []string{"DTSTART:20261020T060000Z", "DURATION:PT1H", "BEGIN:VALARM", "TRIGGER:-PT5M", "DURATION:PT9H", "STATUS:CANCELLED", "END:VALARM"}, hour},
	} {
		t.Run(test.name, func(t *testing.T) { wantBusy(t, event(test.lines...), test.want) })
	}
}

func TestRepeatingTakesTime(t *testing.T) {
	const start = "DTSTART;TZID=Europe/Helsinki:20261020T090000"
	const length = "DURATION:PT1H"
	for _, test := range []struct {
		name  string
		lines []string
		want  []ical.Span
	}{
		{"keeps its time when the clock is set", []string{start, length, "RRULE:FREQ=WEEKLY;COUNT=2"},
			utcSpans("2026-10-20 06:00", "2026-10-20 07:00", "2026-10-27 07:00", "2026-10-27 08:00")},
		{"until a moment", []string{start, length, "RRULE:FREQ=DAILY;UNTIL=20261021T060000Z"},
			utcSpans("2026-10-20 06:00", "2026-10-20 07:00", "2026-10-21 06:00", "2026-10-21 07:00")},
		{"until just before", []string{start, length, "RRULE:FREQ=DAILY;UNTIL=20261021T055959Z"}, utcSpans("2026-10-20 06:00", "2026-10-20 07:00")},
		{"until a day, included", []string{start, length, "RRULE:FREQ=DAILY;UNTIL=20261021"},
			utcSpans("2026-10-20 06:00", "2026-10-20 07:00", "2026-10-21 06:00", "2026-10-21 07:00")},
		{"until a time on its own clock", []string{start, length, "RRULE:FREQ=DAILY;UNTIL=20261021T090000"},
			utcSpans("2026-10-20 06:00", "2026-10-20 07:00", "2026-10-21 06:00", "2026-10-21 07:00")},
		{"days until a day", []string{"DTSTART;VALUE=DATE:20261020", "RRULE:FREQ=DAILY;UNTIL=20261021"}, utcSpans("2026-10-19 21:00", "2026-10-21 21:00")},
		{"days that are not 24 hours", []string{"DTSTART;VALUE=DATE:20261018", "DTEND;VALUE=DATE:20261019", "RRULE:FREQ=WEEKLY;COUNT=2"},
			utcSpans("2026-10-17 21:00", "2026-10-18 21:00", "2026-10-24 21:00", "2026-10-25 22:00")},
		{"days until midnight in UTC", []string{"DTSTART;VALUE=DATE:20261020", "RRULE:FREQ=DAILY;UNTIL=20261021T000000Z"}, utcSpans("2026-10-19 21:00", "2026-10-21 21:00")},
		{"days until midnight there", []string{"DTSTART;VALUE=DATE:20261020", "RRULE:FREQ=DAILY;UNTIL=20261020T210000Z"}, utcSpans("2026-10-19 21:00", "2026-10-21 21:00")},
		{"until before it starts", []string{start, length, "RRULE:FREQ=DAILY;UNTIL=20260101"}, nil},
		{"exceptions in a list", []string{start, length, "RRULE:FREQ=DAILY;COUNT=4", "EXDATE;TZID=Europe/Helsinki:20261020T090000,20261022T090000"},
			utcSpans("2026-10-21 06:00", "2026-10-21 07:00", "2026-10-23 06:00", "2026-10-23 07:00")},
		{"exceptions in UTC and by day", []string{start, length, "RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20261020T060000Z", "EXDATE;VALUE=DATE:20261022"},
			utcSpans("2026-10-21 06:00", "2026-10-21 07:00", "2026-10-23 06:00", "2026-10-23 07:00")},
		{"exceptions of days by time", []string{"DTSTART;VALUE=DATE:20261020", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261019T210000Z", "EXDATE:20261022T000000"},
			utcSpans("2026-10-20 21:00", "2026-10-21 21:00")},
		{"more dates, with the first", []string{start, length, "RDATE;TZID=Europe/Helsinki:20261027T100000,20261028T100000"},
			utcSpans("2026-10-20 06:00", "2026-10-20 07:00", "2026-10-27 08:00", "2026-10-27 09:00", "2026-10-28 08:00", "2026-10-28 09:00")},
		{"more periods", []string{start, length, "RDATE;VALUE=PERIOD:20261022T060000Z/PT2H,20261023T060000Z/20261023T063000Z", "EXDATE:20261020T060000Z"},
			utcSpans("2026-10-22 06:00", "2026-10-22 08:00", "2026-10-23 06:00", "2026-10-23 06:30")},
		{"a start that the rule does not name", []string{start, length, "RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=2"}, // 20 October is a Tuesday
			utcSpans("2026-10-20 06:00", "2026-10-20 07:00", "2026-10-22 06:00", "2026-10-22 07:00")},
		{"from long ago", []string{"DTSTART;TZID=Europe/Helsinki:19700101T090000", length, "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1MO"},
			utcSpans("2026-11-02 07:00", "2026-11-02 08:00")},
		{"birthdays", []string{"DTSTART;VALUE=DATE:16041206", "RRULE:FREQ=YEARLY"}, utcSpans("2026-12-05 22:00", "2026-12-06 22:00")},
		{"never", []string{"DTSTART:19700101T090000Z", length, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, nil},
		{"a long one still on", []string{"DTSTART:20260901T060000Z", "DURATION:P40D", "RRULE:FREQ=YEARLY"}, utcSpans("2026-09-30 21:00", "2026-10-11 06:00")},
		{"at the time of the start", []string{start, length, "RRULE:FREQ=DAILY;COUNT=1;BYHOUR=9;BYMINUTE=0;BYSECOND=0"}, utcSpans("2026-10-20 06:00", "2026-10-20 07:00")},
		{"cancelled as a whole", []string{start, length, "RRULE:FREQ=DAILY", "STATUS:CANCELLED"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) { wantBusy(t, event(test.lines...), test.want) })
	}
}

func TestInstancesThatWereChanged(t *testing.T) {
	master := []string{"BEGIN:VEVENT", "UID:" + uid, "DTSTART;TZID=Europe/Helsinki:20261020T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2", "END:VEVENT"}
	first, second := utcSpans("2026-10-20 06:00", "2026-10-20 07:00"), utcSpans("2026-10-21 06:00", "2026-10-21 07:00")
	for _, test := range []struct {
		name  string
		lines []string
		want  []ical.Span
	}{
		{"moved", []string{"RECURRENCE-ID;TZID=Europe/Helsinki:20261021T090000", "DTSTART:20261022T060000Z", "DURATION:PT2H"},
			append(first, utcSpans("2026-10-22 06:00", "2026-10-22 08:00")...)},
		{"cancelled", []string{"RECURRENCE-ID:20261021T060000Z", "DTSTART:20261021T060000Z", "DURATION:PT1H", "STATUS:CANCELLED"}, first},
		{"free", []string{"RECURRENCE-ID;VALUE=DATE:20261020", "DTSTART:20261020T060000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT"}, second},
	} {
		t.Run(test.name, func(t *testing.T) {
			instance := append(append([]string{"BEGIN:VEVENT", "UID:" + uid}, test.lines...), "END:VEVENT")
			wantBusy(t, foreignFile(append(append([]string{}, master...), instance...)...), test.want)
			wantBusy(t, foreignFile(append(instance, master...)...), test.want)
		})
	}
	t.Run("without its series", func(t *testing.T) {
		wantBusy(t, event("RECURRENCE-ID:20261010T060000Z", "DTSTART:20261020T060000Z", "DURATION:PT1H"), first)
	})
}

func TestCancelledCalendarTakesNoTime(t *testing.T) {
	one := []string{"BEGIN:VEVENT", "UID:a", "DTSTART:20261020T060000Z", "DURATION:PT1H", "END:VEVENT"}
	cancel := foreignFile(append(append([]string{}, one...), "METHOD:CANCEL")...)
	wantBusy(t, cancel, nil)
	// The calendars before and after it in the file are others.
	wantBusy(t, append(cancel, foreignFile(one...)...), utcSpans("2026-10-20 06:00", "2026-10-20 07:00"))
	wantBusy(t, append(foreignFile(one...), cancel...), utcSpans("2026-10-20 06:00", "2026-10-20 07:00"))
}

func TestTimesTogether(t *testing.T) {
	var lines []string
	for _, times := range []string{"100000Z/120000Z", "060000Z/090000Z", "070000Z/080000Z", "090000Z/093000Z", "110000Z/130000Z", "110000Z/130000Z"} {
		starts, ends, _ := strings.Cut(times, "/")
		lines = append(lines, "BEGIN:VEVENT", "DTSTART:20261020T"+starts, "DTEND:20261020T"+ends, "END:VEVENT")
	}
	wantBusy(t, foreignFile(lines...), utcSpans("2026-10-20 06:00", "2026-10-20 09:30", "2026-10-20 10:00", "2026-10-20 13:00"))
}

// What is not understood is told with its line, and takes nothing from the rest.
func TestBusySkips(t *testing.T) {
	const start, length = "DTSTART:20261020T060000Z", "DURATION:PT1H"
	for _, test := range []struct {
		name  string
		lines []string
		line  int
		words string
	}{
		{"no start", []string{"SUMMARY:x"}, 4, "the VEVENT has no DTSTART"},
		{"a start that is none", []string{"DTSTART:20260230T060000Z"}, 6, `"20260230T060000Z" is no date or time`},
		{"a date with a time", []string{"DTSTART;VALUE=DATE:20261020T060000Z"}, 6, "says it is a date"},
		{"an end before", []string{start, "DTEND:20261020T050000Z"}, 7, "DTEND is before DTSTART"},
		{"an end before, elsewhere", []string{start, "DTEND;TZID=Asia/Tokyo:20261020T070000"}, 4, "it ends before it starts"},
		{"an end of another kind", []string{start, "DTEND;VALUE=DATE:20261021"}, 7, "a date and the other a time"},
		{"an end of no place", []string{start, "DTEND:20261020T080000"}, 7, "the other has none"},
		{"a length that is none", []string{start, "DURATION:1 hour"}, 7, `"1 hour" is no length`},
		{"longer than a life", []string{start, "DURATION:P99999D"}, 7, "is no length"},
		{"longer than a life, by its end", []string{start, "DTEND:22261020T050000Z"}, 4, "longer than a hundred years"},
		{"the zone of the server", []string{"DTSTART;TZID=Local:20261020T060000", length}, 4, `the time zone "Local" is not known`},
		{"a zone of nobody", []string{"DTSTART;TZID=Oulu Time:20261020T060000", length}, 4, `the time zone "Oulu Time" is not known, and the file does not say`},
		{"every second", []string{"DTSTART:19700101T000000Z", length, "RRULE:FREQ=SECONDLY"}, 8, "a rule within the day (SECONDLY) is not taken"},
		{"at several times", []string{start, length, "RRULE:FREQ=DAILY;BYMINUTE=0,30"}, 8, `BYMINUTE is not one number but "0,30"`},
		{"at another time", []string{start, length, "RRULE:FREQ=DAILY;BYHOUR=7"}, 8, "another time of day than the start"},
		{"weeks by number", []string{start, length, "RRULE:FREQ=YEARLY;BYWEEKNO=20"}, 8, "BYWEEKNO is not understood"},
		{"a rule of nothing", []string{start, length, "RRULE:"}, 8, "NAME=VALUE"},
		{"no frequency", []string{start, length, "RRULE:COUNT=2"}, 8, "no FREQ"},
		{"a day of no week", []string{start, length, "RRULE:FREQ=WEEKLY;BYDAY=1XX"}, 8, `BYDAY makes no sense: "1XX"`},
		{"the second Monday of a week", []string{start, length, "RRULE:FREQ=WEEKLY;BYDAY=2MO"}, 8, "counts weekdays"},
		{"two ends", []string{start, length, "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20261030"}, 8, "both COUNT and UNTIL"},
		{"no interval", []string{start, length, "RRULE:FREQ=DAILY;INTERVAL=0"}, 8, "INTERVAL makes no sense"},
		{"a rule of exceptions", []string{start, length, "RRULE:FREQ=DAILY;COUNT=2", "EXRULE:FREQ=WEEKLY"}, 9, "EXRULE"},
		{"all from one on", []string{start, length, "RECURRENCE-ID;RANGE=THISANDFUTURE:20261020T060000Z"}, 8, "all instances from one on"},
		{"counted from the year 1", []string{"DTSTART:00010101T060000Z", length, "RRULE:FREQ=DAILY;COUNT=999999"}, 4, "too much work"},
		{"a broken line", []string{start, length, "and lunch"}, 8, `"and lunch" is no line of a calendar`},
		{"a line without colon", []string{start, length, "A;B=C"}, 8, "no colon after parameter B"},
	} {
		t.Run(test.name, func(t *testing.T) {
			other := []string{"BEGIN:VEVENT", "DTSTART:20261101T060000Z", "DURATION:PT1H", "END:VEVENT", "END:VCALENDAR"}
			file := strings.TrimSuffix(string(event(test.lines...)), "END:VCALENDAR\r\n") + strings.Join(other, "\r\n")
			spans, skipped, err := ical.Busy([]byte(file), "Europe/Helsinki", autumn, newYear)
			if err != nil || len(skipped) != 1 {
				t.Fatalf("skipped %v, %v", skipped, err)
			}
			wantReadError(t, skipped[0], test.line, test.words)
			if want := utcSpans("2026-11-01 06:00", "2026-11-01 07:00"); !reflect.DeepEqual(spans, want) {
				t.Errorf("got %v, want %v", spans, want)
			}
		})
	}
}

// Where only an exception is not understood, the time counts as taken.
func TestBusyInDoubt(t *testing.T) {
	spans, skipped, err := ical.Busy(event("DTSTART:20261020T060000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20261020T060000Z,tomorrow"),
		"Europe/Helsinki", autumn, newYear)
	if err != nil || len(skipped) != 1 || !reflect.DeepEqual(spans, utcSpans("2026-10-21 06:00", "2026-10-21 07:00")) {
		t.Errorf("%v, %v, %v", spans, skipped, err)
	}
	wantReadError(t, skipped[0], 9, `EXDATE: "tomorrow" is no date or time of a known zone`)
}

func TestBusyRefuses(t *testing.T) {
	whole := string(sample(t, "busy-google.ics"))
	for cut := 1; cut < len(whole)-len("END:VCALENDAR\r\n"); cut++ {
		if spans, skipped, err := ical.Busy([]byte(whole[:cut]), "Europe/Helsinki", autumn, newYear); err == nil || spans != nil || skipped != nil {
			t.Fatalf("a part of %d octets passes for a calendar: %v, %v", cut, spans, skipped)
		}
	}
	if _, _, err := ical.Busy([]byte(whole), "Local", autumn, newYear); err == nil {
		t.Error("the server's zone is a zone")
	}
	_, _, err := ical.Busy(make([]byte, 8<<20+1), "", autumn, newYear)
	wantReadError(t, err, 0, "more than 8388608")
}

func TestMoreFaultsThanAnybodyReads(t *testing.T) {
	var lines []string
	for i := range 250 {
		lines = append(lines, "BEGIN:VEVENT", fmt.Sprint("UID:", i), "END:VEVENT")
	}
	_, skipped, err := ical.Busy(foreignFile(lines...), "", autumn, newYear)
	if err != nil || len(skipped) != 101 {
		t.Fatalf("%d skipped, %v", len(skipped), err)
	}
	wantReadError(t, skipped[0], 4, "no DTSTART")
	wantReadError(t, skipped[100], 0, "150 more entries cannot be read")
}
