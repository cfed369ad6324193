package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// An ApplicationFilter chooses applications of a trip; what is empty does not
// limit it.
type ApplicationFilter struct {
	State ApplicationState
	Text  string // beginnings of words of the company, the person, the address
	Sort  string // "company", "total" (the highest first), "created" or "rank"; total if empty
}

// A SelectionPage is all that organisers select by.
type SelectionPage struct {
	Trip         *Trip
	Applications []*Application // that the filter chooses
	Counts       map[ApplicationState]int
	All          int
	Wanted       int // seats that live applications want or hold
	Reserve      []*Application
	Suggestion   []Suggested
	Mark         string // of the suggestion
	CanOffer     bool   // seats are offered now
}

// Applications gives organisers of a trip its applications.
func (d *Desk) Applications(ctx context.Context, by Actor, tripID string, f ApplicationFilter) (p *SelectionPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ownTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		s, err := d.selectionOf(tx, by, t)
		if err != nil {
			return err
		}
		p = s.page(f)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	return p, nil
}

func (s *selection) page(f ApplicationFilter) *SelectionPage {
	p := &SelectionPage{Trip: s.t, Counts: map[ApplicationState]int{}, All: len(s.all), Reserve: s.reserve(), Suggestion: suggest(s.all, s.t.Free()), CanOffer: s.t.selects(s.tx.Now())}
	p.Mark = suggestionMark(p.Suggestion)
	for _, a := range s.all {
		p.Counts[a.State]++
		if a.State.Live() {
			p.Wanted += a.Seats
		}
		if f.fits(a) {
			p.Applications = append(p.Applications, a)
		}
	}
	slices.SortStableFunc(p.Applications, f.compare)
	return p
}

func (f ApplicationFilter) fits(a *Application) bool {
	if f.State != "" && a.State != f.State {
		return false
	}
	for _, w := range words(f.Text) {
		if !slices.ContainsFunc(a.Words, func(s string) bool { return strings.HasPrefix(s, w) }) {
			return false
		}
	}
	return true
}

func (f ApplicationFilter) compare(a, b *Application) int {
	switch f.Sort {
	case "company":
		return cmp.Compare(a.Sort, b.Sort)
	case "created":
		return a.Created.Compare(b.Created)
	case "rank":
		return byRank(a, b)
	}
	return cmp.Or(cmp.Compare(b.Total, a.Total), a.Created.Compare(b.Created))
}

// An OneApplication is an application as organisers see it.
type OneApplication struct {
	ApplicationPage
	Mine []Score // the reader's points
}

// Application gives organisers of its trip an application.
func (d *Desk) Application(ctx context.Context, by Actor, tripID, id string) (p *OneApplication, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ownTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		a, err := applications.Get(tx, id)
		if err != nil {
			return err
		}
		if a.TripID != t.ID {
			return errHidden
		}
		page, err := applicationPage(tx, t, a)
		if err != nil {
			return err
		}
		p = &OneApplication{ApplicationPage: *page, Mine: a.scoresOf(by.ID)}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("show an application: %w", err)
	}
	return p, nil
}

// scoresOf are what one reader gave.
func (a *Application) scoresOf(readerID string) (out []Score) {
	for _, s := range a.Scores {
		if s.By == readerID && readerID != "" {
			out = append(out, s)
		}
	}
	return out
}

// A Scorer is a reader of an application with what they gave it.
type Scorer struct {
	Name   string
	Scores []Score
}

// Scorers are those who have scored a, by name.
func (a *Application) Scorers() (out []Scorer) {
	var ids []string
	for _, s := range a.Scores {
		if !slices.Contains(ids, s.By) {
			ids = append(ids, s.By)
		}
	}
	for _, id := range ids {
		mine := a.scoresOf(id)
		out = append(out, Scorer{mine[0].Name, mine})
	}
	slices.SortStableFunc(out, func(x, y Scorer) int { return cmp.Compare(x.Name, y.Name) })
	return out
}
