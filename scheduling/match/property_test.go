package match_test

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match"
	"kohtaamo/scheduling/match/matchtest"
)

// answer solves p, and holds the answer to every rule.
func answer(t rapid.TB, ctx context.Context, p *match.Problem, o match.Options) *match.Solution {
	t.Helper()
	s, err := match.Solve(ctx, p, o)
	if err != nil {
		t.Fatal(err)
	}
	if broken := match.Check(p, s); len(broken) > 0 {
		t.Fatalf("%+v breaks %v", s, broken)
	}
	return s
}

// believable holds what an answer says to the best there is.
func believable(t *rapid.T, s *match.Solution, best matchtest.Optimum) {
	t.Helper()
	switch {
	case s.Status == match.Infeasible && best.Feasible:
		t.Fatalf("infeasible because of %q, and there is %+v", s.Conflict, best)
	case s.Status == match.Infeasible || s.Status == match.Unknown:
		return
	case !best.Feasible:
		t.Fatalf("%+v of a problem without a schedule", s)
	case s.WeightBound < best.Weight:
		t.Errorf("no weight is said to be above %d, and there is %+v", s.WeightBound, best)
	case s.WeightBound == best.Weight && s.GapsBound > best.Gaps:
		t.Errorf("%d gaps are said to be the fewest, and there is %+v", s.GapsBound, best)
	case s.Status == match.Optimal && (s.Weight != best.Weight || s.Gaps != best.Gaps):
		t.Errorf("weight %d and %d gaps are said to be the best, and there is %+v", s.Weight, s.Gaps, best)
	}
}

func TestSolveFindsTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Small().Draw(t, "problem")
		best := matchtest.Best(p)
		s := answer(t, t.Context(), p, match.Options{Seed: rapid.Uint64().Draw(t, "seed")})
		believable(t, s, best)
		if s.Status != match.Optimal && s.Status != match.Infeasible {
			t.Errorf("nothing is proven: %+v, and there is %+v", s, best)
		}
	})
}

// TestSolveIsTrueInAHurry looks at answers for which there was no time.
func TestSolveIsTrueInAHurry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Small().Draw(t, "problem")
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		if rapid.Bool().Draw(t, "stopped") {
			stop()
		}
		budget := time.Duration(rapid.IntRange(1, int(time.Millisecond)).Draw(t, "budget"))
		believable(t, answer(t, ctx, p, match.Options{Budget: budget}), matchtest.Best(p))
	})
}

func TestSolveMovesLittle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Small().Draw(t, "problem")
		previous := schedule(t, p)
		best := matchtest.Best(p, previous...)
		s := answer(t, t.Context(), p, match.Options{Previous: &match.Solution{Status: match.Feasible, Assignment: previous}})
		if s.Status == match.Infeasible || s.Status == match.Unknown {
			if best.Feasible {
				t.Fatalf("%s, and there is %+v", s.Status, best)
			}
			return
		}
		got, _ := matchtest.Outcome(p, s.Assignment)
		got.Moved = moved(previous, s.Assignment)
		if got.Spread = best.Spread; got != best {
			t.Errorf("%+v is %+v, and there is %+v", s.Assignment, got, best)
		}
	})
}

// moved counts the meetings of a schedule that are elsewhere in another, or not
// held.
func moved(from, to []match.Assignment) (n int) {
	slot := map[string]int{}
	for _, a := range to {
		slot[a.Meeting] = a.Slot
	}
	for _, a := range from {
		if slot[a.Meeting] != a.Slot {
			n++
		}
	}
	return n
}

func TestSolveIsTheSame(t *testing.T) {
	for _, r := range []matchtest.Round{
		{Entrants: 20, Slots: 8, Requests: 60, Tables: 6, Blocked: 0.3, Popularity: 0.5, Weights: 3, Required: 0.1, Seed: 1},
		{Entrants: 60, Slots: 12, Requests: 300, Tables: 12, Hosts: 0.3, Blocked: 0.2, Weights: 5, Seed: 2},
	} {
		p := r.Problem()
		var first bytes.Buffer
		for i := range 3 {
			var file bytes.Buffer
			if err := answer(t, t.Context(), p, match.Options{Seed: 3, Budget: time.Second / 5}).Write(&file); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = file
			} else if !bytes.Equal(first.Bytes(), file.Bytes()) {
				t.Errorf("the same problem was solved as %s and as %s", &first, &file)
			}
		}
	}
}

func TestSolveRefusesMalformed(t *testing.T) {
	p := fair()
	p.Meetings[0].Participants[1] = "nobody"
	if s, err := match.Solve(t.Context(), p, match.Options{}); err == nil || !strings.Contains(err.Error(), "meetings[0].participants[1]") {
		t.Errorf("solved %+v, %v", s, err)
	}
}

func TestSolveExtremes(t *testing.T) {
	nobody := match.Problem{Format: match.Format, Slots: 1, Tables: 1}
	wide := matchtest.Round{Entrants: 20, Slots: match.MaxSlots, Requests: 60, Tables: match.MaxTables, Blocked: 1, Seed: 1}.Problem()
	heavy := matchtest.Round{Entrants: 9, Slots: 4, Requests: 30, Tables: 2, Seed: 1}.Problem()
	for i := range heavy.Meetings {
		heavy.Meetings[i].Weight = ptr(match.MaxWeight/30 - i)
	}
	crowd := match.Problem{Format: match.Format, Slots: 2, Tables: 3}
	everybody := match.Meeting{ID: "all", Required: true}
	for i := range 300 {
		id := strings.Repeat("x", 1+i%100) + string(rune('a'+i/100))
		crowd.Participants = append(crowd.Participants, match.Participant{ID: id, MaxMeetings: ptr(math.MaxInt)})
		everybody.Participants = append(everybody.Participants, id)
	}
	crowd.Meetings = []match.Meeting{everybody, {ID: "two", Participants: everybody.Participants[:2]}}
	for name, p := range map[string]*match.Problem{"nobody": &nobody, "wide": wide, "heavy": heavy, "crowd": &crowd} {
		t.Run(name, func(t *testing.T) {
			if s := answer(t, t.Context(), p, match.Options{Seed: 1, Budget: time.Second / 5}); s.Status != match.Optimal && s.Status != match.Feasible {
				t.Errorf("the answer is %s", s.Status)
			}
		})
	}
}

// FuzzSolve solves whatever a file may hold, if it is small: the answer keeps
// every rule.
func FuzzSolve(f *testing.F) {
	f.Add([]byte(whole))
	for seed := range 20 {
		var file bytes.Buffer
		if err := matchtest.Small().Example(seed).Write(&file); err != nil {
			f.Fatal(err)
		}
		f.Add(file.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := match.Read(bytes.NewReader(data))
		if err == nil && len(p.Meetings) <= 20 {
			answer(t, t.Context(), p, match.Options{Budget: 10 * time.Millisecond})
		}
	})
}
