package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// A RecordState is where the record of a group's meeting stands.
type RecordState string

// The states of a record.
const (
	RecordPlanned  RecordState = "planned"  // agenda and attendance are written
	RecordHeld     RecordState = "held"     // took place; what was written of it may be mended
	RecordApproved RecordState = "approved" // the minutes are accepted and stay as they are
)

// RecordStates are all of them, in their order.
var RecordStates = []RecordState{RecordPlanned, RecordHeld, RecordApproved}

// A MeetingRecord is what is written about one meeting of a group: of a series
// (SeriesID and Day name it), or one whose date was found by a poll.
type MeetingRecord struct {
	storage.Meta `bson:",inline"`
	GroupID      string       `bson:"group_id"`
	ClusterID    string       `bson:"cluster_id"`
	SeriesID     string       `bson:"series_id,omitempty"`
	Day          string       `bson:"day,omitempty"` // of the series' meeting, 2006-01-02 in its zone
	State        RecordState  `bson:"state"`
	Title        Text         `bson:"title"`
	Starts       time.Time    `bson:"starts"`
	Ends         time.Time    `bson:"ends"`
	Zone         string       `bson:"zone"` // IANA name
	Place        string       `bson:"place,omitempty"`
	Link         string       `bson:"link,omitempty"`
	Agenda       []AgendaLine `bson:"agenda,omitempty"`
	AgendaSent   string       `bson:"agenda_sent,omitempty"` // tells the agenda that was mailed last from others
	AgendaSentAt time.Time    `bson:"agenda_sent_at,omitempty"`
	Present      []Presence   `bson:"present,omitempty"`
	Minutes      string       `bson:"minutes,omitempty"` // Markdown
	Decisions    []Resolution `bson:"decisions,omitempty"`
	ApprovedAt   time.Time    `bson:"approved_at,omitempty"`
	ApprovedBy   string       `bson:"approved_by,omitempty"`    // name
	ApprovedByID string       `bson:"approved_by_id,omitempty"` // person
	Promised     []Promise    `bson:"promised,omitempty"`       // what its action items said when it was approved
	PersonIDs    []string     `bson:"person_ids"`               // whom it names
	CancelledAt  time.Time    `bson:"cancelled_at,omitempty"`
	Reason       string       `bson:"reason,omitempty"` // why it was called off

	// A polled meeting has a calendar entry of its own; that of a series is the
	// series' entry.
	PollID   string    `bson:"poll_id,omitempty"`
	UID      string    `bson:"uid,omitempty"`
	Sequence int       `bson:"sequence"`          // rises with every visible change of the entry
	Changed  time.Time `bson:"changed"`           // when something visible of the entry changed last
	Invited  []string  `bson:"invited,omitempty"` // persons to whose calendars it was sent
}

// An AgendaLine is one item of a meeting's agenda.
type AgendaLine struct {
	ID      string `bson:"id"`
	Title   string `bson:"title"`
	Minutes int    `bson:"minutes,omitempty"` // how long it is to take
	Who     string `bson:"who,omitempty"`     // presents it
}

// A Presence is how somebody took part in a meeting.
type Presence struct {
	PersonID  string `bson:"person_id,omitempty"` // empty: a guest
	Name      string `bson:"name"`
	CompanyID string `bson:"company_id,omitempty"` // that they came from then
	State     string `bson:"state"`                // "present", "remote", "excused", "absent"
}

// A Promise is an action item as it stands in approved minutes.
type Promise struct {
	What      string `bson:"what"`
	OwnerID   string `bson:"owner_id"`
	OwnerName string `bson:"owner_name"`
	Due       string `bson:"due"` // 2006-01-02
}

// A Resolution is what a meeting decided.
type Resolution struct {
	ID   string `bson:"id"`
	Text string `bson:"text"`
}

var meetingRecords = storage.NewCollection[MeetingRecord]("meeting_records",
	storage.Ordered("group_id", "starts"), storage.Ordered("cluster_id", "starts"), storage.Ordered("series_id", "day"), storage.Ordered("state", "starts"),
	storage.Many("person_ids"))

// groupRecords are the meetings of a group that were held from a moment until
// before another, oldest first.
func groupRecords(tx *storage.Tx, groupID string, from, until time.Time) ([]*MeetingRecord, error) {
	list, err := meetingRecords.Find(tx, storage.Query{Sort: "starts", Where: []storage.Cond{storage.Is("group_id", groupID),
		{Field: "starts", Op: storage.Ge, Value: from}, {Field: "starts", Op: storage.Lt, Value: until}}})
	return slices.DeleteFunc(list, func(r *MeetingRecord) bool { return !r.Held() }), err
}

// Held reports whether the meeting took place.
func (r *MeetingRecord) Held() bool { return r.State == RecordHeld || r.State == RecordApproved }

// An ActionState is where an action item stands.
type ActionState string

// The states of an action item; whether it is overdue follows from its day.
const (
	ActionOpen    ActionState = "open"
	ActionDone    ActionState = "done"
	ActionDropped ActionState = "dropped"
)

// An ActionItem is something that somebody promised to do.
type ActionItem struct {
	storage.Meta `bson:",inline"`
	GroupID      string      `bson:"group_id"`
	ClusterID    string      `bson:"cluster_id"`
	RecordID     string      `bson:"record_id,omitempty"` // the meeting that it comes from
	What         string      `bson:"what"`
	OwnerID      string      `bson:"owner_id"` // person
	OwnerName    string      `bson:"owner_name"`
	Due          string      `bson:"due"` // the last day for it, 2006-01-02 in the house's zone
	State        ActionState `bson:"state"`
	DoneAt       time.Time   `bson:"done_at,omitempty"`
	Note         string      `bson:"note,omitempty"` // what came of it, or why it was dropped
	UID          string      `bson:"uid"`            // of its calendar entry; never changes
	Sequence     int         `bson:"sequence"`
	Changed      time.Time   `bson:"changed"`

	OwnerIDs   []string     `bson:"owner_ids"`             // who owns it, and who did before
	Before     []PastOwner  `bson:"before,omitempty"`      // who owned it, and until when
	History    []ActionStep `bson:"history,omitempty"`     // oldest first
	RemindedOf string       `bson:"reminded_of,omitempty"` // the Due that its owner was reminded of ahead
	OverdueOf  string       `bson:"overdue_of,omitempty"`  // the Due that they were reminded of afterwards
}

// A PastOwner owned an action item once.
type PastOwner struct {
	PersonID string    `bson:"person_id"`
	Until    time.Time `bson:"until"`
}

// An ActionStep is one thing that happened to an action item.
type ActionStep struct {
	At   time.Time `bson:"at"`
	ByID string    `bson:"by_id,omitempty"`
	By   string    `bson:"by"`   // name
	What string    `bson:"what"` // "created", "changed", "given", "done", "dropped", "reopened"
	Note string    `bson:"note,omitempty"`
}

var actionItems = storage.NewCollection[ActionItem]("action_items",
	storage.Ordered("group_id", "due"), storage.Ordered("owner_id", "due"), storage.Ordered("cluster_id", "due"), storage.Ordered("state", "due"), storage.Ordered("record_id"),
	storage.Many("owner_ids"))
