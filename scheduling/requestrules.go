package scheduling

import (
	"errors"
	"slices"
	"time"

	"kohtaamo/storage"
)

// requestLimit is how much people may write to each other, in runes.
const requestLimit = 2000

// Changing reports whether companies may change their own meetings.
func (r *Round) Changing() bool {
	return !r.Frozen && (r.Phase == RoundPublished || r.Phase == RoundRunning) || r.Booking()
}

// answerBy is until when somebody who is asked at now has to answer: some hours
// on, but no longer than requests rest or the round lasts.
func (r *Round) answerBy(now time.Time) time.Time {
	last := r.Ends
	if at := r.Plan.SchedulingAt; r.Phase == RoundRequests && at.After(now) && at.Before(last) {
		last = at
	}
	if h := r.Limits.ExpireHours; h > 0 {
		if at := now.Add(time.Duration(h) * time.Hour); at.Before(last) {
			last = at
		}
	}
	return last
}

// In reports whether a slot lies in a session, which is a window's name; every
// slot lies in none.
func (r *Round) In(s Slot, session string) bool {
	if session == "" {
		return true
	}
	from, to := s.Starts.In(r.Location()), s.Ends.In(r.Location())
	for _, day := range r.Days {
		for _, w := range day.Windows {
			if w.Name == session && day.Date == from.Format(time.DateOnly) && w.From <= from.Format("15:04") && to.Format("15:04") <= w.To {
				return true
			}
		}
	}
	return false
}

// Sessions are the names of r's windows, each once.
func (r *Round) Sessions() (names []string) {
	for _, day := range r.Days {
		for _, w := range day.Windows {
			if w.Name != "" && !slices.Contains(names, w.Name) {
				names = append(names, w.Name)
			}
		}
	}
	return names
}

// A turnstile lets one transaction at a time through for an entrant, so that
// its limits hold exactly however many come at once: whoever counts something
// of an entrant goes through it first. Its ID is the entrant's.
type turnstile struct {
	storage.Meta `bson:",inline"`
}

var turnstiles = storage.NewCollection[turnstile]("entrant_turnstiles")

// pass goes through the turnstiles of entrants, always in the same order.
func pass(tx *storage.Tx, entrantIDs ...string) error {
	ids := slices.Clone(entrantIDs)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		t, err := turnstiles.Get(tx, id)
		if errors.Is(err, storage.ErrNotFound) {
			t, err = &turnstile{Meta: storage.Meta{ID: id}}, nil
		}
		if err != nil {
			return err
		}
		if err := turnstiles.Put(tx, t); err != nil {
			return err
		}
	}
	return nil
}

// mayAsk reports what of r's limits keeps e from wanting one more meeting so
// much, where except is the request it is about. Only what is alive counts:
// whatever is declined, withdrawn or expired can be used again.
func mayAsk(tx *storage.Tx, r *Round, e *Entrant, w Wish, except *Request) error {
	if err := pass(tx, e.ID); err != nil {
		return err
	}
	live, err := requestsOf(tx, e.ID)
	if err != nil {
		return err
	}
	sent, musts := 0, 0
	for _, q := range live {
		if !q.State.Live() || q.ID == except.ID {
			continue
		}
		if q.From == e.ID {
			sent++
		}
		if q.wishOf(e.ID) == Must {
			musts++
		}
	}
	switch n := r.Limits; {
	case n.Requests > 0 && except.From == e.ID && sent >= n.Requests:
		return &Problem{Kind: Full, Key: "request.too_many", Args: []any{"n", n.Requests}}
	case n.Musts > 0 && w == Must && musts >= n.Musts:
		return &Problem{Kind: Full, Key: "request.too_many_musts", Args: []any{"n", n.Musts}, Fields: map[string]string{"wish": "request.wish_less"}}
	}
	return nil
}

// requestsOf are all requests that e sent or got, in the order they were sent.
func requestsOf(tx *storage.Tx, entrantID string) (all []*Request, err error) {
	for _, field := range []string{"from", "to"} {
		list, err := requests.Find(tx, storage.Query{Where: []storage.Cond{storage.Is(field, entrantID)}})
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b *Request) int { return a.SentAt.Compare(b.SentAt) })
	return all, nil
}

// mayMeet reports whether e, whose turnstile has been passed, can have one more
// meeting.
func mayMeet(tx *storage.Tx, r *Round, e *Entrant) error {
	most := r.Limits.Meetings
	if e.MaxMeetings > 0 && (most == 0 || e.MaxMeetings < most) {
		most = e.MaxMeetings
	}
	if most == 0 {
		return nil
	}
	mine, err := meetingsStanding(tx, e)
	if err == nil && len(mine) >= most {
		return &Problem{Kind: Full, Key: "meeting.limit", Args: []any{"name", e.Name, "n", most}}
	}
	return err
}

// meetingsStanding are the meetings of e that were not cancelled.
func meetingsStanding(tx *storage.Tx, e *Entrant) ([]*Meeting, error) {
	list, err := meetings.Find(tx, storage.Query{Where: []storage.Cond{{Field: "entrant_ids", Op: storage.Has, Value: e.ID}}})
	list = slices.DeleteFunc(list, func(m *Meeting) bool { return !m.State.Stands() })
	slices.SortFunc(list, func(a, b *Meeting) int { return a.Starts.Compare(b.Starts) })
	return list, err
}
