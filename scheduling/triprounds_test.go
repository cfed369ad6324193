package scheduling

import (
	"slices"
	"testing"
	"time"

	"kohtaamo/storage"
)

// roundOn makes a round in the stop of a trip of spain.
func (h *testHouse) roundOn(t testing.TB, trip *Trip, stop string) *Round {
	t.Helper()
	draft, err := h.RoundAtStop(t.Context(), h.boss, trip.ID, stop)
	must(t, err)
	r, err := h.SaveRound(t.Context(), h.boss, draft)
	must(t, err)
	return r
}

// TestRoundInAStop has a round take the days, the zone and the funding of its
// stop and trip.
func TestRoundInAStop(t *testing.T) {
	h := newHouse(t)
	project := &Project{Name: Text{"en": "Circular North"}, Code: "CN", From: "2026-01-01", Until: "2028-12-31"}
	must(t, h.SaveProject(t.Context(), System("test"), project))
	trip := h.spain(t, func(v *Trip) { v.ProjectID = project.ID })
	r := h.roundOn(t, trip, "porto")
	if r.Zone != "Europe/Lisbon" || len(r.Days) != 3 || r.Days[0].Date != "2027-02-10" || r.Days[2].Date != "2027-02-12" || r.TripID != trip.ID || r.StopID != "porto" {
		t.Errorf("the round is in %s on %v, of the trip %s", r.Zone, r.Days, r.TripID)
	}
	if got := r.Slots[0].Starts; !got.Equal(in(t, "Europe/Lisbon", "2027-02-10 09:00")) {
		t.Errorf("its first slot is at %s", got)
	}
	h.write(t, func(tx *storage.Tx) error {
		m, err := h.roundMail(tx, r, roundLetter{kind: "round.moved", to: &Person{Email: "a@example.org", Name: "A", Lang: "en"}})
		must(t, err)
		if m.Letter.Emblem == nil || m.Letter.Emblem.Project != "Circular North" {
			t.Errorf("a mail of the round shows %+v", m.Letter.Emblem)
		}
		return nil
	})
	list, err := h.RoundsOfTrip(t.Context(), h.boss, trip.ID)
	must(t, err)
	if len(list) != 1 {
		t.Errorf("the trip has %d rounds, want 1", len(list))
	}
	if list, err = h.RoundsOfTrip(t.Context(), Actor{}, trip.ID); err != nil || len(list) != 0 {
		t.Errorf("the public sees %d drafts (%v)", len(list), err)
	}
	_, err = h.RoundAtStop(t.Context(), h.other, trip.ID, "porto")
	wantHidden(t, err)
	theirs := NewRound(&Cluster{Zone: HouseZone, Meta: storage.Meta{ID: h.other.Grants[0].Cluster}}, t0.AddDate(0, 0, 60))
	theirs.Title = Text{"en": "Theirs"}
	theirs, err = h.SaveRound(t.Context(), h.other, theirs)
	must(t, err)
	theirs.TripID, theirs.StopID = trip.ID, "porto"
	_, err = h.SaveRound(t.Context(), h.other, theirs)
	if p := wantProblem(t, err, Invalid); p.Fields["trip_id"] == "" {
		t.Errorf("faults are %v, want one of the trip", p.Fields)
	}
}

// TestEnterTrip enters a trip's companies and the hosts of the stop, twice, and
// keeps the round's times free in the programme.
func TestEnterTrip(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, nil)
	aurora := h.firm(t, "Aurora Oy", nil)
	a, err := h.AddTraveller(t.Context(), h.boss, trip.ID, &Traveller{Name: "Aino A", Company: "Aurora Oy", CompanyID: aurora.ID, Email: "aino@example.org", Lang: "en", Role: AsDelegate})
	must(t, err)
	b := h.traveller(t, trip, "Bea B", "Borealis Oy") // her company is not known
	h.planned(t, trip, []*Traveller{a}, []*Traveller{b}, func(p *Programme) {
		p.Hosts[0].Contacts = []HostContact{{Name: "Gloria García", Title: "Sales", Email: "gloria@uno.example"}, {Name: "Without address"}}
		p.Legs, p.Activities = nil, nil // the round has the days for itself
		p.Hosts = append(p.Hosts, Host{ID: "far", StopID: "porto", Name: "Longe", Lang: "en", Contacts: []HostContact{{Name: "Rui", Email: "rui@longe.example"}}})
	})
	r := h.roundOn(t, trip, "madrid")
	out, err := h.EnterTrip(t.Context(), h.boss, r.ID)
	must(t, err)
	if out.Entered != 2 || out.Already != 0 || !slices.Equal(out.Left, []string{"Bea B", "Laboratorio Dos"}) {
		t.Errorf("entered: %+v", out)
	}
	if out, err = h.EnterTrip(t.Context(), h.boss, r.ID); err != nil || out.Entered != 0 || out.Already != 2 {
		t.Errorf("entered again: %+v (%v)", out, err)
	}
	list, _, err := h.RoundEntrants(t.Context(), h.boss, r.ID, EntrantFilter{})
	must(t, err)
	names := []string{}
	for _, e := range list {
		names = append(names, e.Name+": "+e.People[0].Name+", "+e.Country)
	}
	if want := []string{"Aurora Oy: Aino A, FI", "Talleres Uno: Gloria García, ES"}; !slices.Equal(names, want) {
		t.Errorf("entrants are %q, want %q", names, want)
	}
	h.wantMails(t, "aino@example.org", "traveller.named", "itinerary.published", "entrant.in")
	_, err = h.EnterTrip(t.Context(), h.other, r.ID)
	wantHidden(t, err)

	var p *ProgrammePage
	for range 2 {
		p, err = h.PutRoundInProgramme(t.Context(), h.boss, r.ID)
		must(t, err)
	}
	var found []Activity
	for _, x := range p.Programme.Activities {
		if x.RoundID == r.ID {
			found = append(found, x)
		}
	}
	if len(found) != 2 || found[0].Kind != B2B || !slices.Equal(found[0].TravellerIDs, []string{a.ID}) ||
		!found[0].Starts.Equal(in(t, "Europe/Madrid", "2027-02-08 09:00")) || !found[0].Ends.Equal(r.lastOn(t, "2027-02-08")) {
		t.Errorf("the programme has %+v", found)
	}
}

// lastOn is when the last slot of a day in Madrid ends.
func (r *Round) lastOn(t testing.TB, day string) (last time.Time) {
	t.Helper()
	for _, s := range r.Slots {
		if s.Starts.In(r.Location()).Format(time.DateOnly) == day {
			last = s.Ends
		}
	}
	return last
}

// TestGroupMeetingsOfADelegation plans a day with groups for visitors: it is
// linked both ways and stands in their programme once it is confirmed.
func TestGroupMeetingsOfADelegation(t *testing.T) {
	h := newHouse(t)
	trip := h.asks(t, nil)
	_, err := h.VisitDayFor(t.Context(), h.boss, trip.ID)
	wantProblem(t, err, Closed)
	h.accepted(t, trip)
	_, err = h.AddVisitor(t.Context(), h.DelegationLink(trip), Traveller{Name: "Ada", Email: "ada@grandest.example"})
	must(t, err)
	v, err := h.VisitDayFor(t.Context(), h.boss, trip.ID)
	must(t, err)
	if v.Party != "Grand Est Développement" || len(v.People) != 1 || v.Date != "2027-04-13" || v.Zone != HouseZone || v.ClusterID != h.cluster.ID {
		t.Errorf("the draft is %+v", v)
	}
	g := h.b2bNew(t, "france", nil)
	v.Venues = []Venue{{ID: "hall", Name: "City hall"}}
	v.Stops = []VisitStop{{ID: "s", GroupID: g.ID, VenueID: "hall", Minutes: 60}}
	v, err = h.SaveVisitDay(t.Context(), h.boss, v)
	must(t, err)
	p, err := h.Enquiry(t.Context(), h.boss, trip.ID)
	must(t, err)
	if len(p.Days) != 1 || p.Days[0].ID != v.ID || v.TripID != trip.ID {
		t.Errorf("the trip has %d days, the day belongs to %q", len(p.Days), v.TripID)
	}
	h.write(t, func(tx *storage.Tx) error {
		v.State = VisitConfirmed
		v.Programme = []VisitPlace{{StopID: "s", Starts: in(t, HouseZone, "2027-04-13 10:00"), Ends: in(t, HouseZone, "2027-04-13 11:00")}}
		lines, err := visitorsLines(tx, trip, &Programme{}, []*VisitDay{v})
		must(t, err)
		if len(lines) != 1 || lines[0].Where != "City hall" || lines[0].StartZone != HouseZone {
			t.Errorf("the visitors read %+v", lines)
		}
		return nil
	})
	stolen := *v
	stolen.ID, stolen.Rev, stolen.TripID = storage.NewID(), 0, h.spain(t, nil).ID
	_, err = h.SaveVisitDay(t.Context(), h.boss, &stolen)
	wantProblem(t, err, Invalid)
}
