package ical

import (
	"strings"
	"time"
)

// A recurring takes the times of a repeating entry.
type recurring struct {
	home  *home
	entry *busyEntry
	taken *taken
	work  budget
	exact time.Duration // how long each is, unless days say it

	gone     map[int64]bool // moments that are left out
	goneDays map[int]bool   // days that are
}

// leave keeps instances out.
func (s *recurring) leave(instances []wallTime) {
	for _, w := range instances {
		if s.leaveOne(w); s.work.left < 0 {
			return
		}
	}
}

// leaveLines keeps the EXDATEs out, and says which cannot be understood.
func (s *recurring) leaveLines(lines []contentLine) *ReadError {
	for _, l := range lines {
		for part := range strings.SplitSeq(l.value, ",") {
			w, ok := wallOf(strings.TrimSpace(part), l.param("TZID"))
			if !ok || !s.leaveOne(w) && s.work.left >= 0 {
				return unreadable(l.number, "EXDATE: %s is no date or time of a known zone", quote(part))
			}
		}
	}
	return nil
}

// leaveOne keeps one instance out. A date stands for whatever is on that day;
// where days are repeated, a time stands for its day. It is work too, as many
// entries may say that they are of one series with as many exceptions.
func (s *recurring) leaveOne(w wallTime) bool {
	if !s.work.spend(1) {
		return false
	}
	if s.gone == nil {
		s.gone, s.goneDays = map[int64]bool{}, map[int]bool{}
	}
	if w.day {
		s.goneDays[dayNumber(w.digits)] = true
		return true
	}
	at, reason := s.home.moment(w)
	switch {
	case reason != "":
		return false
	case !s.entry.times.start.day:
		s.gone[at.Unix()] = true
	case w.utc:
		s.goneDays[dayNumber(at.In(s.home.loc))] = true
	default:
		s.goneDays[dayNumber(w.digits)] = true
	}
	return true
}

const tooMuchWork = "it takes too much work to follow, or the entries before it did"

// take walks through the rules and the dates.
func (s *recurring) take() (reason string) {
	if s.work.left < 0 {
		return tooMuchWork
	}
	for i := range s.entry.rules {
		if reason = s.takeRule(&s.entry.rules[i]); reason != "" {
			return reason
		}
	}
	if len(s.entry.rules) == 0 {
		if _, reason = s.takeAt(s.entry.times.start, nil); reason != "" {
			return reason
		}
	}
	for _, l := range s.entry.more {
		for part := range strings.SplitSeq(l.value, ",") {
			if reason = s.takeDate(strings.TrimSpace(part), l.param("TZID")); reason != "" {
				return reason
			}
		}
	}
	return ""
}

// slack is how many days a clock anywhere may be from UTC's, with one to spare.
const slack = 2

func (s *recurring) takeRule(rule *repetition) (reason string) {
	start := s.entry.times.start
	first := dayNumber(start.digits)
	clock := start.digits.Sub(dayOf(first))
	from := dayNumber(s.taken.from.Add(-s.longest())) - slack
	to := min(dayNumber(s.taken.to)+slack, rule.lastDay(s.home.loc))
	if from > to || !s.taken.from.Before(s.taken.to) {
		return ""
	}
	enough := rule.walk(first, from, to, &s.work, func(day int) bool {
		w := start
		w.digits = dayOf(day).Add(clock)
		var more bool
		more, reason = s.takeAt(w, rule.until)
		return more && reason == "" && !s.taken.full
	})
	if !enough {
		return tooMuchWork
	}
	return reason
}

// longest is how far before a moment an instance can start that is not over.
func (s *recurring) longest() time.Duration {
	const day = secondsADay * time.Second
	return max(s.exact, time.Duration(s.entry.times.length.days)*day+s.entry.times.length.exact) + day
}

// lastDay is a day after which the rule has no more, on any clock.
func (r *repetition) lastDay(loc *time.Location) int {
	if r.until == nil {
		return dayNumber(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC))
	}
	return dayNumber(r.until.digits) + slack
}

// takeAt takes the instance that starts at w, unless that is after until; then
// it reports that no more will come.
func (s *recurring) takeAt(w wallTime, until *wallTime) (more bool, reason string) {
	starts, reason := s.home.moment(w)
	if reason != "" || until != nil && s.over(w, starts, until) {
		return false, reason
	}
	if s.goneDays[dayNumber(w.digits)] || s.gone[starts.Unix()] {
		return true, ""
	}
	ends, reason := s.end(w, starts)
	s.taken.add(starts, ends)
	return true, reason
}

// over reports whether an instance is after until (RFC 5545 3.3.10). That may
// be a date for times, and a moment for dates, although neither should: the
// reading that keeps the last day is the one that is meant.
func (s *recurring) over(w wallTime, starts time.Time, until *wallTime) bool {
	switch {
	case until.day:
		return dayNumber(w.digits) > dayNumber(until.digits)
	case w.day && until.utc:
		return dayNumber(w.digits) > max(dayNumber(until.digits), dayNumber(until.digits.In(s.home.loc)))
	case until.utc:
		return starts.After(until.digits)
	}
	return w.digits.After(until.digits)
}

// end gives the end of an instance: as many days as the first, or exactly as
// long (RFC 5545 3.8.5.3).
func (s *recurring) end(w wallTime, starts time.Time) (time.Time, string) {
	t := &s.entry.times
	switch {
	case t.end == nil:
		return s.home.after(w, t.length)
	case t.start.day:
		days := max(1, dayNumber(t.end.digits)-dayNumber(t.start.digits))
		return s.home.after(w, period{days: days})
	}
	return starts.Add(s.exact), ""
}

// takeDate takes one RDATE: a date, a time, or a period of its own length.
func (s *recurring) takeDate(text, tzid string) (reason string) {
	first, second, isPeriod := strings.Cut(text, "/")
	w, ok := wallOf(first, tzid)
	if !ok || w.day != s.entry.times.start.day && !isPeriod {
		return "RDATE: " + quote(text) + " is no date or time as the start is"
	}
	if !isPeriod {
		_, reason = s.takeAt(w, nil)
		return reason
	}
	starts, reason := s.home.moment(w)
	if reason != "" || s.goneDays[dayNumber(w.digits)] || s.gone[starts.Unix()] {
		return reason
	}
	var ends time.Time
	if length, ok := periodOf(second); ok {
		ends, reason = s.home.after(w, length)
	} else if end, ok := wallOf(second, tzid); ok {
		ends, reason = s.home.moment(end)
	} else {
		return "RDATE: " + quote(text) + " is no period"
	}
	s.taken.add(starts, ends)
	return reason
}
