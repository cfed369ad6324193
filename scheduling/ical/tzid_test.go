package ical_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// Programs have names of their own for zones.
func TestZonesByOtherNames(t *testing.T) {
	for tzid, want := range map[string]string{
		"Europe/Helsinki":                         "Europe/Helsinki",
		"\"Europe/Helsinki\"":                     "Europe/Helsinki",
		"FLE Standard Time":                       "Europe/Helsinki",
		"W. Europe Standard Time":                 "Europe/Berlin",
		"Romance Standard Time":                   "Europe/Paris",
		"GMT Standard Time":                       "Europe/London",
		"India Standard Time":                     "Asia/Kolkata",
		"UTC":                                     "",
		"UTC-11":                                  "Etc/GMT+11",
		"\"tzone://Microsoft/Utc\"":               "",
		"/mozilla.org/20070129_1/Europe/Helsinki": "Europe/Helsinki",
		"/freeassociation.sourceforge.net/Europe/Rome":                        "Europe/Rome",
		"/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires",
		`"(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius"`:         "Europe/Helsinki",
		`"(GMT+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius"`:         "Europe/Helsinki",
		`"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"`:      "Europe/Amsterdam",
		`"(UTC+00:00) Dublin, Edinburgh, Lisbon, London"`:                     "Europe/Dublin",
		`"(UTC-05:00) Eastern Time (US & Canada)"`:                            "America/New_York",
		`"(UTC+09:00) Osaka, Sapporo, Tokyo"`:                                 "Asia/Tokyo",
		`"(UTC) Coordinated Universal Time"`:                                  "",
	} {
		e := readOne(t, "DTSTART;TZID="+tzid+":20261120T090000")
		if e.Zone != want || !e.Starts.Equal(at(zone(want), "2026-11-20 09:00")) || e.Floating {
			t.Errorf("%s: %s in %q, want %q", tzid, e.Starts, e.Zone, want)
		}
	}
}

func TestZonesThatAreNone(t *testing.T) {
	for _, tzid := range []string{"Local", "localtime", "right/UTC", "../../etc/passwd", "/etc/localtime", "FLE", "Helsinki", "+0200",
		`"(UTC+05:00) Helsinki, Kyiv"`, `"(UTC+02:00) Helsinki/../Local"`, `"(UTC+xx:00) Helsinki"`, `"(UTC+02:00)"`, `"tzone://Microsoft/Custom"`, "/", "//", "(", strings.Repeat("/a", 900)} {
		got, err := ical.Read(event("DTSTART;TZID=" + tzid + ":20261120T090000"))
		if err != nil || len(got.Events) != 0 || len(got.Skipped) != 1 {
			t.Fatalf("%s: %+v, %v", tzid, got, err)
		}
		wantReadError(t, got.Skipped[0], 4, "the time zone")
	}
}

var zoneBlock = regexp.MustCompile(`(?s)BEGIN:VTIMEZONE\r\n.*END:VTIMEZONE\r\n`)

// ownZone is a zone's VTIMEZONE as we write it, under a name that means nothing.
func ownZone(t *testing.T, name string) string {
	t.Helper()
	e := arena()
	e.StartZone, e.EndZone = name, name
	b := zoneBlock.Find(feed(t, e))
	if b == nil {
		t.Fatalf("no VTIMEZONE for %s", name)
	}
	return strings.Replace(string(b), "TZID:"+name, "TZID:Our own", 1)
}

// The rules in a file say the same as those we have, also for times that are
// skipped or come twice: there the offset of before counts (RFC 5545 3.3.5).
func TestZonesByTheFilesOwnRules(t *testing.T) {
	for _, name := range []string{"Europe/Helsinki", "Europe/Dublin", "America/New_York", "America/St_Johns", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Tokyo"} {
		t.Run(name, func(t *testing.T) {
			walls := []time.Time{at(time.UTC, "2026-12-24 18:00"), at(time.UTC, "2030-07-01 00:00")}
			for _, border := range borders(zone(name), 2026, 2030) {
				local := border.In(zone(name))
				clock := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), 0, 0, 0, time.UTC)
				for offset := -26 * time.Hour; offset < 26*time.Hour; offset += 15 * time.Minute {
					walls = append(walls, clock.Add(offset))
				}
			}
			var own, ours []string
			for i, wall := range walls {
				text := wall.Format("20060102T150405")
				own = append(own, "BEGIN:VEVENT", fmt.Sprint("UID:", i), "DTSTART;TZID=Our own:"+text, "END:VEVENT")
				ours = append(ours, "BEGIN:VEVENT", fmt.Sprint("UID:", i), "DTSTART;TZID="+name+":"+text, "END:VEVENT")
			}
			got, err := ical.Read(foreignFile(append(own, strings.TrimSpace(ownZone(t, name)))...))
			want, err2 := ical.Read(foreignFile(ours...))
			if err != nil || err2 != nil || len(got.Events) != len(walls) || len(want.Events) != len(walls) {
				t.Fatalf("%v, %v, %v, %v", err, err2, got, want)
			}
			for i, wall := range walls {
				if !got.Events[i].Starts.Equal(want.Events[i].Starts) || got.Events[i].Zone != "" {
					t.Errorf("%s is %s by the file, %s by ours", wall, got.Events[i].Starts, want.Events[i].Starts)
				}
			}
		})
	}
}

func TestTimesThatAreSkippedOrComeTwice(t *testing.T) {
	for wall, want := range map[string]string{
		"20260329T025959": "2026-03-29T00:59:59Z",
		"20260329T030000": "2026-03-29T01:00:00Z", // shown as 4:00
		"20260329T033000": "2026-03-29T01:30:00Z",
		"20260329T040000": "2026-03-29T01:00:00Z",
		"20261025T025959": "2026-10-24T23:59:59Z",
		"20261025T030000": "2026-10-25T00:00:00Z", // the first of two
		"20261025T035959": "2026-10-25T00:59:59Z",
		"20261025T040000": "2026-10-25T02:00:00Z",
	} {
		if got := readOne(t, "DTSTART;TZID=Europe/Helsinki:"+wall).Starts.Format(time.RFC3339); got != want {
			t.Errorf("%s is %s, want %s", wall, got, want)
		}
	}
	if got := readOne(t, "DTSTART;TZID=Pacific/Apia:20111230T120000").Starts; !got.Equal(at(time.UTC, "2011-12-30 22:00")) {
		t.Errorf("the day that Samoa left out is %s", got)
	}
}

func TestOwnZones(t *testing.T) {
	standard := []string{"BEGIN:STANDARD", "DTSTART:16010101T000000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0200", "END:STANDARD"}
	summer := func(more ...string) []string {
		return append(append([]string{"BEGIN:DAYLIGHT", "DTSTART:20200401T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0300"}, more...), "END:DAYLIGHT")
	}
	for _, test := range []struct {
		name  string
		lines []string
		want  string // the moment that 20261120T090000 is; none if it is not known
	}{
		{"never set", standard, "07:00"},
		{"seconds", []string{"BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+013952", "TZOFFSETTO:+013952", "END:STANDARD"}, "07:20"},
		{"before the first", []string{"BEGIN:STANDARD", "DTSTART:20300101T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:STANDARD"}, "08:00"},
		{"set once", append(summer(), standard...), "06:00"},
		{"dates", append(summer("RDATE:20210401T030000,20261119T030000"), standard...), "06:00"},
		{"a rule that ended", append(summer("RRULE:FREQ=YEARLY;BYMONTH=4;UNTIL=20220401T010000Z"), standard...), "06:00"},
		{"a name we know", append([]string{"X-LIC-LOCATION:Asia/Tokyo"}, standard...), "00:00"},
		{"no offset", []string{"BEGIN:STANDARD", "DTSTART:19700101T000000", "END:STANDARD"}, ""},
		{"an offset of days", []string{"BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETTO:+9900", "END:STANDARD"}, ""},
		{"no rules", nil, ""},
		{"a rule of months", append(summer("RRULE:FREQ=MONTHLY"), standard...), ""},
		{"a rule with a number", append(summer("RRULE:FREQ=YEARLY;COUNT=3"), standard...), ""},
		{"a broken line", append([]string{"A;B=C"}, standard...), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := append(append([]string{"BEGIN:VTIMEZONE", `TZID:Ours\, and theirs`}, test.lines...), "END:VTIMEZONE",
				"BEGIN:VEVENT", "UID:a", `DTSTART;TZID="Ours, and theirs":20261120T090000`, "END:VEVENT")
			got, err := ical.Read(foreignFile(lines...))
			if err != nil {
				t.Fatal(err)
			}
			if test.want == "" {
				if len(got.Events) != 0 || len(got.Skipped) != 1 || !strings.Contains(got.Skipped[0].Reason, `the time zone "Ours, and theirs" is not known`) {
					t.Errorf("%+v", got)
				}
				return
			}
			if len(got.Events) != 1 || got.Events[0].Starts.Format("15:04") != test.want {
				t.Errorf("%+v, want %s", got, test.want)
			}
		})
	}
}

func TestMoreZonesThanAnybodyNames(t *testing.T) {
	var lines []string
	for i := range 250 {
		lines = append(lines, "BEGIN:VEVENT", "UID:a", fmt.Sprintf("DTSTART;TZID=Zone %d:20261120T090000", i), "END:VEVENT")
	}
	lines = append(lines, "BEGIN:VEVENT", "UID:a", "DTSTART;TZID=Europe/Helsinki:20261120T090000", "END:VEVENT")
	got, err := ical.Read(foreignFile(lines...))
	if err != nil || len(got.Events) != 0 || len(got.Skipped) != 101 {
		t.Errorf("%d events, %d skipped, %v", len(got.Events), len(got.Skipped), err)
	}
}
