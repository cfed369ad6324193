package match

import (
	"fmt"
	"strings"
)

// A Rule is something that every schedule keeps, or every true answer.
type Rule string

// The rules of a schedule.
const (
	RuleKnown     Rule = "known"     // the meeting is one of the problem
	RuleOnce      Rule = "once"      // no meeting is held twice
	RuleSlot      Rule = "slot"      // the slot is one of the round
	RuleTable     Rule = "table"     // the table is one of the round
	RuleSession   Rule = "session"   // in a slot of the meeting's session
	RuleSlots     Rule = "slots"     // in one of the meeting's slots
	RuleFixed     Rule = "fixed"     // in the slot to which the meeting is fixed
	RuleAvailable Rule = "available" // not in a slot in which a participant is unavailable
	RulePerson    Rule = "person"    // nobody is in two meetings at once
	RuleSeat      Rule = "seat"      // no table has two meetings at once
	RuleLimit     Rule = "limit"     // nobody has more meetings than they want
	RuleOrder     Rule = "order"     // a meeting is after those it has to be after
	RuleRequired  Rule = "required"  // the meetings that are required are held
	RuleFairness  Rule = "fairness"  // nobody has many more gaps than another
)

// The rules of what a Solution says about itself.
const (
	RuleStatus      Rule = "status"       // it is what its status says, as far as can be seen
	RuleWeight      Rule = "weight"       // the weight is that of the meetings held
	RuleGaps        Rule = "gaps"         // the gaps are those of the meetings held
	RuleWeightBound Rule = "weight-bound" // no less than the weight
	RuleGapsBound   Rule = "gaps-bound"   // at the greatest weight, no more than the gaps
)

// A Violation is a rule that a schedule breaks, with what it concerns: so that
// others can say it in other languages, and with names in the place of IDs.
type Violation struct {
	Rule         Rule
	Meetings     []string // RulePerson, RuleSeat: the two that clash; RuleOrder: the one that should be first, the other
	Participants []string // RuleFairness: the one with the most gaps, one with the fewest
	Slot         int      // where it happens; 0: nowhere in particular
	Table        int
	Have         int // what there is: meetings of RuleLimit, gaps more of RuleFairness, the true figure of RuleWeight …
	Need         int // what there may be, or what is said to be
}

// String says it in English.
func (v Violation) String() string {
	m := func(i int) string { return nth(v.Meetings, i) }
	p := func(i int) string { return nth(v.Participants, i) }
	switch v.Rule {
	case RuleKnown:
		return fmt.Sprintf("there is no meeting %s", m(0))
	case RuleOnce:
		return fmt.Sprintf("%s is held a second time, in slot %d", m(0), v.Slot)
	case RuleSlot:
		return fmt.Sprintf("%s is in slot %d: they are 1 to %d", m(0), v.Have, v.Need)
	case RuleTable:
		return fmt.Sprintf("%s is at table %d: they are 1 to %d", m(0), v.Have, v.Need)
	case RuleSession:
		return fmt.Sprintf("%s is in slot %d, outside of its session", m(0), v.Slot)
	case RuleSlots:
		return fmt.Sprintf("%s is in slot %d, which is not one of its slots", m(0), v.Slot)
	case RuleFixed:
		return fmt.Sprintf("%s is in slot %d and fixed to slot %d", m(0), v.Slot, v.Need)
	case RuleAvailable:
		return fmt.Sprintf("%s is in slot %d, in which %s is unavailable", m(0), v.Slot, p(0))
	case RulePerson:
		return fmt.Sprintf("%s is in %s and in %s at once, in slot %d", p(0), m(0), m(1), v.Slot)
	case RuleSeat:
		return fmt.Sprintf("%s and %s are both at table %d in slot %d", m(0), m(1), v.Table, v.Slot)
	case RuleLimit:
		return fmt.Sprintf("%s has %d meetings and wants %d at most", p(0), v.Have, v.Need)
	case RuleOrder:
		return fmt.Sprintf("%s has to be before %s, which is in slot %d", m(0), m(1), v.Slot)
	case RuleRequired:
		return fmt.Sprintf("%s is required and not held", m(0))
	case RuleFairness:
		return fmt.Sprintf("%s has %s more than %s; %d more is allowed", p(0), counted(v.Have, "gap"), p(1), v.Need)
	}
	return v.claim()
}

// claim says what is wrong with what a Solution says about itself.
func (v Violation) claim() string {
	switch v.Rule {
	case RuleStatus:
		return "the status is not what the bounds, the schedule and the conflict say"
	case RuleWeight:
		return fmt.Sprintf("the weight is said to be %d and is %d", v.Need, v.Have)
	case RuleGaps:
		return fmt.Sprintf("there are said to be %s, and there are %d", counted(v.Need, "gap"), v.Have)
	case RuleWeightBound:
		return fmt.Sprintf("no weight is said to be above %d, and this one is %d", v.Need, v.Have)
	case RuleGapsBound:
		return fmt.Sprintf("%s is said to be the fewest, and there are %d", counted(v.Need, "gap"), v.Have)
	}
	return string(v.Rule) + ": " + strings.Join(v.Meetings, ", ")
}

// nth is the ith of list, or nothing: a Violation may come from anywhere.
func nth(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "?"
}

// counted writes a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
