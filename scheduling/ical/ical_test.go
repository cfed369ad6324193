package ical_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file under testdata, and got with the format.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	wantFormat(t, got)
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what was agreed:\n%s", file, got)
	}
}

var (
	madrid   = zone("Europe/Madrid")
	helsinki = zone("Europe/Helsinki")
)

func zone(name string) *time.Location {
	loc, err := ical.LoadZone(name)
	if err != nil {
		panic(err)
	}
	return loc
}

func at(loc *time.Location, wall string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", wall, loc)
	if err != nil {
		panic(err)
	}
	return t
}

// arena is an event as most are.
func arena() ical.Entry {
	return ical.Entry{
		UID:         "4f9c1c52-7f3a-4f0e-9b6d-0d6f2b3c9a11",
		Created:     time.Date(2026, 8, 3, 7, 15, 0, 0, time.UTC),
		Modified:    time.Date(2026, 9, 1, 11, 30, 12, 0, time.UTC),
		Starts:      at(helsinki, "2026-10-24 09:00"),
		Ends:        at(helsinki, "2026-10-24 17:30"),
		StartZone:   "Europe/Helsinki",
		Summary:     "CircularArena 2026: kiertotalous, teräs ja betoni",
		Description: "Two days of talks, visits & meetings.\n\nDoors open at 8:30; bring your badge, please. Åland, Öljy, 日本語 and a backslash \\ too.",
		Location:    "Oulun kaupungintalo, Kirkkokatu 2a, Oulu",
		URL:         "https://kohtaamo.example/events/circular-arena",
		Geo:         &ical.Geo{Lat: 65.0124, Lon: 25.46816},
		Categories:  []string{"Circular economy", "Steel, concrete"},
	}
}

func invitation() ical.Entry {
	e := arena()
	e.Organizer = &ical.Party{Name: "Circular Economy Cluster", Email: "events@oulu.example"}
	e.Attendee = &ical.Attendee{Party: ical.Party{Name: "Aino Mäkelä", Email: "aino@steel.example"}}
	return e
}

var cluster = ical.Calendar{
	Name:        "Circular Economy Cluster",
	Description: "Events, working groups and visits",
	Colour:      "#2E7D32",
	Source:      "https://kohtaamo.example/calendar/circular.ics",
	Zone:        "Europe/Helsinki",
	Lang:        "en",
	Refresh:     6 * time.Hour,
}

func feed(t *testing.T, entries ...ical.Entry) []byte {
	t.Helper()
	b, skipped := cluster.Encode(entries)
	for _, err := range skipped {
		t.Errorf("skipped: %v", err)
	}
	return b
}

func TestMessages(t *testing.T) {
	changed := invitation()
	changed.Sequence, changed.Modified = 1, changed.Modified.Add(time.Hour)
	changed.Starts, changed.Ends = changed.Starts.Add(time.Hour), changed.Ends.Add(time.Hour)
	changed.Attendee.Answer = ical.Accepted

	gone := changed
	gone.Sequence = 2

	for _, test := range []struct {
		name   string
		method ical.Method
		entry  ical.Entry
	}{
		{"request", ical.Request, invitation()},
		{"update", ical.Request, changed},
		{"cancel", ical.Cancel, gone},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, err := ical.Invite(test.method, test.entry)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, test.name, b)
		})
	}
	t.Run("download", func(t *testing.T) {
		b, err := ical.Publish(invitation())
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("aino")) {
			t.Error("a published file names an attendee")
		}
		golden(t, "download", b)
	})
}

func TestFeedsNameNoOne(t *testing.T) {
	if b := feed(t, invitation()); bytes.Contains(b, []byte("mailto:")) || bytes.Contains(b, []byte("METHOD")) {
		t.Errorf("a feed names people or has a method:\n%s", b)
	}
}

func TestInviteRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		method ical.Method
		spoil  func(*ical.Entry)
		want   string
	}{
		{"no attendee", ical.Request, func(e *ical.Entry) { e.Attendee = nil }, "nobody to invite"},
		{"no organizer", ical.Request, func(e *ical.Entry) { e.Organizer = nil }, "organizer: no address"},
		{"bad organizer", ical.Cancel, func(e *ical.Entry) { e.Organizer = &ical.Party{Email: "here"} }, "organizer: the address is not a mailbox"},
		{"attendee with a line end", ical.Request, func(e *ical.Entry) {
			e.Attendee = &ical.Attendee{Party: ical.Party{Email: "a@b.example\r\nATTENDEE:mailto:boss@b.example"}}
		}, "attendee: the address is not a mailbox"},
		{"unknown answer", ical.Request, func(e *ical.Entry) {
			e.Attendee = &ical.Attendee{Party: ical.Party{Email: "a@b.example"}, Answer: "YES"}
		}, `attendee: unknown answer "YES"`},
		{"cancelled", ical.Request, func(e *ical.Entry) { e.Status = ical.Cancelled }, "nobody can be invited"},
		{"method", "COUNTER", func(*ical.Entry) {}, "is no method"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := invitation()
			test.spoil(&e)
			b, err := ical.Invite(test.method, e)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), e.UID) {
				t.Errorf("error = %v, want %q and the UID", err, test.want)
			}
			if b != nil {
				t.Errorf("there is a message: %s", b)
			}
		})
	}
}

func TestBadEntriesAreLeftOut(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*ical.Entry)
		want  string
	}{
		{"no UID", func(e *ical.Entry) { e.UID = "" }, "calendar entry without UID that starts 2026-10-24T06:00:00Z: no UID"},
		{"UID with a line end", func(e *ical.Entry) { e.UID = "a\r\nSUMMARY:b" }, "not plain text"},
		{"long UID", func(e *ical.Entry) { e.UID = strings.Repeat("u", 256) }, "more than 255"},
		{"backwards", func(e *ical.Entry) { e.Ends = e.Starts.Add(-time.Minute) }, "ends 1m0s before it starts"},
		{"unknown zone", func(e *ical.Entry) { e.StartZone = "Europe/Oulu" }, `unknown time zone "Europe/Oulu"`},
		{"Windows zone", func(e *ical.Entry) { e.EndZone = "FLE Standard Time" }, "unknown time zone"},
		{"server's zone", func(e *ical.Entry) { e.StartZone = "Local" }, `unknown time zone "Local"`},
		{"leap seconds", func(e *ical.Entry) { e.StartZone = "right/Europe/Helsinki" }, "unknown time zone"},
		{"no start", func(e *ical.Entry) { e.Starts = time.Time{} }, "the start is not between"},
		{"far end", func(e *ical.Entry) { e.Ends = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC) }, "the end is not between"},
		{"no modification", func(e *ical.Entry) { e.Modified = time.Time{} }, "no time of modification"},
		{"misspelt status", func(e *ical.Entry) { e.Status = "CANCELED" }, `unknown status "CANCELED"`},
		{"negative sequence", func(e *ical.Entry) { e.Sequence = -1 }, "sequence -1"},
		{"twice", func(e *ical.Entry) { e.UID = "good"; e.Starts = e.Starts.Add(time.Second) }, "same UID"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bad, good := arena(), arena()
			good.UID = "good"
			test.spoil(&bad)
			b, skipped := cluster.Encode([]ical.Entry{bad, good})
			if len(skipped) != 1 || !strings.Contains(skipped[0].Error(), test.want) {
				t.Fatalf("skipped %v, want one with %q", skipped, test.want)
			}
			if skipped[0].UID != bad.UID {
				t.Errorf("names %q, want %q", skipped[0].UID, bad.UID)
			}
			if !bytes.Equal(b, feed(t, good)) {
				t.Errorf("the rest is not as it would be alone:\n%s", b)
			}
		})
	}
}
