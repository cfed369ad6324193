package ical

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Foreign is a calendar that somebody else published, as far as it is of use
// for taking its events over.
type Foreign struct {
	Name   string
	Zone   string // IANA name of where the calendar is at home; "" if it does not say
	Method string // in capitals; none in most feeds
	Events []ForeignEvent
	// Skipped are the events that cannot be read, a hundred at most with one
	// more that says how many there are beyond.
	Skipped []*ReadError
}

// A ForeignEvent is an event of a Foreign. Its texts are plain, clean and
// without escapes, but of any length up to 64 KB, and not trustworthy.
type ForeignEvent struct {
	UID      string
	Instance string // RECURRENCE-ID as it is written; none for the event itself
	Sequence int
	Line     int // where it begins

	// Starts and Ends are instants in UTC, equal for something that has no
	// length. If Floating, the file names no zone, and they are what the clock
	// shows, as if it were UTC. If AllDay, they are the first day and the day
	// after the last one, as midnights in UTC.
	Starts, Ends time.Time
	Zone         string // IANA name for the clock of the start; "" for UTC, and for one that has no name
	Floating     bool
	AllDay       bool

	Status                              Status // Confirmed, if it is not said
	Summary, Description, Location, URL string // URL is absolute or none
	Categories                          []string
	Geo                                 *Geo

	Repeats bool   // it is one of several (RRULE or RDATE), which are not told here
	Repeat  string // the rule as it is written; may be none
}

// Read reads a calendar of at most MaxCalendar for its events, in their order there.
// An event that makes no sense is skipped and told; the error, a *ReadError,
// is for a file that is none or of which a part is missing.
func Read(b []byte) (*Foreign, error) {
	r := foreignReader{calendar: &Foreign{}}
	if err := readBlocks(b, MaxCalendar, r.see); err != nil {
		return nil, err
	}
	r.settle()
	r.calendar.Skipped = r.faults.all()
	return r.calendar, nil
}

// A foreignReader keeps what is still to be understood when all is read, as
// zones may stand after the events.
type foreignReader struct {
	calendar *Foreign
	pending  []pendingEvent
	zones    []block
	faults   faults
	seen     int // of pending, those of calendars that have come to their end
}

type pendingEvent struct {
	event ForeignEvent
	times times
}

func (r *foreignReader) see(b *block) error {
	switch b.name {
	case "VCALENDAR":
		r.head(b)
	case "VTIMEZONE":
		r.zones = append(r.zones, b.kept())
	case "VEVENT":
		p, fault := readEvent(b)
		if fault != nil {
			r.faults.add(fault)
			return nil
		}
		r.pending = append(r.pending, p)
	}
	return nil
}

func (r *foreignReader) head(b *block) {
	if b.fault != nil {
		r.faults.add(b.fault)
	}
	c := r.calendar
	for _, name := range [...]string{"X-WR-CALNAME", "NAME"} {
		if c.Name == "" {
			c.Name = b.oneLine(name)
		}
	}
	if zone, ok := zoneOf(zoneName(b.value("X-WR-TIMEZONE"))); ok && c.Zone == "" {
		c.Zone = zone
	}
	method := strings.ToUpper(b.oneLine("METHOD"))
	if c.Method == "" {
		c.Method = method
	}
	if method == string(Cancel) {
		for i := range r.pending[r.seen:] {
			r.pending[r.seen+i].event.Status = Cancelled
		}
	}
	r.seen = len(r.pending)
}

func readEvent(b *block) (p pendingEvent, fault *ReadError) {
	if b.fault != nil {
		return p, b.fault
	}
	e := &p.event
	e.Line = b.line
	if e.UID, fault = b.uid(); fault != nil {
		return p, fault
	}
	if e.Sequence, fault = b.sequence(); fault != nil {
		return p, fault
	}
	if l := b.get("RECURRENCE-ID"); l != nil {
		if _, fault = l.wall(); fault != nil {
			return p, fault
		}
		e.Instance = strings.Clone(strings.TrimSpace(l.value))
	}
	if p.times, fault = b.times(); fault != nil {
		return p, fault
	}
	e.Repeat = strings.Clone(b.value("RRULE"))
	e.Repeats = e.Repeat != "" || b.get("RDATE") != nil
	e.Status = b.status()
	e.readTexts(b)
	return p, nil
}

// settle gives the events their moments, once all zones are known.
func (r *foreignReader) settle() {
	h := home{clocks: newClocks(r.zones), loc: time.UTC}
	r.calendar.Events = make([]ForeignEvent, 0, len(r.pending))
	for i := range r.pending {
		e, reason := r.pending[i].settled(&h)
		if reason != "" {
			r.faults.add(unreadable(e.Line, "the event %s: %s", quote(e.UID), reason))
			continue
		}
		r.calendar.Events = append(r.calendar.Events, e)
	}
}

func (p *pendingEvent) settled(h *home) (e ForeignEvent, reason string) {
	e = p.event
	start := p.times.start
	e.AllDay, e.Floating = start.day, start.floating()
	if e.Starts, e.Ends, reason = h.span(&p.times); reason != "" {
		return e, reason
	}
	if !inRange(e.Starts) || !inRange(e.Ends) {
		return e, "it is not between " + strconv.Itoa(firstYear) + " and " + strconv.Itoa(lastYear)
	}
	if k := h.get(start.tzid); start.tzid != "" && k != nil && !isUTC(k.zone) {
		e.Zone = k.zone
	}
	return e, ""
}

// oneLine gives a text as one clean line.
func (b *block) oneLine(name string) string {
	if l := b.get(name); l != nil {
		return cleanLine(unescape(l.value))
	}
	return ""
}

// status reads STATUS; that CANCELLED has two Ls is often missed.
func (b *block) status() Status {
	switch s := Status(strings.ToUpper(b.value("STATUS"))); s {
	case Tentative:
		return Tentative
	case Cancelled, "CANCELED":
		return Cancelled
	}
	return Confirmed
}

func (e *ForeignEvent) readTexts(b *block) {
	e.Summary, e.Location = b.oneLine("SUMMARY"), b.oneLine("LOCATION")
	if l := b.get("DESCRIPTION"); l != nil {
		e.Description = cleanLines(unescape(l.value))
	}
	e.URL = cleanURI(unescape(b.value("URL")))
	e.Categories = b.categories()
	e.Geo = geoOf(b.value("GEO"))
}

// maxCategories is how many words an event may carry; the others are left out.
const maxCategories = 50

func (b *block) categories() []string {
	var all []string
	for _, l := range b.all("CATEGORIES") {
		for s := range splitList(l.value) {
			s = cleanLine(unescape(s))
			if s == "" || slices.Contains(all, s) {
				continue
			}
			if len(all) == maxCategories {
				return all
			}
			all = append(all, s)
		}
	}
	return all
}

// geoOf reads GEO; some write a comma or its escape for the semicolon.
func geoOf(s string) *Geo {
	lat, lon, ok := strings.Cut(plainGeo.Replace(s), ";")
	if !ok {
		return nil
	}
	north, err1 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	east, err2 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	if g := (&Geo{Lat: north, Lon: east}); err1 == nil && err2 == nil && g.valid() {
		return g
	}
	return nil
}

var plainGeo = strings.NewReplacer(`\`, "", ",", ";")
