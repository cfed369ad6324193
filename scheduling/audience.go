package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// RuleKind is what a rule about readers looks at.
type RuleKind string

// The kinds of rule. Of those with values, one value that fits is enough.
const (
	RuleCluster  RuleKind = "cluster"  // contacts of a cluster, and people of its companies
	RuleList     RuleKind = "list"     // subscribers of a mailing list
	RuleGroup    RuleKind = "group"    // members of a group
	RuleEvent    RuleKind = "event"    // registered for an event, by where they stand
	RuleRound    RuleKind = "round"    // people of a round's entrants
	RuleTrip     RuleKind = "trip"     // people of a trip's applications, and who travel
	RuleRole     RuleKind = "role"     // what they are: see ReaderRoles
	RuleKindOf   RuleKind = "kind"     // from a company of a kind
	RuleCountry  RuleKind = "country"  // from a company in a country, ISO 3166 alpha-2
	RuleLanguage RuleKind = "language" // who read a language
	RuleTag      RuleKind = "tag"      // from a company with a tag
	RuleAttended RuleKind = "attended" // were at an event in a period
	RuleAbsent   RuleKind = "absent"   // were at none in a period
)

// RuleKinds are all of them, in the order of a form.
var RuleKinds = []RuleKind{RuleList, RuleCluster, RuleGroup, RuleEvent, RuleRound, RuleTrip, RuleRole, RuleKindOf, RuleCountry, RuleLanguage, RuleTag, RuleAttended, RuleAbsent}

// What a rule about an event, a round or a trip can ask for besides the states of a
// registration.
const (
	EventInvited  = "invited"   // a campaign showed them the event, and they never registered
	RoundEntrants = "entrants"  // people of those that are in
	RoundManagers = "managers"  // who act for them
	RoundUnmet    = "never_met" // who met nobody
	RoundMissed   = "missed"    // who agreed to meet somebody and never did

	TripApplicants = "applicants" // who applied, while something can come of it
	TripSelected   = "selected"   // who applied and has seats
	TripRefused    = "refused"    // whose application came to nothing
	TripTravellers = "travellers" // who travel
)

// ReaderEventWays, ReaderRoundWays and ReaderTripWays are what rules about events,
// rounds and trips ask for, in the order of a form. A rule that asks for nothing
// in particular means those who hold a seat, all people of the entrants, and who
// travel.
var (
	ReaderEventWays = []string{string(Confirmed), string(Waitlisted), string(Attended), string(NoShow), string(Withdrawn), EventInvited}
	ReaderRoundWays = []string{RoundEntrants, RoundManagers, RoundUnmet, RoundMissed}
	ReaderTripWays  = []string{TripTravellers, TripSelected, TripApplicants, TripRefused}
)

// The roles that a rule can ask for.
const (
	ReaderOrganiser   = "organiser"
	ReaderCoordinator = "coordinator"
	ReaderManager     = "manager" // acts for an entrant of one of the clusters' rounds
	ReaderMember      = "member"  // their company belongs to the cluster
)

// ReaderRoles are all of them, in the order of a form.
var ReaderRoles = []string{ReaderMember, ReaderManager, ReaderCoordinator, ReaderOrganiser}

// A ReaderRule names some of the people whom the house knows.
type ReaderRule struct {
	Kind   RuleKind `bson:"kind" json:"kind"`
	ID     string   `bson:"id,omitempty" json:"id,omitempty"`         // of the cluster, list, group, event, round or trip
	Values []string `bson:"values,omitempty" json:"values,omitempty"` // ways, roles, kinds, countries, languages, tags
	From   string   `bson:"from,omitempty" json:"from,omitempty"`     // first day of a period, 2006-01-02
	Until  string   `bson:"until,omitempty" json:"until,omitempty"`   // its last day
}

// Readers say whom a campaign goes to: who fit one of the rules, or all of
// them, and none of the exceptions.
type Readers struct {
	Any    bool         `bson:"any"`
	Rules  []ReaderRule `bson:"rules"`
	Except []ReaderRule `bson:"except,omitempty"`
}

// maxRules is how many rules and exceptions a campaign can have.
const maxRules = 20

// ofThing reports whether the rule names a document.
func (k RuleKind) ofThing() bool {
	switch k {
	case RuleCluster, RuleList, RuleGroup, RuleEvent, RuleRound, RuleTrip:
		return true
	}
	return false
}

// ofPeriod reports whether the rule has a first and a last day.
func (k RuleKind) ofPeriod() bool { return k == RuleAttended || k == RuleAbsent }

// allowed are the values that a rule of the kind can have; nil where they are free.
func (k RuleKind) allowed() []string {
	switch k {
	case RuleEvent:
		return ReaderEventWays
	case RuleRound:
		return ReaderRoundWays
	case RuleTrip:
		return ReaderTripWays
	case RuleRole:
		return ReaderRoles
	case RuleKindOf:
		var out []string
		for _, kind := range CompanyKinds {
			out = append(out, string(kind))
		}
		return out
	}
	return nil
}

// check notes what is wrong with the rules by themselves, under "readers".
func (r *Readers) check(f faults) {
	if len(r.Rules)+len(r.Except) > maxRules {
		f.add("readers", "campaign.too_many_rules")
	}
	for _, list := range [][]ReaderRule{r.Rules, r.Except} {
		for i := range list {
			list[i].check(f)
		}
	}
}

func (r *ReaderRule) check(f faults) {
	switch {
	case !slices.Contains(RuleKinds, r.Kind), r.Kind.ofThing() != (r.ID != ""):
		f.add("readers", "problem.choice")
	case r.Kind.ofPeriod():
		r.Values = nil
		r.checkPeriod(f)
	default:
		r.From, r.Until = "", ""
		r.checkValues(f)
	}
}

func (r *ReaderRule) checkValues(f faults) {
	var values []string
	for _, v := range r.Values {
		switch v = cleanLine(v); r.Kind {
		case RuleCountry:
			if v = upperCode(v); !countryForm.MatchString(v) {
				f.add("readers", "company.country")
			}
		case RuleTag, RuleLanguage:
			if len([]rune(v)) > lineLimit {
				f.add("readers", "problem.too_long")
			}
		default:
			if !slices.Contains(r.Kind.allowed(), v) {
				f.add("readers", "problem.choice")
			}
		}
		if v != "" && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if r.Values = values; len(values) == 0 && !r.Kind.ofThing() || len(values) > 50 {
		f.add("readers", "campaign.rule_value")
	}
}

func (r *ReaderRule) checkPeriod(f faults) {
	for _, day := range []string{r.From, r.Until} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			f.add("readers", "campaign.rule_period")
		}
	}
	if r.Until < r.From {
		f.add("readers", "event.ends_before")
	}
}

// checkReferences notes rules about what is not there, or belongs to none of
// the clusters.
func (r *Readers) checkReferences(tx *storage.Tx, f faults, reach []string) error {
	for _, rule := range slices.Concat(r.Rules, r.Except) {
		of, err := rule.clustersOf(tx)
		if err != nil {
			return err
		}
		if rule.Kind.ofThing() && !overlap(of, reach) {
			f.add("readers", "problem.choice")
		}
	}
	return nil
}

// clustersOf are those that what a rule names belongs to; none if it is not there.
func (r *ReaderRule) clustersOf(tx *storage.Tx) (ids []string, err error) {
	switch r.Kind {
	case RuleCluster:
		c, err := clusters.Get(tx, r.ID)
		if err == nil {
			ids = []string{c.ID}
		}
		return ids, ignoreMissing(err)
	case RuleList:
		l, err := mailingLists.Get(tx, r.ID)
		if err == nil {
			ids = []string{l.ClusterID}
		}
		return ids, ignoreMissing(err)
	case RuleGroup:
		g, err := groups.Get(tx, r.ID)
		if err == nil {
			ids = []string{g.ClusterID}
		}
		return ids, ignoreMissing(err)
	case RuleEvent:
		e, err := events.Get(tx, r.ID)
		if err == nil {
			ids = e.ClusterIDs
		}
		return ids, ignoreMissing(err)
	case RuleRound:
		o, err := rounds.Get(tx, r.ID)
		if err == nil {
			ids = o.ClusterIDs
		}
		return ids, ignoreMissing(err)
	case RuleTrip:
		t, err := trips.Get(tx, r.ID)
		if err == nil {
			ids = t.ClusterIDs
		}
		return ids, ignoreMissing(err)
	}
	return nil, nil
}
