package scheduling

import (
	"fmt"
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
	x.read(t)
	return x
}

// read empties the outbox of what went out before the trip.
func (x *toured) read(t testing.TB) {
	t.Helper()
	x.write(t, func(tx *storage.Tx) error {
		for m, err := range mailRows.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			if err := mailRows.Delete(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
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
