package match_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match"
	"kohtaamo/scheduling/match/matchtest"
)

// times draws a schedule without tables, in which nobody is in two meetings at
// once, of groups and pairs with all sorts of gaps.
func times(t *rapid.T) (*match.Problem, []match.Assignment) {
	p := &match.Problem{Format: match.Format, Slots: 5, Tables: rapid.IntRange(1, 3).Draw(t, "tables")}
	for i := range rapid.IntRange(2, 6).Draw(t, "participants") {
		p.Participants = append(p.Participants, match.Participant{ID: fmt.Sprintf("p%d", i+1)})
	}
	var held []match.Assignment
	busy, atOnce := map[string]bool{}, map[int]int{}
	for i := range rapid.IntRange(0, 16).Draw(t, "meetings") {
		m := match.Meeting{ID: fmt.Sprintf("m%d", i+1)}
		slot := rapid.IntRange(1, p.Slots).Draw(t, "slot")
		size := rapid.SampledFrom([]int{2, 2, 2, 3}).Draw(t, "size")
		for _, one := range rapid.Permutation(p.Participants).Draw(t, "people") {
			if key := fmt.Sprint(slot, one.ID); len(m.Participants) < size && !busy[key] {
				m.Participants = append(m.Participants, one.ID)
			}
		}
		if len(m.Participants) < 2 || atOnce[slot] == p.Tables || len(held) == 9 {
			continue
		}
		for _, id := range m.Participants {
			busy[fmt.Sprint(slot, id)] = true
		}
		atOnce[slot]++
		p.Meetings = append(p.Meetings, m)
		held = append(held, match.Assignment{Meeting: m.ID, Slot: slot})
	}
	return p, held
}

// fewestChanges tries all tables that may allows.
func fewestChanges(p *match.Problem, held []match.Assignment, may func(i, table int) bool) int {
	seated, best := slices.Clone(held), -1
	taken := map[[2]int]bool{}
	var from func(i int)
	from = func(i int) {
		if i == len(seated) {
			if n := match.Score(p, seated).TableChanges; best < 0 || n < best {
				best = n
			}
			return
		}
		for table := 1; table <= p.Tables; table++ {
			key := [2]int{seated[i].Slot, table}
			if !taken[key] && may(i, table) {
				taken[key], seated[i].Table = true, table
				from(i + 1)
				taken[key] = false
			}
		}
	}
	from(0)
	return best
}

func TestSeatHasTheFewestChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, held := times(t)
		got, err := match.Seat(p, held, match.Seating{})
		if err != nil {
			t.Fatal(err)
		}
		if broken := match.CheckSchedule(p, got); len(broken) > 0 || !sameTimes(got, held) {
			t.Fatalf("%+v became %+v: %v", held, got, broken)
		}
		want := fewestChanges(p, held, func(int, int) bool { return true })
		if n := match.Score(p, got).TableChanges; n != want {
			t.Errorf("%+v has %d changes, and %d are possible", got, n, want)
		}
	})
}

func sameTimes(a, b []match.Assignment) bool {
	return slices.EqualFunc(a, b, func(a, b match.Assignment) bool { return a.Meeting == b.Meeting && a.Slot == b.Slot })
}

func TestSeatAtStands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, held := times(t)
		stands := map[string]int{"p1": 3, "p2": 4}
		p.Tables += 4 // room for everybody beside the two stands
		own := func(i int) int {
			for _, id := range p.Meetings[i].Participants {
				if stands[id] != 0 {
					return stands[id]
				}
			}
			return 0
		}
		got, err := match.Seat(p, held, match.Seating{Stands: stands})
		if err != nil {
			t.Fatal(err)
		}
		may := func(i, table int) bool { return table == own(i) || own(i) == 0 && table != 3 && table != 4 }
		for i := range got {
			if !may(i, got[i].Table) {
				t.Errorf("%+v is at the table %d", p.Meetings[i], got[i].Table)
			}
		}
		p.Tables = 5 // enough to try, since one slot has three of them at most
		if n, want := match.Score(p, got).TableChanges, fewestChanges(p, held, may); want >= 0 && n > want {
			t.Errorf("%+v has %d changes, and %d are possible", got, n, want)
		}
	})
}

func TestSeatKeepsPreviousTables(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, held := times(t)
		previous, err := match.Seat(p, held, match.Seating{})
		if err != nil {
			t.Fatal(err)
		}
		left := slices.DeleteFunc(slices.Clone(previous), func(match.Assignment) bool { return rapid.IntRange(0, 3).Draw(t, "gone") == 0 })
		left = append(left, match.Assignment{Meeting: "m99", Slot: 1, Table: 1}, match.Assignment{Meeting: "m1", Slot: 99, Table: 1})
		got, err := match.Seat(p, held, match.Seating{Previous: left})
		if err != nil {
			t.Fatal(err)
		}
		if broken := match.CheckSchedule(p, got); len(broken) > 0 || !sameTimes(got, held) {
			t.Fatalf("%+v became %+v: %v", held, got, broken)
		}
		for i, a := range previous {
			if slices.Contains(left[:len(left)-1], a) && got[i] != a && left[len(left)-1].Meeting != a.Meeting {
				t.Errorf("%+v became %+v", a, got[i])
			}
		}
	})
}

func TestSeatWhereStandsAreNeeded(t *testing.T) {
	p := &match.Problem{Slots: 2, Tables: 2, Meetings: []match.Meeting{
		{ID: "m1", Participants: []string{"a", "b"}}, {ID: "m2", Participants: []string{"c", "d"}}, {ID: "m3", Participants: []string{"b", "d"}},
	}, Participants: []match.Participant{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}}}
	held := []match.Assignment{{Meeting: "m1", Slot: 1}, {Meeting: "m2", Slot: 1}, {Meeting: "m3", Slot: 2}}
	got, err := match.Seat(p, held, match.Seating{Stands: map[string]int{"a": 2, "x": 1}})
	want := []match.Assignment{{Meeting: "m1", Slot: 1, Table: 2}, {Meeting: "m2", Slot: 1, Table: 1}, {Meeting: "m3", Slot: 2, Table: 1}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("seated %+v (%v), want %+v", got, err, want)
	}
}

func TestSeatRefuses(t *testing.T) {
	p := &match.Problem{Slots: 2, Tables: 1, Participants: []match.Participant{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}}, Meetings: []match.Meeting{
		{ID: "m1", Participants: []string{"a", "b"}}, {ID: "m2", Participants: []string{"c", "d"}}, {ID: "m3", Participants: []string{"a", "c"}}}}
	for _, test := range []struct {
		held   []match.Assignment
		stands map[string]int
		want   string
	}{
		{[]match.Assignment{{Meeting: "m1", Slot: 1}, {Meeting: "m2", Slot: 1}}, nil, "slot 1 has 2 meetings and there are 1 table"},
		{[]match.Assignment{{Meeting: "m9", Slot: 1}}, nil, `no meeting "m9"`},
		{[]match.Assignment{{Meeting: "m1", Slot: 3}}, nil, "m1 is in slot 3"},
		{[]match.Assignment{{Meeting: "m1", Slot: 1}, {Meeting: "m1", Slot: 2}}, nil, "m1 is there twice"},
		{[]match.Assignment{{Meeting: "m1", Slot: 1}}, map[string]int{"b": 2}, "the stand of b is table 2"},
		{[]match.Assignment{{Meeting: "m1", Slot: 1}, {Meeting: "m3", Slot: 1}}, map[string]int{"a": 1}, "m1 and m3 are both at the stand of a in slot 1"},
	} {
		if got, err := match.Seat(p, test.held, match.Seating{Stands: test.stands}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v is seated as %+v, %v; want %q", test.held, got, err, test.want)
		}
	}
}

// crowded is a full house: 40 slots of 400 meetings, wherever there is room.
func crowded() (*match.Problem, []match.Assignment) {
	p := matchtest.Round{Entrants: 5000, Slots: 40, Requests: 20_000, Tables: 500, Hosts: 0.2, Popularity: 0.4, Seed: 1}.Problem()
	var held []match.Assignment
	busy, atOnce := map[string][]bool{}, make([]int, p.Slots)
	for _, one := range p.Participants {
		busy[one.ID] = make([]bool, p.Slots)
	}
	for i, m := range p.Meetings {
		a, b := busy[m.Participants[0]], busy[m.Participants[1]]
		for k := range p.Slots {
			if slot := (i + k) % p.Slots; !a[slot] && !b[slot] && atOnce[slot] < p.Tables {
				a[slot], b[slot] = true, true
				atOnce[slot]++
				held = append(held, match.Assignment{Meeting: m.ID, Slot: slot + 1})
				break
			}
		}
	}
	return p, held[:16_000]
}

func BenchmarkSeat16000(b *testing.B) {
	p, held := crowded()
	changes := 0
	for b.Loop() {
		seated, err := match.Seat(p, held, match.Seating{})
		if err != nil {
			b.Fatal(err)
		}
		changes = match.Score(p, seated).TableChanges
	}
	b.ReportMetric(float64(changes), "changes")
}
