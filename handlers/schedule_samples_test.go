package handlers

import (
	"maps"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/match"
	"kohtaamo/storage"
)

func sampleMarket() *scheduling.Round {
	at := t0.AddDate(0, 0, 14)
	r := &scheduling.Round{Meta: storage.Meta{ID: "round", Rev: 2}, Slug: "power", Zone: "Europe/Helsinki", Phase: scheduling.RoundPublished,
		Title: scheduling.Text{"en": hostile, "fi": hostile}, Venues: []scheduling.Venue{{ID: "v", Name: hostile}},
		Tables: []scheduling.Table{{ID: "t1", Name: hostile, Kind: scheduling.AtTable, VenueID: "v"}, {ID: "t2", Name: "Table 2", Kind: scheduling.AtTable}}}
	for i, id := range []string{"s1", "s2"} {
		from := at.Add(time.Duration(i) * 20 * time.Minute)
		r.Slots = append(r.Slots, scheduling.Slot{ID: id, Starts: from, Ends: from.Add(20 * time.Minute)})
	}
	r.Starts, r.Ends = r.Slots[0].Starts, r.Slots[1].Ends
	return r
}

func sampleEntrants() []*scheduling.Entrant {
	var out []*scheduling.Entrant
	for _, id := range []string{"a", "b"} {
		out = append(out, &scheduling.Entrant{Meta: storage.Meta{ID: id}, Name: hostile, Country: "FI", State: scheduling.EntrantIn,
			People: []scheduling.Delegate{{PersonID: "p" + id, Name: hostile, Title: hostile}}})
	}
	return out
}

func sampleMeeting(state scheduling.MeetingState) *scheduling.Meeting {
	r := sampleMarket()
	return &scheduling.Meeting{Meta: storage.Meta{ID: "m", Rev: 1}, RoundID: r.ID, State: state, RequestID: "q", Slot: "s1", Table: "t1",
		Starts: r.Slots[0].Starts, Ends: r.Slots[0].Ends, EntrantIDs: []string{"a", "b"}, Late: []string{"a"}, Absent: []string{"b"},
		Parties: []scheduling.Party{{EntrantID: "a", Name: hostile, PersonIDs: []string{"pa"}}, {EntrantID: "b", Name: hostile, PersonIDs: []string{"pb"}}}}
}

func sampleItem(pinned bool) *scheduling.BoardItem {
	return &scheduling.BoardItem{Key: "q", Request: &scheduling.Request{Meta: storage.Meta{ID: "q"}, Wish: scheduling.Must, Message: hostile}, Parties: sampleEntrants(),
		Place: scheduling.Placed{RequestID: "q", Slot: "s1", Table: "t1", Pinned: pinned}, Required: true, Rev: 1}
}

func sampleSchedule(p *scheduling.Proposal) paged {
	r := sampleMarket()
	b := &scheduling.Board{Round: r, Proposal: p, Days: []string{"2026-12-07", "2026-12-08"}, Day: "2026-12-07", Tables: r.Tables, Meetings: 1, Gaps: 2, LeftMore: 3,
		Rows: []scheduling.BoardRow{{Slot: r.Slots[0], Cells: []*scheduling.BoardItem{sampleItem(true), nil}}, {Slot: r.Slots[1], Cells: []*scheduling.BoardItem{nil, sampleItem(false)}}}}
	b.Left = []scheduling.BoardItem{*sampleItem(false)}
	page := &scheduleBoardPage{schedulePage: newSchedulePage(r), Board: b, ID: "x", Faults: []string{hostile}, Earlier: "/x", Later: "/y",
		Days: []chip{{Label: hostile, Path: "/x", On: true}, {Label: hostile, Path: "/y"}}, Proposals: []chip{{Label: hostile, Path: "/x"}}}
	return page
}

func sampleProposal(state scheduling.ProposalState) *scheduling.Proposal {
	return &scheduling.Proposal{Meta: storage.Meta{ID: "x", Rev: 4, Created: t0}, RoundID: "round", Name: hostile, ByName: hostile, State: state, Status: match.Feasible,
		Placed: []scheduling.Placed{{RequestID: "q", Slot: "s1", Table: "t1"}}, Left: []string{"q2"}, Weight: 990, WeightBound: 1000, Gaps: 3, GapsBound: 1, Relaxed: true, Progress: .4}
}

func sampleProposalPage(state scheduling.ProposalState) paged {
	r := sampleMarket()
	p := &proposalPage{schedulePage: newSchedulePage(r), ProposalPage: &scheduling.ProposalPage{Round: r, Proposal: sampleProposal(state), Ahead: 2},
		Path: "/organise/rounds/round/proposals/x", Percent: 40, Off: hostile, Conflict: []string{hostile}}
	p.Again = 2
	return p
}

func sampleTimetable() *roundPrintPage {
	r := sampleMarket()
	e := &scheduling.TimetableEntry{Meeting: sampleMeeting(scheduling.MeetingPublished), Table: r.Tables[0], Venue: r.Venues[0], Wish: scheduling.Must}
	for _, x := range sampleEntrants() {
		e.Sides = append(e.Sides, scheduling.Side{EntrantID: x.ID, Name: x.Name, Country: x.Country, People: x.People})
	}
	t := &scheduling.Timetable{Round: r, Meetings: []*scheduling.TimetableEntry{e}}
	p := &roundPrintPage{schedulePage: newSchedulePage(r), Timetable: t, Tables: t.TablePlans(), Slots: t.SlotPlans()}
	p.Agendas = []*scheduling.Agenda{{Entrant: sampleEntrants()[0], Person: sampleEntrants()[0].People[0], Entries: []scheduling.AgendaEntry{{TimetableEntry: e, With: e.Sides[1:]}}}}
	return p
}

func sampleComparison(same bool) paged {
	r := sampleMarket()
	c := &scheduling.Comparison{Round: r}
	if !same {
		d := []scheduling.Difference{{Names: hostile, From: scheduling.Spot{Slot: r.Slots[0], Table: r.Tables[0]}}}
		b := []scheduling.Balance{{Entrant: sampleEntrants()[0], MeetingsA: 1, MeetingsB: 2}}
		c.Moved, c.Tables, c.OnlyA, c.OnlyB, c.Gain, c.Lose = d, d, d, d, b, b
	}
	return &comparisonPage{schedulePage: newSchedulePage(r), Comparison: c, NameA: hostile, NameB: hostile}
}

func sampleMatrix() paged {
	es := sampleEntrants()
	q := &scheduling.Request{Meta: storage.Meta{ID: "q"}, From: "a", To: "b", Wish: scheduling.Must}
	m := &scheduling.Matrix{Round: sampleMarket(), Columns: es, Rows: []scheduling.MatrixRow{
		{Entrant: es[0], Cells: []scheduling.MatrixCell{{Self: true}, {Request: q, Wish: scheduling.Must, Meeting: sampleMeeting(scheduling.MeetingPublished)}}},
		{Entrant: es[1], Cells: []scheduling.MatrixCell{{Request: q}, {}}}}}
	for _, w := range []scheduling.Wish{scheduling.Want, scheduling.Maybe, scheduling.No} {
		m.Rows = append(m.Rows, scheduling.MatrixRow{Entrant: es[1], Cells: []scheduling.MatrixCell{{Request: q, Wish: w}}})
	}
	return &matrixPage{schedulePage: newSchedulePage(m.Round), Matrix: m, Query: hostile, Unmet: true}
}

func sampleLive(at bool) paged {
	r := sampleMarket()
	l := &scheduling.Live{Round: r, Now: t0, Tables: []scheduling.LiveTable{{Table: r.Tables[0], Now: sampleMeeting(scheduling.MeetingPublished), Next: sampleMeeting(scheduling.MeetingPublished)}, {Table: r.Tables[1]}},
		Ended: []*scheduling.Meeting{sampleMeeting(scheduling.MeetingNotHeld)}, Absent: sampleEntrants(), Free: sampleEntrants(), Open: r.Tables}
	p := &livePage{schedulePage: newSchedulePage(r), Live: l, F: values{"a": {"a"}}}
	if at {
		l.Slot, l.Next, l.At = &r.Slots[0], &r.Slots[1], &r.Slots[0]
		p.Entrants, p.Seats, p.Typed = []option{{"a", hostile}, {"b", hostile}}, []option{{"t1", hostile}}, true
		p.Page.Problem = wrong("a", "b", "table")
	}
	p.Again = 20
	return p
}

func sampleRoom(proposal *scheduling.Proposal, fewest bool) *boardMeetingPage {
	r, item := sampleMarket(), sampleItem(false)
	item.Place = scheduling.Placed{}
	from, to := scheduling.Spot{Slot: r.Slots[0], Table: r.Tables[0]}, scheduling.Spot{Slot: r.Slots[1], Table: r.Tables[1]}
	m := &scheduling.BoardMeeting{Round: r, Proposal: proposal, Item: item}
	m.Room = &scheduling.Room{Round: r, Names: hostile, To: from, Moves: []scheduling.Difference{{Names: hostile, From: from, To: to}}, Fewest: fewest, Seen: "seen"}
	return &boardMeetingPage{schedulePage: newSchedulePage(r), BoardMeeting: m, ID: "x", Board: "/x"}
}

func init() {
	maps.Copy(samples, map[string]func() paged{
		"schedule_board":        func() paged { return sampleSchedule(nil) },
		"schedule_board draft":  func() paged { return sampleSchedule(sampleProposal(scheduling.ProposalReady)) },
		"schedule_board closed": func() paged { return sampleSchedule(sampleProposal(scheduling.ProposalPublished)) },
		"schedule_board empty": func() paged {
			return &scheduleBoardPage{schedulePage: newSchedulePage(sampleMarket()), Board: &scheduling.Board{Round: sampleMarket()}, ID: "published"}
		},
		"board_meeting": func() paged {
			r := sampleMarket()
			p := &boardMeetingPage{schedulePage: newSchedulePage(r), BoardMeeting: &scheduling.BoardMeeting{Round: r, Item: sampleItem(false)}, ID: "published", Board: "/x"}
			p.Answers = []scheduling.InviteeAnswer{{Name: hostile, RSVP: scheduling.RSVP{Answer: scheduling.AnswerNo, Comment: hostile, At: r.Starts}}}
			p.Spots, p.Slots, p.Tables = []option{{"x", hostile}}, []option{{"s1", hostile}}, []option{{"t1", hostile}}
			return p
		},
		"board_meeting pinned": func() paged {
			r := sampleMarket()
			return &boardMeetingPage{schedulePage: newSchedulePage(r), BoardMeeting: &scheduling.BoardMeeting{Round: r, Proposal: sampleProposal(scheduling.ProposalReady), Item: sampleItem(true)}, ID: "x", Board: "/x"}
		},
		"board_meeting unplaced": func() paged {
			r, item := sampleMarket(), sampleItem(false)
			item.Place, item.Request = scheduling.Placed{}, nil
			return &boardMeetingPage{schedulePage: newSchedulePage(r), BoardMeeting: &scheduling.BoardMeeting{Round: r, Item: item}, ID: "published", Board: "/x"}
		},
		"board_meeting room":       func() paged { return sampleRoom(nil, true) },
		"board_meeting room draft": func() paged { return sampleRoom(sampleProposal(scheduling.ProposalReady), false) },
		"board_meeting no room": func() paged {
			p := sampleRoom(nil, true)
			p.Room = &scheduling.Room{Fewest: true}
			return p
		},
		"board_meeting no room found": func() paged {
			p := sampleRoom(nil, true)
			p.Room = &scheduling.Room{}
			return p
		},
		"proposals": func() paged {
			r := sampleMarket()
			p := &proposalsPage{schedulePage: newSchedulePage(r), ProposalsPage: &scheduling.ProposalsPage{Round: r, Proposals: []*scheduling.Proposal{sampleProposal(scheduling.ProposalReady), sampleProposal(scheduling.ProposalSolving)}}}
			one := []option{{"a", hostile}, {"b", hostile}}
			p.Form, p.Budgets, p.Basis, p.Sides = proposalForm{Name: hostile, Once: "x"}, one, one, one
			p.Page.Problem = wrong("name", "budget", "seed", "based")
			return p
		},
		"proposals none": func() paged {
			r := sampleMarket()
			return &proposalsPage{schedulePage: newSchedulePage(r), ProposalsPage: &scheduling.ProposalsPage{Round: r}}
		},
		"proposal":           func() paged { return sampleProposalPage(scheduling.ProposalReady) },
		"proposal queued":    func() paged { return sampleProposalPage(scheduling.ProposalQueued) },
		"proposal solving":   func() paged { return sampleProposalPage(scheduling.ProposalSolving) },
		"proposal published": func() paged { return sampleProposalPage(scheduling.ProposalPublished) },
		"proposal failed":    func() paged { return sampleProposalPage(scheduling.ProposalFailed) },
		"compare":            func() paged { return sampleComparison(false) },
		"compare same":       func() paged { return sampleComparison(true) },
		"matrix":             sampleMatrix,
		"matrix none": func() paged {
			return &matrixPage{schedulePage: newSchedulePage(sampleMarket()), Matrix: &scheduling.Matrix{Round: sampleMarket()}}
		},
		"live":       func() paged { return sampleLive(true) },
		"live none":  func() paged { return sampleLive(false) },
		"agendas":    func() paged { return sampleTimetable() },
		"table_plan": func() paged { return sampleTimetable() },
		"slot_plan":  func() paged { return sampleTimetable() },
		"slot_plan none": func() paged {
			return &roundPrintPage{schedulePage: newSchedulePage(sampleMarket()), Timetable: &scheduling.Timetable{Round: sampleMarket()}}
		},
	})
}
