package scheduling

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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
	a := &Application{Meta: storage.Meta{ID: storage.NewID()}, TripID: trip.ID, State: state, Company: company, Sort: strings.ToLower(company), Name: "Contact", Email: Slug(company) + "@example.org", Lang: "en", Seats: seats, Words: words(company)}
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

// TestTwoEditATrip lets two people save the same revision at once.
func TestTwoEditATrip(t *testing.T) {
	h := newHouse(t)
	v := h.newTrip(t, nil)
	errs := make([]error, 4)
	var wait sync.WaitGroup
	for i := range errs {
		in := h.tripNow(t, v.ID)
		in.Contact = string(rune('A' + i))
		wait.Go(func() { _, errs[i] = h.SaveTrip(t.Context(), h.boss, in) })
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
