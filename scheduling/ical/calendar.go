package ical

import (
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
