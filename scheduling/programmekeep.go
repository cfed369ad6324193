package scheduling

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

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
		judged, err := programmeOf(tx, t) // which judging may tidy up
		if err != nil {
			return err
		}
		if err := p.allow(judged); err != nil {
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
	p.Programme.revise(tx.Now(), p.Trip, before)
	if err := d.followHosts(tx, p, before); err != nil {
		return err
	}
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
func (p *Programme) revise(now time.Time, t *Trip, before *Programme) {
	for i := range p.Legs {
		l := &p.Legs[i]
		l.ID = orNew(l.ID)
		old := before.Leg(l.ID)
		p.stamp(now, l.ID, &l.Revised, revisedOf(old, func(o *Leg) *Revised { return &o.Revised }), old != nil && looksAlike(*l, *old, func(x *Leg) {
			x.Revised, x.Crowd, x.Minutes, x.StopID = Revised{}, Crowd{}, 0, ""
		}))
	}
	for i := range p.Hotels {
		h := &p.Hotels[i]
		h.ID = orNew(h.ID)
		old := before.Hotel(h.ID)
		p.stamp(now, h.ID, &h.Revised, revisedOf(old, func(o *Hotel) *Revised { return &o.Revised }), old != nil && looksAlike(*h, *old, func(x *Hotel) {
			*x = Hotel{StopID: x.StopID, Name: x.Name, Address: x.Address, Phone: x.Phone, From: x.From, Until: x.Until}
		}))
	}
	for i := range p.Activities {
		a := &p.Activities[i]
		a.ID = orNew(a.ID)
		old := before.Activity(a.ID)
		p.stamp(now, a.ID, &a.Revised, revisedOf(old, func(o *Activity) *Revised { return &o.Revised }), old != nil && p.hostOf(a) == before.hostOf(old) && looksAlike(*a, *old, func(x *Activity) {
			x.Revised, x.Crowd, x.Capacity, x.Note = Revised{}, Crowd{}, 0, ""
		}))
	}
	p.drop(now, t, before)
}

// stamp gives a part its revision. One that was taken away and comes back goes
// on where it was.
func (p *Programme) stamp(now time.Time, id string, r, old *Revised, same bool) {
	gone := slices.IndexFunc(p.Dropped, func(x Part) bool { return x.ID == id })
	switch {
	case old == nil && gone >= 0:
		*r = Revised{UID: p.Dropped[gone].UID, Sequence: p.Dropped[gone].Sequence + 1, Changed: now}
		p.Dropped = slices.Delete(p.Dropped, gone, gone+1)
	case old == nil:
		*r = Revised{UID: storage.NewUID(), Changed: now}
	case same || p.PublishedAt.IsZero():
		*r = *old
	default:
		*r = Revised{UID: old.UID, Sequence: old.Sequence + 1, Changed: now}
	}
}

// drop keeps what left the published programme for as long as calendars have to
// say that it is cancelled.
func (p *Programme) drop(now time.Time, t *Trip, before *Programme) {
	p.Dropped = slices.DeleteFunc(p.Dropped, func(x Part) bool { return x.Changed.Before(now.Add(-feedKeep)) })
	if before.PublishedAt.IsZero() {
		return
	}
	there := map[string]bool{}
	for _, x := range p.Parts(t) {
		there[x.ID] = true
	}
	for _, x := range before.Parts(t) {
		if !there[x.ID] {
			x.Sequence, x.Changed = x.Sequence+1, now
			p.Dropped = append(p.Dropped, x)
		}
	}
}

// hostOf is what calendars show of an activity's host.
func (p *Programme) hostOf(a *Activity) [2]string {
	if h := p.Host(a.HostID); h != nil {
		return [2]string{h.Name, h.Address}
	}
	return [2]string{}
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
// is the revision that was edited, 0 for one that was never stored. Fields of
// what is refused are named by list and number: "legs.0.arrives".
func (d *Desk) SaveProgramme(ctx context.Context, by Actor, tripID string, in *Programme) (*ProgrammePage, error) {
	return d.changeProgramme(ctx, by, tripID, in.Rev, "programme.edit", func(_ *storage.Tx, p *ProgrammePage) error {
		pr, hosts := p.Programme, slices.Clone(in.Hosts)
		if in.Rev != pr.Rev {
			return storage.ErrConflict
		}
		for i := range hosts {
			if old := pr.Host(hosts[i].ID); old != nil {
				hosts[i].Generation = old.Generation // links that are out stay good
			}
		}
		pr.Legs, pr.Hotels, pr.Activities, pr.Travel = slices.Clone(in.Legs), slices.Clone(in.Hotels), slices.Clone(in.Activities), slices.Clone(in.Travel)
		pr.Hosts = hosts
		return nil
	})
}

// PublishProgramme lets travellers see their itineraries from now on. One that
// is published stays as it is.
func (d *Desk) PublishProgramme(ctx context.Context, by Actor, tripID string) (*ProgrammePage, error) {
	return d.changeProgramme(ctx, by, tripID, 0, "programme.publish", func(tx *storage.Tx, p *ProgrammePage) error {
		if p.Trip.Off() {
			return &Problem{Kind: Closed, Key: "programme.off"}
		}
		if p.Programme.PublishedAt.IsZero() {
			p.Programme.PublishedAt = tx.Now()
		}
		return nil
	})
}
