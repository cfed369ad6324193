package ical_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// fill repeats a piece in front of an end up to a size.
func fill(size int, begin, piece, end string) func() []byte {
	return func() []byte {
		return []byte(begin + strings.Repeat(piece, max(0, size-len(begin)-len(end))/len(piece)) + end)
	}
}

// numbered is a file of as many events as size allows, each with its number.
func numbered(size int, piece string) func() []byte {
	return func() []byte {
		var b strings.Builder
		b.WriteString("BEGIN:VCALENDAR\n")
		for i := range 19_990 {
			one := "BEGIN:VEVENT\n" + fmt.Sprintf(piece, i) + "END:VEVENT\n"
			if b.Len()+len(one) > size-20 {
				break
			}
			b.WriteString(one)
		}
		b.WriteString("END:VCALENDAR\n")
		return []byte(b.String())
	}
}

// worst are files of about a size, each the worst for something.
func worst(size int) map[string]func() []byte {
	const begin, end = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:a\nDTSTART:20261020T060000Z\n", "\nEND:VEVENT\nEND:VCALENDAR\n"
	onset := "BEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTHDAY=31,-31;BYDAY=MO\nEND:STANDARD\n"
	return map[string]func() []byte{
		"empty lines":             fill(size, begin, "\n", end),
		"short lines":             fill(size, begin, "a:\n", end),
		"lines without colon":     fill(size, begin, "a\n", end),
		"lines that are read":     fill(size, begin, "UID:\n", end),
		"attendees":               fill(size, begin, "ATTENDEE:mailto:a@b.example\n", end),
		"folds":                   fill(size, begin+"SUMMARY:", "\n x", end),
		"empty folds":             fill(size, begin+"SUMMARY:", "\n ", end),
		"one parameter":           fill(size, begin+"SUMMARY;A=", "b", ":c"+end),
		"one quoted parameter":    fill(size, begin+`SUMMARY;A="`, "b;", `":c`+end),
		"values of a parameter":   fill(size, begin+"SUMMARY;A=b", `,"b"`, ":c"+end),
		"parameters":              fill(size, begin+"SUMMARY", ";A=b", ":c"+end),
		"quotation marks":         fill(size, begin+"SUMMARY;A=", `"`, ":c"+end),
		"carets":                  fill(size, begin+"SUMMARY;A=", `^`, ":c"+end),
		"a long name":             fill(size, begin, "a", ":b"+end),
		"backslashes":             fill(size, begin, "SUMMARY:"+strings.Repeat(`\`, 60_000)+"\n", end),
		"commas":                  fill(size, begin, "CATEGORIES:"+strings.Repeat(`,a`, 30_000)+"\n", end),
		"exceptions":              fill(size, begin+"RRULE:FREQ=DAILY\n", "EXDATE:"+strings.Repeat("20261020,", 7_000)+"20261020\n", end),
		"dates":                   fill(size, begin, "RDATE:"+strings.Repeat("20261020T060000,", 4_000)+"20261020T060000\n", end),
		"rules":                   fill(size, begin+"DURATION:PT1S\n", "RRULE:FREQ=DAILY\n", end),
		"numbers in a rule":       fill(size, begin, "RRULE:FREQ=YEARLY;BYMONTHDAY="+strings.Repeat("1,", 30_000)+"1\n", end),
		"components":              fill(size, "BEGIN:VCALENDAR\n", "BEGIN:A\nEND:A\n", "END:VCALENDAR\n"),
		"alarms":                  fill(size, begin, "BEGIN:A\nEND:A\n", end),
		"nested components":       fill(size, "BEGIN:VCALENDAR\n", "BEGIN:A\n", ""),
		"calendars":               fill(size, "", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", ""),
		"zones":                   fill(size, "BEGIN:VCALENDAR\n", "BEGIN:VTIMEZONE\nTZID:a\n"+onset+"END:VTIMEZONE\n", "END:VCALENDAR\n"),
		"onsets":                  fill(size, "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:a\n", onset, "END:VTIMEZONE\nEND:VCALENDAR\n"),
		"busy times":              fill(size, "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\n", "FREEBUSY:20261020T060000Z/PT1H,20261021T060000Z/PT1H\n", "END:VFREEBUSY\nEND:VCALENDAR\n"),
		"events":                  numbered(size, "UID:%d\nDTSTART:20261020T060000Z\nDURATION:PT1H\n"),
		"events that are none":    numbered(size, "UID:%d\n"),
		"events of many texts":    numbered(size, "UID:%d\nDTSTART:20261020\nSUMMARY:a,\nDESCRIPTION:b\nLOCATION:c\nURL:https://a.example/d\nCATEGORIES:e,f,g\nGEO:1;2\nSTATUS:CANCELLED\nX-A:b\n"),
		"zones without rules":     numbered(size, "UID:a\nDTSTART;TZID=Zone %d:20261020T060000\n"),
		"series that go on":       numbered(size, "UID:%d\nDTSTART:20000101T060000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY\n"),
		"series at all times":     numbered(size, "UID:%[1]d\nDTSTART:200001%02[1]dT060000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY\n"),
		"series that are counted": numbered(size, "UID:%d\nDTSTART:18000101T060000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY;COUNT=999999\n"),
		"series that never come":  numbered(size, "UID:%d\nDTSTART:19700101T060000Z\nDURATION:PT1S\nRRULE:FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2\n"),
		"series of one name":      numbered(size, "UID:a\nX-A:%d\nDTSTART:20261020T060000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20261020T060000Z\nDTSTART:20261020T060000Z\n"),
		"long texts":              numbered(size, "UID:%d\nDTSTART:20261020T060000Z\nDESCRIPTION:"+strings.Repeat(`\\n text`, 40)+strings.Repeat("\n  and more \\, of it", 20)+"\n"),
		"the file's own zone": numbered(size, "UID:%d\nDTSTART;TZID=a:20261020T060000\nEND:VEVENT\nBEGIN:VTIMEZONE\nTZID:a\n"+
			strings.Repeat(onset, 3)+"END:VTIMEZONE\nBEGIN:VEVENT\nDTSTART:20261020\n"),
	}
}

// allocated is how many octets a call takes from the heap in all, and so more
// than it ever holds at once.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// However a large file is made up, reading it is done without asking for much
// memory. That it is done at all shows that the work is bounded: go-ical takes
// 21 s for a parameter of a quarter of a megabyte, and the square of that here.
func TestMemoryIsBounded(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	files := worst(1 << 20)
	for _, name := range []string{"folds", "dates", "exceptions", "busy times", "series at all times", "events of many texts", "long texts"} {
		files["much of "+name] = worst(ical.MaxCalendar)[name] // where more of it is kept
	}
	for name, build := range files {
		t.Run(name, func(t *testing.T) {
			file := build()
			read := allocated(func() { ical.Read(file) })
			busy := allocated(func() { ical.Busy(file, "Europe/Helsinki", from, from.AddDate(2, 0, 0)) })
			if max(read, busy) > 64<<20 {
				t.Errorf("Read took %d MB, Busy %d MB", read>>20, busy>>20)
			}
		})
	}
	for name, build := range worst(ical.MaxReply) {
		file := build()
		if n := allocated(func() { ical.ReadReplies(file) }); n > 4<<20 {
			t.Errorf("%s: ReadReplies took %d KB", name, n>>10)
		}
	}
}
