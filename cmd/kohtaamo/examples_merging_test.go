package main

import (
	"net/url"
	"path"
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
	if err != nil {
		return err
	}
	return k.sharedList(t, h, by)
}

// sharedList adds the secret address of a list that an organiser kept.
func (k known) sharedList(t *testing.T, h *house, by scheduling.Actor) error {
	staff, _, err := h.desk.People(t.Context(), by, scheduling.ListFilter{Staff: true, Limit: 1})
	if err != nil {
		return err
	}
	me := scheduling.Actor{ID: staff[0].ID, Name: staff[0].Name, Via: "page", Grants: by.Grants}
	l, err := h.desk.SaveList(t.Context(), me, scheduling.NewList{Name: "SMEs", Kind: "companies", Query: url.Values{"kind": {"sme"}}, Lang: "en"}, []string{"companies"})
	if err != nil {
		return err
	}
	if err := h.desk.ShareList(t.Context(), me, l.ID); err != nil {
		return err
	}
	lists, err := h.desk.SavedLists(t.Context(), me)
	for _, l := range lists {
		if l.URL != "" {
			k.add("/lists/", path.Base(l.URL))
		}
	}
	return err
}
