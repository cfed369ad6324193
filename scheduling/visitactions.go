package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A VisitPage is a visit day as somebody who hosts it may see it.
type VisitPage struct {
	Visit   *VisitDay
	Cluster *Cluster
	Groups  map[string]*Group // by ID
	Manage  bool
	Times   *VisitTimes
	Faults  []VisitFault          // of the programme
	Missing []VisitFault          // why stops have no place
	Made    map[string]*Gathering // the meetings, by stop, once it is confirmed
}

// VisitDay shows one to the organisers of its cluster and to the coordinators
// of its groups; those who plan it organise the cluster or coordinate all of
// the groups.
func (d *Desk) VisitDay(ctx context.Context, by Actor, id string) (p *VisitPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = d.visitPage(tx, by, id)
		return err
	})
	return p, err
}

func (d *Desk) visitPage(tx *storage.Tx, by Actor, id string) (*VisitPage, error) {
	v, err := visitDays.Get(tx, id)
	if err != nil {
		return nil, err
	}
	if !by.Organises(v.ClusterID) && !slices.ContainsFunc(v.GroupIDs, by.Coordinates) {
		return nil, errHidden
	}
	p := &VisitPage{Visit: v, Manage: by.plans(v), Groups: map[string]*Group{}, Made: map[string]*Gathering{}}
	list, err := byIDs(tx, groups.Get, v.GroupIDs)
	if err != nil {
		return nil, err
	}
	for _, g := range list {
		p.Groups[g.ID] = g
	}
	if p.Cluster, err = clusters.Get(tx, v.ClusterID); err != nil {
		return nil, err
	}
	if v.State != VisitDraft {
		return p, madeOf(tx, p)
	}
	if p.Times, err = d.visitTimes(tx, v); err != nil {
		return nil, err
	}
	p.Faults = v.faults(p.Times)
	if len(v.Programme) > 0 {
		p.Missing = v.missing(p.Times)
	}
	return p, nil
}

// madeOf finds the meetings that a confirmed day became.
func madeOf(tx *storage.Tx, p *VisitPage) error {
	for _, s := range p.Visit.Stops {
		g, err := gatherings.First(tx, storage.Query{Where: []storage.Cond{storage.Is("visit_stop", p.Visit.ID+"/"+s.ID)}})
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		p.Made[s.ID] = g
	}
	return nil
}

// plans reports whether a may plan the day.
func (a Actor) plans(v *VisitDay) bool {
	other := slices.ContainsFunc(v.GroupIDs, func(id string) bool { return !a.Coordinates(id) })
	return a.Organises(v.ClusterID) || len(v.GroupIDs) > 0 && !other
}

// VisitDays are those that a group hosts, the latest first.
func (d *Desk) VisitDays(ctx context.Context, by Actor, groupID string) (list []*VisitDay, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if _, err := keptB2B(tx, by, groupID); err != nil {
			return err
		}
		list, err = visitDays.Find(tx, storage.Query{Where: []storage.Cond{{Field: "group_ids", Op: storage.Has, Value: groupID}}})
		slices.SortFunc(list, func(a, b *VisitDay) int { return b.Starts.Compare(a.Starts) })
		return err
	})
	return list, err
}

// HostGroups are the B2B groups that by can plan a visit day with: those of a
// group's cluster that they organise or coordinate.
func (d *Desk) HostGroups(ctx context.Context, by Actor, clusterID string) (out []*Group, err error) {
	all, err := d.Groups(ctx, clusterID)
	for _, g := range all {
		if g.Kind == kindB2B && (by.Organises(g.ClusterID) || by.Coordinates(g.ID)) {
			out = append(out, g)
		}
	}
	return out, err
}

// SaveVisitDay stores a new visit day, or what was changed about one that is a
// draft. What is left of its programme stays; see VisitPage for what is wrong
// with it then.
func (d *Desk) SaveVisitDay(ctx context.Context, by Actor, in *VisitDay) (out *VisitDay, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			out, err = d.saveVisit(tx, by, in)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("save a visit day: %w", changedMeanwhile(err))
	}
	return out, nil
}

func (d *Desk) saveVisit(tx *storage.Tx, by Actor, in *VisitDay) (*VisitDay, error) {
	v := &VisitDay{Meta: storage.Meta{ID: orNew(in.ID)}, ClusterID: in.ClusterID, State: VisitDraft}
	switch found, err := visitDays.Get(tx, v.ID); {
	case err == nil && in.Rev == 0 && by.plans(found):
		return found, nil // the form came twice
	case err == nil:
		v = found
		if !by.plans(v) {
			return nil, errHidden
		}
		if v.Rev != in.Rev {
			return nil, storage.ErrConflict
		}
	case !errors.Is(err, storage.ErrNotFound) || in.Rev > 0:
		return nil, err
	}
	if v.State != VisitDraft {
		return nil, &Problem{Kind: Closed, Key: "visit.not_draft"}
	}
	clusterID, tripID := v.ClusterID, v.TripID
	made := v.Meta
	programme, state := v.Programme, v.State
	*v = *in
	v.Meta, v.ClusterID, v.State, v.Reason = made, clusterID, state, ""
	v.Programme = slices.DeleteFunc(programme, func(p VisitPlace) bool {
		_, ok := v.Stop(p.StopID)
		return !ok
	})
	if err := d.checkHosts(tx, by, v); err != nil {
		return nil, err
	}
	if err := v.checkTrip(tx, by, tripID); err != nil {
		return nil, err
	}
	if err := visitDays.Put(tx, v); err != nil {
		return nil, err
	}
	return v, d.log(tx, by, "visit.save", v.ID, v.ClusterID, v.Title.In("en"), "")
}

// checkHosts lets by plan with groups of one cluster that they may plan with,
// and knows the party's people as contacts.
func (d *Desk) checkHosts(tx *storage.Tx, by Actor, v *VisitDay) error {
	if !by.plans(v) {
		return errHidden
	}
	for _, id := range v.GroupIDs {
		a, err := keptB2B(tx, by, id)
		if err != nil {
			return err
		}
		if a.g.ClusterID != v.ClusterID {
			return errHidden
		}
	}
	v.PersonIDs = []string{}
	for _, guest := range v.People {
		who, err := contactOr(tx, Person{Email: guest.Email, Name: guest.Name, Lang: "en"}, v.ClusterID)
		if err != nil {
			return err
		}
		v.PersonIDs = append(v.PersonIDs, who.ID)
	}
	return nil
}

// visitTimes gathers when everybody of a visit day is busy: by meetings of ours,
// and by the calendars of those who agreed.
func (d *Desk) visitTimes(tx *storage.Tx, v *VisitDay) (*VisitTimes, error) {
	out, w := &VisitTimes{companies: map[string][]busyPeople{}}, v.window()
	for _, id := range v.PersonIDs {
		busy, err := d.busySpans(tx, id, w, false)
		if err != nil {
			return nil, err
		}
		out.visitors = append(out.visitors, busy)
	}
	for _, s := range v.Stops {
		list, err := membershipsOf(tx, s.GroupID)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			if m.State != MemberAccepted {
				continue
			}
			var company busyPeople
			for _, p := range m.People {
				busy, err := d.busySpans(tx, p.PersonID, w, p.UseBusy)
				if err != nil {
					return nil, err
				}
				company = append(company, busy)
			}
			out.companies[s.ID] = append(out.companies[s.ID], company)
		}
	}
	return out, nil
}

func (d *Desk) busySpans(tx *storage.Tx, personID string, w BusySpan, calendars bool) (out []BusySpan, err error) {
	list, err := bookings.Find(tx, storage.Query{Where: []storage.Cond{
		storage.Is("who", bookedPerson(personID)), {Field: "at", Op: storage.Ge, Value: w.Starts.Add(-bookStep)}, {Field: "at", Op: storage.Lt, Value: w.Ends}}})
	if err != nil {
		return nil, err
	}
	for _, b := range list {
		out = append(out, BusySpan{b.At, b.At.Add(bookStep)})
	}
	if !calendars {
		return out, nil
	}
	busy, err := d.BusyTimes(tx, personID, w.Starts, w.Ends)
	for _, s := range busy {
		out = append(out, BusySpan(s))
	}
	return out, err
}

// ProposeVisit finds the programme of a draft: as many groups as can be met,
// their quorum free and the way kept, with the least waiting.
func (d *Desk) ProposeVisit(ctx context.Context, by Actor, id string) (*VisitDay, error) {
	return d.onVisit(ctx, by, id, "visit.propose", "", func(tx *storage.Tx, p *VisitPage) error {
		p.Visit.putProgramme(p.Visit.propose(p.Times))
		return nil
	})
}

// EditProgramme puts the stops of a draft at times that somebody chose; a stop
// without a time has no place. What is wrong with it is said on the page, and
// keeps it from being confirmed.
func (d *Desk) EditProgramme(ctx context.Context, by Actor, id string, rev int64, starts map[string]time.Time) (*VisitDay, error) {
	return d.onVisit(ctx, by, id, "visit.programme", "", func(_ *storage.Tx, p *VisitPage) error {
		v := p.Visit
		if v.Rev != rev {
			return storage.ErrConflict
		}
		var places []VisitPlace
		for _, s := range v.Stops {
			if at := starts[s.ID]; !at.IsZero() {
				places = append(places, VisitPlace{s.ID, at.UTC(), at.UTC().Add(time.Duration(s.Minutes) * time.Minute)})
			}
		}
		v.putProgramme(places)
		return nil
	})
}

// ConfirmVisit makes group meetings of a programme with which nothing is wrong
// but a quorum that is not free yet, and asks everybody. The party itself comes
// to all of them. Done twice it is done once.
func (d *Desk) ConfirmVisit(ctx context.Context, by Actor, id string) (*VisitDay, error) {
	return d.onVisit(ctx, by, id, "visit.confirm", "", func(tx *storage.Tx, p *VisitPage) error {
		v := p.Visit
		if len(v.Programme) == 0 {
			return &Problem{Kind: Closed, Key: "visit.no_programme"}
		}
		for _, f := range p.Faults {
			if !f.Soft {
				return &Problem{Kind: Closed, Key: "visit.has_faults"}
			}
		}
		if !v.Programme[0].Starts.After(tx.Now()) {
			return &Problem{Kind: Closed, Key: "event.in_the_past"}
		}
		for _, place := range v.Programme {
			if err := d.meetingOf(tx, by, p, place); err != nil {
				return err
			}
		}
		v.State = VisitConfirmed
		return nil
	})
}

// meetingOf makes the group meeting of one place of a programme.
func (d *Desk) meetingOf(tx *storage.Tx, by Actor, p *VisitPage, place VisitPlace) error {
	v := p.Visit
	s, _ := v.Stop(place.StopID)
	venue, _ := v.Venue(s.VenueID)
	where := venue.Name
	if venue.Address != "" {
		where += ", " + venue.Address
	}
	list, err := membershipsOf(tx, s.GroupID)
	if err != nil {
		return err
	}
	in := slices.ContainsFunc(list, func(m *GroupMembership) bool { return m.State == MemberAccepted })
	if !in {
		return &Problem{Kind: Closed, Key: "visit.empty_group"}
	}
	g := &Gathering{Meta: storage.Meta{ID: storage.NewID()}, GroupID: s.GroupID, ClusterID: v.ClusterID, VisitStop: v.ID + "/" + s.ID,
		State: GatheringTentative, UID: storage.NewUID(), Changed: tx.Now()}
	input := GatheringInput{Title: v.Title, Place: where, Zone: v.Zone, Minutes: s.Minutes, Need: min(s.Need, companiesIn(list)), Starts: []time.Time{place.Starts},
		Outside: []OutsideParty{{Name: v.Party, Required: true, People: v.People}}}
	if err := d.take(tx, g, input); err != nil {
		return err
	}
	for i := range g.Parties {
		for j := range g.Parties[i].People {
			if who := &g.Parties[i].People[j]; g.Parties[i].Outside {
				who.Answers, who.AnsweredAt = map[string]GroupAnswer{g.Times[0].ID: GroupYes}, tx.Now()
			}
		}
	}
	grp := p.Groups[s.GroupID]
	if err := d.putGathering(tx, by, grp, g, "gathering.create", ""); err != nil {
		return err
	}
	if err := d.followUp(tx, grp, g); err != nil {
		return err
	}
	if g.State == GatheringConfirmed {
		g.index()
		return d.storeGathering(tx, grp, g)
	}
	return d.askEverybody(tx, grp, g)
}

func companiesIn(list []*GroupMembership) (n int) {
	for _, m := range list {
		if m.State == MemberAccepted {
			n++
		}
	}
	return n
}

// CancelVisit calls a visit day off with those of its meetings that are not
// over; everybody who was asked is told. Done twice it is done once.
func (d *Desk) CancelVisit(ctx context.Context, by Actor, id, reason string) (*VisitDay, error) {
	return d.onVisit(ctx, by, id, "visit.cancel", reason, func(tx *storage.Tx, p *VisitPage) error {
		for _, s := range p.Visit.Stops {
			g := p.Made[s.ID]
			if g == nil || !g.State.Open() {
				continue
			}
			if err := d.callOff(tx, p.Groups[s.GroupID], g, reason); err != nil {
				return err
			}
			if err := d.putGathering(tx, by, p.Groups[s.GroupID], g, "gathering.cancel", cleanText(reason)); err != nil {
				return err
			}
		}
		p.Visit.State, p.Visit.Reason = VisitCancelled, cleanText(reason)
		return nil
	})
}

// onVisit changes a visit day for those who plan it. A draft changes in any
// way, a confirmed one is cancelled only.
func (d *Desk) onVisit(ctx context.Context, by Actor, id, action, reason string, change func(*storage.Tx, *VisitPage) error) (out *VisitDay, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			p, err := d.visitPage(tx, by, id)
			if err != nil {
				return err
			}
			out = p.Visit
			again := action == "visit.confirm" && out.State == VisitConfirmed || action == "visit.cancel" && out.State == VisitCancelled
			switch {
			case !p.Manage:
				return errHidden
			case again:
				return nil
			case out.State != VisitDraft && (action != "visit.cancel" || out.State == VisitCancelled):
				return &Problem{Kind: Closed, Key: "visit.not_draft"}
			}
			if err := change(tx, p); err != nil {
				return err
			}
			if err := visitDays.Put(tx, out); err != nil {
				return err
			}
			return d.log(tx, by, action, out.ID, out.ClusterID, out.Title.In("en"), cleanText(reason))
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return out, nil
}
