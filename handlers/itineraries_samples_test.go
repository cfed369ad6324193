package handlers

import (
	"maps"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func sampleTravelTrip() *scheduling.Trip {
	return &scheduling.Trip{Meta: storage.Meta{ID: "trip", Rev: 2}, Slug: "spain", State: scheduling.TripUnderWay, Direction: scheduling.Outgoing,
		Title: scheduling.Text{"en": hostile, "fi": hostile}, Zone: "Europe/Helsinki", Starts: t0, Ends: t0.AddDate(0, 0, 4), CancelReason: hostile,
		Asks: scheduling.TravellerAsks{Fields: scheduling.TravellerFields, DueAt: t0}}
}

func sampleLines() []scheduling.ItineraryLine {
	facts := []scheduling.ItineraryFact{{Label: hostile, Value: hostile}, {Label: "Room", Value: "204"}}
	return []scheduling.ItineraryLine{
		{Kind: "flight", PartID: "out", Title: hostile, When: "Mon, 07:00 Helsinki → 10:20 Madrid, 4 h 20 min", Clock: "07:00 Helsinki → 10:20 Madrid, 4 h 20 min", Meet: hostile,
			Starts: t0, Ends: t0.Add(260 * time.Minute), Zone: "Europe/Helsinki", EndZone: "Europe/Madrid", Late: 10, Facts: facts, Transfer: true},
		{Kind: "stay", PartID: "hotel", Title: hostile, When: hostile, Clock: hostile, Where: hostile, Starts: t0, Ends: t0.AddDate(0, 0, 1), Zone: "Europe/Madrid", Facts: facts},
		{Kind: "visit", PartID: "visit", Title: hostile, When: hostile, Clock: hostile, Where: hostile, Starts: t0, Ends: t0.Add(time.Hour), Zone: "Europe/Madrid", Facts: facts},
	}
}

func sampleContacts() []scheduling.TripContact {
	return []scheduling.TripContact{{Name: hostile, Role: "itinerary.leader", Phone: "+358 40 1", Email: "a@example.fi"}, {Name: hostile}}
}

func sampleTraveller(id string) *scheduling.Traveller {
	return &scheduling.Traveller{Meta: storage.Meta{ID: id}, TripID: "trip", Name: hostile, Company: hostile, Email: "a@example.fi", Phone: "+358 40 2", State: scheduling.TravellerGoing,
		Marks: map[string]scheduling.Mark{"visit": {Present: id == "a", At: t0}},
		Data:  &scheduling.TravellerData{EmergencyName: hostile, EmergencyPhone: "+358 40 3", Allergies: hostile, Phone: "+358 40 4"}}
}

func sampleTravel(set func(*travelPage)) paged {
	p := &travelPage{TravelPage: &scheduling.TravelPage{Trip: sampleTravelTrip(), Traveller: sampleTraveller("a"), Leaders: sampleContacts(), Asked: true,
		Itinerary: &scheduling.Itinerary{Days: []scheduling.ItineraryDay{{Date: "2026-11-23", At: t0, Zone: "Europe/Madrid", Lines: sampleLines()}}}},
		Base: "/travel/x.y", Calendar: "//talo.example.fi/travel/x.y/itinerary.ics"}
	p.Back = p.Base
	if set != nil {
		set(p)
	}
	return p
}

func sampleDay(set func(*daySheetPage)) paged {
	lines := sampleLines()
	people := []*scheduling.Traveller{sampleTraveller("a"), sampleTraveller("b"), {Meta: storage.Meta{ID: "c"}, Name: hostile}}
	t := sampleTravelTrip()
	p := &daySheetPage{tripPage: tripPage{Trip: t, Organise: true, Base: "/organise/trips/trip"}, Trip: t, Here: "/organise/trips/trip/day", Worker: workerPath, NewID: "n", F: values{},
		Days: []dayLink{{t0, "UTC", "/x?date=2026-11-23", true}, {t0.AddDate(0, 0, 1), "UTC", "/x?date=2026-11-24", false}},
		DaySheet: &scheduling.DaySheet{Trip: t, Date: "2026-11-23", Zone: "Europe/Madrid", Next: &lines[0], Travellers: people, Contacts: sampleContacts(), Phones: true, Now: t0, Published: true,
			Parts: []scheduling.SheetPart{{ItineraryLine: lines[0], People: people}, {ItineraryLine: lines[1], Kind: scheduling.StayPart, People: people}, {ItineraryLine: lines[2], Note: hostile, People: people, Here: 1}},
			Notes: []*scheduling.TripNote{{Text: hostile, At: t0, Name: hostile}}}}
	p.Tabs = tripTabs(&p.tripPage)
	if set != nil {
		set(p)
	}
	return p
}

func init() {
	maps.Copy(samples, map[string]func() paged{
		"travel": func() paged { return sampleTravel(nil) },
		"travel home": func() paged {
			return sampleTravel(func(p *travelPage) { p.Home, p.Traveller.DataAt = true, t0 })
		},
		"travel waiting": func() paged { return sampleTravel(func(p *travelPage) { p.Itinerary, p.Leaders = nil, nil }) },
		"travel nothing": func() paged { return sampleTravel(func(p *travelPage) { p.Itinerary = &scheduling.Itinerary{} }) },
		"travel off": func() paged {
			return sampleTravel(func(p *travelPage) { p.TravelPage.Trip.State = scheduling.TripCancelled })
		},
		"travel out":   func() paged { return sampleTravel(func(p *travelPage) { p.Traveller.State = scheduling.TravellerOut }) },
		"travel_print": func() paged { return sampleTravel(nil) },
		"travel_print nothing": func() paged {
			return sampleTravel(func(p *travelPage) { p.Itinerary = nil })
		},
		"daysheet": func() paged { return sampleDay(nil) },
		"daysheet wrong": func() paged {
			return sampleDay(func(p *daySheetPage) { p.Problem = wrong("text") })
		},
		"daysheet empty": func() paged {
			return sampleDay(func(p *daySheetPage) {
				p.DaySheet = &scheduling.DaySheet{Trip: p.Trip, Date: "2026-11-23", Zone: "Europe/Madrid"}
			})
		},
	})
}
