package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"kohtaamo/storage"
)

// An IndicatorSet says whom an indicator is for.
type IndicatorSet string

// The sets of indicators.
const (
	LabelSet   IndicatorSet = "label"   // the cluster-excellence label
	ProjectSet IndicatorSet = "project" // a funded project
)

// A Scope says what a figure is counted from. Zero fields do not restrict. From
// and Until are midnights on the house's clock; Until is the first moment that
// does not count any more.
//
// A scope has years of its own, which begin on its first day: what counts once a
// year counts once in any period that is no longer than a year, wherever it lies
// in the calendar. A project's half year over New Year has each company once, a
// label's two years have it once in each of the two. A scope that begins
// nowhere has the years of the calendar.
type Scope struct {
	From, Until time.Time
	ClusterID   string
	ProjectID   string
	GroupID     string
	Country     string // ISO 3166 alpha-2: what the thing was towards, or the company's
}

// A Figure is the value of one indicator. Of is what N is a part of, where the
// figure is a share: 12 answers of 40 asked.
type Figure struct {
	Key string  `bson:"key"`
	N   int     `bson:"n"` // the number of rows behind it
	Of  int     `bson:"of,omitempty"`
	Sum float64 `bson:"sum,omitempty"` // where rows carry amounts: of them all (a mean is Sum / N)
}

// A FigureRow is one row behind a figure: what the drill-down lists, and what N
// counts. A company or a person stands in a figure's rows once in each year of
// the scope however often they came.
type FigureRow struct {
	ID      string    // of the thing that was counted
	Kind    string    // "event", "registration", "company", "membership"…
	Label   string    // what it is called; empty for a person who was erased
	At      time.Time // when it counts
	Path    string    // the page of it, if it has one
	Amount  float64   // its share of Sum
	Cluster string    // id
	Group   string    // id
	Country string
	Class   string // the kind of a company, the step of an outcome: what else tells rows apart
	Town    string // municipality of a company
}

// A CountRule says when a row counts.
type CountRule string

// The rules by which rows count.
const (
	CountEach   CountRule = "each" // every time
	CountYearly CountRule = "year" // once in each year of the scope, however often
	CountAtEnd  CountRule = "end"  // what stands at the last moment of the scope
)

// A Dim is what a figure can be divided by.
type Dim string

// The dimensions of figures.
const (
	DimMonth   Dim = "month" // 2026-03 on the house's clock; what counts once a year stands in the month it first came
	DimYear    Dim = "year"
	DimCluster Dim = "cluster" // id
	DimGroup   Dim = "group"   // id
	DimCountry Dim = "country"
	DimClass   Dim = "class" // see FigureRow.Class
	DimTown    Dim = "town"
)

// An Indicator is a figure that is counted from what happens. Its words stand
// under "indicator.KEY.name" and "indicator.KEY.about", its unit's under
// "indicator.unit.UNIT".
type Indicator struct {
	Key  string
	Sets []IndicatorSet
	Unit string
	Rule CountRule
	Dims []Dim  // that it can be divided by
	Sum  string // what amounts add up to, a unit; empty: rows carry none
	Mean bool   // the amounts are shown as their mean, not their sum

	guests   bool // counted from all who came to events, beside the others
	distinct bool // count tells apart by itself what counts once, unless each time is asked for

	count func(c *counting, emit func(*occurrence)) error // gives each occurrence of what is counted
	of    func(c *counting) (int, error)                  // what the figure is a part of; nil: of nothing
}

// In reports whether i belongs to a set.
func (i Indicator) In(set IndicatorSet) bool { return slices.Contains(i.Sets, set) }

// Has reports whether i can be divided by a dimension.
func (i Indicator) Has(d Dim) bool { return slices.Contains(i.Dims, d) }

// fits reports whether i says anything in a scope: one of a group says nothing
// of what no group does.
func (i Indicator) fits(s Scope) bool {
	return (s.GroupID == "" || i.Has(DimGroup)) && (s.Country == "" || i.Has(DimCountry)) &&
		(s.ProjectID == "" || i.In(ProjectSet))
}

// Indicators are all indicators, in the order of a report.
func Indicators() []Indicator { return slices.Clone(indicators) }

// IndicatorOf gives one by its key.
func IndicatorOf(key string) (Indicator, bool) {
	at := slices.IndexFunc(indicators, func(i Indicator) bool { return i.Key == key })
	if at < 0 {
		return Indicator{}, false
	}
	return indicators[at], true
}

// Figures counts every indicator that says something in a scope, in the order
// of Indicators, all at the same moment. Organisers see what belongs to their
// clusters, coordinators their group, administrators everything.
func (d *Desk) Figures(ctx context.Context, by Actor, s Scope) (out []Figure, err error) {
	own, err := by.counts(s)
	if err != nil {
		return nil, err
	}
	key, changes := figureKey(s, own, d.now()), d.DB.Changes(countedFrom...)
	if kept := d.figures.get(key, changes); kept != nil {
		return kept, nil
	}
	out, err = d.countAll(ctx, by, s, changes)
	if err == nil {
		d.figures.put(key, changes, out)
	}
	return out, err
}

// FiguresOf counts several scopes side by side, as Figures does each.
func (d *Desk) FiguresOf(ctx context.Context, by Actor, scopes ...Scope) ([][]Figure, error) {
	out := make([][]Figure, len(scopes))
	g, all := errgroup.WithContext(ctx)
	for n, s := range scopes {
		g.Go(func() (err error) {
			out[n], err = d.Figures(all, by, s)
			return err
		})
	}
	return out, g.Wait()
}

// countAll counts on two processors, or on one where something changes meanwhile.
// The side that counts who came to events has the least to do, and reads the rounds
// for the other.
func (d *Desk) countAll(ctx context.Context, by Actor, s Scope, changes uint64) (out []Figure, err error) {
	var sides [2][]Figure
	g, both := errgroup.WithContext(ctx)
	rounds := roundLoan{read: make(chan struct{})}
	for n := range sides {
		guests := n == 1
		list := slices.DeleteFunc(Indicators(), func(i Indicator) bool { return i.guests != guests })
		g.Go(func() error {
			return d.counted(both, by, s, func(c *counting) (err error) {
				if guests {
					err = rounds.lend(c)
				} else {
					c.borrow = func() ([]*roundBrief, error) { return rounds.wait(both) }
				}
				if err == nil {
					sides[n], err = c.figures(list)
				}
				return err
			})
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if d.DB.Changes(countedFrom...) != changes {
		err = d.counted(ctx, by, s, func(c *counting) error {
			out, err = c.figures(indicators)
			return err
		})
		return out, err
	}
	out = slices.Concat(sides[:]...)
	order := func(f Figure) int {
		return slices.IndexFunc(indicators, func(i Indicator) bool { return i.Key == f.Key })
	}
	slices.SortFunc(out, func(a, b Figure) int { return order(a) - order(b) })
	return out, nil
}

// Figure counts one indicator.
func (d *Desk) Figure(ctx context.Context, by Actor, key string, s Scope) (f Figure, err error) {
	err = d.counted(ctx, by, s, func(c *counting) error {
		i, err := c.indicator(key)
		if err == nil {
			f, err = c.figure(i)
		}
		return err
	})
	return f, err
}

// Slices counts one indicator for each value of a dimension, in the order of
// the values. Something that belongs to two clusters stands with both.
func (d *Desk) Slices(ctx context.Context, by Actor, key string, s Scope, dim Dim) (out []Slice, err error) {
	err = d.counted(ctx, by, s, func(c *counting) error {
		i, err := c.indicator(key)
		if err == nil {
			out, err = c.slices(i, dim)
		}
		return err
	})
	return out, err
}

// A Slice is the part of a figure that has one value of a dimension; Key is
// empty for what has none.
type Slice struct {
	Key string
	N   int
	Sum float64
}

// FigureRows lists the rows behind a figure, first to last, up to limit from
// after the row that next named. Figure.N is how many there are.
func (d *Desk) FigureRows(ctx context.Context, by Actor, key string, s Scope, after string, limit int) (rows []FigureRow, next string, err error) {
	err = d.counted(ctx, by, s, func(c *counting) error {
		i, err := c.indicator(key)
		if err == nil {
			rows, next, err = c.page(i, after, limit)
		}
		return err
	})
	return rows, next, err
}

// counts are the clusters of which by may count in a scope; nil: all.
func (by Actor) counts(s Scope) ([]string, error) {
	own, all := by.ownClusters(Organiser)
	switch {
	case all, s.GroupID != "" && by.Coordinates(s.GroupID): // the group alone
		return nil, nil
	case len(own) == 0, s.ClusterID != "" && !slices.Contains(own, s.ClusterID):
		return nil, errHidden
	}
	return own, nil
}

// counted runs fn over what by may count in a scope.
func (d *Desk) counted(ctx context.Context, by Actor, s Scope, fn func(*counting) error) error {
	own, err := by.counts(s)
	if err != nil {
		return err
	}
	err = d.DB.Snapshot(ctx, func(tx *storage.Tx) error { return fn(newCounting(tx, by, s, own)) })
	if err != nil {
		return fmt.Errorf("count figures: %w", err)
	}
	return nil
}
