package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// A toured is a trip of spain whose visits are over: Aino and Anna of Aurora
// were at Talleres Uno, Bea of Borealis at Laboratorio Dos.
type toured struct {
	*testHouse
	trip             *Trip
	aino, anna, bea  *Traveller
	leader           Actor
	contactOfTallers string
}

func newToured(t testing.TB, set func(*Trip)) *toured {
	t.Helper()
	h := newHouse(t)
	lead := &Person{Meta: storage.Meta{ID: "lead"}, Name: "Leena Leader", Email: "leena@kohtaamo.example", Lang: "en"}
	h.write(t, func(tx *storage.Tx) error { return people.Put(tx, lead) })
	x := &toured{testHouse: h, leader: lead.Actor(), contactOfTallers: "carmen@talleres.example"}
	x.trip = h.spain(t, func(v *Trip) {
		v.LeaderIDs = []string{lead.ID}
		if set != nil {
			set(v)
		}
	})
	x.aino, x.anna, x.bea = h.traveller(t, x.trip, "Aino A", "Aurora Oy"), h.traveller(t, x.trip, "Anna A", "Aurora Oy"), h.traveller(t, x.trip, "Bea B", "Borealis Oy")
	h.planned(t, x.trip, []*Traveller{x.aino, x.anna}, []*Traveller{x.bea}, func(p *Programme) {
		p.Hosts[0].Contacts = []HostContact{{Name: "Carmen C", Email: x.contactOfTallers}}
	})
	h.at(in(t, "Europe/Madrid", "2027-02-08 18:00"))
	return x
}

// link is the last part of a traveller's address.
func (x *toured) link(v *Traveller) string {
	return strings.TrimPrefix(x.TravelURL(v), x.BaseURL+"/travel/")
}

// says has a traveller answer with one click.
func (x *toured) says(t testing.TB, v *Traveller, host string, step Ladder) error {
	t.Helper()
	_, err := x.SaveOutcomeByLink(t.Context(), x.link(v), host, func(o *TripOutcome) { o.Step = step })
	return err
}

// marks notes whether somebody came.
func (x *toured) marks(t testing.TB, v *Traveller, part string, present bool) {
	t.Helper()
	x.write(t, func(tx *storage.Tx) error {
		now, err := travellers.Get(tx, v.ID)
		if err != nil {
			return err
		}
		if now.Marks == nil {
			now.Marks = map[string]Mark{}
		}
		now.Marks[part] = Mark{Present: present, At: tx.Now()}
		return travellers.Put(tx, now)
	})
}

// moves brings the trip to a state.
func (x *toured) moves(t testing.TB, to TripState) {
	t.Helper()
	x.write(t, func(tx *storage.Tx) error {
		v, err := trips.Get(tx, x.trip.ID)
		if err != nil {
			return err
		}
		return x.moveTrip(tx, System("test"), v, to, "")
	})
}

func (x *toured) grid(t testing.TB) *TripGrid {
	t.Helper()
	g, err := x.TripGrid(t.Context(), x.boss, x.trip.ID)
	must(t, err)
	return g
}

// Answering twice, or by a colleague, changes the one answer of the company.
func TestTripOutcomeByOneClick(t *testing.T) {
	x := newToured(t, nil)
	must(t, x.says(t, x.aino, "seat", LadderContact))
	must(t, x.says(t, x.aino, "seat", LadderContact))
	_, err := x.SaveOutcomeByLink(t.Context(), x.link(x.aino), "seat", func(o *TripOutcome) { o.Next, o.Owner = "Send the data sheet", x.anna.PersonID })
	must(t, err)
	must(t, x.says(t, x.anna, "seat", LadderNDA))
	g := x.grid(t)
	if len(g.Rows) != 2 || g.Figure[TripOutcomeFilter(LadderNDA)] != 1 || g.Figure[TripOutcomesAnswered] != 1 || g.Figure[TripOutcomesNext] != 1 {
		t.Errorf("%d rows, figures %v", len(g.Rows), g.Figure)
	}
	o := g.Cell(g.Delegates[0].Key, "seat").Said
	if o.Step != LadderNDA || o.Next != "Send the data sheet" || o.By != x.anna.PersonID || g.Owners[o.Owner] != "Anna A" {
		t.Errorf("the outcome is %+v, owners %v", o, g.Owners)
	}
	if n := count(t, x.testHouse); n != 1 {
		t.Errorf("%d outcomes are stored", n)
	}
}

func count(t testing.TB, h *testHouse) (n int) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		n, err = tripOutcomes.Count(tx, storage.Query{})
		return err
	}))
	return n
}

// Who was not at a host, or was marked absent, or has a link of somebody else's
// making, gets the answer for what does not exist.
func TestTripOutcomesAreOnesOwn(t *testing.T) {
	x := newToured(t, nil)
	if err := x.says(t, x.bea, "seat", LadderNDA); !IsHidden(err) {
		t.Errorf("who was elsewhere: %v", err)
	}
	x.marks(t, x.aino, "v1", false)
	if err := x.says(t, x.aino, "seat", LadderNDA); !IsHidden(err) {
		t.Errorf("who was absent: %v", err)
	}
	good := x.link(x.anna)
	id, mac, _ := strings.Cut(good, ".")
	for name, l := range map[string]string{"no mac": id, "cut": good[:len(good)-2], "another traveller's": x.bea.ID + "." + mac, "nothing": "", "no id": "." + mac} {
		if _, err := x.OutcomesByLink(t.Context(), l); !IsHidden(err) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := x.SaveOutcomeByLink(t.Context(), l, "seat", func(*TripOutcome) {}); !IsHidden(err) {
			t.Errorf("saving, %s: %v", name, err)
		}
		if _, err := x.HostOutcomesByLink(t.Context(), l); !IsHidden(err) {
			t.Errorf("as a host, %s: %v", name, err)
		}
	}
	for name, by := range map[string]Actor{"public": {}, "another cluster": x.other, "a traveller": {ID: x.aino.PersonID}} {
		if _, err := x.TripGrid(t.Context(), by, x.trip.ID); !IsHidden(err) {
			t.Errorf("%s sees the grid: %v", name, err)
		}
		if _, err := x.SaveTripOutcome(t.Context(), by, x.trip.ID, "seat", "as-x", false, func(*TripOutcome) {}); !IsHidden(err) {
			t.Errorf("%s writes into it: %v", name, err)
		}
		if _, err := x.TripReport(t.Context(), by, x.trip.ID); !IsHidden(err) {
			t.Errorf("%s sees the report: %v", name, err)
		}
	}
	if _, err := x.TripReport(t.Context(), x.leader, x.trip.ID); !IsHidden(err) {
		t.Errorf("a leader sees what it cost: %v", err)
	}
}

// A leader writes down what a delegate told, and what a host did.
func TestTripOutcomeByHand(t *testing.T) {
	x := newToured(t, nil)
	key := delegatesOf([]*Traveller{x.bea})[0].Key
	_, err := x.SaveTripOutcome(t.Context(), x.leader, x.trip.ID, "lab", key, false, func(o *TripOutcome) {
		o.Step, o.Story, o.Quote, o.Next, o.Owner = LadderPilot, "We test together.", true, "Write the offer", x.leader.ID
	})
	must(t, err)
	_, err = x.SaveTripOutcome(t.Context(), x.leader, x.trip.ID, "lab", key, true, func(o *TripOutcome) { o.Step, o.Next = LadderContact, "nothing that a host notes" })
	must(t, err)
	g := x.grid(t)
	r := g.Cell(key, "lab")
	if !r.Disagree || r.Furthest != LadderPilot || r.HostSaid.Next != "" || g.Figure[TripOutcomesStory] != 1 || g.Owners["lead"] != "Leena Leader" {
		t.Errorf("row %+v, figures %v", r, g.Figure)
	}
}

func TestTripOutcomeChecks(t *testing.T) {
	x := newToured(t, nil)
	_, err := x.SaveOutcomeByLink(t.Context(), x.link(x.aino), "seat", func(o *TripOutcome) {
		o.Step, o.Rating, o.Next, o.Owner, o.Due, o.Note, o.Story = "moon", 9, strings.Repeat("n", 300), x.bea.PersonID, "tomorrow", strings.Repeat("x", 3000), strings.Repeat("x", 3000)
	})
	p := ProblemIn(err)
	if p == nil {
		t.Fatalf("error = %v", err)
	}
	for _, f := range []string{"step", "rating", "next", "owner", "due", "note", "story"} {
		if p.Fields[f] == "" {
			t.Errorf("nothing is said of %s: %v", f, p.Fields)
		}
	}
}

// A host answers for those who came, by a link of its own, and both sides see
// that they do not say the same.
func TestTripOutcomeOfAHost(t *testing.T) {
	x := newToured(t, nil)
	must(t, x.says(t, x.aino, "seat", LadderSecond))
	for range 2 { // twice a day is once
		n, err := x.AskTripHosts(t.Context(), x.boss, x.trip.ID)
		must(t, err)
		if n != 1 {
			t.Errorf("%d hosts are asked; one has an address", n)
		}
	}
	mails := x.mailsTo(t, x.contactOfTallers)
	if len(mails) != 1 {
		t.Fatalf("%d mails to the host", len(mails))
	}
	link := strings.TrimPrefix(mails[0].Letter.Button.URL, x.BaseURL+"/host-outcomes/")
	a, err := x.HostOutcomesByLink(t.Context(), link)
	must(t, err)
	if len(a.Rows) != 1 || a.Rows[0].Delegate.Name != "Aurora Oy" || a.Other(a.Rows[0]) != nil {
		t.Fatalf("the host can answer for %+v", a.Rows)
	}
	if _, err := x.SaveHostOutcomeByLink(t.Context(), link, "as-borealis", func(*TripOutcome) {}); !IsHidden(err) {
		t.Errorf("of who was not there: %v", err)
	}
	_, err = x.SaveHostOutcomeByLink(t.Context(), link, a.Rows[0].Delegate.Key, func(o *TripOutcome) { o.Step = LadderNone })
	must(t, err)
	mine, err := x.OutcomesByLink(t.Context(), x.link(x.anna))
	must(t, err)
	r := mine.Row("seat", "")
	if !r.Disagree || r.Furthest != LadderSecond || mine.Other(r).Step != LadderNone {
		t.Errorf("row %+v", r)
	}
	n, err := x.AskTripHosts(t.Context(), x.boss, x.trip.ID)
	must(t, err)
	if n != 0 {
		t.Errorf("%d hosts are asked that have answered", n)
	}
}

// Travellers are asked once on the morning after the trip, and by hand once a
// day while their company has not answered.
func TestAskingWhatCameOfATrip(t *testing.T) {
	x := newToured(t, nil)
	asks := func(at string) {
		t.Helper()
		x.at(in(t, "Europe/Helsinki", at))
		for range 2 {
			_, err := x.AskTripOutcomes(t.Context(), x.now())
			must(t, err)
		}
	}
	asks("2027-02-13 10:00") // not home, as far as is known
	x.moves(t, TripCompleted)
	asks("2027-02-13 08:59")
	if got := x.mails(t, x.aino.Email); len(got) != 0 {
		t.Errorf("before nine in the morning: %v", got)
	}
	must(t, x.says(t, x.bea, "lab", LadderContact))
	asks("2027-02-13 09:00")
	for v, want := range map[*Traveller]int{x.aino: 1, x.anna: 1, x.bea: 0} {
		if got := x.mails(t, v.Email); len(got) != want {
			t.Errorf("%s got %v", v.Name, got)
		}
	}
	m := x.mailsTo(t, x.aino.Email)[0]
	if len(m.Letter.Links) != 1 || m.Letter.Links[0].URL != x.TravelURL(x.aino)+"/outcomes/seat" || m.Letter.Links[0].Label != "Talleres Uno" {
		t.Errorf("links %+v", m.Letter.Links)
	}
	for range 2 {
		_, err := x.RemindTripOutcomes(t.Context(), x.leader, x.trip.ID)
		must(t, err)
	}
	must(t, x.says(t, x.anna, "seat", LadderContact))
	n, err := x.RemindTripOutcomes(t.Context(), x.leader, x.trip.ID)
	must(t, err)
	if got := x.mails(t, x.aino.Email); len(got) != 2 || n != 0 {
		t.Errorf("asked again: %v, and %d who answered", got, n)
	}
}

func TestNothingIsAskedOfACancelledTrip(t *testing.T) {
	x := newToured(t, nil)
	x.moves(t, TripCancelled)
	if p := ProblemIn(x.says(t, x.aino, "seat", LadderContact)); p == nil || p.Key != "tripoutcome.called_off" {
		t.Errorf("error = %v", p)
	}
	if _, err := x.RemindTripOutcomes(t.Context(), x.boss, x.trip.ID); ProblemIn(err) == nil {
		t.Errorf("reminded: %v", err)
	}
	x.moves(t, TripCompleted)
	x.at(x.trip.Ends.AddDate(2, 0, 0))
	if p := ProblemIn(x.says(t, x.aino, "seat", LadderContact)); p == nil || p.Key != "tripoutcome.late" {
		t.Errorf("two years later: %v", p)
	}
}

func TestTripNextStepReminder(t *testing.T) {
	x := newToured(t, nil)
	next := func(due, owner string) {
		t.Helper()
		_, err := x.SaveOutcomeByLink(t.Context(), x.link(x.aino), "seat", func(o *TripOutcome) { o.Next, o.Due, o.Owner = "Send the data sheet", due, owner })
		must(t, err)
	}
	day := func(at string) {
		t.Helper()
		x.at(in(t, "Europe/Helsinki", at))
		for range 2 {
			_, err := x.AskTripOutcomes(t.Context(), x.now())
			must(t, err)
		}
	}
	next("2027-03-01", x.anna.PersonID)
	day("2027-02-28 12:00")
	day("2027-03-01 06:59")
	if got := x.mails(t, x.anna.Email); len(got) != 0 {
		t.Errorf("before the day: %v", got)
	}
	day("2027-03-01 07:00")
	day("2027-03-02 12:00")
	if got := x.mails(t, x.anna.Email); !slices.Equal(got, []string{mailTripNext}) {
		t.Errorf("on the day: %v", got)
	}
	if g := x.grid(t); g.Figure[TripOutcomesOverdue] != 1 || len(g.Steps()) != 1 {
		t.Errorf("figures %v", g.Figure)
	}
	next("2027-03-05", "")
	_, err := x.SaveOutcomeByLink(t.Context(), x.link(x.aino), "seat", func(o *TripOutcome) { o.Done = true })
	must(t, err)
	day("2027-03-05 12:00")
	if got := x.mails(t, x.aino.Email); len(got) != 0 {
		t.Errorf("of a step that is done: %v", got)
	}
	next("2027-03-06", x.leader.ID)
	_, err = x.SaveOutcomeByLink(t.Context(), x.link(x.aino), "seat", func(o *TripOutcome) { o.Done = false })
	must(t, err)
	day("2027-03-06 12:00")
	m := x.mailsTo(t, x.leader.Email)
	if len(m) != 1 || !strings.Contains(m[0].Letter.Button.URL, "/organise/trips/"+x.trip.ID+"/outcomes/seat/") {
		t.Errorf("the leader got %d mails", len(m))
	}
}

// What was told stays, and is counted, when the programme forgets the host.
func TestTripOutcomeOutlivesItsVisit(t *testing.T) {
	x := newToured(t, nil)
	must(t, x.says(t, x.aino, "seat", LadderPilot))
	_, err := x.changeProgramme(t.Context(), x.boss, x.trip.ID, 0, "programme.edit", func(_ *storage.Tx, p *ProgrammePage) error {
		p.Programme.Hosts, p.Programme.Activities = p.Programme.Hosts[1:], p.Programme.Activities[1:]
		return nil
	})
	must(t, err)
	g := x.grid(t)
	if g.Figure[TripOutcomeFilter(LadderPilot)] != 1 || g.Hosts[len(g.Hosts)-1].Name != "Talleres Uno" {
		t.Errorf("figures %v, hosts %v", g.Figure, g.Hosts)
	}
}

// Whoever is marked as absent, and whatever they answer in whatever order, the
// rows of the grid are those who met, and each figure is the number of its rows.
func TestGridEqualsItsRows(t *testing.T) {
	x := newToured(t, nil)
	all := []*Traveller{x.aino, x.anna, x.bea}
	visits := map[string]string{"seat": "v1", "lab": "v2"}
	absent, said := map[string]bool{}, map[string]Ladder{}
	rapid.Check(t, func(rt *rapid.T) {
		v := rapid.SampledFrom(all).Draw(rt, "who")
		host := map[string]string{"Aurora Oy": "seat", "Borealis Oy": "lab"}[v.Company]
		if rapid.Bool().Draw(rt, "mark") {
			absent[v.ID] = rapid.Bool().Draw(rt, "absent")
			x.marks(t, v, visits[host], !absent[v.ID])
		} else {
			step := rapid.SampledFrom(Ladders).Draw(rt, "step")
			err := x.says(t, v, host, step)
			if absent[v.ID] != IsHidden(err) || !absent[v.ID] && err != nil {
				rt.Fatalf("absent %v: %v", absent[v.ID], err)
			}
			if err == nil {
				said[v.Company] = step
			}
		}
		want := map[string]bool{}
		for _, v := range all {
			_, answered := said[v.Company]
			want[v.Company] = want[v.Company] || !absent[v.ID] || answered
		}
		g := x.grid(t)
		n := 0
		for _, there := range want {
			if there {
				n++
			}
		}
		if len(g.Rows) != n || g.Figure[TripOutcomesAnswered] != len(said) {
			rt.Errorf("%d rows of %v, %d answered of %v", len(g.Rows), want, g.Figure[TripOutcomesAnswered], said)
		}
		for _, f := range allTripFilters() {
			if len(g.Shown(f)) != g.Figure[f] {
				rt.Errorf("the figure %q is %d, of %d rows", f, g.Figure[f], len(g.Shown(f)))
			}
		}
		for _, l := range Ladders {
			n := 0
			for _, step := range said {
				if step == l {
					n++
				}
			}
			if g.Figure[TripOutcomeFilter(l)] != n {
				rt.Errorf("%d are at %q, want %d", g.Figure[TripOutcomeFilter(l)], l, n)
			}
		}
	})
}

// Colleagues are one delegate, by the company's id or by its name.
func TestDelegatesOf(t *testing.T) {
	v := func(id, company, companyID string, role TravellerRole) *Traveller {
		return &Traveller{Meta: storage.Meta{ID: id}, Name: id, Company: company, CompanyID: companyID, Role: role}
	}
	got := ""
	for _, d := range delegatesOf([]*Traveller{v("a", "Aurora Oy", "", AsDelegate), v("b", "aurora oy", "c1", AsDelegate), v("c", "", "", AsVisitor), v("d", "", "", AsDelegate),
		v("e", "Ж", "", AsDelegate), v("f", "З", "", AsDelegate), v("g", "House", "", AsLeader)}) {
		got += fmt.Sprintf("%s(%s) ", d.Name, d.Names())
	}
	if want := "Aurora Oy(a, b) c(c) d(d) Ж(e) З(f) "; got != want && got != strings.Replace(want, "Aurora", "aurora", 1) {
		t.Errorf("delegates: %s", got)
	}
}

// The year of a trip's follow-ups goes by the calendar, and by the clock of its
// home: at nine in the morning, whatever the clocks do.
func TestTripFollowUpDates(t *testing.T) {
	oulu := zoneOf(HouseZone)
	for last, want := range map[string][]string{
		"2027-01-31": {"2027-02-07", "2027-02-28", "2027-04-30", "2027-07-31", "2028-01-31"},
		"2027-02-28": {"2027-03-07", "2027-03-28", "2027-05-28", "2027-08-28", "2028-02-28"},
		"2028-02-29": {"2028-03-07", "2028-03-29", "2028-05-29", "2028-08-29", "2029-02-28"},
		"2027-10-30": {"2027-11-06", "2027-11-30", "2028-01-30", "2028-04-30", "2028-10-30"},
	} {
		trip := &Trip{Zone: HouseZone, Stops: []Stop{{Zone: "America/Los_Angeles", From: last, Until: last}}}
		for i, step := range defaultSteps(t, "returned") {
			got := step.When.of(trip.homecoming(), trip.Location()).In(oulu)
			if got.Format("2006-01-02 15:04") != want[i]+" 09:00" {
				t.Errorf("step %s after %s is due %s, want %s 09:00", step.ID, last, got, want[i])
			}
		}
	}
}

func defaultSteps(t testing.TB, name string) (out []ChainStep) {
	t.Helper()
	for _, c := range defaultChains {
		if c.name == name {
			for _, s := range c.steps {
				s.step.ID = s.name
				out = append(out, s.step)
			}
		}
	}
	if out == nil {
		t.Fatalf("there is no chain %q", name)
	}
	return out
}

// The chain begins when the trip is over, for those who went, and stops when
// the trip turns out not to have been, or a traveller is gone.
func TestTripChain(t *testing.T) {
	x := newToured(t, nil)
	x.chain(t, "returned", nil)
	for _, part := range []string{"out", "north", "west", "home", "v2", "dinner"} {
		x.marks(t, x.bea, part, false)
	}
	x.moves(t, TripUnderWay)
	x.due(t, in(t, HouseZone, "2027-02-12 23:00"))
	if n := len(x.steps(t, x.aino.Email)); n != 0 {
		t.Errorf("%d mails before the trip is over", n)
	}
	x.at(in(t, HouseZone, "2027-02-13 01:00"))
	x.moves(t, TripCompleted)
	x.due(t, in(t, HouseZone, "2027-02-19 08:59"))
	x.wantSteps(t, x.aino.Email)
	const week, month, quarter = "Thank you for coming along: Spain and Portugal", "A month after Spain and Portugal: next steps", "Three months after Spain and Portugal: what came of it?"
	for range 2 {
		x.due(t, in(t, HouseZone, "2027-02-19 09:00"))
	}
	x.wantSteps(t, x.aino.Email, week)
	x.wantSteps(t, x.bea.Email) // marked absent everywhere
	m := x.mailsTo(t, x.aino.Email)[0]
	if m.Letter.Button == nil || m.Letter.Button.URL != x.OutcomesURL(x.aino) || !strings.Contains(strings.Join(m.Letter.Paragraphs, " "), "Talleres Uno") {
		t.Errorf("the mail says %v and leads to %v", m.Letter.Paragraphs, m.Letter.Button)
	}
	x.due(t, in(t, HouseZone, "2027-03-12 09:00"))
	x.wantSteps(t, x.aino.Email, week, month)
	x.write(t, func(tx *storage.Tx) error { // who is erased is asked nothing more
		p, err := people.Get(tx, x.anna.PersonID)
		if err != nil {
			return err
		}
		return people.Delete(tx, p)
	})
	x.due(t, in(t, HouseZone, "2027-05-12 09:00"))
	x.wantSteps(t, x.aino.Email, week, month, quarter)
	x.wantSteps(t, x.anna.Email) // and what has not left is taken back
	x.moves(t, TripCancelled)
	x.due(t, in(t, HouseZone, "2027-08-12 09:00"))
	x.wantSteps(t, x.aino.Email)
}

// An answer for every host ends a chain that asks until there is one.
func TestTripChainUntilAnswered(t *testing.T) {
	x := newToured(t, nil)
	x.chain(t, "returned", func(c *Chain) { c.UntilAnswered = true })
	x.at(in(t, HouseZone, "2027-02-13 01:00"))
	x.moves(t, TripCompleted)
	must(t, x.says(t, x.aino, "seat", LadderContact)) // for her colleague too
	x.due(t, in(t, HouseZone, "2027-02-19 09:00"))
	x.wantSteps(t, x.aino.Email)
	x.wantSteps(t, x.anna.Email)
	if n := len(x.steps(t, x.bea.Email)); n != 1 {
		t.Errorf("who has not answered got %d mails", n)
	}
}

// The chain can be tried on a trip.
func TestTripChainTried(t *testing.T) {
	x := newToured(t, nil)
	c := x.chain(t, "returned", nil)
	things, err := x.TriedOn(t.Context(), x.boss, c)
	must(t, err)
	if len(things) != 1 || things[0].ID != x.trip.ID {
		t.Fatalf("it can be tried on %v", things)
	}
	x.moves(t, TripCompleted)
	dry, err := x.DryRun(t.Context(), x.boss, c.ID, x.trip.ID, "")
	must(t, err)
	if len(dry.Lines) != 3 || len(dry.Lines[0].Steps) != 5 || dry.Lines[0].Why != "" {
		t.Errorf("%+v", dry.Lines)
	}
}
