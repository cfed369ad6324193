package scheduling

import (
	"slices"
	"testing"
	"time"

	"kohtaamo/storage"
)

// A newsletter shows the issues that all its readers may read: what is for
// members alone goes to no open list and to no archive.
func TestForesightInNewsletters(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "circular")
	issue := func(id string, age time.Duration, set func(*ForesightIssue)) {
		x := &ForesightIssue{Meta: docID(id), GroupID: g.ID, ClusterID: h.cluster.ID, State: IssuePublished, Title: Text{"en": "Issue " + id}, At: t0.Add(-age),
			Notes: []IssueNote{{Title: "Solid-state batteries"}, {Title: "Sodium"}}}
		if set != nil {
			set(x)
		}
		h.write(t, func(tx *storage.Tx) error { return foresightIssues.Put(tx, x) })
	}
	issue("public", time.Hour, func(x *ForesightIssue) { x.Public, x.Intro = true, Text{"en": "What **comes**."} })
	issue("members", 0, nil)
	issue("draft", 0, func(x *ForesightIssue) { x.State, x.Public = IssueDraft, true })
	issue("elsewhere", 0, func(x *ForesightIssue) { x.ClusterID, x.Public = h.other.Grants[0].Cluster, true })
	save := func(body string, readers Readers, l *MailingList) (*Campaign, error) {
		c := &Campaign{ClusterID: h.cluster.ID, Subject: Text{"en": "x"}, Body: Text{"en": body}, Readers: readers}
		if l != nil {
			c.ListID = l.ID
		}
		return h.SaveCampaign(t.Context(), h.boss, c)
	}
	shown := func(c *Campaign) (out []string) {
		h.write(t, func(tx *storage.Tx) error {
			out = nil
			pieces, err := campaignText(c.Body["en"], "en")
			must(t, err)
			for _, p := range pieces {
				b, err := h.block(tx, c, p, "en")
				must(t, err)
				for _, i := range b.items {
					out = append(out, i.Title+" | "+i.About+" | "+i.URL)
				}
			}
			return nil
		})
		return out
	}
	open, closed := h.newList(t, "open", Subscribed), h.newList(t, "closed", Subscribed)
	h.write(t, func(tx *storage.Tx) error {
		l, err := mailingLists.Get(tx, closed.ID)
		must(t, err)
		l.Open, l.Archive = false, false
		return mailingLists.Put(tx, l)
	})
	members := Readers{Rules: []ReaderRule{{Kind: RuleRole, Values: []string{ReaderMember}}}}
	ofGroup := Readers{Rules: []ReaderRule{{Kind: RuleGroup, ID: g.ID}}}
	either := Readers{Any: true, Rules: []ReaderRule{members.Rules[0], {Kind: RuleCluster, ID: h.cluster.ID}}}
	const public, private = "Issue public | What comes. | ", "Issue members | Solid-state batteries · Sodium | "
	for _, test := range []struct {
		name    string
		readers Readers
		list    *MailingList
		private bool
	}{
		{"an open list", members, open, false},
		{"a list for members", members, closed, true},
		{"a closed list of anybody", Readers{}, closed, false},
		{"members without a list", members, nil, true},
		{"the group", ofGroup, nil, true},
		{"members or contacts", either, nil, false},
	} {
		want := []string{public + h.BaseURL + "/foresight/public"}
		if test.private {
			want = append([]string{private + h.BaseURL + "/foresight/members"}, want...)
		}
		for _, mark := range []string{"{foresight:latest}", "{foresight:circular}"} {
			c, err := save(mark, test.readers, test.list)
			must(t, err)
			if got := shown(c); !slices.Equal(got, want) {
				t.Errorf("%s, %s: %q", test.name, mark, got)
			}
		}
		_, err := save("{foresight:members}", test.readers, test.list)
		if p := ProblemIn(err); (p == nil) != test.private || p != nil && p.Key != "campaign.no_such_thing" {
			t.Errorf("%s: the issue for members gives %v", test.name, err)
		}
	}
	for _, name := range []string{"draft", "elsewhere", "nothing"} {
		_, err := save("{foresight:"+name+"}", members, nil)
		if p := ProblemIn(err); p == nil || p.Key != "campaign.no_such_thing" {
			t.Errorf("%s gives %v", name, err)
		}
	}
}
