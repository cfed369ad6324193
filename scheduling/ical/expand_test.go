package ical_test

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"kohtaamo/scheduling/ical"
)

// A plainRule is a rule in numbers, for two other ways to expand it.
type plainRule struct {
	freq                                   string
	interval, count                        int
	until                                  time.Time
	weekStart                              int // 0 is Monday
	months, monthDays, yearDays, positions []int
	days                                   []plainDay
}

type plainDay struct {
	n   int
	day time.Weekday
}

var weekdayNames = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func (r *plainRule) String() string {
	s := "FREQ=" + r.freq + ";WKST=" + weekdayNames[(r.weekStart+1)%7]
	if r.interval > 1 {
		s += fmt.Sprint(";INTERVAL=", r.interval)
	}
	if r.count > 0 {
		s += fmt.Sprint(";COUNT=", r.count)
	}
	if !r.until.IsZero() {
		s += ";UNTIL=" + r.until.Format("20060102T150405Z")
	}
	var days []string
	for _, d := range r.days {
		number := ""
		if d.n != 0 {
			number = strconv.Itoa(d.n)
		}
		days = append(days, number+weekdayNames[d.day])
	}
	if days != nil {
		s += ";BYDAY=" + strings.Join(days, ",")
	}
	for name, numbers := range map[string][]int{"BYMONTH": r.months, "BYMONTHDAY": r.monthDays, "BYYEARDAY": r.yearDays, "BYSETPOS": r.positions} {
		if len(numbers) > 0 {
			s += ";" + name + "=" + strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers), " ", ","), "[]")
		}
	}
	return s
}

// anyRule draws rules of the kind people make, and now and then any. The other
// library wants no weekdays with and without number together, and would look
// for what never comes until the year 9999; for it the rules are kept simple.
func anyRule(simple bool) *rapid.Generator[plainRule] {
	return rapid.Custom(func(t *rapid.T) plainRule {
		r := plainRule{
			freq:      rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq"),
			interval:  rapid.SampledFrom([]int{1, 1, 1, 2, 3, 5, 12, 53}).Draw(t, "interval"),
			weekStart: rapid.IntRange(0, 6).Draw(t, "week start"),
		}
		switch rapid.IntRange(0, 3).Draw(t, "end") {
		case 0:
			r.count = rapid.IntRange(1, 80).Draw(t, "count")
		case 1:
			r.until = day0.AddDate(0, 0, rapid.IntRange(0, 4000).Draw(t, "until")).Add(9 * time.Hour)
		}
		numbers := func(name string, from, to, max int) []int {
			return rapid.SliceOfNDistinct(rapid.IntRange(from, to).Filter(func(n int) bool { return n != 0 }), 0, max, rapid.ID).Draw(t, name)
		}
		if rapid.Bool().Draw(t, "months") {
			r.months = numbers("BYMONTH", 1, 12, 4)
		}
		counted := r.freq == "MONTHLY" || r.freq == "YEARLY"
		nth := rapid.Just(0)
		if counted && rapid.Bool().Draw(t, "nth") {
			nth = rapid.IntRange(-4, 4).Filter(func(n int) bool { return n != 0 || !simple })
		}
		if rapid.Bool().Draw(t, "weekdays") {
			for range rapid.IntRange(1, 3).Draw(t, "n") {
				r.days = append(r.days, plainDay{nth.Draw(t, "nth"), time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday"))})
			}
		}
		if !simple || len(r.days) == 0 {
			switch rapid.IntRange(0, 3).Draw(t, "days") {
			case 0:
				r.monthDays = numbers("BYMONTHDAY", -28, 28, 3)
			case 1:
				if !simple {
					r.monthDays = numbers("BYMONTHDAY", -31, 31, 3)
					r.yearDays = numbers("BYYEARDAY", -366, 366, 5)
				}
			}
		}
		if counted && rapid.IntRange(0, 3).Draw(t, "positions") == 0 {
			max := 9
			if simple {
				max = 1
			}
			r.positions = numbers("BYSETPOS", -max, max, 2)
		}
		return r
	})
}

var day0 = time.Date(2019, 12, 20, 9, 0, 0, 0, time.UTC)

// busyStarts are the starts of an hour at nine in UTC that repeats by a rule.
func busyStarts(t tester, start time.Time, rule string, from, to time.Time) []time.Time {
	t.Helper()
	b := event("DTSTART:"+start.Format("20060102T150405Z"), "DURATION:PT1H", "RRULE:"+rule)
	spans, skipped, err := ical.Busy(b, "", from, to)
	if err != nil || len(skipped) > 0 {
		t.Fatalf("%s: %v, %v", rule, skipped, err)
	}
	starts := []time.Time{}
	for _, s := range spans {
		starts = append(starts, s.Starts)
	}
	return starts
}

// unit is the number of the day's unit, from some time on.
func (r *plainRule) unit(day time.Time) int {
	days := int(day.Unix() / 86400) // 1 January 1970 was a Thursday
	switch r.freq {
	case "DAILY":
		return days
	case "WEEKLY":
		return (days + 3 - r.weekStart + 7) / 7
	case "MONTHLY":
		return day.Year()*12 + int(day.Month())
	}
	return day.Year()
}

// on says whether the rule names a day, by the words of RFC 5545 3.3.10.
func (r *plainRule) on(day, start time.Time) bool {
	months, monthDays, days := r.months, r.monthDays, r.days
	if len(monthDays)+len(r.yearDays)+len(days) == 0 {
		switch r.freq {
		case "YEARLY":
			if len(months) == 0 {
				months = []int{int(start.Month())}
			}
			monthDays = []int{start.Day()}
		case "MONTHLY":
			monthDays = []int{start.Day()}
		case "WEEKLY":
			days = []plainDay{{0, start.Weekday()}}
		}
	}
	length := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	year := time.Date(day.Year()+1, 1, 0, 0, 0, 0, 0, time.UTC).YearDay()
	either := func(list []int, n, size int) bool {
		return len(list) == 0 || slices.Contains(list, n) || slices.Contains(list, n-size-1)
	}
	if len(months) > 0 && !slices.Contains(months, int(day.Month())) || !either(monthDays, day.Day(), length) || !either(r.yearDays, day.YearDay(), year) {
		return false
	}
	for _, d := range days {
		if d.day == day.Weekday() && r.nth(day, d.n) {
			return true
		}
	}
	return len(days) == 0
}

// nth counts the same weekdays before or after a day, within the unit.
func (r *plainRule) nth(day time.Time, n int) bool {
	same := func(other time.Time) bool {
		return other.Year() == day.Year() && (r.freq == "YEARLY" && len(r.months) == 0 || other.Month() == day.Month())
	}
	count, step := 0, -7
	if n < 0 {
		step = 7
	}
	for d := day; same(d); d = d.AddDate(0, 0, step) {
		count++
	}
	return n == 0 || count == max(n, -n)
}

// brute looks at every day.
func (r *plainRule) brute(start, from, to time.Time) []time.Time {
	var all, unit []time.Time
	flush := func() {
		for i, d := range unit {
			if len(r.positions) == 0 || slices.Contains(r.positions, i+1) || slices.Contains(r.positions, i-len(unit)) {
				all = append(all, d)
			}
		}
		unit = nil
	}
	first := start.AddDate(-1, 0, -10)
	for d := first; d.Before(to.AddDate(1, 0, 10)); d = d.AddDate(0, 0, 1) {
		if r.unit(d) != r.unit(d.AddDate(0, 0, -1)) {
			flush()
		}
		if (r.unit(d)-r.unit(start))%r.interval == 0 && r.on(d, start) {
			unit = append(unit, d)
		}
	}
	all = slices.DeleteFunc(all, func(d time.Time) bool { return !d.After(start) })
	all = append([]time.Time{start}, all...)
	if r.count > 0 {
		all = all[:min(r.count, len(all))]
	}
	all = slices.DeleteFunc(all, func(d time.Time) bool {
		return !r.until.IsZero() && d.After(r.until) || d.Before(from) || !d.Before(to)
	})
	return append([]time.Time{}, all...)
}

func TestRulesMeanWhatTheyName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRule(false).Draw(t, "rule")
		start := day0.AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "start"))
		from := start.AddDate(0, 0, rapid.IntRange(-100, 2500).Draw(t, "from")).Add(-time.Hour)
		to := from.AddDate(0, 0, rapid.IntRange(1, 1000).Draw(t, "days"))
		got := busyStarts(t, start, r.String(), from, to)
		if want := r.brute(start, from, to); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s from %s\ngot  %v\nwant %v", r.String(), start, got, want)
		}
	})
}

// Where rrule-go is right, it says the same.
func TestRulesAsTheLibraryReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRule(true).Draw(t, "rule")
		option, err := rrule.StrToROption(r.String())
		if err != nil {
			t.Fatal(err)
		}
		count := option.Count
		option.Count, option.Dtstart = 1, day0.AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "start"))
		rule, err := rrule.NewRRule(*option)
		if err != nil {
			t.Skip(err)
		}
		first := rule.All() // the first that the rule names, where a series is to start
		if len(first) == 0 {
			t.Skip("ends before it starts")
		}
		option.Count, option.Dtstart = count, first[0]
		if rule, err = rrule.NewRRule(*option); err != nil {
			t.Fatal(err)
		}
		from := first[0].AddDate(0, 0, rapid.IntRange(-10, 900).Draw(t, "from")).Add(-time.Hour)
		to := from.AddDate(0, 0, rapid.IntRange(1, 1000).Draw(t, "days"))
		got := busyStarts(t, first[0], r.String(), from, to)
		if want := append([]time.Time{}, rule.Between(from, to.Add(-time.Second), true)...); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s from %s\ngot  %v\nwant %v", r.String(), first[0], got, want)
		}
	})
}

// On the clock of its zone a repeating entry is always at the same time.
func TestRepeatingOnTheClock(t *testing.T) {
	for _, name := range []string{"Europe/Helsinki", "Atlantic/Azores", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"} {
		loc := zone(name)
		for _, clock := range []string{"000000", "023000", "033000", "120000", "233000"} {
			from, to := at(loc, "2026-01-01 00:00"), at(loc, "2028-01-01 00:00")
			b := event("DTSTART;TZID="+name+":20250601T"+clock, "DURATION:PT15M", "RRULE:FREQ=DAILY;UNTIL=20271231")
			spans, skipped, err := ical.Busy(b, "", from, to)
			if err != nil || len(skipped) > 0 || len(spans) != 730 {
				t.Fatalf("%s %s: %d, %v, %v", name, clock, len(spans), skipped, err)
			}
			for i, s := range spans {
				day := time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format("20060102")
				if want := readOne(t, "DTSTART;TZID="+name+":"+day+"T"+clock).Starts; !s.Starts.Equal(want) || s.Ends.Sub(s.Starts) != 15*time.Minute {
					t.Errorf("%s %s %s: %s to %s, want %s", name, day, clock, s.Starts, s.Ends, want)
				}
			}
		}
	}
}
