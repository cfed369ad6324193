package scheduling

import (
	"context"
	"errors"
	"slices"

	"kohtaamo/storage"
)

// ahead is what a person still has before them.
type ahead struct {
	registrations []string
	entrants      []*Entrant
	applications  []*Application
	travellers    []*Traveller
	memberships   []*GroupMembership
	groups        []*Group
}

// farewells calls off what a person still has ahead of them, in the ways that
// they and organisers do: whoever waits gets their seat, whoever expects them
// hears of it. What is too late to be called off stays as it is. Done twice, it
// does nothing more.
func (d *Desk) farewells(ctx context.Context, p *Person) error {
	var x ahead
	if err := d.view(ctx, func(tx *storage.Tx) (err error) {
		x, err = d.aheadOf(tx, p)
		return err
	}); err != nil {
		return err
	}
	by := p.Actor()
	by.Name = nameless
	for _, id := range x.registrations {
		if _, err := d.CancelRegistration(ctx, by, id, ""); tooLate(&err) != nil {
			return err
		}
	}
	for _, v := range x.travellers {
		if _, err := d.ReleaseTraveller(ctx, System("erasures"), v.TripID, v.ID, d.Texts.In(v.Lang).Text("privacy.leaves")); tooLate(&err) != nil {
			return err
		}
	}
	for _, a := range x.applications {
		if err := d.withdrawAlone(ctx, a, p); tooLate(&err) != nil {
			return err
		}
	}
	for _, e := range x.entrants {
		if err := d.leaveRound(ctx, by, e, p); tooLate(&err) != nil {
			return err
		}
	}
	return d.leaveGroups(ctx, by, p, x)
}

// tooLate forgives what cannot be done any more, or was done meanwhile.
func tooLate(err *error) error {
	if ProblemIn(*err) != nil || errors.Is(*err, storage.ErrNotFound) {
		*err = nil
	}
	return *err
}

func (d *Desk) aheadOf(tx *storage.Tx, p *Person) (x ahead, err error) {
	rs, err := registrationsAbout(tx, p)
	if err != nil {
		return x, err
	}
	for _, r := range rs {
		if r.State.Live() && r.Email == p.Email {
			x.registrations = append(x.registrations, r.ID)
		}
	}
	if x.travellers, err = travellers.Find(tx, having("person_id", p.ID)); err != nil {
		return x, err
	}
	x.travellers = slices.DeleteFunc(x.travellers, func(v *Traveller) bool { return !v.Goes() })
	if x.applications, err = applicationsAbout(tx, p); err != nil {
		return x, err
	}
	x.applications = slices.DeleteFunc(x.applications, func(a *Application) bool { return !a.State.Live() })
	if x.entrants, err = entrantsOf(tx, p); err != nil {
		return x, err
	}
	x.entrants = slices.DeleteFunc(x.entrants, func(e *Entrant) bool { return e.State != EntrantIn && e.State != EntrantPending })
	if x.memberships, err = groupMemberships.Find(tx, including("person_ids", p.ID)); err != nil {
		return x, err
	}
	x.memberships = slices.DeleteFunc(x.memberships, func(m *GroupMembership) bool { return !m.State.Live() })
	x.groups, err = groups.Find(tx, including("members", p.ID))
	return x, err
}

// withdrawAlone takes back a company's application that nobody else stands for:
// one with other travellers goes on without the one who sent it.
func (d *Desk) withdrawAlone(ctx context.Context, a *Application, p *Person) error {
	others := false
	err := d.view(ctx, func(tx *storage.Tx) error {
		named, err := travellersFor(tx, a)
		others = slices.ContainsFunc(named, func(v *Traveller) bool { return v.PersonID != p.ID })
		return err
	})
	if err != nil || others {
		return err
	}
	_, err = d.WithdrawApplication(ctx, d.sign("application", a.ID, a.Generation), "")
	return err
}

// leaveRound gives p's meetings to a colleague, or calls them off where there is
// none, and takes p out of the round.
func (d *Desk) leaveRound(ctx context.Context, by Actor, e *Entrant, p *Person) error {
	house := System("erasures")
	heir := slices.IndexFunc(e.People, func(x Delegate) bool { return x.PersonID != p.ID && x.Manages })
	if heir < 0 {
		heir = slices.IndexFunc(e.People, func(x Delegate) bool { return x.PersonID != p.ID })
	}
	if err := d.passMeetings(ctx, e, p, heir); err != nil {
		return err
	}
	if heir < 0 {
		_, err := d.LeaveEntrant(ctx, house, e.ID, "")
		return err
	}
	if x := e.People[heir]; !x.Manages {
		x.Manages = true
		if _, err := d.SaveDelegate(ctx, house, e.ID, x); err != nil {
			return err
		}
	}
	_, err := d.RemoveDelegate(ctx, house, e.ID, p.ID)
	return err
}

// passMeetings leaves none of e's coming meetings to p.
func (d *Desk) passMeetings(ctx context.Context, e *Entrant, p *Person, heir int) error {
	var coming []*Meeting
	err := d.view(ctx, func(tx *storage.Tx) error {
		found, err := meetings.Find(tx, including("person_ids", p.ID))
		for _, m := range found {
			if m.State.Stands() && m.Ends.After(tx.Now()) && slices.Contains(m.EntrantIDs, e.ID) {
				coming = append(coming, m)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	house := System("erasures")
	for _, m := range coming {
		if heir >= 0 {
			if _, err := d.HandOverMeeting(ctx, house, e.ID, m.ID, p.ID, e.People[heir].PersonID); err == nil {
				continue
			} else if ProblemIn(err) == nil {
				return err
			}
		}
		if _, err := d.CancelOwnMeeting(ctx, house, e.ID, m.ID, ""); tooLate(&err) != nil {
			return err
		}
	}
	return nil
}

// leaveGroups ends p's part in groups; a company with other people keeps its place.
func (d *Desk) leaveGroups(ctx context.Context, by Actor, p *Person, x ahead) error {
	for _, m := range x.memberships {
		var err error
		if len(m.People) > 1 {
			_, err = d.DropColleague(ctx, System("erasures"), m.ID, p.ID)
		} else {
			_, err = d.LeaveGroup(ctx, by, m.ID, "")
		}
		if tooLate(&err) != nil {
			return err
		}
	}
	for _, g := range x.groups {
		if err := d.RemoveMember(ctx, System("erasures"), g.ID, p.ID); tooLate(&err) != nil {
			return err
		}
	}
	return nil
}
