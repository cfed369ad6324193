package scheduling

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"kohtaamo/scheduling/match"
	"kohtaamo/storage"
)

// What a meeting is worth in a schedule is what both sides wish, added up; a
// request that nobody has answered has the wish of its sender alone. So a
// meeting that both want is worth more than one that one side must have.
var worth = map[Wish]int{Must: 6, Want: 4, Maybe: 1}

// softMust is what an agreed must weighs on top where musts are not required:
// more than everything else that an entrant can have in a round of 256 slots.
const softMust = 4000

// solveOptions say what is to be scheduled.
type solveOptions struct {
	unanswered bool // requests without an answer too
	soft       bool // no meeting is required; musts only weigh very much
}

// A plan is a round made ready for the solver and for the judge: who and what
// there is, the problem that it comes to, and the way back.
type plan struct {
	round    *Round
	options  solveOptions
	now      time.Time
	problem  *match.Problem
	entrants map[string]*Entrant
	items    []*planned // what can be met, as problem.Meetings has it
	byKey    map[string]*planned
	slotNo   map[string]int    // slot id → its number in the problem
	closed   map[string][]bool // by participant and number of a slot
	limit    map[string]int    // of meetings, by participant; 0: none
	hall     *hall
}

// A planned is a meeting that can be had: a request, or one that stands already.
type planned struct {
	key      string
	request  *Request // nil: a walk-in
	meeting  *Meeting // that is published; nil: none yet
	parties  []string // entrant ids
	required bool
	agreed   bool // both sides said yes
	weight   int
	fixed    string // slot it does not leave
	table    string // that goes with it

	participants []string // parties, and people whom they cannot do without
	slots        []bool   // by number: it can be there
}

// planOf makes the plan of r, as it is now.
func (d *Desk) planOf(tx *storage.Tx, r *Round, o solveOptions) (*plan, error) {
	p := &plan{round: r, options: o, now: tx.Now(), byKey: map[string]*planned{}, slotNo: map[string]int{}, hall: newHall(r)}
	for i, s := range r.Slots {
		p.slotNo[s.ID] = i + 1
	}
	if err := p.readEntrants(tx); err != nil {
		return nil, err
	}
	if err := p.readMeetings(tx); err != nil {
		return nil, err
	}
	free, err := d.freeOf(tx, p)
	if err != nil {
		return nil, err
	}
	p.problem = p.toProblem(free)
	p.prepare()
	return p, nil
}

// readEntrants reads who takes part.
func (p *plan) readEntrants(tx *storage.Tx) error {
	list, err := entrants.Find(tx, storage.Query{Sort: "sort", Where: []storage.Cond{storage.Is("round_id", p.round.ID)}})
	if err != nil {
		return err
	}
	p.entrants = make(map[string]*Entrant, len(list))
	for _, e := range list {
		p.entrants[e.ID] = e
	}
	return nil
}

// readMeetings reads what stands, and what is asked for.
func (p *plan) readMeetings(tx *storage.Tx) error {
	in := []storage.Cond{storage.Is("round_id", p.round.ID)}
	stand, err := meetings.Find(tx, storage.Query{Sort: "starts", Where: in})
	if err != nil {
		return err
	}
	of := make(map[string]*Meeting, len(stand))
	for _, m := range stand {
		if m.RequestID != "" {
			of[m.RequestID] = m
		} else if m.State.Stands() {
			p.add(&planned{key: walkInKey(m.ID), meeting: m, parties: m.EntrantIDs, agreed: true})
		}
	}
	for q, err := range requests.Each(tx, storage.Query{Sort: "sent_at", Where: in}) {
		if err != nil {
			return err
		}
		m := of[q.ID]
		if m != nil && !m.State.Stands() { // its request can be placed again
			m = nil
		}
		if m == nil && !p.wanted(q) {
			continue
		}
		p.add(&planned{key: q.ID, request: q, meeting: m, parties: []string{q.From, q.To}, agreed: q.State != RequestSent})
	}
	for _, x := range p.items {
		p.weigh(x)
	}
	return nil
}

func (p *plan) add(x *planned) {
	p.items = append(p.items, x)
	p.byKey[x.key] = x
}

// wanted reports whether a request can come to a meeting: one that both sides
// agreed to, or, if asked for, one that waits for its answer; never one of an
// entrant who is not in the round, nor a new one of an entrant who pauses.
func (p *plan) wanted(q *Request) bool {
	if !q.State.Live() || q.State == RequestSent && !p.options.unanswered {
		return false
	}
	for _, id := range []string{q.From, q.To} {
		e := p.entrants[id]
		if e == nil || e.State != EntrantIn || e.Paused && q.State == RequestSent {
			return false
		}
	}
	return true
}

// weigh says what x is worth and whether it is required. What is published is:
// nobody loses a meeting that they were told of. So is a must that was agreed.
func (p *plan) weigh(x *planned) {
	must := false
	x.weight = worth[Must]
	if q := x.request; q != nil {
		x.weight = worth[q.Wish] + worth[q.Answer]
		must = x.agreed && (q.Wish == Must || q.Answer == Must)
	}
	x.required = x.meeting != nil || must
	if p.options.soft && x.required {
		x.required, x.weight = false, x.weight+softMust
	}
	m := x.meeting
	if m == nil {
		return
	}
	if over := m.State != MeetingPublished || !m.Starts.After(p.now); over || m.Pinned {
		x.fixed, x.table = m.Slot, m.Table
		x.required = true
	}
}

// toProblem writes the plan in the solver's words. Slots that have begun are
// for what is in them already.
func (p *plan) toProblem(free *availability) *match.Problem {
	out := &match.Problem{Format: match.Format, Slots: len(p.round.Slots), Tables: p.hall.room}
	fixed := map[string][]string{} // by participant: the slots of what is fixed
	for _, x := range p.items {
		m := match.Meeting{ID: x.key, Participants: append(slices.Clone(x.parties), free.alone(x.parties)...), Required: x.required, Weight: &x.weight}
		if n, ok := p.slotNo[x.fixed]; ok {
			m.Slot = n
			for _, id := range m.Participants {
				fixed[id] = append(fixed[id], x.fixed)
			}
		} else {
			m.Slots = p.slotsOf(x)
		}
		out.Meetings = append(out.Meetings, m)
	}
	for _, id := range p.participants(out.Meetings) {
		out.Participants = append(out.Participants, p.participant(id, free, fixed[id]))
	}
	return out
}

// prepare makes ready what the judge asks often.
func (p *plan) prepare() {
	p.closed, p.limit = map[string][]bool{}, map[string]int{}
	for _, q := range p.problem.Participants {
		closed := make([]bool, p.problem.Slots+1)
		for _, n := range q.Unavailable {
			closed[n] = true
		}
		p.closed[q.ID] = closed
		if q.MaxMeetings != nil {
			p.limit[q.ID] = *q.MaxMeetings
		}
	}
	for i, m := range p.problem.Meetings {
		x := p.items[i]
		x.participants, x.slots = m.Participants, make([]bool, p.problem.Slots+1)
		for n := range x.slots {
			x.slots[n] = n > 0 && (m.Slot == n || m.Slot == 0 && (len(m.Slots) == 0 || slices.Contains(m.Slots, n)))
		}
	}
}

// participants are all who are in some meeting, in a fixed order.
func (p *plan) participants(list []match.Meeting) []string {
	set := map[string]bool{}
	for _, m := range list {
		for _, id := range m.Participants {
			set[id] = true
		}
	}
	return slices.SortedFunc(maps.Keys(set), func(a, b string) int {
		return cmp.Or(cmp.Compare(p.sortOf(a), p.sortOf(b)), cmp.Compare(a, b))
	})
}

func (p *plan) sortOf(id string) string {
	if e := p.entrants[id]; e != nil {
		return e.Sort
	}
	return "\uffff" // persons come last
}

// participant says when somebody can be met: in slots that have not begun, as
// they said. What is fixed is kept even if they have no time then any more.
func (p *plan) participant(id string, free *availability, fixed []string) match.Participant {
	out := match.Participant{ID: id}
	for _, s := range p.round.Slots {
		if (p.over(s) || !free.at(id, s.ID)) && !slices.Contains(fixed, s.ID) {
			out.Unavailable = append(out.Unavailable, p.slotNo[s.ID])
		}
	}
	if most := p.most(id); most > 0 {
		most = max(most, len(fixed))
		out.MaxMeetings = &most
	}
	return out
}

// most is how many meetings an entrant has at the most; 0: no limit.
func (p *plan) most(id string) int {
	e := p.entrants[id]
	switch {
	case e == nil:
		return 0
	case e.MaxMeetings == 0 || p.round.Limits.Meetings == 0:
		return e.MaxMeetings + p.round.Limits.Meetings
	}
	return min(e.MaxMeetings, p.round.Limits.Meetings)
}

// slotsOf are the numbers of the slots of the session that x asks for; none
// says that all of the round's are good, as they are if the round has no such
// session any more.
func (p *plan) slotsOf(x *planned) (out []int) {
	if x.request == nil || !slices.Contains(p.round.Sessions(), x.request.Session) {
		return nil
	}
	for _, s := range p.round.Slots {
		if p.round.In(s, x.request.Session) {
			out = append(out, p.slotNo[s.ID])
		}
	}
	if x.meeting != nil && len(out) > 0 { // where it is, it can stay
		if n := p.slotNo[x.meeting.Slot]; n > 0 && !slices.Contains(out, n) {
			out = append(out, n)
			slices.Sort(out)
		}
	}
	return out
}

// published are the standing meetings as a draft has them.
func (p *plan) published() (out []Placed) {
	for _, x := range p.items {
		if m := x.meeting; m != nil {
			out = append(out, Placed{RequestID: m.RequestID, MeetingID: m.ID, Slot: m.Slot, Table: m.Table, Pinned: m.Pinned})
		}
	}
	return out
}

// assignment writes a draft in the solver's words; what has no place in the
// round any more is left out.
func (p *plan) assignment(placed []Placed) []match.Assignment {
	var out []match.Assignment
	for _, x := range placed {
		if n, ok := p.slotNo[x.Slot]; ok && p.byKey[x.Key()] != nil {
			out = append(out, match.Assignment{Meeting: x.Key(), Slot: n, Table: p.hall.number(x.Table)})
		}
	}
	return out
}

// names are the names of x's parties.
func (p *plan) names(x *planned) (out []string) {
	for _, id := range x.parties {
		out = append(out, p.nameOf(id))
	}
	return out
}

// nameOf is the name of a participant of the problem.
func (p *plan) nameOf(id string) string {
	if e := p.entrants[id]; e != nil {
		return e.Name
	}
	for _, e := range p.entrants {
		if d, ok := e.Delegate(personIn(id)); ok {
			return d.Name
		}
	}
	return id
}
