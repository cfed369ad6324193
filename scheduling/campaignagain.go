package scheduling

import (
	"context"
	"errors"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// ResendCampaign sends c once more to those whom it did not reach: failed, and
// those of whom a crash leaves it open. It says how many they are; asked twice
// at once, it is done once.
func (d *Desk) ResendCampaign(ctx context.Context, by Actor, id string, rev int64) (n int, err error) {
	_, err = d.onCampaign(ctx, by, id, "campaign.resend", "", func(tx *storage.Tx, c *Campaign) error {
		n = 0
		switch {
		case c.State != CampaignSent:
			return &Problem{Kind: Closed, Key: "campaign.not_sent"}
		case c.Rev != rev:
			return &Problem{Kind: Changed, Key: "problem.changed"}
		case c.Results != nil: // nobody knows any more whom it did not reach
			return errNoChange
		}
		missed, err := d.notReached(tx, c)
		if err != nil {
			return err
		}
		if len(missed) == 0 {
			return errNoChange
		}
		c.Again++
		again := sending(c, c.Again)
		if err := d.pinAgain(tx, c, again); err != nil {
			return err
		}
		n, c.State, c.EndedAt = len(missed), CampaignSending, time.Time{}
		for len(missed) > 0 {
			some := missed[:min(len(missed), audiencePage)]
			if _, err := d.Outbox.Deliver(tx, again, some); err != nil {
				return err
			}
			missed = missed[len(some):]
		}
		return nil
	})
	return n, err
}

// pinAgain pins what was sent the first time under another name.
func (d *Desk) pinAgain(tx *storage.Tx, c *Campaign, id string) error {
	first, err := d.Outbox.IssueIn(tx, c.ID)
	if err != nil {
		return err
	}
	i := *first
	i.Meta, i.State, i.Why = storage.Meta{ID: id}, "", ""
	i.NotBefore, i.Expires = time.Time{}, time.Time{}
	return d.Outbox.Pin(tx, &i)
}

// notReached are copies for those whose last one ended as failed, expired or
// assumed, and whom nothing stops now.
func (d *Desk) notReached(tx *storage.Tx, c *Campaign) (out []mailer.Delivery, err error) {
	stopped, err := d.Outbox.Stopped(tx)
	if err != nil {
		return nil, err
	}
	for one, err := range d.Outbox.Copies(tx, sending(c, c.Again)) {
		if err != nil {
			return nil, err
		}
		if !unreached(one.State) || stopped(one.To) != "" {
			continue
		}
		if on, err := d.stillOn(tx, c, one.To); err != nil || !on {
			if err != nil {
				return nil, err
			}
			continue
		}
		again := mailer.Delivery{Person: one.Person, List: one.List, To: one.To, ToName: one.ToName, Lang: one.Lang,
			Params: one.Params, Unsubscribe: one.Unsubscribe}
		if again.Sheet, err = stillCounted(tx, c, one); err != nil {
			return nil, err
		}
		out = append(out, again)
	}
	return out, nil
}

// unreached reports whether a copy in this state may not have arrived. What was
// withdrawn or suppressed was meant to stay.
func unreached(s mailer.State) bool {
	return s == mailer.Failed || s == mailer.Expired || s == mailer.Assumed
}

// stillOn reports whether an address is on c's list, where it has one.
func (d *Desk) stillOn(tx *storage.Tx, c *Campaign, email string) (bool, error) {
	if c.ListID == "" {
		return true, nil
	}
	s, err := subscriptions.Get(tx, d.subscriptionID(c.ListID, email))
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil && s.State == Subscribed, err
}
