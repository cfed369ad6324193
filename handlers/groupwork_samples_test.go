package handlers

import (
	"fmt"
	"maps"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func sampleGroupAccess(manage bool) *scheduling.MeetingsPage {
	g := &scheduling.Group{Meta: storage.Meta{ID: "g", Rev: 1}, Slug: "g", ClusterID: "c", Kind: "working", Name: both(hostile)}
	return &scheduling.MeetingsPage{Group: g, Cluster: &scheduling.Cluster{Meta: storage.Meta{ID: "c"}, Slug: "c", Name: both(hostile), Zone: houseZone}, Manage: manage, Member: true}
}

func sampleMandate(version int) *scheduling.Mandate {
	return &scheduling.Mandate{GroupID: "g", Version: version, Text: "# " + hostile, From: "2026-01-01", Until: map[bool]string{true: "2027-12-31"}[version > 1],
		Goals: []scheduling.Goal{{Text: hostile, State: scheduling.GoalOpen}, {Text: hostile, State: scheduling.GoalReached}}, Note: hostile, At: t0, ByName: hostile}
}

func sampleTerms(manage bool) *groupPeoplePage {
	line := func(id string, role scheduling.GroupRole, until time.Time) scheduling.TermLine {
		return scheduling.TermLine{Term: scheduling.Term{PersonID: id, Role: role, Since: t0.AddDate(-1, 0, 0), Until: until}, Name: hostile, Company: hostile, Email: "a@example.fi"}
	}
	p := &groupPeoplePage{Zone: houseZone, Today: "2026-10-24", Roles: []option{{"chair", hostile}, {"member", hostile}}, GroupPeoplePage: &scheduling.GroupPeoplePage{
		MeetingsPage: sampleGroupAccess(manage), Names: manage, Present: []scheduling.TermLine{line("p", scheduling.GroupChair, time.Time{}), line("q", scheduling.GroupMember, time.Time{})},
		Past: []scheduling.TermLine{line("p", scheduling.GroupMember, t0)}, Coordinators: []scheduling.TermLine{line("p", "", time.Time{})}}}
	p.Present[1].Since, p.Past[0].Name = time.Time{}, ""
	return p
}

func sampleNote(id string) *scheduling.ForesightNote {
	return &scheduling.ForesightNote{Meta: storage.Meta{ID: id, Rev: 1}, GroupID: "g", Kind: "signal", Title: hostile, Text: hostile, Link: "https://news.example/", Horizon: scheduling.HorizonMid,
		Tags: []string{hostile, "b"}, Likelihood: 4, Impact: 5, At: t0, ByName: hostile}
}

func sampleIssue(state scheduling.IssueState, public bool) *scheduling.ForesightIssue {
	return &scheduling.ForesightIssue{Meta: storage.Meta{ID: "i", Rev: 1}, GroupID: "g", State: state, Title: both(hostile), Intro: both(hostile), NoteIDs: []string{"n"}, Public: public, At: t0}
}

func sampleYear() *groupYearPage {
	g := sampleGroupAccess(true)
	r := &scheduling.MeetingRecord{Title: both(hostile), Starts: t0, Zone: houseZone, Place: hostile}
	line := scheduling.AttendanceLine{ID: "p", Name: hostile, Company: hostile, Role: scheduling.GroupChair, Came: 2, Excused: 1, Of: 3}
	return &groupYearPage{Base: "/groups/g/years/2026", Before: "/groups/g/years/2025", Behind: "/groups/g/years/2027", Numbers: []reportNumber{{hostile, 3}},
		GroupYear: &scheduling.GroupYear{Group: g.Group, Cluster: g.Cluster, Year: 2026, At: t0, Mandate: sampleMandate(2), Meetings: []*scheduling.MeetingRecord{r}, Guests: 2,
			People: []scheduling.AttendanceLine{line, {ID: "q", Of: 1}}, Companies: []scheduling.AttendanceLine{line}, Decisions: []scheduling.YearDecision{{Record: r, Text: hostile}},
			Actions: []*scheduling.ActionItem{{What: hostile, OwnerName: hostile, Due: "2026-11-01", State: scheduling.ActionOpen}}, Open: 1, Overdue: 1,
			Notes: []*scheduling.ForesightNote{sampleNote("n")}, Issues: []*scheduling.ForesightIssue{sampleIssue(scheduling.IssuePublished, true)}}}
}

func init() {
	options := []option{{"signal", hostile}, {"mid", hostile}}
	foresight := func(set func(*foresightPage)) paged {
		p := &foresightPage{ForesightPage: &scheduling.ForesightPage{MeetingsPage: sampleGroupAccess(true), Notes: []*scheduling.ForesightNote{sampleNote("n"), sampleNote("m")},
			Issues: []*scheduling.ForesightIssue{sampleIssue(scheduling.IssueDraft, false), sampleIssue(scheduling.IssuePublished, true)}},
			Zone: houseZone, Kinds: options, Horizons: options, Mine: map[string]bool{"n": true}}
		set(p)
		return p
	}
	issue := func(state scheduling.IssueState, manage bool) paged {
		g := sampleGroupAccess(manage)
		return &issuePage{Base: "/groups/g/issues/i", ForesightRead: &scheduling.ForesightRead{Issue: sampleIssue(state, false), Group: g.Group, Cluster: g.Cluster, Manage: manage,
			Notes: []scheduling.IssueNote{{Kind: "trend", Title: hostile, Text: hostile, Link: "https://news.example/", Horizon: scheduling.HorizonNow, Tags: []string{hostile}, Impact: 1}}}}
	}
	maps.Copy(samples, map[string]func() paged{
		"group_mandate": func() paged {
			return &mandatePage{MandatePage: &scheduling.MandatePage{MeetingsPage: sampleGroupAccess(true), Versions: []*scheduling.Mandate{sampleMandate(2), sampleMandate(1)}}, Zone: houseZone}
		},
		"group_mandate none": func() paged {
			return &mandatePage{MandatePage: &scheduling.MandatePage{MeetingsPage: sampleGroupAccess(false)}, Zone: houseZone}
		},
		"group_mandate_form": func() paged {
			return &mandateFormPage{Page: Page{Problem: wrong("text", "goals", "until")}, Group: sampleGroupAccess(true).Group, M: sampleMandate(2), After: 2, States: []option{{"open", hostile}, {"reached", hostile}}}
		},
		"group_people":        func() paged { return sampleTerms(true) },
		"group_people member": func() paged { return sampleTerms(false) },
		"group_people wrong": func() paged {
			p := sampleTerms(true)
			p.Problem, p.Wrong = wrong("role", "since"), "q"
			return p
		},
		"group_people empty": func() paged {
			return &groupPeoplePage{GroupPeoplePage: &scheduling.GroupPeoplePage{MeetingsPage: sampleGroupAccess(true)}}
		},
		"group_files": func() paged {
			p := &groupFilesPage{GroupFilesPage: &scheduling.GroupFilesPage{MeetingsPage: sampleGroupAccess(true), Files: []*scheduling.File{{Meta: storage.Meta{ID: "f"}, Name: hostile + ".pdf", Size: 1025, At: t0, ByName: hostile}}}, Zone: houseZone}
			p.Problem = wrong("file")
			return p
		},
		"group_files empty": func() paged {
			return &groupFilesPage{GroupFilesPage: &scheduling.GroupFilesPage{MeetingsPage: sampleGroupAccess(false)}, Zone: houseZone}
		},
		"group_year": func() paged { return sampleYear() },
		"group_year empty": func() paged {
			p := sampleYear()
			p.GroupYear = &scheduling.GroupYear{Group: p.Group, Cluster: p.Cluster, Year: 2026, At: t0, Mandate: &scheduling.Mandate{}}
			p.Behind = ""
			return p
		},
		"foresight": func() paged { return foresight(func(*foresightPage) {}) },
		"foresight filtered": func() paged {
			return foresight(func(p *foresightPage) { p.Notes, p.Query, p.Tag, p.Filtered = nil, hostile, hostile, true })
		},
		"foresight empty": func() paged { return foresight(func(p *foresightPage) { p.Notes, p.Issues = nil, nil }) },
		"foresight_note": func() paged {
			return &foresightNotePage{Page: Page{Problem: wrong("title", "horizon", "likelihood")}, Group: sampleGroupAccess(true).Group, Note: sampleNote("n"), Tags: hostile, Kinds: options, Horizons: options, Marks: options}
		},
		"foresight_note new": func() paged {
			return &foresightNotePage{Group: sampleGroupAccess(true).Group, Note: &scheduling.ForesightNote{}, Kinds: options, Horizons: options, Marks: options}
		},
		"foresight_issue_form": func() paged {
			return &issueFormPage{Page: Page{Problem: wrong("title", "notes")}, Group: sampleGroupAccess(true).Group, Issue: sampleIssue(scheduling.IssueDraft, true), Notes: []tick{{option{"n", hostile}, true}, {option{"m", hostile}, false}}}
		},
		"foresight_issue_form published": func() paged {
			return &issueFormPage{Group: sampleGroupAccess(true).Group, Issue: sampleIssue(scheduling.IssuePublished, false)}
		},
		"foresight_issue":       func() paged { return issue(scheduling.IssuePublished, false) },
		"foresight_issue kept":  func() paged { return issue(scheduling.IssuePublished, true) },
		"foresight_issue draft": func() paged { return issue(scheduling.IssueDraft, true) },
		"foresight_issues": func() paged {
			return &issuesPage{Issues: []*scheduling.ForesightIssue{sampleIssue(scheduling.IssuePublished, false)}, Zone: houseZone}
		},
		"foresight_issues empty": func() paged { return &issuesPage{Zone: houseZone} },
	})
	maps.Copy(samples, activitySamples())
}

func sampleWork(id string) *scheduling.WorkLine {
	w := &scheduling.Work{Meta: storage.Meta{ID: id, Rev: 1}, Kind: scheduling.WorkPost, Title: hostile, Day: "2026-10-20", CompanyIDs: []string{"a"}, PersonIDs: []string{"p"}, Link: "https://news.example/", Note: hostile, Reach: 900, ByName: hostile}
	return &scheduling.WorkLine{Work: w, Companies: []scheduling.Named{{ID: "a", Name: hostile}, {ID: "b", Name: "B"}}, People: []scheduling.Named{{ID: "p", Name: hostile}}, Group: &scheduling.Group{Name: both(hostile)}}
}

func activitySamples() map[string]func() paged {
	options := []option{{"call", hostile}, {"post", hostile}}
	works := func(set func(*worksPage)) paged {
		p := &worksPage{Page: directoryPage(), Works: []*scheduling.WorkLine{sampleWork("w"), sampleWork("x")}, Kinds: options, Clusters: options, Groups: options, Writers: options, Export: "?q=x"}
		p.Works[1].Title, p.Works[1].Kind, p.Works[1].Work = "", scheduling.WorkCall, &scheduling.Work{Meta: storage.Meta{ID: "x"}, Kind: scheduling.WorkCall, Day: "2026-10-19"}
		set(p)
		return p
	}
	contacts := func(set func(*contactsPage)) paged {
		p := &contactsPage{Page: directoryPage(), Total: 2, Since: "2026-01-01", Clusters: options, Kinds: options, Showing: options, Zone: houseZone, Export: "?x=y", Once: map[string]string{"a": "1", "b": "2"}}
		p.Lines = []*scheduling.ContactLine{{Company: &scheduling.Company{Meta: storage.Meta{ID: "a"}, Name: hostile, Kind: scheduling.SME}},
			{Company: &scheduling.Company{Meta: storage.Meta{ID: "b"}, Name: "B", Kind: scheduling.Large}, Last: &scheduling.Encounter{Kind: scheduling.MetAtEvent, At: t0}}}
		set(p)
		return p
	}
	return map[string]func() paged{
		"activity_log": func() paged { return works(func(*worksPage) {}) },
		"activity_log filtered": func() paged {
			return works(func(p *worksPage) { p.Works, p.Filtered, p.Unknown, p.Company = nil, true, true, hostile })
		},
		"activity_log empty": func() paged { return works(func(p *worksPage) { p.Works = nil }) },
		"activity_entry": func() paged {
			p := &workPage{Page: directoryPage(), W: sampleWork("w").Work, Companies: []string{hostile, "", ""}, People: []tick{{option{"p", hostile}, true}}, Kinds: options, Clusters: options, Groups: options, Project: options, Own: []tick{{option{"c", hostile}, true}}, Countries: options, Today: "2026-10-24", Zone: houseZone,
				Files: []*scheduling.File{{Meta: storage.Meta{ID: "f"}, Name: hostile, Size: 1, At: t0, ByName: hostile, StruckAt: t0}}}
			for i := range 400 {
				p.Known = append(p.Known, fmt.Sprintf("A company with a name as long as they are, number %d Oy", i))
			}
			p.Problem = wrong("kind", "companies", "title", "day", "clusters")
			return p
		},
		"activity_entry new": func() paged {
			return &workPage{Page: directoryPage(), W: &scheduling.Work{Kind: scheduling.WorkCall}, Companies: []string{""}, Kinds: options, Countries: options}
		},
		"contacts": func() paged { return contacts(func(*contactsPage) {}) },
		"contacts met": func() paged {
			return contacts(func(p *contactsPage) { p.Shown, p.Lines, p.Filtered = "met", nil, true })
		},
		"contacts all met": func() paged { return contacts(func(p *contactsPage) { p.Lines = nil }) },
		"contacts of none": func() paged {
			return contacts(func(p *contactsPage) { p.Lines, p.Clusters, p.Shown = nil, nil, "all" })
		},
		"timeline": func() paged {
			e := &scheduling.Encounter{Kind: scheduling.MetB2B, At: t0}
			return &timelinePage{Page: directoryPage(), Name: hostile, Base: "/organise/companies/a", Of: "companies", ID: "a", Last: e, Zone: houseZone,
				Lines: []*scheduling.TimelineLine{{Encounter: e, Title: both(hostile), Path: "/x", Note: hostile}, {Encounter: e}, {Encounter: &scheduling.Encounter{Kind: "call", At: t0}, Path: "/y"}}}
		},
		"timeline empty": func() paged {
			return &timelinePage{Page: directoryPage(), Name: hostile, Base: "/organise/people/a", Of: "people", ID: "a", Zone: houseZone}
		},
	}
}
