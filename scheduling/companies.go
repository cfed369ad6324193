package scheduling

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kohtaamo/storage"
)

// Companies lists companies by name, for organisers.
func (d *Desk) Companies(ctx context.Context, by Actor, f ListFilter) (list []*Company, next string, err error) {
	if !by.OrganisesAny() {
		return nil, "", errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = companies.Page(tx, f.query())
		return err
	})
	return list, next, err
}

// Company gives one, for organisers. One that was merged into another answers
// with that one.
func (d *Desk) Company(ctx context.Context, by Actor, id string) (c *Company, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err = found(tx, companies.Get, id)
		return err
	})
	return c, err
}

// CompanyNames are the names of companies by id, for organisers. An id that
// names none is left out.
func (d *Desk) CompanyNames(ctx context.Context, by Actor, ids ...string) (names map[string]string, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		names = map[string]string{}
		found, err := companies.Find(tx, storage.Query{Where: []storage.Cond{{Field: "_id", Op: storage.In, Value: ids}}})
		for _, c := range found {
			names[c.ID] = c.Name
		}
		return err
	})
	return names, err
}

// CompanyNamed gives the id of the company of exactly that name, whatever its
// case, for organisers; storage.ErrNotFound if there is none.
func (d *Desk) CompanyNamed(ctx context.Context, by Actor, name string) (id string, err error) {
	if !by.OrganisesAny() {
		return "", errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		id, err = companyNamed(tx, name)
		return err
	})
	if err == nil && id == "" {
		err = storage.ErrNotFound
	}
	return id, err
}

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// SaveCompany stores a company, for organisers. Its memberships become what
// ClusterIDs says, which may change for clusters that by organises.
func (d *Desk) SaveCompany(ctx context.Context, by Actor, c *Company) error {
	if err := c.check(); err != nil {
		return err
	}
	if !by.OrganisesAny() {
		return errHidden
	}
	return d.save(ctx, by, "company", c.Name, "business_id", func(tx *storage.Tx) (string, error) { return d.putCompany(tx, by, c) })
}

// putCompany stores a company that was checked, with its memberships, and gives
// its id. Pages, the API and imports all come this way.
func (d *Desk) putCompany(tx *storage.Tx, by Actor, c *Company) (string, error) {
	if err := c.checkReferences(tx); err != nil {
		return "", err
	}
	c.ID = orNew(c.ID)
	c.index()
	if err := companies.Put(tx, c); err != nil {
		return "", err
	}
	return c.ID, d.keepMemberships(tx, by, c)
}

// check cleans c and says everything that is wrong with it.
func (c *Company) check() error {
	f := faults{}
	for _, s := range []*string{&c.Name, &c.BusinessID, &c.Municipality, &c.Website} {
		*s = cleanLine(*s)
		f.limit("name", *s, lineLimit)
	}
	c.Offers, c.Needs = cleanText(c.Offers), cleanText(c.Needs)
	f.need("name", c.Name, lineLimit)
	f.limit("offers", c.Offers, answerLimit)
	f.limit("needs", c.Needs, answerLimit)
	if c.Country = strings.ToUpper(cleanLine(c.Country)); !countryForm.MatchString(c.Country) {
		f.add("country", "company.country")
	}
	if !slices.Contains(CompanyKinds, c.Kind) {
		f.add("kind", "problem.choice")
	}
	f.businessID("business_id", c.Country, &c.BusinessID)
	if c.Website != "" && !webAddress(c.Website) {
		f.add("website", "problem.link")
	}
	slices.Sort(c.ClusterIDs)
	c.ClusterIDs = slices.Compact(c.ClusterIDs)
	return f.problem()
}

// ValidBusinessID checks the form and the check digit of a Finnish business id
// (Y-tunnus, 1234567-8): weights 7 9 10 5 8 4 2, remainder 0 gives 0, 1 is
// never used, everything else is taken from 11 (Finnish Tax Administration).
func ValidBusinessID(s string) bool {
	if len(s) != 9 || s[7] != '-' {
		return false
	}
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2} {
		digit, err := strconv.Atoi(s[i : i+1])
		if err != nil {
			return false
		}
		sum += w * digit
	}
	rest := sum % 11
	if rest > 1 {
		rest = 11 - rest
	} else if rest == 1 {
		return false
	}
	return s[8:] == strconv.Itoa(rest)
}
