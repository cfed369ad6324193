package handlers

import (
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func sampleMorning() *scheduling.Round {
	return &scheduling.Round{Meta: storage.Meta{ID: "r"}, Slug: "power", Title: both(hostile), Zone: "Europe/Helsinki", Phase: scheduling.RoundRequests,
		Way: scheduling.ByBooking, Limits: scheduling.RoundLimits{Requests: 9, Musts: 2}}
}

func sampleParty(id string) *scheduling.Entrant {
	return &scheduling.Entrant{Meta: storage.Meta{ID: id}, Name: hostile, About: both(hostile),
		People: []scheduling.Delegate{{PersonID: "p" + id, Name: hostile, Manages: true}, {PersonID: "q" + id, Name: hostile}}}
}

func sampleOwnMeeting(state scheduling.MeetingState) *scheduling.Meeting {
	return &scheduling.Meeting{Meta: storage.Meta{ID: "m"}, State: state, Starts: t0, Ends: t0.Add(20 * time.Minute), Reason: hostile, Late: []string{"b"},
		EntrantIDs: []string{"a", "b"}, Shown: scheduling.OnCalendar{Where: hostile, Link: "https://meet.example/x"},
		Asked:   &scheduling.MoveAsk{EntrantID: "b", Slot: "s", Message: hostile},
		Parties: []scheduling.Party{{EntrantID: "a", Name: hostile, PersonIDs: []string{"pa"}}, {EntrantID: "b", Name: hostile, PersonIDs: []string{"pb"}}}}
}

// sampleLine is a request in a state, as the one that was asked sees it.
func sampleLine(id string, state scheduling.RequestState) *scheduling.RequestLine {
	q := &scheduling.Request{Meta: storage.Meta{ID: id}, From: "b", To: "a", State: state, Wish: scheduling.Must, Message: hostile, Session: hostile, Deadline: t0}
	l := &scheduling.RequestLine{Request: q, Other: sampleParty("b"), Slot: sampleSlot(), Held: true, Book: true}
	switch state {
	case scheduling.RequestSent:
		l.Yours = true
	case scheduling.RequestAccepted:
		q.Answer, q.Reply, q.Deadline, l.Mine = scheduling.Want, hostile, time.Time{}, true
	case scheduling.RequestDeclined:
		q.Answer, l.Reopens = scheduling.No, true
	}
	return l
}

func sampleSlot() scheduling.Slot {
	return scheduling.Slot{ID: "s", Starts: t0, Ends: t0.Add(20 * time.Minute)}
}

func sampleTimes() []option { return []option{{Value: "s", Label: hostile}} }

func sampleWishes() []option {
	return []option{{Value: "must", Label: hostile}, {Value: "want", Label: "x"}}
}

func init() {
	requestOf := func(l *scheduling.RequestLine) paged {
		return &requestPage{RequestLine: l, Round: sampleMorning(), Base: "/rounds/power/my", Wishes: sampleWishes(), Times: sampleTimes()}
	}
	linkedOf := func(l *scheduling.RequestLine, as scheduling.Wish) paged {
		return &linkedPage{LinkedRequest: &scheduling.LinkedRequest{RequestLine: *l, Round: sampleMorning(), Me: sampleParty("a")}, As: as, Link: "x.y", Wishes: sampleWishes()}
	}
	for name, data := range map[string]func() paged{
		"my_requests": func() paged {
			met := sampleLine("4", scheduling.RequestAccepted)
			met.Meeting = sampleOwnMeeting(scheduling.MeetingPublished)
			return &requestsPage{Base: "/rounds/power/my", RequestsPage: &scheduling.RequestsPage{Round: sampleMorning(), Me: sampleParty("a"),
				Answer: []*scheduling.RequestLine{sampleLine("1", scheduling.RequestSent)}, Waiting: []*scheduling.RequestLine{sampleLine("2", scheduling.RequestCountered)},
				Agreed: []*scheduling.RequestLine{sampleLine("3", scheduling.RequestAccepted), met}, Over: []*scheduling.RequestLine{sampleLine("5", scheduling.RequestDeclined)}}}
		},
		"my_requests none": func() paged {
			r := sampleMorning()
			r.Phase, r.Limits = scheduling.RoundScheduling, scheduling.RoundLimits{}
			return &requestsPage{RequestsPage: &scheduling.RequestsPage{Round: r, Me: sampleParty("a")}}
		},
		"my_ask": func() paged {
			return &askPage{Page: Page{Problem: wrong("wish", "message", "slot")}, Round: sampleMorning(), Other: sampleParty("b"), Base: "/rounds/power/my",
				Form: scheduling.Ask{Message: hostile, Wish: scheduling.Must}, Wishes: sampleWishes(), Times: sampleTimes(), Sessions: []option{{Value: "x", Label: hostile}, {Value: "y", Label: "y"}}}
		},
		"my_request":          func() paged { return requestOf(sampleLine("1", scheduling.RequestSent)) },
		"my_request agreed":   func() paged { return requestOf(sampleLine("1", scheduling.RequestAccepted)) },
		"my_request declined": func() paged { return requestOf(sampleLine("1", scheduling.RequestDeclined)) },
		"b2b_answer":          func() paged { return linkedOf(sampleLine("1", scheduling.RequestSent), scheduling.Want) },
		"b2b_answer no":       func() paged { return linkedOf(sampleLine("1", scheduling.RequestSent), scheduling.No) },
		"b2b_answer over":     func() paged { return linkedOf(sampleLine("1", scheduling.RequestAccepted), "") },
		"my_agenda": func() paged {
			p := &agendaPage{Base: "/rounds/power/my", Now: t0, AgendaPage: &scheduling.AgendaPage{Round: sampleMorning(), Me: sampleParty("a"), Manages: true, Late: map[string]bool{"m": true}}}
			for n, row := range []scheduling.AgendaRow{
				{Meetings: []*scheduling.Meeting{sampleOwnMeeting(scheduling.MeetingPublished)}}, {Held: []*scheduling.RequestLine{sampleLine("1", scheduling.RequestSent)}}, {Break: true, Free: sampleParty("a").People},
			} {
				row.Slot = sampleSlot()
				row.Slot.Starts = row.Slot.Starts.AddDate(0, 0, n/2)
				p.add(row)
			}
			return p
		},
		"my_meeting": func() paged {
			return &ownMeetingPage{Base: "/rounds/power/my", Times: sampleTimes(), Can: true, MeetingPage: &scheduling.MeetingPage{Round: sampleMorning(), Me: sampleParty("a"),
				Meeting: sampleOwnMeeting(scheduling.MeetingPublished), Others: []*scheduling.Entrant{sampleParty("b")}, Asked: sampleSlot(), Theirs: true, Soon: true,
				Takers: sampleParty("a").People[1:], Mine: []scheduling.Person{{Name: hostile}}, Whom: []scheduling.Person{{Name: hostile, Title: hostile, Email: "x@example.org"}}}}
		},
		"my_meeting cancelled": func() paged {
			m := sampleOwnMeeting(scheduling.MeetingCancelled)
			m.Asked = nil
			return &ownMeetingPage{MeetingPage: &scheduling.MeetingPage{Round: sampleMorning(), Me: sampleParty("a"), Meeting: m}}
		},
	} {
		samples[name] = data
	}
}
