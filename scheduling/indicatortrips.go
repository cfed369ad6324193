package scheduling

import (
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

type tripBrief struct {
	storage.Brief `bson:",inline"`
	Direction     TripDirection `bson:"direction"`
	State         TripState     `bson:"state"`
	Title         Text          `bson:"title"`
	ClusterIDs    []string      `bson:"cluster_ids"`
	ProjectID     string        `bson:"project_id"`
	Starts        time.Time     `bson:"starts"`
	Stops         []struct {
		Country string `bson:"country"`
	} `bson:"stops"`
	Enquiry *struct {
		Country string `bson:"country"`
	} `bson:"enquiry"`

	travellers []*travellerBrief // who goes
	said       map[string]Ladder // by host and delegate: the furthest step that a side named
}

type travellerBrief struct {
	storage.Brief `bson:",inline"`
	CompanyID     string         `bson:"company_id"`
	PersonID      string         `bson:"person_id"`
	Role          TravellerRole  `bson:"role"`
	State         TravellerState `bson:"state"`
}

type tripOutcomeBrief struct {
	storage.Brief `bson:",inline"`
	HostID        string `bson:"host_id"`
	Delegate      string `bson:"delegate"`
	Step          Ladder `bson:"step"`
}

var (
	tripBriefs        = storage.Collection[tripBrief, *tripBrief](trips)
	travellerBriefs   = storage.Collection[travellerBrief, *travellerBrief](travellers)
	tripOutcomeBriefs = storage.Collection[tripOutcomeBrief, *tripOutcomeBrief](tripOutcomes)
)

// place is where a trip belongs, and where it goes or comes from.
func (t *tripBrief) place() belonging {
	p := belonging{clusters: t.ClusterIDs, project: t.ProjectID}
	if t.Direction == Incoming {
		if t.Enquiry != nil {
			p.countries = optional(t.Enquiry.Country)
		}
		return p
	}
	for _, s := range t.Stops {
		if s.Country != "" && !slices.Contains(p.countries, s.Country) {
			p.countries = append(p.countries, s.Country)
		}
	}
	return p
}

// tookPlace reports whether a trip that has begun takes place.
func (t *tripBrief) tookPlace() bool {
	all := Trip{Direction: t.Direction, State: t.State}
	if t.Direction == Incoming {
		return all.Past(TripPublished)
	}
	return all.Past(TripConfirmed)
}

// trips are those that took place, first to last.
func (c *counting) trips() ([]*tripBrief, error) {
	if c.tripList != nil {
		return c.tripList, nil
	}
	list := []*tripBrief{}
	for t, err := range tripBriefs.Each(c.tx, storage.Query{Where: c.within("starts"), Sort: "starts"}) {
		if err != nil {
			return nil, err
		}
		if t.tookPlace() && c.covers(t.place()) {
			list = append(list, t)
		}
	}
	c.tripList = list
	return list, nil
}

func (c *counting) trip(t *tripBrief) *occurrence {
	return &occurrence{kind: "trip", id: t.ID, about: t.ID, at: t.Starts, year: c.yearOf(t.Starts), place: c.at(t.place())}
}

// countTrips counts trips from here to elsewhere.
func countTrips(c *counting, emit func(*occurrence)) error { return c.tripsOf(Outgoing, emit) }

// countDelegations counts delegations from elsewhere.
func countDelegations(c *counting, emit func(*occurrence)) error { return c.tripsOf(Incoming, emit) }

func (c *counting) tripsOf(dir TripDirection, emit func(*occurrence)) error {
	list, err := c.trips()
	for _, t := range list {
		if t.Direction == dir && c.towards(t.place().countries...) {
			emit(c.trip(t))
		}
	}
	return err
}

// eachTraveller gives those who went on trips from here.
func (c *counting) eachTraveller(fn func(t *tripBrief, v *travellerBrief) error) error {
	list, err := c.trips()
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Direction != Outgoing {
			continue
		}
		if t.travellers == nil {
			all, err := travellerBriefs.Find(c.tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", t.ID)}})
			if err != nil {
				return err
			}
			t.travellers = slices.DeleteFunc(all, func(v *travellerBrief) bool { return v.State == TravellerOut })
		}
		for _, v := range t.travellers {
			if err := fn(t, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// countTravellers counts people who travelled for a company.
func countTravellers(c *counting, emit func(*occurrence)) error {
	return c.eachTraveller(func(t *tripBrief, v *travellerBrief) error {
		if v.Role == AsDelegate && c.towards(t.place().countries...) {
			o := c.trip(t)
			o.kind, o.id, o.about = "person", v.PersonID, v.PersonID
			emit(o)
		}
		return nil
	})
}

// tripOutcomes gives how far each visit of a delegate to a host led.
func (c *counting) tripOutcomes(fn func(*occurrence, Ladder)) error {
	list, err := c.trips()
	if err != nil {
		return err
	}
	for _, t := range list {
		if !c.towards(t.place().countries...) {
			continue
		}
		if err := c.readTripSteps(t); err != nil {
			return err
		}
		for key, step := range t.said {
			o := c.trip(t)
			o.kind, o.id = "trip_outcome", key
			fn(o, step)
		}
	}
	return nil
}

// readTripSteps reads once how far the visits of a trip led.
func (c *counting) readTripSteps(t *tripBrief) error {
	if t.said != nil {
		return nil
	}
	t.said = map[string]Ladder{}
	for o, err := range tripOutcomeBriefs.Each(c.tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", t.ID)}}) {
		if err != nil {
			return err
		}
		key := strings.Join([]string{t.ID, o.HostID, o.Delegate}, "~")
		if o.Step.rung() > t.said[key].rung() {
			t.said[key] = o.Step
		}
	}
	return nil
}
