package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A Live is a round on its day: what is going on at each table, and what is
// next.
type Live struct {
	Round   *Round
	Now     time.Time
	Slot    *Slot // that is going on; nil between slots
	Next    *Slot // nil after the last
	Tables  []LiveTable
	Free    []*Entrant // who could meet somebody in At
	At      *Slot      // the slot that a meeting made now would be in
	Open    []Table    // tables that are free then
	Today   []*Meeting // all of the round that stand
	Ended   []*Meeting // that are over and nobody said whether they were held
	Held    int
	NotHeld int
	Absent  []*Entrant // who did not come to some meeting today
}

// A LiveTable is one table with what is there now and next; nil is nothing.
type LiveTable struct {
	Table     Table
	Now, Next *Meeting
}

// Live shows a round as it goes on, for its organisers.
func (d *Desk) Live(ctx context.Context, by Actor, roundID string) (l *Live, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, roundID)
		if err != nil {
			return err
		}
		plan, err := d.planOf(tx, r, solveOptions{})
		if err != nil {
			return err
		}
		l = plan.draftOf(plan.published()).live()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("live view of round %s: %w", roundID, err)
	}
	return l, nil
}

func (d *draft) live() *Live {
	r := d.plan.round
	l := &Live{Round: r, Now: d.plan.now}
	for i, s := range r.Slots {
		switch {
		case !s.Starts.After(l.Now) && s.Ends.After(l.Now):
			l.Slot = &r.Slots[i]
		case l.Next == nil && s.Starts.After(l.Now):
			l.Next = &r.Slots[i]
		}
	}
	if l.At = l.Slot; l.At == nil {
		l.At = l.Next
	}
	for _, t := range r.Tables {
		l.Tables = append(l.Tables, LiveTable{t, d.meetingIn(l.Slot, t), d.meetingIn(l.Next, t)})
	}
	l.tally(d)
	if l.At != nil {
		l.whoIsFree(d)
	}
	return l
}

func (d *draft) meetingIn(s *Slot, t Table) *Meeting {
	if s == nil {
		return nil
	}
	if x := d.plan.byKey[d.table[spot{s.ID, t.ID}]]; x != nil {
		return x.meeting
	}
	return nil
}

// tally counts how the meetings went until now.
func (l *Live) tally(d *draft) {
	absent := map[string]bool{}
	for _, x := range d.plan.items {
		m := x.meeting
		if m == nil {
			continue
		}
		l.Today = append(l.Today, m)
		switch {
		case m.State == MeetingHeld:
			l.Held++
		case m.State == MeetingNotHeld:
			l.NotHeld++
		case !m.Ends.After(l.Now):
			l.Ended = append(l.Ended, m)
		}
		for _, id := range m.Absent {
			absent[id] = true
		}
	}
	slices.SortFunc(l.Ended, func(a, b *Meeting) int { return cmp.Or(b.Starts.Compare(a.Starts), cmp.Compare(a.ID, b.ID)) })
	for id := range absent {
		if e := d.plan.entrants[id]; e != nil {
			l.Absent = append(l.Absent, e)
		}
	}
	byName(l.Absent)
}

// whoIsFree finds entrants and tables for a meeting made now.
func (l *Live) whoIsFree(d *draft) {
	for id, e := range d.plan.entrants {
		if e.State == EntrantIn && d.busy[id][l.At.ID] == "" {
			l.Free = append(l.Free, e)
		}
	}
	byName(l.Free)
	for _, t := range l.Round.Tables {
		if d.table[spot{l.At.ID, t.ID}] == "" {
			l.Open = append(l.Open, t)
		}
	}
}

func byName(list []*Entrant) {
	slices.SortFunc(list, func(a, b *Entrant) int { return cmp.Or(cmp.Compare(a.Sort, b.Sort), cmp.Compare(a.ID, b.ID)) })
}

// A LiveMark is what an organiser says of a meeting on the day.
type LiveMark struct {
	State  MeetingState // MeetingHeld, MeetingNotHeld, or MeetingPublished: nothing is known
	Absent []string     // entrants of the meeting who did not come; with MeetingNotHeld
	Late   []string     // entrants who are late
}

// MarkMeeting notes how a meeting went. Saying it again, or the opposite, is
// always possible: it tells nobody.
func (d *Desk) MarkMeeting(ctx context.Context, by Actor, meetingID string, mark LiveMark) (m *Meeting, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if m, err = meetings.Get(tx, meetingID); err != nil {
			return err
		}
		if _, err := ownRound(tx, by, m.RoundID); err != nil {
			return err
		}
		if !m.State.Stands() {
			return errMeetingOver
		}
		return d.mark(tx, by, m, mark)
	})
	if err != nil {
		return nil, fmt.Errorf("mark meeting %s: %w", meetingID, err)
	}
	return m, nil
}

func (d *Desk) mark(tx *storage.Tx, by Actor, m *Meeting, mark LiveMark) error {
	known := []MeetingState{MeetingPublished, MeetingHeld, MeetingNotHeld}
	ours := func(id string) bool { return slices.Contains(m.EntrantIDs, id) }
	if !slices.Contains(known, mark.State) || !allOf(mark.Absent, ours) || !allOf(mark.Late, ours) {
		return &Problem{Kind: Invalid, Key: "problem.invalid"}
	}
	if mark.State != MeetingPublished && m.Starts.After(tx.Now()) {
		return &Problem{Kind: Closed, Key: "board.not_begun"}
	}
	if mark.State != MeetingNotHeld {
		mark.Absent = nil
	}
	if m.State == mark.State && slices.Equal(m.Absent, mark.Absent) && slices.Equal(m.Late, mark.Late) {
		return nil
	}
	was := m.State
	m.State, m.Absent, m.Late = mark.State, mark.Absent, mark.Late
	if err := meetings.Put(tx, m); err != nil {
		return err
	}
	if err := d.announceCounted(tx, m, was); err != nil {
		return err
	}
	if err := d.followMeeting(tx, m); err != nil {
		return err
	}
	return d.log(tx, by, "meeting.mark_"+string(mark.State), m.ID, m.RoundID, m.label(), "")
}

func allOf(list []string, ok func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !ok(s) })
}

// A WalkInMeeting is two entrants who want to meet at once.
type WalkInMeeting struct {
	A, B  string // entrant ids
	Slot  string // that is going on or comes next
	Table string // "": the first that is free
}

// BookWalkIn makes a meeting of two entrants who are free now. If one of them
// had asked the other and it came to nothing yet, it is that request's meeting.
// Pressed twice, it makes one meeting.
func (d *Desk) BookWalkIn(ctx context.Context, by Actor, roundID string, in WalkInMeeting) (m *Meeting, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, roundID)
		if err != nil {
			return err
		}
		if !r.Past(RoundPublished) || r.Phase == RoundClosed {
			return &Problem{Kind: Closed, Key: "board.not_published"}
		}
		m, err = d.bookWalkIn(tx, by, r, in)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("walk-in meeting in round %s: %w", roundID, err)
	}
	return m, nil
}

func (d *Desk) bookWalkIn(tx *storage.Tx, by Actor, r *Round, in WalkInMeeting) (*Meeting, error) {
	plan, err := d.planOf(tx, r, solveOptions{unanswered: true})
	if err != nil {
		return nil, err
	}
	if in.A == in.B || plan.entrants[in.A] == nil || plan.entrants[in.B] == nil {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"b": "board.two_entrants"}}
	}
	slot, ok := r.Slot(in.Slot)
	if !ok || !slot.Ends.After(tx.Now()) {
		return nil, &Problem{Kind: Closed, Key: "board.breaks.slot"}
	}
	dr := plan.draftOf(plan.published())
	if x := plan.byKey[dr.busy[in.A][slot.ID]]; x != nil && slices.Contains(x.parties, in.B) {
		return x.meeting, nil
	}
	for _, id := range []string{in.A, in.B} {
		if dr.busy[id][slot.ID] != "" {
			return nil, &Problem{Kind: Full, Key: "board.walk_in_busy", Args: []any{"name", plan.nameOf(id)}}
		}
	}
	m := &Meeting{WalkIn: true, Slot: slot.ID, RequestID: plan.openRequest(in.A, in.B), Parties: []Party{{EntrantID: in.A}, {EntrantID: in.B}}}
	if m.Table, ok = dr.walkInTable(slot, in); !ok {
		return nil, &Problem{Kind: Full, Key: "board.no_table"}
	}
	if err := d.placeMeeting(tx, by, r, m); err != nil {
		return nil, clashInWords(err)
	}
	return m, d.tellMeeting(tx, r, m, tellBooked)
}

// openRequest is the request between two entrants that has no meeting yet.
func (p *plan) openRequest(a, b string) string {
	for _, x := range p.items {
		if x.request != nil && x.meeting == nil && slices.Contains(x.parties, a) && slices.Contains(x.parties, b) {
			return x.request.ID
		}
	}
	return ""
}

// walkInTable is where a walk-in sits: at the table that was asked for, or the
// first free one that is theirs to sit at.
func (d *draft) walkInTable(slot Slot, in WalkInMeeting) (string, bool) {
	for i, t := range d.plan.hall.tables {
		free := d.table[spot{slot.ID, t.ID}] == ""
		if free && d.plan.hall.allowed([]string{in.A, in.B}, i) && (in.Table == "" || in.Table == t.ID) {
			return t.ID, true
		}
	}
	return "", false
}
