package scheduling

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"kohtaamo/scheduling/match"
	"kohtaamo/storage"
)

// A Room is how a meeting without a place gets one: where it goes, and which
// others make room for it.
type Room struct {
	Round  *Round
	Names  string // of its parties
	To     Spot
	Moves  []Difference // of others, first to last; none if the place is free
	Fewest bool         // proven: no fewer meetings can get another time, or, without a place, none is found whoever moves
	Seen   string       // what whoever agrees to this has seen; empty: there is no place
}

// MakeRoom says how a meeting without a place would get one, and changes
// nothing: at the best free spot, or, where there is none, with as few others
// moved as can be. What is pinned, held or over never moves.
func (d *Desk) MakeRoom(ctx context.Context, by Actor, roundID, proposalID, key string) (room *Room, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		dr, _, err := d.onBoard(tx, by, roundID, proposalID)
		if err != nil {
			return err
		}
		x := dr.plan.byKey[key]
		if x == nil {
			return errHidden
		}
		room, err = dr.room(x)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("room on the board of round %s: %w", roundID, err)
	}
	return room, nil
}

// PlaceInRoom does what MakeRoom said, if it still is what was seen; a Problem
// of kind Changed says that it is not. On the published schedule everybody whom
// it concerns is told, once. Sent twice it is done once.
func (d *Desk) PlaceInRoom(ctx context.Context, by Actor, roundID, proposalID, key, seen string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		dr, p, err := d.onBoard(tx, by, roundID, proposalID)
		if err != nil {
			return err
		}
		x := dr.plan.byKey[key]
		if x == nil {
			return errHidden
		}
		if _, there := dr.at[key]; there {
			return nil
		}
		return d.placeInRoom(tx, by, dr, p, x, seen)
	})
	if err != nil {
		return fmt.Errorf("place in the room made on the board of round %s: %w", roundID, changedMeanwhile(err))
	}
	return nil
}

func (d *Desk) placeInRoom(tx *storage.Tx, by Actor, dr *draft, p *Proposal, x *planned, seen string) error {
	after, fewest, err := dr.makeRoom(x)
	if err != nil {
		return err
	}
	if after == nil || dr.roomIn(after, x, fewest).Seen != seen {
		return &Problem{Kind: Changed, Key: "board.room_changed"}
	}
	if p != nil {
		if err := editable(p, 0); err != nil {
			return err
		}
		return d.putEdited(tx, by, dr.plan.round, p, after)
	}
	if err := changeable(dr.plan.round); err != nil {
		return err
	}
	return d.applyByHand(tx, by, dr.plan, after.change())
}

// room says how x gets a place.
func (d *draft) room(x *planned) (*Room, error) {
	if _, there := d.at[x.key]; there {
		return nil, &Problem{Kind: Closed, Key: "board.room_placed"}
	}
	after, fewest, err := d.makeRoom(x)
	if err != nil {
		return nil, err
	}
	if after == nil {
		return &Room{Round: d.plan.round, Names: d.plan.meetingName(x.key), Fewest: fewest}, nil
	}
	return d.roomIn(after, x, fewest), nil
}

// roomIn says what x and those who make room for it do to come to another
// draft.
func (d *draft) roomIn(after *draft, x *planned, fewest bool) *Room {
	p := d.plan
	r := &Room{Round: p.round, Names: p.meetingName(x.key), To: p.spotOf(after.at[x.key]), Fewest: fewest}
	sum := sha256.New()
	fmt.Fprintln(sum, x.key, after.at[x.key].Slot, after.at[x.key].Table)
	for _, was := range d.placed() {
		if to := after.at[was.Key()]; to.Slot != was.Slot || to.Table != was.Table {
			r.Moves = append(r.Moves, Difference{Names: p.meetingName(was.Key()), From: p.spotOf(was), To: p.spotOf(to)})
			fmt.Fprintln(sum, was.Key(), was.Slot, was.Table, to.Slot, to.Table)
		}
	}
	r.Seen = hex.EncodeToString(sum.Sum(nil)[:16])
	return r
}

// makeRoom is the draft with x and with as few others as can be in other slots;
// nil if no way was found. fewest says that this is proven. The solver knows
// neither booths nor ways, so its answer is taken where it can be seated, and is
// else how few it takes at the least.
func (d *draft) makeRoom(x *planned) (after *draft, fewest bool, err error) {
	if spots := d.spots(x); len(spots) > 0 {
		after = d.copy()
		after.put(x.placed(spots[0].Slot.ID, spots[0].Table.ID))
		return after, true, d.holds(after)
	}
	least := 1
	in, err := match.Insert(d.frozen(), d.plan.assignment(d.placed()), x.key)
	switch {
	case err != nil: // the schedule breaks a rule as it is
	case len(in.Assignment) == 0 && in.Fewest:
		return nil, true, nil
	case len(in.Assignment) > 0:
		if after = d.inserted(in); after != nil {
			return after, in.Fewest, d.holds(after)
		}
		if in.Fewest {
			least = max(least, len(in.Moved))
		}
	}
	s := &roomSearch{draft: d.copy(), settled: map[string]bool{}, tries: roomTries}
	found, moves := s.find(x)
	if !found {
		return nil, false, nil
	}
	return s.draft, moves == least, d.holds(s.draft)
}

// holds is an error if a draft breaks a rule that d keeps, whoever made the
// mistake.
func (d *draft) holds(after *draft) error {
	before := d.faults()
	for _, f := range after.faults() {
		if !slices.ContainsFunc(before, func(o Said) bool { return o.Key == f.Key && sameArgs(o, f) }) {
			return refused([]Said{f})
		}
	}
	return nil
}

// frozen is the problem with what stays in its slot.
func (d *draft) frozen() *match.Problem {
	p := *d.plan.problem
	p.Meetings = slices.Clone(p.Meetings)
	for i, x := range d.plan.items {
		if at, ok := d.at[x.key]; ok && at.Pinned {
			p.Meetings[i].Slot, p.Meetings[i].Slots = d.plan.slotNo[at.Slot], nil
		}
	}
	return &p
}

// inserted is the draft that an insertion makes: whoever stays in their slot
// stays at their table. Nil if somebody has no table that they can be at.
func (d *draft) inserted(in *match.Insertion) *draft {
	after := d.copy()
	var going []match.Assignment
	for _, a := range in.Assignment {
		if at, ok := d.at[a.Meeting]; !ok || d.plan.slotNo[at.Slot] != a.Slot {
			after.take(a.Meeting)
			going = append(going, a)
		}
	}
	for _, a := range going {
		x, slot := d.plan.byKey[a.Meeting], d.plan.round.Slots[a.Slot-1]
		table, ok := after.tableFor(x, slot)
		if !ok {
			return nil
		}
		after.put(x.placed(slot.ID, table.ID))
	}
	return after
}

// copy is d again, to be changed.
func (d *draft) copy() *draft { return d.plan.draftOf(d.placed()) }

const (
	// roomMoves is how many meetings a search among booths and ways moves at
	// most, and roomTries how many slots it tries, about a tenth of a second.
	roomMoves = 3
	roomTries = 5_000
)

// A roomSearch makes room by the rules of a board, booths and ways among them:
// it puts a meeting into each slot in turn, whom that displaces into each other
// slot, and so on, with one move more allowed each time.
type roomSearch struct {
	*draft
	settled map[string]bool // keys that have their new place
	tries   int             // of slots, that are left
}

// find places x, moving so many others.
func (s *roomSearch) find(x *planned) (found bool, moves int) {
	for moves = 1; moves <= roomMoves && s.tries > 0; moves++ {
		if s.place([]goer{{x: x}}, moves) {
			return true, moves
		}
	}
	return false, 0
}

// A goer is a meeting that needs a place, and the one that it leaves.
type goer struct {
	x   *planned
	was Placed
}

// place finds places for all of a list.
func (s *roomSearch) place(list []goer, moves int) bool {
	if len(list) == 0 {
		return true
	}
	g, rest := list[0], list[1:]
	s.settled[g.x.key] = true
	for _, slot := range s.plan.round.Slots {
		if slot.ID == g.was.Slot || !s.open(g.x, slot.ID) {
			continue
		}
		if s.tries--; s.tries < 0 {
			break
		}
		if s.placeAt(g, slot, rest, moves) {
			return true
		}
	}
	s.settled[g.x.key] = false
	return false
}

// open reports whether everybody of x has time in a slot, whomever they meet
// there now.
func (s *roomSearch) open(x *planned, slot string) bool {
	n := s.plan.slotNo[slot]
	return n > 0 && x.slots[n] && !slices.ContainsFunc(x.participants, func(id string) bool { return s.plan.closed[id][n] })
}

// placeAt has a meeting in a slot, with whom it displaces elsewhere.
func (s *roomSearch) placeAt(g goer, slot Slot, rest []goer, moves int) bool {
	away, ok := s.inTheWay(g.x, slot.ID)
	if !ok || len(away) > moves {
		return false
	}
	s.lift(away)
	if s.canMeet(g.x, slot.ID) && s.seatAt(g.x, slot, slices.Concat(rest, away), moves-len(away)) {
		return true
	}
	s.putBack(away)
	return false
}

// seatAt gives x, whose people have time in a slot, a table there: the first that
// is free, or else one whose meeting goes elsewhere; then the others of a list
// get their places.
func (s *roomSearch) seatAt(x *planned, slot Slot, rest []goer, moves int) bool {
	if t, ok := s.tableFor(x, slot); ok {
		return s.goOn(x.placed(slot.ID, t.ID), rest, moves)
	}
	if moves == 0 {
		return false
	}
	for i, t := range s.plan.hall.tables {
		key := s.table[spot{slot.ID, t.ID}]
		if key == "" || !s.movable(key) || !s.plan.hall.allowed(x.parties, i) || !s.inTime(x, slot, t.ID) {
			continue
		}
		host := goer{s.plan.byKey[key], s.at[key]}
		s.take(key)
		if s.goOn(x.placed(slot.ID, t.ID), slices.Concat(rest, []goer{host}), moves-1) {
			return true
		}
		s.put(host.was)
	}
	return false
}

// goOn has a meeting in its new place, and finds places for a list.
func (s *roomSearch) goOn(to Placed, rest []goer, moves int) bool {
	s.put(to)
	if s.place(rest, moves) {
		return true
	}
	s.take(to.Key())
	return false
}

// inTheWay are the meetings that the people of x have in a slot; not ok: one of
// them does not move.
func (s *roomSearch) inTheWay(x *planned, slot string) (away []goer, ok bool) {
	for _, id := range x.participants {
		key := s.busy[id][slot]
		if key == "" || slices.ContainsFunc(away, func(g goer) bool { return g.x.key == key }) {
			continue
		}
		if !s.movable(key) {
			return nil, false
		}
		away = append(away, goer{s.plan.byKey[key], s.at[key]})
	}
	return away, true
}

// movable reports whether a meeting may get another place.
func (s *roomSearch) movable(key string) bool {
	return !s.settled[key] && !s.at[key].Pinned && s.plan.byKey[key].fixed == ""
}

func (s *roomSearch) lift(list []goer) {
	for _, g := range list {
		s.take(g.x.key)
	}
}

func (s *roomSearch) putBack(list []goer) {
	for _, g := range list {
		s.put(g.was)
	}
}
