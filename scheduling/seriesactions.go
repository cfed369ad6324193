package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// Coordinates reports whether a is a coordinator of the group.
func (a Actor) Coordinates(groupID string) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == Coordinator && g.Group == groupID })
}

// A MeetingsPage is a group with its meetings, as somebody of it may see them.
type MeetingsPage struct {
	Group   *Group
	Cluster *Cluster
	Series  []*Series // the next to meet first
	Manage  bool      // they may plan the meetings
	Member  bool
}

// GroupMeetings shows a group's meetings to its members, its coordinators and
// its cluster's organisers.
func (d *Desk) GroupMeetings(ctx context.Context, by Actor, groupID string) (p *MeetingsPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if p, err = meetingsOf(tx, by, groupID); err != nil {
			return err
		}
		if p.Cluster, err = clusters.Get(tx, p.Group.ClusterID); err != nil {
			return err
		}
		p.Series, err = seriesOf.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", groupID)}})
		slices.SortStableFunc(p.Series, func(a, b *Series) int { return b.Last.Compare(a.Last) })
		return err
	})
	return p, err
}

// meetingsOf says what by may do about a group's meetings.
func meetingsOf(tx *storage.Tx, by Actor, groupID string) (*MeetingsPage, error) {
	g, err := groups.Get(tx, groupID)
	if err != nil {
		return nil, err
	}
	p := &MeetingsPage{Group: g, Manage: by.Organises(g.ClusterID) || by.Coordinates(g.ID)}
	p.Member = by.SignedIn() && slices.Contains(g.Members, by.ID)
	if !p.Manage && !p.Member {
		return nil, errHidden
	}
	return p, nil
}

// Ahead are the group's next meetings, n at the most.
func (p *MeetingsPage) Ahead(now time.Time, n int) (out []GroupMeeting) {
	for _, s := range p.Series {
		out = append(out, s.Ahead(now, n)...)
	}
	slices.SortStableFunc(out, func(a, b GroupMeeting) int { return a.Starts.Compare(b.Starts) })
	return out[:min(n, len(out))]
}

// MyGroups are the groups that the signed-in person is a member or a
// coordinator of, by their address.
func (d *Desk) MyGroups(ctx context.Context, by Actor) (list []*Group, err error) {
	if !by.SignedIn() {
		return nil, errHidden
	}
	var mine []string
	for _, g := range by.Grants {
		if g.Role == Coordinator && g.Group != "" {
			mine = append(mine, g.Group)
		}
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = groups.Find(tx, storage.Query{Where: []storage.Cond{{Field: "members", Op: storage.Has, Value: by.ID}}})
		if err != nil {
			return err
		}
		mine = slices.DeleteFunc(mine, func(id string) bool {
			return slices.ContainsFunc(list, func(g *Group) bool { return g.ID == id })
		})
		led, err := byIDs(tx, groups.Get, mine)
		list = append(list, led...)
		return err
	})
	slices.SortFunc(list, func(a, b *Group) int { return a.Created.Compare(b.Created) })
	return list, err
}

// A SeriesPage is a series with its group, as somebody of it may see it.
type SeriesPage struct {
	Series *Series
	Group  *Group
	Manage bool
	Member bool
}

// OneSeries shows a series to members and keepers of its group.
func (d *Desk) OneSeries(ctx context.Context, by Actor, id string) (p *SeriesPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = seriesPage(tx, by, id)
		return err
	})
	return p, err
}

func seriesPage(tx *storage.Tx, by Actor, id string) (*SeriesPage, error) {
	s, err := seriesOf.Get(tx, id)
	if err != nil {
		return nil, err
	}
	p, err := meetingsOf(tx, by, s.GroupID)
	if err != nil {
		return nil, err
	}
	return &SeriesPage{s, p.Group, p.Manage, p.Member}, nil
}

// SaveSeries stores a new series of in.GroupID, under in.ID if that is set, or
// what was changed about one, for the group's keepers. A new one that Follows
// another ends that one before its own first day: "this and all following". Of
// what was changed, gone says how many moved or cancelled dates the series does
// not come on any more; they had to go.
func (d *Desk) SaveSeries(ctx context.Context, by Actor, in *Series) (out *Series, gone int, err error) {
	if err := in.check(); err != nil {
		return nil, 0, err
	}
	if in.Rev > 0 {
		out, err = d.onSeries(ctx, by, in.ID, "series.edit", "", func(tx *storage.Tx, s *Series) error {
			if s.Rev != in.Rev {
				return storage.ErrConflict
			}
			before := *s
			s.take(in)
			gone = s.rekey(&before)
			s.revise(&before, tx.Now())
			return nil
		})
		return out, gone, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		out, err = d.newSeries(tx, by, in)
		return err
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return nil, 0, &Problem{Kind: Exists, Key: "problem.invalid"}
	}
	if err != nil {
		return nil, 0, fmt.Errorf("make a series: %w", changedMeanwhile(err))
	}
	return out, 0, nil
}

func (d *Desk) newSeries(tx *storage.Tx, by Actor, in *Series) (*Series, error) {
	p, err := meetingsOf(tx, by, in.GroupID)
	if err != nil {
		return nil, err
	}
	if !p.Manage {
		return nil, errHidden
	}
	n, err := seriesOf.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", in.GroupID)}})
	if err != nil {
		return nil, err
	}
	if n >= maxSeries {
		return nil, &Problem{Kind: Full, Key: "series.too_many", Args: []any{"count", maxSeries}}
	}
	s := &Series{Meta: storage.Meta{ID: orNew(in.ID)}, GroupID: in.GroupID, State: SeriesActive, UID: storage.NewUID(), Changed: tx.Now(), Follows: in.Follows}
	s.take(in)
	s.bound()
	if s.Follows != "" {
		if err := d.endBefore(tx, by, s); err != nil {
			return nil, err
		}
	}
	if err := seriesOf.Put(tx, s); err != nil {
		return nil, err
	}
	return s, d.log(tx, by, "series.create", s.ID, s.GroupID, s.Title.In("en"), "")
}

// endBefore ends the series that s follows, on the day before s begins.
func (d *Desk) endBefore(tx *storage.Tx, by Actor, s *Series) error {
	old, err := seriesOf.Get(tx, s.Follows)
	if err != nil {
		return err
	}
	if old.GroupID != s.GroupID {
		return errHidden
	}
	old.end(s.Starts.In(old.location()).AddDate(0, 0, -1).Format(time.DateOnly), tx.Now())
	if err := seriesOf.Put(tx, old); err != nil {
		return err
	}
	if err := d.followSeries(tx, old); err != nil {
		return err
	}
	return d.log(tx, by, "series.end", old.ID, old.GroupID, old.Title.In("en"), "")
}

// end lets s come until a day and no longer. Where it has not come by then, it
// never does: it is cancelled.
func (s *Series) end(last string, now time.Time) {
	if last >= s.Until || s.State == SeriesCancelled {
		return
	}
	before := *s
	if last < s.Starts.In(s.location()).Format(time.DateOnly) {
		s.State, s.CancelledAt = SeriesCancelled, now
	} else {
		s.Until = last
		s.rekey(&before)
	}
	s.revise(&before, now)
}

// EndSeries lets a series come until a day, 2006-01-02 in its zone, and no
// longer. Ending it twice, or after its end, changes nothing.
func (d *Desk) EndSeries(ctx context.Context, by Actor, id, last, reason string) (*Series, error) {
	if _, err := time.Parse(time.DateOnly, last); err != nil {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"last": "problem.date"}}
	}
	return d.onSeries(ctx, by, id, "series.end", reason, func(tx *storage.Tx, s *Series) error {
		s.end(last, tx.Now())
		return nil
	})
}

// CancelMeeting calls off the meeting that was to start at a moment by the
// rule. Done twice it is done once.
func (d *Desk) CancelMeeting(ctx context.Context, by Actor, id string, was time.Time, reason string) (*Series, error) {
	return d.onMeeting(ctx, by, id, "series.cancel_date", was, reason, func(now time.Time, x *Exception) error {
		if !x.Cancelled {
			x.Cancelled, x.CancelledAt, x.Reason = true, now, cleanLine(reason)
		}
		return nil
	})
}

// MoveMeeting lets one meeting start at another time or happen at another
// place; an empty place is the series' own. One that was cancelled takes place
// again.
func (d *Desk) MoveMeeting(ctx context.Context, by Actor, id string, was, starts time.Time, place string) (*Series, error) {
	f := faults{}
	place = cleanLine(place)
	f.limit("place", place, lineLimit)
	if shift := starts.Sub(was).Abs(); starts.IsZero() || shift > maxShift*24*time.Hour {
		f.add("starts", "series.too_far")
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onMeeting(ctx, by, id, "series.move_date", was, "", func(now time.Time, x *Exception) error {
		if !starts.After(now) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"starts": "event.in_the_past"}}
		}
		x.Cancelled, x.Settled, x.CancelledAt, x.Reason = false, false, time.Time{}, ""
		x.Starts, x.Place = starts.UTC(), place
		return nil
	})
}

// RestoreMeeting lets a meeting that was moved or cancelled be as the rule says.
func (d *Desk) RestoreMeeting(ctx context.Context, by Actor, id string, was time.Time) (*Series, error) {
	return d.onMeeting(ctx, by, id, "series.restore_date", was, "", func(_ time.Time, x *Exception) error {
		*x = Exception{Was: x.Was, Starts: x.Was, Sequence: x.Sequence, Changed: x.Changed}
		return nil
	})
}

// onMeeting changes one meeting that lies ahead.
func (d *Desk) onMeeting(ctx context.Context, by Actor, id, action string, was time.Time, reason string, change func(time.Time, *Exception) error) (*Series, error) {
	return d.onSeries(ctx, by, id, action, reason, func(tx *storage.Tx, s *Series) error {
		m, ok := s.Meeting(was)
		if !ok {
			return errHidden
		}
		if !m.Ends.After(tx.Now()) {
			return &Problem{Kind: Closed, Key: "series.past"}
		}
		x := Exception{Was: m.Was, Starts: m.Was}
		if had := s.exception(was); had != nil {
			x = *had
		}
		old := x
		if err := change(tx.Now(), &x); err != nil || x == old {
			return err
		}
		s.except(x, old.Settled != x.Settled, tx.Now())
		return nil
	})
}

// except notes a changed exception. Calendars that have it as one keep it as
// one, so that they learn of a change back too. Where the whole left its date
// out, and does no more, that is a change of the whole.
func (s *Series) except(x Exception, ofWhole bool, now time.Time) {
	if ofWhole {
		s.Sequence++
		s.Changed = now
	}
	x.revise(s, now)
	if had := s.exception(x.Was); had != nil {
		*had = x
	} else {
		s.Exceptions = append(s.Exceptions, x)
		slices.SortFunc(s.Exceptions, func(a, b Exception) int { return a.Was.Compare(b.Was) })
	}
	s.bound()
}

// onSeries changes a series for the keepers of its group.
func (d *Desk) onSeries(ctx context.Context, by Actor, id, action, reason string, change func(*storage.Tx, *Series) error) (out *Series, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err := seriesPage(tx, by, id)
		if err != nil {
			return err
		}
		if !p.Manage {
			return errHidden
		}
		s := p.Series
		if s.State == SeriesCancelled {
			return &Problem{Kind: Closed, Key: "series.is_cancelled"}
		}
		if err := change(tx, s); err != nil {
			return err
		}
		if err := seriesOf.Put(tx, s); err != nil {
			return err
		}
		if err := d.followSeries(tx, s); err != nil {
			return err
		}
		out = s
		return d.log(tx, by, action, s.ID, s.GroupID, s.Title.In("en"), cleanText(reason))
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return out, nil
}
