package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// People lists people by name, for organisers.
func (d *Desk) People(ctx context.Context, by Actor, f ListFilter) (list []*Person, next string, err error) {
	if !by.OrganisesAny() {
		return nil, "", errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = people.Page(tx, f.query())
		return err
	})
	return list, next, err
}

// A PersonPage is a person with their company and what they registered for.
type PersonPage struct {
	Person        *Person
	Company       *Company
	Registrations []*MyPage
}

// Person gives one, for organisers and for themselves.
func (d *Desk) Person(ctx context.Context, by Actor, id string) (page *PersonPage, err error) {
	if !by.OrganisesAny() && by.ID != id {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := people.Get(tx, id)
		if err != nil {
			return err
		}
		page = &PersonPage{Person: p}
		if p.CompanyID != "" {
			if page.Company, err = companies.Get(tx, p.CompanyID); err != nil {
				return err
			}
		}
		page.Registrations, err = d.registrationsOf(tx, p.Email)
		return err
	})
	return page, err
}

// registrationsOf are those under an address, latest event first.
func (d *Desk) registrationsOf(tx *storage.Tx, email string) ([]*MyPage, error) {
	rs, err := registrations.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("email", email)}, Limit: 1000})
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

// SavePerson stores a person, for organisers. Grants are left as they are: see SetGrants.
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
		p.Grants = nil
		if p.Rev > 0 {
			old, err := people.Get(tx, p.ID)
			if err != nil {
				return "", err
			}
			p.Grants = old.Grants
			if old.Email != p.Email && len(old.Grants) > 0 && !by.Administers() {
				return "", errHidden // a new address would sign in with the old one's rights
			}
		}
		p.ID = orNew(p.ID)
		p.index()
		return p.ID, people.Put(tx, p)
	})
}

// SetGrants gives a person their roles, for an administrator. The last
// administrator stays one.
func (d *Desk) SetGrants(ctx context.Context, by Actor, id string, grants []Grant) error {
	if !by.Administers() {
		return errHidden
	}
	for _, g := range grants {
		if !slices.Contains(Roles, g.Role) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"role": "problem.choice"}}
		}
	}
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := people.Get(tx, id)
		if err != nil {
			return err
		}
		was := Actor{Grants: p.Grants}.Administers()
		p.Grants = slices.Clone(grants)
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
	})
	if err != nil {
		return fmt.Errorf("set grants of %s: %w", id, changedMeanwhile(err))
	}
	return nil
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
