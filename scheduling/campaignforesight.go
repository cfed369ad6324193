package scheduling

import (
	"cmp"
	"slices"
	"strings"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// blockLatest names the newest foresight issues of a campaign's cluster.
const blockLatest = "latest"

// issuesShown is how many issues a block of several shows.
const issuesShown = 3

// foresightBlock shows published foresight issues: one by its id, the newest of a
// group by its slug, or the newest of the cluster. Of several, those that not all
// readers may read are left out.
func (d *Desk) foresightBlock(tx *storage.Tx, c *Campaign, name string, l *templates.Lang) (out shownBlock, err error) {
	of := storage.Is("cluster_id", c.ClusterID)
	if name != blockLatest {
		x, err := foresightIssues.Get(tx, name)
		if err == nil {
			return d.issueBlock(tx, c, x, l)
		}
		if !IsHidden(err) {
			return out, err
		}
		g, err := bySlug(tx, groups.First, groups.Get, name)
		if err == nil && !slices.Contains(c.Reach, g.ClusterID) {
			err = errHidden
		}
		if err != nil {
			return out, err
		}
		of = storage.Is("group_id", g.ID)
	}
	for x, err := range foresightIssues.Each(tx, storage.Query{Where: []storage.Cond{of}, Sort: "-at"}) {
		if err != nil || len(out.items) == issuesShown {
			return out, err
		}
		one, err := d.issueBlock(tx, c, x, l)
		if err != nil && !IsHidden(err) {
			return out, err
		}
		out.items = append(out.items, one.items...)
	}
	return out, nil
}

// issueBlock shows one issue, if it is published and all readers of c may read it.
func (d *Desk) issueBlock(tx *storage.Tx, c *Campaign, x *ForesightIssue, l *templates.Lang) (out shownBlock, err error) {
	reaches, err := c.reachesReadersOf(tx, x)
	if err != nil || !reaches {
		return out, hiddenOr(err)
	}
	g, err := groups.Get(tx, x.GroupID)
	if err != nil {
		return out, err
	}
	about := templates.PlainText(x.Intro.In(l.Code()))
	if about == "" {
		about = strings.Join(x.topics(), " · ")
	}
	out.items = []templates.BulkItem{{When: l.Day(x.At, HouseZone), Title: x.Title.In(l.Code()), Where: g.Name.In(l.Code()), About: shortened(about, 300),
		URL: d.BaseURL + "/foresight/" + x.ID, Action: l.Text("campaign.mail.read_more")}}
	return out, nil
}

// topics are what the notes of x are called.
func (x *ForesightIssue) topics() (out []string) {
	for _, n := range x.Notes {
		out = append(out, n.Title)
	}
	return out
}

// reachesReadersOf reports whether everybody who gets c may read x, once it is
// published: a public one whoever they are; another if c goes to the members of
// the cluster or of the group alone, and to no list that is open or has an archive
// for everybody.
func (c *Campaign) reachesReadersOf(tx *storage.Tx, x *ForesightIssue) (bool, error) {
	if x.State != IssuePublished || !slices.Contains(c.Reach, x.ClusterID) {
		return false, nil
	}
	if x.Public {
		return true, nil
	}
	if c.Readers.Any && len(c.Readers.Rules) > 1 || !slices.ContainsFunc(c.Readers.Rules, func(r ReaderRule) bool { return c.namesReadersOf(x, r) }) {
		return false, nil
	}
	if c.ListID == "" {
		return true, nil
	}
	list, err := mailingLists.Get(tx, c.ListID)
	return err == nil && !list.Open && !list.Archive, ignoreMissing(err)
}

// namesReadersOf reports whether whoever fits a rule may read x.
func (c *Campaign) namesReadersOf(x *ForesightIssue, r ReaderRule) bool {
	switch r.Kind {
	case RuleGroup:
		return r.ID == x.GroupID
	case RuleRole:
		return slices.Equal(r.Values, []string{ReaderMember}) && slices.Equal(c.Reach, []string{x.ClusterID})
	}
	return false
}

// readIssues adds the published issues of a cluster and the names of their groups.
func (o *CampaignChoices) readIssues(tx *storage.Tx, clusterID string) error {
	list, err := foresightIssues.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", clusterID)}, Sort: "-at", Limit: choicesShown})
	for _, x := range list {
		if x.State == IssuePublished {
			o.Issues = append(o.Issues, x)
		}
	}
	slices.SortStableFunc(o.Issues, func(a, b *ForesightIssue) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	return err
}
