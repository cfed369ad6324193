package scheduling

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// newTrip stores a draft of one stop in Bilbao, after set has had its way.
func (h *testHouse) newTrip(t testing.TB, set func(*Trip)) *Trip {
	t.Helper()
	out, err := h.SaveTrip(t.Context(), h.boss, h.typedTrip(set))
	must(t, err)
	return out
}

// typedTrip is what an organiser typed into the form of a new trip.
func (h *testHouse) typedTrip(set func(*Trip)) *Trip {
	v := NewTrip(h.cluster, time.Date(2027, 6, 7, 0, 0, 0, 0, time.UTC))
	v.Title = Text{"en": "Basque Country", "fi": "Baskimaa"}
	v.Stops[0].City, v.Stops[0].Country, v.Stops[0].Zone = "Bilbao", "es", "Europe/Madrid"
	v.Selection.Criteria = []Criterion{{Name: Text{"en": "Fit"}, Weight: 2, Max: 5}}
	v.Budget = []BudgetLine{{Name: "Flights", Planned: 400_00, Actual: 1, PerSeat: true, Share: 100}}
	if set != nil {
		set(v)
	}
	return v
}

func (h *testHouse) tripNow(t testing.TB, id string) (out *Trip) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		out, err = trips.Get(tx, id)
		return err
	}))
	return out
}

// applied stores an application for a trip in a state, and counts the seats it
// holds.
func (h *testHouse) applied(t testing.TB, trip *Trip, company string, seats int, state ApplicationState, set func(*Application)) *Application {
	t.Helper()
	a := &Application{Meta: storage.Meta{ID: storage.NewID()}, TripID: trip.ID, State: state, Company: company, Sort: strings.ToLower(company), Seats: seats, Words: words(company)}
	if state.Live() {
		a.Live = trip.ID + "/" + company
	}
	if set != nil {
		set(a)
	}
	h.write(t, func(tx *storage.Tx) error {
		now, err := trips.Get(tx, trip.ID)
		if err != nil {
			return err
		}
		if state.Holds() {
			now.Held += seats
		}
		return errors.Join(trips.Put(tx, now), applications.Put(tx, a))
	})
	return a
}

func TestSaveTrip(t *testing.T) {
	h := newHouse(t)
	v := h.newTrip(t, nil)
	if v.State != TripDraft || v.Listed || v.Slug != "basque-country" || v.Stops[0].Country != "ES" || v.Stops[0].ID == "" || v.Currency != "EUR" || v.Sequence != 0 {
		t.Errorf("stored %+v", v)
	}
	if again := h.newTrip(t, nil); again.Slug != "basque-country-2" {
		t.Errorf("the second one is %s", again.Slug)
	}
	taken := h.typedTrip(func(v *Trip) { v.Slug = "basque-country" })
	_, err := h.SaveTrip(t.Context(), h.boss, taken)
	if p := wantProblem(t, err, Exists); p.Fields["slug"] == "" {
		t.Errorf("faults %v", p.Fields)
	}
	in := *v
	in.Title, in.State, in.Held, in.Direction, in.Slug = Text{"en": "Another"}, TripReported, 9, Incoming, "another"
	edited, err := h.SaveTrip(t.Context(), h.boss, &in)
	must(t, err)
	if edited.State != TripDraft || edited.Held != 0 || edited.Direction != Outgoing || edited.Slug != "another" || edited.Stops[0].ID != v.Stops[0].ID {
		t.Errorf("edited %+v", edited)
	}
	_, err = h.SaveTrip(t.Context(), h.boss, &in)
	wantProblem(t, err, Changed)
	in.Rev = edited.Rev
	_, err = h.SaveTrip(t.Context(), h.other, &in)
	wantHidden(t, err)
	_, err = h.SaveTrip(t.Context(), h.other, h.typedTrip(nil))
	wantProblem(t, err, Forbidden)
	in.ClusterIDs = append(in.ClusterIDs, h.other.Grants[0].Cluster)
	_, err = h.SaveTrip(t.Context(), h.boss, &in)
	wantProblem(t, err, Forbidden)
	comes := h.newTrip(t, func(v *Trip) { v.Direction = Incoming })
	if comes.State != TripAccepted || comes.Listed {
		t.Errorf("a delegation that is planned is %s, listed %v", comes.State, comes.Listed)
	}
}

// TestTripFaults makes one mistake each in a trip that is right.
func TestTripFaults(t *testing.T) {
	h := newHouse(t)
	long := strings.Repeat("ä", 60_000)
	day := time.Date(2027, 6, 7, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		field string
		set   func(*Trip)
	}{
		"no title":       {"title", func(v *Trip) { v.Title = Text{"en": " \u202e"} }},
		"long title":     {"title", func(v *Trip) { v.Title["fi"] = long }},
		"long goals":     {"goals", func(v *Trip) { v.Goals = Text{"en": long} }},
		"long terms":     {"terms", func(v *Trip) { v.Selection.Terms = Text{"en": long} }},
		"slug":           {"slug", func(v *Trip) { v.Slug = "../x" }},
		"direction":      {"direction", func(v *Trip) { v.Direction = "sideways" }},
		"contact":        {"contact_email", func(v *Trip) { v.ContactEmail = "nobody" }},
		"zone":           {"zone", func(v *Trip) { v.Zone = "Europe/Atlantis" }},
		"machine's zone": {"stops.0.zone", func(v *Trip) { v.Stops[0].Zone = "Local" }},
		"no stop":        {"stops", func(v *Trip) { v.Stops = nil }},
		"no city":        {"stops.0.city", func(v *Trip) { v.Stops[0].City = "" }},
		"country":        {"stops.0.country", func(v *Trip) { v.Stops[0].Country = "Spain" }},
		"backwards":      {"stops.0.until", func(v *Trip) { v.Stops[0].Until = "2027-06-06" }},
		"no such day":    {"stops.0.from", func(v *Trip) { v.Stops[0].From = "2027-02-30" }},
		"overlap": {"stops.1.from", func(v *Trip) {
			v.Stops = append(v.Stops, Stop{City: "Porto", Zone: "Europe/Lisbon", From: "2027-06-08", Until: "2027-06-10"})
		}},
		"years":            {"stops.0.until", func(v *Trip) { v.Stops[0].Until = "2028-09-01" }},
		"seats":            {"seats", func(v *Trip) { v.Selection.Seats = 1_000_000 }},
		"minimum":          {"minimum", func(v *Trip) { v.Selection.Minimum = 11 }},
		"per company":      {"per_company", func(v *Trip) { v.Selection.PerCompany = 11 }},
		"offer":            {"offer_hours", func(v *Trip) { v.Selection.OfferHours = 1000 }},
		"opens late":       {"closes_at", func(v *Trip) { v.Selection.OpensAt = v.Selection.ClosesAt }},
		"binds early":      {"commit_by", func(v *Trip) { v.Selection.CommitBy = v.Selection.ClosesAt.Add(-time.Hour) }},
		"closes late":      {"closes_at", func(v *Trip) { v.Selection.ClosesAt, v.Selection.CommitBy = day.AddDate(0, 0, 1), time.Time{} }},
		"due late":         {"due_at", func(v *Trip) { v.Asks.DueAt = day.AddDate(0, 0, 1) }},
		"nameless":         {"criteria.0.name", func(v *Trip) { v.Selection.Criteria[0].Name = nil }},
		"weight":           {"criteria.0.weight", func(v *Trip) { v.Selection.Criteria[0].Weight = 0 }},
		"points":           {"criteria.0.max", func(v *Trip) { v.Selection.Criteria[0].Max = 101 }},
		"ask":              {"fields", func(v *Trip) { v.Asks.Fields = []string{"shoe size"} }},
		"retain":           {"retain_days", func(v *Trip) { v.Asks.RetainDays = 10_000 }},
		"currency":         {"currency", func(v *Trip) { v.Currency = "JPY" }},
		"amount":           {"budget.0.planned", func(v *Trip) { v.Budget[0].Planned = -1 }},
		"share":            {"budget.0.share", func(v *Trip) { v.Budget[0].Share = 101 }},
		"cluster":          {"cluster_ids", func(v *Trip) { v.ClusterIDs = append(v.ClusterIDs, "x") }},
		"project":          {"project_id", func(v *Trip) { v.ProjectID = "x" }},
		"leader":           {"leader_ids", func(v *Trip) { v.LeaderIDs = []string{"x"} }},
		"line without":     {"budget.0.name", func(v *Trip) { v.Budget[0].Name = "\n" }},
		"the same twice":   {"budget.1.name", func(v *Trip) { v.Budget[0].ID = "a"; v.Budget = append(v.Budget, v.Budget[0]) }},
		"as many as atoms": {"budget", func(v *Trip) { v.Budget = make([]BudgetLine, 101) }},
	} {
		by := h.boss
		if name == "cluster" {
			by = System("test")
		}
		_, err := h.SaveTrip(t.Context(), by, h.typedTrip(c.set))
		p := ProblemIn(err)
		if p == nil || len(p.Fields) != 1 || p.Fields[c.field] == "" {
			t.Errorf("%s: want a fault of %s, got %v", name, c.field, err)
		}
		if p != nil && !texts().In("en").Has(p.Fields[c.field]) {
			t.Errorf("%s: no words for %q", name, p.Fields[c.field])
		}
	}
	h.newTrip(t, func(v *Trip) { // the last day of one stop can be the first of the next
		v.Stops = append(v.Stops, Stop{City: "Porto", Zone: "Europe/Lisbon", From: "2027-06-09", Until: "2027-06-10"})
	})
}

// TestEditTripThatOthersRelyOn keeps what is held, visited and scored.
func TestEditTripThatOthersRelyOn(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, nil)
	a := h.traveller(t, trip, "Aino A", "Aurora Oy")
	h.planned(t, trip, []*Traveller{a}, nil, nil)
	h.applied(t, trip, "Aurora Oy", 3, ApplicationAccepted, func(a *Application) { a.Scores = []Score{{By: "x", Criterion: "fit", Points: 4}} })
	refused := func(field string, set func(*Trip)) {
		t.Helper()
		in := h.tripNow(t, trip.ID)
		set(in)
		_, err := h.SaveTrip(t.Context(), h.boss, in)
		if p := ProblemIn(err); p == nil || p.Fields[field] == "" {
			t.Errorf("want a fault of %s, got %v", field, err)
		}
	}
	refused("seats", func(v *Trip) { v.Selection.Seats = 2 })
	refused("stops", func(v *Trip) { v.Stops = v.Stops[1:] })
	refused("stops.0.zone", func(v *Trip) { v.Stops[0].Zone = "Atlantic/Canary" })
	refused("criteria", func(v *Trip) { v.Selection.Criteria = v.Selection.Criteria[1:] })
	refused("criteria.0.max", func(v *Trip) { v.Selection.Criteria[0].Max = 3 })

	in := h.tripNow(t, trip.ID)
	in.Selection.Seats, in.Selection.Criteria, in.Slug = 3, in.Selection.Criteria[:1], "elsewhere"
	same, err := h.SaveTrip(t.Context(), h.boss, in)
	must(t, err)
	if same.Sequence != trip.Sequence || same.Slug != "spain" || same.Held != 3 {
		t.Errorf("a change that no calendar shows: %+v", same)
	}
	for i, set := range []func(*Trip){
		func(v *Trip) { v.Title = Text{"en": "Iberia"} }, func(v *Trip) { v.Stops[2].Until = "2027-02-13" },
		func(v *Trip) { v.Selection.ClosesAt = v.Selection.ClosesAt.Add(time.Hour) }, func(v *Trip) { v.Stops[1].City = "Bilbao" },
	} {
		in := h.tripNow(t, trip.ID)
		set(in)
		out, err := h.SaveTrip(t.Context(), h.boss, in)
		must(t, err)
		if out.Sequence != trip.Sequence+i+1 || !out.Changed.After(trip.Changed) {
			t.Errorf("change %d has the revision %d", i, out.Sequence)
		}
	}
	h.at(in.Ends.Add(48 * time.Hour))
	_, err = h.MoveTrips(t.Context(), h.time())
	must(t, err)
	refused("stops", func(v *Trip) { v.Stops[0].From = "2027-02-07" })
	_, err = h.SetTripState(t.Context(), h.boss, trip.ID, TripReported, "")
	must(t, err)
	_, err = h.SaveTrip(t.Context(), h.boss, h.tripNow(t, trip.ID))
	wantProblem(t, err, Closed)
}

// TestTripStates tries every pair of states of either direction, when both of
// a trip's dates have passed and applications could be open.
func TestTripStates(t *testing.T) {
	h := newHouse(t)
	ways := map[TripDirection]map[TripState]string{
		Outgoing: {
			TripDraft: "open cancelled", TripOpen: "draft selection cancelled", TripSelection: "open confirmed cancelled",
			TripConfirmed: "selection locked underway cancelled", TripLocked: "confirmed underway cancelled", TripUnderWay: "completed cancelled",
			TripCompleted: "reported", TripReported: "completed", TripCancelled: "",
		},
		Incoming: {
			TripRequested: "screening declined cancelled", TripScreening: "accepted declined cancelled", TripAccepted: "screening programme cancelled",
			TripDeclined: "screening", TripProgramme: "accepted hosts_confirmed cancelled", TripHosted: "programme published cancelled",
			TripPublished: "hosts_confirmed visited cancelled", TripVisited: "reported", TripReported: "visited", TripCancelled: "",
		},
	}
	every := append(append([]TripState{TripCancelled, TripDeclined}, OutgoingStates...), IncomingStates...)
	trip := h.spain(t, nil)
	h.at(trip.Ends.AddDate(0, 0, 1))
	for direction, from := range ways {
		for state, may := range from {
			for _, to := range every {
				v := h.tripNow(t, trip.ID)
				v.Direction, v.State, v.Selection.ClosesAt, v.PublishedAt = direction, state, h.time().Add(time.Hour), t0
				v.index()
				h.write(t, func(tx *storage.Tx) error { return trips.Put(tx, v) })
				got, err := h.SetTripState(t.Context(), h.boss, trip.ID, to, "Why not")
				switch want := to == state || slices.Contains(strings.Fields(may), string(to)); {
				case want && (err != nil || got.State != to):
					t.Errorf("%s: from %s to %s: %v", direction, state, to, err)
				case !want && (ProblemIn(err) == nil || ProblemIn(err).Key != "trip.no_way" || h.tripNow(t, trip.ID).State != state):
					t.Errorf("%s: from %s to %s, which is no way: %v", direction, state, to, err)
				case want && got.Listed != (direction == Outgoing && to != TripDraft):
					t.Errorf("%s: %s listed: %v", direction, to, got.Listed)
				}
			}
		}
	}
}

func TestTripOnItsWay(t *testing.T) {
	h := newHouse(t)
	v := h.newTrip(t, func(v *Trip) { v.Selection.Seats, v.Selection.Minimum, v.Selection.PerCompany = 0, 0, 0 })
	set := func(to TripState, reason string) error {
		_, err := h.SetTripState(t.Context(), h.boss, v.ID, to, reason)
		return err
	}
	save := func(f func(*Trip)) {
		t.Helper()
		in := h.tripNow(t, v.ID)
		f(in)
		_, err := h.SaveTrip(t.Context(), h.boss, in)
		must(t, err)
	}
	key := func(err error, want string) {
		t.Helper()
		if p := ProblemIn(err); p == nil || p.Key != want && p.Fields["reason"] != want {
			t.Errorf("want %s, got %v", want, err)
		}
	}
	key(set(TripOpen, ""), "trip.no_seats")
	save(func(v *Trip) { v.Selection.Seats, v.Selection.Minimum = 4, 3 })
	must(t, set(TripOpen, ""))
	must(t, set(TripOpen, ""))
	if now := h.tripNow(t, v.ID); !now.Listed || now.Sequence != 1 || now.PublishedAt.IsZero() || !now.TakesApplications(h.time()) {
		t.Errorf("open: %+v", now)
	}
	h.applied(t, v, "Aurora", 2, ApplicationAccepted, nil)
	h.applied(t, v, "Borealis", 1, ApplicationOffered, nil)
	key(set(TripDraft, ""), "trip.people_on")
	key(set(TripUnderWay, ""), "trip.no_way")
	n, err := h.MoveTrips(t.Context(), v.Selection.ClosesAt)
	if again, _ := h.MoveTrips(t.Context(), v.Selection.ClosesAt); err != nil || n != 1 || again != 0 {
		t.Errorf("moved %d and then %d: %v", n, again, err)
	}
	h.at(v.Selection.ClosesAt.Add(time.Hour))
	key(set(TripOpen, ""), "trip.no_closing")
	key(set(TripConfirmed, " "), "trip.below_minimum")
	must(t, set(TripConfirmed, "The city pays the rest"))
	must(t, set(TripSelection, ""))
	h.applied(t, v, "Cetus", 1, ApplicationCommitted, nil)
	must(t, set(TripConfirmed, ""))
	must(t, set(TripLocked, ""))
	key(set(TripUnderWay, ""), "trip.too_early")
	key(set(TripCancelled, ""), "problem.required")
	if _, err := h.SetTripState(t.Context(), h.other, v.ID, TripCancelled, "x"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("somebody else: %v", err)
	}
	n, err = h.MoveTrips(t.Context(), v.Ends)
	if now := h.tripNow(t, v.ID); err != nil || n != 1 || now.State != TripCompleted {
		t.Errorf("after its end, %d moved and it is %s: %v", n, now.State, err)
	}
	key(set(TripCancelled, "Too late"), "trip.no_way")
}

// TestDatesMoveTrips looks at each state before and after each of its dates.
func TestDatesMoveTrips(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		direction TripDirection
		from, to  TripState
		at        func(*Trip) time.Time
	}{
		{Outgoing, TripDraft, "", func(v *Trip) time.Time { return v.Selection.OpensAt }},
		{Outgoing, TripDraft, "", func(v *Trip) time.Time { return v.Ends }},
		{Outgoing, TripOpen, TripSelection, func(v *Trip) time.Time { return v.Selection.ClosesAt }},
		{Outgoing, TripSelection, "", func(v *Trip) time.Time { return v.Ends }},
		{Outgoing, TripConfirmed, TripUnderWay, func(v *Trip) time.Time { return v.Starts }},
		{Outgoing, TripLocked, TripUnderWay, func(v *Trip) time.Time { return v.Starts }},
		{Outgoing, TripUnderWay, TripCompleted, func(v *Trip) time.Time { return v.Ends }},
		{Outgoing, TripCompleted, "", func(v *Trip) time.Time { return v.Ends }},
		{Outgoing, TripCancelled, "", func(v *Trip) time.Time { return v.Ends }},
		{Incoming, TripHosted, "", func(v *Trip) time.Time { return v.Ends }},
		{Incoming, TripPublished, TripVisited, func(v *Trip) time.Time { return v.Ends }},
	} {
		v := h.spain(t, func(v *Trip) {
			v.Slug, v.Direction, v.State, v.Selection.OpensAt = storage.NewID(), c.direction, c.from, t0.AddDate(0, 0, 1)
		})
		_, err := h.MoveTrips(t.Context(), c.at(v).Add(-time.Nanosecond))
		if now := h.tripNow(t, v.ID).State; err != nil || now != c.from {
			t.Errorf("%s %s is %s before its time: %v", c.direction, c.from, now, err)
		}
		_, err = h.MoveTrips(t.Context(), c.at(v))
		if now := h.tripNow(t, v.ID).State; err != nil || c.to == "" && now != c.from || c.to != "" && now != c.to {
			t.Errorf("%s %s is %s when its time has come: %v", c.direction, c.from, now, err)
		}
		h.write(t, func(tx *storage.Tx) error { return trips.Delete(tx, h.tripIn(tx, v.ID)) })
	}
}

func (h *testHouse) tripIn(tx *storage.Tx, id string) *Trip {
	v, err := trips.Get(tx, id)
	if err != nil {
		panic(err)
	}
	return v
}

// TestTripDays goes by the dates that were typed in each stop's own zone, in
// whatever zone the house is.
func TestTripDays(t *testing.T) {
	zones := []string{"Europe/Helsinki", "Europe/Madrid", "Europe/Lisbon", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Auckland", "Pacific/Apia", "America/Santiago", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "day"))
		v := &Trip{Title: Text{"en": "x"}, Zone: rapid.SampledFrom(zones).Draw(t, "home")}
		for range rapid.IntRange(1, 4).Draw(t, "stops") {
			s := Stop{City: "C", Zone: rapid.SampledFrom(zones).Draw(t, "zone"), From: day.Format(time.DateOnly)}
			day = day.AddDate(0, 0, rapid.IntRange(0, 5).Draw(t, "days"))
			s.Until = day.Format(time.DateOnly)
			day = day.AddDate(0, 0, rapid.IntRange(0, 1).Draw(t, "apart"))
			v.Stops = append(v.Stops, s)
		}
		if err := v.Check(); err != nil {
			t.Fatal(err)
		}
		v.index()
		first, last := v.Stops[0], v.Stops[len(v.Stops)-1]
		if got := v.Starts.In(first.Location()).Format(time.DateOnly); got != first.From {
			t.Fatalf("begins on %s, typed %s", got, first.From)
		}
		if got := v.Ends.Add(-time.Nanosecond).In(last.Location()).Format(time.DateOnly); got != last.Until {
			t.Fatalf("ends on %s, typed %s", got, last.Until)
		}
		to := day.AddDate(0, 0, rapid.IntRange(1, 400).Draw(t, "later"))
		c := v.CopyTo(to)
		for i, s := range c.Stops {
			if daysApart(v.Stops[i].From, s.From) != daysApart(first.From, to.Format(time.DateOnly)) || daysApart(v.Stops[i].From, v.Stops[i].Until) != daysApart(s.From, s.Until) {
				t.Fatalf("stop %d moved from %v to %v", i, v.Stops[i], s)
			}
		}
	})
}

// TestCopyTrip copies a trip of February into the summer: every clock shows the
// same time, three days a week and a half after the clocks changed.
func TestCopyTrip(t *testing.T) {
	h := newHouse(t)
	gone := &Person{Email: "lea@example.org", Name: "Lea Leader", Lang: "en"}
	must(t, h.SavePerson(t.Context(), System("test"), gone))
	trip := h.spain(t, func(v *Trip) {
		v.LeaderIDs = []string{gone.ID, "erased"}
		v.Selection.ClosesAt, v.Asks.DueAt = in(t, "Europe/Helsinki", "2027-01-20 16:00"), in(t, "Europe/Helsinki", "2027-02-01 12:00")
		v.Budget = []BudgetLine{{ID: "f", Name: "Flights", Planned: 100, Actual: 90, Share: 50}}
	})
	a := h.traveller(t, trip, "Aino A", "Aurora Oy")
	h.applied(t, trip, "Aurora Oy", 1, ApplicationAccepted, nil)
	was := h.planned(t, trip, []*Traveller{a}, nil, func(p *Programme) {
		p.Hotels[0].Block, p.Hotels[0].ReleaseBy = []RoomBlock{{Kind: TwinRoom, Count: 3, Price: 9900}}, "2027-02-01"
		p.Hosts[0].Generation, p.Hosts[0].Comment, p.Activities[0].RoundID, p.Activities[0].Late = 3, "Gladly", "r", 10
		p.Travel = []TravelLeg{{A: "Getafe", B: "Casa Lucio", Minutes: 40}}
	}).Programme
	_, err := h.CopyTrip(t.Context(), h.other, trip.ID, roundDay)
	wantHidden(t, err)
	c, err := h.CopyTrip(t.Context(), h.boss, trip.ID, time.Date(2027, 9, 6, 0, 0, 0, 0, time.UTC))
	must(t, err)
	if c.State != TripDraft || c.Held != 0 || c.Slug == trip.Slug || c.UID == trip.UID || c.CopiedFrom != trip.ID || c.Listed || c.Budget[0].Planned != 100 || c.Budget[0].Actual != 0 {
		t.Errorf("copied %+v", c)
	}
	if len(c.LeaderIDs) != 1 || c.Stops[2].From != "2027-09-08" || c.Stops[2].Until != "2027-09-10" || c.Stops[0].ID != "madrid" {
		t.Errorf("leaders %v, stops %v", c.LeaderIDs, c.Stops)
	}
	if !c.Selection.ClosesAt.Equal(in(t, "Europe/Helsinki", "2027-08-18 16:00")) || !c.Asks.DueAt.Equal(in(t, "Europe/Helsinki", "2027-08-30 12:00")) || !c.Selection.OpensAt.IsZero() {
		t.Errorf("deadlines %v and %v", c.Selection.ClosesAt, c.Asks.DueAt)
	}
	page, err := h.Programme(t.Context(), h.boss, c.ID)
	must(t, err)
	p := page.Programme
	if !p.PublishedAt.IsZero() || len(page.Travellers) != 0 || len(p.Legs) != 4 || len(p.Hotels) != 3 || len(p.Hosts) != 2 || len(p.Activities) != 3 || len(p.Travel) != 1 {
		t.Fatalf("programme %+v", p)
	}
	if l := p.Legs[0]; !l.Departs.Equal(in(t, "Europe/Helsinki", "2027-09-06 07:00")) || l.Arrives.Sub(l.Departs) != 4*time.Hour+20*time.Minute || !l.Everyone {
		t.Errorf("flight %+v", l)
	}
	if l := p.Legs[3]; !l.Departs.Equal(in(t, "Europe/Lisbon", "2027-09-10 09:00")) || !l.Arrives.Equal(in(t, "Europe/Helsinki", "2027-09-10 15:30")) {
		t.Errorf("flight home %+v", l)
	}
	if x := p.Hotels[0]; x.From != "2027-09-06" || x.ReleaseBy != "2027-08-30" || len(x.Rooms) != 0 || x.Block[0].Count != 3 {
		t.Errorf("hotel %+v", x)
	}
	if x := p.Hosts[0]; x.ID == was.Hosts[0].ID || x.State != HostPlanned || x.Generation != 0 || x.Comment != "" || x.Name != was.Hosts[0].Name {
		t.Errorf("host %+v", x)
	}
	if x := p.Activities[0]; !x.Starts.Equal(in(t, "Europe/Madrid", "2027-09-06 14:00")) || len(x.TravellerIDs) != 0 || x.Everyone || x.HostID != p.Hosts[0].ID || x.RoundID != "" || x.Late != 0 {
		t.Errorf("visit %+v", x)
	}
	uids := map[string]bool{}
	for _, x := range append(p.Parts(c), was.Parts(trip)...) {
		if uids[x.UID] || x.Sequence != 0 && x.UID == "" {
			t.Errorf("%s has the UID of another part", x.ID)
		}
		uids[x.UID] = true
	}
}

// TestTwoEditATrip lets two people save the same revision at once.
func TestTwoEditATrip(t *testing.T) {
	h := newHouse(t)
	v := h.newTrip(t, nil)
	errs := make([]error, 4)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() {
			in := *v
			in.Contact = string(rune('A' + i))
			_, errs[i] = h.SaveTrip(t.Context(), h.boss, &in)
		})
	}
	wait.Wait()
	saved := 0
	for _, err := range errs {
		if err == nil {
			saved++
		} else {
			wantProblem(t, err, Changed)
		}
	}
	if saved != 1 {
		t.Errorf("%d of them saved", saved)
	}
}

func TestDeleteTrip(t *testing.T) {
	h := newHouse(t)
	v := h.newTrip(t, nil)
	_, err := h.SaveProgramme(t.Context(), h.boss, v.ID, &Programme{Hosts: []Host{{Name: "Host", StopID: v.Stops[0].ID}}})
	must(t, err)
	wantHidden(t, h.DeleteTrip(t.Context(), h.other, v.ID))
	a := h.traveller(t, v, "Aino A", "Aurora Oy")
	wantProblem(t, h.DeleteTrip(t.Context(), h.boss, v.ID), Closed)
	h.write(t, func(tx *storage.Tx) error {
		a, err := travellers.Get(tx, a.ID)
		if err != nil {
			return err
		}
		return travellers.Delete(tx, a)
	})
	must(t, h.DeleteTrip(t.Context(), h.boss, v.ID))
	wantHidden(t, h.DeleteTrip(t.Context(), h.boss, v.ID))
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		if n, err := programmes.Count(tx, storage.Query{}); err != nil || n != 0 {
			t.Errorf("%d programmes are left: %v", n, err)
		}
		return nil
	}))
	wantProblem(t, h.DeleteTrip(t.Context(), h.boss, h.spain(t, nil).ID), Closed)
}

// TestCostsAddUp divides any budget among any companies.
func TestCostsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := &Trip{Selection: SelectionRules{Seats: rapid.IntRange(0, maxTripSeats).Draw(t, "seats")}}
		for range rapid.IntRange(0, maxBudget).Draw(t, "lines") {
			v.Budget = append(v.Budget, BudgetLine{Planned: rapid.Int64Range(0, maxAmount).Draw(t, "planned"), Actual: rapid.Int64Range(0, maxAmount).Draw(t, "actual"),
				PerSeat: rapid.Bool().Draw(t, "per seat"), Share: rapid.IntRange(0, 100).Draw(t, "share")})
		}
		lines, planned, actual := v.Costs(rapid.IntRange(0, maxTripSeats).Draw(t, "went"))
		var sum Costs
		for _, l := range lines {
			if l.Planned.Companies < 0 || l.Planned.House < 0 || l.Share == 100 && l.Planned.House != 0 || l.Share == 0 && l.Planned.Companies != 0 {
				t.Fatalf("line %+v", l)
			}
			sum.add(l.Planned)
		}
		if sum.Total != planned.Total || planned.Companies+planned.House != planned.Total || actual.Companies+actual.House != actual.Total {
			t.Fatalf("planned %+v, actual %+v, lines %+v", planned, actual, sum)
		}
		if n := int64(planned.Seats); n > 0 && (planned.PerSeat()*n < planned.Companies || (planned.PerSeat()-1)*n >= planned.Companies && planned.Companies > 0) {
			t.Fatalf("a seat costs %d of %d for %d", planned.PerSeat(), planned.Companies, n)
		}
		seats := rapid.SliceOfN(rapid.IntRange(0, 20), 0, 50).Draw(t, "companies")
		all := 0
		for _, n := range seats {
			all += n
		}
		var paid int64
		for i, x := range planned.Shares(seats) {
			paid += x
			// its even part is Companies*seats/all; compare without dividing the remainder away
			even := planned.Companies / int64(max(all, 1)) * int64(seats[i])
			if rest := planned.Companies % int64(max(all, 1)) * int64(seats[i]); all > 0 && ((x-even)*int64(all) <= rest-int64(all) || (x-even)*int64(all) >= rest+int64(all)) {
				t.Fatalf("%d seats of %d pay %d of %d", seats[i], all, x, planned.Companies)
			}
		}
		if all > 0 && paid != planned.Companies {
			t.Fatalf("companies pay %d of %d", paid, planned.Companies)
		}
	})
}

// TestWhoSeesTrips asks for a draft, an open trip and a delegation as everybody
// there is.
func TestWhoSeesTrips(t *testing.T) {
	h := newHouse(t)
	leader := &Person{Email: "lea@example.org", Name: "Lea Leader", Lang: "en"}
	must(t, h.SavePerson(t.Context(), System("test"), leader))
	draft := h.newTrip(t, func(v *Trip) { v.LeaderIDs = []string{leader.ID} })
	open := h.spain(t, nil)
	comes := h.newTrip(t, func(v *Trip) { v.Direction, v.Title = Incoming, Text{"en": "From Nantes"} })
	lead := Actor{ID: leader.ID, Email: leader.Email}
	for _, c := range []struct {
		name        string
		by          Actor
		sees, lists string
	}{
		{"public", Actor{}, "open", ""}, {"signed in", Actor{ID: "x"}, "open", ""}, {"elsewhere", h.other, "open", ""},
		{"leader", lead, "draft open", "draft"}, {"organiser", h.boss, "draft open comes", "open draft comes"},
	} {
		var sees, lists []string
		for name, v := range map[string]*Trip{"draft": draft, "open": open, "comes": comes} {
			if _, err := h.TripBySlug(t.Context(), c.by, v.Slug); err == nil {
				sees = append(sees, name)
			}
			_, file := TripPage{}, error(nil)
			if _, _, file = h.TripFile(t.Context(), c.by, v.Slug, "en"); (file == nil) != slices.Contains(sees, name) {
				t.Errorf("%s: the calendar of %s: %v", c.name, name, file)
			}
			if _, err := h.TripBoard(t.Context(), c.by, v.ID); (err == nil) != slices.Contains(strings.Fields(c.lists), name) {
				t.Errorf("%s: the board of %s: %v", c.name, name, err)
			}
		}
		mine, _, err := h.Trips(t.Context(), c.by, TripFilter{}, true)
		if err != nil && c.by.SignedIn() {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, v := range mine {
			lists = append(lists, map[string]string{draft.ID: "draft", open.ID: "open", comes.ID: "comes"}[v.ID])
		}
		slices.Sort(sees)
		if want := strings.Fields(c.sees); !slices.Equal(sees, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s sees %v, want %v", c.name, sees, want)
		}
		if want := slices.Sorted(slices.Values(strings.Fields(c.lists))); !slices.Equal(slices.Sorted(slices.Values(lists)), want) {
			t.Errorf("%s lists %v, want %v", c.name, lists, want)
		}
	}
	shown, _, err := h.Trips(t.Context(), Actor{}, TripFilter{}, false)
	if err != nil || len(shown) != 1 || shown[0].ID != open.ID {
		t.Errorf("everybody lists %v: %v", shown, err)
	}
	for name, c := range map[string]struct {
		f TripFilter
		n int
	}{"direction": {TripFilter{Direction: Incoming}, 1}, "state": {TripFilter{State: TripConfirmed}, 1}, "word": {TripFilter{Text: "porto"}, 1}, "cluster": {TripFilter{Cluster: "x"}, 0},
		"from": {TripFilter{From: open.Ends}, 2}, "until": {TripFilter{Until: open.Ends}, 1}} {
		list, _, err := h.Trips(t.Context(), h.boss, c.f, true)
		if err != nil || len(list) != c.n {
			t.Errorf("by %s: %d, want %d: %v", name, len(list), c.n, err)
		}
	}
	counts, err := h.TripCounts(t.Context(), h.boss, TripFilter{State: TripOpen, Until: t0})
	if err != nil || counts[TripDraft] != 1 || counts[TripConfirmed] != 1 || counts[TripAccepted] != 1 {
		t.Errorf("counts %v: %v", counts, err)
	}
}
