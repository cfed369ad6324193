package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kohtaamo/scheduling"
)

// travelling stores a trip that is under way today, led by who organises, with
// one traveller on one visit.
func (h *house) travelling(t *testing.T) (tripID string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	by := scheduling.System("test")
	leader := &scheduling.Person{Email: organiserAt, Name: "Outi Järjestäjä", Lang: "en"}
	must(h.desk.SavePerson(t.Context(), by, leader))
	madrid, err := time.LoadLocation("Europe/Madrid")
	must(err)
	now := time.Now().In(madrid)
	trip, err := h.desk.SaveTrip(t.Context(), by, &scheduling.Trip{Direction: scheduling.Outgoing, Title: tr("Spain", "Espanja"), LeaderIDs: []string{leader.ID},
		Stops: []scheduling.Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: now.AddDate(0, 0, -1).Format(time.DateOnly), Until: now.AddDate(0, 0, 1).Format(time.DateOnly)}}})
	must(err)
	_, err = h.desk.AddTraveller(t.Context(), by, trip.ID, &scheduling.Traveller{Name: "Matti Matkaaja", Email: "matti@example.org", Lang: "fi"})
	must(err)
	noon := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, madrid)
	_, err = h.desk.SaveProgramme(t.Context(), by, trip.ID, &scheduling.Programme{Activities: []scheduling.Activity{{ID: "visit", Crowd: scheduling.Crowd{Everyone: true},
		Kind: scheduling.HostVisit, StopID: "madrid", Title: tr("Visit to Talleres Uno", "Vierailu: Talleres Uno"), Starts: noon, Ends: noon.Add(2 * time.Hour)}}})
	must(err)
	_, err = h.desk.PublishProgramme(t.Context(), by, trip.ID)
	must(err)
	return trip.ID
}

// until waits for a condition of the page, as long as a step may take.
func (v *tab) until(condition string) {
	v.t.Helper()
	eval[bool](v, fmt.Sprintf(`new Promise(done => { const look = () => (%s) ? done(true) : setTimeout(look, 50); look(); })`, condition))
}

// TestDaySheetOffline has a leader mark who is there while the server cannot be
// reached: the sheet opens all the same, says so, keeps what is noted, and the
// server has it once when it is back. Signing out leaves nothing on the phone.
func TestDaySheetOffline(t *testing.T) {
	t.Parallel()
	b := newChrome(t)
	dir := t.TempDir()
	db := database(dir, "k.db")
	h := openHouse(t, db)
	path := "/organise/trips/" + h.travelling(t) + "/day"
	h.close()
	folder := filepath.Join(dir, "mail")
	server := start(t, db, "--mail=dir:"+folder)
	s := &site{t: t, b: b, base: server.base, mail: folder, read: map[string]bool{}}
	v := b.tab(t, s.base, phone, "en")
	s.signIn(v, organiserAt)
	v.open(path)
	v.until(`document.getElementById("daysheet").dataset.kept && document.getElementById("waiting").hidden`)

	server.end(t)
	v.open(path)
	v.says("Visit to Talleres Uno", "12:00–14:00 (Madrid)")
	v.until(`document.getElementById("waiting").innerText.includes("offline")`)
	v.do(chromedp.Click(chromedp.CSS("#w-visit summary"), chromedp.NodeVisible), chromedp.Click(chromedp.CSS(`#w-visit button[value$=" 1"]`), chromedp.NodeVisible))
	v.fill(map[string]string{"text": "The bus waits at door B."})
	v.do(chromedp.Click(chromedp.CSS("main form[action$='/note'] button"), chromedp.NodeVisible))
	v.until(`document.getElementById("waiting").innerText.includes("2 waiting")`)
	v.open(path)
	v.until(`document.querySelector('#w-visit button[value$=" 1"]').getAttribute("aria-pressed") === "true" && document.getElementById("waiting").innerText.includes("2 waiting")`)
	queue := eval[string](v, `JSON.stringify(Object.values(localStorage))`)

	start(t, db, "--mail=dir:"+folder, "--listen="+strings.TrimPrefix(s.base, "http://"), "--base-url="+s.base)
	v.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("online"))`))
	v.until(`document.getElementById("waiting").hidden && !localStorage.length`)
	sent := eval[[]int](v, fmt.Sprintf(`Promise.all(JSON.parse(JSON.parse(%q)[0]).map(x => fetch(x.path, {method: "POST", headers: {Accept: "application/json"}, body: new URLSearchParams(x.fields)}).then(r => r.status)))`, queue))
	if len(sent) != 2 || sent[0] != 204 || sent[1] != 204 {
		t.Errorf("sent once more, the answers are %v", sent)
	}
	v.open(path)
	if here, notes := v.count("#here-visit"), eval[int](v, `document.querySelectorAll("#notes li").length`); here != "1" || notes != 1 {
		t.Errorf("the server has %s marks and %d notes", here, notes)
	}

	v.do(chromedp.Click(chromedp.CSS("details.menu summary"), chromedp.NodeVisible))
	v.press(`form[action="/logout"] button`)
	if left := eval[[]string](v, `caches.keys()`); len(left) > 0 {
		t.Errorf("signed out, and the phone keeps %v", left)
	}
}

// count is the text of one element, whether it can be seen or not.
func (v *tab) count(selector string) string {
	v.t.Helper()
	return eval[string](v, fmt.Sprintf(`document.querySelector(%q).textContent`, selector))
}
