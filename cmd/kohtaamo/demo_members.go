package main

import (
	"context"
	"fmt"
	"path"
	"slices"
	"time"

	"kohtaamo/scheduling"
)

// The members of the demo that have an agreement, by what becomes of it: each
// third person in the list is the first of a company, who speaks for it.
const (
	demoAgreements = 24  // companies that signed one
	demoTermDays   = 365 // of an agreement that is soon over
)

// planMembers has companies of both clusters sign their agreements and say who
// may read of them, with one agreement that is soon over, one that waits for its
// signature, and an application that waits for its organisers.
func (d *demo) planMembers() {
	from := d.day(-demoBegins+3, "8:00")
	n := 0
	for i := 0; i < len(d.people) && n < demoAgreements; i += 3 {
		g := d.people[i]
		if len(g.company.ClusterIDs) == 0 {
			continue
		}
		at := from.AddDate(0, 0, n)
		starts, until := at, d.day(420+n, "8:00")
		if n == 4 { // soon over
			at = d.day(20-demoTermDays, "10:00")
			starts, until = at, d.day(19, "8:00")
		}
		d.planAgreement(g, at, starts, until, n != 7)
		n++
	}
	d.planLateSignature()
	d.planJoining()
}

// planAgreement has a company's first person become its contact, sign the
// agreement of its first cluster a day after it came, and write what the
// directory says.
func (d *demo) planAgreement(g guest, at, starts, until time.Time, listed bool) {
	var a *scheduling.Agreement
	var m *scheduling.Membership
	d.at(at, func(ctx context.Context) (err error) {
		if m, err = d.membershipOf(ctx, g); err != nil {
			return err
		}
		a, err = d.sendAgreement(ctx, m, g, starts, until)
		return err
	})
	d.at(clockTime(at.AddDate(0, 0, 1), "13:10"), func(ctx context.Context) error {
		link := d.desk.AgreementLink(a)
		p, err := d.desk.AgreementByLink(ctx, link)
		if err != nil {
			return err
		}
		_, err = d.desk.SignAgreement(ctx, link, scheduling.SignInput{Name: g.Name, Position: g.Title, Agreed: true, SHA256: p.SHA256})
		return err
	})
	d.at(clockTime(at.AddDate(0, 0, 1), "13:20"), func(ctx context.Context) error {
		me := scheduling.Actor{ID: g.ID, Name: g.Name, Email: g.Email, Lang: g.Lang, Via: "page"}
		own, err := d.desk.MyMembership(ctx, me, m.ID)
		if err != nil {
			return err
		}
		words := d.desk.Texts.In(g.Lang).Text("membership.list_words")
		_, err = d.desk.SaveListing(ctx, me, m.ID, scheduling.MemberListing{Rev: own.Membership.Rev, Listed: listed, Wording: words, Profile: g.company.Offers + "."})
		return err
	})
}

// membershipOf is that of a person's company in its first cluster; they speak
// for it from now on.
func (d *demo) membershipOf(ctx context.Context, g guest) (*scheduling.Membership, error) {
	list, _, err := d.desk.Memberships(ctx, d.staff.helena, scheduling.MembershipFilter{Company: g.company.ID, Cluster: g.company.ClusterIDs[0], State: scheduling.JoinActive})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s is no member", g.company.Name)
	}
	return d.desk.SetMembershipContact(ctx, d.staff.aino, list[0].ID, g.ID)
}

func (d *demo) sendAgreement(ctx context.Context, m *scheduling.Membership, g guest, starts, until time.Time) (*scheduling.Agreement, error) {
	a, err := d.desk.SaveAgreement(ctx, d.staff.aino, scheduling.AgreementInput{MembershipID: m.ID, Lang: g.Lang, Starts: starts.In(d.zone).Format(time.DateOnly),
		Until: until.In(d.zone).Format(time.DateOnly), Signatory: g.Name, Position: g.Title, Email: g.Email})
	if err != nil {
		return nil, err
	}
	return d.desk.SendAgreement(ctx, d.staff.aino, a.ID)
}

// planLateSignature is an agreement that its company has left lying for three
// weeks.
func (d *demo) planLateSignature() {
	last := slices.IndexFunc(d.people, func(g guest) bool { return g.company.Name == "Toinen Kierros Oy" })
	g := d.people[last]
	d.at(d.day(-21, "9:40"), func(ctx context.Context) error {
		m, err := d.membershipOf(ctx, g)
		if err == nil {
			_, err = d.sendAgreement(ctx, m, g, d.day(-20, "8:00"), d.day(345, "8:00"))
		}
		return err
	})
}

// planJoining is a company that asked the day before yesterday to be taken in.
func (d *demo) planJoining() {
	en := d.desk.Texts.In("en")
	d.at(d.day(-2, "14:05"), func(ctx context.Context) error {
		return d.desk.AskToJoin(ctx, d.circular.Slug, scheduling.JoinForm{
			JoinApplication: scheduling.JoinApplication{Company: "Havukka Packaging Oy", Kind: scheduling.SME, Country: "FI", BusinessID: demoBusinessID(400), Municipality: "Kuusamo",
				Website: "https://www.havukka-packaging.example", Name: "Ronja Havukka", Title: "Managing director", Email: "ronja@havukka-packaging.example", Phone: "+358 40 000 0400", Lang: "en"},
			Motivation: "We make returnable boxes of moulded fibre and look for food companies that would try them. We could bring our test line to the working group on reuse.",
			Agreed:     true, AgreeWords: en.Text("membership.agree_words"), Listed: true, ListWords: en.Text("membership.list_words")})
	})
	d.at(d.day(-2, "14:25"), func(ctx context.Context) error {
		link, err := d.mailed(ctx, "membership.confirm_address")
		if err == nil {
			_, err = d.desk.ConfirmJoin(ctx, path.Base(link))
		}
		return err
	})
}
