package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// A travel is one delegation trip of the demo with what becomes of it.
type travel struct {
	d         *demo
	by        scheduling.Actor
	trip      *scheduling.Trip // what the organiser types; once made, as it is stored
	programme *scheduling.Programme
	guests    []guest // one from each company that applies
	words     []travelWords

	applied    []*scheduling.Application
	travellers []*scheduling.Traveller
}

// travelWords are why a company wants to come along, and whom it hopes to meet.
type travelWords struct{ why, goals, partners string }

// planTrips plans a trip that is over and has its outcomes, one that is under
// way today, one that takes applications, a delegation that comes to Oulu and
// another that would.
func (d *demo) planTrips() {
	rest := d.rand // what happens elsewhere does not depend on trips
	d.rand = rand.New(rand.NewPCG(20, 28))
	defer func() { d.rand = rest }()
	italy := d.planItaly()
	d.planSpain()
	d.planNextTrip(italy)
	d.planDelegation()
	d.planRequest()
}

// travel plans the way of an outgoing trip from its first draft to the day on
// which its travellers have their itineraries.
func (d *demo) travel(v *travel) {
	v.d = d
	rules := v.trip.Selection
	d.at(rules.ClosesAt.AddDate(0, 0, -28), v.open)
	for i, t := range d.spread(len(v.guests), rules.ClosesAt.AddDate(0, 0, -26), rules.ClosesAt.Add(-2*time.Hour)) {
		d.at(t, func(ctx context.Context) error { return v.apply(ctx, i) })
	}
	d.at(rules.ClosesAt.Add(18*time.Hour), v.decide)
	d.at(rules.ClosesAt.Add(19*time.Hour), v.answer)
	d.at(rules.CommitBy.Add(-30*time.Hour), v.commit)
	d.at(rules.CommitBy.Add(2*time.Hour), v.confirm)
	d.at(v.trip.Asks.DueAt.Add(-60*time.Hour), v.tellData)
	d.at(v.trip.Asks.DueAt.Add(20*time.Hour), v.plan)
}

// open makes the trip and lets companies apply.
func (v *travel) open(ctx context.Context) (err error) {
	if v.trip, err = v.d.desk.SaveTrip(ctx, v.by, v.trip); err != nil {
		return err
	}
	_, err = v.d.desk.SetTripState(ctx, v.by, v.trip.ID, scheduling.TripOpen, "")
	return err
}

func (v *travel) apply(ctx context.Context, i int) error {
	g, w := v.guests[i], v.words[i%len(v.words)]
	seats := 1
	if i%4 == 1 {
		seats = 2
	}
	a, _, err := v.d.desk.Apply(ctx, g.actor(), v.trip.ID, scheduling.ApplicationForm{Once: fmt.Sprintf("demo-%s-%d", v.trip.ID, i),
		Company: g.company.Name, BusinessID: g.company.BusinessID, Country: g.company.Country, Website: g.company.Website,
		Name: g.Name, Email: g.Email, Lang: g.Lang, Seats: seats, Motivation: w.why, Goals: w.goals, Partners: w.partners, Terms: true})
	v.applied = append(v.applied, a)
	return err
}

// decide scores the applications and offers seats as the scores suggest; the
// rest wait in reserve.
func (v *travel) decide(ctx context.Context) error {
	d := v.d
	for i, a := range v.applied {
		in := map[string]scheduling.ScoreInput{}
		for k, c := range v.trip.Selection.Criteria {
			in[c.ID] = scheduling.ScoreInput{Points: c.Max - (i*(k+2))%3}
		}
		if err := d.desk.ScoreApplication(ctx, v.by, v.trip.ID, a.ID, in); err != nil {
			return err
		}
	}
	p, err := d.desk.Applications(ctx, v.by, v.trip.ID, scheduling.ApplicationFilter{})
	if err != nil {
		return err
	}
	_, err = d.desk.ApplySuggestion(ctx, v.by, v.trip.ID, p.Mark)
	return err
}

// link is the last part of an application's own address.
func (v *travel) link(a *scheduling.Application) string {
	return path.Base(v.d.desk.ApplicationURL(a))
}

// state is where an application stands now.
func (v *travel) state(ctx context.Context, a *scheduling.Application) (scheduling.ApplicationState, error) {
	p, err := v.d.desk.ApplicationByLink(ctx, v.link(a))
	if err != nil {
		return "", err
	}
	return p.Application.State, nil
}

// answer has all but one of those who were offered seats accept: whoever is
// next in reserve gets what it leaves.
func (v *travel) answer(ctx context.Context) error {
	refused := false
	for _, a := range v.applied {
		s, err := v.state(ctx, a)
		if err != nil || s != scheduling.ApplicationOffered {
			if err != nil {
				return err
			}
			continue
		}
		if !refused && a.Seats == 1 {
			refused = true
			_, err = v.d.desk.DeclineSeats(ctx, v.link(a), "The week collides with a delivery of ours.")
		} else {
			_, err = v.d.desk.AcceptSeats(ctx, v.link(a))
		}
		if err != nil {
			return err
		}
	}
	v.d.at(v.d.clock.Add(20*time.Hour), v.acceptRest)
	return nil
}

// acceptRest has those accept who came from the reserve.
func (v *travel) acceptRest(ctx context.Context) error {
	for _, a := range v.applied {
		s, err := v.state(ctx, a)
		if err != nil {
			return err
		}
		if s != scheduling.ApplicationOffered {
			continue
		}
		if _, err := v.d.desk.AcceptSeats(ctx, v.link(a)); err != nil {
			return err
		}
	}
	return nil
}

// commit has the companies bind themselves and name who goes: whoever applied,
// and a colleague where they have two seats.
func (v *travel) commit(ctx context.Context) error {
	for i, a := range v.applied {
		s, err := v.state(ctx, a)
		if err != nil {
			return err
		}
		if s != scheduling.ApplicationAccepted {
			continue
		}
		if _, err := v.d.desk.CommitApplication(ctx, v.link(a), true, a.Lang); err != nil {
			return err
		}
		for k := range a.Seats {
			if err := v.name(ctx, a, v.colleague(v.guests[i], k)); err != nil {
				return err
			}
		}
	}
	return nil
}

// colleague is the k-th person of a guest's company, themselves first.
func (v *travel) colleague(g guest, k int) guest {
	for _, p := range v.d.people {
		if p.CompanyID == g.CompanyID && (k == 0) == (p.ID == g.ID) {
			return p
		}
	}
	return g
}

func (v *travel) name(ctx context.Context, a *scheduling.Application, g guest) error {
	t, err := v.d.desk.NameTraveller(ctx, v.link(a), scheduling.Traveller{Name: g.Name, Email: g.Email, Lang: g.Lang, Title: g.Title}, "")
	v.travellers = append(v.travellers, t)
	return err
}

// confirm says that the trip takes place, and takes its leader along.
func (v *travel) confirm(ctx context.Context) error {
	if _, err := v.d.desk.SetTripState(ctx, v.by, v.trip.ID, scheduling.TripConfirmed, ""); err != nil {
		return err
	}
	leader, err := v.d.desk.AddTraveller(ctx, v.by, v.trip.ID, &scheduling.Traveller{Name: v.by.Name, Email: v.by.Email, Lang: v.by.Lang,
		Company: demoHouse, Role: scheduling.AsLeader, Phone: "+358 40 000 0000"})
	v.travellers = append(v.travellers, leader)
	return err
}

// tellData has the travellers answer what they are asked.
func (v *travel) tellData(ctx context.Context) error {
	expiry := v.trip.Ends.AddDate(4, 3, 0).Format(time.DateOnly)
	for i, t := range v.travellers {
		in := scheduling.TravellerData{EmergencyName: "Kotona", EmergencyPhone: "+358 50 000 0000", PassportExpiry: expiry,
			Room: scheduling.SingleRoom, Phone: fmt.Sprintf("+358 40 000 %04d", 100+i)}
		if i%3 == 1 {
			in.Diets, in.Agreed = []string{scheduling.Diets[i%len(scheduling.Diets)]}, &scheduling.Consent{Given: true}
		}
		link := path.Base(v.d.desk.TravelURL(t))
		p, err := v.d.desk.TravelData(ctx, link)
		if err != nil {
			return err
		}
		if _, err := v.d.desk.SaveTravelData(ctx, link, p.Seen(), in); err != nil {
			return err
		}
	}
	return nil
}

// plan makes the programme, with everybody in one of two sub-groups and in a
// room of their own, and publishes it.
func (v *travel) plan(ctx context.Context) error {
	p := v.programme
	var groups [2][]string
	for i, t := range v.travellers {
		groups[i%2] = append(groups[i%2], t.ID)
	}
	for i := range p.Activities {
		a := &p.Activities[i]
		switch a.Group {
		case "A":
			a.TravellerIDs = groups[0]
		case "B":
			a.TravellerIDs = groups[1]
		default:
			a.Everyone = true
		}
	}
	for i := range p.Hotels {
		h := &p.Hotels[i]
		h.Block = []scheduling.RoomBlock{{Kind: scheduling.SingleRoom, Count: len(v.travellers) + 1, Price: 118_00}}
		for k, t := range v.travellers {
			h.Rooms = append(h.Rooms, scheduling.HotelRoom{Kind: scheduling.SingleRoom, Number: fmt.Sprint(201 + k), TravellerIDs: []string{t.ID}})
		}
	}
	if _, err := v.d.desk.SaveProgramme(ctx, v.by, v.trip.ID, p); err != nil {
		return err
	}
	if _, err := v.d.desk.PublishProgramme(ctx, v.by, v.trip.ID); err != nil {
		return err
	}
	_, err := v.d.desk.SetTripState(ctx, v.by, v.trip.ID, scheduling.TripLocked, "")
	return err
}

// present marks who took part in what has been so far.
func (v *travel) present(ctx context.Context) error {
	page, err := v.d.desk.Programme(ctx, v.by, v.trip.ID)
	if err != nil {
		return err
	}
	for _, x := range page.Programme.Parts(page.Trip) {
		if x.Kind != scheduling.ActivityPart || x.Starts.After(v.d.clock) {
			continue
		}
		for k, t := range v.travellers {
			if !x.Has(t.ID) {
				continue
			}
			_, err := v.d.desk.MarkTraveller(ctx, v.by, v.trip.ID, scheduling.Marking{TravellerID: t.ID, PartID: x.ID, Present: k != 3 || x.ID != "dinner", At: x.Starts})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// mailed is the address that the button of the last mail of a kind leads to.
func (d *demo) mailed(ctx context.Context, kind string) (string, error) {
	list, _, err := d.desk.Outbox.List(ctx, mailer.Filter{Kind: kind, Limit: 1})
	if err != nil || len(list) == 0 || list[0].Letter.Button == nil {
		return "", fmt.Errorf("no mail %s, %w", kind, err)
	}
	return list[0].Letter.Button.URL, nil
}

// on is a moment of the wall clock of a zone, so many days from a day.
func on(day time.Time, days int, zone, clock string) time.Time {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic("demo: " + err.Error()) // a mistake in this package
	}
	return clockTime(time.Date(day.Year(), day.Month(), day.Day()+days, 0, 0, 0, 0, loc), clock).UTC()
}

// date is so many days from a day.
func date(day time.Time, days int) string { return day.AddDate(0, 0, days).Format(time.DateOnly) }
