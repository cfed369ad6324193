package scheduling

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A TermLine is a term in a group with the names to it.
type TermLine struct {
	Term
	Name    string // empty for who was erased
	Company string
	Email   string // for those who plan the group's meetings
}

// A GroupPeoplePage is who is and was what in a group.
type GroupPeoplePage struct {
	*MeetingsPage
	Present      []TermLine // by role and name
	Past         []TermLine // the last to end first
	Coordinators []TermLine
	Names        bool // they may name coordinators
}

// GroupPeople shows a group's members and their roles, now and before, to its
// members, its coordinators and its cluster's organisers.
func (d *Desk) GroupPeople(ctx context.Context, by Actor, groupID string) (p *GroupPeoplePage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p = &GroupPeoplePage{}
		if p.MeetingsPage, err = groupFor(tx, by, groupID); err != nil {
			return err
		}
		p.Names = by.Organises(p.Group.ClusterID)
		p.Group.serve(p.Group.Members, tx.Now())
		if err := p.terms(tx); err != nil {
			return err
		}
		keepers, err := coordinatorsOf(tx, groupID)
		if err != nil {
			return err
		}
		for _, c := range keepers {
			p.Coordinators = append(p.Coordinators, p.person(Term{PersonID: c.ID}, c))
		}
		return nil
	})
	return p, err
}

func (p *GroupPeoplePage) terms(tx *storage.Tx) error {
	var ids []string
	for _, t := range p.Group.Terms {
		ids = append(ids, t.PersonID)
	}
	who := map[string]*Person{}
	var firmIDs []string
	found, err := byIDs(tx, people.Get, distinct(ids))
	for _, x := range found {
		who[x.ID] = x
		firmIDs = append(firmIDs, x.CompanyID)
	}
	if err != nil {
		return err
	}
	firms, err := labelsOf(tx, companies.Find, distinct(firmIDs), func(c *Company) Named { return Named{c.ID, c.Name} })
	if err != nil {
		return err
	}
	for _, t := range p.Group.Terms {
		x := who[t.PersonID]
		line := p.person(t, x)
		if x != nil {
			line.Company = firms[x.CompanyID]
		}
		if t.Until.IsZero() {
			p.Present = append(p.Present, line)
		} else {
			p.Past = append(p.Past, line)
		}
	}
	rank := func(g TermLine) int { return slices.Index(GroupRoles, g.Role) }
	slices.SortStableFunc(p.Present, func(a, b TermLine) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name)) })
	slices.SortStableFunc(p.Past, func(a, b TermLine) int { return b.Until.Compare(a.Until) })
	return nil
}

// person is a term with what by may know of who has it.
func (p *GroupPeoplePage) person(t Term, x *Person) TermLine {
	line := TermLine{Term: t}
	if x == nil {
		return line
	}
	if line.Name = x.Name; p.Manage {
		line.Email = x.Email
	}
	return line
}

// Coordinates reports whether somebody is among the coordinators.
func (p *GroupPeoplePage) Coordinates(personID string) bool {
	return slices.ContainsFunc(p.Coordinators, func(c TermLine) bool { return c.PersonID == personID })
}

// HouseMidnight is the moment that a day, 2006-01-02, begins on the house's
// clock; zero for what is no day.
func HouseMidnight(day string) time.Time { return midnight(day, zoneOf(HouseZone)) }
