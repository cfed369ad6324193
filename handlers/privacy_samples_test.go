package handlers

import (
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"privacy": func() paged {
			return &privacyPage{Page: Page{Problem: wrong("email")}, House: hostile, Rules: sampleRules(), Email: hostile}
		},
		"privacy sent": func() paged { return &privacyPage{House: hostile, Email: hostile, Sent: true} },
		"mydata": func() paged {
			p := &myDataPage{Zone: houseZone, Preferences: "/preferences/x"}
			for i, x := range scheduling.Purposes {
				row := purposeRow{Purpose: x, Wording: hostile, On: i == 0}
				if i < 2 {
					row.Given = []givenLine{sampleGiven(i == 0)}
				}
				p.Purposes = append(p.Purposes, row)
			}
			return p
		},
		"mydata_copy": func() paged {
			return &dataCopyPage{At: t0, Zone: houseZone, Parts: []copyPart{{Title: hostile, Items: [][]copyLine{{{hostile, hostile}}}}}}
		},
		"address_data": func() paged {
			return &addressDataPage{Email: hostile, Path: "/data/x.y", Preferences: "/preferences/x", At: t0, Zone: houseZone, Parts: []copyPart{{Title: hostile, Items: [][]copyLine{{{hostile, hostile}}}}}}
		},
		"address_data none": func() paged { return &addressDataPage{Email: hostile} },
		"address_data old":  func() paged { return &addressDataPage{Old: true} },
		"mydata_copy none":  func() paged { return &dataCopyPage{At: t0, Zone: houseZone} },
		"erase": func() paged {
			return &erasePage{Person: sampleErasable(), Path: "/erase/x.y"}
		},
		"erase old":    func() paged { return &erasePage{Old: true} },
		"erase done":   func() paged { return &erasePage{} },
		"erase_person": func() paged { return &erasePersonPage{Page: adminPage(), Person: sampleErasable()} },
		"consents": func() paged {
			line := consentLine{sampleGiven(true), hostile}
			bare := consentLine{givenLine{Given: scheduling.Given{Consent: scheduling.Consent{At: t0}}}, hostile}
			return &consentsPage{Page: directoryPage(), People: []consentRow{{sampleErasable(), []consentLine{line, bare}}}, Query: hostile, Purpose: "photos", Answer: "yes",
				Purposes: hostileOptions, Answers: hostileOptions, Filtered: true, Zone: houseZone}
		},
		"participants": func() paged {
			return &printPage{boardPage: sampleBoard(scheduling.Published), People: []*scheduling.Registration{{Name: hostile, Company: hostile}}}
		},
		"consents empty": func() paged { return &consentsPage{Filtered: true} },
		"consents none":  func() paged { return &consentsPage{} },
		"retention": func() paged {
			p := &retentionPage{Page: adminPage(), Rules: sampleRules(), Looked: true, Typed: map[string]string{"answers": hostile}, Zone: houseZone,
				Log: []*scheduling.RetentionRun{{Rule: "answers", At: t0, Days: 1, Count: 3}, {Rule: "mails", At: t0, Days: 2, Count: 1, Scrubbed: true, ScrubbedAt: t0}}}
			p.Problem = wrong("days-answers")
			return p
		},
		"retention none": func() paged { return &retentionPage{Rules: sampleRules(), Zone: houseZone} },
		"erasures": func() paged {
			p := &erasuresPage{Page: adminPage(), Zone: houseZone}
			for i, st := range scheduling.ErasureStates {
				by := []string{scheduling.ErasedByThemselves, scheduling.ErasedByAdministrator, scheduling.ErasedByRule}[i%3]
				p.Erasures = append(p.Erasures, &scheduling.Erasure{State: st, By: by, At: t0, Changed: map[string]int{"mails": i}})
			}
			p.Erasures[3].DoneAt = t0
			return p
		},
		"erasures none": func() paged { return &erasuresPage{} },
		"processing": func() paged {
			p := &processingPage{Page: adminPage(), House: hostile}
			for _, x := range scheduling.Processings {
				p.Processings = append(p.Processings, &scheduling.ProcessingLine{Processing: x})
			}
			p.Processings[0].Keeps = sampleRules()
			return p
		},
	} {
		samples[name] = data
	}
}

func sampleErasable() *scheduling.Person {
	return &scheduling.Person{Meta: storage.Meta{ID: "p"}, Name: hostile, Email: "a@example.fi", Lang: "fi"}
}

func sampleGiven(yes bool) givenLine {
	c := scheduling.Consent{Purpose: "photos", Given: yes, At: t0, Wording: hostile}
	return givenLine{scheduling.Given{Consent: c, Where: "account"}, hostile}
}

func sampleRules() (out []*scheduling.RetentionLine) {
	for i, r := range scheduling.RetentionRules {
		l := &scheduling.RetentionLine{RetentionRule: r, Due: i - 1}
		if i == 0 {
			l.Last = &scheduling.RetentionRun{Rule: r.Key, At: t0, Count: 1}
		}
		out = append(out, l)
	}
	return out
}
