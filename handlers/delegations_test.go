package handlers

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// From a request by somebody nobody knows to a programme with a host who said
// yes, and what is not theirs to see on the way.
func TestDelegationJourney(t *testing.T) {
	s := newStaff(t)
	blank := s.nobody.get("/delegations/request?topic=auto").want(t, 200, "What we look at", "Does the topic fit", "Cluster auto")
	form := filled(blank, "topic", "auto", "about", tag, "size", "12", "days", "2", "from", "2027-04-12", "until", "2027-04-30", "languages", "en", "languages", "fr",
		"body", tag+" Grand Est", "country", "FR", "website", "https://grandest.example", "name", "Gaëlle", "email", "gaelle@grandest.example")
	wrong := filled(blank, "about", "Kept", "size", "0", "days", "2", "from", "2020-04-12", "until", "2027-04-30", "body", "Kept body", "email", "nowhere")
	s.nobody.post("/delegations/request", wrong).want(t, 422, "Kept body", "#f-size", "#f-from", "#f-email", "#f-languages", "#f-country")
	trapped := filled(blank, "homepage", "https://spam.example", "email", "spam@grandest.example")
	s.nobody.post("/delegations/request", trapped).want(t, 200, "One step is left")
	s.nobody.post("/delegations/request", form).want(t, 200, "One step is left")
	s.nobody.post("/delegations/request", form).want(t, 200, "One step is left")
	confirm := s.mailedPath(t, "gaelle@grandest.example")
	s.nobody.get(confirm+"x").want(t, 404)
	s.nobody.get(confirm).want(t, 200, "Is the request yours", "&lt;b onclick=")
	mine := s.nobody.post(confirm, nil).to(t)
	if again := s.nobody.post(confirm, nil).to(t); again != mine {
		t.Errorf("confirmed twice it leads to %s and %s", mine, again)
	}
	s.nobody.get(confirm).want(t, 200, "The request is confirmed")
	s.nobody.get(mine).want(t, 200, "Requested", "You can change it until we begin", "&lt;b onclick=")
	s.nobody.get(mine+"x").want(t, 404)
	s.nobody.get(mine+"/programme").want(t, 404)
	edited := filled(s.nobody.get(mine+"/edit").want(t, 200, "gaelle@grandest.example"), "topic", "auto", "about", tag, "size", "8", "days", "2", "from", "2027-04-12", "until", "2027-04-30",
		"languages", "en", "body", "Grand Est", "country", "FR", "name", "Gaëlle")
	s.nobody.post(mine+"/edit", edited).leads(t, mine)

	id, _, _ := strings.Cut(strings.TrimPrefix(mine, "/delegations/"), ".")
	base := "/organise/trips/" + id
	notThere(t, base+"/enquiry", s.ben, s.door, s.member)
	s.anna.get(base+"/enquiry").want(t, 200, "Grand Est", "0 of 18 points", "&lt;b onclick=")
	s.anna.post(base+"/enquiry/screen", url.Values{"points.topic": {"3"}, "note.topic": {tag}, "points.hosts": {"2"}}).leads(t, base+"/enquiry")
	s.anna.get(base+"/enquiry").want(t, 200, "5 of 18 points", "Screening")
	s.nobody.get(mine+"/edit").leads(t, mine)
	s.ben.post(base+"/enquiry/accept", url.Values{"from": {"2027-04-13"}, "until": {"2027-04-14"}, "seats": {"8"}}).want(t, 404)
	s.anna.post(base+"/enquiry/accept", url.Values{"from": {"2027-04-13"}, "until": {"2027-04-12"}, "seats": {"8"}}).want(t, 422, "#f-until")
	s.anna.post(base+"/enquiry/accept", url.Values{"from": {"2027-04-13"}, "until": {"2027-04-14"}, "seats": {"8"}}).leads(t, base+"/enquiry")
	s.nobody.post(mine+"/visitors", url.Values{"name": {tag}, "email": {"ada@grandest.example"}, "title": {"Mayor"}}).leads(t, mine)
	s.nobody.post(mine+"/visitors", url.Values{"name": {"Ada"}, "email": {"ada@grandest.example"}}).want(t, 409, "travels already")
	s.anna.get(base+"/group-meetings/new").want(t, 200, "ada@grandest.example", "2027-04-13")

	s.anna.post(base+"/enquiry/state", url.Values{"to": {"programme"}}).leads(t, base+"/enquiry")
	s.anna.post(base+"/enquiry/state", url.Values{"to": {"hosts_confirmed"}}).want(t, 409, "no visit to a host")
	s.hostJourney(t, base, mine, id)
}

// hostJourney adds a host, asks it, has it answer and publishes the programme.
func (s *staff) hostJourney(t *testing.T, base, mine, id string) {
	t.Helper()
	hosts := base + "/hosts"
	notThere(t, hosts, s.ben, s.member)
	blank := s.anna.get(hosts+"/new").want(t, 200, "Add a host", "Oulu")
	trip, err := s.desk.Trip(t.Context(), root, id)
	if err != nil {
		t.Fatal(err)
	}
	stop := trip.Stops[0]
	form := filled(blank, "name", tag, "stop_id", stop.ID, "kind", "sme", "lang", "en", "contacts", "Taru, Sales, +358 1, taru@track.example", "about.en", "**Ice**")
	s.anna.post(hosts+"/new", filled(blank, "name", "", "stop_id", stop.ID, "lang", "en", "contacts", "x@y")).want(t, 422, "#f-name")
	for range 2 {
		s.anna.post(hosts+"/new", form).leads(t, hosts)
	}
	s.anna.get(hosts).want(t, 200, "&lt;b onclick=", "taru@track.example", "no visit to it in the programme")
	page, err := s.desk.Programme(t.Context(), root, id)
	if err != nil || len(page.Programme.Hosts) != 1 {
		t.Fatalf("%d hosts (%v), want 1", len(page.Programme.Hosts), err)
	}
	host := page.Programme.Hosts[0]
	page.Programme.Activities = []scheduling.Activity{{ID: "v", Kind: scheduling.HostVisit, StopID: stop.ID, HostID: host.ID, Crowd: scheduling.Crowd{Everyone: true},
		Title: scheduling.Text{"en": "The track"}, Starts: time.Date(2027, 4, 13, 6, 0, 0, 0, time.UTC), Ends: time.Date(2027, 4, 13, 8, 0, 0, 0, time.UTC)}}
	if _, err := s.desk.SaveProgramme(t.Context(), root, id, page.Programme); err != nil {
		t.Fatal(err)
	}
	s.anna.post(base+"/enquiry/state", url.Values{"to": {"hosts_confirmed"}}).want(t, 409, "Not every host has said yes")
	s.anna.post(hosts+"/invite", url.Values{"hosts": {host.ID}}).leads(t, hosts)
	link := s.mailedPath(t, "taru@track.example")
	s.nobody.get(link+"x").want(t, 404)
	if body := s.nobody.get(link).want(t, 200, "Does the time suit you", "Tue 13 Apr 2027, 09:00–11:00 (Helsinki)", "Mayor").Body; strings.Contains(body, "&lt;b onclick=x&gt;, Mayor") {
		t.Error("a host that has not answered reads names")
	}
	s.nobody.post(link, url.Values{"answer": {"other"}}).want(t, 422, "#f-proposes")
	s.nobody.post(link, url.Values{"answer": {"other"}, "proposes": {tag}}).leads(t, link)
	s.anna.get(hosts).want(t, 200, "Asks for another time", "&lt;b onclick=")
	for range 2 {
		s.nobody.post(link, url.Values{"answer": {"yes"}, "comment": {"Gate 3"}}).leads(t, link)
	}
	s.nobody.get(link).want(t, 200, "You receive the delegation", "Gate 3")
	s.anna.post(hosts+"/"+host.ID+"/drop", nil).want(t, 409, "in the programme")
	s.anna.post(base+"/enquiry/state", url.Values{"to": {"hosts_confirmed"}}).leads(t, base+"/enquiry")
	s.anna.post(base+"/enquiry/state", url.Values{"to": {"published"}}).leads(t, base+"/enquiry")
	s.nobody.get(mine+"/programme").want(t, 200, "The track", "Helsinki", "taru@track.example", "<strong>Ice</strong>")
	s.nobody.post(mine+"/withdraw", url.Values{"reason": {"Elections"}}).leads(t, mine)
	s.nobody.get(link).want(t, 200, "does not take place")
	s.anna.get(base+"/enquiry").want(t, 200, "has withdrawn the visit", "Elections")
}

// A round in a stop is made from the page of the trip's hosts, and says whose it
// is.
func TestTripRoundPages(t *testing.T) {
	s := newStaff(t)
	trip := &scheduling.Trip{Slug: "spain", Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Spain", "fi": "Espanja"}, ClusterIDs: []string{s.auto.ID}, Zone: houseZone, Currency: "EUR",
		Stops: []scheduling.Stop{{ID: "porto", Country: "PT", City: "Porto", Zone: "Europe/Lisbon", From: "2027-02-10", Until: "2027-02-11"}}}
	trip, err := s.desk.SaveTrip(t.Context(), root, trip)
	if err != nil {
		t.Fatal(err)
	}
	base := "/organise/trips/" + trip.ID
	s.anna.get(base+"/hosts").want(t, 200, "Porto, Portugal", "/organise/rounds/new?trip="+trip.ID)
	for _, who := range []*visitor{s.ben, s.member} {
		who.get("/organise/rounds/new?trip="+trip.ID+"&stop="+trip.Stops[0].ID).want(t, 404)
	}
	s.anna.get("/organise/rounds/new?trip="+trip.ID+"&stop="+trip.Stops[0].ID).want(t, 200, "Part of the trip Spain", `value="Europe/Lisbon"`, `value="2027-02-10"`, `value="2027-02-11"`)
	r, err := s.desk.SaveRound(t.Context(), root, scheduling.RoundInStop(trip, trip.Stops[0]))
	if err != nil {
		t.Fatal(err)
	}
	s.anna.get(base+"/hosts").want(t, 200, "/organise/rounds/"+r.ID)
	s.ben.post(base+"/rounds/"+r.ID+"/enter", nil).want(t, 404)
	s.anna.post(base+"/rounds/"+r.ID+"/enter", nil).leads(t, base+"/hosts")
	s.anna.post(base+"/rounds/"+r.ID+"/programme", nil).leads(t, base+"/hosts")
	s.anna.get("/rounds/"+r.Slug).want(t, 200, "Spain")
}
