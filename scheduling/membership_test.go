package scheduling

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// joining is a form that is filled in well.
func joining(set func(*JoinForm)) JoinForm {
	in := JoinForm{JoinApplication: JoinApplication{Company: "Pohjoisen Anturi Oy", Kind: SME, Country: "fi", BusinessID: "0737546-2", Municipality: "Oulu", Website: "https://anturi.example",
		Name: "Aino Mäkelä", Title: "Toimitusjohtaja", Email: "Aino@Anturi.example", Lang: "fi"},
		Motivation: "Haluamme Espanjaan.", Agreed: true, AgreeWords: "Tietoja saa käyttää", Listed: true, ListWords: "Yritys näkyy"}
	if set != nil {
		set(&in)
	}
	return in
}

// mailedLink is the last part of the button's address in the newest mail of a
// kind to somebody.
func (h *testHouse) mailedLink(t testing.TB, to, kind string) string {
	t.Helper()
	list := h.mailsTo(t, to)
	i := slices.IndexFunc(list, func(m *mailer.Mail) bool { return m.Kind == kind })
	if i < 0 {
		t.Fatalf("no mail %s to %s", kind, to)
	}
	for j, m := range list {
		if m.Kind == kind {
			i = j
		}
	}
	return path.Base(list[i].Letter.Button.URL)
}

// organiser stores somebody who organises the house's cluster, for mails.
func (h *testHouse) organiser(t testing.TB) *Person {
	t.Helper()
	p := h.delegate(t, "Oona Organiser")
	must(t, h.SetGrants(t.Context(), System("test"), p.ID, []Grant{{Role: Organiser, Cluster: h.cluster.ID}}))
	return p
}

// joins has a company apply and be approved.
func (h *testHouse) joins(t testing.TB, set func(*JoinForm)) *Membership {
	t.Helper()
	in := joining(set)
	must(t, h.AskToJoin(t.Context(), h.cluster.Slug, in))
	email, _ := NormalEmail(in.Email)
	m, err := h.ConfirmJoin(t.Context(), h.mailedLink(t, email, mailMembershipAddress))
	must(t, err)
	m, err = h.ApproveMembership(t.Context(), h.boss, m.ID, "")
	must(t, err)
	return m
}

func (h *testHouse) companyOf(t testing.TB, id string) *Company {
	t.Helper()
	c, err := h.Company(t.Context(), System("test"), id)
	must(t, err)
	return c
}

// speakerOf is the contact of a membership, signed in.
func (h *testHouse) speakerOf(t testing.TB, m *Membership) Actor {
	t.Helper()
	p, err := h.Person(t.Context(), System("test"), m.ContactID)
	must(t, err)
	return p.Person.Actor()
}

func (h *testHouse) checkClusters(t rapid.TB) {
	t.Helper()
	err := h.DB.View(context.Background(), func(tx *storage.Tx) error {
		for c, err := range companies.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			list, err := activeMemberships(tx, c.ID)
			if err != nil {
				return err
			}
			var ids []string
			for _, m := range list {
				ids = append(ids, m.ClusterID)
			}
			slices.Sort(ids)
			if has := slices.Sorted(slices.Values(c.ClusterIDs)); !slices.Equal(ids, has) {
				t.Errorf("%s belongs to %v, its memberships to %v", c.Name, has, ids)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// From a form that nobody confirmed to a member whose contact can sign in.
func TestJoinACluster(t *testing.T) {
	h := newHouse(t)
	ctx, boss := t.Context(), h.organiser(t)
	wantProblem(t, h.AskToJoin(ctx, h.cluster.Slug, joining(func(in *JoinForm) {
		in.Agreed, in.BusinessID, in.Email, in.Kind, in.Country, in.Website = false, "0737546-3", "x", "club", "FIN", "javascript:x"
	})), Invalid)
	wantHidden(t, h.AskToJoin(ctx, "nowhere", joining(nil)))
	id := storage.NewID()
	for range 2 {
		must(t, h.AskToJoin(ctx, h.cluster.Slug, joining(func(in *JoinForm) { in.ID = id })))
	}
	must(t, h.AskToJoin(ctx, h.cluster.Slug, joining(nil))) // another form within the hour writes to nobody
	if got := h.mails(t, "aino@anturi.example"); len(got) != 1 {
		t.Fatalf("mails: %v, want one", got)
	}
	link := h.mailedLink(t, "aino@anturi.example", mailMembershipAddress)
	for _, guess := range []string{link[:len(link)-2], id + ".AAAAAAAAAAAAAAAAAAAAAA", "x", h.sign("agreement", id, 0)} {
		_, err := h.ConfirmJoin(ctx, guess)
		wantHidden(t, err)
	}
	seen, err := h.JoinByLink(ctx, link)
	must(t, err)
	if seen.Confirmed || seen.Application.Company != "Pohjoisen Anturi Oy" || len(h.mails(t, boss.Email)) != 0 {
		t.Errorf("looking at the link did something: %+v", seen)
	}
	for range 2 {
		m, err := h.ConfirmJoin(ctx, link)
		must(t, err)
		if m.State != JoinApplied || m.CompanyID != "" {
			t.Errorf("application is %+v", m)
		}
	}
	if got := h.mails(t, boss.Email); !slices.Equal(got, []string{mailMembershipApplied}) {
		t.Errorf("the organiser read %v", got)
	}
	_, err = h.ApproveMembership(ctx, h.other, id, "")
	wantHidden(t, err)
	_, err = h.DeclineMembership(ctx, h.boss, id, " ")
	wantProblem(t, err, Invalid)
	var m *Membership
	for range 2 {
		m, err = h.ApproveMembership(ctx, h.boss, id, "")
		must(t, err)
	}
	c := h.companyOf(t, m.CompanyID)
	if m.State != JoinActive || !m.Listed || !m.At(h.time()) || m.Joined != midnight("2027-01-13", zoneOf(HouseZone)) || c.BusinessID != "0737546-2" || c.Country != "FI" || m.Application != nil {
		t.Errorf("member %+v of company %+v", m, c)
	}
	if got := h.mails(t, "aino@anturi.example"); !slices.Equal(got, []string{mailMembershipAddress, mailMembershipReceived, mailMembershipApproved}) {
		t.Errorf("the applicant read %v", got)
	}
	me := h.speakerOf(t, m)
	if own, err := h.MyMemberships(ctx, me); err != nil || len(own) != 1 {
		t.Errorf("own memberships: %v, %v", own, err)
	}
	_, err = h.DeclineMembership(ctx, h.boss, id, "late")
	wantProblem(t, err, Closed)
	h.checkClusters(t)
}

// A company has one open application for a cluster, and is a member once.
func TestApplyTwice(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	confirm := func(email string) (*Membership, error) {
		must(t, h.AskToJoin(ctx, h.cluster.Slug, joining(func(in *JoinForm) { in.Email = email })))
		return h.ConfirmJoin(ctx, h.mailedLink(t, email, mailMembershipAddress))
	}
	first, err := confirm("a@anturi.example")
	must(t, err)
	_, err = confirm("b@anturi.example")
	wantProblem(t, err, Exists)
	first, err = h.DeclineMembership(ctx, h.boss, first.ID, "Not now")
	must(t, err)
	second, err := confirm("c@anturi.example")
	must(t, err)
	known := &Company{Name: "Anturi", Kind: SME, Country: "FI", BusinessID: "0737546-2"}
	must(t, h.SaveCompany(ctx, h.boss, known))
	_, err = h.ApproveMembership(ctx, h.boss, second.ID, "")
	wantProblem(t, err, Exists)
	p, err := h.Member(ctx, h.boss, second.ID)
	must(t, err)
	if len(p.Like) != 1 || p.Like[0].ID != known.ID {
		t.Errorf("like it are %+v", p.Like)
	}
	_, err = h.ApproveMembership(ctx, h.boss, second.ID, known.ID)
	must(t, err)
	third, err := confirm("d@anturi.example")
	must(t, err) // nobody learns from a form who is a member
	_, err = h.ApproveMembership(ctx, h.boss, third.ID, known.ID)
	wantProblem(t, err, Exists)
	_, err = h.OpenMembership(ctx, h.boss, NewMembership{CompanyID: known.ID, ClusterID: h.cluster.ID})
	wantProblem(t, err, Exists)
	h.checkClusters(t)
	n, err := h.ForgetJoins(ctx, t0.AddDate(1, 1, 0))
	must(t, err)
	if n != 2 { // the wish of b, and who was declined first
		t.Errorf("%d forgotten, want 2", n)
	}
	if m, err := h.Member(ctx, h.boss, first.ID); err != nil || m.Membership.Application != nil || m.Membership.State != JoinDeclined {
		t.Errorf("what is left of the declined one: %+v, %v", m, err)
	}
	_, err = h.JoinByLink(ctx, h.sign("join", storage.NewID(), 0))
	wantProblem(t, err, Closed)
}

// Wherever the clusters of a company are saved, its memberships follow, and only
// an organiser of a cluster changes who belongs to it.
func TestSavingACompanyKeepsItsMemberships(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	c := &Company{Name: "Aava", Kind: SME, Country: "FI", ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SaveCompany(ctx, h.boss, c))
	h.checkClusters(t)
	elsewhere := h.other.Grants[0].Cluster
	c.ClusterIDs = append(c.ClusterIDs, elsewhere)
	wantProblem(t, h.SaveCompany(ctx, h.boss, c), Forbidden)
	c = h.companyOf(t, c.ID)
	c.Name, c.Tags = "Aava Energia", []string{"steel"}
	must(t, h.SaveCompany(ctx, h.other, c)) // who leaves its clusters alone may
	list, _, err := h.Memberships(ctx, h.boss, MembershipFilter{Text: "energia", Tag: "steel"})
	must(t, err)
	if len(list) != 1 || list[0].Name != "Aava Energia" {
		t.Fatalf("found %+v", list)
	}
	c.ClusterIDs = nil
	wantProblem(t, h.SaveCompany(ctx, h.other, c), Forbidden)
	c = h.companyOf(t, c.ID)
	c.ClusterIDs = nil
	must(t, h.SaveCompany(ctx, h.boss, c))
	h.checkClusters(t)
	was, err := h.Member(ctx, h.boss, list[0].ID)
	must(t, err)
	if m := was.Membership; m.State != JoinEnded || m.Left.IsZero() || m.At(h.time()) || m.Live != "" {
		t.Errorf("ended membership is %+v", m)
	}
	_, err = h.OpenMembership(ctx, h.boss, NewMembership{CompanyID: c.ID, ClusterID: h.cluster.ID, Joined: "2027-01-14"})
	wantProblem(t, err, Invalid)
	stranger := h.delegate(t, "Sirkku Stranger")
	_, err = h.OpenMembership(ctx, h.boss, NewMembership{CompanyID: c.ID, ClusterID: h.cluster.ID, ContactID: stranger.ID})
	wantProblem(t, err, Invalid)
	in := NewMembership{ID: storage.NewID(), CompanyID: c.ID, ClusterID: h.cluster.ID, Joined: "2020-02-29"}
	_, err = h.OpenMembership(ctx, h.other, in)
	wantHidden(t, err)
	for range 2 {
		m, err := h.OpenMembership(ctx, h.boss, in)
		must(t, err)
		if m.ID == was.Membership.ID || !m.At(in2020) {
			t.Errorf("a company that comes back has a new membership: %+v", m)
		}
	}
	_, err = h.EndMembership(ctx, h.other, in.ID, "")
	wantHidden(t, err)
	for range 2 {
		_, err = h.EndMembership(ctx, h.boss, in.ID, "Moved away")
		must(t, err)
	}
	h.checkClusters(t)
}

var in2020 = time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC)

// A database of before gets the memberships that its companies stand for, once.
func TestFoundMemberships(t *testing.T) {
	h := newHouse(t)
	old := &Company{Meta: storage.Meta{ID: "old"}, Name: "Vanha", Kind: SME, Country: "FI", ClusterIDs: []string{h.cluster.ID, h.cluster.ID}, Words: []string{"vanha"}}
	h.write(t, func(tx *storage.Tx) error { return companies.Put(tx, old) })
	for range 2 {
		h.write(t, foundMemberships)
	}
	var list []*Membership
	h.write(t, func(tx *storage.Tx) (err error) {
		list, err = memberships.Find(tx, storage.Query{})
		return err
	})
	if len(list) != 1 || list[0].Joined != midnight("2027-01-13", zoneOf(HouseZone)) || list[0].State != JoinActive || list[0].Name != "Vanha" {
		t.Errorf("memberships %+v", list)
	}
}

// The public reads who agreed to it, members read everybody, and the company's
// own contact alone says what stands there.
func TestDirectory(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	m := h.joins(t, nil)
	quiet := &Company{Name: "Hiljainen", Kind: Research, Country: "FI", Tags: []string{"radio"}, ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SaveCompany(ctx, h.boss, quiet))
	names := func(by Actor, f MembershipFilter) (out []string) {
		t.Helper()
		p, err := h.Directory(ctx, by, h.cluster.Slug, f)
		must(t, err)
		for _, e := range p.Entries {
			out = append(out, e.Company.Name)
		}
		return out
	}
	me := h.speakerOf(t, m)
	for _, c := range []struct {
		by   Actor
		f    MembershipFilter
		want []string
	}{
		{Actor{}, MembershipFilter{}, []string{"Pohjoisen Anturi Oy"}}, {Actor{}, MembershipFilter{Kind: Research}, nil}, {Actor{}, MembershipFilter{State: JoinEnded, Text: "hilj"}, nil},
		{h.other, MembershipFilter{}, []string{"Pohjoisen Anturi Oy"}}, {me, MembershipFilter{}, []string{"Hiljainen", "Pohjoisen Anturi Oy"}},
		{me, MembershipFilter{Tag: "radio"}, []string{"Hiljainen"}}, {h.boss, MembershipFilter{Text: "ant"}, []string{"Pohjoisen Anturi Oy"}},
	} {
		if got := names(c.by, c.f); !slices.Equal(got, c.want) {
			t.Errorf("%s with %+v reads %v, want %v", c.by.Name, c.f, got, c.want)
		}
	}
	_, err := h.SaveListing(ctx, h.boss, m.ID, MemberListing{Rev: m.Rev})
	wantHidden(t, err)
	_, err = h.SaveListing(ctx, me, m.ID, MemberListing{Rev: m.Rev - 1})
	wantProblem(t, err, Changed)
	m, err = h.SaveListing(ctx, me, m.ID, MemberListing{Rev: m.Rev, Profile: "Antureita pakkaseen."})
	must(t, err)
	if got := names(Actor{}, MembershipFilter{}); len(got) != 0 || m.Listed || m.ListedAt.IsZero() || m.Profile == "" {
		t.Errorf("taken back, the public still reads %v of %+v", got, m)
	}
}

// Of two companies that are one, one membership of a cluster stays: that with the
// agreement.
func TestMergeMemberships(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	m := h.joins(t, nil)
	h.signsNow(t, m)
	into := &Company{Name: "Anturi", Kind: SME, Country: "FI", ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SaveCompany(ctx, h.boss, into))
	h.write(t, func(tx *storage.Tx) error {
		from, err := companies.Get(tx, m.CompanyID)
		if err != nil {
			return err
		}
		to, err := companies.Get(tx, into.ID)
		if err != nil {
			return err
		}
		n, err := moveMemberships(tx, from, to)
		if n != 2 {
			t.Errorf("%d documents moved, want 2", n)
		}
		return errors.Join(err, companies.Delete(tx, from))
	})
	h.checkClusters(t)
	p, err := h.Member(ctx, h.boss, m.ID)
	must(t, err)
	if p.Membership.State != JoinActive || p.Company.ID != into.ID || p.InForce() == nil || p.InForce().CompanyID != into.ID {
		t.Errorf("what is left: %+v of %+v", p.Membership, p.Company)
	}
}

// Somebody who is erased leaves no name in members and agreements; what counts
// stays.
func TestEraseASpeaker(t *testing.T) {
	h := newHouse(t)
	m := h.joins(t, nil)
	a := h.signsNow(t, m)
	must(t, h.AskToJoin(t.Context(), "circular", joining(nil)))
	h.write(t, func(tx *storage.Tx) error {
		p, err := people.Get(tx, m.ContactID)
		if err != nil {
			return err
		}
		for _, s := range personalStores {
			if !slices.Contains([]string{"agreements", "memberships", "join_wishes"}, s.name) { // for files see TestFilesOfAPerson
				continue
			}
			said, err := s.copy(tx, p)
			if err != nil || len(said) == 0 {
				t.Errorf("%s gives %v, %v", s.name, said, err)
			}
			if n, err := s.erase(tx, p); n == 0 || err != nil {
				t.Errorf("%s erases %d, %v", s.name, n, err)
			}
		}
		left, err := agreements.Get(tx, a.ID)
		if err != nil {
			return err
		}
		if s := left.Text + left.Signatory + left.Email + left.Signature.Name; strings.Contains(s, "Mäkelä") || strings.Contains(s, "anturi.example") {
			t.Errorf("left is %s", s)
		}
		if left.Signature.SHA256 != a.Signature.SHA256 || left.State != AgreementSigned {
			t.Errorf("what counts went: %+v", left)
		}
		return nil
	})
	_, err := h.AgreementByLink(t.Context(), h.AgreementLink(a))
	wantHidden(t, err)
}
