package ical_test

import (
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

func TestMatchETag(t *testing.T) {
	for _, test := range []struct {
		header, etag string
		want         bool
	}{
		{`"a"`, `"a"`, true},
		{`W/"a"`, `"a"`, true},
		{`"a"`, `W/"a"`, true},
		{`"b", "a"`, `"a"`, true},
		{`"b","c" , W/"a"`, `"a"`, true},
		{`"b,a", "c"`, `"b,a"`, true},
		{`, "a",`, `"a"`, true},
		{` * `, `"a"`, true},
		{`*`, ``, false},
		{`"b"`, `"a"`, false},
		{`"b, a"`, `"a"`, false},
		{`a`, `"a"`, false},
		{`"a`, `"a"`, false},
		{`"b" "a"`, `"a"`, false},
		{`"a-gzip"`, `"a"`, false},
		{`w/"a"`, `"a"`, false},
		{``, `"a"`, false},
		{`""`, `""`, true},
	} {
		if got := ical.MatchETag(test.header, test.etag); got != test.want {
			t.Errorf("MatchETag(%q, %q) = %v", test.header, test.etag, got)
		}
	}
}

func TestNotModifiedSince(t *testing.T) {
	changed := time.Date(2026, 10, 24, 9, 0, 0, 250e6, helsinki)
	if got := ical.LastModified(changed); got != "Sat, 24 Oct 2026 06:00:01 GMT" {
		t.Errorf("LastModified = %s", got)
	}
	for header, want := range map[string]bool{
		ical.LastModified(changed):         true,
		"Sat, 24 Oct 2026 06:00:00 GMT":    false, // fetched before the change within that second
		"Sat, 24 Oct 2026 06:00:01 GMT":    true,
		"Saturday, 24-Oct-26 06:00:01 GMT": true,
		"Sat Oct 24 06:00:01 2026":         true,
		"Sun, 25 Oct 2026 06:00:00 GMT":    true,
		"Thu, 01 Jan 1970 00:00:00 GMT":    false,
		"not a date":                       false,
		"":                                 false,
		"2026-10-25T00:00:00Z":             false,
	} {
		if got := ical.NotModifiedSince(header, changed); got != want {
			t.Errorf("NotModifiedSince(%q) = %v", header, got)
		}
	}
}
