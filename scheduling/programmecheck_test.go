package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A flaw is something wrong with the programme of a programmeHouse, and what is
// then found: "kind parts travellers", the travellers by number.
type flaw struct {
	name  string
	set   func(*Programme, []*Traveller)
	found []string
}

// porto is a moment of the free day in Porto.
func porto(t testing.TB, clock string) time.Time { return in(t, "Europe/Lisbon", "2027-02-11 "+clock) }

// flaws are violations of every check, several of some; any of them can be
// there together.
func flaws(t testing.TB, vs []*Traveller) []flaw {
	only := func(i ...int) (c Crowd) {
		for _, n := range i {
			c.TravellerIDs = append(c.TravellerIDs, vs[n].ID)
		}
		return c
	}
	leg := func(id string, c Crowd, from, to string) Leg {
		return Leg{ID: id, Crowd: c, Kind: ByTrain, From: Terminal{"Porto", "", "Europe/Lisbon"}, To: Terminal{"Braga", "", "Europe/Lisbon"}, Departs: porto(t, from), Arrives: porto(t, to)}
	}
	act := func(id string, c Crowd, place, from, to string) Activity {
		return Activity{ID: id, Crowd: c, Kind: Common, StopID: "porto", Title: Text{"en": id}, Place: place, Starts: porto(t, from), Ends: porto(t, to)}
	}
	return []flaw{
		{"a passport that runs out", func(_ *Programme, vs []*Traveller) { vs[0].Data.PassportExpiry = "2027-05-12" }, []string{"passport  0"}},
		{"a passport nobody knows of", func(_ *Programme, vs []*Traveller) { vs[1].Data.PassportExpiry = "" }, []string{"passport  1"}},
		{"no answer", func(_ *Programme, vs []*Traveller) { vs[2].Data = nil }, []string{"data  2"}},
		{"half an answer", func(_ *Programme, vs []*Traveller) { vs[3].Data.EmergencyPhone = "" }, []string{"data  3"}},
		{"two legs at once", func(p *Programme, _ []*Traveller) {
			p.Legs = append(p.Legs, leg("l1", only(3), "10:00", "12:00"), leg("l2", only(3), "11:00", "13:00"))
		}, []string{"legs l1,l2 3"}},
		{"late for both visits", func(p *Programme, _ []*Traveller) { p.Leg("out").Arrives = in(t, "Europe/Madrid", "2027-02-08 14:30") },
			[]string{"late v1,out 01", "late v2,out 23"}},
		{"a visit the day before they come", func(p *Programme, _ []*Traveller) {
			p.Activities = append(p.Activities, Activity{ID: "early", Crowd: only(0), Kind: Common, StopID: "vitoria", Title: Text{"en": "Early"},
				Starts: in(t, "Europe/Madrid", "2027-02-09 09:00"), Ends: in(t, "Europe/Madrid", "2027-02-09 10:00")})
		}, []string{"late early,north 0"}},
		{"too short to change flights", func(p *Programme, _ []*Traveller) {
			p.Legs = append(p.Legs, Leg{ID: "feeder", Crowd: only(2), Kind: ByAir, From: Terminal{"Oulu", "OUL", "Europe/Helsinki"}, To: Terminal{"Helsinki", "HEL", "Europe/Helsinki"},
				Departs: in(t, "Europe/Helsinki", "2027-02-08 04:20"), Arrives: in(t, "Europe/Helsinki", "2027-02-08 05:31")})
		}, []string{"connection feeder,out 2"}},
		{"two places at once", func(p *Programme, _ []*Traveller) {
			p.Activities = append(p.Activities, act("c1", only(0), "", "15:00", "16:00"), act("c2", only(0), "", "15:59", "17:00"))
		}, []string{"twice c1,c2 0"}},
		{"a longer way than there is time for", func(p *Programme, _ []*Traveller) {
			p.Travel = append(p.Travel, TravelLeg{A: "casa lucio", B: "Getafe", Minutes: 241})
		}, []string{"way v1,dinner 01"}},
		{"no time for the way", func(p *Programme, _ []*Traveller) {
			p.Activities = append(p.Activities, act("w1", only(1), "Ribeira", "09:00", "10:00"), act("w2", only(1), "Matosinhos", "10:14", "11:00"))
		}, []string{"way w1,w2 1"}},
		{"no bed in Porto", func(p *Programme, vs []*Traveller) {
			h := p.Hotel("h3")
			h.Rooms = slices.DeleteFunc(slices.Clone(h.Rooms), func(r HotelRoom) bool { return r.TravellerIDs[0] == vs[3].ID })
		}, []string{"room h3 3"}},
		{"no hotel in Vitoria", func(p *Programme, _ []*Traveller) {
			p.Hotels = slices.DeleteFunc(p.Hotels, func(h Hotel) bool { return h.ID == "h2" })
		}, []string{"room  0123"}},
		{"no way home", func(p *Programme, _ []*Traveller) { p.Leg("home").Crowd = only(0, 1, 2) }, []string{"home  3"}},
		{"a host who has not said yes", func(p *Programme, _ []*Traveller) { p.Host("seat").State = HostInvited }, []string{"host v1 "}},
		{"more than it takes", func(p *Programme, _ []*Traveller) { p.Activity("v2").Capacity = 1 }, []string{"capacity v2 23"}},
		{"an agreement not signed", func(p *Programme, _ []*Traveller) { p.Activity("v1").NDA = true }, []string{"nda v1 1"}},
		{"a stop that is gone", func(p *Programme, _ []*Traveller) {
			p.Activities = append(p.Activities, Activity{ID: "lost", Kind: FreeTime, StopID: "rome", Title: Text{"en": "Lost"}, Starts: porto(t, "08:00"), Ends: porto(t, "09:00")})
		}, []string{"outside lost "}},
	}
}

// asFound names faults as flaws do.
func asFound(fs []TripFault, vs []*Traveller) (out []string) {
	for _, f := range fs {
		who := ""
		for i, v := range vs {
			if slices.Contains(f.TravellerIDs, v.ID) {
				who += fmt.Sprint(i)
			}
		}
		out = append(out, fmt.Sprintf("%s %s %s", f.Kind, strings.Join(f.PartIDs, ","), who))
	}
	slices.Sort(out)
	return out
}

// answered are travellers of the house who answered all; on the way to each
// limit they are just inside.
func (h *programmeHouse) answered() (out []*Traveller) {
	for i, v := range h.vs {
		c := *v
		c.Data = &TravellerData{EmergencyName: "Home", EmergencyPhone: "+358 40 1", PassportExpiry: "2027-05-13", Phone: "+358 40 2"}
		if i == 0 {
			c.NDAs = map[string]string{"seat": "2027-01-01"}
		}
		out = append(out, &c)
	}
	return out
}

// TestChecks seeds any of the flaws together: each is found, and nothing else.
func TestChecks(t *testing.T) {
	h := newProgrammeHouse(t)
	h.trip.Asks.DueAt = t0
	all := flaws(t, h.vs)
	kinds := map[string]bool{}
	look := func(chosen []flaw, fail func(string, ...any)) []TripFault {
		p, vs, want := copied(h.page.Programme), h.answered(), []string(nil)
		for _, f := range chosen {
			f.set(p, vs)
			want = append(want, f.found...)
		}
		slices.Sort(want)
		found := CheckProgramme(h.trip, p, vs, t0)
		if got := asFound(found, vs); !slices.Equal(got, want) {
			fail("found %q, want %q", got, want)
		}
		return found
	}
	look(nil, t.Errorf)
	for _, f := range all {
		t.Run(f.name, func(t *testing.T) {
			for _, found := range look([]flaw{f}, t.Errorf) {
				kinds[string(found.Kind)] = true
				for _, lang := range []string{"en", "fi"} {
					if text := h.Texts.In(lang).Text(found.Key, found.Args...); text == found.Key || strings.Contains(text, "{{") {
						t.Errorf("%s: no words for %s with %v", lang, found.Key, found.Args)
					}
				}
			}
		})
	}
	for _, k := range FaultKinds {
		if !kinds[string(k)] {
			t.Errorf("no flaw is of kind %s", k)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var chosen []flaw
		for _, f := range all {
			if rapid.Bool().Draw(t, f.name) {
				chosen = append(chosen, f)
			}
		}
		look(chosen, t.Fatalf)
	})
}

// TestChecksKnowWhatIsDue: nothing is missing before it is due, or after it was
// purged; visitors bring their own beds and ways.
func TestChecksKnowWhatIsDue(t *testing.T) {
	h := newProgrammeHouse(t)
	h.trip.Asks.DueAt = t0.AddDate(0, 0, 1)
	if got := asFound(CheckProgramme(h.trip, h.page.Programme, h.vs, t0), h.vs); len(got) > 0 {
		t.Errorf("before it is due: %q", got)
	}
	if got := asFound(CheckProgramme(h.trip, h.page.Programme, h.vs, h.trip.Asks.DueAt), h.vs); len(got) != 4 {
		t.Errorf("once it is due: %q", got)
	}
	for _, v := range h.vs {
		v.PurgedAt = t0
	}
	if got := asFound(CheckProgramme(h.trip, h.page.Programme, h.vs, h.trip.Asks.DueAt), h.vs); len(got) > 0 {
		t.Errorf("after it was purged: %q", got)
	}
	visitors := copied(h.page.Programme)
	h.trip.Direction, visitors.Legs, visitors.Hotels = Incoming, nil, nil
	if got := asFound(CheckProgramme(h.trip, visitors, h.vs, t0), h.vs); len(got) > 0 {
		t.Errorf("visitors: %q", got)
	}
}

// TestNightOnTheWay: who travels through the night needs no bed, nor who is not
// there yet or gone home before the others.
func TestNightOnTheWay(t *testing.T) {
	h := newProgrammeHouse(t)
	p := copied(h.page.Programme)
	for i := range p.Hotels {
		p.Hotels[i].Rooms = slices.DeleteFunc(slices.Clone(p.Hotels[i].Rooms), func(r HotelRoom) bool {
			return r.TravellerIDs[0] == h.vs[0].ID || p.Hotels[i].ID == "h3" && r.TravellerIDs[0] == h.vs[1].ID
		})
	}
	first, others := Crowd{TravellerIDs: []string{h.vs[0].ID}}, Crowd{TravellerIDs: []string{h.vs[1].ID, h.vs[2].ID, h.vs[3].ID}}
	p.Leg("out").Crowd, p.Leg("north").Crowd, p.Leg("west").Crowd, p.Activity("v1").Crowd, p.Activity("dinner").Crowd = others, others, others, others, others
	p.Activity("v2").Crowd = Crowd{}
	p.Leg("home").Crowd = Crowd{TravellerIDs: []string{h.vs[0].ID, h.vs[2].ID, h.vs[3].ID}}
	p.Legs = append(p.Legs,
		Leg{ID: "night", Crowd: first, Kind: ByTrain, From: Terminal{"Madrid", "", "Europe/Madrid"}, To: Terminal{"Porto", "", "Europe/Lisbon"},
			Departs: in(t, "Europe/Madrid", "2027-02-11 22:00"), Arrives: porto(t, "06:00").AddDate(0, 0, 1)},
		Leg{ID: "sooner", Crowd: Crowd{TravellerIDs: []string{h.vs[1].ID}}, Kind: ByAir, From: Terminal{"Porto", "OPO", "Europe/Lisbon"}, To: Terminal{"Helsinki", "HEL", "Europe/Helsinki"},
			Departs: in(t, "Europe/Lisbon", "2027-02-10 20:00"), Arrives: in(t, "Europe/Helsinki", "2027-02-11 02:30")})
	if got := asFound(CheckProgramme(h.trip, p, h.vs, t0), h.vs); len(got) > 0 {
		t.Errorf("found %q", got)
	}
}

// TestChanging holds the minutes of a change at their limits.
func TestChanging(t *testing.T) {
	flight := func(from, to string) *Leg {
		return &Leg{Kind: ByAir, From: Terminal{Zone: from}, To: Terminal{Zone: to}}
	}
	const hel, mad = "Europe/Helsinki", "Europe/Madrid"
	for _, test := range []struct {
		a, b *Leg
		want int
	}{
		{flight(hel, hel), flight(hel, hel), 60},
		{flight(hel, hel), flight(hel, mad), 90},
		{flight(mad, hel), flight(hel, hel), 90},
		{&Leg{Kind: ByTrain}, flight(hel, mad), 20},
		{flight(hel, mad), &Leg{Kind: ByBus, Minutes: 45}, 45},
	} {
		if got := changing(test.a, test.b); got != test.want {
			t.Errorf("%s to %s: %d minutes, want %d", test.a.Kind, test.b.Kind, got, test.want)
		}
	}
}

// TestJudge: what would be refused says so, what would be wrong says what, and
// nothing is changed.
func TestJudge(t *testing.T) {
	h := newProgrammeHouse(t)
	at := func(clock string) ActivityMove {
		return ActivityMove{ID: "v1", Starts: in(t, "Europe/Madrid", "2027-02-08 "+clock)}
	}
	for _, test := range []struct {
		move    ActivityMove
		refused string
		found   []string
	}{
		{at("16:00"), "", nil},
		{at("17:55"), "", []string{"way v1,dinner 01"}},
		{at("18:30"), "programme.twice", nil},
		{at("10:30"), "", []string{"way out,v1 01"}},
		{ActivityMove{ID: "v1", Starts: porto(t, "10:00")}, "problem.invalid", nil},
		{ActivityMove{ID: "v1", Starts: porto(t, "10:00"), StopID: "porto"}, "", nil},
	} {
		v, err := h.JudgeMove(t.Context(), h.boss, h.trip.ID, test.move)
		must(t, err)
		key := ""
		if v.Refused != nil {
			key = v.Refused.Key
		}
		if got := asFound(v.New, h.vs); key != test.refused || !slices.Equal(got, test.found) {
			t.Errorf("%v: refused %q, found %q, want %q, %q", test.move.Starts, key, got, test.refused, test.found)
		}
	}
	p, err := h.Programme(t.Context(), h.boss, h.trip.ID)
	must(t, err)
	if p.Programme.Rev != h.page.Programme.Rev {
		t.Error("judging changes nothing")
	}
	if _, err := h.JudgeMove(t.Context(), h.boss, h.trip.ID, ActivityMove{ID: "nothing"}); !IsHidden(err) {
		t.Errorf("an activity that is none: %v", err)
	}
}

// TestSignNDA: one agreement holds for all visits of its host, until it is
// taken back.
func TestSignNDA(t *testing.T) {
	h := newProgrammeHouse(t)
	v1 := *h.page.Programme.Activity("v1")
	v1.NDA = true
	p, err := h.SaveActivity(t.Context(), h.boss, h.trip.ID, h.page.Programme.Rev, v1)
	must(t, err)
	look := func(want ...string) {
		t.Helper()
		p, err = h.Programme(t.Context(), h.boss, h.trip.ID)
		must(t, err)
		if got := asFound(CheckProgramme(p.Trip, p.Programme, p.Travellers, t0), p.Travellers); !slices.Equal(got, want) {
			t.Errorf("found %q, want %q", got, want)
		}
	}
	look("nda v1 01")
	must(t, h.SignNDA(t.Context(), h.boss, h.trip.ID, h.vs[0].ID, "seat", "2027-01-10"))
	look("nda v1 1")
	must(t, h.SignNDA(t.Context(), h.boss, h.trip.ID, h.vs[0].ID, "seat", ""))
	look("nda v1 01")
	wantProblem(t, h.SignNDA(t.Context(), h.boss, h.trip.ID, h.vs[0].ID, "seat", "yesterday"), Invalid)
	wantHidden(t, h.SignNDA(t.Context(), h.boss, h.trip.ID, h.vs[0].ID, "nobody", "2027-01-10"))
}
