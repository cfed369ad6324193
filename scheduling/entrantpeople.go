package scheduling

import (
	"context"
	"errors"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A Colleague is whom somebody asks to come along.
type Colleague struct{ Email, Name, Title string }

// InviteColleague asks somebody by mail to become one of an entrant's people.
// They do by signing in with that address; until then only those who manage the
// entrant see their name. Asking the same person twice is asking once.
func (d *Desk) InviteColleague(ctx context.Context, by Actor, id string, c Colleague) (*Entrant, error) {
	f := faults{}
	c.Email, c.Name, c.Title = f.address("email", c.Email), cleanLine(c.Name), cleanLine(c.Title)
	f.need("name", c.Name, lineLimit)
	f.limit("title", c.Title, lineLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onEntrant(ctx, by, id, "entrant.invite", func(tx *storage.Tx, r *Round, e *Entrant) (string, error) {
		if err := e.roomFor(tx, c.Email); err != nil {
			return "", err
		}
		i := Invited{ID: storage.NewID(), Email: c.Email, Name: c.Name, Title: c.Title, By: by.ID, At: tx.Now()}
		e.Invites = append(e.Invites, i)
		return "", d.inviteMail(tx, by, r, e, i)
	})
}

// roomFor reports what keeps somebody from being invited.
func (e *Entrant) roomFor(tx *storage.Tx, email string) error {
	switch {
	case e.State != EntrantIn && e.State != EntrantPending:
		return &Problem{Kind: Closed, Key: "entrant.not_in"}
	case slices.ContainsFunc(e.Invites, func(i Invited) bool { return i.Email == email }):
		return errNoChange
	case len(e.People)+len(e.Invites) >= maxDelegates, len(e.Invites) >= maxInvites:
		return &Problem{Kind: Full, Key: "entrant.too_many_people"}
	}
	p, err := personByEmail(tx, email)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err == nil && slices.Contains(e.PersonIDs, p.ID) {
		return errNoChange
	}
	return err
}

// UninviteColleague takes an invitation back.
func (d *Desk) UninviteColleague(ctx context.Context, by Actor, id, inviteID string) (*Entrant, error) {
	return d.onEntrant(ctx, by, id, "entrant.uninvite", func(tx *storage.Tx, _ *Round, e *Entrant) (string, error) {
		had := len(e.Invites)
		e.Invites = slices.DeleteFunc(e.Invites, func(i Invited) bool { return i.ID == inviteID })
		if len(e.Invites) == had {
			return "", errNoChange
		}
		_, err := d.Outbox.Withdraw(tx, inviteID)
		return "", err
	})
}

// Invitations are the entrants of a round whose people by is asked to be of.
func (d *Desk) Invitations(ctx context.Context, by Actor, roundID string) (list []*Entrant, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = invitedTo(tx, by, roundID)
		return err
	})
	return list, err
}

func invitedTo(tx *storage.Tx, by Actor, roundID string) ([]*Entrant, error) {
	if !by.SignedIn() || by.Email == "" {
		return nil, nil
	}
	list, err := entrants.Find(tx, storage.Query{Where: []storage.Cond{
		{Field: "invited", Op: storage.Has, Value: by.Email}, storage.Is("round_id", roundID)}, Limit: maxDelegates})
	return slices.DeleteFunc(list, func(e *Entrant) bool { return e.State != EntrantIn && e.State != EntrantPending }), err
}

// JoinEntrant makes by, who was invited under the address they signed in with,
// one of an entrant's people.
func (d *Desk) JoinEntrant(ctx context.Context, by Actor, id string) (e *Entrant, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if e, err = entrants.Get(tx, id); err != nil {
			return err
		}
		r, err := rounds.Get(tx, e.RoundID)
		if err != nil {
			return err
		}
		if slices.Contains(e.PersonIDs, by.ID) {
			return nil
		}
		i := slices.IndexFunc(e.Invites, func(i Invited) bool { return i.Email == by.Email })
		takes := e.State == EntrantIn || e.State == EntrantPending
		if i < 0 || !by.SignedIn() || r.Phase == RoundDraft || !takes {
			return errHidden
		}
		p, err := people.Get(tx, by.ID)
		if err != nil {
			return err
		}
		title := e.Invites[i].Title
		e.Invites = slices.Delete(e.Invites, i, i+1)
		return d.addDelegate(tx, by, r, e, Delegate{PersonID: p.ID, Name: p.Name, Title: title, Languages: meetsIn(p.Lang)})
	})
	return e, changedMeanwhile(err)
}

// addDelegate stores e with one more person, who is in no other entrant of the
// round, and of e's company if they were of none.
func (d *Desk) addDelegate(tx *storage.Tx, by Actor, r *Round, e *Entrant, p Delegate) error {
	if slices.Contains(e.PersonIDs, p.PersonID) {
		return nil
	}
	other, err := entrantOf(tx, r.ID, p.PersonID)
	if err == nil && other.ID != e.ID && other.Claims == "" {
		return &Problem{Kind: Exists, Key: "entrant.elsewhere"}
	}
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	if len(e.People) >= maxDelegates {
		return &Problem{Kind: Full, Key: "entrant.too_many_people"}
	}
	if err := belongs(tx, p.PersonID, e.CompanyID); err != nil {
		return err
	}
	person, err := people.Get(tx, p.PersonID)
	if err != nil {
		return err
	}
	if err := knownTo(tx, person, r); err != nil {
		return err
	}
	e.People = append(e.People, p)
	e.index()
	if err := entrants.Put(tx, e); err != nil {
		return err
	}
	return d.log(tx, by, "entrant.join", e.ID, r.ID, e.Name, "")
}

// SaveDelegate changes what is said of one of an entrant's people, by
// themselves or by somebody who manages it. Only the latter decide who manages.
func (d *Desk) SaveDelegate(ctx context.Context, by Actor, id string, in Delegate) (*Entrant, error) {
	f := faults{}
	in.check(f)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onDelegate(ctx, by, id, in.PersonID, "entrant.person", func(tx *storage.Tx, r *Round, e *Entrant, p *Delegate) error {
		p.Title, p.Languages = in.Title, in.Languages
		if e.managed(by, r) {
			p.Manages = in.Manages
		}
		if !slices.ContainsFunc(e.People, func(p Delegate) bool { return p.Manages }) {
			return &Problem{Kind: Closed, Key: "entrant.last_manager"}
		}
		return nil
	})
}

// SetAvailability says in which slots of the round one of an entrant's people
// can be met, and whether their busy calendars count too. What is agreed stays.
func (d *Desk) SetAvailability(ctx context.Context, by Actor, id, personID string, unavailable []string, useBusy bool) (*Entrant, error) {
	return d.onDelegate(ctx, by, id, personID, "entrant.availability", func(_ *storage.Tx, r *Round, _ *Entrant, p *Delegate) error {
		var out []string
		for _, s := range r.Slots { // in their order, and of this round only
			if slices.Contains(unavailable, s.ID) {
				out = append(out, s.ID)
			}
		}
		if slices.Equal(out, p.Unavailable) && useBusy == p.UseBusy {
			return errNoChange
		}
		p.Unavailable, p.UseBusy = out, useBusy
		return nil
	})
}

// onDelegate changes one of an entrant's people: for themselves, or for whoever
// manages it.
func (d *Desk) onDelegate(ctx context.Context, by Actor, id, personID, action string, change func(*storage.Tx, *Round, *Entrant, *Delegate) error) (e *Entrant, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		var r *Round
		if e, r, err = delegateFor(tx, by, id); err != nil {
			return err
		}
		i := slices.IndexFunc(e.People, func(p Delegate) bool { return p.PersonID == personID })
		if i < 0 || personID != by.ID && !e.managed(by, r) {
			return errHidden
		}
		return d.putEntrant(tx, by, r, e, action, func(tx *storage.Tx, r *Round, e *Entrant) (string, error) {
			return "", change(tx, r, e, &e.People[i])
		})
	})
	return e, changedMeanwhile(err)
}

// delegateFor gives an entrant that has not left with its round to any of its
// people, and to the round's organisers.
func delegateFor(tx *storage.Tx, by Actor, id string) (*Entrant, *Round, error) {
	e, err := entrants.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	r, err := rounds.Get(tx, e.RoundID)
	if err != nil {
		return nil, nil, err
	}
	_, one := e.Delegate(by.ID)
	own := by.Organises(r.ClusterIDs...)
	if !own && (!one || !by.SignedIn() || r.Phase == RoundDraft || e.State == EntrantLeft) {
		return nil, nil, errHidden
	}
	return e, r, nil
}

// RemoveDelegate takes one of an entrant's people out of it: by whoever manages
// it, or by themselves. It is refused while they have meetings, which a
// colleague has to take over first, and for the last who manages it.
func (d *Desk) RemoveDelegate(ctx context.Context, by Actor, id, personID string) (*Entrant, error) {
	return d.onDelegate(ctx, by, id, personID, "entrant.remove", func(tx *storage.Tx, r *Round, e *Entrant, p *Delegate) error {
		n, err := bookings.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("who", bookedPerson(personID)), {Field: "at", Op: storage.Ge, Value: tx.Now()}, storage.Is("round_id", r.ID)}})
		if err != nil {
			return err
		}
		if n > 0 {
			return &Problem{Kind: Closed, Key: "entrant.person_booked", Args: []any{"name", p.Name}}
		}
		e.People = slices.DeleteFunc(slices.Clone(e.People), func(p Delegate) bool { return p.PersonID == personID })
		if !slices.ContainsFunc(e.People, func(p Delegate) bool { return p.Manages }) {
			return &Problem{Kind: Closed, Key: "entrant.last_manager"}
		}
		return nil
	})
}

// bookedBetween asks for somebody's bookings that touch a time.
func bookedBetween(who string, from, to time.Time) storage.Query {
	return storage.Query{Where: []storage.Cond{storage.Is("who", who),
		{Field: "at", Op: storage.Ge, Value: from.Truncate(bookStep)}, {Field: "at", Op: storage.Lt, Value: to}}}
}

// tongues are the languages that e's people meet in, a bit each by its place in
// MeetingLanguages.
func (e *Entrant) tongues() (set uint32) {
	for _, p := range e.People {
		for _, l := range p.Languages {
			if i := slices.Index(MeetingLanguages, l); i >= 0 {
				set |= 1 << i
			}
		}
	}
	return set
}

// DelegateTimes are what of a round's slots one of an entrant's people cannot
// come to for reasons that others see nothing of.
type DelegateTimes struct {
	Busy      map[string]bool // by slot id: something is in a calendar of theirs
	Booked    map[string]bool // a meeting is agreed, in this round or another
	Calendars int             // that they gave
}

// DelegateTimes gives those of one of an entrant's people, for themselves and
// for whoever manages it.
func (d *Desk) DelegateTimes(ctx context.Context, by Actor, id, personID string) (out *DelegateTimes, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		e, r, err := delegateFor(tx, by, id)
		if err != nil {
			return err
		}
		p, ok := e.Delegate(personID)
		if !ok || personID != by.ID && !e.managed(by, r) {
			return errHidden
		}
		list, err := busyOf(tx, personID)
		if err != nil {
			return err
		}
		out = &DelegateTimes{Booked: map[string]bool{}, Calendars: len(list)}
		if out.Busy, err = d.busySlots(tx, r, p); err != nil || len(r.Slots) == 0 {
			return err
		}
		taken, err := bookings.Find(tx, bookedBetween(bookedPerson(personID), r.Slots[0].Starts, r.Slots[len(r.Slots)-1].Ends))
		for _, b := range taken {
			for _, s := range r.Slots {
				out.Booked[s.ID] = out.Booked[s.ID] || b.At.Before(s.Ends) && b.At.Add(bookStep).After(s.Starts)
			}
		}
		return err
	})
	return out, err
}
