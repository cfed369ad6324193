package sat

// Solve decides the formula with the literals assumed.
func (s *Solver) Solve(assume ...Lit) Result { return s.SolveWithin(0, assume...) }

// SolveWithin is Solve with a budget of conflicts; 0: there is none.
func (s *Solver) SolveWithin(conflicts int64, assume ...Lit) Result {
	s.core = s.core[:0]
	if s.broken {
		return Unsatisfiable
	}
	s.assumed = s.assumed[:0]
	for _, l := range assume {
		s.assumed = append(s.assumed, inside(l))
	}
	for len(s.stamps) <= len(s.places)+len(assume) { // there is a level an assumption, even of a known literal
		s.stamps = append(s.stamps, 0)
	}
	s.backtrack(0)
	s.phases.forget()
	limit := int64(1 << 62)
	if conflicts > 0 {
		limit = s.conflicts + conflicts
	}
	result := s.search(limit)
	s.backtrack(0)
	return result
}

// search runs until an answer, or until the budget is spent.
func (s *Solver) search(limit int64) Result {
	for {
		if conflict := s.propagate(); conflict != noClause {
			s.conflicts++
			if len(s.levels) == 0 {
				s.breakDown()
				return Unsatisfiable
			}
			s.learn(conflict)
			continue
		}
		if s.conflicts >= limit || s.work >= s.pauseAt && !s.rest() {
			return Unknown
		}
		if s.steer() {
			continue
		}
		l, failed := s.choose()
		if failed {
			s.explain(l)
			return Unsatisfiable
		}
		if l == noLit {
			s.model = append(s.model[:0], s.values...)
			return Satisfiable
		}
		s.decide(l)
	}
}

// rest calls the pause, and says whether to go on.
func (s *Solver) rest() bool {
	s.pauseAt = s.work + s.pauseStep
	return s.pause()
}

// learn adds what a conflict teaches, and goes back to where that forces
// something.
func (s *Solver) learn(conflict ref) {
	if s.pace.stable {
		s.phases.aim(s.trail[:s.levels[len(s.levels)-1]])
	}
	back, distance := s.analyze(conflict)
	s.pace.learn(distance, s.conflicts)
	s.proof.lemma(s.learnt)
	s.backtrack(back)
	if len(s.learnt) == 1 {
		s.assign(s.learnt[0], noClause)
	} else {
		s.assign(s.learnt[0], s.store(s.learnt, true, distance))
	}
	s.order.fade()
}

// steer restarts, changes mode, chooses phases and forgets clauses when it is
// time to. It says whether the clauses have to be propagated anew.
func (s *Solver) steer() bool {
	if s.pace.restart(s.conflicts) {
		s.phases.targetLen = 0
		s.backtrack(len(s.assumed))
	}
	if s.pace.turn(s.conflicts) {
		s.order.decay = focusedDecay
		if s.pace.stable {
			s.order.decay = stableDecay
			s.phases.targetLen, s.phases.bestLen = 0, 0
		}
		s.backtrack(len(s.assumed))
	}
	if s.pace.rephase(s.conflicts) {
		s.backtrack(len(s.assumed))
		s.phases.choose(s.pace.rephases)
	}
	if s.pace.reduce(s.conflicts) {
		s.reduce()
		return true
	}
	return false
}

// choose is the next literal to decide: an assumption, or the most active
// variable; noLit if all are assigned. failed: it is an assumption that is false
// already.
func (s *Solver) choose() (l lit, failed bool) {
	for len(s.levels) < len(s.assumed) {
		p := s.assumed[len(s.levels)]
		switch {
		case s.values[p] == 0:
			return p, false
		case s.values[p] < 0:
			return p, true
		}
		s.levels = append(s.levels, len(s.trail)) // true already: a level without a decision
	}
	for len(s.order.heap) > 0 {
		v := s.order.pop()
		if s.values[2*v] == 0 {
			return lit(2*v) | s.phases.of(v, s.pace.stable), false
		}
	}
	return noLit, false
}
