package main

import (
	"path"
	"testing"

	"kohtaamo/scheduling"
)

// trips adds one trip in each state, with what hangs on it.
func (k known) trips(t *testing.T, h *house, by scheduling.Actor) error {
	list, _, err := h.desk.Trips(t.Context(), by, scheduling.TripFilter{Limit: 50}, true)
	for _, trip := range list {
		if !k.first("trip", trip.State) {
			continue
		}
		k.add("/organise/trips/", trip.ID)
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
	p, err := h.desk.Programme(ctx, by, trip.ID)
	if err != nil {
		return err
	}
	for _, v := range p.Travellers {
		k.add(here+"/travellers/", v.ID)
		if k.first("traveller", trip.State, v.Role) {
			k.add("/travel/", path.Base(h.desk.TravelURL(v)))
		}
	}
	for i := range p.Programme.Hosts {
		x := &p.Programme.Hosts[i]
		k.add(here+"/hosts/", x.ID)
		if k.first("host", x.State) {
			k.add("/hosts/", h.desk.HostLink(trip, x))
			k.add("/host-outcomes/", path.Base(h.desk.HostOutcomesURL(trip, x)))
		}
	}
	return k.parts(t, h, by, here, p)
}

// parts adds what a programme consists of, and who met whom.
func (k known) parts(t *testing.T, h *house, by scheduling.Actor, here string, p *scheduling.ProgrammePage) error {
	k.add(here+"/programme/new/", "activity")
	for _, x := range p.Programme.Parts(p.Trip) {
		k.add(here+"/programme/parts/", x.ID)
		if x.Kind == scheduling.StayPart {
			k.add(here+"/rooms/", x.ID)
		}
	}
	grid, err := h.desk.TripGrid(t.Context(), by, p.Trip.ID)
	if err != nil {
		return err
	}
	for _, row := range grid.Rows {
		k.add(here+"/outcomes/", row.Host.ID)
		k.add(here+"/outcomes/"+row.Host.ID+"/", row.Delegate.Key)
		k.add("/host-outcomes/"+path.Base(h.desk.HostOutcomesURL(p.Trip, row.Host))+"/", row.Delegate.Key)
		for _, v := range row.People {
			k.add("/travel/"+path.Base(h.desk.TravelURL(v))+"/outcomes/", row.Host.ID)
		}
	}
	return nil
}

// delegation adds the request of a delegation and its links.
func (k known) delegation(t *testing.T, h *house) {
	list, _, err := h.desk.Trips(t.Context(), scheduling.System("test"), scheduling.TripFilter{Direction: scheduling.Incoming, Limit: 5}, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, trip := range list {
		k.add("/delegations/", h.desk.DelegationLink(trip))
	}
	link, err := (&demo{desk: h.desk}).mailed(t.Context(), "delegation.confirm_address")
	if err != nil {
		t.Fatal(err)
	}
	k.add("/delegations/confirm/", path.Base(link))
}
