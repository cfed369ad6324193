package scheduling

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"kohtaamo/storage"
)

// MeetingState is where a meeting stands.
type MeetingState string

// The states of a meeting. What a solver proposes is no meeting yet: see
// Proposal.
const (
	MeetingPrepared  MeetingState = "prepared" // booked by the publication of a large round, and seen by nobody until its end
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

	UID        string     `bson:"uid"`      // of its calendar entry; never changes
	Sequence   int        `bson:"sequence"` // rises with every change that all of its people see
	Changed    time.Time  `bson:"changed"`
	Shown      OnCalendar `bson:"shown"`
	Invitees   []Invitee  `bson:"invitees"`    // its people, and those that a colleague took over from
	InviteeIDs []string   `bson:"invitee_ids"` // their person ids
	ReplyIDs   []string   `bson:"reply_ids"`   // the ids of their answers' addresses

	MovedFrom string    `bson:"moved_from,omitempty"` // the slot before the last move
	Asked     *MoveAsk  `bson:"asked,omitempty"`      // another time that one side wants
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

// OnCalendar is what calendars show of a meeting's round. It is a copy, so that no
// entry changes without its revision; see showAgain.
type OnCalendar struct {
	Title Text   `bson:"title"`
	Slug  string `bson:"slug"`
	Zone  string `bson:"zone"`
	Where string `bson:"where,omitempty"` // table and venue
	Link  string `bson:"link,omitempty"`  // of a video table
}

// An Invitee is one person's own copy of a meeting: what their calendar was
// told, and what they said. Whoever a colleague took over from stays, with the
// meeting as they left it.
type Invitee struct {
	PersonID  string     `bson:"person_id"`
	EntrantID string     `bson:"entrant_id"`
	ReplyID   string     `bson:"reply_id"` // in the address that answers go to
	Left      *Departure `bson:"left,omitempty"`
	Sequence  int        `bson:"sequence"` // of their own entry, on top of the meeting's
	Changed   time.Time  `bson:"changed"`  // when they came or went
	Told      int        `bson:"told"`     // one more than the sequence that they were told last; 0: nothing yet
	Invited   bool       `bson:"invited,omitempty"`
	Invite    Invite     `bson:"invite"`
	RSVP      RSVP       `bson:"rsvp"`
}

// A Departure is a meeting as the calendar of somebody shows it who does not come any
// more.
type Departure struct {
	Sequence int        `bson:"sequence"`
	Starts   time.Time  `bson:"starts"`
	Ends     time.Time  `bson:"ends"`
	Others   []string   `bson:"others"`
	Shown    OnCalendar `bson:"shown"`
}

// A MoveAsk is one side's wish to meet at another time; the other side decides.
type MoveAsk struct {
	EntrantID string    `bson:"entrant_id"` // who asks
	Slot      string    `bson:"slot"`
	Message   string    `bson:"message,omitempty"`
	At        time.Time `bson:"at"`
}

// The index of request_id lets a request have one meeting for ever: one that
// was cancelled comes back as itself, with its UID.
var meetings = storage.NewCollection[Meeting]("meetings",
	storage.Ordered("round_id", "starts"), storage.Ordered("round_id", "state", "starts"), storage.UniqueIf("request_id"),
	storage.Many("entrant_ids"), storage.Many("person_ids"), storage.Many("invitee_ids"), storage.Many("reply_ids"),
	storage.Unique("uid"))

// Stands reports whether m takes a slot and a table.
func (s MeetingState) Stands() bool { return s != MeetingCancelled && s != MeetingPrepared }

// Party gives one entrant's side of m.
func (m *Meeting) Party(entrantID string) (Party, bool) {
	i := slices.IndexFunc(m.Parties, func(p Party) bool { return p.EntrantID == entrantID })
	if i < 0 {
		return Party{}, false
	}
	return m.Parties[i], true
}

// Others are the names of whom an entrant meets in m.
func (m *Meeting) Others(entrantID string) (names []string) {
	for _, p := range m.Parties {
		if p.EntrantID != entrantID {
			names = append(names, p.Name)
		}
	}
	return names
}

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

// bookStep is what slots begin on. A person who is booked in two rounds is
// booked by these steps, as their slots need not be the same.
const bookStep = 5 * time.Minute

// Who is booked, in a booking.
func bookedEntrant(id string) string        { return "entrant/" + id }
func bookedTable(roundID, id string) string { return "table/" + roundID + "/" + id }
func bookedPerson(id string) string         { return "person/" + id }

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
		add(bookedTable(m.RoundID, m.Table), m.Starts)
	}
	for _, id := range m.PersonIDs {
		for at := range steps(m.Starts, m.Ends) {
			add(bookedPerson(id), at)
		}
	}
	return out
}

// steps are those that the time from one moment to another touches.
func steps(from, to time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for at := from.Truncate(bookStep); at.Before(to); at = at.Add(bookStep) {
			if !yield(at) {
				return
			}
		}
	}
}

// booked reports whether somebody or something is booked at a moment.
func booked(tx *storage.Tx, who string, at time.Time) (bool, error) {
	_, err := bookings.Get(tx, who+"@"+slotID(at))
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
