package scheduling

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// TestTotal holds scores to totals made by hand.
func TestTotal(t *testing.T) {
	r := SelectionRules{Criteria: []Criterion{{ID: "fit", Weight: 3, Max: 5}, {ID: "size", Weight: 1, Max: 4}}}
	for _, test := range []struct {
		name   string
		scores []Score
		want   int
	}{
		{"nobody", nil, 0},
		{"full", []Score{{By: "a", Criterion: "fit", Points: 5}, {By: "a", Criterion: "size", Points: 4}}, 1000},
		{"one criterion", []Score{{By: "a", Criterion: "fit", Points: 5}}, 750},
		{"the average", []Score{{By: "a", Criterion: "fit", Points: 5}, {By: "b", Criterion: "fit", Points: 2}, {By: "c", Criterion: "fit", Points: 2}}, 450},
		{"rounded", []Score{{By: "a", Criterion: "size", Points: 1}}, 63}, // 62.5
		{"thirds", []Score{{By: "a", Criterion: "size", Points: 4}, {By: "b", Criterion: "size", Points: 0}, {By: "c", Criterion: "size", Points: 0}}, 83},
		{"above the most", []Score{{By: "a", Criterion: "fit", Points: 50}}, 750}, // the criterion was made smaller
		{"a criterion that is gone", []Score{{By: "a", Criterion: "old", Points: 5}}, 0},
	} {
		if got := r.total(test.scores); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
	if got := (&SelectionRules{}).total([]Score{{Criterion: "fit", Points: 5}}); got != 0 {
		t.Errorf("without criteria: %d", got)
	}
}

// TestSuggestedSelection fills seats by total and puts the rest in reserve, whatever the
// order the applications come in.
func TestSuggestedSelection(t *testing.T) {
	app := func(id string, total, seats int, s ApplicationState) *Application {
		return &Application{Meta: storage.Meta{ID: id, Created: t0.Add(time.Duration(id[0]) * time.Hour)}, Total: total, Wanted: seats, Seats: seats, State: s}
	}
	all := []*Application{app("a", 500, 1, ApplicationSubmitted), app("b", 900, 2, ApplicationShortlisted), app("c", 500, 2, ApplicationReserve),
		app("d", 990, 1, ApplicationOffered), app("e", 990, 1, ApplicationWithdrawn), app("f", 100, 1, ApplicationSubmitted)}
	rapid.Check(t, func(rt *rapid.T) {
		got := ""
		for _, x := range suggest(rapid.Permutation(all).Draw(rt, "order"), 4) {
			got += fmt.Sprintf("%s:%d/%d ", x.Application.ID, x.Seats, x.Rank)
		}
		if want := "b:2/0 a:1/0 c:1/0 f:0/1 "; got != want {
			rt.Errorf("%q, want %q", got, want)
		}
	})
	if !slices.IsSortedFunc(suggest(all, 0), func(x, y Suggested) int { return cmp.Compare(x.Rank, y.Rank) }) {
		t.Error("without a seat, the reserve is not in its order")
	}
}
