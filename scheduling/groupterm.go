package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A GroupRole is what a member is in a group.
type GroupRole string

// The roles of a group's members. Planning its meetings is a coordinator's, who
// need not be a member; see Actor.Coordinates.
const (
	GroupChair     GroupRole = "chair" // one at a time
	GroupViceChair GroupRole = "vice_chair"
	GroupSecretary GroupRole = "secretary"
	GroupMember    GroupRole = "member"
	GroupObserver  GroupRole = "observer"
	GroupExpert    GroupRole = "expert"
)

// GroupRoles are all of them, in the order of a list.
var GroupRoles = []GroupRole{GroupChair, GroupViceChair, GroupSecretary, GroupMember, GroupObserver, GroupExpert}

// A Term is somebody's time in a group in one role. Who takes another role
// begins another term; what was stays.
type Term struct {
	PersonID string    `bson:"person_id"`
	Role     GroupRole `bson:"role"`
	Since    time.Time `bson:"since,omitempty"` // zero: from before this was noted
	Until    time.Time `bson:"until,omitempty"` // zero: it goes on
}

// At reports whether t was under way at a moment.
func (t *Term) At(at time.Time) bool {
	return !t.Since.After(at) && (t.Until.IsZero() || t.Until.After(at))
}

// term gives the one of a person that goes on, or nil.
func (g *Group) term(personID string) *Term {
	i := slices.IndexFunc(g.Terms, func(t Term) bool { return t.PersonID == personID && t.Until.IsZero() })
	if i < 0 {
		return nil
	}
	return &g.Terms[i]
}

// RoleOf is the present role of a person; empty for who is no member.
func (g *Group) RoleOf(personID string) GroupRole {
	switch t := g.term(personID); {
	case t != nil:
		return t.Role
	case slices.Contains(g.Members, personID):
		return GroupMember // since before terms were noted
	}
	return ""
}

// keepGroup stores g with its terms: every member has one that goes on, and
// nobody else; who left keeps nothing of what lies ahead. All who change a
// group's members store it by this.
func (d *Desk) keepGroup(tx *storage.Tx, g *Group) error {
	var before []string
	old, err := groups.Get(tx, g.ID)
	if err := ignoreMissing(err); err != nil {
		return err
	}
	if old != nil {
		before = old.Members
	}
	g.serve(before, tx.Now())
	if err := groups.Put(tx, g); err != nil {
		return err
	}
	for _, id := range before {
		if slices.Contains(g.Members, id) {
			continue
		}
		if err := d.leaveRecords(tx, g, id); err != nil {
			return err
		}
	}
	return nil
}

// serve ends the terms of who left, and begins those of who came; who was a
// member before terms were noted has one without a beginning.
func (g *Group) serve(before []string, now time.Time) {
	var members []string
	for _, id := range g.Members {
		if !slices.Contains(members, id) {
			members = append(members, id)
		}
	}
	g.Members = members
	for i := range g.Terms {
		if t := &g.Terms[i]; t.Until.IsZero() && !slices.Contains(g.Members, t.PersonID) {
			t.Until = now
		}
	}
	for _, id := range g.Members {
		if g.term(id) != nil {
			continue
		}
		t := Term{PersonID: id, Role: GroupMember, Since: now}
		if slices.Contains(before, id) {
			t.Since = time.Time{}
		}
		g.Terms = append(g.Terms, t)
	}
}

// takeRole gives a member another role from a moment on. A new chair makes the one
// before a member.
func (g *Group) takeRole(personID string, role GroupRole, from time.Time) {
	if role == GroupChair {
		for _, t := range slices.Clone(g.Terms) {
			if t.Until.IsZero() && t.Role == GroupChair && t.PersonID != personID {
				g.takeRole(t.PersonID, GroupMember, from)
			}
		}
	}
	t := g.term(personID)
	if t == nil || t.Role == role {
		return
	}
	if t.Until = from; !t.Until.After(t.Since) { // it never was
		t.Role, t.Until = role, time.Time{}
		return
	}
	g.Terms = append(g.Terms, Term{PersonID: personID, Role: role, Since: from})
}

// SetGroupRole gives a member of a group a role from a day on, 2006-01-02 in the
// zone of its cluster, today if empty, for those who plan its meetings. A role
// that the member has is no change.
func (d *Desk) SetGroupRole(ctx context.Context, by Actor, groupID, personID string, role GroupRole, day string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := managedGroup(tx, by, groupID)
		if err != nil {
			return err
		}
		g := p.Group
		g.serve(g.Members, tx.Now())
		from, err := g.roleFrom(tx, personID, role, day)
		if err != nil || g.RoleOf(personID) == role {
			return err
		}
		g.takeRole(personID, role, from)
		if err := d.keepGroup(tx, g); err != nil {
			return err
		}
		return d.log(tx, by, "group.role", g.ID, personID, g.Slug, string(role))
	})
	if err != nil {
		return fmt.Errorf("set a role in group %s: %w", groupID, changedMeanwhile(err))
	}
	return nil
}

// roleFrom is when a role begins, if it may.
func (g *Group) roleFrom(tx *storage.Tx, personID string, role GroupRole, day string) (time.Time, error) {
	f := faults{}
	if !slices.Contains(GroupRoles, role) {
		f.add("role", "problem.choice")
	}
	t := g.term(personID)
	if t == nil {
		return time.Time{}, errHidden
	}
	from := tx.Now()
	if day != "" {
		c, err := clusters.Get(tx, g.ClusterID)
		if err != nil {
			return from, err
		}
		from = midnight(day, c.Location())
	}
	switch {
	case from.IsZero():
		f.add("since", "problem.date")
	case from.After(tx.Now()) || from.Before(t.Since):
		f.add("since", "groupwork.role_day")
	}
	return from, f.problem()
}

// managedGroup gives a group whose meetings by may plan.
func managedGroup(tx *storage.Tx, by Actor, groupID string) (*MeetingsPage, error) {
	p, err := meetingsOf(tx, by, groupID)
	if err == nil && !p.Manage {
		return nil, errHidden
	}
	return p, err
}

// NameCoordinator makes a member of a group of by's clusters, or another contact
// of theirs, its coordinator. Who is one stays one.
func (d *Desk) NameCoordinator(ctx context.Context, by Actor, groupID, personID string) error {
	return d.coordinate(ctx, by, groupID, personID, func(had []Grant, g Grant) []Grant {
		if slices.Contains(had, g) {
			return had
		}
		return append(slices.Clone(had), g)
	})
}

// DropCoordinator ends what NameCoordinator gave.
func (d *Desk) DropCoordinator(ctx context.Context, by Actor, groupID, personID string) error {
	return d.coordinate(ctx, by, groupID, personID, func(had []Grant, g Grant) []Grant {
		return slices.DeleteFunc(slices.Clone(had), func(h Grant) bool { return h.Role == g.Role && h.Group == g.Group })
	})
}

func (d *Desk) coordinate(ctx context.Context, by Actor, groupID, personID string, change func([]Grant, Grant) []Grant) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		g, err := ownGroup(tx, by, groupID)
		if err != nil {
			return err
		}
		p, err := people.Get(tx, personID)
		if err != nil {
			return err
		}
		if !slices.Contains(g.Members, p.ID) && !by.knows(p) {
			return errHidden
		}
		grants := change(p.Grants, Grant{Role: Coordinator, Group: g.ID})
		if slices.Equal(grants, p.Grants) {
			return nil
		}
		return d.grant(tx, by, p, grants)
	})
	if err != nil {
		return fmt.Errorf("name a coordinator of group %s: %w", groupID, changedMeanwhile(err))
	}
	return nil
}

// coordinatorsOf are a group's, by name.
func coordinatorsOf(tx *storage.Tx, groupID string) (list []*Person, err error) {
	for p, err := range people.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("staff", true)}, Sort: "sort"}) {
		if err != nil {
			return nil, err
		}
		if p.Actor().Coordinates(groupID) {
			list = append(list, p)
		}
	}
	return list, nil
}
