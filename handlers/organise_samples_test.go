package handlers

import (
	"maps"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func sampleOwn(state scheduling.EventState) *scheduling.Event {
	e := scheduling.NewEvent(&scheduling.Cluster{Meta: storage.Meta{ID: "c"}, Zone: "Europe/Helsinki"}, t0.AddDate(0, 0, 20))
	e.ID, e.Rev, e.Slug, e.State = "event", 3, "circular-arena", state
	e.Title = scheduling.Text{"en": hostile, "fi": hostile}
	e.Venue, e.CancelReason = hostile, hostile
	e.Agenda = []scheduling.Item{{UID: "u", Starts: e.Starts, Ends: e.Ends, Title: scheduling.Text{"fi": hostile}, Room: hostile}}
	e.Rules.Seats = 100
	e.Rules.Questions = []scheduling.Question{
		{Key: "diet", Kind: scheduling.AskChoice, Label: scheduling.Text{"en": hostile}, Help: scheduling.Text{"en": hostile}, Options: []scheduling.Option{{Key: "a", Label: scheduling.Text{"en": hostile}}}},
		{Key: "days", Kind: scheduling.AskMany, Label: scheduling.Text{"en": hostile}, Options: []scheduling.Option{{Key: "a", Label: scheduling.Text{"en": hostile}}}},
		{Key: "bus", Kind: scheduling.AskYesNo, Label: scheduling.Text{"en": hostile}},
		{Key: "why", Kind: scheduling.AskLong, Label: scheduling.Text{"en": hostile}, When: &scheduling.ShownWhen{Question: "bus", Is: []string{"yes"}}},
		{Key: "size", Kind: scheduling.AskText, Label: scheduling.Text{"en": hostile}},
	}
	e.Rules.Consents = []scheduling.ConsentAsk{{Purpose: "photos", Label: scheduling.Text{"fi": hostile}}}
	return e
}

func sampleBoard(state scheduling.EventState) boardPage {
	e := sampleOwn(state)
	p := boardPage{EventPage: &scheduling.EventPage{Event: e, Organise: true, Seating: &scheduling.Seating{Seats: 100, Taken: 90, Waiting: 3, Pending: 2, Attended: 40}},
		Phase: e.Phase(t0), Base: "/organise/events/event"}
	p.Tabs = eventTabs(p.EventPage)
	return p
}

func sampleReg(id string, state scheduling.RegState) *scheduling.Registration {
	return &scheduling.Registration{Meta: storage.Meta{ID: id, Created: t0}, EventID: "event", State: state, Name: hostile, Email: "a@example.fi",
		Company: hostile, Title: hostile, Ticket: "7F4K9QXM", Note: hostile, Reason: hostile, WalkIn: true, Unconfirmed: state == scheduling.Pending,
		CheckedInAt: t0, CheckedInBy: hostile, Queue: 4, Deadline: t0.Add(time.Hour),
		RSVP:     scheduling.RSVP{Answer: scheduling.AnswerNo, Comment: hostile, At: t0, Via: "mail"},
		Answers:  scheduling.Answers{"diet": {"a"}, "why": {hostile}},
		Consents: []scheduling.Consent{{Purpose: "photos", Given: true, At: t0, Wording: hostile}}}
}

func sampleAttention() *scheduling.Attention {
	f := &scheduling.EventFigures{Event: sampleOwn(scheduling.Published), Seating: &scheduling.Seating{Seats: 2, Taken: 2, Waiting: 4}}
	list := []*scheduling.EventFigures{f}
	return &scheduling.Attention{Now: t0, Today: list, Full: list, Drafts: list, Next: list,
		Pending: []scheduling.PendingGroup{{EventFigures: *f, Count: 2, Oldest: t0}},
		Offers:  []*scheduling.MyPage{{Event: f.Event, Seating: f.Seating, Registration: sampleReg("r", scheduling.Offered)}}}
}

func sampleEditor(p *editorPage) paged {
	p.Langs, p.Zones, p.Sections = languages, zones, editorSections
	one := []option{{"seminar", hostile}}
	p.Kinds, p.Modes, p.Audiences, p.AskKinds, p.Clusters, p.Groups, p.Projects = one, one, one, []option{{"text", hostile}, {"choice", hostile}}, one, one, one
	p.Agenda, p.Consents = []int{0, 1}, []int{0}
	for i := range p.F.rows("questions") {
		p.Asked = append(p.Asked, askedRow{N: i, Key: "k", Whens: one})
	}
	return p
}

func sampleRegPage(state scheduling.RegState, problem *FormProblem) paged {
	r := sampleReg("r", state)
	p := &regPage{boardPage: sampleBoard(scheduling.Published), R: r, Position: 4, Party: []*scheduling.Registration{sampleReg("o", state)},
		Answers: []answered{{hostile, hostile}}, F: regValues(r), History: []*scheduling.Entry{{Action: "registration.create", At: t0, ActorName: hostile, Reason: hostile}},
		Mails: []*mailer.Mail{{Meta: storage.Meta{Created: t0}, State: mailer.Sent, Letter: mailer.Letter{Subject: hostile}}}}
	p.Problem = problem
	p.can(true)
	p.Asks = (&Server{}).sampleAsks(p.Event)
	return p
}

// sampleAsks are the questions as fields, without a language.
func (*Server) sampleAsks(e *scheduling.Event) (out []askField) {
	for _, q := range e.Rules.Questions {
		out = append(out, askField{Question: q, Name: "answer." + q.Key, Choices: []option{{"a", hostile}}})
	}
	return out
}

func sampleImport(dry bool) paged {
	rep := &scheduling.ImportReport{DryRun: dry, Columns: []scheduling.ImportColumn{{Head: hostile}}, Lines: []scheduling.ImportLine{
		{Line: 2, Name: hostile, Email: hostile, Outcome: scheduling.OutWrong, Faults: []scheduling.ImportFault{{Column: hostile, Value: hostile, Key: "problem.address"}, {Key: "register.full"}}},
		{Line: 3, Name: hostile, Outcome: scheduling.OutKnown, ID: "r"}}}
	return &importPage{boardPage: sampleBoard(scheduling.Published), Report: rep, File: "eA==", Name: hostile, Tell: true, Ready: 1, Counts: []figure{{1, "import.figure.wrong"}}}
}

func sampleCheckIn(state scheduling.RegState, tone string) paged {
	p := &checkInPage{boardPage: sampleBoard(scheduling.Published), Query: hostile, Counter: "1", Scan: true,
		List: []*scheduling.Registration{sampleReg("r1", scheduling.Confirmed), sampleReg("r2", scheduling.Attended), sampleReg("r3", scheduling.Waitlisted)}}
	p.Result = &arrival{R: sampleReg("r", state), Tone: tone, Text: hostile}
	return p
}

func init() {
	published, draft := scheduling.Published, scheduling.Draft
	people := []*scheduling.Registration{sampleReg("r", scheduling.Confirmed), sampleReg("s", scheduling.Attended)}
	maps.Copy(samples, map[string]func() paged{
		"dashboard": func() paged {
			return &dashboardPage{Attention: sampleAttention(), Held: 2, Failed: 1, Figures: []figure{{3, "dashboard.figure.seats"}}}
		},
		"dashboard without mail": func() paged {
			return &dashboardPage{Attention: &scheduling.Attention{}, Mail: mailHealth{}}
		},
		"dashboard calm": func() paged {
			return &dashboardPage{Attention: &scheduling.Attention{}, Calm: true, Mail: mailHealth{Senders: 1}}
		},
		"own_events": func() paged {
			f := sampleAttention().Next[0]
			return &ownEventsPage{Events: []ownEvent{{f, "published"}, {f, "draft"}}, Query: hostile, Clusters: []option{{"a", hostile}, {"b", hostile}}, Views: []chip{{Label: hostile, Path: "/x", On: true}}}
		},
		"own_events new":  func() paged { return &ownEventsPage{New: true} },
		"own_events none": func() paged { return &ownEventsPage{} },
		"door":            func() paged { return &doorPage{Events: []*scheduling.Event{sampleOwn(published)}} },
		"door empty":      func() paged { return &doorPage{} },
		"registrations": func() paged {
			return &regsPage{boardPage: sampleBoard(published), List: people, Total: 2, Chips: []chip{{Label: hostile, Path: "/x", Count: 3, On: true}},
				Query: hostile, State: "confirmed", Sorts: []option{{"name", hostile}}, Failed: []bulkFailure{{hostile, hostile}}, Done: 1}
		},
		"registrations empty":   func() paged { return &regsPage{boardPage: sampleBoard(draft)} },
		"registrations none":    func() paged { return &regsPage{boardPage: sampleBoard(scheduling.Cancelled), Total: 3} },
		"registration":          func() paged { return sampleRegPage(scheduling.Confirmed, nil) },
		"registration pending":  func() paged { return sampleRegPage(scheduling.Pending, wrong("name")) },
		"registration attended": func() paged { return sampleRegPage(scheduling.Attended, nil) },
		"add": func() paged {
			p := &addPage{boardPage: sampleBoard(published), F: values{}}
			p.Problem = wrong("name", "email")
			p.Asks = (&Server{}).sampleAsks(p.Event)
			return p
		},
		"cancel_event": func() paged {
			p := &eventActionPage{boardPage: sampleBoard(published)}
			p.Problem = wrong("reason")
			return p
		},
		"copy_event": func() paged { return &eventActionPage{boardPage: sampleBoard(published), Day: "2027-01-14"} },
		"import": func() paged {
			p := &importPage{boardPage: sampleBoard(published), Known: []string{hostile}}
			p.Problem = wrong("file")
			return p
		},
		"import dry":  func() paged { return sampleImport(true) },
		"import done": func() paged { return sampleImport(false) },
		"answers": func() paged {
			return &answersPage{boardPage: sampleBoard(published), People: 3, Questions: []answerCount{{Label: hostile, Lines: []answerLine{{hostile, 2}}}, {Label: hostile, Texts: []scheduling.WrittenBy{{Name: hostile, Text: hostile}}}, {Label: hostile}}}
		},
		"answers empty": func() paged { return &answersPage{boardPage: sampleBoard(published)} },
		"badges":        func() paged { return &printPage{boardPage: sampleBoard(published), People: people} },
		"names":         func() paged { return &printPage{boardPage: sampleBoard(published), People: people} },
		"checkin":       func() paged { return sampleCheckIn(scheduling.Attended, "good") },
		"checkin again": func() paged { return sampleCheckIn(scheduling.Confirmed, "wait") },
		"checkin refused": func() paged {
			return &checkInPage{boardPage: sampleBoard(published), Query: hostile, Result: &arrival{Tone: "bad", Text: hostile}}
		},
		"checkin walkin": func() paged {
			p := &checkInPage{boardPage: sampleBoard(published), WalkIn: true, F: values{"name": {hostile}}}
			p.Problem = wrong("name", "email")
			return p
		},
		"editor": func() paged {
			return sampleEditor(&editorPage{boardPage: sampleBoard(published), F: eventValues(sampleOwn(published))})
		},
		"editor stale": func() paged {
			p := &editorPage{boardPage: sampleBoard(published), F: eventValues(sampleOwn(published)), Stale: []staleLine{{hostile, hostile, hostile}}, Tell: 3}
			p.Problem = wrong("title.fi", "starts_day", "group_ids", "cluster_ids")
			return sampleEditor(p)
		},
		"editor new": func() paged {
			b := sampleBoard(draft)
			b.Base = "/organise/events/new"
			return sampleEditor(&editorPage{boardPage: b, New: true, F: values{}})
		},
	})
}
