package ical_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// What go-ical lets through or breaks off at does not leave this package.
func TestFences(t *testing.T) {
	sea := strings.Repeat("sää ja meri, ", 60)
	for _, test := range []struct {
		name   string
		change func(*ical.Entry)
		want   string // stands in the invitation, folds undone
		never  string
	}{
		{"long lines are folded", func(e *ical.Entry) { e.Description = sea },
			"DESCRIPTION:" + strings.TrimSpace(strings.ReplaceAll(sea, ",", `\,`)) + "\r\n", ""},
		{"a pasted CR does not end the feed", func(e *ical.Entry) { e.Summary, e.Description = "a\r\nb\rc", "a\r\nb\rc" },
			`DESCRIPTION:a\nb\nc`, "\rb"},
		{"a name cannot add an attendee", func(e *ical.Entry) { e.Attendee.Name = "Eve\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:boss@b.example" },
			`CN="Eve ATTENDEE;PARTSTAT=ACCEPTED:mailto:boss@b.example"`, "\nATTENDEE;PARTSTAT"},
		{"a name may hold quotes", func(e *ical.Entry) { e.Attendee.Name = `Matti "Masa" Niemi, DI` },
			`CN="Matti 'Masa' Niemi, DI"`, ""},
		{"an offset is not a zone", func(e *ical.Entry) {
			e.Starts, _ = time.Parse(time.RFC3339, "2026-10-24T09:00:00+03:00")
			e.Modified, _ = time.Parse(time.RFC3339, "2026-09-01T14:30:12+03:00")
		}, "DTSTART;TZID=Europe/Helsinki:20261024T090000\r\n", "TZID=:"},
		{"the server's zone does not show", func(e *ical.Entry) {
			e.Modified = e.Modified.In(time.Local)
			e.Starts, e.Ends = e.Starts.In(time.Local), e.Ends.In(time.Local)
		}, "DTSTAMP:20260901T113012Z\r\n", "TZID=Local"},
		{"CONFERENCE keeps its VALUE", func(e *ical.Entry) { e.Conference = "https://meet.example/j/1" },
			"CONFERENCE;FEATURE=VIDEO;VALUE=URI:https://meet.example/j/1\r\n", ""},
		{"a day is a day", func(e *ical.Entry) { e.Alarms = []time.Duration{24 * time.Hour} },
			"TRIGGER:-P1D\r\n", "86400"},
		{"control characters go", func(e *ical.Entry) { e.Summary = "a\x00b\x1b[31mc\x7fd" },
			"SUMMARY:ab[31mcd\r\n", "\x1b"},
		{"broken UTF-8 is mended", func(e *ical.Entry) { e.Location = "Oulu \xe4\xf6" },
			"LOCATION:Oulu \ufffd\ufffd\r\n", "\xe4\xf6"},
		{"an address cannot end its line", func(e *ical.Entry) { e.URL = "https://a.example/\r\nSUMMARY:b" },
			"\r\nTRANSP:OPAQUE\r\nUID:", "URL"},
		{"a script is no address", func(e *ical.Entry) { e.URL = "javascript:alert(1)" },
			"\r\nTRANSP:OPAQUE\r\nUID:", "URL"},
		{"an address is ASCII", func(e *ical.Entry) { e.URL = "https://a.example/äö b?q=å" },
			"URL:https://a.example/%C3%A4%C3%B6%20b?q=%C3%A5\r\n", "ö b"},
		{"the organizer's name cannot end its line either", func(e *ical.Entry) { e.Organizer.Name = "Eve\nX-EVIL:1\r\nX-EVIL:2" },
			`ORGANIZER;CN="Eve X-EVIL:1 X-EVIL:2":mailto:`, "\nX-EVIL"},
		{"text is escaped", func(e *ical.Entry) { e.Description = "a\\b;c,d\ne: \"f\"" },
			`DESCRIPTION:a\\b\;c\,d\ne: "f"`, ""},
		{"words keep their commas", func(e *ical.Entry) { e.Categories = []string{"steel, slag", "a;b"} },
			`CATEGORIES:steel\, slag,a\;b` + "\r\n", ""},
		{"an alarm says something even about nothing", func(e *ical.Entry) { e.Summary, e.Alarms = "", []time.Duration{0} },
			"BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:\r\nTRIGGER:PT0S\r\nEND:VALARM\r\n", ""},
		{"what has days has no hours", func(e *ical.Entry) { e.AllDay, e.Ends = true, time.Time{} },
			"DTSTART;VALUE=DATE:20261024\r\n", "DTEND;TZID"},
		{"the default end of a day is said", func(e *ical.Entry) { e.AllDay, e.Starts, e.Ends = true, at(helsinki, "2026-03-29 00:00"), time.Time{} },
			"DTEND;VALUE=DATE:20260330\r\n", ""},
		{"a zone has its rules", func(e *ical.Entry) { e.EndZone = "Europe/Madrid" },
			"BEGIN:VTIMEZONE\r\nTZID:Europe/Madrid\r\n", ""},
		{"coordinates are on the globe", func(e *ical.Entry) { e.Geo = &ical.Geo{Lat: 91, Lon: 25} },
			"DTSTART", "GEO"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := invitation()
			test.change(&e)
			b, err := ical.Invite(ical.Request, e)
			if err != nil {
				t.Fatal(err)
			}
			wantFormat(t, b)
			flat := bytes.ReplaceAll(b, []byte("\r\n "), nil)
			if !bytes.Contains(flat, []byte(test.want)) {
				t.Errorf("no %q in\n%s", test.want, b)
			}
			if test.never != "" && bytes.Contains(flat, []byte(test.never)) {
				t.Errorf("%q in\n%s", test.never, b)
			}
		})
	}
}

// What the library of rules, which go-ical writes them by, gets wrong.
func TestFencesOfSeries(t *testing.T) {
	west := func(e *ical.Entry) {
		e.StartZone, e.AllDay = "Atlantic/Azores", true
		e.Starts, e.Ends = at(zone(e.StartZone), "2026-10-22 20:00"), time.Time{}
	}
	for _, test := range []struct {
		name   string
		change func(*ical.Entry)
		want   string
	}{
		{"what repeats by the day ends by the day", func(e *ical.Entry) { e.AllDay = true },
			"RRULE:FREQ=DAILY;UNTIL=20261031\r\n"},
		{"also in the west, where the day in UTC is another", west,
			"RRULE:FREQ=DAILY;UNTIL=20261031\r\n"},
		{"what repeats by the clock ends in UTC", func(*ical.Entry) {},
			"RRULE:FREQ=DAILY;UNTIL=20261031T070000Z\r\n"},
		{"the last day may be named by its last second", func(e *ical.Entry) { e.Repeat.Until = at(helsinki, "2026-10-31 23:59") },
			"RRULE:FREQ=DAILY;UNTIL=20261031T070000Z\r\n"},
		{"one exception a line", func(e *ical.Entry) {
			e.Except = []time.Time{at(helsinki, "2026-10-27 09:00"), at(helsinki, "2026-10-25 09:00")}
		}, "EXDATE;TZID=Europe/Helsinki:20261025T090000\r\nEXDATE;TZID=Europe/Helsinki:20261027T090000\r\n"},
		{"exceptions from days are days", func(e *ical.Entry) { west(e); e.Except = []time.Time{at(zone("Atlantic/Azores"), "2026-10-23 00:00")} },
			"EXDATE;VALUE=DATE:20261023\r\n"},
		{"two weeks are counted from Monday", func(e *ical.Entry) { e.Repeat.Freq, e.Repeat.Interval = ical.Weekly, 2 },
			"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;WKST=MO;UNTIL=20261024T060000Z\r\n"},
		{"in UTC all is in UTC", func(e *ical.Entry) { e.StartZone, e.Except = "", []time.Time{e.Starts} },
			"EXDATE:20261024T060000Z\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := arena()
			e.Repeat = &ical.Repeat{Freq: ical.Daily, Until: at(helsinki, "2026-10-31 12:00")}
			test.change(&e)
			b := feed(t, e)
			wantFormat(t, b)
			if !bytes.Contains(b, []byte("\r\n"+test.want)) {
				t.Errorf("no %q in\n%s", test.want, b)
			}
		})
	}
}

// Wherever in the line they come, characters and escapes stay whole.
func TestFoldsBetweenCharacters(t *testing.T) {
	for pad := range 160 {
		e := arena()
		e.Description = strings.Repeat("x", pad) + strings.Repeat("\\,;\n\\\\ä日🏭", 12) + "."
		b := feed(t, e)
		wantFormat(t, b)
		if got := textOf(t, read(t, b)[e.UID].Event, "DESCRIPTION"); got != e.Description {
			t.Errorf("%d: %q, want %q", pad, got, e.Description)
		}
	}
}

func TestHeaderIsFenced(t *testing.T) {
	b, _ := ical.Calendar{
		Name:        "Kierto\r\nX-WR-CALNAME:b, " + strings.Repeat("ö", 100),
		Description: "a;b\nc",
		Colour:      "red\r\nX:y",
		Source:      "https://a.example/\r\nX:y",
		Zone:        "Local",
		Lang:        "fi\r\nX:y",
		Refresh:     24 * time.Hour,
	}.Encode(nil)
	wantFormat(t, b)
	want := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kohtaamo//Kohtaamo//EN\r\nCALSCALE:GREGORIAN\r\n" +
		"NAME:Kierto X-WR-CALNAME:b\\, " + strings.Repeat("ö", 100) + "\r\nX-WR-CALNAME:Kierto X-WR-CALNAME:b\\, " + strings.Repeat("ö", 100) +
		"\r\nDESCRIPTION:a\\;b\\nc\r\nX-WR-CALDESC:a\\;b\\nc\r\n" +
		"REFRESH-INTERVAL;VALUE=DURATION:P1D\r\nX-PUBLISHED-TTL:P1D\r\nEND:VCALENDAR\r\n"
	if got := string(bytes.ReplaceAll(b, []byte("\r\n "), nil)); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestColours(t *testing.T) {
	for colour, want := range map[string]string{
		"#ff0000":   "COLOR:red\r\nX-APPLE-CALENDAR-COLOR:#FF0000\r\n",
		"#2e7d32":   "COLOR:seagreen\r\nX-APPLE-CALENDAR-COLOR:#2E7D32\r\n",
		"SteelBlue": "COLOR:steelblue\r\nX-APPLE-CALENDAR-COLOR:#4682B4\r\n",
		"#fff":      "",
		"12345678":  "",
	} {
		b, _ := ical.Calendar{Name: "n", Colour: colour}.Encode(nil)
		if got := string(b[bytes.Index(b, []byte("X-WR-CALNAME:n\r\n"))+16 : len(b)-len("END:VCALENDAR\r\n")]); got != want {
			t.Errorf("%s: %q, want %q", colour, got, want)
		}
	}
}
