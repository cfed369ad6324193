package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// staff sees to it that every party of m, which has its slot, has people who
// come: those it has, if they can; else colleagues of theirs. An organiser may
// place a meeting although nobody said they can come; then whoever is not
// booked has to.
func (d *Desk) staff(tx *storage.Tx, by Actor, r *Round, m *Meeting) error {
	var all []*Entrant
	for _, p := range m.Parties {
		e, err := entrants.Get(tx, p.EntrantID)
		if err != nil {
			return err
		}
		all = append(all, e)
	}
	m.EntrantIDs = nil
	for i, e := range all {
		p := &m.Parties[i]
		who, err := d.whoComes(tx, by, r, m, p.PersonIDs, e, spokenByOthers(all, e))
		if err != nil {
			return err
		}
		m.EntrantIDs, p.Name, p.PersonIDs = append(m.EntrantIDs, e.ID), e.Name, who
	}
	m.people(tx.Now())
	return nil
}

// spokenByOthers are the languages of whom e meets.
func spokenByOthers(all []*Entrant, e *Entrant) (out []string) {
	for _, other := range all {
		if other == e {
			continue
		}
		for _, p := range other.People {
			out = append(out, p.Languages...)
		}
	}
	return out
}

// whoComes are the people of e who come to m, which has booked nothing: the
// wanted ones where they are free.
func (d *Desk) whoComes(tx *storage.Tx, by Actor, r *Round, m *Meeting, wanted []string, e *Entrant, languages []string) ([]string, error) {
	can, err := d.freePeople(tx, r, e, Slot{m.Slot, m.Starts, m.Ends}, m.ID)
	if err != nil {
		return nil, err
	}
	stay := slices.DeleteFunc(slices.Clone(wanted), func(id string) bool { return !slices.Contains(can.free, id) })
	switch organises := by.Organises(r.ClusterIDs...); {
	case len(stay) > 0:
		return stay, nil
	case len(can.free) > 0:
		return []string{e.speaking(can.free, languages)}, nil
	case organises && len(wanted) > 0:
		return wanted, nil
	case organises && len(can.unbooked) > 0:
		return can.unbooked[:1], nil
	}
	return nil, &Clash{Problem{Kind: Full, Key: "meeting.nobody", Args: []any{"name", e.Name}}, bookedEntrant(e.ID), ""}
}

// speaking is the first of some of e's people who speaks one of the languages,
// or else the first of them.
func (e *Entrant) speaking(ids, languages []string) string {
	for _, id := range ids {
		if p, ok := e.Delegate(id); ok && overlap(p.Languages, languages) {
			return id
		}
	}
	return ids[0]
}

// A roster says who of an entrant could come at a slot, in the order of its
// people.
type roster struct {
	free     []string // and said so
	unbooked []string // but may have something else to do
}

// freePeople are who of e can come at a slot, whatever the meeting except has
// booked.
func (d *Desk) freePeople(tx *storage.Tx, r *Round, e *Entrant, s Slot, except string) (out roster, err error) {
	for _, p := range e.People {
		taken, err := engaged(tx, p.PersonID, s, except)
		if err != nil {
			return out, err
		}
		if taken {
			continue
		}
		out.unbooked = append(out.unbooked, p.PersonID)
		free, err := d.freeIn(tx, r, p)
		if err != nil {
			return out, err
		}
		if free[s.ID] {
			out.free = append(out.free, p.PersonID)
		}
	}
	return out, nil
}

// engaged reports whether a person is booked, in whatever round, in the time of
// a slot by another meeting than except.
func engaged(tx *storage.Tx, personID string, s Slot, except string) (bool, error) {
	q := storage.Query{Where: []storage.Cond{storage.Is("who", bookedPerson(personID)),
		{Field: "at", Op: storage.Ge, Value: s.Starts.Truncate(bookStep)}, {Field: "at", Op: storage.Lt, Value: s.Ends}}}
	list, err := bookings.Find(tx, q)
	return slices.ContainsFunc(list, func(b *booking) bool { return b.MeetingID != except }), err
}

// people brings the lists of m's people in step with its parties.
func (m *Meeting) people(now time.Time) {
	m.PersonIDs, m.InviteeIDs, m.ReplyIDs = nil, nil, nil
	for _, p := range m.Parties {
		for _, id := range p.PersonIDs {
			m.PersonIDs = append(m.PersonIDs, id)
			m.comes(p.EntrantID, id, now)
		}
	}
	for i := range m.Invitees {
		v := &m.Invitees[i]
		if v.Left == nil && !slices.Contains(m.PersonIDs, v.PersonID) {
			v.Sequence++
			v.Changed, v.RSVP = now, RSVP{}
			v.Left = &Departure{m.Sequence + v.Sequence, m.Starts, m.Ends, m.Others(v.EntrantID), m.Shown}
		}
		m.InviteeIDs, m.ReplyIDs = append(m.InviteeIDs, v.PersonID), append(m.ReplyIDs, v.ReplyID)
	}
}

// comes makes a person one of m's invitees, or once more.
func (m *Meeting) comes(entrantID, personID string, now time.Time) {
	v := m.Invitee(personID)
	if v == nil {
		m.Invitees = append(m.Invitees, Invitee{PersonID: personID, EntrantID: entrantID, ReplyID: storage.NewID(), Changed: now})
		return
	}
	if v.EntrantID = entrantID; v.Left != nil {
		v.Left, v.Changed, v.Told = nil, now, 0
		v.Sequence++
	}
}

// Invitee gives one of m's invitees, or nil.
func (m *Meeting) Invitee(personID string) *Invitee {
	i := slices.IndexFunc(m.Invitees, func(v Invitee) bool { return v.PersonID == personID })
	if i < 0 {
		return nil
	}
	return &m.Invitees[i]
}
