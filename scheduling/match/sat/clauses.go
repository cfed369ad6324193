package sat

// A ref is where in the arena a clause starts: a word with its size and flags,
// a word with its distance and how lately it was used, then its literals.
type ref uint32

const (
	noClause ref = ^ref(0)
	header       = 2

	sizeMask   = 1<<28 - 1
	flagLearnt = 1 << 28
	flagDead   = 1 << 29

	distanceMask = 1<<24 - 1
	usedShift    = 24
	justUsed     = 2 // rounds of reduce for which a used clause is spared

	binaryFlag ref = 1 << 31 // in a watch: the blocker is the whole rest of the clause
)

// A watch is an entry in the list of a literal: a clause to look at when the
// literal becomes true, for it holds the negation. If the blocker is true the
// clause is, and need not be touched (Chu et al., "Cache conscious data
// structures for Boolean satisfiability solvers", 2009).
type watch struct {
	clause  ref
	blocker lit
}

// clauses holds all clauses in one flat slice, and who watches them.
type clauses struct {
	arena    []lit
	original []ref
	derived  []ref // learnt
	watches  [][]watch
}

func (c *clauses) size(r ref) ref { return ref(c.arena[r]) & sizeMask }

func (c *clauses) lits(r ref) []lit { return c.arena[r+header : r+header+c.size(r)] }

func (c *clauses) isLearnt(r ref) bool { return c.arena[r]&flagLearnt != 0 }

func (c *clauses) isDead(r ref) bool { return c.arena[r]&flagDead != 0 }

// standing is how far the levels of a learnt clause are spread, and for how
// many more rounds it is spared because it was used.
func (c *clauses) standing(r ref) (distance, used uint32) {
	h := uint32(c.arena[r+1])
	return h & distanceMask, h >> usedShift
}

func (c *clauses) setStanding(r ref, distance, used uint32) {
	c.arena[r+1] = lit(distance&distanceMask | used<<usedShift)
}

// store adds a clause of two or more literals, of which the first two are
// watched. The literals are copied.
func (s *Solver) store(ls []lit, learnt bool, distance uint32) ref {
	r := ref(len(s.arena))
	word := lit(len(ls))
	if learnt {
		word |= flagLearnt
		s.derived = append(s.derived, r)
	} else {
		s.original = append(s.original, r)
	}
	s.arena = append(s.arena, word, 0)
	s.setStanding(r, distance, justUsed)
	s.arena = append(s.arena, ls...)
	s.watch(r)
	return r
}

// watch enters a clause in the lists of its first two literals.
func (c *clauses) watch(r ref) {
	ls, entry := c.lits(r), r
	if len(ls) == 2 {
		entry |= binaryFlag
	}
	a, b := ls[0].not(), ls[1].not()
	c.watches[a] = append(c.watches[a], watch{entry, ls[1]})
	c.watches[b] = append(c.watches[b], watch{entry, ls[0]})
}

// drop marks a clause dead; collect takes it away.
func (s *Solver) drop(r ref) {
	s.arena[r] |= flagDead
	s.proof.remove(s.lits(r))
}
