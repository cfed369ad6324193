package scheduling

import (
	"context"
	"errors"
	"slices"

	"kohtaamo/storage"
)

// An EntrantPage is an entrant as one of its people sees it.
type EntrantPage struct {
	Round   *Round
	Entrant *Entrant
	Me      Delegate // nobody in particular for an organiser
	Manages bool     // by may act for the entrant
}

// EntrantFor gives the entrant of a round that by is one of the people of.
// ErrNotFound for everybody else: there is nothing of theirs.
func (d *Desk) EntrantFor(ctx context.Context, by Actor, slug string) (p *EntrantPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := roundSeen(tx, by, slug)
		if err != nil {
			return err
		}
		p, err = entrantPage(tx, by, r)
		return err
	})
	return p, err
}

// roundSeen is a round, by its slug or id, that is no draft, or that by organises.
func roundSeen(tx *storage.Tx, by Actor, slug string) (*Round, error) {
	r, err := roundBySlug(tx, slug)
	if err == nil && r.Phase == RoundDraft && !by.Organises(r.ClusterIDs...) {
		return nil, errHidden
	}
	return r, err
}

func entrantPage(tx *storage.Tx, by Actor, r *Round) (*EntrantPage, error) {
	if !by.SignedIn() {
		return nil, errHidden
	}
	e, err := entrantOf(tx, r.ID, by.ID)
	if err != nil {
		return nil, err
	}
	p := &EntrantPage{Round: r, Entrant: e, Manages: e.managed(by, r)}
	p.Me, _ = e.Delegate(by.ID)
	return p, nil
}

// OneEntrant gives an entrant by its id to its people and to the organisers of
// its round.
func (d *Desk) OneEntrant(ctx context.Context, by Actor, id string) (p *EntrantPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		e, r, err := delegateFor(tx, by, id)
		if err != nil {
			return err
		}
		p = &EntrantPage{Round: r, Entrant: e, Manages: e.managed(by, r)}
		p.Me, _ = e.Delegate(by.ID)
		return nil
	})
	return p, err
}

// MyRounds are the rounds that by takes part in, with what they are there, the
// latest first.
func (d *Desk) MyRounds(ctx context.Context, by Actor) (list []*EntrantPage, err error) {
	if !by.SignedIn() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list = nil
		found, err := entrants.Find(tx, storage.Query{Where: []storage.Cond{{Field: "person_ids", Op: storage.Has, Value: by.ID}}, Limit: 200})
		if err != nil {
			return err
		}
		for _, e := range found {
			r, err := rounds.Get(tx, e.RoundID)
			if errors.Is(err, storage.ErrNotFound) || err == nil && (e.State == EntrantLeft || r.Phase == RoundDraft) {
				continue
			}
			if err != nil {
				return err
			}
			me, _ := e.Delegate(by.ID)
			list = append(list, &EntrantPage{Round: r, Entrant: e, Me: me, Manages: me.Manages})
		}
		return nil
	})
	slices.SortFunc(list, func(a, b *EntrantPage) int { return b.Round.Starts.Compare(a.Round.Starts) })
	return list, err
}

// An EnterPage is what somebody who is not in a round yet may be shown of it.
type EnterPage struct {
	Round    *Round
	Takes    bool       // entrants now
	Person   *Person    // who is signed in; nil for everybody else
	Company  *Company   // theirs, if we know it
	Invites  []*Entrant // whose people they are asked to be of
	Entered  *Entrant   // what they are in the round already
	Approval bool       // an organiser lets entrants in
}

// EnterPage shows a round to whoever may want to enter it.
func (d *Desk) EnterPage(ctx context.Context, by Actor, slug string) (p *EnterPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := roundSeen(tx, by, slug)
		if err != nil {
			return err
		}
		_, closed := d.roundToEnter(tx, by, r.ID)
		p = &EnterPage{Round: r, Takes: closed == nil, Approval: r.Limits.Approval}
		if !by.SignedIn() {
			return nil
		}
		return p.of(tx, by)
	})
	return p, err
}

func (p *EnterPage) of(tx *storage.Tx, by Actor) (err error) {
	if p.Person, err = people.Get(tx, by.ID); err != nil {
		return err
	}
	if p.Person.CompanyID != "" {
		if p.Company, err = companies.Get(tx, p.Person.CompanyID); err != nil {
			return err
		}
	}
	p.Entered, err = entrantOf(tx, p.Round.ID, by.ID)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	p.Invites, err = invitedTo(tx, by, p.Round.ID)
	return err
}
