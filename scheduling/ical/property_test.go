package ical_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/ical"
)

// zoneNames are ordinary zones and those that are known for trouble: half an
// hour of summer time, summer time in winter, the moon's months, rules that
// changed lately, midnight that does not come.
var zoneNames = []string{"", "UTC", "Europe/Helsinki", "Europe/Madrid", "Europe/Lisbon", "Europe/London", "Europe/Dublin",
	"Europe/Paris", "Europe/Rome", "Europe/Istanbul", "Europe/Moscow", "Atlantic/Azores", "Africa/Casablanca", "Africa/Cairo",
	"Africa/Lagos", "Africa/Monrovia", "America/New_York", "America/St_Johns", "America/Vancouver", "America/Sao_Paulo",
	"America/Havana", "America/Asuncion", "America/Santiago", "America/Nuuk", "America/Scoresbysund", "Asia/Jerusalem",
	"Asia/Kolkata", "Asia/Tehran", "Asia/Beirut", "Asia/Tokyo", "Asia/Kathmandu", "Australia/Sydney", "Australia/Lord_Howe",
	"Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati", "Antarctica/Troll"}

var hostile = rapid.OneOf(
	rapid.String(),
	rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	rapid.Map(rapid.SliceOf(rapid.SampledFrom([]string{"\\", ",", ";", ":", "\"", "\r\n", "\r", "\n", "\t", "\x00", "\x7f", "\u0085",
		"\u2028", "\ufeff", "^n", "ä", "o\u0308", "日", "🏭", "👩\u200d🔧", "\xff", "\xc3", " ", "BEGIN:VEVENT", "END:VEVENT", "X-EVIL:1", "\r\nX-EVIL;A=b:1", "\u2028 X-EVIL:1", "https://meet.example/", strings.Repeat("x", 74)})),
		func(s []string) string { return strings.Join(s, "") }),
)

var moment = rapid.Custom(func(t *rapid.T) time.Time {
	from, to := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
	if rapid.IntRange(0, 9).Draw(t, "far") == 0 {
		from, to = time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2198, 6, 1, 0, 0, 0, 0, time.UTC)
	}
	u := time.Unix(rapid.Int64Range(from.Unix(), to.Unix()).Draw(t, "unix"), 0)
	// A location with a fixed offset and no name is what RFC 3339 parses to.
	return u.In(time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "offset")*3600))
})

var anyEntry = rapid.Custom(func(t *rapid.T) ical.Entry {
	e := ical.Entry{
		Sequence:    rapid.IntRange(0, 99).Draw(t, "sequence"),
		Modified:    moment.Draw(t, "modified"),
		Starts:      moment.Draw(t, "starts"),
		StartZone:   rapid.SampledFrom(zoneNames).Draw(t, "start zone"),
		EndZone:     rapid.SampledFrom(zoneNames).Draw(t, "end zone"),
		AllDay:      rapid.Bool().Draw(t, "all day"),
		Status:      rapid.SampledFrom([]ical.Status{"", ical.Confirmed, ical.Tentative, ical.Cancelled}).Draw(t, "status"),
		Summary:     hostile.Draw(t, "summary"),
		Description: hostile.Draw(t, "description"),
		Location:    hostile.Draw(t, "location"),
		URL:         hostile.Draw(t, "url"),
		Categories:  rapid.SliceOfN(hostile, 0, 3).Draw(t, "categories"),
		Related:     hostile.Draw(t, "related"),
		Private:     rapid.Bool().Draw(t, "private"),
		Transparent: rapid.Bool().Draw(t, "transparent"),
		Organizer:   &ical.Party{Name: hostile.Draw(t, "organizer"), Email: "events@oulu.example"},
		Attendee:    &ical.Attendee{Party: ical.Party{Name: hostile.Draw(t, "attendee"), Email: "aino+tag@steel.example"}},
	}
	if rapid.Bool().Draw(t, "ends") {
		e.Ends = e.Starts.Add(time.Duration(rapid.IntRange(0, 4*24*3600).Draw(t, "seconds")) * time.Second)
	}
	if rapid.Bool().Draw(t, "online") {
		e.Conference = "https://meet.example/" + hostile.Draw(t, "conference")
	}
	if rapid.Bool().Draw(t, "geo") {
		e.Geo = &ical.Geo{Lat: rapid.Float64().Draw(t, "lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, "lon")}
	}
	e.Alarms = rapid.SliceOfN(rapid.Map(rapid.IntRange(-9999, 99999), func(s int) time.Duration { return time.Duration(s) * time.Second }), 0, 2).Draw(t, "alarms")
	return e
})

func TestAnyFeedMeansWhatWasMeant(t *testing.T) {
	cache := ical.NewCache(64 << 10)
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOfN(anyEntry, 0, 5).Draw(t, "entries")
		for i := range entries {
			entries[i].UID = fmt.Sprintf("%d-%s", i, plainUID.Draw(t, "uid"))
		}
		cal := ical.Calendar{Name: hostile.Draw(t, "name"), Description: hostile.Draw(t, "about"), Colour: hostile.Draw(t, "colour"),
			Source: hostile.Draw(t, "source"), Zone: hostile.Draw(t, "zone"), Lang: hostile.Draw(t, "lang"), Refresh: time.Hour}

		b, skipped := cal.Encode(entries)
		if len(skipped) > 0 {
			t.Fatalf("skipped %v", skipped)
		}
		if err := strict(b); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		for range 2 {
			if kept, _ := cache.Encode(cal, entries); string(kept) != string(b) {
				t.Fatalf("with a cache:\n%s\nwithout:\n%s", kept, b)
			}
		}
		wantEntries(t, b, entries)
	})
}

var plainUID = rapid.StringMatching(`[a-zA-Z0-9@,;:\\" .-]{1,80}`)

func TestAnyInvitationMeansWhatWasMeant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry.Draw(t, "entry")
		e.UID = "u" + plainUID.Draw(t, "uid")
		method := rapid.SampledFrom([]ical.Method{ical.Request, ical.Cancel}).Draw(t, "method")
		if e.Status == ical.Cancelled {
			method = ical.Cancel
		}
		b, err := ical.Invite(method, e)
		if err != nil {
			t.Fatal(err)
		}
		if err := strict(b); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		got := read(t, b)[e.UID]
		if n := len(got.Props["ATTENDEE"]); n != 1 || got.Props.Get("ATTENDEE").Value != "mailto:aino+tag@steel.example" {
			t.Fatalf("%d attendees\n%s", n, b)
		}
		if cn, want := got.Props.Get("ATTENDEE").Params.Get("CN"), strings.ReplaceAll(line(e.Attendee.Name), `"`, "'"); cn != want {
			t.Fatalf("CN = %q, want %q", cn, want)
		}
		if method == ical.Cancel {
			e.Status = ical.Cancelled
		}
		wantEntries(t, b, []ical.Entry{e})
	})
}

func wantEntries(t *rapid.T, b []byte, entries []ical.Entry) {
	got := read(t, b)
	if len(got) != len(entries) {
		t.Fatalf("%d entries, want %d\n%s", len(got), len(entries), b)
	}
	for _, e := range entries {
		wantEntry(t, got, e.UID, e)
	}
}

func wantEntry(t *rapid.T, got map[string]meaning, name string, e ical.Entry) {
	m, ok := got[name]
	if !ok {
		t.Fatalf("%q is missing", name)
	}
	wantTimes(t, m, e)
	wantTexts(t, m, e)
}

func wantTimes(t *rapid.T, m meaning, e ical.Entry) {
	starts, ends := e.Starts, e.Ends
	if ends.IsZero() {
		ends = starts
	}
	if e.AllDay {
		starts, ends = days(e)
	}
	if !m.starts.Equal(starts) || !m.ends.Equal(ends) {
		t.Fatalf("%s to %s, want %s to %s", m.starts, m.ends, starts.UTC(), ends.UTC())
	}
	if s := m.Props.Get("DTSTAMP").Value; s != e.Modified.UTC().Format("20060102T150405Z") {
		t.Fatalf("DTSTAMP %s, want %s", s, e.Modified.UTC())
	}
}

// days are the first day that an all-day entry touches and the one after its last.
func days(e ical.Entry) (first, after time.Time) {
	y, mon, d := e.Starts.In(zone(e.StartZone)).Date()
	first = time.Date(y, mon, d, 0, 0, 0, 0, time.UTC)
	after = first.AddDate(0, 0, 1)
	endZone := e.EndZone
	if endZone == "" {
		endZone = e.StartZone
	}
	if !e.Ends.After(e.Starts) {
		return first, after
	}
	return first, later(after, nextDay(e.Ends.Add(-1).In(zone(endZone))))
}

func nextDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func wantTexts(t *rapid.T, m meaning, e ical.Entry) {
	status := e.Status
	if status == "" {
		status = ical.Confirmed
	}
	want := map[string]string{"SUMMARY": line(e.Summary), "STATUS": string(status), "RELATED-TO": line(e.Related)}
	if e.Conference == "" {
		want["LOCATION"], want["DESCRIPTION"] = line(e.Location), lines(e.Description)
	}
	for name, value := range want {
		if got, err := m.Props.Text(name); err != nil || got != value {
			t.Fatalf("%s = %q, %v, want %q", name, got, err, value)
		}
	}
	if got, _ := m.Props.Text("DESCRIPTION"); !strings.HasPrefix(got, lines(e.Description)) {
		t.Fatalf("DESCRIPTION = %q, does not start with %q", got, lines(e.Description))
	}
	if got := m.Props.Get("SEQUENCE").Value; got != fmt.Sprint(e.Sequence) {
		t.Fatalf("SEQUENCE = %s, want %d", got, e.Sequence)
	}
	wantList(t, m, e)
	if status == ical.Cancelled {
		e.Alarms = nil
	}
	if len(m.Children) != len(e.Alarms) {
		t.Fatalf("%d alarms, want %d", len(m.Children), len(e.Alarms))
	}
	for i, c := range m.Children {
		if got, err := c.Props.Get("TRIGGER").Duration(); err != nil || got != -e.Alarms[i] {
			t.Fatalf("alarm %v, %v, want %v", got, err, -e.Alarms[i])
		}
	}
}

func wantList(t *rapid.T, m meaning, e ical.Entry) {
	var words []string
	for _, c := range e.Categories {
		if c = line(c); c != "" {
			words = append(words, c)
		}
	}
	if p := m.Props.Get("CATEGORIES"); p != nil || words != nil {
		if got, err := p.TextList(); err != nil || !slices.Equal(got, words) {
			t.Fatalf("CATEGORIES = %q, %v, want %q", got, err, words)
		}
	}
}

// lines is what should come of a text, rune by rune.
func lines(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case strings.HasPrefix(s[i:], "\r\n"):
			b.WriteByte('\n')
			n = 2
		case r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			b.WriteByte('\n')
		case r == '\n' || r == '\t' || r >= ' ' && r < 0x7f || r > 0x9f && r != '\ufeff':
			b.WriteRune(r)
		}
		i += n
	}
	return strings.TrimSpace(b.String())
}

func line(s string) string {
	s = strings.NewReplacer("\n", " ", "\t", " ").Replace(lines(s))
	return strings.TrimSpace(s)
}
