package handlers

import (
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	reasons := []scheduling.Reason{{Kind: scheduling.NeedOffer, Mine: hostile, Theirs: hostile, Points: 10}, {Kind: scheduling.OfferNeed, Mine: hostile, Theirs: hostile, Points: 5},
		{Kind: scheduling.SameTag, Mine: hostile, Theirs: hostile, Points: 4}, {Kind: scheduling.TheirMarket, Mine: "FI", Theirs: "ES", Points: 3},
		{Kind: scheduling.MyMarket, Mine: "FI", Theirs: "ES", Points: 3}, {Kind: scheduling.SameTongue, Mine: "fi en", Theirs: "fi en", Points: 1}}
	match := func() scheduling.Match {
		return scheduling.Match{Entrant: sampleCompanyInRound(), Reasons: reasons, Score: 26, Common: sampleRoundToEnter().Slots}
	}
	for name, data := range map[string]func() paged{
		"round_enter": func() paged {
			return &enterRoundPage{Page: Page{Problem: wrong("name", "email")}, EnterPage: &scheduling.EnterPage{Round: sampleRoundToEnter()}, Email: hostile, FullName: hostile}
		},
		"round_enter sent": func() paged {
			return &enterRoundPage{EnterPage: &scheduling.EnterPage{Round: sampleRoundToEnter()}, Email: hostile, Sent: true, Minutes: 30}
		},
		"round_enter company": func() paged {
			return &enterRoundPage{Page: Page{Problem: wrong("name", "business_id", "country", "kind", "website", "title")}, EnterPage: &scheduling.EnterPage{Round: sampleRoundToEnter(), Person: samplePerson(), Takes: true, Approval: true},
				Form: *sampleCompanyInRound(), Country: hostile, Nations: []string{hostile}, Kinds: hostileOptions, Tongues: ticks(hostileOptions, nil), Me: scheduling.Delegate{Title: hostile}}
		},
		"round_enter known": func() paged {
			return &enterRoundPage{EnterPage: &scheduling.EnterPage{Round: sampleRoundToEnter(), Person: samplePerson(), Company: sampleCompany(), Takes: true}}
		},
		"round_enter invited": func() paged {
			return &enterRoundPage{EnterPage: &scheduling.EnterPage{Round: sampleRoundToEnter(), Person: samplePerson(), Takes: true, Invites: []*scheduling.Entrant{sampleCompanyInRound()}}}
		},
		"round_enter closed": func() paged {
			return &enterRoundPage{EnterPage: &scheduling.EnterPage{Round: sampleRoundToEnter(), Person: samplePerson()}}
		},
		"entrant_profile": func() paged {
			p := &profilePage{myRoundPage: *sampleMyRound(scheduling.RoundRequests), Form: *sampleCompanyInRound(), Offers: hostile, Needs: hostile, Markets: hostile, Tags: ticks(hostileOptions, []string{"c"}), OtherTags: hostile, Back: true, OwnCompany: true}
			p.Problem = wrong("about", "offers", "needs", "tags", "countries", "max_meetings")
			return p
		},
		"entrant_profile new": func() paged { return &profilePage{myRoundPage: *sampleMyRound(scheduling.RoundProfiles)} },
		"entrant_people": func() paged {
			p := &delegatesPage{myRoundPage: *sampleMyRound(scheduling.RoundRequests), Form: scheduling.Colleague{Name: hostile, Email: hostile, Title: hostile}}
			p.Problem = wrong("name", "email", "title")
			for i, d := range p.Entrant.People {
				p.Lines = append(p.Lines, delegateLine{d, i == 0, i == 0, ticks(hostileOptions, []string{"c"})})
			}
			return p
		},
		"entrant_availability": func() paged {
			p := &availabilityPage{myRoundPage: *sampleMyRound(scheduling.RoundRequests), Person: scheduling.Delegate{Name: hostile}}
			p.Days = availableDays(p.Round, p.Person, &scheduling.DelegateTimes{Busy: map[string]bool{"a": true}, Booked: map[string]bool{"b": true}})
			return p
		},
		"entrant_availability none": func() paged {
			return &availabilityPage{myRoundPage: *sampleMyRound(scheduling.RoundRequests), Own: true}
		},
		"entrant_pause": func() paged { return &pausePage{Entrant: sampleCompanyInRound(), Round: sampleRoundToEnter()} },
		"entrant_pause paused": func() paged {
			return &pausePage{Entrant: &scheduling.Entrant{Name: hostile, Paused: true}, Round: sampleRoundToEnter()}
		},
		"catalogue": func() paged {
			return &cataloguePage{CatalogueView: &scheduling.CatalogueView{Round: sampleRoundToEnter(), Mine: sampleCompanyInRound(), Items: []scheduling.Match{match()}, Total: 1},
				Q: scheduling.CatalogueQuery{Text: hostile, Tag: hostile, Common: true}, Base: "/x", CountryOptions: hostileOptions, MarketOptions: hostileOptions, Kinds: hostileOptions,
				LanguageOptions: hostileOptions, Sides: hostileOptions, Sort: hostileOptions, TagChips: []chip{{Label: hostile, Path: "/x", Count: 3, On: true}}, Previous: "/x", Next: "/x"}
		},
		"catalogue none": func() paged {
			return &cataloguePage{CatalogueView: &scheduling.CatalogueView{Round: sampleRoundToEnter(), Public: true}}
		},
		"catalogue empty": func() paged {
			return &cataloguePage{CatalogueView: &scheduling.CatalogueView{Round: sampleRoundToEnter()}, Filtered: true, Base: "/x"}
		},
		"catalogue_entry": func() paged {
			return &entryPage{CatalogueEntry: &scheduling.CatalogueEntry{Round: sampleRoundToEnter(), Mine: &scheduling.Entrant{}, Match: match(), Asked: true}, Base: "/x", Manages: true}
		},
		"catalogue_entry public": func() paged {
			return &entryPage{CatalogueEntry: &scheduling.CatalogueEntry{Round: sampleRoundToEnter(), Public: true, Match: match()}, Base: "/x"}
		},
		"catalogue_entry own": func() paged {
			return &entryPage{CatalogueEntry: &scheduling.CatalogueEntry{Round: sampleRoundToEnter(), Mine: sampleCompanyInRound(), Match: match()}, Base: "/x", Own: true}
		},
		"suggestions": func() paged {
			return &suggestionsPage{myRoundPage: *sampleMyRound(scheduling.RoundRequests), Items: []scheduling.Match{match()}, Whole: 10}
		},
		"suggestions none": func() paged { return &suggestionsPage{myRoundPage: *sampleMyRound(scheduling.RoundRequests)} },
	} {
		samples[name] = data
	}
	for _, phase := range append(scheduling.RoundPhases, scheduling.RoundCancelled) {
		samples["my_round "+string(phase)] = func() paged { return sampleMyRound(phase) }
	}
	for _, state := range []scheduling.EntrantState{scheduling.EntrantPending, scheduling.EntrantRejected} {
		samples["my_round "+string(state)] = func() paged {
			p := sampleMyRound(scheduling.RoundRequests)
			p.Entrant.State, p.Entrant.Paused, p.Entrant.Reason = state, true, hostile
			p.Next, p.To = nextInRound(p)
			return p
		}
	}
}

func sampleRoundToEnter() *scheduling.Round {
	r := &scheduling.Round{Meta: storage.Meta{ID: "r"}, Slug: "r", Title: both(hostile), About: both(hostile), Zone: "Europe/Helsinki", Phase: scheduling.RoundRequests, Starts: t0, Ends: t0.Add(9 * time.Hour)}
	for i, id := range []string{"a", "b", "c"} {
		at := t0.Add(time.Duration(i) * 3 * time.Hour)
		r.Slots = append(r.Slots, scheduling.Slot{ID: id, Starts: at, Ends: at.Add(time.Hour)})
	}
	return r
}

func sampleCompanyInRound() *scheduling.Entrant {
	return &scheduling.Entrant{Meta: storage.Meta{ID: "e", Rev: 2}, State: scheduling.EntrantIn, CompanyID: "c", Name: hostile, Country: "FI", Kind: scheduling.SME, Website: "https://x.fi", About: both(hostile),
		Offers: []string{hostile, "a", "b", "c"}, Needs: []string{hostile, "a", "b", "c"}, Tags: []string{hostile}, Countries: []string{"ES", "FR"}, MaxMeetings: 3,
		People:  []scheduling.Delegate{{PersonID: "p", Name: hostile, Title: hostile, Languages: []string{"fi", "en"}, Manages: true}, {PersonID: "q", Name: hostile}},
		Invites: []scheduling.Invited{{ID: "i", Email: "b@example.fi", Name: hostile}}}
}

func sampleMyRound(phase scheduling.RoundPhase) *myRoundPage {
	r := sampleRoundToEnter()
	r.Phase = phase
	p := &myRoundPage{EntrantPage: &scheduling.EntrantPage{Round: r, Entrant: sampleCompanyInRound(), Manages: true}, Base: "/rounds/r/my",
		Cards: []roundCard{{"entrants.people", "entrants.card.people", 3, "/x"}, {"entrants.people", "entrants.card.people", -1, "/x"}}}
	p.Next, p.To = nextInRound(p)
	return p
}
