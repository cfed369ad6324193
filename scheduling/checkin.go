package scheduling

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kohtaamo/storage"
)

// An Arrival answers a check-in. Again says that the person was checked in
// before, at Registration.CheckedInAt: a ticket shown twice is not an error, but
// whoever stands at the door has to see it.
type Arrival struct {
	Registration *Registration
	Again        bool
}

// CheckIn notes that the holder of a ticket has come. code is the ticket code,
// in whatever case and spacing it was typed or scanned, or the registration's id.
func (d *Desk) CheckIn(ctx context.Context, by Actor, eventID, code string) (*Arrival, error) {
	var out *Arrival
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := d.atDoor(tx, by, eventID, code)
		if err != nil {
			return err
		}
		out = &Arrival{Registration: p.r}
		if p.r.State == Attended {
			out.Again = true
			return nil
		}
		return d.arrive(tx, by, p)
	})
	if err != nil {
		return nil, fmt.Errorf("check in: %w", err)
	}
	return out, nil
}

// arrive checks in a registration that may be.
func (d *Desk) arrive(tx *storage.Tx, by Actor, p *place) error {
	switch p.r.State {
	case Confirmed, Offered:
	case NoShow: // came after all; the seat must still be there
		if free, limited := p.s.Free(); limited && free == 0 {
			return &Problem{Kind: Full, Key: "checkin.full"}
		}
	default:
		return &Problem{Kind: Closed, Key: "checkin." + string(p.r.State), Args: []any{"name", p.r.Name}}
	}
	p.s.move(p.r, Attended)
	p.r.CheckedInAt, p.r.CheckedInBy = tx.Now(), by.Name
	return d.apply(tx, by, p, "registration.check_in", "", quietly)
}

// quietly changes nothing more and tells the person nothing.
func quietly(_ *storage.Tx, p *place) error {
	p.silent = true
	return nil
}

// atDoor finds a registration of the event for somebody who may check in there.
func (d *Desk) atDoor(tx *storage.Tx, by Actor, eventID, code string) (*place, error) {
	e, err := d.doorOf(tx, by, eventID)
	if err != nil {
		return nil, err
	}
	unknown := &Problem{Kind: Invalid, Key: "checkin.unknown"}
	r, err := registrations.First(tx, storage.Query{Where: []storage.Cond{storage.Is("ticket", TicketCode(code))}})
	if errors.Is(err, storage.ErrNotFound) {
		r, err = registrations.Get(tx, strings.TrimSpace(code))
	}
	if errors.Is(err, storage.ErrNotFound) {
		return nil, unknown
	}
	if err != nil {
		return nil, err
	}
	if r.EventID != e.ID {
		return nil, &Problem{Kind: Invalid, Key: "checkin.other_event"}
	}
	s, err := seatings.Get(tx, e.ID)
	return &place{e: e, s: s, r: r}, err
}

// doorOf gives an event at which by may check people in.
func (d *Desk) doorOf(tx *storage.Tx, by Actor, eventID string) (*Event, error) {
	e, err := events.Get(tx, eventID)
	if err != nil {
		return nil, err
	}
	if !by.ChecksIn(e.ClusterIDs...) {
		return nil, errHidden
	}
	if e.State != Published {
		return nil, &Problem{Kind: Closed, Key: "checkin.not_published"}
	}
	return e, nil
}

// TicketCode gives a ticket code the way it is stored, whatever was typed or
// scanned: a code alone, with spaces or dashes, or an address that ends in one.
func TicketCode(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		s = s[i+1:]
	}
	return strings.NewReplacer(" ", "", "-", "").Replace(strings.ToUpper(s))
}

// UndoCheckIn takes a check-in back.
func (d *Desk) UndoCheckIn(ctx context.Context, by Actor, eventID, id string) (*Registration, error) {
	return d.door(ctx, by, eventID, id, "registration.undo_check_in", func(tx *storage.Tx, p *place) error {
		if p.r.State != Attended {
			return errNothingToDo
		}
		p.s.move(p.r, Confirmed)
		p.r.CheckedInAt, p.r.CheckedInBy = time.Time{}, ""
		return nil
	})
}

// MarkNoShow notes, after the event, that somebody did not come. CheckIn takes
// it back.
func (d *Desk) MarkNoShow(ctx context.Context, by Actor, eventID, id string) (*Registration, error) {
	return d.door(ctx, by, eventID, id, "registration.no_show", func(tx *storage.Tx, p *place) error {
		if tx.Now().Before(p.e.Ends) {
			return &Problem{Kind: Closed, Key: "checkin.not_over"}
		}
		if p.r.State != Confirmed {
			return errNothingToDo
		}
		p.s.move(p.r, NoShow)
		return nil
	})
}

// door changes a registration for somebody who may check in, without a mail.
func (d *Desk) door(ctx context.Context, by Actor, eventID, id, action string, fn func(tx *storage.Tx, p *place) error) (*Registration, error) {
	var out *Registration
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := d.atDoor(tx, by, eventID, id)
		if err != nil {
			return err
		}
		out = p.r
		p.silent = true
		return d.apply(tx, by, p, action, "", fn)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", action, err)
	}
	return out, nil
}

// WalkIn registers somebody at the door and checks them in. The address is
// optional; who is registered under it already is simply checked in.
func (d *Desk) WalkIn(ctx context.Context, by Actor, eventID string, g Signup) (*Arrival, error) {
	var out *Arrival
	attempt := func() error {
		return d.update(ctx, func(tx *storage.Tx) (err error) {
			out, err = d.walkIn(tx, by, eventID, g)
			return err
		})
	}
	err := attempt()
	if errors.Is(err, storage.ErrDuplicate) {
		err = attempt()
	}
	if err != nil {
		return nil, fmt.Errorf("walk in: %w", err)
	}
	return out, nil
}

func (d *Desk) walkIn(tx *storage.Tx, by Actor, eventID string, g Signup) (*Arrival, error) {
	e, err := d.doorOf(tx, by, eventID)
	if err != nil {
		return nil, err
	}
	if err := g.checkWalkIn(); err != nil {
		return nil, err
	}
	s, err := seatings.Get(tx, e.ID)
	if err != nil {
		return nil, err
	}
	if r, err := registrations.Get(tx, g.ID); err == nil && r.EventID == e.ID {
		return &Arrival{Registration: r}, nil // asked for before, and answered to nobody
	}
	if g.Email != "" {
		r, err := registrations.First(tx, storage.Query{Where: []storage.Cond{storage.Is("live", e.ID+"/"+g.Email)}})
		if err == nil && r.State == Attended {
			return &Arrival{Registration: r, Again: true}, nil
		}
		if err == nil {
			return &Arrival{Registration: r}, d.arrive(tx, by, &place{e: e, s: s, r: r})
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
	}
	return d.enter(tx, by, e, s, g)
}

func (g *Signup) checkWalkIn() error {
	f := faults{}
	g.Name, g.Company, g.Title = cleanLine(g.Name), cleanLine(g.Company), cleanLine(g.Title)
	f.need("name", g.Name, lineLimit)
	f.limit("company", g.Company, lineLimit)
	if g.Email = cleanLine(g.Email); g.Email != "" {
		g.Email = f.address("email", g.Email)
	}
	return f.problem()
}

// enter makes the registration of somebody new at the door. The seats hold
// there too: an organiser who finds another chair raises their number.
func (d *Desk) enter(tx *storage.Tx, by Actor, e *Event, s *Seating, g Signup) (*Arrival, error) {
	if free, limited := s.Free(); limited && free == 0 {
		return nil, &Problem{Kind: Full, Key: "checkin.full"}
	}
	r := g.registration(e, tx.Now())
	r.Consents = nil // nobody asked them
	if r.Email != "" {
		if err := d.attach(tx, e, r); err != nil {
			return nil, err
		}
	}
	s.move(r, Attended)
	r.WalkIn, r.CheckedInAt, r.CheckedInBy = true, tx.Now(), by.Name
	if err := seatings.Put(tx, s); err != nil {
		return nil, err
	}
	return &Arrival{Registration: r}, d.keep(tx, by, e, r, "registration.walk_in", "")
}
