package scheduling

import (
	"testing"
	"time"

	"kohtaamo/storage"
)

// in is a moment on the wall clock of a zone.
func in(t testing.TB, zone, at string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	must(t, err)
	x, err := time.ParseInLocation("2006-01-02 15:04", at, loc)
	must(t, err)
	return x.UTC()
}

// spain stores a confirmed trip through three zones, four weeks after t0, after
// set has had its way.
func (h *testHouse) spain(t testing.TB, set func(*Trip)) *Trip {
	t.Helper()
	v := &Trip{Slug: "spain", Direction: Outgoing, State: TripConfirmed, Title: Text{"en": "Spain and Portugal", "fi": "Espanja ja Portugali"},
		ClusterIDs: []string{h.cluster.ID}, Zone: "Europe/Helsinki", Contact: "Outi Organiser", ContactEmail: "outi@kohtaamo.example", Currency: "EUR",
		Stops: []Stop{
			{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: "2027-02-08", Until: "2027-02-09"},
			{ID: "vitoria", Country: "ES", City: "Vitoria-Gasteiz", Zone: "Europe/Madrid", From: "2027-02-09", Until: "2027-02-10"},
			{ID: "porto", Country: "PT", City: "Porto", Zone: "Europe/Lisbon", From: "2027-02-10", Until: "2027-02-12"},
		},
		Selection: SelectionRules{Seats: 4, Minimum: 2, OfferHours: 72, ClosesAt: t0.AddDate(0, 0, 10),
			Criteria: []Criterion{{ID: "fit", Name: Text{"en": "Fit"}, Weight: 3, Max: 5}, {ID: "size", Name: Text{"en": "Growth"}, Weight: 1, Max: 5}}},
		Asks: TravellerAsks{Fields: TravellerFields, RetainDays: 30}, UID: storage.NewUID(), Changed: t0,
	}
	if set != nil {
		set(v)
	}
	v.index()
	h.write(t, func(tx *storage.Tx) error { return trips.Put(tx, v) })
	return v
}

// traveller takes somebody along, under an address made of their name.
func (h *testHouse) traveller(t testing.TB, trip *Trip, name, company string) *Traveller {
	t.Helper()
	v, err := h.AddTraveller(t.Context(), h.boss, trip.ID, &Traveller{Name: name, Company: company, Email: Slug(name) + "@example.org", Lang: "en", Role: AsDelegate})
	must(t, err)
	return v
}

// planned publishes a programme for a trip of spain: there and back by air, a
// hotel at each stop, one visit a sub-group and a dinner for all.
func (h *testHouse) planned(t testing.TB, trip *Trip, a, b []*Traveller, set func(*Programme)) *ProgrammePage {
	t.Helper()
	ids := func(list []*Traveller) (out []string) {
		for _, v := range list {
			out = append(out, v.ID)
		}
		return out
	}
	all := Crowd{Everyone: true}
	p := &Programme{
		Legs: []Leg{
			{ID: "out", Crowd: all, Kind: ByAir, Carrier: "Finnair", Number: "AY1661", From: Terminal{"Helsinki", "HEL", "Europe/Helsinki"}, To: Terminal{"Madrid", "MAD", "Europe/Madrid"},
				Departs: in(t, "Europe/Helsinki", "2027-02-08 07:00"), Arrives: in(t, "Europe/Madrid", "2027-02-08 10:20")},
			{ID: "north", Crowd: all, Kind: ByTrain, Carrier: "Renfe", Number: "4087", From: Terminal{"Madrid Chamartín", "", "Europe/Madrid"}, To: Terminal{"Vitoria-Gasteiz", "", "Europe/Madrid"},
				Departs: in(t, "Europe/Madrid", "2027-02-09 15:00"), Arrives: in(t, "Europe/Madrid", "2027-02-09 19:00")},
			{ID: "west", Crowd: all, Kind: ByBus, From: Terminal{"Vitoria-Gasteiz", "", "Europe/Madrid"}, To: Terminal{"Porto", "", "Europe/Lisbon"},
				Departs: in(t, "Europe/Madrid", "2027-02-10 12:00"), Arrives: in(t, "Europe/Lisbon", "2027-02-10 18:00")},
			{ID: "home", Crowd: all, Kind: ByAir, Carrier: "TAP", Number: "TP1", From: Terminal{"Porto", "OPO", "Europe/Lisbon"}, To: Terminal{"Helsinki", "HEL", "Europe/Helsinki"},
				Departs: in(t, "Europe/Lisbon", "2027-02-12 09:00"), Arrives: in(t, "Europe/Helsinki", "2027-02-12 15:30")},
		},
		Hotels: []Hotel{
			{ID: "h1", StopID: "madrid", Name: "Hotel Uno", From: "2027-02-08", Until: "2027-02-09"},
			{ID: "h2", StopID: "vitoria", Name: "Hotel Dos", From: "2027-02-09", Until: "2027-02-10"},
			{ID: "h3", StopID: "porto", Name: "Hotel Três", From: "2027-02-10", Until: "2027-02-12"},
		},
		Hosts: []Host{
			{ID: "seat", StopID: "madrid", Name: "Talleres Uno", Lang: "en", State: HostConfirmed},
			{ID: "lab", StopID: "madrid", Name: "Laboratorio Dos", Lang: "en", State: HostConfirmed},
		},
		Activities: []Activity{
			{ID: "v1", Crowd: Crowd{TravellerIDs: ids(a)}, Kind: HostVisit, StopID: "madrid", HostID: "seat", Title: Text{"en": "Visit to Talleres Uno"}, Place: "Getafe",
				Starts: in(t, "Europe/Madrid", "2027-02-08 14:00"), Ends: in(t, "Europe/Madrid", "2027-02-08 16:00")},
			{ID: "v2", Crowd: Crowd{TravellerIDs: ids(b)}, Kind: HostVisit, StopID: "madrid", HostID: "lab", Title: Text{"en": "Visit to Laboratorio Dos"}, Place: "Alcobendas",
				Starts: in(t, "Europe/Madrid", "2027-02-08 14:00"), Ends: in(t, "Europe/Madrid", "2027-02-08 16:00")},
			{ID: "dinner", Crowd: all, Kind: Meal, StopID: "madrid", Title: Text{"en": "Dinner"}, Place: "Casa Lucio",
				Starts: in(t, "Europe/Madrid", "2027-02-08 20:00"), Ends: in(t, "Europe/Madrid", "2027-02-08 22:00")},
		},
	}
	for _, v := range append(append([]*Traveller{}, a...), b...) {
		for i := range p.Hotels {
			p.Hotels[i].Rooms = append(p.Hotels[i].Rooms, HotelRoom{ID: p.Hotels[i].ID + v.ID, Kind: SingleRoom, TravellerIDs: []string{v.ID}})
		}
	}
	if set != nil {
		set(p)
	}
	_, err := h.SaveProgramme(t.Context(), h.boss, trip.ID, p)
	must(t, err)
	page, err := h.PublishProgramme(t.Context(), h.boss, trip.ID)
	must(t, err)
	return page
}

// TestRevisions moves a visit: it alone has the next revision.
func TestRevisions(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, nil)
	a, b := h.traveller(t, trip, "Aino A", "Aurora Oy"), h.traveller(t, trip, "Bea B", "Borealis Oy")
	page := h.planned(t, trip, []*Traveller{a}, []*Traveller{b}, nil)
	next := *page.Programme
	next.Activities = append([]Activity{}, next.Activities...)
	next.Activities[0].Starts = next.Activities[0].Starts.Add(time.Hour)
	after, err := h.SaveProgramme(t.Context(), h.boss, trip.ID, &next)
	must(t, err)
	for _, x := range after.Programme.Parts(trip) {
		want := 0
		if x.ID == "v1" {
			want = 1
		}
		if x.Sequence != want || x.UID == "" {
			t.Errorf("%s has revision %d, want %d", x.ID, x.Sequence, want)
		}
	}
}
