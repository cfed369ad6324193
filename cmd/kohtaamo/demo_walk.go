package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// A demo is a house being filled. Nothing is written into the database past
// the desk: everything in it was done by somebody, at a moment, and the mails,
// the counts and the audit log followed. So the clock has to walk: the demo
// collects what is done when, and play does it in order, with the jobs and the
// outbox at work in between as they would have been.
type demo struct {
	desk   *scheduling.Desk
	worker *mailer.Worker
	rand   *rand.Rand // the same in every demo
	zone   *time.Location

	today time.Time // when the demo is filled
	clock time.Time // how far it has come
	steps []step
	mails uint64 // changes of the outbox when it last was at work
	spare int    // people who have been taken from the list, see crowd

	automotive, circular *scheduling.Cluster
	project              *scheduling.Project
	lastYear             *scheduling.ReportPeriod     // of the automotive cluster
	groups               map[string]*scheduling.Group // by slug
	staff                staff
	people               []guest
}

// A guest is a person with their company.
type guest struct {
	*scheduling.Person
	company *scheduling.Company
}

// A step is something that somebody does at a moment.
type step struct {
	at time.Time
	do func(context.Context) error
}

// at plans a step. Steps of the same moment keep their order.
func (d *demo) at(t time.Time, do func(context.Context) error) {
	d.steps = append(d.steps, step{t, do})
}

// play does all steps up to today. Steps may plan further ones, for later.
func (d *demo) play(ctx context.Context) error {
	for len(d.steps) > 0 {
		slices.SortStableFunc(d.steps, func(a, b step) int { return a.at.Compare(b.at) })
		next := d.steps[0]
		d.steps = d.steps[1:]
		if next.at.After(d.today) {
			continue // it lies ahead: whoever runs the demo may do it
		}
		if err := d.pass(ctx, next.at); err != nil {
			return err
		}
		if err := next.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", next.at.In(d.zone).Format("2006-01-02 15:04"), err)
		}
	}
	if err := d.pass(ctx, d.today); err != nil {
		return err
	}
	return d.night(ctx)
}

// pass lets the time until t go by; each morning on the way, the jobs run.
func (d *demo) pass(ctx context.Context, t time.Time) error {
	for {
		morning := clockTime(d.clock.In(d.zone), "6:00")
		if !morning.After(d.clock) {
			morning = morning.AddDate(0, 0, 1)
		}
		if morning.After(t) {
			break
		}
		d.clock = morning
		if err := d.night(ctx); err != nil {
			return err
		}
	}
	if t.After(d.clock) {
		d.clock = t
	}
	return nil
}

// night does what the jobs and the outbox would have done.
func (d *demo) night(ctx context.Context) error {
	for _, job := range []func(context.Context, time.Time) (int, error){
		d.desk.ExpireOffers, d.desk.SendReminders, d.desk.WrapUp,
		d.desk.SendCampaigns, d.desk.KeepPolls,
		d.desk.RunChains, d.desk.MoveRounds, d.desk.FollowRequests, d.desk.SendAgendas, d.desk.AskOutcomes,
		d.desk.MoveTrips, d.desk.ExpireApplicationOffers, d.desk.RemindTravellers, d.desk.SendItineraries, d.desk.AskTripOutcomes, d.desk.RemindHosts,
		d.desk.FollowAgreements,
	} {
		if _, err := job(ctx, d.clock); err != nil {
			return err
		}
	}
	mails := d.desk.DB.Changes(mailer.Specs...)
	if mails == d.mails {
		return nil // nothing was promised since
	}
	_, err := d.worker.RunOnce(ctx, d.clock)
	d.mails = d.desk.DB.Changes(mailer.Specs...)
	return err
}

// day is so many days from today, at a time of the clock.
func (d *demo) day(days int, clock string) time.Time {
	local := d.today.In(d.zone)
	return clockTime(time.Date(local.Year(), local.Month(), local.Day()+days, 0, 0, 0, 0, d.zone), clock)
}

// clockTime is "9:30" of the day of t, in the zone of t.
func clockTime(t time.Time, clock string) time.Time {
	c, err := time.Parse("15:04", clock)
	if err != nil {
		panic("demo: " + err.Error()) // a mistake in this package
	}
	return time.Date(t.Year(), t.Month(), t.Day(), c.Hour(), c.Minute(), 0, 0, t.Location())
}

// workday is the first such day of the week from so many days on that is no
// time for events to be held; before today it looks into the past.
func (d *demo) workday(days int, weekday time.Weekday, clock string) time.Time {
	t := d.day(days, clock)
	forward := 1
	if days < 0 {
		forward = -1
	}
	for t.Weekday() != weekday || holiday(t) {
		t = t.AddDate(0, 0, forward)
	}
	return t
}

// holiday holds for the weeks in which nobody in Finland holds an event.
func holiday(t time.Time) bool {
	switch day := t.Day(); t.Month() {
	case time.December:
		return day == 6 || day >= 19
	case time.January:
		return day <= 8
	case time.May:
		return day == 1
	case time.June:
		return day >= 18
	case time.July:
		return true
	}
	return false
}

// crowd takes n people, going on where the last crowd ended and through all of
// them again, so that some come to everything and most to something.
func (d *demo) crowd(n int, from func(guest) bool) []guest {
	var out []guest
	for tried := 0; len(out) < n && tried < len(d.people); tried++ {
		g := d.people[d.spare%len(d.people)]
		d.spare += 5 // has no divisor in common with the number of people
		if from == nil || from(g) {
			out = append(out, g)
		}
	}
	return out
}

// of holds for people of a cluster's companies.
func of(c *scheduling.Cluster) func(guest) bool {
	return func(g guest) bool { return slices.Contains(g.ClusterIDs, c.ID) }
}

// spread gives n moments in office hours between two, in order.
func (d *demo) spread(n int, from, until time.Time) []time.Time {
	var out []time.Time
	for range n {
		t := from.Add(time.Duration(d.rand.Int64N(int64(until.Sub(from))))).In(d.zone)
		office := time.Date(t.Year(), t.Month(), t.Day(), 8+d.rand.IntN(9), d.rand.IntN(60), d.rand.IntN(60), 0, d.zone)
		if office.After(from) && office.Before(until) {
			t = office
		}
		out = append(out, t)
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// tr is a text in both languages.
func tr(en, fi string) scheduling.Text { return scheduling.Text{"en": en, "fi": fi} }

// earliest is the earlier of two moments.
func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
