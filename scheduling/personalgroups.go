package scheduling

import (
	"slices"
	"strings"

	"kohtaamo/storage"
)

func copyGroups(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, groups, including("members", p.ID), all[Group], "slug", "name", "kind")
}

// eraseGroups ends p's terms. What they were in a group stays, under their id.
func eraseGroups(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, groups, including("members", p.ID), func(g *Group) bool {
		before := g.Members
		g.Members = slices.DeleteFunc(slices.Clone(before), func(id string) bool { return id == p.ID })
		g.serve(before, tx.Now())
		return true
	})
}

// interestsOf are the memberships that wait for p's address to be confirmed.
func interestsOf(p *Person) func(*GroupMembership) bool {
	return func(m *GroupMembership) bool { return p.Email != "" && strings.EqualFold(m.Email, p.Email) }
}

// Those who never confirmed their address are forgotten after some days, so
// there are few of them to look through.
var unconfirmedMembers = having("state", string(MemberUnconfirmed))

func copyGroupMemberships(tx *storage.Tx, p *Person) ([]any, error) {
	return both(show(tx, groupMemberships, including("person_ids", p.ID), all[GroupMembership], "group_id", "name", "state", "message", "wishes", "wording", "created"))(
		show(tx, groupMemberships, unconfirmedMembers, interestsOf(p), "group_id", "name", "state", "email", "message", "created"))
}

// eraseGroupMemberships keeps the company's place.
func eraseGroupMemberships(tx *storage.Tx, p *Person) (int, error) {
	n, err := blank(tx, groupMemberships, including("person_ids", p.ID), func(m *GroupMembership) bool {
		some := false
		for i := range m.People {
			if x := &m.People[i]; x.PersonID == p.ID {
				some = unname(&x.Name) || some
			}
		}
		if len(m.People) == 1 {
			some = wipe(&m.Message, &m.Reason) || some
		}
		if m.CompanyID != "" || !m.State.Live() {
			some = wipe(&m.Email) || some
		}
		return some
	})
	if err != nil {
		return n, err
	}
	more, err := discard(tx, groupMemberships, unconfirmedMembers, interestsOf(p))
	return n + more, err
}

func copyGatherings(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := gatherings.Find(tx, including("person_ids", p.ID))
	for _, g := range list {
		x, _ := g.Person(p.ID)
		if x == nil {
			continue
		}
		one, err := storage.Pick(g, "group_id", "title", "state", "times", "chosen")
		if err != nil {
			return nil, err
		}
		mine, err := storage.Pick(x, "name", "email", "zone", "use_busy", "answers", "answered_at", "rsvp")
		if err != nil {
			return nil, err
		}
		one["about_me"] = mine
		out = append(out, one)
	}
	return out, err
}

// eraseGatherings keeps that the party came, or was asked.
func eraseGatherings(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, gatherings, including("person_ids", p.ID), func(g *Gathering) bool {
		x, _ := g.Person(p.ID)
		if x == nil || x.Name == nameless && x.Email == "" {
			return false
		}
		x.Name, x.Email, x.Zone, x.RSVP.Comment, x.UseBusy = nameless, "", "", "", false
		if g.State.Open() && g.Last.After(tx.Now()) {
			for id := range x.Answers {
				x.Answers[id] = GroupNo
			}
		}
		g.index()
		return true
	})
}

// copyVisitDays are the days on which p comes along to visit groups' companies.
func copyVisitDays(tx *storage.Tx, p *Person) (out []any, err error) {
	for v, err := range visitDays.Each(tx, storage.Query{}) {
		if err != nil {
			return nil, err
		}
		for _, g := range v.People {
			if p.Email != "" && strings.EqualFold(g.Email, p.Email) {
				out = append(out, map[string]any{"name": g.Name, "email": g.Email})
			}
		}
	}
	return out, nil
}

// eraseVisitDays takes p off the visitors of days that groups are met on.
func eraseVisitDays(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, visitDays, storage.Query{}, func(v *VisitDay) bool {
		had := len(v.People)
		v.People = slices.DeleteFunc(v.People, func(g Guest) bool { return p.Email != "" && strings.EqualFold(g.Email, p.Email) })
		return len(v.People) < had
	})
}
