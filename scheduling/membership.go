package scheduling

import (
	"time"

	"kohtaamo/storage"
)

// A JoinState is where a company's belonging to a cluster stands.
type JoinState string

// The states of a membership. One that ended stays as it is: a company that
// comes back has a new one.
const (
	JoinApplied  JoinState = "applied"  // asked to join; an organiser answers
	JoinDeclined JoinState = "declined" // was not taken
	JoinActive   JoinState = "active"
	JoinEnded    JoinState = "ended" // left, lapsed or was ended
)

// JoinStates are all of them, in their order.
var JoinStates = []JoinState{JoinApplied, JoinActive, JoinEnded, JoinDeclined}

// A Membership is a company's belonging to a cluster, from Joined until Left.
// Company.ClusterIDs has the clusters of a company's active memberships; both
// change in one transaction.
type Membership struct {
	storage.Meta `bson:",inline"`
	CompanyID    string    `bson:"company_id"`
	ClusterID    string    `bson:"cluster_id"`
	State        JoinState `bson:"state"`
	StateAt      time.Time `bson:"state_at"`
	Joined       time.Time `bson:"joined,omitempty"`     // the day began, on the house's clock; zero: never was a member
	Left         time.Time `bson:"left,omitempty"`       // zero: is one
	Reason       string    `bson:"reason,omitempty"`     // why it was declined or ended
	ContactID    string    `bson:"contact_id,omitempty"` // the person who speaks for the company
	Listed       bool      `bson:"listed"`               // the company agreed to stand in the public directory
	ListedAt     time.Time `bson:"listed_at,omitempty"`  // when it said so, or took it back
	Wording      string    `bson:"wording,omitempty"`    // what agreeing to that was called
	Motivation   string    `bson:"motivation,omitempty"` // what was written when asking to join
	Profile      string    `bson:"profile,omitempty"`    // what the company says of itself in the directory

	Application *JoinApplication `bson:"application,omitempty"` // what was typed to join, until it is decided

	// The company as lists order, search and filter it; see dress.
	Name  string      `bson:"name"`
	Sort  string      `bson:"sort"`
	Kind  CompanyKind `bson:"kind"`
	Tags  []string    `bson:"tags,omitempty"`
	Words []string    `bson:"words"`

	// Live is set while it is active or an application: the cluster and who it
	// is, so that neither is there twice.
	Live string `bson:"live,omitempty"`
}

var memberships = storage.NewCollection[Membership]("memberships",
	storage.Ordered("cluster_id", "state", "sort"), storage.Ordered("company_id", "cluster_id"),
	storage.Ordered("joined"), storage.Ordered("left"), storage.Ordered("contact_id"),
	storage.Ordered("sort"), storage.Ordered("kind", "sort"), storage.Ordered("listed"), storage.Ordered("state_at"), storage.Ordered("application.email"),
	storage.Many("tags"), storage.Many("words"), storage.UniqueIf("live"))

// At reports whether the company was a member at a moment.
func (m *Membership) At(t time.Time) bool { return memberAt(m.Joined, m.Left, t) }

func memberAt(joined, left, t time.Time) bool {
	return !joined.IsZero() && !joined.After(t) && (left.IsZero() || left.After(t))
}

// An AgreementState is where a written agreement stands.
type AgreementState string

// The states of an agreement. A signed version never changes: what follows it
// is a version of its own.
const (
	AgreementDraft   AgreementState = "draft"
	AgreementSent    AgreementState = "sent"
	AgreementSigned  AgreementState = "signed"
	AgreementDue     AgreementState = "renewal_due" // signed, and soon over
	AgreementRenewed AgreementState = "renewed"     // another version took its place
	AgreementLapsed  AgreementState = "lapsed"
)

// AgreementStates are all of them, in their order.
var AgreementStates = []AgreementState{AgreementDraft, AgreementSent, AgreementSigned, AgreementDue, AgreementRenewed, AgreementLapsed}

// An Agreement is one version of the written agreement of a membership.
type Agreement struct {
	storage.Meta `bson:",inline"`
	MembershipID string         `bson:"membership_id"`
	CompanyID    string         `bson:"company_id"`
	ClusterID    string         `bson:"cluster_id"`
	Version      int            `bson:"version"` // of this membership, from 1
	State        AgreementState `bson:"state"`
	StateAt      time.Time      `bson:"state_at"`
	Lang         string         `bson:"lang"`                // that it is written in
	Text         string         `bson:"text"`                // Markdown; what is signed where there is no file
	FileID       string         `bson:"file_id,omitempty"`   // the document that is signed, instead of Text
	Starts       time.Time      `bson:"starts,omitempty"`    // the first day, begun on the house's clock
	Ends         time.Time      `bson:"ends,omitempty"`      // after the last day; zero: until somebody ends it
	Signatory    string         `bson:"signatory,omitempty"` // who signs: name, post and address
	Position     string         `bson:"position,omitempty"`
	Email        string         `bson:"email,omitempty"`
	Signature    *Signature     `bson:"signature,omitempty"`
	Struck       *Struck        `bson:"struck,omitempty"` // nil as long as the signed version is what was signed
	SentAt       time.Time      `bson:"sent_at,omitempty"`
	Generation   int            `bson:"generation,omitempty"` // of its link: an address that is replaced takes its link along
	Reminded     int            `bson:"reminded,omitempty"`   // days before the end that the last reminder went out at; 0: none yet
}

// A Signature says who signed what, and when.
type Signature struct {
	Name   string    `bson:"name"` // as it was typed
	At     time.Time `bson:"at"`
	SHA256 string    `bson:"sha256"`            // of the document that was shown, in hexadecimal
	By     string    `bson:"by"`                // "link", or "paper" where an organiser noted it
	FileID string    `bson:"file_id,omitempty"` // the scan of what was signed on paper
}

// Struck says that who signed a version was erased: its text is not the one that
// has the hash of the signature any more, but that one without their name.
type Struck struct {
	At     time.Time `bson:"at"`
	SHA256 string    `bson:"sha256,omitempty"` // of the text as it is now, in hexadecimal; empty where a file was signed, which stays
	Scan   bool      `bson:"scan,omitempty"`   // there was a scan of a signature on paper, which is gone
}

var agreements = storage.NewCollection[Agreement]("agreements",
	storage.Unique("membership_id", "version"), storage.Ordered("cluster_id", "state"), storage.Ordered("company_id"),
	storage.Ordered("state", "ends"), storage.Ordered("email"))
