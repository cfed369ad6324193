package handlers

import (
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"records": func() paged {
			return &recordsPage{RecordsPage: &scheduling.RecordsPage{Group: sampleGroup(), Manage: true, Open: 3, Overdue: 1, Polls: []*scheduling.DatePoll{samplePoll("open")},
				Ahead: []*scheduling.MeetingRecord{sampleRecord("planned")}, Past: []*scheduling.MeetingRecord{sampleRecord("held"), sampleRecord("approved"), sampleRecord("cancelled")}}}
		},
		"records none": func() paged { return &recordsPage{RecordsPage: &scheduling.RecordsPage{Group: sampleGroup()}} },
		"record_agenda": func() paged {
			return sampleRecordForm("agenda.0.title", "agenda.0.minutes", "agenda.0.who", "agenda.1.title", "agenda.1.minutes", "agenda.1.who")
		},
		"record_minutes": func() paged { return sampleRecordForm("minutes", "decisions.0", "decisions.1") },
		"record_minutes preview": func() paged {
			p := sampleRecordForm()
			p.Preview = hostile
			return p
		},
		"record_move": func() paged {
			return sampleRecordForm("title", "starts_day", "starts_time", "minutes", "zone", "place", "link")
		},
		"record_attendance": func() paged {
			p := sampleRecordPage("held", true)
			p.Problem = wrong("name")
			return p
		},
		"record_attendance none": func() paged {
			p := sampleRecordPage("planned", true)
			p.Roll, p.Problem = nil, nil
			return p
		},
		"poll_form": func() paged {
			return &pollFormPage{Page: Page{Problem: wrong("title", "about", "zone", "minutes", "times", "answer_by", "place", "link")}, F: pollValues(samplePoll("open")), Group: sampleGroup(),
				Poll: samplePoll("open"), Lines: []string{"0", "1"}, Zones: zones[:3]}
		},
		"poll_form new": func() paged { return &pollFormPage{F: values{}, Group: sampleGroup(), Lines: []string{"0"}} },
		"actions":       func() paged { return sampleActions(sampleGroup()) },
		"actions open":  func() paged { return sampleActions(nil) },
		"actions none":  func() paged { return &actionsPage{ActionsPage: &scheduling.ActionsPage{Group: sampleGroup()}} },
	} {
		samples[name] = data
	}
	for _, st := range []string{"planned", "held", "approved", "cancelled"} {
		samples["record "+st] = func() paged { return sampleRecordPage(st, true) }
		samples["record read "+st] = func() paged { return sampleRecordPage(st, false) }
		samples["record_print "+st] = func() paged { return sampleRecordPage(st, false) }
	}
	for _, st := range scheduling.PollStates {
		samples["poll "+string(st)] = func() paged { return samplePollPage(st, true) }
		samples["poll member "+string(st)] = func() paged { return samplePollPage(st, false) }
		samples["poll_answer "+string(st)] = func() paged { return samplePollPage(st, false) }
	}
	for _, st := range scheduling.ActionStates {
		samples["action "+string(st)] = func() paged { return sampleActionPage(st, true) }
		samples["action member "+string(st)] = func() paged { return sampleActionPage(st, false) }
		samples["action_done "+string(st)] = func() paged { return sampleActionPage(st, false) }
	}
}

// sampleRecord is one in a state; "cancelled" is a planned one that was called off.
func sampleRecord(st string) *scheduling.MeetingRecord {
	r := &scheduling.MeetingRecord{Meta: storage.Meta{ID: "r" + st, Rev: 2}, GroupID: "g", UID: "u", State: scheduling.RecordState(st), Title: both(hostile), Starts: t0, Ends: t0.Add(90 * time.Minute), Zone: houseZone,
		Place: hostile, Link: "https://example.fi/?a=1&b=2", Agenda: []scheduling.AgendaLine{{ID: "a", Title: hostile, Minutes: 20, Who: hostile}, {ID: "b", Title: "Muut"}}, AgendaSentAt: t0,
		Present: []scheduling.Presence{{PersonID: "p", Name: hostile, State: "present"}, {Name: hostile, State: "remote"}}, Minutes: hostile, Decisions: []scheduling.Resolution{{ID: "d", Text: hostile}}, Reason: hostile}
	switch st {
	case "cancelled":
		r.State, r.CancelledAt = scheduling.RecordPlanned, t0
	case "approved":
		r.ApprovedAt, r.ApprovedBy, r.Promised = t0, hostile, []scheduling.Promise{{What: hostile, OwnerName: hostile, Due: "2026-12-01"}, {What: "x", Due: "2026-12-01"}}
	}
	return r
}

func sampleRecordPage(st string, manage bool) *recordPage {
	p := &recordPage{RecordPage: &scheduling.RecordPage{Group: sampleGroup(), Cluster: sampleClusters()[0], Record: sampleRecord(st), Manage: manage, Member: !manage, Actions: []*scheduling.ActionItem{sampleAction("open"), sampleAction("done")}},
		Now: t0.AddDate(0, 0, 30), Zone: houseZone, Options: hostileOptions, F: values{"id": {"x"}}}
	if manage && (st == "planned" || st == "held") {
		p.Problem = wrong("what", "owner", "due")
	}
	if st == "planned" {
		p.Carried = []*scheduling.ActionItem{sampleAction("open")}
	}
	p.Roll = []scheduling.RollLine{{Presence: p.Record.Present[0], Company: hostile, Member: true}, {Presence: scheduling.Presence{PersonID: "q", Name: hostile}, Member: true}, {Presence: p.Record.Present[1]}}
	return p
}

func sampleRecordForm(fields ...string) *recordFormPage {
	p := &recordFormPage{RecordPage: sampleRecordPage("held", true).RecordPage, F: values{"agenda.0.title": {hostile}, "minutes": {hostile}, "decisions.0": {hostile}}, Lines: []string{"0", "1"}, Zones: zones[:3]}
	p.F.text("title", both(hostile))
	if len(fields) > 0 {
		p.Problem = wrong(fields...)
	}
	return p
}

func samplePoll(st scheduling.PollState) *scheduling.DatePoll {
	p := &scheduling.DatePoll{Meta: storage.Meta{ID: "v", Rev: 1}, GroupID: "g", State: st, Title: both(hostile), About: both(hostile), Place: hostile, Link: "https://example.fi/", Zone: houseZone, Minutes: 90, AskedAt: t0, AnswerBy: t0.AddDate(0, 0, 6),
		Times: []scheduling.CandidateTime{{ID: "t", Starts: t0.AddDate(0, 0, 9)}, {ID: "u", Starts: t0.AddDate(0, 0, 10)}}, Voters: []scheduling.Voter{{PersonID: "p", Answers: map[string]scheduling.GroupAnswer{"t": scheduling.GroupYes, "u": scheduling.GroupNo}}}, Reason: hostile}
	if st == scheduling.PollClosed {
		p.Chosen, p.RecordID = "t", "r"
	}
	return p
}

func samplePollPage(st scheduling.PollState, manage bool) *pollPage {
	v := samplePoll(st)
	p := &pollPage{PollPage: &scheduling.PollPage{Group: sampleGroup(), Cluster: sampleClusters()[0], Poll: v, Manage: manage, Member: true, Counts: v.Counts([]string{"p", "q"}), Silent: 1,
		Members: []*scheduling.Person{{Meta: storage.Meta{ID: "p"}, Name: hostile}, {Meta: storage.Meta{ID: "q"}, Name: hostile}}}, Base: "/x", Mine: "p", Answers: hostileOptions, F: values{}}
	p.Times = p.Counts
	if st == scheduling.PollOpen {
		p.Problem = wrong("answer.t")
	}
	return p
}

func sampleAction(st scheduling.ActionState) *scheduling.ActionItem {
	return &scheduling.ActionItem{Meta: storage.Meta{ID: "a" + string(st), Rev: 3}, GroupID: "g", RecordID: "r", What: hostile, OwnerID: "p", OwnerName: hostile, Due: "2026-11-20", State: st, Note: hostile,
		History: []scheduling.ActionStep{{At: t0, By: hostile, What: "created"}, {At: t0, By: "", What: "given", Note: hostile}}}
}

func sampleActions(g *scheduling.Group) *actionsPage {
	p := &actionsPage{ActionsPage: &scheduling.ActionsPage{Group: g, Manage: true, Actions: []*scheduling.ActionItem{sampleAction("open"), sampleAction("done"), sampleAction("dropped")}, Groups: map[string]*scheduling.Group{"g": sampleGroup()}, Open: 2, Overdue: 1},
		View: "all", Views: []chip{{Label: hostile, Path: "/x", Count: 2, Counted: true, On: true}, {Label: "y", Path: "/y"}}, Options: hostileOptions, Today: "2026-11-23", F: values{"what": {hostile}}}
	if g != nil {
		p.Problem = wrong("what", "owner", "due")
	}
	return p
}

func sampleActionPage(st scheduling.ActionState, manage bool) *actionPage {
	p := &actionPage{ActionPage: &scheduling.ActionPage{Group: sampleGroup(), Action: sampleAction(st), Record: sampleRecord("held"), Manage: manage, Own: true}, Overdue: st == scheduling.ActionOpen,
		Options: hostileOptions, Base: "/x", Zone: houseZone, F: values{"what": {hostile}, "rev": {"3"}}}
	if st == scheduling.ActionOpen {
		p.Problem = wrong("note")
	}
	return p
}
