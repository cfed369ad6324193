package ical

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// cleanLines makes any bytes into text that may stand in a calendar: valid
// UTF-8, line ends as LF, no control characters but tab. go-ical would refuse
// a CR in the middle of writing, and write the rest of them.
func cleanLines(s string) string {
	if isPlain(s) {
		return strings.TrimSpace(s)
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r) || r == '\uFEFF':
			return -1
		}
		return r // an invalid octet arrives here as U+FFFD
	}, s)
	return strings.TrimSpace(s)
}

// isPlain spares most texts the copy.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// cleanLine is cleanLines for what has to be one line.
func cleanLine(s string) string {
	if !isPlain(s) {
		s = oneLine.Replace(cleanLines(s))
	}
	return strings.TrimSpace(s)
}

var oneLine = strings.NewReplacer("\n", " ", "\t", " ")

// cleanParam makes text fit for a parameter, where a double quote cannot be
// said: RFC 6868 has a way, which too few clients read.
func cleanParam(s string) string {
	return strings.ReplaceAll(cleanLine(s), `"`, "'")
}

var escapeText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// cleanURI gives an absolute address in ASCII, or "" if s is none.
func cleanURI(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" {
		return ""
	}
	if slices.Contains([]string{"javascript", "data", "vbscript", "file"}, u.Scheme) {
		return ""
	}
	return percent(u.String(), "-._~!$&'()*+,;=:@/?#[]%")
}

// mailto gives the calendar address of a mailbox (RFC 6068).
func (p *Party) mailto() (string, error) {
	if p == nil || p.Email == "" {
		return "", errors.New("no address")
	}
	a, err := mail.ParseAddress(p.Email)
	if err != nil || a.Name != "" || a.Address != p.Email {
		return "", errors.New("the address is not a mailbox")
	}
	return "mailto:" + percent(a.Address, "-._~!$'*+=@"), nil
}

// percent writes every octet of s that is neither a letter, a digit nor in
// keep as %XX.
func percent(s, keep string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// duration writes d as RFC 5545 3.3.6 has it, whole days as days: go-ical only
// writes seconds, which some clients show as they are.
func duration(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%sP%dD", sign, d/day)
	}
	s := sign + "PT"
	if h := d / time.Hour; h > 0 {
		s += fmt.Sprintf("%dH", h)
	}
	if m := d % time.Hour / time.Minute; m > 0 {
		s += fmt.Sprintf("%dM", m)
	}
	if sec := d % time.Minute / time.Second; sec > 0 || d < time.Minute {
		s += fmt.Sprintf("%dS", sec)
	}
	return s
}

// maxLine is the longest line in octets, its end not counted (RFC 5545 3.1).
const maxLine = 75

// A folder keeps what is written to it, long lines folded. Each Write must be
// one line with its CRLF, as go-ical's encoder does.
type folder struct{ buf []byte }

func (f *folder) Write(line []byte) (int, error) {
	f.line(line[:len(line)-2])
	return len(line), nil
}

// line adds a line that comes without its end.
func (f *folder) line(line []byte) {
	room := maxLine
	for len(line) > room {
		cut := border(line, room)
		f.buf = append(append(f.buf, line[:cut]...), "\r\n "...)
		line, room = line[cut:], maxLine-1
	}
	f.buf = append(append(f.buf, line...), "\r\n"...)
}

// border is the last place up to max where a line may be cut: between
// characters, as readers decode line by line, and not inside \n or \, since
// some undo the escapes before the folds.
func border(line []byte, max int) int {
	cut := max
	for !utf8.RuneStart(line[cut]) {
		cut--
	}
	slashes := 0
	for slashes < cut && line[cut-1-slashes] == '\\' {
		slashes++
	}
	return cut - slashes%2
}

// say adds a line from its parts, which must be clean.
func (f *folder) say(parts ...string) {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	if n <= maxLine {
		for _, p := range parts {
			f.buf = append(f.buf, p...)
		}
		f.buf = append(f.buf, "\r\n"...)
		return
	}
	f.line([]byte(strings.Join(parts, "")))
}

// text adds a property with a text value, unless the text is empty.
func (f *folder) text(name, value string) {
	if value != "" {
		f.say(name, ":", escapeText.Replace(value))
	}
}
