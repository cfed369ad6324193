package handlers

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// TestFigures looks at what was counted, at the rows behind a figure, and closes
// a period.
func TestFigures(t *testing.T) {
	h, list, organiser := newsHouse(t)
	root := scheduling.System("test")
	cl := list.ClusterID
	e := scheduling.NewEvent(&scheduling.Cluster{Zone: houseZone}, h.desk.DB.Now().Add(time.Minute))
	e.ClusterIDs, e.Title, e.Kind = []string{cl}, scheduling.Text{"en": "Arena"}, "conference"
	e, err := h.desk.SaveEvent(t.Context(), root, e)
	if err == nil {
		_, err = h.desk.PublishEvent(t.Context(), root, e.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(3 * time.Hour)
	other := &scheduling.Cluster{Slug: "circular", Name: scheduling.Text{"en": "Circular"}, Zone: houseZone}
	if err := h.desk.SaveCluster(t.Context(), root, other); err != nil {
		t.Fatal(err)
	}
	stranger := h.person(t, "oskari@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: other.ID})

	organiser.get("/organise/figures").want(t, 200, "For the cluster label", "/organise/figures/events?")
	organiser.get("/organise/figures?year=0&cluster="+cl).want(t, 200)
	organiser.get("/organise/figures/events?cluster="+cl).want(t, 200, "Arena", "/organise/events/"+e.ID, "<svg", "As a table")
	organiser.get("/organise/figures/events?by=class&year=0").want(t, 200, "Conference")
	organiser.get("/organise/figures/nothing").want(t, 404)
	organiser.get("/organise/figures.csv").want(t, 200, "Events")
	organiser.get("/organise/figures/events/rows.csv").want(t, 200, "Arena")
	stranger.get("/organise/figures?cluster="+cl).want(t, 404)
	if body := stranger.get("/organise/figures/events").want(t, 200).Body; strings.Contains(body, "Arena") {
		t.Error("a stranger sees the event")
	}

	// Days that are no calendar year: those of the event, or the ones before it.
	day := h.desk.DB.Now().In(houseLocation())
	during := day.AddDate(0, -3, 0).Format(time.DateOnly) + "/" + day.Format(time.DateOnly)
	organiser.get("/organise/figures/events?year="+during).want(t, 200, "Arena", `<option value="`+during+`" selected>`)
	organiser.get("/organise/figures/events/rows.csv?year="+during).want(t, 200, "Arena")
	organiser.get("/organise/figures?year="+during).want(t, 200, "year="+url.QueryEscape(during))
	before := day.AddDate(0, -3, 0).Format(time.DateOnly) + "/" + day.AddDate(0, 0, -1).Format(time.DateOnly)
	for _, path := range []string{"/organise/figures/events?year=", "/organise/figures/events/rows.csv?year="} {
		if body := organiser.get(path+before).want(t, 200).Body; strings.Contains(body, "Arena") {
			t.Errorf("%s%s has the event of the day after", path, before)
		}
	}

	form := url.Values{"name": {"Before"}, "cluster_id": {cl}, "from": {"2020-01-01"}, "until": {"2019-01-01"}, "target_events": {"3"}}
	organiser.get("/organise/periods/new").want(t, 200)
	organiser.post("/organise/periods/new", form).want(t, 422, "The last day is before the first")
	form.Set("until", "2020-06-30")
	path := organiser.post("/organise/periods/new", form).Header.Get("Location")
	if !regexp.MustCompile(`^/organise/periods/[a-z0-9]{16}$`).MatchString(path) {
		t.Fatalf("leads to %q", path)
	}
	organiser.get(path).want(t, 200, "Close the period", "year=2020-01-01%2F2020-06-30", "/organise/reports/"+path[len("/organise/periods/"):])
	stranger.get(path).want(t, 404)
	stranger.post(path+"/close", nil).want(t, 404)
	organiser.post(path+"/close", nil).leads(t, path)
	organiser.get(path).want(t, 200, "The figures stay as they were")
	organiser.get(path+"/edit").want(t, 200, "The period is closed")
	organiser.get("/organise/periods").want(t, 200, "Before", "Closed on")

	count := url.Values{"name": {"Conferences"}, "cluster_id": {cl}, "of": {"events"}, "kinds": {"conference", "call"}}
	shown := organiser.post("/organise/counts/new", count).Header.Get("Location")
	organiser.get(shown).want(t, 200, "Conferences", "Arena")
	stranger.get(shown).want(t, 404)
	organiser.get("/organise/counts").want(t, 200, "Conferences")
	one := "/organise/counts/" + strings.TrimPrefix(shown, "/organise/figures/own.")
	stranger.get(one+"/edit").want(t, 404)
	count.Set("name", "")
	count.Set("rev", "1")
	organiser.post(one+"/edit", count).want(t, 422)
	organiser.post(one+"/delete", nil).leads(t, "/organise/counts")
	organiser.get(shown).want(t, 404)
}

// What figures are counted from is what the address says, and nothing that is
// no time; a period that is a year is that year.
func TestFigureTimes(t *testing.T) {
	at := func(day string) time.Time { return dayBegins(day, 0) }
	now := at("2027-05-11").Add(10 * time.Hour)
	for _, x := range []struct{ from, until, time, before string }{
		{"2026-09-01", "2027-03-01", "2026-09-01/2027-02-28", "2025-09-01/2026-02-28"},
		{"2026-01-01", "2027-01-01", "2026", "2025-01-01/2025-12-31"},
		{"2027-01-01", "2028-01-01", "2027", "2026-01-01/2026-05-10"}, // as far as this year has come
		{"2028-01-01", "2029-01-01", "2028-01-01/2028-12-31", "2027-01-01/2027-12-31"},
		{"2025-09-01", "2027-09-01", "2025-09-01/2027-08-31", ""},
		{"2027-03-01", "2027-03-01", "0", ""},
		{"2026-09-01", "2036-09-03", "0", ""},
	} {
		ch := figureChoice{now: now}.between(at(x.from), at(x.until))
		got := ""
		if ch.compared() {
			b := ch.before()
			got = dayNames(b.From, b.Until, "/")
			if ch.now = now.Add(40 * time.Minute); ch.before() != b {
				t.Errorf("from %s until %s: whoever looks again compares with %v, not %v", x.from, x.until, ch.before(), b)
			}
		}
		if ch.Time() != x.time || got != x.before {
			t.Errorf("from %s until %s: %s, compared with %q, want %s and %q", x.from, x.until, ch.Time(), got, x.time, x.before)
		}
	}
}
