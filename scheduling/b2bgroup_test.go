package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/storage"
)

// b2bNew makes a public B2B group that recruits.
func (h *testHouse) b2bNew(t testing.TB, slug string, set func(*B2BGroup)) *Group {
	t.Helper()
	g := &Group{Slug: slug, ClusterID: h.cluster.ID, Kind: kindB2B, Name: Text{"en": "Group " + slug, "fi": "Ryhmä " + slug}}
	must(t, h.SaveGroup(t.Context(), h.boss, g))
	in := &B2BGroup{Meta: storage.Meta{ID: g.ID}, Aim: AimTheme, Public: true}
	if set != nil {
		set(in)
	}
	_, err := h.SaveB2BGroup(t.Context(), h.boss, in)
	must(t, err)
	return g
}

// b2bPerson makes a person of a company, and gives them as one who asks.
func (h *testHouse) b2bPerson(t testing.TB, company, name, lang string) Actor {
	t.Helper()
	ctx, by := t.Context(), System("test")
	id, err := h.CompanyNamed(ctx, by, company)
	if company != "" && err != nil {
		c := &Company{Name: company, Kind: SME, Country: "FI", ClusterIDs: []string{h.cluster.ID}}
		must(t, h.SaveCompany(ctx, by, c))
		id = c.ID
	}
	p := &Person{Name: name, Email: Slug(name) + "@example.org", Lang: lang, CompanyID: id, ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SavePerson(ctx, by, p))
	return p.Actor()
}

// b2bCoordinator makes somebody who decides in a group.
func (h *testHouse) b2bCoordinator(t testing.TB, g *Group, name string) Actor {
	t.Helper()
	a := h.b2bPerson(t, "", name, "en")
	must(t, h.GiveRole(t.Context(), System("test"), a.ID, Grant{Role: Coordinator, Group: g.ID}))
	a.Grants = []Grant{{Role: Coordinator, Group: g.ID}}
	return a
}

// b2bMember lets a company in by one of its people.
func (h *testHouse) b2bMember(t testing.TB, g *Group, a Actor) *GroupMembership {
	t.Helper()
	m, err := h.AddCompany(t.Context(), h.boss, g.ID, a.Email)
	must(t, err)
	return m
}

func (h *testHouse) b2bReload(t testing.TB, id string) (g *Group) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		g, err = groups.Get(tx, id)
		return err
	}))
	return g
}

func TestMembershipOfACompany(t *testing.T) {
	h := newHouse(t)
	g := h.b2bNew(t, "spain", func(b *B2BGroup) { b.Aim, b.Country, b.Companies = AimCountry, "es", 1 })
	keeper := h.b2bCoordinator(t, g, "Kaisa Keeper")
	aava, bio := h.b2bPerson(t, "Aava Oy", "Aino Aava", "fi"), h.b2bPerson(t, "Bio Oy", "Bertta Bio", "en")
	ctx := t.Context()

	m, err := h.ShowInterest(ctx, aava, "spain", Interest{ID: "interest00000001", Message: "We make batteries", Listed: true, Wording: "Name on the page"})
	must(t, err)
	again, err := h.ShowInterest(ctx, aava, "spain", Interest{Message: "again"})
	must(t, err)
	if again.ID != m.ID || m.State != MemberInterested || m.Name != "Aava Oy" || m.Wording != "Name on the page" {
		t.Errorf("membership = %+v, again %s", m, again.ID)
	}
	if got := h.mails(t, keeper.Email); !slices.Equal(got, []string{"group.b2b_interest"}) {
		t.Errorf("the coordinator got %q", got)
	}
	colleague := h.b2bPerson(t, "Aava Oy", "Antti Aava", "fi")
	_, err = h.ShowInterest(ctx, colleague, "spain", Interest{})
	wantProblem(t, err, Exists)

	// Only who decides decides, and the company is told once, in its language.
	for _, a := range []Actor{aava, bio, {}, h.other} {
		_, err := h.DecideMembership(ctx, a, m.ID, MemberAccepted, "")
		wantHidden(t, err)
	}
	for range 2 {
		if m, err = h.DecideMembership(ctx, keeper, m.ID, MemberAccepted, ""); err != nil || m.State != MemberAccepted {
			t.Fatal(m, err)
		}
	}
	mails := h.mailsTo(t, aava.Email)
	if len(mails) != 1 || mails[0].Letter.Subject != "Aava Oy on mukana: Ryhmä spain" {
		t.Errorf("mails = %+v", mails)
	}
	if got := h.b2bReload(t, g.ID).Members; !slices.Equal(got, []string{aava.ID}) {
		t.Errorf("members = %q", got)
	}

	// The next one finds no place, and goes to the reserve.
	second, err := h.ShowInterest(ctx, bio, "spain", Interest{})
	must(t, err)
	_, err = h.DecideMembership(ctx, keeper, second.ID, MemberAccepted, "")
	wantProblem(t, err, Full)
	_, err = h.DecideMembership(ctx, keeper, second.ID, MemberReserve, "Soon")
	must(t, err)
	if got := h.mailsTo(t, bio.Email); len(got) != 1 || !strings.Contains(strings.Join(got[0].Letter.Paragraphs, "\n"), "Soon") {
		t.Errorf("mails = %+v", got)
	}
	page, err := h.PublicB2BGroup(ctx, "spain")
	must(t, err)
	if !slices.Equal(page.Companies, []string{"Aava Oy"}) || page.Others != 0 {
		t.Errorf("public page names %q and %d", page.Companies, page.Others)
	}

	// Who leaves makes room; the coordinator hears of it.
	_, err = h.LeaveGroup(ctx, aava, m.ID, "No time")
	must(t, err)
	_, err = h.LeaveGroup(ctx, aava, m.ID, "No time")
	must(t, err)
	if got := h.mails(t, keeper.Email); !slices.Equal(got, []string{"group.b2b_interest", "group.b2b_interest", "group.b2b_left"}) {
		t.Errorf("the coordinator got %q", got)
	}
	_, err = h.DecideMembership(ctx, keeper, second.ID, MemberAccepted, "")
	must(t, err)
	if got := h.b2bReload(t, g.ID).Members; !slices.Equal(got, []string{bio.ID}) {
		t.Errorf("members = %q", got)
	}
	// A company that left can come again.
	_, err = h.ShowInterest(ctx, aava, "spain", Interest{})
	must(t, err)
}

// Somebody whom nobody knows is believed once they have opened the mail.
func TestInterestByAddress(t *testing.T) {
	h := newHouse(t)
	g := h.b2bNew(t, "reuse", nil)
	ctx := t.Context()
	in := Interest{ID: "interest00000001", Name: "Nea New", Email: "Nea@Example.org", Lang: "fi", Company: "Uusi Oy", Country: "fi", Kind: SME}
	_, err := h.ShowInterest(ctx, Actor{}, "reuse", Interest{Email: "x", Name: "N", Company: "C", Country: "FI", Kind: SME})
	wantField(t, err, "email")
	m, err := h.ShowInterest(ctx, Actor{}, "reuse", in)
	must(t, err)
	in.ID = "interest00000002"
	_, err = h.ShowInterest(ctx, Actor{}, "reuse", in) // the inbox is not filled
	must(t, err)
	mails := h.mailsTo(t, "nea@example.org")
	if len(mails) != 1 || m.State != MemberUnconfirmed {
		t.Fatalf("%d mails, membership %s", len(mails), m.State)
	}
	_, err = h.Membership(ctx, h.boss, m.ID)
	wantHidden(t, err)
	link := strings.TrimPrefix(mails[0].Letter.Button.URL, h.BaseURL+"/b2b-groups/interest/")
	_, err = h.ConfirmInterest(ctx, link+"x")
	wantHidden(t, err)
	for range 2 {
		m, err = h.ConfirmInterest(ctx, link)
		must(t, err)
	}
	if m.State != MemberInterested || len(m.PersonIDs) != 1 {
		t.Fatalf("membership = %+v", m)
	}
	page, err := h.Membership(ctx, h.boss, m.ID)
	must(t, err)
	if page.Known || page.Emails[m.PersonIDs[0]] != "nea@example.org" {
		t.Errorf("page = %+v", page)
	}
	m, err = h.DecideMembership(ctx, h.boss, m.ID, MemberAccepted, "")
	must(t, err)
	c, err := h.Company(ctx, h.boss, m.CompanyID)
	must(t, err)
	if c.Name != "Uusi Oy" || c.Country != "FI" {
		t.Errorf("company = %+v", c)
	}
	p, err := h.Person(ctx, h.boss, m.PersonIDs[0])
	must(t, err)
	if p.Person.CompanyID != m.CompanyID || p.Person.Lang != "fi" {
		t.Errorf("person = %+v", p.Person)
	}

	// What nobody confirms goes by itself.
	in.ID, in.Email = "interest00000003", "never@example.org"
	_, err = h.ShowInterest(ctx, Actor{}, "reuse", in)
	must(t, err)
	if n, err := h.ForgetInterests(ctx, t0.Add(8*24*time.Hour)); n != 1 || err != nil {
		t.Errorf("forgot %d, %v", n, err)
	}

	_, err = h.SetB2BState(ctx, h.boss, g.ID, B2BActive, "")
	must(t, err)
	in.ID = "interest00000004"
	_, err = h.ShowInterest(ctx, Actor{}, "reuse", in)
	wantProblem(t, err, Closed)
}

func TestWishesAndTargets(t *testing.T) {
	h := newHouse(t)
	g := h.b2bNew(t, "oem", func(b *B2BGroup) { b.Aim, b.Target, b.People = AimOEM, "Stellantis", 2 })
	aava, bio := h.b2bPerson(t, "Aava Oy", "Aino Aava", "fi"), h.b2bPerson(t, "Bio Oy", "Bertta Bio", "en")
	ctx := t.Context()
	m := h.b2bMember(t, g, aava)
	h.b2bMember(t, g, bio)
	b, err := h.SaveTarget(ctx, h.boss, g.ID, GroupTarget{ID: "target0000000001", Name: "Stellantis purchasing", Country: "it"})
	must(t, err)
	if b.Targets[0].State != TargetToContact || b.Targets[0].Country != "IT" {
		t.Errorf("target = %+v", b.Targets[0])
	}
	_, err = h.SaveTarget(ctx, h.boss, g.ID, GroupTarget{ID: "target0000000001", Name: "Stellantis", State: TargetResult})
	wantField(t, err, "result")
	_, err = h.SaveTarget(ctx, aava, g.ID, GroupTarget{Name: "Mine"})
	wantHidden(t, err)

	edit := MembershipEdit{Rev: m.Rev, UseBusy: true, Listed: true, Wording: "W",
		Wishes: []GroupWish{{Topic: " Solid  state "}, {TargetID: "target0000000001"}, {TargetID: "gone"}, {Topic: "Solid state"}}}
	m, err = h.EditMembership(ctx, aava, m.ID, edit)
	must(t, err)
	if want := []GroupWish{{Topic: "Solid state"}, {TargetID: "target0000000001"}}; !slices.Equal(m.Wishes, want) || !m.People[0].UseBusy || !m.Listed {
		t.Errorf("membership = %+v", m)
	}
	_, err = h.EditMembership(ctx, aava, m.ID, edit)
	wantProblem(t, err, Changed)
	// A coordinator keeps wishes, and agrees to nothing for others.
	m, err = h.EditMembership(ctx, h.boss, m.ID, MembershipEdit{Rev: m.Rev, Wishes: m.Wishes})
	must(t, err)
	if !m.Listed || !m.People[0].UseBusy {
		t.Errorf("a coordinator took back what a company agreed to: %+v", m)
	}
	// Members see who is in and how often a target is wished for, not who wishes it.
	p, err := h.B2BGroup(ctx, bio, g.ID)
	must(t, err)
	if len(p.Memberships) != 2 || p.Memberships[0].Wishes != nil || p.Wanted["target0000000001"] != 1 || len(p.Mine) != 1 {
		t.Errorf("page = %+v", p)
	}
	_, err = h.B2BGroup(ctx, h.b2bPerson(t, "", "Sini Stranger", "en"), g.ID)
	wantHidden(t, err)

	// A colleague comes in with an address, up to the limit.
	m, err = h.AddColleague(ctx, aava, m.ID, "Antti Aava", "antti@example.org")
	must(t, err)
	if got := h.mails(t, "antti@example.org"); !slices.Equal(got, []string{"group.b2b_colleague"}) || len(h.b2bReload(t, g.ID).Members) != 3 {
		t.Errorf("the colleague got %q, members %q", got, h.b2bReload(t, g.ID).Members)
	}
	_, err = h.AddColleague(ctx, aava, m.ID, "Bertta", bio.Email)
	wantField(t, err, "email")
	_, err = h.AddColleague(ctx, aava, m.ID, "Third", "third@example.org")
	wantProblem(t, err, Full)
	_, err = h.DropColleague(ctx, aava, m.ID, aava.ID)
	must(t, err)
	if got := h.b2bReload(t, g.ID).Members; len(got) != 2 || slices.Contains(got, aava.ID) {
		t.Errorf("members = %q", got)
	}

	_, err = h.SetB2BState(ctx, h.boss, g.ID, B2BClosed, "Done")
	must(t, err)
	_, err = h.SetB2BState(ctx, h.boss, g.ID, B2BRecruiting, "")
	wantProblem(t, err, Closed)
	_, err = h.SaveTarget(ctx, h.boss, g.ID, GroupTarget{Name: "Late"})
	wantProblem(t, err, Closed)
}

// The last place of a group is given once, however many want to give it.
func TestLastPlaceInAGroup(t *testing.T) {
	h := newHouse(t)
	g := h.b2bNew(t, "small", func(b *B2BGroup) { b.Companies = 3 })
	var ids []string
	for i := range 12 {
		m, err := h.ShowInterest(t.Context(), h.b2bPerson(t, fmt.Sprintf("Company %d", i), fmt.Sprintf("Person %d", i), "en"), "small", Interest{})
		must(t, err)
		ids = append(ids, m.ID)
	}
	var wg sync.WaitGroup
	for _, id := range ids {
		for range 2 {
			wg.Go(func() {
				if _, err := h.DecideMembership(t.Context(), h.boss, id, MemberAccepted, ""); err != nil && ProblemIn(err) == nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	p, err := h.B2BGroup(t.Context(), h.boss, g.ID)
	must(t, err)
	if len(p.In()) != 3 || p.B2B.Accepted != 3 || len(p.Group.Members) != 3 {
		t.Errorf("%d companies are in, %d counted, %d members", len(p.In()), p.B2B.Accepted, len(p.Group.Members))
	}
}

// A group of another kind is none of this, and one that was never set up works.
func TestOtherGroupsAreNoB2BGroups(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "board")
	_, err := h.B2BGroup(t.Context(), h.boss, g.ID)
	wantHidden(t, err)
	bare := &Group{Slug: "bare", ClusterID: h.cluster.ID, Kind: kindB2B, Name: Text{"en": "Bare"}}
	must(t, h.SaveGroup(t.Context(), h.boss, bare))
	p, err := h.B2BGroup(t.Context(), h.boss, bare.ID)
	must(t, err)
	if p.B2B.Rev != 0 || p.B2B.State != B2BRecruiting {
		t.Errorf("settings = %+v", p.B2B)
	}
	_, err = h.PublicB2BGroup(t.Context(), "bare")
	wantHidden(t, err)
	h.b2bMember(t, bare, h.b2bPerson(t, "Aava Oy", "Aino Aava", "fi"))
}
