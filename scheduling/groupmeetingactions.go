package scheduling

import (
	"context"
	"errors"
	"fmt"
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
	list, err := bookings.Find(tx, storage.Query{Where: []storage.Cond{
		storage.Is("who", bookedPerson(personID)), {Field: "at", Op: storage.Ge, Value: from.Truncate(bookStep)}, {Field: "at", Op: storage.Lt, Value: to}}})
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

// A GatheringInput is what a coordinator says of a gathering.
type GatheringInput struct {
	ID       string
	Rev      int64 // 0: a new one
	GroupID  string
	Title    Text
	About    Text
	Place    string
	Link     string
	Zone     string
	Minutes  int
	Need     int
	Starts   []time.Time // that it can take
	AnswerBy time.Time
	Members  []string // ids of memberships that are asked; none: all that are in
	Required []string // ids of those without which it makes no sense
	Outside  []OutsideParty
}

// An OutsideParty is somebody who visits the group, or whom it visits.
type OutsideParty struct {
	ID       string // of one that is there; none for a new one
	Name     string
	Required bool
	People   []Guest // name and address
}

// SaveGathering stores a new gathering and asks everybody, or what was changed
// about one: those whom it concerns are told, once.
func (d *Desk) SaveGathering(ctx context.Context, by Actor, in GatheringInput) (out *Gathering, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			if in.Rev > 0 {
				out, err = d.editGathering(tx, by, in)
			} else {
				out, err = d.newGathering(tx, by, in)
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("save a group meeting: %w", changedMeanwhile(err))
	}
	return out, nil
}

func (d *Desk) newGathering(tx *storage.Tx, by Actor, in GatheringInput) (*Gathering, error) {
	a, err := keptB2B(tx, by, in.GroupID)
	if err != nil {
		return nil, err
	}
	if a.b.State == B2BClosed {
		return nil, &Problem{Kind: Closed, Key: "b2b.is_closed"}
	}
	if found, err := gatherings.Get(tx, in.ID); err == nil && found.GroupID == in.GroupID {
		return found, nil
	} else if !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	g := &Gathering{Meta: storage.Meta{ID: orNew(in.ID)}, GroupID: a.g.ID, ClusterID: a.g.ClusterID, State: GatheringTentative, UID: storage.NewUID(), Changed: tx.Now()}
	if err := d.take(tx, g, in); err != nil {
		return nil, err
	}
	if err := d.putGathering(tx, by, a.g, g, "gathering.create", ""); err != nil {
		return nil, err
	}
	return g, d.askEverybody(tx, a.g, g)
}

// putGathering stores a gathering with its line in the audit log.
func (d *Desk) putGathering(tx *storage.Tx, by Actor, grp *Group, g *Gathering, action, reason string) error {
	g.index()
	if err := gatherings.Put(tx, g); err != nil {
		return err
	}
	return d.log(tx, by, action, g.ID, grp.ID, g.Title.In("en"), reason)
}

// take copies what a coordinator may edit, and checks it.
func (d *Desk) take(tx *storage.Tx, g *Gathering, in GatheringInput) error {
	g.Title, g.About, g.Place, g.Link = in.Title, in.About, in.Place, in.Link
	g.Zone, g.Minutes, g.Need, g.AnswerBy = in.Zone, in.Minutes, in.Need, in.AnswerBy
	if !g.State.Fixed() {
		g.takeTimes(in.Starts, tx.Now())
	}
	parties, err := d.partiesOf(tx, g, in)
	if err != nil {
		return err
	}
	g.Parties = parties
	return g.check(tx.Now())
}

// takeTimes makes the times of g those that start then. What was said about a
// time that stays, stays; the first time has the gathering's own entry.
func (g *Gathering) takeTimes(starts []time.Time, now time.Time) {
	had := g.Times
	g.Times = nil
	for _, at := range starts {
		if at.IsZero() {
			continue
		}
		t := CandidateTime{ID: storage.NewID(), UID: storage.NewUID(), Starts: at.UTC()}
		if i := slices.IndexFunc(had, func(o CandidateTime) bool { return o.Starts.Equal(at) }); i >= 0 {
			t = had[i]
		}
		g.Times = append(g.Times, t)
	}
	for _, t := range had {
		if _, stays := g.TimeOf(t.ID); !stays && t.UID != g.UID {
			t.DroppedAt = now
			g.Dropped = append(g.Dropped, t)
		}
	}
	if len(g.Times) == 0 || slices.ContainsFunc(g.Times, func(t CandidateTime) bool { return t.UID == g.UID }) {
		return
	}
	if first := g.Times[0]; slices.ContainsFunc(had, func(o CandidateTime) bool { return o.ID == first.ID }) {
		first.DroppedAt = now // its entry: the gathering's goes there
		g.Dropped = append(g.Dropped, first)
	}
	g.Times[0].UID = g.UID
}

// partiesOf are the companies and the outsiders of an input, with what those
// who were there before have said.
func (d *Desk) partiesOf(tx *storage.Tx, g *Gathering, in GatheringInput) (out []GatheringParty, err error) {
	all, err := membershipsOf(tx, g.GroupID)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.State != MemberAccepted || len(in.Members) > 0 && !slices.Contains(in.Members, m.ID) {
			continue
		}
		p := GatheringParty{ID: m.ID, Name: m.Name, Required: slices.Contains(in.Required, m.ID)}
		for _, who := range m.People {
			p.People = append(p.People, GatheringPerson{PersonID: who.PersonID, UseBusy: who.UseBusy})
		}
		out = append(out, p)
	}
	f := faults{}
	for _, o := range in.Outside {
		p, err := d.outsideParty(tx, g, o, f)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	return out, g.nameAll(tx, out)
}

// outsideParty finds or makes the people of a party from outside.
func (d *Desk) outsideParty(tx *storage.Tx, g *Gathering, o OutsideParty, f faults) (GatheringParty, error) {
	p := GatheringParty{ID: orNew(o.ID), Name: cleanLine(o.Name), Outside: true, Required: o.Required}
	for _, guest := range o.People {
		name := cleanLine(guest.Name)
		email, ok := NormalEmail(guest.Email)
		if !ok || name == "" || len([]rune(name)) > lineLimit {
			f.add("outside", "b2b.outside_form")
			continue
		}
		who, err := contactOr(tx, Person{Email: email, Name: name, Lang: "en"}, g.ClusterID)
		if err != nil {
			return p, err
		}
		p.People = append(p.People, GatheringPerson{PersonID: who.ID})
	}
	return p, nil
}

// nameAll fills in who the people of the parties are, and what they have said.
// Who stands for two parties is asked once, for the first of them.
func (g *Gathering) nameAll(tx *storage.Tx, parties []GatheringParty) error {
	asked := map[string]bool{}
	for i := range parties {
		var named []GatheringPerson
		for _, p := range parties[i].People {
			who, err := people.Get(tx, p.PersonID)
			if errors.Is(err, storage.ErrNotFound) || asked[p.PersonID] {
				continue
			}
			if err != nil {
				return err
			}
			asked[p.PersonID] = true
			if old, _ := g.Person(p.PersonID); old != nil {
				p.Answers, p.AnsweredAt, p.Revision, p.Invited = old.Answers, old.AnsweredAt, old.Revision, old.Invited
				p.UseBusy = p.UseBusy || old.UseBusy
			}
			p.Name, p.Email, p.Lang, p.Zone = who.Name, who.Email, who.Lang, who.Zone
			named = append(named, p)
		}
		parties[i].People = named
	}
	return nil
}

// editGathering changes one. Whom the change concerns depends on what it is:
// another time, place or title everybody who may come; only other people those.
func (d *Desk) editGathering(tx *storage.Tx, by Actor, in GatheringInput) (*Gathering, error) {
	a, g, err := keptGathering(tx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if g.Rev != in.Rev {
		return nil, storage.ErrConflict
	}
	if !g.State.Open() {
		return nil, &Problem{Kind: Closed, Key: "b2b.meeting_over"}
	}
	before := *g
	if err := d.take(tx, g, in); err != nil {
		return nil, err
	}
	if g.State.Fixed() {
		g.Ends = g.Starts.Add(g.Length())
	}
	seen := !g.looks(&before)
	if seen {
		g.changed(tx.Now())
	}
	if err := d.releaseGone(tx, a.g, &before, g); err != nil {
		return nil, err
	}
	if err := d.followUp(tx, a.g, g); err != nil {
		return nil, err
	}
	if err := d.tellEdited(tx, a.g, &before, g, seen); err != nil {
		return nil, err
	}
	return g, d.putGathering(tx, by, a.g, g, "gathering.edit", "")
}

// looks reports whether g looks in a calendar as before.
func (g *Gathering) looks(before *Gathering) bool {
	same := slices.EqualFunc(g.Times, before.Times, func(a, b CandidateTime) bool { return a.ID == b.ID })
	return same && sameText(g.Title, before.Title) && g.Place == before.Place && g.Link == before.Link && g.Zone == before.Zone && g.Minutes == before.Minutes
}

func sameText(a, b Text) bool {
	for _, t := range []Text{a, b} {
		for lang := range t {
			if a[lang] != b[lang] {
				return false
			}
		}
	}
	return true
}

// keptGathering gives a gathering to those who decide in its group.
func keptGathering(tx *storage.Tx, by Actor, id string) (*b2bAccess, *Gathering, error) {
	g, err := gatherings.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	a, err := keptB2B(tx, by, g.GroupID)
	return a, g, err
}

// onGathering changes a gathering for those who decide in its group.
func (d *Desk) onGathering(ctx context.Context, by Actor, id, action, reason string, change func(*storage.Tx, *Group, *Gathering) error) (out *Gathering, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			a, g, err := keptGathering(tx, by, id)
			if err != nil {
				return err
			}
			out = g
			err = change(tx, a.g, g)
			if errors.Is(err, errUnchanged) {
				return nil
			}
			if err != nil {
				return err
			}
			return d.putGathering(tx, by, a.g, g, action, cleanText(reason))
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return out, nil
}

// ConfirmGathering lets a gathering take place below its quorum: at the time
// given where it has none yet, else at its own. It stands then as long as those
// come who come now.
func (d *Desk) ConfirmGathering(ctx context.Context, by Actor, id, timeID string) (*Gathering, error) {
	return d.onGathering(ctx, by, id, "gathering.confirm", "", func(tx *storage.Tx, grp *Group, g *Gathering) error {
		switch g.State {
		case GatheringConfirmed:
			return errUnchanged
		case GatheringAtRisk:
			if g.Stood = g.coming(g.Chosen); len(g.Stood) == 0 {
				return &Problem{Kind: Closed, Key: "b2b.nobody_comes"}
			}
			g.State = GatheringConfirmed // who comes knows it as confirmed already
			return nil
		case GatheringTentative:
		default:
			return &Problem{Kind: Closed, Key: "b2b.meeting_over"}
		}
		t, ok := g.TimeOf(timeID)
		if !ok || !t.Starts.After(tx.Now()) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"time": "problem.choice"}}
		}
		if err := d.excuse(tx, g, t); err != nil {
			return err
		}
		if g.Stood = g.coming(t.ID); len(g.Stood) == 0 {
			return &Problem{Kind: Closed, Key: "b2b.nobody_comes"}
		}
		if g.Count(t).Meets {
			g.Stood = nil
		}
		return d.confirm(tx, grp, g, t)
	})
}

// MoveGathering gives a gathering that has its time another one: one of its
// times, with the answers that it has, or a new one, about which everybody is
// asked again.
func (d *Desk) MoveGathering(ctx context.Context, by Actor, id string, starts time.Time) (*Gathering, error) {
	return d.onGathering(ctx, by, id, "gathering.move", "", func(tx *storage.Tx, grp *Group, g *Gathering) error {
		if !g.State.Open() || !g.State.Fixed() {
			return &Problem{Kind: Closed, Key: "b2b.not_fixed"}
		}
		if g.Starts.Equal(starts) {
			return errUnchanged
		}
		if err := free(tx, g.ID); err != nil {
			return err
		}
		g.State, g.Chosen, g.Starts, g.Ends, g.Stood, g.AnswerBy = GatheringTentative, "", time.Time{}, time.Time{}, nil, time.Time{}
		g.takeTimes([]time.Time{starts}, tx.Now())
		if err := g.check(tx.Now()); err != nil {
			return err
		}
		g.changed(tx.Now())
		state, t, err := d.following(tx, g)
		if err != nil {
			return err
		}
		if state == GatheringConfirmed {
			return d.confirm(tx, grp, g, t)
		}
		return d.askEverybody(tx, grp, g)
	})
}

// CancelGathering calls a gathering off and tells everybody who was asked.
// Done twice it is done once.
func (d *Desk) CancelGathering(ctx context.Context, by Actor, id, reason string) (*Gathering, error) {
	return d.onGathering(ctx, by, id, "gathering.cancel", reason, func(tx *storage.Tx, grp *Group, g *Gathering) error {
		switch g.State {
		case GatheringCancelled:
			return errUnchanged
		case GatheringHeld:
			return &Problem{Kind: Closed, Key: "b2b.meeting_over"}
		}
		return d.callOff(tx, grp, g, reason)
	})
}

func (d *Desk) callOff(tx *storage.Tx, grp *Group, g *Gathering, reason string) error {
	g.State, g.Reason, g.EndedAt = GatheringCancelled, cleanText(reason), tx.Now()
	g.changed(tx.Now())
	if err := free(tx, g.ID); err != nil {
		return err
	}
	return d.tellCancelled(tx, grp, g)
}

// HoldGathering notes that a gathering took place, once it has begun.
func (d *Desk) HoldGathering(ctx context.Context, by Actor, id string) (*Gathering, error) {
	return d.onGathering(ctx, by, id, "gathering.hold", "", func(tx *storage.Tx, _ *Group, g *Gathering) error {
		switch {
		case g.State == GatheringHeld:
			return errUnchanged
		case !g.State.Fixed() || tx.Now().Before(g.Starts):
			return &Problem{Kind: Closed, Key: "b2b.not_begun"}
		}
		g.State, g.EndedAt = GatheringHeld, tx.Now()
		return nil
	})
}
