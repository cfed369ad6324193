package scheduling

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// editProgramme changes the programme that was looked at: rev is its revision,
// 0 only before it was ever stored. The fields of a problem are those of the
// one part that changes.
func (d *Desk) editProgramme(ctx context.Context, by Actor, tripID string, rev int64, action string, change func(*storage.Tx, *ProgrammePage) error) (*ProgrammePage, error) {
	page, err := d.changeProgramme(ctx, by, tripID, 0, action, func(tx *storage.Tx, p *ProgrammePage) error {
		if p.Programme.Rev != rev {
			return storage.ErrConflict
		}
		return change(tx, p)
	})
	return page, alone(err)
}

// alone gives the fields of a problem with one part by their own names:
// "legs.3.arrives" is "arrives".
func alone(err error) error {
	p := ProblemIn(err)
	if p == nil || len(p.Fields) == 0 {
		return err
	}
	fields := map[string]string{}
	for name, key := range p.Fields {
		fields[name[strings.LastIndexByte(name, '.')+1:]] = key
	}
	return &Problem{Kind: p.Kind, Key: p.Key, Args: p.Args, Fields: fields}
}

// set puts x in the place of what has its ID, or at the end of the list. It is
// a copy of the list.
func set[T any](list []T, x T, id func(*T) string) []T {
	list = slices.Clone(list)
	if old := byID(list, id(&x), id); old != nil {
		*old = x
		return list
	}
	return append(list, x)
}

// without is the list without what has the ID.
func without[T any](list []T, id string, of func(*T) string) ([]T, error) {
	i := slices.IndexFunc(list, func(x T) bool { return of(&x) == id })
	if i < 0 {
		return nil, storage.ErrNotFound
	}
	return slices.Delete(slices.Clone(list), i, i+1), nil
}

func legID(l *Leg) string           { return l.ID }
func hotelID(h *Hotel) string       { return h.ID }
func activityID(a *Activity) string { return a.ID }

// SaveLeg stores a leg, a new one under in.ID if that is set. Who takes part is
// changed with it.
func (d *Desk) SaveLeg(ctx context.Context, by Actor, tripID string, rev int64, in Leg) (*ProgrammePage, error) {
	in.ID = orNew(in.ID)
	return d.editProgramme(ctx, by, tripID, rev, "programme.edit", func(_ *storage.Tx, p *ProgrammePage) error {
		p.Programme.Legs = set(p.Programme.Legs, in, legID)
		return nil
	})
}

// DropLeg takes a leg out of the programme.
func (d *Desk) DropLeg(ctx context.Context, by Actor, tripID string, rev int64, id string) (*ProgrammePage, error) {
	return d.editProgramme(ctx, by, tripID, rev, "programme.drop", func(_ *storage.Tx, p *ProgrammePage) (err error) {
		p.Programme.Legs, err = without(p.Programme.Legs, id, legID)
		return err
	})
}

// SaveHotel stores a hotel stay, a new one under in.ID if that is set. Its rooms
// stay as they are: they are given out elsewhere.
func (d *Desk) SaveHotel(ctx context.Context, by Actor, tripID string, rev int64, in Hotel) (*ProgrammePage, error) {
	in.ID = orNew(in.ID)
	return d.editProgramme(ctx, by, tripID, rev, "programme.edit", func(_ *storage.Tx, p *ProgrammePage) error {
		in.Rooms = nil
		if old := p.Programme.Hotel(in.ID); old != nil {
			in.Rooms = old.Rooms
		}
		p.Programme.Hotels = set(p.Programme.Hotels, in, hotelID)
		return nil
	})
}

// DropHotel takes a hotel stay out of the programme, with its rooms.
func (d *Desk) DropHotel(ctx context.Context, by Actor, tripID string, rev int64, id string) (*ProgrammePage, error) {
	return d.editProgramme(ctx, by, tripID, rev, "programme.drop", func(_ *storage.Tx, p *ProgrammePage) (err error) {
		p.Programme.Hotels, err = without(p.Programme.Hotels, id, hotelID)
		return err
	})
}

// SaveActivity stores an activity, a new one under in.ID if that is set. Who
// takes part is changed with it.
func (d *Desk) SaveActivity(ctx context.Context, by Actor, tripID string, rev int64, in Activity) (*ProgrammePage, error) {
	in.ID = orNew(in.ID)
	return d.editProgramme(ctx, by, tripID, rev, "programme.edit", func(_ *storage.Tx, p *ProgrammePage) error {
		p.Programme.Activities = set(p.Programme.Activities, in, activityID)
		return nil
	})
}

// DropActivity takes an activity out of the programme.
func (d *Desk) DropActivity(ctx context.Context, by Actor, tripID string, rev int64, id string) (*ProgrammePage, error) {
	return d.editProgramme(ctx, by, tripID, rev, "programme.drop", func(_ *storage.Tx, p *ProgrammePage) (err error) {
		p.Programme.Activities, err = without(p.Programme.Activities, id, activityID)
		return err
	})
}

// SaveTravel says how many minutes it takes from one place to another, by their
// names; either way. Fields of a problem are named "travel.0.minutes".
func (d *Desk) SaveTravel(ctx context.Context, by Actor, tripID string, rev int64, ways []TravelLeg) (*ProgrammePage, error) {
	return d.changeProgramme(ctx, by, tripID, 0, "programme.edit", func(_ *storage.Tx, p *ProgrammePage) error {
		if p.Programme.Rev != rev {
			return storage.ErrConflict
		}
		p.Programme.Travel = slices.Clone(ways)
		return nil
	})
}

// An ActivityMove takes an activity to another time, and with a StopID to
// another stop. It keeps its length.
type ActivityMove struct {
	ID     string
	Starts time.Time
	StopID string
}

func (m ActivityMove) do(p *ProgrammePage) error {
	p.Programme.Activities = slices.Clone(p.Programme.Activities)
	a := p.Programme.Activity(m.ID)
	if a == nil {
		return storage.ErrNotFound
	}
	if !m.Starts.Equal(a.Starts) {
		a.Late = 0 // that was said of the time before
	}
	a.Starts, a.Ends = m.Starts, m.Starts.Add(a.Ends.Sub(a.Starts))
	if m.StopID != "" {
		a.StopID = m.StopID
	}
	return nil
}

// MoveActivity takes an activity to another time or stop.
func (d *Desk) MoveActivity(ctx context.Context, by Actor, tripID string, rev int64, m ActivityMove) (*ProgrammePage, error) {
	return d.editProgramme(ctx, by, tripID, rev, "programme.move", func(_ *storage.Tx, p *ProgrammePage) error { return m.do(p) })
}

// An Assignment puts travellers on a leg or an activity, or takes them off it.
type Assignment struct {
	PartID       string
	TravellerIDs []string
	Out          bool
}

func (x Assignment) do(p *ProgrammePage) error {
	crowd, err := p.ownCrowd(x.PartID)
	if err != nil {
		return err
	}
	for _, id := range x.TravellerIDs {
		if !slices.ContainsFunc(p.Travellers, func(v *Traveller) bool { return v.ID == id }) {
			return storage.ErrNotFound
		}
	}
	now := crowd.Who(p.Travellers)
	switch {
	case x.Out:
		*crowd = Crowd{TravellerIDs: slices.DeleteFunc(now, func(id string) bool { return slices.Contains(x.TravellerIDs, id) })}
	case !crowd.Everyone:
		*crowd = Crowd{TravellerIDs: append(now, x.TravellerIDs...)}
	}
	return nil
}

// ownCrowd is whom a leg or an activity is for, in lists that are p's own.
func (p *ProgrammePage) ownCrowd(id string) (*Crowd, error) {
	p.Programme.Legs, p.Programme.Activities = slices.Clone(p.Programme.Legs), slices.Clone(p.Programme.Activities)
	c := p.Programme.crowd(id)
	if c == nil {
		return nil, storage.ErrNotFound
	}
	return c, nil
}

// Assign puts travellers on a leg or an activity, or takes them off it. One
// that is for everyone is for all others after somebody was taken off it.
func (d *Desk) Assign(ctx context.Context, by Actor, tripID string, rev int64, x Assignment) (*ProgrammePage, error) {
	return d.editProgramme(ctx, by, tripID, rev, "programme.assign", func(_ *storage.Tx, p *ProgrammePage) error { return x.do(p) })
}

// AssignAll says for several legs and activities at once whom they are for.
func (d *Desk) AssignAll(ctx context.Context, by Actor, tripID string, rev int64, crowds map[string]Crowd) (*ProgrammePage, error) {
	return d.editProgramme(ctx, by, tripID, rev, "programme.assign", func(_ *storage.Tx, p *ProgrammePage) error {
		for _, id := range slices.Sorted(maps.Keys(crowds)) {
			c, err := p.ownCrowd(id)
			if err != nil {
				return err
			}
			*c = crowds[id]
		}
		return nil
	})
}

// SignNDA notes on which day a traveller signed the agreement that a host asks
// for, or with no day that they did not. about is the host's ID, or that of an
// activity without a host.
func (d *Desk) SignNDA(ctx context.Context, by Actor, tripID, travellerID, about, day string) error {
	if day != "" && midnight(day, time.UTC).IsZero() {
		return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"day": "problem.date"}}
	}
	err := d.update(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		p, err := programmeOf(tx, t)
		if err != nil {
			return err
		}
		v, err := travellers.Get(tx, travellerID)
		if err != nil {
			return err
		}
		if v.TripID != t.ID || p.Host(about) == nil && p.Activity(about) == nil {
			return errHidden
		}
		v.NDAs = maps.Clone(v.NDAs)
		if v.NDAs == nil {
			v.NDAs = map[string]string{}
		}
		if v.NDAs[about] = day; day == "" {
			delete(v.NDAs, about)
		}
		if err := travellers.Put(tx, v); err != nil {
			return err
		}
		return d.log(tx, by, "traveller.nda", v.ID, t.ID, v.Name, "")
	})
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("sign an agreement: %w", changedMeanwhile(err))
	}
	return err
}
