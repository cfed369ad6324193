package scheduling

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/storage"
)

// TestLastSeat has twenty companies go for one seat at once: by an offer of two
// organisers each, and by accepting.
func TestLastSeat(t *testing.T) {
	h := newHouse(t)
	trip := h.selecting(t, func(x *Trip) { x.Selection.Seats = 1 })
	var as []*Application
	for n := range 20 {
		as = append(as, h.applies(t, trip, n, 1))
	}
	together := func(do func(a *Application) error) (done int) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for _, a := range as {
			wg.Go(func() {
				if do(a) == nil {
					mu.Lock()
					done++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		return done
	}
	offered := together(func(a *Application) error {
		_, err := h.DecideApplications(t.Context(), h.boss, trip.ID, []string{a.ID}, Decision{State: ApplicationOffered})
		return err
	})
	accepted := together(func(a *Application) error {
		_, err := h.AcceptSeats(t.Context(), h.link(a))
		return err
	})
	p := h.selected(t, trip.ID)
	if offered != 1 || accepted != 1 || p.Trip.Held != 1 || p.Counts[ApplicationAccepted] != 1 || p.Counts[ApplicationSubmitted] != 19 {
		t.Errorf("%d offers, %d accepted, %d held, %v", offered, accepted, p.Trip.Held, p.Counts)
	}
}

// TestNextInRank frees seats: whoever comes first waits until its seats fit, and
// nobody passes it.
func TestNextInRank(t *testing.T) {
	h := newHouse(t)
	trip := h.selecting(t, func(x *Trip) { x.Selection.Seats = 3 })
	two, one := h.offered(t, trip, 1, 2), h.offered(t, trip, 2, 1)
	first, second := h.applies(t, trip, 3, 2), h.applies(t, trip, 4, 1)
	h.decided(t, trip, Decision{State: ApplicationReserve}, first, second)
	want := func(what string, free int, states ...ApplicationState) {
		t.Helper()
		p := h.selected(t, trip.ID)
		for i, s := range states {
			if a := p.Applications[i]; a.State != s {
				t.Errorf("%s: %s is %s, want %s", what, a.Company, a.State, s)
			}
		}
		if p.Trip.Free() != free {
			t.Errorf("%s: %d seats are free, want %d", what, p.Trip.Free(), free)
		}
	}
	_, err := h.DeclineSeats(t.Context(), h.link(one), "")
	must(t, err)
	want("one seat", 1, ApplicationOffered, ApplicationDeclined, ApplicationReserve, ApplicationReserve)
	_, err = h.AcceptSeats(t.Context(), h.link(two))
	must(t, err)
	_, err = h.ReduceSeats(t.Context(), h.link(two), 1)
	must(t, err)
	want("two seats", 0, ApplicationAccepted, ApplicationDeclined, ApplicationOffered, ApplicationReserve)
	at := t0.AddDate(0, 0, 4)
	h.at(at)
	for range 2 {
		_, err = h.ExpireApplicationOffers(t.Context(), at)
		must(t, err)
	}
	want("an offer that passed", 1, ApplicationAccepted, ApplicationDeclined, ApplicationExpired, ApplicationOffered)
}

// TestApplyTogether has a company apply twenty times at once, by one form and by
// others: there is one application, and its person has the link.
func TestApplyTogether(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, func(x *Trip) { x.State = TripOpen })
	var wg sync.WaitGroup
	ids := make([]string, 20)
	for i := range ids {
		wg.Go(func() {
			in := wish(1, 1)
			in.BusinessID = []string{"", "0187690-1"}[i%2]
			a, _, err := h.Apply(t.Context(), Actor{}, trip.ID, in)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = a.ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("several applications: %v", ids)
		}
	}
	if p := h.selected(t, trip.ID); p.All != 1 || strings.Join(h.mails(t, "maija1@example.org"), " ") != applicationReceived {
		t.Errorf("%d applications, mails %v", p.All, h.mails(t, "maija1@example.org"))
	}
}

// TestStrangerApplies has somebody else apply for the same company: the person
// who did before is told, once an hour at most, and the stranger gets no mail.
func TestStrangerApplies(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, func(x *Trip) { x.State = TripOpen })
	h.applies(t, trip, 1, 1)
	for i := range 3 {
		in := wish(1, 2)
		in.Once, in.Email, in.Company = fmt.Sprint("stranger", i), "stranger@example.org", "COMPANY 1  oy"
		_, again, err := h.Apply(t.Context(), Actor{}, trip.ID, in)
		if must(t, err); !again {
			t.Error("the company has applied twice")
		}
	}
	if got := h.mails(t, "maija1@example.org"); strings.Join(got, " ") != applicationReceived+" "+applicationAgain {
		t.Errorf("the person has %v", got)
	}
	if got := h.mails(t, "stranger@example.org"); len(got) != 0 {
		t.Errorf("the stranger has %v", got)
	}
}

// TestApplyWhen asks at every time at which a trip takes applications or not.
func TestApplyWhen(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, func(x *Trip) {
		x.State, x.Selection.OpensAt, x.Selection.PerCompany = TripOpen, t0.Add(time.Hour), 2
		x.Selection.Terms = Text{"en": "Whoever commits pays half."}
	})
	try := func(by Actor, in ApplicationForm) error {
		_, _, err := h.Apply(t.Context(), by, trip.ID, in)
		return err
	}
	if p := wantProblem(t, try(Actor{}, wish(1, 1)), Closed); p.Key != "application.standing.early" {
		t.Error(p.Key)
	}
	must(t, try(h.boss, wish(1, 1)))
	h.at(t0.Add(2 * time.Hour))
	must(t, try(Actor{}, wish(2, 2)))
	bad := wish(3, 3)
	bad.Terms, bad.Motivation, bad.Country, bad.Email, bad.BusinessID = false, " ", "Finland", "x", "1234567-8"
	p := wantProblem(t, try(Actor{}, bad), Invalid)
	for _, field := range []string{"seats", "terms", "motivation", "country", "email"} {
		if p.Fields[field] == "" {
			t.Errorf("nothing is said of %s", field)
		}
	}
	h.at(t0.AddDate(0, 0, 10))
	if p := wantProblem(t, try(Actor{}, wish(4, 1)), Closed); p.Key != "application.standing.closed" {
		t.Error(p.Key)
	}
	h.moved(t, trip, TripCancelled)
	if p := wantProblem(t, try(h.boss, wish(4, 1)), Closed); p.Key != "application.standing.off" {
		t.Error(p.Key)
	}
	a := h.selected(t, trip.ID).Applications[1]
	if len(a.Consents) != 1 || a.Consents[0].Wording != "Whoever commits pays half." || a.Consents[0].Purpose != TermsConsent {
		t.Errorf("%+v", a.Consents)
	}
}

// TestKnownCompany ties applications to the directory and changes nothing there.
func TestKnownCompany(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, func(x *Trip) { x.State = TripOpen })
	c := &Company{Name: "Aurora Anturi Oy", Country: "FI", Kind: SME, BusinessID: "0187690-1", Website: "https://aurora.example"}
	must(t, h.SaveCompany(t.Context(), System("test"), c))
	p := &Person{Name: "Aino", Email: "aino@example.org", Lang: "fi", CompanyID: c.ID}
	must(t, h.SavePerson(t.Context(), System("test"), p))
	for n, test := range []struct {
		name string
		by   Actor
		in   ApplicationForm
		want string
	}{
		{"business id", Actor{}, ApplicationForm{Company: "Aurora", BusinessID: "0187690-1", Country: "FI", Email: "x@example.org"}, c.ID},
		{"name", Actor{}, ApplicationForm{Company: "aurora anturi oy", Country: "FI", Email: "x@example.org"}, c.ID},
		{"name elsewhere", Actor{}, ApplicationForm{Company: "Aurora Anturi Oy", Country: "SE", Email: "x@example.org"}, ""},
		{"own company", p.Actor(), ApplicationForm{Company: "Aurora Group", Country: "FI", Email: "aino@example.org"}, c.ID},
		{"somebody's address", Actor{}, ApplicationForm{Company: "Aurora Group", Country: "FI", Email: "aino@example.org"}, ""},
	} {
		in := test.in
		in.Name, in.Motivation, in.Seats, in.Website, in.Once = "Impostor", "Because.", 1, "https://other.example", fmt.Sprint(n)
		a, _, err := h.Apply(t.Context(), test.by, trip.ID, in)
		must(t, err)
		if a.CompanyID != test.want {
			t.Errorf("%s: tied to %q, want %q", test.name, a.CompanyID, test.want)
		}
		_, err = h.WithdrawApplication(t.Context(), h.link(a), "")
		must(t, err)
	}
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		got, err := companies.Get(tx, c.ID)
		must(t, err)
		who, err := people.Get(tx, p.ID)
		if got.Rev != c.Rev || who.Rev != p.Rev {
			t.Error("the directory changed")
		}
		if _, err := personByEmail(tx, "x@example.org"); err == nil {
			t.Error("a stranger is in the directory")
		}
		return err
	}))
}

// TestOwnApplication has a company edit, name, replace, give back and withdraw.
func TestOwnApplication(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	trip := h.selecting(t, nil)
	a := h.applies(t, trip, 1, 2)
	link := h.link(a)
	in := wish(1, 3)
	in.Goals, in.Email, in.Company = "A pilot", "other@example.org", "Other Oy"
	a, err := h.EditApplication(ctx, link, a.Rev, in)
	if must(t, err); a.Goals != "A pilot" || a.Wanted != 3 || a.Email != "maija1@example.org" || a.Company != "Company 1 Oy" {
		t.Errorf("%+v", a)
	}
	if _, err = h.EditApplication(ctx, link, a.Rev-1, in); ProblemIn(err) == nil || ProblemIn(err).Kind != Changed {
		t.Errorf("an old revision: %v", err)
	}
	h.decided(t, trip, Decision{State: ApplicationOffered, Seats: 2}, a)
	who := func(name string) Traveller {
		return Traveller{Name: name, Email: Slug(name) + "@example.org", Lang: "en"}
	}
	_, err = h.NameTraveller(ctx, link, who("Aino"), "")
	wantProblem(t, err, Closed)
	_, err = h.EditApplication(ctx, link, 0, in)
	wantProblem(t, err, Closed)
	_, err = h.AcceptSeats(ctx, link)
	must(t, err)
	aino, err := h.NameTraveller(ctx, link, who("Aino"), "")
	must(t, err)
	twice, err := h.NameTraveller(ctx, link, who("Aino"), "")
	if must(t, err); twice.ID != aino.ID {
		t.Error("named twice, Aino travels twice")
	}
	_, err = h.NameTraveller(ctx, link, who("Bea"), "")
	must(t, err)
	_, err = h.NameTraveller(ctx, link, who("Carl"), "")
	wantProblem(t, err, Full)
	carl, err := h.NameTraveller(ctx, link, who("Carl"), aino.ID)
	must(t, err)
	_, err = h.ReduceSeats(ctx, link, 1)
	wantProblem(t, err, Closed)
	must(t, h.DropTraveller(ctx, link, carl.ID))
	must(t, h.DropTraveller(ctx, link, carl.ID))
	a, err = h.ReduceSeats(ctx, link, 1)
	if must(t, err); a.State != ApplicationAccepted || h.selected(t, trip.ID).Trip.Held != 1 {
		t.Errorf("%s with %d seats", a.State, a.Seats)
	}
	_, err = h.CommitApplication(ctx, link, false, "en")
	wantProblem(t, err, Invalid)
	a, err = h.CommitApplication(ctx, link, true, "fi")
	if must(t, err); a.Consents[1].Wording != "Sitoutunut maksaa puolet." {
		t.Errorf("%+v", a.Consents)
	}
	page, err := h.ApplicationByLink(ctx, link)
	if must(t, err); len(page.Travellers) != 1 || page.Travellers[0].Name != "Bea" || page.Unnamed() != 0 || page.CanCommit || !page.CanName {
		t.Errorf("%+v", page)
	}
	_, err = h.WithdrawApplication(ctx, link, "No budget.")
	must(t, err)
	if page, err = h.ApplicationByLink(ctx, link); err != nil || len(page.Travellers) != 0 || page.Application.Reason != "No budget." || page.Trip.Held != 0 {
		t.Errorf("%+v, %v", page, err)
	}
}

// TestApplicationsFollow keeps applications in step with their trip.
func TestApplicationsFollow(t *testing.T) {
	h := newHouse(t)
	trip := h.selecting(t, nil)
	goes, waits := h.offered(t, trip, 1, 2), h.applies(t, trip, 2, 1)
	h.decided(t, trip, Decision{State: ApplicationReserve}, waits)
	h.decided(t, trip, Decision{State: ApplicationAccepted}, goes)
	for _, step := range []struct {
		to                  TripState
		goes, waits         ApplicationState
		held                int
		mailGoes, mailWaits string
	}{
		{TripConfirmed, ApplicationAccepted, ApplicationReserve, 2, applicationConfirmed, applicationReserve},
		{TripLocked, ApplicationAccepted, ApplicationReserve, 2, applicationConfirmed, applicationReserve},
		{TripUnderWay, ApplicationTravelled, ApplicationDeclined, 2, "", applicationDeclined},
		{TripCompleted, ApplicationTravelled, ApplicationDeclined, 2, "", applicationDeclined},
		{TripReported, ApplicationReported, ApplicationDeclined, 2, "", applicationDeclined},
	} {
		h.moved(t, trip, step.to)
		p := h.selected(t, trip.ID)
		last := func(a *Application) string {
			if got := h.mails(t, a.Email); len(got) > 0 {
				return got[len(got)-1]
			}
			return ""
		}
		if a, b := p.Applications[0], p.Applications[1]; a.State != step.goes || b.State != step.waits || p.Trip.Held != step.held || last(a) != step.mailGoes || last(b) != step.mailWaits {
			t.Errorf("%s: %s and %s, %d held, mails %q and %q", step.to, a.State, b.State, p.Trip.Held, last(a), last(b))
		}
	}
}

// TestScores lets two organisers score, and takes the suggestion.
func TestScores(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	trip := h.selecting(t, func(x *Trip) { x.Selection.Seats = 3 })
	a, b := h.applies(t, trip, 1, 2), h.applies(t, trip, 2, 2)
	second := h.boss
	second.ID, second.Name = "second", "Sanna Second"
	for _, x := range []struct {
		by  Actor
		a   *Application
		fit int
	}{{h.boss, a, 1}, {h.boss, a, 2}, {second, a, 5}, {h.boss, b, 5}} {
		must(t, h.ScoreApplication(ctx, x.by, trip.ID, x.a.ID, map[string]ScoreInput{"fit": {Points: x.fit}}))
	}
	wantProblem(t, h.ScoreApplication(ctx, h.boss, trip.ID, a.ID, map[string]ScoreInput{"fit": {Points: 6}}), Invalid)
	wantProblem(t, h.ScoreApplication(ctx, h.boss, trip.ID, a.ID, map[string]ScoreInput{"looks": {Points: 1}}), Invalid)
	must(t, h.NoteApplication(ctx, h.boss, trip.ID, a.ID, "Ask about the budget."))
	p := h.selected(t, trip.ID)
	if p.Applications[0].Total != 525 || p.Applications[1].Total != 750 || len(p.Applications[0].Scorers()) != 2 || len(p.Applications[0].Notes) != 1 {
		t.Errorf("totals %d and %d", p.Applications[0].Total, p.Applications[1].Total)
	}
	_, err := h.ApplySuggestion(ctx, h.boss, trip.ID, "old")
	wantProblem(t, err, Changed)
	n, err := h.ApplySuggestion(ctx, h.boss, trip.ID, p.Mark)
	must(t, err)
	p = h.selected(t, trip.ID)
	if n != 2 || p.Applications[1].Seats != 2 || p.Applications[0].Seats != 1 || p.Trip.Held != 3 {
		t.Errorf("%d offers, %d held", n, p.Trip.Held)
	}
	until := t0.AddDate(0, 0, 8)
	must(t, h.ExtendOffer(ctx, h.boss, trip.ID, a.ID, until))
	wantProblem(t, h.ExtendOffer(ctx, h.boss, trip.ID, a.ID, trip.Starts.Add(time.Hour)), Invalid)
	if got := h.selected(t, trip.ID).Applications[0].Deadline; !got.Equal(until) {
		t.Errorf("until %s", got)
	}
}

// TestWhoSelects answers everybody else as if there was nothing.
func TestWhoSelects(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	leader := Actor{ID: "leader", Name: "Leo Leader", Via: "page"}
	trip := h.selecting(t, func(x *Trip) { x.LeaderIDs = []string{leader.ID} })
	a := h.applies(t, trip, 1, 1)
	elsewhere := h.spain(t, func(x *Trip) { x.Slug = "elsewhere" })
	for _, by := range []Actor{{}, h.other, leader, {ID: "x", Via: "page"}} {
		_, list := h.Applications(ctx, by, trip.ID, ApplicationFilter{})
		_, one := h.Application(ctx, by, trip.ID, a.ID)
		_, decide := h.DecideApplications(ctx, by, trip.ID, []string{a.ID}, Decision{State: ApplicationOffered})
		_, take := h.ApplySuggestion(ctx, by, trip.ID, "")
		_, next := h.OfferNext(ctx, by, trip.ID, 0)
		for i, err := range []error{list, one, decide, take, next, h.NoteApplication(ctx, by, trip.ID, a.ID, "x"), h.ScoreApplication(ctx, by, trip.ID, a.ID, nil),
			h.ExtendOffer(ctx, by, trip.ID, a.ID, t0.AddDate(0, 0, 1)), h.MoveInReserve(ctx, by, trip.ID, a.ID, true)} {
			if !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("%q, %d: %v", by.Name, i, err)
			}
		}
	}
	if _, err := h.Application(ctx, h.boss, elsewhere.ID, a.ID); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("an application of another trip: %v", err)
	}
	for _, link := range []string{"", a.ID, a.ID + ".", h.sign("traveller", a.ID, 0), h.sign("application", a.ID, 1), "x." + strings.Repeat("A", 22)} {
		if _, err := h.ApplicationByLink(ctx, link); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("the link %q: %v", link, err)
		}
	}
}
