package templates

import (
	"strconv"
	"strings"
)

// mostDigits is how many digits an amount that somebody typed can have before
// its decimals: more would not be counted in cents any more.
const mostDigits = 13

// Money is an amount in hundredths of a currency, an ISO 4217 code, as the
// language writes it: "EUR 1,234.50", "1 234,50 EUR". The code is the same in
// every language, and no sign of one currency is mistaken for that of another.
func (l *Lang) Money(cents int64, currency string) string {
	return l.Text("money.amount", "amount", l.Amount(cents), "currency", currency)
}

// Amount is Money without its currency: "1,234.50". ParseAmount reads it back.
func (l *Lang) Amount(cents int64) string {
	sign := ""
	if cents < 0 {
		sign = "-"
	}
	digits := strings.TrimPrefix(strconv.FormatInt(cents, 10), "-")
	for len(digits) < 3 {
		digits = "0" + digits
	}
	whole, hundredths := digits[:len(digits)-2], digits[len(digits)-2:]
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(l.plain["common.thousands"])
		}
		b.WriteRune(d)
	}
	return sign + b.String() + l.plain["money.decimal"] + hundredths
}

// ParseAmount reads an amount that somebody typed in the language, in
// hundredths: 1234, 1 234,5, 1,234.50. A comma and a point are both understood
// before one or two decimals; before three digits only where the language
// parts thousands so. What is negative, too large or anything else is refused.
func (l *Lang) ParseAmount(s string) (cents int64, ok bool) {
	s = strings.Join(strings.Fields(s), "") // spaces part thousands everywhere; no-break ones are spaces too
	whole, hundredths := s, ""
	if i := strings.LastIndexAny(s, ".,"); i >= 0 && len(s)-i-1 < 3 {
		whole, hundredths = s[:i], s[i+1:]
		if hundredths == "" {
			return 0, false
		}
	}
	if mark := strings.TrimSpace(l.plain["common.thousands"]); mark != "" {
		groups := strings.Split(whole, mark)
		for _, g := range groups[1:] {
			if len(g) != 3 {
				return 0, false
			}
		}
		if groups[0] == "" {
			return 0, false
		}
		whole = strings.Join(groups, "")
	}
	digits := whole + (hundredths + "00")[:2]
	if whole == "" || len(whole) > mostDigits || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	cents, err := strconv.ParseInt(digits, 10, 64)
	return cents, err == nil
}
