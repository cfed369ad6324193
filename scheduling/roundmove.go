package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// SetPhase brings a round to another phase, as its organiser wants: see
// Round.Ways. One that is there already stays as it is. A cancelled round tells
// its entrants why. The schedule of a solver is published by Publish: without
// one there is nothing to publish.
func (d *Desk) SetPhase(ctx context.Context, by Actor, id string, phase RoundPhase, reason string) (*Round, error) {
	r, err := d.changeRound(ctx, by, id, "round.phase_"+string(phase), reason, func(tx *storage.Tx, r *Round) error {
		if r.Phase == phase {
			return errNoChange
		}
		if err := r.mayBecome(tx, phase); err != nil {
			return err
		}
		if phase == RoundCancelled {
			r.CancelledAt, r.CancelReason = tx.Now(), cleanText(reason)
		}
		return d.enterPhase(tx, r, phase)
	})
	d.sendSoon(ctx)
	return r, err
}

// mayBecome says why an organiser cannot bring r to a phase now.
func (r *Round) mayBecome(tx *storage.Tx, phase RoundPhase) error {
	switch {
	case phase == RoundDraft && (r.Phase == RoundProfiles || r.Phase == RoundRequests):
		return nobodyIn(tx, r.ID)
	case phase == RoundPublished && r.Way != ByBooking && r.Phase != RoundRunning:
		return &Problem{Kind: Closed, Key: "round.no_schedule"}
	case phase == RoundPublished && len(r.Tables) == 0:
		return &Problem{Kind: Closed, Key: "round.no_tables"}
	case !slices.Contains(r.Ways(tx.Now()), phase):
		return &Problem{Kind: Closed, Key: "round.no_way"}
	}
	return nil
}

// enterPhase brings r to a phase in the caller's transaction, which stores it
// and notes it in the audit log, and promises the mails of that phase. Whatever
// the plan had for the time until now is thereby settled.
func (d *Desk) enterPhase(tx *storage.Tx, r *Round, phase RoundPhase) error {
	wasOpen := r.Open
	r.Phase, r.PhaseAt = phase, tx.Now()
	r.pass(tx.Now())
	if r.index(); r.Open != wasOpen {
		r.Changed = tx.Now()
		r.Sequence++
	}
	if !r.Tells(phase) {
		return nil
	}
	kind := phaseMails[phase]
	r.tell(kind, tx.Now())
	return d.promise(tx, &notice{RoundID: r.ID, Kind: kind})
}

// tell notes that a kind of mail goes out.
func (r *Round) tell(kind string, what time.Time) {
	if r.Told == nil {
		r.Told = map[string]time.Time{}
	}
	r.Told[kind] = what
}

// MoveRounds brings rounds to where their plans have them at now, and reminds
// of dates that come near. A round whose server was down for two of its dates
// goes to the later one at once. Running it twice does nothing twice.
func (d *Desk) MoveRounds(ctx context.Context, now time.Time) (done int, err error) {
	var list []*Round
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = rounds.Find(tx, storage.Query{Where: []storage.Cond{{Field: "phase", Op: storage.In, Value: movingPhases}}})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("move rounds: %w", err)
	}
	for _, r := range list {
		if !r.stirs(now) {
			continue
		}
		if err := d.moveRound(ctx, r.ID, now); err != nil {
			return done, fmt.Errorf("move round %s: %w", r.ID, err)
		}
		done++
	}
	_, err = d.SendNotices(ctx, now)
	return done, err
}

// movingPhases are those in which something can come with time.
var movingPhases = RoundPhases[:len(RoundPhases)-1]

// stirs reports whether there is something to do about r at now.
func (r *Round) stirs(now time.Time) bool {
	_, moves := r.due(now)
	_, reminds := r.reminder(now)
	return moves || reminds
}

// moveRound asks again within the transaction: somebody may have been faster.
func (d *Desk) moveRound(ctx context.Context, id string, now time.Time) error {
	return d.update(ctx, func(tx *storage.Tx) error {
		r, err := rounds.Get(tx, id)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if to, moves := r.due(now); moves {
			if err := d.enterPhase(tx, r, to); err != nil {
				return err
			}
			if err := d.putRound(tx, System("rounds"), r, "round.phase_"+string(to), ""); err != nil {
				return err
			}
		}
		kind, reminds := r.reminder(now)
		if !reminds {
			return nil
		}
		at := r.deadline(kind)
		r.tell(kind, at)
		if err := rounds.Put(tx, r); err != nil {
			return err
		}
		return d.promise(tx, &notice{RoundID: r.ID, Kind: kind, Since: r.remindAt(at), Date: at})
	})
}

// remindDays is how long before a date of the plan those are reminded who have
// something left to do.
const remindDays = 3

// deadline is the date that a kind of reminder speaks of: profiles have to be
// ready when requests begin, requests when the schedule is made.
func (r *Round) deadline(kind string) time.Time {
	switch kind {
	case roundProfilesDue:
		return r.Plan.RequestsAt
	case roundRequestsDue:
		return r.Plan.SchedulingAt
	}
	return time.Time{}
}

// remindAt is the same time of the clock, some days before.
func (r *Round) remindAt(at time.Time) time.Time {
	return at.In(r.Location()).AddDate(0, 0, -remindDays)
}

// reminder is the kind of reminder that is due at now and has not gone out for
// its date. One that was due before the phase began is not: the mail that opened
// the phase has named the date.
func (r *Round) reminder(now time.Time) (kind string, ok bool) {
	switch r.Phase {
	case RoundProfiles:
		kind = roundProfilesDue
	case RoundRequests:
		kind = roundRequestsDue
	default:
		return "", false
	}
	at := r.deadline(kind)
	remind := r.remindAt(at)
	ok = !at.IsZero() && now.Before(at) && !now.Before(remind) && remind.After(r.PhaseAt) && !r.Told[kind].Equal(at)
	return kind, ok
}
