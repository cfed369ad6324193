package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// An ApplicationPage is an application as its company sees it, with what can be
// done about it now.
type ApplicationPage struct {
	Trip        *Trip
	Application *Application
	Travellers  []*Traveller // named so far, by name
	Cluster     *Cluster     // the first of the trip's
	Project     *Project     // whose emblem it shows; nil for none

	CanEdit, CanAnswer, CanCommit, CanName, CanReduce, CanWithdraw bool
}

// Unnamed is how many seats nobody is named for yet.
func (p *ApplicationPage) Unnamed() int {
	return max(0, p.Application.held()-len(p.Travellers))
}

// ApplicationByLink shows an application to whoever has its link.
func (d *Desk) ApplicationByLink(ctx context.Context, link string) (p *ApplicationPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		a, t, err := d.applicationByLink(tx, link)
		if err != nil {
			return err
		}
		p, err = applicationPage(tx, t, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show an application: %w", err)
	}
	return p, nil
}

// applicationByLink finds an application by its link, with the trip.
func (d *Desk) applicationByLink(tx *storage.Tx, link string) (*Application, *Trip, error) {
	id, mac, ok := splitLink(link)
	if !ok {
		return nil, nil, errHidden
	}
	a, err := applications.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	if !d.signed("application", id, a.Generation, mac) {
		return nil, nil, errHidden
	}
	t, err := trips.Get(tx, a.TripID)
	return a, t, err
}

func applicationPage(tx *storage.Tx, t *Trip, a *Application) (*ApplicationPage, error) {
	now := tx.Now()
	p := &ApplicationPage{Trip: t, Application: a, CanEdit: a.canEdit(t, now) == nil, CanAnswer: a.canAnswer(t, now) == nil, CanCommit: a.canCommit(t, now) == nil,
		CanName: a.canName(t, now) == nil, CanReduce: a.canReduce(t, now) == nil, CanWithdraw: a.canWithdraw(t, now) == nil}
	if len(t.ClusterIDs) > 0 {
		c, err := clusters.Get(tx, t.ClusterIDs[0])
		if err != nil {
			return nil, err
		}
		p.Cluster = c
	}
	var err error
	if p.Project, err = tripFunding(tx, t, now); err != nil {
		return nil, err
	}
	p.Travellers, err = travellersFor(tx, a)
	return p, err
}

// notNow says why something about an application cannot be done any more.
func notNow(key string) error { return &Problem{Kind: Closed, Key: key} }

// canEdit is nil while a company may change what it wrote.
func (a *Application) canEdit(t *Trip, now time.Time) error {
	closes := t.Selection.ClosesAt
	if !a.State.Live() || a.State.Holds() || t.Off() || !now.Before(t.Starts) || !closes.IsZero() && !now.Before(closes) {
		return notNow("application.edit_over")
	}
	return nil
}

// canAnswer is nil while an offer stands.
func (a *Application) canAnswer(t *Trip, now time.Time) error {
	if a.State != ApplicationOffered || !now.Before(a.Deadline) || t.Off() || !now.Before(t.Starts) {
		return notNow("application.offer_over")
	}
	return nil
}

// canCommit is nil while a company can commit itself to the seats it accepted.
func (a *Application) canCommit(t *Trip, now time.Time) error {
	by := t.Selection.CommitBy
	if a.State != ApplicationAccepted || t.Off() || !now.Before(t.Starts) || !by.IsZero() && !now.Before(by) {
		return notNow("application.commit_over")
	}
	return nil
}

// canName is nil while a company says who travels on its seats: until the trip
// is locked.
func (a *Application) canName(t *Trip, now time.Time) error {
	if !a.State.Going() || t.Off() || t.Past(TripLocked) || !now.Before(t.Starts) {
		return notNow("application.names_rest")
	}
	return nil
}

// canReduce is nil while a company can give some of its seats back.
func (a *Application) canReduce(t *Trip, now time.Time) error {
	if !a.State.Holds() || a.Seats < 2 || t.Off() || t.Past(TripLocked) || !now.Before(t.Starts) {
		return notNow("application.reduce_over")
	}
	return nil
}

// canWithdraw is nil while a company can take its application back.
func (a *Application) canWithdraw(t *Trip, now time.Time) error {
	if !a.State.Live() || t.Off() || t.Past(TripUnderWay) || !now.Before(t.Starts) {
		return notNow("application.withdraw_over")
	}
	return nil
}

// onOwn lets do change the application of a link, by its company. errUnchanged
// is no change: whoever clicked twice gets what there is.
func (d *Desk) onOwn(ctx context.Context, link string, do func(*selection, *Application) error) (out *Application, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			found, t, err := d.applicationByLink(tx, link)
			if err != nil {
				return err
			}
			by := Actor{ID: found.PersonID, Name: found.Name, Email: found.Email, Lang: found.Lang, Via: "link"}
			err = d.choose(tx, by, t, func(s *selection) error {
				if out, err = s.application(found.ID); err != nil {
					return err
				}
				return do(s, out)
			})
			if errors.Is(err, errUnchanged) {
				return nil
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("change an application by its link: %w", changedMeanwhile(err))
	}
	return out, nil
}

// EditApplication changes what a company wrote, until applications close. Who
// the company is, and its address, stay.
func (d *Desk) EditApplication(ctx context.Context, link string, rev int64, in ApplicationForm) (*Application, error) {
	return d.onOwn(ctx, link, func(s *selection, a *Application) error {
		if err := a.canEdit(s.t, s.tx.Now()); err != nil {
			return err
		}
		if a.Rev != rev {
			return storage.ErrConflict
		}
		if err := in.check(s.t, d.Texts.In(in.Lang).Code(), false); err != nil {
			return err
		}
		a.Name, a.Phone, a.Lang, a.Website = in.Name, in.Phone, in.Lang, in.Website
		a.Motivation, a.Goals, a.Partners, a.Seats, a.Wanted = in.Motivation, in.Goals, in.Partners, in.Seats, in.Seats
		a.index()
		if err := applications.Put(s.tx, a); err != nil {
			return err
		}
		return d.log(s.tx, s.by, "application.edit", a.ID, s.t.ID, a.Company, "")
	})
}

// AcceptSeats takes the seats that are offered, until the offer's deadline.
func (d *Desk) AcceptSeats(ctx context.Context, link string) (*Application, error) {
	return d.onOwn(ctx, link, func(s *selection, a *Application) error {
		if a.State.Going() {
			return errUnchanged
		}
		return s.accept(a)
	})
}

// accept takes an offer for a's company. Who applied is a contact of the trip's
// clusters from here on: their address has answered. Whether they belong to a
// company of the directory is for an organiser to say.
func (s *selection) accept(a *Application) error {
	if err := a.canAnswer(s.t, s.tx.Now()); err != nil {
		return err
	}
	for _, id := range s.t.ClusterIDs {
		p, err := contactOr(s.tx, Person{Email: a.Email, Name: a.Name, Lang: a.Lang}, id)
		if err != nil {
			return err
		}
		a.PersonID = p.ID
	}
	s.move(a, ApplicationAccepted, a.Seats, "application.accept", "")
	return nil
}

// DeclineSeats gives offered seats back, for the next in reserve.
func (d *Desk) DeclineSeats(ctx context.Context, link, reason string) (*Application, error) {
	return d.onOwn(ctx, link, func(s *selection, a *Application) error {
		if a.State == ApplicationDeclined && a.EndedBy == endedByCompany {
			return errUnchanged
		}
		if err := a.canAnswer(s.t, s.tx.Now()); err != nil {
			return err
		}
		s.end(a, ApplicationDeclined, endedByCompany, "application.decline_offer", reason)
		return nil
	})
}

// CommitApplication makes what was accepted binding, on the trip's terms as they
// were shown: their wording is kept.
func (d *Desk) CommitApplication(ctx context.Context, link string, agreed bool, lang string) (*Application, error) {
	return d.onOwn(ctx, link, func(s *selection, a *Application) error {
		if a.State.Going() && a.State != ApplicationAccepted {
			return errUnchanged
		}
		if err := a.canCommit(s.t, s.tx.Now()); err != nil {
			return err
		}
		if !agreed {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"terms": "application.terms_needed"}}
		}
		a.Consents = append(a.Consents, Consent{Purpose: CommitConsent, Given: true, At: s.tx.Now(), Wording: s.t.Selection.Terms.In(lang)})
		s.move(a, ApplicationCommitted, a.Seats, "application.commit", "")
		return nil
	})
}

// WithdrawApplication takes an application back, with the seats it holds and
// those who were named for them.
func (d *Desk) WithdrawApplication(ctx context.Context, link, reason string) (*Application, error) {
	return d.onOwn(ctx, link, func(s *selection, a *Application) error {
		if a.State == ApplicationWithdrawn {
			return errUnchanged
		}
		if err := a.canWithdraw(s.t, s.tx.Now()); err != nil {
			return err
		}
		s.end(a, ApplicationWithdrawn, endedByCompany, "application.withdraw", reason)
		return nil
	})
}

// ReduceSeats gives seats back until seats are left, one at least. Whoever is
// named for one that goes has to be taken off before.
func (d *Desk) ReduceSeats(ctx context.Context, link string, seats int) (*Application, error) {
	return d.onOwn(ctx, link, func(s *selection, a *Application) error {
		if seats == a.Seats {
			return errUnchanged
		}
		if err := a.canReduce(s.t, s.tx.Now()); err != nil {
			return err
		}
		if seats < 1 || seats > a.Seats {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"seats": "problem.number"}}
		}
		named, err := travellersFor(s.tx, a)
		if err != nil {
			return err
		}
		if len(named) > seats {
			return &Problem{Kind: Closed, Key: "application.named_more", Args: []any{"count", len(named)}}
		}
		s.reduce(a, seats)
		return nil
	})
}

// reduce leaves a's state and deadline as they are.
func (s *selection) reduce(a *Application, seats int) {
	until := a.Deadline
	s.move(a, a.State, seats, "application.reduce", "")
	a.Deadline = until
}
