package scheduling

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// TestTripNeeds takes a trip through its life and looks at what it waits for.
func TestTripNeeds(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, func(v *Trip) { v.State, v.Selection.Seats = TripDraft, 0 })
	now := func(want ...string) {
		t.Helper()
		b, err := h.TripBoard(t.Context(), h.boss, trip.ID)
		must(t, err)
		var got []string
		for _, n := range b.Needs() {
			got = append(got, strings.TrimPrefix(n.Key, "trip.need."))
			if !texts().In("en").Has(n.Key) {
				t.Errorf("no words for %s", n.Key)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s waits for %v, want %v", b.Trip.State, got, want)
		}
		a, err := h.Attention(t.Context(), h.boss)
		must(t, err)
		var urgent, called []string
		for _, n := range b.Needs() {
			if urgentTrips[n.Key] {
				urgent = append(urgent, n.Key)
			}
		}
		for _, c := range a.Trips {
			called = append(called, c.Key)
		}
		if b.Trip.State != TripDraft && !slices.Equal(urgent, called) {
			t.Errorf("the dashboard names %v of %v", called, urgent)
		}
		if a, err := h.Attention(t.Context(), h.other); err != nil || len(a.Trips) != 0 {
			t.Errorf("another organiser's dashboard: %v, %v", a.Trips, err)
		}
	}
	put := func(set func(*Trip)) {
		t.Helper()
		v := h.tripNow(t, trip.ID)
		set(v)
		h.write(t, func(tx *storage.Tx) error { return trips.Put(tx, v) })
	}
	now("seats")
	put(func(v *Trip) { v.Selection.Seats, v.Selection.ClosesAt = 4, t0 })
	now("closing")
	put(func(v *Trip) { v.State, v.Selection.ClosesAt = TripOpen, t0.AddDate(0, 0, 1) })
	now("minimum") // it begins in less than four weeks
	h.at(in(t, "Europe/Madrid", "2027-01-10 23:59"))
	now()
	h.at(in(t, "Europe/Madrid", "2027-01-11 00:01"))
	now("minimum")
	one := h.applied(t, trip, "Aurora", 2, ApplicationSubmitted, nil)
	put(func(v *Trip) { v.State = TripSelection })
	now("undecided", "minimum")
	h.write(t, func(tx *storage.Tx) error {
		a, err := applications.Get(tx, one.ID)
		if err != nil {
			return err
		}
		a.State = ApplicationAccepted
		return applications.Put(tx, a)
	})
	now("confirm")
	put(func(v *Trip) { v.State = TripConfirmed })
	now("leader", "names")
	lea := &Person{Email: "lea@example.org", Name: "Lea Leader", Lang: "en"}
	must(t, h.SavePerson(t.Context(), System("test"), lea))
	put(func(v *Trip) { v.LeaderIDs = []string{lea.ID, "erased"} })
	now("names")
	for _, name := range []string{"Aino A", "Bea B"} {
		v := h.traveller(t, trip, name, "Aurora")
		h.write(t, func(tx *storage.Tx) error {
			v, err := travellers.Get(tx, v.ID)
			if err != nil {
				return err
			}
			v.ApplicationID = one.ID
			if name == "Bea B" {
				v.Data = &TravellerData{}
			}
			return travellers.Put(tx, v)
		})
	}
	now("data")
	_, err := h.SaveProgramme(t.Context(), h.boss, trip.ID, &Programme{Hosts: []Host{{Name: "Uno", StopID: "madrid", State: HostInvited}},
		Activities: []Activity{{Kind: HostVisit, StopID: "madrid", Title: Text{"en": "Visit"}, Starts: trip.Starts.Add(9 * time.Hour), Ends: trip.Starts.Add(10 * time.Hour)}}})
	must(t, err)
	now("data", "unhosted", "hosts")
	h.at(in(t, "Europe/Madrid", "2027-01-25 00:01"))
	now("data", "unhosted", "hosts", "programme")
	_, err = h.MoveTrips(t.Context(), trip.Ends)
	must(t, err)
	h.at(trip.Ends)
	now("report")
	put(func(v *Trip) { v.State = TripCancelled })
	now()
	put(func(v *Trip) { v.State = TripSelection })
	now("gone")
}

// TestTripsInNewsletters fills in the blocks of one trip and of all that are
// open, in a cluster's newsletter and another's.
func TestTripsInNewsletters(t *testing.T) {
	h := newHouse(t)
	open := h.spain(t, func(v *Trip) {
		v.State, v.Summary, v.PublishedAt = TripOpen, Text{"en": "Electric buses", "fi": "Sähköbusseja"}, t0
		v.Selection.ClosesAt = in(t, "Europe/Helsinki", "2027-01-23 16:00")
	})
	closed := h.spain(t, func(v *Trip) { v.Slug, v.Title = "italy", Text{"en": "Italy"} })
	draft := h.newTrip(t, nil)
	block := func(text string, cluster string) (out shownBlock, err error) {
		t.Helper()
		pieces, err := campaignText(text, "en")
		must(t, err)
		_ = h.DB.View(t.Context(), func(tx *storage.Tx) error {
			out, err = h.block(tx, &Campaign{ClusterID: cluster, Reach: []string{cluster}}, pieces[0], "en")
			return nil
		})
		return out, err
	}
	mine, theirs := h.cluster.ID, h.other.Grants[0].Cluster
	one, err := block("{trip:spain}", mine)
	must(t, err)
	if i := one.items[0]; i.When != "Mon 8 Feb 2027 – Fri 12 Feb 2027" || i.Where != "Madrid – Vitoria-Gasteiz – Porto" || i.About != "Electric buses" ||
		i.Action != "Apply by Sat 23 Jan 2027, 16:00 (Helsinki)" || !strings.HasSuffix(i.URL, "/trips/spain") {
		t.Errorf("shows %+v", i)
	}
	if it, err := block("{trip:"+closed.ID+"}", mine); err != nil || it.items[0].Title != "Italy" {
		t.Errorf("by its id %+v: %v", it, err)
	}
	for _, c := range [][2]string{{"{trip:" + draft.Slug + "}", mine}, {"{trip:spain}", theirs}, {"{trip:nowhere}", mine}} {
		if _, err := block(c[0], c[1]); !IsHidden(err) {
			t.Errorf("%s of %s: %v", c[0], c[1], err)
		}
	}
	all, err := block("{trips:open}", mine)
	if err != nil || len(all.items) != 1 || all.items[0].Title != open.Title["en"] {
		t.Errorf("open ones %+v: %v", all, err)
	}
	if none, err := block("{trips:open}", theirs); err != nil || len(none.items) != 0 {
		t.Errorf("open ones of others %+v: %v", none, err)
	}
	if _, err := campaignText("{trips:all}", "en"); ProblemIn(err) == nil {
		t.Error("a block of trips that there is not is understood")
	}
	choices, err := h.CampaignChoices(t.Context(), h.boss, &Campaign{})
	must(t, err)
	if len(choices.Trips) != 2 {
		t.Errorf("%d trips to choose from", len(choices.Trips))
	}
	_, err = h.SetTripState(t.Context(), h.boss, open.ID, TripCancelled, "x")
	must(t, err)
	if gone, err := block("{trip:spain}", mine); err != nil || !strings.HasPrefix(gone.items[0].When, "Cancelled") {
		t.Errorf("called off it is %+v: %v", gone, err)
	}
}

// TestTripEntriesHaveTheirDays writes trips of any zones as the days that were
// typed, whatever day it is in between.
func TestTripEntriesHaveTheirDays(t *testing.T) {
	h := newHouse(t)
	zones := []string{"Europe/Helsinki", "Europe/Lisbon", "America/Los_Angeles", "Pacific/Auckland", "Pacific/Apia", "Asia/Kathmandu"}
	rapid.Check(t, func(t *rapid.T) {
		from := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 300).Draw(t, "from"))
		until := from.AddDate(0, 0, rapid.IntRange(0, 12).Draw(t, "days"))
		zone := rapid.SampledFrom(zones)
		v := &Trip{Meta: storage.Meta{ID: "t"}, UID: "u", Slug: "x", Changed: t0, Title: Text{"en": "Trip"}, Zone: zone.Draw(t, "home"), Stops: []Stop{
			{City: "A", Zone: zone.Draw(t, "first"), From: from.Format(time.DateOnly), Until: from.Format(time.DateOnly)},
			{City: "B", Zone: zone.Draw(t, "last"), From: from.Format(time.DateOnly), Until: until.Format(time.DateOnly)}}}
		v.index()
		x := h.tripEntries(v, "en")[0]
		x.Organizer = &ical.Party{Name: "House", Email: "house@kohtaamo.example"}
		body, err := ical.Publish(x)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"DTSTART;VALUE=DATE:" + from.Format("20060102"), "DTEND;VALUE=DATE:" + until.AddDate(0, 0, 1).Format("20060102")} {
			if !strings.Contains(string(body), want+"\r\n") {
				t.Fatalf("%v is not %s:\n%s", v.Stops, want, body)
			}
		}
	})
}
