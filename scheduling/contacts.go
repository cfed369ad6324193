package scheduling

import (
	"context"
	"errors"
	"iter"

	"kohtaamo/storage"
)

// A Contact is a person with the name of their company.
type Contact struct {
	*Person
	CompanyName string
}

// EachPerson gives fn all people that f chooses of the contacts that People
// would list, by name. It holds one person at a time.
func (d *Desk) EachPerson(ctx context.Context, by Actor, f ListFilter, fn func(iter.Seq2[*Contact, error]) error) error {
	if !by.OrganisesAny() {
		return errHidden
	}
	return d.view(ctx, func(tx *storage.Tx) error {
		names := map[string]string{}
		return fn(func(yield func(*Contact, error) bool) {
			for p, err := range people.Each(tx, f.all()) {
				if err == nil && !by.knows(p) {
					continue
				}
				c := &Contact{Person: p}
				if err == nil {
					c.CompanyName, err = companyName(tx, names, p.CompanyID)
				}
				if !yield(c, err) || err != nil {
					return
				}
			}
		})
	})
}

// companyName is a company's name, asked for once.
func companyName(tx *storage.Tx, known map[string]string, id string) (string, error) {
	if name, ok := known[id]; ok || id == "" {
		return name, nil
	}
	c, err := companies.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		c, err = &Company{}, nil
	}
	if err != nil {
		return "", err
	}
	known[id] = c.Name
	return c.Name, nil
}

// EachCompany gives fn all companies that f chooses, by name, for organisers.
func (d *Desk) EachCompany(ctx context.Context, by Actor, f ListFilter, fn func(iter.Seq2[*Company, error]) error) error {
	if !by.OrganisesAny() {
		return errHidden
	}
	return d.view(ctx, func(tx *storage.Tx) error { return fn(companies.Each(tx, f.all())) })
}

// all is the query without its pages.
func (f ListFilter) all() storage.Query {
	q := f.query()
	q.Limit, q.After = 0, ""
	return q
}
