package scheduling

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// TestBookings does whatever organisers and companies can do to the meetings of
// two rounds that are at the same time, in any order, and looks after each step
// whether anybody or anything is in two places, and whether the bookings are
// what the standing meetings need: no more and no less.
func TestBookings(t *testing.T) {
	h := newHouse(t)
	rapid.Check(t, func(rt *rapid.T) {
		f := newFair(t, h)
		rt.Repeat(map[string]func(*rapid.T){
			"":         f.check,
			"place":    f.place,
			"move":     f.move,
			"swap":     f.swap,
			"cancel":   f.cancel,
			"handOver": f.handOver,
			"killed":   f.killed,
		})
	})
}

// A fair is two rounds whose companies send the same people, with slots that
// lie across each other.
type fair struct {
	t        *testing.T
	h        *testHouse
	rounds   []*Round
	entrants map[string][]*Entrant // by round
	ids      []string              // of all meetings
}

func newFair(t *testing.T, h *testHouse) *fair {
	f := &fair{t: t, h: h, entrants: map[string][]*Entrant{}}
	for n, from := range []string{"09:00", "09:10"} {
		r := h.morning(t, func(r *Round) {
			r.Slug, r.Days[0].Windows[0].From, r.Tables = fmt.Sprintf("fair-%d-%s", n, storage.NewID()), from, r.Tables[:2]
		})
		f.rounds = append(f.rounds, r)
	}
	people := [][]Delegate{}
	for n := range 4 {
		people = append(people, h.entrant(t, f.rounds[0], fmt.Sprintf("Company %d %s", n, storage.NewID()), 2).People)
	}
	for _, r := range f.rounds {
		for n, ps := range people {
			e := &Entrant{Meta: storage.Meta{ID: storage.NewID()}, RoundID: r.ID, State: EntrantIn, Name: fmt.Sprint("Company ", n), People: ps}
			h.write(t, func(tx *storage.Tx) error { return entrants.Put(tx, e) })
			f.entrants[r.ID] = append(f.entrants[r.ID], e)
		}
	}
	return f
}

// try does something in a transaction; a Problem is a fair answer.
func (f *fair) try(rt *rapid.T, fn func(*storage.Tx) error) {
	if err := f.h.DB.Update(f.t.Context(), fn); err != nil && ProblemIn(err) == nil && !errors.Is(err, storage.ErrNotFound) {
		rt.Fatal(err)
	}
}

// any draws a meeting there is, with its round.
func (f *fair) any(rt *rapid.T) (*Round, string) {
	if len(f.ids) == 0 {
		rt.Skip("no meeting")
	}
	id := rapid.SampledFrom(f.ids).Draw(rt, "meeting")
	m := f.h.meeting(f.t, id)
	i := slices.IndexFunc(f.rounds, func(r *Round) bool { return r.ID == m.RoundID })
	return f.rounds[i], id
}

func drawSlot(rt *rapid.T, r *Round) string { return rapid.SampledFrom(r.Slots).Draw(rt, "slot").ID }
func drawTable(rt *rapid.T, r *Round) string {
	return rapid.SampledFrom(r.Tables).Draw(rt, "table").ID
}

func (f *fair) draft(rt *rapid.T) (*Round, *Meeting) {
	r := rapid.SampledFrom(f.rounds).Draw(rt, "round")
	es := rapid.Permutation(f.entrants[r.ID]).Draw(rt, "entrants")
	m := &Meeting{Slot: drawSlot(rt, r), Table: drawTable(rt, r)}
	for _, e := range es[:rapid.IntRange(2, 3).Draw(rt, "parties")] {
		m.Parties = append(m.Parties, Party{EntrantID: e.ID})
	}
	return r, m
}

func (f *fair) place(rt *rapid.T) {
	r, m := f.draft(rt)
	f.try(rt, func(tx *storage.Tx) error {
		err := f.h.placeMeeting(tx, f.h.boss, r, m)
		if err == nil {
			f.ids = append(f.ids, m.ID)
		}
		return err
	})
}

func (f *fair) move(rt *rapid.T) {
	r, id := f.any(rt)
	s, table := drawSlot(rt, r), drawTable(rt, r)
	f.try(rt, func(tx *storage.Tx) error {
		m, err := meetings.Get(tx, id)
		if err != nil {
			return err
		}
		return f.h.moveMeeting(tx, f.h.boss, r, m, s, table)
	})
}

// swap has two meetings take each other's places.
func (f *fair) swap(rt *rapid.T) {
	r, one := f.any(rt)
	_, two := f.any(rt)
	f.try(rt, func(tx *storage.Tx) error {
		a, err := meetings.Get(tx, one)
		if err != nil {
			return err
		}
		b, err := meetings.Get(tx, two)
		if err != nil || a.ID == b.ID || a.RoundID != b.RoundID {
			return err
		}
		return f.h.moveMeetings(tx, f.h.boss, r, []move{{a, b.Slot, b.Table}, {b, a.Slot, a.Table}})
	})
}

func (f *fair) cancel(rt *rapid.T) {
	r, id := f.any(rt)
	f.try(rt, func(tx *storage.Tx) error {
		m, err := meetings.Get(tx, id)
		if err != nil {
			return err
		}
		return f.h.cancelMeeting(tx, f.h.boss, r, m, "")
	})
}

func (f *fair) handOver(rt *rapid.T) {
	_, id := f.any(rt)
	pick := rapid.IntRange(0, 7).Draw(rt, "who")
	f.try(rt, func(tx *storage.Tx) error {
		m, err := meetings.Get(tx, id)
		if err != nil {
			return err
		}
		p := m.Parties[pick%len(m.Parties)]
		e, err := entrants.Get(tx, p.EntrantID)
		if err != nil {
			return err
		}
		return f.h.handOver(tx, f.h.boss, m, p.EntrantID, "", e.People[pick/4].PersonID)
	})
}

// killed is a process that dies before its transaction is through: nothing of
// it is there.
func (f *fair) killed(rt *rapid.T) {
	r, m := f.draft(rt)
	dead := errors.New("killed")
	err := f.h.DB.Update(f.t.Context(), func(tx *storage.Tx) error {
		if err := f.h.placeMeeting(tx, f.h.boss, r, m); err != nil {
			return err
		}
		return dead
	})
	if !errors.Is(err, dead) && ProblemIn(err) == nil {
		rt.Fatal(err)
	}
}

func (f *fair) check(rt *rapid.T) {
	need, have := map[string]string{}, map[string]string{}
	var all []*Meeting
	must(f.t, f.h.DB.View(f.t.Context(), func(tx *storage.Tx) error {
		for _, r := range f.rounds {
			list, err := standing(tx, r.ID)
			if err != nil {
				return err
			}
			all = append(all, list...)
			booked, err := bookings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}})
			if err != nil {
				return err
			}
			for _, b := range booked {
				have[b.ID] = b.MeetingID
			}
		}
		return nil
	}))
	for i, m := range all {
		for _, b := range m.bookings() {
			need[b.ID] = m.ID
		}
		for _, other := range all[:i] {
			wantApart(rt, m, other)
		}
	}
	if !maps.Equal(need, have) {
		rt.Fatalf("the meetings need %v, booked is %v", need, have)
	}
}

// wantApart wants nobody and nothing in two meetings at once. It knows nothing
// of bookings.
func wantApart(rt *rapid.T, a, b *Meeting) {
	if !a.Starts.Before(b.Ends) || !b.Starts.Before(a.Ends) {
		return
	}
	switch {
	case overlap(a.PersonIDs, b.PersonIDs):
		rt.Fatalf("somebody is in two meetings at %s and %s", a.Slot, b.Slot)
	case overlap(a.EntrantIDs, b.EntrantIDs):
		rt.Fatalf("an entrant is in two meetings at %s", a.Slot)
	case a.RoundID == b.RoundID && a.Table == b.Table:
		rt.Fatalf("two meetings are at a table at %s", a.Slot)
	}
}
