package scheduling

import "kohtaamo/storage"

// copyPlanItems is what p promised in plans.
func copyPlanItems(tx *storage.Tx, p *Person) (out []any, err error) {
	for x, err := range planItems.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("owner_id", p.ID)}, Sort: "due"}) {
		if err != nil {
			return nil, err
		}
		plan, err := plans.Get(tx, x.PlanID)
		if ignoreMissing(err) != nil {
			return nil, err
		}
		title := ""
		if err == nil {
			title = plan.Title
		}
		out = append(out, map[string]any{"plan": title, "what": x.What, "due": x.Due, "state": x.State, "done_at": x.DoneAt, "note": x.Note})
	}
	return out, nil
}

// erasePlanItems takes what p has still to do from them: it needs somebody else.
// What was done stays with p's id, which leads nowhere.
func erasePlanItems(tx *storage.Tx, p *Person) (n int, err error) {
	list, err := planItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("owner_id", p.ID)}})
	if err != nil {
		return 0, err
	}
	for _, x := range list {
		if x.State != ActionOpen {
			continue
		}
		x.OwnerID = ""
		if err := planItems.Put(tx, x); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// copyPlanVersions are the versions of plans that p kept.
func copyPlanVersions(tx *storage.Tx, p *Person) (out []any, err error) {
	for v, err := range planVersions.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("by_id", p.ID)}}) {
		if err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"title": v.Title, "version": v.Version, "kept_at": v.At, "note": v.Note})
	}
	return out, nil
}

// erasePlanVersions has nothing to do: versions name people by their ids alone.
func erasePlanVersions(*storage.Tx, *Person) (int, error) { return 0, nil }
