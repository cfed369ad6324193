package scheduling

import (
	"time"

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
// counts. A company or a person stands in a figure's rows once a year however
// often they came.
type FigureRow struct {
	ID      string    // of the thing that was counted
	Kind    string    // "event", "registration", "company", "membership"…
	Label   string    // what it is called; empty for a person who was erased
	At      time.Time // when it counts
	Path    string    // the page of it, if it has one
	Amount  float64   // its share of Sum
	Year    int       // on the house's clock
	Cluster string    // id
	Group   string    // id
	Country string
}

// A ReportPeriod is a time that figures are reported for. Closing it freezes them.
type ReportPeriod struct {
	storage.Meta `bson:",inline"`
	Name         string         `bson:"name"`
	ClusterID    string         `bson:"cluster_id,omitempty"`
	ProjectID    string         `bson:"project_id,omitempty"`
	From         time.Time      `bson:"from"`  // midnight on the house's clock
	Until        time.Time      `bson:"until"` // the first moment after it
	Targets      map[string]int `bson:"targets,omitempty"`
	ClosedAt     time.Time      `bson:"closed_at,omitempty"`
	ClosedBy     string         `bson:"closed_by,omitempty"` // name
	Frozen       []Figure       `bson:"frozen,omitempty"`    // as they were when it was closed
}

var reportPeriods = storage.NewCollection[ReportPeriod]("report_periods", storage.Ordered("cluster_id", "from"), storage.Ordered("project_id", "from"), storage.Ordered("from"))
