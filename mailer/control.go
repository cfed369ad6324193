package mailer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// Hold keeps mails from leaving until they are released. Those that have left,
// or are in a worker's hands, stay as they are. It returns how many are held now
// that were not before.
func (o *Outbox) Hold(ctx context.Context, ids ...string) (n int, err error) {
	err = o.DB.Update(ctx, func(tx *storage.Tx) error {
		n, err = o.HoldIn(tx, ids...)
		return err
	})
	return n, err
}

// HoldIn is Hold in a caller's transaction.
func (o *Outbox) HoldIn(tx *storage.Tx, ids ...string) (int, error) {
	return change(tx, "hold", ids, func(m *Mail) bool { return m.pass(Held, Queued, Deferred) })
}

// Release lets held mails go, and has deferred ones tried now. It returns how
// many of them were waiting.
func (o *Outbox) Release(ctx context.Context, ids ...string) (n int, err error) {
	err = o.DB.Update(ctx, func(tx *storage.Tx) error {
		n, err = o.ReleaseIn(tx, ids...)
		return err
	})
	return n, err
}

// ReleaseIn is Release in a caller's transaction.
func (o *Outbox) ReleaseIn(tx *storage.Tx, ids ...string) (int, error) {
	return change(tx, "release", ids, func(m *Mail) bool {
		if m.State == Deferred {
			m.NotBefore = tx.Now()
		}
		return m.pass(Queued, Held, Deferred)
	})
}

// pass moves m to a state if it is in one of others.
func (m *Mail) pass(to State, from ...State) bool {
	if !slices.Contains(from, m.State) {
		return false
	}
	m.become(to)
	return true
}

// change alters the mails that alter says yes to, and counts them. Mails that
// do not exist are passed over.
func change(tx *storage.Tx, what string, ids []string, alter func(*Mail) bool) (n int, err error) {
	for _, id := range ids {
		m, err := find(tx, id)
		if err == nil && m != nil && alter(m) {
			n++
			err = mails.Put(tx, m)
		}
		if err != nil {
			return 0, fmt.Errorf("%s mail: %w", what, err)
		}
	}
	return n, nil
}

// Resend promises mails that have come to their end once more, each as a new
// mail under a new key and Message-ID that names the old one in ResendOf. Mails
// that are still on their way, or whose repeat is, are passed over. It returns
// the new keys.
func (o *Outbox) Resend(ctx context.Context, ids ...string) (keys []string, err error) {
	err = o.DB.Update(ctx, func(tx *storage.Tx) error {
		keys, err = o.ResendIn(tx, ids...)
		return err
	})
	return keys, err
}

// ResendIn is Resend in a caller's transaction.
func (o *Outbox) ResendIn(tx *storage.Tx, ids ...string) (keys []string, err error) {
	for _, id := range ids {
		key, err := o.resend(tx, id)
		if err != nil {
			return nil, fmt.Errorf("send mail again: %w", err)
		}
		if key != "" {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// resend returns no key if there is nothing to do. It writes the old mail too,
// so that of two clicks at once the second meets the first.
func (o *Outbox) resend(tx *storage.Tx, id string) (key string, err error) {
	m, err := find(tx, id)
	if err != nil || m == nil || m.Open {
		return "", err
	}
	if before, err := find(tx, m.ResentAs); err != nil || before != nil && before.Open {
		return "", err
	}
	again := m.again()
	if err := o.Add(tx, again); err != nil {
		return "", err
	}
	m.ResentAs = again.ID
	return again.ID, mails.Put(tx, m)
}

// find is Get with nil for a mail that does not exist.
func find(tx *storage.Tx, id string) (*Mail, error) {
	m, err := mails.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	return m, err
}

// again is m as if it had just been promised.
func (m *Mail) again() Mail {
	n := *m
	n.Meta = storage.Meta{ID: "again/" + storage.NewID()}
	n.ResendOf, n.ResentAs = m.ID, ""
	n.State, n.NotBefore, n.Expires = Queued, time.Time{}, time.Time{}
	return n
}

// Purge deletes mails that came to their end before a moment, at most limit of
// them, and returns how many. Letters name people: they are not kept for ever.
func (o *Outbox) Purge(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = o.DB.Update(ctx, func(tx *storage.Tx) error {
		n = 0
		old, err := mails.Find(tx, storage.Query{
			Where: []storage.Cond{{Field: "created", Op: storage.Lt, Value: before}},
			Sort:  "created", Limit: limit,
		})
		if err != nil {
			return err
		}
		for _, m := range old {
			if m.Open || !m.Updated.Before(before) {
				continue
			}
			n++
			if err := mails.Delete(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("purge mail: %w", err)
	}
	return n, nil
}
