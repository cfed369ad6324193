package scheduling

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

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
