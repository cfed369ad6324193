package scheduling

import (
	"slices"
	"time"
)

// countMembers counts companies, of one kind if it is given, that are members
// at the last moment of the scope.
func countMembers(kind CompanyKind) func(*counting, func(*occurrence)) error {
	return func(c *counting, emit func(*occurrence)) error {
		return c.eachMember(func(m *joinBrief, x *companyBrief) {
			if m.at(c.last()) && (kind == "" || x.Kind == kind) {
				emit(c.member(m, x, m.Joined))
			}
		})
	}
}

// last is the last moment of the scope, in the precision of what is stored.
func (c *counting) last() time.Time { return c.s.Until.Add(-time.Millisecond) }

// countJoined counts memberships that began.
func countJoined(c *counting, emit func(*occurrence)) error {
	return c.eachMember(func(m *joinBrief, x *companyBrief) {
		if c.during(m.Joined) {
			o := c.member(m, x, m.Joined)
			o.id = m.ID
			emit(o)
		}
	})
}

// countLeft counts memberships that ended.
func countLeft(c *counting, emit func(*occurrence)) error {
	return c.eachMember(func(m *joinBrief, x *companyBrief) {
		if !m.Left.IsZero() && c.during(m.Left) {
			o := c.member(m, x, m.Left)
			o.id = m.ID
			emit(o)
		}
	})
}

// countStayed counts members at the beginning that still are at the end, in the
// same cluster: one that left and came back has stayed.
func countStayed(c *counting, emit func(*occurrence)) error {
	atEnd := map[[2]string]bool{}
	err := c.eachMember(func(m *joinBrief, _ *companyBrief) {
		if m.at(c.last()) {
			atEnd[[2]string{m.CompanyID, m.ClusterID}] = true
		}
	})
	if err != nil {
		return err
	}
	return c.eachMember(func(m *joinBrief, x *companyBrief) {
		if m.at(c.s.From) && atEnd[[2]string{m.CompanyID, m.ClusterID}] {
			emit(c.member(m, x, m.Joined))
		}
	})
}

// membersAtStart is how many companies were members when the scope began.
func membersAtStart(c *counting) (int, error) {
	seen := map[string]bool{}
	err := c.eachMember(func(m *joinBrief, x *companyBrief) {
		if m.at(c.s.From) {
			seen[x.ID] = true
		}
	})
	return len(seen), err
}

// eachMember gives all memberships that count in the scope, whenever they were.
// They belong to no group and no project.
func (c *counting) eachMember(fn func(m *joinBrief, x *companyBrief)) error {
	if c.s.GroupID != "" || c.s.ProjectID != "" {
		return nil
	}
	list, err := c.memberships()
	for _, m := range list {
		x, err := c.company(m.CompanyID)
		if err != nil {
			return err
		}
		if c.towards(x.Country) {
			fn(m, x)
		}
	}
	return err
}

// member is the company of a membership, as it is counted at a moment.
func (c *counting) member(m *joinBrief, x *companyBrief, at time.Time) *occurrence {
	o := &occurrence{id: x.ID, at: at, year: c.yearOf(at), place: c.at(belonging{clusters: []string{m.ClusterID}, countries: optional(x.Country)})}
	o.company(x)
	return o
}

// company says that o is about a company.
func (o *occurrence) company(x *companyBrief) {
	o.kind, o.about, o.class, o.town = "company", x.ID, string(x.Kind), x.Municipality
}

// A memberIn is a membership with its cluster, as memberOf gives it.
type memberIn struct {
	*joinBrief
	alone []string
}

// memberOf are those of some clusters that a company was a member of at a moment.
// They are not to be changed.
func (c *counting) memberOf(companyID string, at time.Time, clusters []string) (in []string, err error) {
	if companyID == "" {
		return nil, nil
	}
	if c.joinsOf == nil {
		if err := c.readJoins(); err != nil {
			return nil, err
		}
	}
	for _, m := range c.joinsOf[companyID] {
		switch {
		case !m.at(at) || !slices.Contains(clusters, m.ClusterID) || slices.Contains(in, m.ClusterID):
		case in == nil: // of most there is one: asked for a hundred thousand times
			in = m.alone
		default:
			in = slices.Sorted(slices.Values(append(slices.Clone(in), m.ClusterID)))
		}
	}
	return in, nil
}

func (c *counting) readJoins() error {
	all, err := c.memberships()
	c.joinsOf = map[string][]memberIn{}
	for _, m := range all {
		c.joinsOf[m.CompanyID] = append(c.joinsOf[m.CompanyID], memberIn{m, []string{m.ClusterID}})
	}
	return err
}
