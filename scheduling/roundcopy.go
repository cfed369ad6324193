package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// CopyRound makes a draft of an earlier round for another first day. Days, plan
// and rules move with it by whole days of the wall clock; tables and venues
// come along, booths without their companies. Who entered does not.
func (d *Desk) CopyRound(ctx context.Context, by Actor, id string, day time.Time) (*Round, error) {
	var src *Round
	err := d.view(ctx, func(tx *storage.Tx) (err error) {
		src, err = ownRound(tx, by, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("copy round %s: %w", id, err)
	}
	return d.SaveRound(ctx, by, src.CopyTo(day))
}

// CopyTo is a draft of r that begins on the date of day, not stored yet.
func (r *Round) CopyTo(day time.Time) *Round {
	c := &Round{
		Phase: RoundDraft, Way: r.Way, Title: r.Title, About: r.About, Zone: r.Zone, ClusterIDs: r.ClusterIDs,
		Contact: r.Contact, ContactEmail: r.ContactEmail, Minutes: r.Minutes, Buffer: r.Buffer,
		Venues: r.Venues, Travel: r.Travel, Tables: slices.Clone(r.Tables), Limits: r.Limits, CopiedFrom: r.ID,
	}
	loc := r.Location()
	first := r.Starts.In(loc)
	days := daysBetween(first, day)
	for _, old := range r.Days {
		if date, err := time.Parse(time.DateOnly, old.Date); err == nil {
			old.Date = date.AddDate(0, 0, days).Format(time.DateOnly)
		}
		old.Windows, old.Breaks = slices.Clone(old.Windows), slices.Clone(old.Breaks)
		c.Days = append(c.Days, old)
	}
	shift := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(loc).AddDate(0, 0, days).UTC()
	}
	p := r.Plan
	c.Plan = RoundPlan{ProfilesAt: shift(p.ProfilesAt), RequestsAt: shift(p.RequestsAt), SchedulingAt: shift(p.SchedulingAt), ClosesAt: shift(p.ClosesAt)}
	for i := range c.Tables {
		t := &c.Tables[i]
		t.ID, t.EntrantID, t.Link = "", "", ""
	}
	return c
}

// RoundIn is a draft in an event, on the days, in the zone and at the place of
// it.
func RoundIn(e *Event) *Round {
	first := e.Starts.In(e.Location())
	r := NewRound(&Cluster{Zone: e.Zone}, first)
	r.EventID, r.ClusterIDs, r.Title = e.ID, e.ClusterIDs, e.Title
	for day := 1; day <= min(daysBetween(first, e.Ends.Add(-1).In(e.Location())), maxDays-1); day++ {
		next := r.Days[0]
		next.Date = first.AddDate(0, 0, day).Format(time.DateOnly)
		r.Days = append(r.Days, next)
	}
	if e.Place() != "" {
		v := Venue{ID: "venue", Name: e.Venue, Address: e.Address}
		if v.Name == "" {
			v.Name, v.Address = v.Address, ""
		}
		r.Venues = []Venue{v}
		for i := range r.Tables {
			r.Tables[i].VenueID = "venue"
		}
	}
	return r
}
