package handlers

import (
	"encoding/csv"
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// A roundHouse is a house with a round of the first cluster.
type roundHouse struct {
	*organised
	r    *scheduling.Round
	base string
}

func newRoundHouse(t testing.TB, set func(*scheduling.Round)) *roundHouse {
	t.Helper()
	o := newOrganised(t, nil)
	cl, err := o.desk.Cluster(t.Context(), "automotive")
	if err != nil {
		t.Fatal(err)
	}
	r := scheduling.NewRound(cl, t0.AddDate(0, 0, 60))
	r.Title = scheduling.Text{"en": "Northern Power B2B", "fi": "Northern Powerin B2B"}
	if set != nil {
		set(r)
	}
	if r, err = o.desk.SaveRound(t.Context(), root, r); err != nil {
		t.Fatal(err)
	}
	return &roundHouse{o, r, "/organise/rounds/" + r.ID}
}

func (h *roundHouse) round(t testing.TB) *scheduling.Round {
	t.Helper()
	b, err := h.desk.RoundHead(t.Context(), root, h.r.ID)
	if err != nil {
		t.Fatal(err)
	}
	return b.Round
}

// company stores a company with one person.
func (h *roundHouse) company(t testing.TB, name string) (*scheduling.Company, *scheduling.Person) {
	t.Helper()
	c := &scheduling.Company{Name: name, Kind: scheduling.SME, Country: "FI", ClusterIDs: []string{h.cluster}}
	if err := h.desk.SaveCompany(t.Context(), root, c); err != nil {
		t.Fatal(err)
	}
	p := &scheduling.Person{Name: name + " Person", Email: scheduling.Slug(name) + "@example.org", Lang: "en", CompanyID: c.ID, ClusterIDs: []string{h.cluster}}
	if err := h.desk.SavePerson(t.Context(), root, p); err != nil {
		t.Fatal(err)
	}
	return c, p
}

func (h *roundHouse) enter(t testing.TB, name string) *scheduling.Entrant {
	t.Helper()
	c, p := h.company(t, name)
	e, err := h.desk.Enter(t.Context(), root, &scheduling.Entrant{RoundID: h.r.ID, CompanyID: c.ID, People: []scheduling.Delegate{{PersonID: p.ID}}})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestRoundsBelongToTheirOrganisers(t *testing.T) {
	h := newRoundHouse(t, nil)
	for _, path := range []string{"", "/edit", "/copy", "/phase?to=profiles", "/entrants", "/entrants/add", "/entrants.csv", "/entrants.xlsx"} {
		h.boss.get(h.base+path).want(t, 200)
		h.stranger.get(h.base+path).want(t, 404)
		h.door.get(h.base+path).want(t, 404)
	}
	form := url.Values{"do": {"save"}, "to": {"profiles"}, "day": {"2028-01-01"}, "frozen": {"1"}, "ids": {"x"}, "company_id": {"x"}, "people": {"x"}}
	for _, path := range []string{"/edit", "/copy", "/phase", "/freeze", "/delete", "/entrants", "/entrants/add"} {
		h.stranger.post(h.base+path, form).want(t, 404)
	}
	if r := h.round(t); r.Rev != h.r.Rev {
		t.Error("a stranger changed the round")
	}
	if body := h.stranger.get("/organise/rounds").want(t, 200).Body; strings.Contains(body, h.r.ID) {
		t.Error("another cluster's organiser sees the round in the list")
	}
	h.boss.get("/organise/rounds").want(t, 200, "Northern Power B2B")
	h.boss.get("/organise/rounds?view=past").want(t, 200, "No round matches")
}

func TestNewRound(t *testing.T) {
	h := newRoundHouse(t, nil)
	page := h.boss.get("/organise/rounds/new").want(t, 200, "Another day", `action="/organise/rounds/new"`)
	form := url.Values(roundValues(h.r))
	form.Set("new_id", page.attr(t, "input[name=new_id]", "value"))
	form.Set("rev", "")
	form.Set("slug", "")
	form.Set("title.en", "Winter B2B")
	form.Set("do", "save")
	form.Set("venues.0.id", "hall")
	form.Set("venues.0.name", "Oulu Hall")
	form.Set("venues.1.id", "annex")
	form.Set("venues.1.name", "Annex")
	form.Set("travel.hall.annex", "10")
	form.Set("tables.0.venue_id", "annex")
	form.Set("days.0.breaks.0.from", "10")
	form.Set("days.0.breaks.0.to", "10.15")
	path := "/organise/rounds/" + form.Get("new_id")
	h.boss.post("/organise/rounds/new", form).leads(t, path)
	h.boss.post("/organise/rounds/new", form).leads(t, path) // the same form once more
	b, err := h.desk.RoundHead(t.Context(), root, form.Get("new_id"))
	if err != nil {
		t.Fatal(err)
	}
	r := b.Round
	if r.Slug != "winter-b2b" || r.Tables[0].VenueID != "annex" || len(r.Travel) != 1 || r.Travel[0] != (scheduling.TravelLeg{A: "hall", B: "annex", Minutes: 10}) ||
		len(r.Days[0].Breaks) != 1 || r.Days[0].Breaks[0] != (scheduling.Window{From: "10:00", To: "10:15"}) || len(r.Slots) != 13 {
		t.Errorf("made %+v", r)
	}
	if list, _, err := h.desk.Rounds(t.Context(), root, scheduling.RoundFilter{}, true); err != nil || len(list) != 2 {
		t.Errorf("%d rounds, %v", len(list), err)
	}
	h.boss.get("/organise/rounds/new?event="+h.e.ID).want(t, 200, "CircularArena")
	h.stranger.get("/organise/rounds/new?event="+h.e.ID).want(t, 404)
}

// Lines are added by submitting, without a script, and nothing typed is lost.
func TestRoundFormGrows(t *testing.T) {
	h := newRoundHouse(t, nil)
	form := url.Values(roundValues(h.r))
	form.Set("title.en", "Typed & kept")
	form.Set("do", "day")
	page := h.boss.post(h.base+"/edit", form).want(t, 200, "Typed &amp; kept")
	if got := page.attr(t, "input[name='days.1.date']", "value"); got != t0.AddDate(0, 0, 61).Format(time.DateOnly) {
		t.Errorf("the next day is %s", got)
	}
	if got := page.attr(t, "input[name='days.1.windows.1.from']", "value"); got != "13:00" {
		t.Errorf("its afternoon begins at %s", got)
	}
	form.Set("do", "tables")
	form.Set("more_tables", "3")
	form.Set("more_kind", "video")
	page = h.boss.post(h.base+"/edit", form).want(t, 200)
	if got := page.all(t, "#tables tbody tr"); len(got) != 13 {
		t.Errorf("%d tables", len(got))
	}
	form.Set("do", "preview")
	form.Set("minutes", "30")
	form.Set("buffer", "0")
	h.boss.post(h.base+"/edit", form).want(t, 200, "12 slots", "09:30–10:00")
	form.Set("days.0.windows.0.from", "09:03")
	page = h.boss.post(h.base+"/edit", form)
	if page.Status != 422 || page.attr(t, "input[name='days.0.windows.0.from']", "aria-invalid") != "true" {
		t.Errorf("status %d", page.Status)
	}
	if r := h.round(t); r.Rev != h.r.Rev {
		t.Error("stored before anybody saved")
	}
}

func TestRoundFormSaysEverything(t *testing.T) {
	h := newRoundHouse(t, nil)
	form := url.Values(roundValues(h.r))
	form.Set("do", "save")
	form.Set("title.en", "")
	form.Set("title.fi", " ")
	form.Set("minutes", "22")
	form.Set("tables.1.name", "1")
	form.Set("requests_day", form.Get("scheduling_day"))
	form.Set("requests_time", form.Get("scheduling_time"))
	page := h.boss.post(h.base+"/edit", form)
	if page.Status != 422 {
		t.Fatalf("status %d", page.Status)
	}
	var links []string
	for _, n := range page.nodes(t, ".summary a") {
		for _, a := range n.Attr {
			if a.Key == "href" {
				links = append(links, a.Val)
				if len(page.nodes(t, "[id='"+strings.TrimPrefix(a.Val, "#")+"']")) != 1 {
					t.Errorf("%s leads nowhere", a.Val)
				}
			}
		}
	}
	if got := strings.Join(links, " "); got != "#f-minutes #f-scheduling_day #f-tables.1.name #f-title" {
		t.Errorf("faults at %s", got)
	}

	stale := url.Values(roundValues(h.r))
	stale.Set("do", "save")
	stale.Set("title.en", "First")
	h.boss.post(h.base+"/edit", stale).leads(t, h.base)
	stale.Set("title.en", "Second")
	h.boss.post(h.base+"/edit", stale).want(t, 409, "Somebody else changed this", "Second")
}

func TestRoundPhases(t *testing.T) {
	h := newRoundHouse(t, nil)
	anybody := h.visitor(t)
	anybody.get("/rounds/"+h.r.Slug).want(t, 404)
	h.boss.get("/rounds/"+h.r.Slug).want(t, 200, "Only its organisers see it")
	if body := anybody.get("/rounds").want(t, 200).Body; strings.Contains(body, "Northern Power") {
		t.Error("the public lists a draft")
	}
	h.boss.get(h.base+"/phase?to=profiles").want(t, 200, "The round is public.")
	h.boss.get(h.base+"/phase?to=running").leads(t, h.base)
	h.boss.post(h.base+"/phase", url.Values{"to": {"profiles"}}).leads(t, h.base)
	h.boss.get(h.base).want(t, 200, "Profiles are open.", "Open requests")
	anybody.get("/rounds").want(t, 200, "Northern Power B2B")
	anybody.get("/rounds/"+h.r.Slug).want(t, 200, "Take part", "(Helsinki)")
	anybody.get("/rounds/"+h.r.ID).want(t, 404)
	h.boss.post(h.base+"/phase", url.Values{"to": {"published"}}).leads(t, h.base)
	h.boss.get(h.base).want(t, 200, "There is no schedule yet.")
	h.boss.post(h.base+"/delete", nil).leads(t, h.base)
	h.boss.post(h.base+"/phase", url.Values{"to": {"cancelled"}}).want(t, 422, "This is needed.")
	h.boss.post(h.base+"/phase", url.Values{"to": {"cancelled"}, "reason": {"Too few <came>"}}).leads(t, h.base)
	anybody.get("/rounds/"+h.r.Slug).want(t, 200, "This round has been called off.", "Too few &lt;came&gt;")
	if body := anybody.get("/rounds").want(t, 200).Body; strings.Contains(body, "Northern Power") {
		t.Error("the public lists a cancelled round")
	}
}

func TestEntrantsOfARound(t *testing.T) {
	h := newRoundHouse(t, func(r *scheduling.Round) { r.Limits.Approval = true })
	h.boss.post(h.base+"/phase", url.Values{"to": {"profiles"}}).leads(t, h.base)
	c, p := h.company(t, "Aurora")
	h.boss.get(h.base+"/entrants").want(t, 200, "No companies yet")
	h.boss.get(h.base+"/entrants/add?company=Nobody").want(t, 422, "No company of exactly this name")
	h.boss.get(h.base+"/entrants/add?company=aurora").want(t, 200, "Aurora Person")
	add := url.Values{"company_id": {c.ID}}
	h.boss.post(h.base+"/entrants/add", add).want(t, 422)
	add.Set("people", p.ID)
	h.boss.post(h.base+"/entrants/add", add).leads(t, h.base+"/entrants")
	h.boss.post(h.base+"/entrants/add", add).leads(t, h.base+"/entrants")
	h.enter(t, "Bothnia")
	b, err := h.desk.RoundHead(t.Context(), root, h.r.ID)
	if err != nil || b.In() != 2 {
		t.Fatalf("%d are in, %v", b.In(), err)
	}
	h.boss.get(h.base+"/entrants?q=auro").want(t, 200, "Aurora")

	list, _, err := h.desk.RoundEntrants(t.Context(), root, h.r.ID, scheduling.EntrantFilter{Text: "aurora"})
	if err != nil {
		t.Fatal(err)
	}
	id := list[0].ID
	form := url.Values{"ids": {id}, "do": {"reject"}, "reason": {"Other field"}, "state": {"in"}}
	h.boss.post(h.base+"/entrants", form).leads(t, h.base+"/entrants?state=in")
	h.boss.get(h.base+"/entrants?state=rejected").want(t, 200, "Other field")
	form.Set("do", "approve")
	form["ids"] = []string{id, "nothing"}
	h.boss.post(h.base+"/entrants", form).want(t, 200, "nothing")
	h.boss.post(h.base+"/entrants", url.Values{"do": {"approve"}}).leads(t, h.base+"/entrants")
	h.boss.post(h.base+"/entrants", url.Values{"do": {"nonsense"}, "ids": {id}}).want(t, 404)

	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(h.boss.get(h.base+"/entrants.csv?q=aurora").want(t, 200).Body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "Aurora" || rows[1][1] != "Takes part" {
		t.Errorf("exported %q, %v", rows, err)
	}
	h.boss.get(h.base+"/entrants.xlsx").want(t, 200)
}

func TestCopyAndDeleteRound(t *testing.T) {
	h := newRoundHouse(t, nil)
	h.boss.post(h.base+"/copy", url.Values{"day": {"soon"}}).want(t, 422)
	got := h.boss.post(h.base+"/copy", url.Values{"day": {"2028-02-02"}})
	path := got.Header.Get("Location")
	got.leads(t, path)
	if page := h.boss.get(path).want(t, 200); page.attr(t, "input[name='days.0.date']", "value") != "2028-02-02" {
		t.Error("the copy is on another day")
	}
	base := strings.TrimSuffix(path, "/edit")
	h.boss.post(base+"/delete", nil).leads(t, "/organise/rounds")
	h.boss.get(base).want(t, 404)
}

func TestRoundOnItsEvent(t *testing.T) {
	h := newRoundHouse(t, nil)
	anybody := h.visitor(t)
	page := "/events/" + h.e.Slug
	if body := anybody.get(page).want(t, 200).Body; strings.Contains(body, "Northern Power") {
		t.Error("a round of nothing is on the page")
	}
	in := *h.r
	in.EventID = h.e.ID
	if _, err := h.desk.SaveRound(t.Context(), root, &in); err != nil {
		t.Fatal(err)
	}
	if body := anybody.get(page).want(t, 200).Body; strings.Contains(body, "Northern Power") {
		t.Error("a draft is on the page")
	}
	h.boss.get(page).want(t, 200, "Northern Power B2B")
	h.boss.post(h.base+"/phase", url.Values{"to": {"profiles"}}).leads(t, h.base)
	anybody.get(page).want(t, 200, "/rounds/"+h.r.Slug)
	anybody.get("/rounds/"+h.r.Slug).want(t, 200, page)
}

func TestFreezeRound(t *testing.T) {
	h := newRoundHouse(t, func(r *scheduling.Round) { r.Way = scheduling.ByBooking })
	for _, to := range []string{"requests", "published"} {
		h.boss.post(h.base+"/phase", url.Values{"to": {to}}).leads(t, h.base)
	}
	h.boss.post(h.base+"/freeze", url.Values{"frozen": {"1"}}).leads(t, h.base)
	h.boss.get(h.base).want(t, 200, "The schedule is frozen.")
	h.boss.post(h.base+"/freeze", nil).leads(t, h.base)
	if h.round(t).Frozen {
		t.Error("still frozen")
	}
}

// A table that carries a meeting goes only where the organiser has the meeting moved.
func TestMoveMeetingsWithTheForm(t *testing.T) {
	h := newRoundHouse(t, func(r *scheduling.Round) {
		r.Way, r.Plan = scheduling.ByBooking, scheduling.RoundPlan{}
		r.Days[0] = scheduling.RoundDay{Date: t0.Format(time.DateOnly), Windows: []scheduling.Window{{From: "10:00", To: "12:00"}}}
	})
	for _, to := range []string{"requests", "published"} {
		h.boss.post(h.base+"/phase", url.Values{"to": {to}}).leads(t, h.base)
	}
	a, b := h.enter(t, "Aurora"), h.enter(t, "Bothnia")
	m, err := h.desk.BookWalkIn(t.Context(), root, h.r.ID, scheduling.WalkInMeeting{A: a.ID, B: b.ID, Slot: h.r.Slots[1].ID, Table: h.r.Tables[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values(roundValues(h.round(t)))
	for i := range 9 { // without the first table
		for _, name := range []string{"id", "name"} {
			form.Set("tables."+string(rune('0'+i))+"."+name, form.Get("tables."+string(rune('1'+i))+"."+name))
		}
	}
	form.Set("tables.9.name", "")
	form.Set("do", "save")
	h.boss.post(h.base+"/edit", form).want(t, 422, "Aurora – Bothnia", "Save and move the meetings")
	form.Set("do", "move")
	h.boss.post(h.base+"/edit", form).leads(t, h.base)
	if r := h.round(t); len(r.Tables) != 9 || r.Tables[0].ID == m.Table {
		t.Errorf("%d tables", len(r.Tables))
	}
}
