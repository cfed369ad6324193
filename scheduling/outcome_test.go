package scheduling

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// A met is a round of one day in which two entrants had a meeting.
type met struct {
	round   *Round
	meeting *Meeting
	sides   [2]*Entrant
	people  [2]Actor
}

// newMet stores a round with one published meeting between nine and ten.
func (h *testHouse) newMet(t testing.TB) *met {
	t.Helper()
	starts := time.Date(2026, 11, 3, 7, 0, 0, 0, time.UTC)
	x := &met{round: &Round{Meta: storage.Meta{ID: storage.NewID()}, Slug: "northern-power", ClusterIDs: []string{h.cluster.ID}, Phase: RoundRunning, Open: true,
		Title: Text{"en": "Northern Power", "fi": "Northern Power"}, Zone: HouseZone, Starts: starts, Ends: starts.Add(time.Hour),
		Slots: []Slot{{slotID(starts), starts, starts.Add(time.Hour)}}, Tables: []Table{{ID: "t1", Name: "Table 1", Kind: AtTable}}}}
	x.meeting = &Meeting{Meta: storage.Meta{ID: storage.NewID()}, RoundID: x.round.ID, State: MeetingPublished, Slot: slotID(starts), Starts: starts, Ends: starts.Add(time.Hour), Table: "t1", UID: "u1"}
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		for i, name := range []string{"Aurora Oy", "Borealis Ltd"} {
			p := &Person{Meta: storage.Meta{ID: storage.NewID()}, Name: "Person of " + name, Email: []string{"aino@aurora.example", "bo@borealis.example"}[i], Lang: []string{"fi", "en"}[i]}
			if err := people.Put(tx, p); err != nil {
				return err
			}
			e := &Entrant{Meta: storage.Meta{ID: storage.NewID()}, RoundID: x.round.ID, State: EntrantIn, Name: name, Sort: strings.ToLower(name),
				People: []Delegate{{PersonID: p.ID, Name: p.Name}}, PersonIDs: []string{p.ID}}
			if err := entrants.Put(tx, e); err != nil {
				return err
			}
			x.sides[i], x.people[i] = e, p.Actor()
			x.meeting.Parties = append(x.meeting.Parties, Party{EntrantID: e.ID, Name: name, PersonIDs: []string{p.ID}})
			x.meeting.EntrantIDs, x.meeting.PersonIDs = append(x.meeting.EntrantIDs, e.ID), append(x.meeting.PersonIDs, p.ID)
		}
		if err := rounds.Put(tx, x.round); err != nil {
			return err
		}
		return meetings.Put(tx, x.meeting)
	}))
	h.at(x.meeting.Ends)
	return x
}

// says has one side answer.
func (h *testHouse) says(t testing.TB, x *met, side int, in Outcome) error {
	t.Helper()
	_, err := h.SaveOutcome(t.Context(), x.people[side], x.meeting.ID, x.sides[side].ID, in)
	return err
}

func (h *testHouse) meetingOf(t testing.TB, id string) (m *Meeting) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		m, err = meetings.Get(tx, id)
		return err
	}))
	return m
}

func TestOutcomeOfBothSides(t *testing.T) {
	h := newHouse(t)
	x := h.newMet(t)
	must(t, h.says(t, x, 0, Outcome{Met: true, Step: LadderNDA}))
	if m := h.meetingOf(t, x.meeting.ID); m.State != MeetingHeld {
		t.Errorf("after one side met, the meeting is %s", m.State)
	}
	must(t, h.says(t, x, 1, Outcome{Met: false, Absent: []string{x.sides[0].ID}}))
	p, err := h.Outcome(t.Context(), x.people[0], x.meeting.ID, x.sides[0].ID)
	must(t, err)
	if !p.Disagree || len(p.Others) != 1 || p.Others[0].Met || p.Meeting.State != MeetingHeld {
		t.Errorf("disagreement %v, others %+v, meeting %s", p.Disagree, p.Others, p.Meeting.State)
	}
	must(t, h.says(t, x, 0, Outcome{Met: false, Absent: []string{x.sides[1].ID}}))
	m := h.meetingOf(t, x.meeting.ID)
	if m.State != MeetingNotHeld || len(m.Absent) != 2 {
		t.Errorf("both sides were alone: the meeting is %s, absent %v", m.State, m.Absent)
	}
}

func TestOutcomeChecks(t *testing.T) {
	h := newHouse(t)
	x := h.newMet(t)
	err := h.says(t, x, 0, Outcome{Met: true, Step: "moon", Rating: 9, Next: strings.Repeat("n", 300), Owner: "stranger", Due: "tomorrow", Note: strings.Repeat("x", 3000)})
	p := ProblemIn(err)
	if p == nil {
		t.Fatalf("error = %v", err)
	}
	for _, f := range []string{"step", "rating", "next", "owner", "due", "note"} {
		if p.Fields[f] == "" {
			t.Errorf("nothing is said of %s: %v", f, p.Fields)
		}
	}
	if err := h.says(t, x, 0, Outcome{Absent: []string{"stranger"}}); ProblemIn(err) == nil {
		t.Errorf("somebody who was not there is absent: %v", err)
	}
}

// Who is of no side, or of the other, gets the answer for what does not exist.
func TestOutcomesAreOnesOwn(t *testing.T) {
	h := newHouse(t)
	x := h.newMet(t)
	for name, by := range map[string]Actor{"public": {}, "the other side": x.people[1], "another cluster": h.other} {
		if _, err := h.SaveOutcome(t.Context(), by, x.meeting.ID, x.sides[0].ID, Outcome{Met: true}); !IsHidden(err) {
			t.Errorf("%s: error = %v", name, err)
		}
	}
	link := strings.TrimPrefix(h.OutcomeURL(x.meeting, x.sides[0], x.people[0].ID), h.BaseURL+"/outcomes/")
	_, by, err := h.OutcomeByLink(t.Context(), link)
	must(t, err)
	if by.ID != x.people[0].ID || by.Via != "link" {
		t.Errorf("the link is of %+v", by)
	}
	id, mac, _ := strings.Cut(link, ".")
	for name, l := range map[string]string{"no mac": id, "cut": link[:len(link)-2], "other side": strings.Replace(id, x.sides[0].ID, x.sides[1].ID, 1) + "." + mac, "nothing": "", "no parts": "x." + mac} {
		if _, _, err := h.OutcomeByLink(t.Context(), l); !IsHidden(err) {
			t.Errorf("%s: error = %v", name, err)
		}
	}
	if _, err := h.OutcomeReport(t.Context(), h.other, x.round.ID); !IsHidden(err) {
		t.Errorf("another cluster's organiser sees the report: %v", err)
	}
}

func TestOutcomeTooEarly(t *testing.T) {
	h := newHouse(t)
	x := h.newMet(t)
	h.at(x.meeting.Starts.Add(-time.Minute))
	if p := ProblemIn(h.says(t, x, 0, Outcome{Met: true})); p == nil || p.Key != "outcome.early" {
		t.Errorf("before the meeting: %v", p)
	}
	h.at(x.meeting.Ends.Add(outcomeAfter + time.Hour))
	if p := ProblemIn(h.says(t, x, 0, Outcome{Met: true})); p == nil || p.Key != "outcome.late" {
		t.Errorf("a year later: %v", p)
	}
}

// What an organiser said of a meeting stays, whatever its sides say.
func TestOrganiserDecidesWhetherHeld(t *testing.T) {
	h := newHouse(t)
	x := h.newMet(t)
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		m, err := meetings.Get(tx, x.meeting.ID)
		if err != nil {
			return err
		}
		m.State, m.EndedBy = MeetingNotHeld, "organiser"
		return meetings.Put(tx, m)
	}))
	must(t, h.says(t, x, 0, Outcome{Met: true}))
	if m := h.meetingOf(t, x.meeting.ID); m.State != MeetingNotHeld {
		t.Errorf("the meeting is %s", m.State)
	}
}

func TestAskingStopsWhenAnswered(t *testing.T) {
	h := newHouse(t)
	x := h.newMet(t)
	ask := func(after time.Duration) {
		t.Helper()
		h.at(x.meeting.Ends.Add(after))
		for range 2 { // a second run promises nothing twice
			_, err := h.AskOutcomes(t.Context(), h.now())
			must(t, err)
		}
	}
	ask(30 * time.Minute)
	if got := h.mails(t, "aino@aurora.example"); len(got) != 0 {
		t.Errorf("half an hour after the day: %v", got)
	}
	ask(2 * time.Hour)
	must(t, h.says(t, x, 0, Outcome{Met: true}))
	ask(4 * 24 * time.Hour)
	ask(11 * 24 * time.Hour)
	ask(40 * 24 * time.Hour)
	if got := h.mails(t, "aino@aurora.example"); !slices.Equal(got, []string{"outcome.asked"}) {
		t.Errorf("who answered got %v", got)
	}
	if got := h.mails(t, "bo@borealis.example"); len(got) != 3 {
		t.Errorf("who did not answer got %v", got)
	}
	m := h.mailsTo(t, "bo@borealis.example")[0]
	if len(m.Letter.Links) != 1 || !strings.Contains(m.Letter.Links[0].URL, "/outcomes/"+x.meeting.ID) || !strings.Contains(m.Letter.Links[0].Label, "Aurora Oy") {
		t.Errorf("links %+v", m.Letter.Links)
	}
}

func TestNextStepReminder(t *testing.T) {
	h := newHouse(t)
	x := h.newMet(t)
	must(t, h.says(t, x, 0, Outcome{Met: true, Next: "Send the data sheet", Owner: x.people[0].ID, Due: "2026-11-10"}))
	day := func(d int) {
		t.Helper()
		h.at(time.Date(2026, 11, d, 8, 0, 0, 0, time.UTC))
		for range 2 {
			_, err := h.remindNext(t.Context(), h.now())
			must(t, err)
		}
	}
	day(9)
	if got := h.mails(t, "aino@aurora.example"); len(got) != 0 {
		t.Errorf("the day before: %v", got)
	}
	day(10)
	day(11)
	if got := h.mails(t, "aino@aurora.example"); !slices.Equal(got, []string{"outcome.next_step"}) {
		t.Errorf("on the day: %v", got)
	}
	must(t, h.says(t, x, 1, Outcome{Met: true, Next: "Answer", Owner: x.people[1].ID, Due: "2026-11-12"}))
	_, err := h.OutcomeDone(t.Context(), x.people[1], x.meeting.ID, x.sides[1].ID, true)
	must(t, err)
	day(12)
	if got := h.mails(t, "bo@borealis.example"); len(got) != 0 {
		t.Errorf("of a step that is done: %v", got)
	}
}

func TestOutcomeReport(t *testing.T) {
	h := newHouse(t)
	x := h.newMet(t)
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		return requests.Put(tx, &Request{Meta: storage.Meta{ID: "r1"}, RoundID: x.round.ID, From: x.sides[0].ID, To: x.sides[1].ID, State: RequestAccepted, SentAt: tx.Now()})
	}))
	must(t, h.says(t, x, 0, Outcome{Met: true, Step: LadderPilot, Next: "Offer"}))
	rep, err := h.OutcomeReport(t.Context(), h.boss, x.round.ID)
	must(t, err)
	if rep.Sides != 2 || rep.Spoke != 1 || rep.Figure[OutcomesHeld] != 1 || rep.Figure[OutcomesWaiting] != 1 || rep.Figure[OutcomesNext] != 1 || rep.Figure[OutcomeFilter(LadderPilot)] != 1 {
		t.Errorf("report %+v", rep)
	}
	for f, n := range rep.Figure {
		if len(rep.Shown(f)) != n {
			t.Errorf("the figure %q is %d, of %d rows", f, n, len(rep.Shown(f)))
		}
	}
	if len(rep.Never) != 1 || rep.Never[0].Why != NeverScheduled || rep.Never[0].From != "Aurora Oy" || len(rep.Alone) != 0 {
		t.Errorf("never met %+v, alone %v", rep.Never, rep.Alone)
	}
}

// Whatever sides answer in whatever order, the meeting is what their last
// answers make of it, and every figure is the number of its rows.
func TestAnyAnswers(t *testing.T) {
	h := newHouse(t)
	x := h.newMet(t)
	last := map[int]Outcome{}
	rapid.Check(t, func(rt *rapid.T) {
		side := rapid.IntRange(0, 1).Draw(rt, "side")
		in := Outcome{Met: rapid.Bool().Draw(rt, "met"), Step: rapid.SampledFrom(Ladders).Draw(rt, "step"), Next: rapid.SampledFrom([]string{"", "call"}).Draw(rt, "next")}
		if err := h.says(t, x, side, in); err != nil {
			rt.Fatal(err)
		}
		last[side] = in
		want := MeetingNotHeld
		for _, o := range last {
			if o.Met {
				want = MeetingHeld
			}
		}
		rep, err := h.OutcomeReport(t.Context(), h.boss, x.round.ID)
		if err != nil {
			rt.Fatal(err)
		}
		if got := rep.Rows[0].Meeting.State; got != want {
			rt.Errorf("after %+v the meeting is %s, want %s", last, got, want)
		}
		for _, f := range OutcomeFilters {
			if len(rep.Shown(f)) != rep.Figure[f] {
				rt.Errorf("the figure %q is %d, of %d rows", f, rep.Figure[f], len(rep.Shown(f)))
			}
		}
	})
}

// Mails of a round in a funded event carry the emblem between the project's
// dates, and at no other time.
func TestFundedRoundMails(t *testing.T) {
	h := newHouse(t)
	x := h.newMet(t)
	project := &Project{Name: Text{"en": "Circular North"}, Code: "CN", From: "2026-01-01", Until: "2026-11-05"}
	must(t, h.SaveProject(t.Context(), System("test"), project))
	e := h.event(t, func(e *Event) { e.ProjectID = project.ID })
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		r, err := rounds.Get(tx, x.round.ID)
		if err != nil {
			return err
		}
		r.EventID = e.ID
		return rounds.Put(tx, r)
	}))
	for i, after := range []time.Duration{2 * time.Hour, 4 * 24 * time.Hour} {
		h.at(x.meeting.Ends.Add(after))
		_, err := h.AskOutcomes(t.Context(), h.now())
		must(t, err)
		mails := h.mailsTo(t, "bo@borealis.example")
		if len(mails) != i+1 {
			t.Fatalf("%d mails, want %d", len(mails), i+1)
		}
		funded := 0
		for _, m := range mails {
			if m.Letter.Emblem != nil && m.Letter.Emblem.Project == "Circular North" {
				funded++
			}
		}
		if funded != 1 {
			t.Errorf("%s after the round %d of %d mails carry the emblem, want that of the first day alone", after, funded, len(mails))
		}
	}
}
