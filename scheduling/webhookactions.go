package scheduling

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// maxWebhooks is how many webhooks a house can have: each is asked for at every
// change.
const maxWebhooks = 50

// A NewWebhook is what somebody says of a webhook.
type NewWebhook struct {
	ID        string // of a new one, or of the one that is changed
	Rev       int64  // of the one that is changed; 0: it is new
	Name      string
	Address   string
	ClusterID string // empty: every cluster's
	Topics    []string
}

func (in *NewWebhook) check() error {
	f := faults{}
	in.Name, in.Address = cleanLine(in.Name), cleanLine(in.Address)
	f.need("name", in.Name, lineLimit)
	f.need("address", in.Address, 2000)
	if in.Address != "" && !webAddress(in.Address) {
		f.add("address", "problem.link")
	}
	if len(in.Topics) == 0 {
		f.add("topics", "problem.required")
	}
	for _, t := range in.Topics {
		if !slices.Contains(Topics, Topic(t)) {
			f.add("topics", "problem.choice")
		}
	}
	in.Topics = distinct(in.Topics)
	return f.problem()
}

// hears reports whether by keeps a webhook of the cluster; one of every
// cluster belongs to those who organise them all.
func (a Actor) hears(clusterID string) bool { return a.Organises(optional(clusterID)...) }

// Webhooks are those of the clusters that by organises, by name.
func (d *Desk) Webhooks(ctx context.Context, by Actor) (list []*Webhook, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = webhooks.Find(tx, storage.Query{})
		list = slices.DeleteFunc(list, func(h *Webhook) bool { return !by.hears(h.ClusterID) })
		return err
	})
	slices.SortStableFunc(list, func(a, b *Webhook) int { return strings.Compare(folded(a.Name), folded(b.Name)) })
	return list, err
}

// webhookOf gives a webhook to those who keep it.
func webhookOf(tx *storage.Tx, by Actor, id string) (*Webhook, error) {
	h, err := webhooks.Get(tx, id)
	if err == nil && !by.hears(h.ClusterID) {
		err = errHidden
	}
	if err != nil {
		return nil, err
	}
	return h, nil
}

// A WebhookPage is a webhook with some of its deliveries, the newest first.
type WebhookPage struct {
	Webhook    *Webhook
	Deliveries []*Delivery
	Waiting    int
	Next       string // where the list goes on
}

// Webhook gives one to those who keep it.
func (d *Desk) Webhook(ctx context.Context, by Actor, id, after string) (p *WebhookPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p = &WebhookPage{}
		if p.Webhook, err = webhookOf(tx, by, id); err != nil {
			return err
		}
		of := storage.Is("webhook_id", id)
		if p.Waiting, err = deliveries.Count(tx, storage.Query{Where: []storage.Cond{of, storage.Is("state", DeliveryQueued)}}); err != nil {
			return err
		}
		p.Deliveries, p.Next, err = deliveries.Page(tx, storage.Query{Where: []storage.Cond{of}, Sort: "-at", After: after, Limit: 50})
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// SaveWebhook makes a webhook, or changes one. Sent twice, it makes one.
func (d *Desk) SaveWebhook(ctx context.Context, by Actor, in NewWebhook) (h *Webhook, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	if !by.hears(in.ClusterID) {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"cluster_id": "problem.choice"}}
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			if h, err = d.webhookToSave(tx, by, in); err != nil || h.Rev > 0 && in.Rev == 0 {
				return err
			}
			f := faults{}
			if err := exists(tx, f, "cluster_id", clusters.Get, optional(in.ClusterID)...); err != nil {
				return err
			}
			if err := f.problem(); err != nil {
				return err
			}
			if h.Address != in.Address {
				h.FailingSince, h.Next = time.Time{}, time.Time{}
			}
			h.Name, h.Address, h.ClusterID, h.Topics = in.Name, in.Address, in.ClusterID, in.Topics
			if err := webhooks.Put(tx, h); err != nil {
				return err
			}
			return d.log(tx, by, "webhook.save", h.ID, h.ID, h.Name, "")
		})
	})
	if err != nil {
		return nil, fmt.Errorf("save webhook: %w", changedMeanwhile(err))
	}
	return h, nil
}

// webhookToSave is the stored one as it was read, one that the same form made
// before, or a new one.
func (d *Desk) webhookToSave(tx *storage.Tx, by Actor, in NewWebhook) (*Webhook, error) {
	h, err := webhookOf(tx, by, in.ID)
	switch {
	case err == nil && in.Rev > 0 && h.Rev != in.Rev:
		return nil, storage.ErrConflict
	case err == nil:
		return h, nil
	case !errors.Is(err, storage.ErrNotFound) || in.Rev > 0:
		return nil, err
	}
	n, err := webhooks.Count(tx, storage.Query{})
	if err != nil {
		return nil, err
	}
	if n >= maxWebhooks {
		return nil, &Problem{Kind: Full, Key: "webhooks.too_many", Args: []any{"count", maxWebhooks}}
	}
	return &Webhook{Meta: storage.Meta{ID: orNew(in.ID)}, Secret: newSecret(), Active: true, OwnerID: by.ID}, nil
}

// newSecret has 192 bits, as Standard Webhooks wants at least.
func newSecret() []byte {
	b := make([]byte, 24)
	rand.Read(b) // never fails
	return b
}

// RotateWebhook gives a webhook a new secret. The one before signs beside it
// for a day.
func (d *Desk) RotateWebhook(ctx context.Context, by Actor, id string) error {
	return d.onWebhook(ctx, by, id, "webhook.rotate", func(tx *storage.Tx, h *Webhook) error {
		h.OldSecret, h.OldUntil, h.Secret = h.Secret, tx.Now().Add(oldSecretFor), newSecret()
		return nil
	})
}

// PauseWebhook has a webhook hear of nothing more. What waits is still sent
// once it goes on; what happens meanwhile is not.
func (d *Desk) PauseWebhook(ctx context.Context, by Actor, id string) error {
	return d.onWebhook(ctx, by, id, "webhook.pause", func(_ *storage.Tx, h *Webhook) error {
		if !h.Active {
			return errUnchanged
		}
		h.Active = false
		return nil
	})
}

// ResumeWebhook has a webhook hear again.
func (d *Desk) ResumeWebhook(ctx context.Context, by Actor, id string) error {
	return d.onWebhook(ctx, by, id, "webhook.resume", func(_ *storage.Tx, h *Webhook) error {
		if h.Active {
			return errUnchanged
		}
		h.Active, h.FailingSince, h.SwitchedOffAt, h.Next = true, time.Time{}, time.Time{}, time.Time{}
		return nil
	})
}

// DropWebhook deletes a webhook with its deliveries.
func (d *Desk) DropWebhook(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		h, err := webhookOf(tx, by, id)
		if err != nil {
			return err
		}
		for x, err := range deliveries.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("webhook_id", id)}}) {
			if err != nil {
				return err
			}
			if err := deliveries.Delete(tx, x); err != nil {
				return err
			}
		}
		if err := webhooks.Delete(tx, h); err != nil {
			return err
		}
		return d.log(tx, by, "webhook.drop", h.ID, h.ID, h.Name, "")
	})
	if err != nil {
		return fmt.Errorf("drop webhook %s: %w", id, changedMeanwhile(err))
	}
	return nil
}

// TestWebhook has a webhook told of nothing but that it is tried.
func (d *Desk) TestWebhook(ctx context.Context, by Actor, id string) error {
	return d.onWebhook(ctx, by, id, "webhook.test", func(tx *storage.Tx, h *Webhook) error {
		if !h.Active {
			return &Problem{Kind: Closed, Key: "webhooks.is_off"}
		}
		h.Next = time.Time{}
		return deliver(tx, h, topicTest, "ping", h.ID, map[string]string{"webhook_id": h.ID})
	})
}

// SendDeliveryAgain queues a delivery once more, under the same id: whoever had
// it before can tell.
func (d *Desk) SendDeliveryAgain(ctx context.Context, by Actor, hookID, deliveryID string) error {
	return d.onWebhook(ctx, by, hookID, "webhook.send_again", func(tx *storage.Tx, h *Webhook) error {
		if !h.Active {
			return &Problem{Kind: Closed, Key: "webhooks.is_off"}
		}
		x, err := deliveries.Get(tx, deliveryID)
		if err != nil || x.WebhookID != h.ID {
			return cmp.Or(err, errHidden)
		}
		if x.State == DeliveryQueued && !x.Next.After(tx.Now()) {
			return errUnchanged
		}
		x.State, x.Next, x.Done, x.Tries = DeliveryQueued, tx.Now(), time.Time{}, 0
		h.Next = time.Time{}
		return deliveries.Put(tx, x)
	})
}

// onWebhook changes one of by's webhooks; one that stays as it is is no fault.
func (d *Desk) onWebhook(ctx context.Context, by Actor, id, action string, change func(*storage.Tx, *Webhook) error) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		h, err := webhookOf(tx, by, id)
		if err != nil {
			return err
		}
		err = change(tx, h)
		if errors.Is(err, errUnchanged) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := webhooks.Put(tx, h); err != nil {
			return err
		}
		return d.log(tx, by, action, h.ID, h.ID, h.Name, "")
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return nil
}
