package scheduling

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"kohtaamo/storage"
)

// welcomeTraveller tells somebody that they travel, with the link to their own
// page and, if the trip has to know something of them, until when they are asked
// for it. It is told once for each link.
func (d *Desk) welcomeTraveller(tx *storage.Tx, _ Actor, t *Trip, v *Traveller) error {
	if err := d.tellTraveller(tx, t, v, travellerLetter{kind: mailTravellerNamed}); err != nil {
		return err
	}
	return v.wasTold(tx, mailTravellerNamed)
}

// wasTold notes that something went out.
func (v *Traveller) wasTold(tx *storage.Tx, what string) error {
	v.Told = maps.Clone(v.Told)
	if v.Told == nil {
		v.Told = map[string]time.Time{}
	}
	v.Told[what] = tx.Now()
	return travellers.Put(tx, v)
}

// releaseTraveller takes somebody off a trip and tells them: the place is free,
// they are out of every part of the programme, and what they said about
// themselves is deleted at once. Nothing happens to who does not go.
func (d *Desk) releaseTraveller(tx *storage.Tx, by Actor, t *Trip, v *Traveller, reason string) error {
	if !v.Goes() {
		return nil
	}
	if err := d.leaveTrip(tx, by, t, v, "traveller.release", reason); err != nil {
		return err
	}
	if err := d.leaveProgramme(tx, by, t, v, nil); err != nil {
		return err
	}
	w := travellerLetter{kind: mailTravellerReleased}
	if reason != "" {
		w.said = []string{d.Texts.In(v.Lang).Text("letter.reason", "reason", reason)}
	}
	return d.tellTraveller(tx, t, v, w)
}

// leaveTrip is what a release and a replacement have in common. The link goes on
// working: calendars that came with it have to hear what is cancelled.
func (d *Desk) leaveTrip(tx *storage.Tx, by Actor, t *Trip, v *Traveller, action, reason string) error {
	v.State, v.Live = TravellerOut, ""
	v.purge(TravellerFields, tx.Now())
	if err := travellers.Put(tx, v); err != nil {
		return err
	}
	if _, err := d.Outbox.Withdraw(tx, v.ID); err != nil {
		return err
	}
	if err := d.takeBackPending(tx, v); err != nil {
		return err
	}
	if err := d.log(tx, by, action, v.ID, t.ID, v.Name, reason); err != nil {
		return err
	}
	if v.Role != AsLeader {
		return nil
	}
	return d.unname(tx, by, t, v)
}

// leaveProgramme takes somebody who does not go any more out of the programme,
// in favour of an heir if there is one. Who is out is no traveller of the page:
// what their calendars have to be told is for followItineraries to find.
func (d *Desk) leaveProgramme(tx *storage.Tx, by Actor, t *Trip, v, heir *Traveller) error {
	p, err := programmePage(tx, t)
	if err != nil {
		return err
	}
	before, err := programmeOf(tx, t)
	if err != nil {
		return err
	}
	to := ""
	if heir != nil {
		to = heir.ID
		for i, x := range p.Travellers {
			if x.ID == heir.ID {
				p.Travellers[i] = heir
			}
		}
	}
	if !p.Programme.handOver(v.ID, to) {
		return d.followItineraries(tx, p, before)
	}
	return d.keepProgramme(tx, by, p, before, "programme.edit")
}

// handOver takes a traveller out of every part, in favour of another, "" for
// nobody. A bed in a room that is shared goes to nobody: who sleeps beside a
// stranger is asked first.
func (p *Programme) handOver(from, to string) (changed bool) {
	crowd := func(c *Crowd) {
		if slices.Contains(c.TravellerIDs, from) {
			c.TravellerIDs, changed = swapped(c.TravellerIDs, from, to), true
		}
	}
	for i := range p.Legs {
		crowd(&p.Legs[i].Crowd)
	}
	for i := range p.Activities {
		crowd(&p.Activities[i].Crowd)
	}
	for i := range p.Hotels {
		h := &p.Hotels[i]
		for k := range h.Rooms {
			r := &h.Rooms[k]
			if !slices.Contains(r.TravellerIDs, from) {
				continue
			}
			heir := to
			if len(r.TravellerIDs) > 1 {
				heir = ""
			}
			r.TravellerIDs, changed = swapped(r.TravellerIDs, from, heir), true
		}
		h.Rooms = slices.DeleteFunc(h.Rooms, func(r HotelRoom) bool { return len(r.TravellerIDs) == 0 })
	}
	return changed
}

// swapped is a list with one of its ids replaced by another, which stands there
// once; "" leaves it out.
func swapped(ids []string, from, to string) (out []string) {
	for _, id := range ids {
		if id == from {
			id = to
		}
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// nameLeader lets a traveller who leads the trip do so; only organisers may.
func (d *Desk) nameLeader(tx *storage.Tx, by Actor, t *Trip, v *Traveller) error {
	if v.Role != AsLeader || slices.Contains(t.LeaderIDs, v.PersonID) {
		return nil
	}
	if !by.Organises(t.ClusterIDs...) {
		return &Problem{Kind: Forbidden, Key: "traveller.organisers_name_leaders", Fields: map[string]string{"role": "traveller.organisers_name_leaders"}}
	}
	t.LeaderIDs = append(slices.Clone(t.LeaderIDs), v.PersonID)
	return d.putTrip(tx, by, t, "trip.edit", "")
}

// unname ends somebody's leading.
func (d *Desk) unname(tx *storage.Tx, by Actor, t *Trip, v *Traveller) error {
	if !slices.Contains(t.LeaderIDs, v.PersonID) {
		return nil
	}
	t.LeaderIDs = slices.DeleteFunc(slices.Clone(t.LeaderIDs), func(id string) bool { return id == v.PersonID })
	return d.putTrip(tx, by, t, "trip.edit", "")
}

// ReleaseTraveller takes somebody off a trip, for its organisers and leaders.
func (d *Desk) ReleaseTraveller(ctx context.Context, by Actor, tripID, id, reason string) (v *Traveller, err error) {
	reason = cleanText(reason)
	f := faults{}
	f.need("reason", reason, lineLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		var t *Trip
		if t, v, err = ledTraveller(tx, by, tripID, id); err != nil {
			return err
		}
		if err := mayLeave(tx, by, t, v); err != nil {
			return err
		}
		if err := d.releaseTraveller(tx, by, t, v, reason); err != nil {
			return err
		}
		v, err = travellers.Get(tx, v.ID) // as the itineraries left it
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("release traveller: %w", err)
	}
	return v, nil
}

// mayLeave says why somebody cannot be taken off a trip.
func mayLeave(tx *storage.Tx, by Actor, t *Trip, v *Traveller) error {
	if !v.Goes() {
		return &Problem{Kind: Closed, Key: "traveller.is_out"}
	}
	if v.Role == AsLeader && !by.Organises(t.ClusterIDs...) {
		return &Problem{Kind: Forbidden, Key: "traveller.organisers_name_leaders"}
	}
	return t.takes(tx.Now())
}

// ReplaceTraveller gives somebody's place on a trip to a colleague. The colleague
// takes over what the other would have taken part in, with a link of their own;
// nothing that the other said about themselves goes with it.
func (d *Desk) ReplaceTraveller(ctx context.Context, by Actor, tripID, id string, in *Traveller) (*Traveller, error) {
	in.Role = ""
	if err := in.check(); err != nil {
		return nil, err
	}
	var out *Traveller
	err := d.update(ctx, func(tx *storage.Tx) error {
		t, v, err := ledTraveller(tx, by, tripID, id)
		if err != nil {
			return err
		}
		if out, err = travellers.Get(tx, in.ID); err == nil && !v.Goes() && out.TripID == t.ID {
			return nil // sent twice
		}
		if err := mayLeave(tx, by, t, v); err != nil {
			return err
		}
		if v.Email == in.Email {
			return &Problem{Kind: Invalid, Key: "traveller.same", Fields: map[string]string{"email": "traveller.same"}}
		}
		heir := *in
		out = &heir
		return d.replaceTraveller(tx, by, t, v, out)
	})
	if err != nil {
		return nil, fmt.Errorf("replace traveller: %w", travelsTwice(err))
	}
	return out, nil
}

func (d *Desk) replaceTraveller(tx *storage.Tx, by Actor, t *Trip, v, heir *Traveller) error {
	heir.Meta, heir.TripID, heir.State = storage.Meta{ID: orNew(heir.ID)}, t.ID, TravellerGoing
	heir.ApplicationID, heir.CompanyID, heir.Company, heir.Role = v.ApplicationID, v.CompanyID, v.Company, v.Role
	if heir.Goals == "" {
		heir.Goals = v.Goals
	}
	if err := d.leaveTrip(tx, by, t, v, "traveller.replace", heir.Name); err != nil {
		return err
	}
	if err := d.takeAlong(tx, by, t, heir); err != nil {
		return err
	}
	if err := d.nameLeader(tx, by, t, heir); err != nil {
		return err
	}
	if err := d.leaveProgramme(tx, by, t, v, heir); err != nil {
		return err
	}
	if err := d.tellTraveller(tx, t, v, travellerLetter{kind: mailTravellerReplaced, args: []any{"heir", heir.Name}}); err != nil {
		return err
	}
	return d.welcomeTraveller(tx, by, t, heir)
}
