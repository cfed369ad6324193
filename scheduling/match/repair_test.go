package match_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match"
	"kohtaamo/scheduling/match/matchtest"
)

// TestInsertMovesTheFewest compares with all schedules there are: a late request
// for any meeting that a schedule of a small problem lacks.
func TestInsertMovesTheFewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Small().Draw(t, "problem")
		if len(p.Meetings) == 0 {
			t.Skip("no meetings")
		}
		for i := range p.Meetings {
			p.Meetings[i].Required = false
		}
		late := rapid.IntRange(0, len(p.Meetings)-1).Draw(t, "late")
		held := withoutMeeting(t, p, late)
		got, err := match.Insert(p, held, p.Meetings[late].ID)
		if err != nil {
			t.Fatal(err)
		}
		fewest, possible := fewestMoves(p, held, late)
		if !got.Fewest && p.Fairness == nil {
			t.Fatalf("nothing is proven of so small a problem: %+v", got)
		}
		if len(got.Assignment) == 0 {
			if possible && got.Fewest {
				t.Fatalf("no way is said to be there, and there is one that moves %d", fewest)
			}
			return
		}
		holds(t, p, held, late, got)
		if got.Fewest && len(got.Moved) != fewest {
			t.Errorf("%v are moved, and %d would do", got.Moved, fewest)
		}
	})
}

// withoutMeeting is the best schedule of p without one of its meetings.
func withoutMeeting(t *rapid.T, p *match.Problem, late int) []match.Assignment {
	less := *p
	less.Meetings = slices.Clone(p.Meetings)
	for i := range less.Meetings {
		less.Meetings[i].After = slices.DeleteFunc(slices.Clone(less.Meetings[i].After), func(id string) bool { return id == p.Meetings[late].ID })
	}
	less.Meetings = slices.Delete(less.Meetings, late, late+1)
	s, err := match.Solve(t.Context(), &less, match.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Assignment
}

// fewestMoves is how many meetings at least are moved if exactly those of held
// and a late one are held.
func fewestMoves(p *match.Problem, held []match.Assignment, late int) (moves int, possible bool) {
	exactly := *p
	exactly.Meetings = nil
	for i, m := range p.Meetings {
		if i == late || slices.ContainsFunc(held, func(a match.Assignment) bool { return a.Meeting == m.ID }) {
			m.Required = true
			exactly.Meetings = append(exactly.Meetings, m)
		}
	}
	for i := range exactly.Meetings {
		exactly.Meetings[i].After = slices.DeleteFunc(slices.Clone(exactly.Meetings[i].After), func(id string) bool {
			return !slices.ContainsFunc(exactly.Meetings, func(m match.Meeting) bool { return m.ID == id })
		})
	}
	best := matchtest.Best(&exactly, held...)
	return best.Moved, best.Feasible
}

// holds checks that an insertion breaks no rule, has all the meetings it should
// have, and says truly which it moves.
func holds(t *rapid.T, p *match.Problem, held []match.Assignment, late int, got *match.Insertion) {
	if broken := match.CheckSchedule(p, got.Assignment); len(broken) > 0 {
		t.Fatalf("%+v breaks %v", got, broken)
	}
	if len(got.Assignment) != len(held)+1 {
		t.Fatalf("%d meetings were held, and now %d", len(held), len(got.Assignment))
	}
	if !slices.ContainsFunc(got.Assignment, func(a match.Assignment) bool { return a.Meeting == p.Meetings[late].ID }) {
		t.Fatal("the late meeting is not held")
	}
	var moved []string
	for _, was := range held {
		now := slices.IndexFunc(got.Assignment, func(a match.Assignment) bool { return a.Meeting == was.Meeting })
		if now < 0 {
			t.Fatalf("%s is dropped", was.Meeting)
		}
		if got.Assignment[now].Slot != was.Slot {
			moved = append(moved, was.Meeting)
		}
	}
	slices.Sort(moved)
	if said := slices.Sorted(slices.Values(got.Moved)); !slices.Equal(moved, said) {
		t.Errorf("moved are %v, and said to be %v", moved, said)
	}
}

// BenchmarkInsert brings 13 late requests into a schedule of 302 meetings, one
// after the other, as it happened at an event of 2014.
func BenchmarkInsert(b *testing.B) {
	all := matchtest.Round{Entrants: 60, Slots: 13, Requests: 315, Tables: 26, Blocked: 0.1, Popularity: 0.1, Seed: 1}.Problem()
	known := *all
	known.Meetings = all.Meetings[:302]
	s, err := match.Solve(b.Context(), &known, match.Options{Budget: time.Second})
	if err != nil {
		b.Fatal(err)
	}
	moved, none, unproven := 0, 0, 0
	var slowest time.Duration
	for b.Loop() {
		moved, none, unproven = 0, 0, 0
		held := s.Assignment
		for _, late := range all.Meetings[302:] {
			before := time.Now()
			got, err := match.Insert(all, held, late.ID)
			slowest = max(slowest, time.Since(before))
			if err != nil {
				b.Fatal(err)
			}
			if !got.Fewest {
				unproven++
			}
			if len(got.Assignment) == 0 {
				none++
				continue
			}
			held, moved = got.Assignment, moved+len(got.Moved)
		}
	}
	b.ReportMetric(float64(moved), "moved")
	b.ReportMetric(float64(none), "without-a-place")
	b.ReportMetric(float64(unproven), "unproven")
	b.ReportMetric(float64(slowest.Microseconds())/1000, "ms-slowest")
}
