package scheduling

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"kohtaamo/storage"
)

// A countedYear is a house that lived through 2027, and what everybody can count
// on their fingers of it.
type countedYear struct {
	*testHouse
	firms   map[string]*Company
	people  map[string]Actor
	regs    map[string]*Registration // by event and person
	spring  *Event
	arena   *Event
	project *Project
	year    Scope
}

func newCountedYear(t testing.TB) *countedYear {
	t.Helper()
	day := func(s string) time.Time { return in(t, HouseZone, s+" 00:00") }
	h := &countedYear{testHouse: newHouse(t), firms: map[string]*Company{}, people: map[string]Actor{}, regs: map[string]*Registration{},
		year: Scope{From: day("2027-01-01"), Until: day("2028-01-01")}}
	h.year.ClusterID = h.cluster.ID
	h.project = &Project{Name: Text{"en": "Circular North"}, Code: "A1", From: "2027-01-01", Until: "2028-12-31"}
	must(t, h.SaveProject(t.Context(), System("test"), h.project))
	h.belong(t, day)
	h.meet(t)
	h.travel(t)
	h.gather(t, day)
	h.at(day("2028-01-10"))
	return h
}

// belong makes six companies; five of them were members at some time of 2027.
func (h *countedYear) belong(t testing.TB, day func(string) time.Time) {
	for _, x := range []struct {
		name, country, town string
		kind                CompanyKind
		joined, left        string
	}{
		{"aava", "FI", "Oulu", SME, "2024-05-01", ""},
		{"bruk", "FI", "Raahe", Large, "2025-01-01", "2027-03-01"},
		{"tutka", "FI", "Oulu", Research, "2027-02-10", ""},
		{"nord", "SE", "", SME, "2026-06-01", ""},
		{"vilja", "FI", "Kempele", PublicOrg, "2025-01-01", ""},
		{"taller", "ES", "", Large, "", ""},
	} {
		c := h.firm(t, x.name, func(c *Company) { c.Kind, c.Country, c.Municipality = x.kind, x.country, x.town })
		h.firms[x.name] = c
		h.people[x.name] = h.someone(t, x.name+"1", c)
		if x.joined == "" {
			continue
		}
		m := &Membership{CompanyID: c.ID, ClusterID: h.cluster.ID, State: JoinActive, Joined: day(x.joined)}
		if x.left != "" {
			m.State, m.Left = JoinEnded, day(x.left)
		}
		h.store(t, func(tx *storage.Tx) error { return memberships.Put(tx, m) })
	}
	h.someone(t, "aava2", h.firms["aava"])
}

// meet holds a round on 27 January, and events on 3 February and 5 May; one was
// cancelled, one is in the next year.
func (h *countedYear) meet(t testing.TB) {
	r := h.morning(t, nil)
	es := map[string]*Entrant{}
	for _, name := range []string{"aava", "bruk", "nord", "taller"} {
		e := h.entrant(t, r, name, 1)
		e.CompanyID, e.Country = h.firms[name].ID, h.firms[name].Country
		h.store(t, func(tx *storage.Tx) error { return entrants.Put(tx, e) })
		es[name] = e
	}
	abroad, home, missed := h.meets(t, r, 0, "t1", es["aava"], es["taller"]), h.meets(t, r, 1, "t1", es["aava"], es["nord"]), h.meets(t, r, 2, "t1", es["bruk"], es["taller"])
	h.spring = h.event(t, nil)
	h.arena = h.event(t, func(e *Event) {
		e.Starts, e.Ends, e.ProjectID, e.Kind = in(t, HouseZone, "2027-05-05 09:00"), in(t, HouseZone, "2027-05-05 15:00"), h.project.ID, "conference"
	})
	off := h.event(t, nil)
	next := h.event(t, func(e *Event) {
		e.Starts, e.Ends = in(t, HouseZone, "2028-01-05 09:00"), in(t, HouseZone, "2028-01-05 10:00")
	})
	for e, who := range map[*Event][]string{h.spring: {"aava1", "aava2", "bruk1", "tutka1", "taller1", "guest"}, h.arena: {"aava1", "nord1", "taller1"}, off: {"aava1"}, next: {"aava1"}} {
		for _, name := range who {
			h.regs[e.ID+name] = h.registerAs(t, e, Signup{Name: name, Email: name + "@example.org"})
		}
	}
	_, err := h.CancelEvent(t.Context(), h.boss, off.ID, "too few")
	must(t, err)
	h.survey(t, h.spring, nil)
	h.survey(t, h.arena, func(in *SurveyEdit) { in.Anonymous = true })
	h.at(r.Ends)
	for _, x := range []struct {
		m  *Meeting
		by string
		in Outcome
	}{
		{abroad, "aava", Outcome{Met: true, Step: LadderNDA}}, {abroad, "taller", Outcome{Met: true, Step: LadderContact}},
		{home, "aava", Outcome{Met: true, Step: LadderNone}}, {missed, "bruk", Outcome{Absent: []string{es["taller"].ID}}},
	} {
		_, err := h.SaveOutcome(t.Context(), as(es[x.by], 0), x.m.ID, es[x.by].ID, x.in)
		must(t, err)
	}
	var came []*Registration
	for _, name := range []string{"aava1", "bruk1", "tutka1", "taller1", "guest"} {
		came = append(came, h.regs[h.spring.ID+name])
	}
	h.comes(t, h.spring, came...)
}

// travel goes to Spain and Portugal in February, and has visitors from Japan.
func (h *countedYear) travel(t testing.TB) {
	trip := h.spain(t, nil)
	a, b := h.traveller(t, trip, "aava1", ""), h.traveller(t, trip, "nord1", "")
	h.planned(t, trip, []*Traveller{a}, []*Traveller{b}, nil)
	h.at(in(t, "Europe/Madrid", "2027-02-08 18:00"))
	for v, said := range map[*Traveller][2]string{a: {"seat", string(LadderPilot)}, b: {"lab", string(LadderContact)}} {
		link := h.TravelURL(v)[len(h.BaseURL+"/travel/"):]
		_, err := h.SaveOutcomeByLink(t.Context(), link, said[0], func(o *TripOutcome) { o.Step = Ladder(said[1]) })
		must(t, err)
	}
	h.store(t, func(tx *storage.Tx) error {
		return trips.Put(tx, &Trip{Slug: "japan", Direction: Incoming, State: TripVisited, Title: Text{"en": "Visitors from Japan"}, ClusterIDs: []string{h.cluster.ID}, Zone: HouseZone,
			Starts: in(t, HouseZone, "2027-06-01 00:00"), Ends: in(t, HouseZone, "2027-06-03 00:00"), Enquiry: &Enquiry{Country: "JP"}, UID: "japan"})
	})
	for e, said := range map[*Event]map[string]string{h.spring: {"aava1": "9", "bruk1": "6"}, h.arena: {"nord1": "8"}} {
		h.at(e.Ends.Add(restAfter))
		_, err := h.WrapUp(t.Context(), h.time())
		must(t, err)
		for name, score := range said {
			_, err := h.AnswerSurvey(t.Context(), h.surveyLink(t, h.regs[e.ID+name]), Answers{"recommend": {score}})
			must(t, err)
		}
	}
}

// gather holds meetings of two groups, and notes what else was done.
func (h *countedYear) gather(t testing.TB, day func(string) time.Time) {
	working, abroad := h.group(t, "circular-construction"), h.b2bNew(t, "spain", nil)
	in := h.b2bMember(t, abroad, h.people["aava"])
	c, id := h.cluster.ID, func(name string) string { return h.firms[name].ID }
	was := func(name, state string) Presence {
		return Presence{PersonID: h.people[name].ID, Name: name, CompanyID: id(name), State: state}
	}
	h.store(t, func(tx *storage.Tx) error {
		for _, r := range []*MeetingRecord{
			{State: RecordHeld, Starts: day("2027-03-10"), Present: []Presence{was("aava", "present"), was("bruk", "excused"), was("tutka", "remote")}, Decisions: []Resolution{{ID: "a"}, {ID: "b"}}},
			{State: RecordApproved, Starts: day("2027-09-01"), Present: []Presence{was("aava", "present")}, Decisions: []Resolution{{ID: "a"}}},
			{State: RecordPlanned, Starts: day("2027-12-01"), Present: []Presence{was("aava", "present")}},
		} {
			r.GroupID, r.ClusterID, r.Title = working.ID, c, Text{"en": "Meeting"}
			if err := meetingRecords.Put(tx, r); err != nil {
				return err
			}
		}
		for v := range 2 {
			if err := codevelopments.Put(tx, &CoDevelopment{GroupID: abroad.ID, Version: v + 1}); err != nil {
				return err
			}
		}
		for i, x := range []*Campaign{{ListID: "news", People: 340}, {People: 50}} {
			x.Slug, x.ClusterID, x.State, x.At, x.Subject = fmt.Sprint("campaign", i), c, CampaignSent, day("2027-04-01"), Text{"en": "News"}
			if err := campaigns.Put(tx, x); err != nil {
				return err
			}
		}
		for _, w := range []*Work{
			{Kind: WorkCall, At: day("2027-04-01"), CompanyIDs: []string{id("nord")}},
			{Kind: WorkMarketScan, At: day("2027-04-02"), CompanyIDs: []string{id("aava")}},
			{Kind: WorkArticle, At: day("2027-08-01"), Reach: 1200, Country: "ES"},
			{Kind: WorkFair, At: day("2027-11-01"), CompanyIDs: []string{id("tutka")}},
			{Kind: WorkCall, At: day("2027-07-01"), CompanyIDs: []string{id("taller")}, ProjectID: h.project.ID},
			{Kind: WorkService, At: day("2027-07-02"), CompanyIDs: []string{id("vilja")}},
			{Kind: WorkCall, At: day("2026-12-31"), CompanyIDs: []string{id("vilja")}},
		} {
			w.ClusterIDs, w.Title = []string{c}, string(w.Kind)
			if err := works.Put(tx, w); err != nil {
				return err
			}
		}
		return gatherings.Put(tx, &Gathering{GroupID: abroad.ID, ClusterID: c, State: GatheringHeld, Title: Text{"en": "Meeting"}, Starts: day("2027-10-05"), Last: day("2027-10-05"), Chosen: "t", UID: "g",
			Parties: []GatheringParty{{ID: in.ID, People: []GatheringPerson{{PersonID: h.people["aava"].ID, Answers: map[string]GroupAnswer{"t": GroupYes}}}}}})
	})
}

// byHand is what was counted on fingers.
var byHand = []Figure{
	{Key: "members", N: 4}, // aava, tutka, nord, vilja
	{Key: "members_sme", N: 2},
	{Key: "members_large"}, // bruk left
	{Key: "members_research", N: 1},
	{Key: "members_public", N: 1},
	{Key: "members_financier"},
	{Key: "joined", N: 1},               // tutka
	{Key: "left", N: 1},                 // bruk
	{Key: "stability", N: 3, Of: 4},     // of aava, bruk, nord, vilja all but bruk
	{Key: "contacts", N: 14},            // events 2 + 2, meetings 1 + 2, trip 2, groups 2 + 1 + 1, a call
	{Key: "contacted", N: 4},            // aava, bruk, tutka, nord
	{Key: "services", N: 5},             // and vilja
	{Key: "groups", N: 2},               // the working group, and the B2B group
	{Key: "group_meetings", N: 3},       // two and one; the planned one does not count
	{Key: "group_attendance", N: 3},     // two and one
	{Key: "decisions", N: 3},            // two and one
	{Key: "codevelopment", N: 1},        // two versions of one
	{Key: "group_companies", N: 1},      // aava
	{Key: "member_meetings", N: 1},      // aava and nord
	{Key: "trips", N: 1},                //
	{Key: "travellers", N: 2},           //
	{Key: "foreign_meetings", N: 2},     // with taller, with nord
	{Key: "delegations", N: 1},          //
	{Key: "foreign_participants", N: 2}, // of taller, of nord
	{Key: "outcomes", N: 3},             // an NDA, and two on the trip
	{Key: "outcomes_contact", N: 1},
	{Key: "outcomes_second_meeting"},
	{Key: "outcomes_nda", N: 1},
	{Key: "outcomes_pilot", N: 1},
	{Key: "outcomes_agreement"},
	{Key: "answers", N: 3, Of: 3},
	{Key: "satisfaction", N: 3, Sum: 23},
	{Key: "newsletters", N: 1, Sum: 340},
	{Key: "publications", N: 1, Sum: 1200},
	{Key: "works", N: 5},
	{Key: "companies", N: 6},
	{Key: "smes", N: 2},
	{Key: "events", N: 2},
	{Key: "participants", N: 6}, // aava1, bruk1, tutka1, taller1, guest; nord1
	{Key: "meetings", N: 2},
}

func (h *countedYear) figures(t testing.TB, s Scope) map[string]Figure {
	t.Helper()
	list, err := h.Figures(t.Context(), h.boss, s)
	must(t, err)
	out := map[string]Figure{}
	for _, f := range list {
		out[f.Key] = f
	}
	return out
}

// changed are the figures that differ, as "key n of sum".
func changed(a, b map[string]Figure) (out []string) {
	for _, key := range slices.Sorted(maps.Keys(b)) {
		if a[key] != b[key] {
			out = append(out, fmt.Sprintf("%s %d → %d", key, a[key].N, b[key].N))
		}
	}
	return out
}

// all are the rows behind a figure, page by page.
func (h *countedYear) all(t testing.TB, key string, s Scope) (out []FigureRow) {
	t.Helper()
	for after := ""; ; {
		rows, next, err := h.FigureRows(t.Context(), h.boss, key, s, after, 2)
		must(t, err)
		if out = append(out, rows...); next == "" {
			return out
		}
		after = next
	}
}

func TestAYearCountedByHand(t *testing.T) {
	h := newCountedYear(t)
	got := h.figures(t, h.year)
	want := map[string]Figure{}
	for _, f := range byHand {
		want[f.Key] = f
		if got[f.Key] != f {
			t.Errorf("%s = %+v, want %+v", f.Key, got[f.Key], f)
		}
		rows := h.all(t, f.Key, h.year)
		sum := 0.0
		for _, r := range rows {
			sum += r.Amount
			if r.Kind != "answer" && (r.Label == "" || r.Path == "") {
				t.Errorf("%s: a row without a name or a page: %+v", f.Key, r)
			}
		}
		if len(rows) != f.N || sum != f.Sum {
			t.Errorf("%s: %d rows that add up to %v, for %+v", f.Key, len(rows), sum, f)
		}
	}
	if len(want) != len(indicators) {
		t.Errorf("%d of %d indicators are counted by hand", len(want), len(indicators))
	}
	// Two years: who comes in both counts in both.
	two := h.year
	two.Until = two.Until.AddDate(1, 0, 0)
	if got := h.figures(t, two)["participants"].N; got != 7 {
		t.Errorf("participants of two years = %d", got)
	}
	of := h.year
	of.ProjectID = h.project.ID
	for key, n := range map[string]int{"companies": 3, "smes": 2, "participants": 3, "events": 1, "trips": 0, "works": 1} {
		if got := h.figures(t, of)[key].N; got != n {
			t.Errorf("%s of the project = %d, want %d", key, got, n)
		}
	}
	es := h.year
	es.Country = "ES"
	for key, n := range map[string]int{"participants": 1, "trips": 1, "foreign_meetings": 1, "publications": 1, "members": 0} {
		if got := h.figures(t, es)[key].N; got != n {
			t.Errorf("%s of Spain = %d, want %d", key, got, n)
		}
	}
	if _, err := h.Figures(t.Context(), h.other, h.year); !IsHidden(err) {
		t.Errorf("somebody else's organiser counts: %v", err)
	}
	if elsewhere, err := h.Figures(t.Context(), h.other, Scope{}); err != nil || slices.ContainsFunc(elsewhere, func(f Figure) bool { return f.N > 0 }) {
		t.Errorf("somebody else's organiser counts %v, %v", elsewhere, err)
	}
}

// What is written down of events that are over says the same as their
// registrations, and is read again once one of them changes.
func TestTurnoutsSayTheSame(t *testing.T) {
	h := newCountedYear(t)
	before := h.figures(t, h.year)
	done, err := h.CountTurnouts(t.Context(), h.time())
	must(t, err)
	if done != 4 {
		t.Errorf("%d turnouts were written down", done)
	}
	if diff := changed(before, h.figures(t, h.year)); diff != nil {
		t.Errorf("written down, they differ: %v", diff)
	}
	if done, err := h.CountTurnouts(t.Context(), h.time()); done != 0 || err != nil {
		t.Errorf("%d more, %v", done, err)
	}
	h.store(t, func(tx *storage.Tx) error {
		r, err := registrations.Get(tx, h.regs[h.spring.ID+"guest"].ID)
		r.State = NoShow
		must(t, err)
		return registrations.Put(tx, r)
	})
	if diff := changed(before, h.figures(t, h.year)); !slices.Equal(diff, []string{"participants 6 → 5"}) {
		t.Errorf("the guest was not there: %v", diff)
	}
	if done, err := h.CountTurnouts(t.Context(), h.time()); done != 0 || err != nil {
		t.Errorf("%d written down of registrations that do not rest, %v", done, err)
	}
	if done, err := h.CountTurnouts(t.Context(), h.time().Add(2*turnoutRest)); done != 1 || err != nil {
		t.Errorf("%d written down, %v", done, err)
	}
	if diff := changed(before, h.figures(t, h.year)); !slices.Equal(diff, []string{"participants 6 → 5"}) {
		t.Errorf("the guest was still not there: %v", diff)
	}
}

// Closing freezes; later edits show as corrections. Erasing somebody keeps the
// counts, and joining two companies counts them once.
func TestAClosedPeriod(t *testing.T) {
	h := newCountedYear(t)
	ctx := t.Context()
	p, err := h.SavePeriod(ctx, h.boss, &ReportPeriod{Name: "2027", ClusterID: h.cluster.ID, From: h.year.From, Until: h.year.Until, Targets: map[string]int{"participants": 10}})
	must(t, err)
	p, err = h.ClosePeriod(ctx, h.boss, p.ID)
	must(t, err)
	lines := func() map[string]PeriodLine {
		page, err := h.Period(ctx, h.boss, p.ID)
		must(t, err)
		out := map[string]PeriodLine{}
		for _, l := range page.Lines {
			out[l.Indicator.Key] = l
			if l.Frozen != byHand[slices.IndexFunc(byHand, func(f Figure) bool { return f.Key == l.Indicator.Key })] {
				t.Errorf("%s is frozen as %+v", l.Indicator.Key, l.Frozen)
			}
		}
		return out
	}
	if l := lines()["participants"]; l.Changed() || l.Target != 10 || !l.Known {
		t.Errorf("at the closing: %+v", l)
	}
	_, err = h.CheckIn(ctx, h.boss, h.spring.ID, h.regs[h.spring.ID+"aava2"].ID)
	must(t, err)
	if l := lines()["participants"]; l.Corrected() != 1 || l.Now.N != 7 {
		t.Errorf("after one more came: %+v", l)
	}
	h.erases(t, "bruk1")
	h.joins(t, "bruk", "aava")
	for key, n := range map[string]int{"participants": 1, "companies": -1, "contacted": -1, "events": 0, "answers": 0, "smes": 0, "left": 0} {
		if l := lines()[key]; l.Corrected() != n {
			t.Errorf("%s was corrected by %d, want %d", key, l.Corrected(), n)
		}
	}
	rows := h.all(t, "participants", h.year)
	if len(rows) != 7 || !slices.ContainsFunc(rows, func(r FigureRow) bool { return r.ID == h.people["bruk"].ID && r.Label == "" }) {
		t.Errorf("who was erased does not count without a name: %+v", rows)
	}
	h.refuses(t, p)
}

// erases takes a person away, as erasure does: what counts keeps their id.
func (h *countedYear) erases(t testing.TB, name string) {
	h.store(t, func(tx *storage.Tx) error {
		p, err := people.First(tx, storage.Query{Where: []storage.Cond{storage.Is("email", name+"@example.org")}})
		must(t, err)
		return people.Delete(tx, p)
	})
}

// joins puts one company into another, as their merge does.
func (h *countedYear) joins(t testing.TB, from, into string) {
	a, b := h.firms[from].ID, h.firms[into].ID
	h.store(t, func(tx *storage.Tx) error {
		for r, err := range registrations.Each(tx, storage.Query{}) {
			must(t, err)
			if r.CompanyID == a {
				r.CompanyID = b
				must(t, registrations.Put(tx, r))
			}
		}
		for m, err := range memberships.Each(tx, storage.Query{}) {
			must(t, err)
			if m.CompanyID == a {
				m.CompanyID = b
				must(t, memberships.Put(tx, m))
			}
		}
		return companies.Delete(tx, h.firms[from])
	})
}

// refuses tries what a closed period does not allow.
func (h *countedYear) refuses(t testing.TB, p *ReportPeriod) {
	ctx := t.Context()
	if _, err := h.ClosePeriod(ctx, h.boss, p.ID); ProblemIn(err) == nil || ProblemIn(err).Kind != Closed {
		t.Errorf("closed again: %v", err)
	}
	in := *p
	in.From = in.From.AddDate(0, 1, 0)
	if _, err := h.SavePeriod(ctx, h.boss, &in); ProblemIn(err) == nil || ProblemIn(err).Kind != Closed {
		t.Errorf("opened again: %v", err)
	}
	in = *p
	in.Targets = map[string]int{"participants": 6}
	if _, err := h.SavePeriod(ctx, h.boss, &in); err != nil {
		t.Errorf("a target after the closing: %v", err)
	}
	running := &ReportPeriod{Name: "2028", ClusterID: h.cluster.ID, From: h.year.Until, Until: h.year.Until.AddDate(1, 0, 0)}
	running, err := h.SavePeriod(ctx, h.boss, running)
	must(t, err)
	if _, err := h.ClosePeriod(ctx, h.boss, running.ID); ProblemIn(err) == nil {
		t.Errorf("closed before it is over: %v", err)
	}
	for _, err := range []error{
		func() error { _, err := h.Period(ctx, h.other, p.ID); return err }(),
		func() error { _, err := h.ClosePeriod(ctx, h.other, p.ID); return err }(),
		func() error { _, err := h.SavePeriod(ctx, h.other, &in); return err }(),
	} {
		if !IsHidden(err) {
			t.Errorf("somebody else's organiser: %v", err)
		}
	}
}
