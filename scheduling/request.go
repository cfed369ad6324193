package scheduling

import (
	"time"

	"kohtaamo/storage"
)

// Wish says how much an entrant wants a meeting.
type Wish string

// The wishes, from most to none.
const (
	Must  Wish = "must"
	Want  Wish = "want"
	Maybe Wish = "maybe" // if possible
	No    Wish = "no"    // no thanks
)

// Wishes are those that a request can have, in the order of a form.
var Wishes = []Wish{Must, Want, Maybe}

// RequestState is where a request stands.
type RequestState string

// The states of a request.
const (
	RequestSent      RequestState = "sent"
	RequestAccepted  RequestState = "accepted"
	RequestCountered RequestState = "countered" // accepted, for another time
	RequestDeclined  RequestState = "declined"
	RequestWithdrawn RequestState = "withdrawn"
	RequestExpired   RequestState = "expired"
)

// A Request is one entrant's wish to meet another, and what that one said.
type Request struct {
	storage.Meta `bson:",inline"`
	RoundID      string       `bson:"round_id"`
	From         string       `bson:"from"` // entrant ids
	To           string       `bson:"to"`
	Pair         string       `bson:"pair,omitempty"` // round and both, while it is not over: one a pair, whoever asks
	State        RequestState `bson:"state"`
	Wish         Wish         `bson:"wish"`             // of From
	Answer       Wish         `bson:"answer,omitempty"` // of To
	Message      string       `bson:"message,omitempty"`
	Reply        string       `bson:"reply,omitempty"`
	Session      string       `bson:"session,omitempty"` // name of a window that suits both
	Slot         string       `bson:"slot,omitempty"`    // proposed by whoever's turn it is not: a soft hold
	HoldUntil    time.Time    `bson:"hold_until,omitempty"`
	Turn         string       `bson:"turn,omitempty"` // entrant who has to answer
	Turns        int          `bson:"turns"`          // how often it has changed: mails are keyed by it
	SentAt       time.Time    `bson:"sent_at"`
	AskedAt      time.Time    `bson:"asked_at"` // since when it is Turn's turn
	Deadline     time.Time    `bson:"deadline,omitempty"`
	Reminded     bool         `bson:"reminded,omitempty"` // of this deadline
	EndedAt      time.Time    `bson:"ended_at,omitempty"`
	MeetingID    string       `bson:"meeting_id,omitempty"` // that came of it
}

var requests = storage.NewCollection[Request]("requests",
	storage.UniqueIf("pair"), storage.Ordered("round_id", "sent_at"), storage.Ordered("round_id", "state", "sent_at"),
	storage.Ordered("from", "sent_at"), storage.Ordered("to", "sent_at"), storage.Ordered("state", "deadline"))

// Live reports whether r still can come to a meeting, or has.
func (s RequestState) Live() bool {
	return s == RequestSent || s == RequestAccepted || s == RequestCountered
}

// pairOf names two entrants of a round, whoever asked whom.
func pairOf(roundID, a, b string) string {
	if b < a {
		a, b = b, a
	}
	return roundID + "/" + a + "/" + b
}

// settle notes that nobody has to answer r any more.
func (r *Request) settle(s RequestState) {
	r.State, r.Turn, r.HoldUntil, r.Deadline = s, "", time.Time{}, time.Time{}
	r.Turns++
}

// ask gives an entrant the turn to answer until a deadline. A slot that is
// proposed is held softly until half of that time is gone.
func (r *Request) ask(entrantID string, now, deadline time.Time) {
	r.Turn, r.AskedAt, r.Deadline, r.Reminded, r.HoldUntil = entrantID, now, deadline, false, time.Time{}
	r.Turns++
	if r.Slot != "" {
		r.HoldUntil = now.Add(deadline.Sub(now) / 2)
	}
}

// Holds reports whether r holds its slot softly at now.
func (r *Request) Holds(now time.Time) bool {
	return r.Turn != "" && r.Slot != "" && now.Before(r.HoldUntil)
}

// wishOf is how much one of the two wants the meeting; "" before they said.
func (r *Request) wishOf(entrantID string) Wish {
	if r.From == entrantID {
		return r.Wish
	}
	return r.Answer
}

// says notes how much one of the two wants the meeting.
func (r *Request) says(entrantID string, w Wish) {
	if r.From == entrantID {
		r.Wish = w
		return
	}
	r.Answer = w
}

// end is how a request that comes to no meeting ends. The two can ask each
// other anew from here on.
func (r *Request) end(s RequestState, now time.Time) {
	r.settle(s)
	r.Pair, r.Slot, r.EndedAt = "", "", now
}

// Other gives the other one of the two entrants.
func (r *Request) Other(entrantID string) string {
	if r.From == entrantID {
		return r.To
	}
	return r.From
}
