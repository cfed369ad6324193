package templates

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The names of countries and languages stand in locales/names, taken from CLDR
// once: the tables that hold them for every language of the world would be a
// tenth of the program.

// Country is the name of a country by its ISO 3166 alpha-2 code; the code itself
// if it has none.
func (l *Lang) Country(code string) string { return l.named("country."+strings.ToUpper(code), code) }

// Tongue is the name of a language by its ISO 639-1 code, as it stands in the
// middle of a sentence; the code itself if it has none.
func (l *Lang) Tongue(code string) string { return l.named("tongue."+strings.ToLower(code), code) }

func (l *Lang) named(key, code string) string {
	if !l.Has(key) {
		return code
	}
	return l.Text(key)
}

// Tongues are the names of languages whose codes are divided by spaces.
func (l *Lang) Tongues(codes string) string {
	names := strings.Fields(codes)
	for i, code := range names {
		names[i] = l.Tongue(code)
	}
	return strings.Join(names, ", ")
}

// Countries are the codes of all countries, in the order of their names.
func (l *Lang) Countries() []string {
	var codes []string
	for key := range l.keys {
		if code, ok := strings.CutPrefix(key, "country."); ok {
			codes = append(codes, code)
		}
	}
	slices.SortFunc(codes, func(a, b string) int {
		return strings.Compare(l.alphabetic(l.Country(a)), l.alphabetic(l.Country(b)))
	})
	return codes
}

// ownLetters are letters with marks that have a place of their own at the end
// of an alphabet; in other languages a mark does not count.
var ownLetters = map[string]string{"fi": "åäö"}

// alphabetic is s as names are put in order.
func (l *Lang) alphabetic(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(norm.NFC.String(s)) {
		if strings.ContainsRune(ownLetters[l.code], r) {
			b.WriteRune(r)
			continue
		}
		for _, part := range norm.NFD.String(string(r)) {
			if unicode.IsLetter(part) || part == ' ' {
				b.WriteRune(part)
			}
		}
	}
	return b.String()
}

// CountryNamed is the code of the country that has a name in one of our
// languages, or that code; "" if there is none.
func (t *Texts) CountryNamed(name string) string {
	name = strings.TrimSpace(name)
	for _, lang := range t.codes {
		l := t.langs[lang]
		for _, code := range l.Countries() {
			if strings.EqualFold(name, code) || strings.EqualFold(name, l.Country(code)) {
				return code
			}
		}
	}
	return ""
}
