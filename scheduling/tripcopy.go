package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// NewTrip is a draft of an outgoing trip of three days in the zone of a cluster,
// with the settings most trips want: ten seats of which five have to be taken,
// two for a company at most, and deadlines that leave eight weeks to prepare it.
func NewTrip(c *Cluster, day time.Time) *Trip {
	t := &Trip{
		Direction: Outgoing, State: TripDraft, Title: Text{}, ClusterIDs: optional(c.ID), Zone: c.Zone, Currency: tripCurrency,
		Stops:     []Stop{{Zone: c.Zone, From: day.Format(time.DateOnly), Until: day.AddDate(0, 0, 2).Format(time.DateOnly)}},
		Selection: SelectionRules{Seats: 10, Minimum: 5, PerCompany: 2, OfferHours: tripOfferHours},
		Asks:      TravellerAsks{Fields: []string{"diet", "emergency", "passport", "rooming", "phone"}, RetainDays: tripRetainDays},
	}
	at := func(daysBefore int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day()-daysBefore, 16, 0, 0, 0, t.Location()).UTC()
	}
	t.Selection.ClosesAt, t.Selection.CommitBy, t.Asks.DueAt = at(56), at(42), at(21)
	return t
}

// CopyTrip makes a draft of an earlier trip for another first day. Stops and
// deadlines move with it by whole days of the wall clock, and so does the
// programme: legs, hotels with the rooms they hold, hosts as planned,
// activities. Who applied and who travelled does not come along, nor what was
// paid.
func (d *Desk) CopyTrip(ctx context.Context, by Actor, id string, day time.Time) (*Trip, error) {
	return d.copyTrip(ctx, by, id, day, "")
}

// CopyTripAs is CopyTrip with an id for the copy: asked twice, it is made once.
func (d *Desk) CopyTripAs(ctx context.Context, by Actor, id string, day time.Time, as string) (*Trip, error) {
	return d.copyTrip(ctx, by, id, day, as)
}

func (d *Desk) copyTrip(ctx context.Context, by Actor, id string, day time.Time, as string) (*Trip, error) {
	var out *Trip
	err := d.update(ctx, func(tx *storage.Tx) error {
		src, err := ownTrip(tx, by, id)
		if err != nil {
			return err
		}
		c := src.CopyTo(day)
		c.ID = as
		if err := c.check(); err != nil {
			return err
		}
		if c.LeaderIDs, err = those(tx, people.Get, c.LeaderIDs); err != nil {
			return err
		}
		if out, err = d.createTrip(tx, by, c); err != nil {
			return err
		}
		return copyProgramme(tx, src, out)
	})
	if err != nil {
		return nil, fmt.Errorf("copy trip %s: %w", id, changedMeanwhile(err))
	}
	return out, nil
}

// those are the ids that still name something.
func those[T any](tx *storage.Tx, get func(*storage.Tx, string) (*T, error), ids []string) ([]string, error) {
	var out []string
	for _, id := range ids {
		switch _, err := get(tx, id); {
		case err == nil:
			out = append(out, id)
		case !errors.Is(err, storage.ErrNotFound):
			return nil, err
		}
	}
	return out, nil
}

// CopyTo is a draft of t that begins on the date of day, not stored yet.
func (t *Trip) CopyTo(day time.Time) *Trip {
	c := &Trip{
		Direction: t.Direction, Title: t.Title, Summary: t.Summary, Body: t.Body, Goals: t.Goals, ClusterIDs: t.ClusterIDs, ProjectID: t.ProjectID,
		Zone: t.Zone, LeaderIDs: t.LeaderIDs, Contact: t.Contact, ContactEmail: t.ContactEmail, Currency: t.Currency,
		Stops: slices.Clone(t.Stops), Budget: slices.Clone(t.Budget), Selection: t.Selection, Asks: t.Asks, CopiedFrom: t.ID,
	}
	move := moving(t.movedDays(day))
	for i := range c.Stops {
		s := &c.Stops[i]
		s.From, s.Until = move.date(s.From), move.date(s.Until)
	}
	for i := range c.Budget {
		c.Budget[i].Actual = 0
	}
	r := &c.Selection
	r.Criteria = slices.Clone(r.Criteria)
	for _, at := range []*time.Time{&r.OpensAt, &r.ClosesAt, &r.CommitBy, &c.Asks.DueAt} {
		*at = move.clock(*at, t.Zone)
	}
	return c
}

// movedDays is by how many days t has to move to begin on the date of day.
func (t *Trip) movedDays(day time.Time) int {
	if len(t.Stops) == 0 {
		return 0
	}
	return daysApart(t.Stops[0].From, day.Format(time.DateOnly))
}

// moving is by how many days something moves.
type moving int

// date is a date, moved; what is none stays as it is.
func (m moving) date(s string) string {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return day.AddDate(0, 0, int(m)).Format(time.DateOnly)
}

// clock is a moment that the wall clock of a zone shows at the same time of
// another day. A time that the clocks skip on that day is the hour after.
func (m moving) clock(t time.Time, zone string) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zoneOf(zone)).AddDate(0, 0, int(m)).UTC()
}

// copyProgramme makes the skeleton of src's programme that of its copy.
func copyProgramme(tx *storage.Tx, src, to *Trip) error {
	p, err := programmeOf(tx, src)
	if err != nil || p.Rev == 0 {
		return err
	}
	c := p.copyTo(src, src.movedDays(to.Starts.In(to.Stops[0].Location())))
	c.ID = to.ID
	c.revise(tx.Now(), to, &Programme{})
	return programmes.Put(tx, c)
}

// copyTo is the programme of t for a copy some days later: the same parts at
// the same times of their own clocks, without anybody on them. Its hosts have
// still to be asked. All have names of their own, so that no link that was sent
// for the old one opens the new.
func (p *Programme) copyTo(t *Trip, days int) *Programme {
	move, c := moving(days), &Programme{Travel: slices.Clone(p.Travel)}
	for _, l := range p.Legs {
		l.ID, l.Revised, l.TravellerIDs = storage.NewID(), Revised{}, nil
		l.Departs, l.Arrives = move.clock(l.Departs, l.From.Zone), move.clock(l.Arrives, l.To.Zone)
		c.Legs = append(c.Legs, l)
	}
	for _, h := range p.Hotels {
		h.ID, h.Revised, h.Rooms, h.Block = storage.NewID(), Revised{}, nil, slices.Clone(h.Block)
		h.From, h.Until, h.ReleaseBy = move.date(h.From), move.date(h.Until), move.date(h.ReleaseBy)
		c.Hotels = append(c.Hotels, h)
	}
	renamed := map[string]string{}
	for _, h := range p.Hosts {
		id := storage.NewID()
		renamed[h.ID] = id
		h.ID, h.State, h.InvitedAt, h.AnsweredAt, h.Comment, h.Generation = id, HostPlanned, time.Time{}, time.Time{}, "", 0
		h.Contacts = slices.Clone(h.Contacts)
		c.Hosts = append(c.Hosts, h)
	}
	for _, a := range p.Activities {
		s, _ := t.Stop(a.StopID)
		a.ID, a.Revised, a.TravellerIDs, a.HostID, a.RoundID, a.Late = storage.NewID(), Revised{}, nil, renamed[a.HostID], "", 0
		a.Starts, a.Ends = move.clock(a.Starts, s.Zone), move.clock(a.Ends, s.Zone)
		c.Activities = append(c.Activities, a)
	}
	return c
}
