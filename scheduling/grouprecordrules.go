package scheduling

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/storage"
)

// The ways of taking part in a meeting.
const (
	Present = "present"
	Remote  = "remote"
	Excused = "excused"
	Absent  = "absent"
)

// PresenceStates are all of them, in the order of a form.
var PresenceStates = []string{Present, Remote, Excused, Absent}

// Came reports whether somebody was there, in the room or online.
func (p Presence) Came() bool { return p.State == Present || p.State == Remote }

// The limits of a record.
const (
	maxAgendaLines = 60
	maxPresent     = 300
	maxDecisions   = 60
)

// Length is how long the meeting takes.
func (r *MeetingRecord) Length() time.Duration { return r.Ends.Sub(r.Starts) }

// Planned reports whether the meeting lies ahead and was not called off.
func (r *MeetingRecord) Planned() bool { return r.State == RecordPlanned && r.CancelledAt.IsZero() }

// Came is how many were there.
func (r *MeetingRecord) Came() (n int) {
	for _, p := range r.Present {
		if p.Came() {
			n++
		}
	}
	return n
}

// AgendaMinutes is how long the lines of the agenda take together.
func (r *MeetingRecord) AgendaMinutes() (n int) {
	for _, line := range r.Agenda {
		n += line.Minutes
	}
	return n
}

// AgendaMark tells one state of the agenda from another, for whoever edits it
// while others may.
func (r *MeetingRecord) AgendaMark() string {
	var all []string
	for _, l := range r.Agenda {
		all = append(all, l.ID, l.Title, strconv.Itoa(l.Minutes), l.Who)
	}
	return hashOf(all...)
}

// MinutesMark is the same for the minutes with the decisions.
func (r *MeetingRecord) MinutesMark() string {
	all := []string{r.Minutes}
	for _, x := range r.Decisions {
		all = append(all, x.ID, x.Text)
	}
	return hashOf(all...)
}

// clone is r with lists of its own.
func (r *MeetingRecord) clone() *MeetingRecord {
	out := *r
	out.Agenda, out.Present, out.Decisions = slices.Clone(r.Agenda), slices.Clone(r.Present), slices.Clone(r.Decisions)
	out.Promised, out.PersonIDs, out.Invited = slices.Clone(r.Promised), slices.Clone(r.PersonIDs), slices.Clone(r.Invited)
	return &out
}

// index keeps whom r names in step with what it says.
func (r *MeetingRecord) index() {
	ids := []string{}
	add := func(id string) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, p := range r.Present {
		add(p.PersonID)
	}
	for _, p := range r.Promised {
		add(p.OwnerID)
	}
	for _, id := range r.Invited {
		add(id)
	}
	add(r.ApprovedByID)
	r.PersonIDs = ids
}

// cleanAgenda gives the lines that say something, and notes what is wrong with
// them.
func (f faults) cleanAgenda(in []AgendaLine) (out []AgendaLine) {
	for i, l := range in {
		l.Title, l.Who = cleanLine(l.Title), cleanLine(l.Who)
		if l.Title == "" && l.Who == "" && l.Minutes == 0 {
			continue
		}
		at := "agenda." + strconv.Itoa(i)
		f.need(at+".title", l.Title, lineLimit)
		f.limit(at+".who", l.Who, lineLimit)
		if l.Minutes < 0 || l.Minutes > maxMinutes {
			f.add(at+".minutes", "problem.number")
		}
		out = append(out, l)
	}
	if len(out) > maxAgendaLines {
		f.add("agenda", "record.too_many_lines")
	}
	return out
}

// cleanDecisions gives those that say something.
func (f faults) cleanDecisions(in []Resolution) (out []Resolution) {
	for i, x := range in {
		if x.Text = cleanText(x.Text); x.Text == "" {
			continue
		}
		f.limit("decisions."+strconv.Itoa(i), x.Text, answerLimit)
		out = append(out, x)
	}
	if len(out) > maxDecisions {
		f.add("decisions", "record.too_many_decisions")
	}
	return out
}

// sameLine is the id of a line: its own, that of one that says the same, or a
// new one.
func sameLine(had []AgendaLine, l AgendaLine) string {
	for _, o := range had {
		id := o.ID
		if o.ID = ""; l.ID == "" && o == l {
			return id
		}
	}
	return orNew(l.ID)
}

// sameDecision is the same for a decision.
func sameDecision(had []Resolution, x Resolution) string {
	for _, o := range had {
		if x.ID == "" && o.Text == x.Text {
			return o.ID
		}
	}
	return orNew(x.ID)
}

// mark notes how somebody takes part; an empty state takes them off the list. A
// guest is known by their name.
func (r *MeetingRecord) mark(p Presence) {
	i := slices.IndexFunc(r.Present, func(o Presence) bool {
		if p.PersonID != "" {
			return o.PersonID == p.PersonID
		}
		return o.PersonID == "" && strings.EqualFold(o.Name, p.Name)
	})
	switch {
	case p.State == "" && i >= 0:
		r.Present = slices.Delete(r.Present, i, i+1)
	case p.State == "":
	case i < 0:
		r.Present = append(r.Present, p)
	default:
		r.Present[i].State = p.State
	}
}

// seriesRecordID names the record of a series' meeting: there is one.
func seriesRecordID(seriesID, day string) string { return seriesID + "-" + day }

// RecordID is the id of the record of m, whether it is kept yet or not.
func (m GroupMeeting) RecordID() string { return seriesRecordID(m.Series.ID, m.Day()) }

// cutRecordID takes the id of a series' record apart.
func cutRecordID(id string) (seriesID, day string, ok bool) {
	seriesID, day, ok = strings.Cut(id, "-")
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return "", "", false
	}
	return seriesID, day, ok
}

// follow gives the record of a series' meeting that was not held yet the time
// and the place that the series has for it.
func (r *MeetingRecord) follow(m GroupMeeting) {
	s := m.Series
	r.Title, r.Starts, r.Ends, r.Zone, r.Place, r.Link = s.Title, m.Starts, m.Ends, s.Zone, m.Place, s.Link
	r.CancelledAt, r.Reason = time.Time{}, ""
	if x := s.exception(m.Was); x != nil && x.Cancelled {
		r.CancelledAt, r.Reason = x.CancelledAt, x.Reason
	}
}

// recordFor is the record of a series' meeting as it begins.
func recordFor(g *Group, m GroupMeeting) *MeetingRecord {
	r := &MeetingRecord{Meta: storage.Meta{ID: m.RecordID()}, GroupID: g.ID, ClusterID: g.ClusterID, SeriesID: m.Series.ID, Day: m.Day(), State: RecordPlanned}
	r.follow(m)
	r.index()
	return r
}
