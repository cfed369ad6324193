package main

import (
	"context"
	"strconv"
	"time"

	"kohtaamo/scheduling"
)

// planFigures plans the period of last year, which is closed in January, and
// that of this year, with what each aims at, the half year that the project
// reports, and a count of the cluster's own.
func (d *demo) planFigures() {
	year := d.today.In(d.zone).Year()
	begins := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, d.zone) }
	targets := map[string]int{"members": 40, "contacts": 200, "events": 10, "participants": 250, "companies": 60, "smes": 30, "trips": 2, "meetings": 40, "outcomes": 15, "newsletters": 6}
	d.lastYear = &scheduling.ReportPeriod{Name: strconv.Itoa(year - 1), ClusterID: d.automotive.ID, From: begins(year - 1), Until: begins(year), Targets: targets}
	d.at(d.day(-demoBegins+5, "10:00"), func(ctx context.Context) (err error) {
		d.lastYear, err = d.desk.SavePeriod(ctx, d.staff.mikko, d.lastYear)
		return err
	})
	closes := begins(year).AddDate(0, 0, 14).Add(11 * time.Hour)
	if closes.After(d.today) { // the first days of January
		closes = begins(year).Add(time.Hour)
	}
	d.at(closes, func(ctx context.Context) error {
		_, err := d.desk.ClosePeriod(ctx, d.staff.mikko, d.lastYear.ID)
		if err != nil {
			return err
		}
		_, err = d.desk.SavePeriod(ctx, d.staff.mikko, &scheduling.ReportPeriod{Name: strconv.Itoa(year), ClusterID: d.automotive.ID, From: begins(year), Until: begins(year + 1), Targets: targets})
		return err
	})
	d.planHalfYear()
	d.at(d.day(-30, "14:00"), func(ctx context.Context) error {
		_, err := d.desk.SaveOwnCount(ctx, d.staff.mikko, &scheduling.OwnCount{ClusterID: d.automotive.ID, Name: "Workshops and seminars", Of: scheduling.OwnEvents, Kinds: []string{"workshop", "seminar"}})
		return err
	})
	d.at(d.day(-1, "4:30"), func(ctx context.Context) error {
		_, err := d.desk.CountTurnouts(ctx, d.clock)
		return err
	})
}

// planHalfYear reports the half year of the project that goes on.
func (d *demo) planHalfYear() {
	now := d.today.In(d.zone)
	from := time.Date(now.Year(), now.Month()-4, 1, 0, 0, 0, 0, d.zone)
	until := from.AddDate(0, 6, 0)
	name := from.Format("1/2006") + "–" + until.AddDate(0, 0, -1).Format("1/2006")
	d.at(d.day(-30, "15:00"), func(ctx context.Context) error {
		_, err := d.desk.SavePeriod(ctx, d.staff.helena, &scheduling.ReportPeriod{Name: name, ClusterID: d.circular.ID, ProjectID: d.project.ID,
			From: from, Until: until, Targets: map[string]int{"companies": 25, "smes": 15, "events": 3, "participants": 60}})
		return err
	})
}
