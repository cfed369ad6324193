package scheduling

import (
	"time"

	"kohtaamo/storage"
)

// ProposalState is where the making of a schedule stands.
type ProposalState string

// The states of a proposal.
const (
	ProposalSolving   ProposalState = "solving"
	ProposalReady     ProposalState = "ready"
	ProposalFailed    ProposalState = "failed" // no schedule; Conflict says why
	ProposalPublished ProposalState = "published"
)

// A Proposal is a draft schedule of a round: made by the solver, edited by hand,
// compared with others, published in the end.
type Proposal struct {
	storage.Meta `bson:",inline"`
	RoundID      string        `bson:"round_id"`
	Name         string        `bson:"name"`
	State        ProposalState `bson:"state"`
	Seed         uint64        `bson:"seed"`
	Budget       time.Duration `bson:"budget"`
	Based        string        `bson:"based,omitempty"` // proposal or "published": as little as possible moves from it
	Placed       []Placed      `bson:"placed"`
	Left         []string      `bson:"left,omitempty"` // request ids without a meeting

	Status      string    `bson:"status,omitempty"` // of the solver: "optimal", "feasible", "infeasible", "unknown"
	Weight      int       `bson:"weight"`
	WeightBound int       `bson:"weight_bound"`
	Gaps        int       `bson:"gaps"`
	GapsBound   int       `bson:"gaps_bound"`
	Conflict    []string  `bson:"conflict,omitempty"`
	Edited      bool      `bson:"edited,omitempty"` // by hand since
	Progress    float64   `bson:"progress"`         // 0 to 1
	StopAsked   bool      `bson:"stop_asked,omitempty"`
	StartedAt   time.Time `bson:"started_at,omitempty"`
	EndedAt     time.Time `bson:"ended_at,omitempty"`
	By          string    `bson:"by,omitempty"` // person id
}

// A Placed is one meeting of a draft schedule.
type Placed struct {
	RequestID string `bson:"request_id" json:"request_id"`
	MeetingID string `bson:"meeting_id,omitempty" json:"meeting_id,omitempty"` // of a published meeting that it stands for
	Slot      string `bson:"slot" json:"slot"`
	Table     string `bson:"table" json:"table"`
	Pinned    bool   `bson:"pinned,omitempty" json:"pinned,omitempty"`
}

var proposals = storage.NewCollection[Proposal]("proposals", storage.Ordered("round_id", "created"))
