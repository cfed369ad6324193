package mailer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// A SuppressionFilter chooses addresses that mail is kept from. Zero fields do
// not restrict.
type SuppressionFilter struct {
	Clusters []string // whose organisers look; nil: everybody's; empty but not nil: nobody's
	Cause    Cause
	Address  string // this one only
	After    string
	Limit    int // 50 if zero
}

// Suppressions lists the addresses that mail is kept from, the newest first,
// and where the list goes on.
func (o *Outbox) Suppressions(ctx context.Context, f SuppressionFilter) (list []*Suppression, next string, err error) {
	q := storage.Query{Sort: "-last", Limit: f.Limit, After: f.After, Where: []storage.Cond{storage.Is("active", true)}}
	if f.Cause != "" {
		q.Where = append(q.Where, storage.Cond{Field: "causes", Op: storage.Has, Value: string(f.Cause)})
	}
	if f.Address != "" {
		q.Where = append(q.Where, storage.Is("_id", AddressKey(f.Address)))
	}
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		list, next, err = visible(q, f.Clusters, func(q storage.Query) ([]*Suppression, string, error) { return suppressions.Page(tx, q) })
		for _, s := range list {
			s.inForce(tx.Now())
		}
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list suppressed addresses: %w", err)
	}
	return list, next, nil
}

// visible reads pages until one is full of what concerns the clusters.
func visible(q storage.Query, clusters []string, page func(storage.Query) ([]*Suppression, string, error)) (list []*Suppression, next string, err error) {
	if q.Limit == 0 {
		q.Limit = 50
	}
	if len(clusters) == 1 { // the index finds them
		q.Where = append(q.Where, storage.Cond{Field: "clusters", Op: storage.Has, Value: clusters[0]})
	}
	want := q.Limit
	for {
		q.Limit = want - len(list)
		found, next, err := page(q)
		if err != nil {
			return nil, "", err
		}
		for _, s := range found {
			if clusters == nil || s.Concerns(clusters...) {
				list = append(list, s)
			}
		}
		if next == "" || len(list) == want {
			return list, next, nil
		}
		q.After = next
	}
}

// Concerns reports whether s came of something of one of the clusters.
func (s *Suppression) Concerns(clusters ...string) bool {
	return slices.ContainsFunc(clusters, func(id string) bool { return slices.Contains(s.Clusters, id) })
}

// SuppressionIn gives what is known against the address of a key, or
// storage.ErrNotFound.
func (o *Outbox) SuppressionIn(tx *storage.Tx, key string) (*Suppression, error) {
	s, err := suppressions.Get(tx, key)
	if err == nil {
		s.inForce(tx.Now())
	}
	return s, err
}

// StopMail keeps mail from an address from now on. Since is set here. One of the
// same cause is replaced.
func (o *Outbox) StopMail(tx *storage.Tx, address string, h Hold, clusters ...string) (*Suppression, error) {
	s, err := suppressionOf(tx, address)
	if err != nil {
		return nil, err
	}
	h.Since, h.Note = tx.Now(), clip(oneLine(h.Note), 300)
	s.hold(h)
	s.Last = tx.Now()
	s.sees(clusters...)
	return s, s.keep(tx)
}

// Lift ends the holds of some causes on the address of a key, forgets what led
// to them, and reports whether there were any.
func (o *Outbox) Lift(tx *storage.Tx, key string, causes ...Cause) (bool, error) {
	s, err := o.SuppressionIn(tx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	lifted := s.lift(causes...)
	s.Last = tx.Now()
	return lifted, s.keep(tx)
}

// Unfollowed gives up to n suppressions from which nobody has drawn conclusions
// yet: a new hold, or one that has ended by itself since. Follow says that they
// have been drawn.
func (o *Outbox) Unfollowed(tx *storage.Tx, n int) (list []*Suppression, err error) {
	for _, q := range []storage.Query{
		{Where: []storage.Cond{storage.Is("fresh", true)}, Limit: n},
		{Where: []storage.Cond{{Field: "until", Op: storage.Le, Value: tx.Now()}}, Limit: n},
	} {
		found, err := suppressions.Find(tx, q)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			if !slices.ContainsFunc(list, func(o *Suppression) bool { return o.ID == s.ID }) {
				s.inForce(tx.Now())
				list = append(list, s)
			}
		}
	}
	return list, nil
}

// Follow notes that conclusions were drawn from s, and whose it is besides.
func (o *Outbox) Follow(tx *storage.Tx, s *Suppression, clusters ...string) error {
	s.Fresh = false
	s.sees(clusters...)
	return s.keep(tx)
}

// SuppressionMail is who the mail that s is about was to; "" where it is not
// kept any more.
func (o *Outbox) SuppressionMail(tx *storage.Tx, s *Suppression) (to string, err error) {
	if s.Mail == "" {
		return "", nil
	}
	m, err := o.Sent(tx, s.Mail)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return m.To, nil
}
