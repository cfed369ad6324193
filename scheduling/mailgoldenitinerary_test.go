package scheduling

import (
	"time"

	"kohtaamo/scheduling/ical"
)

// itineraries writes to the reader what travellers read.
func (p *post) itineraries() {
	t := &Trip{Meta: fixed("tripitinerary"), Slug: "spain-itinerary", State: TripConfirmed, Title: Text{"en": "Spain and Portugal", "fi": "Espanja ja Portugali"},
		ClusterIDs: []string{p.cluster.ID}, ProjectID: p.event.ProjectID, Zone: HouseZone, Contact: "Outi Organiser", ContactEmail: "outi@kohtaamo.example",
		Stops:        []Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: "2027-02-08", Until: "2027-02-10"}},
		CancelReason: p.in("Too few companies.", "Yrityksiä oli liian vähän."), UID: "trip@kohtaamo.example", Changed: t0}
	t.index()
	p.keep(trips.Put(p.tx, t))
	v := &Traveller{Meta: fixed("travelleritinerary"), TripID: t.ID, PersonID: p.reader.ID, Name: p.reader.Name, Email: p.reader.Email, Lang: p.lang, State: TravellerGoing}
	p.keep(travellers.Put(p.tx, v))
	pr := p.flightAndVisit(t)
	p.keep(programmes.Put(p.tx, pr))
	p.keep(p.tellWhole(p.tx, t, pr, v))
	is := pr.ownParts(t, v.ID)
	moved, dropped := is[1], is[2]
	moved.Part.Starts, moved.Part.Ends = moved.Part.Starts.Add(-time.Hour), moved.Part.Ends.Add(-time.Hour)
	dropped.Part.UID = "dropped@kohtaamo.example"
	p.keep(p.tellNews(p.tx, t, v, itineraryNews([]OwnPart{is[0], moved, dropped}, is, t0)))
	pr.Activities[0].Late = 10
	p.keep(p.sayLate(p.tx, t, v, pr.ownParts(t, v.ID)[1]))
	p.keep(p.tellOff(p.tx, t, v))
	own := pr.ownParts(t, v.ID)[0]
	part := partEntry{own, p.ownPartEntry(t, v, own, 1, p.lang)}
	p.keep(p.tellPart(p.tx, t, v, part, ical.Request, mailPartInvited))
	p.over(&part.entry, t0, p.lang)
	p.keep(p.tellPart(p.tx, t, v, part, ical.Cancel, mailPartUninvited))
}

func (p *post) flightAndVisit(t *Trip) *Programme {
	all := Crowd{Everyone: true}
	rev := func(uid string) Revised { return Revised{UID: uid + "@kohtaamo.example", Changed: t0} }
	return &Programme{Meta: fixed(t.ID), PublishedAt: t0,
		Legs: []Leg{{ID: "out", Revised: rev("out"), Crowd: all, Kind: ByAir, Carrier: "Finnair", Number: "AY1661", From: Terminal{"Helsinki", "HEL", "Europe/Helsinki"},
			To: Terminal{"Madrid", "MAD", "Europe/Madrid"}, Departs: in(p.t, "Europe/Helsinki", "2027-02-08 07:00"), Arrives: in(p.t, "Europe/Madrid", "2027-02-08 10:20")}},
		Hosts: []Host{{ID: "seat", StopID: "madrid", Name: "Talleres Uno", Address: "Calle Mayor 1, Getafe"}},
		Activities: []Activity{
			{ID: "visit", Revised: rev("visit"), Crowd: all, Kind: HostVisit, StopID: "madrid", HostID: "seat", Title: Text{"en": "Visit to Talleres Uno", "fi": "Vierailu: Talleres Uno"},
				Starts: in(p.t, "Europe/Madrid", "2027-02-08 14:00"), Ends: in(p.t, "Europe/Madrid", "2027-02-08 16:00")},
			{ID: "dinner", Revised: rev("dinner"), Crowd: all, Kind: Meal, StopID: "madrid", Title: Text{"en": "Dinner", "fi": "Illallinen"}, Place: "Casa Lucio",
				Starts: in(p.t, "Europe/Madrid", "2027-02-08 20:00"), Ends: in(p.t, "Europe/Madrid", "2027-02-08 22:00")}},
	}
}
