package handlers

import (
	"maps"
	"slices"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

func sampleTrip(state scheduling.TripState) *scheduling.Trip {
	t := scheduling.NewTrip(&scheduling.Cluster{Meta: storage.Meta{ID: "c"}, Zone: "Europe/Helsinki"}, t0.AddDate(0, 0, 120))
	both := scheduling.Text{"en": hostile, "fi": hostile}
	t.Title, t.Summary, t.Goals, t.Body, t.Selection.Terms = both, both, both, both, both
	t.Contact, t.ContactEmail = hostile, "a@example.fi"
	t.Stops[0].City, t.Stops[0].Country, t.Stops[0].About = hostile, "ES", both
	t.Stops = append(t.Stops, scheduling.Stop{City: "Porto", Zone: "Europe/Lisbon", From: t.Stops[0].Until, Until: t.Stops[0].Until})
	t.Selection.OpensAt = t0.AddDate(0, 0, 1)
	t.Selection.Criteria = []scheduling.Criterion{{ID: "a", Name: both, Weight: 3, Max: 5}, {ID: "b", Name: both, Weight: 1, Max: 5}}
	t.Budget = []scheduling.BudgetLine{{Name: hostile, Planned: 1_234_567_89, Actual: 5, PerSeat: true, Share: 75}, {Name: hostile, Planned: 100}}
	if err := t.Check(); err != nil {
		panic(err)
	}
	t.ID, t.Rev, t.Slug, t.State, t.CancelReason, t.Held = "trip", 3, "spain", state, hostile, 4
	t.Starts, t.Ends = t0.AddDate(0, 0, 120), t0.AddDate(0, 0, 123)
	t.Listed = state != scheduling.TripDraft
	if slices.Contains(scheduling.IncomingStates[:7], state) {
		t.Direction, t.Listed = scheduling.Incoming, false
	}
	return t
}

func sampleTripBoard(state scheduling.TripState) *scheduling.TripBoard {
	return &scheduling.TripBoard{
		Trip: sampleTrip(state), Now: t0, Clusters: []*scheduling.Cluster{{Name: scheduling.Text{"en": hostile}}}, Project: &scheduling.Project{Name: scheduling.Text{"en": hostile}},
		Leaders:      []*scheduling.Person{{Name: hostile, Email: "a@example.fi"}, {Name: "B", Email: "b@example.fi"}},
		Applications: map[scheduling.ApplicationState]int{scheduling.ApplicationSubmitted: 2}, Companies: []scheduling.CompanySeats{{Company: hostile, Seats: 2}, {Company: "B", Seats: 1}},
		Travellers: 2, Named: 1, Bare: 1, Hosts: map[scheduling.HostState]int{scheduling.HostPlanned: 1, scheduling.HostConfirmed: 2}, Visits: 3, Unhosted: 1,
	}
}

func sampleTripForm(p *tripFormPage) paged {
	t := p.Trip
	if t == nil || t.ID == "" {
		t = sampleTrip(scheduling.TripDraft)
	}
	one := []option{{"a", hostile}}
	p.F = values{"rev": {"3"}, "title.en": {hostile}, "cluster_ids": {"a"}}
	p.F.tripLines(&templates.Lang{}, t)
	p.Stops, p.Criteria, p.Budget = p.F.oneMore("stops", "city"), p.F.oneMore("criteria", "name"), p.F.oneMore("budget", "name")
	p.Ways, p.Clusters, p.Projects, p.Currencies, p.Asks, p.Zones, p.Foreign = one, one, one, one, []tick{{one[0], true}}, zones, []string{"x"}
	return p
}

func samplePublicTrip(state scheduling.TripState, set func(*scheduling.TripPage)) paged {
	found := &scheduling.TripPage{Trip: sampleTrip(state), Now: t0.AddDate(0, 0, 2), Clusters: []*scheduling.Cluster{{Slug: "c", Name: scheduling.Text{"en": hostile}}}}
	if set != nil {
		set(found)
	}
	return publicTrip(found)
}

func init() {
	rows := []tripRow{{sampleTrip(scheduling.TripOpen), true}, {sampleTrip(scheduling.TripDraft), false}, {sampleTrip(scheduling.TripProgramme), false}}
	page := func(state scheduling.TripState) tripPage { return tripPageOf(sampleTrip(state), true) }
	maps.Copy(samples, map[string]func() paged{
		"trips": func() paged {
			return &publicTripsPage{Trips: rows, Led: []*scheduling.Trip{sampleTrip(scheduling.TripLocked)}}
		},
		"trips none": func() paged { return &publicTripsPage{Past: true} },
		"trip": func() paged {
			return samplePublicTrip(scheduling.TripOpen, func(p *scheduling.TripPage) { p.Lead, p.Organise = true, true })
		},
		"trip early": func() paged {
			return samplePublicTrip(scheduling.TripOpen, func(p *scheduling.TripPage) { p.Now = t0 })
		},
		"trip draft":     func() paged { return samplePublicTrip(scheduling.TripDraft, nil) },
		"trip closed":    func() paged { return samplePublicTrip(scheduling.TripConfirmed, nil) },
		"trip cancelled": func() paged { return samplePublicTrip(scheduling.TripCancelled, nil) },
		"trip past": func() paged {
			return samplePublicTrip(scheduling.TripReported, func(p *scheduling.TripPage) { p.Now = t0.AddDate(1, 0, 0) })
		},
		"own_trips": func() paged {
			return &ownTripsPage{Trips: rows, Organise: true, View: "coming", Query: hostile, State: scheduling.TripOpen, Direction: "outgoing",
				Views: []chip{{Label: hostile, Path: "/x", On: true}}, States: []chip{{Label: hostile, Path: "/x", Count: 3, Counted: true, On: true}},
				Clusters: []option{{"a", hostile}, {"b", hostile}}, Ways: []option{{"outgoing", hostile}}}
		},
		"own_trips new":  func() paged { return &ownTripsPage{New: true, Organise: true} },
		"own_trips none": func() paged { return &ownTripsPage{} },
		"trip_overview":  func() paged { return tripOverview(sampleTripBoard(scheduling.TripSelection), true) },
		"trip_overview draft": func() paged {
			b := sampleTripBoard(scheduling.TripDraft)
			b.Trip.Selection.Seats, b.Trip.Selection.ClosesAt, b.Leaders, b.Companies, b.Trip.Budget = 0, time.Time{}, nil, nil, nil
			return tripOverview(b, true)
		},
		"trip_overview leader":    func() paged { return tripOverview(sampleTripBoard(scheduling.TripConfirmed), false) },
		"trip_overview incoming":  func() paged { return tripOverview(sampleTripBoard(scheduling.TripProgramme), true) },
		"trip_overview cancelled": func() paged { return tripOverview(sampleTripBoard(scheduling.TripCancelled), true) },
		"trip_overview completed": func() paged { return tripOverview(sampleTripBoard(scheduling.TripCompleted), true) },
		"trip_form":               func() paged { return sampleTripForm(&tripFormPage{tripPage: page(scheduling.TripDraft)}) },
		"trip_form new": func() paged {
			return sampleTripForm(&tripFormPage{New: true, tripPage: tripPage{Trip: &scheduling.Trip{State: scheduling.TripDraft}, Base: "/organise/trips/new"}})
		},
		"trip_form wrong": func() paged {
			p := &tripFormPage{tripPage: page(scheduling.TripOpen)}
			p.Problem = wrong("stops", "stops.0.city", "stops.0.zone", "criteria", "criteria.0.name", "criteria.0.weight", "budget", "budget.0.planned", "seats", "closes_day", "leaders",
				"fields", "cluster_ids", "title", "currency")
			return sampleTripForm(p)
		},
		"trip_state": func() paged {
			return &tripStatePage{tripPage: page(scheduling.TripSelection), To: scheduling.TripConfirmed}
		},
		"trip_state below": func() paged {
			p := &tripStatePage{tripPage: page(scheduling.TripSelection), To: scheduling.TripConfirmed}
			p.Problem = wrong("reason")
			return p
		},
		"trip_state cancelled": func() paged {
			return &tripStatePage{tripPage: page(scheduling.TripOpen), To: scheduling.TripCancelled, Why: true, Reason: hostile}
		},
		"trip_copy": func() paged {
			return &copyTripPage{tripPage: page(scheduling.TripReported), ID: "0123456789abcdef", Day: "2027-12-01"}
		},
		"dashboard trips": func() paged {
			return &dashboardPage{Attention: &scheduling.Attention{Now: t0, Trips: []scheduling.TripCall{{Trip: sampleTrip(scheduling.TripSelection), TripNeed: scheduling.TripNeed{Key: "trip.need.undecided", Count: 2}}}}}
		},
		"home trips": func() paged { return &homePage{Trips: rows} },
		"cluster trips": func() paged {
			return &clusterPage{Cluster: &scheduling.Cluster{Slug: "c", Name: scheduling.Text{"en": hostile}}, Trips: rows}
		},
	})
}
