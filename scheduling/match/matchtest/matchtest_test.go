package matchtest_test

import (
	"reflect"
	"testing"

	"kohtaamo/scheduling/match"
	"kohtaamo/scheduling/match/matchtest"
)

func TestSmall(t *testing.T) {
	const tried = 300
	feasible := 0
	for seed := range tried {
		p := matchtest.Small().Example(seed)
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		if matchtest.Best(p).Feasible {
			feasible++
		}
	}
	if feasible < tried*4/10 || feasible > tried*9/10 {
		t.Errorf("%d of %d problems can be solved: too few of one kind to test with", feasible, tried)
	}
}

func TestBest(t *testing.T) {
	limit, fair := 1, 0
	pair := func(id, a, b string) match.Meeting {
		return match.Meeting{ID: id, Participants: []string{a, b}}
	}
	people := []match.Participant{{ID: "a"}, {ID: "b"}, {ID: "c", Unavailable: []int{2}}}
	for _, test := range []struct {
		name     string
		p        match.Problem
		previous []match.Assignment
		want     matchtest.Optimum
	}{
		{"nothing to do", match.Problem{Slots: 1, Tables: 1, Participants: people}, nil, matchtest.Optimum{Feasible: true}},
		{"a gap that has to be", match.Problem{Slots: 3, Tables: 1, Participants: people,
			Meetings: []match.Meeting{pair("m1", "a", "c"), pair("m2", "b", "c")}}, nil,
			matchtest.Optimum{Feasible: true, Weight: 2, Gaps: 1, Spread: 1}},
		{"a gap that is not fair", match.Problem{Slots: 3, Tables: 1, Fairness: &fair, Participants: people,
			Meetings: []match.Meeting{pair("m1", "a", "c"), pair("m2", "b", "c")}}, nil,
			matchtest.Optimum{Feasible: true, Weight: 1}},
		{"a limit", match.Problem{Slots: 3, Tables: 1, Participants: []match.Participant{{ID: "a", MaxMeetings: &limit}, {ID: "b"}, {ID: "c"}},
			Meetings: []match.Meeting{pair("m1", "a", "c"), pair("m2", "a", "b")}}, nil,
			matchtest.Optimum{Feasible: true, Weight: 1}},
		{"nothing may be moved", match.Problem{Slots: 3, Tables: 1, Participants: people,
			Meetings: []match.Meeting{pair("m1", "a", "b"), pair("m2", "a", "b")}},
			[]match.Assignment{{Meeting: "m1", Slot: 1}, {Meeting: "m2", Slot: 3}},
			matchtest.Optimum{Feasible: true, Weight: 2, Gaps: 2, Spread: 1}},
		{"one table", match.Problem{Slots: 1, Tables: 1, Participants: append(people, match.Participant{ID: "d"}),
			Meetings: []match.Meeting{{ID: "m1", Participants: []string{"a", "b"}, Required: true}, {ID: "m2", Participants: []string{"c", "d"}, Required: true}}}, nil,
			matchtest.Optimum{}},
		{"in order", match.Problem{Slots: 2, Tables: 2, Participants: append(people, match.Participant{ID: "d"}),
			Meetings: []match.Meeting{{ID: "m1", Participants: []string{"a", "b"}, After: []string{"m2"}}, {ID: "m2", Participants: []string{"c", "d"}}, {ID: "m3", Participants: []string{"c", "d"}, After: []string{"m1"}}}}, nil,
			matchtest.Optimum{Feasible: true, Weight: 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := matchtest.Best(&test.p, test.previous...); got != test.want {
				t.Errorf("best = %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestRound(t *testing.T) {
	r := matchtest.Round{Entrants: 500, Slots: 20, Requests: 4000, Tables: 120, Hosts: 0.2, Blocked: 0.15, Popularity: 0.6, Weights: 5, Required: 0.01, Seed: 7}
	p := r.Problem()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p, r.Problem()) {
		t.Error("the same round is another problem")
	}
	if n := len(p.Meetings); n != 4000 {
		t.Errorf("%d meetings instead of 4000", n)
	}
	blocked, hosts := 0, map[string]bool{}
	for _, one := range p.Participants {
		if len(one.Unavailable) > 0 {
			blocked++
		}
	}
	for _, m := range p.Meetings {
		hosts[m.Participants[0]] = true
	}
	for _, m := range p.Meetings {
		if hosts[m.Participants[1]] {
			t.Fatalf("%s is of two hosts", m.ID)
		}
	}
	if blocked < 50 || blocked > 100 || len(hosts) > 100 {
		t.Errorf("%d of 500 are blocked at times, %d are hosts", blocked, len(hosts))
	}
	all := matchtest.Round{Entrants: 4, Slots: 3, Requests: 50, Tables: 2}.Problem()
	if len(all.Meetings) != 6 {
		t.Errorf("%d pairs of four people", len(all.Meetings))
	}
}
