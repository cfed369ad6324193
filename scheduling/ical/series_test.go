package ical_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// group is a working group that meets on the first Tuesday of each month.
func group() ical.Entry {
	e := arena()
	e.UID = "c1f0a2de-58b9-4be0-9b52-3c8d40d5e7f6"
	e.Summary, e.Description = "Theme group: steel and slag", "Standing agenda; notes are shared afterwards."
	e.Starts, e.Ends = at(helsinki, "2026-09-01 14:00"), at(helsinki, "2026-09-01 15:30")
	e.Repeat = &ical.Repeat{Freq: ical.Monthly, Days: []ical.Day{{Weekday: time.Tuesday, Nth: 1}}, Until: at(helsinki, "2027-06-30 00:00")}
	e.Except = []time.Time{at(helsinki, "2027-01-05 14:00")} // Epiphany is near
	return e
}

// moved stands in place of the meeting of November, a day later and in Madrid.
func moved() ical.Entry {
	e := group()
	e.Repeat, e.Except = nil, nil
	e.Instance, e.InstanceZone = at(helsinki, "2026-11-03 14:00"), "Europe/Helsinki"
	e.Starts, e.Ends, e.StartZone = at(madrid, "2026-11-04 10:00"), at(madrid, "2026-11-04 11:30"), "Europe/Madrid"
	e.Sequence = 3
	return e
}

// dropped stands in place of the meeting of December.
func dropped() ical.Entry {
	e := moved()
	e.Instance, e.InstanceZone = at(helsinki, "2026-12-01 14:00"), ""
	e.Starts, e.Ends, e.StartZone = e.Instance, e.Instance.Add(90*time.Minute), "Europe/Helsinki"
	e.Status, e.Summary = ical.Cancelled, "CANCELLED: "+e.Summary
	return e
}

func TestRules(t *testing.T) {
	for _, test := range []struct {
		repeat ical.Repeat
		want   string
	}{
		{ical.Repeat{Freq: ical.Daily}, "FREQ=DAILY;UNTIL=20261031T070000Z"},
		{ical.Repeat{Freq: ical.Daily, Interval: 3}, "FREQ=DAILY;INTERVAL=3;UNTIL=20261030T070000Z"},
		{ical.Repeat{Freq: ical.Weekly}, "FREQ=WEEKLY;BYDAY=SA;UNTIL=20261031T070000Z"},
		{ical.Repeat{Freq: ical.Weekly, Interval: 1, Days: []ical.Day{{Weekday: time.Sunday}, {Weekday: time.Saturday}, {Weekday: time.Monday}}},
			"FREQ=WEEKLY;BYDAY=MO,SA,SU;UNTIL=20261031T070000Z"},
		{ical.Repeat{Freq: ical.Weekly, Interval: 2}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;WKST=MO;UNTIL=20261024T060000Z"},
		{ical.Repeat{Freq: ical.Monthly, Days: []ical.Day{{time.Saturday, 4}}}, "FREQ=MONTHLY;BYDAY=4SA;UNTIL=20261024T060000Z"},
		{ical.Repeat{Freq: ical.Monthly}, "FREQ=MONTHLY;BYMONTHDAY=24;UNTIL=20261024T060000Z"},
		{ical.Repeat{Freq: ical.Yearly}, "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=24;UNTIL=20261024T060000Z"},
		{ical.Repeat{Freq: ical.Yearly, Days: []ical.Day{{time.Saturday, 4}}}, "FREQ=YEARLY;BYMONTH=10;BYDAY=4SA;UNTIL=20261024T060000Z"},
	} {
		e := arena()
		test.repeat.Until = at(helsinki, "2026-10-31 00:00")
		e.Repeat = &test.repeat
		if b := feed(t, e); !bytes.Contains(b, []byte("\r\nRRULE:"+test.want+"\r\n")) {
			t.Errorf("no %s in\n%s", test.want, b)
		}
	}
}

func TestSeriesThatMakeNoSense(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(group, moved *ical.Entry)
		want  []string // one reason for each entry that is left out
	}{
		{"a rule that its start is no instance of", func(g, m *ical.Entry) { g.Starts, g.Ends = g.Starts.AddDate(0, 0, 1), g.Ends.AddDate(0, 0, 1) },
			[]string{"no instance of its own rule", "is not in this calendar"}},
		{"no end", func(g, m *ical.Entry) { g.Repeat = &ical.Repeat{Freq: ical.Weekly} }, []string{"no last day", "is not in this calendar"}},
		{"beyond the years", func(g, m *ical.Entry) { g.Ends = g.Starts.AddDate(172, 8, 0) }, []string{"the last end is not between", "is not in this calendar"}},
		{"nothing left", func(g, m *ical.Entry) { g.Repeat, g.Except = once(g.Starts), []time.Time{g.Starts, g.Starts} },
			[]string{"every instance is excepted", "is not in this calendar"}},
		{"two zones", func(g, m *ical.Entry) { g.EndZone = "Europe/Madrid" }, []string{"does not end in another zone", "is not in this calendar"}},
		{"an instance that repeats", func(g, m *ical.Entry) { m.Repeat = once(m.Starts) }, []string{"an instance of a series does not repeat"}},
		{"an instance with exceptions", func(g, m *ical.Entry) { m.Except = []time.Time{m.Starts} }, []string{"has no exceptions"}},
		{"no such instance", func(g, m *ical.Entry) { m.Instance = m.Instance.Add(time.Hour) }, []string{"has no instance at 2026-11-03T13:00:00Z"}},
		{"an instance after the last", func(g, m *ical.Entry) { m.Instance = at(helsinki, "2027-07-06 14:00") }, []string{"has no instance at 2027-07-06T11:00:00Z"}},
		{"moved and excepted", func(g, m *ical.Entry) { g.Except = []time.Time{m.Instance} }, []string{"excepts the instance at 2026-11-03T12:00:00Z"}},
		{"a day in place of an hour", func(g, m *ical.Entry) { m.AllDay = true }, []string{"all-day as its series is"}},
		{"no series", func(g, m *ical.Entry) { g.UID = "other" }, []string{"is not in this calendar"}},
		{"nothing that repeats", func(g, m *ical.Entry) { g.Repeat, g.Except = nil, nil }, []string{"is not in this calendar"}},
		{"an instance of year 1", func(g, m *ical.Entry) { m.Instance = time.Time{}.Add(time.Second) }, []string{"the instance is not between"}},
		{"an instance of nowhere", func(g, m *ical.Entry) { m.InstanceZone = "Local" }, []string{"unknown time zone"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g, m := group(), moved()
			test.spoil(&g, &m)
			good := arena()
			b, skipped := cluster.Encode([]ical.Entry{g, m, good})
			if len(skipped) != len(test.want) {
				t.Fatalf("skipped %v, want %q", skipped, test.want)
			}
			for i, err := range skipped {
				wantReason(t, err, test.want[i])
			}
			wantFormat(t, b)
			if n := bytes.Count(b, []byte("BEGIN:VEVENT")); n != 3-len(test.want) {
				t.Errorf("%d entries in\n%s", n, b)
			}
		})
	}
}

func once(start time.Time) *ical.Repeat { return &ical.Repeat{Freq: ical.Daily, Until: start} }

func TestSeriesTwice(t *testing.T) {
	again := moved()
	again.InstanceZone, again.Starts = "Europe/Tallinn", again.Starts.Add(time.Hour)
	_, skipped := cluster.Encode([]ical.Entry{group(), moved(), dropped(), again, group()})
	if len(skipped) != 2 {
		t.Fatalf("skipped %v, want the second of each", skipped)
	}
	for _, err := range skipped {
		wantReason(t, err, "same UID")
	}
}

// An exception that is none of the rule's is what remains when a rule changes;
// one that is already told to be cancelled may be excepted as well.
func TestExceptions(t *testing.T) {
	g := group()
	g.Except = append(g.Except, g.Except[0].In(madrid), g.Starts.Add(time.Minute), at(helsinki, "2030-01-01 14:00"), dropped().Instance)
	got := string(feed(t, g, dropped()))
	want := "\r\nEXDATE;TZID=Europe/Helsinki:20261201T140000\r\nEXDATE;TZID=Europe/Helsinki:20270105T140000\r\nGEO"
	if !strings.Contains(got, want) || strings.Count(got, "EXDATE") != 2 {
		t.Errorf("no %q in\n%s", want, got)
	}
}

// What no rule can say is said one by one: in a zone whose rules are not the
// same each year, in the hours that come twice or never, and over the night in
// which the clocks are set.
func TestWhatNoRuleCanSay(t *testing.T) {
	for _, test := range []struct {
		name  string
		zone  string
		start string
		hours time.Duration
		until string
		want  string // starts, without the ones excepted, moved and dropped
	}{
		{"a zone of odd rules", "Africa/Casablanca", "2026-02-12 09:00", time.Hour, "2026-02-17 00:00",
			"20260212T080000Z 20260216T090000Z 20260217T090000Z"},
		{"the hour that comes twice", "Europe/Helsinki", "2026-10-21 03:30", 0, "2026-10-26 00:00",
			"TZID=Europe/Helsinki:20261021T033000 20261025T003000Z TZID=Europe/Helsinki:20261026T033000"},
		{"an end in the hour that comes twice", "Europe/Helsinki", "2026-10-21 02:30", time.Hour, "2026-10-26 00:00",
			"TZID=Europe/Helsinki:20261021T023000 20261024T233000Z TZID=Europe/Helsinki:20261026T023000"},
		{"the hour that is left out", "Europe/Helsinki", "2026-03-25 03:30", time.Hour, "2026-03-30 00:00",
			"TZID=Europe/Helsinki:20260325T033000 TZID=Europe/Helsinki:20260329T043000 TZID=Europe/Helsinki:20260330T033000"},
		{"over the night", "Europe/Helsinki", "2026-10-21 22:00", 8 * time.Hour, "2026-10-25 00:00",
			"TZID=Europe/Helsinki:20261021T220000 TZID=Europe/Helsinki:20261025T220000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := arena()
			start := at(zone(test.zone), test.start)
			e.Starts, e.Ends, e.StartZone = start, start.Add(test.hours), test.zone
			e.Repeat = &ical.Repeat{Freq: ical.Daily, Until: at(zone(test.zone), test.until)}
			e.Except = []time.Time{start.AddDate(0, 0, 1)}
			m, d := arena(), arena()
			m.Instance, m.InstanceZone = start.AddDate(0, 0, 2), test.zone
			d.Instance, d.InstanceZone, d.Status = start.AddDate(0, 0, 3), test.zone, ical.Cancelled
			b := feed(t, e, m, d)
			wantFormat(t, b)
			wantStarts(t, read(t, b), e, m, d, test.want)
			if bytes.Contains(b, []byte("\r\nRRULE:FREQ=DAILY")) || bytes.Contains(b, []byte("RECURRENCE-ID")) {
				t.Errorf("there is a rule in\n%s", b)
			}
			for name, make := range map[string]func(ical.Entry, ...ical.Entry) ([]byte, error){
				"publish": ical.Publish,
				"invite":  func(e ical.Entry, i ...ical.Entry) ([]byte, error) { return ical.Invite(ical.Cancel, e, i...) },
			} {
				e.Organizer, e.Attendee = invitation().Organizer, invitation().Attendee
				_, err := make(e)
				wantReason(t, err, "no rule says all the times")
				if t.Failed() {
					t.Fatal(name)
				}
			}
		})
	}
}

func wantStarts(t *testing.T, got map[string]meaning, head, moved, dropped ical.Entry, want string) {
	t.Helper()
	uid := func(at time.Time) string { return fmt.Sprintf("%s-%s", head.UID, at.UTC().Format("20060102T150405Z")) }
	if m := got[uid(moved.Instance)]; !m.starts.Equal(moved.Starts) {
		t.Errorf("moved to %s, want %s", m.starts, moved.Starts)
	}
	if m := got[uid(dropped.Instance)]; m.Props.Get("STATUS").Value != "CANCELLED" {
		t.Error("what is cancelled takes place")
	}
	delete(got, uid(moved.Instance))
	delete(got, uid(dropped.Instance))
	var starts []string
	for name, m := range got {
		if name != uid(m.starts) || m.ends.Sub(m.starts) != head.Ends.Sub(head.Starts) {
			t.Errorf("%s is from %s to %s", name, m.starts, m.ends)
		}
		p := m.Props.Get("DTSTART")
		s := p.Value
		if z := p.Params.Get("TZID"); z != "" {
			s = "TZID=" + z + ":" + s
		}
		starts = append(starts, s)
	}
	slices.SortFunc(starts, func(a, b string) int { return strings.Compare(a[len(a)-16:], b[len(b)-16:]) })
	for _, s := range strings.Fields(want) {
		if !slices.Contains(starts, s) {
			t.Errorf("no %s in %v", s, starts)
		}
	}
	if len(starts) != len(strings.Fields(want)) {
		t.Errorf("%v, want %s", starts, want)
	}
}

// An invitation to a series brings what stands in place of its instances, and
// one to an instance names it alone.
func TestInvitationsToSeries(t *testing.T) {
	g, m := group(), moved()
	for _, e := range []*ical.Entry{&g, &m} {
		e.Organizer, e.Attendee = invitation().Organizer, invitation().Attendee
	}
	whole, err := ical.Invite(ical.Request, g, m)
	if err != nil {
		t.Fatal(err)
	}
	wantFormat(t, whole)
	for _, want := range []string{"RRULE:FREQ=MONTHLY;BYDAY=1TU;UNTIL=20270601T110000Z", "RECURRENCE-ID;TZID=Europe/Helsinki:20261103T140000", "TZID:Europe/Madrid"} {
		if !bytes.Contains(whole, []byte("\r\n"+want+"\r\n")) {
			t.Errorf("no %s in\n%s", want, whole)
		}
	}
	golden(t, "instance", must(ical.Invite(ical.Request, m)))

	for _, test := range []struct {
		name string
		make func() ([]byte, error)
		want string
	}{
		{"a stranger", func() ([]byte, error) { return ical.Invite(ical.Request, g, invitation()) }, "is no instance of"},
		{"another's instance", func() ([]byte, error) { x := m; x.UID = "x"; return ical.Publish(g, x) }, "is no instance of"},
		{"an instance of no series", func() ([]byte, error) { return ical.Publish(invitation(), m) }, "has no instances"},
		{"a wrong instance", func() ([]byte, error) { x := m; x.Instance = x.Starts; return ical.Publish(g, x) }, "has no instance at"},
		{"nobody", func() ([]byte, error) { x := m; x.Attendee = nil; return ical.Invite(ical.Cancel, g, x) }, "nobody to invite"},
		{"a cancelled instance", func() ([]byte, error) { x := m; x.Status = ical.Cancelled; return ical.Invite(ical.Request, g, x) }, "what is cancelled"},
		{"in the hour that comes twice", func() ([]byte, error) {
			x := m
			x.Instance = time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
			return ical.Invite(ical.Request, x)
		}, "cannot say which instance"},
		{"of a zone of odd rules", func() ([]byte, error) {
			x := m
			x.InstanceZone = "Africa/Casablanca"
			return ical.Invite(ical.Request, x)
		}, "cannot say which instance"},
	} {
		_, err := test.make()
		t.Run(test.name, func(t *testing.T) { wantReason(t, err, test.want) })
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
