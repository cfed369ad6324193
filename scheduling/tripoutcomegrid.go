package scheduling

import (
	"context"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// A TripOutcomeFilter chooses rows of an outcome grid: one of TripOutcomeFilters
// or a step of the ladder.
type TripOutcomeFilter string

// What a grid can show of its rows. Each figure is the number of rows that its
// filter shows.
const (
	TripOutcomesAll      TripOutcomeFilter = ""
	TripOutcomesAnswered TripOutcomeFilter = "answered"
	TripOutcomesWaiting  TripOutcomeFilter = "waiting" // the delegate has not answered
	TripOutcomesDisagree TripOutcomeFilter = "disagree"
	TripOutcomesNext     TripOutcomeFilter = "next" // has an open next step
	TripOutcomesOverdue  TripOutcomeFilter = "overdue"
	TripOutcomesStory    TripOutcomeFilter = "story" // that may be quoted
)

// TripOutcomeFilters are those with a figure of their own, in the order of a
// page.
var TripOutcomeFilters = []TripOutcomeFilter{TripOutcomesAnswered, TripOutcomesWaiting, TripOutcomesDisagree, TripOutcomesNext, TripOutcomesOverdue, TripOutcomesStory}

// shows reports whether a row belongs to what the filter asks for on a day.
func (f TripOutcomeFilter) shows(r *TripRow, today string) bool {
	switch f {
	case TripOutcomesAll:
		return true
	case TripOutcomesAnswered:
		return r.Said != nil
	case TripOutcomesWaiting:
		return r.Waiting()
	case TripOutcomesDisagree:
		return r.Disagree
	case TripOutcomesNext:
		return r.Said != nil && r.Said.Open
	case TripOutcomesOverdue:
		return r.Said != nil && r.Said.Overdue(today)
	case TripOutcomesStory:
		return r.Said != nil && r.Said.Quote
	}
	return r.Furthest == Ladder(f)
}

// A TripGrid is what came of a trip so far: delegates and the hosts they met.
type TripGrid struct {
	Trip      *Trip
	Delegates []*TripDelegate // of the rows, by name
	Hosts     []*Host         // of the rows, in the order of the programme
	Rows      []*TripRow
	Figure    map[TripOutcomeFilter]int
	Owners    map[string]string // names of who takes next steps, by person id
	Silent    []*Traveller      // who met somebody of whom their side has said nothing
	Today     string            // on the calendar of the trip's home
}

// TripGrid counts what came of a trip, for whoever organises or leads it.
func (d *Desk) TripGrid(ctx context.Context, by Actor, tripID string) (g *TripGrid, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		said, err := readSaid(tx, t)
		if err != nil {
			return err
		}
		g, err = gridOf(tx, said)
		return err
	})
	return g, err
}

func gridOf(tx *storage.Tx, said *tripSaid) (*TripGrid, error) {
	g := &TripGrid{Trip: said.Trip, Rows: said.Rows, Figure: map[TripOutcomeFilter]int{}, Today: said.Trip.today(tx.Now())}
	for _, r := range said.Rows {
		if !slices.ContainsFunc(g.Delegates, func(d *TripDelegate) bool { return d.Key == r.Delegate.Key }) {
			g.Delegates = append(g.Delegates, r.Delegate)
		}
		if !slices.ContainsFunc(g.Hosts, func(h *Host) bool { return h.ID == r.Host.ID }) {
			g.Hosts = append(g.Hosts, r.Host)
		}
		for _, f := range allTripFilters() {
			if f.shows(r, g.Today) {
				g.Figure[f]++
			}
		}
		if r.Waiting() {
			g.silent(r.People)
		}
	}
	slices.SortStableFunc(g.Delegates, func(a, b *TripDelegate) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	order := func(h *Host) int {
		i := slices.IndexFunc(said.Programme.Hosts, func(x Host) bool { return x.ID == h.ID })
		if i < 0 {
			return len(said.Programme.Hosts)
		}
		return i
	}
	slices.SortStableFunc(g.Hosts, func(a, b *Host) int { return order(a) - order(b) })
	return g, g.nameOwners(tx)
}

// allTripFilters are those with a figure, and the steps of the ladder.
func allTripFilters() []TripOutcomeFilter {
	out := slices.Clone(TripOutcomeFilters)
	for _, l := range Ladders {
		out = append(out, TripOutcomeFilter(l))
	}
	return out
}

// silent adds people once.
func (g *TripGrid) silent(vs []*Traveller) {
	for _, v := range vs {
		if !slices.ContainsFunc(g.Silent, func(x *Traveller) bool { return x.ID == v.ID }) {
			g.Silent = append(g.Silent, v)
		}
	}
}

// Cell is the row of a delegate and a host; nil where they did not meet.
func (g *TripGrid) Cell(delegate, hostID string) *TripRow {
	i := slices.IndexFunc(g.Rows, func(r *TripRow) bool { return r.Delegate.Key == delegate && r.Host.ID == hostID })
	if i < 0 {
		return nil
	}
	return g.Rows[i]
}

// Shown are the rows that a filter asks for.
func (g *TripGrid) Shown(f TripOutcomeFilter) (out []*TripRow) {
	for _, r := range g.Rows {
		if f.shows(r, g.Today) {
			out = append(out, r)
		}
	}
	return out
}

// Steps are the rows with an open next step, what is due first first.
func (g *TripGrid) Steps() []*TripRow {
	out := g.Shown(TripOutcomesNext)
	due := func(r *TripRow) string {
		if r.Said.Due == "" {
			return "9999"
		}
		return r.Said.Due
	}
	slices.SortStableFunc(out, func(a, b *TripRow) int { return strings.Compare(due(a), due(b)) })
	return out
}

// nameOwners looks up who is to take the next steps.
func (g *TripGrid) nameOwners(tx *storage.Tx) error {
	g.Owners = map[string]string{}
	for _, r := range g.Rows {
		if r.Said == nil || r.Said.Owner == "" || g.Owners[r.Said.Owner] != "" {
			continue
		}
		p, err := people.Get(tx, r.Said.Owner)
		if IsHidden(err) {
			continue // erased
		}
		if err != nil {
			return err
		}
		g.Owners[p.ID] = p.Name
	}
	return nil
}
