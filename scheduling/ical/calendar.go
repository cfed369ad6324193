package ical

import (
	"bytes"
	"hash/maphash"
	"slices"
	"strings"
	"time"
)

// A Calendar is what a feed says of itself.
type Calendar struct {
	Name        string
	Description string
	Colour      string        // #RRGGBB or the CSS name of a colour
	Source      string        // where the feed is; only for public feeds, as it ends up in every copy
	Zone        string        // IANA name: how the calendar likes to be shown
	Lang        string        // of the texts: fi, en
	Refresh     time.Duration // how often to ask again; 0 says nothing
}

// Encode makes the feed of entries, which come out sorted by start. The feed is
// always whole and valid, also when it is empty; the entries that could not be
// written, and those whose UID came before, are named beside it.
func (c Calendar) Encode(entries []Entry) ([]byte, []*EntryError) {
	return (*Cache)(nil).Encode(c, entries)
}

// Encode is Calendar.Encode with the entries that k has kept. It may be called
// by many at once, and with a nil Cache.
func (k *Cache) Encode(c Calendar, entries []Entry) ([]byte, []*EntryError) {
	order, all, skipped := k.series(sorted(entries))
	var p plan
	for _, e := range order {
		p.add(e, all.courseOf(e))
	}
	p.settle()
	order = all.writeOut(order, &p)
	parts, more := k.fragments(&p, order, all)
	skipped = append(skipped, more...)

	f := &folder{buf: make([]byte, 0, 1024)}
	c.begin(f)
	p.write(f)
	parts[0] = f.buf
	return bytes.Join(append(parts, closing), nil), skipped
}

const twice = "another entry of this calendar has the same UID"

var closing = []byte("END:VCALENDAR\r\n")

// fragments gives the entries as they are written; the first part is left for
// the header, which depends on them.
func (k *Cache) fragments(p *plan, order []*Entry, all allSeries) (parts [][]byte, skipped []*EntryError) {
	parts = make([][]byte, 1, len(order)+2)
	seen := make(map[uint64]struct{}, len(order))
	seed := maphash.MakeSeed()
	for _, e := range order {
		part, err := k.fragment(e, form{utc: !p.local(e), course: all.courseOf(e)})
		if err != nil {
			skipped = append(skipped, err)
			continue
		}
		name := digest{seed: seed}
		name.str(e.UID)
		name.instance(e)
		if _, known := seen[name.sum]; known {
			skipped = append(skipped, e.faulty(twice))
			continue
		}
		seen[name.sum] = struct{}{}
		parts = append(parts, part)
	}
	return parts, skipped
}

// sorted gives the entries by start and UID, so that the same entries make the
// same feed however a database returned them. What stands in place of an
// instance comes where that would, and so after its series.
func sorted(entries []Entry) []*Entry {
	order := make([]*Entry, len(entries))
	for i := range entries {
		order[i] = &entries[i]
	}
	if !slices.IsSortedFunc(order, byStart) {
		slices.SortStableFunc(order, byStart)
	}
	return order
}

func byStart(a, b *Entry) int {
	if c := a.byRule().Compare(b.byRule()); c != 0 {
		return c
	}
	if c := strings.Compare(a.UID, b.UID); c != 0 {
		return c
	}
	return a.Instance.Compare(b.Instance)
}

func (e *Entry) byRule() time.Time {
	if e.Instance.IsZero() {
		return e.Starts
	}
	return e.Instance
}

// begin writes what every calendar starts with.
func begin(f *folder, lang string) {
	if len(lang) < 2 || !isPlain(lang) || strings.ContainsAny(lang, ",;\\/") {
		lang = "en"
	}
	f.say("BEGIN:VCALENDAR")
	f.say("VERSION:2.0")
	f.say("PRODID:-//Kohtaamo//Kohtaamo//", strings.ToUpper(lang))
	f.say("CALSCALE:GREGORIAN")
}

// begin has no METHOD: with PUBLISH every entry would need an organizer.
// Several things are said twice, since clients read the older word or the one
// of RFC 7986. VALUE is obligatory where RFC 7986 gives no type of its own.
func (c *Calendar) begin(f *folder) {
	begin(f, c.Lang)
	f.text("NAME", cleanLine(c.Name))
	f.text("X-WR-CALNAME", cleanLine(c.Name))
	f.text("DESCRIPTION", cleanLines(c.Description))
	f.text("X-WR-CALDESC", cleanLines(c.Description))
	if zone, err := LoadZone(c.Zone); err == nil && c.Zone != "" {
		f.say("X-WR-TIMEZONE:", zone.String())
	}
	if name, hex := colour(c.Colour); hex != "" {
		f.say("COLOR:", name)
		f.say("X-APPLE-CALENDAR-COLOR:", hex)
	}
	if c.Refresh > 0 {
		f.say("REFRESH-INTERVAL;VALUE=DURATION:", duration(c.Refresh))
		f.say("X-PUBLISHED-TTL:", duration(c.Refresh))
	}
	if u := cleanURI(c.Source); u != "" {
		f.say("SOURCE;VALUE=URI:", u)
	}
}
