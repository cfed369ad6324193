package templates

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// loadCalendar reads the names of months and weekdays from the words.
func (l *Lang) loadCalendar() error {
	l.months = strings.Fields(l.plain["time.months"])
	l.weekdays = strings.Fields(l.plain["time.weekdays"])
	if len(l.months) != 12 || len(l.weekdays) != 7 {
		return fmt.Errorf("%s: time.months names %d months and time.weekdays %d days", l.code, len(l.months), len(l.weekdays))
	}
	return nil
}

var locations sync.Map // IANA name → *time.Location

// location is the zone of an IANA name; UTC if there is no such name.
func location(zone string) *time.Location {
	if loc, ok := locations.Load(zone); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.UTC // not kept: names may come from anywhere
	}
	locations.Store(zone, loc)
	return loc
}

// Zone names a zone by its city, as the language calls it; UTC for a name that
// is none, because that is how its times are then shown.
func (l *Lang) Zone(zone string) string {
	loc := location(zone)
	if loc == time.UTC {
		return "UTC"
	}
	if s, ok := l.plain["city."+zone]; ok {
		return s
	}
	return strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
}

// When is a moment on the wall clock of zone, an IANA name:
// "Thu 14 Jan 2027, 09:00 (Helsinki)".
func (l *Lang) When(t time.Time, zone string) string {
	if t.IsZero() {
		return ""
	}
	return l.Text("time.when", "day", l.Day(t, zone), "clock", l.Clock(t, zone), "zone", l.Zone(zone))
}

// Day is the date of a moment on the calendar of zone: "Thu 14 Jan 2027".
func (l *Lang) Day(t time.Time, zone string) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(location(zone))
	return l.Text("time.day", "weekday", l.weekdays[t.Weekday()], "day", t.Day(),
		"month", l.months[t.Month()-1], "monthno", int(t.Month()), "year", strconv.Itoa(t.Year()))
}

// ShortDay is Day without the year, for columns whose heading has it: "Thu 14 Jan".
func (l *Lang) ShortDay(t time.Time, zone string) string {
	t = t.In(location(zone))
	return l.Text("time.shortday", "weekday", l.weekdays[t.Weekday()], "day", t.Day(),
		"month", l.months[t.Month()-1], "monthno", int(t.Month()))
}

// Clock is the bare time of day, for columns that name the zone elsewhere: "09:00".
func (l *Lang) Clock(t time.Time, zone string) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(location(zone))
	return l.Text("time.clock", "hour", t.Hour(), "hour2", fmt.Sprintf("%02d", t.Hour()), "minute", fmt.Sprintf("%02d", t.Minute()))
}

// Range is from one moment to another on the wall clock of zone:
// "Thu 14 Jan 2027, 09:00–16:30 (Helsinki)". One that ends on another day
// names both days.
func (l *Lang) Range(from, to time.Time, zone string) string {
	if from.IsZero() || to.IsZero() || from.Equal(to) {
		return l.When(from, zone)
	}
	args := []any{"day", l.Day(from, zone), "from", l.Clock(from, zone), "to", l.Clock(to, zone), "zone", l.Zone(zone)}
	if sameDay(from, to, zone) {
		return l.Text("time.range", args...)
	}
	return l.Text("time.range_days", append(args, "lastday", l.Day(to, zone))...)
}

// ClockRange is Range without the day and the zone: "09:00–16:30".
func (l *Lang) ClockRange(from, to time.Time, zone string) string {
	if to.IsZero() || from.Equal(to) {
		return l.Clock(from, zone)
	}
	return l.Clock(from, zone) + "–" + l.Clock(to, zone)
}

// Between is from a moment in one zone to a moment in another, as a flight is:
// "Thu 14 Jan 2027, 07:00 Helsinki → 10:20 Madrid, 4 h 20 min".
func (l *Lang) Between(from time.Time, fromZone string, to time.Time, toZone string) string {
	if fromZone == toZone {
		return l.Range(from, to, fromZone)
	}
	end := l.Clock(to, toZone)
	if from.In(location(fromZone)).Format(time.DateOnly) != to.In(location(toZone)).Format(time.DateOnly) {
		end = l.Text("time.day_clock", "day", l.Day(to, toZone), "clock", end)
	}
	start := l.Text("time.day_clock", "day", l.Day(from, fromZone), "clock", l.Clock(from, fromZone))
	return start + " " + l.Zone(fromZone) + " → " + end + " " + l.Zone(toZone) + ", " + l.Duration(to.Sub(from))
}

// Days is a range of whole days on the calendar of zone; until is the first
// moment after it, as calendars count: "Thu 14 Jan 2027 – Sat 16 Jan 2027".
func (l *Lang) Days(from, until time.Time, zone string) string {
	last := until.Add(-time.Nanosecond)
	if !last.After(from) || sameDay(from, last, zone) {
		return l.Day(from, zone)
	}
	return l.Day(from, zone) + " – " + l.Day(last, zone)
}

// Dates is Days of two dates as they were typed, 2006-01-02, the last one
// included: no zone moves them. What is no date is left as it is.
func (l *Lang) Dates(from, until string) string {
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return from
	}
	last, err := time.Parse(time.DateOnly, until)
	if err != nil {
		return l.Day(first, "UTC")
	}
	return l.Days(first, last.AddDate(0, 0, 1), "UTC")
}

// Date is a date as people typed it, 2006-01-02, in words: "Thu 14 Jan 2027".
// What is no date stays as it is.
func (l *Lang) Date(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return l.Day(day, "UTC")
}

// Month is "January 2027", the head of a month grid.
func (l *Lang) Month(t time.Time, zone string) string {
	t = t.In(location(zone))
	names := strings.Fields(l.plain["time.month_names"])
	return l.Text("time.month", "month", names[(int(t.Month())-1)%len(names)], "year", strconv.Itoa(t.Year()))
}

// Weekdays are the short names from Monday on.
func (l *Lang) Weekdays() []string {
	return append(append([]string{}, l.weekdays[1:]...), l.weekdays[0])
}

// Duration is "4 h 20 min", "45 min" or "3 d 2 h": two units are enough.
func (l *Lang) Duration(d time.Duration) string {
	d = d.Round(time.Minute)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	var parts []string
	add := func(n int, key string) {
		if n > 0 && len(parts) < 2 {
			parts = append(parts, l.Text(key, "count", n))
		}
	}
	add(days, "time.days")
	add(hours, "time.hours")
	if days == 0 || hours == 0 {
		add(minutes, "time.minutes")
	}
	if len(parts) == 0 {
		return l.Text("time.minutes", "count", 0)
	}
	return strings.Join(parts, " ")
}

func sameDay(a, b time.Time, zone string) bool {
	loc := location(zone)
	return a.In(loc).Format(time.DateOnly) == b.In(loc).Format(time.DateOnly)
}
