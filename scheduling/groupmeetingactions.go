package scheduling

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"kohtaamo/storage"
)

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
	if err := d.storeGathering(tx, grp, g); err != nil {
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
	return same && maps.Equal(g.Title, before.Title) && g.Place == before.Place && g.Link == before.Link && g.Zone == before.Zone && g.Minutes == before.Minutes
}
