package scheduling

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// How busy times are kept.
const (
	maxBusy       = 5                    // calendars of one person
	busyBack      = 24 * time.Hour       // before the moment of reading
	busyAhead     = 180 * 24 * time.Hour // and after it
	maxBusySpans  = 5000
	maxSkippedIn  = 50
	busyEvery     = 4 * time.Hour      // between two looks at an address
	busyWhole     = 7 * 24 * time.Hour // then it is read again though it has not changed: the window has moved on
	busyRest      = time.Minute        // between two looks that a person asks for
	busyFirstWait = 15 * time.Minute   // after a failure; doubled after each further one
	busyLastWait  = 24 * time.Hour
	busyGiveUp    = 7 * 24 * time.Hour // of failures, and of more than a few of them
	busyTries     = 5
)

// A BusyCalendar says when a person cannot meet. Of the calendar that it was
// read from nothing is kept but from when to when: no titles, no names.
type BusyCalendar struct {
	storage.Meta `bson:",inline"`
	PersonID     string `bson:"person_id"`
	Slot         int    `bson:"slot"`              // 1 to maxBusy, each once: two that come at once cannot both be the last
	Name         string `bson:"name"`              // what its owner calls it
	Address      string `bson:"address,omitempty"` // a secret of its owner; none for a file
	Zone         string `bson:"zone"`              // of times in it that name none

	Spans   []BusySpan     `bson:"spans"` // apart from one another, in order
	From    time.Time      `bson:"from"`  // what Spans speak of; they know nothing of times outside
	Until   time.Time      `bson:"until"`
	Skipped []SkippedEntry `bson:"skipped,omitempty"`
	Version Version        `bson:"version"`

	ReadAt  time.Time `bson:"read_at"`        // when it was as it is here
	TriedAt time.Time `bson:"tried_at"`       // when it was last asked for
	Next    time.Time `bson:"next,omitempty"` // when it is asked for again; never for a file, or while Paused

	FailingSince time.Time `bson:"failing_since,omitempty"`
	Failures     int       `bson:"failures"`
	PausedAt     time.Time `bson:"paused_at,omitempty"` // given up: it is asked for only if its owner says so
}

// A BusySpan is a time that somebody has something else to do, end excluded.
type BusySpan struct {
	Starts time.Time `bson:"starts"`
	Ends   time.Time `bson:"ends"`
}

// A SkippedEntry is something in a calendar that could not be understood. The
// reason is in English.
type SkippedEntry struct {
	Line   int    `bson:"line"` // 0: the whole file
	Reason string `bson:"reason"`
}

var busyCalendars = storage.NewCollection[BusyCalendar]("busy_calendars",
	storage.Unique("person_id", "slot"), storage.Ordered("next"))

// FromFile reports whether b is a file that its owner sent.
func (b *BusyCalendar) FromFile() bool { return b.Address == "" }

// Shown is the address as its owner recognises it: whoever looks over their
// shoulder cannot use it.
func (b *BusyCalendar) Shown() string {
	u, err := url.Parse(b.Address)
	if err != nil || u.Host == "" {
		return ""
	}
	const tail = 8
	if rest := []rune(u.RequestURI()); len(rest) > 3*tail {
		return u.Host + "/…" + string(rest[len(rest)-tail:])
	}
	return u.Host + "/…"
}

// Between counts the busy times that touch the time from one moment to another.
func (b *BusyCalendar) Between(from, to time.Time) (n int) {
	for _, s := range b.Spans {
		if s.Starts.Before(to) && s.Ends.After(from) {
			n++
		}
	}
	return n
}

// read takes the busy times out of a calendar that was had at now. An error is
// about the whole file, and leaves b as it was.
func (b *BusyCalendar) read(content []byte, v Version, now time.Time) error {
	from, until := now.Add(-busyBack), now.Add(busyAhead)
	spans, skipped, err := ical.Busy(content, b.Zone, from, until)
	if err != nil {
		return err
	}
	found := make([]BusySpan, len(spans))
	for i, s := range spans {
		found[i] = BusySpan{s.Starts.UTC(), s.Ends.UTC()}
	}
	b.Spans, b.From, b.Until, b.Version = united(found, from, until), from, until, v
	if len(b.Spans) > maxBusySpans { // nobody has; what is left says so by its end
		b.Spans = b.Spans[:maxBusySpans]
		b.Until = b.Spans[maxBusySpans-1].Ends
	}
	b.Skipped = nil
	for _, e := range skipped[:min(len(skipped), maxSkippedIn)] {
		b.Skipped = append(b.Skipped, SkippedEntry{e.Line, withoutQuotes(e.Reason)})
	}
	b.seen(now)
	return nil
}

// quoted is what a reason repeats of the file: it may be somebody's words.
var quoted = regexp.MustCompile(`["“].*["”]`)

func withoutQuotes(reason string) string { return quoted.ReplaceAllString(reason, "“…”") }

// seen notes that b is at now as it is here.
func (b *BusyCalendar) seen(now time.Time) {
	b.ReadAt, b.TriedAt, b.FailingSince, b.Failures, b.PausedAt = now, now, time.Time{}, 0, time.Time{}
	b.Next = time.Time{}
	if !b.FromFile() {
		b.Next = now.Add(busyEvery)
	}
}

// failed notes that b could not be had at now, and reports whether it is given
// up with this. What was known of it stays.
func (b *BusyCalendar) failed(now time.Time) (givenUp bool) {
	if b.FailingSince.IsZero() {
		b.FailingSince = now
	}
	b.Failures++
	b.TriedAt, b.Next = now, now.Add(busyWait(b.Failures))
	if b.Failures < busyTries || now.Before(b.FailingSince.Add(busyGiveUp)) {
		return false
	}
	givenUp = b.PausedAt.IsZero()
	if givenUp {
		b.PausedAt = now
	}
	b.Next = time.Time{}
	return givenUp
}

// busyWait is the pause after so many failures in a row.
func busyWait(failures int) time.Duration {
	wait := busyFirstWait
	for range min(failures, 20) - 1 {
		wait = min(2*wait, busyLastWait)
	}
	return wait
}

// known is the version to ask with: none when the window has to move on, which
// needs the whole file.
func (b *BusyCalendar) known(now time.Time) Version {
	if now.Sub(b.From.Add(busyBack)) >= busyWhole {
		return Version{}
	}
	return b.Version
}

// united are the spans within from and to, one where several touch.
func united(spans []BusySpan, from, to time.Time) []BusySpan {
	slices.SortFunc(spans, func(a, b BusySpan) int { return a.Starts.Compare(b.Starts) })
	out := []BusySpan{}
	for _, s := range spans {
		if s.Starts.Before(from) {
			s.Starts = from
		}
		if s.Ends.After(to) {
			s.Ends = to
		}
		switch last := len(out) - 1; {
		case !s.Starts.Before(s.Ends):
		case last >= 0 && !s.Starts.After(out[last].Ends):
			if s.Ends.After(out[last].Ends) {
				out[last].Ends = s.Ends
			}
		default:
			out = append(out, s)
		}
	}
	return out
}

// BusyTimes are the times from one moment to another at which a person has
// something else to do by the calendars that they gave, in order and apart from
// one another. A time of which the calendars say nothing is free.
func (d *Desk) BusyTimes(tx *storage.Tx, personID string, from, to time.Time) ([]ical.Span, error) {
	list, err := busyOf(tx, personID)
	if err != nil {
		return nil, err
	}
	var all []BusySpan
	for _, b := range list {
		all = append(all, b.Spans...)
	}
	var out []ical.Span
	for _, s := range united(all, from.UTC(), to.UTC()) {
		out = append(out, ical.Span(s))
	}
	return out, nil
}

// busyOf are a person's calendars in the order they were added.
func busyOf(tx *storage.Tx, personID string) ([]*BusyCalendar, error) {
	list, err := busyCalendars.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("person_id", personID)}})
	slices.SortFunc(list, func(a, b *BusyCalendar) int { return a.Created.Compare(b.Created) })
	return list, err
}

// host is whom a request for the address asks.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
