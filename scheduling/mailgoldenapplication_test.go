package scheduling

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

// applications writes to the reader about an application of theirs, from each
// state it can be in.
func (p *post) applications() {
	trip := p.trip()
	for _, kind := range applicationMailKinds {
		a := &Application{TripID: trip.ID, Company: "Pohjoisen Anturi Oy", Country: "FI", Name: p.reader.Name, Email: p.reader.Email, Lang: p.lang,
			State: ApplicationState(strings.TrimPrefix(kind, "application.")), Seats: 2, Wanted: 2}
		switch kind {
		case applicationReceived, applicationAgain:
			a.State = ApplicationSubmitted
		case applicationReminder:
			a.State = ApplicationOffered
		case applicationConfirmed, applicationCommitAsked:
			a.State = ApplicationAccepted
		case applicationDeclined:
			a.EndedBy, a.Reason = endedByOrganiser, p.in("The trip is for makers of parts.", "Matka on osien valmistajille.")
		case applicationWithdrawn:
			a.EndedBy = endedByCompany
		case applicationCalledOff:
			a.State, a.EndedBy, a.Reason = ApplicationWithdrawn, endedByTrip, p.in("Too few companies.", "Yrityksiä oli liian vähän.")
		}
		if a.State == ApplicationOffered {
			a.Deadline = t0.AddDate(0, 0, 3)
		}
		a.Meta = fixed("application" + strings.ReplaceAll(strings.TrimPrefix(kind, "application."), "_", ""))
		a.index()
		a.Live = ""
		p.keep(applications.Put(p.tx, a))
		p.keep(p.tellApplicant(p.tx, trip, a, kind))
	}
}

// trip stores a trip that mails are about.
func (p *post) trip() *Trip {
	t := &Trip{Meta: fixed("trip"), Slug: "spain", Direction: Outgoing, State: TripSelection, Title: Text{"en": "Spain and Portugal", "fi": "Espanja ja Portugali"},
		ClusterIDs: []string{p.cluster.ID}, ProjectID: p.event.ProjectID, Zone: HouseZone, Contact: "Outi Organiser", ContactEmail: "outi@kohtaamo.example", Currency: "EUR",
		Stops: []Stop{
			{ID: "madrid", Country: "ES", City: "Madrid", Zone: "Europe/Madrid", From: "2027-02-08", Until: "2027-02-10"},
			{ID: "porto", Country: "PT", City: "Porto", Zone: "Europe/Lisbon", From: "2027-02-10", Until: "2027-02-12"},
		},
		Selection: SelectionRules{Seats: 4, Minimum: 2, OfferHours: 72, CommitBy: t0.AddDate(0, 0, 14)}, UID: "trip@kohtaamo.example", Changed: t0}
	t.index()
	p.keep(trips.Put(p.tx, t))
	return t
}

// TestApplicationMails has a company go all the way to the trip: it is told of
// each step, with the one next thing to do, and of nothing that no longer holds.
func TestApplicationMails(t *testing.T) {
	h := newHouse(t)
	trip := h.selecting(t, func(x *Trip) { x.Selection.CommitBy = t0.AddDate(0, 0, 10) })
	a := h.offered(t, trip, 1, 2)
	link := h.link(a)
	run := func(at time.Time) {
		h.at(at)
		for range 2 {
			_, err := h.ExpireApplicationOffers(t.Context(), at)
			must(t, err)
		}
	}
	run(t0.Add(47 * time.Hour))
	want := func(kinds ...string) {
		t.Helper()
		if got := h.mails(t, a.Email); fmt.Sprint(got) != fmt.Sprint(kinds) {
			t.Errorf("mails %v, want %v", got, kinds)
		}
	}
	want(applicationOffered)
	run(t0.Add(49 * time.Hour))
	want(applicationOffered, applicationReminder)
	_, err := h.AcceptSeats(t.Context(), link)
	must(t, err)
	want(applicationAccepted)
	h.moved(t, trip, TripConfirmed)
	want(applicationAccepted, applicationConfirmed)
	run(t0.AddDate(0, 0, 8))
	want(applicationAccepted, applicationConfirmed, applicationCommitAsked)
	_, err = h.CommitApplication(t.Context(), link, true, "en")
	must(t, err)
	run(t0.AddDate(0, 0, 9))
	want(applicationCommitted)
	m := h.mailsTo(t, a.Email)
	last := m[len(m)-1].Letter
	if last.Button.URL != h.ApplicationURL(a) || len(last.Facts) != 5 || last.Facts[1].Value != "Mon 8 Feb 2027 – Fri 12 Feb 2027" || last.Facts[2].Value != "Madrid – Vitoria-Gasteiz – Porto" {
		t.Errorf("%+v leads to %s", last.Facts, last.Button.URL)
	}
	h.moved(t, trip, TripCancelled)
	want(applicationCalledOff)
}

// moved brings a trip to a state.
func (h *testHouse) moved(t testing.TB, trip *Trip, to TripState) {
	t.Helper()
	h.write(t, func(tx *storage.Tx) error {
		x, err := trips.Get(tx, trip.ID)
		must(t, err)
		return h.moveTrip(tx, h.boss, x, to, "")
	})
}
