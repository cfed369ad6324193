package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// DecideMembership lets a company in, keeps it in reserve, declines it or ends
// its place, for those who decide in its group. The company is told once. The
// same decision twice is one.
func (d *Desk) DecideMembership(ctx context.Context, by Actor, id string, state MembershipState, reason string) (*GroupMembership, error) {
	return d.onMembership(ctx, by, id, "b2b.member_"+string(state), reason, func(tx *storage.Tx, p *MembershipPage) error {
		if !p.Manage {
			return errHidden
		}
		return d.decide(tx, p, state, reason)
	})
}

func (d *Desk) decide(tx *storage.Tx, p *MembershipPage, state MembershipState, reason string) error {
	m, was := p.Membership, p.Membership.State
	if was == state {
		return errUnchanged
	}
	if !was.mayBecome(state) {
		return &Problem{Kind: Closed, Key: "b2b.no_such_step"}
	}
	if p.B2B.State == B2BClosed && state == MemberAccepted {
		return &Problem{Kind: Closed, Key: "b2b.is_closed"}
	}
	if state == MemberAccepted {
		if err := d.takeIn(tx, p); err != nil {
			return err
		}
	}
	m.become(state, reason, tx.Now())
	if was == MemberAccepted {
		if err := d.letGo(tx, p, m.PersonIDs...); err != nil {
			return err
		}
		p.B2B.Accepted--
		if err := b2bGroups.Put(tx, p.B2B); err != nil {
			return err
		}
	}
	kind := map[MembershipState]string{MemberAccepted: mailB2BAccepted, MemberReserve: mailB2BReserve, MemberDeclined: mailB2BDeclined, MemberLeft: mailB2BEnded}[state]
	path := "/groups/" + p.Group.ID + "/b2b"
	if !state.Live() {
		path = "/b2b-groups"
	}
	return d.tellMembers(tx, p.Group, m, groupLetter{kind: kind, key: m.ID, why: m.Reason,
		path: path, args: []any{"company", m.Name}}, state == MemberAccepted)
}

// takeIn counts a company in and makes its people members of the group. A
// company that nobody knew becomes one that is known.
func (d *Desk) takeIn(tx *storage.Tx, p *MembershipPage) error {
	if p.B2B.Full() {
		return &Problem{Kind: Full, Key: "b2b.full", Args: []any{"count", p.B2B.Companies}}
	}
	if err := settleCompany(tx, p); err != nil {
		return err
	}
	p.B2B.Accepted++
	if err := b2bGroups.Put(tx, p.B2B); err != nil {
		return err
	}
	return d.letIn(tx, p, p.Membership.PersonIDs...)
}

// settleCompany finds the company of somebody whose company was not known, by
// its exact name, or makes one: who decides has seen what was said.
func settleCompany(tx *storage.Tx, p *MembershipPage) error {
	m := p.Membership
	if m.CompanyID != "" {
		return nil
	}
	id, err := companyNamed(tx, m.Name)
	if err != nil {
		return err
	}
	if id == "" {
		c := &Company{Meta: storage.Meta{ID: storage.NewID()}, Name: m.Name, Kind: m.Kind, Country: m.Country, ClusterIDs: []string{}}
		c.index()
		if err := companies.Put(tx, c); err != nil {
			return err
		}
		id = c.ID
	}
	if other, err := liveMembership(tx, m.GroupID, id); err == nil && other.ID != m.ID {
		return &Problem{Kind: Exists, Key: "b2b.company_is_in", Args: []any{"company", other.Name}}
	} else if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	m.CompanyID = id
	return joinCompany(tx, m)
}

// joinCompany makes the people of m who have no company people of m's.
func joinCompany(tx *storage.Tx, m *GroupMembership) error {
	list, err := byIDs(tx, people.Get, m.PersonIDs)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.CompanyID != "" {
			continue
		}
		p.CompanyID = m.CompanyID
		if err := people.Put(tx, p); err != nil {
			return err
		}
	}
	return nil
}

// letIn makes people members of the group and contacts of its cluster.
func (d *Desk) letIn(tx *storage.Tx, p *MembershipPage, ids ...string) error {
	list, err := byIDs(tx, people.Get, ids)
	if err != nil {
		return err
	}
	for _, who := range list {
		if !slices.Contains(p.Group.Members, who.ID) {
			p.Group.Members = append(p.Group.Members, who.ID)
		}
		if slices.Contains(who.ClusterIDs, p.Group.ClusterID) {
			continue
		}
		who.ClusterIDs = append(who.ClusterIDs, p.Group.ClusterID)
		if err := people.Put(tx, who); err != nil {
			return err
		}
	}
	return d.keepGroup(tx, p.Group)
}

// letGo ends the group's membership of people, but of those who stand for
// another company in it.
func (d *Desk) letGo(tx *storage.Tx, p *MembershipPage, ids ...string) error {
	all, err := membershipsOf(tx, p.Group.ID)
	if err != nil {
		return err
	}
	p.Group.Members = slices.DeleteFunc(p.Group.Members, func(id string) bool {
		elsewhere := slices.ContainsFunc(all, func(m *GroupMembership) bool {
			return m.ID != p.Membership.ID && m.State == MemberAccepted && m.Has(id)
		})
		return slices.Contains(ids, id) && !elsewhere
	})
	return d.keepGroup(tx, p.Group)
}

// LeaveGroup ends a company's place by one of its own people; who decides is
// told, as there is room for another then.
func (d *Desk) LeaveGroup(ctx context.Context, by Actor, id, reason string) (*GroupMembership, error) {
	return d.onMembership(ctx, by, id, "b2b.member_leave", reason, func(tx *storage.Tx, p *MembershipPage) error {
		m, was := p.Membership, p.Membership.State
		switch {
		case !p.Own:
			return errHidden
		case !was.Live():
			return errUnchanged
		}
		m.become(MemberLeft, reason, tx.Now())
		if was == MemberAccepted {
			if err := d.letGo(tx, p, m.PersonIDs...); err != nil {
				return err
			}
			p.B2B.Accepted--
			if err := b2bGroups.Put(tx, p.B2B); err != nil {
				return err
			}
		}
		return d.tellDeciders(tx, p.Group, groupLetter{kind: mailB2BLeft, key: m.ID, ref: m.ID, why: m.Reason,
			path: "/groups/" + p.Group.ID + "/b2b", args: []any{"company", m.Name}})
	})
}

// onMembership changes a membership for its own people or for who decides; do
// says which of them. errUnchanged is no change.
func (d *Desk) onMembership(ctx context.Context, by Actor, id, action, reason string, do func(*storage.Tx, *MembershipPage) error) (out *GroupMembership, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			p, err := membershipPage(tx, by, id)
			if err != nil {
				return err
			}
			out = p.Membership
			before := slices.Clone(out.PersonIDs)
			err = do(tx, p)
			if errors.Is(err, errUnchanged) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := groupMemberships.Put(tx, p.Membership); err != nil {
				return err
			}
			if err := d.followMember(tx, p.Group, append(before, out.PersonIDs...)...); err != nil {
				return err
			}
			return d.log(tx, by, action, p.Membership.ID, p.Group.ID, p.Membership.Name, cleanText(reason))
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return out, nil
}

// A MembershipEdit is what a company says of its own place.
type MembershipEdit struct {
	Rev     int64
	Wishes  []GroupWish
	Listed  bool
	Wording string // what Listed was called
	UseBusy bool   // of the person who says it alone
}

// EditMembership stores what a company wants of the group, and what it agrees
// to. Coordinators can keep the wishes for it, but agree to nothing.
func (d *Desk) EditMembership(ctx context.Context, by Actor, id string, in MembershipEdit) (*GroupMembership, error) {
	return d.onMembership(ctx, by, id, "b2b.member_edit", "", func(tx *storage.Tx, p *MembershipPage) error {
		m := p.Membership
		if m.Rev != in.Rev {
			return storage.ErrConflict
		}
		if !m.State.Live() {
			return &Problem{Kind: Closed, Key: "b2b.not_in"}
		}
		f := faults{}
		m.Wishes = in.Wishes
		m.checkWishes(p.B2B, f)
		if err := f.problem(); err != nil || !p.Own {
			return err
		}
		if in.Listed != m.Listed {
			m.Listed, m.ListedAt, m.Wording = in.Listed, tx.Now(), cleanText(in.Wording)
		}
		for i := range m.People {
			if m.People[i].PersonID == by.ID {
				m.People[i].UseBusy = in.UseBusy
			}
		}
		return nil
	})
}

// AddColleague lets another person stand for a company, by its own people or
// who decides. Somebody of another company cannot; somebody new becomes a
// contact of this one. The colleague is told.
func (d *Desk) AddColleague(ctx context.Context, by Actor, id, name, email string) (*GroupMembership, error) {
	f := faults{}
	name = cleanLine(name)
	f.limit("name", name, lineLimit)
	if email = f.address("email", email); len(f) > 0 {
		return nil, f.problem()
	}
	return d.onMembership(ctx, by, id, "b2b.member_add", "", func(tx *storage.Tx, p *MembershipPage) error {
		m := p.Membership
		if !m.State.Live() || m.CompanyID == "" {
			return &Problem{Kind: Closed, Key: "b2b.not_in"}
		}
		who, err := colleague(tx, p, name, email)
		if err != nil {
			return err
		}
		if m.Has(who.ID) {
			return errUnchanged
		}
		if len(m.People) >= p.B2B.room() {
			return &Problem{Kind: Full, Key: "b2b.people_full", Args: []any{"count", p.B2B.room()}}
		}
		m.People = append(m.People, GroupPerson{PersonID: who.ID, Name: who.Name})
		m.index()
		if m.State == MemberAccepted {
			if err := d.letIn(tx, p, who.ID); err != nil {
				return err
			}
		}
		return d.tellGroup(tx, p.Group, groupLetter{kind: mailB2BColleague, key: m.ID, ref: m.ID,
			path: "/groups/" + p.Group.ID + "/b2b/members/" + m.ID, args: []any{"company", m.Name}}, who)
	})
}

// colleague finds or makes somebody who can stand for the company of p.
func colleague(tx *storage.Tx, p *MembershipPage, name, email string) (*Person, error) {
	who, err := personByEmail(tx, email)
	switch {
	case errors.Is(err, storage.ErrNotFound) && name == "":
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"name": "problem.required"}}
	case errors.Is(err, storage.ErrNotFound):
		return contactOr(tx, Person{Email: email, Name: name, Lang: p.Membership.Lang, CompanyID: p.Membership.CompanyID}, p.Group.ClusterID)
	case err != nil:
		return nil, err
	case who.CompanyID != p.Membership.CompanyID:
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"email": "b2b.other_company"}}
	}
	return who, nil
}

// DropColleague lets a person stand for a company no more. The last one stays:
// the company leaves instead.
func (d *Desk) DropColleague(ctx context.Context, by Actor, id, personID string) (*GroupMembership, error) {
	return d.onMembership(ctx, by, id, "b2b.member_drop", "", func(tx *storage.Tx, p *MembershipPage) error {
		m := p.Membership
		switch {
		case !m.Has(personID):
			return errUnchanged
		case len(m.People) == 1:
			return &Problem{Kind: Closed, Key: "b2b.last_person"}
		}
		m.People = slices.DeleteFunc(m.People, func(x GroupPerson) bool { return x.PersonID == personID })
		m.index()
		if m.State != MemberAccepted {
			return nil
		}
		return d.letGo(tx, p, personID)
	})
}

// AddCompany lets a company in by the address of one of its people, for those
// who decide: by word of mouth, or in a group without a public page.
func (d *Desk) AddCompany(ctx context.Context, by Actor, groupID, email string) (out *GroupMembership, err error) {
	f := faults{}
	if email = f.address("email", email); len(f) > 0 {
		return nil, f.problem()
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			out, err = d.addCompany(tx, by, groupID, email)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("add a company to group %s: %w", groupID, changedMeanwhile(err))
	}
	return out, nil
}

func (d *Desk) addCompany(tx *storage.Tx, by Actor, groupID, email string) (*GroupMembership, error) {
	a, err := keptB2B(tx, by, groupID)
	if err != nil {
		return nil, err
	}
	who, err := personByEmail(tx, email)
	if errors.Is(err, storage.ErrNotFound) || err == nil && who.CompanyID == "" {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"email": "b2b.no_company"}}
	}
	if err != nil {
		return nil, err
	}
	switch found, err := liveMembership(tx, groupID, who.CompanyID); {
	case err == nil && found.Has(who.ID):
		return found, nil
	case err == nil:
		return nil, &Problem{Kind: Exists, Key: "b2b.company_is_in", Args: []any{"company", found.Name}}
	case !errors.Is(err, storage.ErrNotFound):
		return nil, err
	}
	c, err := companies.Get(tx, who.CompanyID)
	if err != nil {
		return nil, err
	}
	m := &GroupMembership{Meta: storage.Meta{ID: storage.NewID()}, GroupID: groupID, CompanyID: c.ID, State: MemberInterested, Name: c.Name, Country: c.Country,
		Kind: c.Kind, People: []GroupPerson{{PersonID: who.ID, Name: who.Name}}, Email: who.Email, Lang: who.Lang}
	m.index()
	p := &MembershipPage{Group: a.g, B2B: a.b, Membership: m, Manage: true}
	if err := d.decide(tx, p, MemberAccepted, ""); err != nil {
		return nil, err
	}
	if err := groupMemberships.Put(tx, m); err != nil {
		return nil, err
	}
	if err := d.followMember(tx, a.g, m.PersonIDs...); err != nil {
		return nil, err
	}
	return m, d.log(tx, by, "b2b.member_accepted", m.ID, groupID, m.Name, "")
}
