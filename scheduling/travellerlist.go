package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A TravellerPage is one traveller with what they answered, for those who lead
// the trip.
type TravellerPage struct {
	Trip      *Trip
	Traveller *Traveller
	Parts     []Part   // what they take part in
	Missing   []string // fields that they have not answered
}

// Traveller shows one traveller to whoever organises or leads the trip. That
// somebody looked at what they answered is in the audit log, once a day.
func (d *Desk) Traveller(ctx context.Context, by Actor, tripID, id string) (p *TravellerPage, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		t, v, err := ledTraveller(tx, by, tripID, id)
		if err != nil {
			return err
		}
		pr, err := programmeOf(tx, t)
		if err != nil {
			return err
		}
		p = &TravellerPage{Trip: t, Traveller: v, Missing: v.Missing(t)}
		for _, x := range pr.Parts(t) {
			if v.Goes() && x.Has(v.ID) {
				p.Parts = append(p.Parts, x)
			}
		}
		if v.Data == nil {
			return nil
		}
		return d.noteReading(tx, by, t, v)
	})
	return p, err
}

// noteReading writes down that somebody read a traveller's data, unless it is
// written down of today.
func (d *Desk) noteReading(tx *storage.Tx, by Actor, t *Trip, v *Traveller) error {
	const action = "traveller.data_read"
	day := tx.Now().In(t.Location()).Format(time.DateOnly)
	for e, err := range audit.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("subject", v.ID)}, Sort: "-at"}) {
		if err != nil {
			return err
		}
		if e.At.In(t.Location()).Format(time.DateOnly) != day {
			break
		}
		if e.Action == action && e.Actor == by.ID && e.ActorName == by.Name {
			return nil
		}
	}
	return d.log(tx, by, action, v.ID, t.ID, v.Name, "")
}

// ledTraveller gives a traveller of a trip to whoever organises or leads it.
func ledTraveller(tx *storage.Tx, by Actor, tripID, id string) (*Trip, *Traveller, error) {
	t, err := ledTrip(tx, by, tripID)
	if err != nil {
		return nil, nil, err
	}
	v, err := travellers.Get(tx, id)
	if err == nil && v.TripID != t.ID {
		return nil, nil, errHidden
	}
	return t, v, err
}

// A TravellerLine is a traveller in a list, without what they answered.
type TravellerLine struct {
	*Traveller
	Missing []string // fields that they have not answered
}

// A TravellerList is who travels, and who was to.
type TravellerList struct {
	Trip    *Trip
	Lines   []TravellerLine // those who go first, each by name
	Going   int
	Waiting int // of those who go, how many have not answered all
	Open    bool
}

// Travellers lists who travels for whoever organises or leads the trip.
func (d *Desk) Travellers(ctx context.Context, by Actor, tripID string) (list *TravellerList, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		list = &TravellerList{Trip: t, Open: t.takes(tx.Now()) == nil}
		all, err := travellers.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", t.ID)}, Sort: "sort"})
		for _, v := range all {
			list.add(v)
		}
		slices.SortStableFunc(list.Lines, func(a, b TravellerLine) int { return cmp.Compare(a.State, b.State) }) // "going" before "out"
		return err
	})
	return list, err
}

func (list *TravellerList) add(v *Traveller) {
	line := TravellerLine{Traveller: v}
	if v.Goes() {
		line.Missing = v.Missing(list.Trip)
		list.Going++
		if len(line.Missing) > 0 {
			list.Waiting++
		}
	}
	v.Data = nil
	list.Lines = append(list.Lines, line)
}

// EditTraveller changes what is known of somebody besides what they answered.
// in.Rev is the revision that was looked at. Their address stays: who travels
// instead is another traveller.
func (d *Desk) EditTraveller(ctx context.Context, by Actor, tripID string, in *Traveller) (v *Traveller, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		var t *Trip
		if t, v, err = ledTraveller(tx, by, tripID, in.ID); err != nil {
			return err
		}
		if v.Rev != in.Rev {
			return storage.ErrConflict
		}
		was := v.Role
		v.Name, v.Company, v.Title, v.Phone, v.Lang, v.Role, v.Goals = in.Name, in.Company, in.Title, in.Phone, in.Lang, in.Role, in.Goals
		if err := v.check(); err != nil {
			return err
		}
		v.index()
		if err := travellers.Put(tx, v); err != nil {
			return err
		}
		if err := d.log(tx, by, "traveller.edit", v.ID, t.ID, v.Name, ""); err != nil {
			return err
		}
		return d.followRole(tx, by, t, v, was)
	})
	if err != nil {
		return nil, fmt.Errorf("edit traveller: %w", changedMeanwhile(err))
	}
	return v, nil
}

// followRole lets those lead the trip who go as its leaders, and nobody who was one.
func (d *Desk) followRole(tx *storage.Tx, by Actor, t *Trip, v *Traveller, was TravellerRole) error {
	switch {
	case !v.Goes() || v.Role == was:
		return nil
	case v.Role == AsLeader:
		return d.nameLeader(tx, by, t, v)
	case was == AsLeader && !by.Organises(t.ClusterIDs...):
		return &Problem{Kind: Forbidden, Key: "traveller.organisers_name_leaders", Fields: map[string]string{"role": "traveller.organisers_name_leaders"}}
	case was == AsLeader:
		return d.unname(tx, by, t, v)
	}
	return nil
}

// TravellerName shows who a traveller is, without what they answered, to whoever
// organises or leads the trip.
func (d *Desk) TravellerName(ctx context.Context, by Actor, tripID, id string) (v *Traveller, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		_, v, err = ledTraveller(tx, by, tripID, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	v.Data = nil
	return v, nil
}
