package ical_test

import (
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// kinds are what calendars of clusters and their people hold.
var kinds = map[string]func() []ical.Entry{
	"event":     func() []ical.Entry { return withCancelled(arena()) },
	"agenda":    func() []ical.Entry { return withCancelled(agendaItem()) },
	"meeting":   func() []ical.Entry { return withCancelled(meeting()) },
	"leg":       func() []ical.Entry { return withCancelled(leg()) },
	"visit":     func() []ical.Entry { return withCancelled(visit()) },
	"banner":    func() []ical.Entry { return withCancelled(banner()) },
	"deadline":  func() []ical.Entry { return withCancelled(deadline()) },
	"task":      func() []ical.Entry { return withCancelled(task()) },
	"series":    func() []ical.Entry { return append(withCancelled(group()), moved(), dropped()) },
	"online":    func() []ical.Entry { return []ical.Entry{online()} },
	"tentative": func() []ical.Entry { return []ical.Entry{tentative()} },
	"alarms":    func() []ical.Entry { return withCancelled(alarmed()) },
	"empty":     func() []ical.Entry { return nil },
}

func TestFeeds(t *testing.T) {
	for name, entries := range kinds {
		t.Run(name, func(t *testing.T) { golden(t, name, feed(t, entries()...)) })
	}
}

// withCancelled is an entry, and another of its kind that was called off.
func withCancelled(e ical.Entry) []ical.Entry {
	off := e
	off.UID = "ffff" + e.UID[4:]
	off.Status, off.Sequence, off.Modified = ical.Cancelled, e.Sequence+1, e.Modified.Add(time.Hour)
	off.Summary = "CANCELLED: " + e.Summary
	return []ical.Entry{e, off}
}

// plain is an entry with nothing of arena's but when it was written.
func plain(uid, summary string, starts, ends time.Time, zone string) ical.Entry {
	return ical.Entry{UID: uid, Summary: summary, Starts: starts, Ends: ends, StartZone: zone,
		Created: arena().Created, Modified: arena().Modified}
}

func agendaItem() ical.Entry {
	e := plain("71d5fd0e-94a3-4f6a-bb0d-8f0a6c3e1d27", "Pitch: slag-based concrete, Öljy & Teräs Oy",
		at(helsinki, "2026-10-24 10:15"), at(helsinki, "2026-10-24 10:30"), "Europe/Helsinki")
	e.Location, e.Related = "Hall B; stage 2", arena().UID
	return e
}

func meeting() ical.Entry {
	e := plain("2b6c9df4-0f0e-4c0b-a5ad-52a1c3b7e908", "B2B: Acería del Norte, S.A.",
		at(helsinki, "2026-10-24 13:20"), at(helsinki, "2026-10-24 13:40"), "Europe/Helsinki")
	e.Location, e.Description = "Table 12", "Round 4.\nThey look for: EAF slag, zinc-rich dust."
	e.URL, e.Related, e.Private = "https://kohtaamo.example/meetings/2b6c", arena().UID, true
	return e
}

const tripUID = "9c0de9a7-6a51-4d3e-8ed8-7b9e2ad3a001"

func leg() ical.Entry {
	e := plain("0bb3a9c4-3f41-4b57-8b63-5b1f0b7a5f02", "AY1661 Helsinki 07:00 → Madrid 10:20",
		at(helsinki, "2026-11-09 07:00"), at(madrid, "2026-11-09 10:20"), "Europe/Helsinki")
	e.EndZone, e.Location, e.Related = "Europe/Madrid", "Helsinki Airport", tripUID
	e.Geo, e.Private = &ical.Geo{Lat: 60.317222, Lon: 24.963333}, true
	return e
}

func visit() ical.Entry {
	e := plain("6a0f3bd2-1c1d-4a5d-9c44-0e3b7f1f2a55", "Visit: foundry of Metalúrgica Ibérica",
		at(madrid, "2026-11-10 09:30"), at(madrid, "2026-11-10 12:00"), "Europe/Madrid")
	e.Location, e.Geo = "Calle de Alcalá 1, 28014 Madrid", &ical.Geo{Lat: 40.418889, Lon: -3.696389}
	e.Description, e.Related = "Host: Lucía Fernández.\nBring safety shoes.", tripUID
	e.Categories = []string{"Delegation"}
	return e
}

func banner() ical.Entry {
	e := plain(tripUID, "Delegation to Spain", at(helsinki, "2026-11-09 07:00"), at(helsinki, "2026-11-12 18:00"), "Europe/Helsinki")
	e.AllDay, e.Transparent, e.Location = true, true, "Madrid, Bilbao"
	return e
}

func deadline() ical.Entry {
	e := plain("e4b9b8f1-7a39-4f0c-9d0b-6d2f7b1c8e33", "Deadline: registration for CircularArena",
		time.Date(2026, 10, 10, 20, 59, 59, 0, time.UTC), time.Time{}, "")
	e.Transparent, e.Related = true, arena().UID
	e.Description = "Closes on Saturday 10 October at 23:59 in Helsinki."
	return e
}

func task() ical.Entry {
	e := plain("5d7a1f60-2c55-4b5e-8a11-9e8c4d2b7a90", "Follow up: send samples to Acería del Norte",
		at(helsinki, "2026-11-20 00:00"), time.Time{}, "Europe/Helsinki")
	e.AllDay, e.Transparent, e.Private = true, true, true
	e.URL, e.Related = "https://kohtaamo.example/tasks/5d7a", meeting().UID
	return e
}

func online() ical.Entry {
	e := arena()
	e.Location, e.Geo = "", nil
	e.Conference = "https://meet.example/j/4711?pwd=a,b;c"
	return e
}

// tentative is an event that one waits for a place at.
func tentative() ical.Entry {
	e := arena()
	e.Status = ical.Tentative
	return e
}

func alarmed() ical.Entry {
	e := meeting()
	e.Alarms = []time.Duration{24 * time.Hour, 90 * time.Minute}
	return e
}
