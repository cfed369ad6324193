package scheduling

import (
	"errors"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// personByEmail finds a person by an address in normal form, or by one that
// they had before they were merged with another.
func personByEmail(tx *storage.Tx, email string) (*Person, error) {
	p, err := people.First(tx, storage.Query{Where: []storage.Cond{storage.Is("email", email)}})
	if !errors.Is(err, storage.ErrNotFound) {
		return p, err
	}
	return people.First(tx, storage.Query{Where: []storage.Cond{{Field: "aliases", Op: storage.Has, Value: email}}})
}

// PersonByEmail finds a person by their address, in a caller's transaction.
func PersonByEmail(tx *storage.Tx, email string) (*Person, error) {
	email, ok := NormalEmail(email)
	if !ok {
		return nil, storage.ErrNotFound
	}
	p, err := personByEmail(tx, email)
	if err == nil && p.Erased() {
		return nil, storage.ErrNotFound
	}
	return p, err
}

// contact gives the person behind r, making one of somebody new. What we know
// of a person is never overwritten by what somebody typed under their address.
func (d *Desk) contact(tx *storage.Tx, r *Registration, clusterIDs []string) (p *Person, fresh bool, err error) {
	p, err = personByEmail(tx, r.Email)
	if errors.Is(err, storage.ErrNotFound) {
		p = &Person{Meta: storage.Meta{ID: storage.NewID()}, Email: r.Email, Name: r.Name, Title: r.Title, Lang: r.Lang, ClusterIDs: slices.Clone(clusterIDs)}
		p.index()
		return p, true, people.Put(tx, p)
	}
	if err != nil {
		return nil, false, err
	}
	known := len(p.ClusterIDs)
	for _, id := range clusterIDs {
		if !slices.Contains(p.ClusterIDs, id) {
			p.ClusterIDs = append(p.ClusterIDs, id)
		}
	}
	if len(p.ClusterIDs) == known {
		return p, false, nil
	}
	return p, false, people.Put(tx, p)
}

// Meet finds the person of in's address, or makes one: somebody who has shown
// that the address is theirs. What is known of a person stays.
func (d *Desk) Meet(tx *storage.Tx, in Person) (*Person, error) {
	p, err := personByEmail(tx, in.Email)
	if !errors.Is(err, storage.ErrNotFound) {
		return p, err
	}
	p = &Person{Meta: storage.Meta{ID: storage.NewID()}, Email: in.Email, Name: cleanLine(in.Name), Lang: in.Lang, ClusterIDs: in.ClusterIDs}
	p.index()
	if err := people.Put(tx, p); err != nil {
		return nil, err
	}
	return p, d.log(tx, p.Actor(), "person.save", p.ID, p.ID, "", "")
}

// index sets what lists are sorted and searched by.
func (p *Person) index() {
	p.Sort = strings.ToLower(p.Name)
	p.Words = words(p.Name, p.Email, strings.Join(p.Aliases, " "))
	p.Staff = len(p.Grants) > 0
}

// companyNamed gives the id of the company of exactly that name, or "".
func companyNamed(tx *storage.Tx, name string) (string, error) {
	c, err := companies.First(tx, storage.Query{Where: []storage.Cond{storage.Is("sort", strings.ToLower(cleanLine(name)))}})
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// index sets what lists are sorted and searched by.
func (c *Company) index() {
	c.Sort = strings.ToLower(c.Name)
	c.Words = words(c.Name, c.BusinessID, c.Municipality, strings.Join(c.Tags, " "))
}
