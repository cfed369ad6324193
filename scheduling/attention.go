package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// Attention is what needs an organiser today, and how the next events fill.
type Attention struct {
	Now     time.Time
	Today   []*EventFigures // that take place today, or are under way: check people in
	Pending []PendingGroup  // registrations to decide on, longest waiting first
	Full    []*EventFigures // no seat left and people waiting, soonest first
	Offers  []*MyPage       // offered seats that run out within a day, soonest first
	Drafts  []*EventFigures // drafts that start within three weeks, soonest first
	Next    []*EventFigures // published events to come, soonest first
	Rounds  []RoundCall     // what rounds of B2B meetings wait for, soonest first
	Trips   []TripCall      // what delegation trips wait for, soonest first
	Plans   []PlanCall      // plans with items that are overdue, longest first
	Members []MemberCall    // what members and their agreements wait for, by cluster
	Mine    []*Cluster      // that the organiser looks after

	Actions []ActionCall // groups whose action items are overdue

	Campaigns []*Campaign // that stopped, and that leave at a time to come
}

// EventFigures are an event and its seats.
type EventFigures struct {
	Event   *Event
	Seating *Seating
}

// PendingGroup are the registrations of one event that wait for a decision.
type PendingGroup struct {
	EventFigures
	Count  int
	Oldest time.Time // since when the longest waiting waits
}

// How far the dashboard looks.
const (
	attentionEvents = 500
	offersSoon      = 24 * time.Hour
	draftsSoon      = 21 * 24 * time.Hour
	nextShown       = 8
	oldestOf        = 500 // pending registrations that are looked at for the oldest
)

// Attention looks at the events of by's clusters that are not over. It asks for
// each list once, whatever the number of events.
func (d *Desk) Attention(ctx context.Context, by Actor) (a *Attention, err error) {
	own, all := by.ownClusters(Organiser)
	if len(own) == 0 && !all {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		a = &Attention{Now: tx.Now()}
		list, err := d.coming(tx, func(e *Event) bool { return all || overlap(e.ClusterIDs, own) })
		if err != nil {
			return err
		}
		a.sort(list)
		if a.Pending, err = undecided(tx, list); err != nil {
			return err
		}
		if a.Offers, err = runningOut(tx, list); err != nil {
			return err
		}
		if a.Rounds, err = roundCalls(tx, func(ids []string) bool { return all || overlap(ids, own) }); err != nil {
			return err
		}
		if a.Trips, err = tripCalls(tx, func(ids []string) bool { return all || overlap(ids, own) }); err != nil {
			return err
		}
		if a.Plans, err = planCalls(tx, func(id string) bool { return all || slices.Contains(own, id) }); err != nil {
			return err
		}
		if a.Actions, err = actionCalls(tx, func(ids []string) bool { return all || overlap(ids, own) }); err != nil {
			return err
		}
		if a.Members, err = memberCalls(tx, func(ids []string) bool { return all || overlap(ids, own) }); err != nil {
			return err
		}
		if a.Campaigns, err = campaignCalls(tx, by); err != nil {
			return err
		}
		a.Mine, err = clusters.Find(tx, storage.Query{Sort: "slug"})
		a.Mine = slices.DeleteFunc(a.Mine, func(c *Cluster) bool { return !by.Organises(c.ID) })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for what needs attention: %w", err)
	}
	return a, nil
}

// coming are the events that are not over and that keep holds for, by their
// start, with their seats.
func (d *Desk) coming(tx *storage.Tx, keep func(*Event) bool) ([]*EventFigures, error) {
	q := storage.Query{Where: []storage.Cond{{Field: "ends", Op: storage.Gt, Value: tx.Now()}}, Sort: "ends", Limit: attentionEvents}
	found, err := events.Find(tx, q)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(e *Event) bool { return !keep(e) })
	slices.SortStableFunc(found, func(a, b *Event) int { return a.Starts.Compare(b.Starts) })
	return withSeats(tx, found)
}

// withSeats gives events their seats, in one question.
func withSeats(tx *storage.Tx, list []*Event) ([]*EventFigures, error) {
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	found, err := seatings.Find(tx, storage.Query{Where: []storage.Cond{{Field: "_id", Op: storage.In, Value: ids}}})
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*Seating, len(found))
	for _, s := range found {
		byID[s.ID] = s
	}
	out := make([]*EventFigures, 0, len(list))
	for _, e := range list {
		if s := byID[e.ID]; s != nil {
			out = append(out, &EventFigures{e, s})
		}
	}
	return out, nil
}

// sort puts the events to where they belong.
func (a *Attention) sort(list []*EventFigures) {
	for _, f := range list {
		e, s := f.Event, f.Seating
		switch {
		case e.State == Draft:
			if e.Starts.Before(a.Now.Add(draftsSoon)) {
				a.Drafts = append(a.Drafts, f)
			}
		case e.State == Cancelled:
		default:
			if e.today(a.Now) {
				a.Today = append(a.Today, f)
			}
			if free, limited := s.Free(); limited && free == 0 && s.Waiting > 0 && a.Now.Before(e.Starts) {
				a.Full = append(a.Full, f)
			}
			if len(a.Next) < nextShown {
				a.Next = append(a.Next, f)
			}
		}
	}
}

// today reports whether e takes place on now's day of its own calendar, or is
// under way.
func (e *Event) today(now time.Time) bool {
	loc := e.Location()
	return e.Starts.Before(now) || daysBetween(now.In(loc), e.Starts.In(loc)) == 0
}

// undecided groups the registrations that wait for an organiser. Those whose
// address has not answered yet wait for somebody else: they have a deadline.
func undecided(tx *storage.Tx, list []*EventFigures) ([]PendingGroup, error) {
	where := []storage.Cond{storage.Is("state", string(Pending)), storage.Is("deadline", nil)}
	counts, err := registrations.CountBy(tx, storage.Query{Where: where}, "event_id")
	if err != nil {
		return nil, err
	}
	var out []PendingGroup
	for _, f := range list {
		n := counts[f.Event.ID]
		if n == 0 || f.Event.State != Published {
			continue
		}
		since, err := oldest(tx, append(where[:2:2], storage.Is("event_id", f.Event.ID)))
		if err != nil {
			return nil, err
		}
		out = append(out, PendingGroup{*f, n, since})
	}
	slices.SortStableFunc(out, func(a, b PendingGroup) int { return a.Oldest.Compare(b.Oldest) })
	return out, nil
}

// oldest is when the first of the registrations was made.
func oldest(tx *storage.Tx, where []storage.Cond) (first time.Time, err error) {
	for r, err := range registrations.Each(tx, storage.Query{Where: where, Limit: oldestOf}) {
		if err != nil {
			return first, err
		}
		if first.IsZero() || r.Created.Before(first) {
			first = r.Created
		}
	}
	return first, nil
}

// runningOut are the offers of the events that end soon.
func runningOut(tx *storage.Tx, list []*EventFigures) ([]*MyPage, error) {
	rs, err := registrations.Find(tx, storage.Query{
		Where: []storage.Cond{storage.Is("state", string(Offered)), {Field: "deadline", Op: storage.Lt, Value: tx.Now().Add(offersSoon)}},
		Sort:  "deadline", Limit: 200,
	})
	if err != nil {
		return nil, err
	}
	var out []*MyPage
	for _, r := range rs {
		i := slices.IndexFunc(list, func(f *EventFigures) bool { return f.Event.ID == r.EventID })
		if i >= 0 {
			out = append(out, &MyPage{Event: list[i].Event, Seating: list[i].Seating, Registration: r})
		}
	}
	return out, nil
}

// EventsWithSeats is Events of by's own clusters, each with its seats.
func (d *Desk) EventsWithSeats(ctx context.Context, by Actor, f EventFilter) (out []*EventFigures, next string, err error) {
	list, next, err := d.Events(ctx, by, f, true)
	if err != nil {
		return nil, "", err
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		out, err = withSeats(tx, list)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list events with seats: %w", err)
	}
	return out, next, nil
}
