package ical_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	goical "github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"
)

// A tester is a test of testing or of rapid.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// A meaning is what a reader who knows nothing but the file makes of an entry:
// zones are what the file's own VTIMEZONE says, not what Go knows of them.
type meaning struct {
	goical.Event
	starts, ends time.Time // UTC; dates as midnight
	zones        map[string][]observance
}

// read decodes a calendar, by UID and, of what stands in place of an instance,
// the instant of that.
func read(t tester, b []byte) map[string]meaning {
	t.Helper()
	cal, err := goical.NewDecoder(bytes.NewReader(b)).Decode()
	if err != nil {
		t.Fatalf("go-ical: %v\n%s", err, b)
	}
	zones := map[string][]observance{}
	for _, c := range cal.Children {
		if c.Name == goical.CompTimezone {
			zones[c.Props.Get("TZID").Value] = observances(t, c)
		}
	}
	all := map[string]meaning{}
	for _, e := range cal.Events() {
		m := meaning{Event: e, starts: instant(t, zones, e.Props.Get("DTSTART")), zones: zones}
		m.ends = m.starts
		if p := e.Props.Get("DTEND"); p != nil {
			m.ends = instant(t, zones, p)
		}
		name := textOf(t, e, "UID")
		if p := e.Props.Get("RECURRENCE-ID"); p != nil {
			name += instant(t, zones, p).Format(" 20060102T150405Z")
		}
		all[name] = m
	}
	return all
}

// instances are the starts of what repeats, by the clocks of the file. Its rule
// is that which go-ical reads, counted in UTC: in a zone where midnight may be
// left out (Havana), the library would miss the day.
func (m meaning) instances(t tester) []time.Time {
	t.Helper()
	option, err := m.Props.RecurrenceRule()
	if err != nil || option == nil {
		t.Fatalf("no rule: %v", err)
	}
	until := option.Until
	start := m.Props.Get("DTSTART")
	layout := map[int]string{8: "20060102", 15: "20060102T150405", 16: "20060102T150405Z"}[len(start.Value)]
	option.Dtstart, option.Until = parse(t, layout, start.Value), time.Time{}
	rule, err := rrule.NewRRule(*option)
	if err != nil {
		t.Fatalf("%v", err)
	}
	except := map[time.Time]bool{}
	for _, p := range m.Props["EXDATE"] {
		except[instant(t, m.zones, &p)] = true
	}
	var all []time.Time
	for next := rule.Iterator(); ; {
		wall, _ := next()
		p := *start
		p.Value = wall.Format(layout)
		at := instant(t, m.zones, &p)
		if at.After(until) {
			return all
		}
		if !except[at] {
			all = append(all, at)
		}
	}
}

func textOf(t tester, e goical.Event, name string) string {
	t.Helper()
	s, err := e.Props.Text(name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

// An observance is STANDARD or DAYLIGHT.
type observance struct {
	first      time.Time // wall time
	yearly     bool
	month, nth int
	weekday    time.Weekday
	to         int
	onsets     map[int]time.Time // by year, found before
}

func observances(t tester, zone *goical.Component) []observance {
	t.Helper()
	kinds := map[string]int{}
	var all []observance
	for _, c := range zone.Children {
		kinds[c.Name]++
		o := observance{onsets: map[int]time.Time{}, first: parse(t, "20060102T150405", c.Props.Get("DTSTART").Value), to: east(t, c.Props.Get("TZOFFSETTO").Value)}
		east(t, c.Props.Get("TZOFFSETFROM").Value)
		if r := c.Props.Get("RRULE"); r != nil {
			o.repeat(t, r.Value)
			if !o.onset(o.first.Year()).Equal(o.first) {
				t.Errorf("%s does not start on its own rule: %v", c.Name, o)
			}
		}
		all = append(all, o)
	}
	if kinds["STANDARD"] != 1 || kinds["DAYLIGHT"] > 1 {
		t.Errorf("Outlook wants one STANDARD and at most one DAYLIGHT, not %v", kinds)
	}
	return all
}

var yearlyRule = regexp.MustCompile(`^FREQ=YEARLY;BYMONTH=(\d+);BYDAY=(-1|[1-4])(SU|MO|TU|WE|TH|FR|SA)$`)

func (o *observance) repeat(t tester, rule string) {
	t.Helper()
	m := yearlyRule.FindStringSubmatch(rule)
	if m == nil {
		t.Fatalf("%q is no rule that Outlook takes", rule)
	}
	o.yearly = true
	o.month, _ = strconv.Atoi(m[1])
	o.nth, _ = strconv.Atoi(m[2])
	o.weekday = time.Weekday(strings.Index("SUMOTUWETHFRSA", m[3]) / 2)
}

// onset finds the nth weekday by looking at every day of the month.
func (o observance) onset(year int) time.Time {
	if t, ok := o.onsets[year]; ok {
		return t
	}
	var days []time.Time
	h, m, s := o.first.Clock()
	for d := time.Date(year, time.Month(o.month), 1, h, m, s, 0, time.UTC); d.Month() == time.Month(o.month); d = d.AddDate(0, 0, 1) {
		if d.Weekday() == o.weekday {
			days = append(days, d)
		}
	}
	n := o.nth - 1
	if o.nth < 0 {
		n = len(days) - 1
	}
	o.onsets[year] = days[n]
	return days[n]
}

// last is the latest onset not after a wall time.
func (o observance) last(wall time.Time) (time.Time, bool) {
	if !o.yearly {
		return o.first, !o.first.After(wall)
	}
	for year := wall.Year(); year >= o.first.Year(); year-- {
		if t := o.onset(year); !t.After(wall) {
			return t, true
		}
	}
	return time.Time{}, false
}

func instant(t tester, zones map[string][]observance, p *goical.Prop) time.Time {
	t.Helper()
	tzid := p.Params.Get("TZID")
	switch {
	case p.Params.Get("VALUE") == "DATE":
		return parse(t, "20060102", p.Value)
	case tzid == "":
		return parse(t, "20060102T150405Z", p.Value)
	}
	wall := parse(t, "20060102T150405", p.Value)
	var latest time.Time
	offset, known := 0, false
	for _, o := range zones[tzid] {
		if at, ok := o.last(wall); ok && !at.Before(latest) {
			latest, offset, known = at, o.to, true
		}
	}
	if !known {
		t.Fatalf("the file does not say what time %s is in %s", p.Value, tzid)
	}
	return wall.Add(-time.Duration(offset) * time.Second)
}

func east(t tester, s string) int {
	t.Helper()
	var sign byte
	var h, m, sec int
	if n, _ := fmt.Sscanf(s, "%c%02d%02d%02d", &sign, &h, &m, &sec); n < 3 || sign != '+' && sign != '-' {
		t.Fatalf("offset %q", s)
	}
	if sign == '-' {
		return -(h*3600 + m*60 + sec)
	}
	return h*3600 + m*60 + sec
}

func parse(t tester, layout, s string) time.Time {
	t.Helper()
	v, err := time.Parse(layout, s)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return v
}
