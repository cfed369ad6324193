package templates

import (
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// funcs are what a template may call, bound to a language. Nothing among them
// fetches. Times take the IANA zone of the place they speak of.
func (t *Texts) funcs(l *Lang) template.FuncMap {
	return template.FuncMap{
		// words
		"t":      l.Text,                                                                                          // t "register.title" "event" .Title
		"plural": func(key string, n int, args ...any) string { return l.Text(key, append(args, "count", n)...) }, // plural "event.free" .Free
		"say":    l.Say,                                                                                           // of a scheduling.Cause: say .Key .Args
		"lang":   l.Code,
		"number": l.Number, "difference": l.Difference,
		"money":   l.Money,                                             // cents and a currency: money .Planned .Trip.Currency
		"country": l.Country, "tongue": l.Tongue, "tongues": l.Tongues, // names of codes

		// times
		"when": l.When, "day": l.Day, "shortday": l.ShortDay, "clock": l.Clock, "clockrange": l.ClockRange,
		"timerange": l.Range, "between": l.Between, "days": l.Days, "dates": l.Dates, "month": l.Month,
		"duration": l.Duration, "zone": l.Zone, "weekdays": l.Weekdays,
		"timetag": l.timeTag,
		"date":    l.Date,
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },

		// what people wrote
		"markdown": Markdown,
		"plain":    PlainText,
		"initials": initials,

		// signs
		"icon":  icon,
		"state": l.state,
		"qr":    QR,
		"asset": t.AssetPath,

		// building blocks
		"dict": dict, "list": func(v ...any) []any { return v }, "join": strings.Join,
		"query": query, "add": func(a, b int) int { return a + b },
		"percent": func(part, whole int) int { return part * 100 / max(1, whole) },
	}
}

// timeTag is a moment that programs can read too, around When.
func (l *Lang) timeTag(t time.Time, zone string) template.HTML {
	if t.IsZero() {
		return ""
	}
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` +
		template.HTMLEscapeString(l.When(t, zone)) + `</time>`)
}

// dict makes a map of alternating names and values: the data of a partial.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: a name without a value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m, nil
}

// query is the part of an address after "?", from alternating names and values;
// empty values are left out.
func query(pairs ...any) template.URL {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := fmt.Sprint(pairs[i+1]); v != "" {
			q.Add(fmt.Sprint(pairs[i]), v)
		}
	}
	return template.URL(q.Encode())
}

// initials are the first letters of the first and the last word: "AV".
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' })
	if len(words) == 0 {
		return "?"
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	if len(words) == 1 {
		return strings.ToUpper(string(first))
	}
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return strings.ToUpper(string(first) + string(last))
}
