package scheduling

import (
	"time"

	"kohtaamo/storage"
)

// EventState is what an organiser decided; whether an event is under way or
// has ended follows from the clock.
type EventState string

// The states of an event that are stored.
const (
	Draft     EventState = "draft"
	Published EventState = "published"
	Cancelled EventState = "cancelled"
)

// Phase is where an event stands at a moment.
type Phase string

// The phases of an event.
const (
	PhaseDraft     Phase = "draft"
	PhasePublished Phase = "published"
	PhaseUnderWay  Phase = "underway"
	PhaseEnded     Phase = "ended"
	PhaseCancelled Phase = "cancelled"
)

// Mode says how people take part.
type Mode string

// The modes of an event.
const (
	InRoom Mode = "room"
	Online Mode = "online"
	Hybrid Mode = "hybrid"
)

// An Event is something people register for.
type Event struct {
	storage.Meta `bson:",inline"`
	Slug         string     `bson:"slug"`
	State        EventState `bson:"state"`
	Title        Text       `bson:"title"`
	Summary      Text       `bson:"summary"` // one line
	Body         Text       `bson:"body"`    // Markdown
	Kind         string     `bson:"kind"`    // "conference", "seminar", "workshop", "visit", "meeting", "online"
	Mode         Mode       `bson:"mode"`
	Starts       time.Time  `bson:"starts"`
	Ends         time.Time  `bson:"ends"`
	Zone         string     `bson:"zone"` // IANA name: what the clock on the wall there says
	AllDay       bool       `bson:"all_day"`
	Venue        string     `bson:"venue,omitempty"`
	Address      string     `bson:"address,omitempty"`
	Geo          *Geo       `bson:"geo,omitempty"`
	Link         string     `bson:"link,omitempty"` // where to join online; only seat-holders see it
	ClusterIDs   []string   `bson:"cluster_ids"`
	GroupIDs     []string   `bson:"group_ids"`
	ProjectID    string     `bson:"project_id,omitempty"`
	Audience     Audience   `bson:"audience"`
	Agenda       []Item     `bson:"agenda"`

	Contact      string     `bson:"contact,omitempty"` // name of the organiser people may write to
	ContactEmail string     `bson:"contact_email,omitempty"`
	Rules        EventRules `bson:"rules"`

	UID          string    `bson:"uid"`                    // of its calendar entry; never changes
	Sequence     int       `bson:"sequence"`               // rises with every visible change after publication
	Changed      time.Time `bson:"changed"`                // when something visible changed last
	DueSequence  int       `bson:"due_sequence,omitempty"` // the same of its deadlines' entries
	DueChanged   time.Time `bson:"due_changed,omitempty"`
	Dropped      []Item    `bson:"dropped,omitempty"` // items that left the published agenda, while calendars have to be told
	PublishedAt  time.Time `bson:"published_at,omitempty"`
	CancelledAt  time.Time `bson:"cancelled_at,omitempty"`
	CancelReason string    `bson:"cancel_reason,omitempty"`
	CopiedFrom   string    `bson:"copied_from,omitempty"`
	Origin       *Origin   `bson:"origin,omitempty"` // the entry it was imported from

	Listed    bool                 `bson:"listed"`             // in public lists and feeds: for all, and not a draft
	Reminded  map[string]time.Time `bson:"reminded,omitempty"` // days before → the start that was reminded of
	WrappedUp bool                 `bson:"wrapped_up"`         // thanks have gone out
	Words     []string             `bson:"words"`
}

// EventRules say who may register, when, and what is asked of them.
type EventRules struct {
	Seats          int          `bson:"seats"` // 0: no limit
	OpensAt        time.Time    `bson:"opens_at,omitempty"`
	ClosesAt       time.Time    `bson:"closes_at,omitempty"` // zero: when it starts
	LockAt         time.Time    `bson:"lock_at,omitempty"`   // answers can be changed until then; zero: until it starts
	Approval       bool         `bson:"approval"`
	ConfirmAddress bool         `bson:"confirm_address"` // a place is given once the address has answered
	PartyMax       int          `bson:"party_max"`       // people one may register at once; 0 and 1: only themselves
	OfferHours     int          `bson:"offer_hours"`     // time to accept a freed seat; 0: it is given at once
	Waitlist       bool         `bson:"waitlist"`        // false: full means closed
	Reminders      []int        `bson:"reminders"`       // days before the start
	FollowUp       bool         `bson:"follow_up"`       // thanks and sorry-we-missed-you
	ShowList       bool         `bson:"show_list"`       // who is coming, of those who agreed
	Questions      []Question   `bson:"questions,omitempty"`
	Consents       []ConsentAsk `bson:"consents,omitempty"`
}

// Audience says who may see an event and register.
type Audience string

// The audiences of an event.
const (
	ForAll      Audience = "all"      // listed, open to everybody
	ForUnlisted Audience = "unlisted" // whoever has the address
	ForGroups   Audience = "groups"   // members of its groups, by their mail address
)

// Geo is a place on the map, in degrees (WGS 84).
type Geo struct {
	Lat float64 `bson:"lat" json:"lat"`
	Lon float64 `bson:"lon" json:"lon"`
}

// An Item is one line of an event's agenda.
type Item struct {
	UID     string    `bson:"uid"`
	Starts  time.Time `bson:"starts"`
	Ends    time.Time `bson:"ends"`
	Title   Text      `bson:"title"`
	Room    string    `bson:"room,omitempty"`
	Speaker string    `bson:"speaker,omitempty"`
	About   Text      `bson:"about,omitempty"`

	Sequence  int       `bson:"sequence,omitempty"` // as an event's
	Changed   time.Time `bson:"changed,omitempty"`
	DroppedAt time.Time `bson:"dropped_at,omitempty"` // when it left the agenda
}

// A Seating counts the seats of one event, under the event's own id. It is a
// document apart from the event so that the one everybody writes at once is
// small, and so that an event's revision tells whether its words changed.
type Seating struct {
	storage.Meta `bson:",inline"`
	Seats        int   `bson:"seats"`    // as the event's rules; 0: no limit
	Taken        int   `bson:"taken"`    // confirmed, offered and attended
	Waiting      int   `bson:"waiting"`  // on the waiting list
	Pending      int   `bson:"pending"`  // not yet confirmed by address or organiser
	Attended     int   `bson:"attended"` // checked in
	Next         int64 `bson:"next"`     // the next place in the queue
	Closed       bool  `bson:"closed"`   // cancelled or withdrawn: nobody gets in any more
	Tally        Tally `bson:"tally"`    // everybody who ever registered, by where they stand
}

// A Tally counts registrations by their state, so that a list of a hundred
// thousand can say how many there are of each without counting them.
type Tally struct {
	Pending    int `bson:"pending"`
	Confirmed  int `bson:"confirmed"`
	Offered    int `bson:"offered"`
	Waitlisted int `bson:"waitlisted"`
	Attended   int `bson:"attended"`
	NoShow     int `bson:"noshow"`
	Withdrawn  int `bson:"cancelled"`
	Left       int `bson:"left"`
	Rejected   int `bson:"rejected"`
}

// at is the counter of a state; nil for one that is none.
func (t *Tally) at(s RegState) *int {
	switch s {
	case Pending:
		return &t.Pending
	case Confirmed:
		return &t.Confirmed
	case Offered:
		return &t.Offered
	case Waitlisted:
		return &t.Waitlisted
	case Attended:
		return &t.Attended
	case NoShow:
		return &t.NoShow
	case Withdrawn:
		return &t.Withdrawn
	case Left:
		return &t.Left
	case Rejected:
		return &t.Rejected
	}
	return nil
}

// EventKinds are the kinds of event in the order of a form.
var EventKinds = []string{"conference", "seminar", "workshop", "visit", "meeting", "online"}

var (
	events = storage.NewCollection[Event]("events",
		storage.Unique("slug"), storage.UniqueIf("origin.key"), storage.Ordered("starts"), storage.Ordered("ends"), storage.Ordered("state", "starts"),
		storage.Ordered("listed", "starts"), storage.Ordered("listed", "kind", "starts"),
		storage.Many("cluster_ids"), storage.Many("group_ids"), storage.Many("words"), storage.Ordered("uid"))
	seatings = storage.NewCollection[Seating]("seatings")
)

// Phase says where e stands at now.
func (e *Event) Phase(now time.Time) Phase {
	switch {
	case e.State == Draft:
		return PhaseDraft
	case e.State == Cancelled:
		return PhaseCancelled
	case !now.Before(e.Ends):
		return PhaseEnded
	case !now.Before(e.Starts):
		return PhaseUnderWay
	}
	return PhasePublished
}

// Opens is when registration begins; the zero time means it has begun.
func (e *Event) Opens() time.Time { return e.Rules.OpensAt }

// Closes is when registration ends: at its date, or when the event starts.
func (e *Event) Closes() time.Time {
	if e.Rules.ClosesAt.IsZero() {
		return e.Starts
	}
	return e.Rules.ClosesAt
}

// Locks is when people can no longer change what they answered.
func (e *Event) Locks() time.Time {
	if e.Rules.LockAt.IsZero() {
		return e.Starts
	}
	return e.Rules.LockAt
}

// Open reports whether people may register at now.
func (e *Event) Open(now time.Time) bool {
	return e.State == Published && !now.Before(e.Opens()) && now.Before(e.Closes())
}

// Location is the zone of the event's wall clock; UTC if the name is unknown,
// which SaveEvent does not let in.
func (e *Event) Location() *time.Location {
	loc, err := time.LoadLocation(e.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Place is where it happens, on one line.
func (e *Event) Place() string {
	switch {
	case e.Venue != "" && e.Address != "":
		return e.Venue + ", " + e.Address
	case e.Venue != "":
		return e.Venue
	}
	return e.Address
}

// Free is how many seats can be taken; limited is false where there is no limit.
func (s *Seating) Free() (n int, limited bool) {
	if s.Seats == 0 {
		return 0, false
	}
	return max(0, s.Seats-s.Taken), true
}

// room reports whether n more people get seats at once: nobody waits and n are
// free. Who comes later never passes those who wait.
func (s *Seating) room(n int) bool {
	free, limited := s.Free()
	return s.Waiting == 0 && (!limited || free >= n)
}
