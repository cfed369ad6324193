package scheduling

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// linkOf is the link of a traveller, as it stands in their mails.
func (h *testHouse) linkOf(v *Traveller) string {
	return strings.TrimPrefix(h.TravelURL(v), h.BaseURL+"/travel/")
}

// traveldata is what a traveller says who is asked everything.
func traveldata(set func(*TravellerData)) TravellerData {
	x := TravellerData{Diets: []string{"vegan"}, Allergies: "Sesame", EmergencyName: "Eino Emergency", EmergencyPhone: "+358 40 765 4321", PassportExpiry: "2031-05-06",
		Room: TwinRoom, RoomWith: "Bea B", Access: "A seat in front", Phone: "+358 50 123 9876", Agreed: &Consent{Given: true, Wording: "I agree."}}
	if set != nil {
		set(&x)
	}
	return x
}

// tells has a traveller answer what they are asked.
func (h *testHouse) tells(t testing.TB, v *Traveller, set func(*TravellerData)) {
	t.Helper()
	_, err := h.SaveTravelData(t.Context(), h.linkOf(v), 0, traveldata(set))
	must(t, err)
}

// known reads a traveller as stored.
func (h *testHouse) known(t testing.TB, id string) (v *Traveller) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		v, err = travellers.Get(tx, id)
		return err
	}))
	return v
}

// kindsTo are the kinds of the mails to an address, in order.
func (h *testHouse) kindsTo(t testing.TB, to string) (kinds []string) {
	t.Helper()
	for _, m := range h.mailsTo(t, to) {
		if m.State != "withdrawn" {
			kinds = append(kinds, m.Kind)
		}
	}
	return kinds
}

// TestTravellerAnswers: what is asked is taken, checked and can be changed; what
// is not asked is not kept, whoever sends it.
func TestTravellerAnswers(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, func(x *Trip) { x.Asks.DueAt = t0.AddDate(0, 0, 14) })
	v := h.traveller(t, trip, "Aino A", "Aurora Oy")
	link := h.linkOf(v)

	for field, set := range map[string]func(*TravellerData){
		"emergency_name":  func(x *TravellerData) { x.EmergencyName = " " },
		"emergency_phone": func(x *TravellerData) { x.EmergencyPhone = "call <b>me</b>" },
		"phone":           func(x *TravellerData) { x.Phone = "12" },
		"passport_expiry": func(x *TravellerData) { x.PassportExpiry = "2027-01-01" },
		"diets":           func(x *TravellerData) { x.Diets = []string{"cake"} },
		"room":            func(x *TravellerData) { x.Room = "suite" },
		"room_with":       func(x *TravellerData) { x.RoomWith = strings.Repeat("ä", 201) },
		"allergies":       func(x *TravellerData) { x.Allergies = strings.Repeat("ä", 501) },
		"agreed":          func(x *TravellerData) { x.Agreed = nil },
	} {
		_, err := h.SaveTravelData(t.Context(), link, 0, traveldata(set))
		if p := wantProblem(t, err, Invalid); len(p.Fields) != 1 || p.Fields[field] == "" {
			t.Errorf("%s: %v", field, p.Fields)
		}
	}
	far := wantProblem(t, second(h.SaveTravelData(t.Context(), link, 0, traveldata(func(x *TravellerData) { x.PassportExpiry = "2051-01-01" }))), Invalid)
	if far.Fields["passport_expiry"] != "traveller.passport_far" {
		t.Errorf("a passport until 2051: %v", far.Fields)
	}
	if got := h.known(t, v.ID); got.Data != nil || !got.DataAt.IsZero() {
		t.Fatal("something wrong was kept")
	}

	h.tells(t, v, func(x *TravellerData) { x.Allergies = "Sesame\x00\u202e" })
	got := h.known(t, v.ID)
	if got.Data.Allergies != "Sesame" || got.Data.Agreed.Purpose != "health" || got.Data.Agreed.At.IsZero() || len(got.Missing(trip)) != 0 {
		t.Errorf("stored %+v", got.Data)
	}
	h.tells(t, v, nil) // sent twice
	if again := h.known(t, v.ID); again.Rev != got.Rev {
		t.Error("the same answers were stored twice")
	}
	_, err := h.SaveTravelData(t.Context(), link, 0, traveldata(func(x *TravellerData) { x.Access = "From another window" }))
	wantProblem(t, err, Changed)
	page, err := h.TravelData(t.Context(), link)
	must(t, err)
	_, err = h.SaveTravelData(t.Context(), link, page.Seen(), traveldata(func(x *TravellerData) { x.Access = "" }))
	must(t, err)

	h.at(trip.Asks.DueAt.Add(time.Minute))
	page, err = h.TravelData(t.Context(), link)
	if err != nil || page.Open {
		t.Errorf("answers can be changed after they were due: %v", err)
	}
	_, err = h.SaveTravelData(t.Context(), link, page.Seen(), traveldata(nil))
	wantProblem(t, err, Closed)
	late := h.traveller(t, trip, "Lasse Late", "Aurora Oy")
	h.tells(t, late, nil)
	h.write(t, func(tx *storage.Tx) error { trip.State = TripLocked; return trips.Put(tx, trip) })
	later := h.traveller(t, trip, "Liisa Later", "Aurora Oy")
	_, err = h.SaveTravelData(t.Context(), h.linkOf(later), 0, traveldata(nil))
	wantProblem(t, err, Closed)
}

// TestOnlyAskedFields: a trip that asks for less gets less.
func TestOnlyAskedFields(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, func(x *Trip) { x.Asks.Fields = []string{"rooming"} })
	v := h.traveller(t, trip, "Aino A", "Aurora Oy")
	h.tells(t, v, nil)
	want := TravellerData{Room: TwinRoom, RoomWith: "Bea B"}
	if got := h.known(t, v.ID).Data; !got.equal(&want) || got.Agreed != nil {
		t.Errorf("kept %+v", got)
	}
	h.write(t, func(tx *storage.Tx) error { trip.Asks.Fields = nil; return trips.Put(tx, trip) })
	_, err := h.TravelData(t.Context(), h.linkOf(v))
	wantHidden(t, err)
}

// TestWhoSeesTravellers: organisers of the trip's clusters and its leaders do,
// and it is written down once a day; nobody else finds anything.
func TestWhoSeesTravellers(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, nil)
	v := h.traveller(t, trip, "Aino A", "Aurora Oy")
	h.tells(t, v, nil)
	lead, err := h.AddTraveller(t.Context(), h.boss, trip.ID, &Traveller{Name: "Lea Leader", Email: "lea@example.org", Lang: "en", Role: AsLeader})
	must(t, err)
	leader := Actor{ID: lead.PersonID, Name: lead.Name, Via: "page"}
	other := h.traveller(t, trip, "Bea B", "Borealis Oy")
	for name, a := range map[string]Actor{"another cluster's organiser": h.other, "nobody": {}, "a traveller": {ID: v.PersonID, Name: v.Name}, "another traveller": {ID: other.PersonID},
		"a coordinator": {ID: "c", Grants: []Grant{{Role: Coordinator, Group: "g"}}}} {
		for what, err := range map[string]error{
			"list": second(h.Travellers(t.Context(), a, trip.ID)), "data": second(h.Traveller(t.Context(), a, trip.ID, v.ID)), "rooms": second(h.Rooms(t.Context(), a, trip.ID)),
			"diets": second(h.TripDiets(t.Context(), a, trip.ID)), "briefing": second(h.TripBriefing(t.Context(), a, trip.ID)),
			"add":     second(h.AddTraveller(t.Context(), a, trip.ID, &Traveller{Name: "X", Email: "x@example.org"})),
			"edit":    second(h.EditTraveller(t.Context(), a, trip.ID, &Traveller{Meta: v.Meta, Name: "X", Email: v.Email})),
			"replace": second(h.ReplaceTraveller(t.Context(), a, trip.ID, v.ID, &Traveller{Name: "X", Email: "x@example.org"})),
			"release": second(h.ReleaseTraveller(t.Context(), a, trip.ID, v.ID, "why")), "remind": second(h.AskTravellersAgain(t.Context(), a, trip.ID)),
			"give rooms": second(h.SetRooms(t.Context(), a, trip.ID, "h1", nil, 0)),
		} {
			if !IsHidden(err) {
				t.Errorf("%s for %s: %v", what, name, err)
			}
		}
	}
	for range 2 {
		for _, a := range []Actor{h.boss, leader} {
			p, err := h.Traveller(t.Context(), a, trip.ID, v.ID)
			if err != nil || p.Traveller.Data.Allergies != "Sesame" {
				t.Errorf("%s reads %+v, %v", a.Name, p, err)
			}
		}
	}
	if n := len(h.logged(t, "traveller.data_read")); n != 2 {
		t.Errorf("%d readings are written down, want one of each reader", n)
	}
	h.at(t0.AddDate(0, 0, 1))
	must(t, second(h.Traveller(t.Context(), h.boss, trip.ID, v.ID)))
	if n := len(h.logged(t, "traveller.data_read")); n != 3 {
		t.Errorf("%d readings after another day, want 3", n)
	}
	list, err := h.Travellers(t.Context(), leader, trip.ID)
	must(t, err)
	for _, line := range list.Lines {
		if line.Data != nil {
			t.Error("a list has what somebody answered")
		}
	}
	if list.Going != 3 || list.Waiting != 2 {
		t.Errorf("%d go and %d have to answer, want 3 and 2", list.Going, list.Waiting)
	}
	elsewhere := h.spain(t, func(x *Trip) { x.Slug = "elsewhere" })
	_, err = h.Traveller(t.Context(), h.boss, elsewhere.ID, v.ID)
	wantHidden(t, err)
	_, err = h.AddTraveller(t.Context(), leader, trip.ID, &Traveller{Name: "Me Too", Email: "me@example.org", Role: AsLeader})
	wantProblem(t, err, Forbidden)
	if _, err := h.Trip(t.Context(), Actor{ID: "stranger"}, trip.ID); !IsHidden(err) {
		t.Errorf("a stranger sees the trip: %v", err)
	}
}

// logged are the entries of the audit log of one action.
func (h *testHouse) logged(t testing.TB, action string) []*Entry {
	t.Helper()
	list, _, err := h.Audit(t.Context(), System("test"), AuditFilter{Action: action, Limit: 100})
	must(t, err)
	return list
}

// TestTravellerReminders: seven and two days before it is due, once each, not
// after an answer, not right after the welcome, not after all is called off.
func TestTravellerReminders(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, func(x *Trip) { x.Asks.DueAt = t0.AddDate(0, 0, 14) })
	v, w := h.traveller(t, trip, "Aino A", "Aurora Oy"), h.traveller(t, trip, "Bea B", "Borealis Oy")
	remind := func(days, want int) {
		t.Helper()
		at := t0.AddDate(0, 0, days).Add(time.Hour)
		h.at(at)
		for range 2 {
			n, err := h.RemindTravellers(t.Context(), at)
			if err != nil || n != want {
				t.Errorf("day %d: %d reminded, %v, want %d", days, n, err, want)
			}
			want = 0
		}
	}
	remind(6, 0)
	remind(7, 2)
	remind(8, 0)
	h.tells(t, v, nil)
	if got := h.kindsTo(t, v.Email); !slices.Equal(got, []string{mailTravellerNamed}) {
		t.Errorf("the reminder still stands in the outbox of who has answered: %v", got)
	}
	late := h.traveller(t, trip, "Lasse Late", "Aurora Oy") // after the first reminder was due
	remind(9, 0)
	remind(12, 2)
	h.at(t0.AddDate(0, 0, 12).Add(2 * time.Hour))
	if n, err := h.AskTravellersAgain(t.Context(), h.boss, trip.ID); n != 0 || err != nil {
		t.Errorf("%d are reminded by hand an hour after the last, %v", n, err)
	}
	h.at(t0.AddDate(0, 0, 13).Add(2 * time.Hour))
	if n, err := h.AskTravellersAgain(t.Context(), h.boss, trip.ID); n != 2 || err != nil {
		t.Errorf("%d are reminded by hand, %v, want 2", n, err)
	}
	if got := h.kindsTo(t, w.Email); !slices.Equal(got, []string{mailTravellerNamed, mailTravellerReminder, mailTravellerReminder, mailTravellerReminder}) {
		t.Errorf("mails to who never answers: %v", got)
	}
	if got := h.kindsTo(t, late.Email); len(got) != 3 {
		t.Errorf("mails to who came late: %v", got)
	}
	h.write(t, func(tx *storage.Tx) error {
		x, err := trips.Get(tx, trip.ID)
		if err != nil {
			return err
		}
		return h.moveTrip(tx, h.boss, x, TripCancelled, "Too few companies")
	})
	if got := h.kindsTo(t, w.Email); !slices.Equal(got, []string{mailItineraryCancelled}) {
		t.Errorf("of a trip that is called off there stands in the outbox %v", got)
	}
	remind(13, 0)
}

// TestReplaceTraveller: the colleague has the place in everything but a shared
// room, none of the answers, and a link of their own.
func TestReplaceTraveller(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, nil)
	a, b, c := h.traveller(t, trip, "Aino A", "Aurora Oy"), h.traveller(t, trip, "Bea B", "Borealis Oy"), h.traveller(t, trip, "Cia C", "Borealis Oy")
	h.planned(t, trip, []*Traveller{a, b}, []*Traveller{c}, func(p *Programme) {
		p.Hotels[0].Rooms = []HotelRoom{{ID: "r", Kind: TwinRoom, TravellerIDs: []string{a.ID, b.ID}}, {ID: "s", Kind: SingleRoom, TravellerIDs: []string{c.ID}}}
	})
	h.tells(t, a, nil)
	for email, want := range map[string]Kind{a.Email: Invalid, b.Email: Exists} {
		_, err := h.ReplaceTraveller(t.Context(), h.boss, trip.ID, a.ID, &Traveller{Name: "Dan D", Email: email})
		wantProblem(t, err, want)
	}
	in := &Traveller{Meta: storage.Meta{ID: "dan"}, Name: "Dan D", Email: "dan@example.org", Lang: "fi"}
	for range 2 { // sent twice
		d, err := h.ReplaceTraveller(t.Context(), h.boss, trip.ID, a.ID, in)
		if err != nil || d.ID != "dan" || d.Role != AsDelegate || d.Company != "Aurora Oy" || d.Data != nil {
			t.Fatalf("%+v, %v", d, err)
		}
	}
	old := h.known(t, a.ID)
	if old.State != TravellerOut || old.Live != "" || old.Data != nil || old.PurgedAt.IsZero() || old.Kept {
		t.Errorf("who was replaced is %+v", old)
	}
	p, err := h.Programme(t.Context(), h.boss, trip.ID)
	must(t, err)
	if got := p.Programme.Activity("v1").TravellerIDs; !slices.Equal(got, []string{"dan", b.ID}) {
		t.Errorf("the visit is of %v", got)
	}
	if got := p.Programme.Hotel("h1").Rooms[0].TravellerIDs; !slices.Equal(got, []string{b.ID}) {
		t.Errorf("beside Bea sleeps %v", got)
	}
	if got := p.Programme.Hotel("h2").Rooms[0].TravellerIDs; !slices.Equal(got, []string{"dan"}) {
		t.Errorf("in the room of who was alone sleeps %v", got)
	}
	if x, err := h.TravelData(t.Context(), h.linkOf(a)); !IsHidden(err) {
		t.Errorf("who was replaced is asked %+v", x)
	}
	if got := h.kindsTo(t, a.Email); !slices.Equal(got, []string{mailTravellerReplaced}) {
		t.Errorf("mails to who was replaced: %v", got)
	}
	if got := h.kindsTo(t, "dan@example.org"); !slices.Equal(got, []string{mailTravellerNamed}) {
		t.Errorf("mails to the colleague: %v", got)
	}
	_, err = h.ReleaseTraveller(t.Context(), h.boss, trip.ID, a.ID, "again")
	wantProblem(t, err, Closed)
}

// TestReleaseTraveller: they are out of everything at once, a leader leads no
// more, and can come back.
func TestReleaseTraveller(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, nil)
	a := h.traveller(t, trip, "Aino A", "Aurora Oy")
	lead, err := h.AddTraveller(t.Context(), h.boss, trip.ID, &Traveller{Name: "Lea Leader", Email: "lea@example.org", Phone: "+358 40 111 2222", Lang: "en", Role: AsLeader})
	must(t, err)
	h.planned(t, trip, []*Traveller{a, lead}, nil, nil)
	h.tells(t, a, nil)
	_, err = h.ReleaseTraveller(t.Context(), h.boss, trip.ID, a.ID, " ")
	wantProblem(t, err, Invalid)
	leader := Actor{ID: lead.PersonID, Name: lead.Name}
	must(t, second(h.ReleaseTraveller(t.Context(), leader, trip.ID, a.ID, "Ill")))
	wantProblem(t, second(h.ReleaseTraveller(t.Context(), leader, trip.ID, lead.ID, "Tired")), Forbidden)
	must(t, second(h.ReleaseTraveller(t.Context(), h.boss, trip.ID, lead.ID, "Somebody else leads")))
	wantHidden(t, second(h.Travellers(t.Context(), leader, trip.ID)))
	if got := h.known(t, lead.ID); got.Phone != "" {
		t.Error("the phone of who does not go is kept")
	}
	p, err := h.Programme(t.Context(), h.boss, trip.ID)
	must(t, err)
	for _, x := range p.Programme.Parts(trip) {
		if len(x.TravellerIDs) > 0 {
			t.Errorf("%s is still of %v", x.ID, x.TravellerIDs)
		}
	}
	if m := h.mailsTo(t, a.Email); m[len(m)-1].Kind != mailTravellerReleased || !strings.Contains(strings.Join(m[len(m)-1].Letter.Paragraphs, " "), "Ill") {
		t.Errorf("the last mail is %+v", m[len(m)-1])
	}
	back := h.traveller(t, trip, "Aino A", "Aurora Oy")
	if back.ID == a.ID || back.Data != nil {
		t.Errorf("who came back is %+v", back)
	}
	h.at(trip.Ends)
	_, err = h.AddTraveller(t.Context(), h.boss, trip.ID, &Traveller{Name: "Too Late", Email: "late@example.org"})
	wantProblem(t, err, Closed)
}

// TestPlaceHandedOver takes people out of programmes, in favour of a colleague or not:
// nobody else's place changes, nobody who left stands anywhere, and no room gets
// too full.
func TestPlaceHandedOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := []string{"a", "b", "c", "d", "e"}
		some := func(name string) []string {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(people), 0, 4, rapid.ID[string]).Draw(t, name)
		}
		p := &Programme{Hotels: []Hotel{{ID: "h"}}}
		for range rapid.IntRange(0, 4).Draw(t, "parts") {
			p.Activities = append(p.Activities, Activity{Crowd: Crowd{TravellerIDs: some("visit")}})
			p.Legs = append(p.Legs, Leg{Crowd: Crowd{TravellerIDs: some("leg")}})
		}
		beds := rapid.Permutation(people).Draw(t, "beds")
		p.Hotels[0].Rooms = []HotelRoom{{Kind: TwinRoom, TravellerIDs: beds[:2]}, {Kind: SingleRoom, TravellerIDs: beds[2:3]}, {Kind: TwinRoom, TravellerIDs: beds[3:4]}}
		from, to := rapid.SampledFrom(people).Draw(t, "from"), rapid.SampledFrom([]string{"", "new"}).Draw(t, "to")
		var before [][]string
		for _, x := range p.Activities {
			before = append(before, slices.Clone(x.TravellerIDs))
		}
		p.handOver(from, to)
		for i, x := range p.Activities {
			want := swapped(before[i], from, to)
			if !slices.Equal(x.TravellerIDs, want) || slices.Contains(x.TravellerIDs, from) {
				t.Errorf("%v became %v, want %v", before[i], x.TravellerIDs, want)
			}
		}
		for _, r := range p.Hotels[0].Rooms {
			if n := len(r.TravellerIDs); n == 0 || n > r.Kind.Beds() || slices.Contains(r.TravellerIDs, from) || n > 1 && slices.Contains(r.TravellerIDs, "new") {
				t.Errorf("a %s room of %v", r.Kind, r.TravellerIDs)
			}
		}
		if p.handOver(from, to) {
			t.Error("there was still something of who left")
		}
	})
}
