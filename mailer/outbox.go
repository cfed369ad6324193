package mailer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"kohtaamo/storage"
)

// An Outbox holds the mails of a database. All fields are set once, before the
// first call.
type Outbox struct {
	DB     *storage.DB
	From   Address // of mails that name no sender
	Domain string  // of Message-IDs; that of From if empty

	// Bounces is the mailbox that reports about undeliverable mail come back to,
	// which takes NAME+ANYTHING too; empty: they go to the sender. Key signs the
	// addresses in it.
	Bounces string
	Key     []byte

	// Refuses says why a delivery must not leave although it was promised: its
	// reader has unsubscribed meanwhile. "" lets it go. It is asked when the
	// delivery is claimed; nil never refuses.
	Refuses func(tx *storage.Tx, d *Delivery) (why string, err error)

	// Forgetting is asked whenever copies of an issue that is over are about to be
	// deleted for their age, for whoever wants to keep its figures; false keeps the
	// copies. nil lets all go.
	Forgetting func(tx *storage.Tx, i *Issue) (ok bool, err error)
}

// lifetime is how long a mail that says nothing else is worth sending.
const lifetime = 72 * time.Hour

// Add promises m with the rest of the transaction. A key that exists already is
// no error and changes nothing. An error about an address wraps ErrAddress and
// leaves the transaction usable.
func (o *Outbox) Add(tx *storage.Tx, m Mail) error {
	if err := o.complete(&m, tx.Now()); err != nil {
		return fmt.Errorf("mail %s: %w", m.ID, err)
	}
	switch _, err := mails.Get(tx, m.ID); {
	case err == nil:
		return nil
	case !errors.Is(err, storage.ErrNotFound):
		return err
	}
	if err := queueBehind(tx, &m); err != nil {
		return err
	}
	return mails.Put(tx, &m)
}

// complete checks what the caller set and fills in the outbox's own fields.
func (o *Outbox) complete(m *Mail, now time.Time) error {
	if m.ID == "" || m.Kind == "" || m.Letter.Subject == "" {
		return errors.New("a mail needs a key, a kind and a subject")
	}
	if err := o.address(m); err != nil {
		return err
	}
	if err := m.Calendar.check(); err != nil {
		return err
	}
	m.Priority = min(max(m.Priority, Bulk), Urgent)
	if m.NotBefore.IsZero() {
		m.NotBefore = now
	}
	if m.Expires.IsZero() {
		m.Expires = m.NotBefore.Add(lifetime)
	}
	m.MessageID, m.Date = storage.NewID()+"@"+o.domain(m), now
	m.Words = words(m)
	m.Tries, m.LastCode, m.LastError, m.SentAt = 0, 0, "", time.Time{}
	m.Behind = false
	if m.State != Held {
		m.State = Queued
	}
	m.become(m.State)
	return nil
}

func (o *Outbox) address(m *Mail) (err error) {
	if m.To, err = ParseAddress(m.To); err != nil {
		return fmt.Errorf("recipient: %w", err)
	}
	if m.From == "" {
		m.From = o.From.Email
		if m.FromName == "" {
			m.FromName = o.From.Name
		}
	}
	if m.From, err = parseSender(m.From); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if m.ReplyTo == "" {
		return nil
	}
	if m.ReplyTo, err = parseSender(m.ReplyTo); err != nil {
		return fmt.Errorf("reply address: %w", err)
	}
	return nil
}

func (o *Outbox) domain(m *Mail) string {
	if o.Domain != "" {
		return o.Domain
	}
	return domainOf(m.From)
}

// check refuses a method that could write more than itself into a header.
func (c *Calendar) check() error {
	if c == nil {
		return nil
	}
	known := []string{"PUBLISH", "REQUEST", "REPLY", "ADD", "CANCEL", "REFRESH", "COUNTER", "DECLINECOUNTER"} // RFC 5546, section 1.4
	if !slices.Contains(known, c.Method) {
		return fmt.Errorf("calendar method %q is none of %s", c.Method, strings.Join(known, ", "))
	}
	return nil
}

// queueBehind gives m its turn in its order. The mail in front is written too,
// unchanged: a worker that finishes it at this moment meets us there, and one
// of the two transactions sees what the other did.
func queueBehind(tx *storage.Tx, m *Mail) error {
	if m.Order == "" {
		return nil
	}
	m.Turn = 1
	front, err := mails.First(tx, storage.Query{
		Where: []storage.Cond{storage.Is("order", m.Order), storage.Is("open", true)}, Sort: "-turn",
	})
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	m.Turn, m.Behind = front.Turn+1, true
	m.become(m.State)
	return mails.Put(tx, front)
}

// closed writes a mail that has come to its end and lets the next of its order go.
func closed(tx *storage.Tx, m *Mail) error {
	if err := mails.Put(tx, m); err != nil {
		return err
	}
	if m.Order == "" {
		return nil
	}
	next, err := mails.First(tx, storage.Query{
		Where: []storage.Cond{storage.Is("order", m.Order), storage.Is("open", true)}, Sort: "turn",
	})
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil || !next.Behind {
		return err
	}
	next.Behind = false
	next.become(next.State)
	return mails.Put(tx, next)
}

// Withdraw takes back what has not left of the mails that speak of ref, or of
// those of the kinds named. A mail that a worker has in its hands may still
// leave, but is not tried again. It returns how many were taken back.
func (o *Outbox) Withdraw(tx *storage.Tx, ref string, kinds ...string) (int, error) {
	found, err := mails.Find(tx, storage.Query{
		Where: []storage.Cond{storage.Is("ref", ref), storage.Is("open", true)},
	})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, m := range found {
		if len(kinds) > 0 && !slices.Contains(kinds, m.Kind) {
			continue
		}
		n++
		if err := withdraw(tx, m.ID); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// withdraw reads the mail again: letting one go may have written the next.
func withdraw(tx *storage.Tx, id string) error {
	m, err := mails.Get(tx, id)
	if err != nil {
		return err
	}
	if m.State == Sending {
		m.Stop = true
		return mails.Put(tx, m)
	}
	m.become(Withdrawn)
	return closed(tx, m)
}

// words are what a search finds m by.
func words(m *Mail) []string {
	split := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	var ws []string
	for _, s := range []string{m.To, m.ToName} {
		ws = append(ws, strings.FieldsFunc(strings.ToLower(s), split)...)
	}
	slices.Sort(ws)
	return slices.Compact(ws)
}
