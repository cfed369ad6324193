package scheduling

import (
	"cmp"
	"slices"
	"strings"

	"kohtaamo/scheduling/match"
)

// conflicts says why the required meetings of a plan cannot all be held, in
// words for the organiser: each reason that is true by itself, or else, with
// what the solver found, which entrants cannot all be had at once.
func (p *plan) conflicts(found []string) (out []Said) {
	for _, r := range match.Conflicts(p.problem) {
		out = append(out, p.reason(r))
	}
	if len(out) == 0 {
		out = append(out, saying("board.conflict.together", "names", strings.Join(p.mentioned(found), ", ")))
	}
	return out
}

// reason says what the solver's package found with names in the place of ids.
func (p *plan) reason(r match.Reason) Said {
	name, names := "", []string{}
	if len(r.Participants) > 0 {
		name = p.nameOf(r.Participants[0])
	}
	for _, key := range r.Meetings {
		names = append(names, p.meetingName(key))
	}
	list := strings.Join(names, ", ")
	switch r.Kind {
	case match.ReasonAway:
		return saying("board.conflict.away", "name", name, "names", list)
	case match.ReasonNoSlot:
		return saying("board.conflict.no_slot", "names", list)
	case match.ReasonLimit:
		return saying("board.conflict.limit", "name", name, "count", r.Have, "most", r.Need)
	case match.ReasonDay:
		return saying("board.conflict.day", "name", name, "count", r.Have, "free", r.Need)
	case match.ReasonCrowded:
		return saying("board.conflict.crowded", "name", name, "names", list, "count", r.Have, "free", r.Need)
	case match.ReasonTables:
		return saying("board.conflict.tables", "count", r.Have, "places", r.Need)
	case match.ReasonPlaces:
		return saying("board.conflict.places", "names", list, "count", r.Have, "places", r.Need)
	}
	return saying("board.conflict.together", "names", cmp.Or(list, name))
}

// mentioned are the entrants that the solver's own words are about: it knows
// them, and the meetings, by their ids.
func (p *plan) mentioned(found []string) (out []string) {
	text := strings.Join(found, "\n")
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, q := range p.problem.Participants {
		if strings.Contains(text, q.ID) {
			add(p.nameOf(q.ID))
		}
	}
	for _, x := range p.items {
		if strings.Contains(text, x.key) {
			for _, name := range p.names(x) {
				add(name)
			}
		}
	}
	return out
}
