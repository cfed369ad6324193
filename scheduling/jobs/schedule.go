package jobs

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// parse reads a schedule: a cron line of five fields or a name like @daily, on
// the clocks of zone, or "@every 10m".
func parse(line string, zone *time.Location) (cron.Schedule, error) {
	if interval, ok := strings.CutPrefix(line, "@every "); ok {
		d, err := time.ParseDuration(strings.TrimSpace(interval))
		if err != nil || d < time.Second || d%time.Second != 0 {
			return nil, fmt.Errorf("%q is no interval of whole seconds", line)
		}
		return every(d), nil
	}
	if strings.Contains(line, "TZ=") {
		return nil, fmt.Errorf("%q: the zone is the same for all jobs", line)
	}
	s, err := cron.ParseStandard(line)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", line, err)
	}
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%q never comes", line)
	}
	return onClock(s, zone)
}

// every is an interval counted from a fixed moment, not from the start of the
// program, so that all servers mean the same slots.
type every time.Duration

func (e every) Next(t time.Time) time.Time {
	return t.Truncate(time.Duration(e)).Add(time.Duration(e))
}

// A wallClock runs jobs that have an hour of the day once a day for each time
// in their line, also on the two days of the year when clocks are set: a time
// that is left out comes when the clock is put forward, a time that comes twice
// counts the first time. (cron alone would skip the one and repeat the other.)
type wallClock struct {
	lines cron.Schedule
	zone  *time.Location
}

// A steady schedule runs in every hour, so also in one that comes twice.
type steady struct{ wallClock }

const allHours = 1<<24 - 1

func onClock(s cron.Schedule, zone *time.Location) (cron.Schedule, error) {
	lines, ok := s.(*cron.SpecSchedule)
	if !ok {
		return nil, errors.New("not a cron line")
	}
	if lines.Hour&allHours == allHours {
		return steady{wallClock{s, zone}}, nil
	}
	return wallClock{s, zone}, nil
}

func (s steady) Next(t time.Time) time.Time { return s.lines.Next(t.In(s.zone)) }

// Next goes through the times of the line as numbers on a clock that is never
// set, and takes the first whose moment is still to come.
func (s wallClock) Next(t time.Time) time.Time {
	wall := t.In(s.zone)
	next := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, time.UTC)
	for {
		if next = s.lines.Next(next); next.IsZero() {
			return next
		}
		if at := moment(next, s.zone); at.After(t) {
			return at
		}
	}
}

// moment is when the clocks of a zone first show a time, or when they are put
// forward past it.
func moment(wall time.Time, zone *time.Location) time.Time {
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	start, end := at.ZoneBounds()
	switch shown := shownBy(at); {
	case shown.Before(wall):
		return end
	case shown.After(wall):
		return start
	case start.IsZero():
		return at
	}
	_, before := start.Add(-time.Second).Zone()
	earlier := wall.Add(-time.Duration(before) * time.Second).In(zone)
	if earlier.Before(at) && shownBy(earlier).Equal(wall) {
		return earlier
	}
	return at
}

// shownBy is what the clock shows at t, as if it were UTC.
func shownBy(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// latest is the last slot up to now, none if that is more than a day ago.
func latest(s cron.Schedule, now time.Time) time.Time {
	for _, back := range []time.Duration{time.Minute, time.Hour, 25 * time.Hour} {
		var last time.Time
		for t := s.Next(now.Add(-back)); !t.IsZero() && !t.After(now); t = s.Next(t) {
			last = t
		}
		if !last.IsZero() {
			return last
		}
	}
	return time.Time{}
}
