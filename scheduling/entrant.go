package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// EntrantState is where an entrant of a round stands.
type EntrantState string

// The states of an entrant.
const (
	EntrantPending  EntrantState = "pending" // an organiser has to let it in
	EntrantIn       EntrantState = "in"
	EntrantRejected EntrantState = "rejected"
	EntrantLeft     EntrantState = "left"
)

// An Entrant is a company that takes part in a round.
type Entrant struct {
	storage.Meta `bson:",inline"`
	RoundID      string       `bson:"round_id"`
	CompanyID    string       `bson:"company_id"`
	Claims       string       `bson:"claims,omitempty"` // a company that others belong to, until an organiser says that it is theirs; CompanyID is empty then
	Live         string       `bson:"live,omitempty"`   // round and company, unless it left: one a round and company
	State        EntrantState `bson:"state"`
	Name         string       `bson:"name"` // the company's, as it stood then
	Sort         string       `bson:"sort"`
	Country      string       `bson:"country"` // ISO 3166 alpha-2
	Kind         CompanyKind  `bson:"kind"`
	BusinessID   string       `bson:"business_id,omitempty"`
	Website      string       `bson:"website,omitempty"`
	About        Text         `bson:"about"`  // what it does, in a few lines
	Offers       []string     `bson:"offers"` // one thing each
	Needs        []string     `bson:"needs"`
	Tags         []string     `bson:"tags"`
	Countries    []string     `bson:"countries,omitempty"` // where it wants to do business, ISO 3166 alpha-2
	Listed       bool         `bson:"listed"`              // agreed to stand in a public catalogue
	Paused       bool         `bson:"paused"`              // is not to be found or asked; what is agreed stays
	MaxMeetings  int          `bson:"max_meetings"`        // of its own wish; 0: as the round says

	People     []Delegate `bson:"people"` // the first is whom we write to
	PersonIDs  []string   `bson:"person_ids"`
	Invites    []Invited  `bson:"invites,omitempty"` // colleagues who have not come yet; only those who manage it see them
	Invited    []string   `bson:"invited,omitempty"` // the addresses of Invites
	Generation int        `bson:"generation"`        // of the links in its mails
	Reason     string     `bson:"reason,omitempty"`  // why it was rejected
	Words      []string   `bson:"words"`
}

// An Invited is a colleague whom an entrant asked to come along. They become a
// delegate by signing in with that address and agreeing.
type Invited struct {
	ID    string    `bson:"id"`
	Email string    `bson:"email"`
	Name  string    `bson:"name"`
	Title string    `bson:"title,omitempty"`
	By    string    `bson:"by"` // person id
	At    time.Time `bson:"at"`
}

// A Delegate is one person of an entrant, who meets others for it.
type Delegate struct {
	PersonID    string   `bson:"person_id" json:"person_id"`
	Name        string   `bson:"name" json:"name"`
	Title       string   `bson:"title,omitempty" json:"title,omitempty"`
	Languages   []string `bson:"languages,omitempty" json:"languages,omitempty"`     // that they can meet in, ISO 639-1
	Unavailable []string `bson:"unavailable,omitempty" json:"unavailable,omitempty"` // slot IDs
	UseBusy     bool     `bson:"use_busy" json:"use_busy"`                           // times of their busy calendars count too
	Manages     bool     `bson:"manages" json:"manages"`                             // may act for the entrant
}

var entrants = storage.NewCollection[Entrant]("entrants",
	storage.UniqueIf("live"), storage.Ordered("round_id", "sort"), storage.Ordered("round_id", "state", "sort"),
	storage.Ordered("round_id", "updated"), storage.Ordered("company_id"), storage.Ordered("claims"),
	storage.Many("person_ids"), storage.Many("invited"), storage.Many("tags"), storage.Many("words"))

// An enrolment counts the entrants that are in a round, under the round's ID:
// two that take its last place meet there.
type enrolment struct {
	storage.Meta `bson:",inline"`
	In           int `bson:"in"`
}

var enrolments = storage.NewCollection[enrolment]("enrolments")

// Delegate gives one of e's people.
func (e *Entrant) Delegate(personID string) (Delegate, bool) {
	i := slices.IndexFunc(e.People, func(p Delegate) bool { return p.PersonID == personID })
	if i < 0 {
		return Delegate{}, false
	}
	return e.People[i], true
}

// managed reports whether by may act for e: one of its people who manages it,
// or an organiser of the round.
func (e *Entrant) managed(by Actor, r *Round) bool {
	if by.Organises(r.ClusterIDs...) {
		return true
	}
	p, ok := e.Delegate(by.ID)
	return ok && by.SignedIn() && p.Manages
}

// entrantFor gives an entrant with its round to whoever may act for it.
func entrantFor(tx *storage.Tx, by Actor, id string) (*Entrant, *Round, error) {
	e, err := entrants.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	r, err := rounds.Get(tx, e.RoundID)
	if err != nil {
		return nil, nil, err
	}
	if !e.managed(by, r) || r.Phase == RoundDraft && !by.Organises(r.ClusterIDs...) {
		return nil, nil, errHidden
	}
	return e, r, nil
}

// freeIn are the IDs of the slots that one person of an entrant can be met in,
// as they said, and by their busy calendars where they want that. Meetings that
// they already have are not counted: bookings know those.
func (d *Desk) freeIn(tx *storage.Tx, r *Round, p Delegate) (map[string]bool, error) {
	busy, err := d.busySlots(tx, r, p)
	free := map[string]bool{}
	for _, s := range r.Slots {
		free[s.ID] = !busy[s.ID] && !slices.Contains(p.Unavailable, s.ID)
	}
	return free, err
}

// busySlots are those of r in which p's busy calendars have something, if p
// wants them to count.
func (d *Desk) busySlots(tx *storage.Tx, r *Round, p Delegate) (map[string]bool, error) {
	if !p.UseBusy || len(r.Slots) == 0 {
		return nil, nil
	}
	times, err := d.BusyTimes(tx, p.PersonID, r.Slots[0].Starts, r.Slots[len(r.Slots)-1].Ends)
	busy := map[string]bool{}
	for _, s := range r.Slots {
		for _, b := range times {
			busy[s.ID] = busy[s.ID] || b.Starts.Before(s.Ends) && b.Ends.After(s.Starts)
		}
	}
	return busy, err
}
