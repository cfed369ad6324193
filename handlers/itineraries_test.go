package handlers

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A travelHouse has a trip with a flight and a visit, somebody who travels, and
// somebody who leads it.
type travelHouse struct {
	*house
	trip      *scheduling.Trip
	traveller *scheduling.Traveller
	leader    *visitor
	link      string // the traveller's page
	day       string // the leader's sheet
}

func fine(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newTravelHouse(t *testing.T) *travelHouse {
	h := &travelHouse{house: newHouse(t)}
	h.leader = h.person(t, "leader@example.fi")
	root := scheduling.System("test")
	who, _, err := h.desk.People(t.Context(), root, scheduling.ListFilter{})
	fine(t, err)
	at := func(zone, clock string) time.Time {
		loc, err := time.LoadLocation(zone)
		fine(t, err)
		x, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-24 "+clock, loc)
		fine(t, err)
		return x
	}
	h.trip, err = h.desk.SaveTrip(t.Context(), root, &scheduling.Trip{Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Spain"}, Zone: "Europe/Helsinki",
		LeaderIDs: []string{who[0].ID}, Asks: scheduling.TravellerAsks{Fields: []string{"diet"}},
		Stops: []scheduling.Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: "2026-11-24", Until: "2026-11-25"}}})
	fine(t, err)
	h.traveller, err = h.desk.AddTraveller(t.Context(), root, h.trip.ID, &scheduling.Traveller{Name: "Matti Matkaaja", Email: "matti@example.fi", Lang: "en"})
	fine(t, err)
	all := scheduling.Crowd{Everyone: true}
	_, err = h.desk.SaveProgramme(t.Context(), root, h.trip.ID, &scheduling.Programme{
		Legs: []scheduling.Leg{{ID: "out", Crowd: all, Kind: scheduling.ByAir, Number: "AY1661", From: scheduling.Terminal{Name: "Helsinki", Code: "HEL", Zone: "Europe/Helsinki"},
			To: scheduling.Terminal{Name: "Madrid", Code: "MAD", Zone: "Europe/Madrid"}, Departs: at("Europe/Helsinki", "07:00"), Arrives: at("Europe/Madrid", "10:20")}},
		Activities: []scheduling.Activity{{ID: "visit", Crowd: all, Kind: scheduling.HostVisit, StopID: "madrid", Title: scheduling.Text{"en": "Visit to Talleres Uno"}, Place: "Getafe",
			Starts: at("Europe/Madrid", "14:00"), Ends: at("Europe/Madrid", "16:00")}}})
	fine(t, err)
	_, err = h.desk.PublishProgramme(t.Context(), root, h.trip.ID)
	fine(t, err)
	h.link, h.day = strings.TrimPrefix(h.desk.TravelURL(h.traveller), h.BaseURL), "/organise/trips/"+h.trip.ID+"/day"
	return h
}

// A flight lasts as long as it lasts, and its times are those of the places it
// leaves from and comes to: on the page, in the calendar, in the mail, on paper
// and on the day sheet, wherever somebody looks from.
func TestFlightIsTheSameEverywhere(t *testing.T) {
	h := newTravelHouse(t)
	tokyo := h.visitor(t)
	tokyo.lang = "en-JP"
	sent, _, err := h.Outbox.List(t.Context(), mailer.Filter{Kind: "itinerary.published"})
	fine(t, err)
	mail := sent[0]
	shown, err := h.Outbox.Preview(mail)
	fine(t, err)
	calendar := tokyo.get(h.link + "/itinerary.ics")
	tokyo.post(h.link+"/invites", url.Values{"on": {"yes"}}).leads(t, h.link)
	invited, _, err := h.Outbox.List(t.Context(), mailer.Filter{Kind: "itinerary.invite"})
	fine(t, err)
	var invites strings.Builder
	for _, m := range invited {
		invites.WriteString(strings.ReplaceAll(string(m.Calendar.Body), "\r\n ", ""))
	}
	for where, text := range map[string]string{
		"page": tokyo.get(h.link).Body, "calendar": strings.ReplaceAll(calendar.Body, "\r\n ", ""), "print-out": tokyo.get(h.link + "/print").Body,
		"day sheet": h.leader.get(h.day + "?date=2026-11-24").Body, "mail as text": strings.ReplaceAll(shown.Text, "\n  ", " "), "mail": shown.HTML, "invite": invites.String(),
	} {
		text = strings.ReplaceAll(text, `\,`, ",")
		for _, want := range []string{"07:00 Helsinki → 10:20 Madrid, 4 h 20 min", "Flight AY1661: Helsinki (HEL) → Madrid (MAD)", "14:00–16:00 (Madrid)"} {
			if !strings.Contains(text, want) {
				t.Errorf("the %s does not say %q:\n%s", where, want, text)
			}
		}
	}
	for _, want := range []string{"DTSTART;TZID=Europe/Helsinki:20261124T070000", "DTEND;TZID=Europe/Madrid:20261124T102000"} {
		calendar.want(t, 200, want)
		if !strings.Contains(invites.String(), want) {
			t.Errorf("no invite says %s", want)
		}
	}
}

func TestTravelPage(t *testing.T) {
	h := newTravelHouse(t)
	v := h.visitor(t)
	v.get(h.link).want(t, 200, "Matti Matkaaja", h.link+"/data", "Aino Väisänen", "webcal://talo.example.fi"+h.link+"/itinerary.ics")
	for _, path := range []string{h.link + "x", "/travel/" + h.traveller.ID, "/travel/" + h.traveller.ID + ".AAAAAAAAAAAAAAAAAAAAAA"} {
		for _, end := range []string{"", "/print", "/itinerary.ics"} {
			v.get(path+end).want(t, 404)
		}
	}
	calendar := v.get(h.link + "/itinerary.ics")
	again := v.send("GET", h.link+"/itinerary.ics", nil, map[string]string{"If-None-Match": calendar.Header.Get("ETag")})
	again.want(t, 304)
	if cache := calendar.Header.Get("Cache-Control"); !strings.Contains(cache, "private") {
		t.Errorf("a private calendar may be kept: %q", cache)
	}
	h.now = h.trip.Ends.Add(time.Hour)
	v.get(h.link).want(t, 200, h.link+"/outcomes", h.link+"/certificate")
}

// The forms of a day sheet work without a script, and what a script sends twice
// is there once.
func TestDaySheetPage(t *testing.T) {
	h := newTravelHouse(t)
	h.now = h.trip.Starts.Add(8 * time.Hour)
	page := h.leader.get(h.day)
	page.want(t, 200, "Present", "Matti Matkaaja", `href="/day-sheet.webmanifest?trip=`+h.trip.ID)
	if page.Header.Get("X-Keep-Until") == "" {
		t.Error("the page does not say until when it may be kept")
	}
	h.leader.post(h.day+"/mark", url.Values{"part": {"visit"}, "mark": {h.traveller.ID + " 1"}, "date": {"2026-11-24"}}).leads(t, h.day+"?date=2026-11-24")
	h.leader.get(h.day).want(t, 200, fmt.Sprintf(`value="%s 1" aria-pressed="true"`, h.traveller.ID), `<b id="here-visit">1</b>`)
	script := map[string]string{"Accept": "application/json"}
	id := storage.NewID()
	for range 2 {
		h.leader.send("POST", h.day+"/note", url.Values{"id": {id}, "text": {"The bus waits at door B."}, "at": {h.now.Add(-time.Minute).Format(time.RFC3339)}}, script).want(t, 204)
	}
	h.leader.send("POST", h.day+"/note", url.Values{"id": {storage.NewID()}, "text": {" "}}, script).want(t, 422)
	h.leader.post(h.day+"/note", url.Values{"id": {storage.NewID()}, "text": {""}}).want(t, 422, "New note")
	if n := strings.Count(h.leader.get(h.day).Body, "The bus waits at door B."); n != 1 {
		t.Errorf("the note is there %d times", n)
	}
	h.leader.post(h.day+"/late", url.Values{"part": {"visit"}, "minutes": {"900"}}).want(t, 422, "0 to 720")
	h.leader.post(h.day+"/late", url.Values{"part": {"visit"}, "minutes": {"10"}}).leads(t, h.day)
	h.visitor(t).get(h.link).want(t, 200, "14:10–16:10 (Madrid)", "10 min later than planned")
	if m := h.lastMail(t, "matti@example.fi"); m.Kind != "itinerary.late" {
		t.Errorf("the last mail is %s", m.Kind)
	}
	stranger := h.person(t, "stranger@example.fi")
	stranger.get(h.day).want(t, 404)
	stranger.post(h.day+"/mark", url.Values{"part": {"visit"}, "mark": {h.traveller.ID + " 1"}}).want(t, 404)
}

// The worker serves the pages of trips alone; what may be kept of them ends with
// the trip and with the session.
func TestDaySheetWorker(t *testing.T) {
	h := newTravelHouse(t)
	worker := h.visitor(t).get(workerPath)
	worker.want(t, 200, "const VERSION", h.texts.AssetPath("daysheet.js"), h.texts.AssetPath("app.css"))
	if got := worker.Header.Get("Service-Worker-Allowed"); got != "/organise/trips/" {
		t.Errorf("the worker may serve %q", got)
	}
	v := h.visitor(t)
	v.get("/day-sheet.webmanifest?trip=abc").want(t, 200, `"display":"standalone"`, `"start_url":"/organise/trips/abc/day"`, "icon.svg")
	v.get("/day-sheet.webmanifest?trip=../x").want(t, 404)
	h.now = h.trip.Ends.Add(keptAfter)
	if until := h.leader.get(h.day).Header.Get("X-Keep-Until"); until != "" {
		t.Errorf("a sheet of a trip that is over may be kept until %s", until)
	}
	if got := h.leader.post("/logout", nil).Header.Get("Clear-Site-Data"); got != `"storage"` {
		t.Errorf("signing out clears %s", got)
	}
}
