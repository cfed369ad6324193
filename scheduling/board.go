package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// How much of a board is shown at once.
const (
	BoardTables = 24  // columns
	boardLeft   = 100 // requests without a meeting
	boardFaults = 100
)

// A BoardView says which part of a board to show.
type BoardView struct {
	Proposal string // "" or BasedOnPublished: the published schedule
	Day      string // 2006-01-02; "": the first
	Tables   int    // so many tables are skipped
}

// A Board is a schedule as a grid of slots and tables: a draft, or what is
// published.
type Board struct {
	Round    *Round
	Proposal *Proposal // nil: the published schedule
	Days     []string  // of the round, in its zone
	Day      string
	Tables   []Table // the columns
	Skipped  int     // tables before them
	More     int     // tables after them
	Rows     []BoardRow
	Left     []BoardItem // requests without a meeting, the most important first
	LeftMore int
	Faults   []Said // rules that the schedule breaks as it stands
	Meetings int
	Gaps     int
	Slots    []Slot
}

// A BoardRow is one slot of a board, with a cell for each table of the page;
// one without a meeting is nil.
type BoardRow struct {
	Slot  Slot
	Cells []*BoardItem
}

// A BoardItem is a meeting on a board, or one that could be there.
type BoardItem struct {
	Key      string
	Request  *Request // nil: a walk-in
	Meeting  *Meeting // that is published; nil: none
	Parties  []*Entrant
	Place    Placed // zero: none yet
	Required bool
	Agreed   bool
	Rev      int64 // of the meeting, where the schedule is the published one
}

// Names are the parties.
func (b *BoardItem) Names() string {
	var out []string
	for _, e := range b.Parties {
		out = append(out, e.Name)
	}
	return strings.Join(out, " – ")
}

// scheduleOf gives a proposal of r, or what is published as one that is not
// stored.
func (d *Desk) scheduleOf(tx *storage.Tx, r *Round, id string) (*Proposal, error) {
	if id != "" && id != BasedOnPublished {
		p, err := proposals.Get(tx, id)
		if err == nil && p.RoundID != r.ID {
			return nil, errHidden
		}
		return p, err
	}
	p := &Proposal{RoundID: r.ID, State: ProposalPublished}
	plan, err := d.planOf(tx, r, p.options())
	if err != nil {
		return nil, err
	}
	p.take(plan.draftOf(plan.published()))
	return p, nil
}

// isPublished reports whether a schedule's id means the published one.
func isPublished(id string) bool { return id == "" || id == BasedOnPublished }

// onBoard reads the schedule that a board shows, ready to be judged.
func (d *Desk) onBoard(tx *storage.Tx, by Actor, roundID, id string) (*draft, *Proposal, error) {
	r, err := ownRound(tx, by, roundID)
	if err != nil {
		return nil, nil, err
	}
	if isPublished(id) {
		plan, err := d.planOf(tx, r, solveOptions{})
		if err != nil {
			return nil, nil, err
		}
		return plan.draftOf(plan.published()), nil, nil
	}
	p, err := d.scheduleOf(tx, r, id)
	if err != nil {
		return nil, nil, err
	}
	plan, err := d.planOf(tx, r, p.options())
	if err != nil {
		return nil, nil, err
	}
	return plan.draftOf(p.Placed), p, nil
}

// Board shows a schedule of a round to its organisers.
func (d *Desk) Board(ctx context.Context, by Actor, roundID string, v BoardView) (b *Board, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		dr, p, err := d.onBoard(tx, by, roundID, v.Proposal)
		if err != nil {
			return err
		}
		b = dr.board(p, v)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("board of round %s: %w", roundID, err)
	}
	return b, nil
}

func (d *draft) board(p *Proposal, v BoardView) *Board {
	r := d.plan.round
	b := &Board{Round: r, Proposal: p, Days: r.dates(), Meetings: len(d.at), Slots: r.Slots}
	_, b.Gaps = d.score()
	if b.Day = v.Day; !slices.Contains(b.Days, v.Day) && len(b.Days) > 0 {
		b.Day = b.Days[0]
	}
	b.Skipped = min(max(0, v.Tables), max(0, len(r.Tables)-1))
	b.Tables = r.Tables[b.Skipped:min(len(r.Tables), b.Skipped+BoardTables)]
	b.More = len(r.Tables) - b.Skipped - len(b.Tables)
	for _, s := range r.Slots {
		if r.dateOf(s) != b.Day {
			continue
		}
		row := BoardRow{Slot: s}
		for _, t := range b.Tables {
			row.Cells = append(row.Cells, d.itemAt(spot{s.ID, t.ID}))
		}
		b.Rows = append(b.Rows, row)
	}
	left := d.left()
	for _, x := range left[:min(len(left), boardLeft)] {
		b.Left = append(b.Left, *d.item(x))
	}
	b.LeftMore = len(left) - len(b.Left)
	if b.Faults = d.faults(); len(b.Faults) > boardFaults {
		b.Faults = b.Faults[:boardFaults]
	}
	return b
}

// dates are the days that the round has slots on, as its own calendar says.
func (r *Round) dates() (out []string) {
	for _, s := range r.Slots {
		if day := r.dateOf(s); !slices.Contains(out, day) {
			out = append(out, day)
		}
	}
	return out
}

func (r *Round) dateOf(s Slot) string { return s.Starts.In(r.Location()).Format(time.DateOnly) }

func (d *draft) itemAt(at spot) *BoardItem {
	if key := d.table[at]; key != "" {
		return d.item(d.plan.byKey[key])
	}
	return nil
}

func (d *draft) item(x *planned) *BoardItem {
	b := &BoardItem{Key: x.key, Request: x.request, Meeting: x.meeting, Place: d.at[x.key], Required: x.required, Agreed: x.agreed}
	for _, id := range x.parties {
		if e := d.plan.entrants[id]; e != nil {
			b.Parties = append(b.Parties, e)
		}
	}
	if x.meeting != nil {
		b.Rev = x.meeting.Rev
	}
	return b
}

// Judge says what a move on a board would break, and changes nothing.
func (d *Desk) Judge(ctx context.Context, by Actor, roundID, proposalID string, m Move) (v Verdict, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		dr, _, err := d.onBoard(tx, by, roundID, proposalID)
		if err != nil {
			return err
		}
		if dr.plan.byKey[m.Key] == nil {
			return errHidden
		}
		v = dr.judge(m)
		return nil
	})
	return v, err
}

// A BoardMeeting is one meeting of a board with the places that it could have.
type BoardMeeting struct {
	Round    *Round
	Proposal *Proposal // nil: the published schedule
	Item     *BoardItem
	Spots    []Spot // that break no rule, the best first
	Room     *Room  // how it gets a place where none is free; nil if it has one, or some are
	Answers  []InviteeAnswer
}

// An InviteeAnswer is what somebody's calendar said about their meeting.
type InviteeAnswer struct {
	Name string
	RSVP RSVP
}

// BoardMeeting shows one meeting, or a request without one, and where it could
// be.
func (d *Desk) BoardMeeting(ctx context.Context, by Actor, roundID, proposalID, key string) (m *BoardMeeting, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		dr, p, err := d.onBoard(tx, by, roundID, proposalID)
		if err != nil {
			return err
		}
		x := dr.plan.byKey[key]
		if x == nil {
			return errHidden
		}
		m = &BoardMeeting{Round: dr.plan.round, Proposal: p, Item: dr.item(x)}
		if !m.Item.Place.Pinned {
			m.Spots = dr.spots(x)
		}
		if m.Item.Place.Slot == "" && len(m.Spots) == 0 {
			m.Room, err = dr.room(x)
		}
		if err == nil && p == nil && x.meeting != nil {
			m.Answers, err = answersTo(tx, x.meeting)
		}
		return err
	})
	return m, err
}

// answersTo are the answers of those who take part in a meeting and gave one.
func answersTo(tx *storage.Tx, m *Meeting) (out []InviteeAnswer, err error) {
	for _, v := range m.Invitees {
		if v.Left != nil || v.RSVP.Answer == "" {
			continue
		}
		p, err := people.Get(tx, v.PersonID)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, InviteeAnswer{p.Name, v.RSVP})
	}
	return out, nil
}
