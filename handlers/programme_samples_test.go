package handlers

import (
	"maps"
	"strconv"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func sampleTravellers() (out []*scheduling.Traveller) {
	for i := range 6 {
		out = append(out, &scheduling.Traveller{Meta: storage.Meta{ID: "t" + strconv.Itoa(i)}, Name: hostile, Company: hostile, State: scheduling.TravellerGoing,
			NDAs: map[string]string{"h": "2027-01-10"}, ChangedAt: t0})
	}
	return out
}

// sampleProgramme is a trip of one stop with one part of each kind, and
// something wrong with each.
func sampleProgramme(published bool) programmePage {
	at := time.Date(2027, 2, 8, 8, 0, 0, 0, time.UTC)
	words := scheduling.Text{"en": hostile, "fi": hostile}
	t := &scheduling.Trip{Meta: storage.Meta{ID: "trip"}, Title: words, Zone: "Europe/Helsinki", Currency: "EUR", Starts: at, Ends: at.AddDate(0, 0, 2), Direction: scheduling.Outgoing,
		Stops: []scheduling.Stop{{ID: "s", Country: "ES", City: hostile, Zone: "Europe/Madrid", From: "2027-02-08", Until: "2027-02-10"}}}
	all, two := scheduling.Crowd{Everyone: true}, scheduling.Crowd{TravellerIDs: []string{"t0", "t1"}}
	p := &scheduling.Programme{Meta: storage.Meta{ID: "trip", Rev: 7},
		Legs: []scheduling.Leg{{ID: "leg", Crowd: all, Kind: scheduling.ByAir, Carrier: hostile, Number: "AY1", From: scheduling.Terminal{Name: hostile, Zone: "Europe/Helsinki"},
			To: scheduling.Terminal{Name: "Madrid", Zone: "Europe/Madrid"}, Departs: at, Arrives: at.Add(20 * time.Hour), Meet: hostile, Contact: hostile, Note: hostile, StopID: "s"}},
		Hotels: []scheduling.Hotel{{ID: "stay", StopID: "s", Name: hostile, Address: hostile, Phone: "+34", From: "2027-02-08", Until: "2027-02-09",
			Block: []scheduling.RoomBlock{{Kind: scheduling.SingleRoom, Count: 3, Price: 9550}}, ReleaseBy: "2027-01-20"}},
		Hosts: []scheduling.Host{{ID: "h", StopID: "s", Name: hostile, State: scheduling.HostInvited, Contacts: []scheduling.HostContact{{Name: hostile, Title: hostile, Phone: "+34"}}}},
		Activities: []scheduling.Activity{
			{ID: "visit", Crowd: two, Kind: scheduling.HostVisit, StopID: "s", HostID: "h", Title: words, About: words, Group: hostile, Language: hostile, Place: hostile, Address: hostile,
				Meet: hostile, Note: hostile, Capacity: 1, NDA: true, Starts: at, Ends: at.Add(time.Hour)},
			{ID: "free", Crowd: all, Kind: scheduling.FreeTime, StopID: "s", Title: words, Starts: at.Add(24 * time.Hour), Ends: at.Add(26 * time.Hour)}},
		Travel: []scheduling.TravelLeg{{A: hostile, B: hostile, Minutes: 20}}}
	if published {
		p.PublishedAt = t0
	}
	vs := sampleTravellers()
	out := programmePage{Home: "/organise/trips/trip/programme"}
	out.tripPage = tripPage{Trip: t, Base: "/organise/trips/trip", Organise: true}
	out.Tabs = tripTabs(&out.tripPage)
	out.ProgrammeBoard = &scheduling.ProgrammeBoard{ProgrammePage: &scheduling.ProgrammePage{Trip: t, Programme: p, Travellers: vs}, Now: t0,
		Faults: scheduling.CheckProgramme(t, p, vs, t0)}
	return out
}

func sampleFaults() []faultLine {
	return []faultLine{{hostile, hostile, "/x"}, {hostile, hostile, "/y"}}
}

func samplePart(id string, published bool) paged {
	p := sampleProgramme(published)
	x, _ := p.Part(id)
	out := &programmePartPage{programmePage: p, X: cardOf(&p, x), Leg: p.Programme.Leg(id), Hotel: p.Programme.Hotel(id), Activity: p.Programme.Activity(id), Host: p.Programme.Host("h"),
		Lines: sampleFaults(), Stops: []option{{"s", hostile}}, As: []option{{"x", hostile}}, Day: "2027-02-08", Clock: "09:00", Shifts: []option{{"-15", hostile}}}
	return out
}

func samplePartForm(kind scheduling.PartKind, id string) paged {
	p := sampleProgramme(true)
	one := []option{{"single", hostile}}
	out := &programmeFormPage{programmePage: p, F: values{}, Kind: kind, ID: id, Kinds: one, Stops: one, Hosts: one, Rooms: one, Zones: zones}
	if x, ok := p.Part(id); ok {
		out.F = partValues(&p, x)
	}
	out.Problem = wrong(map[scheduling.PartKind][]string{scheduling.LegPart: {"kind", "from", "to_zone", "departs_day", "arrives_time", "stop_id"},
		scheduling.StayPart: {"stop_id", "from", "until", "block.single.count"}, scheduling.ActivityPart: {"kind", "title", "starts_day", "ends_time", "capacity"}}[kind]...)
	return out
}

func init() {
	maps.Copy(samples, map[string]func() paged{
		"programme": func() paged {
			p := sampleProgramme(true)
			p.Wide = true
			return &programmeBoardPage{p, gridOf(&p), sampleFaults()}
		},
		"programme fine": func() paged {
			p := sampleProgramme(false)
			p.Travellers = nil
			return &programmeBoardPage{p, gridOf(&p), nil}
		},
		"programme none": func() paged {
			p := sampleProgramme(false)
			p.Trip.Stops, p.Programme = nil, &scheduling.Programme{}
			return &programmeBoardPage{p, gridOf(&p), nil}
		},
		"programme_publish":       func() paged { return &publishProgrammePage{sampleProgramme(false), sampleFaults()} },
		"programme_publish twice": func() paged { return &publishProgrammePage{sampleProgramme(true), nil} },
		"programme_part leg":      func() paged { return samplePart("leg", true) },
		"programme_part stay":     func() paged { return samplePart("stay", false) },
		"programme_part visit":    func() paged { return samplePart("visit", true) },
		"programme_part free":     func() paged { return samplePart("free", false) },
		"programme_form leg":      func() paged { return samplePartForm(scheduling.LegPart, "leg") },
		"programme_form stay":     func() paged { return samplePartForm(scheduling.StayPart, "stay") },
		"programme_form activity": func() paged { return samplePartForm(scheduling.ActivityPart, "visit") },
		"programme_form new":      func() paged { return samplePartForm(scheduling.ActivityPart, "") },
		"programme_people": func() paged {
			p := sampleProgramme(true)
			p.Problem = wrong()
			leg, _ := p.Part("leg")
			visit, _ := p.Part("visit")
			return &programmePeoplePage{programmePage: p, Parts: []programmeCard{cardOf(&p, leg), cardOf(&p, visit)}}
		},
		"programme_people none": func() paged { return &programmePeoplePage{programmePage: sampleProgramme(true)} },
		"programme_travel": func() paged {
			p := &programmeTravelPage{programmePage: sampleProgramme(true), F: values{"travel.0.a": {hostile}}, Lines: []string{"0", "1"}, Places: []string{hostile}}
			p.Problem = wrong("travel.0.b")
			return p
		},
		"programme_print": func() paged {
			p := sampleProgramme(true)
			return &programmePrintPage{p, sheetsOf(&p)}
		},
		"programme_print empty": func() paged { return &programmePrintPage{sampleProgramme(true), nil} },
	})
}
