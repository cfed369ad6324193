package scheduling

import (
	"context"
	"slices"

	"kohtaamo/storage"
)

// CampaignChoices are what a campaign's rules and text can name, of the clusters
// that somebody organises.
type CampaignChoices struct {
	Clusters []*Cluster
	Lists    []*MailingList // that are not closed
	Groups   []*Group
	Events   []*Event // latest first
	Rounds   []*Round
	Trips    []*Trip // latest first
	Projects []*Project
	Issues   []*ForesightIssue // published, newest first
	Names    map[string]Text   // of all these, and of whatever the campaign names besides, by id
}

// choicesShown is how many events, rounds and trips are offered; older ones can still
// be named by whoever knows them.
const choicesShown = 60

// CampaignChoices gives what by can choose from for c.
func (d *Desk) CampaignChoices(ctx context.Context, by Actor, c *Campaign) (out *CampaignChoices, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		out = &CampaignChoices{Names: map[string]Text{}}
		if err := out.read(tx, by); err != nil {
			return err
		}
		for _, r := range slices.Concat(c.Readers.Rules, c.Readers.Except) {
			if err := out.name(tx, by, r); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (o *CampaignChoices) read(tx *storage.Tx, by Actor) (err error) {
	if o.Clusters, err = clusters.Find(tx, storage.Query{Sort: "slug"}); err != nil {
		return err
	}
	o.Clusters = slices.DeleteFunc(o.Clusters, func(c *Cluster) bool { return !by.Organises(c.ID) })
	for _, c := range o.Clusters {
		o.Names[c.ID] = c.Name
		if err := o.readOf(tx, c.ID); err != nil {
			return err
		}
	}
	slices.SortFunc(o.Events, func(a, b *Event) int { return b.Starts.Compare(a.Starts) })
	o.Events = o.Events[:min(len(o.Events), choicesShown)]
	slices.SortFunc(o.Rounds, func(a, b *Round) int { return b.Starts.Compare(a.Starts) })
	o.Rounds = o.Rounds[:min(len(o.Rounds), choicesShown)]
	slices.SortFunc(o.Trips, func(a, b *Trip) int { return b.Starts.Compare(a.Starts) })
	o.Trips = o.Trips[:min(len(o.Trips), choicesShown)]
	o.Projects, err = projects.Find(tx, storage.Query{Sort: "code"})
	return err
}

// readOf adds what belongs to one cluster.
func (o *CampaignChoices) readOf(tx *storage.Tx, clusterID string) error {
	own := storage.Query{Where: []storage.Cond{storage.Is("cluster_id", clusterID)}, Sort: "slug"}
	lists, err := mailingLists.Find(tx, own)
	if err != nil {
		return err
	}
	for _, l := range lists {
		if o.Names[l.ID] = l.Name; !l.Closed {
			o.Lists = append(o.Lists, l)
		}
	}
	found, err := groups.Find(tx, own)
	if err != nil {
		return err
	}
	for _, g := range found {
		o.Names[g.ID], o.Groups = g.Name, append(o.Groups, g)
	}
	of := storage.Query{Where: []storage.Cond{{Field: "cluster_ids", Op: storage.Has, Value: clusterID}}, Sort: "-starts", Limit: choicesShown}
	es, err := events.Find(tx, of)
	if err != nil {
		return err
	}
	for _, e := range es {
		if o.Names[e.ID] == nil {
			o.Names[e.ID], o.Events = e.Title, append(o.Events, e)
		}
	}
	rs, err := rounds.Find(tx, of)
	for _, r := range rs {
		if o.Names[r.ID] == nil {
			o.Names[r.ID], o.Rounds = r.Title, append(o.Rounds, r)
		}
	}
	if err != nil {
		return err
	}
	ts, err := trips.Find(tx, of)
	for _, t := range ts {
		if o.Names[t.ID] == nil && t.Listed {
			o.Names[t.ID], o.Trips = t.Title, append(o.Trips, t)
		}
	}
	if err != nil {
		return err
	}
	return o.readIssues(tx, clusterID)
}

// name adds the name of what a rule is about, where by may see it.
func (o *CampaignChoices) name(tx *storage.Tx, by Actor, r ReaderRule) error {
	if o.Names[r.ID] != nil || r.ID == "" {
		return nil
	}
	of, err := r.clustersOf(tx)
	if err != nil || !slices.ContainsFunc(of, func(id string) bool { return by.Organises(id) }) {
		return err
	}
	switch r.Kind {
	case RuleEvent:
		e, err := events.Get(tx, r.ID)
		if err == nil {
			o.Names[r.ID] = e.Title
		}
		return err
	case RuleRound:
		p, err := rounds.Get(tx, r.ID)
		if err == nil {
			o.Names[r.ID] = p.Title
		}
		return err
	case RuleTrip:
		t, err := trips.Get(tx, r.ID)
		if err == nil {
			o.Names[r.ID] = t.Title
		}
		return err
	}
	return nil
}
