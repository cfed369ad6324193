package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// PlanKind says what a living document is for.
type PlanKind string

// The kinds of Plan.
const (
	PlanStrategy       PlanKind = "strategy"
	PlanImplementation PlanKind = "implementation" // who does what until when
	PlanReview         PlanKind = "review"         // what was done, and what was learned
)

// PlanKinds are all of them, in the order of a form.
var PlanKinds = []PlanKind{PlanStrategy, PlanImplementation, PlanReview}

// A Plan is a living document of a cluster, in one language: its strategy, the
// plan that carries it out, a review. What stands in it is what is being
// written; versions are kept of it, and those never change.
type Plan struct {
	storage.Meta `bson:",inline"`
	ClusterID    string         `bson:"cluster_id"`
	Kind         PlanKind       `bson:"kind"`
	Lang         string         `bson:"lang"`
	Title        string         `bson:"title"`
	Sections     []PlanSection  `bson:"sections"`
	Versions     int            `bson:"versions"` // that were kept; the newest has this number
	Approvals    []PlanApproval `bson:"approvals,omitempty"`
}

// A PlanSection is a part of a plan with a heading.
type PlanSection struct {
	ID    string `bson:"id"`
	Title string `bson:"title"`
	Body  string `bson:"body"` // Markdown
}

// A PlanApproval says that a version was accepted.
type PlanApproval struct {
	Version int       `bson:"version"`
	At      time.Time `bson:"at"`
	ByID    string    `bson:"by_id,omitempty"` // who noted it
	Note    string    `bson:"note,omitempty"`  // by whom, and where
}

// A PlanVersion is a plan as it stood when somebody kept it. It names people by
// their ids alone, so that it can stay as it is for ever.
type PlanVersion struct {
	storage.Meta `bson:",inline"`
	PlanID       string        `bson:"plan_id"`
	Version      int           `bson:"version"` // from 1
	At           time.Time     `bson:"at"`
	ByID         string        `bson:"by_id,omitempty"`
	Note         string        `bson:"note,omitempty"` // what is new in it
	Title        string        `bson:"title"`
	Sections     []PlanSection `bson:"sections"`
	Items        []PlanTask    `bson:"items,omitempty"`
}

// A PlanTask is a PlanItem as it stood in a version.
type PlanTask struct {
	What    string      `bson:"what"`
	OwnerID string      `bson:"owner_id,omitempty"`
	Due     string      `bson:"due"`
	State   ActionState `bson:"state"`
}

// A PlanItem is something that a plan says will be done: by whom, until when.
type PlanItem struct {
	storage.Meta `bson:",inline"`
	PlanID       string      `bson:"plan_id"`
	ClusterID    string      `bson:"cluster_id"`
	SectionID    string      `bson:"section_id,omitempty"` // that it belongs to
	What         string      `bson:"what"`
	OwnerID      string      `bson:"owner_id"` // person; empty: nobody yet
	Due          string      `bson:"due"`      // the last day for it, 2006-01-02 in the house's zone
	State        ActionState `bson:"state"`
	DoneAt       time.Time   `bson:"done_at,omitempty"`
	Note         string      `bson:"note,omitempty"` // what came of it, or why it was dropped

	PastOwners []string  `bson:"past_owners,omitempty"` // whose calendars have it as cancelled
	Sequence   int       `bson:"sequence,omitempty"`    // of its calendar entry
	Changed    time.Time `bson:"changed,omitempty"`
	RemindedOf string    `bson:"reminded_of,omitempty"` // the day that its owner was reminded of
	OverdueOf  string    `bson:"overdue_of,omitempty"`  // the day that its owner was told is over
}

var (
	plans = storage.NewCollection[Plan]("plans", storage.Ordered("cluster_id", "kind"))

	planVersions = storage.NewCollection[PlanVersion]("plan_versions", storage.Unique("plan_id", "version"), storage.Ordered("by_id"))
	planItems    = storage.NewCollection[PlanItem]("plan_items",
		storage.Ordered("plan_id", "due"), storage.Ordered("owner_id", "due"), storage.Ordered("state", "due"), storage.Many("past_owners"))
)

// The limits of a plan.
const (
	maxPlanSections = 60
	maxPlanItems    = 500
)

// Section gives a section by its id.
func (p *Plan) Section(id string) (PlanSection, bool) {
	i := slices.IndexFunc(p.Sections, func(s PlanSection) bool { return s.ID == id })
	if i < 0 {
		return PlanSection{}, false
	}
	return p.Sections[i], true
}

// Approved is the newest version that was accepted; 0 for none.
func (p *Plan) Approved() (n int) {
	for _, a := range p.Approvals {
		n = max(n, a.Version)
	}
	return n
}

// same reports whether v says what p and its items say now.
func (v *PlanVersion) same(p *Plan, items []PlanTask) bool {
	return v.Title == p.Title && slices.Equal(v.Sections, p.Sections) && slices.Equal(v.Items, items)
}

// Overdue reports whether x should have been done by now.
func (x *PlanItem) Overdue(now time.Time) bool { return x.State == ActionOpen && x.Due < HouseDay(now) }

func (x *PlanItem) check(p *Plan) error {
	f := faults{}
	x.What, x.Note = cleanLine(x.What), cleanText(x.Note)
	f.need("what", x.What, lineLimit)
	f.limit("note", x.Note, answerLimit)
	if _, err := time.Parse(time.DateOnly, x.Due); err != nil {
		f.add("due", "problem.date")
	}
	if !slices.Contains([]ActionState{ActionOpen, ActionDone, ActionDropped}, x.State) {
		f.add("state", "problem.choice")
	}
	if _, there := p.Section(x.SectionID); !there {
		x.SectionID = ""
	}
	return f.problem()
}

func (s *PlanSection) check() error {
	f := faults{}
	s.Title, s.Body = cleanLine(s.Title), cleanText(s.Body)
	f.need("title", s.Title, lineLimit)
	f.limit("body", s.Body, bodyLimit)
	return f.problem()
}
