package pack

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// partRunes is how long one part of a name may be: with a number behind it no
// file system finds it too long, also in letters of four bytes.
const partRunes = 55

// reserved are names that Windows keeps for devices, with any ending.
var reserved = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// Name is a name for a file of a pack, of its folders and what it is called. Each
// part may be anything that somebody typed: what would lead out of the pack, or
// what some file system cannot keep, is replaced.
func Name(parts ...string) string {
	out := make([]string, len(parts))
	for i, s := range parts {
		out[i] = part(s)
	}
	return strings.Join(out, "/")
}

func part(s string) string {
	// Composed last: what is left out may have stood between a letter and its mark.
	s = norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r), r == utf8.RuneError:
			return '-'
		case r < ' ', !unicode.IsGraphic(r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "-")))
	s = ends(shortened(ends(s)))
	stem, _, _ := strings.Cut(strings.ToLower(s), ".")
	switch {
	case s == "":
		return "-"
	case slices.Contains(reserved, strings.TrimSpace(stem)):
		return "-" + s
	}
	return s
}

// ends takes from both ends of a part what file systems drop or hide.
func ends(s string) string { return strings.Trim(s, " .~") }

// shortened cuts a part that is too long and keeps the ending of its name.
func shortened(s string) string {
	rs := []rune(s)
	if len(rs) <= partRunes {
		return s
	}
	end := []rune(path.Ext(s))
	if len(end) > 10 {
		end = nil
	}
	return strings.TrimRight(string(rs[:partRunes-len(end)]), " .") + string(end)
}

// numbered puts a number before the ending of a file's name.
func numbered(name string, n int) string {
	end := path.Ext(name)
	if strings.Contains(end, "/") || strings.HasSuffix(strings.TrimSuffix(name, end), "/") {
		end = ""
	}
	return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, end), n, end)
}

// folded is a name as file systems compare it that tell no cases apart.
func folded(name string) string { return strings.ToLower(strings.ToUpper(name)) }
