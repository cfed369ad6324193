package match_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match"
	"kohtaamo/scheduling/match/matchtest"
)

// must is a required meeting.
func must(id string, people ...string) match.Meeting {
	return match.Meeting{ID: id, Participants: people, Required: true}
}

// with changes a meeting.
func with(m match.Meeting, change func(*match.Meeting)) match.Meeting {
	change(&m)
	return m
}

func TestConflicts(t *testing.T) {
	people := func(busy ...int) []match.Participant {
		return []match.Participant{{ID: "a", Unavailable: busy}, {ID: "b"}, {ID: "c"}, {ID: "d"}, {ID: "e"}}
	}
	fixed := func(slot int) func(*match.Meeting) { return func(m *match.Meeting) { m.Slot = slot } }
	after := func(ids ...string) func(*match.Meeting) { return func(m *match.Meeting) { m.After = ids } }
	in := func(slots ...int) func(*match.Meeting) { return func(m *match.Meeting) { m.Slots = slots } }
	for _, test := range []struct {
		name string
		p    match.Problem
		want match.Reason
		says string
	}{
		{"away", match.Problem{Slots: 2, Tables: 2, Participants: people(2), Meetings: []match.Meeting{with(must("m1", "b", "a"), fixed(2))}},
			match.Reason{Kind: match.ReasonAway, Participants: []string{"a"}, Meetings: []string{"m1"}, Slots: []int{2}},
			"m1 is required and fixed to slot 2, in which a is unavailable"},
		{"no slot", match.Problem{Slots: 2, Tables: 2, Participants: people(1, 2), Meetings: []match.Meeting{must("m1", "b", "a")}},
			match.Reason{Kind: match.ReasonNoSlot, Meetings: []string{"m1"}},
			"m1 is required, and no slot suits it and all of its participants"},
		{"day", match.Problem{Slots: 3, Tables: 2, Participants: people(2), Meetings: []match.Meeting{must("m1", "a", "b"), must("m2", "a", "c"), must("m3", "d", "a")}},
			match.Reason{Kind: match.ReasonDay, Participants: []string{"a"}, Have: 3, Need: 2},
			"a has 3 required meetings and 2 free slots"},
		{"limit", match.Problem{Slots: 3, Tables: 2, Participants: []match.Participant{{ID: "a", MaxMeetings: ptr(1)}, {ID: "b"}, {ID: "c"}}, Meetings: []match.Meeting{must("m1", "a", "b"), must("m2", "a", "c")}},
			match.Reason{Kind: match.ReasonLimit, Participants: []string{"a"}, Have: 2, Need: 1},
			"a has 2 required meetings and wants 1 at most"},
		{"two at once", match.Problem{Slots: 3, Tables: 2, Participants: people(), Meetings: []match.Meeting{with(must("m1", "a", "b"), fixed(3)), must("m2", "a", "d"), with(must("m3", "a", "c"), fixed(3))}},
			match.Reason{Kind: match.ReasonCrowded, Participants: []string{"a"}, Meetings: []string{"m1", "m3"}, Slots: []int{3}, Have: 2, Need: 1},
			"a has 2 required meetings that can only be in slot 3: m1 and m3"},
		{"crowded", match.Problem{Slots: 4, Tables: 2, Participants: people(3), Meetings: []match.Meeting{with(must("m1", "a", "b"), in(1, 2, 3)), with(must("m2", "a", "d"), in(1, 2)), with(must("m3", "a", "c"), in(2, 3)), must("m4", "b", "c")}},
			match.Reason{Kind: match.ReasonCrowded, Participants: []string{"a"}, Meetings: []string{"m1", "m2", "m3"}, Slots: []int{1, 2}, Have: 3, Need: 2},
			"a has 3 required meetings that can only be in slots 1 and 2: m1, m2 and m3"},
		{"tables", match.Problem{Slots: 1, Tables: 1, Participants: people(), Meetings: []match.Meeting{must("m1", "a", "b"), must("m2", "c", "d")}},
			match.Reason{Kind: match.ReasonTables, Have: 2, Need: 1},
			"there are 2 required meetings and places for 1 in all slots"},
		{"one slot", match.Problem{Slots: 1, Tables: 9, Participants: people()[:3], Meetings: []match.Meeting{must("m1", "a", "b"), must("m2", "b", "c")}},
			match.Reason{Kind: match.ReasonDay, Participants: []string{"b"}, Have: 2, Need: 1},
			"b has 2 required meetings and 1 free slot"},
		{"places", match.Problem{Slots: 3, Tables: 1, Participants: people(), Meetings: []match.Meeting{with(must("m1", "a", "b"), in(1, 2)), with(must("m2", "c", "d"), in(1, 2)), with(must("m3", "b", "e"), in(2))}},
			match.Reason{Kind: match.ReasonPlaces, Meetings: []string{"m1", "m2", "m3"}, Slots: []int{1, 2}, Have: 3, Need: 2},
			"3 required meetings can only be in slots 1 and 2, where there are places for 2: m1, m2 and m3"},
		{"order", match.Problem{Slots: 3, Tables: 2, Participants: people(1), Meetings: []match.Meeting{with(must("m3", "c", "e"), after("m2", "m9")), must("m1", "a", "b"), with(must("m2", "d", "e"), after("m1")), must("m9", "b", "c")}},
			match.Reason{Kind: match.ReasonOrder, Meetings: []string{"m1", "m2", "m3"}, Have: 3},
			"m1, m2 and m3 are required and have to follow each other, and do not fit into their slots"},
		{"fairness", match.Problem{Slots: 5, Tables: 2, Fairness: ptr(1), Participants: people(2, 4), Meetings: []match.Meeting{must("m1", "a", "b"), must("m2", "a", "c"), must("m3", "a", "d")}},
			match.Reason{Kind: match.ReasonFairness, Participants: []string{"a", "b"}, Have: 2, Need: 1},
			"a has at least 2 gaps, and in fairness to b there may be 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := match.Conflicts(&test.p)
			if len(got) == 0 || !reflect.DeepEqual(got[0], test.want) || got[0].String() != test.says {
				t.Errorf("found %+v (%v), want %+v (%s)", got, got, test.want, test.says)
			}
		})
	}
}

func TestReasonNamesSlots(t *testing.T) {
	r := match.Reason{Kind: match.ReasonPlaces, Slots: []int{9, 1, 2, 3, 5, 6}, Have: 14, Need: 1, Meetings: strings.Split("abcdefghijklmn", "")}
	if got, want := r.String(), "14 required meetings can only be in slots 1–3, 5, 6 and 9, where there are places for 1: a, b, c, d, e, f, g, h, i, j, k, l and 2 more"; got != want {
		t.Errorf("says %q, want %q", got, want)
	}
}

func TestConflictsAreTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := matchtest.Small().Draw(t, "problem")
		if found := match.Conflicts(p); len(found) > 0 && matchtest.Best(p).Feasible {
			t.Errorf("%v, and there is a schedule", found)
		}
	})
}

// TestConflictsAreFound counts how many of the small problems without a schedule
// are explained.
func TestConflictsAreFound(t *testing.T) {
	infeasible, explained := 0, 0
	for seed := range 1000 {
		p := matchtest.Small().Example(seed)
		if matchtest.Best(p).Feasible {
			continue
		}
		infeasible++
		if len(match.Conflicts(p)) > 0 {
			explained++
		}
	}
	t.Logf("%d of %d", explained, infeasible)
	if explained < infeasible*9/10 {
		t.Errorf("%d of %d problems without a schedule are explained", explained, infeasible)
	}
}

func TestConflictsOfPublished(t *testing.T) {
	optima := published(t)
	for _, file := range instances(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		found := match.Conflicts(readFile(t, file))
		if len(found) > 0 && optima[name] != infeasible {
			t.Errorf("%s: %v, and %d gaps are the published optimum", name, found, optima[name])
		}
		if optima[name] == infeasible {
			t.Log(name, found)
		}
	}
}
