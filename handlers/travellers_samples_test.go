package handlers

import (
	"sync"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// travelTexts are the words that pages of travellers put together themselves.
var travelTexts = sync.OnceValue(func() *templates.Texts {
	t, err := templates.Load()
	if err != nil {
		panic(err)
	}
	return t
})

func init() {
	for name, data := range map[string]func() paged{
		"travellers": func() paged { return sampleTravellerList() },
		"travellers empty": func() paged {
			return &travellersPage{tripPage: sampleTravellersTrip(), List: &scheduling.TravellerList{}}
		},
		"traveller_form": func() paged {
			p := &travellerFormPage{tripPage: sampleTravellersTrip(), F: values{"name": {hostile}, "email": {hostile}, "goals": {hostile}}, Roles: hostileOptions, Langs: hostileOptions}
			p.Problem = wrong(travellerInputs...)
			return p
		},
		"traveller_form replace": func() paged {
			return &travellerFormPage{tripPage: sampleTravellersTrip(), F: values{}, Replace: sampleNamedTraveller("a"), Langs: hostileOptions}
		},
		"traveller": func() paged {
			p := sampleOneTraveller(sampleNamedTraveller("a"))
			p.Problem = wrong("name", "reason")
			return p
		},
		"traveller out": func() paged {
			v := sampleNamedTraveller("a")
			v.State, v.Data, v.PurgedAt = scheduling.TravellerOut, nil, t0
			p := sampleOneTraveller(v)
			p.One.Parts, p.One.Missing = nil, nil
			return p
		},
		"travel_data": func() paged {
			p := sampleTravelData()
			p.Open, p.Problem = true, wrong(travelDataInputs...)
			return p
		},
		"travel_data rests":  func() paged { return sampleTravelData() },
		"travel_data purged": func() paged { p := sampleTravelData(); p.Purged = true; return p },
		"trip_rooms":         func() paged { return sampleRooms() },
		"trip_rooms empty":   func() paged { return &roomsPage{tripPage: sampleTravellersTrip()} },
		"trip_hotel": func() paged {
			p := sampleRooms()
			h := &hotelRoomsPage{roomsPage: p, Hotel: p.Hotels[0], F: values{"kind.a": {"c"}, "number.a": {hostile}}, Kinds: hostileOptions, Suggested: true}
			h.Problem = wrong()
			return h
		},
		"trip_rooming":       func() paged { p := sampleRooms(); p.Back = "/x"; return p },
		"trip_rooming empty": func() paged { return &roomsPage{tripPage: sampleTravellersTrip()} },
		"trip_diets": func() paged {
			meal := scheduling.MealPage{Activity: &scheduling.Activity{Title: both(hostile), Place: hostile, Address: hostile, Starts: t0, Ends: t0.Add(time.Hour)}, City: hostile, Zone: "Europe/Madrid",
				Host: hostile, Eaters: 12, Plain: 3, Unknown: 2, Diets: []scheduling.DietCount{{Diet: "vegan", N: 2}}, Allergies: []scheduling.SaidCount{{Text: hostile, N: 2}}}
			return &dietsPage{DietsPage: &scheduling.DietsPage{Trip: sampleTravellersTrip().Trip, Meals: []scheduling.MealPage{meal}}}
		},
		"trip_diets none": func() paged { return &dietsPage{DietsPage: &scheduling.DietsPage{Trip: sampleTravellersTrip().Trip}} },
		"trip_manifest": func() paged {
			leg := scheduling.Leg{Kind: scheduling.ByAir, Carrier: hostile, Number: hostile, From: scheduling.Terminal{Name: hostile, Code: "HEL", Zone: "Europe/Helsinki"},
				To: scheduling.Terminal{Name: hostile, Code: "MAD", Zone: "Europe/Madrid"}, Departs: t0, Arrives: t0.Add(4 * time.Hour), Meet: hostile, Contact: hostile}
			return &manifestPage{Trip: sampleTravellersTrip().Trip, Legs: []manifestLeg{{leg, []*scheduling.Traveller{sampleNamedTraveller("a")}}}}
		},
		"trip_manifest none": func() paged { return &manifestPage{Trip: sampleTravellersTrip().Trip} },
		"trip_briefing":      func() paged { return sampleBriefing() },
	} {
		samples[name] = data
	}
}

// sampleTravellersTrip is a trip with its head and tabs.
func sampleTravellersTrip() tripPage {
	t := &scheduling.Trip{Meta: storage.Meta{ID: "t"}, Slug: "t", Direction: scheduling.Outgoing, State: scheduling.TripConfirmed, Title: both(hostile), Summary: both(hostile), Goals: both(hostile),
		Zone: houseZone, Contact: hostile, ContactEmail: "outi@example.fi", Starts: t0, Ends: t0.AddDate(0, 0, 4), Stops: []scheduling.Stop{sampleStop()},
		Asks: scheduling.TravellerAsks{Fields: scheduling.TravellerFields, DueAt: t0, RetainDays: 30}}
	p := tripPage{Trip: t, Organise: true, Base: "/organise/trips/t"}
	p.Tabs = tripTabs(&p)
	return p
}

func sampleStop() scheduling.Stop {
	return scheduling.Stop{ID: "s", Country: "ES", City: hostile, Zone: "Europe/Madrid", From: "2026-11-23", Until: "2026-11-25", About: both(hostile)}
}

func sampleNamedTraveller(id string) *scheduling.Traveller {
	return &scheduling.Traveller{Meta: storage.Meta{ID: id}, Name: hostile, Company: hostile, Email: "aino@example.fi", Phone: "+358 40 123 4567", Title: hostile, Goals: hostile, Role: scheduling.AsDelegate,
		State: scheduling.TravellerGoing, DataAt: t0, Data: &scheduling.TravellerData{Diets: []string{"vegan", "halal"}, Allergies: hostile, EmergencyName: hostile, EmergencyPhone: "+358 40 765 4321",
			PassportExpiry: "2031-05-06", Room: scheduling.TwinRoom, RoomWith: hostile, Access: hostile, Phone: "+358 50 123 9876"}}
}

func sampleTravellerList() paged {
	gone, waits := sampleNamedTraveller("b"), sampleNamedTraveller("c")
	gone.State = scheduling.TravellerOut
	p := &travellersPage{tripPage: sampleTravellersTrip(), Asks: true, lang: travelTexts().In("en")}
	p.List = &scheduling.TravellerList{Trip: p.Trip, Going: 2, Waiting: 1, Open: true, Lines: []scheduling.TravellerLine{{Traveller: sampleNamedTraveller("a")},
		{Traveller: waits, Missing: []string{"passport", "phone"}}, {Traveller: gone}}}
	return p
}

func sampleOneTraveller(v *scheduling.Traveller) *travellerPage {
	return &travellerPage{tripPage: sampleTravellersTrip(), F: travellerValues(v), Roles: hostileOptions, Langs: hostileOptions, lang: travelTexts().In("en"),
		One: &scheduling.TravellerPage{Trip: sampleTravellersTrip().Trip, Traveller: v, Missing: []string{"passport"}, Parts: []scheduling.Part{
			{Kind: scheduling.LegPart, From: hostile, To: hostile, Starts: t0, Ends: t0.Add(4 * time.Hour), StartZone: "Europe/Helsinki", EndZone: "Europe/Madrid"},
			{Kind: scheduling.StayPart, From: hostile, Starts: t0, Ends: t0.AddDate(0, 0, 1), StartZone: "Europe/Madrid", EndZone: "Europe/Madrid"},
			{Kind: scheduling.ActivityPart, Title: both(hostile), Starts: t0, Ends: t0.Add(time.Hour), StartZone: "Europe/Madrid", EndZone: "Europe/Madrid"}}}}
}

func sampleTravelData() *travelDataPage {
	found := &scheduling.TravelDataPage{Trip: sampleTravellersTrip().Trip, Traveller: sampleNamedTraveller("a"), Link: "x.y"}
	p := &travelDataPage{TravelDataPage: found, F: travelDataValues(found), Diets: ticks(hostileOptions, []string{"c"}), Rooms: hostileOptions, Until: t0, Asked: map[string]bool{}, Gone: map[string]time.Time{"passport": t0}}
	for _, f := range scheduling.TravellerFields {
		p.Asked[f] = true
	}
	return p
}

func sampleRooms() *roomsPage {
	a, b := sampleNamedTraveller("a"), sampleNamedTraveller("b")
	room := scheduling.HotelRoom{ID: "r", Kind: scheduling.TwinRoom, Number: hostile, TravellerIDs: []string{"a"}}
	h := &scheduling.HotelPage{Hotel: &scheduling.Hotel{ID: "h", Name: hostile, Address: hostile, Phone: hostile, From: "2026-11-23", Until: "2026-11-25", ReleaseBy: "2026-11-20", Rooms: []scheduling.HotelRoom{room}},
		City: hostile, Counts: []scheduling.RoomCount{{Kind: scheduling.TwinRoom, Given: 1, Short: 1}}, Homeless: 1,
		Sleepers: []scheduling.Sleeper{{Traveller: a, Room: &room, Wish: scheduling.TwinRoom, Mutual: b}, {Traveller: b, Named: a, With: hostile}, {Traveller: sampleNamedTraveller("c"), With: hostile}}}
	return &roomsPage{tripPage: sampleTravellersTrip(), Hotels: []*scheduling.HotelPage{h}}
}

func sampleBriefing() paged {
	host := &scheduling.Host{ID: "h", Name: hostile, About: both(hostile), Website: "https://example.es", Address: hostile, Contacts: []scheduling.HostContact{{Name: hostile, Title: hostile, Email: hostile, Phone: hostile}}}
	visit := scheduling.BriefingVisit{Activity: &scheduling.Activity{Title: both(hostile), Group: hostile, Place: hostile, Language: "es", NDA: true, Starts: t0, Ends: t0.Add(time.Hour)},
		Zone: "Europe/Madrid", Who: []*scheduling.Traveller{sampleNamedTraveller("a")}}
	b := &scheduling.Briefing{ProgrammePage: &scheduling.ProgrammePage{Trip: sampleTravellersTrip().Trip}, Leaders: []*scheduling.Traveller{sampleNamedTraveller("l")},
		Stops:     []scheduling.BriefingStop{{Stop: sampleStop(), Hosts: []scheduling.BriefingHost{{Host: host, Visits: []scheduling.BriefingVisit{visit}}}}, {Stop: sampleStop()}},
		Companies: []scheduling.BriefingCompany{{Name: hostile, Website: "https://example.fi", Goals: []string{hostile}, People: []*scheduling.Traveller{sampleNamedTraveller("a"), sampleNamedTraveller("b")}}}}
	return &briefingPage{Briefing: b}
}
