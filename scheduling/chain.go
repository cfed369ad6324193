package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// Trigger is what starts a chain.
type Trigger string

// The triggers. Each has its entry in triggers.
const (
	OnRegistered Trigger = "registered"
	OnConfirmed  Trigger = "confirmed"
	OnCheckedIn  Trigger = "checked_in"
	OnNoShow     Trigger = "no_show"
	OnHeld       Trigger = "meeting_held"
	OnJoined     Trigger = "group_joined"
	OnReturned   Trigger = "trip_returned"
)

// Triggers are all of them, in the order of a form.
var Triggers = []Trigger{OnRegistered, OnConfirmed, OnCheckedIn, OnNoShow, OnHeld, OnJoined, OnReturned}

// Anchor is what a step's time is counted from.
type Anchor string

// The anchors. Start and End are those of the event.
const (
	FromTrigger Anchor = "trigger"
	FromStart   Anchor = "start"
	FromEnd     Anchor = "end"
)

// YesNo is a condition that may be left open.
type YesNo string

// What a YesNo can ask for; empty does not mind.
const (
	OnlyYes YesNo = "yes"
	OnlyNo  YesNo = "no"
)

// A Chain is what follows on something: steps of mail to one person each, at
// their times, until something stops it. It is a cluster's, for all that happens
// there, or that of one event. Of a chain that an event has its own copy of, only
// the copy counts there, whether it is on or off.
type Chain struct {
	storage.Meta  `bson:",inline"`
	ClusterID     string      `bson:"cluster_id"`
	EventID       string      `bson:"event_id"`          // "": the cluster's
	CopyOf        string      `bson:"copy_of,omitempty"` // the cluster's chain that it stands for
	Name          Text        `bson:"name"`
	Trigger       Trigger     `bson:"trigger"`
	On            bool        `bson:"on"`
	Since         time.Time   `bson:"since,omitempty"` // when it was switched on: what was due before is not made up for
	UntilAnswered bool        `bson:"until_answered"`  // an answer to the survey, about the meetings or the trip, ends it
	Steps         []ChainStep `bson:"steps"`
}

// A ChainStep is one mail of a chain, under an ID that stays when everything
// else about it changes: what somebody got is known by it.
type ChainStep struct {
	ID      string    `bson:"id" json:"id"`
	When    StepTime  `bson:"when" json:"when"`
	Only    StepOnly  `bson:"only" json:"only"`
	Ask     bool      `bson:"ask" json:"ask"`         // leads to the survey; not sent without one, or to who has answered
	Late    bool      `bson:"late" json:"late"`       // before the start: also for who comes in after its time, at once
	Instead bool      `bson:"instead" json:"instead"` // of the event's own thanks, or its regrets
	Subject Text      `bson:"subject" json:"subject"` // with {{fields}}
	Body    Text      `bson:"body" json:"body"`       // the same; an empty line parts paragraphs
	Since   time.Time `bson:"since,omitempty" json:"-"`
}

// StepTime is when a step is due: so long before or after its anchor, on the
// wall clock of the event; with At, at that time of that day.
type StepTime struct {
	Anchor Anchor `bson:"anchor" json:"anchor"`
	Before bool   `bson:"before" json:"before"`
	Months int    `bson:"months,omitempty" json:"months"` // by the calendar: of the 31st, the last day of a shorter month
	Days   int    `bson:"days" json:"days"`
	Hours  int    `bson:"hours" json:"hours"`
	At     string `bson:"at,omitempty" json:"at"` // "09:00"
}

// StepOnly says whom a step is for. What is empty does not mind.
type StepOnly struct {
	Lang      string      `bson:"lang,omitempty" json:"lang"`
	Kind      CompanyKind `bson:"kind,omitempty" json:"kind"`
	Place     string      `bson:"place,omitempty" json:"place"`   // one of StepPlaces, of somebody registered
	Survey    string      `bson:"survey,omitempty" json:"survey"` // one of StepSurveys
	FirstTime YesNo       `bson:"first_time,omitempty" json:"first_time"`
	Agenda    YesNo       `bson:"agenda,omitempty" json:"agenda"` // has B2B meetings at the event
}

// StepPlaces are where somebody registered can stand: with a seat, on the
// waiting list, or not let in yet.
var StepPlaces = []string{"seat", "waiting", "pending"}

// StepSurveys are how somebody can stand to the survey: answered it, not
// answered it, or there is none that is open.
var StepSurveys = []string{"answered", "unanswered", "none"}

// maxSteps is how many steps a chain can have.
const maxSteps = 30

// The index over on is for whoever asks, at every change of a registration,
// what follows from it.
var chains = storage.NewCollection[Chain]("chains",
	storage.Ordered("cluster_id", "event_id", "on"), storage.Ordered("event_id", "on"))

// Step gives the step with an ID.
func (c *Chain) Step(id string) (ChainStep, bool) {
	i := slices.IndexFunc(c.Steps, func(s ChainStep) bool { return s.ID == id })
	if i < 0 {
		return ChainStep{}, false
	}
	return c.Steps[i], true
}

// Sorted are the steps in the order of their times: what counts from the
// trigger first, then from the start and the end.
func (c *Chain) Sorted() []ChainStep {
	out := slices.Clone(c.Steps)
	slices.SortStableFunc(out, func(a, b ChainStep) int { return a.When.rank() - b.When.rank() })
	return out
}

// rank orders times that have different anchors, in minutes.
func (w StepTime) rank() int {
	n := (w.Months*30+w.Days)*24*60 + w.Hours*60
	if w.Before {
		n = -n
	}
	return n + slices.Index([]Anchor{FromTrigger, FromStart, FromEnd}, w.Anchor)*1_000_000
}

// chainsAt are the chains that are on for an event: its own, and those of its
// first cluster, in whose name its mail goes out, that it has no copy of.
func chainsAt(tx *storage.Tx, e *Event) (on []*Chain, err error) {
	own, err := chains.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", e.ID)}})
	if err != nil {
		return nil, err
	}
	shared := []*Chain{}
	if len(e.ClusterIDs) > 0 {
		if shared, err = chainsOf(tx, e.ClusterIDs[0]); err != nil {
			return nil, err
		}
	}
	for _, c := range own {
		if c.On {
			on = append(on, c)
		}
	}
	for _, c := range shared {
		if !slices.ContainsFunc(own, func(o *Chain) bool { return o.CopyOf == c.ID }) {
			on = append(on, c)
		}
	}
	return on, nil
}

// chainsOf are a cluster's own that are on.
func chainsOf(tx *storage.Tx, clusterID string) ([]*Chain, error) {
	return chains.Find(tx, storage.Query{Where: []storage.Cond{
		storage.Is("cluster_id", clusterID), storage.Is("event_id", ""), storage.Is("on", true)}})
}
