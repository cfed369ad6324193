package match

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// ring is a problem in which each of the people meets the next, and the last
// the first.
func ring(slots, tables int, people ...string) *Problem {
	p := &Problem{Format: Format, Slots: slots, Tables: tables}
	for i, id := range people {
		p.Participants = append(p.Participants, Participant{ID: id})
		p.Meetings = append(p.Meetings, Meeting{ID: id + "+", Required: true, Participants: []string{id, people[(i+1)%len(people)]}})
	}
	return p
}

// Nobody alone is to blame where three people are to meet each other in two
// slots: two others who could not care less are not named.
func TestConflictNamesWhoIsInIt(t *testing.T) {
	p := ring(2, 3, "a", "b", "c")
	p.Participants = append(p.Participants, Participant{ID: "d"}, Participant{ID: "e"})
	p.Meetings = append(p.Meetings, Meeting{ID: "d+", Required: true, Participants: []string{"d", "e"}})
	s, err := Solve(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "the required meetings of a, b and c cannot all be held"
	if s.Status != Infeasible || !slices.Equal(s.Conflict, []string{want}) {
		t.Errorf("%s: %q", s.Status, s.Conflict)
	}
	r := s.Reasons[0]
	if r.Kind != ReasonTogether || !slices.Equal(r.Participants, []string{"a", "b", "c"}) || len(r.Rules) > 0 {
		t.Errorf("%+v", r)
	}
}

// Of four people in a ring, a has two meetings that would both have to be in the
// second of two slots.
func TestConflictNamesOrder(t *testing.T) {
	p := ring(2, 2, "a", "b", "c", "d")
	p.Meetings[0].After, p.Meetings[3].After = []string{"b+"}, []string{"c+"}
	s, err := Solve(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Status != Infeasible || len(s.Reasons) != 1 {
		t.Fatalf("%s %q", s.Status, s.Conflict)
	}
	if r := s.Reasons[0]; r.Kind != ReasonTogether || !slices.Equal(r.Meetings, []string{"a+", "d+"}) || !slices.Equal(r.Participants, []string{"a"}) {
		t.Errorf("%+v", r)
	}
}

// Each prover alone finds the truth, whatever its encoding.
func TestEveryProverIsRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		in := compile(p)
		if in.impossible() {
			return
		}
		st := style{crowd: rapid.Bool().Draw(t, "crowd"), trees: rapid.Bool().Draw(t, "trees")}
		k := known{weightBound: 1 << 20}
		way := rapid.SampledFrom([]func(*prover){climbs, descends(1)}).Draw(t, "way")
		proving(in, st, way)(&k, func() bool { return true })
		best := -1
		gaps := 0
		eachTrial(p, func(at trial) {
			if w, g := worthOf(p, at); w > best || w == best && g < gaps {
				best, gaps = w, g
			}
		})
		switch {
		case best < 0 && !k.infeasible:
			t.Fatalf("there is no schedule, but %+v", k)
		case best >= 0 && (k.infeasible || !k.settled() || k.worth.weight != best || k.worth.gaps != gaps || k.weightBound != best || k.gapsBound > gaps):
			t.Fatalf("the best has weight %d and %d gaps, but %+v", best, gaps, k)
		}
	})
}

// Work that is stopped in the middle of a proof says nothing that is not so.
func TestProverStops(t *testing.T) {
	p := ring(4, 9, "a", "b", "c", "d", "e", "f", "g", "h", "i")
	for i := range 9 {
		p.Meetings = append(p.Meetings, Meeting{ID: p.Participants[i].ID + "*", Participants: []string{p.Participants[i].ID, p.Participants[(i+2)%9].ID}})
	}
	in := compile(p)
	k := known{weightBound: 1 << 20}
	proving(in, style{}, climbs)(&k, func() bool { return false })
	if k.infeasible {
		t.Errorf("%+v", k)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Solve(ctx, p, Options{}); err != nil || s.Status == Infeasible {
		t.Errorf("%+v, %v", s, err)
	}
}

// How many cores there are is of no account.
func TestWorkersGiveTheSameAnswer(t *testing.T) {
	p := ring(5, 3, "a", "b", "c", "d", "e", "f", "g")
	for i := range 7 {
		p.Meetings = append(p.Meetings, Meeting{ID: p.Participants[i].ID + "*", Participants: []string{p.Participants[i].ID, p.Participants[(i+3)%7].ID}})
	}
	one, err := Solve(t.Context(), p, Options{Seed: 7, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{2, 5} {
		more, err := Solve(t.Context(), p, Options{Seed: 7, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(one.Assignment, more.Assignment) || one.Seconds != more.Seconds || one.Status != more.Status {
			t.Errorf("%+v with one worker, %+v with %d", one, more, workers)
		}
	}
}
