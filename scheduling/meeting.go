package scheduling

import (
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// MeetingState is where a meeting stands.
type MeetingState string

// The states of a meeting. What a solver proposes is no meeting yet: see
// Proposal.
const (
	MeetingPublished MeetingState = "published"
	MeetingHeld      MeetingState = "held"
	MeetingNotHeld   MeetingState = "not_held" // somebody was absent
	MeetingCancelled MeetingState = "cancelled"
)

// A Meeting is two or more entrants at one slot and one table.
type Meeting struct {
	storage.Meta `bson:",inline"`
	RoundID      string       `bson:"round_id"`
	State        MeetingState `bson:"state"`
	RequestID    string       `bson:"request_id,omitempty"` // that it came of; none for a walk-in
	Parties      []Party      `bson:"parties"`
	EntrantIDs   []string     `bson:"entrant_ids"` // of the parties, in their order
	PersonIDs    []string     `bson:"person_ids"`  // of the parties' people
	Slot         string       `bson:"slot"`
	Starts       time.Time    `bson:"starts"`
	Ends         time.Time    `bson:"ends"`
	Table        string       `bson:"table"`
	Pinned       bool         `bson:"pinned,omitempty"`  // the solver does not move it
	WalkIn       bool         `bson:"walk_in,omitempty"` // made on the day

	UID       string    `bson:"uid"`      // of its calendar entry; never changes
	Sequence  int       `bson:"sequence"` // rises with every visible change
	Changed   time.Time `bson:"changed"`
	MovedFrom string    `bson:"moved_from,omitempty"` // the slot before the last move
	Late      []string  `bson:"late,omitempty"`       // entrants who said they come late
	Absent    []string  `bson:"absent,omitempty"`     // entrants who did not come
	EndedBy   string    `bson:"ended_by,omitempty"`   // entrant id, or "organiser"
	Reason    string    `bson:"reason,omitempty"`
	EndedAt   time.Time `bson:"ended_at,omitempty"`
}

// A Party is one entrant's side of a meeting.
type Party struct {
	EntrantID string   `bson:"entrant_id" json:"entrant_id"`
	Name      string   `bson:"name" json:"name"`
	PersonIDs []string `bson:"person_ids" json:"person_ids"` // who comes; a colleague can take over
}

var meetings = storage.NewCollection[Meeting]("meetings",
	storage.Ordered("round_id", "starts"), storage.Ordered("round_id", "state", "starts"), storage.UniqueIf("request_id"),
	storage.Many("entrant_ids"), storage.Many("person_ids"), storage.Unique("uid"))

// Stands reports whether m takes a slot and a table.
func (s MeetingState) Stands() bool { return s != MeetingCancelled }

// A booking is somebody or something in one place at a time. The store keeps
// each key once, so no entrant, person or table is in two meetings at once,
// whatever a solver or a person does. Entrants and tables are booked by the
// slot of their round; people by every stretch of bookStep that a meeting
// touches, so that they are not in two rounds at once either.
type booking struct {
	storage.Meta `bson:",inline"` // the ID is the key: who, and when
	RoundID      string           `bson:"round_id"`
	MeetingID    string           `bson:"meeting_id"`
	Who          string           `bson:"who"` // "entrant/…", "table/…", "person/…"
	At           time.Time        `bson:"at"`
}

var bookings = storage.NewCollection[booking]("bookings",
	storage.Ordered("meeting_id"), storage.Ordered("round_id", "at"), storage.Ordered("who", "at"))

// bookStep divides times of different rounds: every slot begins and ends on the
// minute, and no meeting is shorter.
const bookStep = 5 * time.Minute

// Who is booked, in a booking.
func bookedEntrant(id string) string { return "entrant/" + id }
func bookedTable(id string) string   { return "table/" + id }
func bookedPerson(id string) string  { return "person/" + id }

// A Clash is the Problem of somebody or something that is taken.
type Clash struct {
	Problem
	Who       string // as a booking has it: "entrant/…", "table/…", "person/…"
	MeetingID string // that has it
}

// Unwrap gives the Problem.
func (c *Clash) Unwrap() error { return &c.Problem }

// book takes everybody and the table of m for its slot, or says with a *Clash
// who is taken, and by which meeting. What m itself has is no clash.
func book(tx *storage.Tx, m *Meeting) error {
	for _, b := range m.bookings() {
		has, err := bookings.Get(tx, b.ID)
		switch {
		case errors.Is(err, storage.ErrNotFound):
			if err := bookings.Put(tx, b); err != nil {
				return fmt.Errorf("book %s: %w", b.ID, err)
			}
		case err != nil:
			return err
		case has.MeetingID != m.ID:
			return &Clash{Problem{Kind: Full, Key: "meeting.taken"}, b.Who, has.MeetingID}
		}
	}
	return nil
}

// free gives up whatever m has booked.
func free(tx *storage.Tx, meetingID string) error {
	list, err := bookings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("meeting_id", meetingID)}})
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := bookings.Delete(tx, b); err != nil {
			return err
		}
	}
	return nil
}

// bookings are those that m needs.
func (m *Meeting) bookings() (out []*booking) {
	add := func(who string, at time.Time) {
		out = append(out, &booking{Meta: storage.Meta{ID: who + "@" + slotID(at)}, RoundID: m.RoundID, MeetingID: m.ID, Who: who, At: at})
	}
	for _, id := range m.EntrantIDs {
		add(bookedEntrant(id), m.Starts)
	}
	if m.Table != "" {
		add(bookedTable(m.Table), m.Starts)
	}
	for _, id := range m.PersonIDs {
		for at := m.Starts.Truncate(bookStep); at.Before(m.Ends); at = at.Add(bookStep) {
			add(bookedPerson(id), at)
		}
	}
	return out
}
