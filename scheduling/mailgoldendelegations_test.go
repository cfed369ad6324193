package scheduling

import (
	"time"
)

// hosts has a host of a funded trip hear all that it can hear of one visit.
func (p *post) hosts() {
	starts := time.Date(2027, 2, 8, 13, 0, 0, 0, time.UTC)
	trip := &Trip{Meta: fixed("triphosts"), Slug: "spain-hosts", Direction: Outgoing, State: TripConfirmed, Title: Text{"en": "Spain and Portugal", "fi": "Espanja ja Portugali"},
		ClusterIDs: []string{p.cluster.ID}, ProjectID: p.event.ProjectID, Zone: HouseZone, Contact: "Outi Organiser", ContactEmail: "outi@kohtaamo.example",
		Stops: []Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: "2027-02-08", Until: "2027-02-09"}}, Selection: SelectionRules{Seats: 12}}
	page := &ProgrammePage{Trip: trip, Programme: &Programme{Meta: fixed("triphosts"),
		Hosts: []Host{{ID: "seat", StopID: "madrid", Name: "Talleres Uno", Address: "Calle Mayor 1, Madrid", Lang: p.lang, State: HostConfirmed,
			Contacts: []HostContact{{Name: p.reader.Name, Email: p.reader.Email}}}},
		Activities: []Activity{{ID: "v1", Kind: HostVisit, StopID: "madrid", HostID: "seat", Title: Text{"en": "Visit to the works", "fi": "Tehdasvierailu"},
			Starts: starts, Ends: starts.Add(2 * time.Hour)}}}}
	for _, kind := range hostMailKinds {
		why := ""
		if kind == mailHostCalledOff {
			why = p.in("The flights were cancelled.", "Lennot peruttiin.")
		}
		p.keep(p.tellHost(p.tx, page, &page.Programme.Hosts[0], kind, "golden", why))
	}
}

// delegations has a body hear all that it can hear of its visit.
func (p *post) delegations() {
	trip := &Trip{Meta: fixed("delegation"), Direction: Incoming, Title: p.delegationTitle("Grand Est Développement"), ClusterIDs: []string{p.cluster.ID}, Zone: HouseZone,
		Enquiry: &Enquiry{Body: "Grand Est Développement", Country: "FR", Name: p.reader.Name, Email: p.reader.Email, Lang: p.lang, Topic: "energy", Size: 12,
			From: "2027-04-12", Until: "2027-04-30", Days: 2}}
	said := map[string]string{mailDelegationDeclined: p.in("We have two delegations that week.", "Meillä on sillä viikolla jo kaksi valtuuskuntaa."),
		mailDelegationAccepted: p.in("The track is open in the afternoons.", "Testirata on auki iltapäivisin.")}
	for _, kind := range delegationMailKinds {
		if kind == mailDelegationAccepted {
			trip.Stops = []Stop{{ID: "oulu", Country: "FI", City: "Oulu", Zone: HouseZone, From: "2027-04-13", Until: "2027-04-14"}}
			trip.Contact, trip.ContactEmail = "Outi Organiser", "outi@kohtaamo.example"
			trip.index()
		}
		p.keep(p.tellDelegation(p.tx, trip, kind, "golden", p.DelegationURL(trip), said[kind]))
	}
}
