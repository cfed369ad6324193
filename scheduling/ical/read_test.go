package ical_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/ical"
)

func TestCalendarsOfPrograms(t *testing.T) {
	for _, test := range []struct {
		file string
		want ical.Foreign
	}{
		{"read-google.ics", ical.Foreign{Name: "Kiertotalous, tapahtumat", Zone: "Europe/Helsinki", Method: "PUBLISH", Events: []ical.ForeignEvent{{
			UID: "7kukuqrfedlm2f9t@google.com", Sequence: 3, Line: 8,
			Starts: at(time.UTC, "2026-10-24 06:00"), Ends: at(time.UTC, "2026-10-24 14:30"), Status: ical.Confirmed,
			Summary:     "CircularArena, the day of steel", // a comma that was not escaped cuts nothing
			Description: "Two days of talks, visits & meetings.\n\nDoors open at 8:30; bring your badge. C:\\temp and \\\\server",
			Location:    "Oulun kaupungintalo, Kirkkokatu 2a, Oulu",
		}, {
			UID: "days@google.com", Line: 23, AllDay: true,
			Starts: at(time.UTC, "2026-11-24 00:00"), Ends: at(time.UTC, "2026-11-26 00:00"),
			Status: ical.Confirmed, Summary: "Fair",
		}}}},
		{"read-outlook.ics", ical.Foreign{Method: "PUBLISH", Events: []ical.ForeignEvent{{
			UID: "040000008200E00074C5B7101A82E008000000004040B5", Sequence: 1, Line: 21,
			Starts: at(time.UTC, "2026-10-26 07:00"), Ends: at(time.UTC, "2026-10-26 09:00"), Zone: "Europe/Helsinki",
			Status: ical.Confirmed, Summary: "Teräsryhmä", Description: "Tervetuloa!", Location: "Oulu, sali A",
			Categories: []string{"Teräs", "Kiertotalous, teollisuus"}, Repeats: true, Repeat: "FREQ=WEEKLY;COUNT=10;BYDAY=MO",
		}}}},
		{"read-apple.ics", ical.Foreign{Name: "Vierailut", Zone: "Europe/Helsinki", Method: "PUBLISH", Events: []ical.ForeignEvent{{
			UID: "1B7C0E7E-3E1D-4C8E-9F55-0C0E3D1E0F11", Instance: "20261109T100000", Sequence: 2, Line: 26,
			Starts: at(time.UTC, "2026-11-09 09:30"), Ends: at(time.UTC, "2026-11-09 11:00"), Zone: "Europe/Madrid",
			Status: ical.Tentative, Summary: "Visita", Location: "Gijón", URL: "https://puerto.example/visita",
			Geo: &ical.Geo{Lat: 43.5322, Lon: -5.6611},
		}}}},
	} {
		t.Run(test.file, func(t *testing.T) {
			got, err := ical.Read(sample(t, test.file))
			if err != nil || !reflect.DeepEqual(got, &test.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, &test.want)
			}
		})
	}
}

// readOne reads a calendar of one event.
func readOne(t *testing.T, lines ...string) ical.ForeignEvent {
	t.Helper()
	got, err := ical.Read(event(lines...))
	if err != nil || len(got.Skipped) > 0 || len(got.Events) != 1 {
		t.Fatalf("%v: %+v, %v", lines, got, err)
	}
	return got.Events[0]
}

func TestTextsOfOthers(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{`SUMMARY:Hello, world`, "Hello, world"},
		{`SUMMARY:Hello\, world\; a\: b\\c`, `Hello, world; a: b\c`},
		{`SUMMARY:two\nlines\Nand\tmore\`, `two lines and\tmore\`},
		{"SUMMARY:a\x00b\x1b[31mc", "ab[31mc"},
		{"SUMMARY:Oulu \xe4\xf6", "Oulu \ufffd\ufffd"},
		{"SUMMARY;LANGUAGE=fi;X-A=\"b:c\":  Sää  ", "Sää"},
		{"SUMMARY:", ""},
		{"X-SUMMARY:not this", ""},
	} {
		if got := readOne(t, "DTSTART:20261020T060000Z", test.line).Summary; got != test.want {
			t.Errorf("%q is %q, want %q", test.line, got, test.want)
		}
	}
}

func TestDecorationOfOthers(t *testing.T) {
	const start = "DTSTART:20261020T060000Z"
	for url, want := range map[string]string{
		"https://a.example/x": "https://a.example/x", "javascript:alert(1)": "", "a.example": "", "https://a.example/ä b": "https://a.example/%C3%A4%20b",
	} {
		if got := readOne(t, start, "URL:"+url).URL; got != want {
			t.Errorf("URL %s is %q, want %q", url, got, want)
		}
	}
	for geo, want := range map[string]*ical.Geo{
		"65.01;25.47": {Lat: 65.01, Lon: 25.47}, `65.01\,25.47`: {Lat: 65.01, Lon: 25.47}, "65.01,25.47": {Lat: 65.01, Lon: 25.47},
		"91;0": nil, "NaN;0": nil, "65": nil, "here;there": nil,
	} {
		if got := readOne(t, start, "GEO:"+geo).Geo; !reflect.DeepEqual(got, want) {
			t.Errorf("GEO %s is %v, want %v", geo, got, want)
		}
	}
	got := readOne(t, start, "CATEGORIES:a,b\\,c, ,a", "CATEGORIES:d\\\\,e", "CATEGORIES:"+strings.Repeat("x,y,", 9)).Categories
	if want := []string{"a", "b,c", `d\`, "e", "x", "y"}; !reflect.DeepEqual(got, want) {
		t.Errorf("categories %q, want %q", got, want)
	}
}

// A program may leave out the zone; then the reader has to say which is meant.
func TestFloatingTimes(t *testing.T) {
	e := readOne(t, "DTSTART:20261020T090000", "DTEND:20261020T100000")
	if !e.Floating || e.Zone != "" || e.AllDay || !e.Starts.Equal(at(time.UTC, "2026-10-20 09:00")) || !e.Ends.Equal(at(time.UTC, "2026-10-20 10:00")) {
		t.Errorf("%+v", e)
	}
}

func TestReadSkips(t *testing.T) {
	b := foreignFile(
		"BEGIN:VEVENT", "DTSTART:20261020T060000Z", "END:VEVENT",
		"BEGIN:VEVENT", "UID:long ago", "DTSTART:16010101T000000Z", "END:VEVENT",
		"BEGIN:VEVENT", "UID:zone", "DTSTART;TZID=Local:20261020T060000", "END:VEVENT",
		"BEGIN:VEVENT", "UID:instance", "DTSTART:20261020T060000Z", "RECURRENCE-ID:x", "END:VEVENT",
		"BEGIN:VEVENT", "UID:text", "DTSTART:20261020T060000Z", "DESCRIPTION:two", "lines", "END:VEVENT",
		"BEGIN:VTODO", "no line", "END:VTODO",
		"BEGIN:VEVENT", "UID:good", "DTSTART:20261020T060000Z", "END:VEVENT",
		"no line either")
	got, err := ical.Read(b)
	if err != nil || len(got.Events) != 1 || got.Events[0].UID != "good" || got.Events[0].Line != 29 {
		t.Fatalf("%+v, %v", got, err)
	}
	var said []string
	for _, fault := range got.Skipped {
		said = append(said, fault.Error())
	}
	want := []string{
		"line 4: the VEVENT has no UID",
		`line 18: RECURRENCE-ID: "x" is no date or time as 20261024 or 20261024T090000`,
		`line 24: "lines" is no line of a calendar: there is no colon`,
		`line 33: "no line either" is no line of a calendar: there is no colon`,
		`line 7: the event "long ago": it is not between 1970 and 2199`,
		`line 11: the event "zone": the time zone "Local" is not known, and the file does not say what it is`,
	}
	if !reflect.DeepEqual(said, want) {
		t.Errorf("said\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct {
		name  string
		file  []byte
		line  int
		words string
	}{
		{"a page to sign in", []byte("<html>"), 1, "this is no calendar"},
		{"a card", []byte("BEGIN:VCARD\nEND:VCARD\n"), 1, "this is no calendar: it starts with BEGIN:VCARD"},
		{"the wrong end", []byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n"), 3, "END:VCALENDAR where END:VEVENT belongs"},
		{"one after another", foreignFile(strings.Repeat("BEGIN:A\nEND:A\n", 50_000)), 40_002, "more than 20000 entries"},
		{"nested", []byte("BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:A\n", 900_000)), 5, "more than 4 deep"},
		{"nested four and a half million times", []byte(strings.Repeat("BEGIN:A\r\n", 4_500_000)), 0, "more than 8388608"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ical.Read(test.file)
			if got != nil {
				t.Errorf("got %+v", got)
			}
			wantReadError(t, err, test.line, test.words)
		})
	}
}

func TestEmptyCalendarIsOne(t *testing.T) {
	got, err := ical.Read(foreignFile())
	if err != nil || len(got.Events) != 0 || len(got.Skipped) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// Whatever we write, we read as it was meant, be it local time or UTC.
func TestReadsWhatWeWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry.Draw(t, "entry")
		e.UID = uid
		b, skipped := cluster.Encode([]ical.Entry{e})
		if len(skipped) > 0 {
			t.Skip(skipped[0])
		}
		got, err := ical.Read(b)
		if err != nil || len(got.Skipped) > 0 || len(got.Events) != 1 {
			t.Fatalf("%v, %v\n%s", got, err, b)
		}
		f, told := got.Events[0], read(t, b)[uid]
		if !f.Starts.Equal(told.starts) || !f.Ends.Equal(told.ends) || f.AllDay != e.AllDay {
			t.Errorf("%s to %s, want %s to %s", f.Starts, f.Ends, told.starts, told.ends)
		}
		for name, text := range map[string]string{"SUMMARY": f.Summary, "DESCRIPTION": f.Description, "LOCATION": f.Location} {
			if want := textOf(t, told.Event, name); text != want {
				t.Errorf("%s is %q, want %q", name, text, want)
			}
		}
		if f.Sequence != e.Sequence || got.Name != cluster.Name || got.Zone != cluster.Zone {
			t.Errorf("%+v", got)
		}
	})
}

func TestCancelledCalendarsAndEvents(t *testing.T) {
	one := []string{"BEGIN:VEVENT", "UID:a", "DTSTART:20261020T060000Z", "END:VEVENT"}
	file := append(foreignFile(one...), foreignFile(append([]string{"METHOD:cancel"}, one...)...)...)
	got, err := ical.Read(file)
	if err != nil || len(got.Events) != 2 || got.Events[0].Status != ical.Confirmed || got.Events[1].Status != ical.Cancelled {
		t.Errorf("%+v, %v", got, err)
	}
	if e := readOne(t, "DTSTART:20261020T060000Z", "STATUS:CANCELED"); e.Status != ical.Cancelled {
		t.Errorf("%+v", e)
	}
}
