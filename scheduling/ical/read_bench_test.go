//go:build unix

package ical_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"

	"kohtaamo/scheduling/ical"
)

// BenchmarkRead reads a calendar of a megabyte as others publish them, and
// beside that what go-ical alone takes to find its lines.
func BenchmarkRead(b *testing.B) {
	file, n := published(1 << 20)
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b.Run("Read", func(b *testing.B) {
		perEntry(b, n, func() {
			if got, err := ical.Read(file); err != nil || len(got.Events) != n {
				b.Fatalf("%v, %v", got, err)
			}
		})
	})
	b.Run("Busy", func(b *testing.B) {
		perEntry(b, n, func() {
			if got, skipped, err := ical.Busy(file, "Europe/Helsinki", from, from.AddDate(0, 6, 0)); err != nil || len(skipped) > 0 || len(got) == 0 {
				b.Fatalf("%v, %v", skipped, err)
			}
		})
	})
	b.Run("go-ical", func(b *testing.B) {
		perEntry(b, n, func() {
			if _, err := goical.NewDecoder(bytes.NewReader(file)).Decode(); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// published is a calendar of about a size, of which every fifth event repeats.
func published(size int) (file []byte, events int) {
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var all bytes.Buffer
	all.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nX-WR-CALNAME:Aino\r\n")
	for all.Len() < size {
		rule := ""
		if events%5 == 0 {
			rule = "RRULE:FREQ=WEEKLY;COUNT=12\r\n"
		}
		date := day.AddDate(0, 0, events%365).Format("20060102")
		fmt.Fprintf(&all, "BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Helsinki:%sT%02d0000\r\nDTEND;TZID=Europe/Helsinki:%sT%02d3000\r\n%s"+
			"DTSTAMP:20261001T081530Z\r\nUID:%d@example.org\r\nCREATED:20260801T081530Z\r\n"+
			"DESCRIPTION:Two days of talks\\, visits & meetings.\\n\\nDoors open at 8:30\\; b\r\n ring your badge\\, please. More than that on the page of the event\\, where \r\n you also register.\r\n"+
			"LAST-MODIFIED:20261001T081530Z\r\nLOCATION:Oulun kaupungintalo\\, Kirkkokatu 2a\\, Oulu\r\n"+
			"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=\"Mäkel\r\n ä, Aino\":mailto:aino@steel.example\r\n"+
			"SEQUENCE:0\r\nSTATUS:CONFIRMED\r\nSUMMARY:Meeting %d of steel\\, concrete and glass\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n",
			date, 8+events%9, date, 8+events%9, rule, events, events)
		events++
	}
	all.WriteString("END:VCALENDAR\r\n")
	return all.Bytes(), events
}
