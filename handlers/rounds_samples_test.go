package handlers

import (
	"maps"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func sampleRound(phase scheduling.RoundPhase) *scheduling.Round {
	r := scheduling.NewRound(&scheduling.Cluster{Meta: storage.Meta{ID: "c"}, Zone: "Europe/Helsinki"}, t0.AddDate(0, 0, 50))
	r.Title, r.About = scheduling.Text{"en": hostile, "fi": hostile}, scheduling.Text{"en": hostile}
	r.Contact, r.ContactEmail = hostile, "a@example.fi"
	r.Venues = []scheduling.Venue{{ID: "a", Name: hostile, Address: hostile}, {ID: "b", Name: hostile}}
	r.Travel = []scheduling.TravelLeg{{A: "a", B: "b", Minutes: 10}}
	r.Tables = []scheduling.Table{{Name: hostile, Kind: scheduling.AtTable, VenueID: "a"}, {Name: "B", Kind: scheduling.AtBooth, EntrantID: "e"},
		{Name: "V", Kind: scheduling.ByVideo, Link: "https://video.example/x"}}
	r.Days[0].Breaks = []scheduling.Window{{From: "10:00", To: "10:15"}}
	r.Days[0].Windows[0].Name = hostile
	if err := r.Check(); err != nil {
		panic(err)
	}
	r.ID, r.Rev, r.Slug, r.Phase, r.CancelReason = "round", 3, "northern-power", phase, hostile
	r.Open = phase != scheduling.RoundDraft && phase != scheduling.RoundCancelled
	return r
}

func sampleRoundBoard(phase scheduling.RoundPhase) *scheduling.RoundBoard {
	e := sampleOwn(scheduling.Published)
	return &scheduling.RoundBoard{Round: sampleRound(phase), Event: e, Now: t0, Paused: 2, People: 9, Bare: 3, Oldest: t0,
		Entrants: map[scheduling.EntrantState]int{scheduling.EntrantIn: 5, scheduling.EntrantPending: 1},
		Requests: map[scheduling.RequestState]int{scheduling.RequestSent: 2}, Meetings: map[scheduling.MeetingState]int{scheduling.MeetingPublished: 1}}
}

func sampleEntrant(state scheduling.EntrantState) *scheduling.Entrant {
	return &scheduling.Entrant{Meta: storage.Meta{ID: "e" + string(state), Created: t0}, State: state, CompanyID: "co", Name: hostile, Country: "FI", Reason: hostile, Paused: true,
		Offers: []string{hostile, "b"}, Needs: []string{hostile}, People: []scheduling.Delegate{{PersonID: "p", Name: hostile}}}
}

func sampleRoundForm(p *roundFormPage) paged {
	r := sampleRound(p.Round.Phase)
	one := []option{{"a", hostile}}
	p.F, p.Zones, p.Slots, p.Count = roundValues(r), zones, slotDays(r), len(r.Slots)
	p.Days, p.Venues, p.Tables = p.F.dayRows(), p.F.venueRows(), upTo(p.F.rows("tables"))
	p.between()
	p.Kinds, p.Schedules, p.Clusters, p.Events, p.Booths, p.Foreign = one, one, one, one, one, []string{"x"}
	return p
}

func sampleRoundPage(phase scheduling.RoundPhase) roundPage {
	return roundPageOf(sampleRoundBoard(phase))
}

func samplePublicRound(phase scheduling.RoundPhase, set func(*scheduling.RoundPage)) paged {
	found := &scheduling.RoundPage{Round: sampleRound(phase), Clusters: []*scheduling.Cluster{{Slug: "c", Name: scheduling.Text{"en": hostile}}}, Entrants: 4}
	found.Round.Limits.Public, found.Round.Limits.Approval, found.Round.Limits.Entrants = true, true, 60
	if set != nil {
		set(found)
	}
	return (&Server{}).publicRound(found)
}

func init() {
	in := sampleEntrant(scheduling.EntrantIn)
	claim := sampleEntrant(scheduling.EntrantPending)
	claim.CompanyID = ""
	wrong := &FormProblem{Text: hostile, status: 422, Faults: []Fault{{"days", hostile, hostile}, {"days.0.windows.0.from", "", hostile}, {"tables", "", hostile},
		{"tables.0.name", "", hostile}, {"venues", "", hostile}, {"cluster_ids", "", hostile}, {"title", "", hostile}}}
	maps.Copy(samples, map[string]func() paged{
		"own_rounds": func() paged {
			return &ownRoundsPage{Rounds: []*scheduling.Round{sampleRound(scheduling.RoundDraft), sampleRound(scheduling.RoundRunning)}, View: "coming", Query: hostile,
				Views: []chip{{Label: hostile, Path: "/x", On: true}}, Clusters: []option{{"a", hostile}, {"b", hostile}}}
		},
		"own_rounds new":  func() paged { return &ownRoundsPage{New: true} },
		"own_rounds none": func() paged { return &ownRoundsPage{} },
		"round_board":     func() paged { return (&Server{}).roundBoard(sampleRoundBoard(scheduling.RoundRequests)) },
		"round_board draft": func() paged {
			b := sampleRoundBoard(scheduling.RoundDraft)
			b.Event = nil
			return (&Server{}).roundBoard(b)
		},
		"round_board published": func() paged { return (&Server{}).roundBoard(sampleRoundBoard(scheduling.RoundPublished)) },
		"round_board frozen": func() paged {
			b := sampleRoundBoard(scheduling.RoundRunning)
			b.Round.Frozen = true
			return (&Server{}).roundBoard(b)
		},
		"round_board cancelled": func() paged { return (&Server{}).roundBoard(sampleRoundBoard(scheduling.RoundCancelled)) },
		"round_form": func() paged {
			return sampleRoundForm(&roundFormPage{roundPage: sampleRoundPage(scheduling.RoundRequests)})
		},
		"round_form new": func() paged {
			return sampleRoundForm(&roundFormPage{New: true, roundPage: roundPage{RoundBoard: &scheduling.RoundBoard{Round: &scheduling.Round{Phase: scheduling.RoundDraft}}, Base: "/organise/rounds/new"}})
		},
		"round_form wrong": func() paged {
			p := &roundFormPage{roundPage: sampleRoundPage(scheduling.RoundPublished), Lost: true}
			p.Problem = wrong
			return sampleRoundForm(p)
		},
		"round_phase": func() paged {
			return &roundPhasePage{roundPage: sampleRoundPage(scheduling.RoundProfiles), To: scheduling.RoundRequests, Tell: 5}
		},
		"round_phase cancelled": func() paged {
			p := &roundPhasePage{roundPage: sampleRoundPage(scheduling.RoundProfiles), To: scheduling.RoundCancelled, Reason: hostile}
			p.Problem = &FormProblem{Text: hostile, status: 422, Faults: []Fault{{"reason", "", hostile}}}
			return p
		},
		"copy_round": func() paged {
			return &copyRoundPage{roundPage: sampleRoundPage(scheduling.RoundClosed), Day: "2027-12-01"}
		},
		"round_entrants": func() paged {
			return &roundEntrantsPage{roundPage: sampleRoundPage(scheduling.RoundProfiles), List: []*scheduling.Entrant{in, claim}, Total: 2, Done: 1, Query: hostile, State: scheduling.EntrantIn,
				Chips: []chip{{Label: hostile, Path: "/x", Count: 3, On: true}}, Failed: []bulkFailure{{hostile, hostile}}}
		},
		"round_entrants none":  func() paged { return &roundEntrantsPage{roundPage: sampleRoundPage(scheduling.RoundClosed), Total: 2} },
		"round_entrants empty": func() paged { return &roundEntrantsPage{roundPage: sampleRoundPage(scheduling.RoundProfiles)} },
		"round_add": func() paged {
			return &addEntrantPage{roundPage: sampleRoundPage(scheduling.RoundProfiles), Name: hostile, Names: []string{hostile}}
		},
		"round_add people": func() paged {
			return &addEntrantPage{roundPage: sampleRoundPage(scheduling.RoundProfiles), Company: &scheduling.Company{Name: hostile}, People: []tick{{option{"p", hostile}, true}}}
		},
		"round_add nobody": func() paged {
			return &addEntrantPage{roundPage: sampleRoundPage(scheduling.RoundProfiles), Company: &scheduling.Company{Name: hostile}}
		},
		"rounds": func() paged {
			return &publicRoundsPage{Rounds: []*scheduling.Round{sampleRound(scheduling.RoundRequests)}}
		},
		"rounds none": func() paged { return &publicRoundsPage{Past: true} },
		"round": func() paged {
			return samplePublicRound(scheduling.RoundRequests, func(p *scheduling.RoundPage) { p.Event, p.Organise = sampleOwn(scheduling.Published), true })
		},
		"round mine": func() paged {
			return samplePublicRound(scheduling.RoundPublished, func(p *scheduling.RoundPage) { p.Mine = in })
		},
		"round late":      func() paged { return samplePublicRound(scheduling.RoundScheduling, nil) },
		"round draft":     func() paged { return samplePublicRound(scheduling.RoundDraft, nil) },
		"round cancelled": func() paged { return samplePublicRound(scheduling.RoundCancelled, nil) },
		"dashboard rounds": func() paged {
			a := &scheduling.Attention{Now: t0, Rounds: []scheduling.RoundCall{{Round: sampleRound(scheduling.RoundRequests), RoundNeed: scheduling.RoundNeed{Key: "round.need.pending", Count: 2, At: t0.Add(-time.Hour)}}}}
			return &dashboardPage{Attention: a}
		},
	})
}
