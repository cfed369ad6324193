package main

import (
	"context"
	"time"

	"kohtaamo/scheduling"
)

// demoMember is a member of a group who has its meetings in their own calendar.
func (d *demo) demoMember() scheduling.Actor {
	id := d.groups["circular-construction"].Members[0]
	for _, g := range d.people {
		if g.ID == id {
			return scheduling.Actor{ID: g.ID, Name: g.Name, Email: g.Email, Lang: g.Lang, Via: "page"}
		}
	}
	panic("demo: the first member of a group is nobody") // a mistake in this package
}

// planSeries plans a working group's monthly meeting, of which one date moves
// and one is called off, and has a member subscribe to it.
func (d *demo) planSeries() {
	s := d.constructionMeetings()
	first := s.Starts
	d.at(first.AddDate(0, 0, -21), func(ctx context.Context) (err error) {
		s, _, err = d.desk.SaveSeries(ctx, d.staff.sara, s)
		return err
	})
	d.at(first.AddDate(0, 0, -20), func(ctx context.Context) error {
		me := d.demoMember()
		return d.desk.SaveFeed(ctx, me, &scheduling.FeedAddress{Name: "Kohtaamo", Lang: me.Lang, Scopes: scheduling.FeedScopes(), Alarms: []int{60}})
	})
	d.at(d.day(-3, "10:00"), func(ctx context.Context) error {
		ahead := s.Ahead(d.clock, 3)
		if _, err := d.desk.CancelMeeting(ctx, d.staff.sara, s.ID, ahead[1].Was, "Most of the group is on a site visit that day"); err != nil {
			return err
		}
		moved := ahead[2].Was.In(d.zone).AddDate(0, 0, 2)
		_, err := d.desk.MoveMeeting(ctx, d.staff.sara, s.ID, ahead[2].Was, clockTime(moved, "13:00"), "Timber yard, Satamatie 4, 90520 Oulu")
		return err
	})
}

// constructionMeetings are the working group's monthly meetings, as they are
// planned.
func (d *demo) constructionMeetings() *scheduling.Series {
	g := d.groups["circular-construction"]
	first := d.workday(-75, time.Tuesday, "9:00")
	for (first.Day()-1)/7 != 1 { // the second one of a month
		first = first.AddDate(0, 0, 7)
	}
	return &scheduling.Series{
		GroupID: g.ID, Title: tr("Circular construction: monthly meeting", "Kiertotalousrakentaminen: kuukausikokous"),
		Place: townOffice + ", Room Delta, " + townAddress, Link: "https://meet.oulujoki-business-house.example/circular-construction",
		Starts: first, Minutes: 90, Zone: "Europe/Helsinki", Rule: scheduling.MonthlyWeekday, Every: 1,
		Until: first.AddDate(1, 0, 0).Format(time.DateOnly), Public: true,
	}
}
