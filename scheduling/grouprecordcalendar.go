package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about a polled meeting, each with its calendar entry. Each
// has its words under "letter.KIND".
const (
	mailRecordSet       = "record_set"       // a time was chosen
	mailRecordChanged   = "record_changed"   // another time, place or title
	mailRecordCancelled = "record_cancelled" // called off
	mailRecordOut       = "record_out"       // to who is no member any more
)

// polledRecord makes the record of the meeting that a poll found a time for,
// and tells the members.
func (d *Desk) polledRecord(tx *storage.Tx, g *Group, p *DatePoll, t CandidateTime) (*MeetingRecord, error) {
	r := &MeetingRecord{Meta: storage.Meta{ID: storage.NewID()}, GroupID: g.ID, ClusterID: g.ClusterID, State: RecordPlanned, Title: p.Title, Starts: t.Starts, Ends: p.EndOf(t),
		Zone: p.Zone, Place: p.Place, Link: p.Link, PollID: p.ID, UID: storage.NewUID(), Changed: tx.Now()}
	if err := d.tellRecord(tx, g, r, mailRecordSet); err != nil {
		return nil, err
	}
	r.index()
	return r, storeRecord(tx, r)
}

// A RecordInput is what a coordinator may change about when and where a polled
// meeting is.
type RecordInput struct {
	Rev     int64
	Title   Text
	Place   string
	Link    string
	Zone    string
	Starts  time.Time
	Minutes int
}

// MoveRecord changes when, where or what a polled meeting that lies ahead is. A
// change that calendars show raises its SEQUENCE, and the members are told once.
func (d *Desk) MoveRecord(ctx context.Context, by Actor, id string, in RecordInput) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.move", "", func(tx *storage.Tx, p *RecordPage) error {
		r := p.Record
		if err := r.movable(); err != nil {
			return err
		}
		if r.Rev != in.Rev {
			return storage.ErrConflict
		}
		before := r.clone()
		if err := r.takeTime(in, tx.Now()); err != nil {
			return err
		}
		if r.looks(before) {
			return nil
		}
		r.Sequence++
		r.Changed = tx.Now()
		return d.tellRecord(tx, p.Group, r, mailRecordChanged)
	})
}

// movable says why the time of r is not changed here; nil if it may.
func (r *MeetingRecord) movable() error {
	if r.UID == "" {
		return &Problem{Kind: Closed, Key: "record.of_series"}
	}
	if r.Held() {
		return &Problem{Kind: Closed, Key: "record.was_held"}
	}
	return r.fixed()
}

func (r *MeetingRecord) takeTime(in RecordInput, now time.Time) error {
	f := faults{}
	in.Title = in.Title.trimmed()
	in.Place, in.Link = f.meetingAt(in.Title, in.Place, in.Link, in.Zone, in.Minutes)
	switch {
	case in.Starts.IsZero():
		f.add("starts", "problem.required")
	case !in.Starts.Equal(r.Starts) && !in.Starts.After(now):
		f.add("starts", "event.in_the_past")
	case in.Starts.After(now.Add(farAhead)):
		f.add("starts", "b2b.too_far")
	}
	r.Title, r.Place, r.Link, r.Zone = in.Title, in.Place, in.Link, in.Zone
	r.Starts, r.Ends = in.Starts.UTC(), in.Starts.UTC().Add(time.Duration(in.Minutes)*time.Minute)
	return f.problem()
}

// looks reports whether r looks in a calendar as before.
func (r *MeetingRecord) looks(before *MeetingRecord) bool {
	return maps.Equal(r.Title, before.Title) && r.Place == before.Place && r.Link == before.Link && r.Zone == before.Zone &&
		r.Starts.Equal(before.Starts) && r.Ends.Equal(before.Ends)
}

// CancelRecord calls a polled meeting off that lies ahead, and tells everybody
// who has it in their calendar. Done twice it is done once.
func (d *Desk) CancelRecord(ctx context.Context, by Actor, id, reason string) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.cancel", reason, func(tx *storage.Tx, p *RecordPage) error {
		r := p.Record
		if r.UID != "" && !r.CancelledAt.IsZero() {
			return nil
		}
		if err := r.movable(); err != nil {
			return err
		}
		r.CancelledAt, r.Changed, r.Reason = tx.Now(), tx.Now(), shortened(cleanText(reason), answerLimit)
		r.Sequence++
		if err := d.withdrawAgenda(tx, r); err != nil {
			return err
		}
		return d.tellRecord(tx, p.Group, r, mailRecordCancelled)
	})
}

// followSeries gives the records of a series' meetings that were not held yet
// the times and places that the series has now.
func (d *Desk) followSeries(tx *storage.Tx, s *Series) error {
	list, err := meetingRecords.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("series_id", s.ID)}})
	for _, r := range list {
		if r.Held() {
			continue
		}
		before := r.clone()
		if m, ok := s.On(r.Day); ok {
			r.follow(m)
		} else if r.CancelledAt.IsZero() {
			r.CancelledAt = tx.Now() // the series does not come then any more
		}
		if r.looks(before) && r.CancelledAt.Equal(before.CancelledAt) {
			continue
		}
		if !r.CancelledAt.IsZero() {
			if err := d.withdrawAgenda(tx, r); err != nil {
				return err
			}
		}
		if err := storeRecord(tx, r); err != nil {
			return err
		}
	}
	return err
}

// tellRecord tells each member of a polled meeting, with its entry.
func (d *Desk) tellRecord(tx *storage.Tx, g *Group, r *MeetingRecord, kind string) error {
	members, err := membersOf(tx, g)
	if err != nil {
		return err
	}
	for _, m := range members {
		if err := d.tellMember(tx, g, r, m, kind); err != nil {
			return err
		}
	}
	return nil
}

// tellMember promises one person their mail about a polled meeting, in the
// place of what was not sent yet.
func (d *Desk) tellMember(tx *storage.Tx, g *Group, r *MeetingRecord, to *Person, kind string) error {
	if to.Email == "" {
		return nil
	}
	ref := r.ID + "/" + to.ID
	if _, err := d.Outbox.Withdraw(tx, ref); err != nil {
		return err
	}
	w := groupLetter{kind: kind, key: fmt.Sprintf("%s/%d", r.ID, r.Sequence), ref: ref, to: to, path: recordPath(r), title: r.Title,
		facts: func(l *templates.Lang) []mailer.Fact { return recordFacts(l, r, to.Zone, kind) }}
	switch kind {
	case mailRecordCancelled:
		w.why = r.Reason
	case mailRecordOut:
		w.path = "/account"
	}
	m, err := d.groupMail(tx, g, w)
	if err != nil {
		return err
	}
	if err := d.recordCalendar(tx, m, r, to, kind); err != nil {
		return err
	}
	return d.Outbox.Add(tx, *m)
}

func recordPath(r *MeetingRecord) string { return "/records/" + r.ID }

// recordFacts are when a meeting is, in its zone and on the reader's clock, and
// where.
func recordFacts(l *templates.Lang, r *MeetingRecord, zone, kind string) []mailer.Fact {
	out := []mailer.Fact{{Label: l.Text("letter.fact.when"), Value: l.Range(r.Starts, r.Ends, r.Zone)}}
	if zone != "" && zone != r.Zone {
		out = append(out, mailer.Fact{Label: l.Text("letter.fact.your_time"), Value: l.Range(r.Starts, r.Ends, zone)})
	}
	if r.Place != "" {
		out = append(out, mailer.Fact{Label: l.Text("letter.fact.where"), Value: r.Place})
	}
	if r.Link != "" && kind != mailRecordCancelled && kind != mailRecordOut {
		out = append(out, mailer.Fact{Label: l.Text("letter.fact.link"), Value: r.Link})
	}
	return out
}

// recordCalendar puts into m what its reader's calendar has to know (RFC 5546):
// the meeting, or that it is none for them any more if they may have it.
func (d *Desk) recordCalendar(tx *storage.Tx, m *mailer.Mail, r *MeetingRecord, to *Person, kind string) error {
	method, at := ical.Request, slices.Index(r.Invited, to.ID)
	if kind == mailRecordCancelled || kind == mailRecordOut {
		if at < 0 {
			return nil
		}
		left, err := d.Outbox.InviteLeft(tx, m.Ref, to.Email)
		r.Invited = slices.Delete(r.Invited, at, at+1)
		if err != nil || !left {
			return err
		}
		method = ical.Cancel
	} else if at < 0 {
		r.Invited = append(r.Invited, to.ID)
	}
	x := d.recordEntry(r, m.Lang)
	if method == ical.Cancel {
		d.cancelled(&x, m.Lang)
	}
	x.Organizer = &ical.Party{Name: cmp.Or(m.FromName, d.House), Email: cmp.Or(m.ReplyTo, m.From, d.Outbox.From.Email)}
	x.Attendee = &ical.Attendee{Party: ical.Party{Name: to.Name, Email: to.Email}, Answer: ical.NeedsAction}
	body, err := ical.Invite(method, x)
	if err != nil {
		return fmt.Errorf("invite to meeting %s: %w", r.ID, err)
	}
	m.Calendar = &mailer.Calendar{Method: string(method), Body: body}
	return nil
}

// recordEntry is the calendar entry of a polled meeting.
func (d *Desk) recordEntry(r *MeetingRecord, lang string) ical.Entry {
	url := d.BaseURL + recordPath(r)
	x := ical.Entry{UID: r.UID, Sequence: r.Sequence, Created: r.Created, Modified: r.Changed, Starts: r.Starts, Ends: r.Ends, StartZone: r.Zone, EndZone: r.Zone,
		Summary: r.Title.In(lang), Description: url, Location: r.Place, URL: url, Conference: r.Link}
	if !r.CancelledAt.IsZero() {
		d.cancelled(&x, lang)
	}
	return x
}

// recordEntries are the polled meetings of a group that calendars have to show.
func (d *Desk) recordEntries(tx *storage.Tx, in *reading, groupID string) (out []ical.Entry, err error) {
	list, err := meetingRecords.Find(tx, storage.Query{Sort: "starts", Where: []storage.Cond{storage.Is("group_id", groupID),
		{Field: "starts", Op: storage.Gt, Value: in.day.Add(-feedPast)}, {Field: "starts", Op: storage.Lt, Value: in.day.Add(feedAhead)}}})
	for _, r := range list {
		if r.UID != "" && (r.CancelledAt.IsZero() || stays(r.CancelledAt, in.day)) {
			out = append(out, d.recordEntry(r, in.address.Lang))
		}
	}
	return out, err
}

// leaveRecords takes somebody who is no member any more out of what lies ahead
// in a group: mails that were promised to them do not leave, and meetings leave
// their calendar.
func (d *Desk) leaveRecords(tx *storage.Tx, g *Group, personID string) error {
	to, err := people.Get(tx, personID)
	if err != nil {
		return ignoreMissing(err)
	}
	open, err := groupPolls(tx, g.ID, true)
	if err != nil {
		return err
	}
	for _, p := range open {
		if _, err := d.Outbox.Withdraw(tx, pollRef(p, personID)); err != nil {
			return err
		}
	}
	if err := d.forgetActions(tx, g, personID); err != nil {
		return err
	}
	ahead, err := meetingRecords.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", g.ID), {Field: "starts", Op: storage.Gt, Value: tx.Now()}}})
	for _, r := range ahead {
		if !r.Planned() || !slices.Contains(r.Invited, personID) {
			continue
		}
		if err := d.tellMember(tx, g, r, to, mailRecordOut); err != nil {
			return err
		}
		r.index()
		if err := storeRecord(tx, r); err != nil {
			return err
		}
	}
	return err
}
