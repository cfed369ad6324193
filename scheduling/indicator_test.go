package scheduling

import (
	"testing"

	"kohtaamo/storage"
)

func TestFiguresOfOneEvent(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	for n := range 3 {
		h.register(t, e, n)
	}
	h.at(e.Ends.AddDate(0, 0, 1))
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		return memberships.Put(tx, &Membership{Meta: storage.Meta{ID: storage.NewID()}, CompanyID: "none", ClusterID: h.cluster.ID, State: JoinActive, Joined: t0})
	}))
	figures, err := h.Figures(t.Context(), h.boss, Scope{})
	must(t, err)
	if want := []Figure{{Key: "members", N: 1}, {Key: "events", N: 1}, {Key: "participants", N: 3}}; len(figures) != 3 || figures[0] != want[0] || figures[1] != want[1] || figures[2] != want[2] {
		t.Errorf("figures = %v, want %v", figures, want)
	}
	rows, next, err := h.FigureRows(t.Context(), h.boss, "participants", Scope{}, "", 2)
	must(t, err)
	if len(rows) != 2 || next == "" || rows[0].Label == "" {
		t.Errorf("rows = %v, next %q", rows, next)
	}
	if rows, next, err = h.FigureRows(t.Context(), h.boss, "participants", Scope{}, next, 2); err != nil || len(rows) != 1 || next != "" {
		t.Errorf("rows = %v, next %q, %v", rows, next, err)
	}
}
