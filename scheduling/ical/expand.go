package ical

import (
	"strings"
	"time"
)

// A repetition is an RRULE (RFC 5545 3.3.10) that goes by days: daily, weekly,
// monthly or yearly, at the time of day of the first. That is what people's
// calendars hold; BYWEEKNO and times of day, which nobody's program offers, are
// not understood and said so.
//
// It is expanded here rather than by rrule-go, which cannot be stopped: a rule
// that never comes true (30 February) runs to the year 9999 within one call, a
// rule from long ago is always walked from its first day, a last date is read as
// midnight in UTC, and of the hour that comes twice it takes the second. Here
// the work is counted day by day. The tests hold the two against each other.
type repetition struct {
	unit      byte // D, W, M or Y
	interval  int
	count     int   // 0 for no end by number
	until     *wall // nil for no end by time
	weekStart time.Weekday

	months      uint32 // bit 1 is January; none means all, as below
	daysOfMonth uint32 // bit 1 is the first
	daysFromEnd uint32 // bit 1 is the last
	daysOfYear  []int
	weekdays    []nthDay
	positions   []int
}

// An nthDay is a weekday, or the nth (-1: last) of the month or year.
type nthDay struct {
	n   int
	day time.Weekday
}

// parseRepetition reads an RRULE, or says why it is not understood.
func parseRepetition(s string) (r repetition, reason string) {
	r = repetition{interval: 1, weekStart: time.Monday}
	seen := map[string]bool{}
	for _, part := range strings.Split(strings.ToUpper(strings.Trim(s, "; ")), ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || seen[name] || len(seen) > 16 {
			return r, "the rule is not written as NAME=VALUE;NAME=VALUE"
		}
		seen[name] = true
		if reason = r.set(name, strings.TrimSpace(value)); reason != "" {
			return r, reason
		}
	}
	switch {
	case r.unit == 0:
		return r, "the rule has no FREQ"
	case r.count > 0 && r.until != nil:
		return r, "the rule has both COUNT and UNTIL"
	case r.unit != 'M' && r.unit != 'Y' && r.counted():
		return r, "the rule counts weekdays of a day or a week"
	}
	return r, ""
}

func (r *repetition) counted() bool {
	for _, w := range r.weekdays {
		if w.n != 0 {
			return true
		}
	}
	return false
}

func (r *repetition) set(name, value string) (reason string) {
	ok := false
	switch name {
	case "FREQ":
		switch value {
		case "DAILY", "WEEKLY", "MONTHLY", "YEARLY":
			r.unit, ok = value[0], true
		case "HOURLY", "MINUTELY", "SECONDLY":
			return "a rule within the day (" + value + ") is not taken"
		}
	case "INTERVAL":
		r.interval, ok = digits(value)
		ok = ok && r.interval > 0
	case "COUNT":
		r.count, ok = digits(value)
		ok = ok && r.count > 0
	case "UNTIL":
		var until wall
		until, ok = wallOf(value, "")
		r.until = &until
	case "WKST":
		r.weekStart, ok = weekdayOf(value)
	case "BYMONTH":
		ok = eachNumber(value, 12, func(n int) bool { r.months |= 1 << max(n, 0); return n > 0 })
	case "BYMONTHDAY":
		ok = eachNumber(value, 31, r.addDayOfMonth)
	case "BYYEARDAY":
		ok = eachNumber(value, 366, func(n int) bool { r.daysOfYear = append(r.daysOfYear, n); return true })
	case "BYSETPOS":
		ok = eachNumber(value, 366, func(n int) bool { r.positions = append(r.positions, n); return true })
	case "BYDAY":
		ok = r.addWeekdays(value)
	default:
		return "the rule's " + clip(name) + " is not understood"
	}
	if !ok {
		return "the rule's " + name + " makes no sense: " + quote(value)
	}
	return ""
}

func (r *repetition) addDayOfMonth(n int) bool {
	if n > 0 {
		r.daysOfMonth |= 1 << n
	} else {
		r.daysFromEnd |= 1 << -n
	}
	return true
}

func (r *repetition) addWeekdays(list string) bool {
	for _, s := range strings.Split(list, ",") {
		s = strings.TrimSpace(s)
		if len(s) < 2 || len(r.weekdays) == maxParts {
			return false
		}
		w := nthDay{}
		var ok bool
		if w.day, ok = weekdayOf(s[len(s)-2:]); !ok {
			return false
		}
		if number := s[:len(s)-2]; number != "" {
			if w.n, ok = ordinal(number, 53); !ok {
				return false
			}
		}
		r.weekdays = append(r.weekdays, w)
	}
	return true
}

func weekdayOf(s string) (time.Weekday, bool) {
	const days = "SUMOTUWETHFRSA"
	at := strings.Index(days, s)
	return time.Weekday(at / 2), len(s) == 2 && at >= 0 && at%2 == 0
}

// maxParts is the most numbers or days in one part of a rule, far more than
// there are days in a month.
const maxParts = 100

// eachNumber hands over the numbers of a list; each must be from 1 to max, or
// as much below zero.
func eachNumber(list string, max int, add func(int) bool) bool {
	all := strings.Split(list, ",")
	if len(all) > maxParts {
		return false
	}
	for _, s := range all {
		n, ok := ordinal(strings.TrimSpace(s), max)
		if !ok || !add(n) {
			return false
		}
	}
	return true
}

func ordinal(s string, max int) (int, bool) {
	plain, negative := strings.CutPrefix(s, "-")
	if !negative {
		plain = strings.TrimPrefix(s, "+")
	}
	n, ok := digits(plain)
	if negative {
		return -n, ok && n >= 1 && n <= max
	}
	return n, ok && n >= 1 && n <= max
}

// A budget is how much more work may be done for one file, in days looked at;
// a million of them take some 20 ms.
type budget struct{ left int }

// spend reports whether there was enough left.
func (b *budget) spend(n int) bool {
	b.left -= n
	return b.left >= 0
}

// dayNumber counts days from 1970, as midnights of a calendar without clocks.
func dayNumber(t time.Time) int {
	return int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / secondsADay)
}

func dayOf(number int) time.Time { return time.Unix(int64(number)*secondsADay, 0).UTC() }

const secondsADay = 24 * 60 * 60

// walk hands over the days from one day to another on which the repetition
// that starts on first takes place, in order, until see wants no more. The
// first day always is one (RFC 5545 3.8.5.3). It reports whether the budget
// sufficed.
func (r *repetition) walk(first, from, to int, work *budget, see func(day int) bool) bool {
	rule := r.completed(dayOf(first))
	if first > to || first >= from && !see(first) {
		return true
	}
	for k, n := rule.skip(first, from), 1; ; k++ {
		start, end := rule.unitAt(first, k)
		if start > to {
			return true
		}
		days, ok := rule.days(start, end, work)
		if !ok {
			return false
		}
		for _, day := range days {
			if day <= first {
				continue
			}
			if n++; rule.count > 0 && n > rule.count || day > to {
				return true
			}
			if day >= from && !see(day) {
				return true
			}
		}
	}
}

// completed adds what the rule leaves to the day it starts on.
func (r *repetition) completed(first time.Time) repetition {
	c := *r
	if c.daysOfMonth|c.daysFromEnd != 0 || len(c.daysOfYear)+len(c.weekdays) > 0 {
		return c
	}
	switch c.unit {
	case 'Y':
		if c.months == 0 {
			c.months = 1 << first.Month()
		}
		c.daysOfMonth = 1 << first.Day()
	case 'M':
		c.daysOfMonth = 1 << first.Day()
	case 'W':
		c.weekdays = []nthDay{{day: first.Weekday()}}
	}
	return c
}

// skip is the number of the first unit that can matter from a day on. What has
// to be counted is counted from the start.
func (r *repetition) skip(first, from int) int {
	if r.count > 0 || from <= first {
		return 0
	}
	units := 0
	switch a, b := dayOf(first), dayOf(from); r.unit {
	case 'D':
		units = from - first
	case 'W':
		units = (from - r.weekOf(first)) / 7
	case 'M':
		units = monthNumber(b) - monthNumber(a)
	case 'Y':
		units = b.Year() - a.Year()
	}
	return units / r.interval
}

func monthNumber(t time.Time) int { return t.Year()*12 + int(t.Month()) - 1 }

func (r *repetition) weekOf(day int) int {
	return day - int(dayOf(day).Weekday()-r.weekStart+7)%7
}

// unitAt gives the days of the kth unit (day, week, month or year), end not
// included.
func (r *repetition) unitAt(first, k int) (start, end int) {
	k *= r.interval
	t := dayOf(first)
	switch r.unit {
	case 'D':
		return first + k, first + k + 1
	case 'W':
		start = r.weekOf(first) + 7*k
		return start, start + 7
	case 'M':
		t = time.Date(t.Year(), t.Month()+time.Month(k), 1, 0, 0, 0, 0, time.UTC)
		return dayNumber(t), dayNumber(t.AddDate(0, 1, 0))
	}
	t = time.Date(t.Year()+k, 1, 1, 0, 0, 0, 0, time.UTC)
	return dayNumber(t), dayNumber(t.AddDate(1, 0, 0))
}

// days gives those days of a unit that the rule names.
func (r *repetition) days(start, end int, work *budget) (days []int, ok bool) {
	for day := start; day < end; {
		if !work.spend(1) {
			return nil, false
		}
		t := dayOf(day)
		if r.months != 0 && r.months&(1<<t.Month()) == 0 {
			day = min(end, dayNumber(time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)))
			continue
		}
		if r.names(t) {
			days = append(days, day)
		}
		day++
	}
	if len(r.positions) > 0 {
		days = pick(days, r.positions)
	}
	return days, true
}

// pick gives the days at positions counted from 1, or from the end from -1.
func pick(days, positions []int) []int {
	var picked []int
	for i, day := range days {
		for _, p := range positions {
			if p == i+1 || p == i-len(days) {
				picked = append(picked, day)
				break
			}
		}
	}
	return picked
}

// names reports whether the rule names a day, of a month that it names.
func (r *repetition) names(t time.Time) bool {
	if r.daysOfMonth|r.daysFromEnd != 0 {
		fromEnd := daysIn(t) - t.Day() + 1
		if r.daysOfMonth&(1<<t.Day()) == 0 && r.daysFromEnd&(1<<fromEnd) == 0 {
			return false
		}
	}
	return r.namesDayOfYear(t) && r.namesWeekday(t)
}

func (r *repetition) namesDayOfYear(t time.Time) bool {
	if len(r.daysOfYear) == 0 {
		return true
	}
	length := yearLength(t)
	for _, n := range r.daysOfYear {
		if n == t.YearDay() || n == t.YearDay()-length-1 {
			return true
		}
	}
	return false
}

func (r *repetition) namesWeekday(t time.Time) bool {
	if len(r.weekdays) == 0 {
		return true
	}
	at, of := t.Day(), 0
	if r.unit == 'Y' && r.months == 0 {
		at = t.YearDay()
	}
	for _, w := range r.weekdays {
		if w.day != t.Weekday() {
			continue
		}
		if of == 0 {
			of = daysIn(t)
			if r.unit == 'Y' && r.months == 0 {
				of = yearLength(t)
			}
		}
		if w.n == 0 || w.n == (at+6)/7 || w.n == -((of-at)/7+1) {
			return true
		}
	}
	return false
}

func daysIn(t time.Time) int {
	return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func yearLength(t time.Time) int {
	return time.Date(t.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
}
