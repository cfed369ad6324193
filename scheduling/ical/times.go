package ical

import (
	"strings"
	"time"
)

// Times are when a foreign entry is, as it is written there.
type times struct {
	start  wallTime
	end    *wallTime // nil where length says it
	length period    // of a day, if nothing says more about a date
}

// times reads DTSTART with DTEND or DURATION (RFC 5545 3.6.1).
func (b *block) times() (t times, fault *ReadError) {
	start := b.get("DTSTART")
	if start == nil {
		return t, unreadable(b.line, "the %s has no DTSTART", clip(b.name))
	}
	if t.start, fault = start.wall(); fault != nil {
		return t, fault
	}
	if end := b.get("DTEND"); end != nil {
		w, fault := end.wall()
		if fault == nil {
			fault = t.checkEnd(w, end)
		}
		t.end = &w
		return t, fault
	}
	if t.start.day {
		t.length.days = 1
	}
	if l := b.get("DURATION"); l != nil {
		fault = t.setLength(l)
	}
	return t, fault
}

func (t *times) checkEnd(end wallTime, l *contentLine) *ReadError {
	switch {
	case end.day != t.start.day:
		return unreadable(l.number, "one of DTSTART and DTEND is a date and the other a time")
	case end.floating() != t.start.floating():
		return unreadable(l.number, "one of DTSTART and DTEND has a time zone and the other has none")
	case (end.day || end.floating() || end.tzid == t.start.tzid) && end.digits.Before(t.start.digits):
		return unreadable(l.number, "DTEND is before DTSTART")
	}
	return nil
}

func (t *times) setLength(l *contentLine) *ReadError {
	p, ok := periodOf(strings.TrimSpace(l.value))
	if !ok || t.start.day && p.exact != 0 {
		return unreadable(l.number, "DURATION: %s is no length as PT1H30M or P1D", quote(l.value))
	}
	if p.days > 0 || !t.start.day {
		t.length = p
	}
	return nil
}

func (w wallTime) floating() bool { return !w.day && !w.utc && w.tzid == "" }

// A home is where a file is read: what it has of clocks, and the place whose
// clock floating times and days are on.
type home struct {
	*clocks
	loc *time.Location
}

// moment gives the instant of a wall time; a date is its first moment. The
// reason says why there is none.
func (h *home) moment(w wallTime) (at time.Time, reason string) {
	if w.day || w.floating() {
		return readAt(w.digits, h.loc), ""
	}
	if at, ok := h.instant(w); ok {
		return at, ""
	}
	if h.work.left < 0 {
		return at, "the time zones of the file take too much work to read"
	}
	return at, "the time zone " + quote(w.tzid) + " is not known, and the file does not say what it is"
}

// span gives the moments of t.
func (h *home) span(t *times) (starts, ends time.Time, reason string) {
	starts, ends, reason = h.bounds(t)
	switch {
	case reason != "":
	case ends.Before(starts):
		reason = "it ends before it starts"
	case ends.Sub(starts) > maxPeriod*24*time.Hour:
		reason = "it lasts longer than a hundred years"
	}
	return starts, ends, reason
}

func (h *home) bounds(t *times) (starts, ends time.Time, reason string) {
	if starts, reason = h.moment(t.start); reason != "" {
		return starts, ends, reason
	}
	if t.end == nil {
		ends, reason = h.after(t.start, t.length)
		return starts, ends, reason
	}
	end := *t.end
	if end.day && end.digits.Equal(t.start.digits) { // a frequent mistake for one day
		end.digits = end.digits.AddDate(0, 0, 1)
	}
	ends, reason = h.moment(end)
	return starts, ends, reason
}

// after gives the moment that comes a period after a wall time: its days are
// days on that clock (RFC 5545 3.3.6).
func (h *home) after(w wallTime, p period) (time.Time, string) {
	w.digits = w.digits.AddDate(0, 0, p.days)
	at, reason := h.moment(w)
	return at.Add(p.exact), reason
}

// faults are what cannot be read in a file.
type faults struct {
	list []*ReadError
	more int
}

func (f *faults) add(e *ReadError) {
	if len(f.list) == maxFaults {
		f.more++
		return
	}
	f.list = append(f.list, e)
}

// all gives the faults, the last one standing for those there is no room for.
func (f *faults) all() []*ReadError {
	if f.more > 0 {
		return append(f.list, unreadable(0, "%d more entries cannot be read", f.more))
	}
	return f.list
}
