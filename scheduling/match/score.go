package match

import (
	"cmp"
	"slices"
)

// A Tally is what a schedule comes to.
type Tally struct {
	Meetings     int   // that are held
	Weight       int   // of those
	Gaps         int   // of all participants
	GapsOf       []int // of each, as they stand in the problem
	Spread       int   // gaps that one has more than another, at the most
	TableChanges int   // of all participants, as Seat counts them
}

// Score counts what a schedule of p comes to. Assignments of unknown meetings, to
// slots that there are not, and of meetings that are held already count nothing.
func Score(p *Problem, held []Assignment) Tally {
	j := newJudge(p)
	at := j.read(held)
	days := j.dayOf(at)
	t := Tally{GapsOf: make([]int, len(days)), TableChanges: tableChanges(days, at)}
	for i := range at {
		if at[i].slot != 0 {
			t.Meetings++
			t.Weight += p.Meetings[i].Worth()
		}
	}
	for who, day := range days {
		t.GapsOf[who] = gapsOfDay(day, at)
		t.Gaps += t.GapsOf[who]
	}
	if len(days) > 0 {
		t.Spread = slices.Max(t.GapsOf) - slices.Min(t.GapsOf)
	}
	return t
}

// tableChanges counts the participants' changes as Seat defines them.
func tableChanges(days [][]int, at []place) (changes int) {
	before := beforeAtTable(at)
	for _, day := range days {
		for k := 1; k < len(day); k++ {
			if before[day[k]] != day[k-1] {
				changes++
			}
		}
	}
	return changes
}

// beforeAtTable gives for each meeting the one before it at its table, -1 for
// none.
func beforeAtTable(at []place) []int {
	before := make([]int, len(at))
	order := make([]int, len(at))
	for i := range at {
		before[i], order[i] = -1, i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(at[a].table, at[b].table), cmp.Compare(at[a].slot, at[b].slot))
	})
	for k := 1; k < len(order); k++ {
		if a, b := order[k-1], order[k]; at[a].slot > 0 && at[a].table == at[b].table {
			before[b] = a
		}
	}
	return before
}
