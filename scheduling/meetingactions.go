package scheduling

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// What is done to a meeting here books and frees whatever it needs and writes
// the audit log, in the caller's transaction. It tells nobody: whoever does it
// says so with tellMeeting, one by one, or with tellAgendas after many.

// byOrganiser is who ended a meeting that no entrant did.
const byOrganiser = "organiser"

// placeMeeting makes m, which has its parties, slot and table, a meeting of r.
// Parties without people get those who can come. A *Clash says who is taken
// then. A request whose meeting was cancelled gets the same one again, with its
// UID: calendars see it come back.
func (d *Desk) placeMeeting(tx *storage.Tx, by Actor, r *Round, m *Meeting) error {
	if err := m.revive(tx); err != nil {
		return err
	}
	m.RoundID, m.State, m.Changed = r.ID, MeetingPublished, tx.Now()
	m.EndedBy, m.Reason, m.EndedAt, m.Asked = "", "", time.Time{}, nil
	if err := m.put(r, m.Slot, m.Table); err != nil {
		return err
	}
	if err := d.staff(tx, by, r, m); err != nil {
		return err
	}
	if err := book(tx, m); err != nil {
		return err
	}
	if err := meetings.Put(tx, m); err != nil {
		return err
	}
	if err := linkRequest(tx, m); err != nil {
		return err
	}
	if err := d.announceMeeting(tx, r, m, "published"); err != nil {
		return err
	}
	return d.log(tx, by, "meeting.place", m.ID, r.ID, m.label(), "")
}

// revive gives m the identity of the cancelled meeting of the same request, or
// one of its own.
func (m *Meeting) revive(tx *storage.Tx) error {
	m.ID, m.UID = storage.NewID(), storage.NewUID()
	if m.RequestID == "" {
		return nil
	}
	was, err := meetings.First(tx, storage.Query{Where: []storage.Cond{storage.Is("request_id", m.RequestID)}})
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return nil
	case err != nil:
		return err
	case was.State.Stands():
		return &Problem{Kind: Exists, Key: "meeting.exists"}
	}
	m.Meta, m.UID, m.Sequence, m.Invitees = was.Meta, was.UID, was.Sequence+1, was.Invitees
	return nil
}

// put sets the slot and the table of m, which must be r's.
func (m *Meeting) put(r *Round, slot, table string) error {
	s, ok := r.Slot(slot)
	if !ok {
		return &Problem{Kind: Invalid, Key: "meeting.no_slot"}
	}
	if _, ok := r.Table(table); !ok {
		return &Problem{Kind: Invalid, Key: "meeting.no_table"}
	}
	m.Slot, m.Starts, m.Ends, m.Table = s.ID, s.Starts, s.Ends, table
	m.Shown = r.shown(m)
	return nil
}

// A move is a meeting and where it goes.
type move struct {
	m           *Meeting
	slot, table string
}

// moveMeeting takes m to a slot and a table of r. Its people stay if they can
// come then; else colleagues who can take over.
func (d *Desk) moveMeeting(tx *storage.Tx, by Actor, r *Round, m *Meeting, slot, table string) error {
	return d.moveMeetings(tx, by, r, []move{{m, slot, table}})
}

// moveMeetings moves several at once, so that they can take each other's
// places.
func (d *Desk) moveMeetings(tx *storage.Tx, by Actor, r *Round, moves []move) error {
	moves = slices.DeleteFunc(slices.Clone(moves), func(v move) bool { return v.m.Slot == v.slot && v.m.Table == v.table })
	for _, v := range moves {
		if !v.m.State.Stands() {
			return errMeetingOver
		}
		if err := free(tx, v.m.ID); err != nil {
			return err
		}
	}
	for _, v := range moves {
		if err := d.settleMeeting(tx, by, r, v); err != nil {
			return err
		}
	}
	return nil
}

// errMeetingOver answers a change of a meeting that does not stand any more.
var errMeetingOver = &Problem{Kind: Closed, Key: "meeting.over"}

// settleMeeting books a meeting where it goes, its old bookings being free.
func (d *Desk) settleMeeting(tx *storage.Tx, by Actor, r *Round, v move) error {
	m, from := v.m, v.m.Slot
	if err := m.put(r, v.slot, v.table); err != nil {
		return err
	}
	if m.Slot != from {
		m.MovedFrom = from
		m.Asked, m.Late = nil, nil // these were about the time before
	}
	m.Sequence++
	m.Changed = tx.Now()
	if err := d.staff(tx, by, r, m); err != nil {
		return err
	}
	if err := book(tx, m); err != nil {
		return err
	}
	if err := meetings.Put(tx, m); err != nil {
		return err
	}
	if err := d.announceMeeting(tx, r, m, "moved"); err != nil {
		return err
	}
	return d.log(tx, by, "meeting.move", m.ID, r.ID, m.label(), "")
}

// cancelMeeting ends m for the organiser of r. Its request waits for another
// place in the schedule.
func (d *Desk) cancelMeeting(tx *storage.Tx, by Actor, r *Round, m *Meeting, reason string) error {
	return d.endMeeting(tx, by, r, m, byOrganiser, reason)
}

// endMeeting ends m, whose slot and table are free from here on. side is the
// entrant that ends it, or byOrganiser.
func (d *Desk) endMeeting(tx *storage.Tx, by Actor, r *Round, m *Meeting, side, reason string) error {
	if !m.State.Stands() {
		return errMeetingOver
	}
	if err := free(tx, m.ID); err != nil {
		return err
	}
	m.State, m.Asked = MeetingCancelled, nil
	m.EndedBy, m.Reason, m.EndedAt = side, cleanText(reason), tx.Now()
	m.Sequence++
	m.Changed = tx.Now()
	if err := meetings.Put(tx, m); err != nil {
		return err
	}
	if err := unlinkRequest(tx, m, side); err != nil {
		return err
	}
	if err := d.announceMeeting(tx, r, m, "cancelled"); err != nil {
		return err
	}
	return d.log(tx, by, "meeting.cancel", m.ID, r.ID, m.label(), m.Reason)
}

// handOver gives m to a colleague: of an entrant's people, to comes instead of
// from; without from, instead of all of them.
func (d *Desk) handOver(tx *storage.Tx, by Actor, m *Meeting, entrantID, from, to string) error {
	e, err := entrants.Get(tx, entrantID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(m.Parties, func(p Party) bool { return p.EntrantID == entrantID })
	if _, ours := e.Delegate(to); i < 0 || !ours {
		return errHidden
	}
	if !m.State.Stands() {
		return errMeetingOver
	}
	if from != "" && !slices.Contains(m.Parties[i].PersonIDs, from) {
		return errHidden
	}
	people := []string{to}
	if from != "" {
		people = append(slices.DeleteFunc(slices.Clone(m.Parties[i].PersonIDs), func(id string) bool { return id == from || id == to }), to)
	}
	if slices.Equal(people, m.Parties[i].PersonIDs) {
		return nil
	}
	if err := free(tx, m.ID); err != nil {
		return err
	}
	m.Parties[i].PersonIDs = people
	m.people(tx.Now())
	if err := book(tx, m); err != nil {
		return err
	}
	if err := meetings.Put(tx, m); err != nil {
		return err
	}
	return d.log(tx, by, "meeting.hand_over", m.ID, m.RoundID, m.label(), "")
}

// showAgain brings what calendars show of the standing meetings of r up to
// date, after r's title, tables or venues have changed. Whoever meets at another
// place or link now is told: one by one where they are few, and else with their
// whole agenda.
func (d *Desk) showAgain(tx *storage.Tx, r *Round) error {
	list, err := standing(tx, r.ID)
	if err != nil {
		return err
	}
	var elsewhere []*Meeting
	for _, m := range list {
		was, now := m.Shown, r.shown(m)
		if was.same(now) {
			continue
		}
		m.Shown, m.Changed = now, tx.Now()
		m.Sequence++
		if err := meetings.Put(tx, m); err != nil {
			return fmt.Errorf("show meeting %s again: %w", m.ID, err)
		}
		if (was.Where != now.Where || was.Link != now.Link) && tx.Now().Before(m.Ends) {
			elsewhere = append(elsewhere, m)
		}
	}
	return d.tellElsewhere(tx, r, elsewhere)
}

// tellElsewhere tells those who meet at another place or link.
func (d *Desk) tellElsewhere(tx *storage.Tx, r *Round, list []*Meeting) error {
	if len(list) > noticePage {
		var all []string
		for _, m := range list {
			all = append(all, m.PersonIDs...)
		}
		return d.tellAgendas(tx, r, all...)
	}
	for _, m := range list {
		if err := d.tellMeeting(tx, r, m, tellMoved); err != nil {
			return err
		}
	}
	return nil
}

// standing are the meetings of a round that were not cancelled, by their start.
func standing(tx *storage.Tx, roundID string) (list []*Meeting, err error) {
	list, err = meetings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", roundID)}, Sort: "starts"})
	return slices.DeleteFunc(list, func(m *Meeting) bool { return !m.State.Stands() }), err
}

// shown is what calendars show of r for m.
func (r *Round) shown(m *Meeting) OnCalendar {
	s := OnCalendar{Title: r.Title, Slug: r.Slug, Zone: r.Zone}
	t, ok := r.Table(m.Table)
	if !ok {
		return s
	}
	where := []string{t.Name}
	for _, v := range r.Venues {
		if v.ID == t.VenueID {
			where = append(where, v.Name, v.Address)
		}
	}
	s.Where, s.Link = strings.Join(slices.DeleteFunc(where, func(s string) bool { return s == "" }), ", "), t.Link
	return s
}

func (s OnCalendar) same(o OnCalendar) bool {
	return sameWords(s.Title, o.Title) && s.Slug == o.Slug && s.Zone == o.Zone && s.Where == o.Where && s.Link == o.Link
}

// label is m in the audit log.
func (m *Meeting) label() string {
	var names []string
	for _, p := range m.Parties {
		names = append(names, p.Name)
	}
	return strings.Join(names, " – ")
}

// linkRequest notes on the request of m that it has come to a meeting.
func linkRequest(tx *storage.Tx, m *Meeting) error {
	q, err := requestOf(tx, m)
	if q == nil || err != nil {
		return err
	}
	q.settle(RequestAccepted)
	q.MeetingID = m.ID
	if q.Answer == "" {
		q.Answer = Want
	}
	return requests.Put(tx, q)
}

// unlinkRequest notes on the request of m that its meeting has ended. What an
// organiser takes out of the schedule can be placed again; what an entrant does
// not want any more is over.
func unlinkRequest(tx *storage.Tx, m *Meeting, side string) error {
	q, err := requestOf(tx, m)
	if q == nil || err != nil || !q.State.Live() {
		return err
	}
	q.MeetingID = ""
	switch side {
	case byOrganiser:
	case q.From:
		q.end(RequestWithdrawn, tx.Now())
	default:
		q.end(RequestDeclined, tx.Now())
	}
	return requests.Put(tx, q)
}

// requestOf is the request that m came of; nil if there is none.
func requestOf(tx *storage.Tx, m *Meeting) (*Request, error) {
	if m.RequestID == "" {
		return nil, nil
	}
	return requests.Get(tx, m.RequestID)
}
