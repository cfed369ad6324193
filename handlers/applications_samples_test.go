package handlers

import (
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"apply": func() paged {
			return sampleApply(scheduling.ApplyOpen, true, wrong(applicationFields...))
		},
		"apply by hand":        func() paged { return sampleApply(scheduling.ApplyClosed, true, nil) },
		"apply early":          func() paged { return sampleApply(scheduling.ApplyEarly, false, nil) },
		"apply closed":         func() paged { return sampleApply(scheduling.ApplyClosed, false, nil) },
		"apply off":            func() paged { return sampleApply(scheduling.ApplyOff, false, nil) },
		"applied":              func() paged { return sampleApply(scheduling.ApplyOpen, true, nil) },
		"my_application named": func() paged { return sampleOwnNamed() },
		"my_application_edit": func() paged {
			p := sampleOwnApplication(scheduling.ApplicationSubmitted)
			p.Problem, p.F = wrong("website", "name", "phone", "lang", "seats", "motivation", "goals", "partners"), values{"name": {hostile}, "seats": {"2"}}
			return p
		},
		"my_application_end": func() paged {
			p := sampleOwnApplication(scheduling.ApplicationCommitted)
			p.End = "withdraw"
			return p
		},
		"my_application_end decline": func() paged {
			p := sampleOwnApplication(scheduling.ApplicationOffered)
			p.End = "decline"
			return p
		},
		"my_application_commit": func() paged {
			p := sampleOwnApplication(scheduling.ApplicationAccepted)
			p.Problem = wrong("terms")
			return p
		},
		"trip_applications":           func() paged { return sampleSelection(scheduling.TripSelection) },
		"trip_applications open":      func() paged { return sampleSelection(scheduling.TripOpen) },
		"trip_applications unmatched": func() paged { return sampleUnmatched() },
		"trip_applications none": func() paged {
			return &selectionPage{tripPage: sampleApplicationTrip(scheduling.TripOpen), List: &scheduling.SelectionPage{}}
		},
		"trip_application problem": func() paged {
			p := sampleOneApplication(scheduling.ApplicationOffered)
			p.Problem = wrong("seats", "reason", "tell", "until", "until_day", "until_time", "points.fit", "note")
			return p
		},
		"trip_application unscored": func() paged {
			p := sampleOneApplication(scheduling.ApplicationSubmitted)
			p.Criteria, p.Application.Scores, p.Application.Notes, p.Application.CompanyID, p.Application.PersonID, p.Travellers = nil, nil, nil, "c", "p", nil
			return p
		},
	} {
		samples[name] = data
	}
	for _, st := range scheduling.ApplicationStates {
		samples["my_application "+string(st)] = func() paged { return sampleOwnApplication(st) }
		samples["trip_application "+string(st)] = func() paged { return sampleOneApplication(st) }
	}
}

// sampleApplicationTrip is the frame of a trip's page, of a trip that selects.
func sampleApplicationTrip(st scheduling.TripState) tripPage {
	text := scheduling.Text{"en": hostile, "fi": hostile}
	t := &scheduling.Trip{Meta: storage.Meta{ID: "trip", Rev: 3}, Slug: "spain", Direction: scheduling.Outgoing, State: st, Title: text, Zone: houseZone, ContactEmail: "a@example.fi",
		Stops: []scheduling.Stop{{ID: "m", Country: "ES", City: hostile, Zone: "Europe/Madrid", From: "2027-02-08", Until: "2027-02-10"}}, Starts: t0.AddDate(0, 0, 30), Ends: t0.AddDate(0, 0, 33), Held: 3,
		Selection: scheduling.SelectionRules{Seats: 5, Minimum: 3, PerCompany: 2, OpensAt: t0, ClosesAt: t0.AddDate(0, 0, 10), CommitBy: t0.AddDate(0, 0, 20), Terms: scheduling.Text{"fi": hostile},
			Criteria: []scheduling.Criterion{{ID: "fit", Name: text, Weight: 3, Max: 5}, {ID: "size", Name: text, Weight: 1, Max: 4}}}}
	p := tripPage{Trip: t, Organise: true, Base: "/organise/trips/trip"}
	p.Tabs = tripTabs(&p)
	return p
}

func sampleApplication(st scheduling.ApplicationState) *scheduling.Application {
	a := &scheduling.Application{Meta: storage.Meta{ID: "a" + string(st), Created: t0}, TripID: "trip", State: st, Company: hostile, BusinessID: "0187690-1", Country: "FI", Website: "https://example.fi/?a=1&b=2",
		Name: hostile, Email: "a@example.fi", Phone: "+358 40 1", Lang: "fi", Seats: 2, Wanted: 3, Motivation: hostile, Goals: hostile, Partners: hostile, Total: 525, Reason: hostile,
		Scores:   []scheduling.Score{{By: "boss", Name: hostile, Criterion: "fit", Points: 3, Note: hostile}, {By: "other", Name: hostile, Criterion: "size", Points: 2}},
		Notes:    []scheduling.ApplicationNote{{By: "boss", Name: hostile, At: t0, Text: hostile}},
		Consents: []scheduling.Consent{{Purpose: scheduling.TermsConsent, Given: true, At: t0, Wording: hostile}, {Purpose: scheduling.CommitConsent, Given: true, At: t0, Wording: hostile}}}
	if st == scheduling.ApplicationOffered {
		a.Deadline = t0.Add(72 * time.Hour)
	}
	if st == scheduling.ApplicationReserve {
		a.Rank = 2
	}
	return a
}

func sampleApply(st scheduling.ApplyStanding, open bool, problem *FormProblem) *applyPage {
	return &applyPage{Page: Page{Problem: problem}, ApplyPage: &scheduling.ApplyPage{Trip: sampleApplicationTrip(scheduling.TripOpen).Trip, Standing: st},
		F: values{"company": {hostile}, "motivation": {hostile}, "country": {"c"}, "lang": {"fi"}, "once": {"x"}}, Days: hostile, Open: open, Countries: hostileOptions}
}

func sampleNamed() []*scheduling.Traveller {
	return []*scheduling.Traveller{{Meta: storage.Meta{ID: "v"}, Name: hostile, Email: "v@example.fi"}}
}

func sampleOwnApplication(st scheduling.ApplicationState) *ownApplicationPage {
	own := &scheduling.ApplicationPage{Trip: sampleApplicationTrip(scheduling.TripSelection).Trip, Application: sampleApplication(st)}
	switch own.CanWithdraw = st.Live(); st {
	case scheduling.ApplicationSubmitted:
		own.CanEdit = true
	case scheduling.ApplicationOffered:
		own.CanAnswer, own.CanReduce = true, true
	case scheduling.ApplicationAccepted, scheduling.ApplicationCommitted:
		own.CanCommit, own.CanName, own.CanReduce = st == scheduling.ApplicationAccepted, true, true
		own.Travellers = sampleNamed()
	}
	return &ownApplicationPage{ApplicationPage: own, Days: hostile, Base: "/applications/x", F: values{}, Fewer: []option{{"1", "1"}}}
}

// sampleOwnNamed has something wrong with who is named instead of another.
func sampleOwnNamed() paged {
	p := sampleOwnApplication(scheduling.ApplicationAccepted)
	p.Problem, p.Instead, p.F = wrong("name", "email", "seats"), "v", values{"name": {hostile}, "email": {hostile}}
	return p
}

func sampleSelection(st scheduling.TripState) *selectionPage {
	p := &selectionPage{tripPage: sampleApplicationTrip(st), Query: hostile, Sort: "c", Sorts: hostileOptions, Bulk: append([]option{{"declined", hostile}}, hostileOptions...),
		Chips: []chip{{Label: hostile, Path: "/x?a=1&b=2", Count: 3, Counted: true, On: true}}}
	p.Problem = wrong()
	p.List = &scheduling.SelectionPage{All: 11, Wanted: 9, Mark: "x", CanOffer: st == scheduling.TripSelection}
	for _, s := range scheduling.ApplicationStates {
		p.List.Applications = append(p.List.Applications, sampleApplication(s))
	}
	p.List.Reserve = p.List.Applications[7:8]
	p.List.Suggestion = []scheduling.Suggested{{Application: p.List.Applications[0], Seats: 2}, {Application: p.List.Applications[1], Rank: 1}}
	return p
}

// sampleUnmatched is a list whose filter fits none.
func sampleUnmatched() paged {
	p := sampleSelection(scheduling.TripSelection)
	p.Problem, p.List.Applications, p.List.Reserve, p.List.Suggestion = nil, nil, nil, nil
	return p
}

func sampleOneApplication(st scheduling.ApplicationState) *oneApplicationPage {
	own := sampleOwnApplication(st).ApplicationPage
	p := &oneApplicationPage{tripPage: sampleApplicationTrip(scheduling.TripSelection), OneApplication: &scheduling.OneApplication{ApplicationPage: *own},
		Here: "/organise/trips/trip/applications/a", F: values{"until_day": {"2027-02-01"}, "until_time": {"09:00"}}}
	for _, to := range own.Application.Decisions() {
		p.Decisions = append(p.Decisions, option{string(to), hostile})
	}
	for _, k := range p.Trip.Selection.Criteria {
		p.Criteria = append(p.Criteria, scoring{k, "points." + k.ID, "3", hostile})
	}
	return p
}
