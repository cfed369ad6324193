package handlers

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// A programmeHouse is a house with a trip to Madrid that two people go on.
type programmeHouse struct {
	*organised
	trip *scheduling.Trip
	vs   []*scheduling.Traveller
	home string
}

func newProgrammeHouse(t testing.TB) *programmeHouse {
	t.Helper()
	h := &programmeHouse{organised: newOrganised(t, nil)}
	trip, err := h.desk.SaveTrip(t.Context(), root, &scheduling.Trip{Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Spain", "fi": "Espanja"}, ClusterIDs: []string{h.cluster},
		Zone: "Europe/Helsinki", Currency: "EUR", Selection: scheduling.SelectionRules{Seats: 4, Minimum: 1, OfferHours: 48},
		Stops: []scheduling.Stop{{Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: "2027-02-08", Until: "2027-02-09"}}})
	if err != nil {
		t.Fatal(err)
	}
	h.trip, h.home = trip, "/organise/trips/"+trip.ID+"/programme"
	for _, name := range []string{"Aino", "Bea"} {
		v, err := h.desk.AddTraveller(t.Context(), root, trip.ID, &scheduling.Traveller{Name: name, Email: strings.ToLower(name) + "@example.org", Lang: "en"})
		if err != nil {
			t.Fatal(err)
		}
		h.vs = append(h.vs, v)
	}
	return h
}

func (h *programmeHouse) programme(t testing.TB) *scheduling.Programme {
	t.Helper()
	p, err := h.desk.Programme(t.Context(), root, h.trip.ID)
	if err != nil {
		t.Fatal(err)
	}
	return p.Programme
}

// with is a form with the revision that there is.
func (h *programmeHouse) with(t testing.TB, pairs ...string) url.Values {
	out := url.Values{"rev": {strconv.FormatInt(h.programme(t).Rev, 10)}}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Add(pairs[i], pairs[i+1])
	}
	return out
}

// activity adds one for certain people and gives its id.
func (h *programmeHouse) activity(t testing.TB, title, from, to string) string {
	t.Helper()
	form := h.with(t, "kind", "visit", "stop_id", h.trip.Stops[0].ID, "title.en", title, "starts_day", "2027-02-08", "starts_time", from, "ends_time", to, "capacity", "1")
	if a := h.boss.post(h.home+"/new/activity", form); a.Status != 303 {
		t.Fatalf("status %d\n%s", a.Status, a.Body)
	}
	list := h.programme(t).Activities
	return list[len(list)-1].ID
}

// TestProgrammePages goes through a programme without a script: it is made,
// looked at, changed, published and printed.
func TestProgrammePages(t *testing.T) {
	h := newProgrammeHouse(t)
	h.boss.get(h.home).want(t, 200, "Not published yet", "no way home", "no bed in Madrid")
	h.stranger.get(h.home).want(t, 404)
	h.stranger.get(h.home+"/people").want(t, 404)
	h.boss.get(h.home+"/new/sledge").want(t, 404)

	leg := h.with(t, "kind", "flight", "number", "AY1661", "from", "Helsinki", "from_zone", "Europe/Helsinki", "departs_day", "2027-02-08", "departs_time", "7:00",
		"to", "Madrid", "to_zone", "Europe/Madrid", "arrives_day", "2027-02-08", "arrives_time", "5:20", "everyone", "1")
	h.boss.get(h.home+"/new/leg").want(t, 200, "Europe/Madrid")
	h.boss.post(h.home+"/new/leg", leg).want(t, 422, "Time of arrival", "It has to arrive after it departs", `href="#f-arrives_time"`, "AY1661")
	leg.Set("arrives_time", "10:20")
	if a := h.boss.post(h.home+"/new/leg", leg); a.Status != 303 {
		t.Fatalf("status %d\n%s", a.Status, a.Body)
	}
	h.boss.post(h.home+"/new/leg", leg).want(t, 409, "AY1661")
	out := h.programme(t).Legs[0]
	if d := out.Arrives.Sub(out.Departs); d != 4*time.Hour+20*time.Minute || !out.Everyone {
		t.Errorf("the flight takes %v", d)
	}
	h.boss.get(h.home+"/parts/"+out.ID).want(t, 200, "07:00 Helsinki → 10:20 Madrid, 4 h 20 min", "Everyone (2)")

	stay := h.with(t, "stop_id", h.trip.Stops[0].ID, "name", "Hotel Uno", "from", "2027-02-08", "until", "2027-02-09", "block.single.count", "2", "block.single.price", "95,50")
	if a := h.boss.post(h.home+"/new/stay", stay); a.Status != 303 {
		t.Fatalf("status %d\n%s", a.Status, a.Body)
	}
	if b := h.programme(t).Hotels[0].Block; len(b) != 1 || b[0].Price != 9550 {
		t.Errorf("block %+v", b)
	}
	night := h.activity(t, "Night walk", "23:00", "0:30")
	if a := h.programme(t).Activity(night); a.Ends.Sub(a.Starts) != 90*time.Minute {
		t.Errorf("over midnight it takes %v", a.Ends.Sub(a.Starts))
	}
	h.boss.get(h.home+"/parts/"+night+"/edit").want(t, 200, "Night walk", `value="00:30"`)
	h.boss.get(h.home+"/publish").want(t, 200, "2 travellers see their own itineraries", "2 things to put right")
	h.boss.post(h.home+"/publish", nil).leads(t, h.home)
	h.boss.get(h.home).want(t, 200, "Published", "07:00 Helsinki → 10:20 Madrid", "Hotel Uno", "Night walk", "Times of Madrid")
	h.boss.get(h.home+"/print").want(t, 200, "07:00 Helsinki → 10:20 Madrid", "Hotel Uno", "Night walk")
	h.boss.post(h.home+"/parts/"+night+"/drop", h.with(t)).leads(t, h.home)
	h.boss.get(h.home+"/parts/"+night).want(t, 404)
	if d := h.programme(t).Dropped; len(d) != 1 || d[0].Sequence != 1 {
		t.Errorf("dropped %+v", d)
	}
}

// TestProgrammeMoves moves and assigns, as a browser without a script and as
// one with it; what cannot be is said and not done.
func TestProgrammeMoves(t *testing.T) {
	h := newProgrammeHouse(t)
	one, two := h.activity(t, "Talleres", "14:00", "16:00"), h.activity(t, "Laboratorio", "16:00", "17:00")
	aino := h.vs[0].ID
	json := map[string]string{"Accept": "application/json"}
	at := func(id string) string {
		return h.programme(t).Activity(id).Starts.In(h.trip.Stops[0].Location()).Format("2.1. 15:04")
	}
	h.boss.post(h.home+"/assign", h.with(t, "id", one, "traveller", aino)).leads(t, h.home+"/parts/"+one)
	h.boss.send("POST", h.home+"/assign", h.with(t, "id", two, "traveller", aino), json).want(t, 200, `"ok":true`)
	h.boss.send("POST", h.home+"/assign", h.with(t, "id", two, "traveller", h.vs[1].ID), json).want(t, 409, "Laboratorio takes 1 person")

	h.boss.send("GET", h.home+"/judge?id="+one+"&shift=15", nil, json).want(t, 200, `"ok":false`, "Aino would be in two places at once")
	h.boss.send("GET", h.home+"/judge?id="+one+"&shift=-15", nil, json).want(t, 200, `"ok":true`, "13:45–15:45 (Madrid)", "fits")
	h.boss.send("GET", h.home+"/judge?id="+one+"&after="+two, nil, json).want(t, 200, `"ok":true`, "17:00–19:00")
	h.boss.send("GET", h.home+"/judge?id="+one+"&day=2027-03-01", nil, json).want(t, 200, `"ok":false`, "within the days of the stop")
	h.boss.send("GET", h.home+"/judge?id="+two+"&traveller="+h.vs[1].ID, nil, json).want(t, 200, `"ok":false`)
	h.stranger.send("GET", h.home+"/judge?id="+one+"&shift=15", nil, json).want(t, 404)
	h.stranger.send("POST", h.home+"/move", h.with(t, "id", one, "shift", "15"), json).want(t, 404)
	if at(one) != "8.2. 14:00" {
		t.Errorf("judging moved it to %s", at(one))
	}
	h.boss.post(h.home+"/move", h.with(t, "id", one, "shift", "15")).leads(t, h.home+"/parts/"+one)
	h.boss.get(h.home+"/parts/"+one).want(t, 200, "Not changed. Aino would be in two places at once")
	stale := h.with(t, "id", one, "shift", "-15")
	h.boss.post(h.home+"/move", stale).leads(t, h.home+"/parts/"+one)
	h.boss.post(h.home+"/move", stale).leads(t, h.home+"/parts/"+one)
	if at(one) != "8.2. 13:45" {
		t.Errorf("pressed twice it is at %s", at(one))
	}
	h.boss.post(h.home+"/move", h.with(t, "id", one, "day", "9.2.2027", "clock", "9.30")).leads(t, h.home+"/parts/"+one)
	if at(one) != "9.2. 09:30" {
		t.Errorf("moved to %s", at(one))
	}
	h.boss.post(h.home+"/move", h.with(t, "id", "nothing", "shift", "15")).want(t, 404)
}

// TestProgrammePeople ticks who is where in one form, which says who would be
// in two places and keeps what was ticked.
func TestProgrammePeople(t *testing.T) {
	h := newProgrammeHouse(t)
	one, two := h.activity(t, "Talleres", "14:00", "16:00"), h.activity(t, "Laboratorio", "15:00", "17:00")
	form := h.with(t, "part", one, "part", two, "who."+one, h.vs[0].ID, "who."+two, h.vs[0].ID)
	page := h.boss.post(h.home+"/people", form).want(t, 422, "Aino would be in two places at once")
	if n := strings.Count(page.Body, " checked"); n != 2 {
		t.Errorf("%d boxes are ticked, want the 2 that were", n)
	}
	form.Set("who."+two, h.vs[1].ID)
	h.boss.post(h.home+"/people", form).leads(t, h.home)
	if got := h.programme(t).Activity(two).TravellerIDs; len(got) != 1 || got[0] != h.vs[1].ID {
		t.Errorf("at the second: %v", got)
	}
	h.boss.post(h.home+"/parts/"+two+"/people", h.with(t, "as", one)).leads(t, h.home+"/parts/"+two)
	h.boss.get(h.home+"/parts/"+two).want(t, 200, "Not changed.")
	h.boss.post(h.home+"/parts/"+two+"/people", h.with(t)).leads(t, h.home+"/parts/"+two)
	if got := h.programme(t).Activity(two).TravellerIDs; len(got) != 0 {
		t.Errorf("nobody was ticked: %v", got)
	}
}

// TestProgrammeTravel: the way between two places counts from then on; and an
// agreement that was signed is known.
func TestProgrammeTravel(t *testing.T) {
	h := newProgrammeHouse(t)
	h.boss.post(h.home+"/travel", h.with(t, "travel.0.a", "Getafe", "travel.0.minutes", "35")).want(t, 422, `href="#f-travel.0.b"`)
	h.boss.post(h.home+"/travel", h.with(t, "travel.0.a", "Getafe", "travel.0.b", "Sol", "travel.0.minutes", "35", "travel.1.a", "")).leads(t, h.home)
	if got := h.programme(t).Travel; len(got) != 1 || got[0] != (scheduling.TravelLeg{A: "Getafe", B: "Sol", Minutes: 35}) {
		t.Errorf("travel %+v", got)
	}
	h.boss.get(h.home+"/travel").want(t, 200, "Getafe")

	id := h.activity(t, "Talleres", "14:00", "16:00")
	edit := h.with(t, "kind", "visit", "stop_id", h.trip.Stops[0].ID, "title.en", "Talleres", "starts_day", "2027-02-08", "starts_time", "14:00", "ends_time", "16:00", "nda", "1")
	h.boss.post(h.home+"/parts/"+id+"/edit", edit).leads(t, h.home+"/parts/"+id)
	h.boss.post(h.home+"/assign", h.with(t, "id", id, "traveller", h.vs[0].ID)).leads(t, h.home+"/parts/"+id)
	h.boss.get(h.home+"/parts/"+id).want(t, 200, "Aino: no signed agreement for Talleres.")
	h.boss.post(h.home+"/parts/"+id+"/nda", h.with(t, "signed."+h.vs[0].ID, "2027-01-10")).leads(t, h.home+"/parts/"+id)
	if body := h.boss.get(h.home+"/parts/"+id).want(t, 200, `value="2027-01-10"`).Body; strings.Contains(body, "no signed agreement") {
		t.Error("signed, and still missing")
	}
}
