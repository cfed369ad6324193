package ical

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// What comes from outside is read here, by hand. go-ical is the model of what
// we write, but its decoder cannot be given a stranger's file: it panics on a
// line without a colon, takes the square of a parameter's length, and follows
// nested components until the stack kills the process, which nothing recovers.
// A fence that rules all this out has to find lines, parameters and nesting for
// itself, and then nothing is left for the decoder to do. This reader walks
// over the file once, keeps no tree, and lets go of every line that nobody
// asks for; the limits below bound what it holds, whatever the file says.
const (
	// maxReply is the most octets an answer may have. One to sixteen instances
	// has 20 KB, one that carries the whole invitation back less than 100 KB.
	maxReply = 256 << 10
	// maxCalendar is the most octets a calendar may have: some 20,000 entries
	// as Google and Outlook write them.
	maxCalendar = 8 << 20
	// maxBlocks is how many components (entries, alarms, zones) a file may have.
	maxBlocks = 50_000
	// maxDepth is how deep components may stand in each other. RFC 9073 goes
	// deepest: a place in a participant in an event in a calendar.
	maxDepth = 4
	// maxLines is how many lines of one component are read. The largest
	// meetings have some hundreds of attendees, old series as many exceptions.
	maxLines = 2_000
	// maxUnfolded is the longest line in octets that is read, folds undone. A
	// longer one (a picture, say) is passed over where nobody asks for it.
	maxUnfolded = 64 << 10
	// maxParams is how many parameters a line may have; RFC 5545 knows 20.
	maxParams = 32
	// maxFaults is how many things that cannot be read are told one by one. A
	// person mends the first few and tries again.
	maxFaults = 100
)

// A ReadError says what in a file cannot be read, so that a person can mend it.
type ReadError struct {
	Line   int // as an editor counts them, from 1; 0 for the file as a whole
	Reason string
}

func (e *ReadError) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

func unreadable(line int, format string, args ...any) *ReadError {
	return &ReadError{Line: line, Reason: fmt.Sprintf(format, args...)}
}

// quote shows a piece of a file in an error: short, in one line.
func quote(s string) string {
	const enough = 60
	if len(s) > enough {
		cut := enough
		for cut > enough-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		return fmt.Sprintf("%q…", s[:cut])
	}
	return fmt.Sprintf("%q", s)
}

// A contentLine is one line as RFC 5545 3.1 means it, its folds undone. Its
// texts are parts of the file.
type contentLine struct {
	number int    // of its first line in the file
	name   string // in capitals
	params []param
	value  string
	long   bool // more than maxUnfolded, so the value is not all there
}

// A param is a parameter with the first of its values, quotes and the escapes
// of RFC 6868 undone.
type param struct{ name, value string }

// param gives the value of a parameter, or "".
func (l *contentLine) param(name string) string {
	for _, p := range l.params {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// A lineReader gives the lines of a file one by one.
type lineReader struct {
	rest string
	read int // lines of the file, so far
}

// physical takes the next line as it stands in the file. It need not end in
// CRLF: many files went through an editor or a version control system.
func (r *lineReader) physical() (string, bool) {
	if r.rest == "" {
		return "", false
	}
	s, rest, _ := strings.Cut(r.rest, "\n")
	r.rest = rest
	r.read++
	return strings.TrimRight(s, "\r"), true
}

func (r *lineReader) folded() bool {
	return r.rest != "" && (r.rest[0] == ' ' || r.rest[0] == '\t')
}

// next takes the next line, with its first line's number in the file, and
// whether it was too long to be kept. Empty lines are passed over.
func (r *lineReader) next() (s string, number int, long, ok bool) {
	for s == "" {
		if s, ok = r.physical(); !ok {
			return "", 0, false, false
		}
	}
	number = r.read
	if len(s) > maxUnfolded {
		s, long = s[:maxUnfolded], true
	}
	if !r.folded() {
		return s, number, long, true
	}
	whole := []byte(s)
	for r.folded() {
		more, _ := r.physical()
		if len(whole)+len(more)-1 > maxUnfolded {
			long = true
		}
		if !long {
			whole = append(whole, more[1:]...)
		}
	}
	return string(whole), number, long, true
}

// parseLine takes a line apart. It uses params for the parameters, and looks
// at each octet once.
func parseLine(s string, number int, params []param) (contentLine, *ReadError) {
	end := strings.IndexAny(s, ":;")
	if end < 0 {
		return contentLine{}, unreadable(number, "%s is no line of a calendar: there is no colon", quote(s))
	}
	l := contentLine{number: number, name: strings.ToUpper(s[:end])}
	if !isName(l.name) {
		return contentLine{}, unreadable(number, "%s is no name of a property", quote(s[:end]))
	}
	s = s[end:]
	l.params = params[:0]
	for s[0] == ';' {
		p, rest, err := parseParam(s[1:])
		switch {
		case err != "":
			return contentLine{}, unreadable(number, "%s: %s", l.name, err)
		case len(l.params) == maxParams:
			return contentLine{}, unreadable(number, "%s has more than %d parameters", l.name, maxParams)
		}
		l.params = append(l.params, p)
		s = rest
	}
	l.value = s[1:]
	return l, nil
}

// parseParam takes the parameter s begins with. What is left begins with the
// semicolon or colon after it.
func parseParam(s string) (p param, rest, fault string) {
	end := strings.IndexAny(s, `=:;,"`)
	if end < 0 || s[end] != '=' || !isName(s[:end]) {
		return p, "", "a parameter is not written as NAME=VALUE"
	}
	p.name = strings.ToUpper(s[:end])
	for first := true; ; first = false {
		value, rest, fault := paramValue(s[end+1:])
		if fault != "" {
			return p, "", fault + " parameter " + p.name
		}
		if first {
			p.value = decodeParam.Replace(value)
		}
		if rest[0] != ',' {
			return p, rest, ""
		}
		s, end = rest, 0
	}
}

// paramValue takes one value of a parameter, up to the comma, semicolon or
// colon that follows.
func paramValue(s string) (value, rest, fault string) {
	if strings.HasPrefix(s, `"`) {
		end := strings.IndexByte(s[1:], '"')
		if end < 0 {
			return "", "", "no closing quotation mark in"
		}
		value, rest = s[1:1+end], s[end+2:]
		if rest == "" || strings.IndexByte(",;:", rest[0]) < 0 {
			return "", "", "text after the quotation mark in"
		}
		return value, rest, ""
	}
	end := strings.IndexAny(s, `,;:"`)
	switch {
	case end < 0:
		return "", "", "no colon after"
	case s[end] == '"':
		return "", "", "a quotation mark inside"
	}
	return s[:end], s[end:], ""
}

var decodeParam = strings.NewReplacer("^n", "\n", "^^", "^", "^'", `"`) // RFC 6868

// isName tells a name (letters, digits, hyphens; others write underscores and
// dots) from text that lost its line.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return s != ""
}
