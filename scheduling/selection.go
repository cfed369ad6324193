package scheduling

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// offerHours is how long an offer stands where a trip says nothing.
const offerHours = 72

// Who can end an application, in its EndedBy.
const (
	endedByCompany   = "company"
	endedByOrganiser = "organiser"
	endedByDeadline  = "deadline"
	endedByTrip      = "trip"
)

// A selection is a trip with its applications while some of them change. All
// seats are given and freed through one, in one transaction: the trip counts
// what they hold, so whoever wants the last seat meets there.
type selection struct {
	d      *Desk
	tx     *storage.Tx
	by     Actor
	t      *Trip
	all    []*Application // of the trip, by company
	before int            // seats that were held
	moved  []movedApplication
	order  bool // the reserve has another order than before
}

// A movedApplication is one that came to another state or has another number of
// seats, and why.
type movedApplication struct {
	a              *Application
	action, reason string
	from           ApplicationState
	silent         bool // its company need not be told
}

// selectionOf reads the applications for t.
func (d *Desk) selectionOf(tx *storage.Tx, by Actor, t *Trip) (*selection, error) {
	all, err := applicationsOf(tx, t.ID)
	return &selection{d: d, tx: tx, by: by, t: t, all: all, before: t.Held}, err
}

// application is one of those of the trip.
func (s *selection) application(id string) (*Application, error) {
	i := slices.IndexFunc(s.all, func(a *Application) bool { return a.ID == id })
	if i < 0 {
		return nil, errHidden
	}
	return s.all[i], nil
}

// move brings a to another state with a number of seats. Every change of an
// application's state goes through here.
func (s *selection) move(a *Application, to ApplicationState, seats int, action, reason string) *movedApplication {
	from := a.State
	a.State, a.StateAt, a.Seats, a.Reason, a.EndedBy = to, s.tx.Now(), seats, cleanText(reason), ""
	if from == ApplicationReserve || to == ApplicationReserve {
		s.order = true
	}
	if to != ApplicationReserve {
		a.Rank = 0
	}
	if to != ApplicationOffered {
		a.Deadline = time.Time{}
	}
	a.index()
	s.count()
	s.moved = append(s.moved, movedApplication{a: a, action: action, reason: a.Reason, from: from})
	return &s.moved[len(s.moved)-1]
}

// end is move to a state that holds nothing and leads nowhere.
func (s *selection) end(a *Application, to ApplicationState, by, action, reason string) {
	s.move(a, to, a.Seats, action, reason)
	a.EndedBy = by
}

// count notes on the trip what its applications hold.
func (s *selection) count() {
	s.t.Held = 0
	for _, a := range s.all {
		s.t.Held += a.held()
	}
}

// offer holds seats for a until a deadline. A Problem of kind Full where there
// are not as many.
func (s *selection) offer(a *Application, seats int, until time.Time) error {
	if !s.t.selects(s.tx.Now()) {
		return &Problem{Kind: Closed, Key: "application.not_selecting"}
	}
	if seats < 1 || seats > s.t.Free()+a.held() {
		return &Problem{Kind: Full, Key: "application.no_seats", Args: []any{"company", a.Company, "count", s.t.Free()}}
	}
	s.move(a, ApplicationOffered, seats, "application.offer", "")
	a.OfferedAt, a.Deadline, a.Told = s.tx.Now(), until, nil
	if until.IsZero() {
		a.Deadline = s.t.offerUntil(s.tx.Now())
	}
	return nil
}

// selects reports whether seats of t are offered at a moment.
func (t *Trip) selects(now time.Time) bool {
	return (t.State == TripSelection || t.State == TripConfirmed) && now.Before(t.Starts)
}

// refills reports whether a seat that comes free goes to the reserve by itself.
func (t *Trip) refills(now time.Time) bool {
	by := t.Selection.CommitBy
	return t.selects(now) && (by.IsZero() || now.Before(by))
}

// offerUntil is the deadline of an offer made now: never past the moment from
// which it would bind, nor the start.
func (t *Trip) offerUntil(now time.Time) time.Time {
	until := now.Add(time.Duration(cmp.Or(t.Selection.OfferHours, offerHours)) * time.Hour)
	if by := t.Selection.CommitBy; by.After(now) && until.After(by) {
		until = by
	}
	if until.After(t.Starts) {
		until = t.Starts
	}
	return until
}

// reserve are the applications in reserve, by their rank.
func (s *selection) reserve() (out []*Application) {
	for _, a := range s.all {
		if a.State == ApplicationReserve {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, byRank)
	return out
}

// byRank puts those without a rank last, in the order they applied in.
func byRank(a, b *Application) int {
	last := func(n int) int { return cmp.Or(n, 1<<30) }
	return cmp.Or(cmp.Compare(last(a.Rank), last(b.Rank)), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
}

// refill offers seats that came free to the reserve, strictly by rank: whoever
// comes next is never passed by somebody who wants fewer seats. Where its seats
// do not fit, it waits for more, or for an organiser to offer it fewer.
func (s *selection) refill() error {
	if s.t.Held >= s.before || !s.t.refills(s.tx.Now()) {
		return nil
	}
	for _, a := range s.reserve() {
		if a.Seats > s.t.Free() {
			return nil
		}
		if err := s.offer(a, a.Seats, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// finish gives freed seats on, stores what changed and tells whom it concerns.
func (s *selection) finish() error {
	if err := s.refill(); err != nil {
		return err
	}
	stored := map[string]bool{}
	if s.order {
		if err := s.number(stored); err != nil {
			return err
		}
	}
	for i := range s.moved {
		if err := s.settle(&s.moved[i], stored); err != nil {
			return err
		}
	}
	if s.t.Held == s.before && !s.order {
		return nil
	}
	return trips.Put(s.tx, s.t)
}

// number gives the reserve the ranks from 1 on.
func (s *selection) number(stored map[string]bool) error {
	for i, a := range s.reserve() {
		if a.Rank == i+1 {
			continue
		}
		a.Rank = i + 1
		if err := applications.Put(s.tx, a); err != nil {
			return err
		}
		stored[a.ID] = true
	}
	return nil
}

// settle stores an application where it stands now, releases travellers that
// have no seat any more, and promises the mail that says so. What was promised
// before and has not left no longer holds.
func (s *selection) settle(m *movedApplication, stored map[string]bool) error {
	a := m.a
	if !stored[a.ID] {
		if err := applications.Put(s.tx, a); err != nil {
			return err
		}
		stored[a.ID] = true
	}
	if m.from.Going() && !a.State.Going() && !s.t.Off() { // a trip that is called off tells its travellers itself
		if err := s.d.releaseTravellers(s.tx, s.by, s.t, a); err != nil {
			return err
		}
	}
	if err := s.d.log(s.tx, s.by, m.action, a.ID, s.t.ID, a.Company, m.reason); err != nil {
		return err
	}
	if _, err := s.d.Outbox.Withdraw(s.tx, a.ID); err != nil || m.silent {
		return err
	}
	return s.d.tellApplicant(s.tx, s.t, a, mailForApplication(a))
}

// releaseTravellers lets those who had a's seats stay home.
func (d *Desk) releaseTravellers(tx *storage.Tx, by Actor, t *Trip, a *Application) error {
	mine, err := travellersFor(tx, a)
	for _, v := range mine {
		if err := d.releaseTraveller(tx, by, t, v, a.Reason); err != nil {
			return err
		}
	}
	return err
}

// travellersFor are those who go on a's seats, by name.
func travellersFor(tx *storage.Tx, a *Application) ([]*Traveller, error) {
	all, err := travellers.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("application_id", a.ID)}})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(v *Traveller) bool { return !v.Goes() })
	slices.SortFunc(all, func(x, y *Traveller) int { return cmp.Or(cmp.Compare(x.Sort, y.Sort), cmp.Compare(x.ID, y.ID)) })
	return all, nil
}

// onSelection lets do change the applications of a trip of by's.
func (d *Desk) onSelection(ctx context.Context, by Actor, tripID string, do func(*selection) error) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		t, err := ownTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		return d.choose(tx, by, t, do)
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return &Problem{Kind: Exists, Key: "application.live_twice"}
	}
	if err != nil {
		return fmt.Errorf("select for trip %s: %w", tripID, changedMeanwhile(err))
	}
	return nil
}

// choose lets do change the applications for t, and brings it to its end.
func (d *Desk) choose(tx *storage.Tx, by Actor, t *Trip, do func(*selection) error) error {
	s, err := d.selectionOf(tx, by, t)
	if err != nil {
		return err
	}
	if err := do(s); err != nil {
		return err
	}
	return s.finish()
}
