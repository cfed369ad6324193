package mailer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// leaseTime is how long a claim is good for. It is renewed while its worker
// lives, so this is how long the mails of a killed one wait.
const leaseTime = 2 * time.Minute

// claimed is what one claim found.
type claimed struct {
	token string
	mails []*Mail
	seen  int // how many were due, those that came to their end included
}

// claim takes up to n due mails for a program, the most urgent first.
func (o *Outbox) claim(ctx context.Context, run string, now time.Time, n int) (claimed, error) {
	var c claimed
	err := o.DB.Update(ctx, func(tx *storage.Tx) error {
		c = claimed{token: run + "." + storage.NewID()}
		for _, p := range []int64{Urgent, Normal, Bulk} {
			if err := c.take(tx, p, now, n-c.seen); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return claimed{}, fmt.Errorf("claim mail: %w", err)
	}
	return c, nil
}

func (c *claimed) take(tx *storage.Tx, priority int64, now time.Time, n int) error {
	if n <= 0 {
		return nil
	}
	due, err := mails.Find(tx, storage.Query{
		Where: []storage.Cond{
			storage.Is("ready", true), storage.Is("priority", priority),
			{Field: "due", Op: storage.Le, Value: now},
		},
		Sort: "due", Limit: n,
	})
	if err != nil {
		return err
	}
	for _, m := range due {
		if m.State == Sending && m.Due.After(tx.Now()) {
			continue // now lies ahead of the clock, and somebody is at work on it
		}
		c.seen++
		if err := c.lease(tx, m, now); err != nil {
			return err
		}
	}
	return nil
}

// lease makes m the claim's own, or ends it if it should not be sent.
func (c *claimed) lease(tx *storage.Tx, m *Mail, now time.Time) error {
	switch against, err := suppression(tx, m.To); {
	case err != nil:
		return err
	case m.Stop:
		m.become(Withdrawn)
		return closed(tx, m)
	case !now.Before(m.Expires):
		m.become(Expired)
		return closed(tx, m)
	case against.Stops(false):
		m.LastError = "its address has refused mail for good before: " + against.Reason
		m.become(Suppressed)
		return closed(tx, m)
	}
	if m.State == Sending { // its worker died with it
		m.Tries++
		m.LastError = "the program stopped while it was sent"
	}
	m.become(Sending)
	m.Owner, m.Due = c.token, later(now, tx.Now()).Add(leaseTime)
	c.mails = append(c.mails, m)
	return mails.Put(tx, m)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// errLost says that a claim ended before its mail was sent.
var errLost = errors.New("another claim has it")

// own reads a mail that a claim holds; errLost if it no longer does.
func own(tx *storage.Tx, id, token string) (*Mail, error) {
	m, err := mails.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && (m.State != Sending || m.Owner != token) {
		return nil, errLost
	}
	return m, err
}

// check reads a claimed mail as it is now, right before it is sent.
func (o *Outbox) check(ctx context.Context, id, token string) (m *Mail, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		m, err = own(tx, id, token)
		return err
	})
	return m, err
}

// renew makes the leases on the mails last longer.
func (o *Outbox) renew(ctx context.Context, held map[string]string) error {
	return o.DB.Update(ctx, func(tx *storage.Tx) error {
		for id, token := range held {
			m, err := own(tx, id, token)
			if errors.Is(err, errLost) {
				continue
			}
			if err != nil {
				return err
			}
			m.Due = later(m.Due, tx.Now().Add(leaseTime))
			if err := mails.Put(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}
