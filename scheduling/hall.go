package scheduling

import (
	"cmp"
	"slices"
	"time"
)

// A hall knows the tables of a round: who may sit at which, and how long the
// way between them is. The problem of the solver knows their number only; what
// it says of tables is kept where all are alike, and is done here otherwise
// (see seating).
type hall struct {
	tables []Table
	index  map[string]int              // table id → its place in tables
	booths map[string][]int            // entrant → its booths
	ways   map[[2]string]time.Duration // venue, venue
	room   int                         // how many meetings there can be at once
	alike  bool                        // every meeting can be at every table, and no way takes time
}

func newHall(r *Round) *hall {
	h := &hall{tables: r.Tables, index: map[string]int{}, booths: map[string][]int{}, ways: map[[2]string]time.Duration{}, room: len(r.Tables)}
	for i, t := range r.Tables {
		h.index[t.ID] = i
		if t.Kind == AtBooth && t.EntrantID != "" {
			h.booths[t.EntrantID] = append(h.booths[t.EntrantID], i)
		}
	}
	for _, leg := range r.Travel {
		way := time.Duration(leg.Minutes) * time.Minute
		h.ways[[2]string{leg.A, leg.B}], h.ways[[2]string{leg.B, leg.A}] = way, way
	}
	h.alike = len(h.booths) == 0 && (len(h.ways) == 0 || h.oneVenue())
	return h
}

// oneVenue reports whether all tables stand in one place.
func (h *hall) oneVenue() bool {
	return !slices.ContainsFunc(h.tables, func(t Table) bool { return t.VenueID != h.tables[0].VenueID })
}

// number is what the solver calls a table; 0 if the round has it no more.
func (h *hall) number(id string) int {
	if i, ok := h.index[id]; ok {
		return i + 1
	}
	return 0
}

// allowed reports whether entrants can meet at a table: whoever has a booth is
// met there, and nobody else is.
func (h *hall) allowed(parties []string, table int) bool {
	owner := ""
	if t := h.tables[table]; t.Kind == AtBooth {
		owner = t.EntrantID
	}
	if owner != "" {
		return slices.Contains(parties, owner)
	}
	return !slices.ContainsFunc(parties, func(id string) bool { return len(h.booths[id]) > 0 })
}

// way is how long it takes from one table to another. Video links are
// everywhere.
func (h *hall) way(a, b string) time.Duration {
	i, ok := h.index[a]
	j, also := h.index[b]
	if !ok || !also {
		return 0
	}
	return h.ways[[2]string{h.tables[i].VenueID, h.tables[j].VenueID}]
}

// A seating gives tables to meetings whose slots are known, slot by slot: the
// most important first, each at its own booth, or at the table where one of its
// parties sat last, or in the same venue. Nobody is given a table that they
// cannot be at in time.
type seating struct {
	*draft
	wish map[string]string // key → the table it has, or had
	held map[int]string    // table → key, in the slot at hand
}

// seat places the meetings of slotOf (key → slot id), fixed ones first. Those
// for which there is no table in their slot stay out.
func (p *plan) seat(slotOf, wish map[string]string) *draft {
	s := &seating{draft: p.draftOf(nil), wish: wish}
	bySlot := map[string][]*planned{}
	for key, slot := range slotOf {
		x := p.byKey[key]
		if x.fixed == slot && x.table != "" {
			s.put(x.placed(slot, x.table))
			continue
		}
		bySlot[slot] = append(bySlot[slot], x)
	}
	for _, slot := range p.round.Slots {
		s.seatSlot(slot, bySlot[slot.ID])
	}
	return s.draft
}

func (s *seating) seatSlot(slot Slot, list []*planned) {
	slices.SortFunc(list, byImportance)
	s.held = map[int]string{}
	list = slices.DeleteFunc(list, func(x *planned) bool { return s.stays(x, slot) })
	for _, x := range list {
		if !s.findFree(x, slot) {
			s.find(x, slot, map[int]bool{})
		}
	}
	for table, key := range s.held {
		s.put(s.plan.byKey[key].placed(slot.ID, s.plan.hall.tables[table].ID))
	}
}

// byImportance puts what must be held first, then what weighs more.
func byImportance(a, b *planned) int {
	switch {
	case a.required != b.required && a.required:
		return -1
	case a.required != b.required:
		return 1
	}
	return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.key, b.key))
}

// stays puts x at the table it had, where it still can be there.
func (s *seating) stays(x *planned, slot Slot) bool {
	table, ok := s.wish[x.key]
	if !ok {
		return false
	}
	for _, t := range s.candidates(x, slot) {
		if s.plan.hall.tables[t].ID == table && s.held[t] == "" {
			s.held[t] = x.key
			return true
		}
	}
	return false
}

// findFree finds the best table for x that nobody in the slot has.
func (s *seating) findFree(x *planned, slot Slot) bool {
	for _, t := range s.candidates(x, slot) {
		if s.held[t] == "" {
			s.held[t] = x.key
			return true
		}
	}
	return false
}

// find finds a table for x; others in the slot may have to change theirs, but
// none loses it (augmenting paths).
func (s *seating) find(x *planned, slot Slot, seen map[int]bool) bool {
	for _, table := range s.candidates(x, slot) {
		if seen[table] {
			continue
		}
		seen[table] = true
		if key, taken := s.held[table]; !taken || s.find(s.plan.byKey[key], slot, seen) {
			s.held[table] = x.key
			return true
		}
	}
	return false
}

// candidates are the tables that x can have in a slot, best first.
func (s *seating) candidates(x *planned, slot Slot) (out []int) {
	h := s.plan.hall
	rank := make([]int, len(h.tables))
	last := s.lastTables(x, slot)
	for i, t := range h.tables {
		if s.table[spot{slot.ID, t.ID}] != "" || !h.allowed(x.parties, i) || !s.inTime(x, slot, t.ID) {
			continue
		}
		switch {
		case t.ID == s.wish[x.key]:
			rank[i] = 0
		case slices.Contains(last, t.ID):
			rank[i] = 1
		case slices.ContainsFunc(last, func(id string) bool { return h.tables[h.index[id]].VenueID == t.VenueID }):
			rank[i] = 2
		default:
			rank[i] = 3
		}
		out = append(out, i)
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(rank[a], rank[b]) })
	return out
}

// lastTables are where the parties of x sat last before a slot.
func (s *seating) lastTables(x *planned, slot Slot) (out []string) {
	for _, id := range x.parties {
		if before, _ := s.neighbours(id, slot, x.key); before != nil {
			out = append(out, before.Table)
		}
	}
	return out
}
