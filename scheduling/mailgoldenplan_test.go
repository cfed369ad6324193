package scheduling

// planItems writes what reminds of an item of a plan.
func (p *post) planItems() {
	plan := &Plan{Meta: fixed("plan"), ClusterID: p.cluster.ID, Kind: PlanStrategy, Lang: p.lang, Title: p.in("Strategy 2030", "Strategia 2030")}
	p.keep(plans.Put(p.tx, plan))
	for kind, day := range map[string]string{mailPlanDue: "2027-02-19", mailPlanOverdue: "2027-01-19"} {
		x := &PlanItem{Meta: fixed(kind), PlanID: plan.ID, ClusterID: p.cluster.ID, What: p.in("Ask ten members for their needs", "Kysytään kymmeneltä jäseneltä tarpeista"), OwnerID: p.reader.ID, Due: day, State: ActionOpen}
		p.keep(p.tellPlanOwner(p.tx, plan, x, p.reader, kind))
	}
}
