package scheduling

import (
	"cmp"
	"context"
	"slices"

	"kohtaamo/storage"
)

// A PlanRow is a plan in a list.
type PlanRow struct {
	Plan    *Plan
	Cluster *Cluster
	Open    int // items to be done
	Overdue int // of them, that should have been done
}

// Plans lists the plans of by's clusters, or of one of them: by cluster, kind
// and title.
func (d *Desk) Plans(ctx context.Context, by Actor, clusterID string) (out []PlanRow, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		all, err := clusters.Find(tx, storage.Query{Sort: "slug"})
		if err != nil {
			return err
		}
		for _, cl := range all {
			if !by.Organises(cl.ID) || clusterID != "" && cl.ID != clusterID {
				continue
			}
			list, err := plans.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", cl.ID)}})
			if err != nil {
				return err
			}
			slices.SortFunc(list, func(a, b *Plan) int {
				return cmp.Or(cmp.Compare(slices.Index(PlanKinds, a.Kind), slices.Index(PlanKinds, b.Kind)), cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
			})
			for _, p := range list {
				row, err := planRow(tx, p, cl)
				if err != nil {
					return err
				}
				out = append(out, row)
			}
		}
		return nil
	})
	return out, err
}

func planRow(tx *storage.Tx, p *Plan, cl *Cluster) (PlanRow, error) {
	row := PlanRow{Plan: p, Cluster: cl}
	items, err := planItemsOf(tx, p.ID)
	for _, x := range items {
		if x.State == ActionOpen {
			row.Open++
		}
		if x.Overdue(tx.Now()) {
			row.Overdue++
		}
	}
	return row, err
}

// A PlanPage is a plan with all that belongs to it. Names are those of people by
// their ids; who was erased has none.
type PlanPage struct {
	Plan     *Plan
	Cluster  *Cluster
	Items    []*PlanItem    // by their days
	Versions []*PlanVersion // the newest first
	Files    []*File
	Names    map[string]string
	Emails   map[string]string
	Today    string // on the house's clock
}

// Plan gives a plan of by's clusters, by its id.
func (d *Desk) Plan(ctx context.Context, by Actor, id string) (page *PlanPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := ownPlan(tx, by, id)
		if err != nil {
			return err
		}
		page, err = planPage(tx, p)
		return err
	})
	return page, err
}

func planPage(tx *storage.Tx, p *Plan) (page *PlanPage, err error) {
	page = &PlanPage{Plan: p, Names: map[string]string{}, Emails: map[string]string{}, Today: HouseDay(tx.Now())}
	if page.Cluster, err = clusters.Get(tx, p.ClusterID); err != nil {
		return nil, err
	}
	if page.Items, err = planItemsOf(tx, p.ID); err != nil {
		return nil, err
	}
	page.Versions, err = planVersions.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("plan_id", p.ID)}, Sort: "-version"})
	if err != nil {
		return nil, err
	}
	if page.Files, err = filesOf(tx, planFiles, p.ID); err != nil {
		return nil, err
	}
	return page, page.names(tx)
}

// names finds what the people of a page are called.
func (page *PlanPage) names(tx *storage.Tx) error {
	var ids []string
	for _, x := range page.Items {
		ids = append(ids, x.OwnerID)
	}
	for _, v := range page.Versions {
		ids = append(ids, v.ByID)
		for _, x := range v.Items {
			ids = append(ids, x.OwnerID)
		}
	}
	for _, a := range page.Plan.Approvals {
		ids = append(ids, a.ByID)
	}
	slices.Sort(ids)
	list, err := people.Find(tx, storage.Query{Where: []storage.Cond{{Field: "_id", Op: storage.In, Value: slices.Compact(ids)}}})
	for _, p := range list {
		page.Names[p.ID], page.Emails[p.ID] = p.Name, p.Email
	}
	return err
}

// Version gives a version of the page's plan by its number, or nil.
func (page *PlanPage) Version(n int) *PlanVersion {
	i := slices.IndexFunc(page.Versions, func(v *PlanVersion) bool { return v.Version == n })
	if i < 0 {
		return nil
	}
	return page.Versions[i]
}

// Now is what stands in the page's plan at the moment, as a version that nobody
// has kept: its number is 0.
func (page *PlanPage) Now() *PlanVersion {
	v := &PlanVersion{PlanID: page.Plan.ID, Title: page.Plan.Title, Sections: page.Plan.Sections}
	for _, x := range page.Items {
		v.Items = append(v.Items, PlanTask{x.What, x.OwnerID, x.Due, x.State})
	}
	return v
}

// Unkept reports whether something was written since the last version.
func (page *PlanPage) Unkept() bool {
	last := page.Version(page.Plan.Versions)
	return last == nil || !last.same(page.Plan, page.Now().Items)
}

// In are the page's items of a section; "" are those of none.
func (page *PlanPage) In(sectionID string) (out []*PlanItem) {
	for _, x := range page.Items {
		if x.SectionID == sectionID {
			out = append(out, x)
		}
	}
	return out
}
