package handlers

import (
	"html/template"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

func init() {
	for name, data := range map[string]func() paged{
		"campaigns": func() paged {
			return &campaignsPage{Campaigns: []*scheduling.Campaign{sampleCampaign(scheduling.CampaignSent), sampleCampaign(scheduling.CampaignDraft)}, Names: hostileNames, Chips: []chip{{Label: hostile, Path: "/x", On: true}}, Zone: houseZone}
		},
		"campaigns none": func() paged { return &campaignsPage{} },
		"campaigns so":   func() paged { return &campaignsPage{State: "sent"} },
		"campaign_form":  func() paged { return sampleCampaignForm() },
		"campaign_form new": func() paged {
			return &campaignFormPage{Campaign: &scheduling.Campaign{Subject: scheduling.Text{}, Body: scheduling.Text{}}, New: true, Clusters: hostileOptions}
		},
		"campaign_audience": func() paged { return sampleAudience() },
		"campaign_audience none": func() paged {
			return &audiencePage{Campaign: sampleCampaign(scheduling.CampaignDraft), AudienceView: &scheduling.AudienceView{}}
		},
		"campaign_audience search": func() paged {
			return &audiencePage{Campaign: sampleCampaign(scheduling.CampaignDraft), AudienceView: &scheduling.AudienceView{}, Query: hostile}
		},
		"campaign_preview": func() paged {
			return &campaignPreviewPage{Page: Page{Problem: wrong("to")}, CampaignPreview: &scheduling.CampaignPreview{Campaign: sampleCampaign(scheduling.CampaignDraft), Lang: "fi",
				Shown: mailer.Sheet{Subject: hostile, Text: hostile}, LinkedIn: hostile}, Langs: []chip{{Label: hostile, Path: "/x", On: true}}, As: hostile,
				Readers: []scheduling.Reader{{Email: "a@example.fi", Name: hostile}}, Phone: true, Body: "/x", Here: "/x", To: hostile}
		},
		"campaign_send": func() paged {
			return &sendCampaignPage{Page: Page{Problem: wrong("at_day", "at_time")}, audiencePage: sampleAudience(), When: "later", Day: hostile, Time: hostile, Zone: houseZone, Nowhere: "/organise/clusters/c"}
		},
		"campaign_copies": func() paged {
			return &campaignCopiesPage{Campaign: sampleCampaign(scheduling.CampaignSent), Copies: []*mailer.Delivery{{To: "a@example.fi", ToName: hostile, State: mailer.Failed, LastError: hostile}, {To: "b@example.fi", State: mailer.Sent, SentAt: t0}}, States: hostileOptions, Zone: houseZone}
		},
		"campaign_copies none": func() paged { return &campaignCopiesPage{Campaign: sampleCampaign(scheduling.CampaignSent)} },
		"newsletters": func() paged {
			return &newslettersPage{Newsletters: []*scheduling.ArchivedCampaign{sampleNewsletter()}, Chips: []chip{{Label: hostile, Path: "/x"}}, Feed: "/x"}
		},
		"newsletters none": func() paged { return &newslettersPage{} },
		"newsletter": func() paged {
			return &newsletterPage{ArchivedCampaign: sampleNewsletter(), Others: []chip{{Label: hostile, Path: "/x", On: true}, {Label: hostile, Path: "/y"}}}
		},
	} {
		samples[name] = data
	}
	for _, st := range scheduling.CampaignStates {
		samples["campaign "+string(st)] = func() paged { return sampleCampaignPage(st) }
	}
}

func sampleCampaign(st scheduling.CampaignState) *scheduling.Campaign {
	c := &scheduling.Campaign{Meta: storage.Meta{ID: "n", Rev: 2}, Slug: "n", ClusterID: "c", ListID: "l", State: st, Subject: both(hostile), Body: both(hostile), ByName: hostile, Links: []string{hostile}}
	if st != scheduling.CampaignDraft {
		c.At, c.People, c.Left = t0, 12, 2
	}
	if st == scheduling.CampaignSent || st == scheduling.CampaignSending {
		c.Begun = t0
	}
	if st == scheduling.CampaignPaused {
		c.PausedAt, c.Why = t0, scheduling.Cause{Key: "campaign.no_such_thing", Args: []string{"line", "7", "what", hostile, "lang", "en"}}
	}
	return c
}

func sampleCampaignForm() *campaignFormPage {
	groups := []optionGroup{{hostile, hostileOptions}}
	return &campaignFormPage{Page: Page{Problem: wrong("cluster_id", "list_id", "subject", "body", "readers", "value")}, Campaign: sampleCampaign(scheduling.CampaignDraft),
		Clusters: hostileOptions, Lists: hostileOptions, Projects: hostileOptions, Whats: groups, Ways: groups, Blocks: groups, Value: hostile, Side: "except", What: "c", Way: "d",
		Rules: []ruleLine{{"rule", `{"kind":"list"}`, "rule.0", hostile, false}, {"except", "{}", "except.0", hostile, true}}}
}

func sampleCampaignPage(st scheduling.CampaignState) *campaignPage {
	found := &scheduling.CampaignPage{Campaign: sampleCampaign(st), Cluster: sampleClusters()[0], List: &scheduling.MailingList{Name: both(hostile)}, Project: sampleProject(), Sent: 7, Open: 3, PerMinute: 2, Missed: 2, Unsubscribed: 1,
		Followed: &scheduling.FollowCounts{Allowed: 6, Opened: 4, Clicked: 2, Links: []int{2}}}
	return &campaignPage{Page: Page{Problem: wrong()}, CampaignPage: found, Rules: []string{hostile}, Except: []string{hostile}, States: []stateCount{{mailer.Sent, 7, "/x"}, {mailer.Failed, 2, "/y"}}, Minutes: 2, NewID: "x", Zone: houseZone, Public: "/newsletters/n"}
}

func sampleAudience() *audiencePage {
	one := scheduling.Reader{Email: "a@example.fi", Name: hostile, Company: hostile, Lang: "fi", Why: []int{0}}
	out := scheduling.Reader{Name: hostile, Out: scheduling.OutNoAddress}
	return &audiencePage{Campaign: sampleCampaign(scheduling.CampaignDraft), AudienceView: &scheduling.AudienceView{People: 60, First: []scheduling.Reader{one, {Email: "b@example.fi"}}, Left: []scheduling.Reader{out}},
		Rules: []string{hostile}, Langs: []langCount{{"fi", 40}, {"en", 20}}, Outs: []outCount{{scheduling.OutUnsubscribed, 2}, {scheduling.OutNoAddress, 1}}, Base: "/organise/campaigns/n"}
}

func sampleNewsletter() *scheduling.ArchivedCampaign {
	return &scheduling.ArchivedCampaign{Slug: "n", Subject: both(hostile), At: t0, Zone: houseZone, Cluster: sampleClusters()[0], List: both(hostile), Langs: []string{"en", "fi"}, Lang: "fi",
		Parts: []scheduling.ArchivedPart{{HTML: template.HTML("<p>x</p>")}, {Items: []templates.BulkItem{{When: hostile, Title: hostile, Where: hostile, About: hostile, URL: "https://x.example/", Action: hostile}}}}}
}
