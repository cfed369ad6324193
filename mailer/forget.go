package mailer

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"kohtaamo/storage"
)

// About gives the mails of the outbox to an address, for a copy of what is kept
// about its reader.
func About(tx *storage.Tx, address string) ([]*Mail, error) {
	list, err := mails.Find(tx, mailsTo(address))
	if err != nil {
		return nil, fmt.Errorf("read the mails to somebody: %w", err)
	}
	return to(list, address), nil
}

// mailsTo asks for a few mails more than those to an address: for those with the
// longest of its words.
func mailsTo(address string) storage.Query {
	longest := ""
	for _, w := range words(&Mail{To: address}) {
		if len(w) > len(longest) {
			longest = w
		}
	}
	return storage.Query{Where: []storage.Cond{{Field: "words", Op: storage.Has, Value: longest}}}
}

func to(list []*Mail, address string) (out []*Mail) {
	for _, m := range list {
		if strings.EqualFold(m.To, address) {
			out = append(out, m)
		}
	}
	return out
}

// ForgetMails deletes the mails to an address that were promised before a moment,
// or all if it is zero, also those that have not left, and says how many there
// were. One that a worker has in its hands is ErrUnsettled:
// to be tried again.
func ForgetMails(tx *storage.Tx, address string, before time.Time) (n int, err error) {
	list, err := About(tx, address)
	if err != nil {
		return 0, err
	}
	for _, m := range list {
		if !before.IsZero() && !m.Created.Before(before) {
			continue
		}
		if m, err = mails.Get(tx, m.ID); err != nil { // letting one go may have written the next
			return 0, err
		}
		if m.State == Sending && tx.Now().Before(m.Due) {
			return 0, ErrUnsettled
		}
		if m.Open {
			m.become(Withdrawn)
			if err := closed(tx, m); err != nil {
				return 0, err
			}
		}
		if err := mails.Delete(tx, m); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// CopiesTo gives the copies of issues that went to an address, or are to go.
func CopiesTo(tx *storage.Tx, address string) (list []*Delivery, err error) {
	for i, err := range issues.Each(tx, storage.Query{}) {
		if err != nil {
			return nil, fmt.Errorf("read the copies to somebody: %w", err)
		}
		d, err := deliveries.Get(tx, DeliveryKey(i.ID, address))
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// ForgetCopies puts nameless ones into the place of the copies of issues to an
// address, for the figures of the issue to stay, and says how many there were.
// What has not left does not leave.
func ForgetCopies(tx *storage.Tx, address string) (int, error) {
	list, err := CopiesTo(tx, address)
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		nobody := Delivery{
			Meta: storage.Meta{ID: d.Issue + "/" + storage.NewID()}, Issue: d.Issue, List: d.List, Lang: d.Lang, Sheet: d.Sheet,
			State: d.State, Tries: d.Tries, LastCode: d.LastCode, SentAt: d.SentAt, Due: d.Due,
		}
		if d.State.Open() {
			nobody.State = Withdrawn
		}
		if err := deliveries.Delete(tx, d); err != nil {
			return 0, err
		}
		if err := deliveries.Put(tx, &nobody); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// ForgetSuppression deletes what is known against an address, and tells what it
// was; nil if there was nothing. Its ID would let whoever guesses the address
// find out that it was here.
func ForgetSuppression(tx *storage.Tx, address string) (*Suppression, error) {
	s, err := suppression(tx, address)
	if err != nil || s == nil {
		return nil, err
	}
	return s, suppressions.Delete(tx, s)
}

// KnownAgainst is what is known against an address now; nil if nothing is.
func KnownAgainst(tx *storage.Tx, address string) (*Suppression, error) {
	return suppression(tx, address)
}
