package scheduling

import (
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A MembershipState is where a company stands with a B2B group.
type MembershipState string

// The states of a membership. Only an accepted one counts against the group's
// limit.
const (
	MemberUnconfirmed MembershipState = "unconfirmed" // the address is not shown to be theirs yet
	MemberInterested  MembershipState = "interested"
	MemberAccepted    MembershipState = "accepted"
	MemberReserve     MembershipState = "reserve"
	MemberDeclined    MembershipState = "declined"
	MemberLeft        MembershipState = "left"
)

// MembershipStates are those that a keeper of a group sees, in their order.
var MembershipStates = []MembershipState{MemberInterested, MemberAccepted, MemberReserve, MemberDeclined, MemberLeft}

// Live reports whether the membership has not come to its end.
func (s MembershipState) Live() bool { return s != MemberDeclined && s != MemberLeft }

// mayBecome reports whether a coordinator may decide on s with next.
func (s MembershipState) mayBecome(next MembershipState) bool {
	switch s {
	case MemberInterested:
		return next == MemberAccepted || next == MemberDeclined || next == MemberReserve
	case MemberReserve:
		return next == MemberAccepted || next == MemberDeclined
	case MemberAccepted:
		return next == MemberLeft
	}
	return false
}

// A GroupMembership is a company's place in a B2B group, with its people there
// and what it wants of the group.
type GroupMembership struct {
	storage.Meta `bson:",inline"`
	GroupID      string          `bson:"group_id"`
	CompanyID    string          `bson:"company_id,omitempty"` // none until a coordinator accepts somebody new
	Live         string          `bson:"live,omitempty"`       // group and company or address, while it lasts: each once
	State        MembershipState `bson:"state"`
	Name         string          `bson:"name"` // the company's, as it was said or stood then
	Sort         string          `bson:"sort"`
	Country      string          `bson:"country"` // ISO 3166 alpha-2
	Kind         CompanyKind     `bson:"kind,omitempty"`
	Message      string          `bson:"message,omitempty"` // with the interest
	Wishes       []GroupWish     `bson:"wishes,omitempty"`  // the dearest first
	People       []GroupPerson   `bson:"people"`            // the first is whom we write to
	PersonIDs    []string        `bson:"person_ids"`
	Listed       bool            `bson:"listed"` // agreed to stand on the public page
	ListedAt     time.Time       `bson:"listed_at,omitempty"`
	Wording      string          `bson:"wording,omitempty"` // what was agreed to
	Reason       string          `bson:"reason,omitempty"`  // of the last decision, or of leaving
	StateAt      time.Time       `bson:"state_at"`
	Email        string          `bson:"email,omitempty"` // of somebody who is not known yet
	Lang         string          `bson:"lang,omitempty"`  // and the language they read
}

// A GroupPerson is one person of a company in a group.
type GroupPerson struct {
	PersonID string `bson:"person_id"` // none before the address is confirmed
	Name     string `bson:"name"`
	UseBusy  bool   `bson:"use_busy"` // agreed that coordinators see when their calendars say they are busy
}

// A GroupWish is one thing that a company wants of a group: to meet one of its
// targets, or a topic.
type GroupWish struct {
	TargetID string `bson:"target_id,omitempty"`
	Topic    string `bson:"topic,omitempty"`
}

var groupMemberships = storage.NewCollection[GroupMembership]("group_memberships",
	storage.UniqueIf("live"), storage.Ordered("group_id", "sort"), storage.Ordered("state", "created"),
	storage.Ordered("company_id"), storage.Many("person_ids"))

// maxWishes is how many wishes one company can have.
const maxWishes = 20

// Has reports whether a person stands for the company.
func (m *GroupMembership) Has(personID string) bool {
	return personID != "" && slices.Contains(m.PersonIDs, personID)
}

// index keeps what is asked for in step with what m says.
func (m *GroupMembership) index() {
	m.Sort, m.PersonIDs, m.Live = strings.ToLower(m.Name), []string{}, ""
	for _, p := range m.People {
		if p.PersonID != "" {
			m.PersonIDs = append(m.PersonIDs, p.PersonID)
		}
	}
	switch {
	case !m.State.Live():
	case m.CompanyID != "":
		m.Live = m.GroupID + "/" + m.CompanyID
	default:
		m.Live = m.GroupID + "/" + m.Email
	}
}

// become moves m to a state.
func (m *GroupMembership) become(s MembershipState, reason string, now time.Time) {
	m.State, m.Reason, m.StateAt = s, cleanText(reason), now
	m.index()
}

// checkWishes cleans the wishes of a company in b: those that say nothing, and
// those for targets that are gone, are left out, each stands once.
func (m *GroupMembership) checkWishes(b *B2BGroup, f faults) {
	var out []GroupWish
	for _, w := range m.Wishes {
		w.Topic = cleanLine(w.Topic)
		f.limit("wishes", w.Topic, lineLimit)
		if _, ok := b.TargetNamed(w.TargetID); ok {
			w.Topic = ""
		} else {
			w.TargetID = ""
		}
		if (w.TargetID != "" || w.Topic != "") && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	if m.Wishes = out; len(out) > maxWishes {
		f.add("wishes", "b2b.too_many_wishes")
	}
}

// wants counts the companies that are in and wish to meet a target.
func wants(list []*GroupMembership, targetID string) (n int) {
	for _, m := range list {
		if m.State == MemberAccepted && slices.ContainsFunc(m.Wishes, func(w GroupWish) bool { return w.TargetID == targetID }) {
			n++
		}
	}
	return n
}

// membershipsOf are a group's, by name.
func membershipsOf(tx *storage.Tx, groupID string) ([]*GroupMembership, error) {
	return groupMemberships.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", groupID)}, Sort: "sort"})
}

// liveMembership finds the one of a company, or of an address that is not
// known, in a group.
func liveMembership(tx *storage.Tx, groupID, key string) (*GroupMembership, error) {
	return groupMemberships.First(tx, storage.Query{Where: []storage.Cond{storage.Is("live", groupID+"/"+key)}})
}
