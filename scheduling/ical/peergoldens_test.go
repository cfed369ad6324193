package ical_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"

	"kohtaamo/scheduling/ical"
)

// goldens are the files that were agreed, with what our own reader makes of them.
func goldens(t *testing.T) []peerFeed {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.golden"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	var all []peerFeed
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ownReading(t, strings.TrimSuffix(filepath.Base(file), ".golden"), body))
	}
	return all
}

// ownRules is a calendar in which Helsinki keeps other hours than the system
// knows of: it shows whose rules a peer goes by.
func ownRules(t *testing.T) peerFeed {
	t.Helper()
	f := ownReading(t, "rules", bytes.ReplaceAll(feed(t, arena()), []byte("+0300"), []byte("+0330")))
	if len(f.want) != 1 || f.want[0].Starts != "2026-10-24T05:30:00Z" {
		t.Fatalf("nine o'clock is %+v", f.want)
	}
	return f
}

// messages are what goes by mail of a series: to download, to answer, to drop.
func messages(t *testing.T) []peerFeed {
	t.Helper()
	head, other, off := group(), moved(), dropped()
	for _, e := range []*ical.Entry{&head, &other, &off} {
		e.Organizer, e.Attendee = invitation().Organizer, invitation().Attendee
	}
	var all []peerFeed
	for name, write := range map[string]func() ([]byte, error){
		"publish-series": func() ([]byte, error) { return ical.Publish(head, other, off) },
		"request-series": func() ([]byte, error) { return ical.Invite(ical.Request, head, other) },
		"cancel-series":  func() ([]byte, error) { return ical.Invite(ical.Cancel, head) },
	} {
		body, err := write()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, ownReading(t, name, body))
	}
	return all
}

func ownReading(t *testing.T, name string, body []byte) peerFeed {
	t.Helper()
	f := peerFeed{name: name, body: body}
	all := read(t, body)
	for _, m := range all {
		_, follows := all[textOf(t, m.Event, "UID")]
		switch id := m.Props.Get(goical.PropRecurrenceID); {
		case m.Props.Get(goical.PropRecurrenceRule) != nil:
			f.want = append(f.want, m.follow(t, all)...)
		case id == nil:
			f.want = append(f.want, m.occurrence(t, ""))
		case !follows:
			f.want = append(f.want, m.occurrence(t, instant(t, m.zones, id).Format(m.layout())))
		}
	}
	if len(f.want) == 0 && bytes.Contains(body, []byte("BEGIN:VEVENT")) {
		t.Fatalf("%s: nothing was read", name)
	}
	return f
}

// follow gives all times of what repeats, and what stands in place of some.
func (m meaning) follow(t *testing.T, all map[string]meaning) []occurrence {
	t.Helper()
	var found []occurrence
	for _, at := range m.instances(t) {
		x, stands := all[textOf(t, m.Event, "UID")+at.Format(" 20060102T150405Z")]
		if !stands {
			x = m
			x.starts, x.ends = at, at.Add(m.ends.Sub(m.starts))
		}
		found = append(found, x.occurrence(t, at.Format(m.layout())))
	}
	return found
}

// layout is how peers say the times of m.
func (m meaning) layout() string {
	if m.Props.Get(goical.PropDateTimeStart).Params.Get("VALUE") == "DATE" {
		return time.DateOnly
	}
	return time.RFC3339
}

func (m meaning) occurrence(t *testing.T, recurrence string) occurrence {
	t.Helper()
	o := occurrence{UID: textOf(t, m.Event, "UID"), Recurrence: recurrence, Starts: m.starts.Format(m.layout()), Ends: m.ends.Format(m.layout()),
		Status: ical.Status(textOf(t, m.Event, "STATUS")), Summary: textOf(t, m.Event, "SUMMARY"), Description: textOf(t, m.Event, "DESCRIPTION")}
	if _, err := fmt.Sscan(m.Props.Get(goical.PropSequence).Value, &o.Sequence); err != nil {
		t.Fatal(err)
	}
	return o
}
