package scheduling

import (
	"context"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// renewalReminders are how many days before the end of an agreement its
// signatory is reminded, once each. From the first on it is due.
var renewalReminders = []int{90, 30, 7}

// remindFrom and remindUntil are the hours of the house's clock between which
// reminders go out.
const remindFrom, remindUntil = 6, 20

// RenewAgreement begins the version that follows the one in force, from the day
// after its last, for as long as the cluster's agreements are, for the
// organisers. Where a next version is open already, it is that one.
func (d *Desk) RenewAgreement(ctx context.Context, by Actor, id string) (next *Agreement, err error) {
	_, err = d.onAgreement(ctx, by, id, func(tx *storage.Tx, m *Membership, a *Agreement) error {
		list, err := agreementsOf(tx, m.ID)
		if err != nil {
			return err
		}
		for _, v := range list {
			if v.Open() && v.Version > a.Version {
				next = v
				return nil
			}
		}
		if a.Open() || m.State != JoinActive {
			return &Problem{Kind: Closed, Key: "membership.not_to_renew"}
		}
		t, err := termsOf(tx, m.ClusterID)
		if err != nil {
			return err
		}
		next, err = d.newVersion(tx, by, m, a.following(t.Months, tx.Now()))
		return err
	})
	if err != nil {
		return nil, err
	}
	return next, nil
}

// following is what the version after a begins as.
func (a *Agreement) following(months int, now time.Time) AgreementInput {
	starts := a.Ends
	if starts.IsZero() || starts.Before(now) {
		starts = today(now)
	}
	in := AgreementInput{MembershipID: a.MembershipID, Lang: a.Lang, Signatory: a.Signatory, Position: a.Position, Email: a.Email,
		Starts: starts.In(zoneOf(HouseZone)).Format(time.DateOnly)}
	if months > 0 {
		in.Until = termEnd(starts, months).In(zoneOf(HouseZone)).AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return in
}

// NextVersion is what a new version of a member's agreement begins as: it follows
// the newest one, or begins today and is for the contact to sign.
func NextVersion(p *MemberPage, now time.Time) AgreementInput {
	if len(p.Versions) > 0 {
		return p.Versions[0].following(p.Terms.Months, now)
	}
	a := &Agreement{MembershipID: p.Membership.ID}
	if c := p.Contact; c != nil {
		a.Lang, a.Signatory, a.Position, a.Email = c.Lang, c.Name, c.Title, c.Email
	}
	return a.following(p.Terms.Months, now)
}

// FollowAgreements reminds of agreements that end soon and lets those lapse that
// are over, with the memberships that need one. It says how many.
func (d *Desk) FollowAgreements(ctx context.Context, now time.Time) (n int, err error) {
	ids, err := d.endingAgreements(ctx, now)
	if err != nil {
		return 0, fmt.Errorf("look for agreements that end: %w", err)
	}
	for _, id := range ids {
		did := false
		err := d.again(func() error {
			return d.update(ctx, func(tx *storage.Tx) error {
				did, err = d.followAgreement(tx, id, now)
				return err
			})
		})
		if err != nil {
			return n, fmt.Errorf("follow agreement %s: %w", id, err)
		}
		if did {
			n++
		}
	}
	forgotten, err := d.ForgetJoins(ctx, now)
	return n + forgotten, err
}

// endingAgreements are those in force that end within the first reminder's days.
func (d *Desk) endingAgreements(ctx context.Context, now time.Time) (ids []string, err error) {
	horizon := now.AddDate(0, 0, renewalReminders[0]+2)
	err = d.view(ctx, func(tx *storage.Tx) error {
		ids = nil
		for _, st := range []AgreementState{AgreementSigned, AgreementDue} {
			where := []storage.Cond{storage.Is("state", string(st)), {Field: "ends", Op: storage.Le, Value: horizon}}
			for a, err := range agreements.Each(tx, storage.Query{Where: where}) {
				if err != nil {
					return err
				}
				ids = append(ids, a.ID)
			}
		}
		return nil
	})
	return ids, err
}

// followAgreement does what is due with one at now, and reports whether that
// was anything.
func (d *Desk) followAgreement(tx *storage.Tx, id string, now time.Time) (bool, error) {
	a, err := agreements.Get(tx, id)
	if err != nil || !a.InForce() || a.Ends.IsZero() {
		return false, ignoreMissing(err)
	}
	m, err := memberships.Get(tx, a.MembershipID)
	if err != nil {
		return false, err
	}
	if !a.Ends.After(now) {
		return true, d.lapseAgreement(tx, m, a)
	}
	left := a.daysLeft(now)
	due := reminderDue(left)
	if due == 0 {
		return false, nil
	}
	hour := now.In(zoneOf(HouseZone)).Hour()
	remind := (a.Reminded == 0 || due < a.Reminded) && hour >= remindFrom && hour < remindUntil
	if a.State == AgreementDue && !remind {
		return false, nil
	}
	if a.State != AgreementDue {
		a.become(AgreementDue, tx.Now())
	}
	if remind {
		a.Reminded = due
	}
	if err := putAgreement(tx, a); err != nil || !remind {
		return true, err
	}
	return true, d.remindOfRenewal(tx, m, a)
}

// daysLeft is how many days on the house's calendar a goes on, the present one
// included.
func (a *Agreement) daysLeft(now time.Time) int {
	loc := zoneOf(HouseZone)
	return daysBetween(now.In(loc), a.Ends.In(loc))
}

// reminderDue is the last of the renewalReminders that has come with so many
// days left; 0 for none.
func reminderDue(left int) (due int) {
	for _, days := range renewalReminders {
		if left <= days {
			due = days
		}
	}
	return due
}

// remindOfRenewal writes to the signatory; where the next version waits for
// them, the button leads there.
func (d *Desk) remindOfRenewal(tx *storage.Tx, m *Membership, a *Agreement) error {
	list, err := agreementsOf(tx, m.ID)
	if err != nil {
		return err
	}
	at := a
	for _, v := range list {
		if v.State == AgreementSent && v.Version > a.Version && v.Email == a.Email {
			at = v
		}
	}
	l := d.Texts.In(a.Lang)
	return d.tellOfMembership(tx, m, memberLetter{kind: mailAgreementDue, key: fmt.Sprintf("%s/%d", a.ID, a.Reminded), to: reader{a.Email, a.Signatory, a.Lang},
		path: d.agreementPath(at), args: []any{"day", formalDate(l, a.LastDay())}, facts: d.agreementFacts(a)})
}

// lapseAgreement lets a version that is over go, and with it the membership of a cluster
// that wants one, unless another version is in force.
func (d *Desk) lapseAgreement(tx *storage.Tx, m *Membership, a *Agreement) error {
	a.become(AgreementLapsed, tx.Now())
	if err := putAgreement(tx, a); err != nil {
		return err
	}
	by := System("agreements")
	if err := d.agreementChanged(tx, by, a, m, "lapse", ""); err != nil {
		return err
	}
	if m.State != JoinActive {
		return nil
	}
	t, err := termsOf(tx, m.ClusterID)
	if err != nil {
		return err
	}
	if err := d.tellSignatory(tx, m, a, mailAgreementLapsed, a.ID); err != nil {
		return err
	}
	bound, err := inForce(tx, m.ID)
	if err != nil || bound || t.Free {
		return err
	}
	return d.dropMembership(tx, by, m, d.Texts.In(a.Lang).Text("membership.lapsed_reason"))
}
