package match_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match"
	"kohtaamo/scheduling/match/matchtest"
)

// fair is a problem with every rule in it: five people, four slots, two tables.
func fair() *match.Problem {
	return &match.Problem{
		Format: match.Format, Slots: 4, Tables: 2, Fairness: ptr(0),
		Sessions:     []match.Session{{Name: "morning", From: 1, To: 2}},
		Participants: []match.Participant{{ID: "a"}, {ID: "b"}, {ID: "c", Unavailable: []int{4}}, {ID: "d", MaxMeetings: ptr(2)}, {ID: "e"}},
		Meetings: []match.Meeting{
			{ID: "ab", Participants: []string{"a", "b"}, Required: true, Weight: ptr(3), Session: "morning"},
			{ID: "cd", Participants: []string{"c", "d"}, Slots: []int{1, 3, 4}},
			{ID: "ac", Participants: []string{"a", "c"}, After: []string{"ab"}},
			{ID: "bd", Participants: []string{"b", "d"}, Slot: 2},
			{ID: "de", Participants: []string{"d", "e"}},
			{ID: "abe", Participants: []string{"a", "b", "e"}, Weight: ptr(0)},
		},
	}
}

// good is a schedule of it that breaks no rule.
func good() []match.Assignment {
	return []match.Assignment{{Meeting: "ab", Slot: 1, Table: 1}, {Meeting: "cd", Slot: 1, Table: 2}, {Meeting: "ac", Slot: 2, Table: 2}, {Meeting: "bd", Slot: 2, Table: 1}}
}

func TestCheckSchedule(t *testing.T) {
	for _, test := range []struct {
		name  string
		moves []match.Assignment
		want  []match.Violation
		says  string
	}{
		{"good", nil, nil, ""},
		{"unknown", []match.Assignment{{Meeting: "xy", Slot: 1, Table: 1}}, []match.Violation{{Rule: match.RuleKnown, Meetings: []string{"xy"}}}, "there is no meeting xy"},
		{"slot", []match.Assignment{{Meeting: "ac", Slot: 5, Table: 1}}, []match.Violation{{Rule: match.RuleSlot, Meetings: []string{"ac"}, Have: 5, Need: 4}}, "ac is in slot 5: they are 1 to 4"},
		{"table", []match.Assignment{{Meeting: "ac", Slot: 2, Table: 3}}, []match.Violation{{Rule: match.RuleTable, Meetings: []string{"ac"}, Slot: 2, Have: 3, Need: 2}}, "ac is at table 3: they are 1 to 2"},
		{"no table", []match.Assignment{{Meeting: "ac", Slot: 2}}, []match.Violation{{Rule: match.RuleTable, Meetings: []string{"ac"}, Slot: 2, Have: 0, Need: 2}}, "ac is at table 0: they are 1 to 2"},
		{"session", []match.Assignment{{Meeting: "ac", Slot: 0}, {Meeting: "ab", Slot: 3, Table: 1}},
			[]match.Violation{{Rule: match.RuleSession, Meetings: []string{"ab"}, Slot: 3}}, "ab is in slot 3, outside of its session"},
		{"slots", []match.Assignment{{Meeting: "ac", Slot: 0}, {Meeting: "bd", Slot: 0}, {Meeting: "cd", Slot: 2, Table: 1}},
			[]match.Violation{{Rule: match.RuleSlots, Meetings: []string{"cd"}, Slot: 2}}, "cd is in slot 2, which is not one of its slots"},
		{"fixed", []match.Assignment{{Meeting: "ab", Slot: 2, Table: 2}, {Meeting: "cd", Slot: 0}, {Meeting: "ac", Slot: 3, Table: 1}, {Meeting: "bd", Slot: 3, Table: 2}},
			[]match.Violation{{Rule: match.RuleFixed, Meetings: []string{"bd"}, Slot: 3, Need: 2}}, "bd is in slot 3 and fixed to slot 2"},
		{"unavailable", []match.Assignment{{Meeting: "ac", Slot: 0}, {Meeting: "bd", Slot: 0}, {Meeting: "cd", Slot: 4, Table: 1}},
			[]match.Violation{{Rule: match.RuleAvailable, Meetings: []string{"cd"}, Participants: []string{"c"}, Slot: 4}}, "cd is in slot 4, in which c is unavailable"},
		{"at once", []match.Assignment{{Meeting: "abe", Slot: 1, Table: 2}, {Meeting: "cd", Slot: 0}},
			[]match.Violation{
				{Rule: match.RulePerson, Meetings: []string{"ab", "abe"}, Participants: []string{"a"}, Slot: 1},
				{Rule: match.RulePerson, Meetings: []string{"ab", "abe"}, Participants: []string{"b"}, Slot: 1}}, "a is in ab and in abe at once, in slot 1"},
		{"one table", []match.Assignment{{Meeting: "ac", Slot: 2, Table: 1}},
			[]match.Violation{{Rule: match.RuleSeat, Meetings: []string{"ac", "bd"}, Slot: 2, Table: 1}}, "ac and bd are both at table 1 in slot 2"},
		{"limit", []match.Assignment{{Meeting: "de", Slot: 3, Table: 1}},
			[]match.Violation{{Rule: match.RuleLimit, Participants: []string{"d"}, Have: 3, Need: 2}}, "d has 3 meetings and wants 2 at most"},
		{"order", []match.Assignment{{Meeting: "ab", Slot: 2, Table: 1}, {Meeting: "bd", Slot: 0}, {Meeting: "cd", Slot: 0}, {Meeting: "ac", Slot: 1, Table: 1}},
			[]match.Violation{{Rule: match.RuleOrder, Meetings: []string{"ab", "ac"}, Slot: 1}}, "ab has to be before ac, which is in slot 1"},
		{"required", []match.Assignment{{Meeting: "ab"}}, []match.Violation{{Rule: match.RuleRequired, Meetings: []string{"ab"}}}, "ab is required and not held"},
		{"unfair", []match.Assignment{{Meeting: "ac", Slot: 3, Table: 1}, {Meeting: "bd", Slot: 0}, {Meeting: "cd", Slot: 0}},
			[]match.Violation{{Rule: match.RuleFairness, Participants: []string{"a", "b"}, Have: 1, Need: 0}}, "a has 1 gap more than b; 0 more is allowed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			held := good()
			for _, move := range test.moves {
				held = match.Moved(held, move)
			}
			got := match.CheckSchedule(fair(), held)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("found %+v, want %+v", got, test.want)
			}
			if len(got) > 0 && got[0].String() != test.says {
				t.Errorf("says %q, want %q", got[0], test.says)
			}
		})
	}
	twice := append(good(), match.Assignment{Meeting: "ab", Slot: 3, Table: 1})
	want := []match.Violation{{Rule: match.RuleOnce, Meetings: []string{"ab"}, Slot: 3}}
	if got := match.CheckSchedule(fair(), twice); !reflect.DeepEqual(got, want) || got[0].String() != "ab is held a second time, in slot 3" {
		t.Errorf("found %v, want %v", got, want)
	}
}

func TestCheckClaims(t *testing.T) {
	best := match.Solution{Status: match.Optimal, Weight: 6, WeightBound: 6, Assignment: good()}
	none := match.Solution{Status: match.Infeasible, Conflict: []string{"no"}}
	for _, test := range []struct {
		name   string
		from   match.Solution
		change func(*match.Solution)
		says   string
	}{
		{"true", best, func(s *match.Solution) {}, ""},
		{"weight", best, func(s *match.Solution) { s.Weight, s.WeightBound = 7, 7 }, "the weight is said to be 7 and is 6"},
		{"gaps", best, func(s *match.Solution) { s.Gaps, s.GapsBound = 1, 1 }, "there are said to be 1 gap, and there are 0"},
		{"room for weight", best, func(s *match.Solution) { s.WeightBound = 7 }, "the status is not what the bounds, the schedule and the conflict say"},
		{"room for gaps", best, func(s *match.Solution) { s.GapsBound = -1 }, "the status is not what the bounds, the schedule and the conflict say"},
		{"a weight too good", best, func(s *match.Solution) { s.Status, s.WeightBound = match.Feasible, 5 }, "no weight is said to be above 5, and this one is 6"},
		{"gaps too good", best, func(s *match.Solution) { s.Status, s.GapsBound = match.Feasible, 1 }, "1 gap is said to be the fewest, and there are 0"},
		{"gaps of a greater weight", best, func(s *match.Solution) { s.Status, s.WeightBound, s.GapsBound = match.Feasible, 7, 1 }, ""},
		{"not held", best, func(s *match.Solution) { s.Assignment, s.Weight, s.WeightBound = nil, 0, 0 }, "ab is required and not held"},
		{"no status", best, func(s *match.Solution) { s.Status = "good" }, "the status is not what the bounds, the schedule and the conflict say"},
		{"nothing found", match.Solution{Status: match.Unknown}, func(s *match.Solution) {}, ""},
		{"infeasible", none, func(s *match.Solution) {}, ""},
		{"without a reason", none, func(s *match.Solution) { s.Conflict = nil }, "the status is not what the bounds, the schedule and the conflict say"},
		{"with a schedule", none, func(s *match.Solution) { s.Assignment = good() }, "the status is not what the bounds, the schedule and the conflict say"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := test.from
			test.change(&s)
			got := match.Check(fair(), &s)
			if test.says == "" && len(got) > 0 || test.says != "" && (len(got) == 0 || got[0].String() != test.says) {
				t.Errorf("found %v, want %q", got, test.says)
			}
		})
	}
	free := fair()
	free.Meetings[0].Required = false
	if got := match.Check(free, &none); len(got) != 1 {
		t.Errorf("nothing is required, and infeasible is taken for an answer")
	}
}

func TestCheckMove(t *testing.T) {
	held := match.Moved(good(), match.Assignment{Meeting: "bd", Slot: 3, Table: 1}) // fixed elsewhere, and a gap for b and for d
	if got := match.CheckSchedule(fair(), held); len(got) != 2 {
		t.Fatalf("found %v", got)
	}
	for _, test := range []struct {
		move match.Assignment
		want []string
	}{
		{match.Assignment{Meeting: "ac", Slot: 2, Table: 1}, nil},
		{match.Assignment{Meeting: "bd", Slot: 3, Table: 2}, nil},
		{match.Assignment{Meeting: "bd", Slot: 4, Table: 2}, []string{"bd is in slot 4 and fixed to slot 2"}},
		{match.Assignment{Meeting: "bd"}, nil},
		{match.Assignment{Meeting: "ab"}, []string{"ab is required and not held"}},
		{match.Assignment{Meeting: "de", Slot: 3, Table: 1}, []string{"bd and de are both at table 1 in slot 3", "d is in bd and in de at once, in slot 3", "d has 3 meetings and wants 2 at most"}},
	} {
		var got []string
		for _, v := range match.CheckMove(fair(), held, test.move) {
			got = append(got, v.String())
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%+v: found %q, want %q", test.move, got, test.want)
		}
	}
}

// TestCheckIsRight compares with the other judge there is, which tries
// everything, on schedules good and bad.
func TestCheckIsRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Small().Draw(t, "problem")
		held := schedule(t, p)
		want, ok := matchtest.Outcome(p, held)
		found := match.CheckSchedule(p, held)
		if ok != (len(found) == 0) {
			t.Fatalf("found %v in %+v; by brute force that is %t", found, held, ok)
		}
		score := match.Score(p, held)
		if got := (matchtest.Optimum{Feasible: true, Weight: score.Weight, Gaps: score.Gaps, Spread: score.Spread}); ok && got != want {
			t.Errorf("%+v comes to %+v, want %+v", held, got, want)
		}
		move := match.Assignment{Slot: rapid.IntRange(0, p.Slots).Draw(t, "to"), Table: 99}
		if ok && len(p.Meetings) > 0 {
			move.Meeting = rapid.SampledFrom(p.Meetings).Draw(t, "moved").ID
			p.Tables = 99
			moves, all := match.CheckMove(p, held, move), match.CheckSchedule(p, match.Moved(held, move))
			if !reflect.DeepEqual(moves, all) && len(moves)+len(all) > 0 {
				t.Errorf("a move of a good schedule breaks %v, and then %v is broken", moves, all)
			}
		}
	})
}

// schedule draws some assignments, each at a table of its own while there are
// any.
func schedule(t *rapid.T, p *match.Problem) []match.Assignment {
	var held []match.Assignment
	atOnce := map[int]int{}
	for _, m := range p.Meetings {
		slot := rapid.IntRange(0, p.Slots).Draw(t, "slot")
		if slot == 0 {
			continue
		}
		atOnce[slot]++
		held = append(held, match.Assignment{Meeting: m.ID, Slot: slot, Table: atOnce[slot]})
	}
	return held
}

func TestScore(t *testing.T) {
	held := []match.Assignment{{Meeting: "ab", Slot: 1, Table: 1}, {Meeting: "bd", Slot: 2, Table: 1}, {Meeting: "abe", Slot: 4, Table: 1}, {Meeting: "cd", Slot: 3, Table: 1}, {Meeting: "ac", Slot: 2, Table: 2}, {Meeting: "no", Slot: 1}, {Meeting: "de", Slot: 9}}
	want := match.Tally{Meetings: 5, Weight: 6, Gaps: 2, GapsOf: []int{1, 1, 0, 0, 0}, Spread: 1, TableChanges: 4}
	if got := match.Score(fair(), held); !reflect.DeepEqual(got, want) {
		t.Errorf("score = %+v, want %+v", got, want)
	}
}

func BenchmarkCheckMove(b *testing.B) {
	p := matchtest.Round{Entrants: 120, Slots: 20, Requests: 300, Tables: 30, Weights: 3, Seed: 1}.Problem()
	var held []match.Assignment
	for i, m := range p.Meetings {
		held = append(held, match.Assignment{Meeting: m.ID, Slot: 1 + i%20, Table: 1 + i/20})
	}
	for b.Loop() {
		match.CheckMove(p, held, match.Assignment{Meeting: "m7", Slot: 3, Table: 30})
	}
}
