package match

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match/sat"
	"kohtaamo/scheduling/match/sat/drat"
)

// certify proves without the machinery of Solve that no schedule has fewer gaps,
// all of whose meetings are required, and has the proof checked.
func certify(t rapid.TB, in *instance, gaps int) {
	t.Helper()
	for _, st := range []style{{crowd: true, trees: true}, {}} {
		var log bytes.Buffer
		e := &encoding{Solver: sat.New(), in: in, style: st}
		e.WriteProof(&log)
		e.build()
		var claim []int
		var fewer []sat.Lit
		if at := gaps - 1 - e.forced; at >= 0 && gaps < math.MaxInt {
			count := e.totalizer(e.costs(), at+1, false)
			claim, fewer = []int{int(count[at])}, []sat.Lit{-count[at]}
		}
		if gaps > e.forced && e.Solve(fewer...) != sat.Unsatisfiable {
			t.Fatalf("there is a schedule with fewer than %d gaps", gaps)
		}
		if err := e.ProofError(); err != nil {
			t.Fatal(err)
		}
		proof, err := drat.Check(&log)
		if err != nil {
			t.Fatal(err)
		}
		if gaps > e.forced && !proof.Implies(claim...) {
			t.Fatalf("the proof does not end with %d gaps", gaps)
		}
	}
}

// fewest is the least number of gaps by trying everything; math.MaxInt where
// there is no schedule.
func fewest(p *Problem) int {
	best := math.MaxInt
	eachTrial(p, func(at trial) {
		_, gaps := worthOf(p, at)
		best = min(best, gaps)
	})
	return best
}

func TestBoundsAreCertified(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		for i := range p.Meetings {
			p.Meetings[i].Required = true
		}
		if in := compile(p); !in.hopeless {
			certify(t, in, fewest(p))
		}
	})
}

// TestPublishedIsCertified has the lower bound of a published instance proven
// and checked, whose optimum is above what is plain from each participant's day.
func TestPublishedIsCertified(t *testing.T) {
	folder := os.Getenv("KOHTAAMO_B2B_INSTANCES")
	if folder == "" {
		t.Skip("KOHTAAMO_B2B_INSTANCES does not name the folder of the published instances")
	}
	for name, gaps := range map[string]int{"tic-13.fixed040-Forb": 13} {
		file, err := os.Open(filepath.Join(folder, "instances", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Read(file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		certify(t, compile(p), gaps)
	}
}

// No bound that is known before the search is above the truth.
func TestPricedGapsAreABound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		in := compile(p)
		if in.hopeless {
			return
		}
		if best := fewest(p); in.pricedGaps() > best {
			t.Fatalf("%d gaps are said to be the fewest, and there are %d", in.pricedGaps(), best)
		}
		for k := range in.people {
			least, possible := in.leastGaps(k)
			eachTrial(p, func(at trial) {
				if _, gaps := dayOf(p, at, k); !possible || gaps < least || gaps > in.mostGaps(k) {
					t.Fatalf("participant %d has %d to %d gaps (%v), but %d in %v", k, least, in.mostGaps(k), possible, gaps, at)
				}
			})
		}
	})
}
