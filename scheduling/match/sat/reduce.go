package sat

import (
	"cmp"
	"slices"
)

// Learnt clauses whose levels are little spread are kept: for good, or while
// they are used (Audemard and Simon 2009; Oh, "Between SAT and UNSAT", 2015).
const (
	coreDistance = 2
	goodDistance = 6
)

// reduce forgets three quarters of the learnt clauses that are of little use.
func (s *Solver) reduce() {
	s.dropSatisfied()
	var poor []ref
	for _, r := range s.derived {
		if !s.isDead(r) && s.isPoor(r) {
			poor = append(poor, r)
		}
	}
	slices.SortStableFunc(poor, func(a, b ref) int {
		da, _ := s.standing(a)
		db, _ := s.standing(b)
		return cmp.Or(cmp.Compare(db, da), cmp.Compare(s.size(b), s.size(a)))
	})
	for _, r := range poor[:len(poor)*3/4] {
		s.drop(r)
	}
	s.collect()
}

// isPoor reports whether a learnt clause may be forgotten; it ages it too.
func (s *Solver) isPoor(r ref) bool {
	distance, used := s.standing(r)
	if distance <= coreDistance || s.size(r) == 2 {
		return false
	}
	if used > 0 {
		s.setStanding(r, distance, used-1)
		if distance <= goodDistance || used == justUsed {
			return false
		}
	}
	return !s.isReason(r)
}

// isReason reports whether a clause is why one of its literals is true.
func (s *Solver) isReason(r ref) bool {
	for _, l := range s.lits(r)[:2] {
		if s.values[l] > 0 && s.places[l.variable()].reason == r && s.places[l.variable()].level > 0 {
			return true
		}
	}
	return false
}

// dropSatisfied drops the clauses with a literal that has become true for good.
func (s *Solver) dropSatisfied() {
	facts := len(s.trail)
	if len(s.levels) > 0 {
		facts = s.levels[0]
	}
	if facts == s.cleaned {
		return
	}
	s.cleaned = facts
	for _, list := range [][]ref{s.original, s.derived} {
		for _, r := range list {
			if slices.ContainsFunc(s.lits(r), func(l lit) bool {
				return s.values[l] > 0 && s.places[l.variable()].level == 0
			}) {
				s.drop(r)
			}
		}
	}
}

// collect moves the clauses that are not dead together, and lets them be
// watched anew: the short ones first, for they are cheap to look at.
func (s *Solver) collect() {
	old := s.arena
	s.arena = make([]lit, 0, len(old))
	s.original = s.move(s.original, old)
	s.derived = s.move(s.derived, old)
	for _, l := range s.trail {
		p := &s.places[l.variable()]
		switch {
		case p.level == 0:
			p.reason = noClause
		case p.reason != noClause:
			p.reason = ref(old[p.reason+1])
		}
	}
	for i := range s.watches {
		s.watches[i] = s.watches[i][:0]
	}
	for _, short := range []bool{true, false} {
		for _, list := range [][]ref{s.original, s.derived} {
			for _, r := range list {
				if (s.size(r) == 2) == short {
					s.watch(r)
				}
			}
		}
	}
	s.work += int64(len(old) / 16)
}

// move copies the living clauses of a list from the old arena; what stands
// second in them there becomes their new place.
func (s *Solver) move(list []ref, old []lit) []ref {
	kept := list[:0]
	for _, r := range list {
		if old[r]&flagDead != 0 {
			continue
		}
		end := r + header + ref(old[r])&sizeMask
		to := ref(len(s.arena))
		s.arena = append(s.arena, old[r:end]...)
		old[r+1] = lit(to)
		kept = append(kept, to)
	}
	return kept
}
