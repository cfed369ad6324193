package main

import (
	"context"
	"time"

	"kohtaamo/scheduling"
)

// planB2BGroups plans two standing groups of companies: one that works towards
// Spain and gets visitors from there, one that develops something together.
func (d *demo) planB2BGroups() {
	spain, cells := d.groups["southern-europe-oem"], d.groups["second-life-cells"]
	d.at(d.day(-60, "9:10"), func(ctx context.Context) error {
		return d.setUp(ctx, spain, &scheduling.B2BGroup{Aim: scheduling.AimCountry, Country: "ES", Public: true, Companies: 12, People: 2}, 8)
	})
	d.at(d.day(-55, "9:20"), func(ctx context.Context) error {
		return d.setUp(ctx, cells, &scheduling.B2BGroup{Aim: scheduling.AimCoDevelopment, Public: true, Companies: 6, People: 3}, 4)
	})
	d.at(d.day(-54, "10:00"), func(ctx context.Context) error { return d.aimAt(ctx, spain) })
	d.at(d.day(-20, "13:00"), func(ctx context.Context) error { return d.draftAgreement(ctx, cells) })
	d.at(d.day(-6, "14:30"), func(ctx context.Context) error { return d.askTheGroup(ctx, cells) })
	d.at(d.day(-4, "10:15"), func(ctx context.Context) error { return d.planVisitors(ctx, spain, cells) })
}

// setUp says what a group is for and lets its first companies in.
func (d *demo) setUp(ctx context.Context, g *scheduling.Group, what *scheduling.B2BGroup, companies int) error {
	what.ID = g.ID
	if _, err := d.desk.SaveB2BGroup(ctx, d.staff.mikko, what); err != nil {
		return err
	}
	for _, who := range d.oneEach(companies, of(d.automotive)) {
		if _, err := d.desk.AddCompany(ctx, d.staff.mikko, g.ID, who.Email); err != nil {
			return err
		}
	}
	_, err := d.desk.SetB2BState(ctx, d.staff.mikko, g.ID, scheduling.B2BActive, "")
	return err
}

// aimAt names whom the group wants to meet, and how far that has come.
func (d *demo) aimAt(ctx context.Context, g *scheduling.Group) error {
	for i, t := range []scheduling.GroupTarget{
		{Name: "Navarra Motor Lab S.L.", State: scheduling.TargetMet},
		{Name: "Iberdrive Componentes S.L.", State: scheduling.TargetAgreed},
		{Name: "Levante Software S.L.", State: scheduling.TargetToContact},
	} {
		t.ID, t.Country = []string{"navarra", "iberdrive", "levante"}[i], "ES"
		if _, err := d.desk.SaveTarget(ctx, d.staff.mikko, g.ID, t); err != nil {
			return err
		}
	}
	return nil
}

// draftAgreement fills in what the group agrees about so far.
func (d *demo) draftAgreement(ctx context.Context, g *scheduling.Group) error {
	p, err := d.desk.CoDevelopment(ctx, d.staff.mikko, g.ID, 0)
	if err != nil {
		return err
	}
	_, err = d.desk.SaveCoDevelopment(ctx, d.staff.mikko, &scheduling.CoDevelopment{GroupID: g.ID, Title: "Cells from cars as a buffer for chargers", Parties: p.Draft.Parties,
		Clauses: map[string]string{
			"purpose":    "To show that used cells can carry the peak of a fast charger through a northern winter.",
			"foreground": "Who finds it owns it; the others may use it for the purpose.",
			"costs":      "Each party bears its own.",
		}})
	return err
}

// askTheGroup proposes a meeting; some have answered.
func (d *demo) askTheGroup(ctx context.Context, g *scheduling.Group) error {
	made, err := d.desk.SaveGathering(ctx, d.staff.mikko, scheduling.GatheringInput{GroupID: g.ID, Title: tr("Results of the first test", "Ensimmäisen kokeen tulokset"),
		Place: "Linnanmaa test hall", Zone: d.zone.String(), Minutes: 90, Need: 3,
		Starts: []time.Time{d.workday(12, time.Tuesday, "9:00"), d.workday(12, time.Thursday, "13:00")}, AnswerBy: d.day(8, "16:00")})
	if err != nil {
		return err
	}
	for i, party := range made.Parties[:2] {
		said := scheduling.GatheringAnswer{Answers: map[string]scheduling.GroupAnswer{made.Times[0].ID: scheduling.GroupYes, made.Times[1].ID: scheduling.GroupNo}}
		if i == 1 {
			said.Answers[made.Times[1].ID] = scheduling.GroupIfNeeded
		}
		if _, err := d.desk.AnswerGathering(ctx, d.staff.mikko, made.ID, party.People[0].PersonID, said); err != nil {
			return err
		}
	}
	return nil
}

// planVisitors plans a day on which visitors meet both groups, as a proposal.
func (d *demo) planVisitors(ctx context.Context, groups ...*scheduling.Group) error {
	v := &scheduling.VisitDay{ClusterID: d.automotive.ID, Title: tr("Visitors from Navarra", "Vieraita Navarrasta"), Party: "Navarra Motor Lab S.L.",
		People: []scheduling.Guest{{Name: "Lucía Ortega", Email: "lucia.ortega@navarra-motor-lab.example"}},
		Date:   d.workday(25, time.Wednesday, "9:00").Format(time.DateOnly), Zone: d.zone.String(), From: "09:00", To: "16:00",
		Breaks: []scheduling.Window{{From: "12:00", To: "13:00"}}, Begin: "hall",
		Venues: []scheduling.Venue{{ID: "hall", Name: "Linnanmaa test hall"}, {ID: "house", Name: "Business house"}},
		Travel: []scheduling.TravelLeg{{A: "hall", B: "house", Minutes: 20}}}
	for i, g := range groups {
		v.Stops = append(v.Stops, scheduling.VisitStop{GroupID: g.ID, VenueID: v.Venues[i].ID, Minutes: 90, Need: 3})
	}
	saved, err := d.desk.SaveVisitDay(ctx, d.staff.mikko, v)
	if err == nil {
		_, err = d.desk.ProposeVisit(ctx, d.staff.mikko, saved.ID)
	}
	return err
}
