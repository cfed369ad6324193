package scheduling

import (
	"time"

	"kohtaamo/storage"
)

type workBrief struct {
	storage.Brief `bson:",inline"`
	Kind          WorkKind  `bson:"kind"`
	Title         string    `bson:"title"`
	At            time.Time `bson:"at"`
	ClusterIDs    []string  `bson:"cluster_ids"`
	GroupID       string    `bson:"group_id"`
	ProjectID     string    `bson:"project_id"`
	CompanyIDs    []string  `bson:"company_ids"`
	Country       string    `bson:"country"`
	Reach         int       `bson:"reach"`
}

type campaignBrief struct {
	storage.Brief `bson:",inline"`
	ClusterID     string    `bson:"cluster_id"`
	ListID        string    `bson:"list_id"`
	Subject       Text      `bson:"subject"`
	ProjectID     string    `bson:"project_id"`
	At            time.Time `bson:"at"`
	People        int       `bson:"people"`
}

var (
	workBriefs     = storage.Collection[workBrief, *workBrief](works)
	campaignBriefs = storage.Collection[campaignBrief, *campaignBrief](campaigns)
)

func (w *workBrief) place() belonging {
	return belonging{clusters: w.ClusterIDs, groups: optional(w.GroupID), countries: optional(w.Country), project: w.ProjectID}
}

// eachWork gives the entries of the activity log.
func (c *counting) eachWork(fn func(w *workBrief) error) error {
	if c.works == nil {
		c.works = []*workBrief{}
		for w, err := range workBriefs.Each(c.tx, storage.Query{Where: c.within("at"), Sort: "at"}) {
			if err != nil {
				return err
			}
			if c.covers(w.place()) {
				c.works = append(c.works, w)
			}
		}
	}
	for _, w := range c.works {
		if err := fn(w); err != nil {
			return err
		}
	}
	return nil
}

func (c *counting) someWorks(emit func(*occurrence), which func(WorkKind) bool) error {
	return c.eachWork(func(w *workBrief) error {
		if which(w.Kind) && c.towards(w.Country) {
			emit(&occurrence{kind: "work", id: w.ID, about: w.ID, at: w.At, year: c.yearOf(w.At), place: c.at(w.place()), class: string(w.Kind), amount: float64(w.Reach)})
		}
		return nil
	})
}

// countPublications counts articles, videos and posts; their amount is whom they
// reached.
func countPublications(c *counting, emit func(*occurrence)) error {
	return c.someWorks(emit, WorkKind.Published)
}

// countWorks counts the rest of the activity log.
func countWorks(c *counting, emit func(*occurrence)) error {
	return c.someWorks(func(o *occurrence) {
		o.amount = 0
		emit(o)
	}, func(k WorkKind) bool { return !k.Published() })
}

// countNewsletters counts newsletters that were sent; their amount is to how
// many readers.
func countNewsletters(c *counting, emit func(*occurrence)) error {
	if c.s.Country != "" {
		return nil
	}
	for x, err := range campaignBriefs.Each(c.tx, storage.Query{Where: c.within("at", storage.Is("state", CampaignSent)), Sort: "at"}) {
		if err != nil {
			return err
		}
		p := belonging{clusters: optional(x.ClusterID), project: x.ProjectID}
		if x.ListID != "" && c.covers(p) {
			emit(&occurrence{kind: "campaign", id: x.ID, about: x.ID, at: x.At, year: c.yearOf(x.At), place: c.at(p), amount: float64(x.People)})
		}
	}
	return nil
}
