package scheduling

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"kohtaamo/storage"
)

// onRecord changes the record of a meeting for who plans the meetings of its
// group. Minutes that were approved never change, and neither does what was
// called off. A change that changes nothing leaves no trace.
func (d *Desk) onRecord(ctx context.Context, by Actor, id, action, reason string, change func(*storage.Tx, *RecordPage) error) (out *MeetingRecord, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			p, err := recordOf(tx, by, id)
			if err != nil {
				return err
			}
			if !p.Manage {
				return errHidden
			}
			out = p.Record
			before := out.clone()
			if err := change(tx, p); err != nil {
				return err
			}
			if reflect.DeepEqual(before, out) {
				return nil
			}
			if p := before.fixed(); p != nil {
				return p
			}
			out.index()
			if err := storeRecord(tx, out); err != nil {
				return err
			}
			return d.log(tx, by, action, out.ID, out.GroupID, out.Title.In("en"), cleanText(reason))
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return out, nil
}

// storeRecord stores what is written about a meeting, and with it who was met
// there: a member that was at it yesterday is not one that nobody has met.
func storeRecord(tx *storage.Tx, r *MeetingRecord) error {
	if err := meetingRecords.Put(tx, r); err != nil {
		return err
	}
	return meetInGroup(tx, r)
}

// fixed says why nothing of r may change any more; nil if it may.
func (r *MeetingRecord) fixed() error {
	switch {
	case r.State == RecordApproved:
		return &Problem{Kind: Closed, Key: "record.is_approved"}
	case !r.CancelledAt.IsZero():
		return &Problem{Kind: Closed, Key: "record.is_cancelled"}
	}
	return nil
}

// meanwhile says that a part of a record is not as the form showed it.
func meanwhile(seen, mark string) error {
	if seen != "" && seen != mark {
		return storage.ErrConflict
	}
	return nil
}

// SaveAgenda writes the lines of a meeting's agenda; seen is the AgendaMark of
// what was edited, "" for whatever it is.
func (d *Desk) SaveAgenda(ctx context.Context, by Actor, id, seen string, lines []AgendaLine) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.agenda", "", func(_ *storage.Tx, p *RecordPage) error {
		f := faults{}
		clean := f.cleanAgenda(lines)
		if err := f.problem(); err != nil {
			return err
		}
		for i := range clean {
			clean[i].ID = sameLine(p.Record.Agenda, clean[i])
		}
		if slices.Equal(clean, p.Record.Agenda) {
			return nil // sent twice
		}
		mark := p.Record.AgendaMark()
		p.Record.Agenda = clean
		return meanwhile(seen, mark)
	})
}

// CopyAgenda adds the lines that the agenda before had and this one does not:
// that of the meeting before in the same series, or else in the group. Copied
// twice they are there once.
func (d *Desk) CopyAgenda(ctx context.Context, by Actor, id string) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.agenda", "", func(tx *storage.Tx, p *RecordPage) error {
		before, err := agendaBefore(tx, p.Record)
		if err != nil {
			return err
		}
		if before == nil {
			return &Problem{Kind: Invalid, Key: "record.nothing_to_copy"}
		}
		for _, l := range before.Agenda {
			if !slices.ContainsFunc(p.Record.Agenda, func(o AgendaLine) bool { return o.Title == l.Title }) && len(p.Record.Agenda) < maxAgendaLines {
				l.ID = storage.NewID()
				p.Record.Agenda = append(p.Record.Agenda, l)
			}
		}
		return nil
	})
}

// agendaBefore is the last record before r that has an agenda; nil for none.
func agendaBefore(tx *storage.Tx, r *MeetingRecord) (found *MeetingRecord, err error) {
	list, err := meetingRecords.Find(tx, storage.Query{Sort: "-starts", Limit: recordsShown,
		Where: []storage.Cond{storage.Is("group_id", r.GroupID), {Field: "starts", Op: storage.Lt, Value: r.Starts}}})
	for _, o := range list {
		if len(o.Agenda) == 0 || o.ID == r.ID || !o.CancelledAt.IsZero() {
			continue
		}
		if o.SeriesID == r.SeriesID {
			return o, err
		}
		if found == nil {
			found = o
		}
	}
	return found, err
}

// MarkPresence notes how somebody takes part: a member by PersonID, a guest by
// Name. An empty state takes them off the list. The same twice is once.
func (d *Desk) MarkPresence(ctx context.Context, by Actor, id string, in ...Presence) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.attendance", "", func(tx *storage.Tx, p *RecordPage) error {
		for _, x := range in {
			x, err := p.somebody(tx, x)
			if err != nil {
				return err
			}
			p.Record.mark(x)
		}
		if len(p.Record.Present) > maxPresent {
			return &Problem{Kind: Full, Key: "record.too_many_people", Args: []any{"count", maxPresent}}
		}
		return nil
	})
}

// somebody checks who is to be noted, and says where they come from now.
func (p *RecordPage) somebody(tx *storage.Tx, in Presence) (Presence, error) {
	f := faults{}
	if in.State != "" && !slices.Contains(PresenceStates, in.State) {
		f.add("state", "problem.choice")
	}
	if in.PersonID == "" {
		out := Presence{Name: cleanLine(in.Name), State: in.State}
		f.need("name", out.Name, lineLimit)
		return out, f.problem()
	}
	known := slices.ContainsFunc(p.Record.Present, func(o Presence) bool { return o.PersonID == in.PersonID })
	if !known && !slices.Contains(p.Group.Members, in.PersonID) {
		return in, errHidden
	}
	who, err := people.Get(tx, in.PersonID)
	if err != nil {
		return in, err
	}
	return Presence{who.ID, who.Name, who.CompanyID, in.State}, f.problem()
}

// MarkRest notes the same of all members of whom nothing is noted yet.
func (d *Desk) MarkRest(ctx context.Context, by Actor, id, state string) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.attendance", "", func(tx *storage.Tx, p *RecordPage) error {
		if !slices.Contains(PresenceStates, state) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"state": "problem.choice"}}
		}
		members, err := membersOf(tx, p.Group)
		for _, m := range members {
			if !slices.ContainsFunc(p.Record.Present, func(o Presence) bool { return o.PersonID == m.ID }) {
				p.Record.mark(Presence{m.ID, m.Name, m.CompanyID, state})
			}
		}
		return err
	})
}

// SaveMinutes writes what a meeting said and decided; seen is the MinutesMark
// of what was edited, "" for whatever it is.
func (d *Desk) SaveMinutes(ctx context.Context, by Actor, id, seen, minutes string, decisions []Resolution) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.minutes", "", func(_ *storage.Tx, p *RecordPage) error {
		f := faults{}
		minutes = cleanText(minutes)
		f.limit("minutes", minutes, bodyLimit)
		clean := f.cleanDecisions(decisions)
		if err := f.problem(); err != nil {
			return err
		}
		for i := range clean {
			clean[i].ID = sameDecision(p.Record.Decisions, clean[i])
		}
		if minutes == p.Record.Minutes && slices.Equal(clean, p.Record.Decisions) {
			return nil // sent twice
		}
		mark := p.Record.MinutesMark()
		p.Record.Minutes, p.Record.Decisions = minutes, clean
		return meanwhile(seen, mark)
	})
}

// HoldRecord notes that a meeting took place, once it has begun. Done twice it
// is done once.
func (d *Desk) HoldRecord(ctx context.Context, by Actor, id string) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.hold", "", func(tx *storage.Tx, p *RecordPage) error {
		if p.Record.Held() {
			return nil
		}
		if tx.Now().Before(p.Record.Starts) {
			return &Problem{Kind: Closed, Key: "record.not_yet"}
		}
		p.Record.State = RecordHeld
		return nil
	})
}

// UnholdRecord takes that back.
func (d *Desk) UnholdRecord(ctx context.Context, by Actor, id string) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.unhold", "", func(_ *storage.Tx, p *RecordPage) error {
		p.Record.State = RecordPlanned
		return nil
	})
}

// ApproveRecord accepts the minutes of a meeting that was held: from here on
// they never change. Its action items go on; the minutes keep what they said.
func (d *Desk) ApproveRecord(ctx context.Context, by Actor, id string) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.approve", "", func(tx *storage.Tx, p *RecordPage) error {
		r := p.Record
		switch {
		case r.State == RecordApproved:
			return nil
		case r.State != RecordHeld:
			return &Problem{Kind: Closed, Key: "record.not_held"}
		case r.Minutes == "" && len(r.Decisions) == 0:
			return &Problem{Kind: Invalid, Key: "record.no_minutes"}
		}
		given, err := actionItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("record_id", r.ID)}})
		sortActions(given)
		for _, a := range given {
			r.Promised = append(r.Promised, Promise{a.What, a.OwnerID, a.OwnerName, a.Due})
		}
		r.State, r.ApprovedAt, r.ApprovedBy, r.ApprovedByID = RecordApproved, tx.Now().UTC().Truncate(time.Millisecond), by.Name, by.ID
		return err
	})
}
