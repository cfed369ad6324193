package match

import (
	"fmt"
	"slices"
)

// An Insertion is how one more meeting goes into a schedule that people know.
type Insertion struct {
	Assignment []Assignment // the schedule with it; empty: none was found
	Moved      []string     // the meetings that are in other slots than before
	Fewest     bool         // proven: it takes so many moves at least, or, if none was found, more than were looked for
}

const (
	// insertMoves is how many meetings Insert moves at most where it tries all
	// ways.
	insertMoves = 6
	// insertTries is how many slots of meetings it tries, about a tenth of a
	// second.
	insertTries = 600_000
)

// Insert holds a meeting of p more than held does, which breaks no rule, and
// drops none: with as few meetings in other slots as can be, and of those ways
// one with few gaps. Who stays in their slot keeps their table. The error says
// why that could not even be looked for.
func Insert(p *Problem, held []Assignment, meeting string) (*Insertion, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	for _, v := range CheckSchedule(p, held) {
		if v.Rule != RuleRequired {
			return nil, fmt.Errorf("the schedule breaks a rule: %s", v)
		}
	}
	late := slices.IndexFunc(p.Meetings, func(m Meeting) bool { return m.ID == meeting })
	switch {
	case late < 0:
		return nil, fmt.Errorf("no meeting %q", meeting)
	case slices.ContainsFunc(held, func(a Assignment) bool { return a.Meeting == meeting }):
		return nil, fmt.Errorf("meeting %q is held already", meeting)
	}
	in := voluntary(p)
	in.previous = in.slotsOf(&Solution{Assignment: held})
	s := newSchedule(in)
	s.set(in.previous)
	d := newDisplacing(s)
	if !d.insert(int32(late), insertMoves, insertTries) {
		return &Insertion{Fewest: d.exhausted}, nil
	}
	return d.insertion(held)
}

// voluntary makes p ready without regard to what else is required: held is what
// counts.
func voluntary(p *Problem) *instance {
	free := *p
	free.Meetings = slices.Clone(p.Meetings)
	for i := range free.Meetings {
		free.Meetings[i].Required = false
	}
	return compile(&free)
}

// insertion is the schedule at hand, with its tables.
func (d *displacing) insertion(held []Assignment) (*Insertion, error) {
	s, p := d.s, d.s.in.problem
	r := &Insertion{Fewest: d.exhausted}
	var now []Assignment
	for m, t := range s.slotOf {
		if t == out {
			continue
		}
		now = append(now, Assignment{Meeting: p.Meetings[m].ID, Slot: int(t) + 1})
		if before := s.in.previous[m]; before != out && before != t {
			r.Moved = append(r.Moved, p.Meetings[m].ID)
		}
	}
	var err error
	r.Assignment, err = Seat(p, now, Seating{Previous: held})
	return r, err
}

// A displacing makes room for one more meeting in a schedule. It puts the
// meeting into each slot in turn; whom that displaces, into each other slot in
// turn; and so on, with one move more allowed each time. So the first way that
// is found has the fewest moves there can be.
type displacing struct {
	s         *schedule
	tries     int  // of slots, that are left
	exhausted bool // all ways with fewer moves were tried, and none was right but for fairness
	homeless  []int32
	settled   []bool  // by meeting: it has its new slot
	before    []int16 // by meeting, while it is homeless or settled: its slot before
	best      []int16 // the best way found; nil: none
	worth     worth
}

func newDisplacing(s *schedule) *displacing {
	return &displacing{s: s, settled: make([]bool, len(s.slotOf)), before: slices.Clone(s.slotOf)}
}

// insert holds m, moving so many others at most, and says whether it could with
// so many tries.
func (d *displacing) insert(m int32, moves, tries int) bool {
	d.exhausted, d.tries, d.best = true, tries, nil
	if !d.s.in.holdable(int(m)) || !d.s.below(m) {
		return false
	}
	for most := 0; most <= moves && d.best == nil && d.tries > 0; most++ {
		d.homeless = append(d.homeless[:0], m)
		d.next(most)
	}
	if d.best == nil {
		d.exhausted = d.exhausted && d.tries > 0
		return false
	}
	d.s.set(d.best)
	copy(d.before, d.s.slotOf)
	return true
}

// next gives the last of the homeless each slot in turn.
func (d *displacing) next(moves int) {
	s := d.s
	if len(d.homeless) == 0 {
		d.found()
		return
	}
	m := d.homeless[len(d.homeless)-1]
	d.homeless = d.homeless[:len(d.homeless)-1]
	d.settled[m] = true
	for t := range s.in.meetings[m].domain.all() {
		if int16(t) == d.before[m] {
			continue
		}
		if d.tries--; d.tries < 0 {
			break
		}
		if away, ok := d.inTheWay(m, t); ok && len(away) <= moves {
			d.put(m, t, away, moves-len(away))
		}
	}
	d.settled[m] = false
	d.homeless = append(d.homeless, m)
}

// inTheWay lists the meetings that cannot stay if m is in slot t; not ok: one
// of them is settled.
func (d *displacing) inTheWay(m int32, t int) (away []int32, ok bool) {
	s := d.s
	ok = true
	add := func(y int32) {
		ok = ok && !d.settled[y]
		if !slices.Contains(away, y) {
			away = append(away, y)
		}
	}
	for _, p := range s.of(m) {
		if y := s.at(p, t); y != none {
			add(y)
		}
	}
	for _, a := range s.in.meetings[m].after {
		if u := int(s.slotOf[a]); u != out && u >= t {
			add(int32(a))
		}
	}
	for _, b := range s.in.meetings[m].before {
		if u := int(s.slotOf[b]); u != out && u <= t {
			add(int32(b))
		}
	}
	return away, ok
}

// put puts m into slot t and goes on with those that are in the way. Where there
// is no table, each other meeting of the slot in turn is in the way too.
func (d *displacing) put(m int32, t int, away []int32, moves int) {
	s := d.s
	for _, y := range away {
		s.lift(y)
	}
	d.homeless = append(d.homeless, away...)
	if !s.full.has(t) {
		d.with(m, t, moves)
	} else if moves > 0 {
		for _, y := range slices.Clone(s.inSlot[t]) {
			if d.settled[y] {
				continue
			}
			s.lift(y)
			d.homeless = append(d.homeless, y)
			d.with(m, t, moves-1)
			d.homeless = d.homeless[:len(d.homeless)-1]
			s.put(y, int(d.before[y]))
		}
	}
	d.homeless = d.homeless[:len(d.homeless)-len(away)]
	for _, y := range away {
		s.put(y, int(d.before[y]))
	}
	s.mark()
}

// with goes on with m in slot t.
func (d *displacing) with(m int32, t, moves int) {
	d.s.put(m, t)
	d.next(moves)
	d.s.lift(m)
}

// found notes the schedule at hand, if it is the best so far.
func (d *displacing) found() {
	s := d.s
	if !s.fair() {
		d.exhausted = false
		return
	}
	if d.best == nil || s.worth.betterThan(d.worth) {
		d.best, d.worth = append(d.best[:0], s.slotOf...), s.worth
	}
}

const (
	// repairMoves is how many meetings make room for one that waits, and
	// repairTries how many slots are tried for it, before the search begins.
	repairMoves = 4
	repairTries = 50_000
)

// repair fills up a schedule that people know: each meeting that waits is held
// where it moves few others. It tries so many slots at most in all.
func (s *schedule) repair(tries int) {
	list := make([]int, len(s.waiting))
	for i, m := range s.waiting {
		list[i] = int(m)
	}
	s.order(list)
	d := newDisplacing(s)
	for _, m := range list {
		if tries <= 0 {
			break
		}
		most := min(tries, repairTries)
		d.insert(int32(m), repairMoves, most)
		tries -= most - max(d.tries, 0)
	}
	s.mark()
}
