package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// People lists the contacts of the clusters that by organises, by name.
func (d *Desk) People(ctx context.Context, by Actor, f ListFilter) (list []*Person, next string, err error) {
	if !by.OrganisesAny() {
		return nil, "", errHidden
	}
	if own, all := by.ownClusters(Organiser); !all && len(own) == 1 && f.Cluster == "" {
		f.Cluster = own[0] // the index finds them; knows would read everybody
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = pageWhere(f.query(), func(q storage.Query) ([]*Person, string, error) { return people.Page(tx, q) }, by.knows)
		return err
	})
	return list, next, err
}

// knows reports whether p is a contact of a cluster that a organises. Nobody
// knows somebody who was erased.
func (a Actor) knows(p *Person) bool {
	own, all := a.ownClusters(Organiser)
	return !p.Erased() && (all || overlap(p.ClusterIDs, own))
}

// A PersonPage is a person with their company and what they registered for.
type PersonPage struct {
	Person        *Person
	Company       *Company
	Registrations []*MyPage
}

// Person gives one, for the organisers of their clusters and for themselves.
// Organisers see what they registered for at their own clusters. Somebody who
// was merged with another answers with that one.
func (d *Desk) Person(ctx context.Context, by Actor, id string) (page *PersonPage, err error) {
	if !by.OrganisesAny() && by.ID != id {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := found(tx, people.Get, id)
		if err != nil {
			return err
		}
		if by.ID != id && !by.knows(p) {
			return errHidden
		}
		page = &PersonPage{Person: p}
		if p.CompanyID != "" {
			if page.Company, err = companies.Get(tx, p.CompanyID); err != nil {
				return err
			}
		}
		page.Registrations, err = d.registrationsOf(tx, p.Email)
		page.Registrations = slices.DeleteFunc(page.Registrations, func(m *MyPage) bool {
			return by.ID != id && !by.Organises(m.Event.ClusterIDs...)
		})
		return err
	})
	return page, err
}

// registrationsOf are those under an address, and under the others of the same
// person, latest event first.
func (d *Desk) registrationsOf(tx *storage.Tx, email string) ([]*MyPage, error) {
	emails := []string{email}
	if p, err := personByEmail(tx, email); err == nil {
		emails = append(p.Aliases, p.Email, email)
	} else if ignoreMissing(err) != nil {
		return nil, err
	}
	rs, err := registrations.Find(tx, storage.Query{Where: []storage.Cond{{Field: "email", Op: storage.In, Value: emails}}, Limit: 1000})
	if err != nil {
		return nil, err
	}
	var out []*MyPage
	for _, r := range rs {
		e, err := events.Get(tx, r.EventID)
		if err != nil {
			return nil, err
		}
		out = append(out, &MyPage{Event: e, Registration: r})
	}
	slices.SortStableFunc(out, func(a, b *MyPage) int { return b.Event.Starts.Compare(a.Event.Starts) })
	return out, nil
}

// SavePerson stores a person, for the organisers of their clusters; somebody
// new belongs to those of the organiser where none is named. Grants are left as
// they are: see SetGrants.
func (d *Desk) SavePerson(ctx context.Context, by Actor, p *Person) error {
	f := faults{}
	p.Name, p.Title, p.Phone = cleanLine(p.Name), cleanLine(p.Title), cleanLine(p.Phone)
	f.need("name", p.Name, lineLimit)
	f.limit("title", p.Title, lineLimit)
	f.limit("phone", p.Phone, 40)
	p.Email = f.address("email", p.Email)
	if err := f.problem(); err != nil {
		return err
	}
	if !by.OrganisesAny() {
		return errHidden
	}
	return d.save(ctx, by, "person", "", "email", func(tx *storage.Tx) (string, error) {
		if err := p.checkReferences(tx); err != nil {
			return "", err
		}
		if err := d.checkKnown(tx, by, p); err != nil {
			return "", err
		}
		p.ID = orNew(p.ID)
		p.index()
		return p.ID, people.Put(tx, p)
	})
}

// checkKnown lets an organiser store contacts of their own clusters only, and
// leaves p the grants it has.
func (d *Desk) checkKnown(tx *storage.Tx, by Actor, p *Person) error {
	p.Grants, p.Aliases = nil, nil
	if p.Rev > 0 {
		old, err := people.Get(tx, p.ID)
		if err != nil {
			return err
		}
		p.Grants, p.Aliases = old.Grants, old.Aliases
		// A new address would sign in with the old one's rights.
		if !by.knows(old) || old.Email != p.Email && len(old.Grants) > 0 && !by.Administers() {
			return errHidden
		}
	}
	if own, all := by.ownClusters(Organiser); len(p.ClusterIDs) == 0 && !all {
		p.ClusterIDs = own
	}
	if !by.knows(p) {
		return &Problem{Kind: Forbidden, Key: "event.not_your_cluster", Fields: map[string]string{"cluster_ids": "event.not_your_cluster"}}
	}
	return nil
}

// SetGrants gives a person their roles, for an administrator. The last
// administrator stays one.
func (d *Desk) SetGrants(ctx context.Context, by Actor, id string, grants []Grant) error {
	for _, g := range grants {
		if !slices.Contains(Roles, g.Role) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"role": "problem.choice"}}
		}
	}
	return d.regrant(ctx, by, id, func(*storage.Tx, []Grant) ([]Grant, error) { return slices.Clone(grants), nil })
}

// GiveRole adds one role to those a person has, for an administrator. Giving
// one twice gives it once.
func (d *Desk) GiveRole(ctx context.Context, by Actor, id string, g Grant) error {
	return d.regrant(ctx, by, id, func(tx *storage.Tx, had []Grant) ([]Grant, error) { return withGrant(tx, had, g) })
}

// TakeRole takes one role away, for an administrator. One that the person does
// not have is no error.
func (d *Desk) TakeRole(ctx context.Context, by Actor, id string, g Grant) error {
	return d.regrant(ctx, by, id, func(_ *storage.Tx, had []Grant) ([]Grant, error) {
		return slices.DeleteFunc(slices.Clone(had), func(h Grant) bool { return h == g }), nil
	})
}

// regrant changes what a person may do; roles that stay the same are no change.
func (d *Desk) regrant(ctx context.Context, by Actor, id string, change func(*storage.Tx, []Grant) ([]Grant, error)) error {
	if !by.Administers() {
		return errHidden
	}
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := people.Get(tx, id)
		if err != nil {
			return err
		}
		grants, err := change(tx, p.Grants)
		if err != nil || slices.Equal(grants, p.Grants) {
			return err
		}
		return d.grant(tx, by, p, grants)
	})
	if err != nil {
		return fmt.Errorf("set grants of %s: %w", id, changedMeanwhile(err))
	}
	return nil
}

// grant stores a person with their new roles.
func (d *Desk) grant(tx *storage.Tx, by Actor, p *Person, grants []Grant) error {
	was := Actor{Grants: p.Grants}.Administers()
	p.Grants = grants
	p.index()
	if err := people.Put(tx, p); err != nil {
		return err
	}
	if was && !(Actor{Grants: grants}).Administers() {
		if err := d.anyAdministrator(tx); err != nil {
			return err
		}
	}
	return d.log(tx, by, "person.grants", p.ID, p.ID, describeGrants(grants), "")
}

// withGrant adds a role. What it names has to be there.
func withGrant(tx *storage.Tx, had []Grant, g Grant) ([]Grant, error) {
	if slices.Contains(had, g) {
		return had, nil
	}
	f := faults{}
	if !slices.Contains(Roles, g.Role) {
		f.add("role", "problem.choice")
	}
	if g.Role == Coordinator && g.Group == "" {
		f.add("group", "person.group_needed")
	}
	err := errors.Join(
		exists(tx, f, "cluster", clusters.Get, optional(g.Cluster)...),
		exists(tx, f, "group", groups.Get, optional(g.Group)...),
	)
	if err != nil {
		return nil, err
	}
	return append(slices.Clone(had), g), f.problem()
}

// Appoint gives a role to the person of an address, for an administrator;
// somebody new becomes a person first. What is known of a person stays.
func (d *Desk) Appoint(ctx context.Context, by Actor, in Person, g Grant) (p *Person, err error) {
	if !by.Administers() {
		return nil, errHidden
	}
	f := faults{}
	in.Email, in.Name = f.address("email", in.Email), cleanLine(in.Name)
	f.limit("name", in.Name, lineLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		if p, err = personOr(tx, in); err != nil {
			return err
		}
		grants, err := withGrant(tx, p.Grants, g)
		if err != nil || slices.Equal(grants, p.Grants) {
			return err
		}
		return d.grant(tx, by, p, grants)
	})
	if err != nil {
		return nil, fmt.Errorf("appoint a person: %w", changedMeanwhile(err))
	}
	return p, nil
}

// personOr finds the person of in's address or begins a new one, who needs a name.
func personOr(tx *storage.Tx, in Person) (*Person, error) {
	p, err := personByEmail(tx, in.Email)
	if !errors.Is(err, storage.ErrNotFound) {
		return p, err
	}
	if in.Name == "" {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"name": "problem.required"}}
	}
	return &Person{Meta: storage.Meta{ID: storage.NewID()}, Email: in.Email, Name: in.Name, Lang: in.Lang}, nil
}

func describeGrants(gs []Grant) string {
	var out []string
	for _, g := range gs {
		out = append(out, string(g.Role))
	}
	return strings.Join(out, ", ")
}

// anyAdministrator refuses a house that nobody could administer.
func (d *Desk) anyAdministrator(tx *storage.Tx) error {
	for p, err := range people.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("staff", true)}}) {
		if err != nil {
			return err
		}
		if (Actor{Grants: p.Grants}).Administers() {
			return nil
		}
	}
	return &Problem{Kind: Forbidden, Key: "person.last_administrator"}
}

// MakeAdministrator makes the person of the address an administrator, for the
// command line. Whoever can run it owns the database already.
func (d *Desk) MakeAdministrator(ctx context.Context, email, name string) (p *Person, err error) {
	email, ok := NormalEmail(email)
	if !ok {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"email": "problem.address"}}
	}
	by := Actor{Name: "command line", Via: "cli"}
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err = personByEmail(tx, email)
		if errors.Is(err, storage.ErrNotFound) {
			p, err = &Person{Meta: storage.Meta{ID: storage.NewID()}, Email: email, Name: cleanLine(name), Lang: "en"}, nil
		}
		if err != nil || (Actor{Grants: p.Grants}).Administers() {
			return err
		}
		p.Grants = append(p.Grants, Grant{Role: Administrator})
		p.index()
		if err := people.Put(tx, p); err != nil {
			return err
		}
		return d.log(tx, by, "person.grants", p.ID, p.ID, string(Administrator), "")
	})
	return p, err
}
