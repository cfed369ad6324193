package scheduling

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// How much one run of RefreshBusy does.
const (
	busyBatch   = 200 // calendars
	busyHosts   = 4   // asked side by side, each for one calendar at a time
	busyMisses  = 3   // failures in a row after which a host is left alone for this run
	busyClaimed = 10 * time.Minute
)

// RefreshBusy looks at the addresses of busy times that are due at now, the
// longest due first, and says at how many. No transaction is open while it
// waits for an answer. Stopped, or run twice at once, it asks for each
// calendar once; what it had no time for is due the next time.
func (d *Desk) RefreshBusy(ctx context.Context, now time.Time) (done int, err error) {
	now = now.UTC().Truncate(time.Millisecond)
	due, err := d.dueBusy(ctx, now)
	if err != nil {
		return 0, fmt.Errorf("refresh busy times: %w", err)
	}
	var count atomic.Int64
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(busyHosts)
	for _, ids := range due {
		all.Go(func() error { return d.refreshHost(ctx, ids, now, &count) })
	}
	err = all.Wait()
	return int(count.Load()), err
}

// dueBusy are the ids of the calendars due, by host, in the order they are due.
func (d *Desk) dueBusy(ctx context.Context, now time.Time) (hosts [][]string, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err := busyCalendars.Find(tx, storage.Query{
			Where: []storage.Cond{{Field: "next", Op: storage.Le, Value: now}}, Sort: "next", Limit: busyBatch})
		at := map[string]int{}
		for _, b := range list {
			h := host(b.Address)
			if _, known := at[h]; !known {
				at[h] = len(hosts)
				hosts = append(hosts, nil)
			}
			hosts[at[h]] = append(hosts[at[h]], b.ID)
		}
		return err
	})
	return hosts, err
}

// refreshHost looks at calendars of one host, one after the other.
func (d *Desk) refreshHost(ctx context.Context, ids []string, now time.Time, count *atomic.Int64) error {
	misses := 0
	for _, id := range ids {
		b, err := d.refresh(ctx, id, now, false)
		if err != nil {
			return fmt.Errorf("refresh busy times %s: %w", id, err)
		}
		if b == nil {
			continue
		}
		count.Add(1)
		if misses++; b.Failures == 0 {
			misses = 0
		}
		if misses == busyMisses {
			return nil
		}
	}
	return nil
}

// refresh claims one calendar, asks for it and stores what came of it. It is
// nil where there is nothing to do: removed, not due any more, or another has it.
func (d *Desk) refresh(ctx context.Context, id string, now time.Time, byHand bool) (*BusyCalendar, error) {
	b, err := d.claimBusy(ctx, id, now, byHand)
	if b == nil || err != nil {
		return nil, err
	}
	got, err := d.askFor(ctx, b, now)
	if err != nil {
		return nil, err
	}
	return d.settleBusy(ctx, b, got, now)
}

// claimBusy takes a calendar, so that nobody else asks for it meanwhile. Should
// this server die over it, it is due again after a while.
func (d *Desk) claimBusy(ctx context.Context, id string, now time.Time, byHand bool) (b *BusyCalendar, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		b, err = busyCalendars.Get(tx, id)
		free := err == nil && !b.FromFile() && (byHand && !now.Before(b.TriedAt.Add(busyRest)) || !b.Next.IsZero() && !b.Next.After(now))
		if !free {
			b = nil
			if errors.Is(err, storage.ErrNotFound) {
				err = nil
			}
			return err
		}
		b.TriedAt = now
		if b.Next = now.Add(busyClaimed); !b.PausedAt.IsZero() {
			b.Next = time.Time{}
		}
		return busyCalendars.Put(tx, b)
	})
	return b, err
}

// askFor fetches b's calendar; nil says that it could not be had.
func (d *Desk) askFor(ctx context.Context, b *BusyCalendar, now time.Time) (*Download, error) {
	if d.Fetch == nil {
		return nil, nil
	}
	got, err := d.Fetch(ctx, b.Address, b.known(now))
	if errors.Is(err, ErrUnreachable) {
		d.Log.InfoContext(ctx, "busy times could not be fetched", "calendar", b.ID, "error", err)
		return nil, nil
	}
	return got, err
}

// settleBusy stores what came of asking for a calendar, unless it was removed,
// or is no longer the claim's, meanwhile.
func (d *Desk) settleBusy(ctx context.Context, claim *BusyCalendar, got *Download, now time.Time) (b *BusyCalendar, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		b, err = busyCalendars.Get(tx, claim.ID)
		if errors.Is(err, storage.ErrNotFound) || err == nil && b.Rev != claim.Rev {
			b, err = nil, nil
			return nil
		}
		if err != nil {
			return err
		}
		if b.became(got, now) {
			if err := d.sayPaused(tx, b); err != nil {
				return err
			}
		}
		return busyCalendars.Put(tx, b)
	})
	return b, err
}

// became takes over what came at now, and reports whether b is given up with it.
func (b *BusyCalendar) became(got *Download, now time.Time) (givenUp bool) {
	switch {
	case got == nil:
		return b.failed(now)
	case got.Unchanged:
		b.seen(now)
	case b.read(got.Body, got.Version, now) != nil:
		return b.failed(now)
	}
	return false
}

// sayPaused tells the owner of b, once, that its address is asked for no more.
func (d *Desk) sayPaused(tx *storage.Tx, b *BusyCalendar) error {
	p, err := people.Get(tx, b.PersonID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	by := System("busy")
	if err := d.log(tx, by, "busy.pause", b.ID, b.PersonID, "", ""); err != nil {
		return err
	}
	return d.Outbox.Add(tx, d.pausedMail(p, b))
}

func (d *Desk) pausedMail(p *Person, b *BusyCalendar) mailer.Mail {
	l := d.Texts.In(p.Lang)
	since := l.When(b.FailingSince, b.Zone)
	args := []any{"calendar", b.Name, "since", since, "name", p.Name}
	house := sender{}
	return mailer.Mail{
		Meta: storage.Meta{ID: fmt.Sprintf("busy_paused/%s/%d", b.ID, b.FailingSince.UnixMilli())}, Kind: "busy.paused", Ref: b.ID, Order: b.ID,
		To: p.Email, ToName: p.Name, Lang: l.Code(), FromName: house.name(l.Code(), d),
		Letter: mailer.Letter{
			Subject: l.Text("letter.busy_paused.subject", args...), Preheader: l.Text("letter.busy_paused.preheader", args...),
			Heading:    l.Text("letter.busy_paused.heading", args...),
			Paragraphs: []string{l.Text("letter.hello", "name", p.Name), l.Text("letter.busy_paused.body", args...)},
			Facts: []mailer.Fact{{Label: l.Text("letter.fact.calendar"), Value: b.Name},
				{Label: l.Text("letter.fact.failing_since"), Value: since}},
			Button: &mailer.Link{Label: l.Text("letter.busy_paused.button"), URL: d.BaseURL + "/account/busy"},
			Brand:  house.brand(d, l.Code()),
		},
	}
}
