package handlers

import (
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, mine := range map[string]*scheduling.Outcome{
		"":     nil,
		" met": {EntrantID: "a", Met: true, Step: scheduling.LadderNDA, Rating: 3, Next: hostile, Owner: "p", Due: "2026-12-01", Note: hostile},
		" not": {EntrantID: "a", Absent: []string{"b"}},
	} {
		samples["outcome"+name] = func() paged { return sampleOutcome(mine) }
	}
	samples["outcome early"] = func() paged {
		p := sampleOutcome(nil)
		p.Early, p.Closed = true, true
		return p
	}
	samples["outcomes_mine"] = func() paged {
		p := &myOutcomesPage{Round: samplePastRound()}
		p.Open = []*scheduling.OutcomePage{sampleOutcome(nil).OutcomePage}
		p.Said = []*scheduling.OutcomePage{sampleOutcome(&scheduling.Outcome{Met: true, Step: scheduling.LadderPilot, Next: hostile, Due: "2026-12-01"}).OutcomePage}
		return p
	}
	samples["outcomes_mine empty"] = func() paged { return &myOutcomesPage{Round: samplePastRound()} }
	samples["outcomes"] = func() paged { return sampleReport() }
	samples["outcomes empty"] = func() paged {
		return &outcomesPage{OutcomeReport: &scheduling.OutcomeReport{Round: samplePastRound()}, Base: "/organise/rounds/r"}
	}
}

func samplePastRound() *scheduling.Round {
	return &scheduling.Round{Meta: storage.Meta{ID: "r"}, Slug: "r", Title: both(hostile), Zone: houseZone, Phase: scheduling.RoundRunning, Starts: t0, Ends: t0.AddDate(0, 0, 1)}
}

func sampleHadMeeting() *scheduling.Meeting {
	return &scheduling.Meeting{Meta: storage.Meta{ID: "m"}, State: scheduling.MeetingHeld, Starts: t0, Ends: t0.AddDate(0, 0, 1), EntrantIDs: []string{"a", "b"},
		Parties: []scheduling.Party{{EntrantID: "a", Name: hostile}, {EntrantID: "b", Name: hostile}}}
}

func sampleOutcome(mine *scheduling.Outcome) *outcomePage {
	found := &scheduling.OutcomePage{Round: samplePastRound(), Meeting: sampleHadMeeting(), Entrant: &scheduling.Entrant{Meta: storage.Meta{ID: "a"}, Name: hostile},
		Mine: mine, Others: []*scheduling.Outcome{{EntrantID: "b", Met: true, Step: scheduling.LadderContact}}, Disagree: mine != nil, Link: "x.y"}
	p := &outcomePage{OutcomePage: found, F: outcomeValues(mine)}
	p.Steps, p.Ratings, p.Owners = []option{{"nda", hostile}}, []option{{"3", hostile}}, []option{{"p", hostile}}
	p.Sides = []tick{{option{"a", hostile}, false}, {option{"b", hostile}, true}}
	if mine != nil {
		p.Problem = wrong("next", "owner", "due", "note")
	}
	return p
}

func sampleReport() paged {
	row := &scheduling.OutcomeRow{Meeting: sampleHadMeeting(), Said: []*scheduling.Outcome{{EntrantID: "a", Met: true, Step: scheduling.LadderNDA, Next: hostile, Owner: "p", Due: "2026-12-01", Done: true}}, Disagree: true}
	rep := &scheduling.OutcomeReport{Round: samplePastRound(), Rows: []*scheduling.OutcomeRow{row}, Sides: 2, Spoke: 1, Owners: map[string]string{"p": hostile},
		Never: []scheduling.NeverMet{{From: hostile, To: hostile, Why: scheduling.NeverCancelled, Meeting: &scheduling.Meeting{Reason: hostile}}},
		Alone: []*scheduling.Entrant{{Name: hostile}}}
	p := &outcomesPage{OutcomeReport: rep, Shown: rep.Rows, Base: "/organise/rounds/r", Filter: scheduling.OutcomesHeld}
	p.Filters = []figureLink{{"outcome.figure.held", "held", 1, true}}
	p.Ladder = []figureLink{{"outcome.step.nda", "nda", 1, false}}
	return p
}
