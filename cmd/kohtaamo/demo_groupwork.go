package main

import (
	"context"
	"time"

	"kohtaamo/scheduling"
)

// planGroupWork says what a working group and the advisory board are for, who is
// what in them and what they saw coming, and fills the activity log.
func (d *demo) planGroupWork() {
	d.at(d.day(-160, "9:00"), d.mandates)
	d.at(d.day(-150, "9:00"), d.roles)
	d.at(d.day(-60, "10:00"), d.foresee)
	d.at(d.day(-20, "15:00"), d.publishForesight)
	for _, w := range demoWorks {
		d.at(d.workday(-w.days, time.Thursday, "16:00"), func(ctx context.Context) error { return d.work(ctx, w) })
	}
}

func (d *demo) mandates(ctx context.Context) error {
	from := d.day(-180, "9:00")
	for slug, m := range map[string]scheduling.Mandate{
		"automotive-board": {Text: "The board sets the cluster's direction. It meets four times a year, reads the plan for the next year in autumn, and says in spring what came of the last one.",
			Goals: []scheduling.Goal{{Text: "A strategy until 2030 that every member company has commented on", State: scheduling.GoalReached}, {Text: "Two new partners in Southern Europe a year"}}},
		"circular-construction": {Text: "The group finds out what stands in the way of *using building parts again*, and brings owners, builders and those who take buildings apart to one table.",
			Goals: []scheduling.Goal{{Text: "Three pilot sites"}, {Text: "A common form for the inventory of parts", State: scheduling.GoalReached}, {Text: "A marketplace of our own", State: scheduling.GoalDropped}}},
	} {
		m.From, m.Until = from.Format(time.DateOnly), from.AddDate(2, 0, -1).Format(time.DateOnly)
		if _, err := d.desk.SaveMandate(ctx, d.staff.aino, d.groups[slug].ID, m, 0); err != nil {
			return err
		}
	}
	return nil
}

// roles names chairs and secretaries, and one coordinator.
func (d *demo) roles(ctx context.Context) error {
	for _, slug := range []string{"automotive-board", "circular-construction"} {
		g := d.groups[slug]
		for i, role := range []scheduling.GroupRole{scheduling.GroupChair, scheduling.GroupViceChair, scheduling.GroupSecretary, scheduling.GroupExpert} {
			if err := d.desk.SetGroupRole(ctx, d.staff.aino, g.ID, g.Members[i], role, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *demo) foresee(ctx context.Context) error {
	g, me := d.groups["circular-construction"], d.demoMember()
	for _, n := range []scheduling.ForesightNote{
		{Kind: "signal", Title: "A bank asks for the inventory of parts before it lends", Text: "Heard at a site visit: without it the loan costs more.", Horizon: scheduling.HorizonNear, Tags: []string{"finance"}, Likelihood: 4, Impact: 4},
		{Kind: "trend", Title: "Product passports for building parts", Text: "What the regulation asks of new products will be asked of used ones too.", Horizon: scheduling.HorizonMid, Tags: []string{"passports", "regulation"}, Likelihood: 5, Impact: 4},
		{Kind: "signal", Title: "A robot takes a façade apart in one night", Horizon: scheduling.HorizonFar, Tags: []string{"robots"}, Likelihood: 2, Impact: 5},
	} {
		n.GroupID = g.ID
		if _, err := d.desk.SaveForesightNote(ctx, me, n); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) publishForesight(ctx context.Context) error {
	g := d.groups["circular-construction"]
	p, err := d.desk.Foresight(ctx, d.staff.sara, g.ID, scheduling.NoteFilter{})
	if err != nil {
		return err
	}
	x := scheduling.ForesightIssue{GroupID: g.ID, Title: tr("What circular construction sees coming", "Mitä kiertotalousrakentamisessa on näkyvissä"), Public: true,
		Intro: tr("Collected by the members of the working group.", "Työryhmän jäsenten keräämiä havaintoja.")}
	for _, n := range p.Notes {
		x.NoteIDs = append(x.NoteIDs, n.ID)
	}
	made, err := d.desk.SaveForesightIssue(ctx, d.staff.sara, x)
	if err != nil {
		return err
	}
	_, err = d.desk.PublishForesight(ctx, d.staff.sara, made.ID, true)
	return err
}

// A demoWork is an entry of the activity log, so many days before today.
type demoWork struct {
	days        int
	kind        scheduling.WorkKind
	title, note string
	companies   int // of the automotive cluster, as many
	country     string
	link        string
	reach       int
}

var demoWorks = []demoWork{
	{170, scheduling.WorkVisit, "", "They build a new hall and look for a partner for batteries.", 1, "", "", 0},
	{140, scheduling.WorkFair, "IAA Transportation", "A common stand of four companies; 32 contacts.", 4, "DE", "", 0},
	{120, scheduling.WorkMarketScan, "Suppliers of charging hardware in Spain", "Twelve candidates, three worth a visit.", 0, "ES", "", 0},
	{95, scheduling.WorkCall, "", "Asks for help with a funding application.", 1, "", "", 0},
	{80, scheduling.WorkArticle, "Northern winters as a test laboratory", "", 2, "", "https://news.oulujoki-business-house.example/winter", 1800},
	{60, scheduling.WorkService, "A laboratory for cell tests found", "Two days later they had a date.", 1, "", "", 0},
	{45, scheduling.WorkVideo, "A day on the test track", "", 1, "", "https://video.oulujoki-business-house.example/track", 5400},
	{30, scheduling.WorkVisit, "", "New managing director; wants to join the trip to Portugal.", 1, "", "", 0},
	{21, scheduling.WorkPost, "Four member companies in Stuttgart", "", 4, "DE", "https://social.example/oulujoki/stuttgart", 2600},
	{9, scheduling.WorkCall, "", "Follow-up of the visit: the offer is on its way.", 1, "", "", 0},
}

// work writes an entry down, about the next companies of the list each time.
func (d *demo) work(ctx context.Context, w demoWork) error {
	in := scheduling.Work{Kind: w.kind, Title: w.title, Note: w.note, Day: d.clock.In(d.zone).Format(time.DateOnly), ClusterIDs: []string{d.automotive.ID},
		Country: w.country, Link: w.link, Reach: w.reach}
	if w.companies > 0 {
		list, _, err := d.desk.Companies(ctx, d.staff.aino, scheduling.ListFilter{Cluster: d.automotive.ID, Limit: 60})
		if err != nil {
			return err
		}
		for i := range w.companies {
			in.CompanyIDs = append(in.CompanyIDs, list[(w.days+i)%len(list)].ID)
		}
	}
	_, err := d.desk.SaveWork(ctx, d.staff.aino, in)
	return err
}
