package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// RegState is where a registration stands.
type RegState string

// The states of a registration. Confirmed, Offered and Attended hold a seat.
const (
	Pending    RegState = "pending" // its address, or the organiser, has to say yes
	Confirmed  RegState = "confirmed"
	Attended   RegState = "attended"
	NoShow     RegState = "noshow"
	Waitlisted RegState = "waitlisted"
	Offered    RegState = "offered"   // a freed seat, until a deadline
	Left       RegState = "left"      // left the waiting list, or let an offer go
	Withdrawn  RegState = "cancelled" // by whom and why is said beside it
	Rejected   RegState = "rejected"
)

// RegStates are all of them, in the order of a filter.
var RegStates = []RegState{Pending, Confirmed, Offered, Waitlisted, Attended, NoShow, Withdrawn, Left, Rejected}

// Live reports whether somebody in s still has something to expect.
func (s RegState) Live() bool {
	switch s {
	case Pending, Confirmed, Attended, NoShow, Waitlisted, Offered:
		return true
	}
	return false
}

// HoldsSeat reports whether s takes one of the event's seats.
func (s RegState) HoldsSeat() bool { return s == Confirmed || s == Offered || s == Attended }

// A Registration is one person's place at one event.
type Registration struct {
	storage.Meta `bson:",inline"`
	EventID      string    `bson:"event_id"`
	State        RegState  `bson:"state"`
	Live         string    `bson:"live,omitempty"` // event and address, while the state is live: one a person and event
	PersonID     string    `bson:"person_id,omitempty"`
	Email        string    `bson:"email"` // lower case; may be empty for a walk-in
	Name         string    `bson:"name"`
	Sort         string    `bson:"sort"`
	Company      string    `bson:"company,omitempty"`
	CompanyID    string    `bson:"company_id,omitempty"`
	Title        string    `bson:"title,omitempty"`
	Lang         string    `bson:"lang"`
	Answers      Answers   `bson:"answers,omitempty"`
	Consents     []Consent `bson:"consents,omitempty"`
	Note         string    `bson:"note,omitempty"` // the organiser's own

	Party string `bson:"party,omitempty"` // id of the registration that brought this one along; its own for the leader
	Split bool   `bson:"split,omitempty"` // a party that may be seated in parts

	Unconfirmed bool      `bson:"unconfirmed,omitempty"` // the address has not answered yet
	Queue       int64     `bson:"queue"`                 // place in the order of the waiting list; 0 elsewhere
	Deadline    time.Time `bson:"deadline,omitempty"`    // to accept an offer, or to confirm the address
	Passed      int       `bson:"passed,omitempty"`      // offers let go by silence

	Ticket      string    `bson:"ticket"`     // code at the door
	Generation  int       `bson:"generation"` // of the link; handing over makes the old one useless
	CheckedInAt time.Time `bson:"checked_in_at,omitempty"`
	CheckedInBy string    `bson:"checked_in_by,omitempty"`
	WalkIn      bool      `bson:"walk_in,omitempty"`
	Invited     bool      `bson:"invited,omitempty"` // has been promised a calendar entry
	Invite      Invite    `bson:"invite,omitempty"`  // what the newest one said
	RSVP        RSVP      `bson:"rsvp,omitempty"`    // what they answered to it

	EndedBy  string    `bson:"ended_by,omitempty"` // who cancelled or rejected
	Reason   string    `bson:"reason,omitempty"`
	EndedAt  time.Time `bson:"ended_at,omitempty"`
	Sequence int       `bson:"sequence"`       // of this person's calendar entry, beside the event's
	Once     string    `bson:"once,omitempty"` // the form it came from: sent twice, it is answered twice the same
	Words    []string  `bson:"words"`

	Shown         string    `bson:"shown,omitempty"`          // the STATUS of that entry; empty where there is none
	ShownSequence int       `bson:"shown_sequence,omitempty"` // the Sequence it had since
	ShownAt       time.Time `bson:"shown_at,omitempty"`       // when it changed last

	Tenure Tenure `bson:"tenure,omitempty"` // since when it is where it is

	last bool // was put at the end of the queue by the transaction at hand
}

// A Tenure is since when a registration stands where it does. A moment that
// is not known is zero.
type Tenure struct {
	State  RegState  `bson:"state"`
	Since  time.Time `bson:"since"`            // it is in State
	Seated time.Time `bson:"seated,omitempty"` // it has had a seat for certain
	Began  time.Time `bson:"began,omitempty"`  // its person has had it: a colleague may have had it before
}

// stand notes the state r has come to. Of one from before this was noted,
// nothing is known but when it was made.
func (r *Registration) stand(now time.Time) {
	st := &r.Tenure
	switch {
	case st.State == r.State:
		return
	case st.State == "" && r.Rev > 0:
		now = r.Created
	}
	seated := func(s RegState) bool { return s == Confirmed || s == Attended || s == NoShow }
	if seated(r.State) && !seated(st.State) {
		st.Seated = now
	}
	st.State, st.Since = r.State, now
}

// passOn notes that r has another person from now on.
func (r *Registration) passOn(now time.Time) { r.Tenure = Tenure{r.State, now, now, now} }

// orCreated is t, or when r was made where t is not known.
func (r *Registration) orCreated(t time.Time) time.Time {
	if t.IsZero() {
		return r.Created
	}
	return t
}

var registrations = storage.NewCollection[Registration]("registrations",
	storage.UniqueIf("live"), storage.Unique("ticket"),
	storage.Ordered("event_id", "sort"), storage.Ordered("event_id", "state", "queue"),
	storage.Ordered("event_id", "state", "sort"), storage.Ordered("event_id", "rsvp.answer", "sort"),
	storage.Ordered("state", "deadline"), storage.Ordered("party"),
	storage.Ordered("email"), storage.Ordered("company_id"), storage.Ordered("person_id"), storage.Ordered("event_id", "updated"), storage.Many("words"))

// Holds reports whether r takes a seat.
func (r *Registration) Holds() bool { return r.State.HoldsSeat() }

// CanEdit reports whether the person may still change their answers at now.
func (r *Registration) CanEdit(e *Event, now time.Time) bool {
	return r.State.Live() && r.State != Attended && r.State != NoShow && e.State == Published && now.Before(e.Locks())
}

// Known reports whether s is one of RegStates.
func (s RegState) Known() bool { return slices.Contains(RegStates, s) }
