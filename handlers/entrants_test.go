package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

var roundRows = storage.NewCollection[scheduling.Round]("rounds", storage.Unique("slug"))

// openRound keeps a round of two half days in the request phase.
func (h *house) openRound(t testing.TB, set func(*scheduling.Round)) *scheduling.Round {
	t.Helper()
	r := &scheduling.Round{Slug: "power", Phase: scheduling.RoundRequests, Title: scheduling.Text{"en": "Northern Power"}, Zone: "Europe/Helsinki", Open: true, ClusterIDs: []string{}}
	for i := range 4 {
		at := time.Date(2026, 12, 3, 8+i, 0, 0, 0, time.UTC)
		r.Slots = append(r.Slots, scheduling.Slot{ID: at.Format("20060102T1504Z"), Starts: at, Ends: at.Add(time.Hour)})
	}
	r.Starts, r.Ends = r.Slots[0].Starts, r.Slots[3].Ends
	if set != nil {
		set(r)
	}
	if err := h.desk.DB.Update(t.Context(), func(tx *storage.Tx) error { return roundRows.Put(tx, r) }); err != nil {
		t.Fatal(err)
	}
	return r
}

// entering is the form of a company that nobody knows.
func entering(name string) url.Values {
	return url.Values{"name": {name}, "country": {"Finland"}, "kind": {"sme"}, "title": {"CEO"}, "languages": {"en", "fi"}}
}

// Somebody nobody knows gives an address, gets a link that leads back, enters,
// completes the profile and finds a partner.
func TestEnterARound(t *testing.T) {
	h := newHouse(t)
	h.openRound(t, nil)
	v := h.visitor(t)
	v.get("/rounds/power/enter").want(t, 200, "Send me the link")
	v.post("/rounds/power/enter", url.Values{"name": {""}, "email": {"x"}}).want(t, 422)
	v.post("/rounds/power/enter", url.Values{"name": {"Aino <b>V</b>"}, "email": {"Aino@akku.example"}}).want(t, 200, "We sent a link")
	if people, _, err := h.desk.People(t.Context(), scheduling.System("test"), scheduling.ListFilter{Text: "aino"}); err != nil || len(people) != 0 {
		t.Fatalf("an address that nobody has shown to be theirs made %d people, %v", len(people), err)
	}
	link := h.mailedPath(t, "aino@akku.example")
	v.post(link, nil).leads(t, "/rounds/power/enter")
	h.visitor(t).post(link, nil).want(t, http.StatusGone)
	v.get("/rounds/power/enter").want(t, 200, "Which company are you from?")
	v.get("/rounds/power/my").want(t, 404)
	v.get("/rounds/power/catalogue").want(t, 404)
	bad := entering("")
	bad.Set("country", "Atlantis")
	v.post("/rounds/power/enter", bad).want(t, 422, "Atlantis")
	for range 2 {
		v.post("/rounds/power/enter", entering("Akku <script>Oy")).leads(t, "/rounds/power/my")
	}
	v.get("/rounds/power/enter").leads(t, "/rounds/power/my")
	v.get("/rounds/power/my").want(t, 200, "Find your partners", "Akku &lt;script&gt;Oy")
	v.get("/account").want(t, 200, "/rounds/power/my")

	v.get("/rounds/power/my/profile").want(t, 200, `name="rev" value="1"`)
	profile := url.Values{"rev": {"1"}, "about.en": {"We recycle."}, "offers": {"recycling of batteries\r\n\r\n<b>black</b> mass"}, "needs": {"robots"}, "other_tags": {"circular, steel"}, "countries": {"Spain; ranska"}, "listed": {"1"}, "back": {"1"}}
	v.post("/rounds/power/my/profile", profile).leads(t, "/rounds/power/my")
	v.post("/rounds/power/my/profile", profile).want(t, 409)
	profile.Set("rev", "2")
	profile.Set("countries", "Narnia")
	v.post("/rounds/power/my/profile", profile).want(t, 422, "Narnia", "recycling of batteries")
	v.get("/rounds/power/my/profile").want(t, 200, "Spain, France", "circular")

	other := h.person(t, "bo@robo.example")
	other.post("/rounds/power/enter", entering("Robo Oy")).leads(t, "/rounds/power/my")
	other.post("/rounds/power/my/profile", url.Values{"rev": {"1"}, "needs": {"battery recycling"}}).leads(t, "/rounds/power/my")
	page := other.get("/rounds/power/my/suggestions").want(t, 200, "Akku &lt;script&gt;Oy", "You need “battery recycling” – they offer “recycling of batteries”")
	if strings.Contains(page.Body, "akku.example") {
		t.Error("a suggestion shows a mail address")
	}
	list := other.get("/rounds/power/catalogue?q=akku&sort=match&common=1").want(t, 200, "1 entrant", `value="akku"`)
	_, rest, _ := strings.Cut(list.Body, `href="/rounds/power/catalogue/`)
	id, _, _ := strings.Cut(rest, `"`)
	entry := other.get("/rounds/power/catalogue/"+id).want(t, 200, "&lt;b&gt;black&lt;/b&gt; mass", "Aino", "4 times suit both")
	if strings.Contains(entry.Body, "akku.example") {
		t.Error("the page of an entrant shows a mail address")
	}
	for _, path := range []string{"/rounds/power/catalogue", "/rounds/power/catalogue/" + id, "/rounds/nothing/catalogue"} {
		h.visitor(t).get(path).leads(t, "/login?next="+url.QueryEscape(path))
		h.person(t, "stranger"+storage.NewID()+"@example.fi").get(path).want(t, 404)
	}
}

func TestPublicCatalogue(t *testing.T) {
	h := newHouse(t)
	h.openRound(t, func(r *scheduling.Round) { r.Limits.Public = true })
	v := h.person(t, "aino@akku.example")
	v.post("/rounds/power/enter", entering("Akku Oy")).leads(t, "/rounds/power/my")
	h.visitor(t).get("/rounds/power/catalogue").want(t, 200, "Nobody yet")
	v.post("/rounds/power/my/profile", url.Values{"rev": {"1"}, "listed": {"1"}}).leads(t, "/rounds/power/my")
	page := h.visitor(t).get("/rounds/power/catalogue").want(t, 200, "Akku Oy")
	_, rest, _ := strings.Cut(page.Body, `href="/rounds/power/catalogue/`)
	id, _, _ := strings.Cut(rest, `"`)
	if entry := h.visitor(t).get("/rounds/power/catalogue/"+id).want(t, 200, "Akku Oy"); strings.Contains(entry.Body, "Väisänen") {
		t.Error("the public sees people")
	}
}

func TestEntrantsPeopleAndTimes(t *testing.T) {
	h := newHouse(t)
	h.openRound(t, nil)
	v := h.person(t, "aino@akku.example")
	v.post("/rounds/power/enter", entering("Akku Oy")).leads(t, "/rounds/power/my")
	v.post("/rounds/power/my/people/invite", url.Values{"name": {"Bo"}, "email": {"nobody"}}).want(t, 422)
	v.post("/rounds/power/my/people/invite", url.Values{"name": {"Bo"}, "email": {"bo@akku.example"}}).leads(t, "/rounds/power/my/people")
	if to := h.mailedPath(t, "bo@akku.example"); to != "/rounds/power/enter" {
		t.Errorf("the invitation leads to %s", to)
	}
	bo := h.visitor(t)
	bo.post("/rounds/power/enter", url.Values{"name": {"Bo"}, "email": {"bo@akku.example"}}).want(t, 200)
	h.now = h.now.Add(time.Second)
	bo.post(h.mailedPath(t, "bo@akku.example"), nil).leads(t, "/rounds/power/enter")
	page := bo.get("/rounds/power/enter").want(t, 200, "Akku Oy asks you along")
	_, rest, _ := strings.Cut(page.Body, `name="entrant" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	h.person(t, "stranger@example.fi").post("/rounds/power/enter/join", url.Values{"entrant": {id}}).want(t, 404)
	bo.post("/rounds/power/enter/join", url.Values{"entrant": {id}}).leads(t, "/rounds/power/my")
	for _, path := range []string{"/profile", "/people/invite", "/people/uninvite", "/pause", "/leave"} {
		bo.post("/rounds/power/my"+path, url.Values{"rev": {"1"}}).want(t, 404) // does not manage it
	}

	bo.get("/rounds/power/my/availability").want(t, 200, "Morning", "Afternoon", "10:00–11:00", "13:00–14:00")
	bo.post("/rounds/power/my/availability", url.Values{"free": {"20261203T1100Z"}, "all": {"2026-12-03/morning"}, "use_busy": {"1"}}).leads(t, "/rounds/power/my/availability")
	if got := bo.get("/rounds/power/my/availability").Body; strings.Count(got, `name="free"`) != 4 || strings.Count(got, " checked") != 4 {
		t.Errorf("after all morning, three hours and the calendar are ticked:\n%s", got)
	}
	bo.post("/rounds/power/my/availability", url.Values{"free": {"20261203T0800Z", "20261203T1100Z"}, "none": {"2026-12-03/afternoon"}}).leads(t, "/rounds/power/my/availability")
	if got := bo.get("/rounds/power/my/availability").Body; strings.Count(got, " checked") != 1 {
		t.Errorf("after no afternoon only nine o'clock is left:\n%s", got)
	}
	bo.get("/rounds/power/my/availability?person=x").want(t, 404)
}

// A mail's link shows a button; only the button pauses.
func TestPauseByLink(t *testing.T) {
	h := newHouse(t)
	h.openRound(t, nil)
	v := h.person(t, "aino@akku.example")
	h.now = h.now.Add(time.Second) // so that the newest mail is the round's
	v.post("/rounds/power/enter", entering("Akku Oy")).leads(t, "/rounds/power/my")
	m := h.lastMail(t, "aino@akku.example")
	link := strings.TrimPrefix(m.Letter.Links[0].URL, h.BaseURL)
	anyone := h.visitor(t)
	anyone.get(link).want(t, 200, "Pause")
	v.get("/rounds/power/my").want(t, 200, "Pause")
	anyone.post(link, url.Values{"paused": {"1"}}).leads(t, link)
	v.get("/rounds/power/my").want(t, 200, "End the pause")
	anyone.post(link+"x", url.Values{"paused": {"1"}}).want(t, 404)
	anyone.post(strings.Replace(link, "power", "other", 1), url.Values{}).want(t, 404)
	if strings.Contains(h.logs.String(), strings.TrimPrefix(link, "/rounds/power/pause/")) {
		t.Error("the log has the link")
	}
	v.post("/rounds/power/my/leave", url.Values{}).leads(t, "/rounds/power")
	anyone.get(link).want(t, 404)
}
