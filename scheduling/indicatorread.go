package scheduling

import (
	"slices"
	"time"

	"kohtaamo/storage"
)

// What is counted is read in brief: of a document, only what figures need is
// decoded. Nothing is ever put through these collections.
var (
	companyBriefs = storage.Collection[companyBrief, *companyBrief](companies)
	groupBriefs   = storage.Collection[groupBrief, *groupBrief](groups)
	eventBriefs   = storage.Collection[eventBrief, *eventBrief](events)
	joinBriefs    = storage.Collection[joinBrief, *joinBrief](memberships)
)

// briefOf is that of what is gone: its id alone.
func briefOf(id string) storage.Brief { return storage.Brief{Meta: storage.Meta{ID: id}} }

// A companyBrief is a company as it stands when the figure is counted, whatever
// time is counted: what has become a large company is none of last year's SMEs,
// and one that was merged into another counts as that one, once. To which
// clusters it belonged is known by the day, see counting.memberOf, and so is
// where an entrant of a round came from, see entrantBrief; that it has left since
// changes nothing of what it did. Closing a period freezes its figures as they
// were counted then.
type companyBrief struct {
	storage.Brief `bson:",inline"`
	Name          string      `bson:"name"`
	Kind          CompanyKind `bson:"kind"`
	Country       string      `bson:"country"`
	Municipality  string      `bson:"municipality"`
}

type groupBrief struct {
	storage.Brief `bson:",inline"`
	ClusterID     string `bson:"cluster_id"`
	Kind          string `bson:"kind"`
	Name          Text   `bson:"name"`
}

type eventBrief struct {
	storage.Brief `bson:",inline"`
	Title         Text      `bson:"title"`
	Kind          string    `bson:"kind"`
	Starts        time.Time `bson:"starts"`
	Ends          time.Time `bson:"ends"`
	ClusterIDs    []string  `bson:"cluster_ids"`
	GroupIDs      []string  `bson:"group_ids"`
	ProjectID     string    `bson:"project_id"`

	where *belonging // see counting.where
	year  int        // that it counts in
}

// company gives one; one that is gone has no name and no country. It is asked for
// as often as one came to an event.
func (c *counting) company(id string) (*companyBrief, error) {
	if c.companiesBy == nil {
		if err := c.readCompanies(); err != nil {
			return nil, err
		}
	}
	if x := c.companiesBy[id]; x != nil {
		return x, nil
	}
	return &companyBrief{Brief: briefOf(id)}, nil
}

func (c *counting) readCompanies() error {
	by := map[string]*companyBrief{}
	for x, err := range companyBriefs.Each(c.tx, storage.Query{}) {
		if err != nil {
			return err
		}
		by[x.ID] = x
	}
	c.companiesBy = by
	return nil
}

func (c *counting) group(id string) (*groupBrief, error) {
	if c.groupsBy == nil {
		c.groupsBy = map[string]*groupBrief{}
		for x, err := range groupBriefs.Each(c.tx, storage.Query{}) {
			if err != nil {
				return nil, err
			}
			c.groupsBy[x.ID] = x
		}
	}
	if x := c.groupsBy[id]; x != nil {
		return x, nil
	}
	return &groupBrief{Brief: briefOf(id)}, nil
}

// within are the conditions on a time in the scope.
func (c *counting) within(field string, more ...storage.Cond) []storage.Cond {
	where := append(more, storage.Cond{Field: field, Op: storage.Lt, Value: c.s.Until})
	if !c.s.From.IsZero() {
		where = append(where, storage.Cond{Field: field, Op: storage.Ge, Value: c.s.From})
	}
	return where
}

// events are those that took place, or have begun, first to last.
func (c *counting) events() ([]*eventBrief, error) {
	if c.eventList != nil {
		return c.eventList, nil
	}
	c.eventList = []*eventBrief{}
	for e, err := range eventBriefs.Each(c.tx, storage.Query{Where: c.within("starts", storage.Is("state", Published)), Sort: "starts"}) {
		if err != nil {
			return nil, err
		}
		if c.covers(e.place()) {
			e.year = c.yearOf(e.Starts)
			c.eventList = append(c.eventList, e)
		}
	}
	return c.eventList, nil
}

func (e *eventBrief) place() belonging {
	return belonging{clusters: e.ClusterIDs, groups: e.GroupIDs, project: e.ProjectID}
}

// where is the place of an event, made once for all who came to it.
func (c *counting) where(e *eventBrief) *belonging {
	if e.where == nil {
		e.where = c.at(e.place())
	}
	return e.where
}

// turnout says who came to an event of the scope.
func (c *counting) turnout(e *eventBrief) (*turnout, error) {
	if c.turnoutsOf == nil {
		if err := c.readTurnouts(); err != nil {
			return nil, err
		}
	}
	return c.turnoutsOf[e.ID], nil
}

func (c *counting) readTurnouts() error {
	kept, of := map[string]*turnoutBrief{}, map[string]*turnout{}
	if err := ofEvents(c, turnoutBriefs.Find, func(t *turnoutBrief) { kept[t.ID] = t }); err != nil {
		return err
	}
	for _, e := range c.eventList {
		t, err := turnoutOf(c.tx, e, kept[e.ID])
		if err != nil {
			return err
		}
		of[e.ID] = t
	}
	c.turnoutsOf = of
	return nil
}

// ofEvents reads what is kept under the ids of the events of the scope, of many
// events at once: each question is a way to the database and back.
func ofEvents[T any](c *counting, find func(*storage.Tx, storage.Query) ([]*T, error), take func(*T)) error {
	list, err := c.events()
	for some := range slices.Chunk(list, 100) {
		ids := make([]string, len(some))
		for i, e := range some {
			ids[i] = e.ID
		}
		found, err := find(c.tx, storage.Query{Where: []storage.Cond{{Field: "_id", Op: storage.In, Value: ids}}})
		if err != nil {
			return err
		}
		for _, v := range found {
			take(v)
		}
	}
	return err
}

// A joinBrief is as much of a membership as figures need.
type joinBrief struct {
	storage.Brief `bson:",inline"`
	CompanyID     string    `bson:"company_id"`
	ClusterID     string    `bson:"cluster_id"`
	Joined        time.Time `bson:"joined"`
	Left          time.Time `bson:"left"`
}

// at reports whether the company was a member at a moment.
func (m *joinBrief) at(t time.Time) bool { return memberAt(m.Joined, m.Left, t) }

// memberships are all that ever were in the clusters of the scope, by company.
func (c *counting) memberships() ([]*joinBrief, error) {
	if c.joins != nil {
		return c.joins, nil
	}
	c.joins = []*joinBrief{}
	for m, err := range joinBriefs.Each(c.tx, storage.Query{Sort: "company_id"}) {
		if err != nil {
			return nil, err
		}
		if !m.Joined.IsZero() && (c.s.ClusterID == "" || m.ClusterID == c.s.ClusterID) && (c.own == nil || slices.Contains(c.own, m.ClusterID)) {
			c.joins = append(c.joins, m)
		}
	}
	return c.joins, nil
}
