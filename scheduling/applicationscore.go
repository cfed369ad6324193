package scheduling

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// total is what an application is worth by the published criteria, in
// thousandths of the most it could be: of each criterion the average of its
// readers' points, weighed. One that nobody has scored counts as no points.
func (r *SelectionRules) total(scores []Score) int {
	sum, most := new(big.Rat), int64(0)
	for _, c := range r.Criteria {
		points, readers := int64(0), int64(0)
		for _, s := range scores {
			if s.Criterion == c.ID {
				points, readers = points+int64(min(s.Points, c.Max)), readers+1
			}
		}
		if most += int64(c.Weight); readers > 0 && c.Max > 0 {
			sum.Add(sum, big.NewRat(int64(c.Weight)*points, readers*int64(c.Max)))
		}
	}
	if most == 0 {
		return 0
	}
	sum.Mul(sum, big.NewRat(1000, most))
	n := new(big.Int).Mul(sum.Num(), big.NewInt(2)) // rounded to the nearest, halves up
	n.Add(n, sum.Denom())
	return int(n.Div(n, new(big.Int).Mul(sum.Denom(), big.NewInt(2))).Int64())
}

// A ScoreInput is what a reader gives an application by one criterion.
type ScoreInput struct {
	Points int
	Note   string
}

// ScoreApplication stores what by gives an application, by the ids of the
// trip's criteria. It replaces what they gave it before; the points of other
// readers stay.
func (d *Desk) ScoreApplication(ctx context.Context, by Actor, tripID, id string, in map[string]ScoreInput) error {
	return d.onApplication(ctx, by, tripID, id, "application.score", func(t *Trip, a *Application, _ time.Time) error {
		f := faults{}
		mine := t.Selection.scores(by, in, f)
		if err := f.problem(); err != nil {
			return err
		}
		a.Scores = append(slices.DeleteFunc(slices.Clone(a.Scores), func(s Score) bool { return s.By == by.ID }), mine...)
		a.Total = t.Selection.total(a.Scores)
		return nil
	})
}

// scores are in as by's own, in the order of the criteria. Whoever is not
// somebody in particular has no points to give.
func (r *SelectionRules) scores(by Actor, in map[string]ScoreInput, f faults) (out []Score) {
	for id := range in {
		if !slices.ContainsFunc(r.Criteria, func(c Criterion) bool { return c.ID == id }) || by.ID == "" {
			f.add("points", "problem.choice")
		}
	}
	for _, c := range r.Criteria {
		given, ok := in[c.ID]
		if !ok {
			continue
		}
		if given.Points < 0 || given.Points > c.Max {
			f.add("points."+c.ID, "problem.number")
		}
		given.Note = cleanText(given.Note)
		f.limit("points."+c.ID, given.Note, noteLimit)
		out = append(out, Score{By: by.ID, Name: by.Name, Criterion: c.ID, Points: given.Points, Note: given.Note})
	}
	return out
}

// A Suggested is what the totals say about one application.
type Suggested struct {
	Application *Application
	Seats       int // to be offered; 0: none
	Rank        int // in reserve, from 1; 0: an offer
}

// suggest ranks what waits for a decision by its total, the earlier one first
// where two have the same, and gives the free seats to the first. Whoever wants
// more than are left is offered those; from there on it is the reserve.
func suggest(all []*Application, free int) (out []Suggested) {
	var waiting []*Application
	for _, a := range all {
		if a.State.Live() && !a.State.Holds() {
			waiting = append(waiting, a)
		}
	}
	slices.SortFunc(waiting, func(a, b *Application) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	rank := 0
	for _, a := range waiting {
		x := Suggested{Application: a, Seats: min(a.Wanted, free)}
		if free -= x.Seats; x.Seats == 0 {
			rank++
			x.Rank = rank
		}
		out = append(out, x)
	}
	return out
}

// suggestionMark names a suggestion: another one has another mark.
func suggestionMark(list []Suggested) string {
	var b strings.Builder
	for _, x := range list {
		fmt.Fprintf(&b, "%s.%d.%d ", x.Application.ID, x.Seats, x.Rank)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:12])
}

// ApplySuggestion offers seats and ranks the reserve as a suggestion says that
// was shown under its mark. A Problem of kind Changed where it would be another
// by now.
func (d *Desk) ApplySuggestion(ctx context.Context, by Actor, tripID, mark string) (offered int, err error) {
	err = d.onSelection(ctx, by, tripID, func(s *selection) error {
		offered = 0
		if !s.t.selects(s.tx.Now()) {
			return &Problem{Kind: Closed, Key: "application.not_selecting"}
		}
		list := suggest(s.all, s.t.Free())
		if suggestionMark(list) != mark {
			return &Problem{Kind: Changed, Key: "application.suggestion_changed"}
		}
		for _, x := range list {
			if err := s.take(x); err != nil {
				return err
			}
			if x.Seats > 0 {
				offered++
			}
		}
		return nil
	})
	return offered, err
}

// take does what a suggestion says about one application.
func (s *selection) take(x Suggested) error {
	a := x.Application
	switch {
	case x.Seats > 0:
		return s.offer(a, x.Seats, time.Time{})
	case a.State == ApplicationReserve:
		a.Rank, s.order = x.Rank+unranked, true
	default:
		s.move(a, ApplicationReserve, a.Wanted, "application.reserve", "")
		a.Rank = x.Rank + unranked
	}
	return nil
}

// unranked is added to the ranks of a new order: numbering it anew stores each.
const unranked = 1 << 20
