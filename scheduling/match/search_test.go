package match_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match"
	"kohtaamo/scheduling/match/matchtest"
)

// TestBoundWeight compares with every schedule there is.
func TestBoundWeight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Small().Draw(t, "problem")
		if best := matchtest.Best(p); best.Feasible && match.BoundWeight(p) < best.Weight {
			t.Errorf("no weight is said to be above %d, and there is %+v", match.BoundWeight(p), best)
		}
	})
}

// TestBoundGaps compares with every schedule there is.
func TestBoundGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Small().Draw(t, "problem")
		best := matchtest.Best(p)
		if !best.Feasible || best.Weight < match.BoundWeight(p) {
			return
		}
		if bound := match.BoundGaps(p); bound > best.Gaps {
			t.Errorf("%d gaps are said to be the fewest, and there is %+v", bound, best)
		}
	})
}

// TestBoundGapsForesees looks at days that have gaps whatever is done.
func TestBoundGapsForesees(t *testing.T) {
	for _, test := range []struct {
		name     string
		slots    []int // of the meetings of one participant with one other each
		away     []int
		sessions []string
		want     int
	}{
		{"one after the other", []int{0, 0, 0}, nil, []string{"", "", ""}, 0},
		{"fixed apart", []int{1, 3, 6}, nil, []string{"", "", ""}, 2},
		{"fixed, and one between", []int{1, 3, 0}, nil, []string{"", "", ""}, 0},
		{"away in between", []int{0, 0, 0}, []int{1, 3, 5}, []string{"", "", ""}, 2},
		{"morning and afternoon", []int{0, 0}, []int{4}, []string{"morning", "afternoon"}, 1},
		{"a morning of one before noon", []int{0, 0}, []int{1, 2}, []string{"morning", "afternoon"}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &match.Problem{
				Format: match.Format, Slots: 6, Tables: 3,
				Sessions:     []match.Session{{Name: "morning", From: 1, To: 3}, {Name: "afternoon", From: 4, To: 6}},
				Participants: []match.Participant{{ID: "aino", Unavailable: test.away}},
			}
			for i, slot := range test.slots {
				other := fmt.Sprintf("p%d", i)
				p.Participants = append(p.Participants, match.Participant{ID: other})
				p.Meetings = append(p.Meetings, match.Meeting{
					ID: other, Participants: []string{"aino", other}, Required: true, Slot: slot, Session: test.sessions[i],
				})
			}
			if got := match.BoundGaps(p); got != test.want {
				t.Errorf("%d gaps are foreseen, want %d", got, test.want)
			}
		})
	}
}

// TestBuiltReachesTheBound holds the construction to Kőnig: between two sides of
// whom everybody is there all the time, the greatest weight is found at once.
func TestBuiltReachesTheBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Round{
			Entrants:   rapid.IntRange(4, 60).Draw(t, "entrants"),
			Slots:      rapid.IntRange(1, 12).Draw(t, "slots"),
			Requests:   rapid.IntRange(1, 300).Draw(t, "requests"),
			Tables:     rapid.IntRange(1, 30).Draw(t, "tables"),
			Hosts:      rapid.Float64Range(0.1, 0.5).Draw(t, "hosts"),
			Popularity: rapid.Float64Range(0, 1).Draw(t, "popularity"),
			Weights:    rapid.IntRange(1, 9).Draw(t, "weights"),
			Seed:       rapid.Uint64().Draw(t, "seed"),
		}.Problem()
		held := match.Built(p)
		if broken := match.CheckSchedule(p, seated(t, p, held)); len(broken) > 0 {
			t.Fatal(broken)
		}
		if weight, bound := match.Score(p, held).Weight, match.BoundWeight(p); weight != bound {
			t.Errorf("the weight is %d, and could be %d", weight, bound)
		}
	})
}

func seated(t *rapid.T, p *match.Problem, held []match.Assignment) []match.Assignment {
	at, err := match.Seat(p, held, match.Seating{})
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestExchange holds what is said of an exchange beforehand to what it does.
func TestExchange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Small().Draw(t, "problem")
		if len(p.Meetings) == 0 {
			t.Skip("no meetings")
		}
		wrong, counted := match.Exchanges(p, rapid.Uint64().Draw(t, "seed"), 200)
		if wrong > 0 || !counted {
			t.Errorf("%d exchanges were not as foretold; the last schedule is as counted: %t", wrong, counted)
		}
	})
}

// TestSharedSearch has two searches share small problems, as they do large ones.
func TestSharedSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Small().Draw(t, "problem")
		best := matchtest.Best(p)
		o := match.Options{Seed: rapid.Uint64().Draw(t, "seed"), Budget: 300 * time.Millisecond, Workers: 2}
		s, err := match.SolveShared(t.Context(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		if broken := match.Check(p, s); len(broken) > 0 {
			t.Fatalf("%+v breaks %v", s, broken)
		}
		believable(t, s, best)
		o.Workers = 1
		again, err := match.SolveShared(t.Context(), p, o)
		if err != nil || !reflect.DeepEqual(s, again) {
			t.Errorf("two workers find %+v, and one finds %+v (%v)", s, again, err)
		}
	})
}

// TestSharedSearchInVain has two searches share a round of which neither finds a
// better schedule for a long time: they stay together all the same.
func TestSharedSearchInVain(t *testing.T) {
	p := matchtest.Round{Entrants: 30, Slots: 8, Requests: 60, Tables: 8, Hosts: 0.2, Blocked: 0.15, Popularity: 0.6, Weights: 5, Seed: 1}.Problem()
	s, err := match.SolveShared(t.Context(), p, match.Options{Seed: 1, Budget: 3 * time.Second, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if broken := match.Check(p, s); len(broken) > 0 {
		t.Errorf("the schedule breaks %v", broken)
	}
}
