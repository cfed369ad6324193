package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// MembershipNews is what a webhook reads of a membership. It names no person.
type MembershipNews struct {
	ID        string     `json:"id"`
	State     string     `json:"state"`
	ClusterID string     `json:"cluster_id"`
	CompanyID string     `json:"company_id,omitempty"`
	Company   string     `json:"company"`
	Joined    *time.Time `json:"joined,omitempty"`
	Left      *time.Time `json:"left,omitempty"`
}

// membershipChanged notes in the audit log what was done with m, and promises
// to tell the webhooks: every change of a membership ends here.
func (d *Desk) membershipChanged(tx *storage.Tx, by Actor, m *Membership, what, reason string) error {
	if err := d.log(tx, by, "membership."+what, m.ID, m.CompanyID, m.Name, reason); err != nil {
		return err
	}
	return d.announce(tx, TopicMembership, what, m.ID, []string{m.ClusterID}, m.news())
}

func (m *Membership) news() MembershipNews {
	n := MembershipNews{ID: m.ID, State: string(m.State), ClusterID: m.ClusterID, CompanyID: m.CompanyID, Company: m.Name}
	for at, to := range map[*time.Time]**time.Time{&m.Joined: &n.Joined, &m.Left: &n.Left} {
		if !at.IsZero() {
			*to = at
		}
	}
	return n
}

// dress puts what lists know of the company into m.
func (m *Membership) dress(c *Company) {
	m.CompanyID, m.Name, m.Sort, m.Kind, m.Tags, m.Words = c.ID, c.Name, c.Sort, c.Kind, slices.Clone(c.Tags), slices.Clone(c.Words)
	if m.Words == nil {
		m.Words = []string{}
	}
}

// become brings m to a state. Live is kept in step, so that a company has one
// active membership of a cluster at most.
func (m *Membership) become(s JoinState, reason string, now time.Time) {
	m.State, m.StateAt, m.Reason, m.Live = s, now, reason, ""
	switch s {
	case JoinActive:
		m.Live = m.ClusterID + "/" + m.CompanyID
	case JoinEnded:
		m.Left = now
	}
}

// today is when the day of a moment began on the house's clock.
func today(now time.Time) time.Time {
	return midnight(now.In(zoneOf(HouseZone)).Format(time.DateOnly), zoneOf(HouseZone))
}

// activeMemberships are those of a company.
func activeMemberships(tx *storage.Tx, companyID string) ([]*Membership, error) {
	return memberships.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("company_id", companyID), storage.Is("state", string(JoinActive))}})
}

// activeMembership is the one of a company in a cluster; storage.ErrNotFound if
// it is no member.
func activeMembership(tx *storage.Tx, clusterID, companyID string) (*Membership, error) {
	return memberships.First(tx, storage.Query{Where: []storage.Cond{storage.Is("live", clusterID+"/"+companyID)}})
}

// keepMemberships makes the memberships of c, which was just stored, what its
// ClusterIDs say: it opens those that are missing as of today, ends those
// that are too many, and dresses the others. Whoever saves the clusters of a
// company calls it in the same transaction. Only clusters that by organises may
// come or go.
func (d *Desk) keepMemberships(tx *storage.Tx, by Actor, c *Company) error {
	active, err := activeMemberships(tx, c.ID)
	if err != nil {
		return err
	}
	missing := slices.Clone(c.ClusterIDs)
	for _, m := range active {
		i := slices.Index(missing, m.ClusterID)
		if i < 0 {
			if err := d.endMembership(tx, by, m, ""); err != nil {
				return err
			}
			continue
		}
		missing = slices.Delete(missing, i, i+1)
		if err := redress(tx, m, c); err != nil {
			return err
		}
	}
	for _, id := range missing {
		m := &Membership{Meta: storage.Meta{ID: storage.NewID()}, ClusterID: id, Joined: today(tx.Now())}
		if err := d.openMembership(tx, by, m, c); err != nil {
			return err
		}
	}
	return nil
}

// redress stores m if its company is called otherwise by now.
func redress(tx *storage.Tx, m *Membership, c *Company) error {
	if m.Name == c.Name && m.Kind == c.Kind && slices.Equal(m.Tags, c.Tags) && slices.Equal(m.Words, c.Words) {
		return nil
	}
	m.dress(c)
	return memberships.Put(tx, m)
}

// redressAll does so with all active memberships of c, whose clusters stay.
func redressAll(tx *storage.Tx, c *Company) error {
	list, err := activeMemberships(tx, c.ID)
	for _, m := range list {
		if err := redress(tx, m, c); err != nil {
			return err
		}
	}
	return err
}

// errOthersCluster answers an organiser who would change the members of others'
// clusters.
func errOthersCluster() error {
	return &Problem{Kind: Forbidden, Key: "event.not_your_cluster", Fields: map[string]string{"cluster_ids": "event.not_your_cluster"}}
}

// openMembership stores m as an active membership of c. The caller stores c with
// m's cluster among its own.
func (d *Desk) openMembership(tx *storage.Tx, by Actor, m *Membership, c *Company) error {
	if !by.Organises(m.ClusterID) {
		return errOthersCluster()
	}
	m.dress(c)
	m.become(JoinActive, "", tx.Now())
	if err := memberships.Put(tx, m); err != nil {
		return err
	}
	return d.membershipChanged(tx, by, m, "open", "")
}

// endMembership stores m as ended now, and lets its agreements go with it. The
// caller takes m's cluster out of the company.
func (d *Desk) endMembership(tx *storage.Tx, by Actor, m *Membership, reason string) error {
	if !by.Organises(m.ClusterID) {
		return errOthersCluster()
	}
	m.become(JoinEnded, reason, tx.Now())
	if err := memberships.Put(tx, m); err != nil {
		return err
	}
	list, err := agreementsOf(tx, m.ID)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.State == AgreementRenewed || a.State == AgreementLapsed {
			continue
		}
		a.become(AgreementLapsed, tx.Now())
		if err := putAgreement(tx, a); err != nil {
			return err
		}
	}
	return d.membershipChanged(tx, by, m, "end", reason)
}

// A NewMembership is what an organiser says who opens one by hand.
type NewMembership struct {
	ID        string // of the form, so that it counts once
	CompanyID string
	ClusterID string
	Joined    string // first day, 2006-01-02; empty: today
	ContactID string // one of the company's people; empty: nobody yet
}

// OpenMembership makes a company a member of a cluster, for its organisers. The
// same form twice is one.
func (d *Desk) OpenMembership(ctx context.Context, by Actor, in NewMembership) (m *Membership, err error) {
	if !by.Organises(in.ClusterID) {
		return nil, errHidden
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			m, err = d.openByHand(tx, by, in)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("open a membership: %w", changedMeanwhile(err))
	}
	return m, nil
}

func (d *Desk) openByHand(tx *storage.Tx, by Actor, in NewMembership) (*Membership, error) {
	c, err := companies.Get(tx, in.CompanyID)
	if err != nil {
		return nil, err
	}
	m := &Membership{Meta: storage.Meta{ID: orNew(in.ID)}, ClusterID: in.ClusterID, Joined: today(tx.Now()), ContactID: in.ContactID}
	if in.Joined != "" {
		m.Joined = midnight(in.Joined, zoneOf(HouseZone))
	}
	f := faults{}
	if m.Joined.IsZero() || m.Joined.After(tx.Now()) {
		f.add("joined", "membership.joined_past")
	}
	if err := errors.Join(exists(tx, f, "cluster_id", clusters.Get, in.ClusterID), checkContact(tx, f, in.ContactID, c.ID)); err != nil {
		return nil, err
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	switch had, err := activeMembership(tx, in.ClusterID, c.ID); {
	case err == nil && had.ID == m.ID:
		return had, nil
	case err == nil:
		return nil, &Problem{Kind: Exists, Key: "membership.is_member", Args: []any{"company", c.Name}}
	case !errors.Is(err, storage.ErrNotFound):
		return nil, err
	}
	c.ClusterIDs = append(c.ClusterIDs, in.ClusterID)
	if err := companies.Put(tx, c); err != nil {
		return nil, err
	}
	return m, d.openMembership(tx, by, m, c)
}

// checkContact wants a contact to be one of the company's people.
func checkContact(tx *storage.Tx, f faults, personID, companyID string) error {
	if personID == "" {
		return nil
	}
	p, err := people.Get(tx, personID)
	if err == nil && p.CompanyID != companyID || errors.Is(err, storage.ErrNotFound) {
		f.add("contact_id", "problem.choice")
		return nil
	}
	return err
}

// EndMembership ends an active one, for the organisers of its cluster, and tells
// its contact. Done twice it is done once.
func (d *Desk) EndMembership(ctx context.Context, by Actor, id, reason string) (*Membership, error) {
	reason = cleanText(reason)
	if len([]rune(reason)) > noteLimit {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"reason": "problem.too_long"}}
	}
	return d.onMember(ctx, by, id, func(tx *storage.Tx, m *Membership) error {
		switch m.State {
		case JoinEnded:
			return nil
		case JoinActive:
		default:
			return &Problem{Kind: Closed, Key: "membership.not_active"}
		}
		if err := d.dropMembership(tx, by, m, reason); err != nil {
			return err
		}
		return d.tellSpeaker(tx, m, memberLetter{kind: mailMembershipEnded, key: m.ID, path: "/memberships/" + m.ID, why: reason})
	})
}

// dropMembership ends m and takes its cluster out of its company.
func (d *Desk) dropMembership(tx *storage.Tx, by Actor, m *Membership, reason string) error {
	c, err := companies.Get(tx, m.CompanyID)
	if err != nil {
		return err
	}
	c.ClusterIDs = slices.DeleteFunc(slices.Clone(c.ClusterIDs), func(id string) bool { return id == m.ClusterID })
	if err := companies.Put(tx, c); err != nil {
		return err
	}
	return d.endMembership(tx, by, m, reason)
}

// onMember changes one in a transaction, for the organisers of its cluster.
func (d *Desk) onMember(ctx context.Context, by Actor, id string, change func(*storage.Tx, *Membership) error) (m *Membership, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if m, err = memberships.Get(tx, id); err != nil {
			return err
		}
		if !by.Organises(m.ClusterID) {
			return errHidden
		}
		return change(tx, m)
	})
	if err != nil {
		return nil, fmt.Errorf("change membership %s: %w", id, changedMeanwhile(err))
	}
	return m, nil
}

// SetMembershipContact says who speaks for the company, for organisers: one of
// its people, or nobody.
func (d *Desk) SetMembershipContact(ctx context.Context, by Actor, id, personID string) (*Membership, error) {
	return d.onMember(ctx, by, id, func(tx *storage.Tx, m *Membership) error {
		f := faults{}
		if err := checkContact(tx, f, personID, m.CompanyID); err != nil {
			return err
		}
		if err := f.problem(); err != nil || m.ContactID == personID {
			return err
		}
		m.ContactID = personID
		if err := memberships.Put(tx, m); err != nil {
			return err
		}
		return d.membershipChanged(tx, by, m, "contact", "")
	})
}
