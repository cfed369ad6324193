package scheduling

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// brute looks at every order and every start of a visit plan, without a table.
func (p *visitPlan) brute(done, last, t, waiting int, best *[3]int) {
	n := 0
	for j := range p.stops {
		if done&(1<<j) != 0 {
			n++
		}
	}
	if n > best[0] || n == best[0] && (waiting < best[1] || waiting == best[1] && t < best[2]) {
		*best = [3]int{n, waiting, t}
	}
	for j := range p.stops {
		if done&(1<<j) != 0 {
			continue
		}
		way := p.first[j]
		if last >= 0 {
			way = p.travel[last][j]
		}
		wait := 0
		for from := t; from+way < p.steps; from++ {
			if p.stops[j].fits[from+way] {
				p.brute(done|1<<j, j, from+way+p.stops[j].length, waiting+wait, best)
			}
			if last >= 0 && !p.rest[from] {
				wait++
			}
		}
	}
}

// The search finds what looking at everything finds, and its programme is what
// it says.
func TestBestVisit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := &visitPlan{steps: rapid.IntRange(1, 14).Draw(rt, "steps")}
		n := rapid.IntRange(1, 4).Draw(rt, "stops")
		p.rest = rapid.SliceOfN(rapid.Bool(), p.steps+1, p.steps+1).Draw(rt, "rest")
		for range n {
			s := plannedStop{length: rapid.IntRange(1, 4).Draw(rt, "length"), fits: make([]bool, p.steps+1)}
			for at := range s.fits {
				s.fits[at] = at+s.length <= p.steps && rapid.IntRange(0, 2).Draw(rt, "fits") > 0
			}
			p.stops = append(p.stops, s)
			p.first = append(p.first, rapid.IntRange(0, 2).Draw(rt, "first"))
			p.travel = append(p.travel, rapid.SliceOfN(rapid.IntRange(0, 3), n, n).Draw(rt, "travel"))
		}
		starts, waiting := p.best()
		want := [3]int{0, 0, 0}
		p.brute(0, -1, 0, 0, &want)
		placed, end := 0, 0
		order := []int{}
		for j, at := range starts {
			if at >= 0 {
				placed++
				end = max(end, at+p.stops[j].length)
				order = append(order, j)
				if !p.stops[j].fits[at] {
					rt.Fatalf("stop %d does not fit at %d", j, at)
				}
			}
		}
		slices.SortFunc(order, func(a, b int) int { return starts[a] - starts[b] })
		for i := 1; i < len(order); i++ {
			if a, b := order[i-1], order[i]; starts[a]+p.stops[a].length+p.travel[a][b] > starts[b] {
				rt.Fatalf("no time for the way from %d to %d: %v", a, b, starts)
			}
		}
		if got := [3]int{placed, waiting, end}; got != want {
			rt.Fatalf("found %v, want %v", got, want)
		}
	})
}

// visitDay is a draft of a day with three groups at two venues, 30 minutes apart.
func (h *testHouse) visitDay(t testing.TB, set func(*VisitDay)) (*VisitDay, []Actor) {
	t.Helper()
	v := &VisitDay{ClusterID: h.cluster.ID, Title: Text{"en": "SEAT in Oulu"}, Party: "SEAT", People: []Guest{{Name: "Gloria Guest", Email: "gloria@seat.example"}},
		Date: "2027-02-09", Zone: "Europe/Helsinki", From: "09:00", To: "14:00", Breaks: []Window{{From: "12:00", To: "13:00"}},
		Venues: []Venue{{ID: "hall", Name: "Town hall"}, {ID: "lab", Name: "Battery lab", Address: "Tutkijantie 1"}},
		Travel: []TravelLeg{{A: "hall", B: "lab", Minutes: 30}}, Begin: "hall"}
	var people []Actor
	for i := range 3 {
		g := h.b2bNew(t, fmt.Sprintf("group-%d", i), nil)
		a := h.b2bPerson(t, fmt.Sprintf("Visited %d Oy", i), fmt.Sprintf("Visited %d", i), "en")
		h.b2bMember(t, g, a)
		people = append(people, a)
		v.Stops = append(v.Stops, VisitStop{ID: fmt.Sprintf("stop%d", i), GroupID: g.ID, VenueID: []string{"hall", "lab", "hall"}[i], Minutes: 60, Need: 1})
	}
	if set != nil {
		set(v)
	}
	v, err := h.SaveVisitDay(t.Context(), h.boss, v)
	must(t, err)
	return v, people
}

// visitClocks are a programme as its group meetings stand on the wall.
func visitClocks(v *VisitDay) (out []string) {
	for _, p := range v.Programme {
		out = append(out, p.StopID+" "+p.Starts.In(v.Location()).Format("15:04"))
	}
	return out
}

func TestVisitDay(t *testing.T) {
	h := newHouse(t)
	v, people := h.visitDay(t, nil)
	ctx := t.Context()
	v, err := h.ProposeVisit(ctx, h.boss, v.ID)
	must(t, err)
	if want := []string{"stop0 09:30", "stop1 11:00", "stop2 13:00"}; !slices.Equal(visitClocks(v), want) {
		t.Errorf("programme = %q", visitClocks(v))
	}
	// By hand, with the same judge.
	at := func(s string) time.Time { return helsinki(t, "2027-02-09 "+s) }
	v, err = h.EditProgramme(ctx, h.boss, v.ID, v.Rev, map[string]time.Time{"stop0": at("09:00"), "stop1": at("10:15"), "stop2": at("12:30")})
	must(t, err)
	p, err := h.VisitDay(ctx, h.boss, v.ID)
	must(t, err)
	var keys []string
	for _, f := range p.Faults {
		keys = append(keys, f.StopID+" "+f.Key)
	}
	if !slices.Equal(keys, []string{"stop1 visit.fault.way", "stop2 visit.fault.break"}) {
		t.Errorf("faults = %q", keys)
	}
	_, err = h.ConfirmVisit(ctx, h.boss, v.ID)
	wantProblem(t, err, Closed)

	// Somebody who is booked elsewhere cannot make the quorum.
	must(t, h.DB.Update(ctx, func(tx *storage.Tx) error {
		return book(tx, &Meeting{Meta: storage.Meta{ID: "round"}, PersonIDs: []string{people[1].ID}, Starts: at("09:00"), Ends: at("14:00")})
	}))
	v, err = h.ProposeVisit(ctx, h.boss, v.ID)
	must(t, err)
	p, err = h.VisitDay(ctx, h.boss, v.ID)
	must(t, err)
	if len(v.Programme) != 2 || len(p.Missing) != 1 || p.Missing[0].Key != "visit.why.quorum" {
		t.Errorf("programme = %q, missing %+v", visitClocks(v), p.Missing)
	}

	for range 2 {
		v, err = h.ConfirmVisit(ctx, h.boss, v.ID)
		must(t, err)
	}
	p, err = h.VisitDay(ctx, h.boss, v.ID)
	must(t, err)
	if v.State != VisitConfirmed || len(p.Made) != 2 {
		t.Fatalf("%s with %d meetings", v.State, len(p.Made))
	}
	g := p.Made["stop0"]
	if g.State != GatheringTentative || g.Place != "Town hall" {
		t.Errorf("meeting = %+v", g)
	}
	g, err = h.AnswerGathering(ctx, people[0], g.ID, people[0].ID, GatheringAnswer{Answers: map[string]GroupAnswer{g.Times[0].ID: GroupYes}})
	must(t, err)
	if g.State != GatheringConfirmed {
		t.Errorf("with its company it is %s", g.State)
	}
	_, err = h.SaveVisitDay(ctx, h.boss, v)
	wantProblem(t, err, Closed)
	for range 2 {
		_, err = h.CancelVisit(ctx, h.boss, v.ID, "Snow")
		must(t, err)
	}
	if got := h.mails(t, people[0].Email); got[len(got)-1] != "group.b2b_meeting_cancelled" {
		t.Errorf("mails = %q", got)
	}
}

func TestWhyAVisitDoesNotFit(t *testing.T) {
	h := newHouse(t)
	v, _ := h.visitDay(t, func(v *VisitDay) {
		v.From, v.To, v.Breaks = "09:00", "11:00", nil
		v.Stops[0].Minutes, v.Stops[1].Minutes, v.Stops[2].Minutes = 60, 75, 180
	})
	v, err := h.ProposeVisit(t.Context(), h.boss, v.ID)
	must(t, err)
	p, err := h.VisitDay(t.Context(), h.boss, v.ID)
	must(t, err)
	if len(v.Programme) != 1 || len(p.Missing) != 2 {
		t.Fatalf("programme = %q", visitClocks(v))
	}
	keys := map[string]string{}
	for _, f := range p.Missing {
		keys[f.StopID] = f.Key
	}
	if keys["stop2"] != "visit.why.window" || keys["stop1"]+keys["stop0"] != "visit.why.against" {
		t.Errorf("reasons = %v", keys)
	}
}

func TestWhoPlansAVisit(t *testing.T) {
	h := newHouse(t)
	v, people := h.visitDay(t, nil)
	one := h.b2bPerson(t, "", "Kaisa Keeper", "en")
	one.Grants = []Grant{{Role: Coordinator, Group: v.GroupIDs[0]}}
	for _, a := range []Actor{people[0], h.other, {}} {
		_, err := h.VisitDay(t.Context(), a, v.ID)
		wantHidden(t, err)
	}
	p, err := h.VisitDay(t.Context(), one, v.ID)
	must(t, err)
	if p.Manage {
		t.Error("the coordinator of one group plans for all")
	}
	_, err = h.ProposeVisit(t.Context(), one, v.ID)
	wantHidden(t, err)
	bad := *v
	bad.Rev, bad.ID, bad.Date, bad.People, bad.Travel = 0, "", "tomorrow", nil, []TravelLeg{{A: "hall", B: "moon", Minutes: 5}}
	_, err = h.SaveVisitDay(t.Context(), h.boss, &bad)
	if p := ProblemIn(err); p == nil || p.Fields["date"] == "" || p.Fields["people"] == "" || p.Fields["travel"] == "" {
		t.Errorf("error = %v", err)
	}
}

func BenchmarkBestVisit(b *testing.B) {
	p := &visitPlan{steps: maxVisitHours * 12, rest: make([]bool, maxVisitHours*12+1)}
	for i := range maxStops {
		s := plannedStop{length: 12, fits: make([]bool, p.steps+1)}
		for at := range s.fits {
			s.fits[at] = at+s.length <= p.steps && (at/7+i)%3 > 0
		}
		p.stops, p.first, p.travel = append(p.stops, s), append(p.first, 0), append(p.travel, slices.Repeat([]int{3}, maxStops))
	}
	for b.Loop() {
		p.best()
	}
}
