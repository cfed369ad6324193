package scheduling

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kohtaamo/storage"
)

// openRound keeps a round in the request phase, of one day with six slots of half
// an hour from nine, after set has had its way.
func (h *testHouse) openRound(t testing.TB, set func(*Round)) *Round {
	t.Helper()
	r := &Round{Meta: storage.Meta{ID: storage.NewID()}, ClusterIDs: []string{h.cluster.ID}, Phase: RoundRequests, Way: BySolver,
		Title: Text{"en": "Northern Power matchmaking", "fi": "Northern Powerin kohtaamiset"}, Zone: "Europe/Helsinki", Open: true}
	r.Slug = "round-" + r.ID
	for i := range 6 {
		at := time.Date(2027, 2, 3, 7, 30*i, 0, 0, time.UTC)
		r.Slots = append(r.Slots, Slot{slotID(at), at, at.Add(30 * time.Minute)})
	}
	r.Starts, r.Ends = r.Slots[0].Starts, r.Slots[5].Ends
	if set != nil {
		set(r)
	}
	h.store(t, func(tx *storage.Tx) error { return rounds.Put(tx, r) })
	return r
}

func (h *testHouse) store(t testing.TB, fn func(*storage.Tx) error) {
	t.Helper()
	must(t, h.DB.Update(t.Context(), fn))
}

// someone is a person of a company, signed in; of none if it is nil.
func (h *testHouse) someone(t testing.TB, name string, c *Company) Actor {
	t.Helper()
	p := &Person{Email: name + "@example.org", Name: name, Lang: "en", ClusterIDs: []string{h.cluster.ID}}
	if c != nil {
		p.CompanyID = c.ID
	}
	must(t, h.SavePerson(t.Context(), h.boss, p))
	return p.Actor()
}

func (h *testHouse) firm(t testing.TB, name string, set func(*Company)) *Company {
	t.Helper()
	c := &Company{Name: name, Kind: SME, Country: "FI"}
	if set != nil {
		set(c)
	}
	must(t, h.SaveCompany(t.Context(), h.boss, c))
	return c
}

// enters enters a new company with one person.
func (h *testHouse) enters(t testing.TB, r *Round, name string, set func(*Entrant)) (*Entrant, Actor) {
	t.Helper()
	by := h.someone(t, name, h.firm(t, name+" Oy", nil))
	in := &Entrant{RoundID: r.ID}
	if set != nil {
		set(in)
	}
	e, err := h.Enter(t.Context(), by, in)
	must(t, err)
	return e, by
}

func (h *testHouse) entrantNow(t testing.TB, id string) (e *Entrant) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		e, err = entrants.Get(tx, id)
		return err
	}))
	return e
}

func TestEnterTakesOverTheCompany(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, nil)
	c := h.firm(t, "Akkukierto Oy", func(c *Company) {
		c.Offers, c.Needs, c.Tags = "recycling of batteries\n- black mass\n", "robots; sorting", []string{"circular"}
	})
	aino := h.someone(t, "aino", c)
	e, err := h.Enter(t.Context(), aino, &Entrant{RoundID: r.ID, Needs: []string{"collection"}})
	must(t, err)
	if e.State != EntrantIn || e.Name != "Akkukierto Oy" || e.CompanyID != c.ID || !slices.Equal(e.Offers, []string{"recycling of batteries", "black mass"}) ||
		!slices.Equal(e.Needs, []string{"collection"}) || !slices.Equal(e.Tags, []string{"circular"}) {
		t.Errorf("entrant = %+v", e)
	}
	if p := e.People; len(p) != 1 || p[0].PersonID != aino.ID || !p[0].Manages || !slices.Equal(p[0].Languages, []string{"en"}) {
		t.Errorf("people = %+v", p)
	}
	again, err := h.Enter(t.Context(), aino, &Entrant{RoundID: r.ID})
	must(t, err)
	if again.ID != e.ID || again.Rev != e.Rev {
		t.Errorf("entering twice gave %s and %s", e.ID, again.ID)
	}
	if got := h.mails(t, aino.Email); !slices.Equal(got, []string{mailEntrantIn}) {
		t.Errorf("mails = %v", got)
	}

	colleague := h.someone(t, "colleague", c)
	joined, err := h.Enter(t.Context(), colleague, &Entrant{RoundID: r.ID})
	must(t, err)
	if p, ok := joined.Delegate(colleague.ID); joined.ID != e.ID || !ok || p.Manages {
		t.Errorf("a colleague who enters is %+v in %s", p, joined.ID)
	}
}

func TestEnterWhen(t *testing.T) {
	h := newHouse(t)
	for _, phase := range append(RoundPhases, RoundCancelled) {
		r := h.openRound(t, func(r *Round) { r.Phase = phase })
		by := h.someone(t, "p"+string(phase), h.firm(t, "C "+string(phase), nil))
		_, err := h.Enter(t.Context(), by, &Entrant{RoundID: r.ID})
		switch phase {
		case RoundDraft:
			wantHidden(t, err)
		case RoundProfiles, RoundRequests:
			must(t, err)
		default:
			wantProblem(t, err, Closed)
		}
	}
	r := h.openRound(t, nil)
	for _, by := range []Actor{{}, {ID: "token", Via: "api"}} {
		_, err := h.Enter(t.Context(), by, &Entrant{RoundID: r.ID})
		wantHidden(t, err)
	}
}

// Nobody becomes one of a company that others belong to by naming it.
func TestEnterClaims(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, nil)
	taken := h.firm(t, "Taken Oy", func(c *Company) { c.BusinessID, c.Offers = "0112038-9", "a secret offer" })
	owner := h.someone(t, "owner", taken)
	lonely := h.firm(t, "Lonely Oy", nil)
	named := func(name, id, country string) *Entrant {
		return &Entrant{RoundID: r.ID, Name: name, BusinessID: id, Country: country, Kind: SME}
	}
	for i, test := range []struct {
		in     *Entrant
		claims string
		is     string // company id; "" for a new one
	}{
		{named("Anything", "0112038-9", "FI"), taken.ID, ""},
		{named("taken OY", "", "FI"), taken.ID, ""},
		{named("Taken Oy", "", "SE"), "", ""},
		{named("Taken Oyj", "", "FI"), "", ""},
		{named("Lonely Oy", "", "FI"), "", lonely.ID},
		{named("Taken Oy", "2112038-6", "FI"), "", ""},
	} {
		by := h.someone(t, fmt.Sprintf("claimant%d", i), nil)
		e, err := h.Enter(t.Context(), by, test.in)
		must(t, err)
		p, err := h.Person(t.Context(), h.boss, by.ID)
		must(t, err)
		switch {
		case e.Claims != test.claims:
			t.Errorf("%d: claims %q, want %q", i, e.Claims, test.claims)
		case e.Claims != "" && (e.State != EntrantPending || e.CompanyID != "" || len(e.Offers) != 0 || p.Person.CompanyID != ""):
			t.Errorf("%d: a claim is %+v of a person of %q", i, e, p.Person.CompanyID)
		case e.Claims == "" && (e.State != EntrantIn || p.Person.CompanyID != e.CompanyID || test.is != "" && e.CompanyID != test.is || e.CompanyID == taken.ID):
			t.Errorf("%d: entrant %+v", i, e)
		}
	}

	// The owners come and go as they like meanwhile; who claimed joins them if an organiser says so.
	own, err := h.Enter(t.Context(), owner, &Entrant{RoundID: r.ID})
	must(t, err)
	claimant, err := personNamed(t, h, "claimant0")
	must(t, err)
	claim, err := h.EntrantFor(t.Context(), claimant.Actor(), r.Slug)
	must(t, err)
	_, err = h.ApproveEntrant(t.Context(), owner, claim.Entrant.ID)
	wantHidden(t, err)
	_, err = h.ApproveEntrant(t.Context(), h.boss, claim.Entrant.ID)
	must(t, err)
	now, err := h.EntrantFor(t.Context(), claimant.Actor(), r.Slug)
	must(t, err)
	if now.Entrant.ID != own.ID || now.Manages || len(now.Entrant.People) != 2 {
		t.Errorf("after the approval they are in %+v", now.Entrant)
	}
}

func personNamed(t *testing.T, h *testHouse, name string) (p *Person, err error) {
	err = h.DB.View(t.Context(), func(tx *storage.Tx) error {
		p, err = personByEmail(tx, name+"@example.org")
		return err
	})
	return p, err
}

// Forty companies enter a round for ten at once, three people of each.
func TestEnterLimitAtOnce(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, func(r *Round) { r.Limits.Entrants = 10 })
	var who []Actor
	for i := range 40 {
		c := h.firm(t, fmt.Sprintf("Company %d", i), nil)
		for j := range 3 {
			who = append(who, h.someone(t, fmt.Sprintf("p%d-%d", i, j), c))
		}
	}
	var in, full atomic.Int32
	var all sync.WaitGroup
	for _, by := range who {
		all.Go(func() {
			_, err := h.Enter(t.Context(), by, &Entrant{RoundID: r.ID})
			switch p := ProblemIn(err); {
			case err == nil:
				in.Add(1)
			case p != nil && p.Kind == Full:
				full.Add(1)
			default:
				t.Errorf("enter: %v", err)
			}
		})
	}
	all.Wait()
	var list []*Entrant
	h.store(t, func(tx *storage.Tx) (err error) {
		list, err = entrants.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}})
		return err
	})
	people := 0
	for _, e := range list {
		people += len(e.People)
	}
	if len(list) != 10 || people != int(in.Load()) || in.Load() != 30 || full.Load() != 90 {
		t.Errorf("%d entrants with %d people; %d were told they are in, %d that it is full", len(list), people, in.Load(), full.Load())
	}
	_, err := h.LeaveEntrant(t.Context(), h.boss, list[0].ID, "ill")
	must(t, err)
	late := h.someone(t, "late", h.firm(t, "Late Oy", nil))
	_, err = h.Enter(t.Context(), late, &Entrant{RoundID: r.ID})
	must(t, err)
}

func TestEnterApproval(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, func(r *Round) { r.Limits.Approval, r.Limits.Entrants = true, 1 })
	a, aino := h.enters(t, r, "aino", nil)
	b, _ := h.enters(t, r, "bea", nil)
	if a.State != EntrantPending || b.State != EntrantPending {
		t.Fatalf("states %s, %s", a.State, b.State)
	}
	for _, by := range []Actor{h.other, aino, {}} {
		_, err := h.ApproveEntrant(t.Context(), by, a.ID)
		wantHidden(t, err)
	}
	for range 2 {
		_, err := h.ApproveEntrant(t.Context(), h.boss, a.ID)
		must(t, err)
	}
	_, err := h.ApproveEntrant(t.Context(), h.boss, b.ID)
	wantProblem(t, err, Full)
	_, err = h.RejectEntrant(t.Context(), h.boss, a.ID, "not this time")
	must(t, err)
	_, err = h.ApproveEntrant(t.Context(), h.boss, b.ID)
	must(t, err)
	again, err := h.Enter(t.Context(), aino, &Entrant{RoundID: r.ID})
	must(t, err)
	if again.ID != a.ID || again.State != EntrantRejected {
		t.Errorf("entering after a rejection gives %s %s", again.ID, again.State)
	}
	if got := h.mails(t, aino.Email); !slices.Equal(got, []string{mailEntrantPending, mailEntrantIn, mailEntrantRejected}) {
		t.Errorf("mails = %v", got)
	}
}
