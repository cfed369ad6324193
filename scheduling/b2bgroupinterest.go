package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// An Interest is what somebody says who wants their company to be in a group.
type Interest struct {
	ID      string // of the form, so that it counts once
	Name    string // of the person; not asked of who is signed in
	Email   string // the same
	Lang    string
	Company string // not asked of whose company is known
	Country string
	Kind    CompanyKind
	Message string
	Listed  bool   // the company may stand on the public page
	Wording string // what that was called
}

// interestKept is how long an interest waits for its address to be confirmed.
const interestKept = 7 * 24 * time.Hour

// ShowInterest notes that a company wants to be in a public group that
// recruits. Who is signed in is believed at once; anybody else gets a mail with
// a link to confirm that the address is theirs. The same form twice is one, and
// what it answers does not tell whether an address is known.
func (d *Desk) ShowInterest(ctx context.Context, by Actor, slug string, in Interest) (m *GroupMembership, err error) {
	if err := in.check(by); err != nil {
		return nil, err
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			m, err = d.interest(tx, by, slug, in)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("show interest in group %s: %w", slug, changedMeanwhile(err))
	}
	return m, nil
}

func (in *Interest) check(by Actor) error {
	f := faults{}
	in.Name, in.Company, in.Country, in.Message = cleanLine(in.Name), cleanLine(in.Company), upperCode(in.Country), cleanText(in.Message)
	f.limit("message", in.Message, noteLimit)
	f.limit("company", in.Company, lineLimit)
	if !by.SignedIn() {
		f.need("name", in.Name, lineLimit)
		in.Email = f.address("email", in.Email)
		in.checkCompany(f)
	}
	return f.problem()
}

// checkCompany checks what is said of a company that we may not know.
func (in *Interest) checkCompany(f faults) {
	f.need("company", in.Company, lineLimit)
	if !countryForm.MatchString(in.Country) {
		f.add("country", "company.country")
	}
	if !slices.Contains(CompanyKinds, in.Kind) {
		f.add("kind", "problem.choice")
	}
}

func (d *Desk) interest(tx *storage.Tx, by Actor, slug string, in Interest) (*GroupMembership, error) {
	p, err := publicB2B(tx, slug)
	if err != nil {
		return nil, err
	}
	if p.B2B.State != B2BRecruiting {
		return nil, &Problem{Kind: Closed, Key: "b2b.not_recruiting"}
	}
	if found, err := groupMemberships.Get(tx, in.ID); err == nil && found.GroupID == p.Group.ID {
		return found, nil
	} else if !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	n, err := groupMemberships.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", p.Group.ID)}})
	if err != nil {
		return nil, err
	}
	if n >= maxMemberOpen {
		return nil, &Problem{Kind: Full, Key: "b2b.too_many"}
	}
	m := &GroupMembership{Meta: storage.Meta{ID: orNew(in.ID)}, GroupID: p.Group.ID, State: MemberInterested, Message: in.Message, StateAt: tx.Now()}
	if m.Listed = in.Listed; in.Listed {
		m.ListedAt, m.Wording = tx.Now(), cleanText(in.Wording)
	}
	if by.SignedIn() {
		return d.interestOf(tx, by, p.Group, m, in)
	}
	return d.interestFrom(tx, p.Group, m, in)
}

// interestOf is that of a person whom we know.
func (d *Desk) interestOf(tx *storage.Tx, by Actor, g *Group, m *GroupMembership, in Interest) (*GroupMembership, error) {
	p, err := people.Get(tx, by.ID)
	if err != nil {
		return nil, err // a token stands for no company
	}
	if p.CompanyID == "" {
		f := faults{}
		in.checkCompany(f)
		if err := f.problem(); err != nil {
			return nil, err
		}
	}
	m.Name, m.Country, m.Kind = in.Company, in.Country, in.Kind
	return d.standFor(tx, by, g, m, p)
}

// standFor makes m one of p's company, if that is known, and tells who decides.
// A company that is there already is not there twice.
func (d *Desk) standFor(tx *storage.Tx, by Actor, g *Group, m *GroupMembership, p *Person) (*GroupMembership, error) {
	m.People, m.Email, m.Lang = []GroupPerson{{PersonID: p.ID, Name: p.Name}}, p.Email, p.Lang
	key := p.Email
	if p.CompanyID != "" {
		c, err := companies.Get(tx, p.CompanyID)
		if err != nil {
			return nil, err
		}
		key, m.CompanyID, m.Name, m.Country, m.Kind = c.ID, c.ID, c.Name, c.Country, c.Kind
	}
	switch found, err := liveMembership(tx, g.ID, key); {
	case err == nil && found.ID != m.ID && found.Has(p.ID):
		return found, nil
	case err == nil && found.ID != m.ID:
		return nil, &Problem{Kind: Exists, Key: "b2b.company_is_in", Args: []any{"company", found.Name}}
	case err != nil && !errors.Is(err, storage.ErrNotFound):
		return nil, err
	}
	m.become(MemberInterested, "", tx.Now())
	if err := groupMemberships.Put(tx, m); err != nil {
		return nil, err
	}
	if err := d.tellDeciders(tx, g, groupLetter{kind: mailB2BInterest, key: m.ID, ref: m.ID,
		path: "/groups/" + g.ID + "/b2b/members/" + m.ID, args: []any{"company", m.Name}}); err != nil {
		return nil, err
	}
	return m, d.log(tx, by, "b2b.interest", m.ID, g.ID, m.Name, "")
}

// interestFrom is that of somebody who says that an address is theirs.
func (d *Desk) interestFrom(tx *storage.Tx, g *Group, m *GroupMembership, in Interest) (*GroupMembership, error) {
	m.Name, m.Country, m.Kind, m.Email, m.Lang = in.Company, in.Country, in.Kind, in.Email, d.Texts.In(in.Lang).Code()
	m.People = []GroupPerson{{Name: in.Name}}
	m.become(MemberUnconfirmed, "", tx.Now())
	m.Live = "" // an address that is not confirmed takes nobody's place
	recent, err := d.askedLately(tx, g.ID, in.Email)
	if err != nil || recent {
		return m, err
	}
	if err := groupMemberships.Put(tx, m); err != nil {
		return nil, err
	}
	return m, d.tellGroup(tx, g, groupLetter{kind: mailB2BAddress, key: m.ID, ref: m.ID,
		path: "/b2b-groups/interest/" + d.InterestLink(m), args: []any{"company", m.Name}},
		&Person{Meta: storage.Meta{ID: "new"}, Name: in.Name, Email: in.Email, Lang: m.Lang})
}

// interestRest is how long an address is not written to again about one group,
// whoever asks for it.
const interestRest = time.Hour

func (d *Desk) askedLately(tx *storage.Tx, groupID, email string) (bool, error) {
	list, err := groupMemberships.Find(tx, storage.Query{Where: []storage.Cond{
		storage.Is("state", string(MemberUnconfirmed)), {Field: "created", Op: storage.Gt, Value: tx.Now().Add(-interestRest)}}})
	return slices.ContainsFunc(list, func(m *GroupMembership) bool { return m.GroupID == groupID && m.Email == email }), err
}

// InterestLink is the last part of the address where an interest is confirmed.
func (d *Desk) InterestLink(m *GroupMembership) string { return d.sign("interest", m.ID, 0) }

// An InterestPage is an interest that waits for its address to be confirmed.
type InterestPage struct {
	Group      *Group
	Membership *GroupMembership
}

// InterestByLink finds the interest of a link out of a mail.
func (d *Desk) InterestByLink(ctx context.Context, link string) (p *InterestPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = d.interestByLink(tx, link)
		return err
	})
	return p, err
}

func (d *Desk) interestByLink(tx *storage.Tx, link string) (*InterestPage, error) {
	id, mac, ok := splitLink(link)
	if !ok || !d.signed("interest", id, 0, mac) {
		return nil, errHidden
	}
	m, err := groupMemberships.Get(tx, id)
	if err != nil {
		return nil, err
	}
	g, err := groups.Get(tx, m.GroupID)
	return &InterestPage{g, m}, err
}

// ConfirmInterest takes the interest of a link for true: its person becomes a
// contact who can sign in, and who decides is told. Done twice it is done once.
func (d *Desk) ConfirmInterest(ctx context.Context, link string) (m *GroupMembership, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			p, err := d.interestByLink(tx, link)
			if err != nil {
				return err
			}
			if m = p.Membership; m.State != MemberUnconfirmed {
				return nil
			}
			a, err := b2bOf(tx, Actor{}, p.Group.ID)
			if err != nil {
				return err
			}
			if a.b.State != B2BRecruiting {
				return &Problem{Kind: Closed, Key: "b2b.not_recruiting"}
			}
			who, err := contactOr(tx, Person{Email: m.Email, Name: m.People[0].Name, Lang: m.Lang}, p.Group.ClusterID)
			if err != nil {
				return err
			}
			by := who.Actor()
			by.Via = "link"
			found, err := d.standFor(tx, by, p.Group, m, who)
			if err == nil && found.ID != m.ID { // the company came in another way
				m, err = found, groupMemberships.Delete(tx, p.Membership)
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("confirm an interest: %w", changedMeanwhile(err))
	}
	return m, nil
}

// contactOr gives the person of in's address, making one of somebody new, as a
// contact of a cluster. What is known of a person stays.
func contactOr(tx *storage.Tx, in Person, clusterID string) (*Person, error) {
	p, err := personByEmail(tx, in.Email)
	if errors.Is(err, storage.ErrNotFound) {
		p, err = &Person{Meta: storage.Meta{ID: storage.NewID()}, Email: in.Email, Name: in.Name, Lang: in.Lang, CompanyID: in.CompanyID}, nil
		p.index()
	}
	if err != nil || slices.Contains(p.ClusterIDs, clusterID) {
		return p, err
	}
	p.ClusterIDs = append(p.ClusterIDs, clusterID)
	return p, people.Put(tx, p)
}

// ForgetInterests removes interests that nobody confirmed within a week, and
// says how many.
func (d *Desk) ForgetInterests(ctx context.Context, now time.Time) (n int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		n = 0
		list, err := groupMemberships.Find(tx, storage.Query{Where: []storage.Cond{
			storage.Is("state", string(MemberUnconfirmed)), {Field: "created", Op: storage.Lt, Value: now.Add(-interestKept)}}, Sort: "created", Limit: 500})
		for _, m := range list {
			if err := groupMemberships.Delete(tx, m); err != nil {
				return err
			}
			n++
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forget interests: %w", err)
	}
	return n, nil
}
