package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// kindB2B is the kind of Group that can have a B2BGroup beside it.
const kindB2B = "b2b"

// A B2BAim says what a B2B group gathers around.
type B2BAim string

// The aims of a B2B group.
const (
	AimTheme         B2BAim = "theme"
	AimCountry       B2BAim = "country"   // a target country
	AimOEM           B2BAim = "oem"       // a named manufacturer
	AimFinancier     B2BAim = "financier" // a named source of funding
	AimCoDevelopment B2BAim = "codevelopment"
)

// B2BAims are all of them, in the order of a form.
var B2BAims = []B2BAim{AimTheme, AimCountry, AimOEM, AimFinancier, AimCoDevelopment}

// A B2BState is where a B2B group stands.
type B2BState string

// The states of a B2B group. One that is active may recruit again; a closed one
// stays as it is.
const (
	B2BRecruiting B2BState = "recruiting"
	B2BActive     B2BState = "active"
	B2BClosed     B2BState = "closed"
)

// B2BStates are all of them, in their order.
var B2BStates = []B2BState{B2BRecruiting, B2BActive, B2BClosed}

// A B2BGroup is what a Group of the kind "b2b" is for, beside it: its ID is the
// group's. Its companies are GroupMemberships; the people of those that are
// accepted are the Members of the Group.
type B2BGroup struct {
	storage.Meta `bson:",inline"`
	ClusterID    string        `bson:"cluster_id"`
	Aim          B2BAim        `bson:"aim"`
	State        B2BState      `bson:"state"`
	Country      string        `bson:"country,omitempty"` // that it works towards, ISO 3166 alpha-2
	Target       string        `bson:"target,omitempty"`  // the named OEM or financier
	Public       bool          `bson:"public"`            // has a public page
	Companies    int           `bson:"companies"`         // that can be in; 0: no limit
	People       int           `bson:"people"`            // of one company; 0: no limit but maxColleagues
	Accepted     int           `bson:"accepted"`          // companies; counted here so that two last places collide
	Targets      []GroupTarget `bson:"targets,omitempty"`
	StateAt      time.Time     `bson:"state_at,omitempty"`
	Reason       string        `bson:"reason,omitempty"` // why it was closed
}

// A GroupTarget is a named organisation that a group wants to meet.
type GroupTarget struct {
	ID      string      `bson:"id"`
	Name    string      `bson:"name"`
	Country string      `bson:"country,omitempty"` // ISO 3166 alpha-2
	Note    string      `bson:"note,omitempty"`
	State   TargetState `bson:"state"`
	Result  string      `bson:"result,omitempty"` // what came of it
	Changed time.Time   `bson:"changed"`          // when it came to its state
}

// A TargetState is how far a group has come with a target.
type TargetState string

// The states of a target, in their order.
const (
	TargetToContact TargetState = "to_contact"
	TargetContacted TargetState = "contacted"
	TargetAgreed    TargetState = "meeting_agreed"
	TargetMet       TargetState = "met"
	TargetResult    TargetState = "result"
)

// TargetStates are all of them, in their order.
var TargetStates = []TargetState{TargetToContact, TargetContacted, TargetAgreed, TargetMet, TargetResult}

// The limits of a B2B group.
const (
	maxTargets    = 100
	maxColleagues = 10   // people of one company
	maxCompanies  = 1000 // of one group
	maxMemberOpen = 2000 // companies that are in or want to be
)

var b2bGroups = storage.NewCollection[B2BGroup]("b2b_groups", storage.Ordered("cluster_id"), storage.Ordered("public"))

// Full reports whether no company more can be accepted.
func (b *B2BGroup) Full() bool { return b.Companies > 0 && b.Accepted >= b.Companies }

// Free is how many companies more can be accepted; -1 where there is no limit.
func (b *B2BGroup) Free() int {
	if b.Companies == 0 {
		return -1
	}
	return max(0, b.Companies-b.Accepted)
}

// room is how many people one company may have in the group.
func (b *B2BGroup) room() int {
	if b.People == 0 {
		return maxColleagues
	}
	return b.People
}

// TargetNamed gives one of b's targets.
func (b *B2BGroup) TargetNamed(id string) (GroupTarget, bool) {
	i := slices.IndexFunc(b.Targets, func(t GroupTarget) bool { return t.ID == id })
	if i < 0 {
		return GroupTarget{}, false
	}
	return b.Targets[i], true
}

// Check says everything that is wrong with b, before it is saved.
func (b *B2BGroup) Check() error { return b.check() }

func (b *B2BGroup) check() error {
	f := faults{}
	b.Target, b.Country = cleanLine(b.Target), upperCode(b.Country)
	if !slices.Contains(B2BAims, b.Aim) {
		f.add("aim", "problem.choice")
	}
	if b.Country != "" && !countryForm.MatchString(b.Country) {
		f.add("country", "company.country")
	}
	if b.Aim == AimCountry && b.Country == "" {
		f.add("country", "problem.required")
	}
	if b.Aim == AimOEM || b.Aim == AimFinancier {
		f.need("target", b.Target, lineLimit)
	}
	f.limit("target", b.Target, lineLimit)
	if b.Companies < 0 || b.Companies > maxCompanies {
		f.add("companies", "problem.number")
	}
	if b.People < 0 || b.People > maxColleagues {
		f.add("people", "problem.number")
	}
	return f.problem()
}

func (t *GroupTarget) check() error {
	f := faults{}
	t.Name, t.Note, t.Result, t.Country = cleanLine(t.Name), cleanText(t.Note), cleanText(t.Result), upperCode(t.Country)
	f.need("name", t.Name, lineLimit)
	f.limit("note", t.Note, noteLimit)
	f.limit("result", t.Result, noteLimit)
	if t.Country != "" && !countryForm.MatchString(t.Country) {
		f.add("country", "company.country")
	}
	if !slices.Contains(TargetStates, t.State) {
		f.add("state", "problem.choice")
	}
	if t.State == TargetResult && t.Result == "" {
		f.add("result", "problem.required")
	}
	return f.problem()
}

// noteLimit is how long what members write may be, in runes.
const noteLimit = 2000

// mayBecome reports whether a group may go from one state to another.
func (s B2BState) mayBecome(next B2BState) bool {
	switch s {
	case B2BRecruiting:
		return next == B2BActive || next == B2BClosed
	case B2BActive:
		return next == B2BRecruiting || next == B2BClosed
	}
	return false
}
