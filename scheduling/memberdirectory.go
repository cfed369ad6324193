package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// A DirectoryEntry is a member as the directory shows it.
type DirectoryEntry struct {
	*Membership
	Company *Company
}

// A DirectoryPage is a part of a cluster's directory of members.
type DirectoryPage struct {
	Cluster *Cluster
	Entries []DirectoryEntry
	Next    string
	Full    bool           // the reader is a member or an organiser: everybody is there
	Kinds   map[string]int // how many of each kind there are in all
	Tags    []string       // the most used, by name
	Total   int
}

// directoryTags is how many tags are offered as a filter.
const directoryTags = 24

// Directory lists the members of a cluster by name: for everybody those that
// agreed to be listed, for its members and organisers all. Text, Kind, Tag,
// After and Limit of f choose.
func (d *Desk) Directory(ctx context.Context, by Actor, slug string, f MembershipFilter) (p *DirectoryPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err := clusters.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
		if err != nil {
			return err
		}
		p = &DirectoryPage{Cluster: c}
		if p.Full, err = isInside(tx, by, c.ID); err != nil {
			return err
		}
		return p.read(tx, f)
	})
	if err != nil {
		return nil, fmt.Errorf("list the members of cluster %s: %w", slug, err)
	}
	return p, nil
}

// isInside reports whether by belongs to a member of a cluster, or organises it.
func isInside(tx *storage.Tx, by Actor, clusterID string) (bool, error) {
	if by.Organises(clusterID) {
		return true, nil
	}
	if !by.SignedIn() {
		return false, nil
	}
	p, err := people.Get(tx, by.ID)
	if err != nil || p.CompanyID == "" {
		return false, ignoreMissing(err) // a token belongs to no company
	}
	_, err = activeMembership(tx, clusterID, p.CompanyID)
	return err == nil, ignoreMissing(err)
}

func (p *DirectoryPage) read(tx *storage.Tx, f MembershipFilter) error {
	f.Cluster, f.State, f.Company, f.Agreement = p.Cluster.ID, JoinActive, "", ""
	all := MembershipFilter{Cluster: f.Cluster, State: JoinActive}.query().Where
	q := f.query()
	if !p.Full {
		listed := storage.Is("listed", true)
		all, q.Where = append(all, listed), append(q.Where, listed)
	}
	found, next, err := memberships.Page(tx, q)
	if err != nil {
		return err
	}
	p.Next = next
	if err := p.count(tx, all); err != nil {
		return err
	}
	return p.fill(tx, found)
}

// count says how many there are of each kind, and which tags they have.
func (p *DirectoryPage) count(tx *storage.Tx, where []storage.Cond) (err error) {
	if p.Kinds, err = memberships.CountBy(tx, storage.Query{Where: where}, "kind"); err != nil {
		return err
	}
	for _, n := range p.Kinds {
		p.Total += n
	}
	tags, err := memberships.CountBy(tx, storage.Query{Where: where}, "tags")
	if err != nil {
		return err
	}
	delete(tags, "")
	for tag := range tags {
		p.Tags = append(p.Tags, tag)
	}
	slices.SortFunc(p.Tags, func(a, b string) int { return cmp.Or(tags[b]-tags[a], strings.Compare(a, b)) })
	p.Tags = p.Tags[:min(directoryTags, len(p.Tags))]
	slices.SortFunc(p.Tags, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return nil
}

// fill finds the companies of the memberships, in one question.
func (p *DirectoryPage) fill(tx *storage.Tx, found []*Membership) error {
	ids := make([]string, len(found))
	for i, m := range found {
		ids[i] = m.CompanyID
	}
	list, err := companies.Find(tx, storage.Query{Where: []storage.Cond{{Field: "_id", Op: storage.In, Value: ids}}})
	if err != nil {
		return err
	}
	byID := make(map[string]*Company, len(list))
	for _, c := range list {
		byID[c.ID] = c
	}
	for _, m := range found {
		if c := byID[m.CompanyID]; c != nil {
			p.Entries = append(p.Entries, DirectoryEntry{m, c})
		}
	}
	return nil
}

// An OwnMembership is one that somebody speaks for, as they see it.
type OwnMembership struct {
	Membership *Membership
	Cluster    *Cluster
	Versions   []*AgreementVersion // that were sent or signed, the newest first
	Links      map[string]string   // the last part of a version's address by its ID, where it waits to be signed
}

// MyMemberships are those that by speaks for, by the names of their companies.
func (d *Desk) MyMemberships(ctx context.Context, by Actor) (list []*OwnMembership, err error) {
	if !by.SignedIn() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list = nil
		found, err := memberships.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("contact_id", by.ID)}, Sort: "sort"})
		if err != nil {
			return err
		}
		for _, m := range found {
			c, err := clusters.Get(tx, m.ClusterID)
			if err != nil {
				return err
			}
			list = append(list, &OwnMembership{Membership: m, Cluster: c})
		}
		return nil
	})
	return list, err
}

// MyMembership shows one to the person who speaks for it.
func (d *Desk) MyMembership(ctx context.Context, by Actor, id string) (p *OwnMembership, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		m, err := memberships.Get(tx, id)
		if err != nil {
			return err
		}
		if !m.speaks(by) {
			return errHidden
		}
		p = &OwnMembership{Membership: m, Links: map[string]string{}}
		if p.Cluster, err = clusters.Get(tx, m.ClusterID); err != nil {
			return err
		}
		if p.Versions, err = versionsOf(tx, m.ID); err != nil {
			return err
		}
		p.Versions = slices.DeleteFunc(p.Versions, func(v *AgreementVersion) bool { return v.State == AgreementDraft })
		for _, v := range p.Versions {
			if v.State == AgreementSent && v.Email == by.Email {
				p.Links[v.ID] = d.AgreementLink(v.Agreement)
			}
		}
		return nil
	})
	return p, err
}

// A MemberListing is what a company says of itself in the directory of members, and
// whether everybody may read it there.
type MemberListing struct {
	Rev     int64 // that was shown
	Listed  bool
	Wording string // what agreeing to that was called
	Profile string
}

// SaveListing stores it, for the person who speaks for the company.
func (d *Desk) SaveListing(ctx context.Context, by Actor, id string, in MemberListing) (m *Membership, err error) {
	f := faults{}
	in.Profile = cleanText(in.Profile)
	f.limit("profile", in.Profile, noteLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		if m, err = memberships.Get(tx, id); err != nil {
			return err
		}
		switch {
		case !m.speaks(by):
			return errHidden
		case m.State != JoinActive:
			return &Problem{Kind: Closed, Key: "membership.not_active"}
		case m.Rev != in.Rev:
			return storage.ErrConflict
		}
		what := "profile"
		if m.Listed != in.Listed {
			what = "listing"
			m.Listed, m.ListedAt, m.Wording = in.Listed, tx.Now(), cleanText(in.Wording)
		}
		m.Profile = in.Profile
		if err := memberships.Put(tx, m); err != nil {
			return err
		}
		return d.membershipChanged(tx, by, m, what, "")
	})
	if err != nil {
		return nil, fmt.Errorf("save the listing of membership %s: %w", id, changedMeanwhile(err))
	}
	return m, nil
}
