package templates

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country is the name of a country by its ISO 3166 alpha-2 code; the code itself
// if it has none.
func (l *Lang) Country(code string) string {
	r, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.Regions(l.tag()).Name(r); name != "" {
		return name
	}
	return code
}

// Tongue is the name of a language by its ISO 639-1 code, as it stands in the
// middle of a sentence.
func (l *Lang) Tongue(code string) string {
	t, err := language.Parse(code)
	if err != nil {
		return code
	}
	if name := display.Languages(l.tag()).Name(t); name != "" {
		return name
	}
	return code
}

// Tongues are the names of languages whose codes are divided by spaces.
func (l *Lang) Tongues(codes string) string {
	names := strings.Fields(codes)
	for i, code := range names {
		names[i] = l.Tongue(code)
	}
	return strings.Join(names, ", ")
}

func (l *Lang) tag() language.Tag { return language.Make(l.Code()) }

// countryCodes are those of all countries, ISO 3166 alpha-2.
var countryCodes = sync.OnceValue(func() (codes []string) {
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			if r, err := language.ParseRegion(code); err == nil && r.IsCountry() && r.String() == code && r.Canonicalize() == r {
				codes = append(codes, code)
			}
		}
	}
	return codes
})

// Countries are the codes of all countries, in the order of their names.
func (l *Lang) Countries() []string {
	codes := slices.Clone(countryCodes())
	order := collate.New(l.tag())
	slices.SortFunc(codes, func(a, b string) int { return order.CompareString(l.Country(a), l.Country(b)) })
	return codes
}

// CountryNamed is the code of the country that has a name in one of our
// languages, or that code; "" if there is none.
func (t *Texts) CountryNamed(name string) string {
	name = strings.TrimSpace(name)
	for _, code := range countryCodes() {
		if strings.EqualFold(name, code) {
			return code
		}
		for _, lang := range t.codes {
			if strings.EqualFold(name, t.langs[lang].Country(code)) {
				return code
			}
		}
	}
	return ""
}
