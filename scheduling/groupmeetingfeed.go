package scheduling

import (
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// ownTime is the time that the gathering's own calendar entry stands at: the one
// that is fixed, before that the first.
func (g *Gathering) ownTime() CandidateTime {
	if t, ok := g.TimeOf(g.Chosen); ok {
		return t
	}
	for _, t := range g.Times {
		if t.UID == g.UID {
			return t
		}
	}
	return CandidateTime{}
}

// gatheringEntry is g's own calendar entry for one person: tentative until it
// has its time, and for whoever has not said that they come. That it is at risk
// alarms nobody.
func (d *Desk) gatheringEntry(g *Gathering, p *GatheringPerson, lang string) ical.Entry {
	return d.timeEntry(g, p, g.ownTime(), g.UID, lang)
}

func (d *Desk) timeEntry(g *Gathering, p *GatheringPerson, t CandidateTime, uid, lang string) ical.Entry {
	url := d.BaseURL + gatheringPath(g)
	x := ical.Entry{
		UID: uid, Sequence: g.Sequence + p.Revision, Created: g.Created, Modified: later(later(g.Changed, p.AnsweredAt), g.EndedAt),
		Starts: t.Starts, Ends: g.EndOf(t), StartZone: g.Zone, EndZone: g.Zone, Status: ical.Tentative,
		Summary: g.Title.In(lang), Description: paragraphs(g.About.In(lang), url), Location: g.Place, URL: url,
	}
	if g.State.Fixed() && p.Answers[g.Chosen].Comes() {
		x.Status, x.Conference = ical.Confirmed, g.Link
	}
	if g.State == GatheringCancelled {
		d.cancelled(&x, lang)
	}
	return x
}

// gatheringEntries are the gatherings that somebody is asked to: one entry for
// each time until one is chosen, then one.
func (d *Desk) gatheringEntries(tx *storage.Tx, in *reading) (out []ical.Entry, err error) {
	list, err := gatherings.Find(tx, storage.Query{Where: []storage.Cond{{Field: "person_ids", Op: storage.Has, Value: in.person.ID}}})
	for _, g := range list {
		p, _ := g.Person(in.person.ID)
		if p != nil && g.Last.After(in.day.Add(-feedPast)) {
			out = append(out, d.entriesOf(g, p, in.address.Lang, in.day)...)
		}
	}
	return out, err
}

func (d *Desk) entriesOf(g *Gathering, p *GatheringPerson, lang string, day time.Time) (out []ical.Entry) {
	add := func(t CandidateTime, uid string, gone bool, since time.Time) {
		x := d.timeEntry(g, p, t, uid, lang)
		if gone || g.State == GatheringCancelled {
			d.cancelled(&x, lang)
			x.Modified = later(x.Modified, since)
			if !stays(later(since, g.EndedAt), day) {
				return
			}
		}
		out = append(out, x)
	}
	own := g.ownTime()
	if !own.Starts.IsZero() {
		add(own, g.UID, p.Answers[own.ID] == GroupNo, p.AnsweredAt)
	}
	for _, t := range g.Times {
		switch {
		case t.UID != g.UID:
			add(t, t.UID, g.Chosen != "" || p.Answers[t.ID] == GroupNo, later(g.Changed, p.AnsweredAt))
		}
	}
	for _, t := range g.Dropped {
		add(t, t.UID, true, t.DroppedAt)
	}
	return out
}
