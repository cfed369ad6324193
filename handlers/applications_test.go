package handlers

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// selectingTrip saves a trip of Anna's cluster that companies apply for.
func (s *staff) selectingTrip(t testing.TB) *scheduling.Trip {
	t.Helper()
	day := func(n int) string { return t0.AddDate(0, 0, n).Format(time.DateOnly) }
	in := &scheduling.Trip{Slug: "spain", Direction: scheduling.Outgoing, Title: scheduling.Text{"en": "Towards Spain", "fi": "Espanjaan"}, ClusterIDs: []string{s.auto.ID},
		Zone: houseZone, Currency: "EUR", Stops: []scheduling.Stop{{Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: day(40), Until: day(43)}},
		Selection: scheduling.SelectionRules{Seats: 2, Minimum: 1, PerCompany: 2, OfferHours: 72, ClosesAt: t0.AddDate(0, 0, 10), CommitBy: t0.AddDate(0, 0, 20),
			Criteria: []scheduling.Criterion{{ID: "fit", Name: scheduling.Text{"en": "Fit"}, Weight: 3, Max: 5}}, Terms: scheduling.Text{"en": "Whoever commits pays half."}}}
	out, err := s.desk.SaveTrip(t.Context(), root, in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// becomes brings a trip to a state.
func (s *staff) becomes(t testing.TB, trip *scheduling.Trip, to scheduling.TripState) {
	t.Helper()
	rows := storage.Collection[scheduling.Trip, *scheduling.Trip]{}
	for _, spec := range scheduling.Specs() {
		if spec.Name == "trips" {
			rows.Spec = spec
		}
	}
	err := s.desk.DB.Update(t.Context(), func(tx *storage.Tx) error {
		x, err := rows.Get(tx, trip.ID)
		if err != nil {
			return err
		}
		x.State, x.Listed = to, true
		return rows.Put(tx, x)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// From an application to two named travellers, by links out of mails.
func TestApplicationJourney(t *testing.T) {
	s := newStaff(t)
	trip := s.selectingTrip(t)
	all := "/organise/trips/" + trip.ID + "/applications"
	s.nobody.get("/trips/spain/apply").want(t, 404)
	s.anna.get(all).want(t, 200, "No applications yet")
	for _, path := range []string{all, all + ".csv", all + ".xlsx"} {
		notThere(t, path, s.ben, s.door, s.member)
	}
	s.becomes(t, trip, scheduling.TripOpen)
	blank := s.nobody.get("/trips/spain/apply").want(t, 200, "Whoever commits pays half.", "What we select by", "Up to 2 for one company")
	form := filled(blank, "country", "FI", "company", tag+" Oy", "name", "Nea", "email", "nea@example.fi", "seats", "2", "motivation", "Sensors.", "terms", "1")
	wrong := filled(blank, "country", "FI", "company", "Kept Oy", "name", "Nea", "email", "nowhere", "seats", "3", "motivation", "")
	s.nobody.post("/trips/spain/apply", wrong).want(t, 422, "Kept Oy", "#f-email", "#f-seats", "#f-motivation", "#f-terms")
	s.nobody.post("/trips/spain/apply", form).leads(t, "/trips/spain/applied")
	s.nobody.post("/trips/spain/apply", form).leads(t, "/trips/spain/applied")
	other := form2(form)
	other.Set("email", "stranger@example.fi")
	other.Set("once", "other")
	same := s.nobody.post("/trips/spain/apply", other)
	same.leads(t, "/trips/spain/applied")
	s.nobody.get("/trips/spain/applied").want(t, 200, "Thank you")
	trapped := form2(form)
	trapped.Set("fax", "1")
	trapped.Set("company", "Robot Oy")
	s.nobody.post("/trips/spain/apply", trapped).leads(t, "/trips/spain/applied")

	link := s.mailedPath(t, "nea@example.fi")
	s.nobody.get(link+"x").want(t, 404)
	s.nobody.get(link).want(t, 200, "Submitted", "&lt;b onclick=")
	edit := filled(s.nobody.get(link+"/edit").want(t, 200, "Sensors."), "name", "Nea", "seats", "2", "motivation", "Better sensors.")
	s.nobody.post(link+"/edit", edit).leads(t, link)
	s.nobody.post(link+"/edit", edit).want(t, 409)
	s.nobody.post(link+"/accept", nil).want(t, 409, "There is no offer to answer")

	page := s.anna.get(all).want(t, 200, "&lt;b onclick=", "Suggested selection", "Seats are offered once")
	if strings.Contains(page.Body, "Robot Oy") {
		t.Error("a robot has applied")
	}
	ones := hrefs(page, all+"/")
	if len(ones) != 1 {
		t.Fatalf("applications = %q", ones)
	}
	notThere(t, ones[0], s.ben, s.door, s.member)
	s.member.post(ones[0]+"/decide", url.Values{"do": {"offered"}}).want(t, 404)
	s.anna.post(ones[0]+"/decide", url.Values{"do": {"offered"}}).want(t, 409, "once the trip is in its selection")
	s.anna.post(ones[0]+"/score", url.Values{"points.fit": {"9"}}).want(t, 422, "#f-points.fit")
	s.anna.post(ones[0]+"/score", url.Values{"points.fit": {"4"}, "note.fit": {"Sound."}}).leads(t, ones[0])
	s.anna.post(ones[0]+"/note", url.Values{"note": {tag}}).leads(t, ones[0])
	s.anna.get(ones[0]).want(t, 200, "Together 800 of 1,000", "Sound.", "&lt;b onclick=", "not in the directory")
	s.becomes(t, trip, scheduling.TripSelection)
	s.anna.post(all, url.Values{"ids": {ones[0][len(all)+1:]}, "do": {"offered"}, "seats": {"5"}}).want(t, 422, "asked for 2 seats")
	suggestion := filled(s.anna.get(all).want(t, 200, "Offer 2 of 2 seats"))
	s.anna.post(all+"/suggestion", url.Values{"mark": suggestion["mark"]}).leads(t, all)
	s.anna.post(all+"/suggestion", url.Values{"mark": suggestion["mark"]}).want(t, 409, "Look at the new one")
	s.anna.post(ones[0]+"/deadline", url.Values{"until_day": {"someday"}, "until_time": {"9:00"}}).want(t, 422, `value="someday"`)
	until := t0.AddDate(0, 0, 5).Format(time.DateOnly)
	s.anna.post(ones[0]+"/deadline", url.Values{"until_day": {until}, "until_time": {"12:00"}}).leads(t, ones[0])

	s.nobody.get(link+"/decline").want(t, 200, "go to the next company")
	s.nobody.get(link).want(t, 200, "Accept 2 seats", "12:00 (Helsinki)")
	s.nobody.post(link+"/accept", nil).leads(t, link)
	s.nobody.post(link+"/accept", nil).leads(t, link)
	s.nobody.post(link+"/travellers", url.Values{"name": {""}, "email": {"x"}}).want(t, 422, "#f-name", "#f-email")
	s.nobody.post(link+"/travellers", url.Values{"name": {tag}, "email": {"kollega@example.fi"}, "lang": {"fi"}}).leads(t, link)
	s.nobody.get(link).want(t, 200, "1 seat has no name yet", "kollega@example.fi")
	s.nobody.post(link+"/commit", nil).want(t, 422, "#f-terms")
	s.nobody.get(link+"/commit").want(t, 200, "Whoever commits pays half.", "2 seats")
	s.nobody.post(link+"/commit", url.Values{"terms": {"1"}}).leads(t, link)
	s.nobody.post(link+"/seats", url.Values{"seats": {"1"}}).leads(t, link)
	s.anna.get(all).want(t, 200, "1 of 2 seats held", "Committed")
	csv := s.anna.get(all+".csv").want(t, 200, "Better sensors.", "0.800")
	if strings.Count(csv.Body, "nea@example.fi") != 1 {
		t.Error("the export has not one line of it")
	}
	s.anna.get(all+".xlsx").want(t, 200)
	s.nobody.get(link+"/withdraw").want(t, 200, "1 traveller you named stays home", "about costs still holds")
	s.nobody.post(link+"/withdraw", url.Values{"reason": {"No budget."}}).leads(t, link)
	s.nobody.post(link+"/withdraw", nil).leads(t, link)
	s.nobody.get(link).want(t, 200, "Withdrawn", "No budget.")
	s.anna.get(ones[0]).want(t, 200, "No budget.")
}

// form2 is a copy of what was filled in.
func form2(v url.Values) url.Values {
	out := url.Values{}
	for k, s := range v {
		out[k] = s
	}
	return out
}
