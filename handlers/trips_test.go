package handlers

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"kohtaamo/scheduling"
)

// aTrip stores a trip of the first cluster, six months ahead, after set has had
// its way.
func (o *organised) aTrip(t testing.TB, set func(*scheduling.Trip)) *scheduling.Trip {
	t.Helper()
	cl, err := o.desk.Cluster(t.Context(), "automotive")
	if err != nil {
		t.Fatal(err)
	}
	v := scheduling.NewTrip(cl, time.Date(2027, 6, 7, 0, 0, 0, 0, time.UTC))
	v.Title = scheduling.Text{"en": "Basque Country", "fi": "Baskimaa"}
	v.Stops[0].City, v.Stops[0].Country, v.Stops[0].Zone = "Bilbao", "ES", "Europe/Madrid"
	v.Selection.Criteria = []scheduling.Criterion{{Name: scheduling.Text{"en": "Fit with the hosts"}, Weight: 3, Max: 5}}
	v.Budget = []scheduling.BudgetLine{{Name: "Flights", Planned: 400_00, PerSeat: true, Share: 50}, {Name: "Interpreter", Planned: 1200_00}}
	if set != nil {
		set(v)
	}
	if v, err = o.desk.SaveTrip(t.Context(), root, v); err != nil {
		t.Fatal(err)
	}
	return v
}

// typedInto is all that stands in the fields of a page's forms, with what
// somebody types over it.
func typedInto(t testing.TB, a answer, typed ...string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	for n := range doc.Descendants() {
		at := map[string]string{}
		for _, x := range n.Attr {
			at[x.Key] = x.Val
		}
		_, on := at["checked"]
		_, chosen := at["selected"]
		switch {
		case n.Data == "input" && (at["type"] != "checkbox" && at["type"] != "radio" || on):
			form.Add(at["name"], at["value"])
		case n.Data == "textarea" && n.FirstChild != nil:
			form.Add(at["name"], n.FirstChild.Data)
		case n.Data == "option" && chosen:
			for _, x := range n.Parent.Attr {
				if x.Key == "name" {
					form.Add(x.Val, at["value"])
				}
			}
		}
	}
	for i := 0; i+1 < len(typed); i += 2 {
		form.Set(typed[i], typed[i+1])
	}
	return form
}

func (o *organised) tripState(t testing.TB, id string) scheduling.TripState {
	t.Helper()
	v, err := o.desk.Trip(t.Context(), root, id)
	if err != nil {
		t.Fatal(err)
	}
	return v.State
}

func TestTripsBelongToTheirOrganisers(t *testing.T) {
	o := newOrganised(t, nil)
	lea := &scheduling.Person{Email: "lea@example.fi", Name: "Lea Leader", Lang: "en"}
	if err := o.desk.SavePerson(t.Context(), root, lea); err != nil {
		t.Fatal(err)
	}
	trip := o.aTrip(t, func(v *scheduling.Trip) { v.LeaderIDs = []string{lea.ID} })
	leader, base := o.visitor(t), "/organise/trips/"+trip.ID
	leader.signIn(o.house, lea.Email)
	for _, path := range []string{"", "/edit", "/copy", "/state?to=open"} {
		o.boss.get(base+path).want(t, 200)
		o.stranger.get(base+path).want(t, 404)
		o.door.get(base+path).want(t, 404)
		if path == "" {
			leader.get(base).want(t, 200, "Basque Country")
		} else if got := leader.get(base + path); got.Status != 404 && got.Status != 403 {
			t.Errorf("its leader gets %d at %s", got.Status, path)
		}
	}
	for _, path := range []string{"/edit", "/copy", "/state", "/delete"} {
		o.stranger.post(base+path, url.Values{"do": {"save"}, "to": {"open"}, "day": {"2028-01-01"}}).want(t, 404)
	}
	if o.tripState(t, trip.ID) != scheduling.TripDraft {
		t.Error("a stranger changed the trip")
	}
	o.boss.get("/organise/trips").want(t, 200, "Basque Country", "Draft 1")
	leader.get("/organise/trips").want(t, 200, "Basque Country")
	leader.get("/trips").want(t, 200, "Trips that you lead", base)
	for path, v := range map[string]*visitor{"/organise/trips": o.stranger, "/organise/trips?view=past": o.boss, "/trips": o.visitor(t)} {
		if strings.Contains(v.get(path).want(t, 200).Body, "Basque") {
			t.Errorf("%s shows the draft", path)
		}
	}
	o.visitor(t).get("/trips/basque-country").want(t, 404)
	o.visitor(t).get("/trips/basque-country.ics").want(t, 404)
}

// TestNewTrip makes a trip by its form: typed wrongly, then a line more, then
// sent twice.
func TestNewTrip(t *testing.T) {
	o := newOrganised(t, nil)
	page := o.boss.get("/organise/trips/new").want(t, 200, "Fit with the hosts and the theme of the trip", `action="/organise/trips/new"`)
	form := typedInto(t, page, "title.en", "Iberia & beyond", "leaders", "outi@example.fi, nobody@example.fi", "budget.0.name", "Flights", "budget.0.planned", "1,2",
		"budget.0.share", "100", "stops.0.city", "Porto", "stops.0.country", "Portugali", "stops.0.zone", "Europe/Lisbon", "stops.0.from", "9.6.2027", "stops.0.until", "2027-06-10",
		"closes_day", "2027-04-19", "closes_time", "", "commit_day", "2027-05-01", "cluster_ids", o.cluster, "do", "save")
	o.boss.post("/organise/trips/new", form).want(t, 422, "No contact of yours has this address", "Iberia &amp; beyond")
	form.Set("leaders", "outi@example.fi")
	form.Set("budget.0.planned", "a lot")
	o.boss.post("/organise/trips/new", form).want(t, 422, "Write an amount")
	form.Set("budget.0.planned", "1,234.50")
	form.Set("do", "stops")
	more := o.boss.post("/organise/trips/new", form).want(t, 200, "Stop 2")
	form = typedInto(t, more, "stops.1.city", "Bilbao", "stops.1.zone", "Europe/Madrid", "stops.1.from", "2027-06-07", "stops.1.until", "2027-06-09", "do", "save")
	id := form.Get("new_id")
	o.boss.post("/organise/trips/new", form).leads(t, "/organise/trips/"+id)
	o.boss.post("/organise/trips/new", form).leads(t, "/organise/trips/"+id)
	v, err := o.desk.Trip(t.Context(), root, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Stops) != 2 || v.Stops[0].City != "Bilbao" || v.Stops[1].Country != "PT" || v.FirstDay() != "2027-06-07" || len(v.LeaderIDs) != 1 || v.Budget[0].Planned != 1234_50 ||
		len(v.Selection.Criteria) != 3 || v.Selection.ClosesAt.Format(time.RFC3339) != "2027-04-19T13:00:00Z" || v.Asks.RetainDays != 30 {
		t.Errorf("made %+v", v)
	}
	if list, _, err := o.desk.Trips(t.Context(), root, scheduling.TripFilter{}, true); err != nil || len(list) != 1 {
		t.Errorf("%d trips: %v", len(list), err)
	}
	// two people: the second one is asked to look again
	edit := typedInto(t, o.boss.get("/organise/trips/"+id+"/edit").want(t, 200, "1,234.50", "Portugal"), "title.en", "First", "do", "save")
	o.boss.post("/organise/trips/"+id+"/edit", edit).leads(t, "/organise/trips/"+id)
	edit.Set("title.en", "Second")
	again := o.boss.post("/organise/trips/"+id+"/edit", edit).want(t, 409, "Second")
	o.boss.post("/organise/trips/"+id+"/edit", typedInto(t, again, "do", "save")).leads(t, "/organise/trips/"+id)
}

// TestTripForEverybody opens a trip and looks at what everybody sees of it.
func TestTripForEverybody(t *testing.T) {
	o := newOrganised(t, nil)
	project := &scheduling.Project{Code: "VETO", Name: scheduling.Text{"en": "Charged North"}, From: "2026-01-01", Until: "2027-12-31"}
	if err := o.desk.SaveProject(t.Context(), root, project); err != nil {
		t.Fatal(err)
	}
	trip := o.aTrip(t, func(v *scheduling.Trip) { v.ProjectID = project.ID })
	base, anybody := "/organise/trips/"+trip.ID, o.visitor(t)
	o.boss.get(base).want(t, 200, "Open applications", base+"/state?to=open")
	o.boss.get(base+"/state?to=open").want(t, 200, "Nobody gets mail of this")
	o.boss.get(base+"/state?to=reported").leads(t, base)
	o.boss.post(base+"/state", url.Values{"to": {"open"}}).leads(t, base)
	anybody.get("/trips/basque-country").want(t, 200, "Apply for seats", "/trips/basque-country/apply", "Mon 7 Jun 2027 – Wed 9 Jun 2027", "(Madrid)", "Fit with the hosts", "10 free",
		"EUR\u00a0200.00", "Charged North", "(Helsinki)")
	if body := anybody.get("/trips/basque-country").Body; strings.Contains(body, "Interpreter") || strings.Contains(body, base) {
		t.Error("everybody reads what companies do not pay, or how to organise it")
	}
	anybody.get("/trips/"+trip.ID).want(t, 404)
	for _, path := range []string{"/", "/trips", "/clusters/automotive"} {
		anybody.get(path).want(t, 200, "Basque Country")
	}
	file := anybody.get("/trips/basque-country.ics").want(t, 200, "UID:"+trip.UID, "DTSTART;VALUE=DATE:20270607", "DTEND;VALUE=DATE:20270610", "TRANSP:TRANSPARENT", "STATUS:TENTATIVE", "SEQUENCE:1")
	if n := strings.Count(file.Body, "BEGIN:VEVENT"); n != 2 {
		t.Errorf("the file has %d entries:\n%s", n, file.Body)
	}
	anybody.get("/calendar/automotive.ics").want(t, 200, "UID:"+trip.UID)
	if strings.Contains(anybody.get("/calendar/circular.ics").want(t, 200).Body, trip.UID) {
		t.Error("another cluster's calendar has the trip")
	}
	o.boss.post(base+"/state", url.Values{"to": {"cancelled"}}).want(t, 422, "Call the trip off")
	o.boss.post(base+"/state", url.Values{"to": {"cancelled"}, "reason": {"No flights & no hotels"}}).leads(t, base)
	anybody.get("/trips/basque-country").want(t, 200, "The trip does not take place", "No flights &amp; no hotels")
	anybody.get("/trips/basque-country.ics").want(t, 200, "STATUS:CANCELLED", "SEQUENCE:2")
	anybody.get("/calendar/automotive.ics").want(t, 200, "STATUS:CANCELLED")
	if strings.Contains(anybody.get("/").Body, "Basque Country") {
		t.Error("the front page shows a trip that is called off")
	}
}

// TestConfirmTripBelowItsMinimum takes a reason.
func TestConfirmTripBelowItsMinimum(t *testing.T) {
	o := newOrganised(t, nil)
	trip := o.aTrip(t, nil)
	base := "/organise/trips/" + trip.ID
	for _, to := range []string{"open", "selection"} {
		o.boss.post(base+"/state", url.Values{"to": {to}}).leads(t, base)
	}
	o.boss.post(base+"/state", url.Values{"to": {"confirmed"}}).want(t, 422, "0 of the 5 seats")
	o.boss.post(base+"/state", url.Values{"to": {"confirmed"}, "reason": {"The city pays"}}).leads(t, base)
	if o.tripState(t, trip.ID) != scheduling.TripConfirmed {
		t.Error("it is not confirmed")
	}
	o.boss.get(base).want(t, 200, "Nobody leads this trip yet", "Lock names")
	copied := typedInto(t, o.boss.get(base+"/copy").want(t, 200), "day", "5.6.2028")
	edit := "/organise/trips/" + copied.Get("id") + "/edit"
	o.boss.post(base+"/copy", copied).leads(t, edit)
	o.boss.post(base+"/copy", copied).leads(t, edit)
	o.boss.get(edit).want(t, 200, "2028-06-05", `value="2028-04-10"`)
	o.boss.post(base+"/copy", url.Values{"day": {"soon"}}).want(t, 422)
	o.boss.post(strings.TrimSuffix(edit, "/edit")+"/delete", nil).leads(t, "/organise/trips")
	o.boss.get(edit).want(t, 404)
	o.boss.post(base+"/delete", nil).leads(t, base)
	if o.tripState(t, trip.ID) != scheduling.TripConfirmed {
		t.Error("a confirmed trip was deleted")
	}
}
