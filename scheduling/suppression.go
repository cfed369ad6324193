package scheduling

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// A SuppressedAddress is one that mail is kept from, as organisers see it.
type SuppressedAddress struct {
	*mailer.Suppression
	Address string // where it is known from a subscription or a mail; only a hash is kept of others
}

// A SuppressionFilter chooses among them. Zero fields do not restrict.
type SuppressionFilter struct {
	Cause   mailer.Cause
	Address string // exactly this one
	After   string
	Limit   int // 50 if zero
}

// Suppressions lists the addresses that mail is kept from, the newest first:
// those of mails and lists of by's clusters, or all for an administrator.
func (d *Desk) Suppressions(ctx context.Context, by Actor, f SuppressionFilter) (list []*SuppressedAddress, next string, err error) {
	own, err := d.mailOf(ctx, by)
	if err != nil {
		return nil, "", err
	}
	found, next, err := d.Outbox.Suppressions(ctx, mailer.SuppressionFilter{Clusters: own, Cause: f.Cause, Address: f.Address, After: f.After, Limit: f.Limit})
	if err != nil {
		return nil, "", err
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list = nil
		for _, s := range found {
			one, err := d.suppressed(tx, s)
			if err != nil {
				return err
			}
			list = append(list, one)
		}
		return nil
	})
	return list, next, err
}

func (d *Desk) suppressed(tx *storage.Tx, s *mailer.Suppression) (*SuppressedAddress, error) {
	known, err := subscriptions.First(tx, storage.Query{Where: []storage.Cond{storage.Is("key", s.ID)}})
	if err == nil {
		return &SuppressedAddress{s, known.Email}, nil
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	to, err := d.Outbox.SuppressionMail(tx, s)
	return &SuppressedAddress{s, to}, err
}

// StopAddress keeps mail from an address by hand, for an organiser who says why.
func (d *Desk) StopAddress(ctx context.Context, by Actor, address string, scope mailer.Scope, reason string) error {
	f := faults{}
	address, reason = f.address("email", address), cleanLine(reason)
	f.need("reason", reason, lineLimit)
	if scope != mailer.ScopeAll && scope != mailer.ScopeBulk {
		f.add("scope", "problem.choice")
	}
	if err := f.problem(); err != nil {
		return err
	}
	if !by.OrganisesAny() {
		return errHidden
	}
	own, _ := by.ownClusters(Organiser)
	err := d.update(ctx, func(tx *storage.Tx) error {
		hold := mailer.Hold{Cause: mailer.Manual, Scope: scope, Source: mailer.FromOrganiser, Note: reason, By: by.Name}
		s, err := d.Outbox.StopMail(tx, address, hold, own...)
		if err != nil {
			return err
		}
		if err := d.heed(tx, s); err != nil {
			return err
		}
		return d.log(tx, by, "suppression.add", s.ID, "", string(scope), reason)
	})
	if err != nil {
		return fmt.Errorf("stop mail to an address: %w", changedMeanwhile(err))
	}
	return nil
}

// LiftSuppression lets mail go to an address again, for an organiser who says
// why. What its reader decided, to leave or to complain, only they undo.
func (d *Desk) LiftSuppression(ctx context.Context, by Actor, key, reason string) error {
	f := faults{}
	reason = cleanLine(reason)
	f.need("reason", reason, lineLimit)
	if err := f.problem(); err != nil {
		return err
	}
	own, err := d.mailOf(ctx, by)
	if err != nil {
		return err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		s, err := d.Outbox.SuppressionIn(tx, key)
		if err != nil || own != nil && !s.Concerns(own...) {
			return orHidden(err)
		}
		var causes []mailer.Cause
		for _, h := range s.Holds {
			if h.Cause.Mends() {
				causes = append(causes, h.Cause)
			}
		}
		if len(causes) == 0 {
			return &Problem{Kind: Forbidden, Key: "suppressions.theirs"}
		}
		if err := d.lift(tx, key, causes...); err != nil {
			return err
		}
		return d.log(tx, by, "suppression.lift", key, "", string(causes[0]), reason)
	})
	if err != nil {
		return fmt.Errorf("let mail go to an address: %w", changedMeanwhile(err))
	}
	return nil
}

// lift ends holds on the address of a key, with what followed from them.
func (d *Desk) lift(tx *storage.Tx, key string, causes ...mailer.Cause) error {
	lifted, err := d.Outbox.Lift(tx, key, causes...)
	if err != nil || !lifted {
		return err
	}
	s, err := d.Outbox.SuppressionIn(tx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return d.followOn(tx, key, nil)
	}
	if err != nil {
		return err
	}
	return d.heed(tx, s)
}

// heed brings the subscriptions of an address in step with what is known
// against it.
func (d *Desk) heed(tx *storage.Tx, s *mailer.Suppression) error {
	mine, err := subscriptions.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("key", s.ID)}})
	if err != nil {
		return err
	}
	var own []string
	for _, sub := range mine {
		if l, err := mailingLists.Get(tx, sub.ListID); err == nil {
			own = append(own, l.ClusterID)
		} else if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	if err := d.followOn(tx, s.ID, s); err != nil {
		return err
	}
	return d.Outbox.Follow(tx, s, own...)
}

// followOn moves the subscriptions of an address: who got mail until now has
// bounced or complained; who bounced gets mail again once nothing is against it.
func (d *Desk) followOn(tx *storage.Tx, key string, s *mailer.Suppression) error {
	mine, err := subscriptions.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("key", key), {Field: "state", Op: storage.In, Value: []string{string(Subscribed), string(Bounced)}}}})
	if err != nil {
		return err
	}
	for _, sub := range mine {
		to := sub.State
		switch {
		case s.Hold(mailer.Complaint) != nil:
			to = Complained
		case s.Bounces():
			to = Bounced
		case sub.State == Bounced:
			to = Subscribed
		}
		if to == sub.State {
			continue
		}
		reason := ""
		if to != Subscribed {
			reason = s.Reason
		}
		sub.become(to, reason, tx.Now())
		if err := sub.keep(tx); err != nil {
			return err
		}
	}
	return nil
}

// followedAtOnce is how many suppressions one transaction follows.
const followedAtOnce = 100

// FollowSuppressions brings subscriptions in step with what mail servers said of
// their addresses while mail was sent, and with holds that have run out by now.
// It says how many there were.
func (d *Desk) FollowSuppressions(ctx context.Context, _ time.Time) (done int, err error) {
	for {
		n := 0
		err = d.update(ctx, func(tx *storage.Tx) error {
			list, err := d.Outbox.Unfollowed(tx, followedAtOnce)
			if err != nil {
				return err
			}
			for _, s := range list {
				if err := d.heed(tx, s); err != nil {
					return err
				}
			}
			n = len(list)
			return nil
		})
		if err != nil {
			return done, fmt.Errorf("follow suppressed addresses: %w", err)
		}
		if done += n; n < followedAtOnce {
			return done, nil
		}
	}
}

// receiveReport takes a report out of a message: a mail came back, or its reader
// complained. It belongs to the mail whose own address it came back to, never
// to one that it names; an address that a mail host repeats in a complaint is
// signed, and counts as well.
func (d *Desk) receiveReport(tx *storage.Tx, m *mailer.Incoming) (Received, error) {
	addresses := slices.Clone(m.To)
	if m.Feedback != nil {
		addresses = append(addresses, m.Feedback.From)
	}
	var sent *mailer.SentMail
	for _, a := range addresses {
		id, ok := d.Outbox.BounceOf(a)
		if !ok {
			continue
		}
		found, err := d.Outbox.Sent(tx, id)
		if errors.Is(err, storage.ErrNotFound) {
			return Received{Ignored, "the mail that it is about is not kept any more"}, nil
		}
		if err != nil {
			return Received{}, err
		}
		sent = found
		break
	}
	switch {
	case sent == nil:
		return Received{Refused, "a report that was not sent to the address of a mail"}, nil
	case m.Bounce != nil:
		return d.receiveBounce(tx, sent, m.Bounce)
	case m.Feedback.Abuse:
		return d.receiveComplaint(tx, sent)
	}
	return Received{Ignored, "feedback that is no complaint"}, nil
}

func (d *Desk) receiveBounce(tx *storage.Tx, sent *mailer.SentMail, b *mailer.Bounce) (Received, error) {
	against, changed, err := d.Outbox.CameBack(tx, sent, b)
	if err != nil {
		return Received{}, err
	}
	if !changed {
		return Received{Repeated, "the mail is known to have failed"}, nil
	}
	if against != nil && against.Fresh {
		err = d.heed(tx, against)
	}
	return Received{Recorded, "a mail of kind " + sent.Kind + " came back: " + cmp.Or(b.Status, "no status given")}, err
}

func (d *Desk) receiveComplaint(tx *storage.Tx, sent *mailer.SentMail) (Received, error) {
	against, changed, err := d.Outbox.Complain(tx, sent)
	if err != nil {
		return Received{}, err
	}
	if !changed {
		return Received{Repeated, "the complaint is known"}, nil
	}
	return Received{Recorded, "a complaint about a mail of kind " + sent.Kind}, d.heed(tx, against)
}
