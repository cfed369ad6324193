package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// declinedKept is how long it stays known who asked to join and was declined.
const declinedKept = 365 * 24 * time.Hour

// companiesLike are those that an application may be of: the one with its
// business id, and those of its name.
func companiesLike(tx *storage.Tx, a *JoinApplication) (found []*Company, err error) {
	if a.BusinessID != "" {
		if found, err = companies.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("business_id", a.BusinessID)}}); err != nil {
			return nil, err
		}
	}
	c := &Company{Name: a.Company}
	c.index()
	named, err := companies.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("sort", c.Sort)}, Limit: 10})
	for _, n := range named {
		if !slices.ContainsFunc(found, func(x *Company) bool { return x.ID == n.ID }) {
			found = append(found, n)
		}
	}
	return found, err
}

// ApproveMembership makes the company of an application a member, for the
// organisers of its cluster: the company that they know it to be, or a new one
// if companyID is empty. Its contact is told and can sign in from then on. Done
// twice it is done once.
func (d *Desk) ApproveMembership(ctx context.Context, by Actor, id, companyID string) (*Membership, error) {
	m, err := d.onMember(ctx, by, id, func(tx *storage.Tx, m *Membership) error {
		if m.State == JoinActive {
			return nil
		}
		if m.State != JoinApplied {
			return &Problem{Kind: Closed, Key: "membership.decided"}
		}
		return d.approve(tx, by, m, companyID)
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return nil, &Problem{Kind: Exists, Key: "membership.known_company"}
	}
	return m, err
}

func (d *Desk) approve(tx *storage.Tx, by Actor, m *Membership, companyID string) error {
	c, err := d.companyToBe(tx, by, m.Application, companyID)
	if err != nil {
		return err
	}
	switch _, err := activeMembership(tx, m.ClusterID, c.ID); {
	case err == nil:
		return &Problem{Kind: Exists, Key: "membership.is_member", Args: []any{"company", c.Name}}
	case !errors.Is(err, storage.ErrNotFound):
		return err
	}
	who, err := d.speaker(tx, m.Application, m.ClusterID, c.ID)
	if err != nil {
		return err
	}
	c.ClusterIDs = append(c.ClusterIDs, m.ClusterID)
	if err := companies.Put(tx, c); err != nil {
		return err
	}
	m.Joined, m.ContactID, m.Application = today(tx.Now()), who.ID, nil
	m.dress(c)
	m.become(JoinActive, "", tx.Now())
	if err := memberships.Put(tx, m); err != nil {
		return err
	}
	if err := d.tellSpeaker(tx, m, memberLetter{kind: mailMembershipApproved, key: m.ID, path: "/memberships/" + m.ID}); err != nil {
		return err
	}
	return d.membershipChanged(tx, by, m, "approve", "")
}

// companyToBe is the company that an application is taken for. A new one is
// stored by the caller.
func (d *Desk) companyToBe(tx *storage.Tx, by Actor, a *JoinApplication, companyID string) (*Company, error) {
	if companyID != "" {
		c, err := companies.Get(tx, companyID)
		if errors.Is(err, storage.ErrNotFound) {
			return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"company_id": "problem.choice"}}
		}
		return c, err
	}
	if a.BusinessID != "" {
		n, err := companies.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("business_id", a.BusinessID)}})
		if err != nil {
			return nil, err
		}
		if n > 0 {
			return nil, &Problem{Kind: Exists, Key: "membership.known_company"}
		}
	}
	c := &Company{Meta: storage.Meta{ID: storage.NewID()}, Name: a.Company, Kind: a.Kind, BusinessID: a.BusinessID, Country: a.Country, Municipality: a.Municipality,
		Website: a.Website, ClusterIDs: []string{}}
	c.index()
	return c, d.log(tx, by, "company.save", c.ID, c.ID, c.Name, "")
}

// speaker is the contact of an application, as one of the company's people
// unless they belong to another one.
func (d *Desk) speaker(tx *storage.Tx, a *JoinApplication, clusterID, companyID string) (*Person, error) {
	p, err := contactOr(tx, Person{Email: a.Email, Name: a.Name, Lang: a.Lang}, clusterID)
	if err != nil {
		return nil, err
	}
	if p.CompanyID == "" {
		p.CompanyID = companyID
	}
	if p.Title == "" {
		p.Title = a.Title
	}
	if p.Phone == "" {
		p.Phone = a.Phone
	}
	p.Consents = append(p.Consents, a.Consents...)
	return p, people.Put(tx, p)
}

// DeclineMembership says no to an application, with the reason that it reads,
// for the organisers of its cluster. Done twice it is done once.
func (d *Desk) DeclineMembership(ctx context.Context, by Actor, id, reason string) (*Membership, error) {
	f := faults{}
	reason = cleanText(reason)
	f.need("reason", reason, noteLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onMember(ctx, by, id, func(tx *storage.Tx, m *Membership) error {
		if m.State == JoinDeclined {
			return nil
		}
		if m.State != JoinApplied {
			return &Problem{Kind: Closed, Key: "membership.decided"}
		}
		m.become(JoinDeclined, reason, tx.Now())
		if err := memberships.Put(tx, m); err != nil {
			return err
		}
		if a := m.Application; a != nil {
			w := memberLetter{kind: mailMembershipDeclined, key: m.ID, to: reader{a.Email, a.Name, a.Lang}, path: "/join/" + d.JoinLink(m.ID), why: reason}
			if err := d.tellOfMembership(tx, m, w); err != nil {
				return err
			}
		}
		return d.membershipChanged(tx, by, m, "decline", reason)
	})
}

// ForgetJoins removes applications whose address was not confirmed within two
// weeks, and after a year who had asked to join and was declined. It says how
// many.
func (d *Desk) ForgetJoins(ctx context.Context, now time.Time) (n int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		n = 0
		old, err := joinWishes.Find(tx, storage.Query{Where: []storage.Cond{{Field: "at", Op: storage.Lt, Value: now.Add(-joinKept)}}, Sort: "at", Limit: 500})
		for _, w := range old {
			if err := joinWishes.Delete(tx, w); err != nil {
				return err
			}
			n++
		}
		if err != nil {
			return err
		}
		list, err := memberships.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("state", string(JoinDeclined)), {Field: "state_at", Op: storage.Lt, Value: now.Add(-declinedKept)},
			{Field: "application.email", Op: storage.Gt, Value: ""}}, Sort: "state_at", Limit: 500})
		for _, m := range list {
			m.forgetApplicant()
			if err := memberships.Put(tx, m); err != nil {
				return err
			}
			n++
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forget applications to join: %w", err)
	}
	return n, nil
}

// forgetApplicant takes the person out of an application.
func (m *Membership) forgetApplicant() {
	if m.Application != nil {
		m.Motivation, m.Reason = "", ""
	}
	m.Application = nil
}
