package templates

import (
	"strings"
	"unicode/utf8"
)

// textWidth is where lines of plain text mail end: within the 78 characters
// that RFC 5322 (section 2.1.1) asks for, with room for a reply's "> > ".
const textWidth = 72

func width(s string) int { return utf8.RuneCountInString(s) }

// wrap breaks s into lines at spaces. Its own line breaks stay; lines after the
// first begin with indent. A word longer than a line stays whole, so that
// addresses can be clicked.
func wrap(indent, s string) string {
	var out []string
	for line := range strings.Lines(strings.ReplaceAll(s, "\r\n", "\n")) {
		out = append(out, wrapLine(indent, strings.TrimSpace(line))...)
	}
	return strings.Join(out, "\n"+indent)
}

func wrapLine(indent, s string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case width(indent)+width(line)+1+width(word) > textWidth:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
