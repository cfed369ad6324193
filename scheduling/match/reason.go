package match

import (
	"fmt"
	"slices"
	"strings"
)

// ReasonKind says what kind of thing cannot be had.
type ReasonKind string

// The kinds of Reason.
const (
	ReasonAway     ReasonKind = "away"     // a meeting is fixed to a slot in which a participant is unavailable
	ReasonNoSlot   ReasonKind = "no-slot"  // no slot is left for a meeting by what it and its participants allow
	ReasonLimit    ReasonKind = "limit"    // somebody has more required meetings than they want
	ReasonDay      ReasonKind = "day"      // somebody has more required meetings than free slots
	ReasonCrowded  ReasonKind = "crowded"  // the same for some of their meetings, and the slots that these can be in
	ReasonTables   ReasonKind = "tables"   // more required meetings than tables in all slots, or people to fill them
	ReasonPlaces   ReasonKind = "places"   // the same for some meetings, and the slots that these can be in
	ReasonOrder    ReasonKind = "order"    // meetings that follow each other do not fit into their slots
	ReasonFairness ReasonKind = "fairness" // somebody must have more gaps than is fair to another
	ReasonTogether ReasonKind = "together" // no single one of these is to blame: it takes all of them to be in each other's way
)

// A Reason says why the required meetings of a problem cannot all be held, with
// what it concerns: so that others can say it in other languages, and with names
// in the place of IDs.
type Reason struct {
	Kind         ReasonKind
	Participants []string     // ReasonFairness: who has the gaps, and who has so few
	Meetings     []string     // ReasonOrder: the earlier ones first; none where it is all
	Slots        []int        // the only ones for these meetings; none where it is all
	Have         int          // what has to be: meetings, or gaps
	Need         int          // what there is at the most: slots, tables, or gaps
	Rules        []ReasonKind // ReasonTogether: what else matters, ReasonTables or ReasonFairness; Meetings are those that have to be later than others
}

// String says it in English.
func (r Reason) String() string {
	who := func(i int) string { return nth(r.Participants, i) }
	switch r.Kind {
	case ReasonAway:
		return fmt.Sprintf("%s is required and fixed to %s, in which %s is unavailable", nth(r.Meetings, 0), slotNames(r.Slots), who(0))
	case ReasonNoSlot:
		return fmt.Sprintf("%s is required, and no slot suits it and all of its participants", nth(r.Meetings, 0))
	case ReasonLimit:
		return fmt.Sprintf("%s has %s and wants %d at most", who(0), counted(r.Have, "required meeting"), r.Need)
	case ReasonDay:
		return fmt.Sprintf("%s has %s and %s", who(0), counted(r.Have, "required meeting"), counted(r.Need, "free slot"))
	case ReasonCrowded:
		return fmt.Sprintf("%s has %s that can only be in %s: %s", who(0), counted(r.Have, "required meeting"), slotNames(r.Slots), names(r.Meetings))
	case ReasonTables:
		return fmt.Sprintf("there are %s and places for %d in all slots", counted(r.Have, "required meeting"), r.Need)
	case ReasonPlaces:
		return fmt.Sprintf("%s can only be in %s, where there are places for %d: %s", counted(r.Have, "required meeting"), slotNames(r.Slots), r.Need, names(r.Meetings))
	case ReasonOrder:
		return fmt.Sprintf("%s are required and have to follow each other, and do not fit into their slots", names(r.Meetings))
	case ReasonFairness:
		return fmt.Sprintf("%s has at least %s, and in fairness to %s there may be %d", who(0), counted(r.Have, "gap"), who(1), r.Need)
	case ReasonTogether:
		return r.together()
	}
	return string(r.Kind)
}

// together says who and what is in each other's way.
func (r Reason) together() string {
	var s strings.Builder
	s.WriteString("the required meetings cannot all be held")
	if len(r.Participants) > 0 {
		s.Reset()
		fmt.Fprintf(&s, "the required meetings of %s cannot all be held", names(r.Participants))
	}
	if len(r.Meetings) > 0 {
		fmt.Fprintf(&s, ", with %s later than those they have to follow", names(r.Meetings))
	}
	if slices.Contains(r.Rules, ReasonTables) {
		s.WriteString(", with the tables there are")
	}
	if slices.Contains(r.Rules, ReasonFairness) {
		s.WriteString(", with gaps shared as fairly as asked for")
	}
	return s.String()
}

// names lists IDs, not all of very many.
func names(ids []string) string {
	const most = 12
	if len(ids) > most {
		return strings.Join(ids[:most], ", ") + fmt.Sprintf(" and %d more", len(ids)-most)
	}
	if len(ids) < 2 {
		return strings.Join(ids, "")
	}
	return strings.Join(ids[:len(ids)-1], ", ") + " and " + ids[len(ids)-1]
}

// slotNames lists slots, those beside each other as from and to.
func slotNames(slots []int) string {
	slots = slices.Sorted(slices.Values(slots))
	var parts []string
	for i := 0; i < len(slots); {
		k := i
		for k+1 < len(slots) && slots[k+1] == slots[k]+1 {
			k++
		}
		if k > i+1 {
			parts = append(parts, fmt.Sprintf("%d–%d", slots[i], slots[k]))
		} else {
			k = i
			parts = append(parts, fmt.Sprint(slots[i]))
		}
		i = k + 1
	}
	if len(slots) == 1 {
		return "slot " + parts[0]
	}
	return "slots " + names(parts)
}
