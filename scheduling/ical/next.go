package ical

import "time"

// NextDates gives for each event of a calendar that repeats, by the line where
// it begins, the first of its dates that starts after one moment and before
// another; one that has no length gets an hour. Days, and times without a
// zone, are read in zone (IANA). An event that has no such date, or whose rule is not understood, is not there. The
// work is bounded as for Busy, and so are the errors.
func NextDates(b []byte, zone string, after, until time.Time) (map[int]Span, error) {
	loc, err := LoadZone(zone)
	if err != nil {
		return nil, err
	}
	r := nextReader{next: map[int]Span{}}
	if err := readBlocks(b, MaxCalendar, r.see); err != nil {
		return nil, err
	}
	r.home, r.work = home{clocks: newClocks(r.zones), loc: loc}, budget{maxWork}
	moved := map[string][]wallTime{}
	for i := range r.entries {
		if e := &r.entries[i]; e.instance != nil {
			moved[e.uid] = append(moved[e.uid], *e.instance)
		}
	}
	for i := range r.entries {
		if e := &r.entries[i]; e.instance == nil && e.repeats() {
			r.taken = taken{from: after.UTC(), to: until.UTC()}
			r.take(e, moved)
			r.note(e.line)
		}
	}
	return r.next, nil
}

// A nextReader takes the dates of one event after the other, also of those
// that take no time.
type nextReader struct {
	busyReader
	next map[int]Span
}

func (r *nextReader) see(b *block) error {
	switch b.name {
	case "VTIMEZONE":
		r.zones = append(r.zones, b.kept())
	case "VEVENT":
		if e, fault := readBusy(b); fault == nil {
			e.times.lengthen()
			r.entries = append(r.entries, e)
		}
	}
	return nil
}

// lengthen gives what has no length an hour: it would take no time.
func (t *times) lengthen() {
	if t.end != nil && t.end.digits.Equal(t.start.digits) && t.end.tzid == t.start.tzid {
		t.end = nil
	}
	if t.end == nil && t.length == (period{}) {
		t.length.exact = time.Hour
	}
}

// note keeps the first date taken that starts within the window; one that is
// under way was cut off at its beginning.
func (r *nextReader) note(line int) {
	for _, s := range r.taken.spans {
		first, known := r.next[line]
		if s.Starts.After(r.taken.from) && (!known || s.Starts.Before(first.Starts)) {
			r.next[line] = s
		}
	}
}
