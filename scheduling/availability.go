package scheduling

import (
	"slices"
	"strings"

	"kohtaamo/storage"
)

// availability says when the entrants of a round can be met: in the slots in
// which one of their people is free. Somebody who is a delegate of two entrants
// of the round counts for neither where others can come; where nobody else can,
// they are a participant of the meeting beside the entrant, so that the two
// entrants never need them at once.
type availability struct {
	free    map[string]map[string]bool // by entrant or person: slot ids
	depends map[string]string          // entrant → the person whom it shares and cannot do without
}

// personKey names a person among the participants of a problem, and personIn
// is its way back.
func personKey(id string) string { return "person-" + id }

func personIn(key string) string { return strings.TrimPrefix(key, "person-") }

// alone are the people who have to come to a meeting of these entrants, and
// could be needed elsewhere.
func (a *availability) alone(parties []string) (out []string) {
	for _, id := range parties {
		if p := a.depends[id]; p != "" && !slices.Contains(out, personKey(p)) {
			out = append(out, personKey(p))
		}
	}
	return out
}

// at reports whether a participant can be met in a slot.
func (a *availability) at(id, slot string) bool { return a.free[id][slot] }

// freeOf finds out when everybody of a plan can be met.
func (d *Desk) freeOf(tx *storage.Tx, p *plan) (*availability, error) {
	a := &availability{free: map[string]map[string]bool{}, depends: map[string]string{}}
	away, err := bookedElsewhere(tx, p.round)
	if err != nil {
		return nil, err
	}
	of := map[string]int{} // how many entrants a person is a delegate of
	for _, e := range p.entrants {
		if e.State == EntrantIn {
			for _, id := range e.PersonIDs {
				of[id]++
			}
		}
	}
	for _, e := range p.entrants {
		people := slices.DeleteFunc(slices.Clone(e.People), func(x Delegate) bool { return of[x.PersonID] > 1 })
		if len(people) == 0 && len(e.People) > 0 {
			people = e.People[:1]
			a.depends[e.ID] = people[0].PersonID
		}
		if a.free[e.ID], err = d.freeTogether(tx, p.round, people, away); err != nil {
			return nil, err
		}
		if id := a.depends[e.ID]; id != "" {
			a.free[personKey(id)] = a.free[e.ID]
		}
	}
	return a, nil
}

// freeTogether are the slots in which one of the people at least is free.
func (d *Desk) freeTogether(tx *storage.Tx, r *Round, people []Delegate, away map[string][]Slot) (map[string]bool, error) {
	out := map[string]bool{}
	for _, p := range people {
		free, err := d.freeIn(tx, r, p)
		if err != nil {
			return nil, err
		}
		for _, s := range r.Slots {
			if free[s.ID] && !slices.ContainsFunc(away[p.PersonID], s.touches) {
				out[s.ID] = true
			}
		}
	}
	return out, nil
}

// touches reports whether two slots have some time in common.
func (s Slot) touches(o Slot) bool { return s.Starts.Before(o.Ends) && o.Starts.Before(s.Ends) }

// bookedElsewhere are the times that people have meetings in other rounds at.
func bookedElsewhere(tx *storage.Tx, r *Round) (map[string][]Slot, error) {
	out := map[string][]Slot{}
	if len(r.Slots) == 0 {
		return out, nil
	}
	others, err := rounds.Find(tx, storage.Query{Sort: "starts", Where: []storage.Cond{
		storage.Is("open", true), {Field: "starts", Op: storage.Lt, Value: r.Ends}}})
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		if o.ID == r.ID || !o.Ends.After(r.Starts) {
			continue
		}
		list, err := meetings.Find(tx, storage.Query{Sort: "starts", Where: []storage.Cond{
			storage.Is("round_id", o.ID), storage.Is("state", string(MeetingPublished)),
			{Field: "starts", Op: storage.Lt, Value: r.Ends}}})
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			for _, id := range m.PersonIDs {
				out[id] = append(out[id], Slot{Starts: m.Starts, Ends: m.Ends})
			}
		}
	}
	return out, nil
}
