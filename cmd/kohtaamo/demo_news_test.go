package main

import (
	"testing"

	"kohtaamo/scheduling"
)

// checkDemoNews finds a newsletter of each cluster that was sent whole, one that
// waits and a draft that finds somebody.
func checkDemoNews(t *testing.T, h *house) {
	ctx, by := t.Context(), scheduling.System("test")
	list, _, err := h.desk.Campaigns(ctx, by, "", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	sent := map[string]int{}
	states := map[scheduling.CampaignState]int{}
	for _, c := range list {
		states[c.State]++
		p, err := h.desk.CampaignPage(ctx, by, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		v, err := h.desk.Audience(ctx, by, c.ID, "")
		if err != nil || v.People < 5 {
			t.Errorf("%s finds %d people, %v", c.Slug, v.People, err)
		}
		if c.State == scheduling.CampaignSent {
			sent[c.ClusterID] = p.Sent
			if f := p.Followed; f == nil || f.Opened == 0 || f.Opened >= f.Allowed {
				t.Errorf("of %s is counted %+v", c.Slug, f)
			}
		}
	}
	if len(list) != 4 || len(sent) != 2 || states[scheduling.CampaignScheduled] != 1 || states[scheduling.CampaignDraft] != 1 {
		t.Errorf("%d newsletters: %v, sent to %v", len(list), states, sent)
	}
	for _, n := range sent {
		if n < 10 {
			t.Errorf("one reached %d people", n)
		}
	}
}
