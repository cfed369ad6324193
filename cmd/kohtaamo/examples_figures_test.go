package main

import (
	"testing"

	"kohtaamo/scheduling"
)

// figures adds a figure with and one without a mean, both periods and the count
// of the cluster's own.
func (k known) figures(t *testing.T, h *house, by scheduling.Actor) error {
	k.add("/organise/figures/", "participants")
	k.add("/organise/figures/", "satisfaction")
	periods, err := h.desk.Periods(t.Context(), by)
	for _, p := range periods {
		k.add("/organise/periods/", p.ID)
	}
	if err != nil {
		return err
	}
	counts, err := h.desk.OwnCounts(t.Context(), by)
	for _, o := range counts {
		k.add("/organise/counts/", o.ID)
		k.add("/organise/figures/", o.Key())
	}
	return err
}
