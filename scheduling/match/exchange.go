package match

// An exchange is a chain of meetings of two slots that change places: one
// meeting, those of its participants in the other slot, theirs in the first,
// and so on until everybody is free where they are to go (Kempe). So nobody
// ever has two meetings at once.
type exchange struct {
	s     *schedule
	a, b  int     // the slots
	links []int32 // the meetings
	round uint32
	seen  []uint32 // by meeting: the round in which it was a link
	ends  []end
	shift int // by how much slot b has more meetings afterwards
	work  int // links visited, ever
}

// An end is a participant of an exchange who has a meeting in one of the slots
// only, and so gets another day.
type end struct {
	person   int32
	from, to int
}

func newExchange(s *schedule) *exchange {
	return &exchange{s: s, seen: make([]uint32, len(s.slotOf))}
}

// find finds the chain that moves m, which is held, to slot to. It reports
// whether all the meetings in it can be where they would go.
func (x *exchange) find(m int32, to int) bool {
	s := x.s
	x.a, x.b = int(s.slotOf[m]), to
	x.links, x.ends, x.shift = append(x.links[:0], m), x.ends[:0], 0
	x.round++
	x.seen[m] = x.round
	for i := 0; i < len(x.links); i++ {
		m := x.links[i]
		from, to, d := x.a, x.b, 1
		if int(s.slotOf[m]) != from {
			from, to, d = to, from, -1
		}
		if !s.in.meetings[m].domain.has(to) {
			x.work += i + 1
			return false
		}
		x.shift += d
		for _, p := range s.of(m) {
			y := s.at(p, to)
			if y == none {
				x.ends = append(x.ends, end{p, from, to})
			} else if x.seen[y] != x.round {
				x.seen[y] = x.round
				x.links = append(x.links, y)
			}
		}
	}
	x.work += len(x.links)
	return true
}

// fits reports whether there are tables enough for it.
func (x *exchange) fits() bool {
	s := x.s
	return len(s.inSlot[x.b])+x.shift <= s.in.tables && len(s.inSlot[x.a])-x.shift <= s.in.tables
}

// gaps is how many gaps more there would be.
func (x *exchange) gaps() int {
	n := 0
	for _, e := range x.ends {
		n += x.s.shifted(e)
	}
	return n
}

// shifted is how many gaps more a participant has whose meeting in slot e.from
// is in the empty slot e.to instead.
func (s *schedule) shifted(e end) int {
	row := s.grid[int(e.person)*s.stride : int(e.person+1)*s.stride]
	n := 0
	if row[e.from] != none {
		n++
	}
	if row[e.from+2] != none {
		n++
	}
	if row[e.to] != none {
		n--
	}
	if row[e.to+2] != none {
		n--
	}
	if e.from-e.to == 1 || e.to-e.from == 1 {
		n++ // the neighbour that it leaves was itself
	}
	return n
}

// spread is the difference between the most and the fewest gaps there would be.
func (x *exchange) spread() int {
	s := x.s
	for _, e := range x.ends {
		s.tally(e, 1)
	}
	s.level()
	n := s.worth.spread
	for _, e := range x.ends {
		s.tally(e, -1)
	}
	s.level()
	return n
}

// tally counts e in byGaps, sign 1, or takes it back.
func (s *schedule) tally(e end, sign int32) {
	d := s.shifted(e)
	if d == 0 {
		return
	}
	g := int(s.blocks[e.person]) - 1
	s.byGaps[g] -= sign
	s.byGaps[g+d] += sign
	s.most = max(s.most, g, g+d)
}

// moved is how many meetings more would be away from their previous slots.
func (x *exchange) moved() int {
	s, n := x.s, 0
	for _, m := range x.links {
		switch int(s.in.previous[m]) {
		case int(s.slotOf[m]):
			n++
		case x.a + x.b - int(s.slotOf[m]):
			n--
		}
	}
	return n
}

// broken is how many pairs more would be in the wrong order.
func (x *exchange) broken() int {
	n := -x.pairs()
	x.flip()
	n += x.pairs()
	x.flip()
	return n
}

// pairs is the number of pairs in the wrong order of which one is a link.
func (x *exchange) pairs() int {
	s, n := x.s, 0
	for _, m := range x.links {
		q := &s.in.meetings[m]
		if len(q.after)+len(q.before) == 0 {
			continue
		}
		t := s.slotOf[m]
		for _, a := range q.after {
			if u := s.slotOf[a]; u != out && u >= t {
				n++
			}
		}
		for _, b := range q.before {
			if u := s.slotOf[b]; u != out && u <= t && x.seen[b] != x.round {
				n++
			}
		}
	}
	return n
}

// flip writes down the new slots of the links, and only that.
func (x *exchange) flip() {
	for _, m := range x.links {
		x.s.slotOf[m] = int16(x.a + x.b - int(x.s.slotOf[m]))
	}
}

// do makes the exchange.
func (x *exchange) do() {
	s := x.s
	n := len(s.trail)
	for _, m := range x.links {
		s.lift(m)
	}
	for _, c := range s.trail[n:] {
		s.put(c.meeting, x.a+x.b-int(c.slot))
	}
}

// gives reports whether p gets a meeting in slot t by it.
func (x *exchange) gives(p int32, t int) bool {
	for _, e := range x.ends {
		if e.person == p && e.to == t {
			return true
		}
	}
	return false
}
