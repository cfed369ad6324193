package scheduling

// countMembers counts companies that are members at the end of the scope.
func countMembers(c *counting, emit func(*occurrence)) error {
	return c.eachMember(func(m *Membership, x *companyBrief) {
		if m.At(c.s.Until.Add(-1)) {
			emit(c.member(m, x, "company"))
		}
	})
}

// eachMember gives all memberships that count in the scope, whenever they were.
func (c *counting) eachMember(fn func(m *Membership, x *companyBrief)) error {
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

// member is the company of a membership, as it is counted.
func (c *counting) member(m *Membership, x *companyBrief, kind string) *occurrence {
	return &occurrence{kind: kind, id: x.ID, about: x.ID, at: m.Joined, year: c.yearOf(m.Joined),
		place: c.at(belonging{clusters: []string{m.ClusterID}, countries: optional(x.Country)}), class: string(x.Kind), town: x.Municipality}
}
