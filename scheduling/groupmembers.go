package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// A GroupPage is a group with its cluster and its members by name.
type GroupPage struct {
	Group        *Group
	Cluster      *Cluster
	Members      []*Person
	Coordinators []*Person
}

// Group gives one with its members, for the organisers of its cluster.
func (d *Desk) Group(ctx context.Context, by Actor, id string) (page *GroupPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		g, err := ownGroup(tx, by, id)
		if err != nil {
			return err
		}
		page = &GroupPage{Group: g}
		if page.Cluster, err = clusters.Get(tx, g.ClusterID); err != nil {
			return err
		}
		if page.Coordinators, err = coordinatorsOf(tx, g.ID); err != nil {
			return err
		}
		for _, m := range g.Members {
			p, err := people.Get(tx, m)
			if errors.Is(err, storage.ErrNotFound) {
				continue // erased
			}
			if err != nil {
				return err
			}
			page.Members = append(page.Members, p)
		}
		slices.SortFunc(page.Members, func(a, b *Person) int { return strings.Compare(a.Sort, b.Sort) })
		return nil
	})
	return page, err
}

func ownGroup(tx *storage.Tx, by Actor, id string) (*Group, error) {
	g, err := groups.Get(tx, id)
	if err == nil && !by.Organises(g.ClusterID) {
		return nil, errHidden
	}
	return g, err
}

// AddMember makes the person of a mail address a member of a group of by's
// clusters, and a contact of its cluster. A member stays one.
func (d *Desk) AddMember(ctx context.Context, by Actor, groupID, email string) (p *Person, err error) {
	f := faults{}
	if email = f.address("email", email); len(f) > 0 {
		return nil, f.problem()
	}
	err = d.onGroup(ctx, by, groupID, "group.add", func(tx *storage.Tx, g *Group) (string, error) {
		p, err = personByEmail(tx, email)
		if errors.Is(err, storage.ErrNotFound) {
			return "", &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"email": "group.nobody"}}
		}
		if err != nil || slices.Contains(g.Members, p.ID) {
			return "", err
		}
		g.Members = append(g.Members, p.ID)
		if slices.Contains(p.ClusterIDs, g.ClusterID) {
			return p.ID, nil
		}
		p.ClusterIDs = append(p.ClusterIDs, g.ClusterID)
		return p.ID, people.Put(tx, p)
	})
	return p, err
}

// RemoveMember ends a membership of a group of by's clusters. Somebody who is
// no member is no error.
func (d *Desk) RemoveMember(ctx context.Context, by Actor, groupID, personID string) error {
	return d.onGroup(ctx, by, groupID, "group.remove", func(_ *storage.Tx, g *Group) (string, error) {
		i := slices.Index(g.Members, personID)
		if i < 0 {
			return "", nil
		}
		g.Members = slices.Delete(g.Members, i, i+1)
		return personID, nil
	})
}

// onGroup changes a group of by's clusters, if change names whom it is about.
func (d *Desk) onGroup(ctx context.Context, by Actor, id, action string, change func(*storage.Tx, *Group) (string, error)) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		g, err := ownGroup(tx, by, id)
		if err != nil {
			return err
		}
		about, err := change(tx, g)
		if err != nil || about == "" {
			return err
		}
		if err := d.keepGroup(tx, g); err != nil {
			return err
		}
		if err := d.followMember(tx, g, about); err != nil {
			return err
		}
		return d.log(tx, by, action, g.ID, about, g.Slug, "")
	})
	if err != nil {
		return fmt.Errorf("change the members of group %s: %w", id, changedMeanwhile(err))
	}
	return nil
}
