package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// A diary is when one entrant can meet: who of it is free at each slot, and
// where it is before and after.
type diary struct {
	entrant *Entrant
	free    map[string][]Delegate // slot id → who can come, in the order of its people
	mine    []*Meeting            // standing ones, by their start
}

// diaryOf reads the diary of e from now on, as if the meeting except did not
// stand.
func (d *Desk) diaryOf(tx *storage.Tx, r *Round, e *Entrant, except string) (*diary, error) {
	mine, err := meetingsStanding(tx, e)
	if err != nil {
		return nil, err
	}
	out := &diary{entrant: e, free: map[string][]Delegate{}}
	out.mine = slices.DeleteFunc(mine, func(m *Meeting) bool { return m.ID == except })
	for _, p := range e.People {
		said, err := d.freeIn(tx, r, p)
		if err != nil {
			return nil, err
		}
		taken, err := takenSteps(tx, r, p.PersonID, except)
		if err != nil {
			return nil, err
		}
		for _, s := range r.Slots {
			if said[s.ID] && s.Starts.After(tx.Now()) && !taken.touch(s) && !out.meets(s) {
				out.free[s.ID] = append(out.free[s.ID], p)
			}
		}
	}
	return out, nil
}

// meets reports whether the entrant has a meeting in the time of a slot.
func (y *diary) meets(s Slot) bool {
	return slices.ContainsFunc(y.mine, func(m *Meeting) bool { return m.Starts.Before(s.Ends) && s.Starts.Before(m.Ends) })
}

// takenTimes are the steps that somebody is booked for.
type takenTimes map[int64]bool

func takenSteps(tx *storage.Tx, r *Round, personID, except string) (takenTimes, error) {
	list, err := bookings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("who", bookedPerson(personID)),
		{Field: "at", Op: storage.Ge, Value: r.Starts.Truncate(bookStep)}, {Field: "at", Op: storage.Lt, Value: r.Ends}}})
	out := takenTimes{}
	for _, b := range list {
		if b.MeetingID != except {
			out[b.At.Unix()] = true
		}
	}
	return out, err
}

func (t takenTimes) touch(s Slot) bool {
	for at := range steps(s.Starts, s.Ends) {
		if t[at.Unix()] {
			return true
		}
	}
	return false
}

// reaches reports whether a person of the entrant who meets at a slot in a
// venue can be there in time from the meeting before, and at the next one.
func (y *diary) reaches(r *Round, personID string, s Slot, venue string) bool {
	for _, m := range y.mine {
		if !slices.Contains(m.PersonIDs, personID) {
			continue
		}
		t, _ := r.Table(m.Table)
		way := r.wayBetween(t.VenueID, venue)
		if m.Ends.Add(way).After(s.Starts) && s.Ends.Add(way).After(m.Starts) {
			return false
		}
	}
	return true
}

// wayBetween is how long the way between two venues takes.
func (r *Round) wayBetween(a, b string) time.Duration {
	for _, leg := range r.Travel {
		if a != b && (leg.A == a && leg.B == b || leg.A == b && leg.B == a) {
			return time.Duration(leg.Minutes) * time.Minute
		}
	}
	return 0
}

// A Vacancy is where two entrants could meet, and who would come.
type Vacancy struct {
	Slot   Slot
	Table  Table
	people [2]string // of the one and of the other
}

// vacancies are the slots at which two entrants can meet at once, first to last,
// each with the first table that suits: an own booth, else a table; a link only
// where there is no table at any time. At most so many; 0 is all.
func vacancies(tx *storage.Tx, r *Round, a, b *diary, session string, most int) ([]Vacancy, error) {
	for _, video := range []bool{false, true} {
		found, err := vacanciesAt(tx, r, a, b, session, most, r.tablesFor(a.entrant, b.entrant, video))
		if len(found) > 0 || err != nil {
			return found, err
		}
	}
	return nil, nil
}

func vacanciesAt(tx *storage.Tx, r *Round, a, b *diary, session string, most int, tables []Table) (found []Vacancy, err error) {
	for _, s := range r.Slots {
		if most > 0 && len(found) == most {
			break
		}
		if len(a.free[s.ID]) == 0 || len(b.free[s.ID]) == 0 || !r.In(s, session) {
			continue
		}
		o, ok, err := vacancyAt(tx, r, a, b, s, tables)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, o)
		}
	}
	return found, nil
}

// vacancyAt is the first of the tables that is free at a slot and that somebody
// of both can reach.
func vacancyAt(tx *storage.Tx, r *Round, a, b *diary, s Slot, tables []Table) (o Vacancy, ok bool, err error) {
	for _, t := range tables {
		who, ok := pair(r, a, b, s, t)
		if !ok {
			continue
		}
		taken, err := booked(tx, bookedTable(r.ID, t.ID), s.Starts)
		if err != nil {
			return o, false, err
		}
		if !taken {
			return Vacancy{s, t, who}, true, nil
		}
	}
	return o, false, nil
}

// pair chooses who meets at a slot and a table: two who share a language, or
// else the first of both.
func pair(r *Round, a, b *diary, s Slot, t Table) (who [2]string, ok bool) {
	for _, p := range a.free[s.ID] {
		if !a.reaches(r, p.PersonID, s, t.VenueID) {
			continue
		}
		for _, o := range b.free[s.ID] {
			if !b.reaches(r, o.PersonID, s, t.VenueID) {
				continue
			}
			if overlap(p.Languages, o.Languages) {
				return [2]string{p.PersonID, o.PersonID}, true
			}
			if !ok {
				who, ok = [2]string{p.PersonID, o.PersonID}, true
			}
		}
	}
	return who, ok
}

// tablesFor are the tables at which two entrants can meet, in the order they
// are tried. Whoever has a booth does not leave it, unless to another's: then
// they meet at b's.
func (r *Round) tablesFor(a, b *Entrant, video bool) (out []Table) {
	for _, host := range []*Entrant{b, a} {
		booths := slices.DeleteFunc(slices.Clone(r.Tables), func(t Table) bool { return t.Kind != AtBooth || t.EntrantID != host.ID })
		if len(booths) > 0 {
			if video {
				return nil
			}
			return booths
		}
	}
	for _, t := range r.Tables {
		if t.Kind == ByVideo == video && t.Kind != AtBooth {
			out = append(out, t)
		}
	}
	return out
}

// SlotGone is the Problem of a time that cannot be had. Next are the common
// times that can, as they were when it was said.
type SlotGone struct {
	Problem
	Next []Slot
}

// Unwrap gives the Problem.
func (g *SlotGone) Unwrap() error { return &g.Problem }

// nextTimes is how many other times a SlotGone names.
const nextTimes = 3

// bookPair gives the two of a request their meeting: at a slot, or at the first
// that suits both. Nil where there is none at all.
func (d *Desk) bookPair(tx *storage.Tx, by Actor, x *exchange, slot string) (*Meeting, error) {
	if err := pass(tx, x.me.ID, x.other.ID); err != nil {
		return nil, err
	}
	for _, e := range []*Entrant{x.me, x.other} {
		if err := mayMeet(tx, x.r, e); err != nil {
			return nil, err
		}
	}
	o, err := d.vacancyFor(tx, by, x, slot, "")
	if o == nil || err != nil {
		return nil, err
	}
	m := &Meeting{RequestID: x.q.ID, Slot: o.Slot.ID, Table: o.Table.ID, Parties: []Party{
		{EntrantID: x.q.From, PersonIDs: []string{o.people[0]}}, {EntrantID: x.q.To, PersonIDs: []string{o.people[1]}}}}
	if err := d.placeMeeting(tx, by, x.r, m); err != nil {
		return nil, err
	}
	return m, d.tellMeeting(tx, x.r, m, tellBooked)
}

// vacancyFor finds where the two of an exchange can meet, at a slot or at the
// first that suits; nil if there is none. A slot that does not suit is a
// *SlotGone.
func (d *Desk) vacancyFor(tx *storage.Tx, by Actor, x *exchange, slot, except string) (*Vacancy, error) {
	from, to := x.sides()
	a, err := d.diaryOf(tx, x.r, from, except)
	if err != nil {
		return nil, err
	}
	b, err := d.diaryOf(tx, x.r, to, except)
	if err != nil {
		return nil, err
	}
	most := 1
	if slot != "" {
		most = 0
	}
	all, err := vacancies(tx, x.r, a, b, x.q.Session, most)
	if err != nil {
		return nil, err
	}
	if slot == "" {
		if len(all) == 0 {
			return nil, nil
		}
		return &all[0], nil
	}
	for i := range all {
		if all[i].Slot.ID == slot {
			return &all[i], nil
		}
	}
	return nil, d.gone(by, x.r, all)
}

// gone says that a time cannot be had, and which can.
func (d *Desk) gone(by Actor, r *Round, others []Vacancy) error {
	g := &SlotGone{Problem: Problem{Kind: Changed, Key: "request.gone"}}
	l, times := d.Texts.In(by.Lang), ""
	for i, o := range others[:min(len(others), nextTimes)] {
		if i > 0 {
			times += "; "
		}
		times += l.Range(o.Slot.Starts, o.Slot.Ends, r.Zone)
		g.Next = append(g.Next, o.Slot)
	}
	if g.Args = []any{"times", times}; times == "" {
		g.Key, g.Args = "request.gone_all", nil
	}
	return g
}
