package scheduling

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// enquiry is what the tests ask for.
func enquiry() Enquiry {
	return Enquiry{Body: "Grand Est Développement", Country: "FR", Website: "https://www.grandest.example/oulu", Name: "Gaëlle Petit", Email: "gaelle@grandest.example",
		Lang: "en", Topic: "automotive", About: "Batteries in cold weather", Size: 12, From: "2027-04-12", Until: "2027-04-30", Days: 2, Hosts: "The test track", Languages: []string{"en", "fr"}}
}

// asks confirms a request and gives its trip, after set has had its way.
func (h *testHouse) asks(t testing.TB, set func(*Enquiry)) *Trip {
	t.Helper()
	in, id := enquiry(), storage.NewID()
	if set != nil {
		set(&in)
	}
	must(t, h.RequestDelegation(t.Context(), id, in))
	trip, err := h.ConfirmDelegation(t.Context(), h.sign("delegation-wish", id, 0))
	must(t, err)
	return trip
}

// accepted takes a delegation in for two days in April.
func (h *testHouse) accepted(t testing.TB, trip *Trip) *EnquiryPage {
	t.Helper()
	p, err := h.AcceptDelegation(t.Context(), h.boss, trip.ID, Acceptance{From: "2027-04-13", Until: "2027-04-14", Seats: 2})
	must(t, err)
	return p
}

// TestRequestTwice sends one form twice at once, and confirms it twice at once.
func TestRequestTwice(t *testing.T) {
	h := newHouse(t)
	id := storage.NewID()
	twice := func(do func() error) {
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				if err := do(); err != nil && ProblemIn(err) == nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	twice(func() error { return h.RequestDelegation(t.Context(), id, enquiry()) })
	h.wantMails(t, "gaelle@grandest.example", mailDelegationAddress)
	if _, err := h.Enquiry(t.Context(), System("test"), id); err == nil {
		t.Error("a request that nobody confirmed is shown")
	}
	twice(func() error {
		_, err := h.ConfirmDelegation(t.Context(), h.sign("delegation-wish", id, 0))
		return err
	})
	h.wantMails(t, "gaelle@grandest.example", mailDelegationAddress, mailDelegationReceived)
	p, err := h.Enquiry(t.Context(), h.boss, id)
	must(t, err)
	if from, until := p.Trip.Starts, p.Trip.Ends; !from.Equal(in(t, HouseZone, "2027-04-12 00:00")) || !until.Equal(in(t, HouseZone, "2027-05-01 00:00")) {
		t.Errorf("it is wished for from %s until %s", from, until)
	}
	if p.Trip.State != TripRequested || len(p.Trip.Enquiry.Earlier) != 0 || !slices.Equal(p.Trip.ClusterIDs, []string{h.cluster.ID}) {
		t.Errorf("the trip is %s, with earlier ones %q, of the clusters %q", p.Trip.State, p.Trip.Enquiry.Earlier, p.Trip.ClusterIDs)
	}
	must(t, h.RequestDelegation(t.Context(), storage.NewID(), enquiry())) // within the hour
	h.wantMails(t, "gaelle@grandest.example", mailDelegationAddress, mailDelegationReceived, mailDelegationAddress)
	must(t, h.RequestDelegation(t.Context(), storage.NewID(), enquiry()))
	h.wantMails(t, "gaelle@grandest.example", mailDelegationAddress, mailDelegationReceived, mailDelegationAddress)
}

// TestForgetRequests lets two weeks go by.
func TestForgetRequests(t *testing.T) {
	h := newHouse(t)
	id := storage.NewID()
	must(t, h.RequestDelegation(t.Context(), id, enquiry()))
	for _, step := range []struct{ days, want int }{{13, 0}, {15, 1}, {16, 0}} {
		n, err := h.KeepDelegations(t.Context(), t0.AddDate(0, 0, step.days))
		must(t, err)
		if n != step.want {
			t.Errorf("after %d days %d were forgotten, want %d", step.days, n, step.want)
		}
	}
	_, err := h.ConfirmDelegation(t.Context(), h.sign("delegation-wish", id, 0))
	wantProblem(t, err, Closed)
}

// TestSameBody asks again in ways that are and are not the same.
func TestSameBody(t *testing.T) {
	h := newHouse(t)
	first := h.asks(t, nil)
	for name, c := range map[string]struct {
		set  func(*Enquiry)
		want bool
	}{
		"another name of the same site":   {func(q *Enquiry) { q.Body, q.Email = "GED", "x@gmail.com" }, true},
		"the name with a legal form":      {func(q *Enquiry) { q.Body, q.Website, q.Email = "GRAND-EST  DEVELOPPEMENT, S.A.S.", "", "y@gmail.com" }, true},
		"a colleague":                     {func(q *Enquiry) { q.Body, q.Website, q.Email = "G E D", "", "colleague@mail.grandest.example" }, true},
		"another topic":                   {func(q *Enquiry) { q.Topic, q.Email = "energy", "b@grandest.example" }, false},
		"somebody else":                   {func(q *Enquiry) { q.Body, q.Website, q.Email = "Bilbao", "https://bilbao.example", "z@gmail.com" }, false},
		"somebody else at the same gmail": {func(q *Enquiry) { q.Body, q.Website, q.Email = "Vigo", "", "w@gmail.com" }, false},
	} {
		if got := slices.Contains(h.asks(t, c.set).Enquiry.Earlier, first.ID); got != c.want {
			t.Errorf("%s: the same as the first: %v, want %v", name, got, c.want)
		}
	}
	h.at(t0.AddDate(2, 0, 5))
	late := h.asks(t, func(q *Enquiry) { q.From, q.Until = "2029-04-12", "2029-04-30" })
	if slices.Contains(late.Enquiry.Earlier, first.ID) {
		t.Error("more than two years later it is flagged")
	}
}

// TestBodyName has names stay the same through case, accents, signs, spaces and
// legal forms, and normalising twice do no more than once.
func TestBodyName(t *testing.T) {
	for in, want := range map[string]string{"Oulun Kehitys Oy": "oulun kehitys", "S.A.": "sa", "Ä & Ö Ltd.": "a o", "Łódź": "łodz", "  ": "", "École d'État": "ecole detat"} {
		if got := bodyName(in); got != want {
			t.Errorf("bodyName(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zåäöéñç]{4,8}`), 1, 4).Draw(t, "words")
		plain := strings.Join(words, " ")
		gap := rapid.SampledFrom([]string{" ", "  ", "-", ", ", " / ", "\u00a0"}).Draw(t, "gap")
		form := rapid.SampledFrom([]string{"", " Oy", ", S.L.", " GmbH", " sa"}).Draw(t, "form")
		if got, want := bodyName(strings.ToUpper(strings.Join(words, gap))+form), bodyName(plain); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
		any := rapid.String().Draw(t, "any")
		if once := bodyName(any); bodyName(once) != once {
			t.Fatalf("bodyName(%q) = %q, and once more %q", any, once, bodyName(once))
		}
	})
}

// TestDelegationLinks tries links that are not the body's.
func TestDelegationLinks(t *testing.T) {
	h := newHouse(t)
	trip, spain := h.asks(t, nil), h.spain(t, nil)
	_, mac, _ := strings.Cut(h.DelegationLink(trip), ".")
	for _, forged := range []string{"", "x", trip.ID, trip.ID + ".", spain.ID + "." + mac, h.sign("delegation", trip.ID, 1), h.sign("delegation", spain.ID, 0), h.sign("delegation-wish", trip.ID, 0)} {
		_, err := h.DelegationByLink(t.Context(), forged)
		wantHidden(t, err)
		_, err = h.WithdrawDelegation(t.Context(), forged, "")
		wantHidden(t, err)
		_, err = h.AddVisitor(t.Context(), forged, Traveller{Name: "A", Email: "a@example.org"})
		wantHidden(t, err)
	}
	_, err := h.DelegationProgramme(t.Context(), h.DelegationLink(trip))
	wantHidden(t, err)
}

// TestScreening looks at a request and decides about it.
func TestScreening(t *testing.T) {
	h := newHouse(t)
	trip := h.asks(t, nil)
	link := h.DelegationLink(trip)
	in := enquiry()
	in.Size, in.Email = 8, "elsewhere@example.org"
	page, err := h.EditDelegation(t.Context(), link, in)
	must(t, err)
	if page.Trip.Enquiry.Size != 8 || page.Trip.Enquiry.Email != "gaelle@grandest.example" {
		t.Errorf("edited to %d people and the address %s", page.Trip.Enquiry.Size, page.Trip.Enquiry.Email)
	}
	_, err = h.ScreenDelegation(t.Context(), h.other, trip.ID, nil, "")
	wantHidden(t, err)
	_, err = h.ScreenDelegation(t.Context(), h.boss, trip.ID, []ScreenMark{{Criterion: "topic", Points: 4}}, "")
	wantProblem(t, err, Invalid)
	p, err := h.ScreenDelegation(t.Context(), h.boss, trip.ID, []ScreenMark{{Criterion: "topic", Points: 3, Note: "Ours"}, {Criterion: "hosts", Points: 1}}, "Ask the track")
	must(t, err)
	if p.Points != 4 || p.Mark("topic").By != "Outi Organiser" || p.Trip.State != TripScreening {
		t.Errorf("%d points, topic by %q, %s", p.Points, p.Mark("topic").By, p.Trip.State)
	}
	_, err = h.EditDelegation(t.Context(), link, in)
	wantProblem(t, err, Closed)
	_, err = h.DeclineDelegation(t.Context(), h.boss, trip.ID, " ")
	wantProblem(t, err, Invalid)
	for range 2 {
		_, err = h.DeclineDelegation(t.Context(), h.boss, trip.ID, "The track is being rebuilt.")
		must(t, err)
	}
	h.wantMails(t, "gaelle@grandest.example", mailDelegationAddress, mailDelegationReceived, mailDelegationDeclined)
	_, err = h.AcceptDelegation(t.Context(), h.boss, trip.ID, Acceptance{From: "2027-04-13", Until: "2027-04-14", Seats: 2})
	wantProblem(t, err, Closed)
}

// TestAssign hands a request of the whole house to one cluster.
func TestAssign(t *testing.T) {
	h := newHouse(t)
	trip := h.asks(t, func(q *Enquiry) { q.Topic = "energy" })
	for _, by := range []Actor{h.boss, h.other} {
		_, err := h.Enquiry(t.Context(), by, trip.ID)
		must(t, err)
	}
	wantProblem(t, h.AssignDelegation(t.Context(), h.boss, trip.ID, nil), Invalid)
	wantProblem(t, h.AssignDelegation(t.Context(), h.boss, trip.ID, []string{"none"}), Invalid)
	must(t, h.AssignDelegation(t.Context(), h.other, trip.ID, []string{h.cluster.ID}))
	_, err := h.Enquiry(t.Context(), h.other, trip.ID)
	wantHidden(t, err)
}

// TestVisitors names those who come, two at once for the last place.
func TestVisitors(t *testing.T) {
	h := newHouse(t)
	trip := h.asks(t, nil)
	link := h.DelegationLink(trip)
	_, err := h.AddVisitor(t.Context(), link, Traveller{Name: "A", Email: "a@grandest.example"})
	wantProblem(t, err, Closed)
	h.accepted(t, trip)
	p, err := h.AddVisitor(t.Context(), link, Traveller{Name: "Ada", Email: "ada@grandest.example", Title: "Mayor"})
	must(t, err)
	if v := p.Visitors[0]; v.Role != AsVisitor || v.Company != "Grand Est Développement" || v.TripID != trip.ID {
		t.Errorf("the visitor is %+v", v)
	}
	_, err = h.AddVisitor(t.Context(), link, Traveller{Name: "Ada", Email: "ADA@grandest.example"})
	wantProblem(t, err, Exists)
	var wg sync.WaitGroup
	for _, name := range []string{"bo", "cy"} {
		wg.Go(func() {
			if _, err := h.AddVisitor(t.Context(), link, Traveller{Name: name, Email: name + "@grandest.example"}); err != nil && ProblemIn(err) == nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	p, err = h.DelegationByLink(t.Context(), link)
	must(t, err)
	if len(p.Visitors) != 2 || p.Trip.Held != 2 {
		t.Fatalf("%d visitors, counted %d, want both 2", len(p.Visitors), p.Trip.Held)
	}
	gone := p.Visitors[0].ID
	for range 2 {
		p, err = h.DropVisitor(t.Context(), link, gone)
		must(t, err)
	}
	if len(p.Visitors) != 1 || p.Trip.Held != 1 {
		t.Errorf("%d visitors are left, counted %d", len(p.Visitors), p.Trip.Held)
	}
	_, err = h.DropVisitor(t.Context(), link, "none")
	wantHidden(t, err)
}

// TestHostsConfirmed brings a visit to its end: only once every host said yes
// are its hosts confirmed.
func TestHostsConfirmed(t *testing.T) {
	h := newHouse(t)
	trip := h.asks(t, nil)
	link := h.DelegationLink(trip)
	page := h.accepted(t, trip)
	move := func(to TripState) error {
		_, err := h.MoveDelegation(t.Context(), h.boss, trip.ID, to)
		return err
	}
	wantProblem(t, move(TripHosted), Closed)
	must(t, move(TripProgramme))
	if p := wantProblem(t, move(TripHosted), Closed); p.Key != "delegation.no_visits" {
		t.Errorf("without a visit: %s", p.Key)
	}
	h.plansOulu(t, page.Trip)
	if p := wantProblem(t, move(TripHosted), Closed); p.Args[1] != "Test Track, Open house" {
		t.Errorf("missing are %v", p.Args)
	}
	_, err := h.SetHostState(t.Context(), h.boss, trip.ID, "track", HostConfirmed, "By phone")
	must(t, err)
	pr, err := h.Programme(t.Context(), h.boss, trip.ID)
	must(t, err)
	pr.Programme.Activity("open").HostID = "track"
	_, err = h.SaveProgramme(t.Context(), h.boss, trip.ID, pr.Programme)
	must(t, err)
	must(t, move(TripHosted))
	for range 2 {
		must(t, move(TripPublished))
	}
	h.wantMails(t, "gaelle@grandest.example", mailDelegationAddress, mailDelegationReceived, mailDelegationAccepted, mailDelegationPublished)
	shown, err := h.DelegationProgramme(t.Context(), link)
	must(t, err)
	if len(shown.Days) != 2 || shown.Days[0].Lines[0].StartZone != HouseZone || shown.Days[0].Lines[0].Host.Name != "Test Track" {
		t.Errorf("the programme shows %+v", shown.Days)
	}
	wantProblem(t, move(TripVisited), Closed)
	n, err := h.MoveTrips(t.Context(), time.Date(2027, 4, 15, 0, 0, 0, 0, time.UTC))
	must(t, err)
	if n != 1 {
		t.Errorf("%d visits are over, want 1", n)
	}
	_, err = h.WithdrawDelegation(t.Context(), link, "")
	wantProblem(t, err, Closed)
}

// plansOulu plans two visits in Oulu, one of them without a host.
func (h *testHouse) plansOulu(t testing.TB, trip *Trip) {
	t.Helper()
	stop := trip.Stops[0].ID
	_, err := h.SaveProgramme(t.Context(), h.boss, trip.ID, &Programme{
		Hosts: []Host{{ID: "track", StopID: stop, Name: "Test Track", Lang: "fi", State: HostPlanned, Contacts: []HostContact{{Name: "Taru", Email: "taru@track.example"}}}},
		Activities: []Activity{
			{ID: "visit", Kind: HostVisit, StopID: stop, HostID: "track", Crowd: Crowd{Everyone: true}, Title: Text{"en": "The track", "fi": "Testirata"},
				Starts: in(t, HouseZone, "2027-04-13 09:00"), Ends: in(t, HouseZone, "2027-04-13 11:00")},
			{ID: "open", Kind: HostVisit, StopID: stop, Crowd: Crowd{Everyone: true}, Title: Text{"en": "Open house"},
				Starts: in(t, HouseZone, "2027-04-14 09:00"), Ends: in(t, HouseZone, "2027-04-14 10:00")},
		}})
	must(t, err)
}

// TestWithdraw has a body take its visit back: hosts that were asked are told.
func TestWithdraw(t *testing.T) {
	h := newHouse(t)
	trip := h.asks(t, nil)
	page := h.accepted(t, trip)
	h.plansOulu(t, page.Trip)
	p, err := h.InviteHosts(t.Context(), h.boss, trip.ID, "track")
	must(t, err)
	hostLink := h.HostLink(trip, p.Programme.Host("track"))
	for range 2 {
		_, err = h.WithdrawDelegation(t.Context(), h.DelegationLink(trip), "Elections")
		must(t, err)
	}
	h.wantMails(t, "taru@track.example", mailHostCalledOff)
	for _, step := range []struct{ years, want int }{{1, 0}, {3, 1}, {3, 0}} {
		n, err := h.KeepDelegations(t.Context(), t0.AddDate(step.years, 0, 0))
		must(t, err)
		if n != step.want {
			t.Errorf("after %d years %d askers were forgotten, want %d", step.years, n, step.want)
		}
	}
	kept, err := h.Enquiry(t.Context(), h.boss, trip.ID)
	must(t, err)
	if q := kept.Trip.Enquiry; q.Email+q.Name+q.Phone != "" || q.Body == "" {
		t.Errorf("after three years %+v is kept", q)
	}
	_, err = h.AnswerHost(t.Context(), hostLink, HostAnswer{Answer: "yes"})
	wantProblem(t, err, Closed)
}
