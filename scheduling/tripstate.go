package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// tripFollowers are what has to be kept in step when a trip comes to another
// state, each in a function of its own subject's file. They are called in the
// transaction that moves the trip, with the state it came from.
var tripFollowers = []func(d *Desk, tx *storage.Tx, by Actor, t *Trip, from TripState) error{
	(*Desk).followApplications,
	(*Desk).followHostsOff,
	(*Desk).endItineraries,
	(*Desk).followReturned,
	(*Desk).travellersFollow,
	(*Desk).meetTravellers,
}

// moveTrip brings t to a state, stores it and keeps in step what follows from
// it. Whether it may go there is for the caller to ask.
func (d *Desk) moveTrip(tx *storage.Tx, by Actor, t *Trip, to TripState, reason string) error {
	from := t.State
	t.State, t.StateAt = to, tx.Now()
	switch to {
	case TripOpen, TripPublished:
		if t.PublishedAt.IsZero() {
			t.PublishedAt = tx.Now()
		}
	case TripCancelled:
		t.CancelledAt, t.CancelReason = tx.Now(), cleanText(reason)
	}
	if err := d.putTrip(tx, by, t, "trip."+string(to), reason); err != nil {
		return err
	}
	for _, follow := range tripFollowers {
		if err := follow(d, tx, by, t, from); err != nil {
			return err
		}
	}
	return nil
}

// The states that a trip can be brought to from each: the next one on its way
// first, then the one before, where that can be taken back. That a trip was
// called off is not taken back: people were told.
var (
	outgoingWays = map[TripState][]TripState{
		TripDraft:     {TripOpen, TripCancelled},
		TripOpen:      {TripSelection, TripDraft, TripCancelled},
		TripSelection: {TripConfirmed, TripOpen, TripCancelled},
		TripConfirmed: {TripLocked, TripUnderWay, TripSelection, TripCancelled},
		TripLocked:    {TripUnderWay, TripConfirmed, TripCancelled},
		TripUnderWay:  {TripCompleted, TripCancelled},
		TripCompleted: {TripReported},
		TripReported:  {TripCompleted},
	}
	incomingWays = map[TripState][]TripState{
		TripRequested: {TripScreening, TripDeclined, TripCancelled},
		TripScreening: {TripAccepted, TripDeclined, TripCancelled},
		TripAccepted:  {TripProgramme, TripScreening, TripCancelled},
		TripDeclined:  {TripScreening},
		TripProgramme: {TripHosted, TripAccepted, TripCancelled},
		TripHosted:    {TripPublished, TripProgramme, TripCancelled},
		TripPublished: {TripVisited, TripHosted, TripCancelled},
		TripVisited:   {TripReported},
		TripReported:  {TripVisited},
	}
)

// ways are the states that t can be brought to at all, the next one first.
func (t *Trip) ways() []TripState {
	if t.Direction == Incoming {
		return incomingWays[t.State]
	}
	return outgoingWays[t.State]
}

// Ways are the states that the organiser of t can bring it to at now, the next
// one on its way first. What its dates bring about is none before they have come.
func (t *Trip) Ways(now time.Time) []TripState {
	return slices.DeleteFunc(slices.Clone(t.ways()), func(to TripState) bool { return now.Before(t.dated(to)) })
}

// dated is the earliest moment at which t can be in a state; zero where that
// does not depend on its dates.
func (t *Trip) dated(s TripState) time.Time {
	switch s {
	case TripUnderWay:
		return t.Starts
	case TripCompleted, TripVisited:
		return t.Ends
	}
	return time.Time{}
}

// Over reports whether nothing of t changes any more.
func (t *Trip) Over() bool { return t.State == TripReported || t.Off() }

// TakesApplications reports whether companies can apply at now.
func (t *Trip) TakesApplications(now time.Time) bool {
	r := t.Selection
	return t.State == TripOpen && !now.Before(r.OpensAt) && (r.ClosesAt.IsZero() || now.Before(r.ClosesAt))
}

// SetTripState brings a trip to another state, as its organiser wants: see
// Trip.Ways. One that is there already stays as it is. A trip is called off
// with a reason only, which everybody concerned reads, and confirmed below its
// minimum with one only, for the audit log.
func (d *Desk) SetTripState(ctx context.Context, by Actor, id string, to TripState, reason string) (*Trip, error) {
	var t *Trip
	err := d.update(ctx, func(tx *storage.Tx) (err error) {
		if t, err = ownTrip(tx, by, id); err != nil || t.State == to {
			return err
		}
		if err := t.mayBecome(tx, to, cleanText(reason)); err != nil {
			return err
		}
		return d.moveTrip(tx, by, t, to, reason)
	})
	if err != nil {
		return nil, fmt.Errorf("bring trip %s to %s: %w", id, to, changedMeanwhile(err))
	}
	d.sendSoon(ctx)
	return t, nil
}

// mayBecome says why an organiser cannot bring t to a state now.
func (t *Trip) mayBecome(tx *storage.Tx, to TripState, reason string) error {
	switch {
	case !slices.Contains(t.ways(), to):
		return &Problem{Kind: Closed, Key: "trip.no_way"}
	case t.Enquiry != nil && slices.Contains(answered, to):
		return &Problem{Kind: Closed, Key: "trip.answered_there"}
	case tx.Now().Before(t.dated(to)):
		return &Problem{Kind: Closed, Key: "trip.too_early"}
	case len([]rune(reason)) > reasonLimit:
		return wrongReason("problem.too_long")
	case reason == "" && (to == TripCancelled || to == TripDeclined):
		return wrongReason("problem.required")
	case to == TripDraft:
		return nobodyOn(tx, t.ID)
	case to == TripOpen:
		return t.readyToOpen(tx.Now())
	case to == TripConfirmed && t.State == TripSelection && reason == "":
		return t.enough(tx)
	}
	return nil
}

// answered are the states of a delegation that asked to come in which its
// sender is answered: they are reached where that is written.
var answered = []TripState{TripAccepted, TripDeclined, TripHosted, TripPublished}

// reasonLimit is how long a reason can be, in runes.
const reasonLimit = 2000

func wrongReason(key string) error {
	return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"reason": key}}
}

// readyToOpen wants what companies that apply have to know.
func (t *Trip) readyToOpen(now time.Time) error {
	switch r := t.Selection; {
	case r.Seats == 0:
		return &Problem{Kind: Closed, Key: "trip.no_seats"}
	case !now.Before(r.ClosesAt):
		return &Problem{Kind: Closed, Key: "trip.no_closing"}
	}
	return nil
}

// enough wants as many accepted seats as t needs to take place.
func (t *Trip) enough(tx *storage.Tx) error {
	n, err := seatsTaken(tx, t.ID)
	if err != nil || n >= t.Selection.Minimum {
		return err
	}
	return &Problem{Kind: Invalid, Key: "trip.below_minimum", Args: []any{"count", n, "minimum", t.Selection.Minimum},
		Fields: map[string]string{"reason": "trip.why_below"}}
}

// seatsTaken counts the seats that companies have accepted on a trip.
func seatsTaken(tx *storage.Tx, tripID string) (n int, err error) {
	for a, err := range applications.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", tripID)}}) {
		if err != nil {
			return 0, err
		}
		if a.State.Going() {
			n += a.Seats
		}
	}
	return n, nil
}

// due is the state that its dates bring t to at now, one step at a time. A
// draft is opened by people alone, and so is a trip confirmed.
func (t *Trip) due(now time.Time) (TripState, bool) {
	var to TripState
	var at time.Time
	switch t.State {
	case TripOpen:
		to, at = TripSelection, t.Selection.ClosesAt
	case TripConfirmed, TripLocked:
		to, at = TripUnderWay, t.Starts
	case TripUnderWay:
		to, at = TripCompleted, t.Ends
	case TripPublished:
		to, at = TripVisited, t.Ends
	}
	return to, to != "" && !at.IsZero() && !now.Before(at)
}

// movingTrips are the states out of which dates bring a trip.
var movingTrips = []TripState{TripOpen, TripConfirmed, TripLocked, TripUnderWay, TripPublished}

// MoveTrips brings trips to where their dates have them at now. One whose server
// was down for two of its dates passes both states. A trip that cannot be moved
// does not keep the others from it. Running it twice does nothing twice.
func (d *Desk) MoveTrips(ctx context.Context, now time.Time) (done int, err error) {
	var list []*Trip
	err = d.view(ctx, func(tx *storage.Tx) (err error) {
		list, err = trips.Find(tx, storage.Query{Where: []storage.Cond{{Field: "state", Op: storage.In, Value: movingTrips}}})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("move trips: %w", err)
	}
	var failed []error
	for _, t := range list {
		if _, moves := t.due(now); !moves {
			continue
		}
		if err := d.moveOn(ctx, t.ID, now); err != nil {
			failed = append(failed, fmt.Errorf("move trip %s: %w", t.ID, err))
			continue
		}
		done++
	}
	if done > 0 {
		d.sendSoon(ctx)
	}
	return done, errors.Join(failed...)
}

// moveOn asks again within the transaction: somebody may have been faster.
func (d *Desk) moveOn(ctx context.Context, id string, now time.Time) error {
	return d.update(ctx, func(tx *storage.Tx) error {
		t, err := trips.Get(tx, id)
		if err != nil {
			return ignoreMissing(err)
		}
		for to, moves := t.due(now); moves; to, moves = t.due(now) {
			if err := d.moveTrip(tx, System("trips"), t, to, ""); err != nil {
				return err
			}
		}
		return nil
	})
}
