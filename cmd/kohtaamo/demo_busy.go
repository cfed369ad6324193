package main

import (
	"context"
	"fmt"
	"strings"

	"kohtaamo/scheduling"
)

// fillDiary gives the demo's organiser a calendar of busy times, from a file as
// a calendar program writes it: a weekly meeting, a journey, a day off.
func (d *demo) fillDiary(ctx context.Context) error {
	day := func(n int) string { return d.day(n, "0:00").Format("20060102") }
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Oulujoki Business House//Diary//EN"}
	for i, entry := range []string{
		"SUMMARY:Team meeting|DTSTART;TZID=Europe/Helsinki:" + day(-30) + "T090000|DURATION:PT1H|RRULE:FREQ=WEEKLY",
		fmt.Sprintf("SUMMARY:To Turin and back|DTSTART;TZID=Europe/Helsinki:%sT060000|DTEND;TZID=Europe/Rome:%sT213000", day(9), day(11)),
		"SUMMARY:Day off|DTSTART;VALUE=DATE:" + day(16),
		"SUMMARY:Dentist|DTSTART;TZID=Europe/Helsinki:" + day(3) + "T143000|DURATION:PT45M",
	} {
		lines = append(lines, "BEGIN:VEVENT", fmt.Sprintf("UID:diary-%d@oulujoki-business-house.example", i), "DTSTAMP:"+day(-30)+"T080000Z")
		lines = append(lines, strings.Split(entry, "|")...)
		lines = append(lines, "END:VEVENT")
	}
	lines = append(lines, "END:VCALENDAR", "")
	_, err := d.desk.AddBusy(ctx, d.staff.aino, scheduling.NewBusy{Name: "Diary", File: []byte(strings.Join(lines, "\r\n")), Zone: "Europe/Helsinki"})
	return err
}
