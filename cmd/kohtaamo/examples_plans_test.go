package main

import (
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
		k.add("/organise/label/", row.Plan.ClusterID)
		k.add("/organise/label/"+row.Plan.ClusterID+"/", "structure_members")
		k.add("/organise/label/"+row.Plan.ClusterID+"/", "financing_control")
	}
	return nil
}
