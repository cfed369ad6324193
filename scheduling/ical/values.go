package ical

import (
	"math"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// unescape undoes the escapes of TEXT (RFC 5545 3.3.11). A comma that somebody
// forgot to escape stays in the text, and so does a backslash that escapes
// nothing, as in a path.
func unescape(s string) string {
	at := strings.IndexByte(s, '\\')
	if at < 0 {
		return strings.Clone(s) // nothing that is given away holds on to the file
	}
	var b strings.Builder
	b.Grow(len(s))
	for ; at >= 0; at = strings.IndexByte(s, '\\') {
		b.WriteString(s[:at])
		s = s[at+1:]
		switch {
		case s == "":
			b.WriteByte('\\')
		case s[0] == 'n' || s[0] == 'N':
			b.WriteByte('\n')
			s = s[1:]
		case strings.IndexByte(`\;,:"`, s[0]) >= 0: // a colon or a quotation mark needs none, but gets one
			b.WriteByte(s[0])
			s = s[1:]
		default:
			b.WriteByte('\\')
		}
	}
	b.WriteString(s)
	return b.String()
}

// splitList splits a list of texts at the commas that are not escaped.
func splitList(s string) []string {
	var all []string
	for start, i := 0, 0; ; i++ {
		switch {
		case i >= len(s):
			return append(all, s[start:])
		case s[i] == '\\':
			i++
		case s[i] == ',':
			all = append(all, s[start:i])
			start = i + 1
		}
	}
}

// A wall is a date or a time as it is written; which clock shows it is said
// beside it.
type wall struct {
	digits time.Time // as if the clock were UTC
	day    bool      // a date, without a time
	utc    bool
	tzid   string // as written; none for a floating time
}

// wallOf reads a DATE or DATE-TIME (RFC 5545 3.3.4, 3.3.5).
func wallOf(s, tzid string) (wall, bool) {
	w := wall{tzid: tzid}
	if strings.HasSuffix(s, "Z") { // with a TZID too: then it still is UTC (3.2.19)
		s, w.utc, w.tzid = s[:len(s)-1], true, ""
	}
	switch {
	case len(s) == 8 && !w.utc:
		w.day, w.tzid = true, ""
		s += "T000000"
	case len(s) != 15 || s[8] != 'T':
		return wall{}, false
	}
	var n [6]int
	for i, at := range [...][2]int{{0, 4}, {4, 6}, {6, 8}, {9, 11}, {11, 13}, {13, 15}} {
		v, ok := digits(s[at[0]:at[1]])
		if !ok {
			return wall{}, false
		}
		n[i] = v
	}
	if n[3] > 23 || n[4] > 59 || n[5] > 60 {
		return wall{}, false
	}
	w.digits = time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], min(n[5], 59), 0, time.UTC) // second 60 is 59 (3.3.12)
	year, month, day := w.digits.Date()
	return w, n[0] > 0 && year == n[0] && int(month) == n[1] && day == n[2]
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != "" && len(s) <= 9
}

// wall reads the one date or time of a line.
func (l *contentLine) wall() (wall, *ReadError) {
	s := strings.TrimSpace(l.value)
	w, ok := wallOf(s, l.param("TZID"))
	switch {
	case !ok:
		return wall{}, unreadable(l.number, "%s: %s is no date or time as 20261024 or 20261024T090000", l.name, quote(s))
	case strings.EqualFold(l.param("VALUE"), "DATE") && !w.day:
		return wall{}, unreadable(l.number, "%s says it is a date, but %s is a time", l.name, quote(s))
	}
	return w, nil
}

// A span of RFC 5545 3.3.6 is days, which are as long as the clocks make them,
// and exact time.
type period struct {
	days  int
	exact time.Duration
}

// maxPeriod is longer than anything that is one entry.
const maxPeriod = 100 * 366

// periodOf reads a DURATION that is not negative.
func periodOf(s string) (p period, ok bool) {
	s, ok = strings.CutPrefix(strings.TrimPrefix(s, "+"), "P")
	date, clock, timed := strings.Cut(s, "T")
	if !ok || date == "" && clock == "" || timed && clock == "" {
		return period{}, false
	}
	for _, unit := range [...]struct {
		letter string
		days   int
	}{{"W", 7}, {"D", 1}} {
		n, rest, ok := amount(date, unit.letter)
		if !ok {
			return period{}, false
		}
		p.days += n * unit.days
		date = rest
	}
	for _, unit := range [...]struct {
		letter string
		length time.Duration
	}{{"H", time.Hour}, {"M", time.Minute}, {"S", time.Second}} {
		n, rest, ok := amount(clock, unit.letter)
		if !ok {
			return period{}, false
		}
		p.exact += time.Duration(n) * unit.length
		clock = rest
	}
	return p, date == "" && clock == "" && p.days <= maxPeriod && p.exact <= maxPeriod*24*time.Hour
}

// amount takes a number with its unit off the front of s, if it is there. Seven
// digits of hours are far from what a Duration can hold.
func amount(s, unit string) (n int, rest string, ok bool) {
	before, after, found := strings.Cut(s, unit)
	if !found {
		return 0, s, true
	}
	n, ok = digits(before)
	return n, after, ok && len(before) <= 6
}

// address gives the mail address of an attendee, in small letters: that of a
// mailto, or else of the EMAIL parameter (RFC 7986 6.2), which Apple uses
// beside addresses of its own.
func (l *contentLine) address() (string, *ReadError) {
	s := strings.TrimSpace(l.value)
	const scheme = "mailto:"
	if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
		s, _, _ = strings.Cut(s[len(scheme):], "?")
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
	} else if mail := l.param("EMAIL"); mail != "" {
		s = mail
	}
	s = strings.ToLower(strings.TrimSpace(s))
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > maxAddress || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return "", unreadable(l.number, "%s: %s is no mail address", l.name, quote(l.value))
	}
	return strings.Clone(s), nil
}

// maxAddress is what RFC 5321 4.5.3.1 leaves to an address.
const maxAddress = 254

// uid reads the UID of a block, which must hold what is asked of an Entry's.
func (b *block) uid() (string, *ReadError) {
	l := b.get("UID")
	if l == nil {
		return "", unreadable(b.line, "the %s has no UID", clip(b.name))
	}
	uid := strings.TrimSpace(unescape(l.value))
	switch {
	case uid == "":
		return "", unreadable(l.number, "the UID is empty")
	case len(uid) > maxUID:
		return "", unreadable(l.number, "the UID has %d octets, more than %d", len(uid), maxUID)
	case !utf8.ValidString(uid) || strings.ContainsFunc(uid, unicode.IsControl):
		return "", unreadable(l.number, "the UID is not plain text")
	}
	return uid, nil
}

// maxUID is as in Entry.Check (RFC 7986 5.3).
const maxUID = 255

// sequence reads SEQUENCE, which is 0 where there is none (RFC 5545 3.8.7.4).
func (b *block) sequence() (int, *ReadError) {
	l := b.get("SEQUENCE")
	if l == nil {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(l.value))
	if err != nil || n < 0 || n > math.MaxInt32 {
		return 0, unreadable(l.number, "SEQUENCE: %s is no number from 0 on", quote(l.value))
	}
	return n, nil
}

// one gives the only line of a name, or nil.
func (b *block) one(name string) (*contentLine, *ReadError) {
	all := b.all(name)
	switch len(all) {
	case 0:
		return nil, nil
	case 1:
		return &all[0], nil
	}
	return nil, unreadable(all[1].number, "the %s has more than one %s", clip(b.name), name)
}
