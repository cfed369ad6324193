package ical

import (
	"strings"
	"time"
)

// MatchETag reports whether the list of entity tags in header (the value of
// If-None-Match) has etag, compared weakly, or is "*" (RFC 9110 13.1.2). Etag
// comes with its quotes. A header that is no such list matches nothing.
func MatchETag(header, etag string) bool {
	if etag == "" {
		return false
	}
	rest := strings.Trim(header, " \t")
	if rest == "*" {
		return true
	}
	etag = strings.TrimPrefix(etag, "W/")
	for rest != "" {
		if rest[0] == ',' {
			rest = strings.TrimLeft(rest, ", \t")
			continue
		}
		tag, after, ok := cutETag(rest)
		if !ok {
			return false
		}
		if tag == etag {
			return true
		}
		rest = strings.TrimLeft(after, " \t")
		if rest != "" && rest[0] != ',' {
			return false
		}
	}
	return false
}

// cutETag takes one entity tag, quotes included and W/ not, off a list. A comma
// may stand inside the quotes.
func cutETag(s string) (tag, rest string, ok bool) {
	s = strings.TrimPrefix(s, "W/")
	if s == "" || s[0] != '"' {
		return "", "", false
	}
	i := strings.IndexByte(s[1:], '"')
	if i < 0 {
		return "", "", false
	}
	return s[:i+2], s[i+2:], true
}

// httpDates are the three ways to write a date in HTTP (RFC 9110 5.6.7).
var httpDates = [...]string{
	"Mon, 02 Jan 2006 15:04:05 GMT",
	"Monday, 02-Jan-06 15:04:05 GMT",
	"Mon Jan _2 15:04:05 2006",
}

// LastModified writes the value of the Last-Modified header. It is rounded up
// to a second, so that what was fetched before a change within the same second
// does not pass for new.
func LastModified(t time.Time) string { return ceil(t).Format(httpDates[0]) }

// NotModifiedSince reports whether header (the value of If-Modified-Since) is a
// date, and what was last modified at modified has not been changed after it.
// It is to be asked only when there is no If-None-Match (RFC 9110 13.1.3).
func NotModifiedSince(header string, modified time.Time) bool {
	for _, layout := range httpDates {
		if since, err := time.Parse(layout, strings.Trim(header, " \t")); err == nil {
			return !ceil(modified).After(since)
		}
	}
	return false
}

func ceil(t time.Time) time.Time {
	t = t.UTC()
	if whole := t.Truncate(time.Second); whole.Before(t) {
		return whole.Add(time.Second)
	}
	return t
}
