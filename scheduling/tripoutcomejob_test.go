package scheduling

import (
	"slices"
	"strings"
	"testing"
)

// Travellers are asked once on the morning after the trip, and by hand once a
// day while their company has not answered.
func TestAskingWhatCameOfATrip(t *testing.T) {
	x := newToured(t, nil)
	asks := func(at string) {
		t.Helper()
		x.at(in(t, "Europe/Helsinki", at))
		for range 2 {
			_, err := x.AskTripOutcomes(t.Context(), x.now())
			must(t, err)
		}
	}
	asks("2027-02-13 10:00") // not home, as far as is known
	x.moves(t, TripCompleted)
	asks("2027-02-13 08:59")
	if got := x.mails(t, x.aino.Email); len(got) != 0 {
		t.Errorf("before nine in the morning: %v", got)
	}
	must(t, x.says(t, x.bea, "lab", LadderContact))
	asks("2027-02-13 09:00")
	for v, want := range map[*Traveller]int{x.aino: 1, x.anna: 1, x.bea: 0} {
		if got := x.mails(t, v.Email); len(got) != want {
			t.Errorf("%s got %v", v.Name, got)
		}
	}
	m := x.mailsTo(t, x.aino.Email)[0]
	if len(m.Letter.Links) != 1 || m.Letter.Links[0].URL != x.TravelURL(x.aino)+"/outcomes/seat" || m.Letter.Links[0].Label != "Talleres Uno" {
		t.Errorf("links %+v", m.Letter.Links)
	}
	for range 2 {
		_, err := x.RemindTripOutcomes(t.Context(), x.leader, x.trip.ID)
		must(t, err)
	}
	must(t, x.says(t, x.anna, "seat", LadderContact))
	n, err := x.RemindTripOutcomes(t.Context(), x.leader, x.trip.ID)
	must(t, err)
	if got := x.mails(t, x.aino.Email); len(got) != 2 || n != 0 {
		t.Errorf("asked again: %v, and %d who answered", got, n)
	}
}

func TestNothingIsAskedOfACancelledTrip(t *testing.T) {
	x := newToured(t, nil)
	x.moves(t, TripCancelled)
	if p := ProblemIn(x.says(t, x.aino, "seat", LadderContact)); p == nil || p.Key != "tripoutcome.called_off" {
		t.Errorf("error = %v", p)
	}
	if _, err := x.RemindTripOutcomes(t.Context(), x.boss, x.trip.ID); ProblemIn(err) == nil {
		t.Errorf("reminded: %v", err)
	}
	x.moves(t, TripCompleted)
	x.at(x.trip.Ends.AddDate(2, 0, 0))
	if p := ProblemIn(x.says(t, x.aino, "seat", LadderContact)); p == nil || p.Key != "tripoutcome.late" {
		t.Errorf("two years later: %v", p)
	}
}

func TestTripNextStepReminder(t *testing.T) {
	x := newToured(t, nil)
	next := func(due, owner string) {
		t.Helper()
		_, err := x.SaveOutcomeByLink(t.Context(), x.link(x.aino), "seat", func(o *TripOutcome) { o.Next, o.Due, o.Owner = "Send the data sheet", due, owner })
		must(t, err)
	}
	day := func(at string) {
		t.Helper()
		x.at(in(t, "Europe/Helsinki", at))
		for range 2 {
			_, err := x.AskTripOutcomes(t.Context(), x.now())
			must(t, err)
		}
	}
	next("2027-03-01", x.anna.PersonID)
	day("2027-02-28 12:00")
	day("2027-03-01 06:59")
	if got := x.mails(t, x.anna.Email); len(got) != 0 {
		t.Errorf("before the day: %v", got)
	}
	day("2027-03-01 07:00")
	day("2027-03-02 12:00")
	if got := x.mails(t, x.anna.Email); !slices.Equal(got, []string{mailTripNext}) {
		t.Errorf("on the day: %v", got)
	}
	if g := x.grid(t); g.Figure[TripOutcomesOverdue] != 1 || len(g.Steps()) != 1 {
		t.Errorf("figures %v", g.Figure)
	}
	next("2027-03-05", "")
	_, err := x.SaveOutcomeByLink(t.Context(), x.link(x.aino), "seat", func(o *TripOutcome) { o.Done = true })
	must(t, err)
	day("2027-03-05 12:00")
	if got := x.mails(t, x.aino.Email); len(got) != 0 {
		t.Errorf("of a step that is done: %v", got)
	}
	next("2027-03-06", x.leader.ID)
	_, err = x.SaveOutcomeByLink(t.Context(), x.link(x.aino), "seat", func(o *TripOutcome) { o.Done = false })
	must(t, err)
	day("2027-03-06 12:00")
	m := x.mailsTo(t, x.leader.Email)
	if len(m) != 1 || !strings.Contains(m[0].Letter.Button.URL, "/organise/trips/"+x.trip.ID+"/outcomes/seat/") {
		t.Errorf("the leader got %d mails", len(m))
	}
}
