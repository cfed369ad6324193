package handlers

import (
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"home": func() paged {
			return &homePage{House: hostile, Months: sampleMonths(), More: true, Clusters: sampleClusters()}
		},
		"home empty":   func() paged { return &homePage{House: hostile} },
		"events":       func() paged { return sampleEvents(&eventsPage{Months: sampleMonths()}) },
		"events empty": func() paged { return sampleEvents(&eventsPage{Filtered: true}) },
		"events none":  func() paged { return &eventsPage{} },
		"events month": func() paged { return sampleEvents(&eventsPage{Grid: sampleGrid()}) },
		"clusters":     func() paged { return &clustersPage{Clusters: sampleClusters()} },
		"cluster":      func() paged { return sampleCluster() },
		"account":      func() paged { return sampleAccount() },
		"account new":  func() paged { return &accountPage{} },
	} {
		samples[name] = data
	}
	for _, st := range []scheduling.Standing{scheduling.StandOpen, scheduling.StandWaiting, scheduling.StandFull, scheduling.StandEarly,
		scheduling.StandClosed, scheduling.StandEnded, scheduling.StandCancelled, scheduling.StandDraft} {
		samples["event "+string(st)] = func() paged { return sampleEventPage(st) }
		samples["register "+string(st)] = func() paged { return sampleRegister(st) }
	}
	for _, st := range scheduling.RegStates {
		samples["my "+string(st)] = func() paged { return sampleMy(st) }
		samples["registered "+string(st)] = func() paged {
			m := sampleMy(st)
			return &receiptPage{ReceiptPage: &scheduling.ReceiptPage{MyPage: *m.MyPage, Link: "x.y"}, Calendar: m.Calendar}
		}
		samples["my_cancel "+string(st)] = func() paged { return sampleMy(st) }
	}
	samples["ticket"] = func() paged { return sampleMy(scheduling.Confirmed) }
	samples["my_edit"] = func() paged {
		p := &editPage{myPage: *sampleMy(scheduling.Confirmed), Questions: sampleQuestions(), Consents: sampleConsents()}
		p.Problem = wrong("name", "answer.long", "answer.many", "consent.photos")
		return p
	}
	for _, a := range append(scheduling.InviteAnswers, "") {
		for _, st := range []scheduling.RegState{scheduling.Confirmed, scheduling.Offered} {
			samples["my_answer "+string(a)+" "+string(st)] = func() paged {
				p := &answerPage{myPage: *sampleMy(st), As: a, Answers: scheduling.InviteAnswers}
				p.Lead = p.leadOf(a)
				return p
			}
		}
	}
	samples["my_hand_over"] = func() paged {
		p := &handOverPage{myPage: *sampleMy(scheduling.Confirmed), Form: scheduling.Guest{Name: hostile}}
		p.Problem = wrong("name", "email", "title")
		return p
	}
}

func both(s string) scheduling.Text { return scheduling.Text{"sv": s} }

func sampleEvent() *scheduling.Event {
	e := scheduling.NewEvent(sampleClusters()[0], t0)
	e.Slug, e.State, e.Title, e.Summary, e.Body = "x", scheduling.Published, both(hostile), both(hostile), both("# "+hostile)
	e.Venue, e.Address, e.Mode, e.Link, e.Kind = hostile, hostile, scheduling.Hybrid, "https://example.fi/x", "visit"
	e.Contact, e.ContactEmail, e.CancelReason = hostile, "a@example.fi", hostile
	e.Agenda = []scheduling.Item{{Starts: t0, Ends: t0.Add(time.Hour), Title: both(hostile), Room: hostile, Speaker: hostile, About: both(hostile)},
		{Starts: t0.Add(30 * time.Hour), Ends: t0.Add(31 * time.Hour), Title: both(hostile)}}
	e.Rules.ClosesAt, e.Rules.PartyMax, e.Rules.Approval = t0, 4, true
	return e
}

func sampleClusters() []*scheduling.Cluster {
	return []*scheduling.Cluster{
		{Meta: storage.Meta{ID: "c"}, Slug: "c", Name: both(hostile), About: both(hostile), Zone: houseZone, Website: "https://example.fi"},
		{Slug: "d", Name: both("D"), Zone: houseZone},
	}
}

func sampleMonths() []eventMonth {
	var rows []eventRow
	for _, p := range []scheduling.Phase{scheduling.PhasePublished, scheduling.PhaseCancelled, scheduling.PhaseUnderWay, scheduling.PhaseEnded} {
		rows = append(rows, eventRow{Event: sampleEvent(), Phase: p, Until: t0.Add(30 * time.Hour), Clusters: sampleClusters(),
			Seats: seats{Standing: scheduling.StandOpen, Limited: true, Free: 3}})
	}
	return byMonth(rows)
}

func sampleEvents(p *eventsPage) paged {
	chips := []filterChip{{hostile, "/events?x=1", true}, {hostile, "/events", false}}
	p.Query, p.Hidden, p.Views, p.Clusters, p.Kinds, p.Modes = hostile, []hidden{{"view", "month"}}, chips, chips, chips, chips
	p.Narrowed = true
	p.Pager = &Pager{First: "/events", Next: "/events?after=x"}
	return p
}

func sampleGrid() *monthGrid {
	return newMonthGrid(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), t0.Truncate(24*time.Hour), []*scheduling.Event{sampleEvent()})
}

func sampleCluster() paged {
	g := &scheduling.Group{Kind: "b2b", Name: both(hostile), About: both(hostile)}
	return &clusterPage{Issues: []*scheduling.ForesightIssue{sampleIssue(scheduling.IssuePublished, false)}, Zone: houseZone, Cluster: sampleClusters()[0], Groups: []*scheduling.Group{g}, Months: sampleMonths(), More: true, Feed: subscribe("https://x.fi/calendar/c.ics")}
}

func sampleAccount() paged {
	rows := []myRow{{sampleMy(scheduling.Confirmed).MyPage, "/my/x"}}
	return &accountPage{Issues: []*scheduling.ForesightIssue{sampleIssue(scheduling.IssuePublished, false)}, Zone: houseZone, Coming: rows, Past: rows, Calendars: 2, Groups: []*scheduling.Group{{Name: both(hostile)}}, Langs: []choice{{"fi", "suomi", true}}}
}

func sampleFound() *scheduling.EventPage {
	return &scheduling.EventPage{Event: sampleEvent(), Seating: &scheduling.Seating{Seats: 3}, Clusters: sampleClusters(),
		Groups: []*scheduling.Group{{Name: both(hostile)}}, Coming: []scheduling.Attendee{{Name: hostile, Company: hostile}}}
}

func sampleEventPage(st scheduling.Standing) paged {
	p := &eventPage{EventPage: sampleFound(), Phase: scheduling.PhasePublished, Seats: sampleSeats(st), Map: "https://example.fi/map", Social: "https://x/events/x"}
	p.Days, p.Calendar = agendaDays(p.Event), sampleCalendar()
	switch st {
	case scheduling.StandCancelled, scheduling.StandDraft, scheduling.StandEnded:
		p.Phase = scheduling.Phase(st)
	case scheduling.StandFull:
		p.Mine, p.MyPath = &scheduling.Registration{State: scheduling.Waitlisted}, "/my/x"
	}
	return p
}

func sampleSeats(st scheduling.Standing) seats {
	return seats{Standing: st, Limited: true, Free: 1, Waiting: 2, Opens: t0, Closes: t0, Zone: houseZone, Live: "/events/x/seats"}
}

func sampleCalendar() []calendarLink {
	return []calendarLink{{"public.calendar.file", "/events/x.ics", false}, {"public.calendar.google", "https://example.com/?a=b&c=d", true}}
}

func sampleQuestions() []asking {
	label := both(hostile)
	yes := []choice{{"yes", hostile, true}, {"no", hostile, false}}
	var out []asking
	for i, kind := range scheduling.QuestionKinds {
		q := scheduling.Question{Key: string(kind), Kind: kind, Label: label, Help: label, Required: i%2 == 0}
		out = append(out, asking{Question: q, Name: "answer." + q.Key, Value: hostile, Shown: i < 3, When: "answer.x=" + hostile, Answer: yes})
	}
	return out
}

func sampleConsents() []consent {
	return []consent{{scheduling.ConsentAsk{Purpose: "photos", Label: both(hostile), Required: true}, "consent.photos", true}}
}

func sampleRegister(st scheduling.Standing) paged {
	p := &registerPage{EventPage: sampleFound(), Seats: sampleSeats(st), Once: "x", Questions: sampleQuestions(), Consents: sampleConsents(), MayAdd: true}
	p.Open = st == scheduling.StandOpen || st == scheduling.StandWaiting
	p.Form = scheduling.Signup{Name: hostile, Email: hostile, Company: hostile, Title: hostile}
	p.Guests = []guest{{scheduling.Guest{Name: hostile, Email: hostile}, 1, "party.0"}, {scheduling.Guest{}, 2, "party.1"}}
	if p.Open {
		p.Problem = wrong("name", "email", "party.0.email", "answer.choice", "consent.photos", "party")
	}
	return p
}

func sampleMy(st scheduling.RegState) *myPage {
	r := &scheduling.Registration{State: st, Name: hostile, Company: hostile, Email: "a@example.fi", Ticket: "ABCDEFGH", Deadline: t0,
		Reason: hostile, Unconfirmed: st == scheduling.Pending, RSVP: scheduling.RSVP{Answer: scheduling.AnswerMaybe, Comment: hostile}}
	m := &scheduling.MyPage{Event: sampleEvent(), Seating: &scheduling.Seating{}, Registration: r, Party: []*scheduling.Registration{r}}
	if st == scheduling.Waitlisted {
		m.Position = 3
	}
	p := &myPage{MyPage: m, Base: "/my/x", Phase: scheduling.PhasePublished, Calendar: sampleCalendar(), Map: "https://example.fi/map"}
	if st == scheduling.NoShow {
		p.Phase = scheduling.PhaseCancelled
	}
	live := st.Live()
	p.CanEdit, p.CanCancel, p.CanGive, p.CanAnswer, p.Ticket, p.Join, p.Unasked, p.Closed = live, live, live, st == scheduling.Offered, live, live, live, !live
	return p
}
