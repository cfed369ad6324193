package scheduling

import (
	"context"
	"errors"

	"kohtaamo/storage"
)

// NameTraveller says who travels on a seat of a company, in the place of one who
// was named before if instead is set. Named twice, they travel once.
func (d *Desk) NameTraveller(ctx context.Context, link string, in Traveller, instead string) (out *Traveller, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	_, err = d.onOwn(ctx, link, func(s *selection, a *Application) error {
		if err := a.canName(s.t, s.tx.Now()); err != nil {
			return err
		}
		v, err := s.name(a, in, instead)
		out = v
		return err
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return nil, &Problem{Kind: Exists, Key: "problem.invalid", Fields: map[string]string{"email": "traveller.twice"}}
	}
	return out, err
}

func (s *selection) name(a *Application, in Traveller, instead string) (*Traveller, error) {
	named, err := travellersFor(s.tx, a)
	if err != nil {
		return nil, err
	}
	for _, v := range named {
		if v.Email == in.Email && v.ID != instead {
			return v, errUnchanged
		}
	}
	if instead != "" {
		if named, err = s.replace(a, named, instead, in.Email); err != nil {
			return nil, err
		}
	}
	if len(named) >= a.Seats {
		return nil, &Problem{Kind: Full, Key: "application.all_named"}
	}
	v := &Traveller{Meta: storage.Meta{ID: storage.NewID()}, TripID: s.t.ID, ApplicationID: a.ID, CompanyID: a.CompanyID, Company: a.Company, State: TravellerGoing,
		Role: AsDelegate, Name: in.Name, Email: in.Email, Title: in.Title, Phone: in.Phone, Lang: s.d.Texts.In(in.Lang).Code(), Goals: a.Goals}
	if err := s.d.takeAlong(s.tx, s.by, s.t, v); err != nil {
		return nil, err
	}
	if err := s.d.welcomeTraveller(s.tx, s.by, s.t, v); err != nil {
		return nil, err
	}
	return v, applications.Put(s.tx, a) // whoever names the last seat at once meets here
}

// replace releases one of those named, and gives the others.
func (s *selection) replace(a *Application, named []*Traveller, id, email string) (rest []*Traveller, err error) {
	found := false
	for _, v := range named {
		if v.ID != id {
			rest = append(rest, v)
			continue
		}
		if found = true; v.Email == email {
			return nil, errUnchanged
		}
		if err := s.d.releaseTraveller(s.tx, s.by, s.t, v, ""); err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, errHidden
	}
	return rest, nil
}

// DropTraveller takes one who was named off a seat; the seat stays the company's.
func (d *Desk) DropTraveller(ctx context.Context, link, travellerID string) error {
	_, err := d.onOwn(ctx, link, func(s *selection, a *Application) error {
		if err := a.canName(s.t, s.tx.Now()); err != nil {
			return err
		}
		named, err := travellersFor(s.tx, a)
		if err != nil {
			return err
		}
		_, err = s.replace(a, named, travellerID, "")
		if errors.Is(err, errHidden) {
			return errUnchanged // off already
		}
		return err
	})
	return err
}
