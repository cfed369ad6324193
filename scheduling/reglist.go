package scheduling

import (
	"context"
	"fmt"
	"iter"

	"kohtaamo/storage"
)

// A RegFilter chooses registrations of one event. Zero fields do not restrict.
type RegFilter struct {
	State  RegState
	Answer Answer // to the invite
	Text   string // words that name, address, company or ticket begin with
	Queue  bool   // in the order of the waiting list instead of by name
	After  string
	Limit  int // 50 if zero
}

func (f RegFilter) query(eventID string) storage.Query {
	q := storage.Query{Where: []storage.Cond{storage.Is("event_id", eventID)}, Sort: "sort", Limit: f.Limit, After: f.After}
	if q.Limit == 0 {
		q.Limit = 50
	}
	if f.State != "" {
		q.Where = append(q.Where, storage.Is("state", string(f.State)))
	}
	if f.Answer != "" {
		q.Where = append(q.Where, storage.Is("rsvp.answer", string(f.Answer)))
	}
	if f.Queue {
		q.Sort = "queue"
	}
	q.Where = append(q.Where, search(f.Text)...)
	return q
}

// Registrations lists an event's registrations for those who organise it or
// check people in there.
func (d *Desk) Registrations(ctx context.Context, by Actor, eventID string, f RegFilter) (list []*Registration, next string, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if _, err := d.attendedBy(tx, by, eventID); err != nil {
			return err
		}
		list, next, err = registrations.Page(tx, f.query(eventID))
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list registrations of %s: %w", eventID, err)
	}
	return list, next, nil
}

// attendedBy gives an event that by organises or checks people in at.
func (d *Desk) attendedBy(tx *storage.Tx, by Actor, eventID string) (*Event, error) {
	e, err := events.Get(tx, eventID)
	if err != nil {
		return nil, err
	}
	if !by.ChecksIn(e.ClusterIDs...) {
		return nil, errHidden
	}
	return e, nil
}

// Registration gives one registration with its event, to its organisers and to
// its signed-in person.
func (d *Desk) Registration(ctx context.Context, by Actor, id string) (page *MyPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := d.fetch(tx, id)
		if err != nil {
			return err
		}
		if !by.ChecksIn(p.e.ClusterIDs...) && !owns(by, p.r) {
			return errHidden
		}
		page = &MyPage{Event: p.e, Seating: p.s, Registration: p.r}
		if page.Position, err = position(tx, nil, p.r); err != nil {
			return err
		}
		page.Party, err = partyOf(tx, p.r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show registration %s: %w", id, err)
	}
	return page, nil
}

// StateCounts counts an event's registrations by state.
func (d *Desk) StateCounts(ctx context.Context, by Actor, eventID string) (counts map[RegState]int, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if _, err := d.attendedBy(tx, by, eventID); err != nil {
			return err
		}
		st, err := seatings.Get(tx, eventID)
		if err != nil {
			return err
		}
		counts = map[RegState]int{}
		for _, state := range RegStates {
			if n := *st.Tally.at(state); n > 0 {
				counts[state] = n
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count registrations of %s: %w", eventID, err)
	}
	return counts, nil
}

// EachRegistration walks through all registrations of an event that f chooses,
// by name, holding one at a time: for exports of any length.
func (d *Desk) EachRegistration(ctx context.Context, by Actor, eventID string, f RegFilter, fn func(*Event, iter.Seq2[*Registration, error]) error) error {
	q := f.query(eventID)
	q.Limit, q.After = 0, ""
	err := d.view(ctx, func(tx *storage.Tx) error {
		e, err := d.attendedBy(tx, by, eventID)
		if err != nil {
			return err
		}
		return fn(e, registrations.Each(tx, q))
	})
	if err != nil {
		return fmt.Errorf("walk registrations of %s: %w", eventID, err)
	}
	return nil
}

// MyRegistrations are those of a signed-in person, soonest event first, with
// their events.
func (d *Desk) MyRegistrations(ctx context.Context, by Actor) (list []*MyPage, err error) {
	if by.Email == "" {
		return nil, nil
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = d.registrationsOf(tx, by.Email)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list my registrations: %w", err)
	}
	return list, nil
}
