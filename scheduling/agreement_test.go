package scheduling

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// drafts begins a version of m's agreement, for a year from t0's day.
func (h *testHouse) drafts(t testing.TB, m *Membership, set func(*AgreementInput)) *Agreement {
	t.Helper()
	in := AgreementInput{MembershipID: m.ID, Lang: "fi", Starts: "2027-01-13", Until: "2028-01-12", Signatory: "Aino Mäkelä", Position: "Toimitusjohtaja", Email: "aino@anturi.example"}
	if set != nil {
		set(&in)
	}
	a, err := h.SaveAgreement(t.Context(), h.boss, in)
	must(t, err)
	return a
}

// readsAgreement opens the page of a link as a signatory does, and is ready to sign it.
func (h *testHouse) readsAgreement(t testing.TB, link string) SignInput {
	t.Helper()
	p, err := h.AgreementByLink(t.Context(), link)
	must(t, err)
	return SignInput{Name: "Aino Mäkelä", Position: "Toimitusjohtaja", Agreed: true, SHA256: p.SHA256}
}

// signsNow sends m's company an agreement and has it signed.
func (h *testHouse) signsNow(t testing.TB, m *Membership) *Agreement {
	t.Helper()
	a := h.drafts(t, m, nil)
	a, err := h.SendAgreement(t.Context(), h.boss, a.ID)
	must(t, err)
	link := h.AgreementLink(a)
	a, err = h.SignAgreement(t.Context(), link, h.readsAgreement(t, link))
	must(t, err)
	return a
}

// An agreement from its draft to a signature, on exactly what was read.
func TestSignAnAgreement(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	m := h.joins(t, nil)
	for field, in := range map[string]AgreementInput{
		"text":  {MembershipID: m.ID, Lang: "fi", Text: "Hello {{nobody}}"},
		"lang":  {MembershipID: m.ID, Lang: "xx"},
		"until": {MembershipID: m.ID, Lang: "fi", Starts: "2027-02-01", Until: "2027-01-31"},
	} {
		_, err := h.SaveAgreement(ctx, h.boss, in)
		wantField(t, err, field)
	}
	_, err := h.SaveAgreement(ctx, h.boss, AgreementInput{MembershipID: m.ID, Lang: "fi", Text: "Shown<!-- and not -->"})
	wantField(t, err, "text")
	_, err = h.SaveAgreement(ctx, h.other, AgreementInput{MembershipID: m.ID, Lang: "fi"})
	wantHidden(t, err)
	a := h.drafts(t, m, func(in *AgreementInput) { in.Email = "" })
	_, err = h.SaveAgreement(ctx, h.boss, AgreementInput{MembershipID: m.ID, Lang: "en"})
	wantProblem(t, err, Exists)
	_, err = h.SendAgreement(ctx, h.boss, a.ID)
	wantField(t, err, "email")
	edit := AgreementInput{ID: a.ID, Rev: a.Rev, MembershipID: m.ID, Lang: "fi", Text: a.Text, Starts: a.FirstDay(), Until: a.LastDay(), Signatory: a.Signatory, Email: "aino@anturi.example"}
	a, err = h.SaveAgreement(ctx, h.boss, edit)
	must(t, err)
	_, err = h.SaveAgreement(ctx, h.boss, edit)
	wantProblem(t, err, Changed)
	wantNothing := h.AgreementLink(a)
	_, err = h.AgreementByLink(ctx, wantNothing)
	wantHidden(t, err) // a draft is nobody's to read
	a, err = h.SendAgreement(ctx, h.boss, a.ID)
	must(t, err)
	link := h.mailedLink(t, "aino@anturi.example", mailAgreementSign)
	p, err := h.AgreementByLink(ctx, link)
	must(t, err)
	for _, said := range []string{"**Pohjoisen Anturi Oy**", "0737546-2", "versio 1", "voimassa 13.1.2027 alkaen 12.1.2028 saakka", "Aino Mäkelä"} {
		if !strings.Contains(p.Document, said) {
			t.Errorf("the document does not say %q:\n%s", said, p.Document)
		}
	}
	for _, guess := range []string{link + "x", h.sign("join", a.ID, a.Generation), h.sign("agreement", a.ID, a.Generation+1), a.ID} {
		_, err := h.SignAgreement(ctx, guess, h.readsAgreement(t, link))
		wantHidden(t, err)
	}
	in := h.readsAgreement(t, link)
	for _, spoil := range []func(*SignInput){func(s *SignInput) { s.Name = " " }, func(s *SignInput) { s.Agreed = false }, func(s *SignInput) { s.Position = "" }} {
		bad := in
		spoil(&bad)
		_, err := h.SignAgreement(ctx, link, bad)
		wantProblem(t, err, Invalid)
	}
	c := h.companyOf(t, m.CompanyID)
	c.Municipality = "Kempele" // stands in the document
	must(t, h.SaveCompany(ctx, h.boss, c))
	_, err = h.SignAgreement(ctx, link, in)
	wantProblem(t, err, Changed)
	in = h.readsAgreement(t, link)
	for range 2 {
		if a, err = h.SignAgreement(ctx, link, in); err != nil || a.State != AgreementSigned || a.Signature.SHA256 != documentHash([]byte(a.Text)) || a.Signature.By != "link" {
			t.Fatalf("signed: %+v, %v", a, err)
		}
	}
	other := in
	other.Name = "Mallory"
	_, err = h.SignAgreement(ctx, link, other)
	wantProblem(t, err, Closed)
	if got := h.mails(t, "aino@anturi.example"); got[len(got)-1] != mailAgreementSigned || len(got) != 5 {
		t.Errorf("the signatory read %v", got)
	}
	p, err = h.AgreementByLink(ctx, link)
	must(t, err)
	var doc bytes.Buffer
	must(t, WriteSigned(&doc, p, h.Texts.In("fi")))
	if p.Open || p.SHA256 != in.SHA256 || doc.Len() == 0 {
		t.Errorf("signed it reads %+v", p)
	}
}

// Of ten who sign at once, one does.
func TestSignAtOnce(t *testing.T) {
	h := newHouse(t)
	m := h.joins(t, nil)
	a, err := h.SendAgreement(t.Context(), h.boss, h.drafts(t, m, nil).ID)
	must(t, err)
	link := h.AgreementLink(a)
	in := h.readsAgreement(t, link)
	var wait sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wait.Go(func() {
			x := in
			x.Name = fmt.Sprint("Signatory ", i)
			_, errs[i] = h.SignAgreement(context.Background(), link, x)
		})
	}
	wait.Wait()
	signed := 0
	for _, err := range errs {
		if err == nil {
			signed++
		} else if p := ProblemIn(err); p == nil || p.Kind != Closed && p.Kind != Changed {
			t.Errorf("error = %v", err)
		}
	}
	if signed != 1 {
		t.Errorf("%d have signed, want 1", signed)
	}
}

// A file is signed by its hash, and what is signed on paper comes with its scan.
func TestSignAFileAndOnPaper(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	m := h.joins(t, nil)
	a := h.drafts(t, m, nil)
	_, err := h.AttachAgreement(ctx, h.boss, a.ID, "sopimus.txt", []byte("text"))
	wantField(t, err, "file")
	_, err = h.AttachAgreement(ctx, h.other, a.ID, "sopimus.pdf", []byte("%PDF-1.7 one"))
	wantHidden(t, err)
	a, err = h.AttachAgreement(ctx, h.boss, a.ID, "sopimus.pdf", []byte("%PDF-1.7 one"))
	must(t, err)
	a, err = h.SendAgreement(ctx, h.boss, a.ID)
	must(t, err)
	link := h.AgreementLink(a)
	in := h.readsAgreement(t, link)
	if in.SHA256 != documentHash([]byte("%PDF-1.7 one")) {
		t.Errorf("hash of the file is %s", in.SHA256)
	}
	was := a.FileID
	a, err = h.AttachAgreement(ctx, h.boss, a.ID, "sopimus.pdf", []byte("%PDF-1.7 two"))
	must(t, err)
	_, err = h.SignAgreement(ctx, link, in)
	wantProblem(t, err, Changed)
	_, err = h.AgreementFileByLink(ctx, link, was)
	wantHidden(t, err)
	got, err := h.AgreementFileByLink(ctx, link, a.FileID)
	if err != nil || string(got.Body) != "%PDF-1.7 two" {
		t.Errorf("the file is %+v, %v", got, err)
	}
	me := h.speakerOf(t, m)
	if _, err := h.AgreementFile(ctx, me, a.ID, a.FileID); err != nil {
		t.Error(err)
	}
	_, err = h.AgreementFile(ctx, h.other, a.ID, a.FileID)
	wantHidden(t, err)

	paper := PaperSignature{Name: "Aino Mäkelä", Position: "Toimitusjohtaja", Day: "2027-01-14", File: "scan.png", Scan: []byte("\x89PNG\r\n\x1a\n")}
	_, err = h.NoteSigned(ctx, h.boss, a.ID, paper)
	wantField(t, err, "day")
	paper.Day = "2027-01-12"
	_, err = h.NoteSigned(ctx, h.other, a.ID, paper)
	wantHidden(t, err)
	for range 2 {
		if a, err = h.NoteSigned(ctx, h.boss, a.ID, paper); err != nil || a.Signature.By != "paper" || a.Signature.FileID == "" {
			t.Fatalf("on paper: %+v, %v", a, err)
		}
	}
	_, err = h.AttachAgreement(ctx, h.boss, a.ID, "x.pdf", []byte("%PDF-1.7 three"))
	wantProblem(t, err, Closed)
	wantProblem(t, h.DeleteAgreement(ctx, h.boss, a.ID), Closed)
}

// What was signed stays as it was, whoever would store something else.
func TestSignedVersionIsFixed(t *testing.T) {
	h := newHouse(t)
	a := h.signsNow(t, h.joins(t, nil))
	for name, spoil := range map[string]func(*Agreement){
		"text": func(a *Agreement) { a.Text += " more" }, "end": func(a *Agreement) { a.Ends = a.Ends.AddDate(1, 0, 0) }, "signature": func(a *Agreement) { a.Signature = nil },
		"name": func(a *Agreement) { s := *a.Signature; s.Name = "X"; a.Signature = &s }, "address": func(a *Agreement) { a.Email = "x@example.org" },
	} {
		b := *a
		spoil(&b)
		if err := h.DB.Update(t.Context(), func(tx *storage.Tx) error { return putAgreement(tx, &b) }); !errors.Is(err, errSigned) {
			t.Errorf("another %s: %v, want it refused", name, err)
		}
	}
}

// Reminders go out once each as the end comes near, with the clocks changing on
// the way; the next version stops them, and without one the membership ends.
func TestRenewal(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	m := h.joins(t, nil)
	a := h.signsNow(t, m)
	follow := func(day, clock string) int {
		t.Helper()
		at := in(t, HouseZone, day+" "+clock)
		h.at(at)
		n, err := h.FollowAgreements(ctx, at)
		must(t, err)
		return n
	}
	count := func(kind string) (n int) {
		for _, k := range h.mails(t, "aino@anturi.example") {
			if k == kind {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		day, clock string
		mails      int
	}{
		{"2027-10-14", "09:00", 0}, {"2027-10-15", "03:00", 0}, {"2027-10-15", "09:00", 1}, {"2027-10-15", "12:00", 1}, {"2027-10-31", "09:00", 1},
		{"2027-12-13", "09:00", 1}, {"2027-12-14", "21:00", 1}, {"2027-12-15", "08:00", 2}, {"2028-01-06", "08:00", 3}, {"2028-01-12", "23:00", 3},
	} {
		if follow(c.day, c.clock); count(mailAgreementDue) != c.mails {
			t.Errorf("on %s at %s there are %d reminders, want %d", c.day, c.clock, count(mailAgreementDue), c.mails)
		}
	}
	if a = h.version(t, a.ID); a.State != AgreementDue {
		t.Errorf("state is %s", a.State)
	}
	next, err := h.RenewAgreement(ctx, h.boss, a.ID)
	must(t, err)
	if again, err := h.RenewAgreement(ctx, h.boss, a.ID); err != nil || again.ID != next.ID || next.Version != 2 || next.FirstDay() != "2028-01-13" || next.LastDay() != "2029-01-12" {
		t.Errorf("the next version is %+v, then %+v, %v", next, again, err)
	}
	next, err = h.SendAgreement(ctx, h.boss, next.ID)
	must(t, err)
	link := h.AgreementLink(next)
	_, err = h.SignAgreement(ctx, link, h.readsAgreement(t, link))
	must(t, err)
	if a = h.version(t, a.ID); a.State != AgreementRenewed {
		t.Errorf("the version before is %s, want renewed", a.State)
	}
	if follow("2028-01-13", "00:00"); h.version(t, next.ID).State != AgreementSigned {
		t.Error("the next version lapsed with the one before")
	}
	follow("2029-01-13", "00:00")
	p, err := h.Member(ctx, h.boss, m.ID)
	must(t, err)
	if p.Membership.State != JoinEnded || p.Versions[0].State != AgreementLapsed || count(mailAgreementLapsed) != 1 {
		t.Errorf("over, the membership is %s and the agreement %s", p.Membership.State, p.Versions[0].State)
	}
	h.checkClusters(t)
}

func (h *testHouse) version(t testing.TB, id string) (a *Agreement) {
	t.Helper()
	h.write(t, func(tx *storage.Tx) (err error) {
		a, err = agreements.Get(tx, id)
		return err
	})
	return a
}

// A cluster that wants no agreement keeps its members without.
func TestLapseWithoutNeed(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	_, terms, err := h.MembershipTerms(ctx, h.boss, h.cluster.ID)
	must(t, err)
	if terms.Months != 12 || !strings.Contains(terms.Text["fi"], "{{company}}") {
		t.Errorf("terms are %+v", terms)
	}
	terms.Free, terms.Months, terms.Text["en"] = true, 6, "Only {{company}}"
	wantHidden(t, h.SaveMembershipTerms(ctx, h.other, terms))
	must(t, h.SaveMembershipTerms(ctx, h.boss, terms))
	m := h.joins(t, nil)
	if a := h.drafts(t, m, func(in *AgreementInput) { in.Lang = "en" }); a.Text != "Only {{company}}" {
		t.Errorf("a draft begins as %q", a.Text)
	} else {
		must(t, h.DeleteAgreement(ctx, h.boss, a.ID))
	}
	h.signsNow(t, m)
	h.at(t0.AddDate(1, 0, 0))
	_, err = h.FollowAgreements(ctx, t0.AddDate(1, 0, 0))
	must(t, err)
	p, err := h.Member(ctx, h.boss, m.ID)
	must(t, err)
	if p.Membership.State != JoinActive || p.InForce() != nil {
		t.Errorf("the membership is %s", p.Membership.State)
	}
}

// Terms end on the same day of a month, and on its last day where it is shorter.
func TestTermEnd(t *testing.T) {
	for _, c := range []struct {
		starts string
		months int
		last   string
	}{
		{"2028-02-29", 12, "2029-02-28"}, {"2027-03-01", 12, "2028-02-29"}, {"2027-01-31", 1, "2027-02-28"}, {"2027-01-01", 12, "2027-12-31"},
		{"2027-03-28", 1, "2027-04-27"}, {"2027-10-31", 6, "2028-04-30"}, {"2027-08-31", 6, "2028-02-29"},
	} {
		a := &Agreement{Ends: termEnd(midnight(c.starts, zoneOf(HouseZone)), c.months)}
		if a.LastDay() != c.last {
			t.Errorf("%d months from %s end with %s, want %s", c.months, c.starts, a.LastDay(), c.last)
		}
		if h := a.Ends.In(zoneOf(HouseZone)); h.Hour() != 0 {
			t.Errorf("they end at %s", h)
		}
	}
	for left, want := range map[int]int{91: 0, 90: 90, 31: 90, 30: 30, 8: 30, 7: 7, 0: 7} {
		if got := reminderDue(left); got != want {
			t.Errorf("with %d days left, %d is due, want %d", left, got, want)
		}
	}
}

// Whatever is done to memberships and agreements in whatever order: no signed
// version changes, at most one binds, and companies belong to the clusters of
// their memberships.
func TestAnyMembershipHistory(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	rapid.Check(t, func(rt *rapid.T) {
		c := &Company{Name: "Co " + storage.NewID(), Kind: SME, Country: "FI"}
		must(t, h.SaveCompany(ctx, h.boss, c))
		signed := map[string]Agreement{}
		m := func() *Membership {
			list, _, err := h.Memberships(ctx, h.boss, MembershipFilter{Company: c.ID})
			must(t, err)
			if len(list) == 0 {
				return &Membership{}
			}
			return list[rapid.IntRange(0, len(list)-1).Draw(rt, "membership")].Membership
		}
		versions := func() []*AgreementVersion {
			p, err := h.Member(ctx, h.boss, m().ID)
			if err != nil {
				return nil
			}
			return p.Versions
		}
		each := func(do func(*Agreement) error) func() error {
			return func() error {
				for _, v := range versions() {
					if err := do(v.Agreement); err != nil {
						return err
					}
				}
				return nil
			}
		}
		actions := map[string]func() error{
			"save": func() error {
				now := h.companyOf(t, c.ID)
				now.ClusterIDs = rapid.SampledFrom([][]string{nil, {h.cluster.ID}}).Draw(rt, "clusters")
				return h.SaveCompany(ctx, h.boss, now)
			},
			"open": func() error {
				_, err := h.OpenMembership(ctx, h.boss, NewMembership{CompanyID: c.ID, ClusterID: h.cluster.ID})
				return err
			},
			"end": func() error { _, err := h.EndMembership(ctx, h.boss, m().ID, "x"); return err },
			"draft": func() error {
				day := today(h.time()).In(zoneOf(HouseZone))
				_, err := h.SaveAgreement(ctx, h.boss, AgreementInput{MembershipID: m().ID, Lang: "en", Text: "We agree", Starts: day.Format(time.DateOnly), Until: day.AddDate(0, 1, 0).Format(time.DateOnly), Signatory: "A", Email: "a@example.org"})
				return err
			},
			"edit": each(func(a *Agreement) error {
				_, err := h.SaveAgreement(ctx, h.boss, AgreementInput{ID: a.ID, Rev: a.Rev, MembershipID: a.MembershipID, Lang: "en", Text: "Other", Starts: a.FirstDay(), Signatory: "B", Email: "b@example.org"})
				return err
			}),
			"send": each(func(a *Agreement) error { _, err := h.SendAgreement(ctx, h.boss, a.ID); return err }),
			"sign": each(func(a *Agreement) error {
				link := h.AgreementLink(a)
				p, err := h.AgreementByLink(ctx, link)
				if err != nil {
					return err
				}
				_, err = h.SignAgreement(ctx, link, SignInput{Name: "S", Position: "P", Agreed: true, SHA256: p.SHA256})
				return err
			}),
			"renew":  each(func(a *Agreement) error { _, err := h.RenewAgreement(ctx, h.boss, a.ID); return err }),
			"delete": each(func(a *Agreement) error { return h.DeleteAgreement(ctx, h.boss, a.ID) }),
			"time": func() error {
				h.at(h.time().AddDate(0, 0, rapid.IntRange(1, 30).Draw(rt, "days")))
				_, err := h.FollowAgreements(ctx, h.time())
				return err
			},
		}
		names := []string{"save", "open", "open", "end", "draft", "draft", "edit", "send", "send", "sign", "sign", "renew", "delete", "time"}
		for range rapid.IntRange(4, 14).Draw(rt, "steps") {
			name := rapid.SampledFrom(names).Draw(rt, "action")
			if err := actions[name](); err != nil && ProblemIn(err) == nil && !IsHidden(err) {
				rt.Fatalf("%s: %v", name, err)
			}
			inForce := 0
			for _, v := range versions() {
				if v.InForce() {
					inForce++
				}
				if was, ok := signed[v.ID]; ok && !was.sameDocument(v.Agreement) {
					rt.Fatalf("after %s, the signed version %d is %+v, was %+v", name, v.Version, v.Agreement, was)
				}
				if v.Signature != nil {
					signed[v.ID] = *v.Agreement
				}
			}
			if inForce > 1 {
				rt.Fatalf("after %s, %d versions bind", name, inForce)
			}
		}
		h.checkClusters(rt)
		must(t, h.SaveCompany(ctx, h.boss, h.companyOf(t, c.ID)))
	})
}
