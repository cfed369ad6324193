package scheduling

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A candidate is somebody whom rules are asked about: a contact, or a
// subscriber of whom nothing but an address is known.
type candidate struct {
	person  *Person // an empty one for a bare subscriber
	company *Company
	email   string
	lang    string
}

// A keySet holds person ids and addresses; the one is never taken for the other.
type keySet map[string]struct{}

func (k keySet) add(s string) {
	if s != "" {
		k[s] = struct{}{}
	}
}

func (k keySet) has(c *candidate) bool {
	_, person := k[c.person.ID]
	_, address := k[c.email]
	return person && c.person.ID != "" || address && c.email != ""
}

// A matcher is a rule with what it has to know, read once: after that it asks
// the database nothing, so that it can be asked about everybody.
type matcher struct {
	fits func(*candidate) bool
	own  bool // whoever fits is known to the clusters by that alone
}

// An audienceSource reads what matchers need.
type audienceSource struct {
	d      *Desk
	tx     *storage.Tx
	reach  []string          // the clusters
	loc    *time.Location    // whose days periods are
	onList map[string]keySet // subscribers by list, read once
}

func (s *audienceSource) matchers(rules []ReaderRule) (out []matcher, err error) {
	for _, r := range rules {
		m, err := s.matcher(r)
		if err != nil {
			return nil, fmt.Errorf("audience: rule about %s: %w", r.Kind, err)
		}
		out = append(out, m)
	}
	return out, nil
}

func (s *audienceSource) matcher(r ReaderRule) (matcher, error) {
	inSet := func(k keySet, err error) (matcher, error) { return matcher{k.has, true}, err }
	ofCompany := func(value func(*Company) []string) (matcher, error) {
		return matcher{fits: func(c *candidate) bool { return c.company != nil && overlap(value(c.company), r.Values) }}, nil
	}
	switch r.Kind {
	case RuleCluster:
		return matcher{fits: func(c *candidate) bool { return c.in([]string{r.ID}) }}, nil
	case RuleList:
		return inSet(s.subscribers(r.ID))
	case RuleGroup:
		return inSet(s.members(r.ID))
	case RuleEvent:
		return inSet(s.registered(r.ID, r.Values))
	case RuleRound:
		return inSet(s.entrants(r.ID, r.Values))
	case RuleTrip:
		return inSet(s.onTrip(r.ID, r.Values))
	case RuleRole:
		return s.role(r.Values)
	case RuleKindOf:
		return ofCompany(func(c *Company) []string { return []string{string(c.Kind)} })
	case RuleCountry:
		return ofCompany(func(c *Company) []string { return []string{c.Country} })
	case RuleTag:
		return ofCompany(func(c *Company) []string { return c.Tags })
	case RuleLanguage:
		return matcher{fits: func(c *candidate) bool { return slices.Contains(r.Values, c.lang) }}, nil
	case RuleAttended:
		return inSet(s.attended(r))
	case RuleAbsent:
		came, err := s.attended(r)
		return matcher{fits: func(c *candidate) bool { return !came.has(c) }}, err
	}
	return matcher{}, errors.New("unknown kind")
}

// in reports whether the candidate, or their company, belongs to one of the clusters.
func (c *candidate) in(clusters []string) bool {
	return overlap(c.person.ClusterIDs, clusters) || c.company != nil && overlap(c.company.ClusterIDs, clusters)
}

func (s *audienceSource) subscribers(listID string) (keySet, error) {
	if k := s.onList[listID]; k != nil {
		return k, nil
	}
	k := keySet{}
	where := []storage.Cond{storage.Is("list_id", listID), storage.Is("state", string(Subscribed))}
	for sub, err := range subscriptions.Each(s.tx, storage.Query{Where: where}) {
		if err != nil {
			return nil, err
		}
		k.add(sub.Email)
	}
	s.onList[listID] = k
	return k, nil
}

func (s *audienceSource) members(groupID string) (keySet, error) {
	g, err := groups.Get(s.tx, groupID)
	if err != nil {
		return keySet{}, ignoreMissing(err)
	}
	k := keySet{}
	for _, id := range g.Members {
		k.add(id)
	}
	return k, nil
}

// registered are the addresses at an event in one of the states. Those whose
// address never answered are nobody's.
func (s *audienceSource) registered(eventID string, ways []string) (keySet, error) {
	k, known := keySet{}, keySet{}
	for r, err := range registrations.Each(s.tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", eventID)}}) {
		if err != nil {
			return nil, err
		}
		known.add(r.Email)
		if !r.Unconfirmed && (slices.Contains(ways, string(r.State)) || len(ways) == 0 && r.Holds()) {
			k.add(r.Email)
		}
	}
	if !slices.Contains(ways, EventInvited) {
		return k, nil
	}
	return k, s.invited(eventID, known, k)
}

// invited adds those to whom a campaign showed the event and who are not known
// at it.
func (s *audienceSource) invited(eventID string, known, k keySet) error {
	list, err := campaigns.Find(s.tx, storage.Query{Where: []storage.Cond{{Field: "event_ids", Op: storage.Has, Value: eventID}}})
	if err != nil {
		return err
	}
	for _, c := range list {
		if !overlap([]string{c.ClusterID}, s.reach) {
			continue
		}
		for copy, err := range s.d.Outbox.Copies(s.tx, c.ID) {
			if err != nil {
				return err
			}
			if _, came := known[copy.To]; !came {
				k.add(copy.To)
			}
		}
	}
	return nil
}

// attended are the addresses at the clusters' events in a period.
func (s *audienceSource) attended(r ReaderRule) (keySet, error) {
	from, err := time.ParseInLocation(time.DateOnly, r.From, s.loc)
	if err != nil {
		return nil, err
	}
	last, err := time.ParseInLocation(time.DateOnly, r.Until, s.loc)
	if err != nil {
		return nil, err
	}
	where := []storage.Cond{{Field: "starts", Op: storage.Ge, Value: from}, {Field: "starts", Op: storage.Lt, Value: last.AddDate(0, 0, 1)}}
	list, err := events.Find(s.tx, storage.Query{Where: where, Sort: "starts"})
	if err != nil {
		return nil, err
	}
	k := keySet{}
	for _, e := range list {
		if !overlap(e.ClusterIDs, s.reach) {
			continue
		}
		where := []storage.Cond{storage.Is("event_id", e.ID), storage.Is("state", string(Attended))}
		for r, err := range registrations.Each(s.tx, storage.Query{Where: where}) {
			if err != nil {
				return nil, err
			}
			k.add(r.Email)
		}
	}
	return k, nil
}

// role are those who are one of the things.
func (s *audienceSource) role(roles []string) (matcher, error) {
	managers := keySet{}
	if slices.Contains(roles, ReaderManager) {
		if err := s.managers(managers); err != nil {
			return matcher{}, err
		}
	}
	coordinated, err := s.groupsIn(slices.Contains(roles, ReaderCoordinator))
	if err != nil {
		return matcher{}, err
	}
	fits := func(c *candidate) bool {
		return slices.ContainsFunc(roles, func(role string) bool {
			switch role {
			case ReaderMember:
				return c.company != nil && overlap(c.company.ClusterIDs, s.reach)
			case ReaderManager:
				return managers.has(c)
			case ReaderCoordinator:
				return slices.ContainsFunc(c.person.Grants, func(g Grant) bool {
					_, ours := coordinated[g.Group]
					return g.Role == Coordinator && ours
				})
			}
			return slices.ContainsFunc(c.person.Grants, func(g Grant) bool {
				return g.Role == Organiser && (g.Cluster == "" || slices.Contains(s.reach, g.Cluster))
			})
		})
	}
	return matcher{fits, true}, nil
}

// groupsIn are the groups of the clusters.
func (s *audienceSource) groupsIn(asked bool) (keySet, error) {
	k := keySet{}
	if !asked {
		return k, nil
	}
	for _, id := range s.reach {
		list, err := groups.Find(s.tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", id)}})
		if err != nil {
			return nil, err
		}
		for _, g := range list {
			k.add(g.ID)
		}
	}
	return k, nil
}
