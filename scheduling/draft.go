package scheduling

import (
	"cmp"
	"slices"
)

// A draft is a schedule in the making: what is where, and who is busy when.
type draft struct {
	plan  *plan
	at    map[string]Placed            // by key
	table map[spot]string              // key that has it
	busy  map[string]map[string]string // by participant and slot: key
}

// A spot is a table at a time.
type spot struct{ slot, table string }

func (p *plan) draftOf(placed []Placed) *draft {
	d := &draft{plan: p, at: map[string]Placed{}, table: map[spot]string{}, busy: map[string]map[string]string{}}
	for _, x := range placed {
		if p.byKey[x.Key()] != nil {
			d.put(x)
		}
	}
	return d
}

// placed is x at a place.
func (x *planned) placed(slot, table string) Placed {
	out := Placed{Slot: slot, Table: table}
	if x.request != nil {
		out.RequestID = x.request.ID
	}
	if x.meeting != nil {
		out.MeetingID, out.Pinned = x.meeting.ID, x.meeting.Pinned
	}
	return out
}

// put places a meeting, wherever it was before.
func (d *draft) put(x Placed) {
	key := x.Key()
	d.take(key)
	d.at[key] = x
	d.table[spot{x.Slot, x.Table}] = key
	for _, id := range d.plan.byKey[key].participants {
		if d.busy[id] == nil {
			d.busy[id] = map[string]string{}
		}
		d.busy[id][x.Slot] = key
	}
}

// take takes a meeting out.
func (d *draft) take(key string) {
	x, ok := d.at[key]
	if !ok {
		return
	}
	delete(d.at, key)
	if d.table[spot{x.Slot, x.Table}] == key {
		delete(d.table, spot{x.Slot, x.Table})
	}
	for _, id := range d.plan.byKey[key].participants {
		if d.busy[id][x.Slot] == key {
			delete(d.busy[id], x.Slot)
		}
	}
}

// placed are all meetings of the draft, first to last.
func (d *draft) placed() []Placed {
	out := make([]Placed, 0, len(d.at))
	for _, x := range d.at {
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b Placed) int {
		return cmp.Or(cmp.Compare(d.plan.slotNo[a.Slot], d.plan.slotNo[b.Slot]),
			cmp.Compare(d.plan.hall.number(a.Table), d.plan.hall.number(b.Table)), cmp.Compare(a.Key(), b.Key()))
	})
	return out
}

// canMeet reports whether everybody of x can be in a slot, and is in no other
// meeting there.
func (d *draft) canMeet(x *planned, slot string) bool {
	n := d.plan.slotNo[slot]
	if n == 0 || !x.slots[n] {
		return false
	}
	for _, id := range x.participants {
		if key := d.busy[id][slot]; d.plan.closed[id][n] || key != "" && key != x.key {
			return false
		}
		if most := d.plan.limit[id]; most > 0 && d.count(id, x.key) >= most {
			return false
		}
	}
	return true
}

// count is how many meetings somebody has beside one.
func (d *draft) count(id, besides string) int {
	n := len(d.busy[id])
	for _, key := range d.busy[id] {
		if key == besides {
			n--
		}
	}
	return n
}

// inTime reports whether everybody of x can come to a table in time, and from
// there to where they are next.
func (d *draft) inTime(x *planned, slot Slot, table string) bool {
	h := d.plan.hall
	if len(h.ways) == 0 {
		return true
	}
	for _, id := range x.participants {
		before, after := d.neighbours(id, slot, x.key)
		if before != nil && h.way(before.Table, table) > slot.Starts.Sub(d.plan.slot(before.Slot).Ends) ||
			after != nil && h.way(table, after.Table) > d.plan.slot(after.Slot).Starts.Sub(slot.Ends) {
			return false
		}
	}
	return true
}

// neighbours are the meetings of somebody before and after a slot, besides one.
func (d *draft) neighbours(id string, slot Slot, besides string) (before, after *Placed) {
	at := d.plan.slotNo[slot.ID]
	for other, key := range d.busy[id] {
		x, n := d.at[key], d.plan.slotNo[other]
		switch {
		case key == besides || n == at:
		case n < at && (before == nil || n > d.plan.slotNo[before.Slot]):
			before = &x
		case n > at && (after == nil || n < d.plan.slotNo[after.Slot]):
			after = &x
		}
	}
	return before, after
}

// fits reports whether x can be at a place: it breaks no rule there.
func (d *draft) fits(x *planned, slot Slot, table string) bool {
	i, ok := d.plan.hall.index[table]
	if key := d.table[spot{slot.ID, table}]; !ok || key != "" && key != x.key {
		return false
	}
	return d.plan.hall.allowed(x.parties, i) && d.canMeet(x, slot.ID) && d.inTime(x, slot, table)
}

// A Spot is a place that a meeting can have, and how many gaps it makes in its
// parties' days; fewer than none where it fills one.
type Spot struct {
	Slot  Slot
	Table Table
	Gaps  int
}

// spots are the places that x can have, the best first: few gaps, then early.
// Of each slot it is the first table that will do, its own before others.
func (d *draft) spots(x *planned) (out []Spot) {
	was, there := d.at[x.key]
	base := d.gapsOf(x.participants)
	for _, slot := range d.plan.round.Slots {
		if !d.canMeet(x, slot.ID) {
			continue
		}
		table, ok := d.tableFor(x, slot)
		if !ok || there && was.Slot == slot.ID {
			continue
		}
		d.put(x.placed(slot.ID, table.ID))
		out = append(out, Spot{slot, table, d.gapsOf(x.participants) - base})
		d.take(x.key)
		if there {
			d.put(was)
		}
	}
	slices.SortStableFunc(out, func(a, b Spot) int { return cmp.Compare(a.Gaps, b.Gaps) })
	return out
}

// tableFor is a table that x can have in a slot.
func (d *draft) tableFor(x *planned, slot Slot) (Table, bool) {
	if was, ok := d.at[x.key]; ok && d.fits(x, slot, was.Table) {
		return d.plan.hall.tables[d.plan.hall.index[was.Table]], true
	}
	for _, t := range d.plan.hall.tables {
		if d.fits(x, slot, t.ID) {
			return t, true
		}
	}
	return Table{}, false
}

// gapsOf counts the gaps in some participants' days.
func (d *draft) gapsOf(ids []string) (n int) {
	for _, id := range ids {
		n += d.gaps(id)
	}
	return n
}

// gaps are the stretches of empty slots between two meetings of somebody.
func (d *draft) gaps(id string) (n int) {
	last := 0
	for i, s := range d.plan.round.Slots {
		if d.busy[id][s.ID] == "" {
			continue
		}
		if last > 0 && i+1 > last+1 {
			n++
		}
		last = i + 1
	}
	return n
}

// score is what the draft is worth, and how many gaps it has.
func (d *draft) score() (weight, gaps int) {
	for key := range d.at {
		weight += d.plan.byKey[key].weight
	}
	for id := range d.busy {
		gaps += d.gaps(id)
	}
	return weight, gaps
}

// left are the requests without a meeting, the most important first.
func (d *draft) left() (out []*planned) {
	for _, x := range d.plan.items {
		if _, ok := d.at[x.key]; !ok {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, byImportance)
	return out
}

// fill places whatever was left out and still has a place, the most important
// first.
func (d *draft) fill(list []*planned) {
	for _, x := range list {
		if best := d.spots(x); len(best) > 0 {
			d.put(x.placed(best[0].Slot.ID, best[0].Table.ID))
		}
	}
}

// slot gives one of the round's slots; the zero one if there is none.
func (p *plan) slot(id string) Slot {
	if n := p.slotNo[id]; n > 0 {
		return p.round.Slots[n-1]
	}
	return Slot{}
}

// over reports whether a slot has begun.
func (p *plan) over(s Slot) bool { return !s.Starts.After(p.now) }
