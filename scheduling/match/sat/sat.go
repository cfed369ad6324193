// Package sat decides whether a formula in conjunctive normal form can be
// satisfied: by conflict-driven clause learning (Marques-Silva and Sakallah,
// "GRASP", 1996; Moskewicz et al., "Chaff", 2001; Eén and Sörensson, "An
// extensible SAT-solver", 2003).
//
// A [Solver] is incremental: clauses and variables may be added between calls,
// and each call may assume literals, of which a failing one says which cannot
// all hold. It is deterministic: how long it runs is counted in conflicts and
// in steps of work, never in time. What it concludes it can write down as a
// proof, which package drat checks.
package sat

import "io"

// A Lit is a variable, numbered from 1, or with a minus sign its negation, as
// in the DIMACS format.
type Lit int32

// A Result is what a call of Solve found out.
type Result int8

// What Solve can find out.
const (
	Unknown       Result = iota // the budget was spent, or the pause said to stop
	Satisfiable                 // Value says how
	Unsatisfiable               // not with these assumptions: Core says which
)

// lit is a literal as the solver indexes it: twice the variable, plus 1 if it
// is negated.
type lit uint32

func inside(l Lit) lit {
	if l < 0 {
		return lit(-2*l + 1)
	}
	return lit(2 * l)
}

func (l lit) not() lit         { return l ^ 1 }
func (l lit) variable() uint32 { return uint32(l >> 1) }

func (l lit) outside() Lit {
	if l&1 == 1 {
		return -Lit(l >> 1)
	}
	return Lit(l >> 1)
}

// noLit is no literal.
const noLit = ^lit(0)

// place says where an assigned variable stands: at which decision level, and
// which clause forced it (noClause: a decision, or a fact).
type place struct {
	level  int32
	reason ref
}

// A Solver holds a formula. It is for one goroutine at a time.
type Solver struct {
	clauses
	broken bool // the formula is unsatisfiable, whatever is assumed

	// By literal and by variable.
	values []int8 // 1 true, -1 false, 0 not assigned
	places []place
	marks  []bool // by variable: scratch of analyze

	trail  []lit // assigned, in order
	levels []int // where in the trail each decision level starts
	next   int   // in the trail: who is to be propagated next

	order  order
	phases phases
	pace   pace

	assumed []lit
	core    []Lit
	model   []int8

	learnt  []lit // scratch of analyze, and of Add
	marked  []uint32
	stack   []lit
	stamps  []uint64 // by level: scratch of distance
	stamp   uint64
	cleaned int // length of the trail at level 0 when satisfied clauses were last dropped

	proof *proofWriter

	work      int64
	conflicts int64
	pauseAt   int64
	pauseStep int64
	pause     func() bool
}

// New is a solver without variables and clauses.
func New() *Solver {
	s := &Solver{
		values:  make([]int8, 2),
		places:  make([]place, 1),
		marks:   make([]bool, 1),
		stamps:  make([]uint64, 1),
		order:   newOrder(),
		phases:  newPhases(),
		pace:    newPace(),
		pauseAt: 1 << 62,
	}
	s.watches = make([][]watch, 2)
	return s
}

// WriteProof has everything that the solver is told and concludes written to w,
// in the form that package drat reads. It must be called before the first
// clause is added. ProofError says whether w took it all.
func (s *Solver) WriteProof(w io.Writer) { s.proof = newProofWriter(w) }

// ProofError flushes the proof, and returns the first error of its writer.
func (s *Solver) ProofError() error { return s.proof.flush() }

// Pause has Solve call f after about every so many steps of work: the place to
// wait for others, or to stop. Where f returns false, Solve returns Unknown.
func (s *Solver) Pause(every int64, f func() bool) {
	s.pause, s.pauseStep, s.pauseAt = f, every, s.work+every
}

// Work is the number of steps done so far: one is about a look at a clause.
func (s *Solver) Work() int64 { return s.work }

// Conflicts is the number of conflicts met so far.
func (s *Solver) Conflicts() int64 { return s.conflicts }

// Vars is the number of variables.
func (s *Solver) Vars() int { return len(s.places) - 1 }

// NewVar adds a variable, and returns its literal.
func (s *Solver) NewVar() Lit {
	v := uint32(len(s.places))
	s.watches = append(s.watches, nil, nil)
	s.values = append(s.values, 0, 0)
	s.places = append(s.places, place{reason: noClause})
	s.marks = append(s.marks, false)
	s.stamps = append(s.stamps, 0)
	s.phases.grow()
	s.order.grow()
	s.order.insert(v)
	return Lit(v)
}

// Prefer has Solve try first that l is true, until it learns better.
func (s *Solver) Prefer(l Lit) {
	i := inside(l)
	s.phases.saved[i.variable()] = int8(i & 1)
}

// Add adds a clause: one of the literals must be true. No literal at all makes
// the formula unsatisfiable.
func (s *Solver) Add(clause ...Lit) {
	s.backtrack(0)
	s.proof.input(clause)
	if s.broken {
		return
	}
	kept, satisfied := s.simplify(clause)
	if satisfied {
		return
	}
	if len(kept) < len(clause) {
		s.proof.lemma(kept)
	}
	switch len(kept) {
	case 0:
		s.broken = true
	case 1:
		s.fact(kept[0])
	default:
		s.store(kept, false, 0)
	}
}

// simplify is the clause without literals that are false or there twice; it is
// satisfied if one is true, or beside its negation.
func (s *Solver) simplify(clause []Lit) (kept []lit, satisfied bool) {
	kept = s.learnt[:0]
	for _, x := range clause {
		l := inside(x)
		switch {
		case s.values[l] > 0:
			return nil, true
		case s.values[l] < 0:
			continue
		}
		twice := false
		for _, k := range kept {
			if k == l.not() {
				return nil, true
			}
			twice = twice || k == l
		}
		if !twice {
			kept = append(kept, l)
		}
	}
	s.learnt = kept
	return kept, false
}

// fact assigns l for good.
func (s *Solver) fact(l lit) {
	s.assign(l, noClause)
	if s.propagate() != noClause {
		s.breakDown()
	}
}

// breakDown notes that the formula is unsatisfiable.
func (s *Solver) breakDown() {
	s.broken = true
	s.proof.lemma(nil)
}

// Value reports whether l is true in the assignment that the last call of Solve
// to return Satisfiable found.
func (s *Solver) Value(l Lit) bool { return s.model[inside(l)] > 0 }

// Core lists assumptions of the last call of Solve that cannot all hold. It is
// empty if the formula is unsatisfiable without any, and good until the next
// call.
func (s *Solver) Core() []Lit { return s.core }
