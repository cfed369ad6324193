package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// A Timetable is the published schedule of a round, to be printed or taken
// along.
type Timetable struct {
	Round    *Round
	Meetings []*TimetableEntry // first to last, by table within a slot
	entrants map[string]*Entrant
}

// A TimetableEntry is one meeting with what is printed of it.
type TimetableEntry struct {
	*Meeting
	Table Table
	Venue Venue
	Sides []Side
	Wish  Wish // of whoever asked; "" for a walk-in
	Reply Wish
}

// A Side is one entrant of a meeting with who comes.
type Side struct {
	EntrantID string
	Name      string
	Country   string
	People    []Delegate
}

// Timetable gives the standing meetings of a round to its organisers.
func (d *Desk) Timetable(ctx context.Context, by Actor, roundID string) (t *Timetable, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, roundID)
		if err != nil {
			return err
		}
		t = &Timetable{Round: r, entrants: map[string]*Entrant{}}
		return t.read(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("timetable of round %s: %w", roundID, err)
	}
	return t, nil
}

func (t *Timetable) read(tx *storage.Tx) error {
	in := []storage.Cond{storage.Is("round_id", t.Round.ID)}
	for e, err := range entrants.Each(tx, storage.Query{Where: in}) {
		if err != nil {
			return err
		}
		t.entrants[e.ID] = e
	}
	asked := map[string]*Request{}
	for q, err := range requests.Each(tx, storage.Query{Where: in}) {
		if err != nil {
			return err
		}
		asked[q.ID] = q
	}
	list, err := standing(tx, t.Round.ID)
	if err != nil {
		return err
	}
	order := map[string]int{}
	for i, x := range t.Round.Tables {
		order[x.ID] = i
	}
	slices.SortStableFunc(list, func(a, b *Meeting) int {
		return cmp.Or(a.Starts.Compare(b.Starts), cmp.Compare(order[a.Table], order[b.Table]))
	})
	for _, m := range list {
		t.Meetings = append(t.Meetings, t.entry(m, asked[m.RequestID]))
	}
	return nil
}

func (t *Timetable) entry(m *Meeting, q *Request) *TimetableEntry {
	e := &TimetableEntry{Meeting: m}
	e.Table, _ = t.Round.Table(m.Table)
	if i := slices.IndexFunc(t.Round.Venues, func(v Venue) bool { return v.ID == e.Table.VenueID }); i >= 0 {
		e.Venue = t.Round.Venues[i]
	}
	if q != nil {
		e.Wish, e.Reply = q.Wish, q.Answer
	}
	for _, p := range m.Parties {
		s := Side{EntrantID: p.EntrantID, Name: p.Name}
		if of := t.entrants[p.EntrantID]; of != nil {
			s.Country = of.Country
			for _, id := range p.PersonIDs {
				if one, ok := of.Delegate(id); ok {
					s.People = append(s.People, one)
				}
			}
		}
		e.Sides = append(e.Sides, s)
	}
	return e
}

// An Agenda is one person's meetings of a round.
type Agenda struct {
	Entrant *Entrant
	Person  Delegate
	Entries []AgendaEntry
}

// An AgendaEntry is a meeting as one of its sides sees it.
type AgendaEntry struct {
	*TimetableEntry
	With []Side
}

// Agendas are those of everybody who has a meeting, by entrant and person.
func (t *Timetable) Agendas() (out []*Agenda) {
	of := map[string]*Agenda{}
	for _, m := range t.Meetings {
		for i, s := range m.Sides {
			with := slices.Delete(slices.Clone(m.Sides), i, i+1)
			for _, p := range s.People {
				key := s.EntrantID + "/" + p.PersonID
				if of[key] == nil {
					of[key] = &Agenda{Entrant: t.entrants[s.EntrantID], Person: p}
					out = append(out, of[key])
				}
				of[key].Entries = append(of[key].Entries, AgendaEntry{m, with})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *Agenda) int {
		return cmp.Or(cmp.Compare(a.Entrant.Sort, b.Entrant.Sort), cmp.Compare(a.Person.Name, b.Person.Name))
	})
	return out
}

// A TablePlan is who sits at one table, and when.
type TablePlan struct {
	Table   Table
	Venue   Venue
	Entries []*TimetableEntry
}

// TablePlans are those of all tables of the round, in their order.
func (t *Timetable) TablePlans() (out []TablePlan) {
	for _, x := range t.Round.Tables {
		p := TablePlan{Table: x}
		for _, m := range t.Meetings {
			if m.Table.ID == x.ID {
				p.Entries, p.Venue = append(p.Entries, m), m.Venue
			}
		}
		out = append(out, p)
	}
	return out
}

// A SlotPlan is all that goes on at one time.
type SlotPlan struct {
	Slot    Slot
	Entries []*TimetableEntry
}

// SlotPlans are those of all slots of the round in which somebody meets.
func (t *Timetable) SlotPlans() (out []SlotPlan) {
	for _, m := range t.Meetings {
		if n := len(out); n == 0 || out[n-1].Slot.ID != m.Slot {
			out = append(out, SlotPlan{Slot: Slot{m.Slot, m.Starts, m.Ends}})
		}
		out[len(out)-1].Entries = append(out[len(out)-1].Entries, m)
	}
	return out
}
