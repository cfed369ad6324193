package scheduling

import (
	"fmt"
	"strings"
	"testing"
)

// wish is what the nth company sends to apply.
func wish(n, seats int) ApplicationForm {
	return ApplicationForm{Once: fmt.Sprint("form", n), Company: fmt.Sprintf("Company %d Oy", n), Country: "FI", Name: "Maija Meikäläinen",
		Email: fmt.Sprintf("maija%d@example.org", n), Lang: "en", Seats: seats, Motivation: "We build sensors.", Terms: true}
}

// applies stores the nth company's application.
func (h *testHouse) applies(t testing.TB, trip *Trip, n, seats int) *Application {
	t.Helper()
	a, _, err := h.Apply(t.Context(), h.boss, trip.ID, wish(n, seats))
	must(t, err)
	return a
}

// offered offers the nth company its seats.
func (h *testHouse) offered(t testing.TB, trip *Trip, n, seats int) *Application {
	t.Helper()
	a := h.applies(t, trip, n, seats)
	h.decided(t, trip, Decision{State: ApplicationOffered}, a)
	return a
}

func (h *testHouse) decided(t testing.TB, trip *Trip, in Decision, as ...*Application) {
	t.Helper()
	var ids []string
	for _, a := range as {
		ids = append(ids, a.ID)
	}
	_, err := h.DecideApplications(t.Context(), h.boss, trip.ID, ids, in)
	must(t, err)
}

// link is the last part of an application's own address.
func (h *testHouse) link(a *Application) string {
	return strings.TrimPrefix(h.ApplicationURL(a), h.BaseURL+"/applications/")
}

// selected reads a trip with its applications, by company.
func (h *testHouse) selected(t testing.TB, tripID string) *SelectionPage {
	t.Helper()
	p, err := h.Applications(t.Context(), h.boss, tripID, ApplicationFilter{Sort: "company"})
	must(t, err)
	return p
}

func (h *testHouse) selecting(t testing.TB, set func(*Trip)) *Trip {
	t.Helper()
	return h.spain(t, func(trip *Trip) {
		trip.State, trip.Selection.PerCompany = TripSelection, 3
		trip.Selection.Terms = Text{"en": "Whoever commits pays half.", "fi": "Sitoutunut maksaa puolet."}
		if set != nil {
			set(trip)
		}
	})
}
