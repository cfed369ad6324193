package handlers

import (
	"net/url"
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

// travelTrip stores a trip of the cluster through Madrid and Porto, with a hotel, a
// flight and a dinner for all.
func (h *house) travelTrip(t testing.TB, c *scheduling.Cluster) *scheduling.Trip {
	t.Helper()
	trip, err := h.desk.SaveTrip(t.Context(), root, &scheduling.Trip{Slug: "spain", Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Spain and Portugal", "fi": "Espanja ja Portugali"},
		ClusterIDs: []string{c.ID}, Zone: "Europe/Helsinki", Contact: "Outi Organiser", ContactEmail: "outi@example.fi", Currency: "EUR",
		Stops: []scheduling.Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: "2027-02-08", Until: "2027-02-10"},
			{ID: "porto", Country: "PT", City: "Porto", Zone: "Europe/Lisbon", From: "2027-02-10", Until: "2027-02-12"}},
		Asks: scheduling.TravellerAsks{Fields: scheduling.TravellerFields, RetainDays: 30}})
	if err != nil {
		t.Fatal(err)
	}
	leg := scheduling.Leg{ID: "out", Crowd: scheduling.Crowd{Everyone: true}, Kind: scheduling.ByAir, Carrier: "Finnair", Number: "AY1661",
		From: scheduling.Terminal{Name: "Helsinki", Code: "HEL", Zone: "Europe/Helsinki"}, To: scheduling.Terminal{Name: "Madrid", Code: "MAD", Zone: "Europe/Madrid"},
		Departs: trip.Starts.Add(6 * 3600e9), Arrives: trip.Starts.Add(6*3600e9 + 260*60e9)}
	_, err = h.desk.SaveProgramme(t.Context(), root, trip.ID, &scheduling.Programme{Legs: []scheduling.Leg{leg},
		Hotels: []scheduling.Hotel{{ID: "uno", StopID: "madrid", Name: "Hotel Uno", From: "2027-02-08", Until: "2027-02-10",
			Block: []scheduling.RoomBlock{{Kind: scheduling.SingleRoom, Count: 1}, {Kind: scheduling.TwinRoom, Count: 1}}}},
		Hosts: []scheduling.Host{{ID: "host", StopID: "madrid", Name: "Talleres Uno", Lang: "es", State: scheduling.HostConfirmed, Website: "https://talleres.example"}},
		Activities: []scheduling.Activity{
			{ID: "visit", Crowd: scheduling.Crowd{Everyone: true}, Kind: scheduling.HostVisit, HostID: "host", StopID: "madrid", Title: scheduling.Text{"en": "The press shop"}, Starts: trip.Starts.Add(14 * 3600e9), Ends: trip.Starts.Add(16 * 3600e9), NDA: true},
			{ID: "dinner", Crowd: scheduling.Crowd{Everyone: true}, Kind: scheduling.Meal, StopID: "madrid", Title: scheduling.Text{"en": "Dinner"}, Starts: trip.Starts.Add(20 * 3600e9), Ends: trip.Starts.Add(22 * 3600e9)}}})
	if err != nil {
		t.Fatal(err)
	}
	return trip
}

// TestTravellers: an organiser adds people, who answer by their links; rooms are
// suggested and given, print-outs say what each reader needs and no more.
func TestTravellers(t *testing.T) {
	h := newHouse(t)
	c, elsewhere := h.newCluster(t, "automotive", "Automotive"), h.newCluster(t, "circular", "Circular")
	trip := h.travelTrip(t, c)
	v := h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: c.ID})
	stranger := h.person(t, "oskari@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: elsewhere.ID})
	base := "/organise/trips/" + trip.ID
	v.get(base+"/travellers").want(t, 200, "Nobody travels yet")

	add := url.Values{"id": {"0123456789abcdef"}, "name": {"Aino A"}, "email": {"aino@example.fi"}, "company": {"Aurora Oy"}, "lang": {"fi"}, "role": {"delegate"}}
	v.post(base+"/travellers/add", url.Values{"name": {"Kept"}, "phone": {"<b>"}}).want(t, 422, "Kept", "#f-email", "#f-phone")
	v.post(base+"/travellers/add", add).leads(t, base+"/travellers")
	v.post(base+"/travellers/add", add).want(t, 409, "This person travels already")
	v.post(base+"/travellers/add", url.Values{"id": {"0123456789abcdee"}, "name": {"Bea B"}, "email": {"bea@example.fi"}, "company": {"Borealis Oy"}, "role": {"leader"}, "lang": {"en"}}).leads(t, base+"/travellers")

	link := h.mailedPath(t, "aino@example.fi")
	if !strings.HasSuffix(link, "/data") {
		t.Fatalf("the mail leads to %s", link)
	}
	guest := h.visitor(t)
	guest.get(link).want(t, 200, "What the trip has to know", "deleted by themselves on Mon 15 Mar 2027")
	said := url.Values{"seen": {"0"}, "diets": {"vegan"}, "allergies": {"Sesame <b>"}, "agreed": {"1"}, "emergency_name": {"Eino E"}, "emergency_phone": {"+358 40 765 4321"},
		"passport_expiry": {"6.5.2031"}, "room": {"twin"}, "room_with": {"Bea B"}, "phone": {"+358 50 123 9876"}}
	guest.post(link, url.Values{"allergies": {"Kept"}, "passport_expiry": {"soon"}}).want(t, 422, "Kept", "#f-emergency_name", "#f-passport_expiry", "#f-agreed")
	guest.post(link, said).leads(t, link)
	guest.post(link, said).leads(t, link)
	guest.get(link).want(t, 200, "Your answers are saved", "Sesame &lt;b&gt;", "2031-05-06")
	guest.get(link[:len(link)-8]+"x/data").want(t, 404)

	said.Set("room_with", "aino")
	said.Set("seen", "0")
	bea := h.mailedPath(t, "bea@example.fi")
	guest.post(bea, said).leads(t, bea)
	one := base + "/travellers/0123456789abcdef"
	for _, path := range []string{"/travellers", "/travellers.csv", "/travellers/0123456789abcdef", "/travellers/0123456789abcdef/replace", "/rooms", "/rooms/uno", "/rooms/list", "/rooms/uno/list.csv", "/diets", "/manifest", "/briefing"} {
		stranger.get(base+path).want(t, 404)
	}
	v.get(one).want(t, 200, "Eino E", "Tue 6 May 2031")
	if got := v.get(base + "/travellers"); strings.Contains(got.want(t, 200, "Aino A", "Answered").Body, "Sesame") {
		t.Error("the list says what somebody answered")
	}
	for _, path := range []string{"/travellers.csv", "/manifest", "/briefing", "/rooms/list"} {
		got := v.get(base + path)
		for _, private := range []string{"Sesame", "Eino E", "765 4321", "2031"} {
			if strings.Contains(got.Body, private) {
				t.Errorf("%s says %q", path, private)
			}
		}
	}
	v.get(base+"/travellers.csv").want(t, 200, "Aino A,Aurora Oy", "Answered")
	if got := v.get(base+"/diets").want(t, 200, "Vegan", "Sesame &lt;b&gt;"); strings.Contains(got.Body, "Aino") {
		t.Error("the caterer reads names")
	}
	v.get(base+"/manifest").want(t, 200, "AY1661", "Helsinki", "4 h 20 min", "Bea B")
	v.get(base+"/briefing").want(t, 200, "Talleres Uno", "The press shop", "A signed NDA is needed", "Borealis Oy")

	hotel := base + "/rooms/uno"
	v.get(base+"/rooms").want(t, 200, "2 travellers have no bed", "0 of 1 given")
	suggested := v.get(hotel+"?suggest=1").want(t, 200, "This is a suggestion", "both say so")
	form := url.Values{"rev": {suggested.attr(t, "main input[name=rev]", "value")}, "kind.0123456789abcdef": {"twin"}, "number.0123456789abcdef": {"1"}, "kind.0123456789abcdee": {"twin"}, "number.0123456789abcdee": {"1"}}
	v.post(hotel, url.Values{"rev": form["rev"], "kind.0123456789abcdef": {"single"}, "number.0123456789abcdef": {"1"}, "kind.0123456789abcdee": {"single"}, "number.0123456789abcdee": {"1"}}).want(t, 422, "fewer beds than people")
	stranger.post(hotel, form).want(t, 404)
	v.post(hotel, form).leads(t, base+"/rooms")
	v.post(hotel, form).want(t, 409)
	v.get(base+"/rooms").want(t, 200, "All have a bed", "Aino A, Bea B")
	v.get(hotel+"/list.csv").want(t, 200, "1,Twin room,Aino A; Bea B")

	leader := h.visitor(t)
	leader.signIn(h, "bea@example.fi")
	leader.get(one).want(t, 200, "Eino E")
	leader.post(one+"/release", url.Values{"reason": {""}}).want(t, 422, "#f-reason")
	leader.post(one+"/replace", url.Values{"id": {"0123456789abcded"}, "name": {"Cia C"}, "email": {"cia@example.fi"}, "lang": {"en"}}).leads(t, base+"/travellers")
	leader.get(one).want(t, 200, "Deleted after the trip")
	guest.get(link).want(t, 404)
	v.get(base+"/travellers").want(t, 200, "Cia C", "Stays home")
	v.post(base+"/travellers/0123456789abcdee/release", url.Values{"reason": {"Somebody else leads"}}).leads(t, base+"/travellers/0123456789abcdee")
	leader.get(base+"/travellers").want(t, 404)
	v.post(base+"/travellers/remind", nil).leads(t, base+"/travellers")
}
