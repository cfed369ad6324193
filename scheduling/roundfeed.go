package scheduling

import (
	"errors"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// roundEntries adds the open rounds of a public feed's clusters, as one entry
// each: when and where, nobody who meets. Those in an event have its entry.
func (d *Desk) roundEntries(tx *storage.Tx, src *source, events storage.Query, lang string) error {
	day := dayOf(tx.Now())
	q := storage.Query{Sort: "starts", Where: []storage.Cond{
		{Field: "ends", Op: storage.Gt, Value: day.Add(-feedPast)}, {Field: "starts", Op: storage.Lt, Value: day.Add(feedAhead)}}}
	for _, c := range events.Where {
		if c.Field == "cluster_ids" {
			q.Where = append(q.Where, c)
		}
	}
	for r, err := range rounds.Each(tx, q) {
		if err != nil {
			return err
		}
		if r.inPublicFeed(day) && len(src.entries) < feedEvents {
			src.entries = append(src.entries, d.roundEntry(r, lang))
		}
	}
	return nil
}

func (r *Round) inPublicFeed(day time.Time) bool {
	switch {
	case r.EventID != "" || r.Phase == RoundDraft:
		return false
	case r.Phase == RoundCancelled:
		return stays(r.CancelledAt, day) || day.Before(r.Ends)
	}
	return true
}

func (d *Desk) roundEntry(r *Round, lang string) ical.Entry {
	x := ical.Entry{
		UID: r.UID, Sequence: r.Sequence, Created: r.Created, Modified: r.Changed,
		Starts: r.Starts, Ends: r.Ends, StartZone: r.Zone, EndZone: r.Zone,
		Summary: r.Title.In(lang), Description: d.RoundURL(r), Location: r.Place(), URL: d.RoundURL(r),
	}
	if r.Phase == RoundCancelled {
		d.cancelled(&x, lang)
	}
	return x
}

// roundDeadlines are the dates of the rounds that a person takes part in: until
// when the profile has to be ready, and until when they can ask and answer.
func (d *Desk) roundDeadlines(tx *storage.Tx, in *reading) (out []ical.Entry, err error) {
	mine, err := entrants.Find(tx, storage.Query{Where: []storage.Cond{{Field: "person_ids", Op: storage.Has, Value: in.person.ID}}})
	slices.SortFunc(mine, func(a, b *Entrant) int { return a.Created.Compare(b.Created) })
	for _, e := range mine {
		if e.State != EntrantIn || e.Paused {
			continue
		}
		r, err := rounds.Get(tx, e.RoundID)
		if errors.Is(err, storage.ErrNotFound) || err == nil && !r.Open {
			continue
		}
		if err != nil {
			return nil, err
		}
		if at := r.Plan.RequestsAt; !at.IsZero() {
			out = append(out, d.roundDeadline(r, e, "profiles", at, in.address.Lang))
		}
		if at := r.Plan.SchedulingAt; !at.IsZero() {
			out = append(out, d.roundDeadline(r, e, "requests", at, in.address.Lang))
		}
	}
	return out, err
}

func (d *Desk) roundDeadline(r *Round, e *Entrant, kind string, at time.Time, lang string) ical.Entry {
	page := d.RoundURL(r) + "/my"
	return ical.Entry{
		UID: d.uid("round-"+kind, e.ID), Sequence: r.DueSequence, Modified: later(r.DueChanged, e.Created), Starts: at, Transparent: true,
		Summary:     d.Texts.In(lang).Text("calendar.deadline."+kind, "title", r.Title.In(lang)),
		Description: page, URL: page, Related: r.UID,
	}
}
