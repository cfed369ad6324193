package ical

import (
	"slices"
	"strings"
	"time"
)

// A Span is time from Starts until just before Ends, in UTC.
type Span struct{ Starts, Ends time.Time }

const (
	// maxWork is the budget for the repeating entries of a calendar: 2,700 that
	// go on all through a year. maxEntryWork is that for one of them, 270 years
	// of days: a rule with a number of times must be counted from its start.
	maxWork      = 1_000_000
	maxEntryWork = 100_000
	// maxSpans is how many separate times somebody can be busy; a quarter of
	// an hour of every hour would be that for 20 years.
	maxSpans = 200_000
)

// Busy gives the times between from and to in which the owner of a calendar of
// at most MaxCalendar is busy, sorted and apart from each other. Days, and
// times without a zone, are read in zone (IANA).
//
// Cancelled, transparent and free entries take no time; a day that is taken is
// so from midnight to midnight. Repeating entries are told one by one, moved
// and cancelled instances as they are. What is not understood is not guessed:
// it is skipped, takes no time, and is told (a hundred at most, with one more
// that says how many there are beyond); where only an exception is not
// understood, the time it would have freed stays taken. The error, a *ReadError
// unless zone is unknown, is for a file that is none or of which a part is
// missing. The work is bounded, whatever the file says.
func Busy(b []byte, zone string, from, to time.Time) (spans []Span, skipped []*ReadError, err error) {
	loc, err := LoadZone(zone)
	if err != nil {
		return nil, nil, err
	}
	r := busyReader{taken: taken{from: from.UTC(), to: to.UTC()}}
	if err := readBlocks(b, MaxCalendar, r.see); err != nil {
		return nil, nil, err
	}
	r.home = home{clocks: newClocks(r.zones), loc: loc}
	r.work = budget{maxWork}
	r.settle()
	if r.taken.full {
		return nil, nil, unreadable(0, "the calendar has more than %d busy times", maxSpans)
	}
	return r.taken.merged(), r.faults.all(), nil
}

// A busyReader keeps the entries until all is read: zones and moved instances
// may stand after what they belong to.
type busyReader struct {
	home    home
	entries []busyEntry
	zones   []block
	seen    int // of entries, those of calendars that have come to their end
	taken   taken
	faults  faults
	work    budget
}

// A busyEntry is an entry, as far as it matters for when it is.
type busyEntry struct {
	uid      string
	line     int
	times    times
	instance *wallTime // which one of the series this is instead of
	free     bool
	rules    []repetition
	more     []contentLine // RDATE
	except   []contentLine // EXDATE
}

func (e *busyEntry) repeats() bool { return len(e.rules)+len(e.more) > 0 }

func (r *busyReader) see(b *block) error {
	switch b.name {
	case "VCALENDAR":
		r.head(b)
	case "VTIMEZONE":
		r.zones = append(r.zones, b.kept())
	case "VEVENT":
		e, fault := readBusy(b)
		switch {
		case fault != nil:
			r.faults.add(fault)
		case !e.free || e.instance != nil:
			r.entries = append(r.entries, e)
		}
	case "VFREEBUSY":
		r.freeBusy(b)
	}
	return nil
}

// head frees all entries of a calendar that says they are cancelled.
func (r *busyReader) head(b *block) {
	if b.fault != nil {
		r.faults.add(b.fault)
	}
	if strings.EqualFold(b.value("METHOD"), string(Cancel)) {
		for i := range r.entries[r.seen:] {
			r.entries[r.seen+i].free = true
		}
	}
	r.seen = len(r.entries)
}

func readBusy(b *block) (e busyEntry, fault *ReadError) {
	if b.fault != nil {
		return e, b.fault
	}
	e.line, e.uid = b.line, b.value("UID")
	if e.times, fault = b.times(); fault != nil {
		return e, fault
	}
	e.free = b.status() == Cancelled || strings.EqualFold(b.value("TRANSP"), "TRANSPARENT") ||
		strings.EqualFold(b.value("X-MICROSOFT-CDO-BUSYSTATUS"), "FREE")
	if l := b.get("RECURRENCE-ID"); l != nil {
		w, fault := l.wall()
		if fault == nil && l.param("RANGE") != "" {
			fault = unreadable(l.number, "RECURRENCE-ID changes all instances from one on, which is not understood")
		}
		e.instance = &w
		return e, fault
	}
	return e, e.readRepetition(b)
}

func (e *busyEntry) readRepetition(b *block) *ReadError {
	for _, l := range b.all("RRULE") {
		rule, reason := parseRepetition(l.value)
		if reason != "" {
			return unreadable(l.number, "RRULE: %s", reason)
		}
		if !rule.keepsTime(e.times.start) {
			return unreadable(l.number, "RRULE: the rule is for another time of day than the start")
		}
		e.rules = append(e.rules, rule)
	}
	if l := b.get("EXRULE"); l != nil {
		return unreadable(l.number, "EXRULE is not understood")
	}
	e.more, e.except = b.all("RDATE"), b.all("EXDATE")
	return nil
}

// freeBusy takes the times of a VFREEBUSY (RFC 5545 3.8.2.6), which are in UTC.
func (r *busyReader) freeBusy(b *block) {
	if b.fault != nil {
		r.faults.add(b.fault)
		return
	}
	for _, l := range b.all("FREEBUSY") {
		if strings.EqualFold(l.param("FBTYPE"), "FREE") {
			continue // any other word counts as busy (3.2.9)
		}
		for s := range strings.SplitSeq(l.value, ",") {
			starts, ends, ok := utcPeriod(strings.TrimSpace(s))
			if !ok {
				r.faults.add(unreadable(l.number, "FREEBUSY: %s is no period as 20261024T060000Z/PT1H", quote(s)))
				break
			}
			r.taken.add(starts, ends)
		}
	}
}

func utcPeriod(s string) (starts, ends time.Time, ok bool) {
	first, second, _ := strings.Cut(s, "/")
	start, ok := wallOf(first, "")
	if !ok || !start.utc {
		return starts, ends, false
	}
	if length, ok := periodOf(second); ok {
		return start.digits, start.digits.AddDate(0, 0, length.days).Add(length.exact), true
	}
	end, ok := wallOf(second, "")
	return start.digits, end.digits, ok && end.utc
}

// settle takes the times of all entries. Instances that are moved or cancelled
// leave their place in the series with the same UID.
func (r *busyReader) settle() {
	moved := map[string][]wallTime{}
	for i := range r.entries {
		if e := &r.entries[i]; e.instance != nil {
			moved[e.uid] = append(moved[e.uid], *e.instance)
		}
	}
	for i := range r.entries {
		e := &r.entries[i]
		if e.free || r.taken.full {
			continue
		}
		reason := r.take(e, moved)
		if reason != "" {
			r.faults.add(unreadable(e.line, "the entry %s: %s", quote(e.uid), reason))
		}
	}
}

func (r *busyReader) take(e *busyEntry, moved map[string][]wallTime) (reason string) {
	starts, ends, reason := r.home.span(&e.times)
	if reason != "" {
		return reason
	}
	if e.instance != nil || !e.repeats() {
		r.taken.add(starts, ends)
		return ""
	}
	granted := min(maxEntryWork, r.work.left)
	s := recurring{home: &r.home, entry: e, taken: &r.taken, work: budget{granted}, exact: ends.Sub(starts)}
	s.leave(moved[e.uid]) // without a UID, what cannot be told apart is one series
	if err := s.leaveLines(e.except); err != nil {
		r.faults.add(err)
	}
	reason = s.take()
	r.work.left -= granted - s.work.left
	return reason
}

// Taken collects times within a window.
type taken struct {
	from, to time.Time
	spans    []Span
	room     int // when to merge next
	full     bool
}

func (t *taken) add(starts, ends time.Time) {
	if starts.Before(t.from) {
		starts = t.from
	}
	if ends.After(t.to) {
		ends = t.to
	}
	if !starts.Before(ends) || t.full {
		return
	}
	if len(t.spans) >= max(t.room, 1024) {
		t.spans = t.merged()
		t.room = 2 * len(t.spans)
		t.full = len(t.spans) > maxSpans
	}
	t.spans = append(t.spans, Span{starts.UTC(), ends.UTC()})
}

// merged gives the times sorted, those that touch as one.
func (t *taken) merged() []Span {
	slices.SortFunc(t.spans, func(a, b Span) int { return a.Starts.Compare(b.Starts) })
	merged := t.spans[:0]
	for _, s := range t.spans {
		if last := len(merged) - 1; last >= 0 && !s.Starts.After(merged[last].Ends) {
			if s.Ends.After(merged[last].Ends) {
				merged[last].Ends = s.Ends
			}
			continue
		}
		merged = append(merged, s)
	}
	return merged
}
