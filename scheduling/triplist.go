package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A TripFilter chooses trips. Zero fields do not restrict.
type TripFilter struct {
	Cluster   string // id
	Direction TripDirection
	State     TripState
	Text      string    // words that the title or a city begins with
	From      time.Time // that end after it
	Until     time.Time // that end before it
	Latest    bool      // latest first
	After     string
	Limit     int // 50 if zero
}

func (f TripFilter) query() storage.Query {
	q := storage.Query{Sort: "starts", Limit: f.Limit, After: f.After}
	if f.Latest {
		q.Sort = "-starts"
	}
	if f.State != "" {
		q.Where = append(q.Where, storage.Is("state", f.State))
	}
	if f.Direction != "" {
		q.Where = append(q.Where, storage.Is("direction", f.Direction))
	}
	if f.Cluster != "" {
		q.Where = append(q.Where, storage.Cond{Field: "cluster_ids", Op: storage.Has, Value: f.Cluster})
	}
	if !f.From.IsZero() {
		q.Where = append(q.Where, storage.Cond{Field: "ends", Op: storage.Gt, Value: f.From})
	}
	if !f.Until.IsZero() {
		q.Where = append(q.Where, storage.Cond{Field: "ends", Op: storage.Le, Value: f.Until})
	}
	q.Where = append(q.Where, search(f.Text)...)
	if q.Limit == 0 {
		q.Limit = 50
	}
	return q
}

// Trips lists what by may see, by their first day: the public what is listed,
// those who organise or lead trips all of these when they ask for mine.
func (d *Desk) Trips(ctx context.Context, by Actor, f TripFilter, mine bool) (list []*Trip, next string, err error) {
	q := f.query()
	keep := func(*Trip) bool { return true }
	if mine {
		if !by.SignedIn() && !by.OrganisesAny() {
			return nil, "", errHidden
		}
		keep = func(t *Trip) bool { return t.LedBy(by) }
	} else {
		q.Where = append(q.Where, storage.Is("listed", true))
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = pageWhere(q, func(q storage.Query) ([]*Trip, string, error) { return trips.Page(tx, q) }, keep)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list trips: %w", err)
	}
	return list, next, nil
}

// TripCounts is how many of the trips that by organises or leads are in each
// state. Of the filter, its time, state and page do not count.
func (d *Desk) TripCounts(ctx context.Context, by Actor, f TripFilter) (counts map[TripState]int, err error) {
	f.State, f.From, f.Until, f.After, f.Limit = "", time.Time{}, time.Time{}, "", -1
	counts = map[TripState]int{}
	err = d.view(ctx, func(tx *storage.Tx) error {
		for t, err := range trips.Each(tx, storage.Query{Where: f.query().Where}) {
			if err != nil {
				return err
			}
			if t.LedBy(by) {
				counts[t.State]++
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count trips: %w", err)
	}
	return counts, nil
}

// LedTrips are the trips that a person leads on the road and that are not over,
// the next first.
func (d *Desk) LedTrips(ctx context.Context, by Actor) (list []*Trip, err error) {
	if !by.SignedIn() {
		return nil, nil
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = trips.Find(tx, storage.Query{Where: []storage.Cond{{Field: "leader_ids", Op: storage.Has, Value: by.ID}}})
		return err
	})
	list = slices.DeleteFunc(list, (*Trip).Over)
	slices.SortFunc(list, func(a, b *Trip) int { return a.Starts.Compare(b.Starts) })
	return list, err
}

// A TripPage is a trip with what its public page shows.
type TripPage struct {
	Trip     *Trip
	Clusters []*Cluster
	Project  *Project // whose emblem it carries today; nil for none
	Organise bool     // by may edit it
	Lead     bool     // by may lead it
	Now      time.Time
}

// TripBySlug finds a trip by its slug or id for whoever may see it: what is
// listed everybody, one that is called off as such; a draft, or a delegation
// that comes, those who organise or lead it.
func (d *Desk) TripBySlug(ctx context.Context, by Actor, slug string) (p *TripPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := bySlug(tx, trips.First, trips.Get, slug)
		if err != nil {
			return err
		}
		p = &TripPage{Trip: t, Organise: by.Organises(t.ClusterIDs...), Lead: t.LedBy(by), Now: tx.Now()}
		if !t.Listed && !p.Lead {
			return errHidden
		}
		if p.Clusters, err = byIDs(tx, clusters.Get, t.ClusterIDs); err != nil {
			return err
		}
		p.Project, err = tripFunding(tx, t, tx.Now())
		return ignoreMissing(err)
	})
	if err != nil {
		return nil, fmt.Errorf("show trip %s: %w", slug, err)
	}
	return p, nil
}

// OpenTrips are the listed trips of a cluster, or of all for "", that are not
// over, the next first.
func (d *Desk) OpenTrips(ctx context.Context, clusterID string, limit int) (list []*Trip, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = comingTrips(tx, clusterID, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list trips of cluster %s: %w", clusterID, err)
	}
	return list, nil
}

func comingTrips(tx *storage.Tx, clusterID string, limit int) ([]*Trip, error) {
	q := TripFilter{Cluster: clusterID, From: tx.Now()}.query()
	q.Where, q.Limit = append(q.Where, storage.Is("listed", true)), 4*limit
	list, err := trips.Find(tx, q)
	list = slices.DeleteFunc(list, (*Trip).Off)
	return list[:min(len(list), limit)], err
}

// PeopleWith are the people of some mail addresses whom by knows, in their
// order. An address that is nobody's is a fault of the field.
func (d *Desk) PeopleWith(ctx context.Context, by Actor, field string, addresses []string) (list []*Person, err error) {
	f := faults{}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list = nil
		for _, s := range addresses {
			p, err := people.First(tx, storage.Query{Where: []storage.Cond{storage.Is("email", strings.ToLower(cleanLine(s)))}})
			if errors.Is(err, storage.ErrNotFound) || err == nil && p.ID != by.ID && !by.knows(p) {
				f.add(field, "trip.nobody")
				continue
			}
			if err != nil {
				return err
			}
			list = append(list, p)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, f.problem()
}
