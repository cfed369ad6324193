package scheduling

import (
	"maps"
	"slices"
	"strings"
)

// Text is what an organiser wrote, by language ("fi", "en"). Not every
// language has to be there.
type Text map[string]string

// In gives the words in lang; where there are none, in English, then in
// whichever language comes first in the alphabet. It is empty only if t is.
func (t Text) In(lang string) string {
	if s := t[lang]; s != "" {
		return s
	}
	if s := t["en"]; s != "" {
		return s
	}
	for _, l := range slices.Sorted(maps.Keys(t)) {
		if t[l] != "" {
			return t[l]
		}
	}
	return ""
}

// Lang is the language of the words that In gives.
func (t Text) Lang(lang string) string {
	words := t.In(lang)
	for _, l := range append([]string{lang, "en"}, slices.Sorted(maps.Keys(t))...) {
		if words != "" && t[l] == words {
			return l
		}
	}
	return lang
}

// Has reports whether t was written in lang itself.
func (t Text) Has(lang string) bool { return t[lang] != "" }

// Empty reports whether t says nothing in any language.
func (t Text) Empty() bool { return t.In("en") == "" }

// trimmed is t without outer white space, control characters and empty languages.
func (t Text) trimmed() Text {
	out := Text{}
	for lang, s := range t {
		if s = cleanText(s); s != "" {
			out[lang] = s
		}
	}
	return out
}

// longest is the length in runes of the longest version.
func (t Text) longest() int {
	n := 0
	for _, s := range t {
		n = max(n, len([]rune(s)))
	}
	return n
}

// cleanText keeps the lines and tabs of s and drops every other control
// character and whatever is not UTF-8: names go into mail headers, calendars
// and spreadsheets.
func cleanText(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	s = strings.Map(func(r rune) rune {
		if isControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// cleanLine is cleanText on one line.
func cleanLine(s string) string {
	return strings.Join(strings.Fields(cleanText(s)), " ")
}

// isControl holds for C0, C1 and the marks that turn text around or hide it.
func isControl(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 ||
		r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 ||
		r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0x200b
}

// words are the lower-case words of the texts, each once, for search by prefix.
func words(texts ...string) []string {
	var out []string
	for _, s := range texts {
		for _, w := range strings.FieldsFunc(strings.ToLower(s), notWord) {
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

func notWord(r rune) bool {
	return strings.ContainsRune(" \t\n,;:/()[]<>\"'@.!?&+-_|", r)
}
