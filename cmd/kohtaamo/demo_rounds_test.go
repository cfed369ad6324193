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

// checkDemoGroups finds groups of companies with a meeting that is being asked
// for, a draft and a visit day that has its programme.
func checkDemoGroups(t *testing.T, h *house) {
	ctx, by := t.Context(), scheduling.System("test")
	cells, err := h.desk.B2BGroup(ctx, by, demoGroup(t, h, "second-life-cells"))
	if err != nil || cells.B2B.State != scheduling.B2BActive || cells.B2B.Accepted != 4 {
		t.Fatalf("group %+v, %v", cells, err)
	}
	if list, err := h.desk.Gatherings(ctx, by, cells.Group.ID); err != nil || len(list.Gatherings) != 1 || list.Gatherings[0].State != scheduling.GatheringTentative {
		t.Errorf("meetings %+v, %v", list, err)
	}
	if p, err := h.desk.CoDevelopment(ctx, by, cells.Group.ID, 0); err != nil || p.Draft.Version != 1 || len(p.Draft.Parties) != 4 {
		t.Errorf("draft %+v, %v", p, err)
	}
	if days, err := h.desk.VisitDays(ctx, by, cells.Group.ID); err != nil || len(days) != 1 || len(days[0].Programme) != 2 {
		t.Errorf("visit days %+v, %v", days, err)
	}
}

func demoGroup(t *testing.T, h *house, slug string) string {
	t.Helper()
	list, err := h.desk.Groups(t.Context(), "")
	for _, g := range list {
		if g.Slug == slug {
			return g.ID
		}
	}
	t.Fatalf("no group %s, %v", slug, err)
	return ""
}
