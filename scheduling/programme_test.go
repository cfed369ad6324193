package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// programmeHouse is a house with the published programme of a trip that four
// people go on: two in each sub-group.
type programmeHouse struct {
	*testHouse
	trip *Trip
	vs   []*Traveller
	page *ProgrammePage
}

func newProgrammeHouse(t testing.TB) *programmeHouse {
	h := &programmeHouse{testHouse: newHouse(t)}
	h.trip = h.spain(t, nil)
	for _, name := range []string{"Aino A", "Bea B", "Cia C", "Dan D"} {
		h.vs = append(h.vs, h.traveller(t, h.trip, name, "Aurora Oy"))
	}
	h.page = h.planned(t, h.trip, h.vs[:2], h.vs[2:], nil)
	return h
}

// sequences are the revisions of the parts by id.
func sequences(p *ProgrammePage) map[string]int {
	out := map[string]int{}
	for _, x := range p.Programme.Parts(p.Trip) {
		out[x.ID] = x.Sequence
	}
	return out
}

func TestProgrammeRefuses(t *testing.T) {
	h := newProgrammeHouse(t)
	for _, test := range []struct {
		name  string
		field string // "" where the whole is refused
		key   string
		set   func(*Programme)
	}{
		{"arrives before it departs", "legs.0.arrives", "programme.wrong.arrives", func(p *Programme) { p.Legs[0].Arrives = p.Legs[0].Departs }},
		{"departs in another year", "legs.0.departs", "programme.wrong.far", func(p *Programme) { p.Legs[0].Departs = p.Legs[0].Departs.AddDate(-1, 0, 0) }},
		{"no such zone", "legs.0.to_zone", "event.zone", func(p *Programme) { p.Legs[0].To.Zone = "Europe/Atlantis" }},
		{"no such kind", "legs.0.kind", "problem.choice", func(p *Programme) { p.Legs[0].Kind = "sledge" }},
		{"leads nowhere", "legs.0.stop_id", "programme.wrong.stop", func(p *Programme) { p.Legs[0].StopID = "rome" }},
		{"hotel at no stop", "hotels.0.stop_id", "programme.wrong.stop", func(p *Programme) { p.Hotels[0].StopID = "rome" }},
		{"hotel before the stop", "hotels.0.from", "programme.wrong.days", func(p *Programme) { p.Hotels[0].From = "2027-02-06" }},
		{"no night", "hotels.0.until", "programme.wrong.until", func(p *Programme) { p.Hotels[0].Until = p.Hotels[0].From }},
		{"too many in a room", "hotels.0.rooms", "programme.wrong.beds", func(p *Programme) {
			p.Hotels[0].Rooms = []HotelRoom{{Kind: SingleRoom, TravellerIDs: []string{h.vs[0].ID, h.vs[1].ID}}}
		}},
		{"in two rooms", "hotels.0.rooms", "programme.wrong.two_rooms", func(p *Programme) {
			p.Hotels[0].Rooms = append(p.Hotels[0].Rooms, HotelRoom{Kind: SingleRoom, TravellerIDs: []string{h.vs[0].ID}})
		}},
		{"host at no stop", "hosts.0.stop_id", "programme.wrong.stop", func(p *Programme) { p.Hosts[0].StopID = "" }},
		{"unknown host", "activities.0.host_id", "programme.wrong.host", func(p *Programme) { p.Activities[0].HostID = "nobody" }},
		{"the day after its stop", "activities.0.starts", "programme.wrong.days", func(p *Programme) {
			p.Activities[0].Starts, p.Activities[0].Ends = p.Activities[0].Starts.AddDate(0, 0, 2), p.Activities[0].Ends.AddDate(0, 0, 2)
		}},
		{"ends before it begins", "activities.0.ends", "programme.wrong.ends", func(p *Programme) { p.Activities[0].Ends = p.Activities[0].Starts }},
		{"no title", "activities.2.title", "problem.required", func(p *Programme) { p.Activities[2].Title = nil }},
		{"too long a place", "activities.0.place", "problem.too_long", func(p *Programme) { p.Activities[0].Place = strings.Repeat("x", 201) }},
		{"more than it takes", "activities.2.capacity", "programme.wrong.capacity", func(p *Programme) { p.Activities[2].Capacity = 3 }},
		{"an endless way", "travel.0.minutes", "problem.number", func(p *Programme) { p.Travel = []TravelLeg{{A: "Getafe", B: "Casa Lucio", Minutes: 5000}} }},
		{"one id twice", "activities", "programme.wrong.twice", func(p *Programme) { p.Activities[1].ID = p.Legs[0].ID }},
		{"in two places", "", "programme.twice", func(p *Programme) { p.Activities[1].TravellerIDs = []string{h.vs[0].ID} }},
		{"everyone in two places", "", "programme.twice_all", func(p *Programme) {
			p.Activities[2].Starts, p.Activities[2].Ends = p.Legs[0].Departs.Add(2*time.Hour), p.Legs[0].Departs.Add(3*time.Hour)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := copied(h.page.Programme)
			test.set(in)
			_, err := h.SaveProgramme(t.Context(), h.boss, h.trip.ID, in)
			p := ProblemIn(err)
			if p == nil || test.field != "" && p.Fields[test.field] != test.key || test.field == "" && p.Key != test.key {
				t.Errorf("%v, want %s %s", err, test.field, test.key)
			}
		})
	}
}

// copied is a programme whose lists can be changed.
func copied(p *Programme) *Programme {
	out := *p
	out.Legs, out.Hotels, out.Hosts, out.Activities = slices.Clone(p.Legs), slices.Clone(p.Hotels), slices.Clone(p.Hosts), slices.Clone(p.Activities)
	return &out
}

// TestTwiceNamesThem wants to read who would be where, and when.
func TestTwiceNamesThem(t *testing.T) {
	h := newProgrammeHouse(t)
	_, err := h.Assign(t.Context(), h.boss, h.trip.ID, h.page.Programme.Rev, Assignment{PartID: "v2", TravellerIDs: []string{h.vs[0].ID}})
	p := wantProblem(t, err, Invalid)
	got := h.Texts.In("en").Text(p.Key, p.Args...)
	want := "Aino A would be in two places at once: Visit to Talleres Uno (Mon 8 Feb 2027, 14:00–16:00 (Madrid)) and Visit to Laboratorio Dos (Mon 8 Feb 2027, 14:00–16:00 (Madrid))."
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestProgrammeActions changes one thing after the other: only what was changed
// has its next revision, and what is gone is kept for calendars.
func TestProgrammeActions(t *testing.T) {
	h := newProgrammeHouse(t)
	ctx, rev := t.Context(), h.page.Programme.Rev
	step := func(what string, want map[string]int, do func() (*ProgrammePage, error)) *ProgrammePage {
		t.Helper()
		p, err := do()
		must(t, err)
		rev = p.Programme.Rev
		for id, n := range sequences(p) {
			if n != want[id] {
				t.Errorf("%s: %s has revision %d, want %d", what, id, n, want[id])
			}
		}
		return p
	}
	step("assigned", nil, func() (*ProgrammePage, error) {
		return h.Assign(ctx, h.boss, h.trip.ID, rev, Assignment{PartID: "dinner", TravellerIDs: []string{h.vs[3].ID}, Out: true})
	})
	p := step("moved", map[string]int{"v1": 1}, func() (*ProgrammePage, error) {
		return h.MoveActivity(ctx, h.boss, h.trip.ID, rev, ActivityMove{ID: "v1", Starts: in(t, "Europe/Madrid", "2027-02-08 16:30")})
	})
	if a := p.Programme.Activity("v1"); a.Ends.Sub(a.Starts) != 2*time.Hour {
		t.Error("a moved visit keeps its length")
	}
	if got := p.Programme.Activity("dinner").Who(h.vs); !slices.Equal(got, []string{h.vs[0].ID, h.vs[1].ID, h.vs[2].ID}) {
		t.Errorf("at dinner: %v", got)
	}
	hotel := *p.Programme.Hotel("h1")
	hotel.Block, hotel.Rooms = []RoomBlock{{Kind: SingleRoom, Count: 4, Price: 9000}}, nil
	p = step("priced a hotel", map[string]int{"v1": 1}, func() (*ProgrammePage, error) { return h.SaveHotel(ctx, h.boss, h.trip.ID, rev, hotel) })
	if len(p.Programme.Hotel("h1").Rooms) != 4 {
		t.Error("a hotel that is edited keeps its rooms")
	}
	hotel.Address = "Gran Vía 1"
	step("moved a hotel", map[string]int{"v1": 1, "h1": 1}, func() (*ProgrammePage, error) { return h.SaveHotel(ctx, h.boss, h.trip.ID, rev, hotel) })
	leg := *p.Programme.Leg("out")
	leg.Number = "AY1663"
	step("another flight", map[string]int{"v1": 1, "h1": 1, "out": 1}, func() (*ProgrammePage, error) { return h.SaveLeg(ctx, h.boss, h.trip.ID, rev, leg) })
	was := p.Programme.Activity("v2").UID
	p = step("dropped", map[string]int{"v1": 1, "h1": 1, "out": 1}, func() (*ProgrammePage, error) { return h.DropActivity(ctx, h.boss, h.trip.ID, rev, "v2") })
	if d := p.Programme.Dropped; len(d) != 1 || d[0].UID != was || d[0].Sequence != 1 || !slices.Equal(d[0].TravellerIDs, []string{h.vs[2].ID, h.vs[3].ID}) {
		t.Errorf("dropped: %+v", d)
	}
	again := Activity{ID: "v2", Kind: HostVisit, StopID: "madrid", HostID: "lab", Starts: in(t, "Europe/Madrid", "2027-02-08 12:00"), Ends: in(t, "Europe/Madrid", "2027-02-08 13:00")}
	p = step("came back", map[string]int{"v1": 1, "h1": 1, "out": 1, "v2": 2}, func() (*ProgrammePage, error) { return h.SaveActivity(ctx, h.boss, h.trip.ID, rev, again) })
	if a := p.Programme.Activity("v2"); a.UID != was || a.Title.In("fi") != "Laboratorio Dos" || len(p.Programme.Dropped) != 0 {
		t.Errorf("came back as %+v", a)
	}
	step("dropped legs", map[string]int{"v1": 1, "h1": 1, "out": 1, "v2": 2}, func() (*ProgrammePage, error) { return h.DropLeg(ctx, h.boss, h.trip.ID, rev, "north") })
	h.at(t0.AddDate(0, 0, 61))
	p = step("two months later", map[string]int{"v1": 1, "h1": 1, "out": 1, "v2": 2}, func() (*ProgrammePage, error) { return h.DropHotel(ctx, h.boss, h.trip.ID, rev, "h2") })
	if d := p.Programme.Dropped; len(d) != 1 || d[0].ID != "h2" {
		t.Errorf("kept for calendars: %+v", d)
	}
}

// TestProgrammeForOthers: a leader may, an organiser of another cluster gets
// what is not there, and what was looked at must be what there is.
func TestProgrammeForOthers(t *testing.T) {
	h := newProgrammeHouse(t)
	leader := Actor{ID: h.vs[0].PersonID, Name: "Aino A", Email: "aino-a@example.org", Via: "page"}
	move := ActivityMove{ID: "v1", Starts: in(t, "Europe/Madrid", "2027-02-08 14:15")}
	for _, by := range []Actor{leader, h.other, {}} {
		if _, err := h.MoveActivity(t.Context(), by, h.trip.ID, h.page.Programme.Rev, move); !IsHidden(err) {
			t.Errorf("%s: %v", by.ID, err)
		}
		if _, err := h.JudgeMove(t.Context(), by, h.trip.ID, move); !IsHidden(err) {
			t.Errorf("%s judges: %v", by.ID, err)
		}
		if err := h.SignNDA(t.Context(), by, h.trip.ID, h.vs[1].ID, "seat", "2027-01-01"); !IsHidden(err) {
			t.Errorf("%s signs: %v", by.ID, err)
		}
	}
	h.write(t, func(tx *storage.Tx) error {
		trip, err := trips.Get(tx, h.trip.ID)
		if err != nil {
			return err
		}
		trip.LeaderIDs = []string{leader.ID}
		return trips.Put(tx, trip)
	})
	_, err := h.MoveActivity(t.Context(), leader, h.trip.ID, h.page.Programme.Rev-1, move)
	wantProblem(t, err, Changed)
	_, err = h.MoveActivity(t.Context(), leader, h.trip.ID, h.page.Programme.Rev, move)
	must(t, err)
	_, err = h.MoveActivity(t.Context(), leader, h.trip.ID, h.page.Programme.Rev, move)
	wantProblem(t, err, Changed)
}

// TestSeats: a visit takes as many as it takes, whoever asks.
func TestSeats(t *testing.T) {
	h := newProgrammeHouse(t)
	v1 := *h.page.Programme.Activity("v1")
	v1.Capacity = 2
	p, err := h.SaveActivity(t.Context(), h.boss, h.trip.ID, h.page.Programme.Rev, v1)
	must(t, err)
	p, err = h.Assign(t.Context(), h.boss, h.trip.ID, p.Programme.Rev, Assignment{PartID: "v2", TravellerIDs: []string{h.vs[2].ID}, Out: true})
	must(t, err)
	in := Assignment{PartID: "v1", TravellerIDs: []string{h.vs[2].ID}}
	if v, err := h.JudgeAssign(t.Context(), h.boss, h.trip.ID, in); err != nil || v.Refused == nil || v.Refused.Kind != Full {
		t.Errorf("judged %+v %v", v, err)
	}
	_, err = h.Assign(t.Context(), h.boss, h.trip.ID, p.Programme.Rev, in)
	wantProblem(t, err, Full)
	_, err = h.AssignAll(t.Context(), h.boss, h.trip.ID, p.Programme.Rev, map[string]Crowd{"v1": {TravellerIDs: []string{h.vs[0].ID, h.vs[2].ID}}, "v2": {TravellerIDs: []string{h.vs[1].ID}}})
	must(t, err)
}

// TestNobodyTwice makes any changes in any order, as the desk's actions do:
// whatever is let pass, nobody is ever in two places, and a change raises the
// revision of what it moved alone.
func TestNobodyTwice(t *testing.T) {
	h := newProgrammeHouse(t)
	rapid.Check(t, func(t *rapid.T) {
		page := &ProgrammePage{Trip: h.trip, Programme: copied(h.page.Programme), Travellers: h.vs}
		passed := 0
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			next := &ProgrammePage{Trip: h.trip, Programme: copied(page.Programme), Travellers: h.vs}
			change, moved := anyChange(t, h.vs, page.Programme)
			before := sequences(page)
			if err := change(next); err != nil {
				t.Fatal(err)
			}
			if err := next.allow(copied(page.Programme)); err != nil {
				if ProblemIn(err) == nil {
					t.Fatal(err)
				}
				continue
			}
			next.Programme.revise(t0, h.trip, page.Programme)
			for id, n := range sequences(next) {
				if want := before[id] + moved[id]; n != want {
					t.Fatalf("%s has revision %d, want %d", id, n, want)
				}
			}
			if page, passed = next, passed+1; nobodyTwice(page) != "" {
				t.Fatal(nobodyTwice(page))
			}
		}
		t.Logf("%d changes", passed)
	})
}

// anyChange is one change, with what it raises if it is made.
func anyChange(t *rapid.T, vs []*Traveller, p *Programme) (change func(*ProgrammePage) error, moved map[string]int) {
	a := rapid.SampledFrom(p.Activities).Draw(t, "activity")
	who := rapid.SampledFrom(vs).Draw(t, "who").ID
	starts := time.Date(2027, 2, 8, 9, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "quarters")) * 15 * time.Minute)
	raise := func(id string, was time.Time) {
		if !was.Equal(starts) {
			moved = map[string]int{id: 1}
		}
	}
	switch rapid.IntRange(0, 4).Draw(t, "action") {
	case 0:
		raise(a.ID, a.Starts)
		return ActivityMove{ID: a.ID, Starts: starts}.do, moved
	case 1:
		part := rapid.SampledFrom([]string{"v1", "v2", "dinner", "out"}).Draw(t, "part")
		return Assignment{PartID: part, TravellerIDs: []string{who}, Out: rapid.Bool().Draw(t, "out")}.do, nil
	case 2:
		return func(p *ProgrammePage) error { p.Programme.Activity(a.ID).Crowd = Crowd{Everyone: true}; return nil }, nil
	case 3:
		raise("out", p.Leg("out").Arrives)
		return func(p *ProgrammePage) error { p.Programme.Leg("out").Arrives = starts; return nil }, moved
	}
	raise(a.ID, a.Starts)
	return func(p *ProgrammePage) error {
		x := p.Programme.Activity(a.ID)
		x.Ends, x.Starts, x.Crowd = starts.Add(x.Ends.Sub(x.Starts)), starts, Crowd{TravellerIDs: []string{who}}
		return nil
	}, moved
}

// nobodyTwice looks every five minutes, as nothing else does: who is in two parts
// that take time.
func nobodyTwice(p *ProgrammePage) string {
	for _, v := range p.Travellers {
		at := map[time.Time]string{}
		for _, x := range p.Programme.Parts(p.Trip) {
			for m := x.Starts; x.Bulky && x.Has(v.ID) && m.Before(x.Ends); m = m.Add(5 * time.Minute) {
				if at[m] != "" {
					return fmt.Sprintf("%s is in %s and %s at %v", v.Name, at[m], x.ID, m)
				}
				at[m] = x.ID
			}
		}
	}
	return ""
}
