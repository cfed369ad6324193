package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// An OwnSource is what a count of somebody's own is made of.
type OwnSource string

// What can be counted.
const (
	OwnEvents    OwnSource = "events"
	OwnPeople    OwnSource = "people"    // who came to events, each once a year
	OwnCompanies OwnSource = "companies" // that were reached, each once a year
	OwnWorks     OwnSource = "works"     // entries of the activity log
)

// OwnSources are all of them, in the order of a form.
var OwnSources = []OwnSource{OwnEvents, OwnPeople, OwnCompanies, OwnWorks}

// Kinds are those that a count of the source can be narrowed to: of events, of
// companies, of work.
func (s OwnSource) Kinds() (out []string) {
	switch s {
	case OwnEvents, OwnPeople:
		return EventKinds
	case OwnCompanies:
		for _, k := range CompanyKinds {
			out = append(out, string(k))
		}
	case OwnWorks:
		for _, k := range WorkKinds {
			out = append(out, string(k))
		}
	}
	return out
}

// An OwnCount is an indicator of a cluster's own: a source and what of it counts.
// Fields that are empty do not restrict.
type OwnCount struct {
	storage.Meta `bson:",inline"`
	ClusterID    string    `bson:"cluster_id"`
	Name         string    `bson:"name"`
	Of           OwnSource `bson:"of"`
	Kinds        []string  `bson:"kinds,omitempty"`
	Country      string    `bson:"country,omitempty"` // ISO 3166 alpha-2: of the company, or that the work was about
	Town         string    `bson:"town,omitempty"`    // of the company
	GroupID      string    `bson:"group_id,omitempty"`
}

var ownCounts = storage.NewCollection[OwnCount]("own_counts", storage.Ordered("cluster_id"), storage.Ordered("name"))

// ownPrefix begins the keys of the indicators that OwnCounts are.
const ownPrefix = "own."

// maxOwnCounts is how many a cluster can have.
const maxOwnCounts = 50

// Key is that of the indicator that o is.
func (o *OwnCount) Key() string { return ownPrefix + o.ID }

// Indicator is o as an indicator: it is counted as all of them are.
func (o *OwnCount) Indicator() Indicator {
	base := map[OwnSource]string{OwnEvents: "events", OwnPeople: "participants", OwnCompanies: "companies", OwnWorks: "works"}[o.Of]
	i, _ := IndicatorOf(base)
	i.Key, i.Sets = o.Key(), nil
	count := i.count
	if o.Of == OwnWorks { // with what was published
		count = func(c *counting, emit func(*occurrence)) error {
			return c.someWorks(emit, func(WorkKind) bool { return true })
		}
	}
	i.count = func(c *counting, emit func(*occurrence)) error {
		return count(c, func(x *occurrence) {
			if o.keeps(x) {
				emit(x)
			}
		})
	}
	return i
}

// keeps reports whether an occurrence of o's source counts.
func (o *OwnCount) keeps(x *occurrence) bool {
	return (len(o.Kinds) == 0 || slices.Contains(o.Kinds, x.class)) &&
		(o.Country == "" || slices.Contains(x.place.countries, o.Country)) &&
		(o.Town == "" || strings.EqualFold(o.Town, x.town)) &&
		(o.GroupID == "" || slices.Contains(x.place.groups, o.GroupID)) &&
		slices.Contains(x.place.clusters, o.ClusterID)
}

// check cleans o and says everything that is wrong with it.
func (o *OwnCount) check() error {
	f := faults{}
	o.Name, o.Town, o.Country = cleanLine(o.Name), cleanLine(o.Town), upperCode(o.Country)
	f.need("name", o.Name, lineLimit)
	f.limit("town", o.Town, lineLimit)
	if !slices.Contains(OwnSources, o.Of) {
		f.add("of", "problem.choice")
	}
	for _, k := range o.Kinds {
		if !slices.Contains(o.Of.Kinds(), k) {
			f.add("kinds", "problem.choice")
		}
	}
	if o.Country != "" && !countryForm.MatchString(o.Country) {
		f.add("country", "company.country")
	}
	if o.Town != "" && o.Of != OwnCompanies {
		f.add("town", "owncount.town_companies")
	}
	if o.Country != "" && o.Of == OwnEvents {
		f.add("country", "owncount.country_events")
	}
	if o.GroupID != "" && o.Of == OwnCompanies {
		f.add("group_id", "owncount.group_companies")
	}
	return f.problem()
}

// OwnCounts lists those of the clusters that by organises, by name.
func (d *Desk) OwnCounts(ctx context.Context, by Actor) (list []*OwnCount, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = ownCounts.Find(tx, storage.Query{Sort: "name"})
		return err
	})
	return slices.DeleteFunc(list, func(o *OwnCount) bool { return !by.Organises(o.ClusterID) }), err
}

// OwnCount gives one.
func (d *Desk) OwnCount(ctx context.Context, by Actor, id string) (o *OwnCount, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		o, err = ownCount(tx, by, id)
		return err
	})
	return o, err
}

func ownCount(tx *storage.Tx, by Actor, id string) (*OwnCount, error) {
	o, err := ownCounts.Get(tx, id)
	if err == nil && !by.Organises(o.ClusterID) {
		err = errHidden
	}
	return o, err
}

// SaveOwnCount stores a new count, under in.ID if that is set, or what was
// changed about one; it stays its cluster's.
func (d *Desk) SaveOwnCount(ctx context.Context, by Actor, in *OwnCount) (*OwnCount, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if in.ClusterID == "" || !by.Organises(in.ClusterID) {
		return nil, errHidden
	}
	o := *in
	err := d.update(ctx, func(tx *storage.Tx) error {
		o = *in
		action := "owncount.edit"
		if in.Rev == 0 {
			action, o.ID = "owncount.create", orNew(in.ID)
			if n, err := ownCounts.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", in.ClusterID)}}); err != nil {
				return err
			} else if n >= maxOwnCounts {
				return &Problem{Kind: Full, Key: "owncount.too_many"}
			}
		} else if old, err := ownCount(tx, by, in.ID); err != nil {
			return err
		} else if old.ClusterID != in.ClusterID {
			return errHidden
		}
		if err := o.checkReferences(tx); err != nil {
			return err
		}
		if err := ownCounts.Put(tx, &o); err != nil {
			return err
		}
		return d.log(tx, by, action, o.ID, o.ClusterID, o.Name, "")
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return nil, &Problem{Kind: Exists, Key: "problem.invalid"}
	}
	if err != nil {
		return nil, fmt.Errorf("save a count: %w", changedMeanwhile(err))
	}
	return &o, nil
}

// checkReferences: the group is one of the cluster.
func (o *OwnCount) checkReferences(tx *storage.Tx) error {
	f := faults{}
	if o.GroupID != "" {
		g, err := groups.Get(tx, o.GroupID)
		if ignoreMissing(err) != nil {
			return err
		}
		if err != nil || g.ClusterID != o.ClusterID {
			f.add("group_id", "problem.choice")
		}
	}
	if err := exists(tx, f, "cluster_id", clusters.Get, o.ClusterID); err != nil {
		return err
	}
	return f.problem()
}

// DeleteOwnCount takes one away. What it counted stays.
func (d *Desk) DeleteOwnCount(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		o, err := ownCount(tx, by, id)
		if err != nil {
			return err
		}
		if err := ownCounts.Delete(tx, o); err != nil {
			return err
		}
		return d.log(tx, by, "owncount.delete", o.ID, o.ClusterID, o.Name, "")
	})
	if err != nil {
		return fmt.Errorf("delete count %s: %w", id, err)
	}
	return nil
}

// FigureCountries are the countries that figures can be asked for: those of
// companies, and where trips went.
func (d *Desk) FigureCountries(ctx context.Context, by Actor) (out []string, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		for x, err := range companyBriefs.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			out = append(out, x.Country)
		}
		for t, err := range tripBriefs.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			out = append(out, t.place().countries...)
		}
		return nil
	})
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(s string) bool { return s == "" }), err
}
