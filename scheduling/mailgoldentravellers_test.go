package scheduling

import "time"

// travelling makes the mails to the reader as a traveller.
func (p *post) travelling() {
	trip := &Trip{Meta: fixed("triptravellers"), Slug: "spain-travellers", Direction: Outgoing, State: TripConfirmed, Title: Text{"en": "Spain and Portugal", "fi": "Espanja ja Portugali"},
		ClusterIDs: []string{p.cluster.ID}, ProjectID: p.event.ProjectID, Zone: HouseZone, Contact: "Outi Organiser", ContactEmail: "outi@kohtaamo.example", Currency: "EUR",
		Stops: []Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: "2027-02-08", Until: "2027-02-10"},
			{ID: "porto", Country: "PT", City: "Porto", Zone: "Europe/Lisbon", From: "2027-02-10", Until: "2027-02-12"}},
		Asks: TravellerAsks{Fields: TravellerFields, DueAt: t0.AddDate(0, 0, 14).Truncate(time.Hour), RetainDays: 30}, UID: "trip@kohtaamo.example", Changed: t0}
	trip.index()
	p.keep(trips.Put(p.tx, trip))
	v := &Traveller{Meta: fixed("traveller"), TripID: trip.ID, PersonID: p.reader.ID, Live: "trip/aino", Name: p.reader.Name, Email: p.reader.Email, Lang: p.lang,
		Role: AsDelegate, State: TravellerGoing}
	v.index()
	p.keep(travellers.Put(p.tx, v))
	p.keep(p.welcomeTraveller(p.tx, p.boss, trip, v))
	p.keep(p.remindTraveller(p.tx, trip, v, "reminder_7"))
	v.State, v.Live = TravellerOut, ""
	p.keep(p.tellTraveller(p.tx, trip, v, travellerLetter{kind: mailTravellerReplaced, args: []any{"heir", "Bea Borealis"}}))
	p.keep(p.tellTraveller(p.tx, trip, v, travellerLetter{kind: mailTravellerReleased, said: []string{p.Texts.In(p.lang).Text("letter.reason", "reason", p.in("The trip is full.", "Matka on täynnä."))}}))
}
