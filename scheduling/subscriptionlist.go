package scheduling

import (
	"context"
	"fmt"
	"iter"

	"kohtaamo/storage"
)

// A SubFilter chooses subscriptions of a list. Zero fields do not restrict.
type SubFilter struct {
	State SubState
	Text  string // beginnings of words of name and address
	After string
	Limit int // 50 if zero
}

func (f SubFilter) query(listID string) storage.Query {
	q := storage.Query{Sort: "email", Limit: f.Limit, After: f.After, Where: append([]storage.Cond{storage.Is("list_id", listID)}, search(f.Text)...)}
	if f.State != "" {
		q.Where = append(q.Where, storage.Is("state", string(f.State)))
	}
	return q
}

// Subscriptions lists who stands to a list of by's clusters, by address, and
// where the list goes on.
func (d *Desk) Subscriptions(ctx context.Context, by Actor, listID string, f SubFilter) (list []*Subscription, next string, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		l, err := ownList(tx, by, listID)
		if err != nil {
			return err
		}
		list, next, err = subscriptions.Page(tx, f.query(l.ID))
		return err
	})
	return list, next, err
}

// EachSubscription gives fn all that f chooses of a list, by address. It holds
// one at a time.
func (d *Desk) EachSubscription(ctx context.Context, by Actor, listID string, f SubFilter, fn func(iter.Seq2[*Subscription, error]) error) error {
	return d.view(ctx, func(tx *storage.Tx) error {
		l, err := ownList(tx, by, listID)
		if err != nil {
			return err
		}
		q := f.query(l.ID)
		q.Limit, q.After = 0, ""
		return fn(subscriptions.Each(tx, q))
	})
}

// Subscription gives one of a list of by's clusters.
func (d *Desk) Subscription(ctx context.Context, by Actor, id string) (s *Subscription, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		s, _, err = ownSubscription(tx, by, id)
		return err
	})
	return s, err
}

func ownSubscription(tx *storage.Tx, by Actor, id string) (*Subscription, *MailingList, error) {
	s, err := subscriptions.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	l, err := ownList(tx, by, s.ListID)
	return s, l, err
}

// A NewSubscriber is somebody whom an organiser puts on a list.
type NewSubscriber struct {
	Email, Name, Lang string // who is a contact reads theirs where none is given
	Source            string // ProofOrganiser if empty
	Wording           string // how they agreed, in the organiser's words
}

func (in *NewSubscriber) check(f faults) {
	in.Name, in.Wording = cleanLine(in.Name), cleanText(in.Wording)
	in.Email = f.address("email", in.Email)
	f.limit("name", in.Name, lineLimit)
	f.need("wording", in.Wording, noteLimit)
}

// AddSubscriber puts somebody on a list of by's clusters, with a note of how
// they agreed. Whoever left, bounced or complained is passed over; what it came
// to says so. Adding twice adds once.
func (d *Desk) AddSubscriber(ctx context.Context, by Actor, listID string, in NewSubscriber) (s *Subscription, came Listing, err error) {
	f := faults{}
	in.check(f)
	if err := f.problem(); err != nil {
		return nil, "", err
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			l, err := listToFill(tx, by, listID)
			if err != nil {
				return err
			}
			if s, came, err = d.place(tx, by, l, in, true); err != nil || came != ListNew {
				return err
			}
			return d.log(tx, by, "subscription.add", s.ID, l.ID, l.Slug, "")
		})
	})
	if err != nil {
		return nil, "", fmt.Errorf("add to list %s: %w", listID, changedMeanwhile(err))
	}
	return s, came, nil
}

// listToFill is a list of by's clusters that somebody can be put on.
func listToFill(tx *storage.Tx, by Actor, id string) (*MailingList, error) {
	l, err := ownList(tx, by, id)
	if err == nil && l.Closed {
		return nil, &Problem{Kind: Closed, Key: "lists.is_closed"}
	}
	return l, err
}

// place puts somebody on a list, or only says what would come of it.
func (d *Desk) place(tx *storage.Tx, by Actor, l *MailingList, in NewSubscriber, commit bool) (*Subscription, Listing, error) {
	s, err := d.subscriptionOf(tx, l.ID, in.Email)
	if err != nil {
		return nil, "", err
	}
	against, err := d.Outbox.SuppressedIn(tx, in.Email)
	if err != nil {
		return nil, "", err
	}
	came := listingOf(s, against)
	if erased, err := d.wasErased(tx, in.Email); err != nil {
		return nil, "", err
	} else if erased && came == ListNew {
		came = ListLeft
	}
	if came != ListNew || !commit {
		return s, came, nil
	}
	if in.Name != "" {
		s.Name = in.Name
	}
	if s.Lang == "" && d.Texts.Has(in.Lang) {
		s.Lang = in.Lang
	}
	if in.Source == "" {
		in.Source = ProofOrganiser
	}
	s.Generation++
	s.join(Proof{Source: in.Source, Asked: tx.Now(), Wording: in.Wording, By: by.Name}, tx.Now())
	return s, came, s.keep(tx)
}

// RemoveSubscriber takes somebody off a list of by's clusters who asked for
// that. It is a leaving like one by link.
func (d *Desk) RemoveSubscriber(ctx context.Context, by Actor, id, reason string) (s *Subscription, err error) {
	reason = clipped(cleanText(reason), noteLimit)
	err = d.update(ctx, func(tx *storage.Tx) error {
		var l *MailingList
		if s, l, err = ownSubscription(tx, by, id); err != nil {
			return err
		}
		if !s.leave(reason, tx.Now()) {
			return nil
		}
		if err := s.keep(tx); err != nil {
			return err
		}
		return d.log(tx, by, "subscription.remove", s.ID, l.ID, l.Slug, reason)
	})
	if err != nil {
		return nil, fmt.Errorf("take off a list: %w", changedMeanwhile(err))
	}
	return s, nil
}
