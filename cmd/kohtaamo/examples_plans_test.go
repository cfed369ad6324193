package main

import (
	"slices"
	"testing"

	"kohtaamo/scheduling"
)

// plans adds a report, the living documents with their parts, and a question of
// the label with and without a proof.
func (k known) plans(t *testing.T, h *house, by scheduling.Actor) error {
	periods, err := h.desk.Periods(t.Context(), by)
	if err != nil {
		return err
	}
	for _, p := range periods {
		k.add("/organise/reports/", p.ID)
		k.add("/organise/reports/"+p.ID+"/text/", "new")
		k.add("/organise/reports/"+p.ID+"/text/", "summary")
	}
	rows, err := h.desk.Plans(t.Context(), by, "")
	if err != nil {
		return err
	}
	for _, row := range rows {
		one := "/organise/plans/" + row.Plan.ID
		k.add("/organise/plans/", row.Plan.ID)
		k.add(one+"/sections/", row.Plan.Sections[0].ID)
		k.add(one+"/items/", "new")
		x, err := h.desk.AddPlanFile(t.Context(), by, row.Plan.ID, "plan.md", []byte("# Plan"))
		if err != nil {
			return err
		}
		k.add(one+"/files/", x.ID)
		if err := k.label(t, h, by, row.Plan.ClusterID); err != nil {
			return err
		}
	}
	return nil
}

// label adds two questions of a cluster's label, each with a file that proves it.
func (k known) label(t *testing.T, h *house, by scheduling.Actor, cluster string) error {
	base := "/organise/label/"
	if slices.Contains(k[base], cluster) {
		return nil
	}
	k.add(base, cluster)
	for _, question := range []string{"structure_members", "financing_control"} {
		a, err := h.desk.AddProofFile(t.Context(), by, cluster, question, "proof.md", []byte("# Proof"), "")
		if err != nil {
			return err
		}
		k.add(base+cluster+"/", question)
		k.add(base+cluster+"/"+question+"/proofs/", a.Proofs[len(a.Proofs)-1].ID)
	}
	return nil
}
