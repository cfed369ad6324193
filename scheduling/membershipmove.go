package scheduling

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// Migrations are the changes of meaning since the first release.
var Migrations = []storage.Migration{
	{Version: 1, Name: "memberships of the companies of clusters", Run: foundMemberships},
	{Version: 2, Name: "scores of answers to surveys", Run: scoreSurveys},
}

// foundMemberships gives the companies that belong to clusters their
// memberships, from the day that they became known.
func foundMemberships(tx *storage.Tx) error {
	for c, err := range companies.Each(tx, storage.Query{}) {
		if err != nil {
			return err
		}
		for _, id := range slices.Compact(slices.Sorted(slices.Values(c.ClusterIDs))) {
			_, err := activeMembership(tx, id, c.ID)
			if !errors.Is(err, storage.ErrNotFound) {
				if err != nil {
					return err
				}
				continue
			}
			m := &Membership{Meta: storage.Meta{ID: storage.NewID()}, ClusterID: id, Joined: today(c.Created)}
			m.dress(c)
			m.become(JoinActive, "", tx.Now())
			if err := memberships.Put(tx, m); err != nil {
				return fmt.Errorf("company %s: %w", c.ID, err)
			}
		}
	}
	return nil
}

// moveMemberships puts into in the place of from in memberships and agreements:
// see companyPlaces. Of two active ones in a cluster, that with an agreement in
// force stays, or the older; the other one ends.
func moveMemberships(tx *storage.Tx, from, into *Company) (n int, err error) {
	list, err := memberships.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("company_id", from.ID)}})
	if err != nil {
		return 0, err
	}
	for _, m := range list {
		if m.State == JoinActive {
			if err := yieldTo(tx, m, into); err != nil {
				return n, err
			}
		}
		if m.Live != "" {
			m.Live = strings.Replace(m.Live, from.ID, into.ID, 1)
		}
		m.dress(into)
		if err := memberships.Put(tx, m); err != nil {
			return n, err
		}
		if m.State == JoinActive && !slices.Contains(into.ClusterIDs, m.ClusterID) {
			into.ClusterIDs = append(into.ClusterIDs, m.ClusterID)
		}
		n++
	}
	moved, err := moveAgreements(tx, from, into)
	if err != nil || len(list) == 0 {
		return n + moved, err
	}
	from.ClusterIDs = []string{}
	return n + moved, companies.Put(tx, into)
}

// yieldTo ends m, or the active membership of the company in the same cluster.
func yieldTo(tx *storage.Tx, m *Membership, c *Company) error {
	other, err := activeMembership(tx, m.ClusterID, c.ID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	mine, err := inForce(tx, m.ID)
	if err != nil {
		return err
	}
	theirs, err := inForce(tx, other.ID)
	if err != nil {
		return err
	}
	if mine == theirs && m.Joined.Before(other.Joined) || mine && !theirs {
		other.become(JoinEnded, "", tx.Now())
		return memberships.Put(tx, other)
	}
	m.become(JoinEnded, "", tx.Now())
	return nil
}

func moveAgreements(tx *storage.Tx, from, into *Company) (n int, err error) {
	list, err := agreements.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("company_id", from.ID)}})
	for _, a := range list {
		a.CompanyID = into.ID
		if err := agreements.Put(tx, a); err != nil {
			return n, err
		}
		n++
	}
	return n, err
}
