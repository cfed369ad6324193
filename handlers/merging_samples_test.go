package handlers

import (
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"duplicates": func() paged {
			return &duplicatesPage{Page: directoryPage(), Companies: []scheduling.CompanyPair{{A: sampleCompany(), B: sampleCompany(), Reason: scheduling.LikeName}, {A: sampleCompany(), B: sampleCompany(), Reason: scheduling.LikeNearName}},
				People: []scheduling.PersonPair{{A: samplePerson(), B: samplePerson(), Reason: scheduling.LikePhone}}, CompanyNames: hostileNames}
		},
		"duplicates none": func() paged { return &duplicatesPage{} },
		"merge": func() paged {
			return &mergePage{Page: Page{Problem: wrong("name")}, What: "companies", From: mergeSide{"a", hostile, "/organise/companies/a"}, Into: mergeSide{"b", hostile, "/organise/companies/b"},
				Rows: []mergeRow{{"name", hostile, hostile, false}, {"offers", hostile, "", true}}, Reason: scheduling.LikeWebsite, Counts: []scheduling.MergeCount{{Kind: "people", N: 2}, {Kind: "works", N: 1}}, Moves: 3, FromRev: 1, IntoRev: 2}
		},
		"merge refused": func() paged {
			return &mergePage{What: "people", From: mergeSide{"a", hostile, "/organise/people/a"}, Into: mergeSide{"b", hostile, "/organise/people/b"}, Why: hostile}
		},
		"merge same": func() paged {
			return &mergePage{What: "people", From: mergeSide{"a", hostile, "/organise/people/a"}, Into: mergeSide{"b", hostile, "/organise/people/b"}}
		},
		"merge choose": func() paged {
			return &mergePage{What: "companies", From: mergeSide{"a", hostile, "/organise/companies/a"}, Query: hostile, Found: hostileOptions}
		},
		"merge found nothing": func() paged {
			return &mergePage{What: "people", From: mergeSide{ID: "a", Name: hostile}, Query: hostile}
		},
		"company_import": func() paged {
			return &companyImportPage{Page: Page{Problem: wrong("file", "country")}, Clusters: hostileOptions, Countries: hostileOptions, Known: []string{hostile}, Country: hostile}
		},
		"company_import look": func() paged { return sampleCompanyImport(true) },
		"company_import done": func() paged { return sampleCompanyImport(false) },
		"webhooks": func() paged {
			return &webhooksPage{Page: directoryPage(), Webhooks: []*scheduling.Webhook{sampleWebhook(), {Name: hostile, Active: true}, {Name: hostile}}, ClusterNames: hostileNames, Zone: houseZone}
		},
		"webhooks none": func() paged { return &webhooksPage{} },
		"webhook": func() paged {
			return &webhookPage{Page: Page{Problem: wrong()}, WebhookPage: &scheduling.WebhookPage{Webhook: sampleWebhook(), Waiting: 3}, State: "off", Cluster: hostile, Zone: houseZone, Lines: []deliveryLine{
				{&scheduling.Delivery{Meta: storage.Meta{ID: "d1"}, Type: "registration.confirmed", State: scheduling.DeliveryQueued, At: t0, Next: t0, Tries: 1, Log: []scheduling.DeliveryTry{{At: t0, Status: 500, Answer: hostile}, {At: t0, Error: hostile}}}, hostile},
				{&scheduling.Delivery{Meta: storage.Meta{ID: "d2"}, Type: hostile, State: scheduling.DeliveryFailed, At: t0, Tries: 10}, hostile}}}
		},
		"webhook failing": func() paged {
			return &webhookPage{WebhookPage: &scheduling.WebhookPage{Webhook: &scheduling.Webhook{Name: hostile, Active: true, FailingSince: t0}}, State: "failing", Zone: houseZone}
		},
		"webhook_form": func() paged {
			return &webhookFormPage{Page: Page{Problem: wrong("name", "address", "topics", "cluster_id")}, Form: scheduling.NewWebhook{ID: "w", Rev: 2, Name: hostile, Address: hostile}, Topics: ticks(hostileOptions, nil), Clusters: hostileOptions, Every: true}
		},
		"webhook_form new": func() paged { return &webhookFormPage{Topics: ticks(hostileOptions, nil), Clusters: hostileOptions} },
		"saved_lists": func() paged {
			return &savedListsPage{Lists: []savedLine{{&scheduling.SavedList{Meta: storage.Meta{ID: "l"}, Name: hostile, Kind: "companies", URL: hostile}, "/organise/companies?kind=sme"},
				{&scheduling.SavedList{Name: hostile, Kind: "registrations"}, "/organise/events/e"}}}
		},
		"saved_lists none": func() paged { return &savedListsPage{} },
		"saved_list_form": func() paged {
			return &savedListFormPage{Page: Page{Problem: wrong("name", "lang")}, ID: "l", Of: "people", Query: hostile, Name: hostile, Langs: hostileOptions, Back: "/organise/people"}
		},
	} {
		samples[name] = data
	}
}

func sampleWebhook() *scheduling.Webhook {
	return &scheduling.Webhook{Meta: storage.Meta{ID: "w", Rev: 1}, Name: hostile, Address: hostile, ClusterID: "c", Topics: []string{"registration", "meeting"}, Secret: []byte("secret"),
		OldSecret: []byte("old"), OldUntil: t0.Add(time.Hour), FailingSince: t0, SwitchedOffAt: t0}
}

func sampleCompanyImport(dry bool) *companyImportPage {
	fault := []scheduling.ImportFault{{Column: hostile, Value: hostile, Key: "company.business_id"}, {Key: "problem.required"}}
	return &companyImportPage{Page: directoryPage(), Name: hostile, File: "eA==", Cluster: "c", Country: "FI", Counts: []figure{{1, "merging.came.new"}}, People: 1, Ready: 2,
		Report: &scheduling.CompanyImportReport{DryRun: dry, Columns: []scheduling.ImportColumn{{Head: hostile}}, Lines: []*scheduling.CompanyLine{
			{Line: 2, Company: hostile, Person: hostile, Email: "a@example.fi", Came: scheduling.CameChanged, PersonCame: scheduling.CameNew, CompanyID: "co", Why: scheduling.LikeBusinessID, Changes: []scheduling.FieldChange{{Field: "name", From: hostile, To: hostile}, {Field: "cluster", To: hostile}}},
			{Line: 3, Company: hostile, Came: scheduling.CameUnsure, Why: scheduling.LikeNearName, Candidates: []scheduling.CompanyMatch{{ID: "x", Name: hostile, BusinessID: hostile, Municipality: hostile, Why: scheduling.LikeName}}},
			{Line: 4, Company: hostile, Came: scheduling.CameWrong, Faults: fault}, {Line: 5, Company: hostile, Came: scheduling.CameNew, CompanyID: "n"}}}}
}
