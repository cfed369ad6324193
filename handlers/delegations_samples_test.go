package handlers

import (
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"trip_hosts": func() paged {
			p := sampleTripHosts()
			p.Problem = wrong()
			return p
		},
		"trip_hosts empty": func() paged { return &tripHostsPage{tripPage: sampleTripPage(scheduling.TripProgramme)} },
		"trip_hosts bare": func() paged {
			p := &tripHostsPage{tripPage: sampleTripPage(scheduling.TripProgramme)}
			p.Organise, p.Stops = false, []hostStop{{Stop: p.Trip.Stops[0]}}
			return p
		},
		"trip_host_form": func() paged {
			h := sampleHost(scheduling.HostInvited)
			return &hostFormPage{tripPage: wrongTripPage("name", "stop_id", "kind", "lang", "contacts", "website", "address", "about"), F: hostValues(h), Host: h, Company: hostile,
				Stops: hostileOptions, Kinds: hostileOptions, Langs: hostileOptions}
		},
		"trip_host_form new": func() paged {
			return &hostFormPage{tripPage: wrongTripPage("company"), F: values{}, Companies: []string{hostile}, Stops: hostileOptions, Kinds: hostileOptions, Langs: hostileOptions}
		},
		"host": func() paged {
			p := sampleHostPage(scheduling.HostInvited)
			p.Problem = wrong("answer", "proposes", "comment")
			return p
		},
		"host yes": func() paged { return sampleHostPage(scheduling.HostConfirmed) },
		"host no":  func() paged { return sampleHostPage(scheduling.HostDeclined) },
		"host off": func() paged {
			p := sampleHostPage(scheduling.HostConfirmed)
			p.Trip.State = scheduling.TripCancelled
			return p
		},
		"host late": func() paged {
			p := sampleHostPage(scheduling.HostInvited)
			p.Open, p.Visits, p.Host.Proposes, p.Guests = false, nil, "", nil
			return p
		},
		"delegation_request": func() paged {
			return &delegationFormPage{Page: Page{Problem: wrong(enquiryFields...)}, F: enquiryValues(sampleEnquiry()), Topics: hostileOptions, Countries: hostileOptions,
				Tongues: ticks(hostileOptions, nil), Criteria: scheduling.DelegationCriteria}
		},
		"delegation_request edit": func() paged {
			return &delegationFormPage{F: enquiryValues(sampleEnquiry()), Link: "x.y", Topics: hostileOptions, Countries: hostileOptions}
		},
		"delegation_request sent": func() paged { return &delegationFormPage{F: values{}, Sent: true} },
		"delegation_confirm": func() paged {
			return &confirmDelegationPage{Page: Page{Problem: wrong()}, DelegationWish: &scheduling.DelegationWish{Enquiry: *sampleEnquiry()}}
		},
		"delegation_confirm done": func() paged {
			return &confirmDelegationPage{DelegationWish: &scheduling.DelegationWish{Enquiry: *sampleEnquiry(), Done: true, Link: "x.y"}}
		},
		"delegation_confirm old": func() paged { return &confirmDelegationPage{Page: Page{Problem: wrong()}} },
		"delegation_programme": func() paged {
			return &visitorsPage{VisitorsProgramme: &scheduling.VisitorsProgramme{DelegationPage: sampleDelegation(scheduling.TripPublished), Days: sampleVisitorsDays()}, Base: "/delegations/x.y"}
		},
		"delegation_programme empty": func() paged {
			return &visitorsPage{VisitorsProgramme: &scheduling.VisitorsProgramme{DelegationPage: sampleDelegation(scheduling.TripPublished)}, Base: "/delegations/x.y"}
		},
		"trip_enquiry": func() paged {
			p := sampleEnquiryPage(scheduling.TripScreening)
			p.Problem, p.Deciding = wrong("from", "until", "seats", "message", "reason", "cluster_ids", "note"), true
			return p
		},
		"trip_enquiry accepted": func() paged { return sampleEnquiryPage(scheduling.TripProgramme) },
		"trip_enquiry withdrawn": func() paged {
			p := sampleEnquiryPage(scheduling.TripCancelled)
			p.Trip.Enquiry.Withdrawn, p.Next, p.Missing, p.Days, p.Trip.Stops = true, nil, nil, nil, nil
			return p
		},
	} {
		samples[name] = data
	}
	for _, st := range append([]scheduling.TripState{scheduling.TripDeclined, scheduling.TripCancelled}, scheduling.IncomingStates...) {
		samples["delegation "+string(st)] = func() paged {
			p := &delegationPage{DelegationPage: sampleDelegation(st), F: values{}, Base: "/delegations/x.y"}
			if p.Naming {
				p.Problem = wrong("name", "email", "title", "company")
			}
			return p
		}
	}
}

func sampleEnquiry() *scheduling.Enquiry {
	return &scheduling.Enquiry{Body: hostile, Country: "FR", Website: "https://example.fr", Name: hostile, Email: "a@example.fr", Phone: "+33 1", Lang: "fi", Topic: "energy", About: hostile,
		Size: 12, From: "2027-04-12", Until: "2027-04-30", Days: 2, Hosts: hostile, Languages: []string{"en", "fr"}, AskedAt: t0, AcceptNote: hostile, Note: hostile,
		Earlier: []string{"e"}, Screened: []scheduling.ScreenMark{{Criterion: "topic", Points: 2, Note: hostile, By: hostile, At: t0}}}
}

func sampleTripOf(st scheduling.TripState) *scheduling.Trip {
	text := scheduling.Text{"fi": hostile, "en": hostile}
	return &scheduling.Trip{Meta: storage.Meta{ID: "trip"}, Slug: "trip", Direction: scheduling.Incoming, State: st, Title: text, Summary: text, Body: text, Zone: houseZone,
		Stops:  []scheduling.Stop{{ID: "oulu", Country: "FI", City: hostile, Zone: houseZone, From: "2027-04-13", Until: "2027-04-14"}},
		Starts: t0, Ends: t0.AddDate(0, 0, 2), Contact: hostile, ContactEmail: "a@example.fi", CancelReason: hostile, Enquiry: sampleEnquiry()}
}

func sampleTripPage(st scheduling.TripState) tripPage {
	return tripPage{Trip: sampleTripOf(st), Organise: true, Base: "/organise/trips/trip"}
}

func wrongTripPage(fields ...string) tripPage {
	p := sampleTripPage(scheduling.TripProgramme)
	p.Problem = wrong(fields...)
	return p
}

func sampleHost(st scheduling.HostState) *scheduling.Host {
	return &scheduling.Host{ID: "host" + string(st), StopID: "oulu", Name: hostile, Lang: "fi", State: st, About: scheduling.Text{"fi": hostile}, Website: "https://example.fi", Address: hostile,
		Contacts: []scheduling.HostContact{{Name: hostile, Title: hostile, Email: "a@example.fi", Phone: "1"}, {Name: hostile}}, InvitedAt: t0, AnsweredAt: t0, AgainAt: t0,
		Comment: hostile, Proposes: hostile}
}

func sampleVisit2() scheduling.Activity {
	text := scheduling.Text{"fi": hostile, "en": hostile}
	return scheduling.Activity{ID: "v", Kind: scheduling.HostVisit, StopID: "oulu", Title: text, About: text, Language: "en", NDA: true, Starts: t0, Ends: t0.Add(time.Hour)}
}

func sampleTripHosts() *tripHostsPage {
	p := &tripHostsPage{tripPage: sampleTripPage(scheduling.TripProgramme), Unasked: []string{"a", "b"}, Declined: 1}
	at := hostStop{Stop: p.Trip.Stops[0], Rounds: []*scheduling.Round{{Meta: storage.Meta{ID: "r"}, Title: scheduling.Text{"fi": hostile}, Phase: scheduling.RoundDraft, Starts: t0, Ends: t0.Add(time.Hour), Zone: houseZone}}}
	for i, st := range scheduling.HostStates {
		line := hostLine{Host: *sampleHost(st), Mail: i != 1}
		if i > 0 {
			line.Visits = []scheduling.Activity{sampleVisit2()}
		}
		at.Hosts = append(at.Hosts, line)
	}
	p.Stops = []hostStop{at, {Stop: scheduling.Stop{ID: "kemi", City: "Kemi", Country: "FI", Zone: houseZone}}}
	return p
}

func sampleHostPage(st scheduling.HostState) *hostPage {
	trip := sampleTripOf(scheduling.TripProgramme)
	return &hostPage{F: values{}, Link: "x.y", HostPage: &scheduling.HostPage{Trip: trip, Host: *sampleHost(st), Stop: trip.Stops[0], Size: 3, Open: true, Until: t0,
		Visits: []scheduling.HostVisitLine{{Activity: sampleVisit2(), Where: hostile}},
		Guests: []scheduling.HostGuest{{Company: hostile, People: []scheduling.HostPerson{{Name: hostile, Title: hostile}, {Title: hostile}}}, {}}}}
}

func sampleDelegation(st scheduling.TripState) *scheduling.DelegationPage {
	t := sampleTripOf(st)
	p := &scheduling.DelegationPage{Trip: t, Topic: scheduling.DelegationTopic{Key: "energy"}, Editable: st == scheduling.TripRequested, Naming: t.Past(scheduling.TripAccepted), Leaving: !t.Off(),
		Planned: t.Past(scheduling.TripPublished)}
	if p.Naming {
		p.Visitors = []*scheduling.Traveller{{Meta: storage.Meta{ID: "v"}, Name: hostile, Title: hostile, Company: hostile, Email: "a@example.fr"}}
	}
	return p
}

func sampleVisitorsDays() []scheduling.VisitorsDay {
	text := scheduling.Text{"fi": hostile, "en": hostile}
	return []scheduling.VisitorsDay{{Day: t0, Stop: sampleTripOf("").Stops[0], Lines: []scheduling.VisitorsLine{
		{Starts: t0, Ends: t0.Add(time.Hour), StartZone: houseZone, EndZone: houseZone, Kind: "visit", Title: text, About: text, Where: hostile, Meet: hostile, Language: "en", Group: hostile, Late: 10,
			Host: sampleHost(scheduling.HostConfirmed), NDA: true},
		{Starts: t0, Ends: t0.Add(time.Hour), StartZone: houseZone, EndZone: "Europe/Paris", Kind: "flight", Title: text}}}}
}

func sampleEnquiryPage(st scheduling.TripState) *enquiryPage {
	head := sampleTripPage(st)
	p := &enquiryPage{tripPage: head, F: values{}, Scale: hostileOptions, Assign: ticks(hostileOptions, nil),
		EnquiryPage: &scheduling.EnquiryPage{DelegationPage: sampleDelegation(st), Programme: &scheduling.Programme{}, Earlier: []*scheduling.Trip{sampleTripOf(scheduling.TripDeclined)}, Hidden: 1,
			Next: []scheduling.TripState{scheduling.TripHosted}, Missing: []string{hostile}, Days: []*scheduling.VisitDay{sampleVisit("draft")}, Points: 2, MaxPoints: 18}}
	for _, key := range scheduling.DelegationCriteria {
		line := screenLine{Key: key, Mark: p.Mark(key)}
		if key == "topic" {
			line.Set = "2"
		}
		p.Criteria = append(p.Criteria, line)
	}
	return p
}
