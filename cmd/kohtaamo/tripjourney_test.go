package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// A delegate is somebody whose company goes on a trip, on their phone.
type delegate struct {
	*tab
	s     *site
	trip  *scheduling.Trip
	lang  string
	name  string
	email string
	visit string // id of the one that they alone are on
	home  string // address of their own page
}

// tripWords are what a delegate reads on the way, in each language.
var tripWords = map[string]struct {
	applied, offered, accept, yours, travel, named, published, flight, lasts, moved string
}{
	"fi": {"Kiitos", "Paikka tarjolla", "Ota paikka vastaan", "Paikat ovat teidän.", "Olet mukana", "Matkustaja on nimetty.", "Matkaohjelmasi: Espanja", "7.00 Helsinki → 10.20 Madrid", "4 t 20 min", "Matkaohjelmasi on muuttunut: Espanja"},
	"en": {"Thank you", "Seats for you", "Accept the seat", "The seats are yours.", "You travel", "The traveller is named.", "Your itinerary: Spain", "07:00 Helsinki → 10:20 Madrid", "4 h 20 min", "Your itinerary has changed: Spain"},
}

// newTrip opens a trip to Madrid for applications, with a flight for everyone
// and two visits that nobody is on yet. Who organises the house leads it.
func (s *site) newTrip(day time.Time) *scheduling.Trip {
	s.t.Helper()
	h := openHouse(s.t, s.database)
	defer h.close()
	ctx, by := s.t.Context(), scheduling.System("test")
	fine := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	clusters, err := h.desk.Clusters(ctx)
	fine(err)
	leaders, _, err := h.desk.People(ctx, by, scheduling.ListFilter{})
	fine(err)
	t := scheduling.NewTrip(clusters[0], day)
	t.Title, t.LeaderIDs, t.Selection.Minimum = tr("Spain", "Espanja"), []string{leaders[0].ID}, 2
	t.Selection.Terms = tr("A company that commits pays its share.", "Sitoutunut yritys maksaa osuutensa.")
	t.Stops = []scheduling.Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: zoneMadrid, From: date(day, 0), Until: date(day, 2)}}
	t, err = h.desk.SaveTrip(ctx, by, t)
	fine(err)
	visit := func(id, host, clock string) scheduling.Activity {
		starts := on(day, 1, zoneMadrid, clock)
		return scheduling.Activity{ID: id, Kind: scheduling.HostVisit, StopID: "madrid", Title: tr("Visit to "+host, "Vierailu: "+host), Starts: starts, Ends: starts.Add(2 * time.Hour)}
	}
	_, err = h.desk.SaveProgramme(ctx, by, t.ID, &scheduling.Programme{
		Legs: []scheduling.Leg{{ID: "out", Crowd: scheduling.Crowd{Everyone: true}, Kind: scheduling.ByAir, Number: "AY 1661", StopID: "madrid",
			From: scheduling.Terminal{Name: "Helsinki", Code: "HEL", Zone: zoneOulu}, To: scheduling.Terminal{Name: "Madrid", Code: "MAD", Zone: zoneMadrid},
			Departs: on(day, 0, zoneOulu, "7:00"), Arrives: on(day, 0, zoneMadrid, "10:20")}},
		Activities: []scheduling.Activity{visit("uno", "Talleres Uno", "9:00"), visit("dos", "Talleres Dos", "12:00")},
	})
	fine(err)
	t, err = h.desk.SetTripState(ctx, by, t.ID, scheduling.TripOpen, "")
	fine(err)
	return t
}

// TestTripJourney is a delegation trip from the companies' applications to a
// visit that is moved: one traveller reads Finnish, the other English, both on
// phones; who organises and leads it is at a desk.
func TestTripJourney(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	day := time.Now().AddDate(0, 0, 100)
	trip := s.newTrip(day)
	aino := &delegate{tab: s.b.tab(t, s.base, phone, "fi"), s: s, trip: trip, lang: "fi", name: "Aino Väisänen", email: "aino@example.org", visit: "uno"}
	bo := &delegate{tab: s.b.tab(t, s.base, phone, "en"), s: s, trip: trip, lang: "en", name: "Bo O'Hara", email: "bo@example.org", visit: "dos"}
	outi := s.b.tab(t, s.base, desktop, "fi")
	desk := "/organise/trips/" + trip.ID

	s.signIn(outi, organiserAt)
	for _, v := range []*delegate{aino, bo} {
		v.applies()
	}
	outi.selects(desk)
	for _, v := range []*delegate{aino, bo} {
		v.accepts()
		v.answers()
	}
	outi.plans(desk, aino, bo)
	for _, v := range []*delegate{aino, bo} {
		v.reads()
	}

	ainos, bos := aino.calendar(), bo.calendar()
	for _, line := range []string{"DTSTART;TZID=Europe/Helsinki:" + day.Format("20060102") + "T070000", "DTEND;TZID=Europe/Madrid:" + day.Format("20060102") + "T102000"} {
		if !strings.Contains(ainos.of("Helsinki (HEL)"), line) || !strings.Contains(bos.of("Helsinki (HEL)"), line) {
			t.Errorf("a calendar lacks %s:\n%s\n%s", line, ainos.text, bos.text)
		}
	}
	outi.open(desk + "/programme")
	outi.press(`table.trip a[data-id="uno"]`)
	outi.press(`aside form button[name="shift"][value="60"]`)
	outi.says("10.00–12.00 (Madrid)")
	for range 2 { // asked twice, it tells once
		must(t, "jobs", "run", "itineraries", "--now", time.Now().Add(11*time.Minute).Format(time.RFC3339), "--base-url", s.base, s.database)
	}
	aino.hearsOfMove()
	moved := aino.calendar()
	for _, what := range []string{"SEQUENCE:1", "DTSTART;TZID=Europe/Madrid:" + day.AddDate(0, 0, 1).Format("20060102") + "T100000"} {
		if !strings.Contains(moved.of("Talleres Uno"), what) {
			t.Errorf("what was moved lacks %s: %s", what, moved.of("Talleres Uno"))
		}
	}
	if moved.without("Talleres Uno") != ainos.without("Talleres Uno") {
		t.Errorf("the calendar changed elsewhere too, from\n%s\nto\n%s", ainos.text, moved.text)
	}
	if now := bo.calendar(); now.text != bos.text {
		t.Errorf("the other calendar changed from\n%s\nto\n%s", bos.text, now.text)
	}
}

// applies fills the form in for the delegate's company.
func (v *delegate) applies() {
	v.t.Helper()
	w, slug := tripWords[v.lang], v.trip.Slug
	v.open("/trips/" + slug)
	v.press(`main a[href="/trips/` + slug + `/apply"]`)
	_, company, _ := strings.Cut(v.name, " ")
	v.fill(map[string]string{"company": company + " Oy", "name": v.name, "email": v.email, "motivation": "Haemme kumppaneita.", "terms": "1"})
	v.press("main form p.actions button")
	v.says(w.applied)
}

// selects closes the applications and offers each company its seat.
func (v *tab) selects(desk string) {
	v.t.Helper()
	v.open(desk + "/state?to=selection")
	v.press("main form p.actions button")
	v.open(desk + "/applications")
	v.do(chromedp.Click(chromedp.CSS(`[data-all="ids"]`), chromedp.NodeVisible))
	v.press(`button[value="offered"]`)
	v.says("2 hakemusta päätetty.", "Paikka tarjottu")
}

// accepts takes the seat that the mail offers, and says who travels.
func (v *delegate) accepts() {
	v.t.Helper()
	w := tripWords[v.lang]
	v.open(v.s.link(v.s.letterAbout(v.email, w.offered), "/applications/"))
	v.says(w.accept)
	v.press(`form[action$="/accept"] button`)
	v.says(w.yours)
	v.fill(map[string]string{"name": v.name, "email": v.email, "lang": v.lang})
	v.press(`form[action$="/travellers"] button`)
	v.says(w.named, v.name)
}

// answers tells the trip what it has to know of the traveller, from their mail.
func (v *delegate) answers() {
	v.t.Helper()
	asked := v.s.link(v.s.letterAbout(v.email, tripWords[v.lang].travel), "/travel/")
	v.home = strings.TrimSuffix(asked, "/data")
	v.open(v.home)
	v.press(`main a[href="` + v.home + `/data"]`)
	v.fill(map[string]string{"emergency_name": "Kotona", "emergency_phone": "+358 50 000 0000", "passport_expiry": date(v.trip.Ends, 900), "room": "single", "phone": "+358 40 000 0000"})
	v.press("main form p.actions button")
	v.open(v.home)
	v.says(v.name)
}

// plans confirms the trip, puts each traveller on a visit and publishes the
// programme.
func (v *tab) plans(desk string, travellers ...*delegate) {
	v.t.Helper()
	v.open(desk + "/state?to=confirmed")
	v.press("main form p.actions button")
	for _, d := range travellers {
		v.open(desk + "/programme/parts/" + d.visit)
		eval[bool](v, fmt.Sprintf(`([...document.querySelectorAll("label")].find(l => l.innerText.includes(%q)).click(), true)`, d.name))
		v.press(`form[action$="/people"] button`)
		v.says("Osallistujat tallennettu.")
	}
	v.open(desk + "/programme/publish")
	v.press("main form p.actions button")
	v.says("Ohjelma on julkaistu.")
}

// reads opens the itinerary that was mailed: the flight with the time it takes,
// and no visit of others.
func (v *delegate) reads() {
	v.t.Helper()
	w := tripWords[v.lang]
	mail := v.s.letterAbout(v.email, w.published)
	v.open(v.s.link(mail, "/travel/"))
	v.says(w.flight, w.lasts)
	page, own := v.text("main"), map[string]string{"uno": "Talleres Uno", "dos": "Talleres Dos"}
	for id, title := range own {
		if mine := id == v.visit; strings.Contains(page, title) != mine || strings.Contains(mail.text, title) != mine {
			v.t.Errorf("%s is on %s: page and mail of %s say\n%s\n%s", v.name, v.visit, id, page, mail.text)
		}
	}
}

// hearsOfMove checks that the delegate alone has one mail about the visit that
// moved, and sees its new time.
func (v *delegate) hearsOfMove() {
	v.t.Helper()
	h := openHouse(v.t, v.s.database)
	defer h.close()
	list, _, err := h.outbox.List(v.t.Context(), mailer.Filter{Kind: "itinerary.changed"})
	if err != nil || len(list) != 1 || list[0].To != v.email {
		v.t.Fatalf("%d mails tell of the move, %v: %+v", len(list), err, list)
	}
	mail := v.s.letterAbout(v.email, tripWords[v.lang].moved)
	if !strings.Contains(mail.text, "10.00–12.00 (Madrid)") || strings.Contains(mail.text, "AY 1661") {
		v.t.Errorf("the mail does not tell the move alone: %s", mail.text)
	}
	v.open(v.s.link(mail, "/travel/"))
	v.says("Vierailu: Talleres Uno", "10.00–12.00 (Madrid)")
}

// An ownCalendar is what a delegate's calendar address answers.
type ownCalendar struct{ text string }

func (v *delegate) calendar() ownCalendar {
	v.t.Helper()
	text := eval[string](v.tab, `fetch("`+v.home+`/itinerary.ics", {cache: "no-store"}).then(r => r.text())`)
	return ownCalendar{strings.ReplaceAll(text, "\r\n ", "")}
}

var calendarEvent = regexp.MustCompile(`(?s)BEGIN:VEVENT.*?END:VEVENT\r\n`)

// of is the entry whose summary has the words; "" for none.
func (c ownCalendar) of(words string) string {
	for _, e := range calendarEvent.FindAllString(c.text, -1) {
		if regexp.MustCompile(`\nSUMMARY[^\r]*` + regexp.QuoteMeta(words)).MatchString(e) {
			return e
		}
	}
	return ""
}

// without is all of it but that entry.
func (c ownCalendar) without(words string) string { return strings.Replace(c.text, c.of(words), "", 1) }
