package mailer

import (
	"time"

	"kohtaamo/storage"
)

// State is how far a mail has come.
type State string

// The states. Held, Queued, Sending and Deferred mails may still leave; the
// others have come to their end.
const (
	Held       State = "held"       // waits for an organiser to release it
	Queued     State = "queued"     // waits for its time and its turn
	Sending    State = "sending"    // a worker has it
	Sent       State = "sent"       // the relay took it
	Deferred   State = "deferred"   // refused for now; NotBefore says when it is tried again
	Failed     State = "failed"     // refused for good
	Suppressed State = "suppressed" // not tried: its address has failed for good before
	Withdrawn  State = "withdrawn"  // what it says no longer holds
	Expired    State = "expired"    // came too late to be of use
	Assumed    State = "assumed"    // handed over when the program was killed: taken, as far as we know
)

// States are all of them, in the order a page shows them.
var States = []State{Queued, Sending, Deferred, Held, Failed, Suppressed, Expired, Withdrawn, Assumed, Sent}

// Open reports whether a mail in this state may still leave.
func (s State) Open() bool {
	return s == Held || s == Queued || s == Sending || s == Deferred
}

// Priorities: a higher one leaves first. Within one, the mail due first does.
const (
	Bulk   = -1 // newsletters
	Normal = 0
	Urgent = 1 // somebody sits and waits for it: sign-in links
)

// A Mail is a letter promised to one address.
//
// Its ID is the key its cause chose ("confirmed/<registration>/<sequence>"):
// the same key is promised once. Whoever adds a mail sets ID, Kind, To, Lang
// and Letter, and what else it needs; the fields below the line are the
// outbox's own.
type Mail struct {
	storage.Meta `bson:",inline"`

	Kind    string `bson:"kind"`              // what it is, "registration.confirmed"
	Ref     string `bson:"ref,omitempty"`     // the document it speaks of, by which it is withdrawn
	About   string `bson:"about,omitempty"`   // the owner in whose list it stands: an event
	Cluster string `bson:"cluster,omitempty"` // whose organisers may see it

	To       string `bson:"to"` // one address
	ToName   string `bson:"to_name,omitempty"`
	Lang     string `bson:"lang"`
	From     string `bson:"from"` // the outbox's own if empty; also the envelope's sender
	FromName string `bson:"from_name,omitempty"`
	ReplyTo  string `bson:"reply_to,omitempty"`

	Letter   Letter    `bson:"letter"`
	Calendar *Calendar `bson:"calendar,omitempty"`

	// Mails of one Order leave one after the other, in the order they were
	// added: a CANCEL never overtakes its REQUEST.
	Order     string    `bson:"order,omitempty"`
	Priority  int       `bson:"priority"`
	NotBefore time.Time `bson:"not_before"` // at once if zero; the next try of a deferred mail
	Expires   time.Time `bson:"expires"`    // of no use from here on; three days after NotBefore if zero

	// ---- the outbox's own ----

	State     State     `bson:"state"` // Held is kept by Add, anything else becomes Queued
	Tries     int       `bson:"tries"` // answers of a relay to this mail
	LastCode  int       `bson:"last_code,omitempty"`
	LastError string    `bson:"last_error,omitempty"`
	SentAt    time.Time `bson:"sent_at"`
	MessageID string    `bson:"message_id"` // without angle brackets; the same at every try
	Date      time.Time `bson:"date"`       // the same at every try
	ResendOf  string    `bson:"resend_of,omitempty"`
	ResentAs  string    `bson:"resent_as,omitempty"`
	Owner     string    `bson:"owner,omitempty"`  // the claim that has it, while Sending
	Stop      bool      `bson:"stop,omitempty"`   // withdrawn while Sending
	Behind    bool      `bson:"behind,omitempty"` // waits for an earlier mail of its order
	Turn      int64     `bson:"turn"`             // its place in the order
	Words     []string  `bson:"words"`            // what a search finds it by: name and address

	// Asked for by the worker: whether it may be claimed and from when. Due is
	// NotBefore, or the end of the lease while Sending, so that a mail whose
	// worker died is due again by itself.
	Ready bool      `bson:"ready"`
	Due   time.Time `bson:"due"`
	Open  bool      `bson:"open"` // State.Open, to ask for
}

// A Calendar is the scheduling part of a mail (iMIP, RFC 6047).
type Calendar struct {
	Method string `bson:"method"` // REQUEST, CANCEL, PUBLISH, … as in the body
	Body   []byte `bson:"body"`
}

var mails = storage.NewCollection[Mail]("mails",
	storage.Ordered("ready", "priority", "due"),
	storage.Ordered("order", "open", "turn"),
	storage.Ordered("ref", "open"),
	storage.Ordered("created"),
	storage.Ordered("state", "created"),
	storage.Ordered("kind", "created"),
	storage.Ordered("about", "created"),
	storage.Ordered("cluster", "created"),
	storage.Ordered("message_id"),
	storage.Many("words"),
)

// Specs are the collections of this package, for whoever opens a database.
var Specs = []storage.Spec{mails.Spec, suppressions.Spec, issues.Spec, deliveries.Spec, turns.Spec, beats.Spec}

// become moves m to a state and keeps what is asked for in step with it.
func (m *Mail) become(s State) {
	m.State, m.Open = s, s.Open()
	m.Ready = !m.Behind && (s == Queued || s == Deferred || s == Sending)
	m.Due = m.NotBefore
	if s != Sending {
		m.Owner, m.Stop = "", false
	}
}
