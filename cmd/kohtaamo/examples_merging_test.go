package main

import (
	"testing"

	"kohtaamo/scheduling"
)

// merging adds two companies and two persons to merge, a webhook, a list to keep.
func (k known) merging(t *testing.T, h *house, by scheduling.Actor) error {
	pairs, err := h.desk.CompanyDuplicates(t.Context(), by)
	if err != nil {
		return err
	}
	for _, p := range pairs[:min(1, len(pairs))] {
		k.add("/organise/merge/companies", "?from="+p.B.ID+"&into="+p.A.ID)
	}
	people, _, err := h.desk.People(t.Context(), by, scheduling.ListFilter{Limit: 2})
	if err != nil {
		return err
	}
	k.add("/organise/merge/people", "?from="+people[0].ID+"&into="+people[1].ID)
	k.add("/organise/saved/new", "?of=companies&kind=sme")
	hooks, err := h.desk.Webhooks(t.Context(), by)
	for _, x := range hooks {
		k.add("/organise/webhooks/", x.ID)
	}
	return err
}
