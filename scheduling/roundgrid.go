package scheduling

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The limits of a round's times. A solver's masks hold maxSlots.
const (
	maxSlots    = 256
	maxDays     = 31
	maxWindows  = 12 // of a day, and as many breaks
	slotStep    = 5  // minutes: slots begin, end and last in steps of it, as bookStep has them
	longestSlot = 240
)

// grid are the slots that r's days, windows and breaks come to: as many as fit
// one after another into each window, with the buffer between them, and after a
// break going on at its end. The slots of a window follow from it alone, so they
// stay what they are when another window comes or goes. Windows and breaks are
// times of r's wall clock; a slot lasts its minutes whatever the clock does
// meanwhile. The error is a *Problem that says everything that is wrong, with
// fields as "days.0.windows.1".
func (r *Round) grid() ([]Slot, error) {
	f := faults{}
	slots := r.slots(f)
	return slots, f.problem()
}

// slots is grid, noting in f what is wrong.
func (r *Round) slots(f faults) (all []Slot) {
	if !r.sayWhatSlots(f) {
		return nil
	}
	seen := map[string]bool{}
	for i, day := range r.Days {
		at := "days." + strconv.Itoa(i)
		date, err := time.Parse(time.DateOnly, day.Date)
		switch {
		case err != nil || date.Year() < 2000 || date.Year() > 2199:
			f.add(at+".date", "problem.date")
		case seen[day.Date]:
			f.add(at+".date", "round.day_twice")
		case len(day.Windows) == 0:
			f.add(at+".windows", "round.no_window")
		case len(day.Windows) > maxWindows || len(day.Breaks) > maxWindows:
			f.add(at+".windows", "problem.too_many")
		default:
			all = append(all, r.daySlots(f, at, date, day)...)
		}
		seen[day.Date] = true
	}
	if len(all) > maxSlots {
		f.add("days", "round.too_many_slots")
		return nil
	}
	slices.SortFunc(all, func(a, b Slot) int { return a.Starts.Compare(b.Starts) })
	return all
}

// sayWhatSlots checks what all days have in common.
func (r *Round) sayWhatSlots(f faults) (ok bool) {
	if r.Minutes < slotStep || r.Minutes > longestSlot || r.Minutes%slotStep != 0 {
		f.add("minutes", "round.minutes")
	}
	if r.Buffer < 0 || r.Buffer > longestSlot || r.Buffer%slotStep != 0 {
		f.add("buffer", "round.buffer")
	}
	switch {
	case len(r.Days) == 0:
		f.add("days", "round.no_days")
	case len(r.Days) > maxDays:
		f.add("days", "problem.too_many")
	}
	return f["minutes"] == "" && f["buffer"] == "" && f["days"] == ""
}

// A stretch is a time from one moment to another, end excluded.
type stretch struct{ from, to time.Time }

// daySlots are the slots of one day. Those of two windows keep the buffer too.
func (r *Round) daySlots(f faults, at string, date time.Time, day RoundDay) (out []Slot) {
	breaks := make([]stretch, 0, len(day.Breaks))
	for i, b := range day.Breaks {
		if s, ok := r.stretchOf(f, fmt.Sprintf("%s.breaks.%d", at, i), date, b); ok {
			breaks = append(breaks, s)
		}
	}
	buffer := time.Duration(r.Buffer) * time.Minute
	for i, w := range day.Windows {
		name := fmt.Sprintf("%s.windows.%d", at, i)
		s, ok := r.stretchOf(f, name, date, w)
		if !ok {
			continue
		}
		found := r.windowSlots(s, breaks)
		near := func(a Slot) bool {
			return slices.ContainsFunc(out, func(b Slot) bool {
				return a.Starts.Before(b.Ends.Add(buffer)) && b.Starts.Before(a.Ends.Add(buffer))
			})
		}
		switch {
		case len(found) == 0:
			f.add(name, "round.window_short")
		case slices.ContainsFunc(found, near):
			f.add(name, "round.windows_near")
		}
		out = append(out, found...)
	}
	return out
}

// windowSlots fills one window from its beginning.
func (r *Round) windowSlots(w stretch, breaks []stretch) (out []Slot) {
	length, buffer := time.Duration(r.Minutes)*time.Minute, time.Duration(r.Buffer)*time.Minute
	for at := w.from; !at.Add(length).After(w.to); {
		if end, hit := breakAt(breaks, stretch{at, at.Add(length)}); hit {
			at = end
			if n := len(out); n > 0 {
				at = later(at, out[n-1].Ends.Add(buffer))
			}
			continue
		}
		out = append(out, Slot{slotID(at), at.UTC(), at.Add(length).UTC()})
		at = at.Add(length + buffer)
	}
	return out
}

// breakAt gives the end of a break that touches the time.
func breakAt(breaks []stretch, s stretch) (end time.Time, hit bool) {
	for _, b := range breaks {
		if b.from.Before(s.to) && b.to.After(s.from) {
			return b.to, true
		}
	}
	return end, false
}

// stretchOf are the moments of a window or break on a day.
func (r *Round) stretchOf(f faults, field string, date time.Time, w Window) (s stretch, ok bool) {
	from, okFrom := clockMinutes(w.From)
	to, okTo := clockMinutes(w.To)
	switch {
	case !okFrom || !okTo || from == dayMinutes:
		f.add(field, "round.clock")
	case from%slotStep != 0 || to%slotStep != 0:
		f.add(field, "round.fives")
	case to <= from:
		f.add(field, "round.ends_before")
	default:
		var hasFrom, hasTo bool
		s.from, hasFrom = wallTime(date, from, r.Location())
		s.to, hasTo = wallTime(date, to, r.Location())
		if ok = hasFrom && hasTo; !ok {
			f.add(field, "round.clock_gap")
		}
	}
	return s, ok
}

const dayMinutes = 24 * 60

// clockMinutes are the minutes since midnight of "09:00", "9:00" and "24:00",
// the end of a day.
func clockMinutes(s string) (n int, ok bool) {
	h, m, _ := strings.Cut(s, ":")
	hour, err1 := strconv.ParseUint(h, 10, 8)
	minute, err2 := strconv.ParseUint(m, 10, 8)
	n = int(hour)*60 + int(minute)
	return n, err1 == nil && err2 == nil && len(h) <= 2 && len(m) == 2 && minute < 60 && n <= dayMinutes
}

// clockText is the usual form of a time of day, "09:00"; what is none stays.
func clockText(s string) string {
	n, ok := clockMinutes(s)
	if !ok {
		return s
	}
	return fmt.Sprintf("%02d:%02d", n/60, n%60)
}

// wallTime is when the wall clock of loc shows so many minutes of a date: the
// first time where it does twice. It never does where the clocks are put
// forward over it.
func wallTime(date time.Time, minutes int, loc *time.Location) (t time.Time, exists bool) {
	want := date.Add(time.Duration(minutes) * time.Minute).Format(time.DateTime)
	t = time.Date(date.Year(), date.Month(), date.Day(), 0, minutes, 0, 0, loc)
	for _, back := range []time.Duration{time.Hour, 30 * time.Minute, 0} {
		if first := t.Add(-back); first.Format(time.DateTime) == want {
			return first, true
		}
	}
	return t, false
}
