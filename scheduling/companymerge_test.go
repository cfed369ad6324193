package scheduling

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"kohtaamo/storage"
)

// linesNaming are the documents of the whole database that hold an id, but for
// the audit log, which says what was so, and what leads from the old id to the
// new one.
func (h *testHouse) linesNaming(t testing.TB, ids ...string) (out []string) {
	t.Helper()
	var all bytes.Buffer
	must(t, h.DB.Export(t.Context(), &all))
	lines := bufio.NewScanner(&all)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		line := lines.Text()
		about := strings.Contains(line[:min(len(line), 80)], `"audit"`) || strings.Contains(line[:min(len(line), 80)], `"merged"`)
		if !about && slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(line, id) }) {
			out = append(out, line[:min(len(line), 200)])
		}
	}
	must(t, lines.Err())
	return out
}

// busyCompany stores a company that every collection with companies knows.
func (h *testHouse) busyCompany(t testing.TB, name string, tripID string) *Company {
	t.Helper()
	c := h.firm(t, name, func(c *Company) { c.ClusterIDs = []string{h.cluster.ID} })
	h.write(t, func(tx *storage.Tx) error {
		id := storage.NewID
		p := &Person{Meta: storage.Meta{ID: id()}, Email: id() + "@example.org", Name: "Aino", CompanyID: c.ID, Lang: "fi"}
		round := &Round{Meta: storage.Meta{ID: id()}, Slug: id(), Title: Text{"en": "Round"}}
		g := &GroupMembership{Meta: storage.Meta{ID: id()}, GroupID: id(), CompanyID: c.ID, State: MemberAccepted, Name: name}
		g.index()
		a := &Application{Meta: storage.Meta{ID: id()}, TripID: id(), State: ApplicationAccepted, CompanyID: c.ID, Company: name}
		a.index()
		r := &Registration{Meta: storage.Meta{ID: id()}, EventID: "e", State: Confirmed, Email: p.Email, Ticket: id(), CompanyID: c.ID, PersonID: p.ID}
		for _, err := range []error{
			people.Put(tx, p), rounds.Put(tx, round), groupMemberships.Put(tx, g), applications.Put(tx, a), registrations.Put(tx, r),
			entrants.Put(tx, &Entrant{Meta: storage.Meta{ID: id()}, RoundID: round.ID, CompanyID: c.ID, Live: round.ID + "/" + c.ID, State: EntrantIn, Name: name}),
			entrants.Put(tx, &Entrant{Meta: storage.Meta{ID: id()}, RoundID: round.ID, Claims: c.ID, State: EntrantPending, Name: name}),
			travellers.Put(tx, &Traveller{Meta: storage.Meta{ID: id()}, TripID: tripID, CompanyID: c.ID, Company: name, PersonID: p.ID, Role: AsDelegate, State: TravellerGoing}),
			programmes.Put(tx, &Programme{Meta: storage.Meta{ID: id()}, Hosts: []Host{{ID: id(), CompanyID: c.ID, Name: name}}}),
			tripOutcomes.Put(tx, &TripOutcome{Meta: storage.Meta{ID: tripOutcomeID(tripID, "host", c.ID, false)}, TripID: tripID, HostID: "host", Delegate: c.ID, Company: name, Step: LadderContact, Note: "of " + name}),
			pairsApart.Put(tx, &pairApart{Meta: storage.Meta{ID: pairID(c.ID, "x")}, IDs: []string{c.ID, "x"}}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	return c
}

func (h *testHouse) merges(t testing.TB, from, into *Company, take ...string) *Company {
	t.Helper()
	c, err := h.MergeCompanies(t.Context(), h.boss, Merge{From: from.ID, Into: into.ID, FromRev: from.Rev, IntoRev: into.Rev, Take: take})
	must(t, err)
	return c
}

func TestMergeCompanies(t *testing.T) {
	h := newHouse(t)
	a := h.busyCompany(t, "Polar Cells Oy", "trip")
	b := h.busyCompany(t, "Polar Cells Ltd", "trip")
	a.BusinessID, a.Tags = "0112038-9", []string{"batteries", "arctic"}
	must(t, h.SaveCompany(t.Context(), h.boss, a))
	b.Municipality, b.Tags, b.Country = "Oulu", []string{"arctic"}, "SE"
	must(t, h.SaveCompany(t.Context(), h.boss, b))

	look, err := h.CompanyMerging(t.Context(), h.boss, a.ID, b.ID)
	must(t, err)
	if look.Problem != nil || look.Reason != LikeName || look.Moves != 10 || len(look.Counts) != 7 {
		t.Errorf("looked: %+v", look)
	}
	if again := h.linesNaming(t, a.ID); len(again) < 10 {
		t.Fatalf("a look changed the house: %q", again)
	}

	got := h.merges(t, a, b, "business_id")
	if got.ID != b.ID || got.Name != "Polar Cells Ltd" || got.BusinessID != "0112038-9" || got.Country != "FI" || got.Municipality != "Oulu" || !slices.Equal(got.Tags, []string{"arctic", "batteries"}) {
		t.Errorf("merged into %+v", got)
	}
	if left := h.linesNaming(t, a.ID); len(left) > 0 {
		t.Errorf("still named: %q", left)
	}
	for _, id := range []string{a.ID, b.ID} {
		if c, err := h.Company(t.Context(), h.boss, id); err != nil || c.ID != b.ID {
			t.Errorf("%s answers with %v, %v", id, c, err)
		}
	}
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		o, err := tripOutcomes.Get(tx, tripOutcomeID("trip", "host", b.ID, false))
		if err == nil && o.Note != "of Polar Cells Ltd\n\nof Polar Cells Oy" {
			t.Errorf("the outcome says %q", o.Note)
		}
		return err
	}))
	h.wantAudit(t, b.ID, map[string]int{"company.merge": 1, "company.save": 2})

	again, err := h.MergeCompanies(t.Context(), h.boss, Merge{From: a.ID, Into: b.ID, FromRev: a.Rev, IntoRev: b.Rev})
	if err != nil || again.ID != b.ID {
		t.Errorf("sent twice: %v, %v", again, err)
	}
	h.wantAudit(t, b.ID, map[string]int{"company.merge": 1, "company.save": 2})

	c := h.firm(t, "Polar Group Oy", nil)
	h.merges(t, got, c)
	if last, err := h.Company(t.Context(), h.boss, a.ID); err != nil || last.ID != c.ID {
		t.Errorf("the first of three answers with %v, %v", last, err)
	}
}

// TestMergeRefusesWhatCollides leaves everything as it was, and says where.
func TestMergeRefusesWhatCollides(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, nil)
	e, _ := h.enters(t, r, "polar", nil)
	f, _ := h.enters(t, r, "solar", nil)
	from, err := h.Company(t.Context(), h.boss, e.CompanyID)
	must(t, err)
	into, err := h.Company(t.Context(), h.boss, f.CompanyID)
	must(t, err)
	look, err := h.CompanyMerging(t.Context(), h.boss, from.ID, into.ID)
	must(t, err)
	if look.Problem == nil || look.Problem.Key != "merging.same_round" || look.From.Name != from.Name {
		t.Errorf("looked: %+v", look)
	}
	_, err = h.MergeCompanies(t.Context(), h.boss, Merge{From: from.ID, Into: into.ID, FromRev: from.Rev, IntoRev: into.Rev})
	if p := wantProblem(t, err, Exists); p.Key != "merging.same_round" {
		t.Errorf("problem = %s", p.Key)
	}
	if e := h.entrantNow(t, e.ID); e.CompanyID != from.ID {
		t.Error("half of it was done")
	}
	_, err = h.MergeCompanies(t.Context(), h.boss, Merge{From: from.ID, Into: into.ID, FromRev: from.Rev + 1, IntoRev: into.Rev})
	wantProblem(t, err, Changed)
	_, err = h.MergeCompanies(t.Context(), Actor{ID: "x"}, Merge{From: from.ID, Into: into.ID})
	wantHidden(t, err)
	_, err = h.CompanyMerging(t.Context(), Actor{ID: "x"}, from.ID, into.ID)
	wantHidden(t, err)
}

// TestMergeAtOnce merges three companies in every direction at the same time:
// one is left, and all ids lead to it.
func TestMergeAtOnce(t *testing.T) {
	h := newHouse(t)
	var list []*Company
	for i := range 3 {
		list = append(list, h.busyCompany(t, fmt.Sprintf("Firm %d Oy", i), fmt.Sprint("trip", i)))
	}
	var all sync.WaitGroup
	for i, from := range list {
		for j, into := range list {
			if i == j {
				continue
			}
			all.Go(func() {
				for range 9 { // who lost looks again and decides again
					look, err := h.CompanyMerging(t.Context(), h.boss, from.ID, into.ID)
					if err != nil || look.From == nil {
						return
					}
					if _, err = h.MergeCompanies(t.Context(), h.boss, Merge{From: look.From.ID, Into: look.Into.ID, FromRev: look.From.Rev, IntoRev: look.Into.Rev}); err == nil {
						return
					}
				}
			})
		}
	}
	all.Wait()
	last, err := h.Company(t.Context(), h.boss, list[0].ID)
	must(t, err)
	for _, c := range list {
		if now, err := h.Company(t.Context(), h.boss, c.ID); err != nil || now.ID != last.ID {
			t.Errorf("%s answers with %v, %v", c.Name, now, err)
		}
		if left := h.linesNaming(t, c.ID); c.ID != last.ID && len(left) > 0 {
			t.Errorf("%s is still named: %q", c.Name, left)
		}
	}
	n := 0
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		n, err = registrations.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("company_id", last.ID)}})
		return err
	}))
	if n != 3 {
		t.Errorf("%d registrations of the one that is left, want 3", n)
	}
}

// TestMergingMovesEverything merges random companies one after the other. What
// names the one that stays is what named either, and nothing names the other.
func TestMergingMovesEverything(t *testing.T) {
	h := newHouse(t)
	var gone []string
	for seed := range uint64(6) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		trips := []string{fmt.Sprint("trip", seed), fmt.Sprint("trip", seed+rnd.Uint64N(2))}
		a, b := h.busyCompany(t, "One Oy", trips[0]), h.busyCompany(t, "Two Oy", trips[1])
		if rnd.IntN(2) == 0 {
			a, b = b, a
		}
		before := len(h.linesNaming(t, a.ID, b.ID))
		look, err := h.CompanyMerging(t.Context(), h.boss, a.ID, b.ID)
		must(t, err)
		h.merges(t, a, b)
		gone = append(gone, a.ID)
		want := before - 2 // the company itself, and what said that it is not x
		if trips[0] == trips[1] {
			want-- // both told of one visit
		}
		if after := len(h.linesNaming(t, b.ID)); after != want || look.Moves != 10 {
			t.Errorf("seed %d: %d documents named them, %d name the one that stays; %d moved", seed, before, after, look.Moves)
		}
	}
	if left := h.linesNaming(t, gone...); len(left) > 0 {
		t.Errorf("still named: %q", left)
	}
}
