package ical

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// MaxInstances is how often a series can come at most.
const MaxInstances = 400

// A Repeat is the rule by which something comes again (RFC 5545 3.3.10), of
// which it has what every client takes alike. It is meant on the clock and in
// the calendar of the zone where it starts: what comes at nine comes at nine
// also after the clocks are set.
type Repeat struct {
	Freq     Frequency
	Interval int // every so many days, weeks, months or years; 0 is 1
	// Days are the weekdays of a weekly repeat; none means that of the start.
	// For a monthly or yearly one it is one nth weekday in the month.
	Days []Day
	// MonthDay is the day of the month of a monthly or yearly repeat that has
	// no Days: 1 to 28, or -1 for the last; 0 means that of the start. What
	// does not come in every month (the 31st) some clients leave out there and
	// others move, so it is refused. A yearly repeat stays in the month of the
	// start and may have each day that always comes there.
	MonthDay int
	// Until is any moment of the last day on which an instance may start.
	Until time.Time
}

// A Frequency is the unit of a Repeat.
type Frequency string

// How often something comes again.
const (
	Daily   Frequency = "DAILY"
	Weekly  Frequency = "WEEKLY"
	Monthly Frequency = "MONTHLY"
	Yearly  Frequency = "YEARLY"
)

// A Day is a weekday or, for a monthly or yearly Repeat, the Nth one in the
// month: 1 to 4, or -1 for the last. The fifth does not come in every month.
type Day struct {
	Weekday time.Weekday
	Nth     int
}

// Check says what keeps r from being the rule of something that starts at
// start, which has to be its first instance, or nil.
func (r *Repeat) Check(start time.Time, zone string) error {
	loc, err := LoadZone(zone)
	if err != nil {
		return err
	}
	_, err = r.instances(start, loc)
	return err
}

// Instances are the starts from from until before to, in the zone given; at
// most MaxInstances of them. A rule without Until goes on. There are none where
// the rule or the zone makes no sense, as Check says. In the hour that comes
// twice in the autumn the first is meant, and what falls into the hour that is
// left out in the spring comes so much later (RFC 5545 3.3.5).
func (r *Repeat) Instances(start time.Time, zone string, from, to time.Time) []time.Time {
	loc, err := LoadZone(zone)
	if err != nil {
		return nil
	}
	all, err := r.from(start, loc)
	if err != nil {
		return nil
	}
	var some []time.Time
	for at := range all {
		if !at.Before(to) || len(some) == MaxInstances {
			break
		}
		if !at.Before(from) {
			some = append(some, at)
		}
	}
	return some
}

// instances are those of a rule that has an end and begins with its start.
func (r *Repeat) instances(start time.Time, loc *time.Location) ([]time.Time, error) {
	all, err := r.from(start, loc)
	if err != nil {
		return nil, err
	}
	if r.Until.IsZero() {
		return nil, errors.New("the series has no last day")
	}
	var some []time.Time
	for at := range all {
		if len(some) == MaxInstances {
			return nil, fmt.Errorf("the series has more than %d instances", MaxInstances)
		}
		some = append(some, at)
	}
	if len(some) == 0 || !some[0].Equal(start.Truncate(time.Second)) {
		return nil, errors.New("the start is no instance of its own rule")
	}
	return some, nil
}

// from gives the instances one by one. The library counts days in UTC, where
// no clock is set; which moment a clock then shows is told here.
func (r *Repeat) from(start time.Time, loc *time.Location) (iter.Seq[time.Time], error) {
	if !inRange(start) {
		return nil, fmt.Errorf("the start is not between %d and %d", firstYear, lastYear)
	}
	start = start.In(loc).Truncate(time.Second)
	first := wall(start)
	option, err := r.option(first)
	if err != nil {
		return nil, err
	}
	rule, err := rrule.NewRRule(option)
	if err != nil {
		return nil, err
	}
	return func(yield func(time.Time) bool) {
		next := rule.Iterator()
		last := time.Time{}
		for w, ok := next(); ok && r.reaches(w, loc); w, ok = next() {
			at := onClock(w, loc)
			if w.Equal(first) {
				at = start // the second, maybe, of an hour that comes twice
			}
			if !at.After(last) {
				continue // a whole day is left out, as in Samoa in 2011
			}
			if !inRange(at) || !yield(at) {
				return
			}
			last = at
		}
	}, nil
}

func (r *Repeat) reaches(w time.Time, loc *time.Location) bool {
	return r.Until.IsZero() || !day(w).After(day(r.Until.In(loc)))
}

// option is r for the library, with everything said that was left to the start.
func (r *Repeat) option(start time.Time) (rrule.ROption, error) {
	o := rrule.ROption{Dtstart: start, Interval: max(r.Interval, 1)}
	if r.Interval < 0 || r.Interval > 99 {
		return o, fmt.Errorf("an interval of %d is not between 1 and 99", r.Interval)
	}
	if r.MonthDay != 0 && (len(r.Days) > 0 || r.Freq == Daily || r.Freq == Weekly) {
		return o, errors.New("a day of the month does not go with weekdays or weeks")
	}
	switch r.Freq {
	case Daily:
		o.Freq = rrule.DAILY
		if len(r.Days) > 0 {
			return o, errors.New("weekdays need a weekly rule")
		}
	case Weekly:
		o.Freq = rrule.WEEKLY
		return o, r.inWeek(&o)
	case Monthly:
		o.Freq = rrule.MONTHLY
		return o, r.inMonth(&o, 28)
	case Yearly:
		o.Freq, o.Bymonth = rrule.YEARLY, []int{int(start.Month())}
		return o, r.inMonth(&o, shortest(start.Month()))
	default:
		return o, fmt.Errorf("unknown frequency %q", string(r.Freq))
	}
	return o, nil
}

// shortest is how many days a month always has.
func shortest(m time.Month) int { return time.Date(2001, m+1, 0, 0, 0, 0, 0, time.UTC).Day() }

func (r *Repeat) inWeek(o *rrule.ROption) error {
	days := r.Days
	if len(days) == 0 {
		days = []Day{{Weekday: o.Dtstart.Weekday()}}
	}
	days = slices.SortedFunc(slices.Values(days), func(a, b Day) int { return cmp.Compare(fromMonday(a), fromMonday(b)) })
	for i, d := range days {
		switch {
		case d.Weekday < time.Sunday || d.Weekday > time.Saturday:
			return fmt.Errorf("there is no weekday %d", d.Weekday)
		case d.Nth != 0:
			return errors.New("a week has each weekday once")
		case i > 0 && d == days[i-1]:
			return fmt.Errorf("%s is named twice", d.Weekday)
		}
		o.Byweekday = append(o.Byweekday, weekdays[d.Weekday])
	}
	return nil
}

func fromMonday(d Day) int { return (int(d.Weekday) + 6) % 7 }

// weekdays are those of the library; time.Weekday counts from Sunday.
var weekdays = [...]rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}

// inMonth takes one nth weekday, since Outlook knows no two in a month, or one
// day up to last.
func (r *Repeat) inMonth(o *rrule.ROption, last int) error {
	if len(r.Days) > 0 {
		d := r.Days[0]
		if len(r.Days) > 1 || d.Weekday < time.Sunday || d.Weekday > time.Saturday || d.Nth != -1 && (d.Nth < 1 || d.Nth > 4) {
			return errors.New("a month has one weekday, which is its first to fourth or its last")
		}
		o.Byweekday = []rrule.Weekday{weekdays[d.Weekday].Nth(d.Nth)}
		return nil
	}
	n := r.MonthDay
	if n == 0 {
		n = o.Dtstart.Day()
	}
	if n != -1 && (n < 1 || n > last) {
		return fmt.Errorf("day %d does not come every time; -1 is the last day of the month", n)
	}
	o.Bymonthday = []int{n}
	return nil
}

// ruleText writes the value of RRULE but for its UNTIL. The library would leave
// out the start of the week, which decides where two weeks are counted from,
// and write UNTIL for an all-day series as no client may read it.
func ruleText(o rrule.ROption, freq Frequency) string {
	parts := []string{"FREQ=" + string(freq)}
	if o.Interval > 1 {
		parts = append(parts, "INTERVAL="+strconv.Itoa(o.Interval))
	}
	for _, m := range o.Bymonth {
		parts = append(parts, "BYMONTH="+strconv.Itoa(m))
	}
	for _, d := range o.Bymonthday {
		parts = append(parts, "BYMONTHDAY="+strconv.Itoa(d))
	}
	if len(o.Byweekday) > 0 {
		days := make([]string, len(o.Byweekday))
		for i, d := range o.Byweekday {
			days[i] = dayText(d)
		}
		parts = append(parts, "BYDAY="+strings.Join(days, ","))
	}
	if freq == Weekly && o.Interval > 1 {
		parts = append(parts, "WKST=MO")
	}
	return strings.Join(parts, ";")
}

func dayText(d rrule.Weekday) string {
	name := [...]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}[d.Day()]
	if d.N() == 0 {
		return name
	}
	return strconv.Itoa(d.N()) + name
}

// wall is what the clock shows at t, as if it were UTC.
func wall(t time.Time) time.Time {
	y, mon, d := t.Date()
	h, m, s := t.Clock()
	return time.Date(y, mon, d, h, m, s, 0, time.UTC)
}

// onClock is the moment at which the clocks of a zone show w: the first of two,
// and what an unset clock would show where they never do (RFC 5545 3.3.5).
// time.Date promises neither.
func onClock(w time.Time, loc *time.Location) time.Time {
	y, mon, d := w.Date()
	h, m, s := w.Clock()
	t := time.Date(y, mon, d, h, m, s, 0, loc)
	if missed := w.Sub(wall(t)); missed != 0 {
		return t.Add(max(missed, 0))
	}
	start, _ := t.ZoneBounds()
	if !start.IsZero() && t.Sub(start) < lost(start) {
		return t.Add(-lost(start))
	}
	return t
}
