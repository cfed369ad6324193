package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// asked asks for an address with headers.
func (v *visitor) asked(path string, header map[string]string) answer {
	v.t.Helper()
	return v.send(http.MethodGet, path, nil, header)
}

func TestCalendars(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, nil)
	v := h.visitor(t)
	v.registers(e.Slug, aino())
	for _, path := range []string{"/calendar/all.ics", "/calendar/automotive.ics", "/events/" + e.Slug + ".ics"} {
		got := v.get(path).want(t, 200, "BEGIN:VCALENDAR", "UID:"+e.UID, "SUMMARY:CircularArena")
		if got.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || got.Header.Get("Cache-Control") != "public, max-age=900" {
			t.Errorf("%s: headers %v", path, got.Header)
		}
		if got.Header.Get("Vary") != "Accept-Encoding" || got.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s hangs on %q and sets %q", path, got.Header.Get("Vary"), got.Header.Get("Set-Cookie"))
		}
		if strings.Contains(got.Body, "aino@") || strings.Contains(got.Body, "ATTENDEE") {
			t.Errorf("%s names who comes", path)
		}
		v.get(path+"?lang=fi").want(t, 200, "SUMMARY:Kierto-Areena")
		etag, modified := got.Header.Get("ETag"), got.Header.Get("Last-Modified")
		for _, test := range []struct {
			header map[string]string
			want   int
		}{
			{map[string]string{"If-None-Match": etag}, 304},
			{map[string]string{"If-None-Match": `"other", W/` + etag}, 304},
			{map[string]string{"If-None-Match": "*"}, 304},
			{map[string]string{"If-None-Match": `"other"`, "If-Modified-Since": modified}, 200},
			{map[string]string{"If-Modified-Since": modified}, 304},
			{map[string]string{"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200},
			{map[string]string{"If-Modified-Since": "yesterday"}, 200},
			{map[string]string{"Accept": "application/json"}, 200},
			{map[string]string{"Accept": "image/png"}, 200},
		} {
			if got := v.asked(path, test.header); got.Status != test.want {
				t.Errorf("%s with %v = %d, want %d", path, test.header, got.Status, test.want)
			}
		}
		zipped := v.asked(path, map[string]string{"Accept-Encoding": "br, gzip"})
		if zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("ETag") == etag || !strings.HasPrefix(zipped.Body, "\x1f\x8b") {
			t.Errorf("%s compressed: %v", path, zipped.Header)
		}
		if got := v.asked(path, map[string]string{"Accept-Encoding": "gzip;q=0, identity"}); got.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed for who does not want it", path)
		}
		if head := v.send(http.MethodHead, path, nil, map[string]string{}); head.Status != 200 || head.Body != "" || head.Header.Get("ETag") != etag {
			t.Errorf("HEAD %s = %d %v", path, head.Status, head.Header)
		}
	}
	for _, path := range []string{"/calendar/nowhere.ics", "/calendar/all", "/events/nothing.ics", "/feeds/x.ics", "/feeds/x"} {
		v.get(path).want(t, 404)
	}
}

func TestPersonalFeed(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, nil)
	v := h.person(t, "aino@example.fi")
	v.get("/account").want(t, 200, "Nothing ahead", "Make the address")
	v.registers(e.Slug, aino())
	form := url.Values{"id": {"0123456789abcdef"}, "name": {"Työ"}, "lang": {"en"}, "scopes": {"registrations", "groups"}, "alarms": {"60"}}
	v.post("/account/feeds/new", form).leads(t, "/account/feeds/0123456789abcdef")
	v.post("/account/feeds/new", form).leads(t, "/account/feeds/0123456789abcdef")
	if got := v.get("/account/feeds").all(t, ".todo h2"); len(got) != 1 || got[0] != "Työ" {
		t.Errorf("one form sent twice made %q", got)
	}
	if got := v.get("/account").one(t, ".timetable h3"); got != "CircularArena" {
		t.Errorf("my events are %q", got)
	}
	own := "/account/feeds/0123456789abcdef"
	page := v.get(own).want(t, 200, "Not asked for yet", "webcal://talo.example.fi/feeds/", `class="qr"`)
	path := strings.TrimPrefix(page.attr(t, "#feed-address", "value"), h.BaseURL)
	stranger := h.visitor(t)
	got := stranger.get(path).want(t, 200, "SUMMARY:CircularArena", "X-WR-CALNAME:Työ", "TRIGGER:-PT1H")
	if got.Header.Get("Cache-Control") != "private, max-age=900" || got.Header.Get("Referrer-Policy") != "no-referrer" || got.Header.Get("X-Robots-Tag") != "noindex" {
		t.Errorf("headers = %v", got.Header)
	}
	for _, header := range []map[string]string{{"If-None-Match": got.Header.Get("ETag")}, {"If-Modified-Since": got.Header.Get("Last-Modified")}} {
		if again := stranger.asked(path, header); again.Status != 304 || again.Body != "" {
			t.Errorf("asked again with %v: %d", header, again.Status)
		}
	}
	if head := stranger.send(http.MethodHead, path, nil, map[string]string{}); head.Status != 200 || head.Body != "" || head.Header.Get("ETag") != got.Header.Get("ETag") {
		t.Errorf("HEAD = %d %v", head.Status, head.Header)
	}
	if zipped := stranger.asked(path, map[string]string{"Accept-Encoding": "gzip"}); zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("ETag") == got.Header.Get("ETag") {
		t.Errorf("compressed: %v", zipped.Header)
	}
	v.get(own).want(t, 200, "Last asked for on Mon 23 Nov 2026")

	v.post(own, url.Values{"rev": {"1"}, "lang": {"fi"}, "scopes": {"groups"}}).leads(t, own)
	if got := stranger.get(path).want(t, 200, "omat tapahtumat"); strings.Contains(got.Body, "CircularArena") {
		t.Error("it shows what was not chosen")
	}
	v.post(own, url.Values{"rev": {"1"}, "lang": {"fi"}, "scopes": {"groups"}}).want(t, 409)
	v.post(own, url.Values{"rev": {"2"}, "lang": {"fi"}}).want(t, 422, "Choose at least one")

	v.post(own+"/rotate", nil).leads(t, own)
	stranger.get(path).want(t, 410)
	fresh := strings.TrimPrefix(v.get(own).attr(t, "#feed-address", "value"), h.BaseURL)
	stranger.get(fresh).want(t, 200)
	v.post(own+"/revoke", nil).leads(t, "/account/feeds")
	stranger.get(fresh).want(t, 410)
	v.get(own).want(t, 404)
	if logs := h.logs.String(); strings.Contains(logs, strings.TrimPrefix(path, "/feeds/")) || strings.Contains(logs, strings.TrimPrefix(fresh, "/feeds/")) {
		t.Error("a secret address stands in the log")
	}
}

// Somebody else's calendar is none at all.
func TestFeedsAreOnesOwn(t *testing.T) {
	h := newHouse(t)
	form := url.Values{"id": {"0123456789abcdef"}, "lang": {"en"}, "scopes": {"registrations"}}
	h.person(t, "aino@example.fi").post("/account/feeds/new", form).leads(t, "/account/feeds/0123456789abcdef")
	v := h.person(t, "bertta@example.fi", scheduling.Grant{Role: scheduling.Administrator})
	own := "/account/feeds/0123456789abcdef"
	v.get(own).want(t, 404)
	for _, path := range []string{own, own + "/rotate", own + "/revoke"} {
		v.post(path, url.Values{"rev": {"1"}, "lang": {"en"}, "scopes": {"registrations"}}).want(t, 404)
	}
	v.post("/account/feeds/new", form).want(t, 409)
	for i := range 10 {
		v.post("/account/feeds/new", url.Values{"lang": {"en"}, "scopes": {"registrations"}, "id": {fmt.Sprintf("%016d", i)}}).want(t, 303)
	}
	v.post("/account/feeds/new", url.Values{"lang": {"en"}, "scopes": {"registrations"}}).want(t, 409, "which is the most")
}

func TestPublicCalendars(t *testing.T) {
	h := newHouse(t)
	c := h.newCluster(t, "automotive", "Automotive")
	g := &scheduling.Group{Slug: "reuse", ClusterID: c.ID, Kind: "working", Name: scheduling.Text{"en": "Reuse"}}
	if err := h.desk.SaveGroup(t.Context(), root, g); err != nil {
		t.Fatal(err)
	}
	e := h.published(t, func(e *scheduling.Event) { e.GroupIDs = []string{g.ID} })
	v := h.visitor(t)
	list := v.get("/calendar").want(t, 200)
	var paths []string
	for _, n := range list.nodes(t, ".todo a") {
		for _, at := range n.Attr {
			if at.Key == "href" {
				paths = append(paths, at.Val)
			}
		}
	}
	if want := 3 + len(scheduling.EventKinds); len(paths) != want {
		t.Fatalf("it leads to %q, want %d", paths, want)
	}
	for _, path := range paths {
		page := v.get(path).want(t, 200, "every 8 to 24 hours", `class="qr"`)
		address := strings.TrimPrefix(page.attr(t, "#feed-address", "value"), h.BaseURL)
		if want := strings.TrimSuffix(path, "/subscribe") + ".ics"; address != want {
			t.Errorf("%s leads to %s, want %s", path, address, want)
		}
		got := v.get(address).want(t, 200, "BEGIN:VCALENDAR")
		want := !strings.HasPrefix(address, "/calendar/types/") || address == "/calendar/types/seminar.ics"
		if has := strings.Contains(got.Body, e.UID); has != want {
			t.Errorf("%s has the event: %v, want %v", address, has, want)
		}
	}
	v.lang = "fi"
	v.get("/calendar/automotive/subscribe").want(t, 200, "/calendar/automotive.ics?lang=fi", "8–24 tunnin välein")
	for _, path := range []string{"/calendar/types/party.ics", "/calendar/groups/nothing.ics", "/calendar/groups.ics", "/calendar/groups/subscribe",
		"/calendar/types/party/subscribe", "/calendar/nowhere/subscribe", "/calendar/groups/" + g.ID + ".ics"} {
		v.get(path).want(t, 404)
	}
	for _, slug := range []string{"all", "groups", "types"} {
		cl := &scheduling.Cluster{Slug: slug, Name: scheduling.Text{"en": "X"}, Zone: "Europe/Helsinki"}
		if p := scheduling.ProblemIn(h.desk.SaveCluster(t.Context(), root, cl)); p == nil || p.Fields["slug"] == "" {
			t.Errorf("a cluster may be called %q", slug)
		}
	}
}

func TestAgendaFile(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, func(e *scheduling.Event) {
		e.Agenda = []scheduling.Item{{Starts: e.Starts, Ends: e.Starts.Add(time.Hour), Title: scheduling.Text{"en": "Opening words"}}}
	})
	v := h.visitor(t)
	path := "/events/" + e.Slug + ".ics"
	v.get("/events/"+e.Slug).want(t, 200, path+"?lang=en&amp;agenda=1")
	v.get(path+"?agenda=1").want(t, 200, "SUMMARY:Opening words", "RELATED-TO:"+e.UID, "UID:"+e.Agenda[0].UID)
	if got := v.get(path); strings.Contains(got.Body, "Opening words") {
		t.Error("the file of the event alone has its agenda")
	}
}

func TestLanguageOfAMember(t *testing.T) {
	h := newHouse(t)
	v := h.person(t, "aino@example.fi")
	v.post("/account/language", map[string][]string{"lang": {"fi"}}).leads(t, "/account?lang=fi")
	if got := v.get("/account?lang=fi").one(t, "h1"); got != "Omat tapahtumani" {
		t.Errorf("the page is called %q", got)
	}
	v.post("/account/language", map[string][]string{"lang": {"xx"}}).want(t, 422)
}

func TestEventPageIsKept(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, func(e *scheduling.Event) {
		e.Rules.Seats, e.Rules.OpensAt = 9, t0.Add(time.Hour)
	})
	v, path := h.visitor(t), "/events/"+e.Slug
	first := v.get(path)
	etag := first.Header.Get("ETag")
	if vary := strings.Join(first.Header.Values("Vary"), ", "); !strings.Contains(vary, "Cookie") || !strings.Contains(vary, "Accept-Language") {
		t.Errorf("it hangs on %q", vary)
	}
	if got := v.asked(path, map[string]string{"If-None-Match": etag}); got.Status != 304 || got.Body != "" {
		t.Errorf("the same page again: %d", got.Status)
	}
	if got := v.asked(path, map[string]string{"If-None-Match": etag, "Accept-Language": "fi"}); got.Status != 200 || got.one(t, "h1") != "Kierto-Areena" {
		t.Errorf("in Finnish: %d", got.Status)
	}
	h.now = t0.Add(time.Hour) // it opens: another page, with nothing stored
	second := v.asked(path, map[string]string{"If-None-Match": etag}).want(t, 200, "9 seats left")
	v.registers(e.Slug, aino())
	v.asked(path, map[string]string{"If-None-Match": second.Header.Get("ETag")}).want(t, 200, "8 seats left")
	seats := v.asked(path+"/seats", map[string]string{"Accept": "application/json"}).want(t, 200, `"standing":"open"`, `"free":8`, `"text":"8 seats left"`)
	if seats.Header.Get("Content-Type") != "application/json" {
		t.Errorf("seats are %s", seats.Header.Get("Content-Type"))
	}
	me := h.person(t, "aino2@example.fi")
	if got := me.get(path); got.Header.Get("ETag") != "" || !strings.Contains(got.Body, "Väisänen") {
		t.Error("who is signed in gets a page that was kept for everybody")
	}
	own := h.visitor(t)
	own.signIn(h, "aino@example.fi")
	if got := own.get(path).one(t, "aside a.filled"); got != "See my registration" {
		t.Errorf("who is registered may %q", got)
	}
	if got := v.get(path + "?utm=x"); got.Header.Get("ETag") != "" {
		t.Error("an address with more in it fills the memory")
	}
}

func TestClusterPage(t *testing.T) {
	h := newHouse(t)
	c := h.newCluster(t, "automotive", "Automotive")
	c.Colour, c.DarkColour = "#1f4e8c", "#9dc0f7"
	if err := h.desk.SaveCluster(t.Context(), root, c); err != nil {
		t.Fatal(err)
	}
	h.published(t, nil)
	v := h.visitor(t)
	page := v.get("/clusters/automotive").want(t, 200, "Companies that <em>meet</em>.", "webcal://talo.example.fi/calendar/automotive.ics")
	if got := page.one(t, ".timetable h3"); got != "CircularArena" {
		t.Errorf("its events are %q", got)
	}
	v.get(page.attr(t, `link[href*="colours"]`, "href")).want(t, 200, "--brand:#1f4e8c", "--brand:#9dc0f7")
	v.get("/clusters").want(t, 200, "Automotive")
	v.get("/clusters/nowhere").want(t, 404)
	v.get("/clusters/"+c.ID).want(t, 404)
}
