package scheduling

import (
	"context"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// An ActionPage is an action item as somebody of its group may see it.
type ActionPage struct {
	Group  *Group
	Action *ActionItem
	Record *MeetingRecord // that it comes from; nil for none
	Manage bool           // they may change and drop it
	Own    bool           // it is theirs to do
	Owners []*Person      // whom it can be given to; for who may
}

// Action shows one to the members of its group and to who plans its meetings.
func (d *Desk) Action(ctx context.Context, by Actor, id string) (p *ActionPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if p, err = actionOf(tx, by, id); err != nil {
			return err
		}
		return p.fill(tx)
	})
	return p, err
}

func actionOf(tx *storage.Tx, by Actor, id string) (*ActionPage, error) {
	a, err := actionItems.Get(tx, id)
	if err != nil {
		return nil, err
	}
	m, err := meetingsOf(tx, by, a.GroupID)
	if err != nil {
		return nil, err
	}
	return &ActionPage{Group: m.Group, Action: a, Manage: m.Manage, Own: by.SignedIn() && a.OwnerID == by.ID}, nil
}

func (p *ActionPage) fill(tx *storage.Tx) (err error) {
	if p.Action.RecordID != "" {
		p.Record, err = meetingRecords.Get(tx, p.Action.RecordID)
		if err := ignoreMissing(err); err != nil {
			return err
		}
	}
	if p.Manage {
		p.Owners, err = actionOwners(tx, p.Group)
		return err
	}
	return nil
}

// actionOwners are whom an action item of a group can be given to: its members, then
// coordinators who are none.
func actionOwners(tx *storage.Tx, g *Group) ([]*Person, error) {
	out, err := membersOf(tx, g)
	if err != nil {
		return nil, err
	}
	staff, err := people.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("staff", true)}, Sort: "sort"})
	for _, p := range staff {
		if p.Actor().Coordinates(g.ID) && !slices.Contains(g.Members, p.ID) {
			out = append(out, p)
		}
	}
	return out, err
}

// ActionLink is the last part of the address where the owner of an action item
// says that it is done, without signing in.
func (d *Desk) ActionLink(a *ActionItem) string { return d.sign("action", a.ID+"-"+a.OwnerID, 0) }

// ActionByLink finds the action item of a link out of a mail, and its owner as
// one who asks. Who does not own it any more, or left the group, finds nothing.
func (d *Desk) ActionByLink(ctx context.Context, link string) (p *ActionPage, by Actor, err error) {
	id, personID, ok := d.pairOf("action", link)
	if !ok {
		return nil, by, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		if by, err = linkedOwner(tx, id, personID); err != nil {
			return err
		}
		p, err = actionOf(tx, by, id)
		if err != nil {
			return err
		}
		p.Manage = false // a link lets its reader do their own part
		return p.fill(tx)
	})
	return p, by, err
}

// linkedOwner is the owner of an action item; a coordinator who is no member
// keeps the role that makes them one of the group.
func linkedOwner(tx *storage.Tx, id, personID string) (Actor, error) {
	a, err := actionItems.Get(tx, id)
	if err != nil {
		return Actor{}, err
	}
	p, err := people.Get(tx, personID)
	if err != nil {
		return Actor{}, err
	}
	if a.OwnerID != p.ID {
		return Actor{}, errHidden
	}
	by := Actor{ID: p.ID, Name: p.Name, Email: p.Email, Lang: p.Lang, Via: "link"}
	if p.Actor().Coordinates(a.GroupID) {
		by.Grants = []Grant{{Role: Coordinator, Group: a.GroupID}}
	}
	return by, nil
}

// An ActionsPage is a list of action items with the groups they are of.
type ActionsPage struct {
	Group   *Group // nil: of several
	Manage  bool
	Actions []*ActionItem
	Groups  map[string]*Group
	Owners  []*Person // whom new ones can be given to, in one group
	Overdue int       // of all that are open
	Open    int
}

// An ActionFilter chooses action items.
type ActionFilter struct {
	State   ActionState // empty: all
	Overdue bool        // open ones alone whose day is over
}

// actionsShown is how many action items a list shows.
const actionsShown = 500

// GroupActions lists those of a group to its members and to who plans its
// meetings: open ones first, by the day they are due.
func (d *Desk) GroupActions(ctx context.Context, by Actor, groupID string, f ActionFilter) (p *ActionsPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		m, err := meetingsOf(tx, by, groupID)
		if err != nil {
			return err
		}
		p = &ActionsPage{Group: m.Group, Manage: m.Manage, Groups: map[string]*Group{m.Group.ID: m.Group}}
		all, err := actionItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", groupID)}, Limit: maxActions})
		if err != nil {
			return err
		}
		p.choose(tx, all, f)
		if p.Manage {
			p.Owners, err = actionOwners(tx, m.Group)
		}
		return err
	})
	return p, err
}

// choose counts all of the items and keeps those that f wants.
func (p *ActionsPage) choose(tx *storage.Tx, all []*ActionItem, f ActionFilter) {
	sortActions(all)
	for _, a := range all {
		late := a.Overdue(tx.Now())
		if a.State == ActionOpen {
			p.Open++
		}
		if late {
			p.Overdue++
		}
		if (f.State == "" || a.State == f.State) && (!f.Overdue || late) && len(p.Actions) < actionsShown {
			p.Actions = append(p.Actions, a)
		}
	}
}

// OpenActions lists the open action items of the groups that by looks after, as
// organiser or coordinator, by the day they are due.
func (d *Desk) OpenActions(ctx context.Context, by Actor, f ActionFilter) (p *ActionsPage, err error) {
	if !by.OrganisesAny() && !by.Has(Coordinator) {
		return nil, errHidden
	}
	f.State = ActionOpen
	err = d.view(ctx, func(tx *storage.Tx) error {
		p = &ActionsPage{Manage: true, Groups: map[string]*Group{}}
		all, err := actionItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("state", string(ActionOpen))}, Sort: "due", Limit: 5 * maxActions})
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(a *ActionItem) bool { return !by.Organises(a.ClusterID) && !by.Coordinates(a.GroupID) })
		p.choose(tx, all, f)
		return p.name(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("list action items: %w", err)
	}
	return p, nil
}

// name finds the groups of the items that are listed.
func (p *ActionsPage) name(tx *storage.Tx) error {
	for _, a := range p.Actions {
		if p.Groups[a.GroupID] != nil {
			continue
		}
		g, err := groups.Get(tx, a.GroupID)
		if err := ignoreMissing(err); err != nil {
			return err
		}
		if g == nil {
			g = &Group{Meta: storage.Meta{ID: a.GroupID}}
		}
		p.Groups[a.GroupID] = g
	}
	return nil
}

// MyActions are the open action items of the signed-in person, in the groups
// that they are a member or a coordinator of.
func (d *Desk) MyActions(ctx context.Context, by Actor) (p *ActionsPage, err error) {
	if !by.SignedIn() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		p = &ActionsPage{Groups: map[string]*Group{}}
		all, err := actionItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("owner_id", by.ID)}})
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(a *ActionItem) bool { return a.State != ActionOpen })
		p.Actions = all
		if err := p.name(tx); err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(a *ActionItem) bool {
			return !slices.Contains(p.Groups[a.GroupID].Members, by.ID) && !by.Coordinates(a.GroupID)
		})
		p.Actions = nil
		p.choose(tx, all, ActionFilter{})
		return nil
	})
	return p, err
}

// An ActionCall is a group whose action items wait for longer than was promised.
type ActionCall struct {
	Group *Group
	Count int
}

// actionCalls are the groups of the clusters that keep holds for with overdue
// action items, those with the most first.
func actionCalls(tx *storage.Tx, keep func(clusterIDs []string) bool) (out []ActionCall, err error) {
	late, err := actionItems.Find(tx, storage.Query{Limit: maxActions, Sort: "due",
		Where: []storage.Cond{storage.Is("state", string(ActionOpen)), {Field: "due", Op: storage.Lt, Value: HouseDay(tx.Now())}}})
	for _, a := range late {
		if !keep([]string{a.ClusterID}) {
			continue
		}
		i := slices.IndexFunc(out, func(c ActionCall) bool { return c.Group.ID == a.GroupID })
		if i >= 0 {
			out[i].Count++
			continue
		}
		g, err := groups.Get(tx, a.GroupID)
		if err := ignoreMissing(err); err != nil {
			return nil, err
		}
		if g != nil {
			out = append(out, ActionCall{g, 1})
		}
	}
	slices.SortStableFunc(out, func(a, b ActionCall) int { return b.Count - a.Count })
	return out, err
}
