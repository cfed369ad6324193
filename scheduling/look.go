package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// EventChanges is a number that rises whenever something was committed that an
// event's page shows. A cache of such pages asks for it before it reads.
func (d *Desk) EventChanges() uint64 {
	return d.DB.Changes(events.Spec, seatings.Spec, registrations.Spec, clusters.Spec, groups.Spec, projects.Spec, rounds.Spec)
}

// NextChange is the first moment after now at which the page of e is another
// one by the clock alone: it opens, closes, starts or ends, or a day begins on
// its calendar, which may begin or end the duty to show who funds it.
func (e *Event) NextChange(now time.Time) time.Time {
	local := now.In(e.Location())
	next := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, e.Location())
	for _, t := range []time.Time{e.Opens(), e.Closes(), e.Starts, e.Ends} {
		if t.After(now) && t.Before(next) {
			next = t
		}
	}
	return next.UTC()
}

// Standing is what somebody who wants to come to an event meets.
type Standing string

// The standings of an event, by what one can do about it.
const (
	StandDraft     Standing = "draft"
	StandCancelled Standing = "cancelled"
	StandEnded     Standing = "ended"
	StandEarly     Standing = "early"  // registration has not begun
	StandClosed    Standing = "closed" // registration is over
	StandOpen      Standing = "open"
	StandWaiting   Standing = "waiting" // full: one can join the waiting list
	StandFull      Standing = "full"    // and no waiting list
)

// Standing says where registration for e stands at now.
func (e *Event) Standing(s *Seating, now time.Time) Standing {
	switch phase := e.Phase(now); {
	case phase == PhaseDraft:
		return StandDraft
	case phase == PhaseCancelled:
		return StandCancelled
	case phase == PhaseEnded:
		return StandEnded
	case now.Before(e.Opens()):
		return StandEarly
	case !e.Open(now):
		return StandClosed
	case s.room(1):
		return StandOpen
	case e.Rules.Waitlist:
		return StandWaiting
	}
	return StandFull
}

// Seatings are those of the events, by event id, for a list that shows them.
func (d *Desk) Seatings(ctx context.Context, list []*Event) (map[string]*Seating, error) {
	out := make(map[string]*Seating, len(list))
	err := d.view(ctx, func(tx *storage.Tx) error {
		for _, e := range list {
			s, err := seatings.Get(tx, e.ID)
			if err != nil {
				return err
			}
			out[e.ID] = s
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read seats: %w", err)
	}
	return out, nil
}

// MyRegistration is the live registration of a signed-in person for an event,
// nil where there is none.
func (d *Desk) MyRegistration(ctx context.Context, by Actor, eventID string) (r *Registration, err error) {
	if !by.SignedIn() || by.Email == "" {
		return nil, nil
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err = registrations.First(tx, storage.Query{Where: []storage.Cond{storage.Is("live", eventID+"/"+by.Email)}})
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	return r, err
}

// SetLanguage notes which language a signed-in person wants to read.
func (d *Desk) SetLanguage(ctx context.Context, by Actor, lang string) error {
	if !by.SignedIn() {
		return errHidden
	}
	if !slices.Contains(d.Texts.Langs(), lang) {
		return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"lang": "problem.choice"}}
	}
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := people.Get(tx, by.ID)
		if err != nil {
			return err
		}
		p.Lang = lang
		if err := people.Put(tx, p); err != nil {
			return err
		}
		return d.log(tx, by, "person.language", p.ID, p.ID, lang, "")
	})
	if err != nil {
		return fmt.Errorf("set language: %w", changedMeanwhile(err))
	}
	return nil
}
