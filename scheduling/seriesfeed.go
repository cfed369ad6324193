package scheduling

import (
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// groupEntries are the meetings of somebody's groups, with where to join: series,
// those that a poll found a time for, and those that need a quorum and that they
// are asked to.
func (d *Desk) groupEntries(tx *storage.Tx, in *reading) (out []ical.Entry, err error) {
	if out, err = d.gatheringEntries(tx, in); err != nil {
		return nil, err
	}
	for _, g := range in.groups {
		list, err := seriesInFeed(tx, in.day, g.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			out = append(out, d.seriesEntries(s, g, in.address.Lang, true)...)
		}
		polled, err := d.recordEntries(tx, in, g.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, polled...)
	}
	return out, nil
}

// seriesInFeed are the series of a group that calendars have to show: those
// that met not long ago or will, and those that were cancelled not long ago.
func seriesInFeed(tx *storage.Tx, day time.Time, groupID string) ([]*Series, error) {
	list, err := seriesOf.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", groupID)}})
	return slices.DeleteFunc(list, func(s *Series) bool {
		if s.State == SeriesCancelled {
			return !stays(s.CancelledAt, day)
		}
		return s.Last.Before(day.Add(-feedPast)) || s.Starts.After(day.Add(feedAhead))
	}), err
}

// seriesEntries gives a series as its rule and one entry for each date that is
// not as the rule says. Only members get the link.
func (d *Desk) seriesEntries(s *Series, g *Group, lang string, member bool) []ical.Entry {
	whole := ical.Entry{
		UID: s.UID, Sequence: s.Sequence, Created: s.Created, Modified: s.Changed,
		Starts: s.Starts, Ends: s.Starts.Add(s.length()), StartZone: s.Zone, EndZone: s.Zone,
		Summary: s.Title.In(lang), Location: s.Place,
	}
	if member {
		whole.Conference, whole.URL = s.Link, d.BaseURL+"/groups/"+g.ID
		whole.Description = whole.URL
	}
	out := []ical.Entry{whole}
	out[0].Repeat = s.repeat()
	if s.State == SeriesCancelled {
		d.cancelled(&out[0], lang)
		return out
	}
	for _, x := range s.Exceptions {
		if x.Settled {
			out[0].Except = append(out[0].Except, x.Was)
			continue
		}
		out = append(out, d.meetingEntry(whole, x, lang))
	}
	return out
}

func (d *Desk) meetingEntry(one ical.Entry, x Exception, lang string) ical.Entry {
	one.Instance, one.Sequence, one.Modified = x.Was, x.Sequence, x.Changed
	one.Starts, one.Ends = x.Starts, x.Starts.Add(one.Ends.Sub(one.Starts))
	if x.Place != "" {
		one.Location = x.Place
	}
	if x.Cancelled {
		d.cancelled(&one, lang)
	}
	return one
}
