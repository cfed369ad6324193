package handlers

import (
	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"mailinglists": func() paged {
			return &listsPage{Page: directoryPage(), Lists: []listRow{newListRow(sampleList()), {ListPage: &scheduling.ListPage{MailingList: &scheduling.MailingList{Closed: true}}}}, ClusterNames: hostileNames}
		},
		"mailinglists none": func() paged { return &listsPage{} },
		"mailinglist": func() paged {
			p := &listPage{Page: directoryPage(), ListPage: sampleList(), Query: hostile, State: "subscribed", Zone: houseZone, Chips: []chip{{Label: hostile, Path: "/x", Count: 3, On: true}}}
			for _, st := range scheduling.SubStates {
				p.Subscriptions = append(p.Subscriptions, sampleSubscription(st))
			}
			return p
		},
		"mailinglist empty": func() paged { return &listPage{ListPage: sampleList(), Filtered: true} },
		"mailinglist none":  func() paged { return &listPage{ListPage: sampleList()} },
		"mailinglist_form": func() paged {
			return &listFormPage{Page: Page{Problem: wrong("name", "about", "slug", "group_id", "topic")}, List: sampleList().MailingList, Groups: hostileOptions}
		},
		"mailinglist_form new": func() paged {
			return &listFormPage{Page: Page{Problem: wrong("cluster_id")}, List: &scheduling.MailingList{}, Clusters: hostileOptions}
		},
		"mailinglist_add": func() paged {
			return &addSubscriberPage{Page: Page{Problem: wrong("email", "name", "wording")}, List: sampleList(), Form: scheduling.NewSubscriber{Email: hostile, Name: hostile, Wording: hostile}, Langs: hostileOptions}
		},
		"mailinglist_import": func() paged {
			return &importSubscribersPage{Page: Page{Problem: wrong("file", "wording")}, List: sampleList(), Wording: hostile}
		},
		"mailinglist_import dry":  func() paged { return sampleListImport(true) },
		"mailinglist_import done": func() paged { return sampleListImport(false) },
		"subscription left": func() paged {
			s := sampleSubscription(scheduling.Unsubscribed)
			s.Wish, s.Reason, s.Tracking = &scheduling.Proof{Asked: t0}, hostile, true
			return &subscriptionPage{List: sampleList(), Subscription: s, Zone: houseZone}
		},
		"subscription bare": func() paged {
			return &subscriptionPage{List: sampleList(), Subscription: &scheduling.Subscription{Email: "a@example.fi", Lang: "fi", State: scheduling.Unsubscribed}, Zone: houseZone}
		},
		"suppressions": func() paged {
			return &suppressionsPage{Page: Page{Problem: wrong("email", "scope", "reason")}, Addresses: sampleSuppressions(), Causes: hostileOptions, Scopes: hostileOptions, Zone: houseZone, Email: hostile, Reason: hostile}
		},
		"suppressions empty": func() paged { return &suppressionsPage{Filtered: true, Query: hostile} },
		"suppressions none":  func() paged { return &suppressionsPage{} },
		"subscribe": func() paged {
			return &subscribePage{Page: Page{Problem: wrong("lists", "email", "name")}, Form: scheduling.SubscribeForm{Email: hostile, Name: hostile}, Lists: sampleListChoices(), Langs: hostileOptions, Cluster: "c"}
		},
		"subscribe sent": func() paged { return &subscribePage{Form: scheduling.SubscribeForm{Email: hostile}, Sent: true} },
		"subscribe none": func() paged { return &subscribePage{} },
		"subscribe_confirm": func() paged {
			return &confirmPage{Confirm: &scheduling.ConfirmPage{Email: hostile, Lists: []*scheduling.MailingList{sampleList().MailingList}}}
		},
		"subscribe_confirm done": func() paged {
			return &confirmPage{Confirm: &scheduling.ConfirmPage{Email: hostile, Lists: []*scheduling.MailingList{sampleList().MailingList}, Done: true, Preferences: "/preferences/x"}}
		},
		"subscribe_confirm old": func() paged { return &confirmPage{Page: Page{Problem: wrong()}} },
		"preferences": func() paged {
			return &preferencesPage{Preferences: &scheduling.Preferences{Email: hostile, Others: true, Tracking: true, Lists: []scheduling.PreferredList{
				{MailingList: sampleList().MailingList, Cluster: sampleClusters()[0], State: scheduling.Subscribed}, {MailingList: sampleList().MailingList, Cluster: sampleClusters()[0], State: scheduling.Bounced}}}, Token: "x", Langs: hostileOptions}
		},
		"preferences nothing": func() paged {
			return &preferencesPage{Preferences: &scheduling.Preferences{Email: hostile, Nothing: true}, Token: "x"}
		},
		"unsubscribe":         func() paged { return sampleLeave(false) },
		"unsubscribe left":    func() paged { return sampleLeave(true) },
		"unsubscribe thanks":  func() paged { p := sampleLeave(true); p.Thanks = true; return p },
		"unsubscribe back":    func() paged { p := sampleLeave(false); p.Back = true; return p },
		"unsubscribe all":     func() paged { p := sampleLeave(false); p.List = nil; return p },
		"unsubscribe nothing": func() paged { p := sampleLeave(true); p.List = nil; p.Problem = wrong(); return p },
	} {
		samples[name] = data
	}
	for _, st := range scheduling.SubStates {
		samples["subscription "+string(st)] = func() paged {
			return &subscriptionPage{Page: directoryPage(), List: sampleList(), Subscription: sampleSubscription(st), Reason: hostile, Zone: houseZone}
		}
	}
}

func sampleList() *scheduling.ListPage {
	name := scheduling.Text{"fi": hostile, "en": hostile}
	return &scheduling.ListPage{MailingList: &scheduling.MailingList{Meta: storage.Meta{ID: "l", Rev: 1}, Slug: "news", Name: name, About: name, Topic: hostile, ClusterID: "c", GroupID: "g", Open: true},
		Counts: map[scheduling.SubState]int{scheduling.Subscribed: 12_345, scheduling.Bounced: 3}}
}

func sampleListChoices() []listChoice {
	return []listChoice{{sampleList().MailingList, true}, {sampleList().MailingList, false}}
}

func sampleSubscription(st scheduling.SubState) *scheduling.Subscription {
	return &scheduling.Subscription{Meta: storage.Meta{ID: "s"}, Email: "a.very.long.address.of.somebody@example.fi", Name: hostile, PersonID: "p", Lang: "fi", State: st, Since: t0,
		Proof: scheduling.Proof{Source: scheduling.ProofImport, Asked: t0, Wording: hostile, By: hostile}}
}

func sampleListImport(dry bool) paged {
	rep := &scheduling.ListImportReport{DryRun: dry, Columns: []scheduling.ImportColumn{{Head: hostile}}}
	p := &importSubscribersPage{List: sampleList(), Report: rep, File: "eA==", Name: hostile, Wording: hostile, Ready: 2}
	for i, came := range scheduling.Listings {
		rep.Lines = append(rep.Lines, scheduling.ListImportLine{Line: i + 2, Name: hostile, Email: hostile, Came: came})
		p.Counts = append(p.Counts, figure{1, "lists.figure." + string(came)})
	}
	rep.Lines[len(rep.Lines)-1].Fault = "problem.address"
	return p
}

func sampleSuppressions() (rows []suppressionRow) {
	for i, cause := range mailer.Causes {
		s := &mailer.Suppression{Meta: storage.Meta{ID: string(cause)}, Holds: []mailer.Hold{{Cause: cause, Scope: mailer.ScopeBulk, Source: mailer.FromReport, Since: t0, Note: hostile}}}
		row := suppressionRow{SuppressedAddress: &scheduling.SuppressedAddress{Suppression: s}, Mark: string(cause), Mends: cause.Mends()}
		if i == 0 {
			row.Address = "aino@example.fi"
			s.Holds = append(s.Holds, mailer.Hold{Cause: mailer.Manual, Scope: mailer.ScopeAll, Source: mailer.FromOrganiser, Since: t0, Until: t0, By: hostile})
		}
		rows = append(rows, row)
	}
	return rows
}

func sampleLeave(left bool) *leavePage {
	return &leavePage{LeavePage: &scheduling.LeavePage{Email: hostile, List: sampleList().MailingList, Left: left, Reason: hostile, Preferences: "/preferences/x"}, Token: "x"}
}
