package handlers

import (
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"b2b_groups": func() paged {
			return &b2bGroupsPage{Groups: []*scheduling.PublicB2B{samplePublicB2B(scheduling.B2BRecruiting), samplePublicB2B(scheduling.B2BClosed)}}
		},
		"b2b_groups none":   func() paged { return &b2bGroupsPage{} },
		"b2b_public":        func() paged { return samplePublicPage(scheduling.B2BRecruiting) },
		"b2b_public closed": func() paged { return samplePublicPage(scheduling.B2BClosed) },
		"b2b_interest": func() paged {
			p := samplePublicPage(scheduling.B2BRecruiting)
			p.Problem = wrong("company", "country", "kind", "message")
			return p
		},
		"b2b_interest sent": func() paged {
			p := samplePublicPage(scheduling.B2BRecruiting)
			p.Sent = true
			return p
		},
		"b2b_interest closed": func() paged { return samplePublicPage(scheduling.B2BActive) },
		"b2b_confirm": func() paged {
			return &confirmInterestPage{Page: Page{Problem: wrong()}, InterestPage: &scheduling.InterestPage{Group: sampleB2B(), Membership: sampleMembership(scheduling.MemberUnconfirmed)}}
		},
		"b2b_confirm done": func() paged {
			return &confirmInterestPage{InterestPage: &scheduling.InterestPage{Group: sampleB2B(), Membership: sampleMembership(scheduling.MemberInterested)}, Done: true}
		},
		"b2b_form": func() paged {
			return &b2bFormPage{Page: Page{Problem: wrong("aim", "country", "target", "companies", "people")}, Group: sampleB2B(), B2B: sampleB2BGroup(scheduling.B2BActive), Aims: hostileOptions}
		},
		"b2b_group": func() paged { return sampleB2BPage(true) },
		"b2b_group member": func() paged {
			p := sampleB2BPage(false)
			p.B2B.Targets, p.Member, p.Waiting, p.Reserve, p.Ended = nil, true, nil, nil, nil
			return p
		},
		"b2b_group empty": func() paged {
			return &b2bPage{B2BPage: &scheduling.B2BPage{Group: sampleB2B(), B2B: &scheduling.B2BGroup{Aim: "theme", State: "recruiting"}, Manage: true}, Steps: hostileOptions}
		},
		"gatherings": func() paged {
			return &gatheringsPage{GatheringsPage: &scheduling.GatheringsPage{Group: sampleB2B(), Manage: true, Gatherings: []*scheduling.Gathering{sampleGathering("tentative"), sampleGathering("at_risk")}}, Visits: []*scheduling.VisitDay{sampleVisit("draft")}}
		},
		"gatherings none": func() paged { return &gatheringsPage{GatheringsPage: &scheduling.GatheringsPage{Group: sampleB2B()}} },
		"gathering_form": func() paged {
			g := sampleGathering("tentative")
			return &gatheringFormPage{Page: Page{Problem: wrong("title", "about", "zone", "minutes", "times", "answer_by", "place", "link", "parties", "need", "outside", "outside_people")},
				F: gatheringValues(g), Group: sampleB2B(), Gathering: g, Companies: []*scheduling.GroupMembership{sampleMembership("accepted")}, Lines: []string{"0", "1"}, Zones: zones[:3]}
		},
		"gathering_form new": func() paged { return &gatheringFormPage{F: values{}, Group: sampleB2B(), Lines: []string{"0"}} },
		"gathering_form fixed": func() paged {
			return &gatheringFormPage{F: values{}, Group: sampleB2B(), Gathering: sampleGathering("confirmed")}
		},
		"visit_form": func() paged {
			v := sampleVisit("draft")
			return &visitFormPage{Page: Page{Problem: wrong("title", "party", "people", "date", "from", "to", "zone", "breaks", "venues", "travel", "begin", "stops")}, F: visitValues(v), Visit: v, Home: "/x", Groups: hostileOptions, Lines: []string{"0", "1"}, Zones: zones[:3]}
		},
		"visit_form new":  func() paged { return &visitFormPage{F: values{}, Home: "/x"} },
		"agreement":       func() paged { return sampleAgreement(3) },
		"agreement none":  func() paged { return sampleAgreement(0) },
		"agreement_print": func() paged { return sampleAgreement(3) },
		"agreement_form": func() paged {
			d := sampleAgreement(3).Draft
			return &agreementFormPage{Page: Page{Problem: wrong("title", "parties", "clause.purpose")}, Group: sampleB2B(), Draft: d,
				Parties: []agreementParty{{AgreementParty: d.Parties[0], At: "parties.0", Number: 1}, {At: "parties.1", Number: 2}}, Clauses: []agreementClause{{"purpose", hostile, hostile, hostile}}}
		},
	} {
		samples[name] = data
	}
	for _, st := range scheduling.MembershipStates {
		samples["b2b_member "+string(st)] = func() paged { return sampleMembershipPage(st, true, false) }
		samples["b2b_member own "+string(st)] = func() paged { return sampleMembershipPage(st, false, true) }
	}
	for _, st := range scheduling.GatheringStates {
		samples["gathering "+string(st)] = func() paged { return sampleGatheringPage(st, true) }
		samples["gathering asked "+string(st)] = func() paged { return sampleGatheringPage(st, false) }
		samples["gathering_answer "+string(st)] = func() paged { return sampleGatheringPage(st, false) }
	}
	for _, st := range []scheduling.VisitState{scheduling.VisitDraft, scheduling.VisitConfirmed, scheduling.VisitCancelled} {
		samples["visit "+string(st)] = func() paged { return sampleVisitPage(st) }
	}
}

func sampleB2B() *scheduling.Group {
	g := sampleGroup()
	g.Kind = "b2b"
	return g
}

func sampleB2BGroup(st scheduling.B2BState) *scheduling.B2BGroup {
	b := &scheduling.B2BGroup{Meta: storage.Meta{ID: "g", Rev: 1}, Aim: scheduling.AimOEM, State: st, Country: "IT", Target: hostile, Public: true, Companies: 5, Accepted: 2}
	for i, s := range scheduling.TargetStates {
		b.Targets = append(b.Targets, scheduling.GroupTarget{ID: string(rune('a' + i)), Name: hostile, Country: "IT", Note: hostile, Result: hostile, State: s})
	}
	return b
}

func samplePublicB2B(st scheduling.B2BState) *scheduling.PublicB2B {
	return &scheduling.PublicB2B{Group: sampleB2B(), Cluster: sampleClusters()[0], B2B: sampleB2BGroup(st), Companies: []string{hostile}, Others: 2}
}

func samplePublicPage(st scheduling.B2BState) *publicB2BPage {
	return &publicB2BPage{PublicB2B: samplePublicB2B(st), F: values{"company": {hostile}}, Kinds: hostileOptions, Recent: st == scheduling.B2BRecruiting}
}

func sampleMembership(st scheduling.MembershipState) *scheduling.GroupMembership {
	return &scheduling.GroupMembership{Meta: storage.Meta{ID: "m" + string(st), Rev: 2}, GroupID: "g", State: st, Name: hostile, Country: "FI", Message: hostile, Reason: hostile, CompanyID: "c",
		Wishes: []scheduling.GroupWish{{TargetID: "a"}, {Topic: hostile}}, People: []scheduling.GroupPerson{{PersonID: "p", Name: hostile, UseBusy: true}, {PersonID: "q", Name: hostile}}, Listed: true}
}

func sampleMembershipPage(st scheduling.MembershipState, manage, own bool) *membershipPage {
	m := sampleMembership(st)
	if manage {
		m.CompanyID = ""
	}
	var problem *FormProblem
	if st.Live() {
		problem = wrong("wishes")
	}
	return &membershipPage{Page: Page{Problem: problem}, MembershipPage: &scheduling.MembershipPage{Group: sampleB2B(), B2B: sampleB2BGroup("active"), Membership: m, Manage: manage, Own: own, Emails: map[string]string{"p": "a@example.fi"}},
		Decisions: hostileOptions, Wishes: []wishRow{{1, "c", hostile, hostileOptions}, {2, "", "", hostileOptions}}}
}

func sampleB2BPage(manage bool) *b2bPage {
	in := []*scheduling.GroupMembership{sampleMembership("accepted")}
	return &b2bPage{B2BPage: &scheduling.B2BPage{Group: sampleB2B(), Cluster: sampleClusters()[0], B2B: sampleB2BGroup("active"), Manage: manage, Mine: []*scheduling.GroupMembership{sampleMembership("reserve")}, Wanted: map[string]int{"a": 1}},
		Waiting: []*scheduling.GroupMembership{sampleMembership("interested")}, Reserve: in, Ended: in, Companies: in, Steps: []option{{"recruiting", hostile}, {"closed", hostile}}, States: hostileOptions, NewTarget: "x"}
}

func sampleGathering(st scheduling.GatheringState) *scheduling.Gathering {
	g := &scheduling.Gathering{Meta: storage.Meta{ID: "m", Rev: 1}, GroupID: "g", State: st, Title: both(hostile), About: both(hostile), Place: hostile, Link: "https://example.fi/?a=1&b=2", Zone: houseZone, Minutes: 90, Need: 2,
		Times: []scheduling.CandidateTime{{ID: "t", Starts: t0}, {ID: "u", Starts: t0.AddDate(0, 0, 1)}}, AnswerBy: t0, Reason: hostile, Open: st.Open()}
	who := scheduling.GatheringPerson{PersonID: "p", Name: hostile, Email: "a@example.fi", Zone: "Europe/Madrid", Answers: map[string]scheduling.GroupAnswer{"t": scheduling.GroupYes}}
	g.Parties = []scheduling.GatheringParty{{ID: "a", Name: hostile, Required: true, People: []scheduling.GatheringPerson{who}}, {ID: "b", Name: hostile, Outside: true, People: []scheduling.GatheringPerson{{PersonID: "q", Name: hostile}}}}
	if st.Fixed() {
		g.Chosen, g.Starts, g.Ends = "t", t0, t0.Add(90*time.Minute)
	}
	return g
}

func sampleGatheringPage(st scheduling.GatheringState, manage bool) *gatheringPage {
	g := sampleGathering(st)
	p := &gatheringPage{Page: Page{Problem: wrong("answer.t", "zone")}, GatheringPage: &scheduling.GatheringPage{Group: sampleB2B(), Cluster: sampleClusters()[0], Gathering: g, Manage: manage, Busy: map[string]string{"p t": "busy", "q t": "booked"}},
		Base: "/x", Counts: g.Counts(), Answers: hostileOptions, Zone: "Europe/Madrid", Zones: zones[:3], Hints: []scheduling.TimeHint{{Starts: t0, Free: 1, Of: 2}}, F: values{}}
	p.Best, p.HasBest = g.Best()
	p.Person, _ = g.Person("p")
	if !g.Open || manage && st == scheduling.GatheringAtRisk {
		p.Problem = nil
	}
	if manage && st == scheduling.GatheringAtRisk {
		p.Person = nil
	}
	return p
}

func sampleVisit(st scheduling.VisitState) *scheduling.VisitDay {
	return &scheduling.VisitDay{Meta: storage.Meta{ID: "v", Rev: 1}, ClusterID: "c", State: st, Title: both(hostile), Party: hostile, People: []scheduling.Guest{{Name: hostile, Email: "a@example.fi"}}, Date: "2026-11-23", Zone: houseZone, From: "09:00", To: "16:00",
		Breaks: []scheduling.Window{{From: "12:00", To: "13:00"}}, Venues: []scheduling.Venue{{ID: "v1", Name: hostile, Address: hostile}}, Travel: []scheduling.TravelLeg{{A: "v1", B: "v1", Minutes: 5}}, Begin: "v1",
		Stops: []scheduling.VisitStop{{ID: "s", GroupID: "g", VenueID: "v1", Minutes: 60, Need: 2}}, Programme: []scheduling.VisitPlace{{StopID: "s", Starts: t0, Ends: t0}}, Reason: hostile, Starts: t0}
}

func sampleVisitPage(st scheduling.VisitState) *visitPage {
	v := sampleVisit(st)
	return &visitPage{Page: Page{Problem: wrong()}, VisitPage: &scheduling.VisitPage{Visit: v, Cluster: sampleClusters()[0], Manage: true}, Fine: true,
		Lines: []visitLine{{Stop: v.Stops[0], Group: hostile, Venue: hostile, Starts: t0, Ends: t0.Add(time.Hour), Clock: "10:00", Faults: []string{hostile}, Gathering: sampleGathering("tentative")}, {Stop: scheduling.VisitStop{ID: "t"}, Group: hostile, Venue: hostile}}}
}

func sampleAgreement(version int) *agreementPage {
	d := &scheduling.CoDevelopment{Meta: storage.Meta{ID: "d", Created: t0}, GroupID: "g", Version: version, ByName: hostile, Title: hostile, Parties: []scheduling.AgreementParty{{Name: hostile, BusinessID: "1234567-1", Address: hostile, Signatory: hostile, Position: hostile}}, Clauses: map[string]string{"purpose": hostile}}
	return &agreementPage{CoDevelopmentPage: &scheduling.CoDevelopmentPage{Group: sampleB2B(), Cluster: sampleClusters()[0], Draft: d, Versions: []*scheduling.CoDevelopment{d}},
		Sections: []scheduling.AgreementSection{{Heading: hostile, Words: []string{hostile}, Filled: hostile}, {Heading: hostile, Words: []string{hostile}}}, Documents: hostileOptions, Zone: houseZone}
}
