package main

import (
	"testing"

	"kohtaamo/scheduling"
)

// checkDemoRounds finds a round that is over and of which both sides said what
// came, one whose schedule is out, and one in which companies ask each other.
func checkDemoRounds(t *testing.T, h *house) {
	ctx, by := t.Context(), scheduling.System("test")
	closed := demoRound(t, h, scheduling.RoundClosed)
	report, err := h.desk.OutcomeReport(ctx, by, closed.ID)
	if err != nil || len(report.Rows) < 5 || report.Spoke < len(report.Rows) {
		t.Errorf("of the closed round's %d meetings, %d sides spoke, %v", len(report.Rows), report.Spoke, err)
	}
	published := demoRound(t, h, scheduling.RoundPublished)
	list, err := h.desk.Meetings(ctx, by, published.ID)
	if in := demoEntrants(t, h, published); err != nil || len(list) < 100 || in != 60 {
		t.Errorf("%d meetings of %d entrants are published, %v", len(list), in, err)
	}
	asking := demoRound(t, h, scheduling.RoundRequests)
	list, err = h.desk.Meetings(ctx, by, asking.ID)
	if in := demoEntrants(t, h, asking); err != nil || asking.Way != scheduling.ByBooking || len(list) == 0 || in < 20 {
		t.Errorf("%d entrants book %d meetings %s, %v", in, len(list), asking.Way, err)
	}
}

// demoEntrants counts those that are in a round.
func demoEntrants(t *testing.T, h *house, r *scheduling.Round) int {
	t.Helper()
	list, _, err := h.desk.RoundEntrants(t.Context(), scheduling.System("test"), r.ID, scheduling.EntrantFilter{State: scheduling.EntrantIn, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
