package scheduling

import (
	"regexp"
	"strconv"
	"strings"
)

// A businessIDForm is how the number looks by which a country's tax office
// knows a company in trade with other countries.
type businessIDForm struct {
	prefix string // that the number begins with
	form   *regexp.Regexp
	digit  func(number string) bool // whether the check digit fits; nil: there is none, or its rule is not published
}

// businessIDForms are the VAT numbers of the EU ("VAT identification number
// structure" in the FAQ of the Commission's VIES), and those of Great Britain,
// Norway and Switzerland, by country. Finland has its Y-tunnus instead. Check
// digits are those of the OECD's and the tax offices' own descriptions; where a
// country has several kinds of them, the form has to do. No library: those there
// are ask a server, or know the forms alone.
var businessIDForms = map[string]businessIDForm{
	"AT": numbered("AT", `U\d{8}`, austrian),
	"BE": numbered("BE", `[01]\d{9}`, func(s string) bool { return 97-number(s[:8])%97 == number(s[8:]) }),
	"BG": numbered("BG", `\d{9,10}`, nil),
	"CY": numbered("CY", `\d{8}[A-Z]`, nil),
	"CZ": numbered("CZ", `\d{8,10}`, nil),
	"DE": numbered("DE", `[1-9]\d{8}`, iso7064),
	"DK": numbered("DK", `[1-9]\d{7}`, func(s string) bool { return weighed(s, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0 }),
	"EE": numbered("EE", `\d{9}`, func(s string) bool { return weighed(s, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0 }),
	"ES": numbered("ES", `[A-Z0-9]\d{7}[A-Z0-9]`, nil),
	"FR": numbered("FR", `[A-HJ-NP-Z0-9]{2}\d{9}`, french),
	"GB": numbered("GB", `(\d{9}|\d{12}|GD\d{3}|HA\d{3})`, british),
	"GR": numbered("EL", `\d{9}`, func(s string) bool {
		return weighed(s, 256, 128, 64, 32, 16, 8, 4, 2)%11%10 == number(s[8:])
	}),
	"HR": numbered("HR", `\d{11}`, iso7064),
	"HU": numbered("HU", `\d{8}`, func(s string) bool { return weighed(s, 9, 7, 3, 1, 9, 7, 3, 1)%10 == 0 }),
	"IE": numbered("IE", `\d[A-Z0-9+*]\d{5}[A-Z]{1,2}`, nil),
	"IT": numbered("IT", `\d{11}`, luhn),
	"LT": numbered("LT", `(\d{9}|\d{12})`, nil),
	"LU": numbered("LU", `\d{8}`, func(s string) bool { return number(s[:6])%89 == number(s[6:]) }),
	"LV": numbered("LV", `\d{11}`, nil),
	"MT": numbered("MT", `\d{8}`, nil),
	"NL": numbered("NL", `\d{9}B\d{2}`, nil),
	"PL": numbered("PL", `\d{10}`, func(s string) bool { return weighed(s, 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == number(s[9:]) }),
	"PT": numbered("PT", `[1-9]\d{8}`, func(s string) bool { return (11-weighed(s, 9, 8, 7, 6, 5, 4, 3, 2)%11)%11%10 == number(s[8:]) }),
	"RO": numbered("RO", `[1-9]\d{1,9}`, nil),
	"SE": numbered("SE", `\d{10}01`, func(s string) bool { return luhn(s[:10]) }),
	"SI": numbered("SI", `[1-9]\d{7}`, func(s string) bool {
		rest := weighed(s, 8, 7, 6, 5, 4, 3, 2) % 11
		return rest != 0 && (11-rest)%10 == number(s[7:])
	}),
	"SK": numbered("SK", `[1-9]\d{9}`, func(s string) bool { return number(s)%11 == 0 }),
	"NO": numbered("", `[89]\d{8}`, func(s string) bool { return weighed(s, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0 }),
	"CH": numbered("CHE", `\d{9}`, func(s string) bool { return (11-weighed(s, 5, 4, 3, 2, 7, 6, 5, 4)%11)%11 == number(s[8:]) }),
}

func numbered(prefix, form string, digit func(string) bool) businessIDForm {
	return businessIDForm{prefix, regexp.MustCompile("^" + form + "$"), digit}
}

// tradeLetters stand behind the number in Norway and Switzerland.
var tradeLetters = map[string][]string{"NO": {"MVA"}, "CH": {"MWST", "TVA", "IVA"}}

// NormalBusinessID gives a company's number as it is kept: of Finland the
// Y-tunnus, of the other countries of the EU, Great Britain, Norway and
// Switzerland the VAT number without spaces and dots, of the rest of the world
// what was written. It is not ok if the form or the check digit is wrong.
func NormalBusinessID(country, s string) (normal string, ok bool) {
	s = cleanLine(s)
	if s == "" {
		return "", true
	}
	bare := strings.NewReplacer(" ", "", ".", "", "-", "", "/", "", "\u00a0", "", "–", "").Replace(strings.ToUpper(s))
	if country == "FI" {
		bare = strings.TrimPrefix(bare, "FI")
		if len(bare) == 8 {
			bare = bare[:7] + "-" + bare[7:]
		}
		if !ValidBusinessID(bare) {
			return s, false
		}
		return bare, true
	}
	f, known := businessIDForms[country]
	if !known {
		return s, true
	}
	for _, end := range tradeLetters[country] {
		bare = strings.TrimSuffix(bare, end)
	}
	bare = strings.TrimPrefix(bare, "NO")
	bare = strings.TrimPrefix(bare, f.prefix)
	if !f.form.MatchString(bare) || f.digit != nil && !f.digit(bare) {
		return s, false
	}
	return f.prefix + bare, true
}

// businessID puts s into its normal form, or says what is expected of it.
func (f faults) businessID(field, country string, s *string) {
	normal, ok := NormalBusinessID(country, *s)
	switch {
	case ok:
		*s = normal
	case country == "FI":
		f.add(field, "company.business_id")
	default:
		f.add(field, "company.vat."+strings.ToLower(country))
	}
}

// number is a text of digits as a number.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// weighed is the sum of the first digits of s, each with its weight.
func weighed(s string, weights ...int) (sum int) {
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return sum
}

// luhn checks ISO/IEC 7812-1, annex B.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// iso7064 checks ISO/IEC 7064, MOD 11,10.
func iso7064(s string) bool {
	p := 10
	for i := range len(s) - 1 {
		sum := (int(s[i]-'0') + p) % 10
		if sum == 0 {
			sum = 10
		}
		p = 2 * sum % 11
	}
	return (p+int(s[len(s)-1]-'0'))%10 == 1
}

func austrian(s string) bool {
	sum := 4
	for i := 1; i < 8; i++ {
		d := int(s[i] - '0')
		if i%2 == 0 {
			d = 2*d/10 + 2*d%10
		}
		sum += d
	}
	return (10-sum%10)%10 == int(s[8]-'0')
}

// french checks the two digits before the SIREN; numbers with letters there
// have a rule that is not published.
func french(s string) bool {
	if s[0] > '9' || s[1] > '9' {
		return true
	}
	return (12+3*(number(s[2:])%97))%97 == number(s[:2])
}

// british checks both ways of HM Revenue & Customs: modulus 97, and 9755.
func british(s string) bool {
	if s[0] > '9' {
		return true // a department or a health authority
	}
	sum := weighed(s, 8, 7, 6, 5, 4, 3, 2) + number(s[7:9])
	return sum%97 == 0 || (sum+55)%97 == 0
}
