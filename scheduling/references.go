package scheduling

import (
	"errors"
	"slices"

	"kohtaamo/storage"
)

// What somebody names by its id has to be there: a page that cannot find half
// of what it shows would not be shown at all.

// exists notes ids that name nothing. An empty one is nobody's.
func exists[T any](tx *storage.Tx, f faults, field string, get func(*storage.Tx, string) (*T, error), ids ...string) error {
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		_, err := get(tx, id)
		if errors.Is(err, storage.ErrNotFound) {
			f.add(field, "problem.choice")
		} else if err != nil {
			return err
		}
	}
	return nil
}

// optional is id as a list, empty if there is none.
func optional(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

func (e *Event) checkReferences(tx *storage.Tx) error {
	f := faults{}
	err := errors.Join(
		exists(tx, f, "cluster_ids", clusters.Get, e.ClusterIDs...),
		exists(tx, f, "group_ids", groups.Get, e.GroupIDs...),
		exists(tx, f, "project_id", projects.Get, optional(e.ProjectID)...),
	)
	if err != nil {
		return err
	}
	return f.problem()
}

func (c *Company) checkReferences(tx *storage.Tx) error {
	f := faults{}
	if err := exists(tx, f, "cluster_ids", clusters.Get, c.ClusterIDs...); err != nil {
		return err
	}
	return f.problem()
}

func (p *Person) checkReferences(tx *storage.Tx) error {
	f := faults{}
	err := errors.Join(
		exists(tx, f, "cluster_ids", clusters.Get, p.ClusterIDs...),
		exists(tx, f, "company_id", companies.Get, optional(p.CompanyID)...),
	)
	if err != nil {
		return err
	}
	return f.problem()
}

func (g *Group) checkReferences(tx *storage.Tx) error {
	f := faults{}
	err := errors.Join(
		exists(tx, f, "cluster_id", clusters.Get, optional(g.ClusterID)...),
		exists(tx, f, "members", people.Get, g.Members...),
	)
	if err != nil {
		return err
	}
	return f.problem()
}
