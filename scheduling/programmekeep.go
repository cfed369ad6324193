package scheduling

import (
	"context"
	"fmt"
	"reflect"

	"kohtaamo/storage"
)

// A ProgrammePage is a trip with its programme and those who travel.
type ProgrammePage struct {
	Trip       *Trip
	Programme  *Programme
	Travellers []*Traveller // who go, by name
}

// Programme gives the programme of a trip to whoever organises or leads it.
func (d *Desk) Programme(ctx context.Context, by Actor, tripID string) (p *ProgrammePage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		p, err = programmePage(tx, t)
		return err
	})
	return p, err
}

func programmePage(tx *storage.Tx, t *Trip) (*ProgrammePage, error) {
	pr, err := programmeOf(tx, t)
	if err != nil {
		return nil, err
	}
	vs, err := travellersOf(tx, t.ID)
	return &ProgrammePage{Trip: t, Programme: pr, Travellers: vs}, err
}

// changeProgramme lets change have its way with the programme of a trip, in one
// transaction: what it changed gets its revisions, and those concerned are
// noted to be told once. rev is the revision that was looked at, 0 for
// whichever there is.
func (d *Desk) changeProgramme(ctx context.Context, by Actor, tripID string, rev int64, action string, change func(*storage.Tx, *ProgrammePage) error) (p *ProgrammePage, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		if p, err = programmePage(tx, t); err != nil {
			return err
		}
		if rev != 0 && p.Programme.Rev != rev {
			return storage.ErrConflict
		}
		before, err := programmeOf(tx, t)
		if err != nil {
			return err
		}
		if err := change(tx, p); err != nil {
			return err
		}
		return d.keepProgramme(tx, by, p, before, action)
	})
	if err != nil {
		return nil, fmt.Errorf("change programme: %w", changedMeanwhile(err))
	}
	return p, nil
}

// keepProgramme stores a programme that was changed. Every part that looks
// different in a calendar gets the next revision; who comes and goes changes
// only their own.
func (d *Desk) keepProgramme(tx *storage.Tx, by Actor, p *ProgrammePage, before *Programme, action string) error {
	p.Programme.revise(tx, before)
	if err := programmes.Put(tx, p.Programme); err != nil {
		return err
	}
	if err := d.log(tx, by, action, p.Trip.ID, p.Trip.ID, p.Trip.Title.In("en"), ""); err != nil {
		return err
	}
	return d.followItineraries(tx, p, before)
}

// revise gives what is new its name, and what looks different its next
// revision. Before the programme is published nobody has seen a revision.
func (p *Programme) revise(tx *storage.Tx, before *Programme) {
	stamp := func(r *Revised, old *Revised, same bool) {
		switch {
		case old == nil:
			*r = Revised{UID: storage.NewUID(), Changed: tx.Now()}
		case same || p.PublishedAt.IsZero():
			*r = *old
		default:
			*r = Revised{UID: old.UID, Sequence: old.Sequence + 1, Changed: tx.Now()}
		}
	}
	for i := range p.Legs {
		l := &p.Legs[i]
		l.ID = orNew(l.ID)
		old := before.Leg(l.ID)
		stamp(&l.Revised, revisedOf(old, func(o *Leg) *Revised { return &o.Revised }), old != nil && looksAlike(*l, *old, func(x *Leg) { x.Revised, x.Crowd = Revised{}, Crowd{} }))
	}
	for i := range p.Hotels {
		h := &p.Hotels[i]
		h.ID = orNew(h.ID)
		old := before.Hotel(h.ID)
		stamp(&h.Revised, revisedOf(old, func(o *Hotel) *Revised { return &o.Revised }), old != nil && looksAlike(*h, *old, func(x *Hotel) {
			*x = Hotel{StopID: x.StopID, Name: x.Name, Address: x.Address, Phone: x.Phone, From: x.From, Until: x.Until}
		}))
	}
	for i := range p.Activities {
		a := &p.Activities[i]
		a.ID = orNew(a.ID)
		old := before.Activity(a.ID)
		stamp(&a.Revised, revisedOf(old, func(o *Activity) *Revised { return &o.Revised }), old != nil && before.hostLine(old) == p.hostLine(a) && looksAlike(*a, *old, func(x *Activity) { x.Revised, x.Crowd, x.Capacity, x.Note = Revised{}, Crowd{}, 0, "" }))
	}
}

func revisedOf[T any](x *T, of func(*T) *Revised) *Revised {
	if x == nil {
		return nil
	}
	return of(x)
}

// looksAlike reports whether two versions are the same but for what strip
// takes away.
func looksAlike[T any](a, b T, strip func(*T)) bool {
	strip(&a)
	strip(&b)
	return reflect.DeepEqual(a, b)
}

// SaveProgramme stores what was changed about the programme of a trip. in.Rev
// is the revision that was edited, 0 for one that was never stored.
func (d *Desk) SaveProgramme(ctx context.Context, by Actor, tripID string, in *Programme) (*ProgrammePage, error) {
	return d.changeProgramme(ctx, by, tripID, in.Rev, "programme.edit", func(_ *storage.Tx, p *ProgrammePage) error {
		pr := p.Programme
		pr.Legs, pr.Hotels, pr.Hosts, pr.Activities, pr.Travel = in.Legs, in.Hotels, in.Hosts, in.Activities, in.Travel
		return nil
	})
}

// PublishProgramme lets travellers see their itineraries from now on.
func (d *Desk) PublishProgramme(ctx context.Context, by Actor, tripID string) (*ProgrammePage, error) {
	return d.changeProgramme(ctx, by, tripID, 0, "programme.publish", func(tx *storage.Tx, p *ProgrammePage) error {
		if p.Programme.PublishedAt.IsZero() {
			p.Programme.PublishedAt = tx.Now()
		}
		return nil
	})
}
