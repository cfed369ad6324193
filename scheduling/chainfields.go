package scheduling

import (
	"regexp"
	"slices"
	"strings"
)

// A field stands in a text that organisers write as {{name}}, and its value
// takes its place. Values are plain text: what somebody put in their name is
// never read as a field.

var fieldForm = regexp.MustCompile(`\{\{\s*([a-z_]+)\s*\}\}`)

// fill puts values in the places of the fields.
func fill(s string, values map[string]string) string {
	return fieldForm.ReplaceAllStringFunc(s, func(m string) string {
		return values[fieldForm.FindStringSubmatch(m)[1]]
	})
}

// fields notes fields that are none of those known, and braces that make none.
func (f faults) fields(field string, t Text, known []string) {
	for _, s := range t {
		for _, m := range fieldForm.FindAllStringSubmatch(s, -1) {
			if !slices.Contains(known, m[1]) {
				f.add(field, "chain.unknown_field")
			}
		}
		if rest := fieldForm.ReplaceAllString(s, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
			f.add(field, "chain.broken_field")
		}
	}
}

// inParagraphs parts a text at its empty lines.
func inParagraphs(s string) (out []string) {
	for p := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
