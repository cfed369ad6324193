package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// ownPlan is a plan of by's clusters.
func ownPlan(tx *storage.Tx, by Actor, id string) (*Plan, error) {
	p, err := plans.Get(tx, id)
	if err == nil && !by.Organises(p.ClusterID) {
		return nil, errHidden
	}
	return p, err
}

// planSections are the sections that a new plan begins with, in its language.
func planSections(kind PlanKind, l *templates.Lang) (out []PlanSection) {
	for n := 1; ; n++ {
		key := fmt.Sprintf("plan.begin.%s.%d", kind, n)
		if !l.Has(key) {
			return out
		}
		out = append(out, PlanSection{ID: storage.NewID(), Title: l.Text(key)})
	}
}

// CreatePlan makes a plan of a cluster that by organises, with the sections that
// its kind usually has, under in's ID: sent twice, it makes one.
func (d *Desk) CreatePlan(ctx context.Context, by Actor, in *Plan) (p *Plan, err error) {
	f := faults{}
	title := cleanLine(in.Title)
	f.need("title", title, lineLimit)
	if !slices.Contains(PlanKinds, in.Kind) {
		f.add("kind", "problem.choice")
	}
	if !d.Texts.Has(in.Lang) {
		f.add("lang", "problem.choice")
	}
	if !by.Organises(in.ClusterID) {
		f.add("cluster", "problem.choice")
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		if p, err = ownPlan(tx, by, in.ID); !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if _, err := clusters.Get(tx, in.ClusterID); err != nil {
			return err
		}
		p = &Plan{Meta: storage.Meta{ID: orNew(in.ID)}, ClusterID: in.ClusterID, Kind: in.Kind, Lang: in.Lang, Title: title, Sections: planSections(in.Kind, d.Texts.In(in.Lang))}
		if err := plans.Put(tx, p); err != nil {
			return err
		}
		return d.log(tx, by, "plan.create", p.ID, p.ID, p.Title, "")
	})
	if err != nil {
		return nil, fmt.Errorf("create a plan: %w", err)
	}
	return p, nil
}

// onPlan changes a plan of by's clusters that still has the revision rev, with a
// line in the audit log. A change that gives false is none.
func (d *Desk) onPlan(ctx context.Context, by Actor, id string, rev int64, action string, change func(*storage.Tx, *Plan) (bool, error)) (p *Plan, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if p, err = ownPlan(tx, by, id); err != nil {
			return err
		}
		if p.Rev != rev {
			return storage.ErrConflict
		}
		changed, err := change(tx, p)
		if err != nil || !changed {
			return err
		}
		if err := plans.Put(tx, p); err != nil {
			return err
		}
		return d.log(tx, by, action, p.ID, p.ID, p.Title, "")
	})
	if err != nil {
		return nil, fmt.Errorf("change plan %s: %w", id, changedMeanwhile(err))
	}
	return p, nil
}

// RenamePlan gives a plan another title.
func (d *Desk) RenamePlan(ctx context.Context, by Actor, id string, rev int64, title string) (*Plan, error) {
	f := faults{}
	title = cleanLine(title)
	f.need("title", title, lineLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onPlan(ctx, by, id, rev, "plan.write", func(_ *storage.Tx, p *Plan) (bool, error) {
		changed := p.Title != title
		p.Title = title
		return changed, nil
	})
}

// WriteSection writes a section of a plan, or a new one at its end where s has
// no ID that the plan knows.
func (d *Desk) WriteSection(ctx context.Context, by Actor, id string, rev int64, s PlanSection) (*Plan, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return d.onPlan(ctx, by, id, rev, "plan.write", func(_ *storage.Tx, p *Plan) (bool, error) {
		i := slices.IndexFunc(p.Sections, func(x PlanSection) bool { return x.ID == s.ID })
		switch {
		case i >= 0:
			changed := p.Sections[i] != s
			p.Sections[i] = s
			return changed, nil
		case len(p.Sections) >= maxPlanSections:
			return false, &Problem{Kind: Full, Key: "plan.too_many_sections", Args: []any{"count", maxPlanSections}}
		}
		s.ID = orNew(s.ID)
		p.Sections = append(p.Sections, s)
		return true, nil
	})
}

// MoveSection moves a section by so many places, up for a negative number.
func (d *Desk) MoveSection(ctx context.Context, by Actor, id string, rev int64, sectionID string, places int) (*Plan, error) {
	return d.onPlan(ctx, by, id, rev, "plan.write", func(_ *storage.Tx, p *Plan) (bool, error) {
		i := slices.IndexFunc(p.Sections, func(x PlanSection) bool { return x.ID == sectionID })
		if i < 0 {
			return false, errHidden
		}
		to := min(max(i+places, 0), len(p.Sections)-1)
		s := p.Sections[i]
		p.Sections = slices.Insert(slices.Delete(p.Sections, i, i+1), to, s)
		return to != i, nil
	})
}

// DropSection takes a section out of what is being written. Versions keep it.
func (d *Desk) DropSection(ctx context.Context, by Actor, id string, rev int64, sectionID string) (*Plan, error) {
	return d.onPlan(ctx, by, id, rev, "plan.write", func(_ *storage.Tx, p *Plan) (bool, error) {
		n := len(p.Sections)
		p.Sections = slices.DeleteFunc(p.Sections, func(x PlanSection) bool { return x.ID == sectionID })
		if len(p.Sections) == n {
			return false, errHidden
		}
		return true, nil
	})
}

// KeepPlan keeps what stands in a plan, with its items, as its next version. It
// refuses where nothing has changed since the last one.
func (d *Desk) KeepPlan(ctx context.Context, by Actor, id string, rev int64, note string) (v *PlanVersion, err error) {
	f := faults{}
	note = cleanText(note)
	f.limit("note", note, answerLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	_, err = d.onPlan(ctx, by, id, rev, "plan.keep", func(tx *storage.Tx, p *Plan) (bool, error) {
		tasks, err := planTasks(tx, p.ID)
		if err != nil {
			return false, err
		}
		last, err := planVersionOf(tx, p.ID, p.Versions)
		switch {
		case ignoreMissing(err) != nil:
			return false, err
		case err == nil && last.same(p, tasks):
			return false, &Problem{Kind: Exists, Key: "plan.nothing_new", Args: []any{"version", p.Versions}}
		case p.Versions >= maxVersions:
			return false, &Problem{Kind: Full, Key: "plan.too_many_versions", Args: []any{"count", maxVersions}}
		}
		p.Versions++
		v = &PlanVersion{Meta: storage.Meta{ID: storage.NewID()}, PlanID: p.ID, Version: p.Versions, At: tx.Now(), ByID: by.ID, Note: note,
			Title: p.Title, Sections: slices.Clone(p.Sections), Items: tasks}
		return true, planVersions.Put(tx, v)
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// planTasks are the items of a plan as a version keeps them, by their days.
func planTasks(tx *storage.Tx, planID string) (out []PlanTask, err error) {
	list, err := planItemsOf(tx, planID)
	for _, x := range list {
		out = append(out, PlanTask{x.What, x.OwnerID, x.Due, x.State})
	}
	return out, err
}

// planVersionOf is a version of a plan by its number.
func planVersionOf(tx *storage.Tx, planID string, n int) (*PlanVersion, error) {
	return planVersions.First(tx, storage.Query{Where: []storage.Cond{storage.Is("plan_id", planID), storage.Is("version", n)}})
}

// ApprovePlan notes that a version was accepted, once for each version.
func (d *Desk) ApprovePlan(ctx context.Context, by Actor, id string, rev int64, version int, note string) (*Plan, error) {
	f := faults{}
	note = cleanLine(note)
	f.limit("note", note, lineLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onPlan(ctx, by, id, rev, "plan.approve", func(tx *storage.Tx, p *Plan) (bool, error) {
		if slices.ContainsFunc(p.Approvals, func(a PlanApproval) bool { return a.Version == version }) {
			return false, &Problem{Kind: Exists, Key: "plan.approved_already", Args: []any{"version", version}}
		}
		if _, err := planVersionOf(tx, p.ID, version); err != nil {
			return false, err
		}
		p.Approvals = append(p.Approvals, PlanApproval{Version: version, At: tx.Now(), ByID: by.ID, Note: note})
		return true, nil
	})
}

// DeletePlan removes a plan of which no version was kept, with its items and files.
func (d *Desk) DeletePlan(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := ownPlan(tx, by, id)
		if err != nil {
			return err
		}
		if p.Versions > 0 {
			return &Problem{Kind: Closed, Key: "plan.has_versions"}
		}
		items, err := planItemsOf(tx, id)
		if err != nil {
			return err
		}
		for _, x := range items {
			if err := d.dropItem(tx, x); err != nil {
				return err
			}
		}
		list, err := filesOf(tx, planFiles, id)
		if err != nil {
			return err
		}
		for _, x := range list {
			if err := deleteFile(tx, x); err != nil {
				return err
			}
		}
		if err := plans.Delete(tx, p); err != nil {
			return err
		}
		return d.log(tx, by, "plan.delete", id, id, p.Title, "")
	})
	if err != nil {
		return fmt.Errorf("delete plan %s: %w", id, changedMeanwhile(err))
	}
	return nil
}
