package ical

import (
	"strings"
	"time"
)

// A foreignClock turns the wall times of a file into moments: by the rules of a
// zone that we know, or else by those that the file itself brings.
type foreignClock struct {
	zone   string // IANA; "" if the file's own rules are all there is
	loc    *time.Location
	onsets []onset
}

// An onset is a STANDARD or DAYLIGHT of a VTIMEZONE: from when on, on the clock
// as it was before, the offset is another one.
type onset struct {
	first    time.Time // wall time, as if UTC
	more     []time.Time
	yearly   *repetition
	from, to int // seconds east of UTC
}

// clocks are the clocks of one file.
type clocks struct {
	blocks map[string]*block        // the VTIMEZONEs by name
	known  map[string]*foreignClock // by name; nil for one that is not understood
	work   budget
}

const (
	// maxZones is how many names of zones are looked up for a file. Each may
	// cost a dozen looks into the system's zone files.
	maxZones = 200
	// maxOnsets is how many rules a zone may have; Casablanca, whose clocks
	// follow the moon, has 200.
	maxOnsets = 500
	// maxZoneWork is the budget for reading wall times by rules of the file. An
	// ordinary zone takes 180 days' worth for each time.
	maxZoneWork = 10_000_000
)

func newClocks(zones []block) *clocks {
	c := &clocks{blocks: make(map[string]*block, len(zones)), known: map[string]*foreignClock{}, work: budget{maxZoneWork}}
	for i := range zones {
		name := zoneName(zones[i].value("TZID"))
		if _, twice := c.blocks[name]; !twice && name != "" {
			c.blocks[name] = &zones[i]
		}
	}
	return c
}

// zoneName makes a TZID comparable, wherever it stands: as a property it is
// escaped, as a parameter it is not, but may be.
func zoneName(s string) string { return strings.Trim(unescape(s), "\" \t") }

// instant gives the moment of a wall time; false for a date, a floating time,
// or a clock that is not known.
func (c *clocks) instant(w wall) (time.Time, bool) {
	switch {
	case w.day:
		return time.Time{}, false
	case w.utc:
		return w.digits, true
	case w.tzid == "":
		return time.Time{}, false
	}
	k := c.get(w.tzid)
	if k == nil {
		return time.Time{}, false
	}
	return k.instant(w.digits, &c.work)
}

// get finds a clock by its name in the file, or nil.
func (c *clocks) get(tzid string) *foreignClock {
	name := zoneName(tzid)
	if k, ok := c.known[name]; ok {
		return k
	}
	if len(c.known) == maxZones {
		return nil
	}
	k := c.find(name)
	c.known[name] = k
	return k
}

func (c *clocks) find(name string) *foreignClock {
	if zone, ok := zoneOf(name); ok {
		return zoneClock(zone)
	}
	b := c.blocks[name]
	if b == nil || b.fault != nil {
		return nil
	}
	if zone, ok := zoneOf(b.value("X-LIC-LOCATION")); ok {
		return zoneClock(zone)
	}
	return ownClock(b)
}

func zoneClock(zone string) *foreignClock {
	loc, err := LoadZone(zone)
	if err != nil {
		return nil
	}
	return &foreignClock{zone: zone, loc: loc}
}

func (k *foreignClock) instant(digits time.Time, work *budget) (time.Time, bool) {
	if k.loc != nil {
		return readAt(digits, k.loc), true
	}
	east, ok := k.offset(digits, work)
	return digits.Add(-time.Duration(east) * time.Second), ok
}

// readAt gives the moment at which the clock of a zone shows digits. Of a time
// that comes twice it is the first; a time that is skipped is read by the
// offset before (RFC 5545 3.3.5). In both cases that is the offset of before
// the clock is set, while time.Date promises neither.
func readAt(digits time.Time, loc *time.Location) time.Time {
	wall := digits.Unix()
	_, before := time.Unix(wall-secondsADay, 0).In(loc).Zone()
	old := time.Unix(wall-int64(before), 0).In(loc)
	_, after := old.Zone()
	if after == before {
		return old.UTC()
	}
	at := time.Unix(wall-int64(after), 0).In(loc)
	if _, there := at.Zone(); there == after {
		return at.UTC()
	}
	return old.UTC()
}

// ownClock reads the rules of a VTIMEZONE, or gives nil if it makes no sense.
func ownClock(zone *block) *foreignClock {
	if len(zone.inner) == 0 || len(zone.inner) > maxOnsets {
		return nil
	}
	k := &foreignClock{}
	for i := range zone.inner {
		o, ok := readOnset(&zone.inner[i])
		if !ok {
			return nil
		}
		k.onsets = append(k.onsets, o)
	}
	return k
}

func readOnset(b *block) (o onset, ok bool) {
	start := b.get("DTSTART")
	if start == nil {
		return onset{}, false
	}
	first, fault := start.wall()
	if fault != nil || first.utc {
		return onset{}, false
	}
	o.first = first.digits
	if o.to, ok = offsetOf(b.value("TZOFFSETTO")); !ok {
		return onset{}, false
	}
	if o.from, ok = offsetOf(b.value("TZOFFSETFROM")); !ok {
		o.from = o.to
	}
	if s := b.value("RRULE"); s != "" {
		r, reason := parseRepetition(s)
		if reason != "" || r.unit != 'Y' || r.interval != 1 || r.count > 0 {
			return onset{}, false
		}
		o.yearly = &r
	}
	return o, o.addDates(b)
}

func (o *onset) addDates(b *block) bool {
	for _, l := range b.all("RDATE") {
		for _, s := range strings.Split(l.value, ",") {
			w, ok := wallOf(strings.TrimSpace(s), "")
			if !ok || w.utc || len(o.more) == maxOnsets {
				return false
			}
			o.more = append(o.more, w.digits)
		}
	}
	return true
}

// offsetOf reads a UTC-OFFSET (RFC 5545 3.3.14) as seconds east.
func offsetOf(s string) (int, bool) {
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	n, ok := digits(s[1:])
	if len(s) == 5 {
		n *= 100
	}
	east := n/10000*3600 + n/100%100*60 + n%100
	if s[0] == '-' {
		east = -east
	}
	return east, ok && n/10000 < 24 && n/100%100 < 60 && n%100 < 60
}

// offset is that of the latest onset; before them all, it is what the first
// one sets the clock from.
func (k *foreignClock) offset(digits time.Time, work *budget) (east int, ok bool) {
	var latest time.Time
	first := &k.onsets[0]
	for i := range k.onsets {
		o := &k.onsets[i]
		if o.first.Before(first.first) {
			first = o
		}
		at, found, ok := o.latest(digits, work)
		if !ok {
			return 0, false
		}
		if found && (latest.IsZero() || at.After(latest)) {
			latest, east = at, o.to
		}
	}
	if latest.IsZero() {
		return first.from, true
	}
	return east, true
}

// latest finds the last time the clock was set by o. A time that is skipped
// still belongs to before.
func (o *onset) latest(digits time.Time, work *budget) (at time.Time, found, ok bool) {
	digits = digits.Add(-time.Duration(max(0, o.to-o.from)) * time.Second)
	note := func(t time.Time) {
		if !t.After(digits) && (!found || t.After(at)) {
			at, found = t, true
		}
	}
	note(o.first)
	for _, t := range o.more {
		note(t)
	}
	if o.yearly == nil || digits.Before(o.first) {
		return at, found, work.spend(1 + len(o.more))
	}
	last := digits
	if o.yearly.until != nil {
		last = earlier(last, o.until())
	}
	clock := o.first.Sub(dayOf(dayNumber(o.first)))
	to := dayNumber(last)
	ok = o.yearly.walk(dayNumber(o.first), to-aWhile, to, work, func(day int) bool {
		if t := dayOf(day).Add(clock); !t.After(last) {
			note(t)
		}
		return true
	})
	return at, found, ok
}

// aWhile is in days. Clocks that are set by a rule are set every year.
const aWhile = 2 * 366

// until is the last moment of the rule on the clock that o sets.
func (o *onset) until() time.Time {
	u := o.yearly.until
	switch {
	case u.utc:
		return u.digits.Add(time.Duration(o.from) * time.Second)
	case u.day:
		return u.digits.Add(secondsADay*time.Second - 1)
	}
	return u.digits
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// zoneOf finds the IANA name behind the names that programs have for zones.
func zoneOf(name string) (string, bool) {
	if name == "" {
		return "", false
	}
	if _, err := LoadZone(name); err == nil {
		return name, true
	}
	if zone, ok := windowsZones[name]; ok {
		return zone, true
	}
	switch {
	case strings.EqualFold(name, "tzone://Microsoft/Utc") || name == "Z":
		return "UTC", true
	case strings.HasPrefix(name, "/"): // a registry's prefix, as in /mozilla.org/20070129_1/Europe/Helsinki
		return zoneAtEnd(name)
	case strings.HasPrefix(name, "("):
		return displayedZone(name)
	}
	return "", false
}

// zoneAtEnd takes the longest end of a path that is a zone.
func zoneAtEnd(path string) (string, bool) {
	for range 4 {
		var found bool
		if _, path, found = strings.Cut(path, "/"); !found || path == "" {
			break
		}
		if _, err := LoadZone(path); err == nil {
			return path, true
		}
	}
	return "", false
}

// displayedZone reads a name as Windows shows it to people, "(UTC+02:00)
// Helsinki, Kyiv, Riga": by the first of the cities that is a zone with this
// offset, or as one of America's times.
func displayedZone(name string) (string, bool) {
	offset, places, ok := strings.Cut(name[1:], ")")
	east, known := displayedOffset(offset)
	if !ok || !known || len(places) > 120 {
		return "", false
	}
	places = strings.TrimSpace(places)
	if places == "Coordinated Universal Time" {
		return "UTC", east == 0
	}
	if time, ok := strings.CutSuffix(places, " Time (US & Canada)"); ok {
		zone, ok := windowsZones[time+" Standard Time"]
		return zone, ok
	}
	for city := range strings.SplitSeq(places, ",") {
		city = strings.ReplaceAll(strings.TrimSpace(city), " ", "_")
		for _, continent := range [...]string{"Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic"} {
			zone := continent + "/" + city
			if loc, err := LoadZone(zone); err == nil && standardOffset(loc) == east {
				return zone, true
			}
		}
	}
	return "", false
}

func displayedOffset(s string) (east int, ok bool) {
	rest, ok := strings.CutPrefix(s, "UTC")
	if !ok {
		rest, ok = strings.CutPrefix(s, "GMT")
	}
	if rest == "" {
		return 0, ok
	}
	east, valid := offsetOf(strings.ReplaceAll(rest, ":", ""))
	return east, ok && valid
}

// standardOffset is the lesser of a zone's offsets in a year, which Windows
// shows; any late year will do.
func standardOffset(loc *time.Location) int {
	_, winter := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).In(loc).Zone()
	_, summer := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC).In(loc).Zone()
	return min(winter, summer)
}
