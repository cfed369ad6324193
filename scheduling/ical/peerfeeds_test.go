package ical_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// A peerFeed is a calendar for the peers, and what they have to read in it.
type peerFeed struct {
	name string
	body []byte
	want []occurrence
}

func peerFeeds(t *testing.T) []peerFeed {
	t.Helper()
	all := []peerFeed{
		newPeerFeed(t, "borders", atBorders(t, cities, 3*time.Hour)),
		newPeerFeed(t, "odd", atBorders(t, oddZones, time.Hour)),
		newPeerFeed(t, "journeys", journeys(t)),
		newPeerFeed(t, "days", overBorders(t)),
		newPeerFeed(t, "words", wordy()),
	}
	all = append(all, groups(t), ownRules(t))
	return append(append(all, goldens(t)...), messages(t)...)
}

func newPeerFeed(t *testing.T, name string, entries []ical.Entry) peerFeed {
	t.Helper()
	f := peerFeed{name: name, body: feed(t, entries...)}
	for _, e := range entries {
		f.want = append(f.want, meant(e))
	}
	return f
}

// meant is what has to be read in e.
func meant(e ical.Entry) occurrence {
	o := occurrence{UID: e.UID, Status: e.Status, Sequence: e.Sequence, Summary: line(e.Summary), Description: lines(e.Description)}
	if o.Status == "" {
		o.Status = ical.Confirmed
	}
	if e.AllDay {
		first, after := days(e)
		o.Starts, o.Ends = first.Format(time.DateOnly), after.Format(time.DateOnly)
		return o
	}
	if e.Ends.IsZero() {
		e.Ends = e.Starts
	}
	o.Starts, o.Ends = e.Starts.UTC().Format(time.RFC3339), e.Ends.UTC().Format(time.RFC3339)
	return o
}

// cities are where our clusters meet and travel; Tokyo never sets its clocks.
var cities = []string{"Europe/Helsinki", "Europe/Madrid", "Europe/Lisbon", "Europe/Paris", "Europe/Rome",
	"America/New_York", "Asia/Tokyo", "Australia/Sydney"}

// oddZones have half hours, summer time in winter, rules that changed lately or
// follow the moon, or set their clocks in the evening of the day before.
var oddZones = []string{"Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham", "Europe/Dublin", "Africa/Casablanca",
	"America/Nuuk", "America/Scoresbysund", "America/St_Johns", "Atlantic/Azores", "Antarctica/Troll"}

// bordersNear are the settings of the clocks of a zone, from 2025 to 2030, or
// those of Helsinki where they are never set.
func bordersNear(t *testing.T, name string) []time.Time {
	t.Helper()
	all := borders(zone(name), 2025, 2030)
	if len(all) == 0 {
		all = borders(helsinki, 2025, 2030)
	}
	if len(all) < 12 {
		t.Fatalf("the clocks of %s are set %d times", name, len(all))
	}
	return all
}

// short is an entry with few words: thousands of it are read quickly.
func short(uid, zone string, starts time.Time, length time.Duration) ical.Entry {
	return ical.Entry{UID: uid, Modified: arena().Modified, Starts: starts, Ends: starts.Add(length), StartZone: zone, Summary: uid}
}

// atBorders has an entry at every quarter of an hour around each setting of the
// clocks; they end within it, after it or at once.
func atBorders(t *testing.T, zones []string, around time.Duration) []ical.Entry {
	lengths := []time.Duration{50 * time.Minute, 4 * time.Hour, 0, 26 * time.Hour, 15 * time.Minute}
	var all []ical.Entry
	for _, name := range zones {
		for _, border := range bordersNear(t, name) {
			for at := border.Add(-around); !at.After(border.Add(around)); at = at.Add(15 * time.Minute) {
				uid := name + " " + at.Format(time.RFC3339)
				all = append(all, short(uid, name, at, lengths[len(all)%len(lengths)]))
			}
		}
	}
	return all
}

// journeys go from every city to every other while the clocks are set at the
// one end, and arrive when they are set at the other.
func journeys(t *testing.T) []ical.Entry {
	var all []ical.Entry
	for _, from := range cities {
		for _, to := range cities {
			if from == to {
				continue
			}
			for _, border := range bordersNear(t, from) {
				e := short(fmt.Sprintf("%s %s leave %d", from, to, border.Unix()), from, border.Add(-90*time.Minute), 3*time.Hour)
				e.EndZone = to
				all = append(all, e)
			}
			for _, border := range bordersNear(t, to) {
				e := short(fmt.Sprintf("%s %s arrive %d", from, to, border.Unix()), from, border.Add(-7*time.Hour), 7*time.Hour)
				e.EndZone = to
				all = append(all, e)
			}
		}
	}
	return all
}

// overBorders are whole days on which, before which and after which the clocks
// are set, alone and several.
func overBorders(t *testing.T) []ical.Entry {
	var all []ical.Entry
	for _, name := range cities {
		for _, border := range bordersNear(t, name) {
			y, m, d := border.In(zone(name)).Date()
			for day := -1; day <= 1; day++ {
				for length := 1; length <= 3; length++ {
					e := short(fmt.Sprintf("%s %s%+d %d", name, border.Format(time.DateOnly), day, length), name, time.Date(y, m, d+day, 0, 0, 0, 0, zone(name)), 0)
					e.AllDay, e.Ends = true, time.Date(y, m, d+day+length, 0, 0, 0, 0, zone(name))
					all = append(all, e)
				}
			}
		}
	}
	return all
}

// wordy is text that is hard to fold and to escape, at every place of a line.
func wordy() []ical.Entry {
	var all []ical.Entry
	for i, text := range []string{"äöå", "日本語", "🏭👩🏽‍🏭", ` \ ,;:"`, `C:\news,\;\\`, "^n^'^^", "one\nand two", "BEGIN:VEVENT", "a:b;c=d"} {
		for indent := range 8 {
			e := arena()
			e.UID = fmt.Sprintf("text %d at %d", i, indent)
			e.Summary = strings.Repeat("x", indent) + strings.Repeat(text, 30)
			e.Description = e.Summary + "\n" + e.Summary
			all = append(all, e)
		}
	}
	return all
}
