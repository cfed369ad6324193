package scheduling

import (
	"strconv"
	"time"

	"kohtaamo/storage"
)

type recordBrief struct {
	storage.Brief `bson:",inline"`
	GroupID       string       `bson:"group_id"`
	ClusterID     string       `bson:"cluster_id"`
	Title         Text         `bson:"title"`
	Starts        time.Time    `bson:"starts"`
	Present       []Presence   `bson:"present"`
	Decisions     []Resolution `bson:"decisions"`
}

type gatheringBrief struct {
	storage.Brief `bson:",inline"`
	GroupID       string           `bson:"group_id"`
	ClusterID     string           `bson:"cluster_id"`
	State         GatheringState   `bson:"state"`
	Title         Text             `bson:"title"`
	Starts        time.Time        `bson:"starts"`
	Chosen        string           `bson:"chosen"`
	Parties       []GatheringParty `bson:"parties"`
}

var (
	recordBriefs    = storage.Collection[recordBrief, *recordBrief](meetingRecords)
	gatheringBriefs = storage.Collection[gatheringBrief, *gatheringBrief](gatherings)
)

func (r *recordBrief) place() belonging {
	return belonging{clusters: []string{r.ClusterID}, groups: []string{r.GroupID}}
}

func (g *gatheringBrief) place() belonging {
	return belonging{clusters: []string{g.ClusterID}, groups: []string{g.GroupID}}
}

// eachRecord gives the meetings of groups that were held.
func (c *counting) eachRecord(fn func(r *recordBrief) error) error {
	if c.records == nil {
		list := []*recordBrief{}
		for _, state := range []RecordState{RecordHeld, RecordApproved} {
			some, err := recordBriefs.Find(c.tx, storage.Query{Where: c.within("starts", storage.Is("state", state)), Sort: "starts"})
			if err != nil {
				return err
			}
			list = append(list, some...)
		}
		c.records = list
	}
	for _, r := range c.records {
		if !c.covers(r.place()) {
			continue
		}
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}

// eachGathering gives the meetings of B2B groups with a quorum that were held.
func (c *counting) eachGathering(fn func(g *gatheringBrief) error) error {
	if c.gatherings == nil {
		c.gatherings = []*gatheringBrief{}
		where := []storage.Cond{storage.Is("open", false)}
		if !c.s.From.IsZero() {
			where = append(where, storage.Cond{Field: "last", Op: storage.Ge, Value: c.s.From})
		}
		for g, err := range gatheringBriefs.Each(c.tx, storage.Query{Where: where, Sort: "last"}) {
			if err != nil {
				return err
			}
			if g.State == GatheringHeld && c.during(g.Starts) && c.covers(g.place()) {
				c.gatherings = append(c.gatherings, g)
			}
		}
	}
	for _, g := range c.gatherings {
		if err := fn(g); err != nil {
			return err
		}
	}
	return nil
}

// groupOccurrence is a meeting of a group as it is counted.
func (c *counting) groupOccurrence(kind, id, groupID string, at time.Time, p belonging) (*occurrence, error) {
	g, err := c.group(groupID)
	return &occurrence{kind: kind, id: id, about: id, at: at, year: c.yearOf(at), place: c.at(p), class: g.Kind}, err
}

// eachGroupMeeting gives both kinds of them, with the group.
func (c *counting) eachGroupMeeting(fn func(groupID string, o *occurrence)) error {
	if c.s.Country != "" {
		return nil
	}
	err := c.eachRecord(func(r *recordBrief) error {
		o, err := c.groupOccurrence("record", r.ID, r.GroupID, r.Starts, r.place())
		fn(r.GroupID, o)
		return err
	})
	if err != nil {
		return err
	}
	return c.eachGathering(func(g *gatheringBrief) error {
		o, err := c.groupOccurrence("gathering", g.ID, g.GroupID, g.Starts, g.place())
		fn(g.GroupID, o)
		return err
	})
}

// countGroupMeetings counts meetings of groups that were held.
func countGroupMeetings(c *counting, emit func(*occurrence)) error {
	return c.eachGroupMeeting(func(_ string, o *occurrence) { emit(o) })
}

// countGroupsMeeting counts groups that met.
func countGroupsMeeting(c *counting, emit func(*occurrence)) error {
	return c.eachGroupMeeting(func(groupID string, o *occurrence) {
		o.kind, o.id, o.about = "group", groupID, groupID
		emit(o)
	})
}

// countGroupAttendance counts each time that somebody came to a meeting of a
// group.
func countGroupAttendance(c *counting, emit func(*occurrence)) error {
	return c.recordParts(func(r *recordBrief, o *occurrence) {
		for i, p := range r.Present {
			if p.Came() {
				one := *o
				one.id = r.ID + "~" + strconv.Itoa(i)
				emit(&one)
			}
		}
	})
}

// countDecisions counts what groups decided.
func countDecisions(c *counting, emit func(*occurrence)) error {
	return c.recordParts(func(r *recordBrief, o *occurrence) {
		for _, x := range r.Decisions {
			one := *o
			one.id = r.ID + "~" + x.ID
			emit(&one)
		}
	})
}

func (c *counting) recordParts(fn func(r *recordBrief, o *occurrence)) error {
	if c.s.Country != "" {
		return nil
	}
	return c.eachRecord(func(r *recordBrief) error {
		o, err := c.groupOccurrence("record", r.ID, r.GroupID, r.Starts, r.place())
		fn(r, o)
		return err
	})
}

// countCoDevelopments counts agreements on developing something together that
// groups began to write: each group's once, when its first version was saved.
func countCoDevelopments(c *counting, emit func(*occurrence)) error {
	if c.s.Country != "" {
		return nil
	}
	for v, err := range codevelopmentBriefs.Each(c.tx, storage.Query{Where: []storage.Cond{storage.Is("version", 1)}}) {
		if err != nil {
			return err
		}
		g, err := c.group(v.GroupID)
		if err != nil {
			return err
		}
		p := belonging{clusters: optional(g.ClusterID), groups: []string{v.GroupID}}
		if c.during(v.Created) && c.covers(p) {
			emit(&occurrence{kind: "group", id: v.ID, about: v.GroupID, at: v.Created, year: c.yearOf(v.Created), place: c.at(p), class: g.Kind})
		}
	}
	return nil
}

type codevelopmentBrief struct {
	storage.Brief `bson:",inline"`
	GroupID       string `bson:"group_id"`
}

type groupMembershipBrief struct {
	storage.Brief `bson:",inline"`
	GroupID       string          `bson:"group_id"`
	CompanyID     string          `bson:"company_id"`
	State         MembershipState `bson:"state"`
	StateAt       time.Time       `bson:"state_at"`
}

var (
	codevelopmentBriefs   = storage.Collection[codevelopmentBrief, *codevelopmentBrief](codevelopments)
	groupMembershipBriefs = storage.Collection[groupMembershipBrief, *groupMembershipBrief](groupMemberships)
)

// countGroupCompanies counts companies that are in a B2B group: those that are
// in it now and were by the end of the scope.
func countGroupCompanies(c *counting, emit func(*occurrence)) error {
	where := []storage.Cond{storage.Is("state", MemberAccepted)}
	for m, err := range groupMembershipBriefs.Each(c.tx, storage.Query{Where: where}) {
		if err != nil {
			return err
		}
		g, err := c.group(m.GroupID)
		if err != nil {
			return err
		}
		x, err := c.company(m.CompanyID)
		if err != nil {
			return err
		}
		p := belonging{clusters: optional(g.ClusterID), groups: []string{m.GroupID}, countries: optional(x.Country)}
		if m.CompanyID == "" || !m.StateAt.Before(c.s.Until) || !c.covers(p) || !c.towards(x.Country) {
			continue
		}
		o := &occurrence{id: x.ID, at: m.StateAt, year: c.yearOf(m.StateAt), place: c.at(p)}
		o.company(x)
		emit(o)
	}
	return nil
}
