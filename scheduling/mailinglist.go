package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// A MailingList is what people subscribe to: the newsletter of a cluster, the
// news of a group, or a topic.
type MailingList struct {
	storage.Meta `bson:",inline"`
	Slug         string `bson:"slug"`
	Name         Text   `bson:"name"`
	About        Text   `bson:"about"` // what comes and how often, for whoever decides
	ClusterID    string `bson:"cluster_id"`
	GroupID      string `bson:"group_id,omitempty"` // the group whose news it is
	Topic        string `bson:"topic,omitempty"`    // a tag of companies whose people it suits
	Open         bool   `bson:"open"`               // anybody may subscribe; else organisers put people on it
	Archive      bool   `bson:"archive"`            // what went to it is shown to everybody
	Closed       bool   `bson:"closed"`             // nothing is sent to it any more
}

var mailingLists = storage.NewCollection[MailingList]("mailing_lists",
	storage.Unique("slug"), storage.Ordered("cluster_id", "slug"), storage.Ordered("group_id"))

// Joinable reports whether anybody may subscribe to l.
func (l *MailingList) Joinable() bool { return l.Open && !l.Closed }

// reservedLists cannot name a list: they stand where its pages would.
var reservedLists = []string{"subscribe", "confirm", "feed"}

func (l *MailingList) check() error {
	f := faults{}
	l.Name, l.About, l.Topic = l.Name.trimmed(), l.About.trimmed(), cleanLine(l.Topic)
	if l.Name.Empty() {
		f.add("name", "problem.required")
	}
	for field, t := range map[string]Text{"name": l.Name, "about": l.About} {
		if limit := map[string]int{"name": lineLimit, "about": noteLimit}[field]; t.longest() > limit {
			f.add(field, "problem.too_long")
		}
	}
	if l.Slug == "" || Slug(l.Slug) != l.Slug || slices.Contains(reservedLists, l.Slug) {
		f.add("slug", "event.slug_form")
	}
	f.limit("topic", l.Topic, lineLimit)
	if l.ClusterID == "" {
		f.add("cluster_id", "problem.required")
	}
	return f.problem()
}

// checkReferences wants the cluster to be there, and the group to be one of it.
func (l *MailingList) checkReferences(tx *storage.Tx) error {
	f := faults{}
	if err := exists(tx, f, "cluster_id", clusters.Get, l.ClusterID); err != nil {
		return err
	}
	if l.GroupID != "" {
		g, err := groups.Get(tx, l.GroupID)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err != nil || g.ClusterID != l.ClusterID {
			f.add("group_id", "problem.choice")
		}
	}
	return f.problem()
}

// SaveMailingList stores a list of a cluster that by organises. A list stays
// with its cluster.
func (d *Desk) SaveMailingList(ctx context.Context, by Actor, l *MailingList) error {
	if err := l.check(); err != nil {
		return err
	}
	if !by.Organises(l.ClusterID) {
		return errHidden
	}
	return d.save(ctx, by, "list", l.Slug, "slug", func(tx *storage.Tx) (string, error) {
		if l.Rev > 0 {
			old, err := ownList(tx, by, l.ID)
			if err != nil {
				return "", err
			}
			l.ClusterID = old.ClusterID
		}
		if err := l.checkReferences(tx); err != nil {
			return "", err
		}
		l.ID = orNew(l.ID)
		return l.ID, mailingLists.Put(tx, l)
	})
}

// ownList is a list of a cluster that by organises.
func ownList(tx *storage.Tx, by Actor, id string) (*MailingList, error) {
	l, err := mailingLists.Get(tx, id)
	if err == nil && !by.Organises(l.ClusterID) {
		return nil, errHidden
	}
	return l, err
}

// A ListPage is a list with how many stand to it how.
type ListPage struct {
	*MailingList
	Counts map[SubState]int
}

// MailingLists are the lists of by's clusters, by slug, with their counts; of
// one cluster if it is named.
func (d *Desk) MailingLists(ctx context.Context, by Actor, clusterID string) (list []*ListPage, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	q := storage.Query{Sort: "slug"}
	if clusterID != "" {
		q.Where = []storage.Cond{storage.Is("cluster_id", clusterID)}
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list = nil
		all, err := mailingLists.Find(tx, q)
		for _, l := range all {
			if !by.Organises(l.ClusterID) {
				continue
			}
			counts, err := countSubscriptions(tx, l.ID)
			if err != nil {
				return err
			}
			list = append(list, &ListPage{l, counts})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show mailing lists: %w", err)
	}
	return list, nil
}

func countSubscriptions(tx *storage.Tx, listID string) (map[SubState]int, error) {
	n, err := subscriptions.CountBy(tx, storage.Query{Where: []storage.Cond{storage.Is("list_id", listID)}}, "state")
	counts := map[SubState]int{}
	for s, c := range n {
		counts[SubState(s)] = c
	}
	return counts, err
}

// MailingList gives one of by's clusters with its counts.
func (d *Desk) MailingList(ctx context.Context, by Actor, id string) (p *ListPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		l, err := ownList(tx, by, id)
		if err != nil {
			return err
		}
		p = &ListPage{MailingList: l}
		p.Counts, err = countSubscriptions(tx, l.ID)
		return err
	})
	return p, err
}

// OpenLists are the lists that anybody may subscribe to, by slug; of one cluster
// if its id is given.
func (d *Desk) OpenLists(ctx context.Context, clusterID string) (list []*MailingList, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = openLists(tx, clusterID)
		return err
	})
	return list, err
}

func openLists(tx *storage.Tx, clusterID string) ([]*MailingList, error) {
	q := storage.Query{Sort: "slug"}
	if clusterID != "" {
		q.Where = []storage.Cond{storage.Is("cluster_id", clusterID)}
	}
	all, err := mailingLists.Find(tx, q)
	return slices.DeleteFunc(all, func(l *MailingList) bool { return !l.Joinable() }), err
}
