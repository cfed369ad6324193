package scheduling

import (
	"context"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A ProgrammeVerdict is what the judge says of a change that was not made.
type ProgrammeVerdict struct {
	Refused *Problem    // why it cannot be made; nil if it can
	New     []TripFault // what the checks would find that they do not find now
	Gone    int         // how many of what they find now would be gone
}

// JudgeMove says what came of moving an activity, without moving it.
func (d *Desk) JudgeMove(ctx context.Context, by Actor, tripID string, m ActivityMove) (*ProgrammeVerdict, error) {
	return d.judgeProgramme(ctx, by, tripID, m.do)
}

// JudgeAssign says what came of an assignment, without making it.
func (d *Desk) JudgeAssign(ctx context.Context, by Actor, tripID string, x Assignment) (*ProgrammeVerdict, error) {
	return d.judgeProgramme(ctx, by, tripID, x.do)
}

func (d *Desk) judgeProgramme(ctx context.Context, by Actor, tripID string, change func(*ProgrammePage) error) (v *ProgrammeVerdict, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		p, err := programmePage(tx, t)
		if err != nil {
			return err
		}
		v, err = p.judge(tx.Now(), change)
		return err
	})
	return v, err
}

// judge makes a change of p, which is the caller's own, and compares.
func (p *ProgrammePage) judge(now time.Time, change func(*ProgrammePage) error) (*ProgrammeVerdict, error) {
	before := *p.Programme
	v := &ProgrammeVerdict{}
	err := change(p)
	if err == nil {
		err = alone(p.allow(&before))
	}
	if v.Refused = ProblemIn(err); err != nil {
		if v.Refused == nil {
			return nil, err
		}
		return v, nil
	}
	was, is := CheckProgramme(p.Trip, &before, p.Travellers, now), CheckProgramme(p.Trip, p.Programme, p.Travellers, now)
	for _, f := range is {
		if !slices.ContainsFunc(was, f.sameAs) {
			v.New = append(v.New, f)
		}
	}
	v.Gone = len(was) + len(v.New) - len(is)
	return v, nil
}
