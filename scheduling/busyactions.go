package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// A NewBusy is a calendar of busy times that somebody gives: an address or a file.
type NewBusy struct {
	ID      string // so that a form sent twice gives one; a new one if empty
	Name    string // what they call it; the host of the address if empty
	Address string
	File    []byte // read if there is no Address
	Zone    string // of times in it that name none
}

// A BusyView is what somebody sees of the calendars that they gave.
type BusyView struct {
	Calendars []*BusyCalendar
	Full      bool        // there is no room for another
	Times     []ical.Span // of all together, from now on for a while
	Now       time.Time
}

// BusyLook is how far ahead BusyView goes.
const BusyLook = 28 * 24 * time.Hour

// Busy shows a signed-in person the calendars of busy times that they gave, and
// what is seen of them.
func (d *Desk) Busy(ctx context.Context, by Actor) (*BusyView, error) {
	if !by.SignedIn() {
		return nil, errHidden
	}
	v := &BusyView{}
	err := d.view(ctx, func(tx *storage.Tx) (err error) {
		v.Now = tx.Now()
		if v.Calendars, err = busyOf(tx, by.ID); err != nil {
			return err
		}
		v.Times, err = d.BusyTimes(tx, by.ID, v.Now, v.Now.Add(BusyLook))
		return err
	})
	v.Full = len(v.Calendars) >= maxBusy
	return v, err
}

// AddBusy reads a calendar and keeps its busy times for a signed-in person. An
// address is asked for at once: one that gives no calendar is not kept.
func (d *Desk) AddBusy(ctx context.Context, by Actor, in NewBusy) (*BusyCalendar, error) {
	b, err := in.calendar(by)
	if err != nil {
		return nil, err
	}
	found, err := d.roomForBusy(ctx, b)
	if found != nil || err != nil {
		return found, err
	}
	if err := d.readNew(ctx, b, in.File); err != nil {
		return nil, err
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			found, err = checkBusy(tx, b)
			if found != nil || err != nil {
				return err
			}
			if err := busyCalendars.Put(tx, b); err != nil {
				return err
			}
			found = b
			return d.log(tx, by, "busy.add", b.ID, b.PersonID, "", "")
		})
	})
	if err != nil {
		return nil, fmt.Errorf("add busy times: %w", err)
	}
	return found, nil
}

// calendar checks what was typed.
func (in NewBusy) calendar(by Actor) (*BusyCalendar, error) {
	if !by.SignedIn() {
		return nil, errHidden
	}
	f := faults{}
	b := &BusyCalendar{Meta: storage.Meta{ID: orNew(in.ID)}, PersonID: by.ID, Name: cleanLine(in.Name), Address: strings.TrimSpace(in.Address), Zone: in.Zone}
	f.limit("name", b.Name, lineLimit)
	f.limit("calendar", b.Address, 2000)
	if _, err := time.LoadLocation(b.Zone); err != nil || b.Zone == "" || b.Zone == "Local" {
		f.add("zone", "event.zone")
	}
	if b.Address == "" && len(in.File) == 0 {
		f.add("calendar", "calendarin.nothing")
	}
	if b.Name == "" {
		b.Name = host(b.Address)
	}
	return b, f.problem()
}

// roomForBusy looks whether b can be added, before anybody is asked for it.
func (d *Desk) roomForBusy(ctx context.Context, b *BusyCalendar) (found *BusyCalendar, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		found, err = checkBusy(tx, b)
		return err
	})
	return found, err
}

// checkBusy gives b a free slot, or finds it where the form was sent before.
func checkBusy(tx *storage.Tx, b *BusyCalendar) (found *BusyCalendar, err error) {
	if _, err := people.Get(tx, b.PersonID); err != nil {
		return nil, err // a token has no times of its own
	}
	list, err := busyOf(tx, b.PersonID)
	if err != nil {
		return nil, err
	}
	taken := make([]bool, maxBusy+1)
	for _, other := range list {
		if other.ID == b.ID {
			return other, nil
		}
		if b.Address != "" && other.Address == b.Address {
			return nil, &Problem{Kind: Exists, Key: "problem.invalid", Fields: map[string]string{"calendar": "calendarin.twice"}}
		}
		taken[other.Slot] = true
	}
	if b.Slot = slices.Index(taken[1:], false) + 1; b.Slot == 0 {
		return nil, &Problem{Kind: Full, Key: "calendarin.full", Args: []any{"count", maxBusy}}
	}
	return nil, nil
}

// readNew reads the file, or what is at the address.
func (d *Desk) readNew(ctx context.Context, b *BusyCalendar, file []byte) error {
	v, now := Version{}, d.now()
	if !b.FromFile() {
		got, err := d.download(ctx, b.Address, v)
		if err != nil {
			return err
		}
		file, v = got.Body, got.Version
	}
	err := b.read(file, v, now)
	switch {
	case err == nil:
		return nil
	case b.FromFile():
		return notCalendar("file", err)
	}
	return unreachable()
}

// download fetches for somebody who waits; a failure is in words, and why is
// only in the log.
func (d *Desk) download(ctx context.Context, address string, had Version) (*Download, error) {
	if d.Fetch == nil {
		return nil, unreachable()
	}
	got, err := d.Fetch(ctx, address, had)
	if errors.Is(err, ErrUnreachable) {
		d.Log.InfoContext(ctx, "an address gave no calendar", "error", err)
		return nil, unreachable()
	}
	return got, err
}

// notCalendar says in words that a file could not be read, and where.
func notCalendar(field string, err error) error {
	var at *ical.ReadError
	if errors.As(err, &at) {
		return &Problem{Kind: Invalid, Key: "calendarin.not_calendar", Args: []any{"line", at.Line, "reason", at.Reason}, Fields: map[string]string{field: "calendarin.mend"}}
	}
	return err
}

// ownBusy is one of by's own calendars.
func ownBusy(tx *storage.Tx, by Actor, id string) (*BusyCalendar, error) {
	b, err := busyCalendars.Get(tx, id)
	if err == nil && (!by.SignedIn() || b.PersonID != by.ID) {
		return nil, errHidden
	}
	return b, err
}

// RemoveBusy forgets one of by's calendars and what was read of it.
func (d *Desk) RemoveBusy(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		b, err := ownBusy(tx, by, id)
		if err != nil {
			return err
		}
		if err := busyCalendars.Delete(tx, b); err != nil {
			return err
		}
		return d.log(tx, by, "busy.remove", b.ID, b.PersonID, "", "")
	})
	if err != nil {
		return fmt.Errorf("remove busy times %s: %w", id, changedMeanwhile(err))
	}
	return nil
}

// RefreshOne looks at once at the address of one of by's calendars, a paused
// one too, but not again within a minute. A failure is not an error: it is
// noted on the calendar that is returned.
func (d *Desk) RefreshOne(ctx context.Context, by Actor, id string) (*BusyCalendar, error) {
	now := d.now()
	err := d.view(ctx, func(tx *storage.Tx) error {
		b, err := ownBusy(tx, by, id)
		switch {
		case err != nil:
			return err
		case b.FromFile():
			return &Problem{Kind: Closed, Key: "calendarin.is_file"}
		case now.Before(b.TriedAt.Add(busyRest)):
			return &Problem{Kind: Closed, Key: "calendarin.too_soon"}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	b, err := d.refresh(ctx, id, now, true)
	if err == nil && b == nil { // somebody else was quicker
		return nil, &Problem{Kind: Closed, Key: "calendarin.too_soon"}
	}
	return b, err
}
