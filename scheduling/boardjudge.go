package scheduling

import (
	"slices"
	"strings"

	"kohtaamo/scheduling/match"
)

// A Move takes one meeting to another place, or with an empty slot off the
// schedule. Swap sends the meeting that is there to where this one was.
type Move struct {
	Key   string // of the meeting; see Placed.Key
	Slot  string
	Table string
	Swap  bool
}

// A Verdict is what the judge says of a move.
type Verdict struct {
	OK      bool
	Breaks  []Said // rules that it would break, in words
	Swap    string // name of the meeting that is there and could change places
	SwapKey string
	SwapOK  bool
	Gaps    int // more gaps than now; fewer than none where some are filled
	Where   Slot
	Zone    string
	At      Table
	Meeting string // names
}

// judge says what a move breaks that was not broken before, by match.Check for
// all that the solver knows of, and by the hall for booths and ways.
func (d *draft) judge(m Move) Verdict {
	x := d.plan.byKey[m.Key]
	v := Verdict{Where: d.plan.slot(m.Slot), Zone: d.plan.round.Zone, Meeting: strings.Join(d.plan.names(x), " – ")}
	if i, ok := d.plan.hall.index[m.Table]; ok {
		v.At = d.plan.hall.tables[i]
	}
	was, there := d.at[x.key]
	if there && was.Pinned && (was.Slot != m.Slot || was.Table != m.Table) {
		v.Breaks = append(v.Breaks, saying("board.breaks.pinned", "names", v.Meeting))
	}
	before := d.gapsOf(x.participants)
	other := d.table[spot{m.Slot, m.Table}]
	if other == x.key {
		other = ""
	}
	if other != "" {
		d.offerSwap(&v, other, was, there, m.Swap)
	}
	v.Breaks = append(v.Breaks, d.broken(x, was, there, m, other)...)
	v.OK = len(v.Breaks) == 0
	if v.OK && m.Slot != "" {
		after := d.with(m, other)
		v.Gaps = after.gapsOf(x.participants) - before
	}
	return v
}

// broken are the rules that the moves of m break, those of the meeting that is
// there included.
func (d *draft) broken(x *planned, was Placed, there bool, m Move, other string) (out []Said) {
	p := d.plan
	held := p.assignment(d.placed())
	to := match.Assignment{Meeting: x.key, Slot: p.slotNo[m.Slot], Table: p.hall.number(m.Table)}
	if m.Slot != "" && to.Slot == 0 {
		return []Said{saying("board.breaks.slot")}
	}
	if m.Slot == "" {
		return nil // whoever takes one off the schedule is told what it was
	}
	if other != "" && m.Swap && there {
		away := match.Moved(held, match.Assignment{Meeting: other})
		out = p.words(match.CheckMove(p.problem, away, to))
		back := match.Assignment{Meeting: other, Slot: p.slotNo[was.Slot], Table: p.hall.number(was.Table)}
		out = append(out, p.words(match.CheckMove(p.problem, match.Moved(away, to), back))...)
	} else {
		out = p.words(match.CheckMove(p.problem, held, to))
	}
	after := d.with(m, other)
	return append(out, after.inHall(x.key, other)...)
}

// with is the draft after a move. It is a copy.
func (d *draft) with(m Move, other string) *draft {
	after := d.plan.draftOf(nil)
	for _, x := range d.at {
		after.put(x)
	}
	x, was := d.plan.byKey[m.Key], d.at[m.Key]
	after.take(m.Key)
	if other != "" && other != m.Key && m.Swap {
		y := after.at[other]
		after.take(other)
		if was.Slot != "" {
			y.Slot, y.Table = was.Slot, was.Table
			after.put(y)
		}
	}
	if m.Slot != "" {
		to := x.placed(m.Slot, m.Table)
		to.Pinned = was.Pinned
		after.put(to)
	}
	return after
}

// offerSwap says which meeting is in the way, and whether the two could change
// places.
func (d *draft) offerSwap(v *Verdict, other string, was Placed, there, asked bool) {
	y := d.plan.byKey[other]
	v.Swap, v.SwapKey = strings.Join(d.plan.names(y), " – "), other
	if asked && d.at[other].Pinned {
		v.Breaks = append(v.Breaks, saying("board.breaks.pinned", "names", v.Swap))
	}
	if !asked && there && !d.at[other].Pinned {
		x := d.plan.byKey[was.Key()]
		to := d.at[other]
		v.SwapOK = len(d.broken(x, was, true, Move{Key: was.Key(), Slot: to.Slot, Table: to.Table, Swap: true}, other)) == 0
	}
}

// inHall are the rules about booths and ways that some meetings break.
func (d *draft) inHall(keys ...string) (out []Said) {
	h := d.plan.hall
	for _, key := range keys {
		at, ok := d.at[key]
		i, known := h.index[at.Table]
		if !ok || !known {
			continue
		}
		x := d.plan.byKey[key]
		names := strings.Join(d.plan.names(x), " – ")
		if !h.allowed(x.parties, i) {
			out = append(out, saying("board.breaks.booth", "names", names, "table", h.tables[i].Name))
		}
		if !d.inTime(x, d.plan.slot(at.Slot), at.Table) {
			out = append(out, saying("board.breaks.way", "names", names))
		}
	}
	return out
}

// words says what the judge of the solver found with names in the place of
// ids.
func (p *plan) words(found []match.Violation) (out []Said) {
	for _, v := range found {
		s := p.inWords(v)
		if !slices.ContainsFunc(out, func(o Said) bool { return o.Key == s.Key && sameArgs(o, s) }) {
			out = append(out, s)
		}
	}
	return out
}

func sameArgs(a, b Said) bool {
	for k, v := range a.With {
		if b.With[k] != v {
			return false
		}
	}
	return len(a.With) == len(b.With)
}

func (p *plan) inWords(v match.Violation) Said {
	name, names, other := "", "", ""
	if len(v.Participants) > 0 {
		name = p.nameOf(v.Participants[0])
	}
	if len(v.Meetings) > 0 {
		names = p.meetingName(v.Meetings[0])
	}
	if len(v.Meetings) > 1 {
		other = p.meetingName(v.Meetings[1])
	}
	switch v.Rule {
	case match.RuleAvailable:
		return saying("board.breaks.available", "name", name)
	case match.RulePerson:
		return saying("board.breaks.person", "name", name, "names", names, "other", other)
	case match.RuleSeat:
		return saying("board.breaks.seat", "names", names, "other", other)
	case match.RuleLimit:
		return saying("board.breaks.limit", "name", name, "count", v.Have, "most", v.Need)
	case match.RuleRequired:
		return saying("board.breaks.required", "names", names)
	case match.RuleSession, match.RuleSlots:
		return saying("board.breaks.session", "names", names)
	case match.RuleFixed:
		return saying("board.breaks.fixed", "names", names)
	case match.RuleTable:
		return saying("board.breaks.table", "names", names)
	}
	return saying("board.breaks.slot")
}

// meetingName are the parties of a meeting of the problem.
func (p *plan) meetingName(key string) string {
	if x := p.byKey[key]; x != nil {
		return strings.Join(p.names(x), " – ")
	}
	return key
}

// faults are all rules that a schedule breaks as it is: people who have no time
// any more, tables that are gone, two in one place.
func (d *draft) faults() []Said {
	p := d.plan
	out := p.words(match.CheckSchedule(p.problem, p.assignment(d.placed())))
	for _, x := range d.placed() {
		out = append(out, d.inHall(x.Key())...)
	}
	return out
}
