package match

import (
	"fmt"
	"maps"
	"slices"
)

// Seating is what Seat has to observe.
type Seating struct {
	// Stands are tables that belong to participants, by their IDs: all their
	// meetings are there, and no others where there is another table. Where two
	// of a meeting have a stand, it is at that of the one named first.
	Stands map[string]int
	// Previous is a schedule that people know. A meeting that is in the same
	// slot as there keeps its table.
	Previous []Assignment
}

// Seat gives the meetings of a schedule of p their tables, with the fewest
// changes; slots stay, and tables are chosen anew.
//
// A change is this: a participant has two meetings after each other, with or
// without a gap, and the second is not at the table of the first, or others had
// that table in between. Each participant of a meeting counts for themselves.
//
// The number of changes is the least there is, unless there is a previous
// schedule, or so many meetings at once that some have to be at the stands of
// others. It fails where p has no such slot or meeting, or not enough tables.
func Seat(p *Problem, held []Assignment, with Seating) ([]Assignment, error) {
	h := &hall{problem: p, seated: slices.Clone(held), taken: make(map[place]int, len(held))}
	if err := h.enter(); err != nil {
		return nil, err
	}
	if err := h.divide(with.Stands); err != nil {
		return nil, err
	}
	h.keep(with.Previous)
	if err := h.overflow(); err != nil {
		return nil, err
	}
	if len(with.Previous) > 0 {
		h.seat(nobody(len(held)))
	} else {
		h.seat(h.chains())
	}
	return h.seated, nil
}

// A hall is the tables while meetings are put at them. Meetings are known by
// their index in seated; at table 0 they have none yet.
type hall struct {
	problem *Problem
	seated  []Assignment
	meeting []*Meeting
	atSlot  [][]int       // the meetings in each slot
	tables  []int         // those that are nobody's stand, as many as can be needed
	stands  []int         // those that are somebody's
	from    [][]link      // by meeting: where its participants come from
	to      [][]link      // and where they go to
	taken   map[place]int // which meeting is where
}

// A link is to a meeting that so many people come from, or go to.
type link struct{ meeting, people int }

// enter finds the meetings, and how people go from one to the next.
func (h *hall) enter() error {
	j := newJudge(h.problem)
	h.atSlot = make([][]int, h.problem.Slots+1)
	at := make([]place, len(h.problem.Meetings))
	index := make([]int, len(h.problem.Meetings))
	for i := range h.seated {
		a := &h.seated[i]
		k, known := j.meeting[a.Meeting]
		switch {
		case !known:
			return fmt.Errorf("there is no meeting %s", quote(a.Meeting))
		case a.Slot < 1 || a.Slot > h.problem.Slots:
			return fmt.Errorf("%s is in slot %d: they are 1 to %d", a.Meeting, a.Slot, h.problem.Slots)
		case at[k].slot != 0:
			return fmt.Errorf("%s is there twice", a.Meeting)
		}
		a.Table, at[k].slot, index[k] = 0, a.Slot, i
		h.meeting = append(h.meeting, &h.problem.Meetings[k])
		h.atSlot[a.Slot] = append(h.atSlot[a.Slot], i)
	}
	h.from, h.to = make([][]link, len(h.seated)), make([][]link, len(h.seated))
	for _, day := range j.dayOf(at) {
		for k := 1; k < len(day); k++ {
			earlier, later := index[day[k-1]], index[day[k]]
			h.from[later] = join(h.from[later], earlier)
			h.to[earlier] = join(h.to[earlier], later)
		}
	}
	return nil
}

// join notes one more who goes between a meeting and another.
func join(links []link, meeting int) []link {
	for k := range links {
		if links[k].meeting == meeting {
			links[k].people++
			return links
		}
	}
	return append(links, link{meeting, 1})
}

// divide tells stands from other tables, and puts the meetings of those who have
// a stand there.
func (h *hall) divide(stands map[string]int) error {
	owned := make(map[int]bool, len(stands))
	for _, id := range slices.Sorted(maps.Keys(stands)) {
		table := stands[id]
		if table < 1 || table > h.problem.Tables {
			return fmt.Errorf("the stand of %s is table %d: they are 1 to %d", id, table, h.problem.Tables)
		}
		owned[table] = true
	}
	h.stands = slices.Sorted(maps.Keys(owned))
	for table := 1; table <= h.problem.Tables && len(h.tables) < len(h.seated); table++ {
		if !owned[table] {
			h.tables = append(h.tables, table)
		}
	}
	for i, m := range h.meeting {
		k := slices.IndexFunc(m.Participants, func(id string) bool { return stands[id] != 0 })
		if k < 0 {
			continue
		}
		id := m.Participants[k]
		if other, taken := h.taken[place{h.seated[i].Slot, stands[id]}]; taken {
			return fmt.Errorf("%s and %s are both at the stand of %s in slot %d", h.meeting[other].ID, m.ID, id, h.seated[i].Slot)
		}
		h.put(i, stands[id])
	}
	return nil
}

func (h *hall) put(i, table int) {
	h.seated[i].Table = table
	h.taken[place{h.seated[i].Slot, table}] = i
}

func (h *hall) vacant(slot, table int) bool {
	_, taken := h.taken[place{slot, table}]
	return !taken
}

// keep gives meetings the tables that they had, where these are not stands.
func (h *hall) keep(previous []Assignment) {
	had := make(map[string]Assignment, len(previous))
	for _, a := range previous {
		had[a.Meeting] = a
	}
	for i, a := range h.seated {
		old := had[a.Meeting]
		_, stand := slices.BinarySearch(h.stands, old.Table)
		inHall := old.Table >= 1 && old.Table <= h.problem.Tables && !stand
		if a.Table == 0 && old.Slot == a.Slot && inHall && h.vacant(a.Slot, old.Table) {
			h.put(i, old.Table)
		}
	}
}

// overflow puts meetings at the stands of others where a slot has no tables left
// for them.
func (h *hall) overflow() error {
	for slot := 1; slot <= h.problem.Slots; slot++ {
		var without []int
		for _, i := range h.atSlot[slot] {
			if h.seated[i].Table == 0 {
				without = append(without, i)
			}
		}
		vacant := func(tables []int) (list []int) {
			for _, table := range tables {
				if h.vacant(slot, table) {
					list = append(list, table)
				}
			}
			return list
		}
		stands, tooMany := vacant(h.stands), len(without)-len(vacant(h.tables))
		if tooMany > len(stands) {
			return fmt.Errorf("slot %d has %d meetings and there are %s", slot, len(h.atSlot[slot]), counted(h.problem.Tables, "table"))
		}
		for k := range max(0, tooMany) {
			h.put(without[len(without)-1-k], stands[k])
		}
	}
	return nil
}

// seat puts the meetings that have no table yet at one. The meeting after[i] gets
// the table of the ith, and nobody has that in between.
func (h *hall) seat(after []int) {
	kept := make(map[int]int) // tables that are kept for meetings
	waits := make([]int, len(h.seated))
	for slot := 1; slot <= h.problem.Slots; slot++ {
		next := 0
		for _, i := range h.atSlot[slot] {
			if waits[i] != 0 {
				delete(kept, waits[i])
				h.put(i, waits[i])
			}
		}
		for _, i := range h.atSlot[slot] {
			open := func(table int) bool { return kept[table] == 0 && h.vacant(slot, table) }
			if h.seated[i].Table == 0 {
				h.put(i, h.choose(i, open, &next))
			}
			if j := after[i]; j >= 0 {
				kept[h.seated[i].Table] = 1
				waits[j] = h.seated[i].Table
			}
		}
	}
}

// choose gives the open table from which most of the people of a meeting come,
// or to which they go, otherwise the next of all tables.
func (h *hall) choose(i int, open func(int) bool, next *int) int {
	best, most := 0, 0
	for _, links := range [][]link{h.from[i], h.to[i]} {
		for _, l := range links {
			table := h.seated[l.meeting].Table
			if _, stand := slices.BinarySearch(h.stands, table); table == 0 || stand || !open(table) {
				continue
			}
			if people := h.people(i, table); people > most || people == most && table < best {
				best, most = table, people
			}
		}
	}
	for best == 0 {
		if table := h.tables[*next]; open(table) {
			best = table
		}
		*next++
	}
	return best
}

// people counts who comes to a meeting from a table, or goes to it.
func (h *hall) people(i, table int) (people int) {
	for _, links := range [][]link{h.from[i], h.to[i]} {
		for _, l := range links {
			if h.seated[l.meeting].Table == table {
				people += l.people
			}
		}
	}
	return people
}
