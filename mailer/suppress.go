package mailer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A Suppression remembers that an address refuses mail. Its ID is a hash of the
// address, so that it outlives the erasure of a person without naming them.
type Suppression struct {
	storage.Meta `bson:",inline"`
	Failures     int       `bson:"failures"` // since the last mail that arrived
	Reason       string    `bson:"reason"`   // what the relay said last
	Last         time.Time `bson:"last"`
	Active       bool      `bson:"active"` // mails to it are not tried
}

var suppressions = storage.NewCollection[Suppression]("mail_suppressions", storage.Ordered("active"))

const (
	hardLimit  = 2 // "no such mailbox", from two mails: one can be a relay's mistake
	softLimit  = 3 // "mailbox full" and the like, within softWindow
	softWindow = 30 * 24 * time.Hour
)

// addressKey is the hash an address is remembered by. Local parts are compared
// without case: no mail host in use tells Aino from aino.
func addressKey(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(address))))
	return hex.EncodeToString(sum[:16])
}

// suppression is what is known against an address; nil if nothing is.
func suppression(tx *storage.Tx, address string) (*Suppression, error) {
	s, err := suppressions.Get(tx, addressKey(address))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	return s, err
}

// blame counts a refusal for good against an address.
func blame(tx *storage.Tx, address string, soft bool, reason string) error {
	s, err := suppression(tx, address)
	if err != nil {
		return err
	}
	if s == nil {
		s = &Suppression{Meta: storage.Meta{ID: addressKey(address)}}
	}
	limit := hardLimit
	if soft {
		limit = softLimit
		if tx.Now().Sub(s.Last) > softWindow {
			s.Failures = 0
		}
	}
	s.Failures++
	s.Last, s.Reason = tx.Now(), reason
	s.Active = s.Active || s.Failures >= limit
	return suppressions.Put(tx, s)
}

// absolve forgets what is held against an address.
func absolve(tx *storage.Tx, address string) error {
	s, err := suppression(tx, address)
	if err != nil || s == nil {
		return err
	}
	return suppressions.Delete(tx, s)
}

// Suppressed tells what is known against an address; nil if nothing is.
func (o *Outbox) Suppressed(ctx context.Context, address string) (s *Suppression, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		s, err = suppression(tx, address)
		return err
	})
	return s, err
}

// Allow lets mail go to an address again that was suppressed. Mails already
// ended as Suppressed stay so; Resend sends them anew.
func (o *Outbox) Allow(ctx context.Context, address string) error {
	return o.DB.Update(ctx, func(tx *storage.Tx) error { return o.AllowIn(tx, address) })
}

// AllowIn is Allow in a caller's transaction.
func (o *Outbox) AllowIn(tx *storage.Tx, address string) error {
	if err := absolve(tx, address); err != nil {
		return fmt.Errorf("allow a mail address: %w", err)
	}
	return nil
}
