package scheduling

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSuggestRooms has people with all kinds of wishes go to hotels of every
// size: nobody is put beside a stranger, no room is too full or beyond the block,
// who had a room keeps it, mutual wishes come first, nobody stays without a bed
// while a single room is free, and the order in which people come is nothing.
func TestSuggestRooms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []*Traveller
		n := rapid.IntRange(0, 7).Draw(t, "people")
		for i := range n {
			v := &Traveller{Name: fmt.Sprintf("Person P%d", i), State: TravellerGoing}
			v.ID = fmt.Sprint("t", i)
			v.index()
			if rapid.Bool().Draw(t, "answered") {
				v.Data = &TravellerData{Room: rapid.SampledFrom(append([]HotelRoomKind{""}, HotelRoomKinds...)).Draw(t, "room"),
					RoomWith: rapid.SampledFrom([]string{"", "P0", "person p1", "P2 from Oulu, Person", "Person", "Nobody"}).Draw(t, "with")}
			}
			all = append(all, v)
		}
		h := &Hotel{ID: "h"}
		for _, k := range HotelRoomKinds {
			h.Block = append(h.Block, RoomBlock{Kind: k, Count: rapid.IntRange(0, 4).Draw(t, string(k))})
		}
		if n > 0 && rapid.Bool().Draw(t, "had a room") {
			h.Rooms = []HotelRoom{{ID: "r", Kind: TwinRoom, Number: "1", TravellerIDs: []string{"t0"}}}
		}
		got := SuggestRooms(h, all)
		if again := SuggestRooms(h, rapid.Permutation(all).Draw(t, "order")); !reflect.DeepEqual(got, again) {
			t.Fatalf("%v, in another order %v", got, again)
		}
		for i, r := range h.Rooms {
			if !reflect.DeepEqual(got[i], r) {
				t.Fatalf("who had a room lost it: %v", got)
			}
		}
		full := *h
		full.Rooms = got
		p := &ProgrammePage{Trip: &Trip{}, Programme: &Programme{Hotels: []Hotel{full}}, Travellers: all}
		if err := p.checkRooms(&full); err != nil {
			t.Fatal(err)
		}
		free := map[HotelRoomKind]int{}
		for _, c := range full.counts() {
			if free[c.Kind] = c.Surplus; c.Short > 0 && c.Given > 1 {
				t.Errorf("%d %s rooms of %d", c.Given, c.Kind, c.Block)
			}
		}
		named, housed := roomWishes(all), map[string]bool{}
		for _, r := range got {
			for _, id := range r.TravellerIDs {
				housed[id] = true
				for _, o := range r.TravellerIDs {
					if o != id && (named[id] == nil || named[id].ID != o) {
						t.Errorf("%s is beside %s", id, o)
					}
				}
			}
		}
		for _, v := range all {
			if !housed[v.ID] && free[SingleRoom] > 0 {
				t.Errorf("%s has no bed, and a single room is free", v.ID)
			}
		}
	})
}

// TestRoomWishes: a wish is whom the words fit, and nobody else.
func TestRoomWishes(t *testing.T) {
	one := func(id, name, with string) *Traveller {
		v := &Traveller{Name: name, Data: &TravellerData{RoomWith: with}}
		v.ID = id
		return v
	}
	all := []*Traveller{one("a", "Aino Mäkelä", "bea b."), one("b", "Bea B", "aino MÄKELÄ, please"), one("c", "Bea Berg", "Bea"), one("d", "Dan Dahl", ""), one("e", "Eva E", "somebody quiet")}
	got := roomWishes(all)
	if got["a"] != all[1] || got["b"] != all[0] || got["d"] != nil || got["e"] != nil {
		t.Errorf("%v", got)
	}
	if got["c"] != all[1] {
		t.Error("Bea is one of the others only")
	}
	all = append(all, one("f", "Bea Third", ""))
	if roomWishes(all)["c"] != nil {
		t.Error("one of two Beas was chosen")
	}
	rooms := SuggestRooms(&Hotel{Block: []RoomBlock{{Kind: TwinRoom, Count: 1}, {Kind: SingleRoom, Count: 1}}}, all)
	if len(rooms) != 2 || !slices.Equal(rooms[0].TravellerIDs, []string{"a", "b"}) || rooms[0].Kind != TwinRoom {
		t.Errorf("%v", rooms)
	}
	if NumberRooms(rooms)[0].Number != "1" || NumberRooms(rooms)[1].Number != "" {
		t.Errorf("numbered %v", NumberRooms(rooms))
	}
}

// TestSetRooms refuses what cannot be, and keeps the rest.
func TestSetRooms(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, nil)
	a, b := h.traveller(t, trip, "Aino A", "Aurora Oy"), h.traveller(t, trip, "Bea B", "Borealis Oy")
	page := h.planned(t, trip, []*Traveller{a}, []*Traveller{b}, func(p *Programme) {
		p.Hotels = append(p.Hotels, Hotel{ID: "late", StopID: "porto", Name: "Hotel Late", From: "2027-02-11", Until: "2027-02-12"})
	})
	room := func(k HotelRoomKind, who ...*Traveller) HotelRoom {
		r := HotelRoom{Kind: k}
		for _, v := range who {
			r.TravellerIDs = append(r.TravellerIDs, v.ID)
		}
		return r
	}
	for key, rooms := range map[string][]HotelRoom{
		"room.too_many": {room(SingleRoom, a, b)}, "room.twice": {room(SingleRoom, a), room(TwinRoom, b, a)}, "room.wrong": {room("suite", a)},
		"room.stranger": {{Kind: SingleRoom, TravellerIDs: []string{"nobody"}}},
	} {
		_, err := h.SetRooms(t.Context(), h.boss, trip.ID, "h1", rooms, 0)
		if p := wantProblem(t, err, Invalid); p.Key != key {
			t.Errorf("%s instead of %s", p.Key, key)
		}
	}
	if p := wantProblem(t, second(h.SetRooms(t.Context(), h.boss, trip.ID, "late", []HotelRoom{room(SingleRoom, a)}, 0)), Invalid); p.Key != "room.elsewhere" {
		t.Errorf("in two hotels in one night: %s", p.Key)
	}
	got, err := h.SetRooms(t.Context(), h.boss, trip.ID, "h1", []HotelRoom{room(TwinRoom, a, b), room(SingleRoom)}, page.Programme.Rev)
	must(t, err)
	if hotel := got.Hotel("h1"); len(hotel.Rooms) != 1 || hotel.Homeless != 0 || hotel.Counts[0] != (RoomCount{Kind: TwinRoom, Given: 1, Short: 1}) {
		t.Errorf("%+v", hotel)
	}
	wantProblem(t, second(h.SetRooms(t.Context(), h.boss, trip.ID, "h1", nil, page.Programme.Rev)), Changed)
	wantHidden(t, second(h.SetRooms(t.Context(), h.boss, trip.ID, "none", nil, 0)))
	if got.Programme.Hotel("h1").Sequence != page.Programme.Hotel("h1").Sequence {
		t.Error("the stay looks different in calendars, and it is not")
	}
}

// TestRoomsOf reads a form: those of one number share.
func TestRoomsOf(t *testing.T) {
	h := &Hotel{Rooms: []HotelRoom{{ID: "r", Kind: TwinRoom, TravellerIDs: []string{"a", "b"}}}}
	rooms, err := h.RoomsOf([]RoomChoice{{"a", TwinRoom, "7"}, {"b", SingleRoom, ""}, {"c", TwinRoom, " 7 "}, {"d", "", "7"}, {"e", SingleRoom, ""}})
	must(t, err)
	if len(rooms) != 3 || rooms[0].ID != "r" || !slices.Equal(rooms[0].TravellerIDs, []string{"a", "c"}) || rooms[1].ID == "r" || rooms[1].ID == rooms[2].ID {
		t.Errorf("%+v", rooms)
	}
	_, err = h.RoomsOf([]RoomChoice{{"a", TwinRoom, "7"}, {"b", DoubleRoom, "7"}})
	wantProblem(t, err, Invalid)
}

// TestTripDiets counts what is eaten, without a name.
func TestTripDiets(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, nil)
	a, b, c := h.traveller(t, trip, "Aino A", "Aurora Oy"), h.traveller(t, trip, "Bea B", "Borealis Oy"), h.traveller(t, trip, "Cia C", "Borealis Oy")
	h.planned(t, trip, []*Traveller{a, b}, []*Traveller{c}, func(p *Programme) {
		p.Activities = append(p.Activities, Activity{ID: "lunch", Crowd: Crowd{TravellerIDs: []string{a.ID}}, Kind: Meal, StopID: "madrid", Title: Text{"en": "Lunch"},
			Starts: in(t, "Europe/Madrid", "2027-02-08 12:00"), Ends: in(t, "Europe/Madrid", "2027-02-08 13:00")})
	})
	h.tells(t, a, func(x *TravellerData) { x.Diets = []string{"no_nuts", "vegan"} })
	h.tells(t, b, func(x *TravellerData) { x.Diets, x.Allergies = nil, "" })
	p, err := h.TripDiets(t.Context(), h.boss, trip.ID)
	must(t, err)
	if len(p.Meals) != 2 || p.Meals[0].ID != "lunch" || p.Meals[0].Eaters != 1 {
		t.Fatalf("%+v", p.Meals)
	}
	dinner := p.Meals[1]
	if dinner.Eaters != 3 || dinner.Plain != 1 || dinner.Unknown != 1 || !slices.Equal(dinner.Diets, []DietCount{{"vegan", 1}, {"no_nuts", 1}}) || !slices.Equal(dinner.Allergies, []SaidCount{{"Sesame", 1}}) {
		t.Errorf("%+v", dinner)
	}
	brief, err := h.TripBriefing(t.Context(), h.boss, trip.ID)
	must(t, err)
	visit := brief.Stops[0].Hosts[0].Visits[0]
	if len(brief.Companies) != 2 || len(brief.Companies[1].People) != 2 || visit.ID != "v1" || len(visit.Who) != 2 || visit.Zone != "Europe/Madrid" {
		t.Errorf("%+v", brief)
	}
}
