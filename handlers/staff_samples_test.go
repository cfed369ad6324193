package handlers

import (
	"time"

	"kohtaamo/handlers/auth"
	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/jobs"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"companies": func() paged {
			return &companiesPage{Page: directoryPage(), Companies: []*scheduling.Company{sampleCompany()}, ClusterNames: hostileNames, Query: hostile, Kinds: hostileOptions, Clusters: hostileOptions}
		},
		"companies empty": func() paged { return &companiesPage{Filtered: true, Query: hostile} },
		"companies none":  func() paged { return &companiesPage{} },
		"company": func() paged {
			return &companyPage{Company: sampleCompany(), Clusters: []string{hostile}, People: []*scheduling.Person{samplePerson()}, Zone: houseZone}
		},
		"company empty": func() paged {
			return &companyPage{Company: &scheduling.Company{Name: hostile, Kind: scheduling.SME, Country: "FI"}}
		},
		"company_form": func() paged {
			return &companyFormPage{Page: Page{Problem: wrong("name", "kind", "country", "business_id", "website")}, Company: sampleCompany(), Tags: hostile, Kinds: hostileOptions, Clusters: ticks(hostileOptions, []string{"c"})}
		},
		"company_form new": func() paged { return &companyFormPage{Company: &scheduling.Company{}} },
		"people": func() paged {
			return &peoplePage{Page: directoryPage(), People: []*scheduling.Person{samplePerson(), {Name: hostile, Email: "b@example.fi"}}, CompanyNames: hostileNames, ClusterNames: hostileNames, Company: sampleCompany(), Clusters: hostileOptions}
		},
		"people empty": func() paged { return &peoplePage{Filtered: true} },
		"people none":  func() paged { return &peoplePage{} },
		"person": func() paged {
			return &personPage{PersonPage: samplePersonPage(), Clusters: []string{hostile}, Grants: sampleGrants(), Reads: hostile, Zone: houseZone}
		},
		"person new": func() paged {
			return &personPage{PersonPage: &scheduling.PersonPage{Person: &scheduling.Person{Name: hostile, Email: "b@example.fi"}}}
		},
		"person_form": func() paged {
			return &personFormPage{Page: Page{Problem: wrong("name", "email", "company", "lang")}, Person: samplePerson(), Company: hostile, Companies: []string{hostile}, Langs: hostileOptions, Clusters: ticks(hostileOptions, nil)}
		},
		"person_form staff": func() paged { return &personFormPage{Person: samplePerson(), Staff: true} },
		"groups": func() paged {
			return &groupsPage{Groups: []*scheduling.Group{sampleGroup()}, ClusterNames: hostileNames}
		},
		"groups none": func() paged { return &groupsPage{} },
		"group": func() paged {
			return &groupPage{Page: Page{Problem: wrong()}, GroupPage: sampleGroupPage(samplePerson()), Query: hostile, Found: []*scheduling.Person{samplePerson()}, Company: hostileNames, Next: sampleSeries().Ahead(t0, 3)}
		},
		"group empty": func() paged { return &groupPage{GroupPage: sampleGroupPage(), Query: hostile} },
		"group_form": func() paged {
			return &groupFormPage{Page: Page{Problem: wrong("name", "slug", "kind", "about")}, Group: sampleGroup(), Kinds: hostileOptions, Clusters: hostileOptions}
		},
		"group_form new": func() paged {
			return &groupFormPage{Page: Page{Problem: wrong("cluster_id")}, Group: &scheduling.Group{}, Clusters: hostileOptions}
		},
		"own_clusters":      func() paged { return &ownClustersPage{Clusters: sampleClusters()} },
		"own_clusters none": func() paged { return &ownClustersPage{} },
		"cluster_form": func() paged {
			return &clusterFormPage{Page: Page{Problem: wrong("name", "slug", "languages", "zone", "sender", "colour", "dark_colour")}, Cluster: sampleClusters()[0], Langs: ticks(hostileOptions, nil), Zones: zones}
		},
		"cluster_form new": func() paged { return &clusterFormPage{Cluster: &scheduling.Cluster{}} },
		"projects": func() paged {
			return &projectsPage{Projects: []*scheduling.Project{sampleProject()}, Today: "2026-11-23"}
		},
		"projects none": func() paged { return &projectsPage{} },
		"project_form": func() paged {
			return &projectFormPage{Page: Page{Problem: wrong("name", "code", "from", "until")}, Project: sampleProject()}
		},
		"project_form new": func() paged { return &projectFormPage{Project: &scheduling.Project{}} },
		"outbox":           func() paged { return sampleOutbox() },
		"outbox empty":     func() paged { return &outboxPage{Filtered: true} },
		"outbox none":      func() paged { return &outboxPage{} },
		"outbox trouble": func() paged {
			return &outboxPage{Zone: houseZone, Issues: []issueLine{{"i", hostile, "sending"}, {"j", hostile, "paused"}}, Health: mailHealth{
				Resting: []mailer.RelayStatus{{Name: hostile, Resting: t0, Reason: hostile}, {Name: "b", Resting: t0, Alarm: true}},
				Slow:    []mailer.SlowDomain{{Name: hostile, PerMinute: 1}, {Name: hostile, PerMinute: 12345}}}}
		},
		"mail secret": func() paged { return sampleMailPage(&mailer.Mail{Kind: "account.sign_in", State: mailer.Sent}) },
		"jobs": func() paged {
			return &jobsPage{Jobs: []jobLine{sampleJob(sampleRun()), sampleJob(nil)}, Zone: houseZone}
		},
		"jobs none": func() paged { return &jobsPage{} },
		"job": func() paged {
			return &jobPage{Page: Page{Problem: wrong("now_day", "now_time")}, Job: sampleJob(sampleRun()), Runs: []*jobs.Run{sampleRun(), {Job: "x", Started: t0, State: jobs.Running}, {Job: "x", Started: t0, State: jobs.Stopped}}, Day: hostile, Time: hostile, Zone: houseZone}
		},
		"job new":     func() paged { return &jobPage{Job: sampleJob(nil)} },
		"audit":       func() paged { return sampleAudit() },
		"audit empty": func() paged { return &auditPage{Chips: []chip{{Label: hostile, Path: "/x"}}} },
		"audit none":  func() paged { return &auditPage{} },
		"users": func() paged {
			return &usersPage{Page: Page{Problem: wrong("email", "name", "role", "cluster", "group")}, Users: []userLine{{samplePerson(), sampleGrants()}}, Form: sampleGrantForm(), Email: hostile, Name: hostile}
		},
		"users none": func() paged { return &usersPage{} },
		"user": func() paged {
			return &userPage{Page: Page{Problem: wrong("role")}, Person: samplePerson(), Grants: sampleGrants(), Form: sampleGrantForm(), Sessions: []*auth.Session{{Agent: hostile, Seen: t0}, {Seen: t0}}, Zone: houseZone}
		},
		"user none": func() paged { return &userPage{Person: samplePerson()} },
		"tokens": func() paged {
			return &tokensPage{Tokens: []tokenLine{{sampleToken(t0), sampleGrants()}, {&auth.Token{Name: hostile, RevokedAt: t0}, nil}}, Zone: houseZone}
		},
		"tokens none": func() paged { return &tokensPage{} },
		"token_form": func() paged {
			return &tokenFormPage{Page: Page{Problem: wrong("name", "role", "scope", "group")}, ID: "x", Name: hostile, Scope: "read", Form: sampleGrantForm(), Scopes: hostileOptions}
		},
		"token_shown":        func() paged { return &tokenShownPage{Token: sampleToken(t0), Plain: "koh_x"} },
		"token_revoke":       func() paged { return &tokenRevokePage{Token: sampleToken(t0), Zone: houseZone} },
		"token_revoke fresh": func() paged { return &tokenRevokePage{Token: sampleToken(time.Time{})} },
		"overview": func() paged {
			return &overviewPage{About: About{Version: hostile, Database: "SQLite", Mail: "smtp"}, Megabytes: 12, Up: true, Mail: mailer.Pulse{LastSent: t0}, Held: 1, Failed: 2, Jobs: 5, LastRun: t0, Zone: houseZone}
		},
		"overview bad": func() paged {
			return &overviewPage{About: About{Mail: "dir"}, Mail: mailer.Pulse{Due: 3, Since: t0}, MailStopped: true, Jobs: 5, Late: []string{"x"}, FailedJobs: []string{"y"}, Zone: houseZone}
		},
	} {
		samples[name] = data
	}
	for _, st := range mailer.States {
		samples["mail "+string(st)] = func() paged { return sampleMailPage(&mailer.Mail{Kind: "registration.confirmed", State: st}) }
	}
}

var (
	hostileNames   = map[string]string{"c": hostile}
	hostileOptions = []option{{"c", hostile}, {"d", hostile}}
)

func sampleCompany() *scheduling.Company {
	return &scheduling.Company{
		Meta: storage.Meta{ID: "c", Rev: 2}, Name: hostile, Kind: scheduling.Research, BusinessID: "1234567-1", Country: "FI", Municipality: hostile,
		Website: "https://example.fi/?a=1&b=2", Offers: hostile, Needs: hostile, Tags: []string{hostile}, ClusterIDs: []string{"c", "gone"},
	}
}

func samplePerson() *scheduling.Person {
	return &scheduling.Person{
		Meta: storage.Meta{ID: "p", Rev: 3}, Email: "a@example.fi", Name: hostile, CompanyID: "c", Title: hostile, Phone: "+358 40 1234567",
		Lang: "fi", ClusterIDs: []string{"c"}, Staff: true,
		Consents: []scheduling.Consent{{Purpose: "participants", Given: true, At: t0, Wording: hostile}, {Purpose: hostile, At: t0}},
	}
}

func samplePersonPage() *scheduling.PersonPage {
	m := sampleMy(scheduling.Confirmed)
	return &scheduling.PersonPage{Person: samplePerson(), Company: sampleCompany(), Registrations: []*scheduling.MyPage{m.MyPage}}
}

func sampleGroup() *scheduling.Group {
	return &scheduling.Group{Meta: storage.Meta{ID: "g", Rev: 1}, Slug: "g", ClusterID: "c", Kind: "board", Name: both(hostile), About: both("* " + hostile), Members: []string{"p"}}
}

func sampleGroupPage(members ...*scheduling.Person) *scheduling.GroupPage {
	return &scheduling.GroupPage{Group: sampleGroup(), Cluster: sampleClusters()[0], Members: members}
}

func sampleProject() *scheduling.Project {
	return &scheduling.Project{Meta: storage.Meta{ID: "x", Rev: 1}, Name: both(hostile), Code: hostile, From: "2026-01-01", Until: "2027-12-31"}
}

func sampleMail(m *mailer.Mail) *mailer.Mail {
	m.ID, m.To, m.ToName, m.About = "confirmed/abc/1 &?", "a@example.fi", hostile, "e"
	m.Letter.Subject, m.LastCode, m.LastError = hostile, 550, hostile
	m.NotBefore, m.SentAt, m.Expires, m.MessageID = t0, t0, t0, "x@example.fi"
	m.ResendOf, m.ResentAs = "a/b", "c/d"
	return m
}

func sampleMailPage(m *mailer.Mail) paged {
	m = sampleMail(m)
	m.Calendar = &mailer.Calendar{Method: "REQUEST"}
	return &mailPage{
		Mail: m, Shown: mailer.Rendered{From: hostile, To: hostile, ReplyTo: hostile, Subject: hostile, Text: hostile, Calendar: hostile},
		Blocked: &mailer.Suppression{Reason: hostile, Last: t0, Active: true}, Event: hostile, Kind: hostile,
		CanHold: true, CanGo: true, CanSend: true, Here: "/organise/outbox/mail?id=a%2Fb", Zone: houseZone,
	}
}

func sampleOutbox() paged {
	p := &outboxPage{State: "sent", Query: hostile, Kind: "c", Event: "e", EventTitle: hostile, Kinds: hostileOptions, Filtered: true, Here: "/organise/outbox?q=a&b", Zone: houseZone}
	p.Chips = []chip{{Label: hostile, Path: "/x?a=b&c=d", Count: 12345, Counted: true, On: true}}
	for _, st := range mailer.States {
		p.Mails = append(p.Mails, sampleMail(&mailer.Mail{State: st}))
	}
	return p
}

func sampleJob(last *jobs.Run) jobLine {
	return jobLine{Job: jobs.Job{Name: "x", Schedule: "@every 1m"}, About: hostile, Last: last, Next: t0, Late: last != nil}
}

func sampleRun() *jobs.Run {
	return &jobs.Run{Job: "x", Slot: t0, Started: t0, Finished: t0.Add(1234 * time.Millisecond), Attempt: 2, ByHand: true, State: jobs.Failed, Done: 12345, Error: hostile}
}

func sampleAudit() paged {
	p := &auditPage{Page: adminPage(), Filter: scheduling.AuditFilter{Actor: hostile, Subject: hostile, About: hostile}, Actions: hostileOptions, Zone: houseZone}
	p.Chips = []chip{{Label: hostile, Path: "/x", On: true}}
	for _, e := range []*scheduling.Entry{
		{At: t0, Actor: "p", ActorName: hostile, Via: "page", Action: "person.save", Subject: "p", Label: hostile, Reason: hostile},
		{At: t0, Action: "registration.create", Via: "link", Subject: "r", Label: "K7M3P"},
	} {
		p.Entries = append(p.Entries, auditLine{e, hostile, subjectPage(e), "/x?actor=p", "/x?subject=p"})
	}
	return p
}

func sampleGrants() []grantLine {
	return []grantLine{{scheduling.Grant{Role: scheduling.Administrator}, ""}, {scheduling.Grant{Role: scheduling.Door, Cluster: "c"}, hostile}}
}

func sampleGrantForm() grantForm {
	return grantForm{Grant: scheduling.Grant{Role: scheduling.Door, Cluster: "c"}, Roles: []option{{"door", hostile}}, Clusters: hostileOptions, Groups: hostileOptions}
}

func sampleToken(used time.Time) *auth.Token {
	return &auth.Token{Meta: storage.Meta{ID: "t", Created: t0}, Name: hostile, Start: "koh_abcd", Scopes: []string{"read", "write"}, OwnerName: hostile, LastUsed: used}
}
