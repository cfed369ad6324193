package ical_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// wantFormat holds b to what RFC 5545 demands of every calendar and what
// readers are known to stumble over, by a reader of our own: of forty bad
// feeds, twenty pass all the usual libraries.
func wantFormat(t testing.TB, b []byte) {
	t.Helper()
	if err := strict(b); err != nil {
		t.Errorf("not a calendar: %v\n%s", err, b)
	}
}

var (
	contentLine = regexp.MustCompile(`^([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*))*):(.*)$`)
	escaped     = regexp.MustCompile(`^(?:[^\\;,]|\\[\\;,n])*$`)
	listEscaped = regexp.MustCompile(`^(?:[^\\;]|\\[\\;,n])*$`)
	utcTime     = regexp.MustCompile(`^\d{8}T\d{6}Z$`)
	// What every client takes alike: Outlook knows one weekday of a month, and
	// not every day of the month comes every month.
	seriesRule = regexp.MustCompile(`^FREQ=(?:DAILY(?:;INTERVAL=\d+)?|WEEKLY(?:;BYDAY=\w\w(?:,\w\w)*|;INTERVAL=\d+;BYDAY=\w\w(?:,\w\w)*;WKST=MO)|` +
		`(?:MONTHLY(?:;INTERVAL=\d+)?|YEARLY(?:;INTERVAL=\d+)?;BYMONTH=\d+)(?:;BYMONTHDAY=(?:-1|\d+)|;BYDAY=(?:-1|[1-4])\w\w));UNTIL=(\d{8}|\d{8}T\d{6}Z)$`)
	localTime = regexp.MustCompile(`^\d{8}T\d{6}$`)
	date      = regexp.MustCompile(`^\d{8}$`)
)

// A reader walks the lines of a calendar and remembers what must agree.
type reader struct {
	open   []string // components begun
	count  map[string]int
	zones  map[string]bool   // defined before they are used
	names  map[string]bool   // UID and instance
	forms  map[string]string // of the start of what repeats, by UID
	event  map[string]string // values with their parameters; of several the last
	except []string
}

func strict(b []byte) error {
	r := &reader{zones: map[string]bool{}, names: map[string]bool{}, forms: map[string]string{}}
	lines, err := unfold(b)
	if err != nil {
		return err
	}
	if len(lines) == 0 || lines[0] != "BEGIN:VCALENDAR" || lines[len(lines)-1] != "END:VCALENDAR" {
		return fmt.Errorf("does not begin and end as a calendar")
	}
	for _, line := range lines {
		m := contentLine.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("malformed line %q", line)
		}
		if err := r.property(m[1], m[2], m[3]); err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
	}
	if len(r.open) > 0 {
		return fmt.Errorf("%v is not closed", r.open)
	}
	return nil
}

// unfold checks the lines as they travel, and joins the folded ones.
func unfold(b []byte) ([]string, error) {
	if !bytes.HasSuffix(b, []byte("\r\n")) {
		return nil, fmt.Errorf("the last line has no end")
	}
	var lines []string
	for line := range bytes.SplitSeq(bytes.TrimSuffix(b, []byte("\r\n")), []byte("\r\n")) {
		switch {
		case len(line) > 75:
			return nil, fmt.Errorf("%d octets in %q", len(line), line)
		case !utf8.Valid(line):
			return nil, fmt.Errorf("half a character in %q", line)
		case bytes.ContainsAny(line, "\r\n"):
			return nil, fmt.Errorf("bare CR or LF in %q", line)
		case len(line) == 0:
			return nil, fmt.Errorf("empty line")
		}
		if line[0] != ' ' {
			lines = append(lines, string(line))
			continue
		}
		last := len(lines) - 1
		if trailing := lines[last][len(strings.TrimRight(lines[last], `\`)):]; len(trailing)%2 == 1 {
			return nil, fmt.Errorf("an escape is folded before %q", line)
		}
		lines[last] += string(line[1:])
	}
	return lines, nil
}

// known are the properties that we write; any other one was written by a text.
var known = words("BEGIN END VERSION PRODID CALSCALE METHOD NAME DESCRIPTION COLOR SOURCE REFRESH-INTERVAL " +
	"X-WR-CALNAME X-WR-CALDESC X-WR-TIMEZONE X-APPLE-CALENDAR-COLOR X-PUBLISHED-TTL X-MS-OLK-FORCEINSPECTOROPEN " +
	"TZID TZNAME TZOFFSETFROM TZOFFSETTO DTSTART DTEND RRULE EXDATE RECURRENCE-ID UID SEQUENCE DTSTAMP CREATED LAST-MODIFIED " +
	"SUMMARY LOCATION URL CONFERENCE GEO CATEGORIES RELATED-TO STATUS TRANSP CLASS X-MICROSOFT-CDO-BUSYSTATUS " +
	"ORGANIZER ATTENDEE ACTION TRIGGER")

func words(s string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(s) {
		all[w] = true
	}
	return all
}

func (r *reader) property(name, params, value string) error {
	if !known[name] {
		return fmt.Errorf("not a property of ours")
	}
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return fmt.Errorf("control character")
		}
	}
	if r.count != nil && r.open[len(r.open)-1] == "VEVENT" {
		r.count[name]++
		r.event[name] = params + ":" + value
	}
	switch name {
	case "BEGIN":
		r.open = append(r.open, value)
		if value == "VEVENT" {
			r.count, r.event, r.except = map[string]int{}, map[string]string{}, nil
		}
	case "END":
		return r.end(value)
	case "SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "X-WR-CALNAME", "X-WR-CALDESC", "UID", "RELATED-TO":
		if !escaped.MatchString(value) {
			return fmt.Errorf("unescaped text")
		}
	case "CATEGORIES":
		if !listEscaped.MatchString(value) {
			return fmt.Errorf("unescaped text")
		}
	case "TZID":
		r.zones[value] = true
	case "DTSTAMP", "LAST-MODIFIED", "CREATED":
		if !utcTime.MatchString(value) {
			return fmt.Errorf("not in UTC")
		}
	case "DTSTART", "DTEND", "EXDATE", "RECURRENCE-ID":
		return r.time(name, params, value)
	case "RRULE":
		if r.count != nil && !seriesRule.MatchString(value) {
			return fmt.Errorf("no rule that all clients take alike")
		}
	case "RDATE", "EXRULE":
		return fmt.Errorf("what few clients read")
	case "REFRESH-INTERVAL", "SOURCE", "CONFERENCE":
		if !strings.Contains(params, ";VALUE=") {
			return fmt.Errorf("no VALUE")
		}
	case "STATUS":
		if value != "CONFIRMED" && value != "TENTATIVE" && value != "CANCELLED" {
			return fmt.Errorf("no such status")
		}
	}
	return nil
}

func (r *reader) time(name, params, value string) error {
	if r.open[len(r.open)-1] != "VEVENT" {
		return nil
	}
	zone, zoned := strings.CutPrefix(params, ";TZID=")
	ok := params == "" && utcTime.MatchString(value) || params == ";VALUE=DATE" && date.MatchString(value) ||
		zoned && localTime.MatchString(value) && r.zones[zone]
	if !ok {
		return fmt.Errorf("neither UTC, date, nor local in a zone that is defined")
	}
	if name == "EXDATE" {
		r.except = append(r.except, params+":"+value)
	}
	return nil
}

func (r *reader) end(component string) error {
	last := len(r.open) - 1
	if last < 0 || r.open[last] != component {
		return fmt.Errorf("closes nothing")
	}
	r.open = r.open[:last]
	if component != "VEVENT" {
		return nil
	}
	for _, name := range []string{"UID", "DTSTAMP", "DTSTART", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "CLASS", "LAST-MODIFIED"} {
		if r.count[name] != 1 {
			return fmt.Errorf("%d times %s", r.count[name], name)
		}
	}
	r.count = nil
	start, end := r.event["DTSTART"], r.event["DTEND"]
	switch {
	case end == start:
		return fmt.Errorf("ends when it starts")
	case end != "" && strings.HasPrefix(start, ";VALUE=DATE:") != strings.HasPrefix(end, ";VALUE=DATE:"):
		return fmt.Errorf("days and hours in one entry")
	}
	name := r.event["UID"] + r.event["RECURRENCE-ID"]
	if r.names[name] {
		return fmt.Errorf("the same UID and instance twice")
	}
	r.names[name] = true
	return r.series()
}

// series holds what is said of instances to the form of the start of their
// series, as readers compare it with that.
func (r *reader) series() error {
	start, rule, instance := form(r.event["DTSTART"]), r.event["RRULE"], r.event["RECURRENCE-ID"]
	if rule != "" {
		r.forms[r.event["UID"]] = start
		if strings.HasPrefix(start, ";VALUE=DATE:") == strings.HasSuffix(rule, "Z") {
			return fmt.Errorf("UNTIL is a day where the start is a moment, or the other way round")
		}
	}
	for _, x := range r.except {
		if rule == "" || form(x) != start {
			return fmt.Errorf("EXDATE%s of DTSTART%s", x, start)
		}
	}
	if want, known := r.forms[r.event["UID"]]; instance != "" && (rule != "" || known && form(instance) != want) {
		return fmt.Errorf("RECURRENCE-ID%s of DTSTART%s", instance, want)
	}
	return nil
}

// form is a time with its parameters, but for its digits.
func form(value string) string {
	i := strings.LastIndexByte(value, ':') + 1
	return value[:i] + strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return '0'
		}
		return r
	}, value[i:])
}
