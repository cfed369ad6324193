package scheduling

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
)

// An Origin is the entry of a foreign calendar that an event was imported from.
// Our own UID stays ours: the foreign one only knows it again.
type Origin struct {
	Key      string `bson:"key"`      // the cluster and a hash of the UID: one event has it
	Sequence int    `bson:"sequence"` // of the entry as it was taken
	Digest   string `bson:"digest"`   // of all that was taken
	Lang     string `bson:"lang"`     // that its texts went into
}

// maxEntries is how many events one import takes.
const maxEntries = 300

// maxShownSkips is how many entries a report names that cannot be taken; the
// feeds of peers hold years of the past.
const maxShownSkips = 200

// An entryTaker turns foreign entries into drafts. It looks nothing up.
type entryTaker struct {
	cluster *Cluster
	zone    string
	loc     *time.Location
	lang    string
	now     time.Time
	next    map[int]ical.Span           // of what repeats, by line: its next date
	source  func(address string) string // says where more is to be read
}

// A foreignDraft is an entry as an event that has passed every check but those
// against what is stored; at is its place in the report.
type foreignDraft struct {
	event *Event
	at    int
}

// report draws every entry of a calendar: what can become an event, and what
// cannot and why.
func (s *entryTaker) report(file *ical.Foreign) (*CalendarReport, []*foreignDraft) {
	rep := &CalendarReport{DryRun: true, Name: shortened(cleanLine(file.Name), titleLimit)}
	var found []*foreignDraft
	var skips []CalendarEntry
	seen := map[string]bool{}
	for i := range file.Events {
		f := &file.Events[i]
		entry, event := s.draw(f)
		switch {
		case entry.Why == "" && seen[entry.Key]:
			entry.Why = "calendarin.why.twice"
		case entry.Why == "" && len(found) == maxEntries:
			entry.Why = "calendarin.why.too_many"
		}
		if entry.Why != "" {
			entry.Outcome, entry.Key = EntrySkipped, ""
			skips = append(skips, entry)
			continue
		}
		seen[entry.Key] = true
		found = append(found, &foreignDraft{event, len(rep.Entries)})
		rep.Entries = append(rep.Entries, entry)
	}
	for _, e := range file.Skipped {
		skips = append(skips, CalendarEntry{Line: e.Line, Outcome: EntrySkipped, Reason: e.Reason})
	}
	slices.SortStableFunc(skips, func(a, b CalendarEntry) int { return a.Line - b.Line })
	rep.Entries = append(rep.Entries, skips[:min(len(skips), maxShownSkips)]...)
	return rep, found
}

// draw makes a draft of one entry, or says on the entry why not.
func (s *entryTaker) draw(f *ical.ForeignEvent) (CalendarEntry, *Event) {
	entry := CalendarEntry{Line: f.Line, Key: hashOf(f.UID, ""), Repeats: cleanLine(f.Repeat), AllDay: f.AllDay,
		Title: shortened(cleanLine(f.Summary), titleLimit), Place: shortened(cleanLine(f.Location), lineLimit)}
	entry.Starts, entry.Ends, entry.Zone = s.times(f)
	if f.Repeats && entry.Repeats == "" {
		entry.Repeats = "RDATE"
	}
	if entry.Why = s.refuse(f, &entry); entry.Why != "" {
		return entry, nil
	}
	e := NewEvent(s.cluster, entry.Starts)
	e.Ends, e.Zone, e.AllDay = entry.Ends, entry.Zone, entry.AllDay
	e.Title = Text{s.lang: entry.Title}
	if body := s.body(f); body != "" {
		e.Body = Text{s.lang: body}
	}
	e.Venue = entry.Place
	if webAddress(entry.Place) { // where to join is for those with a seat
		e.Mode, e.Venue, e.Link = Online, "", entry.Place
	}
	if f.Geo != nil {
		e.Geo = &Geo{Lat: f.Geo.Lat, Lon: f.Geo.Lon}
	}
	if p := ProblemIn(e.check()); p != nil {
		entry.Why = p.Fields[slices.Min(slices.Collect(maps.Keys(p.Fields)))]
		return entry, nil
	}
	e.Origin = &Origin{Key: s.cluster.ID + "/" + entry.Key, Sequence: f.Sequence, Lang: s.lang}
	e.Origin.Digest = e.digest()
	return entry, e
}

// refuse is why an entry becomes no event, as a text key.
func (s *entryTaker) refuse(f *ical.ForeignEvent, entry *CalendarEntry) string {
	switch y := entry.Starts.Year(); {
	case f.Status == ical.Cancelled:
		return "calendarin.why.cancelled"
	case f.Instance != "":
		return "calendarin.why.instance"
	case entry.Title == "":
		return "calendarin.why.untitled"
	case y < 1970 || y > 2200:
		return "calendarin.why.date"
	case !s.now.Before(entry.Ends):
		return "calendarin.why.over"
	}
	return ""
}

// times are the moments of an entry, of its next date if it repeats, and the
// zone that shows them. What names no zone, and what is only given in UTC, is
// shown on the clock of the import. An entry without a length gets an hour.
func (s *entryTaker) times(f *ical.ForeignEvent) (starts, ends time.Time, zone string) {
	starts, ends, zone = f.Starts.UTC(), f.Ends.UTC(), f.Zone
	if f.Floating || f.AllDay {
		starts, ends, zone = s.here(starts), s.here(ends), s.zone
	}
	if span, ok := s.next[f.Line]; ok && f.Repeats {
		starts, ends = span.Starts, span.Ends
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "UTC" || zone == "Local" {
		zone = s.zone
	}
	if !ends.After(starts) {
		ends = starts.Add(time.Hour)
	}
	return starts.Truncate(time.Millisecond), ends.Truncate(time.Millisecond), zone
}

// here is the moment at which the clock of the import shows what a clock in UTC
// shows at t.
func (s *entryTaker) here(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, s.loc).UTC()
}

// body is the description as Markdown that shows it as it is, and where more
// is to be read.
func (s *entryTaker) body(f *ical.ForeignEvent) string {
	text := plainMarkdown(shortened(cleanText(f.Description), bodyLimit/4)) // escapes may double it, and more
	if address := cleanLine(f.URL); webAddress(address) {
		if text != "" {
			text += "\n\n"
		}
		text += plainMarkdown(s.source(address))
	}
	return text
}

// shortened is s with at most so many runes.
func shortened(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}

// hashOf is of texts, none of which runs into the next.
func hashOf(texts ...string) string {
	h := sha256.New()
	for _, s := range texts {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// digest is of all that an import takes from an entry, as it stands in e.
func (e *Event) digest() string {
	geo := ""
	if e.Geo != nil {
		geo = fmt.Sprintf("%g,%g", e.Geo.Lat, e.Geo.Lon)
	}
	return hashOf(e.Title[e.Origin.Lang], e.Body[e.Origin.Lang], e.Starts.UTC().Format(time.RFC3339Nano), e.Ends.UTC().Format(time.RFC3339Nano),
		e.Zone, fmt.Sprint(e.AllDay), string(e.Mode), e.Venue, e.Link, geo)
}

// withEntry is e with what an import takes from an entry. What an organiser
// added stays: other languages, agenda, rules, groups.
func (e *Event) withEntry(drawn *Event) *Event {
	out := *e
	out.Title, out.Body = maps.Clone(e.Title), maps.Clone(e.Body)
	if out.Body == nil {
		out.Body = Text{}
	}
	lang := drawn.Origin.Lang
	out.Title[lang] = drawn.Title[lang]
	if out.Body[lang] = drawn.Body[lang]; out.Body[lang] == "" {
		delete(out.Body, lang)
	}
	out.Starts, out.Ends, out.Zone, out.AllDay = drawn.Starts, drawn.Ends, drawn.Zone, drawn.AllDay
	out.Mode, out.Venue, out.Link, out.Geo = drawn.Mode, drawn.Venue, drawn.Link, drawn.Geo
	out.Agenda = slices.Clone(e.Agenda)
	origin := *drawn.Origin
	out.Origin = &origin
	return &out
}

// meets says on the entry what becomes of it, given the event that it was
// imported as before; nil for none.
func (f *foreignDraft) meets(entry *CalendarEntry, by Actor, old *Event) {
	if old == nil {
		entry.Outcome = EntryNew
		return
	}
	if by.Organises(old.ClusterIDs...) {
		entry.EventID, entry.Slug = old.ID, old.Slug
	}
	switch {
	case old.State != Draft || entry.EventID == "":
		entry.Outcome = EntryKept
	case old.Origin.Digest == f.event.Origin.Digest || f.event.Origin.Sequence < old.Origin.Sequence:
		entry.Outcome = EntrySame
	default:
		entry.Outcome, entry.Edited = EntryUpdated, old.digest() != old.Origin.Digest
		if old.withEntry(f.event).check() != nil { // its agenda or its dates do not fit any more
			entry.Outcome, entry.Why = EntrySkipped, "calendarin.why.clash"
		}
	}
}
