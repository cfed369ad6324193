package scheduling

import (
	"testing"
)

func TestCheckIn(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 2 })
	r, second, waits := h.register(t, e, 1), h.register(t, e, 2), h.register(t, e, 3)
	door := Actor{ID: "d", Name: "Dora Door", Via: "page", Grants: []Grant{{Role: Door, Cluster: h.cluster.ID}}}

	a, err := h.CheckIn(t.Context(), door, e.ID, " https://kohtaamo.example/t/"+r.Ticket[:4]+"-"+r.Ticket[4:])
	must(t, err)
	if a.Again || a.Registration.CheckedInBy != "Dora Door" {
		t.Errorf("first: %+v", a)
	}
	a, err = h.CheckIn(t.Context(), door, e.ID, r.Ticket)
	must(t, err)
	if !a.Again {
		t.Error("a ticket shown twice was not noticed")
	}
	_, err = h.CheckIn(t.Context(), door, e.ID, waits.Ticket)
	if p := wantProblem(t, err, Closed); p.Key != "checkin.waitlisted" {
		t.Errorf("key = %s", p.Key)
	}
	_, err = h.CheckIn(t.Context(), door, e.ID, "NOSUCH")
	wantProblem(t, err, Invalid)
	elsewhere := h.event(t, nil)
	_, err = h.CheckIn(t.Context(), door, elsewhere.ID, second.Ticket)
	wantProblem(t, err, Invalid)

	if s := h.seating(t, e.ID); s.Attended != 1 || s.Taken != 2 {
		t.Errorf("seating = %+v", s)
	}
	_, err = h.UndoCheckIn(t.Context(), door, e.ID, r.ID)
	must(t, err)
	h.wantState(t, r, Confirmed)
	if got := h.mails(t, r.Email); len(got) != 1 {
		t.Errorf("the door sends mail: %v", got)
	}
}

func TestWalkIn(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 3 })
	r := h.register(t, e, 1)

	known, err := h.WalkIn(t.Context(), h.boss, e.ID, Signup{Name: "Person", Email: r.Email})
	must(t, err)
	if known.Registration.ID != r.ID {
		t.Error("somebody registered was registered again at the door")
	}
	for range 2 { // two people without an address are two people
		_, err = h.WalkIn(t.Context(), h.boss, e.ID, Signup{Name: "Matti"})
		must(t, err)
	}
	_, err = h.WalkIn(t.Context(), h.boss, e.ID, Signup{Name: "One too many"})
	wantProblem(t, err, Full)
	if s := h.seating(t, e.ID); s.Attended != 3 || s.Taken != 3 {
		t.Errorf("seating = %+v", s)
	}
}

// A registration is found by what its list is searched for.
func TestSearch(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	u := signup(1)
	u.Name, u.Company = "Päivi Äijälä", "Northern Power Oy"
	_, err := h.Register(t.Context(), Actor{}, e.ID, u)
	must(t, err)
	h.register(t, e, 2)
	for _, text := range []string{"äij", "PÄIVI", "north pow", "person001@ex"} {
		got, _, err := h.Registrations(t.Context(), h.boss, e.ID, RegFilter{Text: text})
		must(t, err)
		if len(got) != 1 || got[0].Name != u.Name {
			t.Errorf("%q finds %d", text, len(got))
		}
	}
}
