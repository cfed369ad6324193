package scheduling

import (
	"slices"

	"kohtaamo/storage"
)

// entrants are the people of a round's entrants that are in, by what is asked.
func (s *audienceSource) entrants(roundID string, ways []string) (keySet, error) {
	k := keySet{}
	met, missed, err := s.meetingsOf(roundID, ways)
	if err != nil {
		return nil, err
	}
	for e, err := range entrants.Each(s.tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", roundID), storage.Is("state", string(EntrantIn))}}) {
		if err != nil {
			return nil, err
		}
		everybody := len(ways) == 0 || slices.Contains(ways, RoundEntrants) ||
			slices.Contains(ways, RoundUnmet) && !met[e.ID] || slices.Contains(ways, RoundMissed) && missed[e.ID]
		for _, p := range e.People {
			if everybody || p.Manages && slices.Contains(ways, RoundManagers) {
				k.add(p.PersonID)
			}
		}
	}
	return k, nil
}

// meetingsOf finds the entrants that met somebody in a round, and those of which
// a request was accepted without the two ever meeting. Met is who was in a
// meeting that took place or, as far as anybody knows, will have.
func (s *audienceSource) meetingsOf(roundID string, ways []string) (met, missed map[string]bool, err error) {
	met, missed = map[string]bool{}, map[string]bool{}
	if !slices.Contains(ways, RoundUnmet) && !slices.Contains(ways, RoundMissed) {
		return met, missed, nil
	}
	pairs := map[string]bool{}
	for m, err := range meetings.Each(s.tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", roundID)}}) {
		if err != nil {
			return nil, nil, err
		}
		if m.State != MeetingPublished && m.State != MeetingHeld {
			continue
		}
		for _, a := range m.EntrantIDs {
			met[a] = true
			for _, b := range m.EntrantIDs {
				pairs[pairOf(roundID, a, b)] = true
			}
		}
	}
	where := []storage.Cond{storage.Is("round_id", roundID), storage.Is("state", string(RequestAccepted))}
	for r, err := range requests.Each(s.tx, storage.Query{Where: where}) {
		if err != nil {
			return nil, nil, err
		}
		if !pairs[pairOf(roundID, r.From, r.To)] {
			missed[r.From], missed[r.To] = true, true
		}
	}
	return met, missed, nil
}

// managers adds whoever acts for an entrant of one of the clusters' rounds.
func (s *audienceSource) managers(k keySet) error {
	for _, id := range s.reach {
		list, err := rounds.Find(s.tx, storage.Query{Where: []storage.Cond{{Field: "cluster_ids", Op: storage.Has, Value: id}}})
		if err != nil {
			return err
		}
		for _, r := range list {
			some, err := s.entrants(r.ID, []string{RoundManagers})
			if err != nil {
				return err
			}
			for id := range some {
				k.add(id)
			}
		}
	}
	return nil
}
