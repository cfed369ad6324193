package scheduling

import (
	"strings"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// MeetingURL is the page of a meeting, for those who meet.
func (d *Desk) MeetingURL(m *Meeting) string {
	return d.BaseURL + "/rounds/" + m.Shown.Slug + "/my/meetings/" + m.ID
}

// ownMeeting is m as one of its invitees has it in their own calendar: with
// whom, at which table or under which link, and nobody's name or address.
func (d *Desk) ownMeeting(m *Meeting, v *Invitee, lang string) ical.Entry {
	l, shown, with := d.Texts.In(lang), m.Shown, m.Others(v.EntrantID)
	x := ical.Entry{
		UID: m.UID, Sequence: m.sequenceOf(v), Created: m.Created, Modified: later(m.Changed, v.Changed),
		Starts: m.Starts, Ends: m.Ends, Conference: shown.Link, Private: true,
	}
	if v.Left != nil {
		shown, with = v.Left.Shown, v.Left.Others
		x.Starts, x.Ends, x.Modified = v.Left.Starts, v.Left.Ends, v.Changed
	}
	x.StartZone, x.EndZone, x.Location = shown.Zone, shown.Zone, shown.Where
	x.URL = d.BaseURL + "/rounds/" + shown.Slug + "/my/meetings/" + m.ID
	x.Summary = l.Text("calendar.meeting", "with", strings.Join(with, ", "))
	x.Description = paragraphs(shown.Title.In(lang), x.URL)
	if v.Left != nil || !m.State.Stands() {
		d.cancelled(&x, lang)
	}
	return x
}

// meetingEntries are the B2B meetings of a person, and those that ended for
// them not long ago.
func (d *Desk) meetingEntries(tx *storage.Tx, in *reading) (out []ical.Entry, err error) {
	list, err := meetings.Find(tx, storage.Query{Where: []storage.Cond{{Field: "invitee_ids", Op: storage.Has, Value: in.person.ID}}})
	for _, m := range list {
		if v := m.Invitee(in.person.ID); m.inOwnFeed(v, in.day) {
			out = append(out, d.ownMeeting(m, v, in.address.Lang))
		}
	}
	return out, err
}

// inOwnFeed holds for what stands in v's calendar.
func (m *Meeting) inOwnFeed(v *Invitee, day time.Time) bool {
	switch {
	case m.Ends.Before(day.Add(-feedPast)) || m.Starts.After(day.Add(feedAhead)):
		return false
	case v.Left != nil:
		return stays(v.Changed, day)
	}
	return m.State.Stands() || stays(m.EndedAt, day)
}
