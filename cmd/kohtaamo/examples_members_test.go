package main

import (
	"testing"

	"kohtaamo/scheduling"
)

// members adds a membership in each state with its agreements, an application
// by its link, and one that the delegate speaks for.
func (k known) members(t *testing.T, h *house, by scheduling.Actor) error {
	ctx := t.Context()
	me, err := h.desk.Person(ctx, by, demoDelegate(t, h).ID)
	if err != nil {
		return err
	}
	c, err := h.desk.Company(ctx, by, me.Person.CompanyID)
	if err != nil {
		return err
	}
	clusters, err := h.desk.Clusters(ctx)
	if err != nil {
		return err
	}
	if len(c.ClusterIDs) == 0 {
		if _, err := h.desk.OpenMembership(ctx, by, scheduling.NewMembership{CompanyID: c.ID, ClusterID: clusters[0].ID}); err != nil {
			return err
		}
	}
	k.add("/organise/memberships/new", "?company="+c.ID)
	mine, _, err := h.desk.Memberships(ctx, by, scheduling.MembershipFilter{Company: c.ID, State: scheduling.JoinActive})
	if err != nil {
		return err
	}
	m := mine[0]
	if _, err := h.desk.SetMembershipContact(ctx, by, m.ID, me.Person.ID); err != nil {
		return err
	}
	a, err := k.agreement(t, h, by, m, me.Person)
	if err != nil {
		return err
	}
	k.add("/memberships/", m.ID)
	k.add("/memberships/"+m.ID+"/agreements/", a.ID)
	for _, st := range scheduling.JoinStates {
		list, _, err := h.desk.Memberships(ctx, by, scheduling.MembershipFilter{State: st, Limit: 1})
		if err != nil {
			return err
		}
		for _, l := range list {
			k.add("/organise/memberships/", l.ID)
		}
	}
	k.add("/organise/memberships/", m.ID)
	k.add("/join/", h.desk.JoinLink(k["/organise/memberships/"][0]))
	return nil
}

// agreement has the person sign a file for m, on paper, so that it has all that
// a version can have.
func (k known) agreement(t *testing.T, h *house, by scheduling.Actor, m *scheduling.MembershipLine, p *scheduling.Person) (*scheduling.Agreement, error) {
	ctx := t.Context()
	a := m.Agreement
	if a == nil || !a.Open() {
		var err error
		if a, err = h.desk.SaveAgreement(ctx, by, scheduling.AgreementInput{MembershipID: m.ID, Lang: "en", Starts: "2026-01-01", Signatory: p.Name, Position: "CEO", Email: p.Email}); err != nil {
			return nil, err
		}
	}
	for _, do := range []func() (*scheduling.Agreement, error){
		func() (*scheduling.Agreement, error) { return h.desk.SendAgreement(ctx, by, a.ID) },
		func() (*scheduling.Agreement, error) {
			return h.desk.NoteSigned(ctx, by, a.ID, scheduling.PaperSignature{Name: p.Name, Day: "2026-01-02", File: "scan.pdf", Scan: []byte("%PDF-1.7")})
		},
	} {
		var err error
		if a, err = do(); err != nil {
			return nil, err
		}
	}
	k.add("/agreements/", h.desk.AgreementLink(a))
	k.add("/organise/agreements/", a.ID)
	k.add("/organise/agreements/"+a.ID+"/files/", a.Signature.FileID)
	return a, nil
}
