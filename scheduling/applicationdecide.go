package scheduling

import (
	"context"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A Decision is what an organiser decides about applications.
type Decision struct {
	State  ApplicationState // shortlisted, offered, reserve, declined, or accepted on the company's word
	Seats  int              // offered to each; 0: as many as it wants
	Until  time.Time        // of an offer; zero: as the trip's rules say
	Reason string           // of declining
	Tell   bool             // those who are shortlisted; of everything else they are told always
}

// decisions are the states that an organiser can bring an application to, with
// those that it can come from.
var decisions = map[ApplicationState][]ApplicationState{
	ApplicationShortlisted: {ApplicationSubmitted, ApplicationReserve},
	ApplicationReserve:     {ApplicationSubmitted, ApplicationShortlisted},
	ApplicationOffered:     {ApplicationSubmitted, ApplicationShortlisted, ApplicationReserve, ApplicationDeclined, ApplicationExpired},
	ApplicationAccepted:    {ApplicationOffered},
	ApplicationDeclined:    {ApplicationSubmitted, ApplicationShortlisted, ApplicationReserve, ApplicationOffered, ApplicationAccepted, ApplicationCommitted},
}

// Decisions are those that can be taken about a in its state, in the order of a
// form.
func (a *Application) Decisions() (out []ApplicationState) {
	for _, to := range []ApplicationState{ApplicationShortlisted, ApplicationOffered, ApplicationReserve, ApplicationAccepted, ApplicationDeclined} {
		if slices.Contains(decisions[to], a.State) {
			out = append(out, to)
		}
	}
	return out
}

// DecideApplications brings applications for a trip of by's to a state, all of
// them or none, in the order they are named in: reserves are ranked in it,
// behind those that have a rank. Those that are there already stay; it says how
// many came to it. A Problem of kind Full where the seats are not enough.
func (d *Desk) DecideApplications(ctx context.Context, by Actor, tripID string, ids []string, in Decision) (n int, err error) {
	err = d.onSelection(ctx, by, tripID, func(s *selection) error {
		n = 0
		for i, id := range ids {
			a, err := s.application(id)
			if err != nil {
				return err
			}
			if a.State == in.State || slices.Contains(ids[:i], id) {
				continue
			}
			n++
			if err := s.decide(a, in); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func (s *selection) decide(a *Application, in Decision) error {
	if !slices.Contains(decisions[in.State], a.State) || s.t.Off() || s.t.Past(TripUnderWay) {
		return &Problem{Kind: Closed, Key: "application.cannot", Args: []any{"company", a.Company}}
	}
	switch in.State {
	case ApplicationOffered:
		return s.offerBy(a, in)
	case ApplicationAccepted:
		return s.accept(a)
	case ApplicationReserve:
		last := 0
		for _, o := range s.reserve() {
			last = max(last, o.Rank)
		}
		s.move(a, ApplicationReserve, a.Wanted, "application.reserve", "")
		a.Rank = last + 1
	case ApplicationDeclined:
		s.end(a, ApplicationDeclined, endedByOrganiser, "application.decline", in.Reason)
	default:
		s.move(a, ApplicationShortlisted, a.Wanted, "application.shortlist", "").silent = !in.Tell
	}
	return nil
}

// offerBy is an organiser's offer, of the seats and until the moment they say.
func (s *selection) offerBy(a *Application, in Decision) error {
	if !in.Until.IsZero() && !s.until(in.Until) {
		return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"until": "application.until"}}
	}
	seats := in.Seats
	if seats == 0 {
		seats = a.Wanted
	}
	if seats > a.Wanted {
		return &Problem{Kind: Invalid, Key: "application.more_than_wanted", Args: []any{"company", a.Company, "count", a.Wanted}}
	}
	return s.offer(a, seats, in.Until)
}

// until reports whether an offer can stand until a moment.
func (s *selection) until(at time.Time) bool {
	return at.After(s.tx.Now()) && !at.After(s.t.Starts)
}

// OfferNext offers seats to the first in reserve: as many as it wants, or seats
// of them if that is not 0.
func (d *Desk) OfferNext(ctx context.Context, by Actor, tripID string, seats int) (a *Application, err error) {
	err = d.onSelection(ctx, by, tripID, func(s *selection) error {
		list := s.reserve()
		if len(list) == 0 {
			return &Problem{Kind: Closed, Key: "application.no_reserve"}
		}
		a = list[0]
		return s.offerBy(a, Decision{Seats: seats})
	})
	return a, err
}

// ExtendOffer lets an offer stand longer, or shorter; its company is told.
func (d *Desk) ExtendOffer(ctx context.Context, by Actor, tripID, id string, until time.Time) error {
	return d.onSelection(ctx, by, tripID, func(s *selection) error {
		a, err := s.application(id)
		if err != nil {
			return err
		}
		if a.State != ApplicationOffered {
			return &Problem{Kind: Closed, Key: "application.cannot", Args: []any{"company", a.Company}}
		}
		if !s.until(until) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"until": "application.until"}}
		}
		if a.Deadline.Equal(until) {
			return nil
		}
		s.move(a, ApplicationOffered, a.Seats, "application.extend", "")
		a.Deadline, a.Told = until, nil
		return nil
	})
}

// MoveInReserve changes places with the one before, or the one behind.
func (d *Desk) MoveInReserve(ctx context.Context, by Actor, tripID, id string, up bool) error {
	return d.onSelection(ctx, by, tripID, func(s *selection) error {
		list := s.reserve()
		i := slices.IndexFunc(list, func(a *Application) bool { return a.ID == id })
		if i < 0 {
			return errHidden
		}
		other := i + 1
		if up {
			other = i - 1
		}
		if other < 0 || other >= len(list) {
			return nil
		}
		for n, a := range list {
			a.Rank = n + 1
		}
		list[i].Rank, list[other].Rank = other+1, i+1
		s.order = true
		for _, a := range list {
			if err := applications.Put(s.tx, a); err != nil {
				return err
			}
		}
		return d.log(s.tx, s.by, "application.rank", id, s.t.ID, list[i].Company, "")
	})
}

// NoteApplication writes something down for the other organisers.
func (d *Desk) NoteApplication(ctx context.Context, by Actor, tripID, id, text string) error {
	f := faults{}
	text = cleanText(text)
	f.need("note", text, noteLimit)
	if err := f.problem(); err != nil {
		return err
	}
	return d.onApplication(ctx, by, tripID, id, "application.note", func(_ *Trip, a *Application, now time.Time) error {
		if len(a.Notes) >= maxNotes {
			return &Problem{Kind: Full, Key: "application.too_many_notes"}
		}
		a.Notes = append(a.Notes, ApplicationNote{By: by.ID, Name: by.Name, At: now, Text: text})
		return nil
	})
}

// maxNotes is how many notes an application can have.
const maxNotes = 200

// onApplication changes what organisers say of an application, not where it
// stands.
func (d *Desk) onApplication(ctx context.Context, by Actor, tripID, id, action string, do func(*Trip, *Application, time.Time) error) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		t, err := ownTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		a, err := applications.Get(tx, id)
		if err != nil {
			return err
		}
		if a.TripID != t.ID {
			return errHidden
		}
		if err := do(t, a, tx.Now()); err != nil {
			return err
		}
		if err := applications.Put(tx, a); err != nil {
			return err
		}
		return d.log(tx, by, action, a.ID, t.ID, a.Company, "")
	})
	return changedMeanwhile(err)
}
