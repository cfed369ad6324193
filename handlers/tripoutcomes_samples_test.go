package handlers

import (
	"maps"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func sampleTripOver() *scheduling.Trip {
	return &scheduling.Trip{Meta: storage.Meta{ID: "t", Rev: 1}, Slug: "t", Direction: scheduling.Outgoing, State: scheduling.TripCompleted, Title: both(hostile), Zone: houseZone, Contact: hostile,
		Stops: []scheduling.Stop{{ID: "s", Country: "ES", City: hostile, Zone: "Europe/Madrid", From: "2026-11-23", Until: "2026-11-25"}}, Currency: "EUR"}
}

func sampleTripRow(said, hostSaid *scheduling.TripOutcome) *scheduling.TripRow {
	v := &scheduling.Traveller{Meta: storage.Meta{ID: "v"}, PersonID: "p", Name: hostile, Company: hostile}
	r := &scheduling.TripRow{Delegate: &scheduling.TripDelegate{Key: "d", Name: hostile, Travel: []*scheduling.Traveller{v}}, Host: &scheduling.Host{ID: "h", Name: hostile},
		People: []*scheduling.Traveller{v}, Said: said, HostSaid: hostSaid}
	if said != nil {
		r.Furthest, r.Disagree = said.Step, hostSaid != nil
	}
	return r
}

func sampleTripOutcome() *scheduling.TripOutcome {
	return &scheduling.TripOutcome{HostID: "h", Delegate: "d", Host: hostile, Company: hostile, Step: scheduling.LadderNDA, Rating: 3, Note: hostile, Story: hostile, Quote: true,
		Next: hostile, Owner: "p", Due: "2026-11-20", Open: true, AnsweredAt: t0}
}

func sampleReturnedTrip() tripPage {
	p := tripPage{Trip: sampleTripOver(), Organise: true, Base: "/organise/trips/t"}
	p.Tabs = tripTabs(&p)
	return p
}

func sampleTravelOutcomes(x *scheduling.TripAnswering) *travelOutcomesPage {
	x.Trip = sampleTripOver()
	p := &travelOutcomesPage{TripAnswering: x, Steps: hostileOptions}
	for _, r := range x.Rows {
		p.Lines = append(p.Lines, outcomeLineOf{TripRow: r, With: hostile, Path: "/x/h", Mine: r.Side(x.HostSide()), Other: r.Side(!x.HostSide())})
	}
	return p
}

func sampleTripOutcomePage(set func(*tripOutcomePage)) paged {
	r := sampleTripRow(sampleTripOutcome(), &scheduling.TripOutcome{Step: scheduling.LadderContact})
	p := &tripOutcomePage{TripAnswering: &scheduling.TripAnswering{Trip: sampleTripOver(), Rows: []*scheduling.TripRow{r}}, Title: hostile, List: "/x",
		Line:  outcomeLineOf{TripRow: r, With: hostile, Path: "/x/h", Mine: r.Said, Other: r.HostSaid},
		Steps: []option{{"nda", hostile}}, Ratings: []option{{"3", hostile}}, Owners: []option{{"p", hostile}}, F: tripOutcomeValues(r.Said)}
	set(p)
	return p
}

func sampleTripGrid() *scheduling.TripGrid {
	rows := []*scheduling.TripRow{sampleTripRow(sampleTripOutcome(), &scheduling.TripOutcome{Step: scheduling.LadderContact}), sampleTripRow(nil, nil)}
	return &scheduling.TripGrid{Trip: sampleTripOver(), Rows: rows, Delegates: []*scheduling.TripDelegate{rows[0].Delegate}, Hosts: []*scheduling.Host{rows[0].Host, {ID: "g", Name: hostile}},
		Figure: map[scheduling.TripOutcomeFilter]int{}, Owners: map[string]string{"p": hostile}, Silent: rows[1].People, Today: "2026-11-23"}
}

func sampleTripReport() *tripReportPage {
	g := sampleTripGrid()
	visit := scheduling.Part{Kind: scheduling.ActivityPart, ID: "a", Starts: t0, Ends: t0.Add(time.Hour), StartZone: "Europe/Madrid", EndZone: "Europe/Madrid"}
	p := &tripReportPage{tripPage: sampleReturnedTrip(), CanMark: true, Numbers: []reportNumber{{hostile, 3}},
		Report: &scheduling.TripReport{Trip: g.Trip, Grid: g, At: t0, Cluster: &scheduling.Cluster{Name: both(hostile)},
			Results: []scheduling.CompanyResult{{Delegate: g.Delegates[0], Goals: []string{hostile}, Rows: g.Rows}},
			Hosts:   []scheduling.HostVisited{{Host: g.Hosts[0], Visits: []scheduling.Activity{{}}, People: g.Silent}},
			Rounds:  []scheduling.RoundResult{{Round: samplePastRound(), Meetings: 4, Held: 2, NotHeld: 1, Other: 1}},
			Stories: []*scheduling.TripOutcome{sampleTripOutcome()}, Actual: scheduling.Costs{Seats: 3}}}
	p.Parts = []reportPart{{Label: hostile, Time: hostile, PartAttendance: scheduling.PartAttendance{Part: visit, Due: g.Silent, Present: 1}}}
	p.Shown = p.Parts
	p.Costs = []costLine{{Name: hostile, Planned: "1.00 EUR", Actual: "1.00 EUR", Companies: "0.50 EUR", House: "0.50 EUR"}}
	return p
}

func init() {
	maps.Copy(samples, map[string]func() paged{
		"travel_outcomes": func() paged {
			return sampleTravelOutcomes(&scheduling.TripAnswering{Traveller: &scheduling.Traveller{}, Rows: sampleTripGrid().Rows})
		},
		"travel_outcomes host": func() paged {
			return sampleTravelOutcomes(&scheduling.TripAnswering{Host: &scheduling.Host{}, Rows: sampleTripGrid().Rows})
		},
		"travel_outcomes early": func() paged {
			return sampleTravelOutcomes(&scheduling.TripAnswering{Traveller: &scheduling.Traveller{}, Early: true})
		},
		"travel_outcomes closed": func() paged {
			return sampleTravelOutcomes(&scheduling.TripAnswering{Traveller: &scheduling.Traveller{}, Closed: &scheduling.Problem{Key: "tripoutcome.late"}})
		},
		"trip_outcome": func() paged {
			return sampleTripOutcomePage(func(p *tripOutcomePage) { p.Problem = wrong("next", "owner", "due", "story", "note", "step", "rating") })
		},
		"trip_outcome host": func() paged { return sampleTripOutcomePage(func(p *tripOutcomePage) { p.ByHost = true }) },
		"trip_outcome desk": func() paged {
			return sampleTripOutcomePage(func(p *tripOutcomePage) {
				p.Page, p.Teller, p.Side = sampleReturnedTrip().Page, hostile, "/x?side=host"
			})
		},
		"trip_outcome closed": func() paged {
			return sampleTripOutcomePage(func(p *tripOutcomePage) { p.Closed = &scheduling.Problem{Key: "tripoutcome.called_off"} })
		},
		"trip_outcomes": func() paged {
			p := &tripOutcomesPage{tripPage: sampleReturnedTrip(), Grid: sampleTripGrid(), Filter: scheduling.TripOutcomesWaiting}
			p.Filters, p.Ladder = []figureLink{{"tripoutcome.figure.waiting", "waiting", 1, true}}, []figureLink{{"outcome.step.nda", "nda", 1, false}}
			p.Shown = p.Grid.Rows
			p.fillCells()
			return p
		},
		"trip_outcomes none": func() paged {
			p := &tripOutcomesPage{tripPage: sampleReturnedTrip(), Grid: sampleTripGrid()}
			p.fillCells()
			return p
		},
		"trip_outcomes empty": func() paged {
			return &tripOutcomesPage{tripPage: tripPage{Trip: sampleTripOver(), Base: "/x"}, Grid: &scheduling.TripGrid{}}
		},
		"trip_report": func() paged { return sampleTripReport() },
		"trip_report empty": func() paged {
			return &tripReportPage{tripPage: sampleReturnedTrip(), Report: &scheduling.TripReport{Trip: sampleTripOver(), Grid: &scheduling.TripGrid{Trip: sampleTripOver()}}}
		},
		"certificate": func() paged {
			return &certificatePage{Certificate: &scheduling.Certificate{Trip: sampleTripOver(), Traveller: &scheduling.Traveller{Name: hostile, Company: hostile}, At: t0},
				Days: hostile, Places: hostile, Issuer: hostile, Parts: sampleTripReport().Parts}
		},
		"certificate incoming": func() paged {
			t := sampleTripOver()
			t.Direction = scheduling.Incoming
			return &certificatePage{Certificate: &scheduling.Certificate{Trip: t, Traveller: &scheduling.Traveller{Name: hostile}, At: t0}}
		},
	})
}
