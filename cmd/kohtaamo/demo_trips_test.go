package main

import (
	"maps"
	"path"
	"slices"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// checkDemoTrips finds a trip that is over, one that is under way, one that
// takes applications, a delegation that comes and one that would.
func checkDemoTrips(t *testing.T, h *house) {
	list, _, err := h.desk.Trips(t.Context(), scheduling.System("test"), scheduling.TripFilter{Limit: 20}, true)
	if err != nil {
		t.Fatal(err)
	}
	checks := map[scheduling.TripState]func(*testing.T, *house, *scheduling.ProgrammePage){
		scheduling.TripReported: checkDemoItaly, scheduling.TripUnderWay: checkDemoSpain, scheduling.TripOpen: checkDemoOpen,
		scheduling.TripProgramme: checkDemoDelegation, scheduling.TripRequested: nil,
	}
	for _, trip := range list {
		p, err := h.desk.Programme(t.Context(), scheduling.System("test"), trip.ID)
		if err != nil {
			t.Fatal(err)
		}
		check, awaited := checks[trip.State]
		delete(checks, trip.State)
		if check != nil {
			t.Run(string(trip.State), func(t *testing.T) { check(t, h, p) })
		} else if !awaited {
			t.Errorf("%s is %s", trip.Title["en"], trip.State)
		}
	}
	if len(checks) > 0 {
		t.Errorf("no trip is in any of %v", slices.Collect(maps.Keys(checks)))
	}
}

// checkDemoItaly finds what came of the trip that is over, and what it cost.
func checkDemoItaly(t *testing.T, h *house, p *scheduling.ProgrammePage) {
	g, err := h.desk.TripGrid(t.Context(), scheduling.System("test"), p.Trip.ID)
	if err != nil {
		t.Fatal(err)
	}
	steps, silent, open := map[scheduling.Ladder]int{}, 0, len(g.Steps())
	for _, r := range g.Rows {
		if r.Said == nil {
			silent++
		} else {
			steps[r.Said.Step]++
		}
	}
	if len(steps) < 3 || silent == 0 || open == 0 {
		t.Errorf("the steps are %v, %d say nothing, %d next steps are open", steps, silent, open)
	}
	for _, l := range p.Trip.Budget {
		if l.Actual == 0 {
			t.Errorf("%s cost nothing", l.Name)
		}
	}
}

// checkDemoSpain finds a trip on three clocks, full and without a fault, whose
// one moved visit was told to those who are on it and to nobody else.
func checkDemoSpain(t *testing.T, h *house, p *scheduling.ProgrammePage) {
	ctx, by := t.Context(), scheduling.System("test")
	found, err := h.desk.Applications(ctx, by, p.Trip.ID, scheduling.ApplicationFilter{})
	if err != nil {
		t.Fatal(err)
	}
	held, out := 0, 0
	for _, a := range found.Applications {
		if a.State.Holds() {
			held += a.Seats
		} else {
			out++
		}
	}
	if held != p.Trip.Held || held > p.Trip.Selection.Seats || held < p.Trip.Selection.Minimum || out == 0 {
		t.Errorf("%d seats are held, the trip says %d of %d; %d companies stay at home", held, p.Trip.Held, p.Trip.Selection.Seats, out)
	}
	zones := map[string]bool{}
	for _, x := range p.Programme.Parts(p.Trip) {
		zones[x.StartZone], zones[x.EndZone] = true, true
		if x.ID == "out" && x.Ends.Sub(x.Starts) != 4*time.Hour+20*time.Minute {
			t.Errorf("the flight from Helsinki to Madrid lasts %v", x.Ends.Sub(x.Starts))
		}
	}
	if len(zones) != 3 || p.Programme.PublishedAt.IsZero() {
		t.Errorf("the programme, published %v, is on the clocks of %v", p.Programme.PublishedAt, zones)
	}
	for _, f := range scheduling.CheckProgramme(p.Trip, p.Programme, p.Travellers, h.db.Now()) {
		t.Errorf("the programme has the fault %+v", f)
	}
	checkDemoMoved(t, h, p)
}

// checkDemoMoved finds a mail about the moved visit to exactly those on it.
func checkDemoMoved(t *testing.T, h *house, p *scheduling.ProgrammePage) {
	mails, _, err := h.outbox.List(t.Context(), mailer.Filter{Kind: "itinerary.changed", Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, m := range mails {
		told[m.To]++
	}
	want := map[string]int{}
	for _, v := range p.Travellers {
		if p.Programme.Activity("cork").Has(v.ID) {
			want[v.Email] = 1
		}
	}
	if !maps.Equal(told, want) || len(want) == 0 || len(want) == len(p.Travellers) {
		t.Errorf("told of the moved visit: %v, on it: %v", told, want)
	}
}

// checkDemoOpen finds applications that nobody has decided on.
func checkDemoOpen(t *testing.T, h *house, p *scheduling.ProgrammePage) {
	found, err := h.desk.Applications(t.Context(), scheduling.System("test"), p.Trip.ID, scheduling.ApplicationFilter{})
	if err != nil || found.All < 3 || found.Counts[scheduling.ApplicationSubmitted] != found.All {
		t.Errorf("%d applications, %v, %v", found.All, found.Counts, err)
	}
	if !p.Trip.TakesApplications(h.db.Now()) {
		t.Errorf("it takes no applications until %v", p.Trip.Selection.ClosesAt)
	}
}

// checkDemoDelegation finds two hosts who said yes and one who has not answered,
// and a link that shows the body that comes its request.
func checkDemoDelegation(t *testing.T, h *house, p *scheduling.ProgrammePage) {
	states := map[scheduling.HostState]int{}
	for _, x := range p.Programme.Hosts {
		states[x.State]++
	}
	if want := map[scheduling.HostState]int{scheduling.HostConfirmed: 2, scheduling.HostInvited: 1}; !maps.Equal(states, want) {
		t.Errorf("the hosts are %v", states)
	}
	page, err := h.desk.DelegationByLink(t.Context(), path.Base(h.desk.DelegationLink(p.Trip)))
	if err != nil || page.Trip.ID != p.Trip.ID || len(p.Travellers) < 3 {
		t.Errorf("%d visitors, %v", len(p.Travellers), err)
	}
}
