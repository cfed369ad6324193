package scheduling

import (
	"slices"

	"kohtaamo/storage"
)

// onTrip are the people of a trip by what is asked: those who travel, and those
// who applied, by what came of it.
func (s *audienceSource) onTrip(tripID string, ways []string) (keySet, error) {
	k := keySet{}
	asked := func(way string) bool { return slices.Contains(ways, way) }
	if len(ways) == 0 || asked(TripTravellers) {
		going, err := travellersOf(s.tx, tripID)
		if err != nil {
			return nil, err
		}
		for _, v := range going {
			k.add(v.PersonID)
			k.add(v.Email)
		}
	}
	for a, err := range applications.Each(s.tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", tripID)}}) {
		if err != nil {
			return nil, err
		}
		refused := a.State == ApplicationExpired || a.State == ApplicationDeclined && a.EndedBy != endedByCompany
		if asked(TripApplicants) && a.State.Live() || asked(TripSelected) && a.State.Holds() || asked(TripRefused) && refused {
			k.add(a.Email)
		}
	}
	return k, nil
}
