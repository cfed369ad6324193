package scheduling

import (
	"slices"
	"sync"
	"time"

	"kohtaamo/storage"
)

// TripDirection says who travels.
type TripDirection string

// The directions of a trip.
const (
	Outgoing TripDirection = "outgoing" // companies of the house travel
	Incoming TripDirection = "incoming" // somebody's delegation comes to the house
)

// TripDirections are both of them, in the order of a form.
var TripDirections = []TripDirection{Outgoing, Incoming}

// TripState is where a trip stands. That it is under way and completed follows
// from its dates: a job moves it on.
type TripState string

// The states of a trip.
const (
	TripDraft     TripState = "draft"     // only its organisers see it
	TripOpen      TripState = "open"      // companies apply
	TripSelection TripState = "selection" // applications are closed, seats are offered
	TripConfirmed TripState = "confirmed" // enough companies have accepted: it takes place
	TripLocked    TripState = "locked"    // names and data of travellers rest
	TripUnderWay  TripState = "underway"
	TripCompleted TripState = "completed" // back home; outcomes are asked for
	TripReported  TripState = "reported"
	TripCancelled TripState = "cancelled"

	TripRequested TripState = "requested" // a body from elsewhere asks to visit
	TripScreening TripState = "screening"
	TripAccepted  TripState = "accepted"
	TripDeclined  TripState = "declined"
	TripProgramme TripState = "programme"       // hosts are sought, the programme is made
	TripHosted    TripState = "hosts_confirmed" // every visit has a host who said yes
	TripPublished TripState = "published"       // the visitors have their programme
	TripVisited   TripState = "visited"
)

// The states that a trip goes through, in their order. An incoming trip is
// reported as an outgoing one is, and either can be cancelled.
var (
	OutgoingStates = []TripState{TripDraft, TripOpen, TripSelection, TripConfirmed, TripLocked, TripUnderWay, TripCompleted, TripReported}
	IncomingStates = []TripState{TripRequested, TripScreening, TripAccepted, TripProgramme, TripHosted, TripPublished, TripVisited, TripReported}
)

// A Trip is a delegation visit: companies of the house travel together, or a
// delegation comes to it. What happens when stands in its Programme, who goes
// in its travellers.
type Trip struct {
	storage.Meta `bson:",inline"`
	Slug         string        `bson:"slug"`
	Direction    TripDirection `bson:"direction"`
	State        TripState     `bson:"state"`
	StateAt      time.Time     `bson:"state_at"`
	Title        Text          `bson:"title"`
	Summary      Text          `bson:"summary"` // one line
	Body         Text          `bson:"body"`    // Markdown
	Goals        Text          `bson:"goals"`   // Markdown: what the trip is for
	ClusterIDs   []string      `bson:"cluster_ids"`
	ProjectID    string        `bson:"project_id,omitempty"`
	Zone         string        `bson:"zone"` // IANA name: of its home, where deadlines are read
	Stops        []Stop        `bson:"stops"`
	Starts       time.Time     `bson:"starts"`     // of the first stop's first day, on the wall clock there
	Ends         time.Time     `bson:"ends"`       // of the last stop's last day
	LeaderIDs    []string      `bson:"leader_ids"` // people who lead it on the road
	Contact      string        `bson:"contact,omitempty"`
	ContactEmail string        `bson:"contact_email,omitempty"`

	Selection SelectionRules `bson:"selection"`
	Asks      TravellerAsks  `bson:"asks"`
	Budget    []BudgetLine   `bson:"budget,omitempty"`
	Currency  string         `bson:"currency"` // ISO 4217, of all its amounts

	// Held counts the seats that applications hold. Whoever gives or frees a seat
	// writes it in the same transaction, so two can never take the last one.
	Held int `bson:"held"`

	Enquiry *Enquiry `bson:"enquiry,omitempty"` // what an incoming delegation asked for

	Listed       bool                 `bson:"listed"` // on public pages: not a draft, and not a request
	PublishedAt  time.Time            `bson:"published_at,omitempty"`
	CancelledAt  time.Time            `bson:"cancelled_at,omitempty"`
	CancelReason string               `bson:"cancel_reason,omitempty"`
	CopiedFrom   string               `bson:"copied_from,omitempty"`
	Told         map[string]time.Time `bson:"told,omitempty"` // what went out once, by its kind
	UID          string               `bson:"uid"`            // of its entry in calendars; never changes
	Sequence     int                  `bson:"sequence"`       // rises with every visible change once it is listed
	Changed      time.Time            `bson:"changed"`
	Words        []string             `bson:"words"`
}

// A Stop is a place that a trip stays at.
type Stop struct {
	ID      string `bson:"id" json:"id"`
	Country string `bson:"country" json:"country"` // ISO 3166 alpha-2
	City    string `bson:"city" json:"city"`
	Zone    string `bson:"zone" json:"zone"` // IANA name: of all that happens there
	From    string `bson:"from" json:"from"` // first day there, 2006-01-02
	Until   string `bson:"until" json:"until"`
	About   Text   `bson:"about,omitempty" json:"about,omitempty"`
}

// SelectionRules say how companies come to have seats.
type SelectionRules struct {
	Seats      int         `bson:"seats" json:"seats"`
	Minimum    int         `bson:"minimum" json:"minimum"`         // seats that have to be accepted for it to take place
	PerCompany int         `bson:"per_company" json:"per_company"` // seats that one company can have; 0: no limit
	OpensAt    time.Time   `bson:"opens_at,omitempty" json:"opens_at,omitzero"`
	ClosesAt   time.Time   `bson:"closes_at,omitempty" json:"closes_at,omitzero"`
	OfferHours int         `bson:"offer_hours" json:"offer_hours"`                // to accept an offered seat
	CommitBy   time.Time   `bson:"commit_by,omitempty" json:"commit_by,omitzero"` // what is accepted binds from here on
	Criteria   []Criterion `bson:"criteria,omitempty" json:"criteria,omitempty"`
	Terms      Text        `bson:"terms,omitempty" json:"terms,omitempty"` // Markdown: what a company commits to
}

// A Criterion is what applications are scored by. It is published with the trip.
type Criterion struct {
	ID     string `bson:"id" json:"id"`
	Name   Text   `bson:"name" json:"name"`
	Weight int    `bson:"weight" json:"weight"` // 1 to 10
	Max    int    `bson:"max" json:"max"`       // points it is scored with, from 0
}

// TravellerAsks say what accepted travellers are asked for, and for how long
// the answers are kept.
type TravellerAsks struct {
	Fields     []string       `bson:"fields" json:"fields"` // of TravellerFields
	DueAt      time.Time      `bson:"due_at,omitempty" json:"due_at,omitzero"`
	RetainDays int            `bson:"retain_days" json:"retain_days"`           // after its last day, in which the answers are kept
	Retain     map[string]int `bson:"retain,omitempty" json:"retain,omitempty"` // the same of single fields, where it is different
}

// A BudgetLine is what something costs, and who pays it. Amounts are in cents
// of the trip's currency.
type BudgetLine struct {
	ID      string `bson:"id" json:"id"`
	Name    string `bson:"name" json:"name"`
	Planned int64  `bson:"planned" json:"planned"`
	Actual  int64  `bson:"actual" json:"actual"`
	PerSeat bool   `bson:"per_seat" json:"per_seat"` // the amounts are those of one seat
	Share   int    `bson:"share" json:"share"`       // percent that companies pay; the rest is the house's
}

// An Enquiry is what a body from elsewhere asked for: to visit the house.
type Enquiry struct {
	Body       string    `bson:"body"` // who asks
	Country    string    `bson:"country"`
	Website    string    `bson:"website,omitempty"`
	Name       string    `bson:"name"` // of the person who asks
	Email      string    `bson:"email"`
	Phone      string    `bson:"phone,omitempty"`
	Lang       string    `bson:"lang"`
	Topic      string    `bson:"topic"`             // key of one of the house's topics
	About      string    `bson:"about"`             // what they want to see, and why
	Size       int       `bson:"size"`              // people
	From       string    `bson:"from"`              // earliest day, 2006-01-02
	Until      string    `bson:"until"`             // latest day
	Days       int       `bson:"days"`              // that they stay
	Hosts      string    `bson:"hosts"`             // whom they wish to meet
	Languages  []string  `bson:"languages"`         // they can be spoken to in
	Earlier    []string  `bson:"earlier,omitempty"` // trips with the same body and topic within two years
	AskedAt    time.Time `bson:"asked_at"`
	Generation int       `bson:"generation"` // of its links

	Keys       []string     `bson:"keys,omitempty"`        // by which the same body and topic are found; see delegationKeys
	Screened   []ScreenMark `bson:"screened,omitempty"`    // one a criterion
	Note       string       `bson:"note,omitempty"`        // of those who organise it
	Withdrawn  bool         `bson:"withdrawn,omitempty"`   // by the body itself
	AcceptNote string       `bson:"accept_note,omitempty"` // what it was told with the acceptance
}

// A ScreenMark is what an organiser thinks of a request by one criterion.
type ScreenMark struct {
	Criterion string    `bson:"criterion"` // of DelegationCriteria
	Points    int       `bson:"points"`    // 0 to MaxScreenPoints
	Note      string    `bson:"note,omitempty"`
	By        string    `bson:"by"` // name
	At        time.Time `bson:"at"`
}

var trips = storage.NewCollection[Trip]("trips",
	storage.Unique("slug"), storage.Ordered("starts"), storage.Ordered("ends"), storage.Ordered("state", "starts"),
	storage.Ordered("listed", "starts"), storage.Ordered("direction", "starts"),
	storage.Many("cluster_ids"), storage.Many("leader_ids"), storage.Many("enquiry.keys"), storage.Ordered("enquiry.asked_at"), storage.Many("words"))

// Location is the zone of the trip's home.
func (t *Trip) Location() *time.Location { return zoneOf(t.Zone) }

// Location is the zone of the stop's wall clock.
func (s Stop) Location() *time.Location { return zoneOf(s.Zone) }

var zonesRead sync.Map // IANA name → *time.Location: loading one reads a file

// zoneOf is a zone by its IANA name; UTC if the name is unknown, which checks
// do not let in.
func zoneOf(name string) *time.Location {
	if loc, ok := zonesRead.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zonesRead.Store(name, loc)
	return loc
}

// Stop gives one by its ID.
func (t *Trip) Stop(id string) (Stop, bool) {
	i := slices.IndexFunc(t.Stops, func(s Stop) bool { return s.ID == id })
	if i < 0 {
		return Stop{}, false
	}
	return t.Stops[i], true
}

// FirstDay is the date that t begins on, as it was typed; "" without a stop.
func (t *Trip) FirstDay() string {
	if len(t.Stops) == 0 {
		return ""
	}
	return t.Stops[0].From
}

// LastDay is the date that t ends on.
func (t *Trip) LastDay() string {
	if len(t.Stops) == 0 {
		return ""
	}
	return t.Stops[len(t.Stops)-1].Until
}

// States are those that t goes through, in their order.
func (t *Trip) States() []TripState {
	if t.Direction == Incoming {
		return IncomingStates
	}
	return OutgoingStates
}

// Past reports whether t is in state s or further on.
func (t *Trip) Past(s TripState) bool {
	at := slices.Index(t.States(), t.State)
	return at >= 0 && at >= slices.Index(t.States(), s) && slices.Contains(t.States(), s)
}

// Off reports whether t does not take place.
func (t *Trip) Off() bool { return t.State == TripCancelled || t.State == TripDeclined }

// Free is how many seats nobody holds.
func (t *Trip) Free() int { return max(0, t.Selection.Seats-t.Held) }

// LedBy reports whether a may lead t: its organisers, and its leaders.
func (t *Trip) LedBy(a Actor) bool {
	return a.Organises(t.ClusterIDs...) || a.SignedIn() && slices.Contains(t.LeaderIDs, a.ID)
}

// ownTrip gives a trip of by's clusters, to be organised.
func ownTrip(tx *storage.Tx, by Actor, id string) (*Trip, error) {
	t, err := trips.Get(tx, id)
	if err == nil && !by.Organises(t.ClusterIDs...) {
		return nil, errHidden
	}
	return t, err
}

// ledTrip gives a trip to whoever organises or leads it.
func ledTrip(tx *storage.Tx, by Actor, id string) (*Trip, error) {
	t, err := trips.Get(tx, id)
	if err == nil && !t.LedBy(by) {
		return nil, errHidden
	}
	return t, err
}
