package ical

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-ical"
)

var zones sync.Map // of *zone by name; there are some 600

// A zone is a location, and the parameter that names it.
type zone struct {
	loc  *time.Location
	tzid ical.Params
}

// LoadZone gives the location of an IANA zone name; no name is UTC. Names that
// mean something else elsewhere ("Local") or that count leap seconds
// ("right/…") are refused. It is cheap after the first call for a name.
func LoadZone(name string) (*time.Location, error) {
	if isUTC(name) {
		return time.UTC, nil
	}
	if z, ok := zones.Load(name); ok {
		return z.(*zone).loc, nil
	}
	if !isZoneName(name) {
		return nil, fmt.Errorf("unknown time zone %q", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %q", name)
	}
	zones.Store(name, &zone{loc, ical.Params{ical.ParamTimezoneID: {name}}})
	return loc, nil
}

// loaded is a zone that LoadZone has accepted and that is not UTC.
func loaded(name string) *zone {
	z, _ := zones.Load(name)
	return z.(*zone)
}

// isZoneName keeps out what time.LoadLocation would find on one machine only,
// and anything that would need quotes as a TZID.
func isZoneName(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	switch first {
	case "Local", "localtime", "posixrules", "posix", "right", "Factory", "":
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/_+-", r))
	})
}

func isUTC(name string) bool {
	switch name {
	case "", "UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal", "UCT", "Zulu", "Universal":
		return true
	}
	return false
}

// inZone is t on the clocks of a zone that LoadZone has accepted.
func inZone(t time.Time, zone string) time.Time {
	loc, err := LoadZone(zone)
	if err != nil {
		loc = time.UTC
	}
	return t.In(loc)
}

// ambiguous reports whether the clock shows t twice, as it does in the hour in
// which it is set back. Readers do not agree on which of the two is meant.
func ambiguous(t time.Time) bool {
	start, end := t.ZoneBounds()
	return !start.IsZero() && t.Sub(start) < lost(start) || !end.IsZero() && end.Sub(t) <= lost(end)
}

// lost is how far the clock is set back at a moment, or less than nothing.
func lost(at time.Time) time.Duration {
	_, before := at.Add(-time.Second).Zone()
	_, after := at.Zone()
	return time.Duration(before-after) * time.Second
}

// A shift is one setting of the clocks of a zone.
type shift struct {
	at       time.Time // the moment, on the clock as it was before
	from, to int       // seconds east of UTC
	name     string    // what the new time is called: EEST
}

// shifts lists how the clocks of a zone are set in one year.
func shifts(loc *time.Location, year int) []shift {
	var all []shift
	t := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).In(loc)
	for until := t.AddDate(1, 0, 0); t.Before(until); {
		_, end := t.ZoneBounds()
		if end.IsZero() || !end.Before(until) {
			break
		}
		// Beyond the tables Go bounds every year by its New Year, and on the
		// last day of a leap year gives an end that is not after t.
		if !end.After(t) {
			t = t.AddDate(0, 0, 1)
			continue
		}
		_, from := end.Add(-time.Second).Zone()
		if name, to := end.Zone(); from != to {
			all = append(all, shift{end.In(time.FixedZone("", from)), from, to, name})
		}
		t = end
	}
	return all
}

// A rule says when the clocks are set each year, as RRULE can say it and
// Outlook can understand it: on the nth (-1: last) of a weekday in a month.
type rule struct {
	shift       // the first one the rule was read from
	nths  []int // those that fit every year seen
}

func newRule(s shift) rule { return rule{s, nths(s.at)} }

func nths(t time.Time) []int {
	var all []int
	if t.AddDate(0, 0, 7).Month() != t.Month() {
		all = append(all, -1)
	}
	if n := (t.Day() + 6) / 7; n < 5 {
		all = append(all, n)
	}
	return all
}

// fits narrows r to what also explains s, or says that nothing does.
func (r *rule) fits(s shift) bool {
	same := r.from == s.from && r.to == s.to && r.at.Month() == s.at.Month() &&
		r.at.Weekday() == s.at.Weekday() && r.at.Format(clock) == s.at.Format(clock)
	if !same {
		return false
	}
	both := slices.DeleteFunc(slices.Clone(r.nths), func(n int) bool { return !slices.Contains(nths(s.at), n) })
	if len(both) == 0 {
		return false
	}
	r.nths = both
	return true
}

const clock = "150405"

// first is the moment r sets the clocks in a year, on the clock before.
func (r *rule) first(year int) time.Time {
	h, m, s := r.at.Clock()
	month, n := r.at.Month(), r.nths[0]
	t := time.Date(year, month, 1, h, m, s, 0, time.UTC)
	if n < 0 {
		t = t.AddDate(0, 1, -7)
		n = 1
	}
	t = t.AddDate(0, 0, int(r.at.Weekday()-t.Weekday()+7)%7)
	return t.AddDate(0, 0, 7*(n-1))
}

// Rules are how a zone keeps its clocks from the year since on: never set, or
// set by a pair of rules.
type rules struct {
	since    int
	offset   int // when never set
	name     string
	standard *rule
	daylight *rule
}

// rulesKept are those that were found before: a feed asks for the same ones
// again and again. There are few, as feeds begin and end in few years.
var rulesKept sync.Map // of foundRules by rulesAsked

type (
	rulesAsked struct {
		loc         *time.Location
		first, last int
	}
	foundRules struct {
		rules rules
		fit   bool
	}
)

// keptRules is rulesOf.
func keptRules(loc *time.Location, first, last int) (rules, bool) {
	asked := rulesAsked{loc, first, last}
	if found, ok := rulesKept.Load(asked); ok {
		r := found.(foundRules)
		return r.rules, r.fit
	}
	r, fit := rulesOf(loc, first, last)
	rulesKept.Store(asked, foundRules{r, fit})
	return r, fit
}

// rulesOf finds the rules by which a zone keeps its clocks in the year last,
// and since when; it need not look further back than first. Not every zone has
// such rules (Morocco follows the moon).
func rulesOf(loc *time.Location, first, last int) (rules, bool) {
	ss := shifts(loc, last)
	switch {
	case len(ss) == 0:
		return unchanging(loc, first, last), true
	case len(ss) != 2 || ss[0].from != ss[1].to || ss[0].to != ss[1].from:
		return rules{}, false
	}
	a, b := newRule(ss[0]), newRule(ss[1])
	year := last
	for year > first && pairFits(loc, year-1, &a, &b) {
		year--
	}
	// A few years more tell the last Sunday from the fourth.
	for next := last + 1; next < last+8 && pairFits(loc, next, &a, &b); next++ {
	}
	// Which is summer time is told by the clock; Ireland's law says otherwise.
	if a.to > a.from {
		return rules{since: year, standard: &b, daylight: &a}, true
	}
	return rules{since: year, standard: &a, daylight: &b}, true
}

func unchanging(loc *time.Location, first, last int) rules {
	year := last
	for year > first && len(shifts(loc, year-1)) == 0 {
		year--
	}
	name, offset := time.Date(last, 7, 1, 0, 0, 0, 0, loc).Zone()
	return rules{since: year, offset: offset, name: name}
}

func pairFits(loc *time.Location, year int, a, b *rule) bool {
	ss := shifts(loc, year)
	return len(ss) == 2 && a.fits(ss[0]) && b.fits(ss[1])
}

// usable is the first moment of which the rules say the truth.
func (r *rules) usable(loc *time.Location) time.Time {
	if r.standard == nil {
		return time.Date(r.since, 1, 1, 0, 0, 0, 0, loc)
	}
	return time.Date(r.since+1, 1, 1, 0, 0, 0, 0, loc)
}

// write adds the VTIMEZONE: one STANDARD and at most one DAYLIGHT, each with a
// yearly rule, which is all that Outlook represents ([MS-OXCICAL] 2.1.3.1.1.19).
func (r *rules) write(f *folder, zone string) {
	f.say("BEGIN:VTIMEZONE")
	f.say("TZID:", zone)
	if r.standard == nil {
		onset := time.Date(r.since, 1, 1, 0, 0, 0, 0, time.UTC)
		observance(f, "STANDARD", onset, "", shift{from: r.offset, to: r.offset, name: r.name})
	} else {
		observance(f, "STANDARD", r.standard.first(r.since), r.standard.yearly(), r.standard.shift)
		observance(f, "DAYLIGHT", r.daylight.first(r.since), r.daylight.yearly(), r.daylight.shift)
	}
	f.say("END:VTIMEZONE")
}

func observance(f *folder, kind string, onset time.Time, yearly string, s shift) {
	f.say("BEGIN:", kind)
	f.say("DTSTART:", onset.Format("20060102T150405"))
	if yearly != "" {
		f.say("RRULE:", yearly)
	}
	f.say("TZNAME:", s.name)
	f.say("TZOFFSETFROM:", offset(s.from))
	f.say("TZOFFSETTO:", offset(s.to))
	f.say("END:", kind)
}

func (r *rule) yearly() string {
	day := strings.ToUpper(r.at.Weekday().String()[:2])
	return fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", r.at.Month(), r.nths[0], day)
}

// offset writes seconds east of UTC as ±HHMM, or ±HHMMSS where it must be.
func offset(east int) string {
	sign := '+'
	if east < 0 {
		sign, east = '-', -east
	}
	s := fmt.Sprintf("%c%02d%02d", sign, east/3600, east/60%60)
	if east%60 != 0 {
		s += fmt.Sprintf("%02d", east%60)
	}
	return s
}
