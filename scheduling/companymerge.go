package scheduling

import (
	"cmp"
	"strings"

	"kohtaamo/storage"
)

// companyPlaces are the ways by which a company is named in other documents.
// Every collection with the id of a company has its line here: it puts into for
// from, joins what may be there only once, and says how many documents changed.
var companyPlaces = []func(tx *storage.Tx, from, into *Company) (int, error){
	recordCompanies,
	moveMemberships, // and agreements
	mergeWorks,
	mergeEncounters,
	movePeople,
	moveRegistrations,
	moveEntrants,
	moveApplications,
	moveTravellers,
	moveTripOutcomes,
	moveHosts,
	moveGroupMemberships,
	forgetDistinct,
}

// ofCompany finds what names a company in its field company_id.
func ofCompany(c *Company) storage.Cond { return storage.Is("company_id", c.ID) }

func movePeople(tx *storage.Tx, from, into *Company) (int, error) {
	return putOn(tx, people, from.ID, into.ID, nil, ofCompany(from))
}

func moveRegistrations(tx *storage.Tx, from, into *Company) (int, error) {
	return putOn(tx, registrations, from.ID, into.ID, nil, ofCompany(from))
}

func moveTravellers(tx *storage.Tx, from, into *Company) (int, error) {
	return putOn(tx, travellers, from.ID, into.ID, nil, ofCompany(from))
}

// moveHosts looks through the programmes of all trips: they are few.
func moveHosts(tx *storage.Tx, from, into *Company) (int, error) {
	return putOn(tx, programmes, from.ID, into.ID, nil)
}

// moveEntrants refuses where both companies take part in a round: their
// requests and meetings are two companies', and somebody has to decide which
// of them hold.
func moveEntrants(tx *storage.Tx, from, into *Company) (int, error) {
	err := eachOf(tx, entrants, from, func(e *Entrant) error {
		if e.Live == "" {
			return nil
		}
		if _, err := liveEntrant(tx, e.RoundID, into.ID); err != nil {
			return ignoreMissing(err)
		}
		r, err := rounds.Get(tx, e.RoundID)
		if err != nil {
			return err
		}
		return collision("merging.same_round", r.Title)
	})
	if err != nil {
		return 0, err
	}
	n, err := putOn(tx, entrants, from.ID, into.ID, nil, ofCompany(from))
	if err != nil {
		return n, err
	}
	claims, err := putOn(tx, entrants, from.ID, into.ID, nil, storage.Is("claims", from.ID))
	return n + claims, err
}

// moveApplications refuses where both companies have a live application for a
// trip, each with seats of its own.
func moveApplications(tx *storage.Tx, from, into *Company) (int, error) {
	err := eachOf(tx, applications, from, func(a *Application) error {
		if !a.State.Live() {
			return nil
		}
		if _, err := applications.First(tx, storage.Query{Where: []storage.Cond{storage.Is("live", a.TripID+"/"+into.ID)}}); err != nil {
			return ignoreMissing(err)
		}
		t, err := trips.Get(tx, a.TripID)
		if err != nil {
			return err
		}
		return collision("merging.same_trip", t.Title)
	})
	if err != nil {
		return 0, err
	}
	return putOn(tx, applications, from.ID, into.ID, (*Application).index, ofCompany(from))
}

// moveGroupMemberships refuses where both companies are in a B2B group.
func moveGroupMemberships(tx *storage.Tx, from, into *Company) (int, error) {
	err := eachOf(tx, groupMemberships, from, func(m *GroupMembership) error {
		if !m.State.Live() {
			return nil
		}
		if _, err := liveMembership(tx, m.GroupID, into.ID); err != nil {
			return ignoreMissing(err)
		}
		g, err := groups.Get(tx, m.GroupID)
		if err != nil {
			return err
		}
		return collision("merging.same_group", g.Name)
	})
	if err != nil {
		return 0, err
	}
	return putOn(tx, groupMemberships, from.ID, into.ID, (*GroupMembership).index, ofCompany(from))
}

// eachOf asks of each document of a company whether it can go to another one.
func eachOf[T any](tx *storage.Tx, c shelf[T], of *Company, ask func(*T) error) error {
	for v, err := range c.Each(tx, storage.Query{Where: []storage.Cond{ofCompany(of)}}) {
		if err != nil {
			return err
		}
		if err := ask(v); err != nil {
			return err
		}
	}
	return nil
}

// collision says where two have to be made one, or one of them be taken out,
// before they can be merged.
func collision(key string, title Text) error {
	return &Problem{Kind: Exists, Key: key, Args: []any{"name", title.In("en")}}
}

// moveTripOutcomes puts on what came of visits. Their IDs are made of the
// delegate's, so each is stored anew; where both companies met a host on one
// trip, what they said becomes one.
func moveTripOutcomes(tx *storage.Tx, from, into *Company) (n int, err error) {
	all, err := tripOutcomes.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("delegate", from.ID)}})
	for _, o := range all {
		if err := moveTripOutcome(tx, o, into.ID); err != nil {
			return n, err
		}
		n++
	}
	return n, err
}

func moveTripOutcome(tx *storage.Tx, o *TripOutcome, delegate string) error {
	if err := tripOutcomes.Delete(tx, o); err != nil {
		return err
	}
	id := tripOutcomeID(o.TripID, o.HostID, delegate, o.HostSide)
	had, err := tripOutcomes.Get(tx, id)
	if ignoreMissing(err) != nil {
		return err
	}
	if had == nil {
		next := *o
		next.Meta, next.Delegate = storage.Meta{ID: id}, delegate
		return tripOutcomes.Put(tx, &next)
	}
	had.join(o)
	return tripOutcomes.Put(tx, had)
}

// join takes into o what another outcome of the same visit says: the further
// step of the two, and of everything else what o does not say itself.
func (o *TripOutcome) join(other *TripOutcome) {
	if other.Step.rung() > o.Step.rung() {
		o.Step = other.Step
	}
	o.Rating = cmp.Or(o.Rating, other.Rating)
	o.Note = bothTexts(o.Note, other.Note)
	if o.Story == "" {
		o.Story, o.Quote = other.Story, other.Quote
	}
	if o.Next == "" {
		o.Next, o.Owner, o.Due, o.Done, o.Open = other.Next, other.Owner, other.Due, other.Done, other.Open
	}
}

// bothTexts are two texts after one another, or one where they say the same.
func bothTexts(a, b string) string {
	if a == "" || b == "" || strings.Contains(a, b) {
		return cmp.Or(a, b)
	}
	return a + "\n\n" + b
}
