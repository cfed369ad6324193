package scheduling

import (
	"context"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A ProgrammeBoard is a trip's programme with what the checks find.
type ProgrammeBoard struct {
	*ProgrammePage
	Faults  []TripFault
	Now     time.Time
	Project *Project // that funds the trip now, or nil
}

// ProgrammeBoard gives the programme of a trip, checked, to whoever organises or
// leads it.
func (d *Desk) ProgrammeBoard(ctx context.Context, by Actor, tripID string) (b *ProgrammeBoard, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		p, err := programmePage(tx, t)
		if err != nil {
			return err
		}
		b = &ProgrammeBoard{ProgrammePage: p, Now: tx.Now(), Faults: CheckProgramme(t, p.Programme, p.Travellers, tx.Now())}
		b.Project, err = fundedBy(tx, &Event{ProjectID: t.ProjectID}, b.Now)
		return err
	})
	return b, err
}

// ToTell is how many travellers something has changed for since they were told.
func (p *ProgrammePage) ToTell() (n int) {
	for _, v := range p.Travellers {
		if !v.ChangedAt.IsZero() {
			n++
		}
	}
	return n
}

// FaultsOf are the faults that a part is named by.
func (b *ProgrammeBoard) FaultsOf(partID string) (out []TripFault) {
	for _, f := range b.Faults {
		if slices.Contains(f.PartIDs, partID) {
			out = append(out, f)
		}
	}
	return out
}

// Part gives a part of the programme by its ID.
func (p *ProgrammePage) Part(id string) (Part, bool) { return p.Programme.Part(p.Trip, id) }

// Names are the travellers with the ids, by name.
func (p *ProgrammePage) Names(ids []string) Names { return namesOf(p.Travellers, ids) }

// StartsAt is the start on the wall clock there.
func (x Part) StartsAt() time.Time { return x.Starts.In(zoneOf(x.StartZone)) }

// EndsAt is the end on the wall clock where it ends.
func (x Part) EndsAt() time.Time { return x.Ends.In(zoneOf(x.EndZone)) }
