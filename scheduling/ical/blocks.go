package ical

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A block is what stands between a BEGIN and its END: a calendar, or something
// directly in one. Of the lines only those somebody here has use for are kept.
type block struct {
	name  string
	line  int // of its BEGIN
	lines []contentLine
	inner []block    // the STANDARDs and DAYLIGHTs of a zone
	fault *ReadError // the first line in it that cannot be read
}

// all gives the lines of a name.
func (b *block) all(name string) []contentLine {
	var found []contentLine
	for _, l := range b.lines {
		if l.name == name {
			found = append(found, l)
		}
	}
	return found
}

// get gives the first line of a name, or nil.
func (b *block) get(name string) *contentLine {
	for i := range b.lines {
		if b.lines[i].name == name {
			return &b.lines[i]
		}
	}
	return nil
}

// value gives the value of a line as it is written, or "".
func (b *block) value(name string) string {
	if l := b.get(name); l != nil {
		return strings.TrimSpace(l.value)
	}
	return ""
}

// add keeps a line; a fault in one is the fault of the block.
func (b *block) add(l contentLine) {
	switch {
	case b.fault != nil:
	case l.long:
		b.fail(unreadable(l.number, "%s is longer than %d octets", l.name, maxUnfolded))
	case len(b.lines) == maxLines:
		b.fail(unreadable(l.number, "%s has more than %d lines to read", b.name, maxLines))
	default:
		if len(l.params) > 0 {
			l.params = append([]param(nil), l.params...)
		}
		b.lines = append(b.lines, l)
	}
}

func (b *block) fail(err *ReadError) {
	if b.fault == nil {
		b.fault, b.lines, b.inner = err, nil, nil
	}
}

// wanted reports whether anybody here reads the property.
func wanted(name string) bool {
	switch name {
	case "METHOD", "NAME", "X-WR-CALNAME", "X-WR-TIMEZONE",
		"UID", "RECURRENCE-ID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "COMMENT",
		"DTSTART", "DTEND", "DURATION", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS",
		"SUMMARY", "DESCRIPTION", "LOCATION", "URL", "CATEGORIES", "GEO",
		"RRULE", "RDATE", "EXDATE", "EXRULE", "FREEBUSY",
		"TZID", "TZOFFSETFROM", "TZOFFSETTO", "X-LIC-LOCATION":
		return true
	}
	return false
}

// A blockReader walks over a file and hands over each block at its END, first
// what is in a calendar and then the calendar itself.
type blockReader struct {
	lines  lineReader
	open   []string // the names of the components that are not at their END
	begun  int      // the line the outermost of them began in
	blocks int
	params []param

	calendar, entry block
	see             func(*block) error
}

// readBlocks reads a file of at most max octets. An error of its own means that
// the file makes no sense as a whole and nothing in it can be relied on: a part
// of a calendar must not pass for all of it. see may keep what it is given.
func readBlocks(file []byte, max int, see func(*block) error) error {
	if len(file) > max {
		return unreadable(0, "the file has %d octets, more than %d", len(file), max)
	}
	text, err := utf8Text(file)
	if err != nil {
		return err
	}
	r := &blockReader{lines: lineReader{rest: text}, params: make([]param, 0, maxParams), see: see}
	for {
		s, number, long, ok := r.lines.next()
		if !ok {
			return r.end()
		}
		if err := r.line(s, number, long); err != nil {
			return err
		}
	}
}

// utf8Text takes the mark off that some programs put in front of UTF-8, and
// refuses the encodings that would look like garbage line by line. Single
// octets that are wrong become U+FFFD where a text is cleaned.
func utf8Text(file []byte) (string, error) {
	if bytes.HasPrefix(file, []byte("\xff\xfe")) || bytes.HasPrefix(file, []byte("\xfe\xff")) {
		return "", unreadable(1, "the file is in UTF-16, not in UTF-8")
	}
	file = bytes.TrimPrefix(file, []byte("\uFEFF"))
	if len(bytes.TrimSpace(file)) == 0 {
		return "", unreadable(0, "the file is empty")
	}
	return string(file), nil
}

func (r *blockReader) line(s string, number int, long bool) error {
	if len(r.open) == 0 && !isBegin(s) {
		if r.blocks > 0 {
			return nil // what a mailing list put after a calendar
		}
		return unreadable(number, "this is no calendar: it does not start with BEGIN:VCALENDAR but with %s", quote(s))
	}
	l, err := parseLine(s, number, r.params)
	if err != nil {
		r.fail(err)
		return nil
	}
	l.long = long
	switch l.name {
	case "BEGIN":
		return r.begin(number, componentName(l.value))
	case "END":
		return r.close(number, componentName(l.value))
	}
	if current := r.current(); current != nil && wanted(l.name) {
		current.add(l)
	}
	return nil
}

func isBegin(s string) bool {
	const begin = "BEGIN:"
	return len(s) >= len(begin) && strings.EqualFold(s[:len(begin)], begin)
}

func componentName(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

// current is the block that a line belongs to: nil in an alarm, say, which
// speaks of its own summary and duration.
func (r *blockReader) current() *block {
	switch {
	case len(r.open) == 1:
		return &r.calendar
	case len(r.open) == 2:
		return &r.entry
	case len(r.open) == 3 && len(r.entry.inner) > 0:
		return &r.entry.inner[len(r.entry.inner)-1]
	}
	return nil
}

// fail notes a line that makes no sense where it hurts: in the entry it is in.
func (r *blockReader) fail(err *ReadError) {
	if len(r.open) == 1 {
		r.calendar.fail(err)
		return
	}
	r.entry.fail(err)
}

func (r *blockReader) begin(number int, name string) error {
	switch len(r.open) {
	case maxDepth:
		return unreadable(number, "components stand in each other more than %d deep", maxDepth)
	case 0:
		if name != "VCALENDAR" {
			return unreadable(number, "this is no calendar: it starts with BEGIN:%s", clip(name))
		}
		r.begun = number
		r.calendar = block{name: name, line: number}
	case 1:
		r.entry = block{name: name, line: number, lines: make([]contentLine, 0, 16)}
	case 2:
		if r.entry.name == "VTIMEZONE" && r.entry.fault == nil {
			r.entry.inner = append(r.entry.inner, block{name: name, line: number})
		}
	}
	if r.blocks++; r.blocks > maxBlocks {
		return unreadable(number, "the file has more than %d components", maxBlocks)
	}
	r.open = append(r.open, name)
	return nil
}

func (r *blockReader) close(number int, name string) error {
	last := len(r.open) - 1
	if name != r.open[last] {
		return unreadable(number, "END:%s where END:%s belongs", clip(name), clip(r.open[last]))
	}
	r.open = r.open[:last]
	switch last {
	case 0:
		return r.see(&r.calendar)
	case 1:
		return r.see(&r.entry)
	case 2:
		for i := range r.entry.inner {
			if fault := r.entry.inner[i].fault; fault != nil {
				r.entry.fail(fault)
				break
			}
		}
	}
	return nil
}

func (r *blockReader) end() error {
	if len(r.open) > 0 {
		return unreadable(r.lines.read, "the file ends before the %s that begins in line %d does: a part of it is missing", r.open[0], r.begun)
	}
	return nil
}

// clip shortens a name for an error.
func clip(name string) string {
	if utf8.ValidString(name) && isName(name) && len(name) <= 40 {
		return name
	}
	return quote(name)
}
