package main

import (
	"path"
	"slices"
	"testing"

	"kohtaamo/scheduling"
)

// trips adds one trip in each state, with what hangs on it; the one that is
// under way first, since it has the most to show.
func (k known) trips(t *testing.T, h *house, by scheduling.Actor) error {
	if err := selecting(t, h, by); err != nil {
		return err
	}
	list, _, err := h.desk.Trips(t.Context(), by, scheduling.TripFilter{Limit: 50}, true)
	if i := slices.IndexFunc(list, func(x *scheduling.Trip) bool { return x.State == scheduling.TripUnderWay }); i > 0 {
		list[0], list[i] = list[i], list[0]
	}
	for _, trip := range list {
		if !k.first("trip", trip.State) {
			continue
		}
		k.add("/organise/trips/", trip.ID)
		k.add("/day-sheet.webmanifest", "?trip="+trip.ID)
		if ways := trip.Ways(h.db.Now()); len(ways) > 0 {
			k.add("/organise/trips/"+trip.ID+"/state", "?to="+string(ways[0]))
		}
		if trip.Listed {
			k.add("/trips/", trip.Slug)
		}
		if err := k.trip(t, h, by, trip); err != nil {
			return err
		}
	}
	k.delegation(t, h)
	return err
}

// selecting makes a trip whose seats are offered now; one company has accepted.
func selecting(t *testing.T, h *house, by scheduling.Actor) error {
	ctx := t.Context()
	like, _, err := h.desk.Trips(ctx, by, scheduling.TripFilter{Direction: scheduling.Outgoing, Limit: 1}, true)
	if err != nil {
		return err
	}
	trip, err := h.desk.CopyTrip(ctx, by, like[0].ID, h.db.Now().AddDate(0, 9, 0))
	if err != nil {
		return err
	}
	if _, err := h.desk.SetTripState(ctx, by, trip.ID, scheduling.TripOpen, ""); err != nil {
		return err
	}
	var first *scheduling.Application
	for _, who := range []string{"raahe", "kemi"} {
		a, _, err := h.desk.Apply(ctx, scheduling.Actor{}, trip.ID, scheduling.ApplicationForm{Once: who, Company: who + " Oy", Country: "FI", Name: "Nea Uusi",
			Email: "nea@" + who + ".example", Lang: "fi", Seats: 1, Motivation: "Uusia asiakkaita.", Terms: true})
		if err != nil {
			return err
		}
		first = a
	}
	if _, err := h.desk.SetTripState(ctx, by, trip.ID, scheduling.TripSelection, ""); err != nil {
		return err
	}
	found, err := h.desk.Applications(ctx, by, trip.ID, scheduling.ApplicationFilter{})
	if err != nil {
		return err
	}
	if _, err := h.desk.ApplySuggestion(ctx, by, trip.ID, found.Mark); err != nil {
		return err
	}
	_, err = h.desk.AcceptSeats(ctx, path.Base(h.desk.ApplicationURL(first)))
	return err
}

// trip adds a trip's applications, travellers, hosts and parts.
func (k known) trip(t *testing.T, h *house, by scheduling.Actor, trip *scheduling.Trip) error {
	ctx, here := t.Context(), "/organise/trips/"+trip.ID
	if trip.Direction == scheduling.Outgoing {
		found, err := h.desk.Applications(ctx, by, trip.ID, scheduling.ApplicationFilter{})
		if err != nil {
			return err
		}
		for _, a := range found.Applications {
			k.add(here+"/applications/", a.ID)
			if k.first("application", a.State) {
				k.add("/applications/", path.Base(h.desk.ApplicationURL(a)))
			}
		}
	}
	for _, some := range []string{"/applications/", "/travellers/", "/rooms/", "/hosts/", "/programme/parts/", "/outcomes/"} {
		k.add(here+some, "none")
	}
	k.add(here+"/outcomes/none/", "none")
	p, err := h.desk.Programme(ctx, by, trip.ID)
	if err != nil {
		return err
	}
	for _, v := range p.Travellers {
		k.add(here+"/travellers/", v.ID)
		if k.first("traveller", trip.State, v.Role) {
			k.add("/travel/", path.Base(h.desk.TravelURL(v)))
			k.add("/travel/"+path.Base(h.desk.TravelURL(v))+"/outcomes/", "none")
		}
	}
	for i := range p.Programme.Hosts {
		x := &p.Programme.Hosts[i]
		k.add(here+"/hosts/", x.ID)
		if k.first("host", x.State) {
			k.add("/hosts/", h.desk.HostLink(trip, x))
			k.add("/host-outcomes/", path.Base(h.desk.HostOutcomesURL(trip, x)))
			k.add("/host-outcomes/"+path.Base(h.desk.HostOutcomesURL(trip, x))+"/", "none")
		}
	}
	return k.parts(t, h, by, here, p)
}

// parts adds what a programme consists of, and who met whom.
func (k known) parts(t *testing.T, h *house, by scheduling.Actor, here string, p *scheduling.ProgrammePage) error {
	k.add(here+"/programme/new/", "activity")
	for _, x := range p.Programme.Parts(p.Trip) {
		k.add(here+"/programme/parts/", x.ID)
		switch {
		case x.Kind == scheduling.StayPart:
			k.add(here+"/rooms/", x.ID)
		case x.Kind == scheduling.ActivityPart && k.first("judged", here):
			k.add(here+"/programme/judge", "?shift=15&id="+x.ID)
		}
	}
	grid, err := h.desk.TripGrid(t.Context(), by, p.Trip.ID)
	if err != nil {
		return err
	}
	for _, row := range grid.Rows {
		if k.first("met", here, row.Host.ID) {
			k.add(here+"/outcomes/", row.Host.ID)
		}
		k.add(here+"/outcomes/"+row.Host.ID+"/", row.Delegate.Key)
		k.add("/host-outcomes/"+path.Base(h.desk.HostOutcomesURL(p.Trip, row.Host))+"/", row.Delegate.Key)
		for _, v := range row.People {
			k.add("/travel/"+path.Base(h.desk.TravelURL(v))+"/outcomes/", row.Host.ID)
		}
	}
	return nil
}

// delegation adds the links of those who ask to come, once the programme of the
// one that is planned is for them to see.
func (k known) delegation(t *testing.T, h *house) {
	ctx, by := t.Context(), scheduling.System("test")
	list, _, err := h.desk.Trips(ctx, by, scheduling.TripFilter{Direction: scheduling.Incoming, Limit: 5}, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, trip := range list {
		k.add("/delegations/", h.desk.DelegationLink(trip))
		if trip.State == scheduling.TripProgramme {
			k.publish(t, h, by, trip)
		}
	}
	link, err := (&demo{desk: h.desk}).mailed(ctx, "delegation.confirm_address")
	if err != nil {
		t.Fatal(err)
	}
	k.add("/delegations/confirm/", path.Base(link))
}

// publish has all hosts of a delegation say yes, and publishes its programme.
func (k known) publish(t *testing.T, h *house, by scheduling.Actor, trip *scheduling.Trip) {
	ctx := t.Context()
	p, err := h.desk.Programme(ctx, by, trip.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Programme.Hosts {
		if _, err := h.desk.AnswerHost(ctx, h.desk.HostLink(trip, &p.Programme.Hosts[i]), scheduling.HostAnswer{Answer: "yes"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, to := range []scheduling.TripState{scheduling.TripHosted, scheduling.TripPublished} {
		if _, err := h.desk.MoveDelegation(ctx, by, trip.ID, to); err != nil {
			t.Fatal(err)
		}
	}
}
