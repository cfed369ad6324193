package ical_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// Around every setting of the clocks, each quarter of an hour is the moment it
// was, read by the rules that the file itself brings.
func TestInstantsAtTheBorders(t *testing.T) {
	for _, name := range []string{"Europe/Helsinki", "Europe/Madrid", "Europe/Lisbon", "Europe/Paris", "Europe/Rome", "America/New_York", "Australia/Sydney",
		"Australia/Lord_Howe", "Europe/Dublin", "Africa/Casablanca", "America/Nuuk", "Antarctica/Troll"} {
		t.Run(name, func(t *testing.T) {
			var entries []ical.Entry
			for _, border := range borders(zone(name), 2025, 2030) {
				for at := border.Add(-3 * time.Hour); at.Before(border.Add(3 * time.Hour)); at = at.Add(15 * time.Minute) {
					e := arena()
					e.UID = fmt.Sprint(at.Unix())
					e.Starts, e.Ends, e.StartZone = at, at.Add(50*time.Minute), name
					entries = append(entries, e)
				}
			}
			if len(entries) < 12*24 {
				t.Fatalf("only %d entries", len(entries))
			}
			wantInstants(t, entries)
		})
	}
}

// Beyond 2037 Go's tables end, and its bounds of a zone with them.
func TestInstantsOfTwoCenturies(t *testing.T) {
	for _, name := range zoneNames {
		var entries []ical.Entry
		for month := 0; month < 12*(2198-1972); month += 11 {
			e := arena()
			e.UID = fmt.Sprint(month)
			e.Starts = time.Date(1972, time.Month(1+month), 1+month%28, 12, 0, 0, 0, time.UTC)
			e.Ends, e.StartZone = e.Starts.Add(36*time.Hour), name
			entries = append(entries, e)
		}
		wantInstants(t, entries)
	}
}

// Until 2024 Paraguay set its clocks on the fourth Sunday of March, which is
// not always the last.
func TestTheFourthSunday(t *testing.T) {
	var entries []ical.Entry
	for day := range 9 * 365 {
		e := arena()
		e.UID = fmt.Sprint(day)
		e.Starts, e.Ends = time.Date(2014, 1, 1+day, 12, 0, 0, 0, time.UTC), time.Time{}
		e.StartZone = "America/Asuncion"
		entries = append(entries, e)
	}
	wantInstants(t, entries)
	if b := feed(t, entries...); !bytes.Contains(b, []byte("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=4SU\r\n")) {
		t.Errorf("the rule is not used:\n%s", b[:1200])
	}
}

func wantInstants(t *testing.T, entries []ical.Entry) {
	t.Helper()
	b := feed(t, entries...)
	wantFormat(t, b)
	got := read(t, b)
	for _, e := range entries {
		if e.Ends.IsZero() {
			e.Ends = e.Starts
		}
		if m := got[e.UID]; !m.starts.Equal(e.Starts) || !m.ends.Equal(e.Ends) {
			t.Errorf("%s: %s to %s, want %s to %s", e.StartZone, m.starts, m.ends, e.Starts.UTC(), e.Ends.UTC())
		}
	}
}

// borders are the instants at which a clock is set, found hour by hour.
func borders(loc *time.Location, first, last int) []time.Time {
	var all []time.Time
	t := time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC)
	_, before := t.In(loc).Zone()
	for ; t.Year() <= last; t = t.Add(time.Hour) {
		if _, now := t.In(loc).Zone(); now != before {
			all = append(all, t)
			before = now
		}
	}
	return all
}

// What Outlook can understand goes out in the zone's own time, the rest in UTC.
func TestWhichZonesAreLocal(t *testing.T) {
	for name, want := range map[string]string{
		"Europe/Helsinki":     "DTSTART;TZID=Europe/Helsinki:20260624T120000",
		"Europe/Dublin":       "DTSTART;TZID=Europe/Dublin:20260624T100000",
		"America/New_York":    "DTSTART;TZID=America/New_York:20260624T050000",
		"Australia/Lord_Howe": "DTSTART;TZID=Australia/Lord_Howe:20260624T193000",
		"Asia/Kolkata":        "DTSTART;TZID=Asia/Kolkata:20260624T143000",
		"Africa/Casablanca":   "DTSTART:20260624T090000Z",
		"America/Nuuk":        "DTSTART;TZID=America/Nuuk:20260624T080000", // until 2028, when the last Saturday is not the one before the last Sunday
		"Etc/UTC":             "DTSTART:20260624T090000Z",
		"":                    "DTSTART:20260624T090000Z",
	} {
		e := arena()
		e.Starts, e.Ends, e.StartZone = time.Date(2026, 6, 24, 9, 0, 0, 0, time.UTC), time.Time{}, name
		b := feed(t, e)
		wantFormat(t, b)
		if !bytes.Contains(b, []byte("\r\n"+want+"\r\n")) {
			t.Errorf("%q: no %s in\n%s", name, want, b)
		}
		if local := strings.Contains(want, "TZID"); local != bytes.Contains(b, []byte("BEGIN:VTIMEZONE")) {
			t.Errorf("%q: rules without use, or use without rules", name)
		}
	}
}

// In the night of 25 October 2026 it is half past three twice in Helsinki.
func TestTheHourThatComesTwice(t *testing.T) {
	first := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		at   time.Time
		want string
	}{
		{first.Add(-time.Hour), "DTSTART;TZID=Europe/Helsinki:20261025T023000"},
		{first, "DTSTART:20261025T003000Z"},
		{first.Add(time.Hour), "DTSTART:20261025T013000Z"},
		{first.Add(2 * time.Hour), "DTSTART;TZID=Europe/Helsinki:20261025T043000"},
	} {
		e := arena()
		e.Starts, e.Ends = test.at, time.Time{}
		if b := feed(t, e); !bytes.Contains(b, []byte("\r\n"+test.want+"\r\n")) {
			t.Errorf("%s: no %s in\n%s", test.at, test.want, b)
		}
	}
}

// A mistake of an entry from before the present rules must not take the zone
// from all the others.
func TestAnOldEntryDoesNotSpoilTheZone(t *testing.T) {
	old := arena()
	old.UID, old.Starts, old.Ends = "old", time.Date(1975, 7, 1, 9, 0, 0, 0, time.UTC), time.Time{}
	b := feed(t, old, arena())
	for _, want := range []string{"DTSTART:19750701T090000Z", "DTSTART;TZID=Europe/Helsinki:20261024T090000"} {
		if !bytes.Contains(b, []byte("\r\n"+want+"\r\n")) {
			t.Errorf("no %s in\n%s", want, b)
		}
	}
}

func TestAllDay(t *testing.T) {
	for _, test := range []struct {
		name         string
		starts, ends string
		zone         string
		want         string // first day, day after the last
	}{
		{"one evening", "2026-10-24 18:00", "2026-10-24 21:00", "Europe/Helsinki", "20261024 20261025"},
		{"until midnight", "2026-10-24 00:00", "2026-10-25 00:00", "Europe/Helsinki", "20261024 20261025"},
		{"past midnight", "2026-10-24 18:00", "2026-10-25 00:01", "Europe/Helsinki", "20261024 20261026"},
		{"no length", "2026-10-24 00:00", "2026-10-24 00:00", "Europe/Helsinki", "20261024 20261025"},
		{"a day of 23 hours", "2026-03-29 00:00", "2026-03-30 00:00", "Europe/Helsinki", "20260329 20260330"},
		{"a day of 25 hours", "2026-10-25 00:00", "2026-10-26 00:00", "Europe/Helsinki", "20261025 20261026"},
		{"over the new year", "2026-12-30 09:00", "2027-01-02 12:00", "Europe/Helsinki", "20261230 20270103"},
		{"a midnight that does not come", "2026-03-28 10:00", "2026-03-29 01:00", "Asia/Beirut", "20260328 20260329"},
		{"far west", "2026-10-24 00:00", "2026-10-25 00:00", "Pacific/Honolulu", "20261024 20261025"},
		{"far east", "2026-10-24 00:00", "2026-10-25 00:00", "Pacific/Kiritimati", "20261024 20261025"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := arena()
			e.AllDay, e.StartZone = true, test.zone
			e.Starts, e.Ends = at(zone(test.zone), test.starts), at(zone(test.zone), test.ends)
			m := read(t, feed(t, e))[e.UID]
			if got := m.starts.Format("20060102") + " " + m.ends.Format("20060102"); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestLoadZone(t *testing.T) {
	for _, name := range []string{"Local", "localtime", "posixrules", "right/UTC", "posix/Europe/Helsinki", "../zoneinfo/UTC", "/etc/localtime",
		"Europe/Oulu", "FLE Standard Time", "Europe/Helsinki\r\nX:y", `"Europe/Helsinki"`, "+02:00"} {
		if loc, err := ical.LoadZone(name); err == nil {
			t.Errorf("%q is %v", name, loc)
		}
	}
	for _, name := range []string{"Europe/Helsinki", "America/Port-au-Prince", "Etc/GMT+5", "America/Argentina/Buenos_Aires"} {
		if loc, err := ical.LoadZone(name); err != nil || loc.String() != name {
			t.Errorf("%q: %v, %v", name, loc, err)
		}
	}
}
