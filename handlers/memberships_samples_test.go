package handlers

import (
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"join": func() paged {
			return &joinPage{Page: Page{Problem: wrong(joinFields...)}, Cluster: sampleMemberCluster(), F: values{"company": {hostile}, "motivation": {hostile}, "agreed": {"1"}}, Kinds: hostileOptions, Countries: hostileOptions}
		},
		"join sent": func() paged { return &joinPage{Cluster: sampleMemberCluster(), F: values{}, Sent: true} },
		"join_confirm": func() paged {
			return &joinedPage{JoinPage: &scheduling.JoinPage{Cluster: sampleMemberCluster(), Company: hostile, State: scheduling.JoinApplied}}
		},
		"join_confirm old": func() paged { return &joinedPage{Page: Page{Problem: wrong()}} },
		"members": func() paged {
			p := sampleDirectory()
			p.Full = true
			return p
		},
		"members public": func() paged { return sampleDirectory() },
		"members nothing": func() paged {
			return &membersPage{DirectoryPage: &scheduling.DirectoryPage{Cluster: sampleMemberCluster()}}
		},
		"members none": func() paged {
			return &membersPage{DirectoryPage: &scheduling.DirectoryPage{Cluster: sampleMemberCluster()}, Query: hostile, Filtered: true}
		},
		"signing": func() paged {
			return &signingPage{Page: Page{Problem: wrong("name", "position", "agreed")}, SigningPage: sampleSigning(scheduling.AgreementSent), F: values{"name": {hostile}}, Base: "/agreements/x.y", Zone: houseZone}
		},
		"signing file": func() paged {
			p := sampleSigning(scheduling.AgreementSent)
			p.Document, p.File = "", sampleFile()
			return &signingPage{SigningPage: p, F: values{}, Base: "/agreements/x.y", Zone: houseZone}
		},
		"signing signed": func() paged {
			return &signingPage{SigningPage: sampleSigning(scheduling.AgreementSigned), F: values{}, Base: "/agreements/x.y", Zone: houseZone}
		},
		"signing over": func() paged {
			return &signingPage{SigningPage: sampleSigning(scheduling.AgreementLapsed), F: values{}, Base: "/agreements/x.y", Zone: houseZone}
		},
		"own_membership": func() paged {
			p := sampleOwnMembership(scheduling.JoinActive)
			p.Problem = wrong("profile", "listed")
			return p
		},
		"own_membership ended": func() paged {
			p := sampleOwnMembership(scheduling.JoinEnded)
			p.Membership.Left, p.Versions = t0, nil
			return p
		},
		"memberships": func() paged {
			return &membershipsPage{Page: directoryPage(), ClusterNames: map[string]string{"c": hostile}, Zone: houseZone, States: hostileOptions, Kinds: hostileOptions, Clusters: hostileOptions, AgreementStates: hostileOptions,
				Lines: []*scheduling.MembershipLine{{Membership: sampleBelonging(scheduling.JoinActive), Agreement: sampleContract(scheduling.AgreementDue)}, {Membership: sampleBelonging(scheduling.JoinApplied)}}}
		},
		"memberships empty": func() paged { return &membershipsPage{Page: directoryPage()} },
		"memberships none":  func() paged { return &membershipsPage{Page: directoryPage(), Query: hostile, Filtered: true} },
		"membership_form": func() paged {
			return &newMembershipPage{Page: Page{Problem: wrong("cluster_id", "joined", "contact_id")}, Company: &scheduling.Company{Meta: storage.Meta{ID: "co"}, Name: hostile}, F: values{}, Clusters: hostileOptions, People: hostileOptions}
		},
		"membership_form in all": func() paged {
			return &newMembershipPage{Company: &scheduling.Company{Meta: storage.Meta{ID: "co"}, Name: hostile}, F: values{}}
		},
		"membership": func() paged {
			p := sampleMemberPage(scheduling.JoinActive)
			p.Problem = wrong("contact_id", "reason")
			return p
		},
		"membership applied": func() paged {
			p := sampleMemberPage(scheduling.JoinApplied)
			p.Problem, p.Company, p.Contact, p.Versions, p.Knowns = wrong("company_id", "reason"), nil, nil, nil, hostileOptions
			return p
		},
		"membership ended": func() paged {
			p := sampleMemberPage(scheduling.JoinEnded)
			p.Membership.Left, p.Versions = t0, p.Versions[:1]
			return p
		},
		"membership bare": func() paged {
			p := sampleMemberPage(scheduling.JoinActive)
			p.Versions, p.Contact, p.Terms = nil, nil, &scheduling.MembershipTerms{Free: true}
			return p
		},
		"agreement_version new": func() paged {
			return &versionPage{Page: Page{Problem: wrong(versionFields[:7]...)}, Member: sampleMemberPage(scheduling.JoinActive).MemberPage, F: values{"text": {hostile}}, Base: "/x", Langs: hostileOptions, Fields: scheduling.AgreementFields}
		},
		"agreement_version draft": func() paged {
			p := sampleVersionPage(scheduling.AgreementDraft)
			p.Draft = true
			return p
		},
		"agreement_version sent": func() paged {
			p := sampleVersionPage(scheduling.AgreementSent)
			p.Sent, p.Problem, p.File = true, wrong("file", "name", "day"), sampleFile()
			return p
		},
		"agreement_version signed": func() paged {
			p := sampleVersionPage(scheduling.AgreementSigned)
			p.Signed, p.Renewable, p.Scan = true, true, sampleFile()
			return p
		},
		"agreement_version over": func() paged { return sampleVersionPage(scheduling.AgreementLapsed) },
		"company member": func() paged {
			return &companyPage{Company: sampleCompany(), Zone: houseZone, ClusterNames: map[string]string{"c": hostile},
				Memberships: []*scheduling.MembershipLine{{Membership: sampleBelonging(scheduling.JoinActive), Agreement: sampleContract(scheduling.AgreementDue)}, {Membership: sampleBelonging(scheduling.JoinEnded)}}}
		},
		"account member": func() paged {
			return &accountPage{Memberships: []*scheduling.OwnMembership{sampleOwnMembership(scheduling.JoinActive).OwnMembership}}
		},
		"dashboard members": func() paged {
			return &dashboardPage{Attention: &scheduling.Attention{Now: t0, Members: []scheduling.MemberCall{
				{Cluster: sampleMemberCluster(), Key: "membership.call.due", Count: 2, Filter: scheduling.MembershipFilter{Cluster: "c", Agreement: scheduling.AgreementDue}}}}}
		},
		"membership_terms": func() paged {
			return &termsPage{Page: Page{Problem: wrong("text", "months")}, Cluster: sampleMemberCluster(), F: values{"months": {"12"}, "required": {"1"}}, Texts: []termsText{{"fi", hostile, hostile}}, Fields: scheduling.AgreementFields}
		},
	} {
		samples[name] = data
	}
	for _, st := range scheduling.JoinStates {
		samples["join_confirm "+string(st)] = func() paged {
			return &joinedPage{JoinPage: &scheduling.JoinPage{Cluster: sampleMemberCluster(), Company: hostile, State: st, Confirmed: true, Reason: hostile}}
		}
	}
}

func sampleMemberCluster() *scheduling.Cluster {
	return &scheduling.Cluster{Meta: storage.Meta{ID: "c"}, Slug: "c", Name: scheduling.Text{"fi": hostile, "en": hostile}, Zone: houseZone}
}

func sampleBelonging(st scheduling.JoinState) *scheduling.Membership {
	m := &scheduling.Membership{Meta: storage.Meta{ID: "m" + string(st)}, CompanyID: "co", ClusterID: "c", State: st, StateAt: t0, Name: hostile, Kind: scheduling.SME, Motivation: hostile, Profile: hostile,
		Listed: true, ListedAt: t0, Wording: hostile, Reason: hostile}
	if st == scheduling.JoinApplied {
		m.Application = &scheduling.JoinApplication{Company: hostile, Kind: scheduling.SME, Country: "FI", BusinessID: "0737546-2", Municipality: hostile, Website: "https://example.fi", Name: hostile, Title: hostile,
			Email: "a@example.fi", Phone: "1", Consents: []scheduling.Consent{{Purpose: "membership", Given: true, At: t0, Wording: hostile}}}
		return m
	}
	m.Joined = t0
	return m
}

func sampleContract(st scheduling.AgreementState) *scheduling.Agreement {
	a := &scheduling.Agreement{Meta: storage.Meta{ID: "a" + string(st), Rev: 2}, MembershipID: "m", ClusterID: "c", Version: 2, State: st, Lang: "fi", Text: hostile, Starts: t0, Signatory: hostile, Position: hostile,
		Email: "a@example.fi", SentAt: t0}
	if st == scheduling.AgreementSigned || st == scheduling.AgreementDue {
		a.Ends, a.Signature = t0.AddDate(1, 0, 0), &scheduling.Signature{Name: hostile, At: t0, SHA256: "ab12", By: "link"}
		a.Struck = &scheduling.Struck{At: t0, SHA256: "cd34", Scan: true}
	}
	return a
}

func sampleFile() *scheduling.File {
	return &scheduling.File{Meta: storage.Meta{ID: "f"}, Name: hostile + ".pdf", Type: "application/pdf", Size: 1}
}

func sampleSigning(st scheduling.AgreementState) *scheduling.SigningPage {
	return &scheduling.SigningPage{Agreement: sampleContract(st), Company: hostile, Cluster: sampleMemberCluster(), Document: "# " + hostile, SHA256: "ab12", Open: st == scheduling.AgreementSent}
}

func sampleVersionPage(st scheduling.AgreementState) *versionPage {
	return &versionPage{SigningPage: sampleSigning(st), Member: sampleMemberPage(scheduling.JoinActive).MemberPage, F: values{"text": {hostile}, "lang": {"fi"}}, Base: "/organise/agreements/a", Zone: houseZone,
		Langs: hostileOptions, Fields: scheduling.AgreementFields}
}

func sampleMemberPage(st scheduling.JoinState) *memberPage {
	versions := []*scheduling.AgreementVersion{{Agreement: sampleContract(scheduling.AgreementSigned)}, {Agreement: sampleContract(scheduling.AgreementDraft)}}
	return &memberPage{Page: directoryPage(), F: values{}, Base: "/organise/memberships/m", Zone: houseZone, Contacts: hostileOptions,
		MemberPage: &scheduling.MemberPage{Membership: sampleBelonging(st), Cluster: sampleMemberCluster(), Company: &scheduling.Company{Meta: storage.Meta{ID: "co"}, Name: hostile},
			Contact: &scheduling.Person{Meta: storage.Meta{ID: "p"}, Name: hostile}, Versions: versions, Terms: &scheduling.MembershipTerms{}}}
}

func sampleOwnMembership(st scheduling.JoinState) *ownMembershipPage {
	return &ownMembershipPage{F: values{"profile": {hostile}, "listed": {"1"}}, Zone: houseZone, OwnMembership: &scheduling.OwnMembership{Membership: sampleBelonging(st), Cluster: sampleMemberCluster(),
		Versions: []*scheduling.AgreementVersion{{Agreement: sampleContract(scheduling.AgreementSigned)}, {Agreement: sampleContract(scheduling.AgreementSent)}}, Links: map[string]string{"asent": "x.y"}}}
}

func sampleDirectory() *membersPage {
	company := func(id string) *scheduling.Company {
		return &scheduling.Company{Meta: storage.Meta{ID: id}, Name: hostile, Kind: scheduling.Large, Country: "FI", Municipality: hostile, Website: "https://example.fi", Offers: hostile, Needs: hostile, Tags: []string{hostile}}
	}
	quiet := sampleBelonging(scheduling.JoinActive)
	quiet.Listed, quiet.Profile = false, ""
	return &membersPage{DirectoryPage: &scheduling.DirectoryPage{Cluster: sampleMemberCluster(), Total: 2,
		Entries: []scheduling.DirectoryEntry{{Membership: sampleBelonging(scheduling.JoinActive), Company: company("a")}, {Membership: quiet, Company: company("b")}}},
		Kinds: hostileOptions, TagList: hostileOptions}
}
