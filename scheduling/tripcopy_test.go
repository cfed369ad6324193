package scheduling

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestTripDays goes by the dates that were typed in each stop's own zone, in
// whatever zone the house is.
func TestTripDays(t *testing.T) {
	zones := []string{"Europe/Helsinki", "Europe/Madrid", "Europe/Lisbon", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Auckland", "Pacific/Apia", "America/Santiago", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "day"))
		v := &Trip{Title: Text{"en": "x"}, Zone: rapid.SampledFrom(zones).Draw(t, "home")}
		for range rapid.IntRange(1, 4).Draw(t, "stops") {
			s := Stop{City: "C", Zone: rapid.SampledFrom(zones).Draw(t, "zone"), From: day.Format(time.DateOnly)}
			day = day.AddDate(0, 0, rapid.IntRange(0, 5).Draw(t, "days"))
			s.Until = day.Format(time.DateOnly)
			day = day.AddDate(0, 0, rapid.IntRange(0, 1).Draw(t, "apart"))
			v.Stops = append(v.Stops, s)
		}
		if err := v.Check(); err != nil {
			t.Fatal(err)
		}
		v.index()
		first, last := v.Stops[0], v.Stops[len(v.Stops)-1]
		if got := v.Starts.In(first.Location()).Format(time.DateOnly); got != first.From {
			t.Fatalf("begins on %s, typed %s", got, first.From)
		}
		if got := v.Ends.Add(-time.Nanosecond).In(last.Location()).Format(time.DateOnly); got != last.Until {
			t.Fatalf("ends on %s, typed %s", got, last.Until)
		}
		to := day.AddDate(0, 0, rapid.IntRange(1, 400).Draw(t, "later"))
		c := v.CopyTo(to)
		for i, s := range c.Stops {
			if daysApart(v.Stops[i].From, s.From) != daysApart(first.From, to.Format(time.DateOnly)) || daysApart(v.Stops[i].From, v.Stops[i].Until) != daysApart(s.From, s.Until) {
				t.Fatalf("stop %d moved from %v to %v", i, v.Stops[i], s)
			}
		}
	})
}

// TestCopyTrip copies a trip of February into the summer: every clock shows the
// same time, three days a week and a half after the clocks changed.
func TestCopyTrip(t *testing.T) {
	h := newHouse(t)
	gone := &Person{Email: "lea@example.org", Name: "Lea Leader", Lang: "en"}
	must(t, h.SavePerson(t.Context(), System("test"), gone))
	trip := h.spain(t, func(v *Trip) {
		v.LeaderIDs = []string{gone.ID, "erased"}
		v.Selection.ClosesAt, v.Asks.DueAt = in(t, "Europe/Helsinki", "2027-01-20 16:00"), in(t, "Europe/Helsinki", "2027-02-01 12:00")
		v.Budget = []BudgetLine{{ID: "f", Name: "Flights", Planned: 100, Actual: 90, Share: 50}}
	})
	a := h.traveller(t, trip, "Aino A", "Aurora Oy")
	h.applied(t, trip, "Aurora Oy", 1, ApplicationAccepted, nil)
	was := h.planned(t, trip, []*Traveller{a}, nil, func(p *Programme) {
		p.Hotels[0].Block, p.Hotels[0].ReleaseBy = []RoomBlock{{Kind: TwinRoom, Count: 3, Price: 9900}}, "2027-02-01"
		p.Hosts[0].Generation, p.Hosts[0].Comment, p.Activities[0].RoundID, p.Activities[0].Late = 3, "Gladly", "r", 10
		p.Travel = []TravelLeg{{A: "Getafe", B: "Casa Lucio", Minutes: 40}}
	}).Programme
	_, err := h.CopyTrip(t.Context(), h.other, trip.ID, roundDay)
	wantHidden(t, err)
	c, err := h.CopyTrip(t.Context(), h.boss, trip.ID, time.Date(2027, 9, 6, 0, 0, 0, 0, time.UTC))
	must(t, err)
	if c.State != TripDraft || c.Held != 0 || c.Slug == trip.Slug || c.UID == trip.UID || c.CopiedFrom != trip.ID || c.Listed || c.Budget[0].Planned != 100 || c.Budget[0].Actual != 0 {
		t.Errorf("copied %+v", c)
	}
	if len(c.LeaderIDs) != 1 || c.Stops[2].From != "2027-09-08" || c.Stops[2].Until != "2027-09-10" || c.Stops[0].ID != "madrid" {
		t.Errorf("leaders %v, stops %v", c.LeaderIDs, c.Stops)
	}
	if !c.Selection.ClosesAt.Equal(in(t, "Europe/Helsinki", "2027-08-18 16:00")) || !c.Asks.DueAt.Equal(in(t, "Europe/Helsinki", "2027-08-30 12:00")) || !c.Selection.OpensAt.IsZero() {
		t.Errorf("deadlines %v and %v", c.Selection.ClosesAt, c.Asks.DueAt)
	}
	page, err := h.Programme(t.Context(), h.boss, c.ID)
	must(t, err)
	p := page.Programme
	if !p.PublishedAt.IsZero() || len(page.Travellers) != 0 || len(p.Legs) != 4 || len(p.Hotels) != 3 || len(p.Hosts) != 2 || len(p.Activities) != 3 || len(p.Travel) != 1 {
		t.Fatalf("programme %+v", p)
	}
	if l := p.Legs[0]; !l.Departs.Equal(in(t, "Europe/Helsinki", "2027-09-06 07:00")) || l.Arrives.Sub(l.Departs) != 4*time.Hour+20*time.Minute || !l.Everyone {
		t.Errorf("flight %+v", l)
	}
	if l := p.Legs[3]; !l.Departs.Equal(in(t, "Europe/Lisbon", "2027-09-10 09:00")) || !l.Arrives.Equal(in(t, "Europe/Helsinki", "2027-09-10 15:30")) {
		t.Errorf("flight home %+v", l)
	}
	if x := p.Hotels[0]; x.From != "2027-09-06" || x.ReleaseBy != "2027-08-30" || len(x.Rooms) != 0 || x.Block[0].Count != 3 {
		t.Errorf("hotel %+v", x)
	}
	if x := p.Hosts[0]; x.ID == was.Hosts[0].ID || x.State != HostPlanned || x.Generation != 0 || x.Comment != "" || x.Name != was.Hosts[0].Name {
		t.Errorf("host %+v", x)
	}
	if x := p.Activities[0]; !x.Starts.Equal(in(t, "Europe/Madrid", "2027-09-06 14:00")) || len(x.TravellerIDs) != 0 || x.Everyone || x.HostID != p.Hosts[0].ID || x.RoundID != "" || x.Late != 0 {
		t.Errorf("visit %+v", x)
	}
	uids := map[string]bool{}
	for _, x := range append(p.Parts(c), was.Parts(trip)...) {
		if uids[x.UID] || x.Sequence != 0 && x.UID == "" {
			t.Errorf("%s has the UID of another part", x.ID)
		}
		uids[x.UID] = true
	}
}

// TestCostsAddUp divides any budget among any companies.
func TestCostsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := &Trip{Selection: SelectionRules{Seats: rapid.IntRange(0, maxTripSeats).Draw(t, "seats")}}
		for range rapid.IntRange(0, maxBudget).Draw(t, "lines") {
			v.Budget = append(v.Budget, BudgetLine{Planned: rapid.Int64Range(0, maxAmount).Draw(t, "planned"), Actual: rapid.Int64Range(0, maxAmount).Draw(t, "actual"),
				PerSeat: rapid.Bool().Draw(t, "per seat"), Share: rapid.IntRange(0, 100).Draw(t, "share")})
		}
		lines, planned, actual := v.Costs(rapid.IntRange(0, maxTripSeats).Draw(t, "went"))
		var sum, spent Costs
		for _, l := range lines {
			if a := l.Actual; a.Companies < 0 || a.House < 0 || a.Companies+a.House != a.Total {
				t.Fatalf("line %+v", l)
			}
			spent.add(l.Actual)
			if l.Planned.Companies < 0 || l.Planned.House < 0 || l.Share == 100 && l.Planned.House != 0 || l.Share == 0 && l.Planned.Companies != 0 {
				t.Fatalf("line %+v", l)
			}
			sum.add(l.Planned)
		}
		if spent.Total != actual.Total || spent.Companies != actual.Companies || spent.House != actual.House {
			t.Fatalf("spent %+v, the lines make %+v", actual, spent)
		}
		if sum.Total != planned.Total || planned.Companies+planned.House != planned.Total || actual.Companies+actual.House != actual.Total {
			t.Fatalf("planned %+v, actual %+v, lines %+v", planned, actual, sum)
		}
		if n := int64(planned.Seats); n > 0 && (planned.PerSeat()*n < planned.Companies || (planned.PerSeat()-1)*n >= planned.Companies && planned.Companies > 0) {
			t.Fatalf("a seat costs %d of %d for %d", planned.PerSeat(), planned.Companies, n)
		}
		seats := rapid.SliceOfN(rapid.IntRange(0, 20), 0, 50).Draw(t, "companies")
		all := 0
		for _, n := range seats {
			all += n
		}
		var paid int64
		for i, x := range planned.Shares(seats) {
			paid += x
			// its even part is Companies*seats/all; compare without dividing the remainder away
			even := planned.Companies / int64(max(all, 1)) * int64(seats[i])
			if rest := planned.Companies % int64(max(all, 1)) * int64(seats[i]); all > 0 && ((x-even)*int64(all) <= rest-int64(all) || (x-even)*int64(all) >= rest+int64(all)) {
				t.Fatalf("%d seats of %d pay %d of %d", seats[i], all, x, planned.Companies)
			}
		}
		if all > 0 && paid != planned.Companies {
			t.Fatalf("companies pay %d of %d", paid, planned.Companies)
		}
	})
}
