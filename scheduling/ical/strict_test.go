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
	localTime   = regexp.MustCompile(`^\d{8}T\d{6}$`)
	date        = regexp.MustCompile(`^\d{8}$`)
)

// A reader walks the lines of a calendar and remembers what must agree.
type reader struct {
	open   []string // components begun
	count  map[string]int
	zones  map[string]bool // defined before they are used
	uids   map[string]bool
	starts string
	ends   string
}

func strict(b []byte) error {
	r := &reader{zones: map[string]bool{}, uids: map[string]bool{}}
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

func (r *reader) property(name, params, value string) error {
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return fmt.Errorf("control character")
		}
	}
	if r.count != nil {
		r.count[name]++
	}
	switch name {
	case "BEGIN":
		r.open = append(r.open, value)
		if value == "VEVENT" {
			r.count, r.starts, r.ends = map[string]int{}, "", ""
		}
	case "END":
		return r.end(value)
	case "SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "X-WR-CALNAME", "X-WR-CALDESC", "UID", "RELATED-TO":
		if !escaped.MatchString(value) {
			return fmt.Errorf("unescaped text")
		}
		if name == "UID" {
			if r.uids[value] {
				return fmt.Errorf("UID twice")
			}
			r.uids[value] = true
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
	case "DTSTART", "DTEND":
		return r.time(name, params, value)
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
	if name == "DTSTART" {
		r.starts = params + value
	} else {
		r.ends = params + value
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
	if r.ends != "" && r.ends == r.starts {
		return fmt.Errorf("ends when it starts")
	}
	r.count = nil
	return nil
}
