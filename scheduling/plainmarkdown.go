package scheduling

import (
	"regexp"
	"strings"
)

// webText is an address in a text, without the punctuation of its sentence.
var webText = regexp.MustCompile(`https?://[^\s<>"\\]*[^\s<>"\\.,;:!?)\]}'*_~]`)

// plainMarkdown writes plain text so that Markdown shows it as it is: what
// would be a mark in it is escaped, its lines stay lines, its addresses become
// links to themselves.
func plainMarkdown(s string) string {
	var b strings.Builder
	open := false // within a paragraph
	for _, line := range strings.Split(cleanText(s), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			open = false
			continue
		case open:
			b.WriteString("  \n") // two spaces: a backslash would meet one of the text
		case b.Len() > 0:
			b.WriteString("\n\n")
		}
		open = true
		b.WriteString(plainLine(line))
	}
	return b.String()
}

// plainLine escapes one line.
func plainLine(line string) string {
	var b strings.Builder
	rest := 0
	for _, at := range webText.FindAllStringIndex(line, -1) {
		b.WriteString(escaped(line[rest:at[0]]))
		b.WriteString("<" + line[at[0]:at[1]] + ">")
		rest = at[1]
	}
	b.WriteString(escaped(line[rest:]))
	return opening.ReplaceAllString(b.String(), `$1\$2`)
}

// opening is what makes a heading, a list, a rule or a table of a line.
var opening = regexp.MustCompile(`^([0-9]{0,9})([-+=#:.)])`)

var marks = regexp.MustCompile("[\\\\`*_\\[\\]<>|~&!{}@]")

func escaped(s string) string { return marks.ReplaceAllString(s, `\$0`) }
