package scheduling

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kohtaamo/templates"
)

// A pattern is a text with fields in it, {{event}}: the words and the names of
// the fields in turn, beginning and ending with words. Whatever a field is
// filled with is data: it is never read as a pattern again.
type pattern []string

// A patternFault says what is wrong with a pattern and where.
type patternFault struct {
	key  string // of the text that says it
	near string // what stands there
	line int    // from 1
}

// args are what the text "wording.problem" mentions.
func (b *patternFault) args() []any { return []any{"near", b.near, "line", b.line} }

// parsePattern divides a text at its fields.
func parsePattern(text string) (pattern, *patternFault) {
	p, rest := pattern{}, text
	fault := func(key, near string, at int) *patternFault {
		return &patternFault{key, clipRunes(near, 40), 1 + strings.Count(text[:at], "\n")}
	}
	for {
		at := len(text) - len(rest)
		words, after, more := strings.Cut(rest, "{{")
		if i := strings.Index(words, "}}"); i >= 0 {
			return nil, fault("wording.fault.unopened", before(text[:at+i+2]), at+i)
		}
		p = append(p, words)
		if !more {
			return p, nil
		}
		at += len(words)
		name, next, closed := strings.Cut(after, "}}")
		if !closed || strings.Contains(name, "\n") || strings.Contains(name, "{{") {
			return nil, fault("wording.fault.unclosed", firstLine(text[at:]), at)
		}
		if name = strings.TrimSpace(name); !isFieldName(name) {
			return nil, fault("wording.fault.unknown", text[at:len(text)-len(next)], at)
		}
		p, rest = append(p, name), next
	}
}

func isFieldName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// before is the end of s, up to 40 characters of its last line.
func before(s string) string {
	r := []rune(s[strings.LastIndexByte(s, '\n')+1:])
	return string(r[max(0, len(r)-40):])
}

// clipRunes is the beginning of s, n characters at most.
func clipRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// fields are the names in p, as often as they stand there.
func (p pattern) fields() (names []string) {
	for i := 1; i < len(p); i += 2 {
		names = append(names, p[i])
	}
	return names
}

// unknown is the fault of a field in p that is none of the known ones, or nil.
func (p pattern) unknown(known []string) *patternFault {
	line := 1
	for i, part := range p {
		if i%2 == 1 && !slices.Contains(known, part) {
			return &patternFault{"wording.fault.unknown", "{{" + clipRunes(part, 40) + "}}", line}
		}
		line += strings.Count(part, "\n")
	}
	return nil
}

// fill puts values in the places of the fields, in one pass. The args are
// alternating names and values, as templates.Lang.Text takes them. It reports
// false where a field has no value.
func (p pattern) fill(l *templates.Lang, args ...any) (string, bool) {
	var b strings.Builder
	for i, part := range p {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		switch v := argument(args, part).(type) {
		case nil:
			return "", false
		case int:
			b.WriteString(l.Number(v))
		default:
			fmt.Fprint(&b, v)
		}
	}
	return b.String(), true
}

// withValues is a text with values in the places of its fields. A field without
// a value says nothing; a text that is no pattern, which nobody can store, says
// what it says.
func withValues(l *templates.Lang, text string, values map[string]string) string {
	p, bad := parsePattern(text)
	if bad != nil {
		return text
	}
	var args []any
	for _, name := range p.fields() {
		args = append(args, name, values[name])
	}
	text, _ = p.fill(l, args...)
	return text
}

// pattern notes a text with a fault in its fields, and gives the first of them.
func (f faults) pattern(field string, t Text, known []string) (first *patternFault) {
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		p, bad := parsePattern(t[lang])
		if bad == nil {
			bad = p.unknown(known)
		}
		if bad != nil {
			f.add(field, bad.key)
			first = cmp.Or(first, bad)
		}
	}
	return first
}

// patternProblem is the problem of f, which says of the first fault in the
// fields of a text, if there is one, where it is.
func (f faults) patternProblem(first *patternFault) error {
	if first == nil {
		return f.problem()
	}
	return &Problem{Kind: Invalid, Key: "wording.problem", Args: first.args(), Fields: f}
}

// argument is the value of a name, nil if there is none.
func argument(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return nil
}
