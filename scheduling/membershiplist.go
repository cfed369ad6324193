package scheduling

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"kohtaamo/storage"
)

// A MembershipFilter chooses memberships. Zero fields do not restrict.
type MembershipFilter struct {
	Text      string
	Cluster   string // id
	Company   string // id
	State     JoinState
	Kind      CompanyKind
	Tag       string
	Agreement AgreementState // that one of its versions is in
	After     string
	Limit     int // 50 if zero
}

func (f MembershipFilter) query() storage.Query {
	q := storage.Query{Sort: "sort", Limit: f.Limit, After: f.After, Where: search(f.Text)}
	if q.Limit == 0 {
		q.Limit = 50
	}
	for field, v := range map[string]string{"cluster_id": f.Cluster, "company_id": f.Company, "state": string(f.State), "kind": string(f.Kind)} {
		if v != "" {
			q.Where = append(q.Where, storage.Is(field, v))
		}
	}
	if f.Tag != "" {
		q.Where = append(q.Where, storage.Cond{Field: "tags", Op: storage.Has, Value: f.Tag})
	}
	return q
}

// within narrows a query to the clusters that by organises, and to an
// agreement's state. The answer of an organiser who asks for others' clusters is
// empty.
func (f MembershipFilter) within(tx *storage.Tx, by Actor) (storage.Query, error) {
	q := f.query()
	if own, all := by.ownClusters(Organiser); !all {
		q.Where = append(q.Where, storage.Cond{Field: "cluster_id", Op: storage.In, Value: own})
	}
	if f.Agreement == "" {
		return q, nil
	}
	where := []storage.Cond{storage.Is("state", string(f.Agreement))}
	if f.Cluster != "" {
		where = append(where, storage.Is("cluster_id", f.Cluster))
	}
	ids := []string{}
	for a, err := range agreements.Each(tx, storage.Query{Where: where}) {
		if err != nil {
			return q, err
		}
		ids = append(ids, a.MembershipID)
	}
	q.Where = append(q.Where, storage.Cond{Field: "_id", Op: storage.In, Value: ids})
	return q, nil
}

// A MembershipLine is a membership in a list, with the newest version of its
// agreement, if there is one.
type MembershipLine struct {
	*Membership
	Agreement *Agreement
}

// Memberships lists those of by's clusters by the names of their companies.
func (d *Desk) Memberships(ctx context.Context, by Actor, f MembershipFilter) (list []*MembershipLine, next string, err error) {
	if !by.OrganisesAny() {
		return nil, "", errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		q, err := f.within(tx, by)
		if err != nil {
			return err
		}
		found, n, err := memberships.Page(tx, q)
		if err != nil {
			return err
		}
		next = n
		list, err = withAgreements(tx, found)
		return err
	})
	return list, next, err
}

// withAgreements gives memberships their newest agreements, in one question.
func withAgreements(tx *storage.Tx, found []*Membership) ([]*MembershipLine, error) {
	ids := make([]string, len(found))
	for i, m := range found {
		ids[i] = m.ID
	}
	versions, err := agreements.Find(tx, storage.Query{Where: []storage.Cond{{Field: "membership_id", Op: storage.In, Value: ids}}, Sort: "version"})
	if err != nil {
		return nil, err
	}
	newest := map[string]*Agreement{}
	for _, a := range versions {
		newest[a.MembershipID] = a
	}
	list := make([]*MembershipLine, len(found))
	for i, m := range found {
		list[i] = &MembershipLine{m, newest[m.ID]}
	}
	return list, nil
}

// A MembershipRow is a membership in a file.
type MembershipRow struct {
	*MembershipLine
	Company *Company // empty for an application
	Contact *Person  // empty where there is none
}

// EachMembership gives fn all memberships that Memberships would list.
func (d *Desk) EachMembership(ctx context.Context, by Actor, f MembershipFilter, fn func(iter.Seq2[*MembershipRow, error]) error) error {
	if !by.OrganisesAny() {
		return errHidden
	}
	return d.view(ctx, func(tx *storage.Tx) error {
		q, err := f.within(tx, by)
		if err != nil {
			return err
		}
		q.Limit, q.After = 0, ""
		return fn(func(yield func(*MembershipRow, error) bool) {
			for m, err := range memberships.Each(tx, q) {
				var row *MembershipRow
				if err == nil {
					row, err = rowOf(tx, m)
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		})
	})
}

func rowOf(tx *storage.Tx, m *Membership) (*MembershipRow, error) {
	lines, err := withAgreements(tx, []*Membership{m})
	if err != nil {
		return nil, err
	}
	row := &MembershipRow{MembershipLine: lines[0], Company: &Company{}, Contact: &Person{}}
	if m.CompanyID != "" {
		if row.Company, err = companies.Get(tx, m.CompanyID); err != nil {
			return nil, err
		}
	}
	p, err := contactOf(tx, m)
	if p != nil {
		row.Contact = p
	}
	return row, err
}

// An AgreementVersion is a version with its files.
type AgreementVersion struct {
	*Agreement
	File *File // that is signed; nil for a text
	Scan *File // of what was signed on paper
}

// A MemberPage is everything about one membership, for organisers.
type MemberPage struct {
	Membership *Membership
	Cluster    *Cluster
	Company    *Company // nil for an application
	Contact    *Person  // nil where there is none
	People     []*Person
	Like       []*Company // that an application may be of
	Versions   []*AgreementVersion
	Terms      *MembershipTerms
}

// InForce is the version that binds, or nil.
func (p *MemberPage) InForce() *AgreementVersion {
	i := slices.IndexFunc(p.Versions, func(v *AgreementVersion) bool { return v.Agreement.InForce() })
	if i < 0 {
		return nil
	}
	return p.Versions[i]
}

// OpenVersion is the version that nobody has signed yet, or nil.
func (p *MemberPage) OpenVersion() *AgreementVersion {
	i := slices.IndexFunc(p.Versions, func(v *AgreementVersion) bool { return v.Agreement.Open() })
	if i < 0 {
		return nil
	}
	return p.Versions[i]
}

// maxContacts is how many people of a company are offered as its contact.
const maxContacts = 200

// Member shows one to the organisers of its cluster.
func (d *Desk) Member(ctx context.Context, by Actor, id string) (p *MemberPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		m, err := memberships.Get(tx, id)
		if err != nil {
			return err
		}
		if !by.Organises(m.ClusterID) {
			return errHidden
		}
		p = &MemberPage{Membership: m}
		return p.read(tx)
	})
	return p, err
}

func (p *MemberPage) read(tx *storage.Tx) (err error) {
	m := p.Membership
	if p.Cluster, err = clusters.Get(tx, m.ClusterID); err != nil {
		return err
	}
	if p.Terms, err = termsOf(tx, m.ClusterID); err != nil {
		return err
	}
	if p.Contact, err = contactOf(tx, m); err != nil {
		return err
	}
	if m.CompanyID != "" {
		if p.Company, err = companies.Get(tx, m.CompanyID); err != nil {
			return err
		}
		if p.People, err = people.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("company_id", m.CompanyID)}, Sort: "sort", Limit: maxContacts}); err != nil {
			return err
		}
	}
	if m.State == JoinApplied && m.Application != nil {
		if p.Like, err = companiesLike(tx, m.Application); err != nil {
			return err
		}
	}
	p.Versions, err = versionsOf(tx, m.ID)
	return err
}

// versionsOf are the versions of a membership's agreement with their files, the
// newest first.
func versionsOf(tx *storage.Tx, membershipID string) (out []*AgreementVersion, err error) {
	list, err := agreementsOf(tx, membershipID)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		v := &AgreementVersion{Agreement: a}
		if v.File, err = fileOr(tx, a.FileID); err != nil {
			return nil, err
		}
		if a.Signature != nil {
			if v.Scan, err = fileOr(tx, a.Signature.FileID); err != nil {
				return nil, err
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// fileOr is a file, or nil where there is none of the ID.
func fileOr(tx *storage.Tx, id string) (*File, error) {
	if id == "" {
		return nil, nil
	}
	x, err := files.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	return x, err
}

// A MemberCall is something about a cluster's members that waits for its
// organisers. Its words are those of Key, counted.
type MemberCall struct {
	Cluster *Cluster
	Key     string
	Count   int
	Filter  MembershipFilter // that shows them
}

// unsignedLong is after how many days a version that nobody has signed is worth
// a look.
const unsignedLong = 14

// memberCalls are what the members of the clusters wait for, that keep holds for.
func memberCalls(tx *storage.Tx, keep func(clusterIDs []string) bool) (out []MemberCall, err error) {
	list, err := clusters.Find(tx, storage.Query{Sort: "slug"})
	if err != nil {
		return nil, err
	}
	applied, err := memberships.CountBy(tx, storage.Query{Where: []storage.Cond{storage.Is("state", string(JoinApplied))}}, "cluster_id")
	if err != nil {
		return nil, err
	}
	due, err := agreements.CountBy(tx, storage.Query{Where: []storage.Cond{storage.Is("state", string(AgreementDue))}}, "cluster_id")
	if err != nil {
		return nil, err
	}
	unsigned := map[string]int{}
	for a, err := range agreements.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("state", string(AgreementSent))}}) {
		if err != nil {
			return nil, err
		}
		if a.SentAt.AddDate(0, 0, unsignedLong).Before(tx.Now()) {
			unsigned[a.ClusterID]++
		}
	}
	for _, c := range list {
		if !keep([]string{c.ID}) {
			continue
		}
		for _, call := range []MemberCall{
			{c, "membership.call.applied", applied[c.ID], MembershipFilter{Cluster: c.ID, State: JoinApplied}},
			{c, "membership.call.due", due[c.ID], MembershipFilter{Cluster: c.ID, Agreement: AgreementDue}},
			{c, "membership.call.unsigned", unsigned[c.ID], MembershipFilter{Cluster: c.ID, Agreement: AgreementSent}},
		} {
			if call.Count > 0 {
				out = append(out, call)
			}
		}
	}
	return out, nil
}

// MembersOf counts a cluster's active memberships by kind, for everybody.
func (d *Desk) MembersOf(ctx context.Context, clusterID string) (byKind map[string]int, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		byKind, err = memberships.CountBy(tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", clusterID), storage.Is("state", string(JoinActive))}}, "kind")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count the members of cluster %s: %w", clusterID, err)
	}
	return byKind, nil
}
