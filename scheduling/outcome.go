package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// Ladder is how far a meeting led.
type Ladder string

// The steps of the ladder, from least to most.
const (
	LadderNone      Ladder = "none" // nothing came of it
	LadderContact   Ladder = "contact"
	LadderSecond    Ladder = "second_meeting"
	LadderNDA       Ladder = "nda"
	LadderPilot     Ladder = "pilot"     // or an offer
	LadderAgreement Ladder = "agreement" // or funding
)

// Ladders are all steps, from least to most.
var Ladders = []Ladder{LadderNone, LadderContact, LadderSecond, LadderNDA, LadderPilot, LadderAgreement}

// An Outcome is what one side says came of a meeting. Its ID is the meeting's
// and the entrant's: each side has one, and answering again changes it.
type Outcome struct {
	storage.Meta `bson:",inline"`
	RoundID      string    `bson:"round_id"`
	MeetingID    string    `bson:"meeting_id"`
	EntrantID    string    `bson:"entrant_id"`
	Met          bool      `bson:"met"`              // the meeting took place
	Absent       []string  `bson:"absent,omitempty"` // entrants who did not come, where it did not
	Step         Ladder    `bson:"step,omitempty"`
	Rating       int       `bson:"rating,omitempty"` // 1 to 5; 0: none given
	Note         string    `bson:"note,omitempty"`   // for the organisers
	Next         string    `bson:"next,omitempty"`   // the next step
	Owner        string    `bson:"owner,omitempty"`  // who takes it
	Due          string    `bson:"due,omitempty"`    // 2006-01-02
	Done         bool      `bson:"done,omitempty"`
	Open         bool      `bson:"open"`               // there is a next step, and it is not done
	Reminded     string    `bson:"reminded,omitempty"` // the Due that was reminded of
	By           string    `bson:"by,omitempty"`       // person id
	AnsweredAt   time.Time `bson:"answered_at"`
}

var outcomes = storage.NewCollection[Outcome]("outcomes",
	storage.Ordered("round_id", "answered_at"), storage.Ordered("round_id", "step", "meeting_id"), storage.Ordered("meeting_id"), storage.Ordered("entrant_id"), storage.Ordered("open", "due"))

// outcomeID is the one place for what an entrant says of a meeting.
func outcomeID(meetingID, entrantID string) string { return meetingID + "~" + entrantID }

// rung is how far up the ladder a step is; -1 for none.
func (l Ladder) rung() int { return slices.Index(Ladders, l) }

// disagree reports whether what the sides said of a meeting does not go
// together: whether it took place, or how far it led.
func disagree(said []*Outcome) bool {
	for _, o := range said[min(1, len(said)):] {
		if o.Met != said[0].Met || o.Met && o.Step != said[0].Step {
			return true
		}
	}
	return false
}

// furthest is the highest step that a side says a meeting led to.
func furthest(said []*Outcome) (step Ladder) {
	for _, o := range said {
		if o.Met && o.Step.rung() > step.rung() {
			step = o.Step
		}
	}
	return step
}

// heldBy is what the sides' answers make of a meeting: held if one of them
// was there to say so, not held once all who answered were left alone. Without
// an answer it is as it was published.
func heldBy(said []*Outcome) (state MeetingState, absent []string) {
	if len(said) == 0 {
		return MeetingPublished, nil
	}
	for _, o := range said {
		if o.Met {
			return MeetingHeld, nil
		}
		for _, id := range o.Absent {
			if !slices.Contains(absent, id) {
				absent = append(absent, id)
			}
		}
	}
	return MeetingNotHeld, absent
}

// Limits of an outcome's texts.
const (
	outcomeNote = 2000
	nextLimit   = 200
	maxRating   = 5
)

// check cleans o and says everything that is wrong with it, given the meeting
// and who may be named as the owner of the next step.
func (o *Outcome) check(m *Meeting, owners []string) error {
	f := faults{}
	o.Note, o.Next = cleanText(o.Note), cleanLine(o.Next)
	f.limit("note", o.Note, outcomeNote)
	f.limit("next", o.Next, nextLimit)
	if o.Met {
		o.Absent = nil
		if o.Step == "" {
			o.Step = LadderContact
		}
	} else {
		o.Step, o.Rating = "", 0
	}
	if o.Met && o.Step.rung() < 0 {
		f.add("step", "problem.choice")
	}
	if o.Rating < 0 || o.Rating > maxRating {
		f.add("rating", "problem.choice")
	}
	for _, id := range o.Absent {
		if !slices.Contains(m.EntrantIDs, id) {
			f.add("absent", "problem.choice")
		}
	}
	if o.Next == "" {
		o.Owner, o.Due, o.Done = "", "", false
	}
	if o.Owner != "" && !slices.Contains(owners, o.Owner) {
		f.add("owner", "problem.choice")
	}
	if _, err := time.Parse(time.DateOnly, o.Due); o.Due != "" && err != nil {
		f.add("due", "problem.date")
	}
	o.Open = o.Next != "" && !o.Done
	return f.problem()
}
