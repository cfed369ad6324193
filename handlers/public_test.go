package handlers

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

func TestEventsList(t *testing.T) {
	h := newHouse(t)
	h.newCluster(t, "automotive", "Automotive")
	h.newCluster(t, "circular", "Circular Economy")
	h.published(t, nil)
	h.published(t, func(e *scheduling.Event) {
		e.Title, e.Kind, e.Mode, e.Venue, e.Address = scheduling.Text{"en": "Battery webinar"}, "online", scheduling.Online, "", ""
		e.Starts, e.Ends = e.Starts.AddDate(0, 1, 0), e.Ends.AddDate(0, 1, 0)
	})
	h.published(t, func(e *scheduling.Event) {
		e.Title, e.Audience = scheduling.Text{"en": "Hidden dinner"}, scheduling.ForUnlisted
	})
	v := h.visitor(t)
	for _, test := range []struct{ address, want string }{
		{"/events", "CircularArena Battery webinar"},
		{"/events?kind=online", "Battery webinar"},
		{"/events?mode=room", "CircularArena"},
		{"/events?q=batt", "Battery webinar"},
		{"/events?cluster=circular", ""},
		{"/events?cluster=nowhere&kind=nothing", "CircularArena Battery webinar"},
		{"/events?when=past", ""},
	} {
		page := v.get(test.address).want(t, 200)
		if got := strings.Join(page.all(t, ".timetable h3"), " "); got != test.want {
			t.Errorf("%s lists %q, want %q", test.address, got, test.want)
		}
	}
	page := v.get("/events?kind=online")
	if got := page.one(t, `.chip[aria-current]:not([href*="view"]):not([href="/events?kind=online"])`); got != "Webinar" {
		t.Errorf("the chip that is on = %q", got)
	}
	v.get("/events?after=nonsense").want(t, 404)
	v.lang = "fi"
	if got := v.get("/").want(t, 200).all(t, ".timetable h3"); got[0] != "Kierto-Areena" {
		t.Errorf("the front page in Finnish lists %q", got)
	}
}

func TestMonth(t *testing.T) {
	h := newHouse(t)
	h.published(t, func(e *scheduling.Event) { e.Ends = e.Starts.Add(30 * time.Hour) })
	v := h.visitor(t)
	page := v.get("/events?view=month&month=2026-12").want(t, 200)
	if got := page.all(t, "table.month td:has(a) time"); len(got) != 2 {
		t.Errorf("a two-day event stands on %q", got)
	}
	if got := len(page.all(t, "table.month th")); got != 7 {
		t.Errorf("%d heads of columns, want 7", got)
	}
	if got := page.attr(t, ".monthhead a[rel=next]", "href"); got != "/events?month=2027-01&view=month" {
		t.Errorf("the next month is %s", got)
	}
	if got := page.one(t, ".monthhead h2"); got != "December 2026" {
		t.Errorf("the month is called %q", got)
	}
	for _, month := range []string{"", "9999-99", "0001-01", "2027-13", "%00"} {
		if got := v.get("/events?view=month&month="+month).want(t, 200).one(t, ".monthhead h2"); got != "November 2026" {
			t.Errorf("month %q shows %s", month, got)
		}
	}
	if got := v.get("/events?view=month").one(t, "td.today .wide"); got != "23" {
		t.Errorf("today is %s", got)
	}
}

func TestEventPageStates(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, func(e *scheduling.Event) {
		e.Rules.Seats = 2
		e.Rules.OpensAt, e.Rules.ClosesAt = t0.Add(24*time.Hour), t0.Add(72*time.Hour)
		e.Agenda = []scheduling.Item{{Starts: e.Starts, Ends: e.Starts.Add(time.Hour), Title: scheduling.Text{"en": "Opening"}, Room: "Hall", Speaker: "Liisa Koskinen"}}
	})
	v, path := h.visitor(t), "/events/"+e.Slug
	says := func(want string) {
		t.Helper()
		if got := v.get(path).want(t, 200).one(t, ".seatline"); got != want {
			t.Errorf("the page says %q, want %q", got, want)
		}
	}
	says("Registration opens Tue 24 Nov 2026, 10:00 (Helsinki)")
	h.now = t0.Add(25 * time.Hour)
	says("2 seats left")
	if got := v.get(path).one(t, "table.agenda tbody tr"); got != "09:00–10:00 OpeningLiisa Koskinen Hall" {
		t.Errorf("the agenda says %q", got)
	}
	for i, email := range []string{"a@example.fi", "b@example.fi", "c@example.fi"} {
		form := url.Values{"name": {"Guest"}, "email": {email}}
		if got := v.registers(e.Slug, form).one(t, "h1"); i == 2 && got != "You are on the waiting list" {
			t.Errorf("the third reads %q", got)
		}
	}
	says("Full, 1 is waiting")
	h.now = t0.Add(73 * time.Hour)
	says("Registration is closed")
	h.now = e.Ends.Add(time.Hour)
	says("This event is over")
	h.now = t0.Add(74 * time.Hour)
	if _, err := h.desk.CancelEvent(t.Context(), root, e.ID, "The speaker is ill."); err != nil {
		t.Fatal(err)
	}
	if got := v.get(path).one(t, ".note.bad"); got != "This event has been cancelled. The speaker is ill." {
		t.Errorf("a cancelled event says %q", got)
	}
}

func TestDraftIsHidden(t *testing.T) {
	h := newHouse(t)
	cl := h.newCluster(t, "automotive", "Automotive")
	e := scheduling.NewEvent(cl, t0.AddDate(0, 1, 0))
	e.Title = scheduling.Text{"en": "Not yet"}
	e, err := h.desk.SaveEvent(t.Context(), root, e)
	if err != nil {
		t.Fatal(err)
	}
	stranger := h.person(t, "stranger@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: "other"})
	own := h.person(t, "own@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: cl.ID})
	for _, path := range []string{"", "/seats", ".ics", "/register"} {
		h.visitor(t).get("/events/"+e.Slug+path).want(t, 404)
		stranger.get("/events/"+e.Slug+path).want(t, 404)
		own.get("/events/"+e.Slug+path).want(t, 200)
	}
	if got := own.get("/events/"+e.Slug).one(t, ".note.maybe strong"); got != "This is a draft." {
		t.Errorf("the preview says %q", got)
	}
	h.visitor(t).get("/events/"+e.ID).want(t, 404)
}

func TestRegisterAndMyPage(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, func(e *scheduling.Event) { e.Rules.Seats, e.Rules.OfferHours = 1, 24 })
	v := h.visitor(t)
	once := v.get("/events/"+e.Slug+"/register").want(t, 200).attr(t, "input[name=once]", "value")
	form := aino()
	form.Set("once", once)
	receipt := v.registers(e.Slug, form)
	if got := receipt.one(t, "h1"); got != "You have a seat" {
		t.Errorf("the receipt says %q", got)
	}
	again := v.registers(e.Slug, form) // the same form twice
	my := receipt.attr(t, "a.filled", "href")
	if again.attr(t, "a.filled", "href") != my {
		t.Error("the same form leads to another registration")
	}
	form.Set("once", "another form")
	if got := v.registers(e.Slug, form).all(t, `a[href^="/my/"]`); len(got) != 0 {
		t.Error("a stranger who knows an address gets its page")
	}
	page := v.get(my).want(t, 200, "Aino Väisänen")
	if got := page.one(t, ".mystate .state"); got != "Confirmed" {
		t.Errorf("my page says %q", got)
	}
	if len(page.one(t, ".ticket .code")) < 6 {
		t.Error("there is no ticket code")
	}
	if page.Header.Get("Cache-Control") != "no-store" || page.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("headers = %v", page.Header)
	}
	v.get(my+"/ticket").want(t, 200, "Aino Väisänen")

	second := h.visitor(t)
	waiting := second.registers(e.Slug, url.Values{"name": {"Bo"}, "email": {"bo@example.fi"}, "once": {"b"}}).attr(t, "a.filled", "href")
	if got := second.get(waiting).one(t, ".mystate"); got != "Waiting Number 1 on the waiting list" {
		t.Errorf("who waits reads %q", got)
	}
	v.get(my+"/cancel").want(t, 200)
	v.post(my+"/cancel", url.Values{"reason": {"ill"}}).leads(t, my)
	v.get(my).want(t, 200, "Your registration is cancelled.")
	v.post(my+"/cancel", nil).leads(t, my) // a second press
	if got := second.get(waiting).one(t, ".mystate .state"); got != "Seat offered" {
		t.Errorf("who waited has %q", got)
	}
	second.post(waiting+"/accept", nil).leads(t, waiting)
	if got := second.get(waiting).one(t, ".mystate .state"); got != "Confirmed" {
		t.Errorf("after accepting it is %q", got)
	}
	second.post(waiting+"/hand-over", url.Values{"name": {"Cia"}, "email": {"nonsense"}}).want(t, 422, "nonsense", "not a mail address")
	second.post(waiting+"/hand-over", url.Values{"name": {"Cia"}, "email": {"cia@example.fi"}}).leads(t, "/events/"+e.Slug)
	second.get(waiting).want(t, 404)
	cia := h.mailedPath(t, "cia@example.fi")
	second.get(cia).want(t, 200, "Cia")
}

func TestReceiptRunsOut(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, nil)
	other := h.published(t, func(e *scheduling.Event) { e.Title = scheduling.Text{"en": "Other"} })
	v := h.visitor(t)
	path := v.post("/events/"+e.Slug+"/register", aino()).Header.Get("Location")
	v.get(path).want(t, 200)
	v.get(strings.Replace(path, e.Slug, other.Slug, 1)).want(t, 404)
	for i := len("/events/" + e.Slug + "/registered/"); i < len(path); i++ {
		forged := path[:i] + string(path[i]^1) + path[i+1:]
		if forged[i] == '/' || forged[i] == '%' || forged[i] == '#' || forged[i] == '?' {
			continue
		}
		v.get(forged).want(t, 404)
	}
	h.now = h.now.Add(3 * time.Hour)
	v.get(path).leads(t, "/events/"+e.Slug)
}

func TestAddressHasToAnswer(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, func(e *scheduling.Event) { e.Rules.ConfirmAddress = true })
	v := h.visitor(t)
	path := v.post("/events/"+e.Slug+"/register", aino()).Header.Get("Location")
	got := v.get(path)
	if got.one(t, "h1") != "One step is left: look into your mail" || len(got.all(t, `a[href^="/my/"]`)) != 0 {
		t.Errorf("an address nobody has confirmed leads on:\n%s", got.Body)
	}
	my := h.mailedPath(t, "aino@example.fi")
	v.post(my+"/confirm", nil).leads(t, my)
	if got := v.get(my).one(t, ".mystate .state"); got != "Confirmed" {
		t.Errorf("after the address answered it is %q", got)
	}
	if got := v.get(path).all(t, `a[href^="/my/"]`); len(got) != 0 {
		t.Error("whoever typed the address gets its page after all")
	}
}
