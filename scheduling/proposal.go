package scheduling

import (
	"time"

	"kohtaamo/scheduling/match"
	"kohtaamo/storage"
)

// ProposalState is where the making of a schedule stands.
type ProposalState string

// The states of a proposal.
const (
	ProposalQueued     ProposalState = "queued"     // one round is solved at a time; see Desk.SolveProposals
	ProposalSolving    ProposalState = "solving"    // until its lease runs out, by one server
	ProposalReady      ProposalState = "ready"      // a draft schedule, to be looked at, edited and published
	ProposalFailed     ProposalState = "failed"     // no schedule; Conflict says why
	ProposalPublishing ProposalState = "publishing" // a large one, in steps; nobody else sees it before the last
	ProposalPublished  ProposalState = "published"
)

// A Proposal is a draft schedule of a round: made by the solver, edited by hand,
// compared with others, published in the end.
type Proposal struct {
	storage.Meta `bson:",inline"`
	RoundID      string        `bson:"round_id"`
	Name         string        `bson:"name"`
	State        ProposalState `bson:"state"`
	Seed         uint64        `bson:"seed"`
	Budget       time.Duration `bson:"budget"`               // of work; see match.Options
	Unanswered   bool          `bson:"unanswered,omitempty"` // requests that nobody has answered yet count too
	Soft         bool          `bson:"soft,omitempty"`       // no meeting is required; those agreed as musts only weigh very much
	Based        string        `bson:"based,omitempty"`      // proposal or "published": as little as possible moves from it
	Placed       []Placed      `bson:"placed"`
	Left         []string      `bson:"left,omitempty"` // request ids without a meeting

	Status      match.Status `bson:"status,omitempty"` // of the solver, for what it was asked
	Weight      int          `bson:"weight"`
	WeightBound int          `bson:"weight_bound"` // no schedule has more; 0: not known
	Gaps        int          `bson:"gaps"`
	GapsBound   int          `bson:"gaps_bound"` // none of weight WeightBound has fewer
	Conflict    []Said       `bson:"conflict,omitempty"`
	Relaxed     bool         `bson:"relaxed,omitempty"` // made without required meetings, asked for or because they cannot all be held
	Edited      bool         `bson:"edited,omitempty"`  // by hand since
	Progress    float64      `bson:"progress"`          // 0 to 1
	StopAsked   bool         `bson:"stop_asked,omitempty"`
	Lease       time.Time    `bson:"lease,omitempty"` // until when a server works on it, unless it says so again
	Owner       string       `bson:"owner,omitempty"` // the piece of work that does
	Attempts    int          `bson:"attempts,omitempty"`
	Step        int          `bson:"step,omitempty"` // of Placed, so many are prepared; while it is being published
	StartedAt   time.Time    `bson:"started_at,omitempty"`
	EndedAt     time.Time    `bson:"ended_at,omitempty"`
	Once        string       `bson:"once,omitempty"` // the form it came from
	By          string       `bson:"by,omitempty"`   // person id
	ByName      string       `bson:"by_name,omitempty"`
}

// A Placed is one meeting of a draft schedule.
type Placed struct {
	RequestID string `bson:"request_id,omitempty" json:"request_id,omitempty"` // none for a walk-in
	MeetingID string `bson:"meeting_id,omitempty" json:"meeting_id,omitempty"` // of a published meeting that it stands for
	Slot      string `bson:"slot" json:"slot"`
	Table     string `bson:"table" json:"table"`
	Pinned    bool   `bson:"pinned,omitempty" json:"pinned,omitempty"`
}

// Key names the meeting in a schedule: its request, or itself where it has none.
func (p Placed) Key() string {
	if p.RequestID != "" {
		return p.RequestID
	}
	return walkInKey(p.MeetingID)
}

// walkInKey is the key of a meeting that came of no request.
func walkInKey(meetingID string) string { return "meeting-" + meetingID }

// BasedOnPublished is what Proposal.Based says for the published schedule.
const BasedOnPublished = "published"

// A Said is something to be read by people: a key of the locales and what the
// wording mentions, by name. Those who read it choose the language. It does not
// change when names do: it is what was so then.
type Said struct {
	Key  string         `bson:"key" json:"key"`
	With map[string]any `bson:"with,omitempty" json:"with,omitempty"`
}

// saying makes a Said from alternating names and values.
func saying(key string, args ...any) Said {
	s := Said{Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if s.With == nil {
			s.With = map[string]any{}
		}
		s.With[args[i].(string)] = args[i+1]
	}
	return s
}

// Args are the names and values for templates.Lang.Text. Numbers come back from
// the store as int32 or int64.
func (s Said) Args() (out []any) {
	for name, v := range s.With {
		switch n := v.(type) {
		case int32:
			v = int(n)
		case int64:
			v = int(n)
		}
		out = append(out, name, v)
	}
	return out
}

var proposals = storage.NewCollection[Proposal]("proposals", storage.Ordered("round_id", "created"),
	storage.Ordered("state", "created"), storage.UniqueIf("once"))

// Live reports whether somebody or something still works on making p.
func (p *Proposal) Live() bool { return p.State == ProposalQueued || p.State == ProposalSolving }

// Open reports whether p is a schedule that can be edited and published.
func (p *Proposal) Open() bool { return p.State == ProposalReady }

// OffBy is how far p's weight is below the best possible at most, in
// thousandths; known says whether there is a bound.
func (p *Proposal) OffBy() (thousandths int, known bool) {
	if p.WeightBound == 0 {
		return 0, false
	}
	off := max(0, p.WeightBound-p.Weight)
	return (off*1000 + p.WeightBound - 1) / p.WeightBound, true // rounded up: "at most"
}

// options are what p was made of.
func (p *Proposal) options() solveOptions {
	return solveOptions{unanswered: p.Unanswered, soft: p.Relaxed}
}

// take writes a schedule into p, and what it comes to.
func (p *Proposal) take(d *draft) {
	p.Placed, p.Left = d.placed(), nil
	for _, x := range d.left() {
		if x.request != nil {
			p.Left = append(p.Left, x.request.ID)
		}
	}
	p.Weight, p.Gaps = d.score()
}
