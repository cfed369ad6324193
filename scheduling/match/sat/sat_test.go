package sat

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match/sat/drat"
)

// satisfiable decides by trying every assignment.
func satisfiable(vars int, formula [][]Lit) bool {
	for bits := range 1 << vars {
		holds := func(l Lit) bool { return bits>>(max(l, -l)-1)&1 == 1 == (l > 0) }
		if !slices.ContainsFunc(formula, func(c []Lit) bool { return !slices.ContainsFunc(c, holds) }) {
			return true
		}
	}
	return false
}

// units are the literals, each as a clause.
func units(ls []Lit) (formula [][]Lit) {
	for _, l := range ls {
		formula = append(formula, []Lit{l})
	}
	return formula
}

// judge solves the formula so far, and checks all that the solver answers.
func judge(t interface{ Fatalf(string, ...any) }, s *Solver, vars int, formula [][]Lit, assume []Lit) {
	all := append(slices.Clone(formula), units(assume)...)
	switch s.Solve(assume...) {
	case Satisfiable:
		for _, c := range all {
			if !slices.ContainsFunc(c, s.Value) {
				t.Fatalf("%v is not satisfied by the model of %v", c, all)
			}
		}
	case Unsatisfiable:
		core := slices.Clone(s.Core())
		for _, l := range core {
			if !slices.Contains(assume, l) {
				t.Fatalf("%d is in the core, but was not assumed: %v", l, assume)
			}
		}
		if satisfiable(vars, append(slices.Clone(formula), units(core)...)) {
			t.Fatalf("%v is satisfiable with the core %v", formula, core)
		}
	default:
		t.Fatalf("no answer without a budget")
	}
}

// checkProof checks the proof of a solver, and that it ends with what the
// solver ended with.
func checkProof(t interface{ Fatalf(string, ...any) }, s *Solver, log *bytes.Buffer, core []Lit, refuted bool) {
	if err := s.ProofError(); err != nil {
		t.Fatalf("write the proof: %v", err)
	}
	proof, err := drat.Check(log)
	if err != nil {
		t.Fatalf("the proof: %v", err)
	}
	claim := []int{}
	for _, l := range core {
		claim = append(claim, -int(l))
	}
	if refuted && !proof.Implies(claim...) {
		t.Fatalf("the proof does not end with %v", claim)
	}
}

func TestSolverAgreesWithTryingAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vars := rapid.IntRange(1, 9).Draw(t, "variables")
		literal := rapid.Custom(func(t *rapid.T) Lit {
			l := Lit(rapid.IntRange(1, vars).Draw(t, "variable"))
			if rapid.Bool().Draw(t, "negated") {
				return -l
			}
			return l
		})
		var log bytes.Buffer
		s := New()
		s.WriteProof(&log)
		for range vars {
			s.NewVar()
		}
		var formula [][]Lit
		var result Result
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for _, c := range rapid.SliceOfN(rapid.SliceOfN(literal, 1, 4), 0, 20).Draw(t, "clauses") {
				formula = append(formula, c)
				s.Add(c...)
			}
			assume := rapid.SliceOfN(literal, 0, 4).Draw(t, "assumptions")
			judge(t, s, vars, formula, assume)
			result = Satisfiable
			if !satisfiable(vars, append(slices.Clone(formula), units(assume)...)) {
				result = Unsatisfiable
			}
		}
		checkProof(t, s, &log, s.Core(), result == Unsatisfiable)
	})
}

// pigeons says that n pigeons sit in m holes, one in each.
func pigeons(s *Solver, n, m int) {
	at := make([][]Lit, n)
	for i := range at {
		for range m {
			at[i] = append(at[i], s.NewVar())
		}
		s.Add(at[i]...)
	}
	for j := range m {
		for i := range n {
			for k := range i {
				s.Add(-at[i][j], -at[k][j])
			}
		}
	}
}

// Eight pigeons in seven holes take thousands of conflicts: restarts, both
// modes, and clauses forgotten.
func TestPigeonsDoNotFit(t *testing.T) {
	var log bytes.Buffer
	s := New()
	s.WriteProof(&log)
	pigeons(s, 8, 7)
	if got := s.Solve(); got != Unsatisfiable {
		t.Fatalf("got %v", got)
	}
	if s.Conflicts() < reduceFirst {
		t.Fatalf("%d conflicts: too few to test forgetting", s.Conflicts())
	}
	checkProof(t, s, &log, nil, true)
}

func TestPigeonsFit(t *testing.T) {
	s := New()
	pigeons(s, 40, 40)
	if got := s.Solve(); got != Satisfiable {
		t.Fatalf("got %v", got)
	}
}

// A solver does the same each time, also when it is interrupted and asked again.
func TestSolverIsDeterministic(t *testing.T) {
	run := func() (work, conflicts int64) {
		s := New()
		pigeons(s, 8, 7)
		for s.SolveWithin(500) == Unknown {
		}
		return s.Work(), s.Conflicts()
	}
	work, conflicts := run()
	if w, c := run(); w != work || c != conflicts {
		t.Fatalf("%d steps and %d conflicts, then %d and %d", work, conflicts, w, c)
	}
}

// Of two solutions it finds the one that it is told to begin with.
func TestPreferredComesFirst(t *testing.T) {
	s := New()
	a, b := s.NewVar(), s.NewVar()
	s.Add(a, b)
	s.Add(-a, -b)
	for _, want := range [][2]Lit{{a, -b}, {-a, b}, {a, -b}} {
		s.Prefer(want[0])
		s.Prefer(want[1])
		if s.Solve() != Satisfiable || !s.Value(want[0]) {
			t.Errorf("%d was to come first", want)
		}
	}
}

func TestPauseStops(t *testing.T) {
	s := New()
	pigeons(s, 12, 11)
	calls := 0
	s.Pause(10_000, func() bool { calls++; return calls < 3 })
	if got := s.Solve(); got != Unknown || calls != 3 {
		t.Fatalf("%v after %d pauses", got, calls)
	}
	if s.Work() < 30_000 || s.Work() > 60_000 {
		t.Fatalf("%d steps", s.Work())
	}
}

func TestCheckRefusesWhatDoesNotFollow(t *testing.T) {
	for name, log := range map[string]string{
		"a lemma that does not follow": "i 1 2 0\nl 1 0\n",
		"a refutation of nothing":      "l 0\n",
		"a deletion of nothing":        "i 1 2 0\nd 1 3 0\n",
		"a lemma after its reason":     "i 1 2 0\ni 1 -2 3 0\nd 1 2 0\nl 1 3 0\n",
		"no end":                       "i 1 2\n",
		"no number":                    "i 1 x 0\n",
		"no such step":                 "x 1 0\n",
	} {
		if _, err := drat.Check(bytes.NewBufferString(log)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	proof, err := drat.Check(bytes.NewBufferString("i 1 2 0\ni 1 -2 0\nl 1 0\ni -1 3 0\n"))
	if err != nil || !proof.Implies(3) || proof.Implies(2) || proof.Implies() {
		t.Errorf("a good proof: %v", err)
	}
}

// FuzzSolver takes bytes as literals of clauses over eight variables; 0 ends
// one, and every eighth clause is assumed instead.
func FuzzSolver(f *testing.F) {
	f.Add([]byte{1, 2, 0, 9, 2, 0, 1, 10, 0, 9, 10, 0})
	f.Add(binary.BigEndian.AppendUint64(nil, 0x0102030009000a0b))
	f.Fuzz(func(t *testing.T, data []byte) {
		const vars = 8
		var log bytes.Buffer
		s := New()
		s.WriteProof(&log)
		for range vars {
			s.NewVar()
		}
		var formula [][]Lit
		for i, part := range bytes.Split(data[:min(len(data), 400)], []byte{0}) {
			var c []Lit
			for _, b := range part {
				l := Lit(b&7) + 1
				if b&8 != 0 {
					l = -l
				}
				c = append(c, l)
			}
			if i%8 == 7 {
				judge(t, s, vars, formula, c)
				continue
			}
			formula = append(formula, c)
			s.Add(c...)
		}
		judge(t, s, vars, formula, nil)
		checkProof(t, s, &log, nil, !satisfiable(vars, formula))
	})
}
