package api

import (
	"fmt"
	paths "path"
	"testing"

	"kohtaamo/scheduling"
)

// Results say what readers did who allow that it is counted, once five of them do.
func TestFollowedResults(t *testing.T) {
	h := newHouse(t)
	ctx, root := t.Context(), scheduling.System("test")
	l := &scheduling.MailingList{Slug: "news", Name: scheduling.Text{"en": "News"}, ClusterID: h.cluster.ID, Open: true}
	must(t, h.desk.SaveMailingList(ctx, root, l))
	for i := range 6 {
		email := fmt.Sprintf("p%d@example.org", i)
		_, _, err := h.desk.AddSubscriber(ctx, root, l.ID, scheduling.NewSubscriber{Email: email, Lang: "en", Wording: "They asked."})
		must(t, err)
		if i > 0 {
			must(t, h.desk.SavePreferences(ctx, paths.Base(h.desk.PreferencesURL(email)), scheduling.PreferencesForm{Others: true, Lang: "en", Tracking: true, Asked: "Count me."}))
		}
	}
	c, err := h.desk.SaveCampaign(ctx, root, &scheduling.Campaign{ClusterID: h.cluster.ID, ListID: l.ID, Subject: scheduling.Text{"en": "News"}, Body: scheduling.Text{"en": "[A van](https://van.example/)"}})
	must(t, err)
	_, err = h.desk.ScheduleCampaign(ctx, root, c.ID, c.Rev, h.now())
	must(t, err)
	copies, _, err := h.desk.CampaignCopies(ctx, root, c.ID, "", "", 10)
	must(t, err)
	for _, one := range copies {
		if one.To == "p1@example.org" {
			_, err := h.desk.FollowLink(ctx, paths.Base(one.Params["link1"]), true)
			must(t, err)
		}
		if counted := one.Sheet != ""; counted != (one.To != "p0@example.org") {
			t.Errorf("%s is counted: %v", one.To, counted)
		}
	}
	got := h.do("organiser", "GET", "/campaigns/"+c.ID+"/results", nil).is(200)
	if said := fmt.Sprint(got.body["followed"]); said != "map[allowed:5 clicked:1 links:[map[count:1 url:https://van.example/]] opened:1]" {
		t.Errorf("counted %s", said)
	}
	must(t, h.desk.SavePreferences(ctx, paths.Base(h.desk.PreferencesURL("p5@example.org")), scheduling.PreferencesForm{Others: true, Lang: "en"}))
	if got := h.do("organiser", "GET", "/campaigns/"+c.ID+"/results", nil).is(200); got.body["followed"] != nil {
		t.Errorf("figures of four are shown: %s", got.raw)
	}
}
