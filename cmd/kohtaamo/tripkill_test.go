package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// Companies apply for a trip, again and again with the same form until they are
// answered, while the server is killed. Who was answered has one application
// and one mail; nobody has two.
func TestKillApplications(t *testing.T) {
	engines(t, func(t *testing.T, db string) {
		const hands, lives, forms = 12, 3, 8
		trip := newOpenTrip(t, db)
		var answered sync.Map // companies
		var next atomic.Int64
		asks := make([]int, hands) // which company each hand writes for
		for hand := range asks {
			asks[hand] = int(next.Add(1))
		}
		args := []string{db, "--mail=dir:" + t.TempDir(), "--proxy-header=X-Forwarded-For"}
		for range lives {
			p := spawn(t, args...)
			c := newCrowd(p.base, hands)
			var done, over atomic.Int64
			var wg sync.WaitGroup
			for hand := range hands {
				wg.Go(func() {
					for over.Load() == 0 {
						switch err := apply(c, asks[hand], trip.Slug); {
						case err == nil:
							answered.Store(company(asks[hand]), true)
							asks[hand] = int(next.Add(1))
							done.Add(1)
						case errors.Is(err, errAnswer), over.Load() == 0:
							t.Error(err)
							return
						}
					}
				})
			}
			for begun := time.Now(); done.Load() < forms && time.Since(begun) < time.Minute; time.Sleep(time.Millisecond) {
			}
			over.Store(1)
			if err := p.cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
			p.cmd.Wait()
			wg.Wait()
			c.close()
		}
		checkApplied(t, db, trip, &answered)
	})
}

func company(n int) string { return fmt.Sprintf("Company %04d", n) }

// newOpenTrip is a trip that companies apply for, in a database that nobody serves.
func newOpenTrip(t *testing.T, db string) *scheduling.Trip {
	t.Helper()
	h := openHouse(t, db)
	defer h.close()
	c := &scheduling.Cluster{Slug: "automotive", Name: tr("Automotive", "Ajoneuvot"), Zone: zoneOulu}
	if err := h.desk.SaveCluster(t.Context(), stormer, c); err != nil {
		t.Fatal(err)
	}
	day := time.Now().AddDate(0, 3, 0)
	trip := scheduling.NewTrip(c, day)
	trip.Title = tr("Spain", "Espanja")
	trip.Stops = []scheduling.Stop{{ID: "madrid", Country: "ES", City: "Madrid", Zone: zoneMadrid, From: date(day, 0), Until: date(day, 2)}}
	trip, err := h.desk.SaveTrip(t.Context(), stormer, trip)
	if err == nil {
		trip, err = h.desk.SetTripState(t.Context(), stormer, trip.ID, scheduling.TripOpen, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return trip
}

// apply sends the form of a company.
func apply(c *crowd, n int, slug string) error {
	r, err := c.send(n, http.MethodPost, "/trips/"+slug+"/apply", url.Values{
		"once": {company(n)}, "company": {company(n)}, "country": {"FI"}, "name": {"Aino"}, "email": {address(n)}, "seats": {"1"},
		"motivation": {"Sensors for vehicles."}, "terms": {"1"}, "lang": {"en"}})
	if err != nil {
		return err
	}
	if r.status != http.StatusSeeOther || r.location != "/trips/"+slug+"/applied" {
		return r.wrong("applying")
	}
	return nil
}

func checkApplied(t *testing.T, db string, trip *scheduling.Trip, answered *sync.Map) {
	t.Helper()
	h := openHouse(t, db)
	defer h.close()
	page, err := h.desk.Applications(t.Context(), stormer, trip.ID, scheduling.ApplicationFilter{Sort: "company"})
	if err != nil {
		t.Fatal(err)
	}
	sent, more, err := h.outbox.List(t.Context(), mailer.Filter{About: trip.ID, Limit: 10_000})
	if err != nil || more != "" {
		t.Fatal(err, more)
	}
	mails := map[string]int{}
	for _, m := range sent {
		mails[m.To]++
	}
	there := map[string]int{}
	for _, a := range page.Applications {
		there[a.Company]++
		if n := mails[a.Email]; n != 1 {
			t.Errorf("%s has %d mails", a.Company, n)
		}
	}
	told := 0
	for name := range answered.Range {
		told++
		if there[name.(string)] != 1 {
			t.Errorf("%s was answered and has %d applications", name, there[name.(string)])
		}
	}
	for name, n := range there {
		if n > 1 {
			t.Errorf("%s has %d applications", name, n)
		}
	}
	t.Logf("%d companies were answered, %d have applied", told, len(there))
	if told < 20 {
		t.Errorf("only %d companies were answered: this shows nothing", told)
	}
}
