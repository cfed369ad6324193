package match

import "slices"

// out is the slot of a meeting that is not held, none the meeting of an empty
// slot.
const (
	out  = -1
	none = -1
)

// A schedule is an assignment that the search changes meeting by meeting. It
// never breaks a rule about one slot: who is there, tables, limits. The order
// of meetings and the fairness of gaps it counts, as it counts gaps.
type schedule struct {
	in      *instance
	crowd   []int32   // the participants of all meetings, one after the other
	crowdAt []int32   // where in crowd those of a meeting begin, and those of the last end
	ordered bool      // some meetings must be before others
	stride  int       // of grid
	grid    []int32   // the meeting by participant and slot, with an empty slot at both ends of the day
	slotOf  []int16   // by meeting
	busy    []slotSet // by participant
	held    []int16   // meetings by participant
	blocks  []int16   // stretches of meetings without a gap, by participant
	inSlot  [][]int32 // the meetings of a slot
	place   []int32   // where a meeting stands in inSlot or in waiting
	full    slotSet   // slots without a table left
	waiting []int32   // meetings that could be held and are not
	gappy   pool      // the participants with gaps
	byGaps  []int32   // how many participants have so many gaps
	most    int       // gaps of whom has most
	missing int       // required meetings that are not held
	broken  int       // pairs of meetings in the wrong order
	worth   worth
	trail   []change // what was done since the last mark
	noted   []uint32 // by meeting: the undoing that has put it back
	undone  uint32
}

// A change is a meeting and its slot before.
type change struct {
	meeting int32
	slot    int16
}

// newSchedule is the empty schedule of in.
func newSchedule(in *instance) *schedule {
	s := &schedule{
		in: in, stride: in.slots + 2,
		grid:   slices.Repeat([]int32{none}, len(in.people)*(in.slots+2)),
		slotOf: slices.Repeat([]int16{out}, len(in.meetings)),
		busy:   make([]slotSet, len(in.people)),
		held:   make([]int16, len(in.people)),
		blocks: make([]int16, len(in.people)),
		inSlot: make([][]int32, in.slots),
		place:  make([]int32, len(in.meetings)),
		gappy:  newPool(len(in.people)),
		byGaps: make([]int32, in.slots+1),
		noted:  make([]uint32, len(in.meetings)),
	}
	s.byGaps[0] = int32(len(in.people))
	if in.tables == 0 {
		s.full = firstSlots(in.slots)
	}
	for m := range in.meetings {
		s.add(int32(m))
	}
	s.crowdAt = append(s.crowdAt, int32(len(s.crowd)))
	return s
}

// add makes m wait.
func (s *schedule) add(m int32) {
	q := &s.in.meetings[m]
	s.crowdAt = append(s.crowdAt, int32(len(s.crowd)))
	for _, p := range q.people {
		s.crowd = append(s.crowd, int32(p))
	}
	s.ordered = s.ordered || len(q.after) > 0
	if q.required {
		s.missing++
	}
	if s.in.previous != nil && s.in.previous[m] != out {
		s.worth.moved++
	}
	if !s.in.holdable(int(m)) {
		return
	}
	s.place[m] = int32(len(s.waiting))
	s.waiting = append(s.waiting, m)
}

// holdable reports whether m can be held at all.
func (in *instance) holdable(m int) bool {
	q := &in.meetings[m]
	for _, p := range q.people {
		if in.people[p].limit == 0 {
			return false
		}
	}
	return !q.domain.empty()
}

// of is the participants of m.
func (s *schedule) of(m int32) []int32 { return s.crowd[s.crowdAt[m]:s.crowdAt[m+1]] }

// at is the meeting of p in slot t, or none.
func (s *schedule) at(p int32, t int) int32 { return s.grid[int(p)*s.stride+t+1] }

// put holds m, which waits, in slot t, where all of its participants are free
// and below their limits. Only tables may be too few for a moment.
func (s *schedule) put(m int32, t int) {
	s.trail = append(s.trail, change{m, out})
	s.leave(&s.waiting, m)
	s.slotOf[m] = int16(t)
	s.place[m] = int32(len(s.inSlot[t]))
	s.inSlot[t] = append(s.inSlot[t], m)
	if len(s.inSlot[t]) == s.in.tables {
		s.full.add(t)
	}
	for _, p := range s.of(m) {
		s.occupy(p, t, m)
	}
	s.count(m, t, 1)
}

// lift makes m, which is held, wait.
func (s *schedule) lift(m int32) {
	t := int(s.slotOf[m])
	s.trail = append(s.trail, change{m, int16(t)})
	s.count(m, t, -1)
	s.leave(&s.inSlot[t], m)
	if len(s.inSlot[t]) < s.in.tables {
		s.full.remove(t)
	}
	for _, p := range s.of(m) {
		s.occupy(p, t, none)
	}
	s.slotOf[m] = out
	s.place[m] = int32(len(s.waiting))
	s.waiting = append(s.waiting, m)
}

// mark makes what was done so far stay.
func (s *schedule) mark() { s.trail = s.trail[:0] }

// undo takes back what was done since the mark.
func (s *schedule) undo() {
	trail := s.trail
	for _, c := range trail {
		if s.slotOf[c.meeting] != out {
			s.lift(c.meeting)
		}
	}
	s.undone++
	for _, c := range trail {
		if s.noted[c.meeting] == s.undone {
			continue // it was somewhere else in between
		}
		s.noted[c.meeting] = s.undone
		if c.slot != out {
			s.put(c.meeting, int(c.slot))
		}
	}
	s.mark()
}

// leave takes m out of the list that it stands in.
func (s *schedule) leave(list *[]int32, m int32) {
	l := *list
	last := l[len(l)-1]
	l[s.place[m]] = last
	s.place[last] = s.place[m]
	*list = l[:len(l)-1]
}

// occupy gives p the meeting m in slot t, or none.
func (s *schedule) occupy(p int32, t int, m int32) {
	cell := s.grid[int(p)*s.stride+t : int(p)*s.stride+t+3]
	d := int16(1)
	if cell[0] != none {
		d--
	}
	if cell[2] != none {
		d--
	}
	cell[1] = m
	before := max(s.blocks[p]-1, 0)
	if m == none {
		s.busy[p].remove(t)
		s.held[p]--
		s.blocks[p] -= d
	} else {
		s.busy[p].add(t)
		s.held[p]++
		s.blocks[p] += d
	}
	if now := max(s.blocks[p]-1, 0); now != before {
		s.regap(p, before, now)
	}
}

// regap notes that p has so many gaps now.
func (s *schedule) regap(p int32, before, now int16) {
	s.worth.gaps += int(now - before)
	s.byGaps[before]--
	s.byGaps[now]++
	if before == 0 {
		s.gappy.add(p)
	} else if now == 0 {
		s.gappy.remove(p)
	}
	s.most = max(s.most, int(now))
	s.level()
}

// level brings the spread up to date.
func (s *schedule) level() {
	for s.most > 0 && s.byGaps[s.most] == 0 {
		s.most--
	}
	fewest := 0
	for fewest < s.most && s.byGaps[fewest] == 0 {
		fewest++
	}
	s.worth.spread = s.most - fewest
}

// count adds to the score, sign 1, that m is held in slot t, or takes it away.
func (s *schedule) count(m int32, t, sign int) {
	q := &s.in.meetings[m]
	s.worth.weight += sign * q.weight
	if q.required {
		s.missing -= sign
	}
	if s.in.previous != nil && int(s.in.previous[m]) == t {
		s.worth.moved -= sign
	}
	if s.ordered {
		s.broken += sign * s.disorder(q, t)
	}
}

// disorder is the number of meetings that are held in the wrong order with q,
// if q is in slot t.
func (s *schedule) disorder(q *meeting, t int) int {
	n := 0
	for _, a := range q.after {
		if u := int(s.slotOf[a]); u != out && u >= t {
			n++
		}
	}
	for _, b := range q.before {
		if u := int(s.slotOf[b]); u != out && u <= t {
			n++
		}
	}
	return n
}

// open is the set of slots in which m could be held as things stand.
func (s *schedule) open(m int32) slotSet {
	d := s.in.meetings[m].domain.without(s.full)
	for _, p := range s.of(m) {
		if int(s.held[p]) >= s.in.people[p].limit {
			return slotSet{}
		}
		d = d.without(s.busy[p])
	}
	return d
}

// valid reports whether no rule is broken.
func (s *schedule) valid() bool {
	return s.missing == 0 && s.broken == 0 && s.fair()
}

// fair reports whether the rule of fairness is kept.
func (s *schedule) fair() bool { return s.in.fairness < 0 || s.worth.spread <= s.in.fairness }

// set makes the assignment that of slots, leaving out what cannot be there.
func (s *schedule) set(slots []int16) {
	for m := range s.slotOf {
		if s.slotOf[m] != out {
			s.lift(int32(m))
		}
	}
	for m, t := range slots {
		if t == out || !s.in.holdable(m) {
			continue
		}
		if s.open(int32(m)).has(int(t)) {
			s.put(int32(m), int(t))
		}
	}
	s.mark()
}

// A pool is a set of small numbers, from which one can be drawn.
type pool struct {
	list []int32
	spot []int32 // where a number stands in list; -1: it does not
}

func newPool(n int) pool { return pool{spot: slices.Repeat([]int32{-1}, n)} }

func (p *pool) add(x int32) {
	p.spot[x] = int32(len(p.list))
	p.list = append(p.list, x)
}

func (p *pool) remove(x int32) {
	i, last := p.spot[x], p.list[len(p.list)-1]
	p.list[i], p.spot[last] = last, i
	p.list, p.spot[x] = p.list[:len(p.list)-1], -1
}
