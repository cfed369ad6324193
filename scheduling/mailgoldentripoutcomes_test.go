package scheduling

import (
	"testing"
	"time"

	"kohtaamo/storage"
)

// toured stores a trip of a funded project on which the reader met two hosts,
// one of which has their address, and who travelled.
func (p *post) toured() (*Trip, *Traveller) {
	trip := &Trip{Meta: fixed("toured"), Slug: "toured", Direction: Outgoing, State: TripUnderWay, Title: Text{"en": "Spain and Portugal", "fi": "Espanja ja Portugali"},
		ClusterIDs: []string{p.cluster.ID}, ProjectID: p.event.ProjectID, Zone: HouseZone, Contact: "Outi Organiser", ContactEmail: "outi@kohtaamo.example", UID: "toured@kohtaamo.example",
		Stops: []Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: t0.AddDate(0, 0, -3).Format(time.DateOnly), Until: t0.AddDate(0, 0, -1).Format(time.DateOnly)}}}
	trip.index()
	p.keep(trips.Put(p.tx, trip))
	v := &Traveller{Meta: fixed("toured"), TripID: trip.ID, PersonID: p.reader.ID, Name: p.reader.Name, Email: p.reader.Email, Lang: p.lang, Company: p.us.Name,
		Role: AsDelegate, State: TravellerGoing, Live: "toured/aino"}
	v.index()
	p.keep(travellers.Put(p.tx, v))
	visit := func(id, host string) Activity {
		return Activity{ID: id, Crowd: Crowd{Everyone: true}, Kind: HostVisit, StopID: "madrid", HostID: host, Starts: t0.AddDate(0, 0, -2), Ends: t0.AddDate(0, 0, -2).Add(time.Hour)}
	}
	p.keep(programmes.Put(p.tx, &Programme{Meta: fixed(trip.ID), Activities: []Activity{visit("v1", "seat"), visit("v2", "lab")}, Hosts: []Host{
		{ID: "seat", StopID: "madrid", Name: "Talleres Uno", Lang: p.lang, State: HostConfirmed, Contacts: []HostContact{{Name: p.reader.Name, Email: p.reader.Email}}},
		{ID: "lab", StopID: "madrid", Name: "Laboratorio Dos", Lang: p.lang, State: HostConfirmed}}}))
	return trip, v
}

// tripOutcomes asks the reader what came of a trip: as a traveller, as a host,
// and on the day of a next step.
func (p *post) tripOutcomes() {
	trip, v := p.toured()
	_, err := p.askSilent(p.tx, trip, "golden")
	p.keep(err)
	_, err = p.askHosts(p.tx, trip)
	p.keep(err)
	o := &TripOutcome{Meta: fixed("toured"), TripID: trip.ID, HostID: "seat", Host: "Talleres Uno", Delegate: delegatesOf([]*Traveller{v})[0].Key,
		Next: p.in("Send the data sheet", "Tekniset tiedot lähetetään"), Owner: p.reader.ID, Due: trip.today(t0), Open: true}
	p.keep(tripOutcomes.Put(p.tx, o))
	_, err = p.remindTripStep(p.tx, o, t0)
	p.keep(err)
}

// TestGoldenTripChain has a trip end, and compares what its traveller gets in
// the year after it.
func TestGoldenTripChain(t *testing.T) {
	for _, lang := range texts().Langs() {
		p := newPost(t, lang, nil)
		p.chain(t, "returned", nil)
		p.write(t, func(tx *storage.Tx) error {
			p.tx = tx
			trip, _ := p.toured()
			return p.moveTrip(tx, System("test"), trip, TripCompleted, "")
		})
		for _, step := range defaultSteps(t, "returned") {
			p.due(t, step.When.of(t0.AddDate(0, 0, -1), zoneOf(HouseZone)).Add(15*time.Hour))
		}
		p.compare(t, kindOfChainMail+string(OnReturned), 5)
	}
}
