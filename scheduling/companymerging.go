package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// MergeFields are what is chosen between two companies; tags and clusters are
// those of both.
var MergeFields = []string{"name", "kind", "business_id", "country", "municipality", "website", "offers", "needs"}

// A Merge says which company or person goes into which, and what the one that
// stays takes of it. Both are as they were seen: their revisions have to be
// those of today.
type Merge struct {
	From, Into       string
	Take             []string // fields of MergeFields or PersonMergeFields
	FromRev, IntoRev int64
}

// A MergeCount is how many documents of a kind name the one that goes.
type MergeCount struct {
	Kind string // "people", "registrations", …
	N    int
}

// A CompanyMerging shows two companies that may be one.
type CompanyMerging struct {
	From, Into *Company
	Reason     Likeness     // empty where nothing but somebody's word says so
	Counts     []MergeCount // of what moves, by kind
	Moves      int          // documents that change, of every kind
	Problem    *Problem     // why it cannot be done as things stand
}

// errOnlyLooking takes a transaction back that was only to show what it does.
var errOnlyLooking = errors.New("only looking")

// CompanyMerging shows what MergeCompanies would do, for organisers: it does it
// and takes it back, so that what is counted is what moves.
func (d *Desk) CompanyMerging(ctx context.Context, by Actor, fromID, intoID string) (*CompanyMerging, error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	var m *CompanyMerging
	err := d.update(ctx, func(tx *storage.Tx) error {
		m = &CompanyMerging{}
		from, into, err := twoOf(tx, companies.Get, fromID, intoID)
		if err != nil {
			return err
		}
		f, i := *from, *into
		m.From, m.Into, m.Reason = &f, &i, sameCompany(from, into)
		if m.Counts, err = companyCounts(tx, from); err != nil {
			return err
		}
		if m.Moves, err = d.mergeCompany(tx, by, from, into, nil); err != nil {
			return err
		}
		return errOnlyLooking
	})
	return shownMerge(m, err, func(p *Problem) { m.Problem = p })
}

// shownMerge is what a look at a merge gives, and not the error it ended with.
func shownMerge[T any](m *T, err error, why func(*Problem)) (*T, error) {
	switch p := mergeProblem(err); {
	case errors.Is(err, errOnlyLooking):
		return m, nil
	case p != nil:
		why(p)
		return m, nil
	}
	return nil, err
}

// mergeProblem is why a merge cannot be, in words, or nil.
func mergeProblem(err error) *Problem {
	if errors.Is(err, storage.ErrDuplicate) {
		return &Problem{Kind: Exists, Key: "merging.collides"}
	}
	return ProblemIn(err)
}

// twoOf gives both of a merge. One that was merged before is what it went into.
func twoOf[T any](tx *storage.Tx, get func(*storage.Tx, string) (*T, error), fromID, intoID string) (from, into *T, err error) {
	if fromID, err = successor(tx, fromID); err != nil {
		return nil, nil, err
	}
	if intoID, err = successor(tx, intoID); err != nil {
		return nil, nil, err
	}
	if from, err = get(tx, fromID); err != nil {
		return nil, nil, err
	}
	into, err = get(tx, intoID)
	if err == nil && fromID == intoID {
		err = &Problem{Kind: Exists, Key: "merging.one_already"}
	}
	return from, into, err
}

// MergeCompanies makes one company of two, for organisers, in one transaction:
// everything that named the one that goes names the one that stays. Sent twice
// it is done once. It gives the company that stays.
func (d *Desk) MergeCompanies(ctx context.Context, by Actor, m Merge) (c *Company, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		if c, err = doneBefore(tx, companies.Get, m); err != nil || c != nil {
			return err
		}
		from, into, err := twoOf(tx, companies.Get, m.From, m.Into)
		if err != nil {
			return err
		}
		if from.Rev != m.FromRev || into.Rev != m.IntoRev {
			return storage.ErrConflict
		}
		was := from.Name
		if _, err := d.mergeCompany(tx, by, from, into, m.Take); err != nil {
			return err
		}
		c = into
		return d.log(tx, by, "company.merge", into.ID, into.ID, was+" → "+into.Name, "")
	})
	if p := mergeProblem(err); p != nil {
		return nil, p
	}
	if err != nil {
		return nil, fmt.Errorf("merge company %s into %s: %w", m.From, m.Into, changedMeanwhile(err))
	}
	return c, nil
}

// doneBefore gives the one that stayed where exactly this merge was done.
func doneBefore[T any](tx *storage.Tx, get func(*storage.Tx, string) (*T, error), m Merge) (*T, error) {
	into, err := successor(tx, m.From)
	if err != nil || into == m.From {
		return nil, err
	}
	meant, err := successor(tx, m.Into)
	if err != nil || meant != into {
		return nil, err
	}
	return get(tx, into)
}

// mergeCompany moves everything, and gives how many documents changed.
func (d *Desk) mergeCompany(tx *storage.Tx, by Actor, from, into *Company, take []string) (moved int, err error) {
	for _, move := range companyPlaces {
		n, err := move(tx, from, into)
		if moved += n; err != nil {
			return moved, err
		}
	}
	if err := companies.Delete(tx, from); err != nil { // first: its business id may go on
		return moved, err
	}
	into.take(from, take)
	if err := into.check(); err != nil {
		return moved, err
	}
	if _, err := d.putCompany(tx, by, into); err != nil {
		return moved, err
	}
	return moved, leave(tx, mergedCompany, from.ID, into.ID, moved)
}

// take has of another company the fields that are named, those that c does not
// say, and its tags and clusters.
func (c *Company) take(from *Company, fields []string) {
	set := func(field string, to *string, of string) {
		if slices.Contains(fields, field) || *to == "" {
			*to = of
		}
	}
	if slices.Contains(fields, "kind") {
		c.Kind = from.Kind
	}
	takesID := from.BusinessID != "" && (c.BusinessID == "" || slices.Contains(fields, "business_id"))
	if slices.Contains(fields, "country") || takesID {
		c.Country = from.Country // a business id is one of its country
	}
	set("name", &c.Name, from.Name)
	set("business_id", &c.BusinessID, from.BusinessID)
	set("municipality", &c.Municipality, from.Municipality)
	set("website", &c.Website, from.Website)
	set("offers", &c.Offers, from.Offers)
	set("needs", &c.Needs, from.Needs)
	c.Tags = distinct(slices.Concat(c.Tags, from.Tags))
	c.ClusterIDs = distinct(slices.Concat(c.ClusterIDs, from.ClusterIDs))
}

// companyCounts are the main things that name a company, in the order of the page.
func companyCounts(tx *storage.Tx, c *Company) (out []MergeCount, err error) {
	of := storage.Query{Where: []storage.Cond{ofCompany(c)}}
	for _, k := range []struct {
		kind  string
		count func(*storage.Tx, storage.Query) (int, error)
	}{
		{"people", people.Count}, {"registrations", registrations.Count}, {"entrants", entrants.Count}, {"applications", applications.Count},
		{"travellers", travellers.Count}, {"groups", groupMemberships.Count}, {"memberships", memberships.Count}, {"agreements", agreements.Count},
	} {
		n, err := k.count(tx, of)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out = append(out, MergeCount{k.kind, n})
		}
	}
	worked, err := works.Count(tx, storage.Query{Where: []storage.Cond{{Field: "company_ids", Op: storage.Has, Value: c.ID}}})
	if err == nil && worked > 0 {
		out = append(out, MergeCount{"works", worked})
	}
	return out, err
}
