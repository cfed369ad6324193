package handlers

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/handlers/fetch"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

func init() {
	maps.Copy(samples, map[string]func() paged{
		"busy":       func() paged { return sampleBusy() },
		"busy empty": func() paged { return &busyPage{BusyView: &scheduling.BusyView{}, Zone: houseZone} },
		"busy wrong": func() paged {
			return &busyPage{Page: Page{Problem: wrong("calendar", "file", "name", "zone")}, BusyView: &scheduling.BusyView{}, Zone: hostile, Zones: zones, Name: hostile, Address: hostile, ID: "x"}
		},
		"import_calendar": func() paged {
			return &calendarImportPage{Page: Page{Problem: wrong("calendar", "file", "cluster_id", "zone")}, Address: hostile, Zone: hostile, Clusters: []option{{"c", hostile}}, Zones: zones}
		},
		"import_calendar dry":  func() paged { return sampleCalendarImport(true) },
		"import_calendar done": func() paged { return sampleCalendarImport(false) },
		"import_calendar empty": func() paged {
			return &calendarImportPage{Report: &scheduling.CalendarReport{DryRun: true, Name: hostile}}
		},
	})
}

func sampleBusy() paged {
	file := &scheduling.BusyCalendar{Meta: storage.Meta{ID: "f"}, Name: hostile, Zone: houseZone, ReadAt: t0, Until: t0,
		Skipped: []scheduling.SkippedEntry{{Line: 3, Reason: hostile}, {Reason: hostile}}}
	down := *file
	down.ID, down.Address, down.FailingSince, down.Failures, down.Next = "d", "https://example.org/0123456789012345678901234567890.ics", t0, 3, t0
	p := &busyPage{BusyView: &scheduling.BusyView{Full: true, Now: t0}, Times: []ical.Span{{Starts: t0, Ends: t0.Add(time.Hour)}}, More: 3, Zone: houseZone}
	for i, state := range []string{"file", "failing", "paused", "fine"} {
		b := down
		if b.ID = fmt.Sprint(i); i == 0 {
			b = *file
		}
		p.Lines = append(p.Lines, busyLine{&b, state, 2})
	}
	return p
}

func sampleCalendarImport(dry bool) paged {
	p := &calendarImportPage{Cluster: "c", Zone: houseZone, Lang: "fi", Content: "eA==", Report: &scheduling.CalendarReport{DryRun: dry, Name: hostile}}
	for i, o := range scheduling.EntryOutcomes {
		e := scheduling.CalendarEntry{Line: 3, Key: fmt.Sprint(i), Title: hostile, Place: hostile, Starts: t0, Ends: t0.Add(time.Hour), Zone: houseZone, Outcome: o,
			AllDay: i == 1, Repeats: hostile, Edited: i == 1, EventID: "e"}
		p.Report.Entries = append(p.Report.Entries, e)
	}
	p.Report.Entries = append(p.Report.Entries, scheduling.CalendarEntry{Line: 9, Outcome: scheduling.EntrySkipped, Reason: hostile},
		scheduling.CalendarEntry{Line: 9, Outcome: scheduling.EntrySkipped, Why: "calendarin.why.over"})
	p.sort()
	return p
}

// An upstream is a server of calendars on this machine, which the house may
// fetch from as nothing but a test lets it.
type upstream struct {
	*httptest.Server
	body string
}

func newUpstream(t *testing.T, body string) *upstream {
	t.Helper()
	u := &upstream{body: body}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u.body == "" || r.URL.Path != "/secret-0123456789.ics" {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte(u.body))
	}))
	t.Cleanup(u.Close)
	return u
}

func (u *upstream) address() string { return u.URL + "/secret-0123456789.ics" }

func inCalendar(events ...string) string {
	out := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nX-WR-CALNAME:Naapurin kalenteri\r\n"
	for i, e := range events {
		out += fmt.Sprintf("BEGIN:VEVENT\r\nUID:%d@example.org\r\nDTSTAMP:20260101T000000Z\r\n%s\r\nEND:VEVENT\r\n", i, strings.ReplaceAll(e, "|", "\r\n"))
	}
	return out + "END:VCALENDAR\r\n"
}

// upload sends a form with a file.
func (v *visitor) upload(path, content string, fields url.Values) answer {
	v.t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	for name, values := range fields {
		for _, value := range values {
			form.WriteField(name, value)
		}
	}
	if content != "" {
		part, err := form.CreateFormFile("file", "work.ics")
		if err != nil {
			v.t.Fatal(err)
		}
		part.Write([]byte(content))
	}
	form.Close()
	req := httptest.NewRequest(http.MethodPost, "https://talo.example.fi"+path, &buf)
	return v.do(req, form.FormDataContentType())
}

func TestBusyPage(t *testing.T) {
	h := newHouse(t)
	h.desk.Fetch = fetch.New("test", fetch.WithLoopback()).Get
	calendar := newUpstream(t, inCalendar("SUMMARY:Private|DTSTART:20261124T080000Z|DTEND:20261124T090000Z", "SUMMARY:Odd|DTSTART:whenever"))
	v, other := h.person(t, "aino@example.fi"), h.person(t, "bo@example.fi")
	v.get("/account/busy").want(t, 200, "No calendar yet", "Add a calendar")

	v.upload("/account/busy", "", url.Values{"calendar": {calendar.address()}, "name": {"Työ <b>"}, "zone": {"Europe/Helsinki"}}).leads(t, "/account/busy")
	v.lang = "fi"
	page := v.get("/account/busy").want(t, 200, "Työ &lt;b&gt;", "ajan tasalla", "Kalenteri on lisätty.", "1 merkintä kalenterissa", "ti 24.11.2026")
	if strings.Contains(page.Body, "secret-0123") || strings.Contains(page.Body, "Private") || page.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the page tells: %s", page.Body)
	}
	id := regexp.MustCompile(`/account/busy/([a-z0-9]+)/remove`).FindStringSubmatch(page.Body)[1]
	v.lang = "en"
	v.post("/account/busy/"+id+"/refresh", nil).leads(t, "/account/busy")
	v.get("/account/busy").want(t, 200, "It was asked for a moment ago.")
	calendar.body = ""
	h.now = h.now.Add(2 * time.Minute)
	v.post("/account/busy/"+id+"/refresh", nil).leads(t, "/account/busy")
	v.get("/account/busy").want(t, 200, "What was known before still counts.", "cannot be fetched", "24 Nov 2026")

	for _, what := range []string{"refresh", "remove"} {
		other.post("/account/busy/"+id+"/"+what, nil).want(t, 404)
	}
	v.upload("/account/busy", inCalendar("DTSTART:20261125T080000Z|DTEND:20261125T090000Z"), url.Values{"zone": {"Europe/Helsinki"}}).leads(t, "/account/busy")
	v.get("/account/busy").want(t, 200, ">work<", "from a file", "25 Nov 2026")
	v.post("/account/busy/"+id+"/remove", nil).leads(t, "/account/busy")
	if page := v.get("/account/busy").want(t, 200, ">work<"); strings.Contains(page.Body, "24 Nov 2026") {
		t.Error("what was removed is still there")
	}
	if strings.Contains(h.logs.String(), "secret-0123") {
		t.Errorf("the log has the address: %s", h.logs)
	}
}

// TestOneAnswer: whatever keeps an address from being read, the page says the
// same; only what was typed differs.
func TestOneAnswer(t *testing.T) {
	h := newHouse(t)
	h.desk.Fetch = fetch.New("test").Get // as in the program: this machine is out of reach
	open := newUpstream(t, inCalendar())
	v := h.person(t, "aino@example.fi", scheduling.Grant{Role: scheduling.Administrator})
	v.get("/account").want(t, 200) // takes what signing in has to say
	seen := map[string][]string{}
	for _, address := range []string{open.address(), "http://127.0.0.1:1/x", "http://169.254.169.254/latest/", "http://[::1]/", "file:///etc/passwd", "http://localhost/", "gopher://x", "hello"} {
		for _, path := range []string{"/account/busy", "/organise/events/import"} {
			a := v.upload(path, "", url.Values{"calendar": {address}, "zone": {"Europe/Helsinki"}, "id": {"0123456789abcdef"}, "do": {"look"}}).
				want(t, 422, "No calendar could be read from this address.")
			said := path + strings.ReplaceAll(a.Body, address, "ADDRESS")
			seen[said] = append(seen[said], address)
		}
	}
	if len(seen) != 2 {
		t.Errorf("%d different answers: %q", len(seen), slices.Collect(maps.Values(seen)))
	}
}

func TestImportCalendarPage(t *testing.T) {
	h := newHouse(t)
	h.desk.Fetch = fetch.New("test", fetch.WithLoopback()).Get
	c := &scheduling.Cluster{Slug: "auto", Name: scheduling.Text{"en": "Automotive"}, Zone: "Europe/Helsinki"}
	if err := h.desk.SaveCluster(t.Context(), scheduling.System("test"), c); err != nil {
		t.Fatal(err)
	}
	v := h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: c.ID})
	v.get("/organise/events").want(t, 200, `href="/organise/events/import"`)
	v.get("/organise/events/import").want(t, 200, "Automotive", "See what would happen")
	content := inCalendar(`SUMMARY:<script>alert("x")</script>|DTSTART:20261210T080000Z|DTEND:20261210T090000Z`, "SUMMARY:Kahvit|DTSTART;TZID=Europe/Helsinki:20260101T090000|RRULE:FREQ=WEEKLY", "SUMMARY:Mennyt|DTSTART:20200101T080000Z")
	fields := url.Values{"cluster_id": {c.ID}, "zone": {"Europe/Helsinki"}, "lang": {"fi"}}

	dry := v.upload("/organise/events/import", content, fields).want(t, 200, "&lt;script&gt;", "Kahvit", "FREQ=WEEKLY", "It is over.", "Nothing is stored yet", "Naapurin kalenteri")
	calendar := newUpstream(t, content)
	fields.Set("calendar", calendar.address())
	same := v.upload("/organise/events/import", "", fields).want(t, 200)
	if same.Body != dry.Body {
		t.Error("an address is read otherwise than a file")
	}
	fields.Del("calendar")
	if list, _, err := h.desk.Events(t.Context(), scheduling.System("test"), scheduling.EventFilter{}, true); err != nil || len(list) != 0 {
		t.Fatalf("the dry run made %d events, %v", len(list), err)
	}
	keys := regexp.MustCompile(`name="entry" value="([0-9a-f]+)"[^>]* checked`).FindAllStringSubmatch(dry.Body, -1)
	sent := regexp.MustCompile(`name="content" value="([^"]+)"`).FindStringSubmatch(dry.Body)
	if len(keys) != 2 || len(sent) != 2 {
		t.Fatalf("%d ticks: %s", len(keys), dry.Body)
	}
	if b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(sent[1], "&#43;", "+")); err != nil || string(b) != content {
		t.Errorf("the second step gets %q, %v", b, err)
	}
	fields.Set("do", "import")
	fields.Set("content", base64.StdEncoding.EncodeToString([]byte(content)))
	fields.Set("entry", keys[1][1])
	for range 2 {
		v.upload("/organise/events/import", "", fields).want(t, 200, "This is what became of the calendar.", "Kahvit", "not chosen")
		list, _, err := h.desk.Events(t.Context(), scheduling.System("test"), scheduling.EventFilter{}, true)
		if err != nil || len(list) != 1 || list[0].Title["fi"] != "Kahvit" || list[0].State != scheduling.Draft {
			t.Fatalf("%d events, %v", len(list), err)
		}
	}
	v.lang = "fi"
	v.upload("/organise/events/import", "hello", fields).want(t, 200) // the second step reads what the first saw
	fields.Set("do", "look")
	v.upload("/organise/events/import", "hello", fields).want(t, 422, "Tiedostoa ei voitu lukea kalenterina.")
	v.upload("/organise/events/import", "", fields).want(t, 422, "Anna osoite tai tiedosto.")
	fields.Set("calendar", "https://example.org/")
	v.upload("/organise/events/import", content, fields).want(t, 422, "Anna joko osoite tai tiedosto, ei molempia.")
	fields.Del("calendar")
	fields.Set("cluster_id", "elsewhere")
	v.upload("/organise/events/import", content, fields).want(t, 403)
	v.upload("/organise/events/import", strings.Repeat("x", fetch.MaxBytes+1), fields).want(t, 422)
}

func TestEveryImportStateHasItsSign(t *testing.T) {
	h := newHouse(t)
	for _, code := range h.texts.Langs() {
		for _, o := range scheduling.EntryOutcomes {
			if l := h.texts.In(code); !l.Has("state.entry."+string(o)) || !l.Has("calendarin.figure."+string(o)) {
				t.Errorf("%s: %s has no words", code, o)
			}
		}
	}
}
