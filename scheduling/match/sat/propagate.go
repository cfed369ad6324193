package sat

// assign makes l true at the present level.
func (s *Solver) assign(l lit, reason ref) {
	s.values[l] = 1
	s.values[l.not()] = -1
	s.places[l.variable()] = place{int32(len(s.levels)), reason}
	s.trail = append(s.trail, l)
}

// decide opens a new level with l.
func (s *Solver) decide(l lit) {
	s.levels = append(s.levels, len(s.trail))
	s.assign(l, noClause)
}

// backtrack takes back all that was assigned above a level.
func (s *Solver) backtrack(level int) {
	if len(s.levels) <= level {
		return
	}
	start := s.levels[level]
	for i := len(s.trail) - 1; i >= start; i-- {
		l := s.trail[i]
		v := l.variable()
		s.values[l], s.values[l.not()] = 0, 0
		s.phases.saved[v] = int8(l & 1)
		s.order.insert(v)
	}
	s.trail, s.levels, s.next = s.trail[:start], s.levels[:level], start
}

// propagate assigns what the clauses force, and returns one that is violated,
// or noClause.
func (s *Solver) propagate() ref {
	for s.next < len(s.trail) {
		p := s.trail[s.next]
		s.next++
		if r := s.visit(p); r != noClause {
			s.next = len(s.trail)
			return r
		}
	}
	return noClause
}

// visit looks at the clauses that watch the negation of p, which has become
// true: each finds another literal to watch, forces its last one, or is
// violated.
func (s *Solver) visit(p lit) ref {
	values, list, away := s.values, s.watches[p], p.not()
	work := int64(1 + len(list)/8)
	conflict := noClause
	kept := 0
	at := 0
	for at < len(list) {
		w := list[at]
		at++
		value := values[w.blocker]
		if value > 0 {
			list[kept] = w
			kept++
			continue
		}
		if w.clause&binaryFlag != 0 {
			list[kept] = w
			kept++
			if value < 0 {
				conflict = w.clause &^ binaryFlag
				break
			}
			s.assign(w.blocker, w.clause&^binaryFlag)
			continue
		}
		work++
		ls := s.lits(w.clause)
		other := ls[0] ^ ls[1] ^ away
		state := values[other]
		if state > 0 {
			list[kept] = watch{w.clause, other}
			kept++
			continue
		}
		if s.rewatch(w.clause, ls, other, away) {
			continue
		}
		list[kept] = watch{w.clause, other}
		kept++
		if state < 0 {
			conflict = w.clause
			break
		}
		s.assign(other, w.clause)
	}
	kept += copy(list[kept:], list[at:])
	s.watches[p] = list[:kept]
	s.work += work
	return conflict
}

// rewatch has a clause watch a literal that is not false in place of away.
func (s *Solver) rewatch(r ref, ls []lit, other, away lit) bool {
	for k := 2; k < len(ls); k++ {
		if q := ls[k]; s.values[q] >= 0 {
			ls[0], ls[1], ls[k] = other, q, away
			s.watches[q.not()] = append(s.watches[q.not()], watch{r, other})
			return true
		}
	}
	return false
}
