package ical_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/ical"
)

func TestInstances(t *testing.T) {
	for _, test := range []struct {
		name   string
		repeat ical.Repeat
		start  string
		zone   string
		want   string // UTC
	}{
		{"nine o'clock stays nine o'clock", ical.Repeat{Freq: ical.Weekly}, "2026-10-19 09:00", "Europe/Helsinki",
			"2026-10-19 06:00, 2026-10-26 07:00, 2026-11-02 07:00"},
		{"every second week from Monday", ical.Repeat{Freq: ical.Weekly, Interval: 2, Days: []ical.Day{{Weekday: time.Sunday}, {Weekday: time.Tuesday}}},
			"2026-09-01 09:00", "", "2026-09-01 09:00, 2026-09-06 09:00, 2026-09-15 09:00"},
		{"the second Tuesday", ical.Repeat{Freq: ical.Monthly, Days: []ical.Day{{Weekday: time.Tuesday, Nth: 2}}},
			"2026-09-08 16:00", "Europe/Madrid", "2026-09-08 14:00, 2026-10-13 14:00, 2026-11-10 15:00"},
		{"the last Friday", ical.Repeat{Freq: ical.Monthly, Days: []ical.Day{{Weekday: time.Friday, Nth: -1}}},
			"2026-01-30 12:00", "", "2026-01-30 12:00, 2026-02-27 12:00, 2026-03-27 12:00"},
		{"the last day", ical.Repeat{Freq: ical.Monthly, MonthDay: -1}, "2027-12-31 12:00", "", "2027-12-31 12:00, 2028-01-31 12:00, 2028-02-29 12:00"},
		{"the day of the start", ical.Repeat{Freq: ical.Monthly, Interval: 3}, "2026-01-15 12:00", "", "2026-01-15 12:00, 2026-04-15 12:00, 2026-07-15 12:00"},
		{"a weekday in its month each year", ical.Repeat{Freq: ical.Yearly, Days: []ical.Day{{Weekday: time.Thursday, Nth: 1}}},
			"2026-05-07 12:00", "", "2026-05-07 12:00, 2027-05-06 12:00, 2028-05-04 12:00"},
		{"31 March each year", ical.Repeat{Freq: ical.Yearly}, "2026-03-31 12:00", "", "2026-03-31 12:00, 2027-03-31 12:00, 2028-03-31 12:00"},
		{"the first of the hour that comes twice", ical.Repeat{Freq: ical.Daily}, "2026-10-24 03:30", "Europe/Helsinki",
			"2026-10-24 00:30, 2026-10-25 00:30, 2026-10-26 01:30"},
		{"later by the hour that is left out", ical.Repeat{Freq: ical.Daily}, "2026-03-28 03:30", "Europe/Helsinki",
			"2026-03-28 01:30, 2026-03-29 01:30, 2026-03-30 00:30"},
		{"midnight that does not come", ical.Repeat{Freq: ical.Daily}, "2026-03-28 00:00", "Asia/Beirut",
			"2026-03-27 22:00, 2026-03-28 22:00, 2026-03-29 21:00"},
		{"a day that does not come", ical.Repeat{Freq: ical.Daily}, "2011-12-29 09:00", "Pacific/Apia",
			"2011-12-29 19:00, 2011-12-30 19:00, 2011-12-31 19:00"},
		{"half an hour of summer", ical.Repeat{Freq: ical.Daily}, "2026-04-04 09:00", "Australia/Lord_Howe",
			"2026-04-03 22:00, 2026-04-04 22:30, 2026-04-05 22:30"},
		{"until the last day is over", ical.Repeat{Freq: ical.Daily, Until: at(zone("Atlantic/Azores"), "2026-06-02 00:00")}, "2026-06-01 20:00", "Atlantic/Azores",
			"2026-06-01 20:00, 2026-06-02 20:00"},
		{"a start between the days", ical.Repeat{Freq: ical.Weekly, Days: []ical.Day{{Weekday: time.Friday}}}, "2026-09-01 09:00", "",
			"2026-09-04 09:00, 2026-09-11 09:00, 2026-09-18 09:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			start := at(zone(test.zone), test.start)
			var got []string
			for _, i := range test.repeat.Instances(start, test.zone, start, start.AddDate(9, 0, 0)) {
				got = append(got, i.UTC().Format("2006-01-02 15:04"))
			}
			if got := strings.Join(got[:min(len(got), 3)], ", "); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestInstancesAreBounded(t *testing.T) {
	start := at(helsinki, "1999-01-01 09:00")
	daily := ical.Repeat{Freq: ical.Daily}
	if n := len(daily.Instances(start, "Europe/Helsinki", start, start.AddDate(1000, 0, 0))); n != ical.MaxInstances {
		t.Errorf("%d instances", n)
	}
	for name, none := range map[string][]time.Time{
		"unknown zone":          daily.Instances(start, "Europe/Oulu", start, start.AddDate(1, 0, 0)),
		"rule without sense":    (&ical.Repeat{}).Instances(start, "", start, start.AddDate(1, 0, 0)),
		"from later than to":    daily.Instances(start, "", start.AddDate(1, 0, 0), start),
		"a start out of range":  daily.Instances(time.Time{}, "", time.Time{}, start),
		"beyond the last years": daily.Instances(start, "", start.AddDate(900, 0, 0), start.AddDate(901, 0, 0)),
	} {
		if none != nil {
			t.Errorf("%s: %v", name, none)
		}
	}
	from := at(helsinki, "2026-06-01 09:00")
	if got := daily.Instances(start, "Europe/Helsinki", from, from.AddDate(0, 0, 2)); len(got) != 2 || !got[0].Equal(from) {
		t.Errorf("%v, want that of the start of the window and one more", got)
	}
}

func TestRepeatCheck(t *testing.T) {
	monday := at(helsinki, "2026-08-31 09:00")
	until := monday.AddDate(1, 0, 0)
	for _, test := range []struct {
		name   string
		repeat ical.Repeat
		want   string
	}{
		{"weekly", ical.Repeat{Freq: ical.Weekly}, ""},
		{"monthly on the last day", ical.Repeat{Freq: ical.Monthly, MonthDay: -1}, ""},
		{"yearly", ical.Repeat{Freq: ical.Yearly}, ""},
		{"once", ical.Repeat{Freq: ical.Weekly, Until: monday}, ""},
		{"no frequency", ical.Repeat{}, `unknown frequency ""`},
		{"hourly", ical.Repeat{Freq: "HOURLY"}, `unknown frequency "HOURLY"`},
		{"backwards", ical.Repeat{Freq: ical.Daily, Interval: -1}, "interval of -1"},
		{"in a thousand weeks", ical.Repeat{Freq: ical.Weekly, Interval: 1000}, "interval of 1000"},
		{"weekdays by the day", ical.Repeat{Freq: ical.Daily, Days: []ical.Day{{Weekday: time.Monday}}}, "need a weekly rule"},
		{"the second Monday of a week", ical.Repeat{Freq: ical.Weekly, Days: []ical.Day{{time.Monday, 2}}}, "each weekday once"},
		{"Monday and Monday", ical.Repeat{Freq: ical.Weekly, Days: []ical.Day{{Weekday: time.Monday}, {Weekday: time.Monday}}}, "named twice"},
		{"an eighth weekday", ical.Repeat{Freq: ical.Weekly, Days: []ical.Day{{Weekday: 7}}}, "no weekday 7"},
		{"two weekdays of a month", ical.Repeat{Freq: ical.Monthly, Days: []ical.Day{{time.Monday, -1}, {time.Monday, 2}}}, "one weekday"},
		{"every Monday of a month", ical.Repeat{Freq: ical.Monthly, Days: []ical.Day{{Weekday: time.Monday}}}, "one weekday"},
		{"the fifth Monday", ical.Repeat{Freq: ical.Monthly, Days: []ical.Day{{time.Monday, 5}}}, "one weekday"},
		{"a weekday and a day", ical.Repeat{Freq: ical.Monthly, MonthDay: 31, Days: []ical.Day{{time.Monday, -1}}}, "does not go with"},
		{"a day of a week", ical.Repeat{Freq: ical.Weekly, MonthDay: 1}, "does not go with"},
		{"the 31st", ical.Repeat{Freq: ical.Monthly}, "day 31 does not come every time"},
		{"the last but one", ical.Repeat{Freq: ical.Monthly, MonthDay: -2}, "day -2 does not come"},
		{"not on the first day", ical.Repeat{Freq: ical.Weekly, Days: []ical.Day{{Weekday: time.Tuesday}}}, "no instance of its own rule"},
		{"ended before", ical.Repeat{Freq: ical.Weekly, Until: monday.AddDate(0, 0, -1)}, "no instance of its own rule"},
		{"too long", ical.Repeat{Freq: ical.Daily, Until: monday.AddDate(0, 0, 400)}, "more than 400"},
		{"as long as can be", ical.Repeat{Freq: ical.Daily, Until: monday.AddDate(0, 0, 399)}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.repeat.Until.IsZero() {
				test.repeat.Until = until
			}
			wantReason(t, test.repeat.Check(monday, "Europe/Helsinki"), test.want)
		})
	}
	wantReason(t, (&ical.Repeat{Freq: ical.Weekly}).Check(monday, "Europe/Helsinki"), "no last day")
	wantReason(t, (&ical.Repeat{Freq: ical.Weekly, Until: until}).Check(monday, "Local"), "unknown time zone")
	leap := time.Date(2028, 2, 29, 9, 0, 0, 0, time.UTC)
	wantReason(t, (&ical.Repeat{Freq: ical.Yearly, Until: leap.AddDate(9, 0, 0)}).Check(leap, ""), "day 29 does not come every time")
}

func wantReason(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
		t.Errorf("error = %v, want %q", err, want)
	}
}

// anyRepeat is a rule whose first instance is on the day of start.
func anyRepeat(t *rapid.T, start time.Time) ical.Repeat {
	r := ical.Repeat{
		Freq:     rapid.SampledFrom([]ical.Frequency{ical.Daily, ical.Weekly, ical.Monthly, ical.Yearly}).Draw(t, "freq"),
		Interval: rapid.IntRange(0, 5).Draw(t, "interval"),
		Until:    start.AddDate(0, 0, rapid.IntRange(0, 390).Draw(t, "days until")),
	}
	ends := start.AddDate(0, 0, 1).Month() != start.Month()
	switch {
	case r.Freq == ical.Weekly && rapid.Bool().Draw(t, "weekdays"):
		for d := range time.Saturday + 1 {
			if d == start.Weekday() || rapid.Bool().Draw(t, "weekday") {
				r.Days = append(r.Days, ical.Day{Weekday: d})
			}
		}
	case r.Freq == ical.Daily || r.Freq == ical.Weekly:
	case ends:
		r.MonthDay = -1
	case start.Day() > 28 || rapid.Bool().Draw(t, "nth"):
		r.Days = []ical.Day{{start.Weekday(), (start.Day() + 6) / 7}}
		if start.Day() > 28 || start.AddDate(0, 0, 7).Month() != start.Month() && rapid.Bool().Draw(t, "last") {
			r.Days[0].Nth = -1
		}
	}
	return r
}

// The rule by looking at every day there is, at what the clock shows, shares
// nothing with the way instances are found.
func TestInstancesAreThoseOfEveryDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zoneNames).Draw(t, "zone")
		start := moment.Draw(t, "start").In(zone(name))
		r := anyRepeat(t, start)
		if err := r.Check(start, name); err != nil {
			t.Fatal(err)
		}
		got, want := r.Instances(start, name, start, start.AddDate(2, 0, 0)), everyDay(r, start)
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%v\nwant %v", got, want)
		}
	})
}

func everyDay(r ical.Repeat, start time.Time) []time.Time {
	var all []time.Time
	until := dateOf(r.Until.In(start.Location()))
	for d := dateOf(start); !d.After(until); d = d.AddDate(0, 0, 1) {
		if !comes(r, dateOf(start), d) {
			continue
		}
		i := start
		if !d.Equal(dateOf(start)) {
			i = showing(start, d)
		}
		if len(all) == 0 || i.After(all[len(all)-1]) {
			all = append(all, i)
		}
	}
	return all
}

func dateOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// comes reports whether a rule that starts on the day first has the day d.
func comes(r ical.Repeat, first, d time.Time) bool {
	monday := func(d time.Time) time.Time { return d.AddDate(0, 0, -int(d.Weekday()+6)%7) }
	units := map[ical.Frequency]int{
		ical.Daily:   int(d.Sub(first).Hours()) / 24,
		ical.Weekly:  int(monday(d).Sub(monday(first)).Hours()) / 24 / 7,
		ical.Monthly: d.Year()*12 + int(d.Month()) - first.Year()*12 - int(first.Month()),
		ical.Yearly:  d.Year() - first.Year(),
	}[r.Freq]
	if units%max(r.Interval, 1) != 0 || r.Freq == ical.Yearly && d.Month() != first.Month() {
		return false
	}
	switch {
	case r.Freq == ical.Daily:
		return true
	case r.Freq == ical.Weekly && r.Days == nil:
		return d.Weekday() == first.Weekday()
	case r.Freq == ical.Weekly:
		return slices.Contains(r.Days, ical.Day{Weekday: d.Weekday()})
	case r.Days != nil && r.Days[0].Nth > 0:
		return d.Weekday() == r.Days[0].Weekday && (d.Day()-1)/7 == r.Days[0].Nth-1
	case r.Days != nil:
		return d.Weekday() == r.Days[0].Weekday && d.AddDate(0, 0, 7).Month() != d.Month()
	case r.MonthDay == -1:
		return d.AddDate(0, 0, 1).Month() != d.Month()
	}
	return d.Day() == first.Day()
}

// showing is the first moment at which the clock of start's zone shows start's
// time of day on the day d, tried with every offset the zone has around it;
// where it never does, that of a clock which nobody set.
func showing(start, d time.Time) time.Time {
	loc := start.Location()
	h, m, s := start.Clock()
	want := d.Add(time.Duration(h*3600+m*60+s) * time.Second)
	var offsets []int // that the zone has around the day, in order
	for t := want.Add(-38 * time.Hour); t.Before(want.Add(38 * time.Hour)); t = t.Add(15 * time.Minute) {
		if _, o := t.In(loc).Zone(); len(offsets) == 0 || offsets[len(offsets)-1] != o {
			offsets = append(offsets, o)
		}
	}
	for _, o := range offsets {
		t := want.Add(-time.Duration(o) * time.Second)
		if _, is := t.In(loc).Zone(); is == o {
			return t.In(loc)
		}
	}
	return want.Add(-time.Duration(offsets[0]) * time.Second).In(loc)
}
