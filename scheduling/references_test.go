package scheduling

import (
	"testing"

	"kohtaamo/storage"
)

func TestReferences(t *testing.T) {
	h := newHouse(t)
	admin := System("test")
	e := NewEvent(h.cluster, t0.AddDate(0, 1, 0))
	e.Title = Text{"en": "Open house"}
	for field, spoil := range map[string]func(*Event){
		"cluster_ids": func(e *Event) { e.ClusterIDs = []string{h.cluster.ID, "nowhere"} },
		"group_ids":   func(e *Event) { e.GroupIDs = []string{"nowhere"} },
		"project_id":  func(e *Event) { e.ProjectID = "nowhere" },
	} {
		wrong := *e
		spoil(&wrong)
		_, err := h.SaveEvent(t.Context(), admin, &wrong)
		wantField(t, err, field)
	}
	wantField(t, h.SavePerson(t.Context(), admin, &Person{Name: "Aino", Email: "aino@example.org", CompanyID: "nowhere"}), "company_id")
	wantField(t, h.SaveCompany(t.Context(), admin, &Company{Name: "Aava", Country: "FI", Kind: SME, ClusterIDs: []string{"nowhere"}}), "cluster_ids")
	wantField(t, h.SaveGroup(t.Context(), h.boss, &Group{Slug: "g", ClusterID: h.cluster.ID, Kind: "working", Name: Text{"en": "G"}, Members: []string{"nobody"}}), "members")
	if _, err := h.SaveEvent(t.Context(), admin, e); err != nil {
		t.Errorf("an event that names what is there: %v", err)
	}
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	p := ProblemIn(err)
	if p == nil || p.Fields[field] == "" || len(p.Fields) != 1 {
		t.Errorf("error = %v, want one about %s only", err, field)
	}
}

// A program that did not hear the answer asks again under the same id.
func TestWalkInTwiceUnderOneID(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	guest := Signup{Name: "Väinö Vieras", ID: storage.NewID()}
	first, err := h.WalkIn(t.Context(), h.boss, e.ID, guest)
	must(t, err)
	again, err := h.WalkIn(t.Context(), h.boss, e.ID, guest)
	must(t, err)
	if first.Registration.ID != guest.ID || again.Registration.ID != guest.ID || h.seating(t, e.ID).Attended != 1 {
		t.Errorf("walk-ins %s and %s, %d attended, want one", first.Registration.ID, again.Registration.ID, h.seating(t, e.ID).Attended)
	}
}
