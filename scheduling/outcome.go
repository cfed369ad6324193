package scheduling

import (
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
	By           string    `bson:"by,omitempty"` // person id
	AnsweredAt   time.Time `bson:"answered_at"`
}

var outcomes = storage.NewCollection[Outcome]("outcomes",
	storage.Ordered("round_id", "answered_at"), storage.Ordered("meeting_id"), storage.Ordered("entrant_id"))
