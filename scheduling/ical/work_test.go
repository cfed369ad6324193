package ical

import (
	"testing"
	"time"
)

// However long ago a rule began and whatever it asks for, it is followed by
// looking at the days around the window only; what must be counted is counted
// from its start, and then given up.
func TestWorkOfRules(t *testing.T) {
	from := dayNumber(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
	for _, test := range []struct {
		rule   string
		first  string
		days   int // that come within 90 days
		most   int // days looked at
		enough bool
	}{
		{"FREQ=DAILY", "00010101", 90, 91, true},
		{"FREQ=DAILY;INTERVAL=400", "19000101", 0, 2, true},
		{"FREQ=WEEKLY", "19700101", 13, 98, true},
		{"FREQ=MONTHLY;BYMONTHDAY=31", "19700131", 1, 92, true},
		{"FREQ=YEARLY", "16041206", 1, 48, true},
		{"FREQ=YEARLY;BYDAY=53MO", "19700101", 0, 366, true},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "19700101", 0, 48, true},
		{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "19700101", 0, 91, true},
		{"FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=366", "19700101", 0, 123, true},
		{"FREQ=YEARLY;INTERVAL=999999999", "19700101", 0, 42, true},
		{"FREQ=MONTHLY;INTERVAL=999999999", "19700101", 0, 31, true},
		{"FREQ=DAILY;INTERVAL=999999999", "19700101", 0, 1, true},
		{"FREQ=DAILY;COUNT=10", "20200101", 0, 11, true},
		{"FREQ=DAILY;COUNT=999999999", "19700101", 90, 20_819, true},
		{"FREQ=DAILY;COUNT=999999999", "00010101", 0, maxEntryWork + 1, false},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "19700101", 0, 58 * 41, true},
	} {
		rule, reason := parseRepetition(test.rule)
		first, ok := wallOf(test.first, "")
		if reason != "" || !ok {
			t.Fatalf("%s: %s", test.rule, reason)
		}
		work, days := budget{maxEntryWork}, 0
		enough := rule.walk(dayNumber(first.digits), from, from+89, &work, func(int) bool { days++; return true })
		if spent := maxEntryWork - work.left; days != test.days || enough != test.enough || spent > test.most {
			t.Errorf("%s from %s: %d days, %d looked at, %t", test.rule, test.first, days, spent, enough)
		}
	}
}
