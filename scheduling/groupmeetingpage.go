package scheduling

import (
	"context"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A GatheringPage is a gathering as somebody of it may see it.
type GatheringPage struct {
	Group     *Group
	Cluster   *Cluster
	Gathering *Gathering
	Manage    bool
	Person    *GatheringPerson  // whoever looks, if they are asked
	Busy      map[string]string // to who decides, and to oneself: "PERSON TIME" → "busy" or "booked"
}

// Gathering shows one to those who are asked and to who decides.
func (d *Desk) Gathering(ctx context.Context, by Actor, id string) (p *GatheringPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = d.gatheringPage(tx, by, id)
		return err
	})
	return p, err
}

func (d *Desk) gatheringPage(tx *storage.Tx, by Actor, id string) (*GatheringPage, error) {
	g, err := gatherings.Get(tx, id)
	if err != nil {
		return nil, err
	}
	a, err := b2bOf(tx, by, g.GroupID)
	if err != nil {
		return nil, err
	}
	p := &GatheringPage{Group: a.g, Gathering: g, Manage: a.manage, Busy: map[string]string{}}
	if by.SignedIn() {
		p.Person, _ = g.Person(by.ID)
	}
	if !p.Manage && p.Person == nil {
		return nil, errHidden
	}
	if p.Cluster, err = clusters.Get(tx, g.ClusterID); err != nil {
		return nil, err
	}
	return p, d.sayBusy(tx, p)
}

// Busyness is why somebody cannot come at a time: "busy" by the calendars that
// they gave, "booked" by another meeting of ours, or "".
func (p *GatheringPage) Busyness(personID, timeID string) string {
	return p.Busy[personID+" "+timeID]
}

// sayBusy looks into the calendars of those who agreed, and of whoever looks,
// and at what else people have with us.
func (d *Desk) sayBusy(tx *storage.Tx, p *GatheringPage) error {
	g := p.Gathering
	if !g.State.Open() {
		return nil
	}
	for _, who := range g.everybody() {
		own := p.Person != nil && p.Person.PersonID == who.PersonID
		if !own && !p.Manage {
			continue
		}
		for _, t := range g.Times {
			why, err := d.busyAt(tx, g, who.PersonID, t, own || who.UseBusy)
			if err != nil {
				return err
			}
			if why != "" {
				p.Busy[who.PersonID+" "+t.ID] = why
			}
		}
	}
	return nil
}

// busyAt says why a person cannot come at a time.
func (d *Desk) busyAt(tx *storage.Tx, g *Gathering, personID string, t CandidateTime, calendars bool) (string, error) {
	taken, err := takenAt(tx, g.ID, personID, t.Starts, g.EndOf(t))
	if taken || err != nil || !calendars {
		return map[bool]string{true: "booked"}[taken], err
	}
	busy, err := d.BusyTimes(tx, personID, t.Starts, g.EndOf(t))
	if len(busy) > 0 {
		return "busy", err
	}
	return "", err
}

// takenAt reports whether a person has another meeting of ours at a time.
func takenAt(tx *storage.Tx, meetingID, personID string, from, to time.Time) (bool, error) {
	list, err := bookings.Find(tx, bookedBetween(bookedPerson(personID), from, to))
	return slices.ContainsFunc(list, func(b *booking) bool { return b.MeetingID != meetingID }), err
}

// A GatheringsPage is a group with its gatherings.
type GatheringsPage struct {
	Group      *Group
	Manage     bool
	Gatherings []*Gathering // the latest first
}

// Gatherings lists a group's for those who decide, and for a member those that
// they are asked to.
func (d *Desk) Gatherings(ctx context.Context, by Actor, groupID string) (p *GatheringsPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		a, err := b2bOf(tx, by, groupID)
		if err != nil {
			return err
		}
		if !a.manage && !a.member {
			return errHidden
		}
		p = &GatheringsPage{Group: a.g, Manage: a.manage}
		p.Gatherings, err = gatherings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", groupID)}, Sort: "-last", Limit: 200})
		p.Gatherings = slices.DeleteFunc(p.Gatherings, func(g *Gathering) bool {
			return !a.manage && !slices.Contains(g.PersonIDs, by.ID)
		})
		return err
	})
	return p, err
}
