package scheduling

import (
	"context"
	"errors"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// A B2BPage is a B2B group as somebody of it may see it.
type B2BPage struct {
	Group   *Group
	Cluster *Cluster
	B2B     *B2BGroup
	Manage  bool // they decide
	Member  bool
	// Memberships are all that were confirmed, for who decides; the accepted
	// ones without their wishes for members.
	Memberships []*GroupMembership
	Mine        []*GroupMembership // those that they stand for
	Wanted      map[string]int     // companies that wish to meet a target, by its ID
}

// In are the companies that are in.
func (p *B2BPage) In() []*GroupMembership { return p.Of(MemberAccepted) }

// Of are the memberships of one state.
func (p *B2BPage) Of(s MembershipState) (out []*GroupMembership) {
	for _, m := range p.Memberships {
		if m.State == s {
			out = append(out, m)
		}
	}
	return out
}

// A b2bAccess is a B2B group with what somebody may do there.
type b2bAccess struct {
	g      *Group
	b      *B2BGroup
	manage bool
	member bool
}

// b2bOf gives a group of the kind B2B with what it is for. One that was never
// set up has the zero settings, which are not stored.
func b2bOf(tx *storage.Tx, by Actor, groupID string) (*b2bAccess, error) {
	g, err := groups.Get(tx, groupID)
	if err != nil {
		return nil, err
	}
	if g.Kind != kindB2B {
		return nil, errHidden
	}
	b, err := b2bGroups.Get(tx, groupID)
	if errors.Is(err, storage.ErrNotFound) {
		b, err = &B2BGroup{Meta: storage.Meta{ID: g.ID}, ClusterID: g.ClusterID, Aim: AimTheme, State: B2BRecruiting}, nil
	}
	if err != nil {
		return nil, err
	}
	return &b2bAccess{g, b, by.Organises(g.ClusterID) || by.Coordinates(g.ID), by.SignedIn() && slices.Contains(g.Members, by.ID)}, nil
}

// keptB2B gives a B2B group to those who decide in it.
func keptB2B(tx *storage.Tx, by Actor, groupID string) (*b2bAccess, error) {
	a, err := b2bOf(tx, by, groupID)
	if err == nil && !a.manage {
		return nil, errHidden
	}
	return a, err
}

// B2BGroup shows a B2B group to its members, to companies that want to be in,
// to its coordinators and its cluster's organisers.
func (d *Desk) B2BGroup(ctx context.Context, by Actor, groupID string) (p *B2BPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = b2bPage(tx, by, groupID)
		return err
	})
	return p, err
}

func b2bPage(tx *storage.Tx, by Actor, groupID string) (*B2BPage, error) {
	a, err := b2bOf(tx, by, groupID)
	if err != nil {
		return nil, err
	}
	all, err := membershipsOf(tx, groupID)
	if err != nil {
		return nil, err
	}
	p := &B2BPage{Group: a.g, B2B: a.b, Manage: a.manage, Member: a.member, Wanted: map[string]int{}}
	for _, t := range a.b.Targets {
		p.Wanted[t.ID] = wants(all, t.ID)
	}
	for _, m := range all {
		if by.SignedIn() && m.Has(by.ID) && m.State.Live() {
			p.Mine = append(p.Mine, m)
		}
		if seen := m.seenBy(a); seen != nil {
			p.Memberships = append(p.Memberships, seen)
		}
	}
	if !p.Manage && !p.Member && len(p.Mine) == 0 {
		return nil, errHidden
	}
	p.Cluster, err = clusters.Get(tx, a.g.ClusterID)
	return p, err
}

// seenBy is m as somebody of its group sees it, or nil.
func (m *GroupMembership) seenBy(a *b2bAccess) *GroupMembership {
	switch {
	case m.State == MemberUnconfirmed:
		return nil
	case a.manage:
		return m
	case a.member && m.State == MemberAccepted:
		out := *m
		out.Wishes, out.Message, out.Reason, out.Email = nil, "", "", ""
		return &out
	}
	return nil
}

// A MembershipPage is a membership with its group.
type MembershipPage struct {
	Group      *Group
	B2B        *B2BGroup
	Membership *GroupMembership
	Manage     bool
	Own        bool // they stand for the company
	Known      bool // there is an organisation of this name; said to who decides about somebody new
	Emails     map[string]string
}

// Membership shows one to its own people and to who decides.
func (d *Desk) Membership(ctx context.Context, by Actor, id string) (p *MembershipPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = membershipPage(tx, by, id)
		if err != nil {
			return err
		}
		p.Emails = map[string]string{}
		list, err := byIDs(tx, people.Get, p.Membership.PersonIDs)
		for _, who := range list {
			p.Emails[who.ID] = who.Email
		}
		if err == nil && p.Manage && p.Membership.CompanyID == "" {
			known, err := companyNamed(tx, p.Membership.Name)
			p.Known = known != ""
			return err
		}
		return err
	})
	return p, err
}

func membershipPage(tx *storage.Tx, by Actor, id string) (*MembershipPage, error) {
	m, err := groupMemberships.Get(tx, id)
	if err != nil {
		return nil, err
	}
	a, err := b2bOf(tx, by, m.GroupID)
	if err != nil {
		return nil, err
	}
	p := &MembershipPage{Group: a.g, B2B: a.b, Membership: m, Manage: a.manage, Own: by.SignedIn() && m.Has(by.ID)}
	if m.State == MemberUnconfirmed || !p.Manage && !p.Own {
		return nil, errHidden
	}
	return p, nil
}

// A PublicB2B is a B2B group as everybody may see it: the companies that agreed.
type PublicB2B struct {
	Group     *Group
	Cluster   *Cluster
	B2B       *B2BGroup
	Companies []string // names
	Others    int      // companies that are in and did not agree to be named
}

// PublicB2BGroups are the B2B groups that have a public page, by name, without
// their companies. The closed ones come last.
func (d *Desk) PublicB2BGroups(ctx context.Context) (out []*PublicB2B, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		out = nil
		list, err := b2bGroups.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("public", true)}})
		if err != nil {
			return err
		}
		for _, b := range list {
			g, err := groups.Get(tx, b.ID)
			if err != nil {
				return err
			}
			c, err := clusters.Get(tx, g.ClusterID)
			if err != nil {
				return err
			}
			if g.Kind == kindB2B {
				out = append(out, &PublicB2B{Group: g, Cluster: c, B2B: b})
			}
		}
		slices.SortFunc(out, func(a, b *PublicB2B) int {
			if x, y := a.B2B.State == B2BClosed, b.B2B.State == B2BClosed; x != y {
				return map[bool]int{true: 1, false: -1}[x]
			}
			return strings.Compare(a.Group.Slug, b.Group.Slug)
		})
		return nil
	})
	return out, err
}

// PublicB2BGroup is the public page of one, by its group's slug.
func (d *Desk) PublicB2BGroup(ctx context.Context, slug string) (p *PublicB2B, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = publicB2B(tx, slug)
		return err
	})
	return p, err
}

func publicB2B(tx *storage.Tx, slug string) (*PublicB2B, error) {
	g, err := groups.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
	if err != nil {
		return nil, err
	}
	b, err := b2bGroups.Get(tx, g.ID)
	if err != nil {
		return nil, err
	}
	if !b.Public || g.Kind != kindB2B {
		return nil, errHidden
	}
	p := &PublicB2B{Group: g, B2B: b}
	list, err := membershipsOf(tx, g.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		switch {
		case m.State != MemberAccepted:
		case m.Listed:
			p.Companies = append(p.Companies, m.Name)
		default:
			p.Others++
		}
	}
	p.Cluster, err = clusters.Get(tx, g.ClusterID)
	return p, err
}
