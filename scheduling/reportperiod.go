package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A ReportPeriod is a time that figures are reported for: any days from one to
// another, a calendar year or not. Its figures, the rows behind them, its report
// and its evidence are those of what lies between the two. Companies and persons
// count once in each year of it, and its years begin on its first day, see Scope:
// in a period of up to a year, once. Closing it freezes the figures.
type ReportPeriod struct {
	storage.Meta `bson:",inline"`
	Name         string         `bson:"name"`
	ClusterID    string         `bson:"cluster_id,omitempty"`
	ProjectID    string         `bson:"project_id,omitempty"`
	From         time.Time      `bson:"from"`  // midnight on the house's clock
	Until        time.Time      `bson:"until"` // the first moment after it
	Targets      map[string]int `bson:"targets,omitempty"`
	ClosedAt     time.Time      `bson:"closed_at,omitempty"`
	ClosedBy     string         `bson:"closed_by,omitempty"`    // name
	ClosedByID   string         `bson:"closed_by_id,omitempty"` // person; empty for who is none
	Frozen       []Figure       `bson:"frozen,omitempty"`       // as they were when it was closed
}

var reportPeriods = storage.NewCollection[ReportPeriod]("report_periods", storage.Ordered("cluster_id", "from"), storage.Ordered("project_id", "from"), storage.Ordered("from"))

// The limits of a period.
const (
	maxPeriod = 10 // years
	maxTarget = 10_000_000
)

// Closed reports whether the figures of p are frozen.
func (p *ReportPeriod) Closed() bool { return !p.ClosedAt.IsZero() }

// Scope is what the figures of p are counted from.
func (p *ReportPeriod) Scope() Scope {
	return Scope{From: p.From, Until: p.Until, ClusterID: p.ClusterID, ProjectID: p.ProjectID}
}

// Last is noon of p's last day on the house's clock.
func (p *ReportPeriod) Last() time.Time {
	return p.Until.In(zoneOf(HouseZone)).AddDate(0, 0, -1).Add(12 * time.Hour)
}

// keptBy reports whether by keeps p: an organiser of its cluster; of one for
// the whole house, an organiser of all clusters.
func (p *ReportPeriod) keptBy(by Actor) bool {
	if p.ClusterID == "" {
		return by.Organises()
	}
	return by.Organises(p.ClusterID)
}

// A PeriodLine is one figure of a period: as it is now, as it was when the
// period was closed, and what it should be.
type PeriodLine struct {
	Indicator Indicator
	Now       Figure
	Frozen    Figure // of a closed period; else as Now
	Known     bool   // it was frozen: an indicator can be younger than a period
	Target    int    // 0: none
}

// Corrected is by how much the figure changed after it was frozen.
func (l PeriodLine) Corrected() int { return l.Now.N - l.Frozen.N }

// Changed reports whether anything of the figure did.
func (l PeriodLine) Changed() bool { return l.Known && l.Now != l.Frozen }

// A PeriodPage is a period with its figures.
type PeriodPage struct {
	Period *ReportPeriod
	Lines  []PeriodLine
}

// Periods lists the periods that by keeps, the latest first.
func (d *Desk) Periods(ctx context.Context, by Actor) (list []*ReportPeriod, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = reportPeriods.Find(tx, storage.Query{Sort: "-from"})
		return err
	})
	return slices.DeleteFunc(list, func(p *ReportPeriod) bool { return !p.keptBy(by) }), err
}

// Period gives one with its figures.
func (d *Desk) Period(ctx context.Context, by Actor, id string) (page *PeriodPage, err error) {
	err = d.DB.Snapshot(ctx, func(tx *storage.Tx) error {
		p, err := ownPeriod(tx, by, id)
		if err != nil {
			return err
		}
		now, err := newCounting(tx, by, p.Scope(), nil).figures(indicators)
		page = &PeriodPage{Period: p, Lines: p.lines(now)}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show period %s: %w", id, err)
	}
	return page, nil
}

func ownPeriod(tx *storage.Tx, by Actor, id string) (*ReportPeriod, error) {
	p, err := reportPeriods.Get(tx, id)
	if err == nil && !p.keptBy(by) {
		err = errHidden
	}
	return p, err
}

// lines puts the figures beside those that were frozen.
func (p *ReportPeriod) lines(now []Figure) (out []PeriodLine) {
	for _, f := range now {
		i, _ := IndicatorOf(f.Key)
		l := PeriodLine{Indicator: i, Now: f, Frozen: f, Target: p.Targets[f.Key]}
		if at := slices.IndexFunc(p.Frozen, func(x Figure) bool { return x.Key == f.Key }); at >= 0 {
			l.Frozen, l.Known = p.Frozen[at], true
		}
		out = append(out, l)
	}
	return out
}

// SavePeriod stores a new period, under in.ID if that is set, or what was changed
// about one: of a closed one, its name and its targets alone.
func (d *Desk) SavePeriod(ctx context.Context, by Actor, in *ReportPeriod) (*ReportPeriod, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if !in.keptBy(by) {
		return nil, errHidden
	}
	var p *ReportPeriod
	err := d.update(ctx, func(tx *storage.Tx) (err error) {
		p = &ReportPeriod{Meta: storage.Meta{ID: orNew(in.ID)}}
		action := "period.create"
		if in.Rev > 0 {
			action = "period.edit"
			if p, err = ownPeriod(tx, by, in.ID); err != nil {
				return err
			}
			p.Rev = in.Rev
		}
		if err := p.take(tx, in); err != nil {
			return err
		}
		if err := reportPeriods.Put(tx, p); err != nil {
			return err
		}
		return d.log(tx, by, action, p.ID, p.ID, p.Name, "")
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return nil, &Problem{Kind: Exists, Key: "problem.invalid"}
	}
	if err != nil {
		return nil, fmt.Errorf("save period: %w", changedMeanwhile(err))
	}
	return p, nil
}

// check cleans p and says everything that is wrong with it.
func (p *ReportPeriod) check() error {
	f := faults{}
	p.Name = cleanLine(p.Name)
	f.need("name", p.Name, lineLimit)
	if p.From.IsZero() {
		f.add("from", "problem.required")
	}
	switch {
	case p.Until.IsZero():
		f.add("until", "problem.required")
	case !p.Until.After(p.From):
		f.add("until", "period.until_before")
	case p.Until.After(p.From.AddDate(maxPeriod, 0, 1)):
		f.add("until", "period.too_long")
	}
	for key, n := range p.Targets {
		if _, ok := IndicatorOf(key); !ok || n < 0 || n > maxTarget {
			f.add("target_"+key, "problem.number")
		}
	}
	return f.problem()
}

// take copies what may be edited.
func (p *ReportPeriod) take(tx *storage.Tx, in *ReportPeriod) error {
	p.Name, p.Targets = in.Name, in.Targets
	if p.Closed() {
		if in.ClusterID != p.ClusterID || in.ProjectID != p.ProjectID || !in.From.Equal(p.From) || !in.Until.Equal(p.Until) {
			return &Problem{Kind: Closed, Key: "period.closed_fixed"}
		}
		return nil
	}
	p.ClusterID, p.ProjectID, p.From, p.Until = in.ClusterID, in.ProjectID, in.From.UTC(), in.Until.UTC()
	f := faults{}
	err := errors.Join(
		exists(tx, f, "cluster_id", clusters.Get, optional(p.ClusterID)...),
		exists(tx, f, "project_id", projects.Get, optional(p.ProjectID)...))
	if err != nil {
		return err
	}
	return f.problem()
}

// ClosePeriod freezes the figures of a period that is over. What changes
// afterwards shows as a correction; nothing opens it again.
func (d *Desk) ClosePeriod(ctx context.Context, by Actor, id string) (*ReportPeriod, error) {
	var p *ReportPeriod
	err := d.update(ctx, func(tx *storage.Tx) (err error) {
		if p, err = ownPeriod(tx, by, id); err != nil {
			return err
		}
		switch {
		case p.Closed():
			return &Problem{Kind: Closed, Key: "period.closed_already"}
		case p.Until.After(tx.Now()):
			return &Problem{Kind: Closed, Key: "period.not_over"}
		}
		if p.Frozen, err = newCounting(tx, by, p.Scope(), nil).figures(indicators); err != nil {
			return err
		}
		p.ClosedAt, p.ClosedBy, p.ClosedByID = tx.Now(), by.Name, by.ID
		if err := reportPeriods.Put(tx, p); err != nil {
			return err
		}
		return d.log(tx, by, "period.close", p.ID, p.ID, p.Name, "")
	})
	if err != nil {
		return nil, fmt.Errorf("close period %s: %w", id, err)
	}
	return p, nil
}

// copyPeriods are the periods that somebody closed.
func copyPeriods(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, reportPeriods, storage.Query{Sort: "from"}, closedBy(p), "name", "from", "until", "closed_at")
}

// erasePeriods takes the name of who closed them.
func erasePeriods(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, reportPeriods, storage.Query{}, func(x *ReportPeriod) bool { return closedBy(p)(x) && unname(&x.ClosedBy) })
}

// closedBy chooses the periods that p closed. A house has a few each year.
func closedBy(p *Person) func(*ReportPeriod) bool {
	return func(x *ReportPeriod) bool { return x.Closed() && x.ClosedByID == p.ID }
}
