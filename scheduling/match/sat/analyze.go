package sat

// analyze learns from a violated clause: s.learnt becomes the clause of the
// first unique implication point, its first literal the one to assert, its
// second one of the level to go back to. distance is the number of levels in it
// (Audemard and Simon, "Predicting learnt clauses quality in modern SAT
// solvers", 2009).
func (s *Solver) analyze(conflict ref) (back int, distance uint32) {
	s.resolve(conflict)
	s.minimise()
	for _, v := range s.marked {
		s.marks[v] = false
	}
	if len(s.learnt) > 1 {
		back = s.secondHighest()
	}
	return back, s.distance(s.learnt)
}

// resolve resolves the conflict with the reasons of the present level until one
// literal of that level is left.
func (s *Solver) resolve(conflict ref) {
	s.learnt = append(s.learnt[:0], noLit)
	s.marked = s.marked[:0]
	open, at, p := 0, len(s.trail), noLit
	for r := conflict; ; r = s.places[p.variable()].reason {
		s.touch(r)
		for _, q := range s.lits(r) {
			if q != p && s.mark(q) {
				open++
			}
		}
		for at--; !s.marks[s.trail[at].variable()]; at-- {
		}
		p = s.trail[at]
		if open--; open == 0 {
			s.learnt[0] = p.not()
			return
		}
	}
}

// mark notes a literal of a resolved clause; it says whether that is one of the
// present level.
func (s *Solver) mark(q lit) bool {
	v := q.variable()
	level := s.places[v].level
	if s.marks[v] || level == 0 {
		return false
	}
	s.marks[v] = true
	s.marked = append(s.marked, v)
	s.order.bump(v)
	if int(level) == len(s.levels) {
		return true
	}
	s.learnt = append(s.learnt, q)
	return false
}

// touch notes that a learnt clause was of use, and whether its levels are less
// spread than they were.
func (s *Solver) touch(r ref) {
	if !s.isLearnt(r) {
		return
	}
	distance, _ := s.standing(r)
	if distance > coreDistance {
		distance = min(distance, s.distance(s.lits(r)))
	}
	s.setStanding(r, distance, justUsed)
}

// minimise drops the literals that the others imply.
func (s *Solver) minimise() {
	var levels uint32
	for _, q := range s.learnt[1:] {
		levels |= s.levelBit(q)
	}
	kept := s.learnt[:1]
	for _, q := range s.learnt[1:] {
		if s.places[q.variable()].reason == noClause || !s.implied(q, levels) {
			kept = append(kept, q)
		}
	}
	s.learnt = kept
}

// levelBit is a small fingerprint of the level of q.
func (s *Solver) levelBit(q lit) uint32 { return 1 << (uint32(s.places[q.variable()].level) & 31) }

// implied reports whether q follows from marked literals through reasons
// (Sörensson and Biere, "Minimizing learned clauses", 2009).
func (s *Solver) implied(q lit, levels uint32) bool {
	s.stack = append(s.stack[:0], q)
	before := len(s.marked)
	for len(s.stack) > 0 {
		top := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		for _, x := range s.lits(s.places[top.variable()].reason) {
			v := x.variable()
			if s.marks[v] || s.places[v].level == 0 {
				continue
			}
			if s.places[v].reason == noClause || s.levelBit(x)&levels == 0 {
				for _, u := range s.marked[before:] {
					s.marks[u] = false
				}
				s.marked = s.marked[:before]
				return false
			}
			s.marks[v] = true
			s.marked = append(s.marked, v)
			s.stack = append(s.stack, x)
		}
	}
	return true
}

// secondHighest brings a literal of the highest level but the first to the
// second place of s.learnt, and returns its level.
func (s *Solver) secondHighest() int {
	ls, best := s.learnt, 1
	for i := 2; i < len(ls); i++ {
		if s.places[ls[i].variable()].level > s.places[ls[best].variable()].level {
			best = i
		}
	}
	ls[1], ls[best] = ls[best], ls[1]
	return int(s.places[ls[1].variable()].level)
}

// distance counts the decision levels in ls.
func (s *Solver) distance(ls []lit) uint32 {
	s.stamp++
	n := uint32(0)
	for _, l := range ls {
		if level := s.places[l.variable()].level; level > 0 && s.stamps[level] != s.stamp {
			s.stamps[level] = s.stamp
			n++
		}
	}
	return n
}

// explain sets the core: p, an assumption that is false, and the assumptions
// that made it so.
func (s *Solver) explain(p lit) {
	s.core = append(s.core[:0], p.outside())
	if s.places[p.variable()].level > 0 {
		s.marks[p.variable()] = true
		for i := len(s.trail) - 1; i >= s.levels[0]; i-- {
			s.explainOne(s.trail[i])
		}
	}
	s.proof.refute(s.core)
}

func (s *Solver) explainOne(l lit) {
	v := l.variable()
	if !s.marks[v] {
		return
	}
	s.marks[v] = false
	reason := s.places[v].reason
	if reason == noClause {
		s.core = append(s.core, l.outside())
		return
	}
	for _, q := range s.lits(reason) {
		if q != l && s.places[q.variable()].level > 0 {
			s.marks[q.variable()] = true
		}
	}
}
