package match

// nobody is the chains of so many meetings where none keeps its table for
// another.
func nobody(meetings int) []int {
	after := make([]int, meetings)
	for i := range after {
		after[i] = -1
	}
	return after
}

// chains gives for each meeting the one that has its table next because people
// stay there, or -1, with the most people staying.
//
// It is a flow of cheapest cost. As many units as there are tables set out from
// the pool of tables before the first slot and end in the pool behind the last
// one. Each meeting takes one unit in and gives one out: in from the pool before
// its slot or straight from a meeting of which people come, out into the pool
// behind its slot or straight on. So a table that is kept over a gap is in no
// pool meanwhile, and a slot never needs more tables than there are.
func (h *hall) chains() []int {
	const source, sink = 0, 1
	f := newFlow(h.problem.Slots+3+2*len(h.seated), source, sink)
	pool := func(slot int) int { return 2 + slot } // behind the slot
	out := func(i int) int { return 3 + h.problem.Slots + 2*i }
	in := func(i int) int { return out(i) + 1 }

	tables := len(h.tables)
	f.add(source, pool(0), tables, 0)
	for slot := 1; slot <= h.problem.Slots; slot++ {
		f.add(pool(slot-1), pool(slot), tables, 0)
	}
	f.add(pool(h.problem.Slots), sink, tables, 0)
	most := h.mostStaying()
	for i, a := range h.seated {
		if a.Table != 0 {
			continue
		}
		f.add(source, out(i), 1, 0)
		f.add(in(i), sink, 1, 0)
		f.add(pool(a.Slot-1), in(i), 1, 0)
		f.add(out(i), pool(a.Slot), 1, most) // so much dearer than straight on that nothing costs less than nothing
		for _, l := range h.to[i] {
			if h.seated[l.meeting].Table == 0 {
				f.add(out(i), in(l.meeting), 1, most-l.people)
			}
		}
	}
	f.run()
	after := nobody(len(h.seated))
	for i := range h.seated {
		for _, a := range f.leaving(int32(out(i))) {
			if k := (int(a.to) - in(0)) / 2; int(a.to) >= in(0) && a.room == 0 && f.arcs[a.back].room == 1 {
				after[i] = k
			}
		}
	}
	return after
}

// mostStaying is how many people go from one meeting to another, at the most.
func (h *hall) mostStaying() int {
	most := 1
	for _, links := range h.to {
		for _, l := range links {
			most = max(most, l.people)
		}
	}
	return most
}
