package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// RoundPhase is where a round of B2B meetings stands. A job moves it on at the
// dates of its plan; its organiser can at any time.
type RoundPhase string

// The phases of a round, in their order.
const (
	RoundDraft      RoundPhase = "draft"      // only its organisers see it
	RoundProfiles   RoundPhase = "profiles"   // companies enter and say what they offer and need
	RoundRequests   RoundPhase = "requests"   // they find each other and ask for meetings
	RoundScheduling RoundPhase = "scheduling" // requests rest; the schedule is made
	RoundPublished  RoundPhase = "published"  // everybody has their agenda
	RoundRunning    RoundPhase = "running"    // the day itself
	RoundClosed     RoundPhase = "closed"     // outcomes are asked for
	RoundCancelled  RoundPhase = "cancelled"
)

// RoundPhases are those that a round goes through, in their order.
var RoundPhases = []RoundPhase{RoundDraft, RoundProfiles, RoundRequests, RoundScheduling, RoundPublished, RoundRunning, RoundClosed}

// RoundWay says who makes the schedule of a round.
type RoundWay string

// The ways to schedule.
const (
	BySolver  RoundWay = "solver" // the organiser lets it be made of all requests
	ByBooking RoundWay = "book"   // an accepted request takes the first slot and table that suit
	ByBoth    RoundWay = "both"   // the solver first; after publishing, companies book what is left
)

// RoundWays are all of them, in the order of a form.
var RoundWays = []RoundWay{BySolver, ByBooking, ByBoth}

// A Round is one round of B2B matchmaking: in an event or alone.
type Round struct {
	storage.Meta `bson:",inline"`
	Slug         string     `bson:"slug"`
	EventID      string     `bson:"event_id,omitempty"` // that it is part of
	TripID       string     `bson:"trip_id,omitempty"`  // on which it takes place
	StopID       string     `bson:"stop_id,omitempty"`  // of the trip
	ClusterIDs   []string   `bson:"cluster_ids"`
	Phase        RoundPhase `bson:"phase"`
	Way          RoundWay   `bson:"way"`
	Title        Text       `bson:"title"`
	About        Text       `bson:"about"` // Markdown
	Zone         string     `bson:"zone"`  // IANA name: of its days and windows
	Contact      string     `bson:"contact,omitempty"`
	ContactEmail string     `bson:"contact_email,omitempty"`

	Days    []RoundDay  `bson:"days"`
	Minutes int         `bson:"minutes"` // of a slot
	Buffer  int         `bson:"buffer"`  // minutes between two slots
	Slots   []Slot      `bson:"slots"`   // what these come to, first to last; see grid
	Venues  []Venue     `bson:"venues,omitempty"`
	Travel  []TravelLeg `bson:"travel,omitempty"`
	Tables  []Table     `bson:"tables"`

	Plan   RoundPlan   `bson:"plan"`
	Limits RoundLimits `bson:"limits"`
	Frozen bool        `bson:"frozen,omitempty"` // the published schedule is changed by its organisers alone

	PhaseAt      time.Time            `bson:"phase_at,omitempty"` // when it came to its phase
	Done         map[string]time.Time `bson:"done,omitempty"`     // phase → the moment of its plan that has been acted on
	Told         map[string]time.Time `bson:"told,omitempty"`     // mails that went out, by their kind → the phase or date they spoke of
	CancelReason string               `bson:"cancel_reason,omitempty"`
	CancelledAt  time.Time            `bson:"cancelled_at,omitempty"`
	CopiedFrom   string               `bson:"copied_from,omitempty"`
	Starts       time.Time            `bson:"starts"` // of the first slot
	Ends         time.Time            `bson:"ends"`   // of the last one
	Open         bool                 `bson:"open"`   // listed: neither a draft nor cancelled

	UID         string    `bson:"uid"`                    // of its entry in calendars; never changes
	Sequence    int       `bson:"sequence"`               // rises with every visible change once it is open
	Changed     time.Time `bson:"changed"`                // when something visible changed last
	DueSequence int       `bson:"due_sequence,omitempty"` // the same of the entries of its dates
	DueChanged  time.Time `bson:"due_changed,omitempty"`
	Words       []string  `bson:"words"`
}

// A RoundDay is a day of a round with the times that meetings can be in. Times
// are what the clock on the wall says, "09:00".
type RoundDay struct {
	Date    string   `bson:"date" json:"date"` // 2006-01-02
	Windows []Window `bson:"windows" json:"windows"`
	Breaks  []Window `bson:"breaks,omitempty" json:"breaks,omitempty"` // no slot touches one
}

// A Window is a time of a day, end excluded.
type Window struct {
	From string `bson:"from" json:"from"`
	To   string `bson:"to" json:"to"`
	Name string `bson:"name,omitempty" json:"name,omitempty"` // "Morning": a session that requests can ask for
}

// A Slot is a time that a meeting can take. Its ID is its start in UTC
// (20060102T1504Z), so it stays what it is when others come or go.
type Slot struct {
	ID     string    `bson:"id" json:"id"`
	Starts time.Time `bson:"starts" json:"starts"`
	Ends   time.Time `bson:"ends" json:"ends"`
}

// A Venue is a building where tables stand.
type Venue struct {
	ID      string `bson:"id" json:"id"`
	Name    string `bson:"name" json:"name"`
	Address string `bson:"address,omitempty" json:"address,omitempty"`
}

// A TravelLeg is how long the way between two venues takes, either way.
type TravelLeg struct {
	A       string `bson:"a" json:"a"`
	B       string `bson:"b" json:"b"`
	Minutes int    `bson:"minutes" json:"minutes"`
}

// TableKind says what a meeting takes place at.
type TableKind string

// The kinds of table.
const (
	AtTable TableKind = "table"
	AtBooth TableKind = "booth" // of one entrant, who does not leave it
	ByVideo TableKind = "video" // a link
)

// TableKinds are all of them, in the order of a form.
var TableKinds = []TableKind{AtTable, AtBooth, ByVideo}

// A Table is where one meeting at a time takes place.
type Table struct {
	ID        string    `bson:"id" json:"id"`
	Name      string    `bson:"name" json:"name"`
	Kind      TableKind `bson:"kind" json:"kind"`
	VenueID   string    `bson:"venue_id,omitempty" json:"venue_id,omitempty"`
	EntrantID string    `bson:"entrant_id,omitempty" json:"entrant_id,omitempty"` // whose booth it is
	Link      string    `bson:"link,omitempty" json:"link,omitempty"`             // only those who meet there see it
}

// RoundPlan are the dates of a round; a zero one is left to its organiser.
type RoundPlan struct {
	ProfilesAt   time.Time `bson:"profiles_at,omitempty" json:"profiles_at,omitzero"`
	RequestsAt   time.Time `bson:"requests_at,omitempty" json:"requests_at,omitzero"`
	SchedulingAt time.Time `bson:"scheduling_at,omitempty" json:"scheduling_at,omitzero"`
	ClosesAt     time.Time `bson:"closes_at,omitempty" json:"closes_at,omitzero"` // zero: a day after its last slot
}

// RoundLimits are what one entrant may ask for; 0 is no limit.
type RoundLimits struct {
	Meetings    int  `bson:"meetings" json:"meetings"`         // of one entrant
	Requests    int  `bson:"requests" json:"requests"`         // that one entrant may send
	Musts       int  `bson:"musts" json:"musts"`               // of which so many "must"
	ExpireHours int  `bson:"expire_hours" json:"expire_hours"` // until an unanswered request ends
	Entrants    int  `bson:"entrants" json:"entrants"`
	Approval    bool `bson:"approval" json:"approval"` // an organiser lets entrants in
	Public      bool `bson:"public" json:"public"`     // its catalogue can be read by everybody, of those who agreed
}

var rounds = storage.NewCollection[Round]("rounds",
	storage.Unique("slug"), storage.Ordered("starts"), storage.Ordered("open", "starts"),
	storage.Ordered("ends"), storage.Ordered("phase", "starts"), storage.Ordered("event_id"), storage.Ordered("trip_id"),
	storage.Many("cluster_ids"), storage.Many("words"))

// slotID is the ID of the slot that starts at a moment.
func slotID(starts time.Time) string { return starts.UTC().Format("20060102T1504Z") }

// Location is the zone of the round's wall clock.
func (r *Round) Location() *time.Location {
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Slot gives one by its ID.
func (r *Round) Slot(id string) (Slot, bool) {
	i := slices.IndexFunc(r.Slots, func(s Slot) bool { return s.ID == id })
	if i < 0 {
		return Slot{}, false
	}
	return r.Slots[i], true
}

// Table gives one by its ID.
func (r *Round) Table(id string) (Table, bool) {
	i := slices.IndexFunc(r.Tables, func(t Table) bool { return t.ID == id })
	if i < 0 {
		return Table{}, false
	}
	return r.Tables[i], true
}

// Past reports whether r is in phase p or further on.
func (r *Round) Past(p RoundPhase) bool {
	return r.Phase != RoundCancelled && slices.Index(RoundPhases, r.Phase) >= slices.Index(RoundPhases, p)
}

// ownRound gives a round of by's clusters, to be organised.
func ownRound(tx *storage.Tx, by Actor, id string) (*Round, error) {
	r, err := rounds.Get(tx, id)
	if err == nil && !by.Organises(r.ClusterIDs...) {
		return nil, errHidden
	}
	return r, err
}
